import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeFirstStart } from '../src/doors/cli/first-start.ts';
import { setCredential } from '../src/doors/sign-in/credentials.ts';
import { addAdministrator, openFirstSetUp } from '../src/doors/sign-in/set-up.ts';
import { findPerson } from '../src/programs/people/index.ts';
import { newAgency, openTestHouse } from './house.ts';

test('a start says what is missing before anybody can sign in, and nothing when somebody can', async () => {
  const house = await openTestHouse();
  try {
    const said = async () => {
      const first = await openFirstSetUp(house);
      return (await describeFirstStart(house, 'http://localhost:1', first)).join('\n');
    };
    assert.match(
      await said(),
      /^Set up .*: http:\/\/localhost:1\/set-up#first\.\S{40,}\nThat link is good once/,
    );
    const north = await newAgency(house, 'NORTH');
    await newAgency(house, 'SOUTH');
    assert.match(await said(), /^Nobody may sign in to NORTH\. .*--agency NORTH\nNobody .*--agency SOUTH$/);
    const who = { name: 'Demo Administrator', signInName: 'demo.administrator' };
    const key = await addAdministrator(house, north, house.operator, who);
    assert.match(
      await said(),
      /^Nobody has set up how they sign in to NORTH\. .*muster set-up-link PERSON --agency NORTH\n/,
    );
    await house.store.as(house.operator.name).write(north.agency, async (tx) => {
      const person = await findPerson(tx, key);
      assert.ok(person);
      const changing = { house, agency: north, actor: house.operator };
      await setCredential(tx, changing, person, { kind: 'password', secret: Buffer.from('test') });
    });
    assert.match(await said(), /^Nobody may sign in to SOUTH/);
  } finally {
    await house.close();
  }
});
