import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { createOidc, type Oidc } from '../src/doors/sign-in/oidc.ts';
import type { Provider } from '../src/doors/sign-in/providers.ts';
import {
  answered,
  attempt,
  changed,
  closeAll,
  gone,
  known,
  open,
  redirectUri,
  refusal,
  type Answered,
  type Alterations,
} from './openid-trial.ts';
import { openFollower, type TestProvider } from './openid.ts';

let provider: TestProvider;
before(async () => {
  provider = await open();
});
after(closeAll);

describe('answers that were tampered with', () => {
  const cases: readonly [string, Alterations, RegExp][] = [
    ['another state', { callback: { state: 'other' } }, /unexpected "state" response parameter value/],
    ['no state', { callback: { state: null } }, /response parameter "state" missing/],
    ["another browser's state", { kept: { state: 'other' } }, /unexpected "state"/],
    ['another nonce', { kept: { nonce: 'other' } }, /unexpected ID Token "nonce" claim value/],
    ['another code', { callback: { code: 'other' } }, /it answers invalid_grant/],
    ['no code', { callback: { code: null } }, /no authorization code/],
    ['another verifier', { kept: { verifier: 'v'.repeat(43) } }, /it answers invalid_grant/],
    ['another issuer', { callback: { iss: 'https://login.example' } }, /unexpected "iss" \(issuer\)/],
    ['no issuer', { callback: { iss: null } }, /response parameter "iss" \(issuer\) missing/],
    ['an error', { callback: { error: 'access_denied' } }, /it answers access_denied/],
    ['an error in words', { callback: { error: 'demo-piv is out' } }, /it answers an error$/],
    ['an ID token', { callback: { id_token: 'x' } }, /implicit and hybrid flows are not supported/],
    ['another client', { kept: { provider: 'other' } }, /it was begun at another provider/],
    ['begun at no time', { kept: { begun: 'then' } }, /it was begun too long ago/],
  ];
  for (const [what, over, reason] of cases)
    test(what, async () => {
      const told = await refusal(attempt(known(provider), 'demo-piv', over));
      assert.match(told, /^SIGN_IN_REFUSED /);
      assert.match(told, reason);
    });

  test('state, code or issuer given twice', async () => {
    const oidc = createOidc();
    const { callback, kept } = await answered(oidc, known(provider));
    for (const name of ['state', 'code', 'iss']) {
      const value = new URL(callback).searchParams.get(name) ?? '';
      const twice = `${callback}&${new URLSearchParams({ [name]: value })}`;
      const told = await refusal(oidc.finish(known(provider), kept, { callback: twice, redirectUri }));
      assert.match(told, /^SIGN_IN_REFUSED .*must be provided only once/);
    }
  });

  test('an address that is none', async () => {
    const oidc = createOidc();
    const { kept } = await oidc.begin(known(provider), { redirectUri });
    const told = await refusal(oidc.finish(known(provider), kept, { callback: 'http://[', redirectUri }));
    assert.equal(told, 'SIGN_IN_REFUSED the address that the browser came back to is none');
  });

  test('a code that is used twice', async () => {
    const oidc = createOidc();
    const { callback, kept } = await answered(oidc, known(provider));
    await oidc.finish(known(provider), kept, { callback, redirectUri });
    const again = oidc.finish(known(provider), kept, { callback, redirectUri });
    assert.equal(await refusal(again), 'SIGN_IN_REFUSED it answers invalid_grant');
  });

  test('a person who turns back at the provider', async () => {
    const oidc = createOidc();
    const { location, kept } = await oidc.begin(known(provider), { redirectUri });
    const callback = await openFollower().follow(location, { cancel: 'yes' });
    const told = await refusal(oidc.finish(known(provider), kept, { callback, redirectUri }));
    assert.equal(told, 'SIGN_IN_REFUSED it answers access_denied');
  });
});

describe('providers that pose as others', () => {
  const sameKey = { keyId: 'the-key' };

  for (const [what, mine, theirs, reason] of [
    ['a key of its own', {}, {}, /no applicable keys found/],
    ['a key of the same name', sameKey, sameKey, /JWT signature verification failed/],
  ] as const)
    test(`an ID token signed by ${what}`, async () => {
      const genuine = await open(mine);
      const forger = await open({ ...theirs, discovery: { jwks_uri: `${genuine.issuer}/jwks` } });
      const told = await refusal(attempt(known(forger)));
      assert.match(told, /^SIGN_IN_REFUSED /);
      assert.match(told, reason);
    });

  test('an ID token of another issuer, behind the endpoints of this one', async () => {
    const other = await open();
    const { issuer } = other;
    const posing = await open({
      discovery: {
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        authorization_response_iss_parameter_supported: false,
      },
    });
    const oidc = createOidc();
    const { callback, kept } = await answeredElsewhere(oidc, known(posing), issuer);
    const from = { callback: changed(callback, { iss: null }), redirectUri };
    assert.equal(
      await refusal(oidc.finish(known(posing), kept, from)),
      'SIGN_IN_REFUSED unexpected JWT "iss" (issuer) claim value',
    );
  });

  test('mix-up: an answer of another provider to a sign-in that was begun here', async () => {
    const other = await open();
    const oidc = createOidc();
    const { callback, kept } = await answeredElsewhere(oidc, known(provider), other.issuer);
    assert.equal(new URL(callback).searchParams.get('state'), kept.state);
    assert.match(
      await refusal(oidc.finish(known(provider), kept, { callback, redirectUri })),
      /^SIGN_IN_REFUSED unexpected "iss" \(issuer\) response parameter value$/,
    );
  });

  test('a discovery document that names another issuer', async () => {
    const posing = await open({ discovery: { issuer: provider.issuer } });
    assert.equal(
      await refusal(createOidc().begin(known(posing), { redirectUri })),
      `PROVIDER_FAILED the provider agency-login (${posing.issuer}) cannot be used: its discovery document names another issuer`,
    );
  });
});

