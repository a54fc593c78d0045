import assert from 'node:assert/strict';
import { performAct, type Actor, type ImportRequest } from '../src/acts/index.ts';
import { loadDemonstration } from '../src/doors/demonstration.ts';
import { readView } from '../src/doors/on-behalf.ts';
import { type Duty } from '../src/duties/index.ts';
import { findAgency, type AgencyFacts } from '../src/programs/inventory/index.ts';
import { addDays, day } from '../src/time/index.ts';
import { host } from './finding-desk.ts';
import { accountsCsv, allDuties, importText, operator, type AccountRow, type TestHouse } from './house.ts';
import { nessusXml } from './nessus-file.ts';
import { poamsCsv, updatesCsv } from './poam-desk.ts';

/*
 * The demonstration agency with two systems that are much alike, of each of which there is something of
 * every sort, and sound inputs about each to every act and every intake.
 */

export const SYSTEMS = ['ECM', 'ELP'] as const;
export type System = (typeof SYSTEMS)[number];

/** Names that things of both systems have: whoever asks for one means that of their own. */
export const SHARED = { account: 'demo-0001', poam: 'DEMO-SHARED' };

export interface World {
  readonly house: TestHouse;
  readonly agency: AgencyFacts;
  /** Who did what was done, with every role over the whole agency. */
  readonly wide: Actor;
}

export async function foundWorld(house: TestHouse): Promise<World> {
  await loadDemonstration(house);
  const agency = await findAgency(house.store, 'DEMO');
  assert.ok(agency);
  const world = { house, agency, wide: operator };
  for (const system of SYSTEMS) {
    for (const [file, text] of evidenceOf(system, 'reach'))
      await importText(house, agency, text, { ...file, system });
    for (const [act, said] of Object.entries(await soundInputs(world, system, 0)))
      if (act in perSystem) for (const each of said) await doOf(world, act, each);
  }
  await addPeople(world);
  await house.sealer.checkpoint(new Set([agency.agency]));
  return world;
}

async function doOf({ house, agency, wide }: World, act: string, said: object): Promise<void> {
  await performAct(house.store, house.declarations, agency.agency, wide, house.today(agency), act, said);
}

const PLACES = {
  ECM: { component: 'cloud', asset: 'demo-cloud-1' },
  ELP: { component: 'linux', asset: 'demo-platform-1' },
} as const satisfies Record<System, { component: string; asset: string }>;

/** A file for each reader that takes a system, with what is said of it. `as` tells one batch from another. */
export function evidenceOf(
  system: System,
  as: string,
): readonly (readonly [Partial<ImportRequest> & { reader: string; file: string }, string])[] {
  const { component, asset } = PLACES[system];
  const own = `${as}-${system.toLowerCase()}`;
  const observedOn = day('2022-07-01');
  const items = [1, 3, 3, 3].map((severity, at) => ({
    plugin: (system === 'ECM' ? 900_100 : 900_200) + at,
    title: `Demo ${own} flaw ${at}`,
    family: 'General',
    port: 443,
    protocol: 'tcp',
    severity,
  }));
  const poams = [`${own}-1`, `${own}-2`, SHARED.poam].map((poam) => ({ poam, component }));
  return [
    [
      { file: `${own}-accounts.csv`, reader: 'accounts', component, observedOn },
      accountsCsv(
        [`${own}-1`, `${own}-2`, `${own}-3`, SHARED.account].map((name) => accountOf(name, component)),
      ),
    ],
    [
      { file: `${own}.nessus`, reader: 'nessus', component },
      nessusXml({ families: null, hosts: [host('2022-06-30', items, { name: asset })] }),
    ],
    [{ file: `${own}-poams.csv`, reader: 'poams', observedOn }, poamsCsv(poams)],
    [
      { file: `${own}-updates.csv`, reader: 'poam-updates' },
      updatesCsv([[SHARED.poam, '2022-06-20', 'update', `${own} goes on`]]),
    ],
  ];
}

function accountOf(account: string, component: string): AccountRow {
  return {
    account,
    component,
    privileged: account.endsWith('-2'),
    created: day('2021-03-01'),
    lastLogin: day('2022-01-10'),
    status: 'active',
    statusChanged: null,
  };
}

/** An inventory that names both systems, as it is of no one system. */
export const INVENTORY_OF_BOTH = `system,component,environment,impact,fti,asset,fqdn,ip,platform,role
${SYSTEMS.map((system) => `${system},${PLACES[system].component},${system === 'ECM' ? 'cloud' : 'on-premises'},moderate,yes,again-${system},again.example,192.0.2.90,Linux,test`).join('\n')}
`;

const PEOPLE = ['demo.reach.first', 'demo.reach.second', 'demo.reach.third'] as const;

