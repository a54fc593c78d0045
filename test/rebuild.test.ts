import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { rebuild, type Declarations, type EntryKind, type Rebuilt } from '../src/acts/index.ts';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import type { Writing } from '../src/store/index.ts';
import { day, type Day } from '../src/time/index.ts';
import { accountsCsv, importText, INVENTORY, newAgency, openTestHouse, type TestHouse } from './house.ts';
import { nessusXml } from './nessus-file.ts';
import { poamsCsv, updatesCsv } from './poam-desk.ts';

/*
 * A rebuild of a record of any length, and what goes on beside it.
 */

let house: TestHouse;
before(async () => {
  house = await openTestHouse();
});
after(async () => {
  await house?.close();
});

const READERS = 5;

/** A tiny file, of each reader in turn; the nth is none of the others. */
async function importTiny(agency: AgencyFacts, n: number): Promise<unknown> {
  const system = 'ECM';
  const component = 'cloud';
  const observedOn = new Date(Date.UTC(2021, 4, 1 + n)).toISOString().slice(0, 10) as Day;
  switch (n % READERS) {
    case 0:
      return importText(house, agency, INVENTORY.replace('Linux', `Linux ${n}`));
    case 1: {
      const said = { account: 'demo', component, status: 'active', statusChanged: null } as const;
      const row = { ...said, created: day('2020-01-02'), lastLogin: observedOn, privileged: n % 2 === 0 };
      return importText(house, agency, accountsCsv([row]), { system, component, observedOn });
    }
    case 2: {
      const ended = `${observedOn}T12:00:00Z`;
      const item = {
        plugin: 10,
        title: 'Demo',
        family: 'General',
        port: 0,
        protocol: 'tcp',
        severity: n % 4,
      };
      // Some a host that nobody declared.
      const name = n % 4 === 3 ? `stray-${n}` : 'web-1';
      const host = { name, credentialed: true, started: ended, ended, items: [item] };
      return importText(house, agency, nessusXml({ families: null, hosts: [host] }), { system, component });
    }
    case 3:
      return importText(house, agency, poamsCsv([{ poam: 'P-1' }, { poam: `P-${n}` }]), {
        system,
        observedOn,
      });
    default:
      return importText(house, agency, updatesCsv([['P-1', '2021-06-01', 'update', `Demo ${n}`]]), {
        system,
      });
  }
}

/** An agency of so many imports, after its creation, an inventory and a list of POA&Ms. */
async function agencyOf(code: string, imports: number): Promise<AgencyFacts> {
  const agency = await newAgency(house, code);
  await importText(house, agency, INVENTORY);
  await importText(house, agency, poamsCsv([{ poam: 'P-1' }]), { system: 'ECM' });
  for (let n = 0; n < imports; n += 1) await importTiny(agency, n);
  return agency;
}

/** Puts the last so many entries into the record again, with their files, until it has `upTo` of them. */
async function repeatLast(agency: AgencyFacts, count: number, upTo: number): Promise<void> {
  await house.asSuperuser(async (client) => {
    const { rows } = await client.query<{ last: string }>(
      'select max(index) as last from entry where agency_id = $1',
      [agency.agency],
    );
    const last = Number(rows[0]?.last);
    const again = `(select n, $2 - $3 + 1 + (n - $2 - 1) % $3 as was from generate_series($2 + 1, $4::bigint) n) again`;
    const values = [agency.agency, last, count, upTo];
    await client.query(
      `insert into entry select agency_id, n, kind, subject, actor, effective, recorded, body
       from entry join ${again} on was = index where agency_id = $1`,
      values,
    );
    await client.query(
      `insert into artifact (agency_id, entry, salt, keyed_hash, observations_salt)
       select agency_id, n, salt, keyed_hash, observations_salt from artifact join ${again} on was = entry where agency_id = $1`,
      values,
    );
    await client.query(
      `insert into observation_part select agency_id, b.artifact_id, part, first_line, last_line, columns, content
       from observation_part p join artifact a using (agency_id, artifact_id) join ${again} on was = a.entry
       join artifact b using (agency_id) where agency_id = $1 and b.entry = n`,
      values,
    );
  });
}

/** The declarations, but that something is done after each entry is derived. */
function derivingThen(after: (tx: Writing, entry: number) => Promise<void>): Declarations {
  const { declarations } = house;
  const kinds = [...declarations.entryKinds].map(([name, kind]): [string, EntryKind] => [
    name,
    {
      ...kind,
      derive: async (tx, entry) => {
        const effect = await kind.derive(tx, entry);
        await after(tx, entry.index);
        return effect;
      },
    },
  ]);
  return { ...declarations, entryKinds: new Map(kinds) };
}

