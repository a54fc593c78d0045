import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parseInput, readTimes, rebuild, recordEntry } from '../../acts/index.ts';
import { parseKey } from '../../record/index.ts';
import { onEveryPostgres, type TrialDatabase } from '../../store/trial.ts';
import { addDays, day, type Day } from '../../time/index.ts';
import { actorName, eventEntry, SIGNED_IN } from './index.ts';
import { actorOf, openAgency, operator, TODAY, type TrialAgency } from './trial-people.ts';

const TOMORROW = addDays(TODAY, 1);

interface People {
  readonly total: number;
  readonly next: string | null;
  readonly people: readonly {
    readonly person: string;
    readonly signInName: string;
    readonly roles: string;
    readonly lastSignIn: Day | null;
    readonly disabledSince: Day | null;
    readonly disabledFor: string | null;
  }[];
}

interface Grants {
  readonly name: string;
  readonly grants: readonly {
    readonly role: string;
    readonly over: string;
    readonly from: Day;
    readonly until: Day | null;
    readonly inForce: boolean;
  }[];
}

interface Acts {
  readonly total: number;
  readonly next: string | null;
  readonly acts: readonly {
    readonly entry: number;
    readonly says: string;
    readonly actor: string;
    readonly whom: string;
    readonly by: string;
    readonly reviewed: Day | null;
  }[];
}

