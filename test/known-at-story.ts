import assert from 'node:assert/strict';
import { importEvidence, performAct, type ImportRequest } from '../src/acts/index.ts';
import { shippedRulebooks, type House } from '../src/doors/house.ts';
import { readView } from '../src/doors/on-behalf.ts';
import { adoptRulebooks, dutiesView, type DutiesAnswer, type Duty } from '../src/duties/index.ts';
import { createAgency, type AgencyFacts } from '../src/programs/inventory/index.ts';
import type { Store, Writing } from '../src/store/index.ts';
import { day, dayIn } from '../src/time/index.ts';
import { host, library } from './finding-desk.ts';
import { accountsCsv, operator, type AccountRow } from './house.ts';
import { nessusXml, type ScannedItem } from './nessus-file.ts';
import { poamsCsv, updatesCsv, type PoamLine, type UpdateLine } from './poam-desk.ts';

/*
 * An agency's story for tests of what was known when: evidence in no order of its days, corrected
 * and contradicted later, editions adopted late, and every act that the programs declare.
 */

/** A clock that a story sets: entries are recorded by it, and it says which day today is. */
export interface Clock {
  now: Date;
}

/** The house by a clock of its own. */
export function houseBy(house: House, clock: Clock): House {
  return {
    ...house,
    store: storeBy(house.store, clock),
    operator,
    today: ({ timeZone }) => dayIn(clock.now.toISOString(), timeZone),
  };
}

function storeBy(store: Store, clock: Clock): Store {
  const told = (tx: Writing): Writing => ({ ...tx, now: () => clock.now });
  return {
    ...store,
    now: () => clock.now,
    as: (person) => storeBy(store.as(person), clock),
    write: (agency, work) => store.write(agency, (tx) => work(told(tx))),
    found: (code, work) => store.found(code, (tx) => work(told(tx))),
  };
}

/** What a step of the story works with. */
export interface Teller {
  readonly house: House;
  readonly agency: AgencyFacts;
}

/** What happens on a day, at noon by the clock. It may append several entries at once. */
export interface Step {
  readonly on: string;
  readonly what: string;
  tell(at: Teller): Promise<unknown>;
}

/** The agency, of which nothing is known yet but that it is there. */
export async function foundAgency(house: House, clock: Clock, code: string): Promise<AgencyFacts> {
  clock.now = new Date('2022-01-03T17:00:00Z');
  const wanted = { code, kind: 'irs', timeZone: 'America/New_York', demonstration: false };
  return createAgency(house.store, house.declarations, operator, wanted, async () => undefined);
}

export async function tell(step: Step, clock: Clock, at: Teller): Promise<void> {
  clock.now = new Date(`${step.on}T17:00:00Z`);
  await step.tell(at);
}

const HEADER = 'system,component,environment,impact,fti,asset,fqdn,ip,platform,role';

function inventory(...rows: readonly string[]): string {
  return `${[HEADER, ...rows].join('\n')}\n`;
}

const ECM = inventory(
  'ECM,cloud,cloud,moderate,yes,web-1,web-1.example,192.0.2.1,Linux,production',
  'ECM,site,on-premises,moderate,yes,db-1,db-1.example,192.0.2.2,Linux,production',
);

function account(name: string, lastLogin: string | null, more: Partial<AccountRow> = {}): AccountRow {
  return {
    account: name,
    component: 'cloud',
    privileged: false,
    created: day('2021-09-15'),
    lastLogin: lastLogin === null ? null : day(lastLogin),
    status: 'active',
    statusChanged: null,
    ...more,
  };
}

const web: ScannedItem = { ...library, plugin: 900_002, title: 'Demo Server < 1.9', family: 'Web Servers' };
const low: ScannedItem = { ...library, plugin: 900_003, title: 'Demo Banner', port: 80, severity: 1 };
const info: ScannedItem = { ...library, plugin: 900_004, title: 'Demo Service', severity: 0 };

