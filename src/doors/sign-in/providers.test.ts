import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { MusterError } from '../../errors/index.ts';
import { readProviders } from './providers.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-providers-'));
});
after(() => rm(folder, { recursive: true }));

const SECRET = 'demo-secret-that-nobody-may-see';

async function written(text: string, mode = 0o600, name = 'providers.yaml'): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  await chmod(file, mode);
  return file;
}

function entry(over: Readonly<Record<string, string | undefined>> = {}): string {
  const fields: Record<string, string | undefined> = {
    provider: 'agency-login',
    title: 'Agency sign-in',
    agency: 'DEMO',
    issuer: 'https://login.agency.example',
    clientId: 'muster',
    ...over,
  };
  const lines = Object.entries(fields).flatMap(([key, value]) =>
    value === undefined ? [] : `${key}: ${value}`,
  );
  return `- ${lines.join('\n  ')}\n`;
}

/** The refusal of a file: its message, and each place. */
async function refusal(text: string, mode?: number): Promise<{ message: string; refused: string[] }> {
  const file = await written(text, mode);
  const error = await readProviders(file).then(
    () => assert.fail('the file was taken'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof MusterError);
  assert.equal(error.code, 'USAGE');
  assert.ok(error.message.startsWith(file), error.message);
  const refused = error.refused.map(({ at, reason }) => `${at}: ${reason}`);
  assert.ok(!JSON.stringify([error.message, refused]).includes(SECRET), 'the secret is told');
  return { message: error.message.slice(file.length).replace(/^:? /, ''), refused };
}

describe('providers that are taken', () => {
  test('the least that can be said: a public client, known by sub, however signed in', async () => {
    assert.deepEqual(await readProviders(await written(entry(), 0o644)), [
      {
        provider: 'agency-login',
        title: 'Agency sign-in',
        agency: 'DEMO',
        issuer: 'https://login.agency.example',
        clientId: 'muster',
        clientSecret: undefined,
        acr: [],
        claim: 'sub',
        scope: [],
        maxAge: undefined,
      },
    ]);
  });

  test('all that can be said', async () => {
    const file = await written(
      entry({
        clientSecret: SECRET,
        acr: '[urn:demo:piv, "http://idmanagement.gov/ns/assurance/aal/3"]',
        claim: 'email',
        scope: '[openid, profile]',
        maxAge: '3600',
      }),
    );
    const [provider] = await readProviders(file);
    assert.equal(provider?.clientSecret, SECRET);
    assert.deepEqual(provider.acr, ['urn:demo:piv', 'http://idmanagement.gov/ns/assurance/aal/3']);
    assert.equal(provider.claim, 'email');
    assert.deepEqual(provider.scope, ['email', 'profile'], 'email is asked for where it is the identity');
    assert.equal(provider.maxAge, 3600);
  });

  test('a secret in a file beside it, without its newline', async () => {
    await written(`${SECRET}\n`, 0o600, 'secret');
    const file = await written(entry({ clientSecretFile: 'secret' }), 0o644);
    assert.equal((await readProviders(file))[0]?.clientSecret, SECRET);
  });

  test('several providers, of one agency or of more', async () => {
    const file = await written(
      entry() + entry({ provider: 'piv' }) + entry({ provider: 'other', agency: 'OTHER' }),
    );
    const names = (await readProviders(file)).map(({ provider, agency }) => `${agency} ${provider}`);
    assert.deepEqual(names, ['DEMO agency-login', 'DEMO piv', 'OTHER other']);
  });

  test('none', async () => {
    assert.deepEqual(await readProviders(await written('[]\n')), []);
  });

  for (const issuer of [
    'http://127.0.0.1:8080',
    'http://localhost/realm',
    'http://[::1]:9',
    'https://a.example/t/',
  ])
    test(`the issuer ${issuer}`, async () => {
      const file = await written(entry({ issuer: `'${issuer}'` }));
      assert.equal((await readProviders(file))[0]?.issuer, issuer);
    });
});

describe('fields that are refused, by line', () => {
  const cases: readonly [string, Readonly<Record<string, string | undefined>>, RegExp][] = [
    ['no id', { provider: '' }, /^line 1: provider is missing$/],
    ['an id that is not kebab-case', { provider: 'Agency_Login' }, /^line 1: provider must be lower-case/],
    ['an id that is too long', { provider: 'a'.repeat(41) }, /^line 1: provider must not be longer than 40/],
    ['an empty title', { title: '""' }, /^line 2: title must not be empty$/],
    ['a title that rewrites a terminal', { title: '"a\\e[2J"' }, /^line 2: title must not have control/],
    ['a code that is none', { agency: 'demo' }, /^line 3: agency must be the code of an agency$/],
    ['http elsewhere', { issuer: 'http://login.agency.example' }, /^line 4: issuer must begin with https/],
    ['http by a name like loopback', { issuer: 'http://127.0.0.1.example' }, /^line 4: issuer must begin/],
    ['another protocol', { issuer: 'ftp://login.agency.example' }, /^line 4: issuer must begin with https/],
    ['no address', { issuer: 'login.agency.example' }, /^line 4: issuer must be an address/],
    ['a query', { issuer: 'https://a.example/?x=1' }, /^line 4: issuer must not have a \?/],
    ['a fragment', { issuer: '"https://a.example/#x"' }, /^line 4: issuer must not have a \?/],
    ['a password', { issuer: `https://a:${SECRET}@a.example` }, /^line 4: issuer must not hold a name/],
    [
      'the address of the document',
      { issuer: 'https://a.example/.well-known/openid-configuration' },
      /^line 4: issuer must end before/,
    ],
    ['an acr that is no list', { acr: 'urn:demo:piv' }, /^line 6: acr must be a list/],
    ['an acr of two words', { acr: '["two words"]' }, /^line 6: acr must not have spaces/],
    ['a scope that is no list', { scope: 'email profile' }, /^line 6: scope must be a list/],
    ['an age that is no number', { maxAge: 'soon' }, /^line 6: maxAge must be a number of seconds$/],
    ['an age of nothing', { maxAge: '0' }, /^line 6: maxAge must be at least 1$/],
    [
      'a secret that is a number',
      { clientSecret: '12345' },
      /^line 6: clientSecret must be text, in quotes$/,
    ],
    ['an unknown key', { clientsecret: SECRET }, /^line 6: unknown key clientsecret; known: provider, title/],
  ];
  for (const [what, over, reason] of cases)
    test(what, async () => {
      const { refused } = await refusal(entry(over));
      assert.equal(refused.length, 1, refused.join('\n'));
      assert.match(refused[0] ?? '', reason);
    });

  test('what is missing is said at its provider, and everything at once', async () => {
    const { message, refused } = await refusal(
      entry() + entry({ provider: 'b', issuer: undefined, wrong: '1' }),
    );
    assert.equal(refused.length, 2, refused.join('\n'));
    assert.match(refused.join('\n'), /line 6: issuer is missing/);
    assert.match(refused.join('\n'), /line 10: unknown key wrong/);
    assert.match(message, /\(and 1 more\)$/);
  });

  test('an id that stands twice', async () => {
    const { message } = await refusal(entry() + entry({ agency: 'OTHER' }));
    assert.equal(message, 'line 6: the provider agency-login stands here twice');
  });

  test('two secrets', async () => {
    const { message } = await refusal(entry({ clientSecret: SECRET, clientSecretFile: 'secret' }));
    assert.match(message, /^line 7: clientSecret and clientSecretFile: give one of them$/);
  });
});

describe('files that are refused', () => {
  const cases: readonly [string, string, RegExp][] = [
    ['nothing', '', /must be a list of providers/],
    ['a map', 'provider: agency-login\n', /^line 1: the file must be a list of providers$/],
    ['a list of texts', '- agency-login\n', /^line 1: the provider must be a map with `provider`/],
    ['no YAML', '- provider: [\n', /^line 2: is not YAML that Muster reads/],
    ['two documents', '[]\n---\n[]\n', /is not YAML that Muster reads \(MULTIPLE_DOCS\)/],
    ['a key twice', `${entry()}  title: again\n`, /^line 6: is not YAML that Muster reads \(DUPLICATE_KEY\)/],
    ['a secret that begins with a star', entry({ clientSecret: `*${SECRET}` }), /alias/],
    ['an alias', `- &a {provider: x}\n- *a\n`, /alias/],
    ['a secret that reads as a tag', entry({ clientSecret: `!${SECRET} x` }), /TAG_RESOLVE_FAILED/],
    ['more than 64 KiB', `# ${'x'.repeat(65_536)}\n${entry()}`, /^is larger than 64 KiB$/],
    ['deep nesting', '['.repeat(60_000), /^line 1: is not YAML that Muster reads/],
    ['more than 100 providers', entry().repeat(101), /must not list more than 100 providers/],
  ];
  for (const [what, text, reason] of cases)
    test(what, async () => {
      assert.match((await refusal(text)).message, reason);
    });

  test('a file with a secret that others may read', async () => {
    const { message } = await refusal(entry({ clientSecret: SECRET }), 0o644);
    assert.equal(
      message,
      'holds a clientSecret and may be read by others (mode 644): chmod 600 it, or name a clientSecretFile',
    );
  });

  test('a file that is not there, and a folder', async () => {
    await assert.rejects(readProviders(join(folder, 'none.yaml')), { code: 'USAGE', message: /\(ENOENT\)$/ });
    await assert.rejects(readProviders(folder), { code: 'USAGE', message: /is not a file$/ });
  });

  const secrets: readonly [string, string, number, RegExp][] = [
    ['may be read by the group', SECRET, 0o640, /may be read by others \(mode 640\): chmod 600 it$/],
    ['is empty', '\n', 0o600, /must hold the secret on one line/],
    ['has two lines', `${SECRET}\n${SECRET}\n`, 0o600, /must hold the secret on one line/],
    ['is no secret', 'x'.repeat(4097), 0o600, /is larger than 4 KiB$/],
  ];
  for (const [what, text, mode, reason] of secrets)
    test(`a secret's file that ${what}`, async () => {
      await mkdir(join(folder, 'beside'), { recursive: true });
      await written(text, mode, 'beside/secret');
      const file = await written(entry({ clientSecretFile: 'beside/secret' }));
      const error = await readProviders(file).catch((error: unknown) => error);
      assert.ok(error instanceof MusterError && error.code === 'USAGE');
      assert.match(error.message, reason);
      assert.ok(!error.message.includes(SECRET));
    });

  test("a secret's file that is not there", async () => {
    const file = await written(entry({ clientSecretFile: 'nowhere' }));
    await assert.rejects(readProviders(file), {
      code: 'USAGE',
      message: /nowhere cannot be read \(ENOENT\)$/,
    });
  });
});
