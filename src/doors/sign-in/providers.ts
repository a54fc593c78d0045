import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import * as z from 'zod';
import { MusterError, type Refusal } from '../../errors/index.ts';

/** An OpenID provider that the people of an agency sign in at. */
export interface Provider {
  /** Its name in addresses and in the record, such as `agency-login`. */
  readonly provider: string;
  /** What people call it. */
  readonly title: string;
  /** The code of the agency whose people it knows. */
  readonly agency: string;
  readonly issuer: string;
  readonly clientId: string;
  /** A client without one is public, and has PKCE alone. */
  readonly clientSecret: string | undefined;
  /** How a person must have signed in there: any of these will do, and any way where there are none. */
  readonly acr: readonly string[];
  /** The claim of the ID token that says who it is. */
  readonly claim: string;
  /** What is asked for besides `openid`. */
  readonly scope: readonly string[];
  /** For how many seconds a sign-in there counts. */
  readonly maxAge: number | undefined;
}

const MOST_BYTES = 64 * 1024;
const MOST_PROVIDERS = 100;
const MOST_SECRET_BYTES = 4096;
const MOST_TEXT = 500;
const MOST_LIST = 20;
const MOST_REFUSED = 20;
const YEAR_SECONDS = 366 * 24 * 3600;
const OTHERS = 0o077;
const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost'];

const text = z
  .string({ error: ({ input }) => (input == null ? 'is missing' : 'must be text, in quotes') })
  .min(1, 'must not be empty')
  .max(MOST_TEXT, `must not be longer than ${MOST_TEXT} characters`)
  .regex(/^\P{Cc}*$/u, 'must not have control characters');

/** A value that stands in a list between spaces when it is sent (RFC 6749 section 3.3). */
const word = text.regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must not have spaces, quotes or backslashes');

const words = z
  .array(word, 'must be a list, such as [one, two]')
  .max(MOST_LIST, `must not list more than ${MOST_LIST}`)
  .default([]);

const writtenProvider = z.strictObject(
  {
    provider: text
      .max(40, 'must not be longer than 40 characters')
      .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be lower-case letters and digits joined by -'),
    title: text,
    agency: text.regex(/^[A-Z][A-Z0-9-]{0,31}$/, 'must be the code of an agency'),
    issuer: text.superRefine((issuer, context) => {
      const message = whyNoIssuer(issuer);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    }),
    clientId: text,
    clientSecret: text.optional(),
    clientSecretFile: text.optional(),
    acr: words,
    claim: text.default('sub'),
    scope: words,
    maxAge: z
      .int('must be a number of seconds')
      .min(1, 'must be at least 1')
      .max(YEAR_SECONDS, 'must be at most a year')
      .optional(),
  },
  'must be a map with `provider`, `title`, `agency`, `issuer` and `clientId`',
);

const writtenProviders = z
  .array(writtenProvider, 'must be a list of providers')
  .max(MOST_PROVIDERS, `must not list more than ${MOST_PROVIDERS} providers`);

type WrittenProvider = z.infer<typeof writtenProvider>;

/**
 * Reads the providers that people may sign in at, of every agency. Throws USAGE for a file that
 * cannot be read or does not read as providers; it names each place, and never a secret.
 */
export async function readProviders(file: string): Promise<readonly Provider[]> {
  const { text, mode } = await readBounded(file, MOST_BYTES);
  const written = readWritten(file, text);
  if (mayOthersRead(mode) && written.some(({ clientSecret }) => clientSecret !== undefined))
    throw usage(file, `holds a clientSecret and ${openTo(mode)}, or name a clientSecretFile`);
  return Promise.all(written.map((each) => toProvider(file, each)));
}

function readWritten(file: string, text: string): readonly WrittenProvider[] {
  const lines = new LineCounter();
  const document = parse(file, text, lines);
  const at = (path: readonly PropertyKey[]): string => placeOf(document, lines, path);
  const parsed = writtenProviders.safeParse(valueOf(file, document));
  refuse(file, parsed.success ? contradictions(parsed.data, at) : explain(parsed.error.issues, at));
  return parsed.data ?? [];
}

function parse(file: string, text: string, lineCounter: LineCounter): Document.Parsed {
  const document = parseDocument(text, { lineCounter, schema: 'core', prettyErrors: false });
  // The library's own words may quote a secret.
  // An unknown tag is but a warning of the library's.
  const refused = [...document.errors, ...document.warnings].map(({ code, pos: [offset] }) => ({
    at: lineAt(lineCounter, offset),
    reason: `is not YAML that Muster reads (${code}): put text that begins with a sign in quotes`,
  }));
  refuse(file, refused);
  return document;
}

function valueOf(file: string, document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw usage(file, 'has an alias (`*name`): write the value out, or in quotes if it is none');
  }
}

