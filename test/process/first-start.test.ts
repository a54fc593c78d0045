import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { HOTP, Secret, URI } from 'otpauth';
import { people } from '../../demo/people.ts';
import { Browser, type Answer } from '../sign-in/browser.ts';
import { clearAway, muster, newDataFolder, run, serve, type Running } from './muster.ts';

/*
 * Nobody has a password before they have set one: how the first people come in, with the processes that
 * a person starts.
 */

after(clearAway);

const PASSWORD = 'lantern orbit 47 maple';
const LINK = /(http:\S+)\/set-up#(\S+)/;

async function stopped(server: Running): Promise<void> {
  server.signal('SIGTERM');
  const { code, stderr } = await server.ended;
  assert.equal(code, 0, stderr);
}

/** Until the server has said all that it says at its start. */
async function started(server: Running): Promise<Browser> {
  const address = await server.address();
  for (let tries = 0; !server.stdout.includes('Ctrl-C'); tries += 1) {
    assert.ok(tries < 1200 && !server.hasEnded, server.stdout);
    await sleep(50);
  }
  return new Browser(address);
}

function assertOk(answer: Answer): unknown {
  assert.equal(answer.status, 200, answer.text);
  return answer.json();
}

function assertRefused(answer: Answer, status: number, code: string): void {
  const { error } = answer.json() as { error: { code: string } };
  assert.deepEqual([answer.status, error.code], [status, code]);
}

/** The code that an authenticator shows, so many steps of half a minute from now. */
function codeOf(address: string, steps = 0): string {
  const { secret } = URI.parse(address);
  const counter = Math.floor(Date.now() / 30_000) + steps;
  return HOTP.generate({ secret: Secret.fromBase32(secret.base32), algorithm: 'SHA1', digits: 6, counter });
}

/** Sets up a sign-in by the secret of a link; gives the authenticator's address. */
async function setUp(browser: Browser, token: string): Promise<string> {
  const begun = assertOk(await browser.post('/api/set-up/begin', { token })) as { totp: { address: string } };
  const { address } = begun.totp;
  assertOk(await browser.post('/api/set-up/password', { token, password: PASSWORD, code: codeOf(address) }));
  return address;
}

interface Tried {
  readonly agency: string;
  readonly signInName: string;
  readonly password: string;
  readonly code?: string;
}

async function signIn(browser: Browser, tried: Tried): Promise<Answer> {
  const { notice } = assertOk(await browser.get('/api/sign-in')) as { notice: { digest: string } };
  return browser.post('/api/sign-in/password', { ...tried, notice: notice.digest });
}

async function rolesIn(browser: Browser): Promise<unknown> {
  return (assertOk(await browser.get('/api/status')) as { roles: unknown }).roles;
}

/** Every file below a folder in which one of the texts stands, but for the web page's. */
async function filesWith(folder: string, texts: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || path.startsWith(join(folder, 'data', 'web'))) continue;
    const bytes = await readFile(path);
    if (texts.some((text) => bytes.includes(text))) found.push(path);
  }
  return found;
}

