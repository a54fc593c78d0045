import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { rebuild } from '../src/acts/index.ts';
import { createAgency, type AgencyFacts } from '../src/programs/inventory/index.ts';
import { coverFindings, findingRelations } from '../src/programs/vulnerabilities/index.ts';
import { scanDuty } from '../src/programs/vulnerabilities/scanning.ts';
import { readerNamed, type NessusObservation } from '../src/readers/index.ts';
import { addDays, day, type Day } from '../src/time/index.ts';
import { importText, openTestHouse, operator, type TestHouse } from './house.ts';
import {
  naiveAssetOf,
  naiveScanDays,
  naiveSpells,
  type DeclaredAsset,
  type TakenFile,
} from './naive-findings.ts';
import {
  nessusXml,
  type FamilyStatus,
  type ScannedFile,
  type ScannedHost,
  type ScannedItem,
} from './nessus-file.ts';

/*
 * Findings against a naive second derivation, row by row, in random worlds: scans in random order,
 * twice, several a day, overlapping, of parts of the assets, with and without credentials and
 * families, asked as of random days and as known at random entries.
 */

const ZONE = 'America/New_York';
const START = day('2022-01-03');
const SPAN = 40;
const CASES = Number(process.env['FINDINGS_CASES'] ?? 10_000);
const SEED = Number(process.env['FINDINGS_SEED'] ?? 2375);

/** As an inventory declares them: with a domain, without one, and by address alone. */
const ASSETS: readonly DeclaredAsset[] = [
  { name: 'web-1', fqdn: 'web-1.example', ip: '192.0.2.1', component: 'cloud' },
  { name: 'web-2', fqdn: 'web-2.example', ip: '192.0.2.2', component: 'cloud' },
  { name: 'db-1', fqdn: 'db-1.example', ip: '192.0.2.3', component: 'site' },
  { name: 'app-1', fqdn: '', ip: '192.0.2.4', component: 'cloud' },
  { name: '192.0.2.5', fqdn: '', ip: '', component: 'cloud' },
];

const INVENTORY = `system,component,environment,impact,fti,asset,fqdn,ip,platform,role
${ASSETS.map(({ name, fqdn, ip, component }) => `ECM,${component},${component === 'cloud' ? 'cloud' : 'on-premises'},moderate,yes,${name},${fqdn},${ip},Linux,production`).join('\n')}
`;

const FAMILIES = ['General', 'Web Servers', 'Databases'] as const;

let house: TestHouse;
before(async () => {
  house = await openTestHouse();
});
after(async () => {
  await house.close();
});

async function agencyOf(code: string, inventory = INVENTORY): Promise<AgencyFacts> {
  const facts = { code, kind: 'irs', timeZone: ZONE, demonstration: false };
  const agency = await createAgency(house.store, house.declarations, operator, facts, async () => undefined);
  await importText(house, agency, inventory);
  return agency;
}

/** A file, and the component that was said of it. */
interface SaidFile extends ScannedFile {
  readonly component?: string;
}

async function take(agency: AgencyFacts, file: SaidFile) {
  const said = file.component === undefined ? {} : { component: file.component };
  return importText(house, agency, nessusXml(file), { file: 'test.nessus', system: 'ECM', ...said });
}

async function read(file: SaidFile): Promise<TakenFile> {
  const observations: NessusObservation[] = [];
  async function* bytes() {
    yield Buffer.from(nessusXml(file));
  }
  for await (const batch of readerNamed('nessus').read(bytes(), { timeZone: ZONE }))
    observations.push(...batch);
  const assets = observations.flatMap((seen) =>
    seen.kind === 'host' ? [[seen.host, naiveAssetOf(seen, file.component, ASSETS) ?? ''] as const] : [],
  );
  return { observations, assets: new Map(assets) };
}

/** A discovered asset is written as the file that first brought it has it. */
const PLACED = `c.name || '/' || lower(a.name)`;

interface SpellRow {
  asset: string;
  what: string;
  rating: string;
  trigger: Day;
  done: Day | null;
}

/** The spells as of a day, as known at an entry, by the very relations that the duty type gives. */
async function spells(
  agency: AgencyFacts,
  asOf: Day,
  knownAt = Number.MAX_SAFE_INTEGER,
): Promise<SpellRow[]> {
  const { unplanned } = findingRelations({ agency: '$1::integer', asOf: '$2::date', knownAt: '$3::bigint' });
  return house.store.read(agency.agency, (tx) =>
    tx.rows<SpellRow>(
      `select ${PLACED} as asset, f.plugin || ' ' || f.protocol || '/' || f.port as what, r.class::text as rating, r.trigger,
         case when r.done <= $2 then r.done end as done
       from (${unplanned}) r join finding f on f.agency_id = $1 and f.finding_key = r.subject_key
       join asset a on a.agency_id = $1 and a.asset_key = f.asset_key
       join component c on c.agency_id = $1 and c.component_key = f.component_key
       where r.trigger <= $2 and r.holds_from <= $2 and (r.holds_until is null or r.holds_until > $2)`,
      [agency.agency, asOf, knownAt],
    ),
  );
}