function takes(on: string, what: string, text: string, said: Partial<ImportRequest> = {}): Step {
  return {
    on,
    what,
    tell: ({ house, agency }) =>
      importEvidence(house.store, house.declarations, agency.agency, operator, house.today(agency), {
        file: 'test.csv',
        ...said,
        source: one(Buffer.from(text)),
      }),
  };
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function accounts(on: string, observed: string, rows: readonly AccountRow[]): Step {
  return takes(on, `accounts of ${observed}`, accountsCsv(rows), {
    system: 'ECM',
    observedOn: day(observed),
  });
}

function scan(on: string, observed: string, items: readonly ScannedItem[], name = 'web-1'): Step {
  const xml = nessusXml({ families: null, hosts: [host(observed, items, { name })] });
  const said = { file: 'test.nessus', system: 'ECM', component: 'cloud' };
  return takes(on, `scan of ${name} on ${observed}`, xml, said);
}

function poams(on: string, rows: readonly PoamLine[], observed?: string): Step {
  const said = { system: 'ECM', ...(observed !== undefined && { observedOn: day(observed) }) };
  return takes(on, 'a list of POA&Ms', poamsCsv(rows), said);
}

function updates(on: string, ...rows: readonly UpdateLine[]): Step {
  return takes(on, 'updates of POA&Ms', updatesCsv(rows), { system: 'ECM' });
}

/** A shipped rulebook, with words of it replaced. */
function adopts(
  on: string,
  names: readonly string[],
  ...instead: readonly (readonly [string, string])[]
): Step {
  return {
    on,
    what: `${names.join(' and ')} adopted`,
    tell: async ({ house, agency }) => {
      const shipped = (await shippedRulebooks()).filter(({ name }) => names.includes(name));
      assert.equal(shipped.length, names.length);
      const files = shipped.map(({ file, source }) => ({
        file,
        source: instead.reduce((text, [old, anew]) => replaced(text, old, anew), source),
      }));
      return house.store
        .as(operator.name)
        .write(agency.agency, (tx) => adoptRulebooks(tx, house.declarations, operator, files));
    },
  };
}

function replaced(text: string, old: string, anew: string): string {
  assert.ok(text.includes(old), `the rulebook no longer says ${old}`);
  return text.replaceAll(old, anew);
}

/** An act on the first duty that fits. */
function acts(
  on: string,
  act: string,
  said: object,
  question: object = {},
  fits: (duty: Duty) => boolean = () => true,
): Step {
  return {
    on,
    what: act,
    tell: async ({ house, agency }) => {
      const today = house.today(agency);
      const asked = { asOf: today, limit: 1000, ...question };
      const { duties } = (await readView(house, house.operator, agency, dutiesView, asked)) as DutiesAnswer;
      const duty = duties.find((each) => each.done === null && fits(each));
      assert.ok(duty, `there is a duty for ${act}`);
      const input = { duty: duty.id, ...said };
      return performAct(house.store, house.declarations, agency.agency, operator, today, act, input);
    },
  };
}

/** An act that adds a person, or one on the only person there is. */
function onPerson(on: string, act: string, said: object): Step {
  return {
    on,
    what: act,
    tell: async ({ house, agency }) => {
      const view = house.declarations.views.get('people');
      assert.ok(view);
      const { people } = (await readView(house, operator, agency, view, {})) as {
        people: { person: string }[];
      };
      const input = { ...said, ...(people[0] && { person: people[0].person }) };
      return performAct(
        house.store,
        house.declarations,
        agency.agency,
        operator,
        house.today(agency),
        act,
        input,
      );
    },
  };
}

const named = (name: string) => (duty: Duty) => duty.subject.name.includes(name);

/** Every step appends something. */
export const story: readonly Step[] = [
  adopts('2022-01-04', ['irm-10.8.1', 'irm-10.8.24', 'fisma-poam-sop']),
  takes('2022-01-05', 'an inventory without a day', ECM),
  accounts('2022-01-11', '2022-01-10', [
    account('a-1', '2021-12-20'),
    account('a-2', null),
    account('a-3', '2021-11-02', { privileged: true }),
    account('a-4', '2022-01-03', { component: 'site' }),
  ]),
  scan('2022-01-18', '2022-01-17', [library, web, low, info]),
  accounts('2022-03-12', '2022-03-10', [
    account('a-1', '2022-03-01'),
    account('a-2', null, { status: 'disabled', statusChanged: day('2022-02-25') }),
    account('a-3', '2021-11-02', { privileged: true }),
    account('a-5', '2022-03-03'),
  ]),
  // Findings were not ranked until now.
  adopts('2022-03-14', ['nessus-severity']),
  scan('2022-03-16', '2022-03-15', [{ ...library, title: 'Demo Library < 2.5' }, low]),
  // A host that nobody declared becomes an asset; the inventory declares it later.
  scan('2022-03-17', '2022-03-15', [web], 'stray-1'),
  poams('2022-03-20', [
    { poam: 'P-1', created: '2022-02-20', scheduled: '2022-06-30' },
    { poam: 'P-2', component: '', created: '2022-02-25', scheduled: '2022-04-15' },
    { poam: 'P-3', created: '2022-03-01', scheduled: '2022-12-01', finding: '900002', severity: 'medium' },
  ]),
  // Late: lists and scans of days before what is known already.
  accounts('2022-03-22', '2022-02-10', [
    account('a-1', '2022-02-01', { privileged: true }),
    account('a-2', '2022-01-20'),
    account('a-5', null),
  ]),
  scan('2022-03-23', '2022-02-14', [web, low]),
  updates(
    '2022-03-25',
    ['P-1', '2022-03-05', 'update', 'under way'],
    ['P-2', '2022-03-10', 'date-change', 'the vendor is late', '2022-09-30'],
  ),
  onPerson('2022-03-28', 'person.add', { name: 'Demo Person', signInName: 'demo.person' }),
  onPerson('2022-03-29', 'grant.give', { role: 'isso', over: 'system', system: 'ECM', from: '2022-04-16' }),
  acts(
    '2022-04-01',
    'duty.accept-risk',
    { until: '2022-08-31', reason: 'a test' },
    { duty: 'account.disable' },
    named('a-1'),
  ),
  // Effective long before it is recorded.
  acts(
    '2022-04-05',
    'account.record-disabled',
    { effective: '2022-03-12', note: 'late' },
    { duty: 'account.disable' },
    named('a-3'),
  ),
  acts(
    '2022-04-06',
    'finding.cannot-be-fixed',
    { reason: 'no update yet' },
    { duty: 'vulnerability.remediate' },
    named('Library'),
  ),
  acts('2022-04-08', 'poam.update', { comment: 'being tested' }, { duty: 'poam.update' }, named('P-1')),
  acts(
    '2022-04-10',
    'poam.reschedule',
    { scheduled: '2022-07-31', comment: 'later' },
    { duty: 'poam.complete' },
    named('P-1'),
  ),
  takes(
    '2022-04-12',
    'an inventory of a day',
    inventory(
      'ECM,cloud,on-premises,high,yes,web-1,web-9.example,192.0.2.9,Linux,moved',
      'ECM,cloud,on-premises,high,yes,stray-1,stray-1.example,192.0.2.3,Linux,production',
      'ECM,annex,on-premises,high,no,annex-1,annex-1.example,192.0.2.4,Linux,production',
      'ELP,linux,on-premises,moderate,yes,elp-1,elp-1.example,192.0.2.5,Linux,platform',
    ),
    { observedOn: day('2022-03-01') },
  ),
  // Adopted late, in force since before: what was known earlier must not change.
  adopts('2022-04-20', ['irm-10.8.1'], ['count: 120', 'count: 45'], ['count: 30', 'count: 21']),
  adopts(
    '2022-04-22',
    ['irm-10.8.24'],
    ['- id: disable-inactive', '- id: disable-idle'],
    ['count: 90', 'count: 80'],
  ),
  // What the scanner calls high is critical now; no rule of the manual has a period for that.
  adopts('2022-04-25', ['nessus-severity'], ['high: high', 'high: critical']),
  acts(
    '2022-05-02',
    'poam.create',
    { poam: 'P-4', weakness: 'awaits an update', scheduled: '2022-10-01', severity: undefined },
    { duty: 'poam.create' },
    ({ subject }) => subject.kind === 'finding' && subject.name.includes('Library'),
  ),
  // The same day as an earlier list, and it disagrees: spells move.
  accounts('2022-05-05', '2022-03-10', [account('a-1', '2022-03-08'), account('a-5', '2022-02-28')]),
  // A list of a day before all others, with one whom they do not name.
  accounts('2022-05-06', '2021-12-15', [account('a-1', '2021-12-01'), account('a-6', '2021-12-10')]),
  // Another word for the same plugin, in another family, by a scan before the last one: its title stays.
  scan('2022-05-09', '2022-03-01', [{ ...library, title: 'Demo Library (old)', family: 'Databases' }]),
  scan('2022-05-10', '2022-05-09', [{ ...low, title: 'Demo Banner 2', family: 'Web Servers' }]),
  scan('2022-05-11', '2022-01-10', [library, web]),
  poams(
    '2022-05-15',
    [
      { poam: 'P-1', created: '2022-02-18', scheduled: '2022-08-15' },
      {
        poam: 'P-2',
        component: 'site',
        severity: 'medium',
        scheduled: '2022-09-30',
        status: 'completed',
        statusDate: '2022-05-01',
      },
      {
        poam: 'P-3',
        scheduled: '2022-12-01',
        status: 'cancelled',
        statusDate: '2022-04-20',
        finding: '900003',
      },
    ],
    '2022-05-12',
  ),
  // Before the list that said how they were created.
  poams(
    '2022-05-16',
    [{ poam: 'P-2', component: '', created: '2022-02-22', scheduled: '2022-04-01' }],
    '2022-03-01',
  ),
  acts(
    '2022-05-20',
    'poam.complete',
    { as: 'validated', comment: 'done' },
    { duty: 'poam.complete' },
    named('P-1'),
  ),
  takes(
    '2022-06-01',
    'an inventory that describes assets anew',
    inventory('ELP,linux,on-premises,moderate,yes,elp-1,elp-2.example,192.0.2.6,Linux,renamed'),
  ),
  onPerson('2022-06-03', 'person.change', { name: 'Demo Other' }),
  onPerson('2022-06-04', 'person.disable', { reason: 'left' }),
  acts(
    '2022-06-10',
    'duty.accept-risk',
    { until: '2022-12-31', reason: 'late' },
    { duty: 'account.disable' },
    named('a-5'),
  ),
];
