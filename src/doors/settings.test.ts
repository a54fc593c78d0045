import assert from 'node:assert/strict';
import { isAbsolute, join } from 'node:path';
import { describe, it } from 'node:test';
import { MusterError } from '../errors/index.ts';
import { publicAddress, readSettings } from './settings.ts';

const DATA = join('/', 'data');
const PUBLIC = 'https://muster.example';
const TLS = { MUSTER_TLS_CERT: '/etc/muster/cert.pem', MUSTER_TLS_KEY: '/etc/muster/key.pem' };
const PROXY = { MUSTER_TRUSTED_PROXIES: '192.0.2.10' };

function read(environment: NodeJS.ProcessEnv) {
  return readSettings(environment, DATA);
}

function refused(environment: NodeJS.ProcessEnv, pattern: RegExp): void {
  assert.throws(
    () => read(environment),
    (error) => error instanceof MusterError && error.code === 'USAGE' && pattern.test(error.message),
    JSON.stringify(environment),
  );
}

describe('settings', () => {
  it('that nobody gave are those of a machine of one’s own', () => {
    assert.partialDeepStrictEqual(read({}), {
      port: 1075,
      host: '127.0.0.1',
      trustedProxies: [],
      idleMinutes: 15,
      sessionHours: 12,
      lockout: { failures: 3, withinMinutes: 120, forMinutes: 15 },
      secretKeyFile: join(DATA, 'secret-key'),
      keyFile: join(DATA, 'checkpoint-key.pem'),
    });
    for (const name of [
      'url',
      'tls',
      'noticeFile',
      'providersFile',
      'secretKey',
      'environment',
      'securityContact',
    ] as const)
      assert.equal(read({})[name], undefined, name);
  });

  it('that are empty are as if nobody gave them', () => {
    const names = [
      'PORT HOST MUSTER_URL MUSTER_TLS_CERT MUSTER_TLS_KEY MUSTER_TRUSTED_PROXIES MUSTER_NOTICE_FILE',
      'MUSTER_IDLE_MINUTES MUSTER_SESSION_HOURS MUSTER_LOCKOUT MUSTER_PROVIDERS_FILE MUSTER_SECRET_KEY',
      'MUSTER_SECRET_KEY_FILE MUSTER_ENVIRONMENT MUSTER_SECURITY_CONTACT MUSTER_OPERATOR',
    ];
    const empty = Object.fromEntries(names.flatMap((some) => some.split(' ')).map((name) => [name, '']));
    assert.deepEqual(read(empty), read({}));
  });

  it('name files by whole paths', () => {
    const { noticeFile, providersFile, secretKeyFile } = read({
      MUSTER_NOTICE_FILE: 'notice.txt',
      MUSTER_PROVIDERS_FILE: 'providers.yaml',
      MUSTER_SECRET_KEY_FILE: 'secret',
    });
    for (const file of [noticeFile, providersFile, secretKeyFile]) assert.ok(isAbsolute(file ?? ''));
  });

  const counts: readonly (readonly [string, 'port' | 'idleMinutes' | 'sessionHours', number, number])[] = [
    ['PORT', 'port', 0, 65_535],
    ['MUSTER_IDLE_MINUTES', 'idleMinutes', 1, 480],
    ['MUSTER_SESSION_HOURS', 'sessionHours', 1, 24],
  ];
  for (const [name, field, least, most] of counts) {
    it(`take ${name} from ${least} to ${most}`, () => {
      for (const count of [least, most]) assert.equal(read({ [name]: String(count) })[field], count);
      for (const wrong of [least - 1, most + 1, 1.5, '1e1', ' 5', '0x10', 'ten'])
        refused({ [name]: String(wrong) }, new RegExp(`^${name} is .*from ${least} to ${most}`));
    });
  }

  it('say when an account is locked', () => {
    const lockout = (text: string) => Object.values(read({ MUSTER_LOCKOUT: text }).lockout);
    assert.deepEqual(lockout('5/60/30'), [5, 60, 30]);
    assert.deepEqual(lockout('1/1/1'), [1, 1, 1]);
    assert.deepEqual(lockout('100/1440/1440'), [100, 1440, 1440]);
    for (const wrong of [
      '0/1/1',
      '1/0/1',
      '1/1/0',
      '101/1/1',
      '1/1441/1',
      '1/1/1441',
      '3/120',
      '3/120/15/1',
      '-3/1/1',
    ])
      refused({ MUSTER_LOCKOUT: wrong }, /^MUSTER_LOCKOUT is .*failures\/within minutes\/for minutes/);
  });

  it('say where Muster runs', () => {
    assert.equal(read({ MUSTER_ENVIRONMENT: 'cloud' }).environment, 'cloud');
    assert.equal(read({ MUSTER_ENVIRONMENT: 'on-premises' }).environment, 'on-premises');
    refused({ MUSTER_ENVIRONMENT: 'Cloud' }, /cloud or on-premises/);
  });

  it('say whom to tell of a weakness', () => {
    for (const contact of [
      'mailto:security@agency.example',
      'https://agency.example/security?to=us',
      'tel:+1-202-555-0100',
    ])
      assert.equal(read({ MUSTER_SECURITY_CONTACT: contact }).securityContact, contact);
    for (const wrong of [
      'security@agency.example',
      'http://agency.example',
      'javascript:alert(1)',
      'mailto:a@agency.example\nExpires: never',
      'https://agency.example/ x',
      'mailto:',
      `https://agency.example/${'x'.repeat(300)}`,
    ])
      refused({ MUSTER_SECURITY_CONTACT: wrong }, /^MUSTER_SECURITY_CONTACT is .*mailto:/);
  });

  it('take a secret key of 32 bytes, and quote none', () => {
    const key = Buffer.alloc(32, 7).toString('base64');
    assert.equal(read({ MUSTER_SECRET_KEY: key }).secretKey, key);
    for (const bytes of [31, 33]) {
      const wrong = Buffer.alloc(bytes, 7).toString('base64');
      refused({ MUSTER_SECRET_KEY: wrong }, new RegExp(`^(?!.*${wrong.slice(0, 8)}).*32 bytes in base64`));
    }
    refused({ MUSTER_SECRET_KEY: key.replace('=', '') }, /32 bytes in base64/);
  });
});

