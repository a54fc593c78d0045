import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createOidc, type OidcKept } from '../src/doors/sign-in/oidc.ts';
import type { Provider } from '../src/doors/sign-in/providers.ts';
import {
  answered,
  attempt,
  closeAll,
  gone,
  known,
  MAIL,
  open,
  PASSWORD,
  PIV,
  redirectUri,
  refusal,
  returnTo,
} from './openid-trial.ts';
import { openFollower, type TestProvider } from './openid.ts';

let provider: TestProvider;
before(async () => {
  provider = await open();
});
after(closeAll);

describe('a sign-in at a real provider', () => {
  test('the whole way: code with PKCE, state and nonce, ID token, sign-out', async () => {
    const oidc = createOidc();
    const { location, kept } = await oidc.begin(known(provider), { redirectUri });
    const asked = Object.fromEntries(new URL(location).searchParams);
    const { code_challenge: challenge, ...said } = asked;
    assert.match(challenge ?? '', /^[\w-]{43}$/);
    assert.deepEqual(said, {
      client_id: 'muster',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: redirectUri,
      state: kept.state,
      nonce: kept.nonce,
      code_challenge_method: 'S256',
    });
    assert.ok(!location.includes(kept.verifier));

    const browser = openFollower();
    const callback = await browser.follow(location, { account: 'demo-piv' });
    assert.equal(new URL(callback).searchParams.get('iss'), provider.issuer);
    const stored = JSON.parse(JSON.stringify(kept)) as OidcKept;
    const { idToken, ...who } = await oidc.finish(known(provider), stored, { callback, redirectUri });
    assert.deepEqual(who, { identity: 'demo-piv', acr: null });

    const leads = await oidc.signOut(known(provider), { idToken, returnTo });
    assert.ok(leads !== null && leads.startsWith(`${provider.issuer}/`));
    assert.deepEqual(Object.fromEntries(new URL(leads).searchParams), {
      id_token_hint: idToken,
      post_logout_redirect_uri: returnTo,
      client_id: 'muster',
    });
    assert.equal(await browser.follow(leads, { logout: 'yes' }), returnTo);
    const again = await oidc.begin(known(provider), { redirectUri });
    await assert.rejects(
      browser.follow(again.location, { account: 'nobody' }),
      /leads nowhere/,
      'asked anew',
    );
  });

  test('a browser that is signed in there comes back without a page, and each sign-in has its own secrets', async () => {
    const oidc = createOidc();
    const browser = openFollower();
    const keeps: OidcKept[] = [];
    for (const account of ['demo-piv', 'nobody']) {
      const { location, kept } = await oidc.begin(known(provider), { redirectUri });
      const callback = await browser.follow(location, { account });
      const { identity } = await oidc.finish(known(provider), kept, { callback, redirectUri });
      assert.equal(identity, 'demo-piv');
      keeps.push(kept);
    }
    const secrets = keeps.flatMap(({ state, nonce, verifier }) => [state, nonce, verifier]);
    assert.equal(new Set(secrets).size, 6);
  });

  test('behind a proxy, where the callback has another name, and as a path alone', async () => {
    const oidc = createOidc();
    for (const place of ['http://10.0.0.9:8080/somewhere', '/api/sign-in/answer/agency-login']) {
      const { callback, kept } = await answered(oidc, known(provider));
      const came = `${place}${new URL(callback).search}`;
      const { identity } = await oidc.finish(known(provider), kept, { callback: came, redirectUri });
      assert.equal(identity, 'demo-piv');
    }
  });

  test('a public client, by PKCE alone', async () => {
    const bare = await open({ clientSecret: undefined });
    assert.equal(await attempt(known(bare)), 'demo-piv by null');
  });

  test('a secret that the provider takes in the body alone', async () => {
    const inBody = await open({ clientAuthentication: 'client_secret_post' });
    assert.equal(await attempt(known(inBody)), 'demo-piv by null');
  });

  test('a provider without a place to sign out, and one that is silent', async () => {
    const bare = await open({ discovery: { end_session_endpoint: undefined } });
    assert.equal(await createOidc().signOut(known(bare), { idToken: 'x', returnTo }), null);
    assert.equal(await createOidc().signOut(known(await gone()), { idToken: 'x', returnTo }), null);
  });
});

