import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { request as sendPlain, type IncomingHttpHeaders } from 'node:http';
import { request as sendSecure, type RequestOptions } from 'node:https';
import { connect as dial } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type ConnectionOptions } from 'node:tls';
import { promisify } from 'node:util';
import { freePort } from '../../src/store/trial.ts';
import { clearAway, isOneLine, newDataFolder, postgresOf, serve, type Running } from './muster.ts';

const run = promisify(execFile);
const NAME = 'muster.example';
const URL_SAID = `https://${NAME}`;
const HSTS = 'max-age=63072000; includeSubDomains';

let scratch = '';
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'muster-tls-'));
});
after(async () => {
  await clearAway();
  await rm(scratch, { recursive: true });
});

interface Certified {
  readonly cert: string;
  readonly key: string;
}

/** A certificate signed by itself, and its key. */
async function certify(name: string): Promise<Certified> {
  const [cert, key] = [join(scratch, `${name}.pem`), join(scratch, `${name}-key.pem`)];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const about = ['-days', '2', '-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`];
  await run('openssl', ['req', '-x509', ...curve, ...about, '-keyout', key, '-out', cert]);
  await chmod(key, 0o600);
  return { cert, key };
}

function settingsOf({ cert, key }: Certified): NodeJS.ProcessEnv {
  return { MUSTER_TLS_CERT: cert, MUSTER_TLS_KEY: key, MUSTER_URL: URL_SAID };
}

interface Heard {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Asking extends Omit<RequestOptions, 'headers'> {
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks a port of this machine, over TLS where a certificate is given to trust. */
function ask(port: number, options: Asking = {}): Promise<Heard> {
  const send = options.ca === undefined ? sendPlain : sendSecure;
  const headers = { host: NAME, ...options.headers };
  return new Promise((resolve, reject) => {
    const asking = send(
      { host: '127.0.0.1', port, servername: NAME, agent: false, ...options, headers },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        answer.once('error', reject);
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      },
    );
    asking.once('error', reject);
    asking.end();
  });
}

interface Shaken {
  readonly protocol: string | null;
  readonly cipher: string;
  readonly certificate: string;
}

/** What a handshake comes to. */
async function shake(port: number, options: ConnectionOptions): Promise<Shaken> {
  const socket = connect({ host: '127.0.0.1', port, servername: NAME, ...options });
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  const { fingerprint256: certificate } = socket.getPeerCertificate();
  const shaken = { protocol: socket.getProtocol(), cipher: socket.getCipher().name, certificate };
  socket.destroy();
  return shaken;
}

async function ended(server: Running): Promise<string> {
  server.signal('SIGTERM');
  const { code, stderr } = await server.ended;
  assert.equal(code, 0, stderr);
  return stderr;
}

describe('beyond loopback', () => {
  it('a server does not start without TLS, and says what it lacks', async () => {
    const dataDir = await newDataFolder();
    const own = await certify('own');
    const other = await certify('other');
    const refused = async (env: NodeJS.ProcessEnv, pattern: RegExp, code: number) => {
      const outcome = await serve(dataDir, { HOST: '0.0.0.0', ...env }).ended;
      assert.deepEqual([outcome.code, outcome.stdout], [code, ''], outcome.stderr);
      assert.ok(isOneLine(outcome.stderr), outcome.stderr);
      assert.match(outcome.stderr, pattern);
    };
    await refused({}, /HOST is 0\.0\.0\.0: .*MUSTER_URL/, 2);
    await refused({ MUSTER_URL: URL_SAID }, /MUSTER_TLS_CERT.*MUSTER_TRUSTED_PROXIES/, 2);
    await refused({ MUSTER_URL: `http://${NAME}` }, /https/, 2);
    await refused({ ...settingsOf(own), MUSTER_TLS_KEY: other.key }, /is not the key of the certificate/, 1);
    await refused({ ...settingsOf(own), MUSTER_TLS_CERT: own.key }, /holds no certificate/, 1);
    await refused({ ...settingsOf(own), MUSTER_TLS_CERT: join(scratch, 'none.pem') }, /cannot be read/, 1);
    await refused({ ...settingsOf(own), HOST: '192.0.2.1' }, /cannot listen .*192\.0\.2\.1/, 2);
    await chmod(own.key, 0o644);
    await refused(settingsOf(own), /may be read by anybody \(mode 644\)/, 1);
    assert.equal(await postgresOf(dataDir), undefined);
  });

  it('a server is reached over TLS, by its own name', async () => {
    const { port, server, ca } = await serveSecurely('served');
    assert.equal(await server.address(), URL_SAID);
    const { status, headers, text } = await ask(port, { ca });
    assert.deepEqual([status, headers['strict-transport-security']], [200, HSTS]);
    assert.match(text, /<div id="muster">/);
    assert.doesNotMatch(JSON.stringify(headers), /fastify|node|express|muster\/|"server"/i);
    const elsewhere = await ask(port, { ca, headers: { host: 'other.example' } });
    assert.deepEqual([elsewhere.status, elsewhere.headers['strict-transport-security']], [403, HSTS]);
    const local = await ask(port, { ca, headers: { host: `localhost:${port}` } });
    assert.deepEqual([local.status, local.headers['strict-transport-security']], [200, undefined]);
    await ended(server);
  });

  it('TLS is of today: 1.3, or 1.2 with forward secrecy', async () => {
    const { port, server, ca } = await serveSecurely('modern');
    assert.equal((await shake(port, { ca })).protocol, 'TLSv1.3');
    const older = await shake(port, { ca, maxVersion: 'TLSv1.2' });
    assert.match(older.cipher, /^ECDHE-ECDSA-AES(256|128)-GCM/);
    const level = ':@SECLEVEL=0';
    for (const old of [
      { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: `ALL${level}` },
      { maxVersion: 'TLSv1.2', ciphers: `ECDHE-ECDSA-AES256-SHA${level}` },
      { maxVersion: 'TLSv1.2', ciphers: `ECDHE-ECDSA-CHACHA20-POLY1305${level}` },
    ] as const)
      await assert.rejects(shake(port, { ca, ...old }), /alert|handshake|ECONNRESET/i, old.ciphers);
    await ended(server);
  });

  it('who speaks in the clear to it is told nothing', async () => {
    const { port, server } = await serveSecurely('mute');
    const heard = await new Promise<string>((resolve, reject) => {
      const socket = dial({ host: '127.0.0.1', port });
      let bytes = '';
      socket.setEncoding('latin1').on('data', (text: string) => (bytes += text));
      socket.once('error', reject).once('close', () => resolve(bytes));
      socket.write(`GET / HTTP/1.1\r\nHost: ${NAME}\r\n\r\n`);
    });
    assert.doesNotMatch(heard, /HTTP|html|muster|node/i);
    assert.ok(heard.length <= 7, 'more than an alert of TLS');
    await ended(server);
  });

  it('a certificate that is renewed is served without a new start', async () => {
    const { port, server, ca, files } = await serveSecurely('renewed');
    const next = await certify('next');
    const trusted = [ca, await readFile(next.cert, 'utf8')];
    const shown = async () => (await shake(port, { ca: trusted })).certificate;
    const before = await shown();
    // Halfway it would not fit; what is served stays whole.
    await rename(next.cert, files.cert);
    await told(server, /is not the key of the certificate/);
    assert.equal(await shown(), before);
    await rename(next.key, files.key);
    await told(server, /certificate was read anew/);
    assert.notEqual(await shown(), before);
    assert.equal((await ask(port, { ca: trusted })).status, 200);
    assert.doesNotMatch(await ended(server), /PRIVATE KEY/);
  });

  async function serveSecurely(name: string) {
    const [dataDir, port, files] = await Promise.all([newDataFolder(), freePort(), certify(name)]);
    const env = { HOST: '0.0.0.0', PORT: String(port), ...settingsOf(files) };
    const server = serve(dataDir, env);
    await server.address();
    return { server, port, files, ca: await readFile(files.cert, 'utf8') };
  }

  async function told(server: Running, pattern: RegExp): Promise<void> {
    const until = Date.now() + 20_000;
    while (!pattern.test(server.stderr)) {
      assert.ok(!server.hasEnded && Date.now() < until, server.stderr);
      await sleep(50);
    }
  }
});

const elsewhere = process.platform !== 'linux' && 'only Linux has all of 127.0.0.0/8';

describe('behind a proxy', { skip: elsewhere }, () => {
  const PROXY = '127.0.0.2';
  const STRANGER = '127.0.0.3';
  const secure = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '198.51.100.7' };
  let server: Running;
  let port = 0;

  before(async () => {
    port = await freePort();
    const env = { HOST: '0.0.0.0', PORT: String(port), MUSTER_URL: URL_SAID, MUSTER_TRUSTED_PROXIES: PROXY };
    server = serve(await newDataFolder(), env);
    assert.equal(await server.address(), URL_SAID);
  });
  after(() => ended(server));

  it('what the proxy passes on is answered', async () => {
    const { status, headers } = await ask(port, { localAddress: PROXY, headers: secure });
    assert.deepEqual([status, headers['strict-transport-security']], [200, HSTS]);
  });

  it('what came to the proxy in the clear is sent on', async () => {
    const clear = { ...secure, 'x-forwarded-proto': 'http' };
    for (const [path, leadsTo] of [
      ['/DEMO/duties?status=overdue', `${URL_SAID}/DEMO/duties?status=overdue`],
      ['http://other.example/DEMO', `${URL_SAID}/`],
    ] as const) {
      const { status, headers } = await ask(port, { localAddress: PROXY, path, headers: clear });
      assert.deepEqual([status, headers.location], [308, leadsTo]);
      assert.equal(headers['strict-transport-security'], undefined);
    }
    const { status, text } = await ask(port, { localAddress: PROXY, path: '/api/status', headers: clear });
    assert.equal(status, 403);
    assert.match(text, /FOREIGN_REQUEST/);
  });

  it('what a stranger says of itself is not believed', async () => {
    const { status, headers } = await ask(port, { localAddress: STRANGER, headers: secure });
    assert.deepEqual([status, headers.location], [308, `${URL_SAID}/`]);
    assert.equal(headers['strict-transport-security'], undefined);
    const named = { ...secure, host: 'inner.example', 'x-forwarded-host': NAME };
    assert.equal((await ask(port, { localAddress: STRANGER, headers: named })).status, 403);
    assert.equal((await ask(port, { localAddress: PROXY, headers: named })).status, 200);
  });
});
