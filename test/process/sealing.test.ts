import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { chooseAgency, openHouse } from '../../src/doors/house.ts';
import { readSettings } from '../../src/doors/settings.ts';
import { tokenFor, type Token } from '../people.ts';
import { clearAway, newDataFolder, run, serve } from './muster.ts';

/*
 * The record is signed by whoever writes it: a server while it runs and when it stops, a command
 * before it ends.
 */

after(clearAway);

const INVENTORY = `system,component,environment,impact,fti,asset,fqdn,ip,platform,role
ECM,cloud,cloud,moderate,yes,,,,,
`;
/** A second, and what a busy machine adds. */
const SOON_MS = 5_000;

interface Signed {
  readonly origin: string;
  readonly entries: number;
  readonly signed: number;
  readonly checkpoint: { readonly size: number; readonly note: string } | null;
  readonly keys: readonly string[];
}

async function recordAt(address: string, headers: Token): Promise<Signed> {
  return (await (await fetch(`${address}/api/agencies/NORTH/record`, { headers })).json()) as Signed;
}

async function importAt(address: string, headers: Token, asset: string): Promise<number> {
  const form = new FormData();
  form.set('file', new Blob([INVENTORY.replace('yes,', `yes,${asset}`)]), `${asset}.csv`);
  const answer = await fetch(`${address}/api/agencies/NORTH/evidence`, {
    method: 'POST',
    headers,
    body: form,
  });
  assert.equal(answer.status, 200);
  return ((await answer.json()) as { evidence: number }).evidence;
}

/** What lets a program of the agency NORTH in. */
async function programIn(dataDir: string): Promise<Token> {
  const house = await openHouse(readSettings({ MUSTER_OPERATOR: 'test' }, dataDir), 'command');
  try {
    return await tokenFor(house, await chooseAgency(house, 'NORTH'));
  } finally {
    await house.close();
  }
}

test('commands and servers sign what they write, and witnesses get it', async () => {
  const dataDir = await newDataFolder();
  const folder = dirname(dataDir);
  const witness = join(folder, 'witness');
  await mkdir(witness);
  const env = { DATA_DIR: dataDir, MUSTER_WITNESS_DIRS: witness };
  async function done(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await run(args, env);
    assert.equal(code, 0, stderr);
    return stdout;
  }

  await done('agency', 'create', 'NORTH', '--kind', 'irs');
  const key = join(dataDir, 'checkpoint-key.pem');
  assert.equal((await stat(key)).mode & 0o777, 0o600);
  const [name = ''] = await readdir(join(witness, 'muster'));
  const held = join(witness, 'muster', name);
  const afterCommand = await readFile(join(held, 'latest'), 'utf8');

  const token = await programIn(dataDir);
  const server = serve(dataDir, env);
  const address = await server.address();
  const entry = await importAt(address, token, 'asset-1');
  const until = Date.now() + SOON_MS;
  let record = await recordAt(address, token);
  while (record.signed < entry && Date.now() < until) {
    await sleep(50);
    record = await recordAt(address, token);
  }
  assert.equal(record.signed, entry, 'the head is signed within a second');
  const last = await importAt(address, token, 'asset-2');
  server.signal('SIGTERM');
  assert.equal((await server.ended).code, 0);
  assert.match(await readFile(join(held, 'latest'), 'utf8'), new RegExp(`^${record.origin}\n${last}\n`));

  const exported = join(folder, 'record');
  assert.match(await done('record', 'export', exported), new RegExp(`entries 1 to ${last} of`));
  await writeFile(join(folder, 'kept'), afterCommand);
  const given = ['--key', record.keys[0] ?? '', '--against', join(folder, 'kept')];
  assert.match(await done('verify', exported, ...given), /^VERIFIED/);
  assert.match(await done('verify', '--against', join(folder, 'kept')), /^VERIFIED/);

  await done('record', 'rotate-key');
  const keys = (await done('record', 'keys')).trim().split('\n');
  assert.deepEqual([keys.length, keys[0]], [2, record.keys[0]]);
  const after = serve(dataDir, env);
  const rotated = await importAt(await after.address(), token, 'asset-3');
  after.signal('SIGTERM');
  assert.equal((await after.ended).code, 0);
  assert.match(await readFile(join(held, 'latest'), 'utf8'), new RegExp(`\n${rotated}\n`));
  const proof = join(folder, 'entry.tlog-proof');
  await done('prove', String(last), '--out', proof);
  assert.match(await done('verify', proof, '--key', keys[1] ?? ''), /^VERIFIED/);

  // A key that others can read signs nothing; the work itself goes on.
  await chmod(key, 0o644);
  await writeFile(join(folder, 'inventory.csv'), INVENTORY.replace('yes,', 'yes,asset-4'));
  const unsigned = await run(['import', join(folder, 'inventory.csv')], env);
  assert.equal(unsigned.code, 0, unsigned.stderr);
  assert.match(unsigned.stderr, /signing the record.*chmod 600/);
  assert.match(await readFile(join(held, 'latest'), 'utf8'), new RegExp(`\n${rotated}\n`));
});