describe('the first start', () => {
  test('prints an address that makes the first agency and its administrator, once', async () => {
    const dataDir = await newDataFolder();
    const env = { MUSTER_ENVIRONMENT: 'on-premises' };
    const server = serve(dataDir, env);
    const browser = await started(server);
    const [, address, first = ''] = LINK.exec(server.stdout) ?? [];
    assert.equal(address, browser.address);
    assert.match(first, /^first\./);
    const token = first.slice('first.'.length);
    const agency = { code: 'NORTH', kind: 'irs', timeZone: 'America/New_York' };
    const person = { name: 'Demo Administrator', signInName: 'demo.administrator' };
    const create = (with_: object) =>
      browser.post('/api/set-up/agency', { ...agency, ...person, token, ...with_ });
    assert.partialDeepStrictEqual(assertOk(await browser.get('/api/sign-in')), { agencies: [], setUp: true });
    assertRefused(await create({ token: `${token}x` }), 410, 'LINK_SPENT');
    assertRefused(await create({ signInName: 'no sign-in name' }), 400, 'BAD_REQUEST');
    const { link } = assertOk(await create({})) as { link: string };
    assertRefused(await create({ code: 'SOUTH' }), 410, 'LINK_SPENT');

    assertRefused(await browser.get('/api/status'), 401, 'SIGN_IN_REQUIRED');
    const authenticator = await setUp(browser, link);
    assert.partialDeepStrictEqual(assertOk(await browser.get('/api/status')), {
      person: { signInName: 'demo.administrator' },
      roles: ['administrator'],
      agencies: [{ code: 'NORTH' }],
      problems: [],
    });
    assertRefused(await browser.post('/api/set-up/begin', { token: link }), 410, 'LINK_SPENT');
    assert.partialDeepStrictEqual(assertOk(await browser.get('/api/sign-in')), { setUp: false });
    await stopped(server);

    const second = serve(dataDir, env);
    const again = await started(second);
    assert.doesNotMatch(second.stdout, /set-up|Nobody|agency create/);
    const tried = { agency: 'NORTH', signInName: 'demo.administrator', password: PASSWORD };
    assertRefused(await signIn(again, tried), 401, 'SIGN_IN_REFUSED');
    assertOk(await signIn(again, { ...tried, code: codeOf(authenticator, 1) }));
    assert.deepEqual(await rolesIn(again), ['administrator']);
    assert.deepEqual(await ownLists(dataDir), ['muster', 'muster']);
    await stopped(second);

    const folder = dirname(dataDir);
    const exported = await run(['record', 'export', join(folder, 'export'), '--data', dataDir]);
    assert.equal(exported.code, 0, exported.stderr);
    assert.notDeepEqual(await filesWith(folder, ['Demo Administrator']), []);
    assert.deepEqual(await filesWith(folder, [PASSWORD, token, link]), []);
    for (const { stdout, stderr } of [server, second])
      assert.ok(!stdout.includes(PASSWORD) && !stderr.includes(PASSWORD) && !stderr.includes(token));
  });

  /** Who took in the files of Muster's own: the server does so soon after it has started. */
  async function ownLists(dataDir: string): Promise<string[]> {
    for (let tries = 0; tries < 30; tries += 1) {
      const said = await run(['evidence', '--json', '--data', dataDir]);
      const { evidence } = JSON.parse(said.stdout) as { evidence: { actor: string; file: string }[] };
      const own = evidence.filter(({ file }) => file.startsWith('muster-'));
      if (own.length >= 2) return own.map(({ actor }) => actor);
    }
    return [];
  }

  test('of an agency that a command made says which command makes an administrator', async () => {
    const dataDir = await newDataFolder();
    const created = await run(['agency', 'create', 'NORTH', '--kind', 'irs', '--data', dataDir]);
    assert.equal(created.code, 0, created.stderr);
    const server = serve(dataDir);
    const browser = await started(server);
    assert.match(
      server.stdout,
      /Nobody may sign in to NORTH\. .*: muster administrator "NAME" --sign-in-name NAME --agency NORTH\n/,
    );
    assert.match(server.stderr, /set MUSTER_ENVIRONMENT to cloud or on-premises/);
    const env = { PORT: new URL(browser.address).port };
    const command = async (...args: string[]) => {
      const { code, stdout, stderr } = await run([...args, '--data', dataDir], env);
      assert.equal(code, 0, stderr);
      return stdout;
    };
    const [, address, token = ''] =
      LINK.exec(
        await command('administrator', 'Demo Administrator', '--sign-in-name', 'demo.administrator'),
      ) ?? [];
    assert.equal(address, browser.address);
    await setUp(browser, token);
    const { roles, problems } = assertOk(await browser.get('/api/status')) as {
      roles: string[];
      problems: string[];
    };
    assert.deepEqual(roles, ['administrator']);
    assert.match(problems.join(), /^where Muster itself runs is not said: /);

    // The phone is lost: another link, by key, and what there was before is gone.
    const { people: known } = JSON.parse(await command('people', '--json')) as {
      people: { person: string }[];
    };
    const said = JSON.parse(await command('set-up-link', known[0]?.person ?? '', '--json')) as {
      link: string;
    };
    const found = new Browser(browser.address);
    await setUp(found, LINK.exec(said.link)?.[2] ?? '');
    assert.deepEqual(await rolesIn(found), ['administrator']);
    assertRefused(await browser.get('/api/status'), 401, 'SIGN_IN_REQUIRED');

    const nobody = await run(['set-up-link', 'demo.nobody', '--data', dataDir]);
    assert.deepEqual([nobody.code, nobody.stdout], [3, '']);
    const again = ['Demo Other', '--sign-in-name', 'demo.administrator', '--data', dataDir];
    const twice = await run(['administrator', ...again]);
    assert.equal(twice.code, 3);
    assert.match(twice.stderr, /somebody signs in as demo\.administrator already/);
    await stopped(server);
  });
});