async function addPeople(world: World): Promise<void> {
  for (const signInName of PEOPLE) await doOf(world, 'person.add', { name: 'Demo Person', signInName });
  const [first, second] = await peopleOf(world);
  for (const system of SYSTEMS)
    await doOf(world, 'grant.give', { person: first, role: 'isso', over: 'system', system });
  await doOf(world, 'person.disable', { person: second, reason: 'left' });
}

async function peopleOf(world: World): Promise<string[]> {
  const { people } = (await read(world, 'people', {})) as {
    people: { person: string; signInName: string }[];
  };
  return PEOPLE.map((name) => people.find(({ signInName }) => signInName === name)?.person ?? '');
}

async function read({ house, agency, wide }: World, name: string, said: object): Promise<object> {
  const view = house.declarations.views.get(name);
  assert.ok(view, name);
  return readView(house, wide, agency, view, said);
}

/** Sound inputs about a system to each act that is done in one. */
const perSystem: Readonly<Record<string, (duties: readonly Duty[], at: At) => readonly object[]>> = {
  'account.record-disabled': (duties, { today }) => [
    { duty: idOf(duties, 'account.disable'), effective: today },
  ],
  'duty.accept-risk': (duties, { today }) => [
    { duty: idOf(duties, 'account.disable', 1), until: addDays(today, 30), reason: 'a test' },
  ],
  'finding.cannot-be-fixed': (duties, { turn }) => [
    { duty: idOf(duties, 'vulnerability.remediate', turn), reason: 'a test' },
  ],
  'poam.update': (duties) => [{ duty: idOf(duties, 'poam.update'), comment: 'a test' }],
  'poam.reschedule': (duties, { today }) => [
    { duty: idOf(duties, 'poam.complete'), scheduled: addDays(today, 60), comment: 'a test' },
  ],
  'poam.complete': (duties) => [{ duty: idOf(duties, 'poam.complete', 1), comment: 'a test' }],
  'poam.create': (duties, { today, system, batch }) => {
    const said = { weakness: 'a test', scheduled: addDays(today, 60) };
    const ofSystem = { system, severity: 'high', identified: '2022-06-01' };
    const duty = idOf(duties, 'poam.create');
    return [
      { ...said, ...ofSystem, poam: `${batch}-by-system` },
      { ...said, duty, poam: `${batch}-by-duty` },
    ];
  },
};

interface At {
  readonly system: System;
  readonly today: string & Duty['trigger'];
  readonly batch: string;
  /** How often it has been asked for before. */
  readonly turn: number;
}

/** The id of a duty that is not discharged yet, and of which no act has been told; another one by another number. */
function idOf(duties: readonly Duty[], type: string, which = 0): string {
  const open = duties.filter(
    ({ duty, done, status }) => duty === type && done === null && status === 'overdue',
  );
  const found = open.at(-1 - which);
  assert.ok(found, `there is a duty ${type} number ${which}`);
  return found.id;
}

/** Sound inputs to every act that is declared, about a system or about the people of the agency. */
export async function soundInputs(
  world: World,
  system: System,
  turn = 1,
): Promise<Readonly<Record<string, readonly object[]>>> {
  const { house, agency } = world;
  const today = house.today(agency);
  const duties = await allDuties(house, agency, { system });
  const batch = `reach-${duties.length}`;
  return Object.fromEntries(
    Object.entries(perSystem).map(([act, say]) => [act, say(duties, { system, today, batch, turn })]),
  );
}

/** Sound inputs to acts on people. */
export async function inputsOnPeople(world: World): Promise<Readonly<Record<string, readonly object[]>>> {
  const [first, second, third] = await peopleOf(world);
  const { grants } = (await read(world, 'person-grants', { person: first })) as {
    grants: { grant: string }[];
  };
  const reason = 'a test';
  return {
    'person.add': [{ name: 'Demo More', signInName: 'demo.more' }],
    'person.change': [{ person: first, name: 'Demo Other' }],
    'person.disable': [{ person: third, reason }],
    'person.enable': [{ person: second, reason }],
    'grant.give': SYSTEMS.map((system) => ({ person: third, role: 'isso', over: 'system', system })),
    'grant.end': [{ grant: grants[0]?.grant, reason }],
    'privileges.review': [{ upTo: 1_000_000 }],
  };
}

/** Somebody with one role over one thing; of no role over nothing. */
export function actorOf(role: Actor['grants'][number]['role'], scope: Scope): Actor {
  return {
    name: `operator:${role}-${nameOf(scope)}`,
    grants: scope === null ? [] : [{ role, reach: scope }],
  };
}

export type Scope = Actor['grants'][number]['reach'] | null;

export const SCOPES: readonly Scope[] = [
  { over: 'agency' },
  ...SYSTEMS.map((system) => ({ over: 'system', system }) as const),
  { over: 'units', from: '21000', to: '21099' },
  null,
];

export function nameOf(scope: Scope): string {
  return scope === null ? 'nothing' : scope.over === 'system' ? scope.system : scope.over;
}
