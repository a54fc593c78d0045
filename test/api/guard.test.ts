import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { rebuild } from '../../src/acts/index.ts';
import { listAgencies } from '../../src/programs/inventory/index.ts';
import { loadDemonstration } from '../../src/doors/demonstration.ts';
import { declarations } from '../../src/doors/declarations.ts';
import { declaredActs, type DeclaredAct } from '../../src/doors/declared.ts';
import { openTestHouse, type TestHouse } from '../house.ts';
import { ask, FORM, formOf, post, serve, type Answer, type Asking, type Served } from './served.ts';
import { samplePlaces } from './places.ts';

const PAGE = '<!doctype html><title>Muster</title><div id="muster"></div>';
const ACT = '/api/agencies/DEMO/acts/duty.accept-risk';
const EVIDENCE = '/api/agencies/DEMO/evidence';

let house: TestHouse;
let served: Served;
let own: { host: string; origin: string };

before(async () => {
  house = await openTestHouse();
  await loadDemonstration(house);
  const web = join(house.dataDir, 'web');
  await mkdir(join(web, 'assets'), { recursive: true });
  await writeFile(join(web, 'index.html'), PAGE);
  await writeFile(join(web, 'assets', 'app.js'), 'export {};\n');
  served = await serve(house, web);
  const { host, origin } = new URL(served.address);
  own = { host, origin };
});
after(async () => {
  await served?.close();
  await house?.close();
});

function outcome(answer: Answer): readonly [number, string | undefined] {
  const body = answer.json() as { error?: { code?: string } };
  return [answer.status, body.error?.code];
}

/** What a browser sends along with a request that changes something. */
function posting(headers: Readonly<Record<string, string>>): Asking {
  return { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: '{}' };
}

describe('another site', () => {
  it('does not get in by a name of its own that leads here', async () => {
    for (const host of [
      'muster.example',
      `muster.example:80`,
      '127.0.0.1.muster.example',
      '192.0.2.1',
      '[::2]',
    ]) {
      for (const path of ['/', '/api/status', '/assets/app.js', '/api/agencies/DEMO/duties']) {
        const answer = await ask(served, path, { headers: { host } });
        assert.deepEqual(outcome(answer), [403, 'FOREIGN_REQUEST'], `${host} ${path}`);
      }
    }
  });

  it('cannot have a browser post here: neither an act nor a file', async () => {
    const strange: Readonly<Record<string, string>>[] = [
      { origin: 'https://muster.example' },
      { origin: 'http://127.0.0.1:1' },
      { origin: `https://${own.host}` },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { cookie: 'session=x' },
      { cookie: 'session=x', authorization: 'Bearer muster_none' },
      { 'sec-fetch-site': 'cross-site', origin: own.origin },
      { 'sec-fetch-site': 'same-origin', origin: 'https://muster.example' },
    ];
    for (const headers of strange) {
      assert.deepEqual(outcome(await ask(served, ACT, posting(headers))), [403, 'FOREIGN_REQUEST']);
      const body = formOf({ bytes: Buffer.from('x') });
      const answer = await ask(served, EVIDENCE, { method: 'POST', headers: { ...FORM, ...headers }, body });
      assert.deepEqual(outcome(answer), [403, 'FOREIGN_REQUEST']);
    }
  });

  it('is not what our own pages and commands are taken for', async () => {
    const ours: Readonly<Record<string, string>>[] = [
      {},
      { origin: own.origin },
      { origin: own.origin, 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'same-origin' },
      { authorization: 'Bearer muster_none' },
      {
        host: `localhost:${new URL(own.origin).port}`,
        origin: `http://localhost:${new URL(own.origin).port}`,
      },
    ];
    for (const headers of ours) {
      const [, code] = outcome(await ask(served, ACT, posting(headers)));
      assert.ok(code !== undefined && code !== 'FOREIGN_REQUEST', JSON.stringify([headers, code]));
    }
  });

  it('gets no permission to read: no answer carries a header for other origins', async () => {
    const answer = await ask(served, '/api/status', { headers: { origin: 'https://muster.example' } });
    const names = Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'));
    assert.deepEqual(names, []);
  });
});