/** What a replay finds, and the locks it holds after each entry. */
async function replayed(
  agency: AgencyFacts,
): Promise<{ rebuilt: Rebuilt; locks: (entry: number) => number }> {
  const locks = new Map<number, number>();
  const declarations = derivingThen(async (tx, entry) => {
    const { n } = await tx.row<{ n: number }>(
      'select count(*) as n from pg_locks where pid = pg_backend_pid()',
    );
    locks.set(entry, n);
  });
  const rebuilt = await rebuild(house.store, declarations, agency.agency, { check: true });
  return { rebuilt, locks: (entry) => locks.get(entry) ?? 0 };
}

test('a replay holds no more locks after 200 imports than after 40', async () => {
  const { rebuilt, locks } = await replayed(await agencyOf('MANY', 200));
  assert.equal(rebuilt.difference, null);
  // Each table has been used twice by then: made, and filled again.
  const few = locks(rebuilt.entries - 160);
  assert.ok(few > 0);
  assert.equal(locks(rebuilt.entries), few);
});

test('a record of 1,500 imports is derived anew', async () => {
  const agency = await agencyOf('LONG', 4 * READERS);
  await repeatLast(agency, 2 * READERS, 1500);
  // The tables have not followed what was put in behind Muster's back.
  const { rebuilt, locks } = await replayed(agency);
  assert.equal(rebuilt.entries, 1500);
  assert.equal(locks(1500), locks(100));
});

/** Declarations by which a replay stops after the first entry until it is released. */
function heldAtTheFirst(): { declarations: Declarations; reached: Promise<void>; release: () => void } {
  const [until, reached] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const declarations = derivingThen(async (_tx, entry) => {
    if (entry !== 1) return;
    reached.resolve();
    await until.promise;
  });
  return { declarations, reached: reached.promise, release: until.resolve };
}

const SOON_MS = 400;
const TOO_LONG_MS = 10_000;

/** Whether something comes to pass before so many milliseconds are over. */
async function comes(passing: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), milliseconds);
  try {
    return await Promise.race([passing.then(() => true), promise]);
  } finally {
    clearTimeout(timer);
  }
}

test('a check holds up no import, and finds what it began with', async () => {
  const agency = await newAgency(house, 'CHECKED');
  await importText(house, agency, INVENTORY);
  const { declarations, reached, release } = heldAtTheFirst();
  const check = rebuild(house.store, declarations, agency.agency, { check: true });
  await reached;
  const importing = importText(house, agency, INVENTORY.replaceAll('web-1', 'web-2'));
  const isThrough = await comes(importing, TOO_LONG_MS);
  release();
  const found = await check;
  const { evidence } = await importing;
  assert.ok(isThrough, 'it waited for the check');
  assert.equal(found.difference, null);
  assert.equal(found.entries, (evidence ?? 0) - 1);
  const again = await rebuild(house.store, house.declarations, agency.agency, { check: true });
  assert.deepEqual([again.difference, again.entries], [null, evidence]);
});

test('a rebuild that puts its tables in place holds the head', async () => {
  const agency = await newAgency(house, 'REBUILT');
  await importText(house, agency, INVENTORY);
  const { declarations, reached, release } = heldAtTheFirst();
  const rebuilding = rebuild(house.store, declarations, agency.agency, { check: false });
  await reached;
  const importing = importText(house, agency, INVENTORY.replaceAll('web-1', 'web-2'));
  const isThrough = await comes(importing, SOON_MS);
  release();
  await rebuilding;
  await importing;
  assert.ok(!isThrough);
  const { difference } = await rebuild(house.store, house.declarations, agency.agency, { check: true });
  assert.equal(difference, null);
});

test('a check leaves nothing behind, and says where tables differ', async () => {
  const agency = await newAgency(house, 'DIFFERS');
  await importText(house, agency, INVENTORY);
  await house.asSuperuser((client) =>
    client.query(`update system set name = 'OTHER' where agency_id = $1`, [agency.agency]),
  );
  for (const check of [true, true, false]) {
    const { difference } = await rebuild(house.store, house.declarations, agency.agency, { check });
    assert.equal(difference?.table, 'system');
  }
  const { difference } = await rebuild(house.store, house.declarations, agency.agency, { check: true });
  assert.equal(difference, null);
});
