import { createHash, createHmac, randomBytes } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Reading, Writing } from './transaction.ts';

const PART_BYTES = 1 << 20;

/** What was kept of a file: enough to name it in an entry without saying what is in it. */
export interface KeptArtifact {
  readonly artifact: number;
  /** SHA-256 over a random salt and the bytes, hex: what the entry commits to. */
  readonly commitment: string;
  readonly salt: Buffer;
  /** HMAC-SHA-256 of the bytes under the agency's secret: finds the same file again. */
  readonly keyedHash: Buffer;
  readonly bytes: number;
}

/**
 * Keeps a file while it streams by: yields the same bytes on, and holds them in parts of 1 MiB.
 * `finish` may be called once the source has been read to its end.
 */
export async function keepArtifact(
  tx: Writing,
  source: AsyncIterable<Uint8Array>,
): Promise<{ artifact: number; bytes: AsyncGenerator<Uint8Array>; finish: () => KeptArtifact }> {
  const { secret } = await tx.row<{ secret: Buffer }>('select secret from agency where agency_id = $1', [
    tx.agency,
  ]);
  const { artifact } = await tx.row<{ artifact: number }>(
    `select nextval(pg_get_serial_sequence('public.artifact', 'artifact_id')) as artifact`,
  );
  const salt = randomBytes(32);
  const commitment = createHash('sha256').update(salt);
  const keyed = createHmac('sha256', secret);
  let bytes = 0;

  async function* through(): AsyncGenerator<Uint8Array> {
    let waiting: Uint8Array[] = [];
    let waitingBytes = 0;
    let part = 0;
    const flush = async () => {
      if (waitingBytes === 0) return;
      await insertPart(tx, artifact, part, Buffer.concat(waiting));
      part += 1;
      waiting = [];
      waitingBytes = 0;
    };
    for await (const chunk of source) {
      commitment.update(chunk);
      keyed.update(chunk);
      bytes += chunk.length;
      waiting.push(chunk);
      waitingBytes += chunk.length;
      if (waitingBytes >= PART_BYTES) await flush();
      yield chunk;
    }
    await flush();
  }

  return {
    artifact,
    bytes: through(),
    finish: () => ({
      artifact,
      commitment: commitment.digest('hex'),
      salt,
      keyedHash: keyed.digest(),
      bytes,
    }),
  };
}

async function insertPart(tx: Writing, artifact: number, part: number, content: Buffer): Promise<void> {
  await tx.run('insert into artifact_part (agency_id, artifact_id, part, content) values ($1, $2, $3, $4)', [
    tx.agency,
    artifact,
    part,
    content,
  ]);
}

/** Ties a kept file to the entry that commits to it. */
export async function bindArtifact(tx: Writing, kept: KeptArtifact, entry: number): Promise<void> {
  await tx.run(
    'insert into artifact (agency_id, artifact_id, entry, salt, keyed_hash) values ($1, $2, $3, $4, $5)',
    [tx.agency, kept.artifact, entry, kept.salt, kept.keyedHash],
  );
}

/** The entries that brought in the same bytes, oldest first. */
export async function entriesOfSameBytes(tx: Reading, keyedHash: Buffer): Promise<number[]> {
  const rows = await tx.rows<{ entry: number }>(
    'select entry from artifact where agency_id = $1 and keyed_hash = $2 order by entry',
    [tx.agency, keyedHash],
  );
  return rows.map((row) => row.entry);
}

/** One thing a reader said, with the line (1 is the file's first) or place it was read from. */
export interface Observed {
  readonly line: number;
}

/** Keeps a batch of observations, compressed, as the reader said them. */
export async function keepObservations(
  tx: Writing,
  artifact: number,
  part: number,
  observations: readonly Observed[],
): Promise<void> {
  const text = observations.map((observation) => JSON.stringify(observation)).join('\n');
  const lines = observations.map((observation) => observation.line);
  await tx.run(
    `insert into observation_part (agency_id, artifact_id, part, first_line, last_line, content)
     values ($1, $2, $3, $4, $5, $6)`,
    [tx.agency, artifact, part, lines[0] ?? 0, lines.at(-1) ?? 0, zstdCompressSync(text)],
  );
}

/** The observations of an entry's file, in batches and in the order in which they were read. */
export async function* observationsOf(tx: Reading, entry: number): AsyncGenerator<readonly Observed[]> {
  for (let part = 0; ; part += 1) {
    const [row] = await tx.rows<{ content: Buffer }>(
      `select o.content from artifact a join observation_part o using (agency_id, artifact_id)
       where a.agency_id = $1 and a.entry = $2 and o.part = $3`,
      [tx.agency, entry, part],
    );
    if (!row) return;
    yield observationsIn(row.content);
  }
}

/** The observation read from a line of an entry's file, or undefined. */
export async function observationAt(tx: Reading, entry: number, line: number): Promise<Observed | undefined> {
  const rows = await tx.rows<{ content: Buffer }>(
    `select o.content from artifact a join observation_part o using (agency_id, artifact_id)
     where a.agency_id = $1 and a.entry = $2 and $3 between o.first_line and o.last_line`,
    [tx.agency, entry, line],
  );
  return rows.flatMap((row) => observationsIn(row.content)).find((observation) => observation.line === line);
}

function observationsIn(content: Buffer): Observed[] {
  return zstdDecompressSync(content)
    .toString('utf8')
    .split('\n')
    .map((text) => JSON.parse(text) as Observed);
}
