import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readerNamed, type Observation } from '../readers/index.ts';
import { day } from '../time/index.ts';
import { accountsText, inventoryText, type OwnAccount } from './own-accounts.ts';

const account: OwnAccount = {
  account: 'demo.isso',
  name: 'Demo ISSO',
  privileged: false,
  created: day('2026-01-05'),
  lastLogin: null,
  isDisabled: false,
  statusChanged: null,
};

async function* inOneChunk(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** What the reader says of a text that it takes without a word. */
async function readBy(reader: 'inventory' | 'accounts', text: string): Promise<Observation[]> {
  const reading = readerNamed(reader).read(inOneChunk(text), { observedOn: day('2026-07-29') });
  const observations: Observation[] = [];
  let next = await reading.next();
  for (; !next.done; next = await reading.next()) observations.push(...next.value);
  assert.deepEqual([next.value.refused, next.value.notices], [[], []]);
  return observations;
}

test('the inventory names one component of one system', async () => {
  const text = inventoryText({ environment: 'cloud', impact: 'moderate', fti: false });
  assert.equal(
    text,
    `system,component,environment,impact,fti,asset,fqdn,ip,platform,role
Muster,server,cloud,moderate,no,,,,,
`,
  );
  assert.equal((await readBy('inventory', text)).length, 1);
  assert.match(
    inventoryText({ environment: 'on-premises', impact: 'high', fti: true }),
    /\nMuster,server,on-premises,high,yes,,,,,\n$/,
  );
});

test('the list has a line for each account, with what is said of it', async () => {
  const text = accountsText([
    { ...account, account: 'demo.administrator', name: 'Demo Administrator', privileged: true },
    { ...account, lastLogin: day('2026-07-28') },
    { ...account, account: 'demo.left', isDisabled: true, statusChanged: day('2026-03-01') },
  ]);
  assert.equal(
    text,
    `account,name,component,privileged,created,last_login,status,status_changed
demo.administrator,Demo Administrator,server,yes,2026-01-05,,active,
demo.isso,Demo ISSO,server,no,2026-01-05,2026-07-28,active,
demo.left,Demo ISSO,server,no,2026-01-05,,disabled,2026-03-01
`,
  );
  assert.equal((await readBy('accounts', text)).length, 3);
});

test('a name is quoted where it must be, and never refused nor computed', async () => {
  const names: readonly (readonly [string, string])[] = [
    ['Demo, "the" ISSO', 'Demo, "the" ISSO'],
    ['Démo 日本', 'Démo 日本'],
    ['Demo\r\nISSO\u0007', 'Demo  ISSO'],
    ['=HYPERLINK("x")', `'=HYPERLINK("x")`],
    [' -1', "'-1"],
    [`@${'x'.repeat(199)}`, `'@${'x'.repeat(198)}`],
  ];
  const text = accountsText(names.map(([name], at) => ({ ...account, account: `demo.${at}`, name })));
  assert.match(text, /\ndemo\.0,"Demo, ""the"" ISSO",server,/);
  assert.deepEqual(
    (await readBy('accounts', text)).map((each) => (each as Observation & { name: string }).name),
    names.map(([, read]) => read),
  );
});
