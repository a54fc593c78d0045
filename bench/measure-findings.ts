import { once } from 'node:events';
import { from } from 'pg-copy-streams';
import type { House } from '../src/doors/house.ts';
import { readView } from '../src/doors/on-behalf.ts';
import { auditView, dutiesView } from '../src/duties/index.ts';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import { readerNamed } from '../src/readers/index.ts';
import { day, type Day } from '../src/time/index.ts';
import { accountsCsv, INVENTORY, OBSERVED } from './accounts.ts';
import { benchAgency, take, vacuum } from './house.ts';
import { median, time, type Measured } from './measure.ts';
import { dayAt, hostInventory, nessusXml, range } from './nessus-xml.ts';

const RUNS = 7;
const ITEMS_A_HOST = 200;
/** As long as what a scanner writes of one item. */
const TEXT = 1200;
const FIRST = day('2021-02-01');
const ABOUT = { system: 'BENCH' };

/** One scan of so many findings: taken in, taken in again a week later saying the same, and with half of them gone. */
export async function measureScan(house: House, findings: number): Promise<Measured[]> {
  const agency = await benchAgency(house, `S${findings}`);
  const hosts = Math.ceil(findings / ITEMS_A_HOST);
  await take(house, agency, [hostInventory(hosts)]);
  const scan = (on: Day, share: number) => [
    ...nessusXml({
      day: on,
      hosts: range(0, hosts),
      items: (host) => range(host, host + ITEMS_A_HOST * share),
      textLength: TEXT,
    }),
  ];
  const first = scan(FIRST, 1);
  const floorMs = median(await time(3, () => parseAndCopy(house, first)));
  const importing = async (chunks: readonly Buffer[]) =>
    (await time(1, () => take(house, agency, chunks, ABOUT), false))[0] ?? 0;
  const wholeMs = await importing(first);
  const againMs = await importing(scan(dayAt(FIRST, 7, 1), 1));
  const halfMs = await importing(scan(dayAt(FIRST, 7, 2), 0.5));
  const floor = { rows: findings, floor: 'parse and COPY into a table with the same keys', floorMs };
  return [
    { what: 'import of a scan, whole', ...floor, ms: wholeMs, goal: 3 },
    { what: 'import of a scan that changes nothing', ...floor, ms: againMs, goal: 3 },
    { what: 'import of a scan that closes half of them', ...floor, ms: halfMs, goal: null },
  ];
}

/** The reader's items by COPY into a table with the keys of findings; the owner does it. */
async function parseAndCopy(house: House, chunks: readonly Buffer[]): Promise<void> {
  await house.asOwner(async (client) => {
    await client.query(`create temporary table bench_finding (agency_id integer not null default 1,
      finding_key bigint, host integer, plugin integer, port integer, protocol text, rating text, title text,
      primary key (agency_id, finding_key))`);
    await client.query('create unique index on bench_finding (agency_id, host, plugin, port, protocol)');
    const copy = client.query(
      from('copy bench_finding (finding_key, host, plugin, port, protocol, rating, title) from stdin'),
    );
    let key = 0;
    for await (const batch of readerNamed('nessus').read(streamOf(chunks), {})) {
      let text = '';
      for (const seen of batch) {
        if (seen.kind !== 'item') continue;
        key += 1;
        text += `${key}\t${seen.host}\t${seen.plugin}\t${seen.port}\t${seen.protocol}\t${seen.rating}\t${seen.title}\n`;
      }
      if (!copy.write(text)) await once(copy, 'drain');
    }
    copy.end();
    await once(copy, 'finish');
    await client.query('drop table bench_finding');
  });
}

async function* streamOf(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}

const GROUPS = 40;

/** Accounts and findings, as many of each, opened and closed over a year and a half: audited, listed. */
export async function measureBoth(house: House, rows: number): Promise<Measured[]> {
  const agency = await benchAgency(house, `M${rows}`);
  await take(house, agency, [Buffer.from(INVENTORY)]);
  await take(house, agency, accountsCsv(rows), { ...ABOUT, observedOn: OBSERVED });
  await scanInGroups(house, agency, rows);
  await vacuum(house);
  const scan = () =>
    house.store.read(agency.agency, async (tx) => {
      await tx.rows(scanOf('account_spell'), [agency.agency, '2022-04-09']);
      await tx.rows(scanOf('finding_spell'), [agency.agency, '2022-04-09']);
    });
  const audit = () => readView(house, house.operator, agency, auditView, { asOf: OBSERVED, system: 'BENCH' });
  const page = () =>
    readView(house, house.operator, agency, dutiesView, { asOf: OBSERVED, status: 'overdue' });
  const floor = { rows, floor: 'bare scans of both, same role', floorMs: median(await time(RUNS, scan)) };
  return [
    { what: 'audit of accounts and findings', ...floor, ms: median(await time(RUNS, audit)), goal: 3 },
    {
      what: 'first page of overdue duties of both',
      ...floor,
      ms: median(await time(RUNS, page)),
      goal: null,
    },
  ];
}

function scanOf(table: string): string {
  return `select count(*) filter (where done is null and trigger < $2::date) from ${table} where agency_id = $1`;
}

/** Each group of hosts is scanned twice, weeks apart, and the second time some findings are gone. */
async function scanInGroups(house: House, agency: AgencyFacts, findings: number): Promise<void> {
  const hosts = Math.ceil(findings / ITEMS_A_HOST);
  await take(house, agency, [hostInventory(hosts)]);
  const size = Math.ceil(hosts / GROUPS);
  for (const group of range(0, GROUPS)) {
    const own = { from: group * size, to: Math.min(hosts, (group + 1) * size) };
    if (own.from >= own.to) continue;
    for (const round of [0, 1]) {
      const share = round === 0 ? 1 : 0.3 + (group % 5) / 10;
      const scan = nessusXml({
        day: dayAt(FIRST, 11, group + round * 3),
        hosts: range(own.from, own.to),
        items: (host) => range(host, host + ITEMS_A_HOST * share),
        textLength: 40,
      });
      await take(house, agency, scan, ABOUT);
    }
  }
}