async function scanSpells(agency: AgencyFacts, asOf: Day): Promise<string[]> {
  const [relation] = scanDuty.relations({ agency: '$1::integer', asOf: '$2::date', knownAt: '$3::bigint' });
  const rows = await house.store.read(agency.agency, (tx) =>
    tx.rows<{ asset: string; trigger: Day; done: Day | null }>(
      `select ${PLACED} as asset, r.trigger, r.done from (${relation?.sql ?? ''}) r
       join asset a on a.agency_id = $1 and a.asset_key = r.subject_key
       join component c on c.agency_id = $1 and c.component_key = a.component_key where r.trigger <= $2`,
      [agency.agency, asOf, Number.MAX_SAFE_INTEGER],
    ),
  );
  return rows.map(({ asset, trigger, done }) => [asset, trigger, done].join(' ')).sort();
}

function lines(rows: readonly SpellRow[]): string[] {
  return rows
    .map(({ asset, what, rating, trigger, done }) =>
      [asset, what, rating.replace('nessus:', ''), trigger, done ?? 'open'].join(' '),
    )
    .sort();
}

/* ── random worlds ── */

interface World {
  readonly files: readonly SaidFile[];
  /** The files in the order in which they are taken in, some of them twice. */
  readonly order: readonly number[];
  readonly asOf: readonly Day[];
}

const itemArbitrary: fc.Arbitrary<ScannedItem> = fc
  .record({
    plugin: fc.integer({ min: 1, max: 5 }),
    port: fc.constantFrom(443, 8443),
    protocol: fc.constantFrom('tcp', 'tcp', 'udp'),
    severity: fc.constantFrom(0, 1, 2, 3, 3, 4),
    isMoved: fc.nat(9).map((n) => n === 0),
  })
  .map(({ plugin, isMoved, ...item }) => ({
    ...item,
    plugin,
    title: `Demo Library ${plugin}${isMoved ? ' (renamed)' : ''}`,
    // A plugin may move to another family.
    family: FAMILIES[(plugin + (isMoved ? 1 : 0)) % FAMILIES.length] ?? '',
  }));

/** A declared asset by one of its names. */
const declaredArbitrary = fc
  .record({ asset: fc.constantFrom(...ASSETS), by: fc.constantFrom('name', 'fqdn', 'ip') })
  .map(({ asset, by }) => ({ name: asset[by] || asset.name }));

/** A host that nobody declared, or that is a declared one by another of its names; addresses move. */
const strangerArbitrary = fc.record({
  name: fc.constantFrom('laptop-1', 'LAPTOP-1', 'printer-2.example', '192.0.2.77', 'web-2.other.example'),
  ip: fc.constantFrom('192.0.2.1', '192.0.2.3', '192.0.2.5', '192.0.2.77', '192.0.2.78'),
  fqdn: fc.constantFrom('', '', 'elsewhere.example', 'app-1.other.example', 'WEB-1.example'),
  hostname: fc.constantFrom('', 'laptop-1'),
});

const hostArbitrary: fc.Arbitrary<ScannedHost> = fc
  .record({
    called: fc.oneof(declaredArbitrary, declaredArbitrary, strangerArbitrary),
    // Few distinct days and hours, so that coincidences happen.
    at: fc.oneof(fc.nat(SPAN), fc.constantFrom(10, 11, 25)).map((offset) => addDays(START, offset)),
    hour: fc.constantFrom('15', '16', '16', '18'),
    ending: fc.constantFrom('ended', 'ended', 'ended', 'ended', 'broken off', 'never said'),
    credentialed: fc.nat(3).map((n) => n === 0),
    items: fc.array(itemArbitrary, { maxLength: 7 }),
  })
  .map(({ called, at, hour, ending, credentialed, items }) => ({
    ...called,
    credentialed,
    started: `${at}T14:00:00Z`,
    ...(ending === 'ended' && { ended: `${at}T${hour}:00:00Z` }),
    items,
  }));

/** Of a host that no asset of the system is, a component must be said. */
function placed(file: ScannedFile, isSaid: boolean): SaidFile {
  const isStrange = ({ name, ip = '', fqdn = '', hostname = '' }: ScannedHost) =>
    naiveAssetOf({ name, ip, fqdn, hostname }, undefined, ASSETS) === undefined;
  return isSaid || file.hosts.some(isStrange) ? { ...file, component: 'cloud' } : file;
}

