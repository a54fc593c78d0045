import { createHash, hash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { House } from '../src/doors/house.ts';
import { connected, superuserOf } from '../src/store/trial.ts';
import { liveRecord, verifyExport, writeExport } from '../src/log/index.ts';
import { verifyRecord, type RecordSource } from '../src/record/index.ts';
import { benchAgency, vacuum } from './house.ts';
import { median, time, type Measured } from './measure.ts';

/** What an entry comes to as a leaf, in bytes. */
const ENTRY_BYTES = 450;
const RUNS = 3;
const CHUNK = 1 << 20;
const NEWLINE = 0x0a;

/** Signing, verifying and exporting a record of so many entries, and the memory an export takes. */
export async function measureRecord(house: House, entries: number): Promise<Measured[]> {
  const agency = await benchAgency(house, `RECORD-${entries}`);
  await fill(house, agency.agency, entries);
  await vacuum(house);
  const [sign = 0] = await time(1, () => house.sealer.checkpointOf(agency.agency), false);
  const folder = await mkdtemp(join(tmpdir(), 'muster-bench-'));
  try {
    return await house.store.read(agency.agency, async (tx) => {
      const live = await liveRecord(tx, 'checkpoint');
      const leaves = await lines(live);
      const held = await copyOf(live, leaves);
      const one = median(await time(RUNS, async () => bareStream(leaves)));
      const each = median(await time(RUNS, async () => bareEach(leaves)));
      const verify = median(await time(RUNS, async () => requireGood(await verifyRecord(held()))));
      const watch = watchMemory();
      const target = join(folder, 'record');
      const [written = 0] = await time(1, () => writeExport(live, target), false);
      const grown = watch();
      process.stdout.write(`exporting ${live.size} entries took ${grown.toFixed(0)} MB more than before\n`);
      const folderMs = median(await time(RUNS, async () => requireGood(await verifyExport(target))));
      const row = { rows: live.size, goal: null };
      const stream = { floor: 'SHA-256 of all bytes at once', floorMs: one };
      const calls = { floor: 'SHA-256 of each entry', floorMs: each };
      return [
        { ...row, ...stream, what: 'verifying entries in memory', ms: verify, goal: 2.5 },
        { ...row, ...calls, what: 'the same', ms: verify, goal: 2.5 },
        { ...row, ...stream, what: 'verifying an export on disk', ms: folderMs },
        { ...row, ...stream, what: 'exporting from the database', ms: written },
        { ...row, ...stream, what: 'signing what is there, from the database', ms: sign },
      ];
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Entries as long as most are, put in past the application: it is their hashing that is measured. */
async function fill(house: House, agency: number, entries: number): Promise<void> {
  await house.asOwner((owner) =>
    connected(superuserOf(owner), async (client) => {
      await client.query(
        `insert into entry (agency_id, index, kind, subject, actor, effective, recorded, body)
       select $1, next_entry - 1 + n, 'bench.said', 'account:3.17', 'operator:bench', '2022-07-08', now(),
         '{"note":"' || rpad('', $3 - length(n::text), 'the same words again and again, ') || '"}'
       from agency, generate_series(1, $2::integer) as n where agency_id = $1`,
        [agency, entries, ENTRY_BYTES - 187],
      );
      await client.query('update agency set next_entry = next_entry + $2 where agency_id = $1', [
        agency,
        entries,
      ]);
    }),
  );
}

async function lines(source: RecordSource): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(source.leaves()));
}

/** The record held in memory, so that what is measured is verifying and not PostgreSQL; a new copy each time. */
async function copyOf(source: RecordSource, leaves: Buffer): Promise<() => RecordSource> {
  const tiles = new Map<string, Buffer | undefined>();
  const checkpoints = await Array.fromAsync(source.checkpoints());
  const kept: RecordSource = {
    ...source,
    tile: async (tile) => {
      const key = `${tile.level}/${tile.number}`;
      if (!tiles.has(key)) tiles.set(key, await source.tile(tile));
      return tiles.get(key);
    },
    leaves: async function* () {
      for (let at = 0; at < leaves.length;) {
        const end = leaves.lastIndexOf(NEWLINE, at + CHUNK) + 1;
        yield leaves.subarray(at, end);
        at = end;
      }
    },
    checkpoints: async function* () {
      yield* checkpoints;
    },
  };
  return () => kept;
}

function bareStream(leaves: Buffer): void {
  createHash('sha256').update(leaves).digest('hex');
}

function bareEach(leaves: Buffer): void {
  for (let at = 0; at < leaves.length;) {
    const end = leaves.indexOf(NEWLINE, at);
    hash('sha256', leaves.subarray(at, end), 'hex');
    at = end + 1;
  }
}

function requireGood({ faults }: { readonly faults: readonly { readonly says: string }[] }): void {
  if (faults[0]) throw new Error(faults[0].says);
}

/** Samples the process's memory until asked; gives how many megabytes it grew by at most. */
function watchMemory(): () => number {
  global.gc?.();
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
  return () => {
    clearInterval(timer);
    return (most - before) / 1e6;
  };
}
