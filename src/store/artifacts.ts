import { createHash, createHmac, randomBytes, type Hmac } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { readCopyText } from './copy.ts';
import type { Reading, Writing } from './transaction.ts';

const PART_BYTES = 1 << 20;
const SALT_BYTES = 32;
const FAST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** What was kept of a file: enough to name it in an entry without saying what is in it. */
export interface KeptArtifact {
  readonly artifact: number;
  /** SHA-256 over a random salt and the bytes, hex: what the entry commits to. */
  readonly commitment: string;
  readonly salt: Buffer;
  /** HMAC-SHA-256 of the bytes under the agency's secret: finds the same file again. */
  readonly keyedHash: Buffer;
  readonly bytes: number;
  /** SHA-256 over a salt of its own and the observations, hex: tables are derived from those. */
  readonly observationsCommitment: string;
  readonly observationsSalt: Buffer;
}

/** A file that is being kept. */
export interface Keeping {
  /** The bytes on their way through: whoever reads them keeps them. */
  readonly bytes: AsyncGenerator<Uint8Array>;
  /** Keeps a batch of observations, compressed, just as they are staged; batches come in their order. */
  observe(part: ObservationPart): Promise<void>;
  /** To be called once the bytes have been read to their end and all observations are kept. */
  finish(): KeptArtifact;
}