const familiesArbitrary = fc.option(
  fc.dictionary(
    fc.constantFrom(...FAMILIES),
    fc.constantFrom<FamilyStatus>('enabled', 'enabled', 'disabled', 'mixed'),
    {
      minKeys: 1,
    },
  ),
  { nil: null, freq: 2 },
);

const worldArbitrary: fc.Arbitrary<World> = fc
  .record({
    files: fc.array(
      fc.record({
        families: familiesArbitrary,
        hosts: fc.array(hostArbitrary, { minLength: 1, maxLength: 4 }),
      }),
      { minLength: 3, maxLength: 9 },
    ),
    shared: fc.array(fc.tuple(fc.nat(99), fc.nat(99)), { maxLength: 4 }),
    again: fc.array(fc.nat(99), { maxLength: 2 }),
    said: fc.array(fc.nat(3), { minLength: 9, maxLength: 9 }),
    asOf: fc.array(
      fc.nat(SPAN + 5).map((offset) => addDays(START, offset)),
      { minLength: 6, maxLength: 6 },
    ),
  })
  .chain(({ files: drawn, shared, again, said, asOf }) => {
    const overlapping: ScannedFile[] = [...drawn];
    // Files that overlap: a host of one stands in another as well.
    for (const [from, to] of shared) {
      const host = drawn[from % drawn.length]?.hosts[0];
      const other = overlapping[to % drawn.length];
      if (host && other) overlapping[to % drawn.length] = { ...other, hosts: [...other.hosts, host] };
    }
    const files = overlapping.map((file, at) => placed(file, said[at] === 0));
    // The same scan in other bytes.
    for (const which of again) {
      const same = files[which % files.length];
      if (same) files.push({ ...same, remark: `exported again ${files.length}` });
    }
    return fc
      .shuffledSubarray(
        files.map((_, at) => at),
        { minLength: files.length },
      )
      .chain((order) =>
        fc
          .array(fc.nat(files.length - 1), { maxLength: 2 })
          .map((twice) => ({ files, order: [...order, ...twice], asOf })),
      );
  });

function sampleWorld(seed: number): World {
  const [world] = fc.sample(worldArbitrary, { numRuns: 1, seed });
  if (!world) throw new Error('no world');
  return world;
}

async function build(
  code: string,
  world: World,
  order: readonly number[],
): Promise<{ agency: AgencyFacts; entries: number[] }> {
  const agency = await agencyOf(code);
  const entries: number[] = [];
  for (const at of order) {
    const file = world.files[at];
    const result = file && (await take(agency, file));
    if (result?.evidence && !result.repeated) entries.push(result.evidence);
  }
  return { agency, entries };
}

test(`findings agree with a naive second derivation on ${CASES} random spells`, async () => {
  let cases = 0;
  for (let run = 0; cases < CASES; run += 1) {
    const world = sampleWorld(SEED + run);
    const taken = await Promise.all(world.files.map(read));
    const { agency, entries } = await build(`W${run}`, world, world.order);
    for (const asOf of world.asOf) {
      const theirs = lines(naiveSpells(taken, asOf));
      assert.deepEqual(lines(await spells(agency, asOf)), theirs, `world ${run} as of ${asOf}`);
      cases += theirs.length;
      const scanned = [...naiveScanDays(taken)].flatMap(([asset, days]) =>
        days.filter((at) => at <= asOf).map((at) => [asset, at, days.find((next) => next > at)].join(' ')),
      );
      assert.deepEqual(await scanSpells(agency, asOf), scanned.sort(), `scans of world ${run} as of ${asOf}`);
    }
    // What was known at an entry is what the files up to it say.
    const known = 1 + (run % entries.length);
    const first = world.order.slice(0, known).flatMap((at) => taken[at] ?? []);
    const asOf = addDays(START, SPAN);
    assert.deepEqual(
      lines(await spells(agency, asOf, entries[known - 1])),
      lines(naiveSpells(first, asOf)),
      `world ${run} known at ${known}`,
    );
    if (run % 10 === 0) {
      const rebuilt = await rebuild(house.store, house.declarations, agency.agency, { check: true });
      assert.equal(rebuilt.difference, null);
    }
  }
});

