import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { homedir, userInfo } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MusterError } from '../errors/index.ts';

/** What the environment says; docs/operate.md tells what each means. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  /** The public address, an origin: `https://muster.agency.example`. Always there where `host` is not loopback. */
  readonly url: string | undefined;
  readonly tls: TlsFiles | undefined;
  /** Addresses and networks whose word is taken for where a request came from and how. */
  readonly trustedProxies: readonly string[];
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly ownerUrl: string | undefined;
  /** The person at the keyboard: whom entries name that the command line makes. */
  readonly operator: string;
  /** The keys that sign checkpoints: as PEM, which goes first, or the file that holds them. */
  readonly checkpointKey: string | undefined;
  readonly keyFile: string;
  /** The key that secrets of sign-in are sealed with: 32 bytes in base64, which goes first, or its file. */
  readonly secretKey: string | undefined;
  readonly secretKeyFile: string;
  /** Folders that checkpoints are copied to. */
  readonly witnesses: readonly string[];
  /** The system-use notice, where it is not the one that comes with Muster. */
  readonly noticeFile: string | undefined;
  /** The OpenID providers. */
  readonly providersFile: string | undefined;
  /** A session ends when nothing was asked for so long, and in any case after so many hours. */
  readonly idleMinutes: number;
  readonly sessionHours: number;
  readonly lockout: Lockout;
  /** Where Muster itself runs, which its own rules ask of it; undefined where nobody said. */
  readonly environment: Environment | undefined;
  /** Whom security.txt names: a `mailto:`, `https:` or `tel:` address. */
  readonly securityContact: string | undefined;
}

/** The certificate with its chain, and its private key: files, PEM. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** So many failed sign-ins within so many minutes lock an account for so many. */
export interface Lockout {
  readonly failures: number;
  readonly withinMinutes: number;
  readonly forMinutes: number;
}

export type Environment = 'cloud' | 'on-premises';

export const DEFAULT_PORT = 1075;

/** Reads the settings; `data` overrides DATA_DIR. Throws USAGE for what cannot be. */
export function readSettings(environment: NodeJS.ProcessEnv, data?: string): Settings {
  const dataDir = resolve(data ?? (environment['DATA_DIR'] || defaultDataDir(environment)));
  const place = (name: string): string | undefined =>
    environment[name] ? resolve(environment[name]) : undefined;
  return {
    ...readNetwork(environment),
    port: readCount('PORT', environment['PORT'], { least: 0, most: 65_535, unless: DEFAULT_PORT }),
    dataDir,
    databaseUrl: environment['DATABASE_URL'] || undefined,
    ownerUrl: environment['DATABASE_OWNER_URL'] || undefined,
    operator: environment['MUSTER_OPERATOR'] || localUser(),
    checkpointKey: environment['MUSTER_CHECKPOINT_KEY'] || undefined,
    keyFile: place('MUSTER_KEY_FILE') ?? join(dataDir, 'checkpoint-key.pem'),
    secretKey: readSecretKey(environment['MUSTER_SECRET_KEY']),
    secretKeyFile: place('MUSTER_SECRET_KEY_FILE') ?? join(dataDir, 'secret-key'),
    witnesses: (environment['MUSTER_WITNESS_DIRS'] ?? '')
      .split(delimiter)
      .filter((folder) => folder !== '')
      .map((folder) => resolve(folder)),
    noticeFile: place('MUSTER_NOTICE_FILE'),
    providersFile: place('MUSTER_PROVIDERS_FILE'),
    idleMinutes: readCount('MUSTER_IDLE_MINUTES', environment['MUSTER_IDLE_MINUTES'], {
      least: 1,
      most: 480,
      unless: 15,
    }),
    sessionHours: readCount('MUSTER_SESSION_HOURS', environment['MUSTER_SESSION_HOURS'], {
      least: 1,
      most: 24,
      unless: 12,
    }),
    lockout: readLockout(environment['MUSTER_LOCKOUT']),
    environment: readEnvironment(environment['MUSTER_ENVIRONMENT']),
    securityContact: readContact(environment['MUSTER_SECURITY_CONTACT']),
  };
}

/** The address that people open, for a server that listens on the port: an origin, without a slash at its end. */
export function publicAddress(
  { url, tls, host }: Pick<Settings, 'url' | 'tls' | 'host'>,
  port: number,
): string {
  if (url !== undefined) return url;
  return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function refuse(name: string, value: string, why: string): MusterError {
  return new MusterError('USAGE', `${name} is ${value.slice(0, 60).replaceAll(/[^ -~…]/g, '?')}: ${why}`);
}

interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly unless: number;
}

function readCount(name: string, text: string | undefined, { least, most, unless }: Bounds): number {
  if (text === undefined || text === '') return unless;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (count >= least && count <= most) return count;
  throw refuse(name, text, `give a number from ${least} to ${most}`);
}

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/**
 * How the server stands on the network.
 * INVARIANT: beyond this machine it is reached over TLS alone, by the name it was given.
 */