describe('a body', () => {
  const json = { 'content-type': 'application/json' };

  it('over 64 KiB is refused before it is read', async () => {
    const answer = await post(served, ACT, { reason: 'x'.repeat(70_000) });
    assert.deepEqual(outcome(answer), [413, 'TOO_LARGE']);
  });

  it('that is no JSON, or none at all, or says too much of a prototype, is refused', async () => {
    for (const body of ['{', '', '{"duty":}', '{"__proto__":{"duty":"x"}}', '\u0000']) {
      const answer = await ask(served, ACT, { method: 'POST', headers: json, body });
      assert.deepEqual(outcome(answer), [400, 'BAD_REQUEST'], body);
    }
  });

  it('of another type is refused', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml']) {
      const answer = await ask(served, ACT, {
        method: 'POST',
        headers: { 'content-type': type },
        body: '{}',
      });
      assert.deepEqual(outcome(answer), [400, 'BAD_REQUEST'], type);
    }
    const answer = await post(served, EVIDENCE, {});
    assert.deepEqual(outcome(answer), [400, 'BAD_REQUEST']);
  });

  it('that is a form without a file is refused', async () => {
    const body = '--b\r\ncontent-disposition: form-data; name="system"\r\n\r\nECM\r\n--b--\r\n';
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    const answer = await ask(served, EVIDENCE, { method: 'POST', headers, body });
    assert.deepEqual(outcome(answer), [400, 'BAD_REQUEST']);
  });
});