test('as of any day each spell is either unplanned or planned, and done by whichever comes first', async () => {
  for (let run = 0; run < 12; run += 1) {
    const { agency } = await build(
      `P${run}`,
      sampleWorld(SEED + 9000 + run),
      sampleWorld(SEED + 9000 + run).order,
    );
    const draw = <T>(arbitrary: fc.Arbitrary<T>, salt: number) =>
      fc.sample(arbitrary, { numRuns: 1, seed: SEED + 100 * run + salt })[0] as T;
    const days = fc.nat(SPAN + 5).map((offset) => addDays(START, offset));
    const components = await house.store.read(agency.agency, (tx) =>
      tx.rows<{ key: number; system: number }>(
        'select component_key as key, system_key as system from component where agency_id = $1 order by 1',
        [agency.agency],
      ),
    );
    const [{ system } = { system: 0 }] = components;
    const plans = draw(
      fc.array(
        fc.record({
          // The third is none: the whole system.
          component: fc.nat(2),
          plugin: fc.integer({ min: 1, max: 5 }),
          from: days,
          length: fc.option(fc.nat(20)),
        }),
        { maxLength: 4 },
      ),
      1,
    ).map((plan, key) => ({
      ...plan,
      key: key + 1,
      component: components[plan.component]?.key ?? null,
      until: plan.length === null ? null : addDays(plan.from, plan.length),
    }));
    const all = await spellRows(agency, addDays(START, SPAN + 5));
    const declared = all
      .filter((_, at) => draw(fc.nat(4), at + 10) === 0)
      .map((spell) => ({ ...spell, day: addDays(spell.trigger, 3) }));
    await house.store.write(agency.agency, async (tx) => {
      for (const { key, component, plugin, from, until } of plans)
        await coverFindings(tx, { index: 90 }, { key, system, component, plugins: [plugin], from, until });
      for (const [at, { key, day: on }] of declared.entries())
        await tx.run('insert into finding_declaration values ($1, $2, $3, $4, $5)', [
          agency.agency,
          key,
          on,
          'test',
          91 + at,
        ]);
    });
    for (const asOf of sampleWorld(SEED + 9000 + run).asOf) {
      const spell = (row: { key: number; trigger: Day }) => `${row.key} ${row.trigger}`;
      // Said of the spell in which the day lies, if it was open then.
      const isDeclared = (row: RelatedRow) =>
        declared.some(
          ({ key, day: on }) =>
            key === row.key && on <= asOf && on >= row.trigger && (row.done === null || row.done > on),
        );
      const expected = (await spellRows(agency, asOf)).map((row) => {
        const covering = plans
          .filter(
            ({ component, plugin, from, until }) =>
              (component === null || component === row.component) &&
              plugin === row.plugin &&
              from <= asOf &&
              (row.done === null || row.done > from) &&
              (until === null || until > row.trigger),
          )
          .map(({ from }) => (from > row.trigger ? from : row.trigger))
          .sort();
        const planned = covering[0];
        const isPlanned = planned !== undefined || isDeclared(row);
        const first = planned !== undefined && (row.done === null || planned <= row.done);
        return { ...row, isPlanned, created: first ? planned : row.done, by: first ? 'planned' : row.means };
      });
      const line = (row: { key: number; trigger: Day }, done: Day | null | undefined, means: string | null) =>
        [spell(row), done ?? 'open', means ?? ''].join(' ');
      const relation = async (name: 'unplanned' | 'plannedForRemediation' | 'plannedForCreation') =>
        (await related(agency, name, asOf)).map((row) => line(row, row.done, row.means)).sort();
      const wanted = (isPlanned: boolean) => expected.filter((row) => row.isPlanned === isPlanned);
      assert.deepEqual(
        await relation('unplanned'),
        wanted(false)
          .map((row) => line(row, row.done, row.means))
          .sort(),
      );
      assert.deepEqual(
        await relation('plannedForRemediation'),
        wanted(true)
          .map((row) => line(row, row.done, row.means))
          .sort(),
      );
      assert.deepEqual(
        await relation('plannedForCreation'),
        wanted(true)
          .map((row) => line(row, row.created, row.by))
          .sort(),
      );
    }
  }
});

interface RelatedRow {
  key: number;
  trigger: Day;
  done: Day | null;
  means: string | null;
}

async function related(
  agency: AgencyFacts,
  name: 'unplanned' | 'plannedForRemediation' | 'plannedForCreation',
  asOf: Day,
): Promise<RelatedRow[]> {
  const sql = findingRelations({ agency: '$1::integer', asOf: '$2::date', knownAt: '$3::bigint' })[name];
  return house.store.read(agency.agency, (tx) =>
    tx.rows<RelatedRow>(
      `select subject_key as key, trigger, done, means::text from (${sql}) r
       where trigger <= $2 and holds_from <= $2 and (holds_until is null or holds_until > $2)`,
      [agency.agency, asOf, Number.MAX_SAFE_INTEGER],
    ),
  );
}

async function spellRows(
  agency: AgencyFacts,
  asOf: Day,
): Promise<(RelatedRow & { component: number; plugin: number })[]> {
  return house.store.read(agency.agency, (tx) =>
    tx.rows(
      `select finding_key as key, component_key as component, plugin, trigger, done, means::text from finding_spell
       where agency_id = $1 and known_until is null and trigger <= $2 and holds_from <= $2 and (holds_until is null or holds_until > $2)`,
      [agency.agency, asOf],
    ),
  );
}