function readNetwork(
  environment: NodeJS.ProcessEnv,
): Pick<Settings, 'host' | 'url' | 'tls' | 'trustedProxies'> {
  const host = readHost(environment['HOST']);
  const url = readUrl(environment['MUSTER_URL']);
  const tls = readTls(environment['MUSTER_TLS_CERT'], environment['MUSTER_TLS_KEY']);
  const trustedProxies = readProxies(environment['MUSTER_TRUSTED_PROXIES']);
  const isSecure = url?.startsWith('https:') ?? false;
  if (!LOOPBACK.includes(host) && !isSecure)
    throw refuse(
      'HOST',
      host,
      'beyond loopback Muster needs its public address in MUSTER_URL (https://…), and MUSTER_TLS_CERT with MUSTER_TLS_KEY, or the proxy that ends TLS in MUSTER_TRUSTED_PROXIES',
    );
  if (url !== undefined && isSecure && !tls && trustedProxies.length === 0)
    throw refuse(
      'MUSTER_URL',
      url,
      'name what ends TLS: set MUSTER_TLS_CERT and MUSTER_TLS_KEY, or MUSTER_TRUSTED_PROXIES',
    );
  if (url !== undefined && !isSecure && tls)
    throw refuse('MUSTER_URL', url, 'with MUSTER_TLS_CERT it begins with https://');
  if (trustedProxies.length > 0 && url === undefined)
    throw new MusterError('USAGE', 'MUSTER_TRUSTED_PROXIES needs the public address in MUSTER_URL');
  return { host, url, tls, trustedProxies };
}

const HOST_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?$/i;

function readHost(text: string | undefined): string {
  if (text === undefined || text === '') return '127.0.0.1';
  if (isIP(text) !== 0 || HOST_NAME.test(text)) return text.toLowerCase();
  throw refuse('HOST', text, 'give an address of this machine, 0.0.0.0 or :: for all of them');
}

/** The origin of the public address. What is refused is not quoted whole: a password might be in it. */
function readUrl(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol))
    throw new MusterError('USAGE', 'MUSTER_URL is no address like https://muster.agency.example');
  const isBare = url.pathname === '/' && url.username === '' && url.password === '';
  if (!isBare || /[?#]/.test(text))
    throw refuse(
      'MUSTER_URL',
      `${url.protocol}//${url.host}…`,
      'give the scheme, the name and the port alone',
    );
  if (url.protocol !== 'https:' && !LOOPBACK.includes(url.hostname.replaceAll(/[[\]]/g, '')))
    throw refuse('MUSTER_URL', url.origin, 'beyond this machine it begins with https://');
  return url.origin;
}

function readTls(cert: string | undefined, key: string | undefined): TlsFiles | undefined {
  if (!cert && !key) return undefined;
  if (cert && key) return { cert: resolve(cert), key: resolve(key) };
  const [there, missing] = cert
    ? ['MUSTER_TLS_CERT', 'MUSTER_TLS_KEY']
    : ['MUSTER_TLS_KEY', 'MUSTER_TLS_CERT'];
  throw new MusterError('USAGE', `${there} is set without ${missing}: give both`);
}

function readProxies(text: string | undefined): readonly string[] {
  const named = (text ?? '').split(',').map((each) => each.trim());
  const proxies = named.filter((each) => each !== '');
  const wrong = proxies.find((each) => !isNetwork(each));
  if (wrong === undefined) return proxies;
  throw refuse(
    'MUSTER_TRUSTED_PROXIES',
    wrong,
    'give addresses or networks (192.0.2.10, 192.0.2.0/24), separated by commas, and never all addresses',
  );
}

/** An address, or a network by its prefix; not the whole of the internet. */
function isNetwork(text: string): boolean {
  const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = isIP(address);
  if (family === 0 || address.includes('%')) return false;
  const bits = family === 4 ? 32 : 128;
  return prefix === undefined || (Number(prefix) >= 1 && Number(prefix) <= bits);
}

const BASE64_OF_32_BYTES = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/** No message quotes it. */
function readSecretKey(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (BASE64_OF_32_BYTES.test(text)) return text;
  throw new MusterError(
    'USAGE',
    'MUSTER_SECRET_KEY is not 32 bytes in base64: make one with openssl rand -base64 32',
  );
}

function readLockout(text: string | undefined): Lockout {
  const said = text || '3/120/15';
  const [, ...numbers] = /^(\d{1,4})\/(\d{1,4})\/(\d{1,4})$/.exec(said) ?? [];
  const [failures = 0, withinMinutes = 0, forMinutes = 0] = numbers.map(Number);
  const isSound = [withinMinutes, forMinutes].every((minutes) => minutes >= 1 && minutes <= 1440);
  // No more than 100 in a row: NIST SP 800-63B, section 5.2.2.
  if (isSound && failures >= 1 && failures <= 100) return { failures, withinMinutes, forMinutes };
  throw refuse(
    'MUSTER_LOCKOUT',
    said,
    'give failures/within minutes/for minutes, like 3/120/15: 1 to 100 failures, 1 to 1440 minutes',
  );
}

function readEnvironment(text: string | undefined): Environment | undefined {
  if (text === undefined || text === '') return undefined;
  if (text === 'cloud' || text === 'on-premises') return text;
  throw refuse('MUSTER_ENVIRONMENT', text, 'give cloud or on-premises');
}

const CONTACT =
  /^(?:mailto:[\w.!#$%&'*+/=?^{|}~-]+@[a-z0-9.-]+|https:\/\/[a-z0-9][\w.:-]*(?:\/[!-~]*)?|tel:\+?[\d().-]+)$/i;

function readContact(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (text.length <= 300 && CONTACT.test(text)) return text;
  throw refuse(
    'MUSTER_SECURITY_CONTACT',
    text,
    'give mailto:security@agency.example, an https:// address or tel:+1-…',
  );
}

function localUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'local';
  }
}

/** The folder that holds the package: rulebooks/, migrations/ and, in a clone, web/. */
export const packageFolder: string = findPackage(dirname(fileURLToPath(import.meta.url)));

function findPackage(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findPackage(dirname(folder));
}

function defaultDataDir(environment: NodeJS.ProcessEnv): string {
  const isInstalled = packageFolder.split(/[\\/]/).includes('node_modules');
  if (!isInstalled) return join(packageFolder, 'data');
  return join(environment['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'muster');
}
