import type { Multipart } from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';
import assert from 'node:assert/strict';
import { connect, type AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { declarations } from '../../src/doors/declarations.ts';
import { LIMITS, signInLimit } from '../../src/doors/http/limits.ts';
import { ownRoutes } from '../../src/doors/http/routes.ts';
import { asked, BEHIND_PROXY, FILE, openNetworked, passedOn, SOMEBODY, type Networked } from './networked.ts';

let networked: Networked;
const built: Networked['built'] = (settings) => networked.built(settings);

before(async () => {
  networked = await openNetworked();
});
after(() => networked?.close());

describe('whoever asks too much', () => {
  const few = { ...LIMITS, requests: 3, signIns: 2 };
  const of = (address: string, url = '/api/nothing') =>
    passedOn({ url, headers: { 'x-forwarded-for': address } });

  it('is told when to come back, as in any refusal; others are not', async () => {
    const server = await built({ network: BEHIND_PROXY, limits: few });
    for (let time = 0; time < 3; time += 1) assert.equal((await asked(server, of(SOMEBODY))).status, 404);
    const { status, code, headers } = await asked(server, of(SOMEBODY));
    assert.deepEqual([status, code], [429, 'TOO_MANY']);
    const seconds = Number(headers['retry-after']);
    assert.ok(seconds > 0 && seconds <= 60, String(headers['retry-after']));
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.deepEqual(
      Object.keys(headers).filter((name) => name.startsWith('x-ratelimit')),
      [],
    );
    assert.equal((await asked(server, of(SOMEBODY, '/'))).status, 429);
    assert.equal((await asked(server, of('198.51.100.8'))).status, 404);
  });

  it('is known by the address that the proxy saw, or their own', async () => {
    const server = await built({ network: BEHIND_PROXY, limits: few });
    const forging = (time: number) => of(`203.0.113.${time}, ${SOMEBODY}`);
    for (let time = 0; time < 3; time += 1) assert.equal((await asked(server, forging(time))).status, 404);
    assert.equal((await asked(server, forging(4))).status, 429);
    const alone = (time: number) => ({ ...of(`203.0.113.${time}`, '/'), remoteAddress: '198.51.100.9' });
    for (let time = 0; time < 3; time += 1) assert.equal((await asked(server, alone(time))).status, 308);
    assert.equal((await asked(server, alone(4))).status, 308, 'sending on costs nothing and is not counted');
  });

  it('from one network of IPv6 is one', async () => {
    const server = await built({ network: BEHIND_PROXY, limits: few });
    for (const end of [1, 2, 3]) assert.equal((await asked(server, of(`2001:db8:0:1::${end}`))).status, 404);
    assert.equal((await asked(server, of('2001:db8:0:1:ffff::4'))).status, 429);
    assert.equal((await asked(server, of('2001:db8:0:2::1'))).status, 404);
  });

  it('still gets the files of a page, and at the machine itself everything', async () => {
    const server = await built({ network: BEHIND_PROXY, limits: few });
    const local = { url: '/api/nothing', headers: { host: 'localhost' } };
    for (let time = 0; time < 6; time += 1) {
      assert.equal((await asked(server, of(SOMEBODY, FILE))).status, 200);
      assert.equal((await asked(server, local)).status, 404);
    }
    assert.equal((await asked(server, of(SOMEBODY))).status, 404);
  });

  it('signs in less often still, whatever way, also at the machine itself', async () => {
    const server = await built({ network: BEHIND_PROXY, limits: { ...few, requests: 100 } });
    for (const way of ['one', 'other']) server.get(`/${way}`, signInLimit, async () => ({ way }));
    for (const { one, other, strange } of [
      { one: of(SOMEBODY, '/one'), other: of(SOMEBODY, '/other'), strange: of(SOMEBODY) },
      {
        one: { url: '/one', headers: { host: 'localhost' } },
        other: { url: '/other', headers: { host: 'localhost' } },
        strange: { url: '/api/nothing', headers: { host: 'localhost' } },
      },
    ]) {
      assert.equal((await asked(server, one)).status, 200);
      assert.equal((await asked(server, other)).status, 200);
      for (const again of [one, other]) {
        const { status, code } = await asked(server, again);
        assert.deepEqual([status, code], [429, 'TOO_MANY']);
      }
      assert.equal((await asked(server, strange)).status, 404);
    }
  });

  it('guesses at no secret and makes none more often than they sign in', async () => {
    const server = await built({ network: {}, limits: { ...few, signIns: 0 } });
    const limited: string[] = [];
    for (const [method, path] of ownAddresses()) {
      const request = { method, url: `/api${path.replaceAll(/:\w+/g, 'x')}`, headers: { host: 'localhost' } };
      if ((await asked(server, request)).status === 429) limited.push(`${method} ${path}`);
    }
    assert.deepEqual(limited.toSorted(), [
      'GET /sign-in/answer/:provider',
      'GET /sign-in/providers/:provider',
      'POST /me/passkeys/finish',
      'POST /me/password',
      'POST /me/tokens',
      'POST /me/tokens/revoke',
      'POST /me/totp/finish',
      'POST /set-up/agency',
      'POST /set-up/begin',
      'POST /set-up/passkey/begin',
      'POST /set-up/passkey/finish',
      'POST /set-up/password',
      'POST /sign-in/passkey/begin',
      'POST /sign-in/passkey/finish',
      'POST /sign-in/password',
    ]);
  });

  function ownAddresses() {
    const first = { token: undefined, create: () => Promise.reject(new Error('nothing is set up')) };
    return ownRoutes({ declarations }, first).map(({ method, path }) => [method, path] as const);
  }
});

describe('a form', () => {
  let server: FastifyInstance;
  before(async () => {
    server = await built({ network: {}, limits: { ...LIMITS, fileBytes: 1000 } });
    server.post('/takes-a-file', async (request) => {
      const said: Record<string, number> = {};
      for await (const part of request.parts()) said[part.fieldname] = await lengthOf(part);
      return said;
    });
  });

  async function lengthOf(part: Multipart): Promise<number> {
    return part.type === 'file' ? (await part.toBuffer()).length : String(part.value).length;
  }

  function part(name: string, content: string, file = ''): string {
    return `--b\r\ncontent-disposition: form-data; name="${name}"${file && `; filename="${file}"`}\r\n\r\n${content}\r\n`;
  }

  async function sent(...parts: string[]): Promise<readonly [number, string | undefined]> {
    const headers = { host: 'localhost', 'content-type': 'multipart/form-data; boundary=b' };
    const payload = `${parts.join('')}--b--\r\n`;
    const { status, code } = await asked(server, {
      url: '/takes-a-file',
      method: 'POST',
      headers,
      payload,
    });
    return [status, code];
  }

  it('may hold one file, as large as Muster takes', async () => {
    assert.deepEqual(await sent(part('file', 'x'.repeat(1000), 'a.csv')), [200, undefined]);
    assert.deepEqual(await sent(part('file', 'x'.repeat(1001), 'a.csv')), [413, 'TOO_LARGE']);
    const two = [part('file', 'x', 'a.csv'), part('other', 'x', 'b.csv')];
    assert.deepEqual(await sent(...two), [413, 'TOO_LARGE']);
  });

  it('may say ten things, and none at length', async () => {
    const fields = Array.from({ length: 11 }, (_, at) => part(`field-${at}`, 'x'));
    assert.deepEqual(await sent(...fields.slice(1)), [200, undefined]);
    assert.deepEqual(await sent(...fields), [413, 'TOO_LARGE']);
    assert.deepEqual(await sent(part('__proto__', 'x')), [400, 'BAD_REQUEST']);
  });
});

describe('what is no proper request', () => {
  let port = 0;
  before(async () => {
    const limits = { ...LIMITS, headMilliseconds: 200, bodyMilliseconds: 300 };
    const server = await built({ network: {}, limits });
    server.post('/takes-a-file', async (request) => {
      const file = await request.file();
      return { length: (await file?.toBuffer())?.length };
    });
    await server.listen({ host: '127.0.0.1', port: 0 });
    ({ port } = server.server.address() as AddressInfo);
  });

  /** Sends texts, one after another with a pause, and hears what comes until the server hangs up. */
  async function conversation(texts: readonly string[], pause = 0): Promise<string> {
    const socket = connect({ port, host: '127.0.0.1' });
    let heard = '';
    socket.setEncoding('utf8').on('data', (text: string) => (heard += text));
    // A reset is a way of hanging up too: what was not read yet is lost with it.
    socket.on('error', () => undefined);
    const over = new Promise((resolve) => socket.once('close', resolve));
    for (const text of texts) {
      if (socket.writable) socket.write(text);
      await sleep(pause);
    }
    const late = setTimeout(() => socket.destroy(new Error('the server did not hang up')), 9_000);
    await over;
    clearTimeout(late);
    assert.equal(socket.errored?.message.includes('hang up') ?? false, false, 'the server did not hang up');
    return heard;
  }

  const HEAD = `Host: localhost\r\nConnection: close\r\n`;

  it('is refused in our words, and nothing is told of what runs here', async () => {
    for (const text of [
      'MUSTER\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      `GET /\u0000 HTTP/1.1\r\n${HEAD}\r\n`,
      `GET / HTTP/1.1\r\n${HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`,
      `POST / HTTP/1.1\r\n${HEAD}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
      `GET / HTTP/1.1\r\n${HEAD}X: ${'x'.repeat(20_000)}\r\n\r\n`,
      'GET / HTTP/1.1\r\n\r\n',
    ]) {
      const [head = '', body = ''] = (await conversation([text])).split('\r\n\r\n');
      assert.match(head, /^HTTP\/1\.1 400 Bad Request\r\n/, text.slice(0, 40));
      assert.doesNotMatch(head, /^(server|x-powered-by|via):/im);
      if (text === 'GET / HTTP/1.1\r\n\r\n') continue;
      assert.match(head, /^x-content-type-options: nosniff$/m);
      const { error } = JSON.parse(body) as { error: { code: string; message: string } };
      assert.equal(error.code, 'BAD_REQUEST');
      assert.doesNotMatch(body, /node|fastify|parse|HPE|stack/i);
    }
  });

  it('never echoes a request', async () => {
    const heard = await conversation([`TRACE / HTTP/1.1\r\n${HEAD}Secret: told\r\n\r\n`]);
    assert.match(heard, /^HTTP\/1\.1 4\d\d /);
    assert.doesNotMatch(heard, /told/);
  });

  it('is hung up on when its head does not come', async () => {
    const heard = await conversation(['GET / HTTP/1.1\r\n', 'Host: localhost\r\n', 'A: b\r\n'], 300);
    assert.match(heard, /^HTTP\/1\.1 400 /);
  });

  it('is hung up on when its body trickles in', async () => {
    const trickle = Array.from({ length: 8 }, () => ' ');
    const json = `POST /api/nothing HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n`;
    const began = Date.now();
    await conversation([json, ...trickle], 100);
    assert.ok(Date.now() - began < 2_000);
    // A file that nobody waits for any more.
    const file = json.replace('application/json', 'multipart/form-data; boundary=b');
    assert.match(await conversation([file, ...trickle], 100), /^HTTP\/1\.1 404 /);
  });

  it('is not what a long upload is taken for', async () => {
    const body = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n';
    const bytes = Array.from({ length: 10 }, () => 'x');
    const end = '\r\n--b--\r\n';
    const length = body.length + bytes.length + end.length;
    const heard = await conversation(
      [
        `POST /takes-a-file HTTP/1.1\r\n${HEAD}Content-Type: multipart/form-data; boundary=b\r\nContent-Length: ${length}\r\n\r\n`,
        body,
        ...bytes,
        end,
      ],
      100,
    );
    assert.match(heard, /^HTTP\/1\.1 200 [\s\S]*\{"length":10\}$/);
  });
});
