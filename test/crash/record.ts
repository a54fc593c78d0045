import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { EVIDENCE_IMPORTED, rebuild, type EvidenceBody } from '../../src/acts/index.ts';
import { chooseAgency, openHouse, type House } from '../../src/doors/house.ts';
import { readSettings } from '../../src/doors/settings.ts';
import { liveRecord } from '../../src/log/index.ts';
import { verifyRecord, type Entry } from '../../src/record/index.ts';
import { entriesAfter, type Reading } from '../../src/store/index.ts';
import { run } from '../process/muster.ts';
import type { Place } from './place.ts';

/** What the server said was done: the entry, and a piece of text that must be in its body. */
export type Acknowledged = ReadonlyMap<number, string>;

const EVERYTHING = 1_000_000;

/** Opens Muster in this process, beside whatever else works there, and lets go of it. */
export async function inHouse<T>(place: Place, work: (house: House) => Promise<T>): Promise<T> {
  const house = await openHouse(readSettings(place.env, place.dataDir), 'command');
  try {
    return await work(house);
  } finally {
    await house.close();
  }
}

/** The whole record of an agency. */
export async function recordOf(place: Place, code: string): Promise<Entry[]> {
  return inHouse(place, async (house) => {
    const { agency } = await chooseAgency(house, code);
    return house.store.read(agency, (tx) => entriesAfter(tx, 0, EVERYTHING));
  });
}

/**
 * Everything that must hold of an agency's record after a crash, asserted: no gap, nothing lost that was
 * acknowledged, every file whole and bound to its entry, every table what the record gives; the
 * tree what the entries give, and every checkpoint that was collected one of its beginnings. Gives
 * how many entries there are. Nobody else may be writing.
 */
export async function checkRecord(place: Place, code: string, acknowledged: Acknowledged): Promise<number> {
  return inHouse(place, (house) => checkIn(house, place, code, acknowledged));
}

/** The same in a Muster that is open already. */
export async function checkIn(
  house: House,
  place: Place,
  code: string,
  acknowledged: Acknowledged,
): Promise<number> {
  const { agency } = await chooseAgency(house, code);
  const entries = await house.store.read(agency, async (tx) => {
    const found = await entriesAfter(tx, 0, EVERYTHING);
    await assertInOrder(tx, found);
    await assertFilesWhole(tx, found);
    return found;
  });
  assertKept(entries, acknowledged);
  const { difference } = await rebuild(house.store, house.declarations, agency, { check: true });
  assert.equal(difference, null, 'the tables are not what the record gives');
  await place.collected.from(place.witnesses);
  await assertVerifies(house, agency, place, entries.length);
  return entries.length;
}

/** The tree is taken on to the last entry first, which refuses what is not its beginning. */
async function assertVerifies(house: House, agency: number, place: Place, entries: number): Promise<void> {
  await house.sealer.checkpointOf(agency);
  const { verified, collected } = await house.store.read(agency, async (tx) => {
    const live = await liveRecord(tx, 'checkpoint');
    const against = place.collected.of(live.origin);
    return { verified: await verifyRecord(live, { against }), collected: against.length };
  });
  assert.deepEqual(verified.faults, [], 'the record does not verify');
  assert.equal(verified.size, entries, 'not every entry is in the tree');
  assert.ok(verified.checkpoints >= collected, 'a checkpoint that was collected is not signed');
  assert.deepEqual(house.sealer.problems(), []);
}

/**
 * The same from the outside, by the commands that an auditor uses: the live record and an export,
 * verified against every checkpoint that was collected.
 */
export async function checkFromOutside(place: Place, code: string): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'muster-test-'));
  const env = { DATA_DIR: place.dataDir, ...place.env };
  const done = async (args: readonly string[]) => {
    const { code, stdout, stderr } = await run(args, env);
    assert.equal(code, 0, `${args.join(' ')}: ${stdout}${stderr}`);
    return stdout;
  };
  try {
    const folder = join(scratch, 'export');
    const exported = await done(['record', 'export', folder, '--agency', code, '--json']);
    await place.collected.from(place.witnesses);
    const { origin } = JSON.parse(exported) as { origin: string };
    const against: string[] = [];
    for (const [n, note] of place.collected.of(origin).entries()) {
      await writeFile(join(scratch, `${n}`), note);
      against.push('--against', join(scratch, `${n}`));
    }
    assert.ok(against.length > 0, 'no checkpoint was collected');
    await done(['verify', folder, ...against]);
    await done(['verify', '--agency', code, ...against]);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function assertInOrder(tx: Reading, entries: readonly Entry[]): Promise<void> {
  entries.forEach(({ index }, at) => assert.equal(index, at + 1, 'the indexes have a gap'));
  const head = await tx.row<{ next: number }>('select next_entry as next from agency where agency_id = $1', [
    tx.agency,
  ]);
  assert.equal(head.next, entries.length + 1, "the head is not the record's");
  for (const [at, { recorded, index }] of entries.entries())
    assert.ok((entries[at - 1]?.recorded ?? '') <= recorded, `entry ${index} was recorded before the last`);
}

function assertKept(entries: readonly Entry[], acknowledged: Acknowledged): void {
  for (const [index, part] of acknowledged) {
    const body = JSON.stringify(entries[index - 1]?.body ?? null);
    assert.ok(body.includes(part), `entry ${index} was acknowledged with ${part} and is ${body}`);
  }
}

interface ArtifactRow {
  readonly entry: number;
  readonly artifact: number;
  readonly salt: Buffer;
}

/** Each import has its file, bytes and observations to the last; and there is no file without an import. */
async function assertFilesWhole(tx: Reading, entries: readonly Entry[]): Promise<void> {
  const artifacts = await tx.rows<ArtifactRow>(
    'select entry, artifact_id as artifact, salt from artifact where agency_id = $1 order by entry',
    [tx.agency],
  );
  const imports = entries.filter(({ kind }) => kind === EVIDENCE_IMPORTED);
  assert.deepEqual(
    artifacts.map(({ entry }) => entry),
    imports.map(({ index }) => index),
    'imports and their files',
  );
  for (const part of ['artifact_part', 'observation_part']) {
    const { stray } = await tx.row<{ stray: number }>(
      `select count(*) as stray from ${part} p where agency_id = $1 and not exists
         (select from artifact a where a.agency_id = p.agency_id and a.artifact_id = p.artifact_id)`,
      [tx.agency],
    );
    assert.equal(stray, 0, `${part} has rows of no file`);
  }
  for (const [at, artifact] of artifacts.entries()) {
    const body = imports[at]?.body as unknown as EvidenceBody;
    await assertWhole(tx, artifact, body);
  }
}

async function assertWhole(tx: Reading, artifact: ArtifactRow, body: EvidenceBody): Promise<void> {
  const partsOf = async (table: string) =>
    (
      await tx.rows<{ content: Buffer }>(
        `select content from ${table} where agency_id = $1 and artifact_id = $2 order by part`,
        [tx.agency, artifact.artifact],
      )
    ).map(({ content }) => zstdDecompressSync(content));
  const commitment = createHash('sha256').update(artifact.salt);
  for (const part of await partsOf('artifact_part')) commitment.update(part);
  assert.equal(commitment.digest('hex'), body.commitment, `the file of entry ${artifact.entry}`);
  const lines = (await partsOf('observation_part')).map((part) => part.toString().split('\n').length - 1);
  const observations = lines.reduce((sum, count) => sum + count, 0);
  assert.equal(observations, body.observations, `the observations of entry ${artifact.entry}`);
}