describe('how the person signed in there (acr)', () => {
  test('given as asked for, any of those that will do', async () => {
    assert.equal(await attempt(known(provider, { acr: [PIV] })), `demo-piv by ${PIV}`);
    const either = known(provider, { acr: ['urn:demo:other', PASSWORD] });
    assert.equal(await attempt(either, 'demo-password'), `demo-password by ${PASSWORD}`);
    const { location } = await createOidc().begin(either, { redirectUri });
    assert.equal(new URL(location).searchParams.get('acr_values'), `urn:demo:other ${PASSWORD}`);
  });

  test('another is refused', async () => {
    assert.equal(
      await refusal(attempt(known(provider, { acr: [PIV] }), 'demo-password')),
      `SIGN_IN_REFUSED the ID token has another acr; wanted: ${PIV}`,
    );
  });

  test('one that only begins alike is another', async () => {
    const longer = known(provider, { acr: [`${PIV}-2`, PIV.toUpperCase()] });
    assert.match(await refusal(attempt(longer)), /^SIGN_IN_REFUSED the ID token has another acr/);
  });

  test('none is refused', async () => {
    assert.equal(
      await refusal(attempt(known(provider, { acr: [PIV] }), 'demo-plain')),
      `SIGN_IN_REFUSED the ID token has no acr; wanted: ${PIV}`,
    );
  });

  test('what the browser leaves out of the question is required all the same', async () => {
    const as = known(provider, { acr: [PIV] });
    assert.match(await refusal(attempt(known(provider), 'demo-piv', { as })), /has no acr/);
  });
});

describe('who the person is (claim)', () => {
  test('a mail address that the provider has verified', async () => {
    const byMail = known(provider, { claim: 'email', scope: ['email'] });
    assert.equal(await attempt(byMail), `${MAIL} by null`);
  });

  test('one that it has not verified, and one that it does not give', async () => {
    const byMail = known(provider, { claim: 'email', scope: ['email'] });
    assert.match(await refusal(attempt(byMail, 'demo-password')), /^SIGN_IN_REFUSED .*\(email_verified\)$/);
    const missing = /^SIGN_IN_REFUSED the ID token has no claim email that could be an identity$/;
    assert.match(await refusal(attempt(byMail, 'demo-plain')), missing);
    assert.match(await refusal(attempt(known(provider, { claim: 'email' }))), missing);
  });

  test('another claim; an empty one, one that is no text and one that is missing are nobody', async () => {
    assert.equal(await attempt(known(provider, { claim: 'employee' })), 'E-1 by null');
    const nobody = /^SIGN_IN_REFUSED the ID token has no claim \w+ that could be an identity$/;
    assert.match(await refusal(attempt(known(provider, { claim: 'employee' }), 'demo-plain')), nobody);
    assert.match(await refusal(attempt(known(provider, { claim: 'employee' }), 'demo-password')), nobody);
    assert.match(await refusal(attempt(known(provider, { claim: 'exp' }))), nobody);
  });
});

describe('time', () => {
  /** Signs in now and comes back so many seconds later. */
  async function late(at: Provider, seconds: number, as = at): Promise<string> {
    let ahead = 0;
    const oidc = createOidc({ now: () => new Date(Date.now() + ahead * 1000) });
    const { callback, kept } = await answered(oidc, at);
    ahead = seconds;
    return (await oidc.finish(as, kept, { callback, redirectUri })).identity;
  }

  test('a sign-in that takes up to 15 minutes', async () => {
    assert.equal(await late(known(provider), 14 * 60), 'demo-piv');
    const told = await refusal(late(known(provider), 15 * 60 + 1));
    assert.equal(told, 'SIGN_IN_REFUSED it was begun too long ago');
  });

  test('an ID token that has expired, by more than clocks differ', async () => {
    const brief = await open({ idTokenSeconds: 60 });
    assert.equal(await late(known(brief), 80), 'demo-piv');
    assert.match(await refusal(late(known(brief), 100)), /^SIGN_IN_REFUSED .*"exp" .*expiration is past/);
  });

  test('a sign-in at the provider that is too old, or of which it does not say when it was', async () => {
    const recent = known(provider, { maxAge: 120 });
    const { location } = await createOidc().begin(recent, { redirectUri });
    assert.equal(new URL(location).searchParams.get('max_age'), '120');
    assert.equal(await late(recent, 100), 'demo-piv');
    assert.match(await refusal(late(recent, 200)), /^SIGN_IN_REFUSED too much time has elapsed/);
    assert.match(await refusal(late(known(provider), 0, recent)), /^SIGN_IN_REFUSED .*"auth_time"/);
  });
});