describe('on the network', () => {
  it('an address of loopback needs nothing', () => {
    for (const host of ['127.0.0.1', '::1', 'localhost', 'LOCALHOST'])
      assert.equal(read({ HOST: host }).host, host.toLowerCase());
  });

  it('any other needs the public address, and what ends TLS', () => {
    for (const HOST of ['0.0.0.0', '::', '192.0.2.1', '2001:db8::1', 'muster.example', '127.0.0.2', '0']) {
      refused({ HOST }, /^HOST is .*MUSTER_URL.*MUSTER_TLS_CERT.*MUSTER_TRUSTED_PROXIES/);
      refused({ HOST, ...TLS }, /^HOST is /);
      refused({ HOST, MUSTER_URL: 'http://localhost:1075' }, /^HOST is /);
      refused({ HOST, MUSTER_URL: PUBLIC }, /^MUSTER_URL is .*what ends TLS/);
      for (const ending of [TLS, PROXY])
        assert.partialDeepStrictEqual(read({ HOST, MUSTER_URL: PUBLIC, ...ending }), {
          host: HOST,
          url: PUBLIC,
        });
    }
    for (const HOST of ['a b', '-x', 'x-', '[::1]', '192.0.2.1/24', '\u001b[31m'])
      refused({ HOST }, /^HOST is [ -~]*$/);
  });

  it('the public address is an origin, over https unless it is loopback', () => {
    const url = (text: string) => read({ MUSTER_URL: text, ...(/^https/i.test(text) && TLS) }).url;
    assert.equal(url('https://muster.example/'), PUBLIC);
    assert.equal(url('HTTPS://Muster.Example:443'), PUBLIC);
    assert.equal(url('https://muster.example:8443'), 'https://muster.example:8443');
    for (const own of ['http://localhost:1075', 'http://127.0.0.1', 'http://[::1]:1075'])
      assert.equal(url(own), own);
    refused({ MUSTER_URL: 'http://muster.example' }, /begins with https/);
    refused({ MUSTER_URL: 'http://localhost.muster.example' }, /begins with https/);
    refused({ MUSTER_URL: 'http://localhost', ...TLS }, /begins with https/);
    for (const wrong of ['muster.example', 'ftp://muster.example', 'https://', 'javascript:alert(1)'])
      refused({ MUSTER_URL: wrong, ...TLS }, /^MUSTER_URL is no address/);
    for (const more of ['/muster', '/?a', '?', '/#', '/#b'])
      refused({ MUSTER_URL: `${PUBLIC}${more}`, ...TLS }, /the scheme, the name and the port alone/);
    refused({ MUSTER_URL: 'https://demo:secret@muster.example', ...TLS }, /^(?!.*secret).*alone/);
  });

  it('TLS is a certificate and a key', () => {
    assert.deepEqual(read(TLS).tls, { cert: TLS.MUSTER_TLS_CERT, key: TLS.MUSTER_TLS_KEY });
    refused({ MUSTER_TLS_CERT: 'cert.pem' }, /MUSTER_TLS_CERT is set without MUSTER_TLS_KEY/);
    refused({ MUSTER_TLS_KEY: 'key.pem' }, /MUSTER_TLS_KEY is set without MUSTER_TLS_CERT/);
  });

  it('trusted proxies are addresses and networks, never everybody', () => {
    const proxies = (text: string) =>
      read({ MUSTER_URL: PUBLIC, MUSTER_TRUSTED_PROXIES: text }).trustedProxies;
    assert.deepEqual(proxies('192.0.2.10, 2001:db8::/32,10.0.0.0/8,'), [
      '192.0.2.10',
      '2001:db8::/32',
      '10.0.0.0/8',
    ]);
    assert.deepEqual(proxies('192.0.2.1/1,192.0.2.1/32,::1/128'), ['192.0.2.1/1', '192.0.2.1/32', '::1/128']);
    for (const wrong of [
      '0.0.0.0/0',
      '::/0',
      '192.0.2.1/33',
      '::1/129',
      '192.0.2.1/',
      'proxy.example',
      'loopback',
      '*',
      'true',
      '1',
      'fe80::1%eth0',
    ])
      refused(
        { MUSTER_URL: PUBLIC, MUSTER_TRUSTED_PROXIES: `192.0.2.1,${wrong}` },
        /^MUSTER_TRUSTED_PROXIES is /,
      );
    refused({ ...PROXY }, /needs the public address in MUSTER_URL/);
  });

  it('people open the public address, or where the server listens', () => {
    const address = (environment: NodeJS.ProcessEnv) => publicAddress(read(environment), 8080);
    assert.equal(address({}), 'http://127.0.0.1:8080');
    assert.equal(address({ HOST: '::1' }), 'http://[::1]:8080');
    assert.equal(address({ HOST: 'localhost', ...TLS }), 'https://localhost:8080');
    assert.equal(address({ HOST: '0.0.0.0', MUSTER_URL: PUBLIC, ...TLS }), PUBLIC);
  });
});