function explain(
  issues: readonly z.core.$ZodIssue[],
  at: (path: readonly PropertyKey[]) => string,
): Refusal[] {
  return issues.flatMap((issue): Refusal[] => {
    if (issue.code !== 'unrecognized_keys') {
      const key = issue.path.findLast((step) => typeof step === 'string');
      const what = key ?? (issue.path.length === 0 ? 'the file' : 'the provider');
      return [{ at: at(issue.path), reason: `${what} ${issue.message}` }];
    }
    const known = Object.keys(writtenProvider.shape).join(', ');
    return issue.keys.map((key) => ({
      at: at([...issue.path, key]),
      reason: `unknown key ${plain(key)}; known: ${known}`,
    }));
  });
}

/** What no provider's entry shows alone, or no field of it. */
function contradictions(
  written: readonly WrittenProvider[],
  at: (path: readonly PropertyKey[]) => string,
): Refusal[] {
  const seen = new Set<string>();
  return written.flatMap(({ provider, clientSecret, clientSecretFile }, index) => {
    const refused: Refusal[] = [];
    if (seen.has(provider))
      refused.push({ at: at([index, 'provider']), reason: `the provider ${provider} stands here twice` });
    seen.add(provider);
    if (clientSecret !== undefined && clientSecretFile !== undefined) {
      const reason = 'clientSecret and clientSecretFile: give one of them';
      refused.push({ at: at([index, 'clientSecretFile']), reason });
    }
    return refused;
  });
}

function whyNoIssuer(issuer: string): string | undefined {
  const url = URL.parse(issuer);
  if (!url) return 'must be an address, such as https://login.agency.example';
  if (url.username !== '' || url.password !== '') return 'must not hold a name or a password';
  if (/[?#]/.test(issuer)) return 'must not have a ? or a #';
  if (issuer.includes('/.well-known/')) return 'must end before /.well-known/';
  if (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.includes(url.hostname)))
    return undefined;
  return 'must begin with https:// (http:// only on this machine)';
}

async function toProvider(file: string, written: WrittenProvider): Promise<Provider> {
  const { clientSecretFile, ...stated } = written;
  const named = clientSecretFile === undefined ? undefined : resolve(dirname(file), clientSecretFile);
  const { clientSecret = named && (await readSecret(named)), maxAge, scope, ...rest } = stated;
  const mail = rest.claim === 'email' ? ['email'] : [];
  const asked = new Set([...mail, ...scope].filter((each) => each !== 'openid'));
  return { ...rest, clientSecret, scope: [...asked], maxAge };
}

async function readSecret(file: string): Promise<string> {
  const { text, mode } = await readBounded(file, MOST_SECRET_BYTES);
  if (mayOthersRead(mode)) throw usage(file, openTo(mode));
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '' || /\p{Cc}/u.test(secret))
    throw usage(file, 'must hold the secret on one line, and no more');
  return secret;
}

async function readBounded(file: string, most: number): Promise<{ text: string; mode: number }> {
  try {
    const found = await stat(file);
    if (!found.isFile()) throw usage(file, 'is not a file');
    if (found.size > most) throw usage(file, `is larger than ${most / 1024} KiB`);
    return { text: await readFile(file, 'utf8'), mode: found.mode };
  } catch (error) {
    if (error instanceof MusterError) throw error;
    throw usage(file, `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}

function mayOthersRead(mode: number): boolean {
  return process.platform !== 'win32' && (mode & OTHERS) !== 0;
}

function openTo(mode: number): string {
  return `may be read by others (mode ${(mode & 0o777).toString(8)}): chmod 600 it`;
}

/** Where the value at a path stands, or the nearest one around it; of an unknown key, the key. */
function placeOf(document: Document.Parsed, lines: LineCounter, path: readonly PropertyKey[]): string {
  for (let length = path.length; length > 0; length -= 1) {
    const around = document.getIn(path.slice(0, length - 1), true);
    const step = path[length - 1];
    const pair = isMap(around)
      ? around.items.find(({ key }) => isScalar(key) && key.value === step)
      : undefined;
    const node = pair?.key ?? document.getIn(path.slice(0, length), true);
    const offset = offsetOf(node);
    if (offset !== undefined) return lineAt(lines, offset);
  }
  return 'line 1';
}

function offsetOf(node: unknown): number | undefined {
  return (node as { range?: readonly [number, number, number] | null } | undefined)?.range?.[0];
}

function lineAt(lines: LineCounter, offset: number): string {
  return `line ${lines.linePos(offset).line}`;
}

function plain(key: string): string {
  return key.replaceAll(/\p{Cc}/gu, '\uFFFD').slice(0, 60);
}

function refuse(file: string, refused: readonly Refusal[]): void {
  const [first] = refused;
  if (first === undefined) return;
  const more = refused.length > 1 ? ` (and ${refused.length - 1} more)` : '';
  throw new MusterError(
    'USAGE',
    `${file}: ${first.at}: ${first.reason}${more}`,
    refused.slice(0, MOST_REFUSED),
  );
}

function usage(file: string, what: string): MusterError {
  return new MusterError('USAGE', `${file} ${what}`);
}
