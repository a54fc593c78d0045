import type { FastifyInstance } from 'fastify';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  asked,
  BEHIND_PROXY,
  FILE,
  openNetworked,
  passedOn,
  PROXY,
  PUBLIC,
  SOMEBODY,
  type Networked,
} from './networked.ts';

let networked: Networked;
const built: Networked['built'] = (settings) => networked.built(settings);

before(async () => {
  networked = await openNetworked();
});
after(() => networked?.close());

describe('with a public address', () => {
  let server: FastifyInstance;
  before(async () => {
    server = await built({ network: BEHIND_PROXY });
  });

  it('the server is reached by its own name alone', async () => {
    for (const host of ['muster.example', 'muster.example:443', 'MUSTER.example'])
      assert.equal((await asked(server, passedOn({ headers: { host } }))).status, 200, host);
    for (const host of [
      'other.example',
      'muster.example.other.example',
      'other.example/muster.example',
      'demo@muster.example',
      'muster.example:8443',
      'muster.example.',
      PROXY,
      'localhost',
      '127.0.0.1:1075',
      '',
    ]) {
      for (const url of ['/', '/api/status', FILE]) {
        const answer = await asked(server, passedOn({ url, headers: { host } }));
        assert.deepEqual([answer.status, answer.code], [403, 'FOREIGN_REQUEST'], `${host} ${url}`);
      }
    }
  });

  it('the name that the proxy was asked by counts, and nobody else’s word for it', async () => {
    const forwarded = { host: 'inner.example', 'x-forwarded-host': 'muster.example' };
    assert.equal((await asked(server, passedOn({ headers: forwarded }))).status, 200);
    const foreign = { host: 'muster.example', 'x-forwarded-host': 'other.example' };
    assert.equal((await asked(server, passedOn({ headers: foreign }))).status, 403);
    assert.equal(
      (await asked(server, passedOn({ headers: forwarded, remoteAddress: SOMEBODY }))).status,
      403,
    );
  });

  it('people at the machine itself reach it in the clear, by names of the machine', async () => {
    const local = { url: '/', remoteAddress: '127.0.0.1', headers: { host: 'localhost:1075' } };
    const answer = await asked(server, local);
    assert.deepEqual([answer.status, answer.headers['strict-transport-security']], [200, undefined]);
    assert.equal((await asked(server, { ...local, remoteAddress: SOMEBODY })).status, 403);
    assert.equal(
      (await asked(server, { ...local, headers: { host: '127.0.0.1.other.example' } })).status,
      403,
    );
  });

  it('somebody behind a proxy on the machine itself is not at the machine', async () => {
    const beside = await built({ network: { url: PUBLIC, trustedProxies: ['127.0.0.1'] } });
    const through = passedOn({ remoteAddress: '127.0.0.1', headers: { host: 'localhost:1075' } });
    assert.equal((await asked(beside, through)).status, 403);
    assert.equal((await asked(beside, { url: '/', headers: { host: 'localhost:1075' } })).status, 200);
  });

  it('a page asked for in the clear leads to the same page over TLS', async () => {
    const clear = { 'x-forwarded-proto': 'http' };
    for (const [url, leadsTo] of [
      ['/', '/'],
      ['/DEMO/duties?asOf=2022-07-08', '/DEMO/duties?asOf=2022-07-08'],
      ['//other.example/', '//other.example/'],
      ['/apiary', '/apiary'],
    ] as const) {
      for (const method of ['GET', 'HEAD'] as const) {
        const { status, headers } = await asked(server, passedOn({ url, method, headers: clear }));
        assert.deepEqual([status, headers.location], [308, `${PUBLIC}${leadsTo}`]);
        assert.equal(headers['strict-transport-security'], undefined);
      }
    }
  });

  it('whatever else comes in the clear is refused', async () => {
    const headers = { 'x-forwarded-proto': 'http', origin: PUBLIC };
    for (const request of [
      { url: '/api/status' },
      { url: '/api/status', method: 'HEAD' },
      { url: '/api' },
      { url: '/DEMO/duties', method: 'POST', payload: {} },
    ] as const) {
      const answer = await asked(server, passedOn({ ...request, headers }));
      assert.deepEqual([answer.status, answer.headers.location], [403, undefined], request.url);
    }
  });

  it('nobody but the proxy says that a request came over TLS', async () => {
    for (const remoteAddress of [SOMEBODY, '192.0.2.11', '::ffff:192.0.2.11']) {
      const { status, headers } = await asked(server, passedOn({ remoteAddress }));
      assert.deepEqual([status, headers.location], [308, `${PUBLIC}/`]);
    }
    assert.equal((await asked(server, passedOn({ remoteAddress: `::ffff:${PROXY}` }))).status, 200);
  });

  it('browsers are told to stay with TLS, there and only there', async () => {
    const { headers } = await asked(server, passedOn());
    assert.equal(headers['strict-transport-security'], 'max-age=63072000; includeSubDomains');
    const refused = await asked(server, passedOn({ url: '/api/nothing' }));
    assert.equal(refused.headers['strict-transport-security'], 'max-age=63072000; includeSubDomains');
    const loopback = await built({ network: {} });
    const plain = await asked(loopback, { url: '/', headers: { host: 'localhost' } });
    assert.equal(plain.headers['strict-transport-security'], undefined);
  });

  it('only our own page, or a program without a cookie, may change something', async () => {
    const cookie = 'session=x';
    const authorization = 'Bearer x';
    const letIn: Readonly<Record<string, string>>[] = [
      { origin: PUBLIC, cookie },
      { 'sec-fetch-site': 'same-origin', cookie },
      { origin: PUBLIC, 'sec-fetch-site': 'same-origin', cookie },
      { authorization },
      {},
    ];
    const kept: Readonly<Record<string, string>>[] = [
      { cookie },
      { cookie, authorization },
      { 'sec-fetch-site': 'none' },
      { 'sec-fetch-site': 'same-site', cookie },
      { origin: 'http://muster.example', cookie },
      { origin: 'https://muster.example:8443', cookie },
      { origin: 'https://other.example', authorization },
      { origin: 'null', cookie },
      { origin: PUBLIC, 'sec-fetch-site': 'cross-site', cookie },
    ];
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const) {
      const post = (headers: Readonly<Record<string, string>>) =>
        asked(server, passedOn({ url: '/api/nothing', method, headers }));
      for (const headers of letIn)
        assert.deepEqual((await post(headers)).code, 'NOT_FOUND', JSON.stringify([method, headers]));
      for (const headers of kept)
        assert.deepEqual((await post(headers)).code, 'FOREIGN_REQUEST', JSON.stringify([method, headers]));
    }
  });
});

describe('security.txt', () => {
  const now = () => new Date('2026-03-01T13:14:15Z');
  const securityContact = 'mailto:security@muster.example';

  it('names the contact, until when, and where it stands', async () => {
    const server = await built({ network: { ...BEHIND_PROXY, securityContact }, now });
    const { statusCode, headers, body } = await server.inject(passedOn({ url: '/.well-known/security.txt' }));
    assert.deepEqual([statusCode, headers['content-type']], [200, 'text/plain; charset=utf-8']);
    assert.deepEqual(body.split('\n'), [
      `Contact: ${securityContact}`,
      'Expires: 2026-12-26T00:00:00Z',
      'Preferred-Languages: en',
      `Canonical: ${PUBLIC}/.well-known/security.txt`,
      '',
    ]);
  });

  it('has no place of its own without a public address, and is none without a contact', async () => {
    const local = { url: '/.well-known/security.txt', headers: { host: 'localhost' } };
    const there = await built({ network: { securityContact }, now });
    assert.doesNotMatch((await there.inject(local)).body, /Canonical/);
    const { status, code } = await asked(await built({ network: {} }), local);
    assert.deepEqual([status, code], [404, 'NOT_FOUND']);
  });
});