const STRICT = {
  'content-security-policy': [
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'",
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "require-trusted-types-for 'script'; trusted-types 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': [
    'publickey-credentials-create=(self), publickey-credentials-get=(self), camera=(), display-capture=()',
    'geolocation=(), hid=(), microphone=(), midi=(), payment=(), serial=(), usb=()',
  ].join(', '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

function assertStrict(answer: Answer, what: string): void {
  for (const [name, value] of Object.entries(STRICT))
    assert.equal(answer.headers[name], value, `${what}: ${name}`);
  for (const banner of ['server', 'x-powered-by', 'via', 'strict-transport-security'])
    assert.equal(answer.headers[banner], undefined, `${what}: ${banner}`);
  assert.match(answer.headers['content-type'] ?? '', /^(text|application)\/\w+; charset=utf-8$/, what);
}

describe('every answer', () => {
  it('carries the security headers, refused or not, page or API', async () => {
    const strangers = { headers: { host: 'muster.example' } };
    for (const path of [
      '/',
      '/DEMO/duties',
      '/assets/app.js',
      '/api/status',
      '/api/nothing',
      '/assets/none.js',
      ACT,
    ]) {
      assertStrict(await ask(served, path), path);
      assertStrict(await ask(served, path, strangers), path);
    }
    assertStrict(await post(served, ACT, {}), 'an act refused');
  });

  it('does so even where the address itself does not read', async () => {
    for (const path of ['/api/agencies/%E0%A4%A', `/api/agencies/DEMO/duties/${'x'.repeat(400)}`]) {
      const answer = await ask(served, path);
      assertStrict(answer, path.slice(0, 40));
      assert.equal(outcome(answer)[1], 'BAD_REQUEST');
    }
  });
});

describe('what a browser may keep', () => {
  it('is nothing below /api, and no refusal; a page only while it asks whether it changed', async () => {
    for (const path of ['/api/status', '/api/nothing', '/api/agencies/%E0', '/assets/none.js', '/api'])
      assert.equal((await ask(served, path)).headers['cache-control'], 'no-store', path);
    assert.equal((await post(served, ACT, {})).headers['cache-control'], 'no-store');
    const stranger = await ask(served, '/', { headers: { host: 'muster.example' } });
    assert.equal(stranger.headers['cache-control'], 'no-store');
    assert.equal((await ask(served, '/')).headers['cache-control'], 'no-cache');
    assert.match((await ask(served, '/assets/app.js')).headers['cache-control'] ?? '', /max-age=3600/);
  });
});

describe('an address', () => {
  it('below /api that is none gives a reason, not a page', async () => {
    for (const path of ['/api/nothing', '/api/', '/api/agencies/DEMO/nothing', '/api/agencies/DEMO']) {
      const answer = await ask(served, path);
      assert.deepEqual(outcome(answer), [404, 'NOT_FOUND'], path);
    }
  });

  it('of a page is the application, which knows its own pages', async () => {
    for (const path of [
      '/',
      '/DEMO/duties?asOf=2022-07-08',
      '/DEMO/duties/account.disable:3.17:2022-01-01',
      '/no/such/page',
    ]) {
      const answer = await ask(served, path);
      assert.deepEqual([answer.status, answer.text], [200, PAGE], path);
      assert.match(answer.headers['content-type'] ?? '', /^text\/html/);
      assert.equal(answer.headers['cache-control'], 'no-cache');
    }
  });

  it('of a file that is not there is not the application', async () => {
    for (const path of [
      '/assets/none.js',
      '/favicon.ico',
      '/package.json',
      '/..%2f..%2fpackage.json',
      '/assets/..%2findex.js',
    ]) {
      assert.deepEqual(outcome(await ask(served, path)), [404, 'NOT_FOUND'], path);
    }
  });

  it('that posts to a page leads nowhere', async () => {
    assert.deepEqual(outcome(await ask(served, '/DEMO/duties', posting({}))), [404, 'NOT_FOUND']);
  });
});

const HOSTILE = [
  '\u0000',
  "' or 1=1 --",
  '%',
  '\ud800',
  '../../etc/passwd',
  '9'.repeat(20),
  '9'.repeat(14),
  '-1',
  '1e9',
  '\u202e',
  'x'.repeat(250),
];

describe('hostile values', () => {
  it('in any field of any view are answered or refused, never a fault', async () => {
    const [agency] = await listAgencies(house.store);
    assert.ok(agency);
    const places = await samplePlaces(house, agency);
    const faults: string[] = [];
    for (const view of declarations.views.values()) {
      for (const name of Object.keys(view.input.shape)) {
        for (const value of HOSTILE) {
          const inPath = view.path.includes(`:${name}`);
          // A lone surrogate has no bytes of its own: what a browser would send for it stands in.
          const sent = encodeURIComponent(value.toWellFormed());
          const path = view.path.replaceAll(/:(\w+)/g, (_, place: string) =>
            place === name ? sent : (places[place] ?? ''),
          );
          const answer = await ask(served, `/api/agencies/DEMO${path}${inPath ? '' : `?${name}=${sent}`}`);
          if (answer.status >= 500) faults.push(`${view.view} ${name} ${JSON.stringify(value)}`);
        }
      }
    }
    assert.deepEqual(faults, []);
  });

  it('in any field of any act are recorded or refused, never a fault', async () => {
    const faults: string[] = [];
    for (const act of declaredActs(declarations)) {
      const duties = await overdueOf(act.about?.[0]);
      for (const { name } of act.fields) {
        for (const value of [...HOSTILE, 7, null, true, [], {}]) {
          const said = {
            ...soundInput(act, duties.pop() ?? 'account.disable:1.1:2022-01-01'),
            [name]: value,
          };
          const answer = await post(served, `/api/agencies/DEMO/acts/${act.act}`, said);
          if (answer.status >= 500) faults.push(`${act.act} ${name} ${JSON.stringify(value)}`);
        }
      }
    }
    assert.deepEqual(faults, []);
  });

  async function overdueOf(duty: string | undefined): Promise<string[]> {
    const type = duty === undefined ? '' : `&duty=${duty}`;
    const path = `/api/agencies/DEMO/duties?status=overdue&limit=1000${type}`;
    const { duties } = (await ask(served, path)).json() as { duties: { id: string }[] };
    return duties.map(({ id }) => id);
  }

  /** An input with something sound in every field. */
  function soundInput({ fields }: DeclaredAct, duty: string): Record<string, string> {
    const sound = { day: '2022-10-20', number: '7', text: 'a reason' };
    return Object.fromEntries(
      fields.map(({ name, kind, choices }) => [
        name,
        name === 'duty' ? duty : kind === 'choice' ? (choices[0] ?? '') : sound[kind],
      ]),
    );
  }

  it('leave tables that the record gives again', async () => {
    const { difference } = await rebuildAll();
    assert.equal(difference, null);
  });

  it('do not reach a log in words', () => {
    for (const line of served.logged) assert.doesNotMatch(line, /passwd|or 1=1/);
  });
});

/** Whether what is in the tables is what the record gives. */
async function rebuildAll() {
  const [agency] = await listAgencies(house.store);
  assert.ok(agency);
  return rebuild(house.store, declarations, agency.agency, { check: true });
}
