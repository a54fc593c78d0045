import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importEvidence } from '../src/acts/index.ts';
import { openHouse, setUpAgency, type House } from '../src/doors/house.ts';
import { readSettings } from '../src/doors/settings.ts';
import { readView } from '../src/doors/view.ts';
import { auditView, dutiesView } from '../src/duties/index.ts';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import { day } from '../src/time/index.ts';
import { accountsCsv, INVENTORY, OBSERVED } from './accounts.ts';
import { copyFloor } from './floor.ts';
import { median, renderMeasured, time, type Measured } from './measure.ts';

const SIZES = (process.env['BENCH_SIZES'] ?? '10000,100000,1000000').split(',').map(Number);
const RUNS = 7;

async function main(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'muster-bench-'));
  const house = await openHouse(readSettings({ MUSTER_OPERATOR: 'bench' }, dataDir), 'command');
  try {
    for (const rows of SIZES) process.stdout.write(`${renderMeasured(await measure(house, rows))}\n\n`);
  } finally {
    await house.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measure(house: House, rows: number): Promise<Measured[]> {
  const agency = await setUpAgency(house, {
    code: `B${rows}`,
    kind: 'irs',
    timeZone: 'America/New_York',
    demonstration: false,
  });
  await take(house, agency, [Buffer.from(INVENTORY)], null);
  const list = [...accountsCsv(rows)];
  const floorMs = await copyFloor(house, list);
  const [ms] = await time(1, () => take(house, agency, list), false);
  await vacuum(house);
  const scan = () => house.store.read(agency.agency, (tx) => tx.rows(SCAN, [agency.agency, '2022-04-09']));
  const audit = () => readView(house, agency, auditView, { asOf: OBSERVED, system: 'BENCH' });
  const page = () => readView(house, agency, dutiesView, { asOf: OBSERVED, status: 'overdue' });
  const scanMs = median(await time(RUNS, scan));
  const auditMs = median(await time(RUNS, audit));
  const pageMs = median(await time(RUNS, page));
  const [againMs] = await time(1, () => take(house, agency, list, '2022-07-15'), false);
  const pastMs = median(await time(RUNS, audit));
  const copy = 'COPY into a table with the same keys';
  const bare = 'bare count(*) filter scan, same role';
  return [
    { what: 'import of a list, whole', rows, floor: copy, floorMs, ms: ms ?? 0, goal: 3 },
    {
      what: 'import of a later list that says the same',
      rows,
      floor: copy,
      floorMs,
      ms: againMs ?? 0,
      goal: null,
    },
    { what: 'audit', rows, floor: bare, floorMs: scanMs, ms: auditMs, goal: 3 },
    {
      what: 'audit as of a day before the last list',
      rows,
      floor: bare,
      floorMs: scanMs,
      ms: pastMs,
      goal: null,
    },
    { what: 'first page of overdue duties', rows, floor: bare, floorMs: scanMs, ms: pageMs, goal: null },
  ];
}

const SCAN = `select count(*) filter (where done is null and trigger < $2::date) from account_spell where agency_id = $1`;

async function take(
  house: House,
  agency: AgencyFacts,
  chunks: Iterable<Buffer>,
  observed: string | null = OBSERVED,
): Promise<void> {
  const about = observed === null ? {} : { system: 'BENCH', observedOn: day(observed) };
  const request = { file: 'bench.csv', source: stream(chunks), ...about };
  await importEvidence(
    house.store,
    house.declarations,
    agency.agency,
    house.actor,
    house.today(agency),
    request,
  );
}

async function* stream(chunks: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
}

async function vacuum(house: House): Promise<void> {
  await house.asOwner((client) => client.query('vacuum analyze'));
}

await main();
