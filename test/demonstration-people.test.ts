import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { demonstration } from '../demo/index.ts';
import { people } from '../demo/people.ts';
import { rebuild } from '../src/acts/index.ts';
import { renewDemonstrationPasswords, type DemoSignIn } from '../src/doors/demonstration-people.ts';
import { loadDemonstration } from '../src/doors/demonstration.ts';
import { setUpAgency } from '../src/doors/house.ts';
import { openGate } from '../src/doors/sign-in/gate.ts';
import { sealTotp, setCredential } from '../src/doors/sign-in/credentials.ts';
import { signInByPassword } from '../src/doors/sign-in/sign-in.ts';
import { newTotpSecret } from '../src/doors/sign-in/totp.ts';
import { visitorBySession } from '../src/doors/sign-in/visitor.ts';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import { findBySignInName, listPersons, type Person } from '../src/programs/people/index.ts';
import { keyText } from '../src/record/index.ts';
import { openTestHouse, type TestHouse } from './house.ts';
import { act, entriesOf, Today } from './own-accounts-desk.ts';
import { CLIENT } from './people.ts';

const today = new Today();

let house: TestHouse;
let agency: AgencyFacts;
before(async () => {
  house = await openTestHouse({ now: today.now });
  // What a start leaves that was cut off before the grant.
  const { agency: wanted } = demonstration();
  agency = await setUpAgency(house, { ...wanted, demonstration: true });
  await act(house, agency, 'person.add', { name: 'Demo ISSO', signInName: 'demo.isso' });
  assert.equal(await loadDemonstration(house), true);
});
after(() => house?.close());

async function personOf(signInName: string): Promise<Person> {
  const found = await house.store.read(agency.agency, (tx) => findBySignInName(tx, signInName));
  assert.ok(found, signInName);
  return found;
}

/** The roles with which a password lets somebody in. */
async function rolesOf({ signInName, password }: DemoSignIn): Promise<string[]> {
  const gate = await openGate(house, () => undefined);
  const session = await signInByPassword(gate, agency, { signInName, password }, CLIENT);
  const visitor = await visitorBySession(house, session);
  return visitor?.actor.grants.map(({ role }) => role) ?? [];
}

test('each of them is added once, with one role, whatever became of them since', async () => {
  assert.equal(await loadDemonstration(house), false);
  const all = await house.store.read(agency.agency, listPersons);
  assert.deepEqual(
    all.map(({ name, signInName }) => `${name} ${signInName}`).sort(),
    people.map(({ name, signInName }) => `${name} ${signInName}`).sort(),
  );
  assert.deepEqual(
    (await entriesOf(house, agency, 'grant.given')).map(({ body }) => (body as { role: string }).role).sort(),
    people.map(({ role }) => role).sort(),
  );
  const analyst = keyText((await personOf('demo.analyst')).key);
  await act(house, agency, 'person.change', { person: analyst, signInName: 'demo.renamed' });
  const [grant] = (await entriesOf(house, agency, 'grant.given')).filter(
    ({ body }) => (body as { person: string }).person === analyst,
  );
  await act(house, agency, 'grant.end', { grant: `${grant?.index}.1`, reason: 'a trial' });
  assert.equal(await loadDemonstration(house), false);
  assert.equal((await entriesOf(house, agency, 'person.added')).length, people.length);
});

test('an authenticator that somebody set up is not asked for any more', async () => {
  const person = await personOf('demo.isso');
  const gate = await openGate(house, () => undefined);
  const secret = await sealTotp(gate, agency, person.key, newTotpSecret());
  await house.store
    .as(house.operator.name)
    .write(agency.agency, (tx) =>
      setCredential(tx, { house, agency, actor: house.operator }, person, { kind: 'totp', secret }),
    );
  const signIn = (await renewDemonstrationPasswords(house, agency)).find(
    ({ signInName }) => signInName === 'demo.isso',
  );
  assert.ok(signIn);
  assert.deepEqual(await rolesOf(signIn), ['isso']);
});

test('whom the rule disabled is let in again, whom somebody disabled is not', async () => {
  const auditor = keyText((await personOf('demo.auditor')).key);
  await act(house, agency, 'person.disable', { person: auditor, reason: 'a trial' });
  today.turnTo(200);
  const renewed = await renewDemonstrationPasswords(house, agency);
  assert.deepEqual(
    renewed.map(({ signInName }) => signInName),
    people
      .map(({ signInName }) => (signInName === 'demo.analyst' ? 'demo.renamed' : signInName))
      .filter((name) => name !== 'demo.auditor'),
  );
  const manager = renewed.find(({ role }) => role === 'manager');
  assert.ok(manager);
  assert.deepEqual(await rolesOf(manager), ['manager']);
  const disabled = await entriesOf(house, agency, 'person.disabled');
  const byRule = disabled.filter(({ actor }) => actor === 'muster');
  assert.equal(byRule.length, renewed.length);
  assert.equal((await entriesOf(house, agency, 'person.enabled')).length, renewed.length);
  const { difference } = await rebuild(house.store, house.declarations, agency.agency, { check: true });
  assert.equal(difference, null);
});