/** As `answered`, where the question is carried to another provider. */
async function answeredElsewhere(oidc: Oidc, provider: Provider, issuer: string): Promise<Answered> {
  const { location, kept } = await oidc.begin(provider, { redirectUri });
  const elsewhere = `${issuer}/auth${new URL(location).search}`;
  return { callback: await openFollower().follow(elsewhere, { account: 'demo-piv' }), kept };
}

describe('a provider that fails', () => {
  const closers: (() => void)[] = [];
  after(() => closers.forEach((close) => close()));

  /** Something that listens where a provider should. */
  async function listen(answer: RequestListener): Promise<Provider> {
    const server = createServer(answer);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    closers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    return known({ issuer: `http://127.0.0.1:${port}`, clientId: 'muster', clientSecret: undefined });
  }

  const begin = (at: Provider) => refusal(createOidc({ patience: 1 }).begin(at, { redirectUri }));

  test('down before the sign-in', async () => {
    assert.match(await begin(known(await gone())), /^PROVIDER_FAILED .*: no connection \(ECONNREFUSED\)$/);
  });

  test('down while the person signs in', async () => {
    const leaving = await open();
    const oidc = createOidc();
    const { callback, kept } = await answered(oidc, known(leaving));
    await leaving.close();
    const told = await refusal(oidc.finish(known(leaving), kept, { callback, redirectUri }));
    assert.match(told, /^PROVIDER_FAILED .*: no connection \((ECONNREFUSED|UND_ERR_SOCKET|ECONNRESET)\)$/);
  });

  test('one that takes the question and says nothing', async () => {
    const started = performance.now();
    assert.match(
      await begin(await listen(() => undefined)),
      /^PROVIDER_FAILED .*: no answer within 1 seconds$/,
    );
    assert.ok(performance.now() - started < 5000);
  });

  test('one that begins to answer and stops', async () => {
    const stuck = await listen((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"issuer":');
    });
    assert.match(await begin(stuck), /^PROVIDER_FAILED /);
  });

  test('one that answers errors, pages, or leads elsewhere', async () => {
    const error = await listen((_request, response) => void response.writeHead(500).end('demo-piv'));
    assert.match(await begin(error), /^PROVIDER_FAILED .*unexpected HTTP/);
    const page = await listen((_request, response) => void response.end('<p>demo-piv</p>'));
    assert.match(await begin(page), /^PROVIDER_FAILED .*content-type/);
    const elsewhere = await listen(
      (_request, response) =>
        void response
          .writeHead(302, { location: `${provider.issuer}/.well-known/openid-configuration` })
          .end(),
    );
    assert.match(await begin(elsewhere), /^PROVIDER_FAILED .*unexpected HTTP/);
  });

  test('one that does not take the client is no fault of the person', async () => {
    const wrong = known(provider, { clientSecret: 'another secret' });
    assert.match(await refusal(attempt(wrong)), /^PROVIDER_FAILED .*does not take the client/);
  });

  test('one that sends the browser to where it cannot go', async () => {
    const odd = await open({ discovery: { authorization_endpoint: 'javascript:alert(1)' } });
    assert.match(await begin(known(odd)), /^PROVIDER_FAILED /);
    const none = await open({ discovery: { authorization_endpoint: undefined } });
    assert.match(await begin(known(none)), /^PROVIDER_FAILED /);
  });

  test('what it says of itself is asked once in ten minutes, a failure again at once', async () => {
    let asked = 0;
    let isBroken = true;
    let ahead = 0;
    const at = await listen((request, response) => {
      asked += 1;
      const issuer = `http://${request.headers.host}`;
      const document = { issuer, authorization_endpoint: `${issuer}/auth` };
      if (isBroken) response.writeHead(503).end();
      else response.setHeader('content-type', 'application/json').end(JSON.stringify(document));
    });
    const oidc = createOidc({ now: () => new Date(Date.now() + ahead) });
    const begin = () => oidc.begin(at, { redirectUri });
    assert.match(await refusal(begin()), /^PROVIDER_FAILED /);
    isBroken = false;
    await Promise.all([begin(), begin(), begin()]);
    assert.equal(asked, 2);
    ahead = 9 * 60_000;
    await begin();
    assert.equal(asked, 2);
    ahead = 11 * 60_000;
    await begin();
    assert.equal(asked, 3);
  });
});