onEveryPostgres((open) => {
  let database: TrialDatabase;
  let codes = 0;
  before(async () => {
    database = await open();
  });
  after(() => database?.close());

  async function inAgency(work: (at: TrialAgency) => Promise<void>): Promise<void> {
    codes += 1;
    const at = await openAgency(database, `AGENCY-${codes}`);
    try {
      await work(at);
      const { difference } = await rebuild(at.store, at.declarations, at.agency, { check: true });
      assert.equal(difference, null, 'the record gives the same tables');
    } finally {
      await at.close();
    }
  }

  async function read<Answer>({ store, agency, declarations }: TrialAgency, name: string, said: object = {}) {
    const view = declarations.views.get(name);
    if (!view) throw new Error(`no view ${name}`);
    const input = parseInput(view.input.strict(), said);
    return store.read(agency, async (tx) => {
      const times = await readTimes(tx, TODAY, input);
      return (await view.read({ tx, declarations, times, reached: null, actor: operator }, input)) as Answer;
    });
  }

  /** Somebody signs in, which is an entry of their own. */
  async function signIn(
    { store, agency, declarations }: TrialAgency,
    person: string,
    on = TODAY,
  ): Promise<void> {
    const name = actorName(parseKey(person) ?? 0);
    await store.as(name).write(agency, (tx) =>
      recordEntry(tx, declarations, {
        kind: SIGNED_IN,
        subject: name,
        actor: name,
        effective: on,
        body: { person, way: 'passkey', acr: null, failedSince: 0 },
      }),
    );
  }

  test('people, by sign-in name, page by page', () =>
    inAgency(async (at) => {
      for (const name of ['demo.c', 'Demo.b', 'demo.a', 'demo.e', 'demo.d']) await at.add(name);
      const seen: string[] = [];
      let after: string | null | undefined;
      while (after !== null) {
        const page: People = await read<People>(at, 'people', { limit: 2, ...(after && { after }) });
        assert.equal(page.total, 5);
        seen.push(...page.people.map(({ signInName }) => signInName));
        after = page.next;
      }
      assert.deepEqual(seen, ['Demo.b', 'demo.a', 'demo.c', 'demo.d', 'demo.e']);
      await assert.rejects(read(at, 'people', { after: 'x' }), { code: 'BAD_REQUEST' });
    }));

  test('people, their roles, their last sign-in and whether they are disabled, on a day and as known', () =>
    inAgency(async (at) => {
      const one = await at.add('demo.one');
      await at.grant(one, 'isso');
      await at.grant(one, 'ciso', { from: TOMORROW });
      await at.grant(one, 'isso', { over: 'units', unitFrom: '21000', unitTo: '21001' });
      await signIn(at, one, addDays(TODAY, -3));
      const known = (await at.act('person.change', { person: one, name: 'Demo Known' })).index;
      await signIn(at, one);
      await at.act('person.disable', { person: one, reason: 'left' });
      const read1 = async (said: object) => {
        const { people } = await read<People>(at, 'people', said);
        const [row] = people;
        return row && [row.roles, row.lastSignIn, row.disabledSince, row.disabledFor];
      };
      assert.deepEqual(await read1({}), ['isso', TODAY, TODAY, 'left']);
      assert.deepEqual(await read1({ asOf: TOMORROW }), ['ciso, isso', TODAY, TODAY, 'left']);
      assert.deepEqual(await read1({ knownAt: String(known) }), ['isso', addDays(TODAY, -3), null, null]);
      assert.equal(await read1({ asOf: addDays(TODAY, -1) }), undefined, 'not there yet');
      assert.equal((await read<People>(at, 'people', { role: 'isso' })).total, 1);
      assert.equal((await read<People>(at, 'people', { role: 'auditor' })).total, 0);
      await at.act('person.enable', { person: one, reason: 'returned' });
      assert.deepEqual(await read1({}), ['isso', TODAY, null, null]);
    }));

  test('the grants of a person, the newest first, with what was in force on the day', () =>
    inAgency(async (at) => {
      const person = await at.add('demo.one');
      const first = await at.grant(person, 'isso', { until: '2026-03-31' });
      await at.grant(person, 'manager', {
        over: 'units',
        unitFrom: '21000',
        unitTo: '21099',
        from: TOMORROW,
      });
      const { name, grants } = await read<Grants>(at, 'person-grants', { person });
      assert.equal(name, 'Demo Person');
      assert.deepEqual(
        grants.map(({ role, over, from, until, inForce }) => [role, over, from, until, inForce]),
        [
          ['manager', 'units 21000 to 21099', TOMORROW, null, false],
          ['isso', 'the agency', TODAY, '2026-03-31', true],
        ],
      );
      const { index } = await at.act('grant.end', { grant: first, reason: 'moved' });
      const isso = async (said: object) =>
        (await read<Grants>(at, 'person-grants', { person, ...said })).grants.find(
          ({ role }) => role === 'isso',
        );
      assert.deepEqual([(await isso({}))?.until, (await isso({}))?.inForce], [addDays(TODAY, -1), false]);
      assert.equal((await isso({ knownAt: String(index - 1) }))?.inForce, true);
      await assert.rejects(read(at, 'person-grants', { person: '99.1' }), { code: 'NOT_FOUND' });
      await assert.rejects(read(at, 'person-grants', { person: 'x' }), { code: 'NOT_FOUND' });
    }));

  test('privileged acts are those on people, their roles and their ways in; nobody reviews their own', () =>
    inAgency(async (at) => {
      const [one, two] = [await at.add('demo.one'), await at.add('demo.two')];
      const grant = await at.grant(one, 'isso');
      await at.act('grant.end', { grant, reason: 'x' });
      await at.act('person.change', { person: one, name: 'Demo Renamed' });
      await at.act('person.disable', { person: one, reason: 'x' });
      await at.act('person.enable', { person: one, reason: 'x' });
      await signIn(at, one);
      const [first, second] = [actorOf(parseKey(one) ?? 0), actorOf(parseKey(two) ?? 0)];
      const offered = eventEntry('person.set-up-offered', first, TODAY, { who: second.name });
      await at.store.as(first.name).write(at.agency, (tx) => recordEntry(tx, at.declarations, offered));
      const left = eventEntry('person.signed-out', first, TODAY, { who: first.name });
      await at.store.as(first.name).write(at.agency, (tx) => recordEntry(tx, at.declarations, left));

      const { total, acts } = await read<Acts>(at, 'privileged-acts');
      assert.equal(total, 8);
      assert.deepEqual(
        acts.map(({ actor }) => actor),
        [first.name, ...Array.from({ length: 7 }, () => operator.name)],
      );
      assert.equal(acts[0]?.says, `${second.name} was offered a link to set up their sign-in`);
      const [ofOne, ofTwo] = ['Demo Renamed (demo.one)', 'Demo Person (demo.two)'];
      assert.deepEqual(
        acts.map(({ whom, by }) => [whom, by]),
        [
          [ofTwo, ofOne],
          ...[ofOne, ofOne, ofOne, ofOne, ofOne, ofTwo, ofOne].map((whom) => [whom, operator.name]),
        ],
      );
      const early = await read<Acts>(at, 'privileged-acts', { knownAt: String(acts.at(-1)?.entry) });
      assert.deepEqual(
        early.acts.map(({ whom }) => whom),
        ['Demo Person (demo.one)'],
        'by the name of then',
      );
      const last = acts[0]?.entry ?? 0;
      const review = (upTo: number, as = second) => at.outcome('privileges.review', { upTo }, as);
      assert.equal(await review(last, first), `entry ${last} is your own: somebody else reviews it`);
      const byToken = { ...first, name: `${first.name}/token:3` };
      assert.equal(await review(last, byToken), `entry ${last} is your own: somebody else reviews it`);
      assert.match(await review(last, operator), /is your own: somebody else reviews it$/);
      assert.match(await review(last - 2, first), /^entry \d+$/, 'those of others');
      assert.equal((await read<Acts>(at, 'privileged-acts', { state: 'unreviewed' })).total, 1);
      assert.match(await review(last), /^entry \d+$/);
      assert.equal(await review(last), `no privileged act up to entry ${last} awaits a review`);
      assert.equal(await review(last + 100), `no privileged act up to entry ${last + 100} awaits a review`);
      const all = await read<Acts>(at, 'privileged-acts', { state: 'all', limit: 3 });
      assert.deepEqual([all.total, all.acts.length, all.acts[0]?.reviewed], [8, 3, TODAY]);
      const rest = await read<Acts>(at, 'privileged-acts', {
        state: 'reviewed',
        limit: 100,
        after: all.next,
      });
      assert.deepEqual([rest.total, rest.acts.length, rest.next], [8, 5, null]);
      assert.equal((await read<Acts>(at, 'privileged-acts', { knownAt: String(last) })).total, 8);
      assert.equal((await read<Acts>(at, 'privileged-acts', { asOf: day('2026-03-10') })).acts.length, 0);
    }));

  test('who reviews holds the role for the system Muster', () =>
    inAgency(async (at) => {
      await at.add('demo.one');
      const over = (system: string) => ({
        name: 'person:1.1',
        grants: [{ role: 'isso' as const, reach: { over: 'system' as const, system } }],
      });
      assert.match(await at.outcome('privileges.review', { upTo: 99 }, over('ECM')), /^NOT_ALLOWED/);
      assert.match(await at.outcome('privileges.review', { upTo: 99 }, over('Muster')), /^entry \d+$/);
    }));
});