/** Keeps a file while it streams by, in parts of 1 MiB, and what the reader says of it. */
export async function keepArtifact(tx: Writing, source: AsyncIterable<Uint8Array>): Promise<Keeping> {
  const keyed = (await startKeyedHash(tx)) ?? withoutSecret(tx);
  const { artifact } = await tx.row<{ artifact: number }>(
    `select nextval(pg_get_serial_sequence('public.artifact', 'artifact_id')) as artifact`,
  );
  const salt = randomBytes(SALT_BYTES);
  const commitment = createHash('sha256').update(salt);
  const observationsSalt = randomBytes(SALT_BYTES);
  const observed = commitObservations(observationsSalt);
  let parts = 0;
  let bytes = 0;

  async function* through(): AsyncGenerator<Uint8Array> {
    let waiting: Uint8Array[] = [];
    let waitingBytes = 0;
    let part = 0;
    let underway: Promise<void> = Promise.resolve();
    const flush = async () => {
      if (waitingBytes === 0) return;
      await underway;
      underway = insertPart(tx, artifact, part, zstdCompressSync(Buffer.concat(waiting), FAST));
      underway.catch(() => undefined);
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
    await underway;
  }

  return {
    bytes: through(),
    observe: async (part) => {
      observed.add(part);
      parts += 1;
      await insertObservations(tx, artifact, parts - 1, part);
    },
    finish: () => ({
      artifact,
      commitment: commitment.digest('hex'),
      salt,
      keyedHash: keyed.digest(),
      bytes,
      observationsCommitment: observed.digest(),
      observationsSalt,
    }),
  };
}

/** Under the agency's secret; undefined where somebody took that away. */
async function startKeyedHash(tx: Reading): Promise<Hmac | undefined> {
  const [own] = await tx.rows<{ secret: Buffer }>('select secret from agency_secret where agency_id = $1', [
    tx.agency,
  ]);
  return own && createHmac('sha256', own.secret);
}

function withoutSecret({ agency }: Reading): never {
  throw new Error(`the agency ${agency} has no secret`);
}

interface ObservationsCommitment {
  add(part: ObservationPart): void;
  /** Hex. */
  digest(): string;
}

/**
 * Commits to observations: the salt, then of each part a line that says its columns, its lines in
 * the file and its length in bytes, and the text.
 */
function commitObservations(salt: Uint8Array): ObservationsCommitment {
  const hash = createHash('sha256').update(salt);
  return {
    add: ({ columns, firstLine, lastLine, text }) => {
      hash.update(`${columns.join(',')} ${firstLine} ${lastLine} ${Buffer.byteLength(text)}\n`).update(text);
    },
    digest: () => hash.digest('hex'),
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
    `insert into artifact (agency_id, artifact_id, entry, salt, keyed_hash, observations_salt)
     values ($1, $2, $3, $4, $5, $6)`,
    [tx.agency, kept.artifact, entry, kept.salt, kept.keyedHash, kept.observationsSalt],
  );
}

/** What an entry says of the file it brought in. */
export interface Commitments {
  readonly commitment: string;
  /** Not there in entries of before there was such a commitment. */
  readonly observationsCommitment?: string;
}

/** Whether what is kept of an entry's file is what it should be. */
export interface CheckedArtifact {
  /** The entry has one file, and it is the one it commits to. */
  readonly file: boolean;
  /** The file is found again by its bytes, and no other is taken for it; false where the file is not the one. */
  readonly keyedHash: boolean;
  readonly observations: boolean | 'not committed to';
}

interface ArtifactRow {
  artifact: number;
  salt: Buffer;
  keyedHash: Buffer;
  observationsSalt: Buffer | null;
  /** Parts there are, those included that no reading from the first to the last comes by. */
  fileParts: number;
  observationParts: number;
}

const ARTIFACT = `select artifact_id as artifact, salt, keyed_hash as "keyedHash", observations_salt as "observationsSalt",
    (select count(*) from artifact_part p where p.agency_id = $1 and p.artifact_id = a.artifact_id) as "fileParts",
    (select count(*) from observation_part p where p.agency_id = $1 and p.artifact_id = a.artifact_id) as "observationParts"
  from artifact a where agency_id = $1 and entry = $2`;

/** Says whether the file of an entry, its keyed hash and what was read of it are still what they were. */
export async function checkArtifact(tx: Reading, entry: number, said: Commitments): Promise<CheckedArtifact> {
  const [artifact, ...others] = await tx.rows<ArtifactRow>(ARTIFACT, [tx.agency, entry]);
  if (!artifact || others.length > 0) return { file: false, keyedHash: false, observations: false };
  const hash = createHash('sha256').update(artifact.salt);
  const keyed = await startKeyedHash(tx);
  const fileParts = await countReadable(bytesOf(tx, artifact.artifact), (bytes) => {
    hash.update(bytes);
    keyed?.update(bytes);
  });
  const file = fileParts === artifact.fileParts && hash.digest('hex') === said.commitment;
  const isKeyed = keyed?.digest().equals(artifact.keyedHash) === true;
  const checked = { file, keyedHash: file && isKeyed };
  if (said.observationsCommitment === undefined) return { ...checked, observations: 'not committed to' };
  const observed = commitObservations(artifact.observationsSalt ?? Buffer.alloc(0));
  const parts = await countReadable(observationsOf(tx, entry), (part) => observed.add(part));
  const observations =
    parts === artifact.observationParts && observed.digest() === said.observationsCommitment;
  return { ...checked, observations };
}

/** How many parts there are; undefined where one cannot be read: what somebody wrote over may be no compressed text any more. */
async function countReadable<Part>(
  parts: AsyncIterable<Part>,
  take: (part: Part) => void,
): Promise<number | undefined> {
  let count = 0;
  try {
    for await (const part of parts) {
      take(part);
      count += 1;
    }
    return count;
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ZSTD_')) return undefined;
    throw error;
  }
}

async function* bytesOf(tx: Reading, artifact: number): AsyncGenerator<Buffer> {
  for (let part = 0; ; part += 1) {
    const [row] = await tx.rows<{ content: Buffer }>(
      'select content from artifact_part where agency_id = $1 and artifact_id = $2 and part = $3',
      [tx.agency, artifact, part],
    );
    if (!row) return;
    yield zstdDecompressSync(row.content);
  }
}

/** The entries that brought in the same bytes, oldest first. */
export async function entriesOfSameBytes(tx: Reading, keyedHash: Buffer): Promise<number[]> {
  const rows = await tx.rows<{ entry: number }>(
    'select entry from artifact where agency_id = $1 and keyed_hash = $2 order by entry',
    [tx.agency, keyedHash],
  );
  return rows.map((row) => row.entry);
}

/** A batch of what a reader said: rows of named columns as `copyText` writes them, from lines of the file. */
export interface ObservationPart {
  readonly columns: readonly string[];
  readonly text: string;
  readonly firstLine: number;
  readonly lastLine: number;
}

async function insertObservations(
  tx: Writing,
  artifact: number,
  part: number,
  { columns, text, firstLine, lastLine }: ObservationPart,
): Promise<void> {
  await tx.run(
    `insert into observation_part (agency_id, artifact_id, part, first_line, last_line, columns, content)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [tx.agency, artifact, part, firstLine, lastLine, columns, zstdCompressSync(text, FAST)],
  );
}

interface PartRow {
  columns: string[];
  first_line: number;
  last_line: number;
  content: Buffer;
}

const PARTS = `select o.columns, o.first_line, o.last_line, o.content
  from artifact a join observation_part o using (agency_id, artifact_id) where a.agency_id = $1 and a.entry = $2`;

/** The observations of an entry's file, in batches and in the order in which they were read. */
export async function* observationsOf(tx: Reading, entry: number): AsyncGenerator<ObservationPart> {
  for (let part = 0; ; part += 1) {
    const [row] = await tx.rows<PartRow>(`${PARTS} and o.part = $3`, [tx.agency, entry, part]);
    if (!row) return;
    yield asPart(row);
  }
}

/**
 * The observation read from a line of an entry's file, cell by column, or undefined. Looks only at
 * what `observationsOf` gives, which is what the entry commits to: parts up to the first that is missing.
 */
export async function observationAt(
  tx: Reading,
  entry: number,
  line: number,
): Promise<readonly { readonly column: string; readonly value: string | null }[] | undefined> {
  const rows = await tx.rows<PartRow>(
    `${PARTS} and $3 between o.first_line and o.last_line and o.part = (
       select count(*) from observation_part b where b.agency_id = $1 and b.artifact_id = o.artifact_id
         and b.part >= 0 and b.part < o.part)
     order by o.part`,
    [tx.agency, entry, line],
  );
  for (const { columns, text } of rows.map(asPart)) {
    const at = columns.indexOf('line');
    const cells = readCopyText(text).find((row) => row[at] === String(line));
    if (cells) return columns.map((column, index) => ({ column, value: cells[index] ?? null }));
  }
  return undefined;
}

function asPart(row: PartRow): ObservationPart {
  const text = zstdDecompressSync(row.content).toString('utf8');
  return { columns: row.columns, text, firstLine: row.first_line, lastLine: row.last_line };
}