describe('the demonstration', () => {
  const demonstrate = (dataDir: string) =>
    muster(['serve', '--demo'], { env: { PORT: '0', DATA_DIR: dataDir } });

  /** The passwords that the server printed, by sign-in name. */
  function passwordsIn({ stdout }: Running): ReadonlyMap<string, string> {
    const lines = stdout.matchAll(/^(demo\.[a-z-]+) +((?:[a-z2-9]{5}-){3}[a-z2-9]{5}) +[a-z-]+$/gm);
    return new Map([...lines].map(([, name = '', password = '']) => [name, password]));
  }

  const tried = (passwords: ReadonlyMap<string, string>, signInName: string): Tried => ({
    agency: 'DEMO',
    signInName,
    password: passwords.get(signInName) ?? '',
  });

  test('prints passwords that let each of its people in until it is started again', async () => {
    const dataDir = await newDataFolder();
    const server = demonstrate(dataDir);
    const { address } = await started(server);
    const passwords = passwordsIn(server);
    assert.equal(passwords.size, people.length);
    const inside: Browser[] = [];
    for (const { signInName, role } of people) {
      const browser = new Browser(address);
      assertOk(await signIn(browser, tried(passwords, signInName)));
      assert.deepEqual(await rolesIn(browser), [role]);
      inside.push(browser);
    }
    await stopped(server);

    const second = demonstrate(dataDir);
    const { address: elsewhere } = await started(second);
    const renewed = passwordsIn(second);
    assert.deepEqual([...renewed.keys()], [...passwords.keys()]);
    assert.equal(new Set([...passwords.values(), ...renewed.values()]).size, 2 * people.length);
    for (const name of ['demo.administrator', 'demo.auditor']) {
      const browser = new Browser(elsewhere);
      assertRefused(await signIn(browser, tried(passwords, name)), 401, 'SIGN_IN_REFUSED');
      assertOk(await signIn(browser, tried(renewed, name)));
    }
    // Whoever was in is in.
    const same = new Browser(elsewhere);
    for (const [name, value] of inside[0]?.cookies ?? []) same.cookies.set(name, value);
    assert.deepEqual(await rolesIn(same), ['administrator']);
    await stopped(second);

    const folder = dirname(dataDir);
    const exported = await run(['record', 'export', join(folder, 'export'), '--data', dataDir]);
    assert.equal(exported.code, 0, exported.stderr);
    const all = [...passwords.values(), ...renewed.values()];
    assert.deepEqual(await filesWith(folder, all), []);
    for (const { stderr } of [server, second]) assert.ok(!all.some((password) => stderr.includes(password)));
    const checked = await run(['rebuild', '--check', '--data', dataDir]);
    assert.deepEqual([checked.code, /nothing differs/.test(checked.stdout)], [0, true]);
  });
});
