import type { House } from '../src/doors/house.ts';
import { readView } from '../src/doors/on-behalf.ts';
import { auditView, dutiesView } from '../src/duties/index.ts';
import { day } from '../src/time/index.ts';
import { accountsCsv, INVENTORY, OBSERVED } from './accounts.ts';
import { copyFloor } from './floor.ts';
import { benchAgency, take, vacuum } from './house.ts';
import { median, time, type Measured } from './measure.ts';

const RUNS = 7;

/** Lists of accounts: taken in, said again, audited, listed. */
export async function measureAccounts(house: House, rows: number): Promise<Measured[]> {
  const agency = await benchAgency(house, `B${rows}`);
  await take(house, agency, [Buffer.from(INVENTORY)]);
  const list = [...accountsCsv(rows)];
  const floorMs = await copyFloor(house, list);
  const about = { system: 'BENCH', observedOn: OBSERVED };
  const [ms] = await time(1, () => take(house, agency, list, about), false);
  await vacuum(house);
  const scan = () => house.store.read(agency.agency, (tx) => tx.rows(SCAN, [agency.agency, '2022-04-09']));
  const audit = () => readView(house, house.operator, agency, auditView, { asOf: OBSERVED, system: 'BENCH' });
  const page = () =>
    readView(house, house.operator, agency, dutiesView, { asOf: OBSERVED, status: 'overdue' });
  const scanMs = median(await time(RUNS, scan));
  const auditMs = median(await time(RUNS, audit));
  const pageMs = median(await time(RUNS, page));
  const later = { ...about, observedOn: day('2022-07-15') };
  const [againMs] = await time(1, () => take(house, agency, list, later), false);
  const pastMs = median(await time(RUNS, audit));
  const copy = { rows, floor: 'COPY into a table with the same keys', floorMs };
  const bare = { rows, floor: 'bare count(*) filter scan, same role', floorMs: scanMs };
  return [
    { what: 'import of a list, whole', ...copy, ms: ms ?? 0, goal: 3 },
    { what: 'import of a later list that says the same', ...copy, ms: againMs ?? 0, goal: null },
    { what: 'audit', ...bare, ms: auditMs, goal: 3 },
    { what: 'audit as of a day before the last list', ...bare, ms: pastMs, goal: null },
    { what: 'first page of overdue duties', ...bare, ms: pageMs, goal: null },
  ];
}

const SCAN = `select count(*) filter (where done is null and trigger < $2::date) from account_spell where agency_id = $1`;
