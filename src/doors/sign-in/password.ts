import { randomInt } from 'node:crypto';
import { hash, parseOptions, verify } from '@node-rs/argon2';
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import { MusterError } from '../../errors/index.ts';

/** Argon2id by its number in RFC 9106, section 3.1; the library's own name for it does not exist at run time. */
const ARGON2ID = 2;
/** Version 1.3 of Argon2, as the library counts them. */
const VERSION_13 = 1;

/**
 * RFC 9106, section 4, the second recommended option: 64 MiB of memory, three passes, four lanes, a
 * salt of 128 bits (the library's) and a tag of 256. More than the least of the OWASP Password Storage
 * Cheat Sheet (19 MiB, two passes, one lane).
 */
export const argon2Parameters = {
  algorithm: ARGON2ID,
  version: VERSION_13,
  memoryCost: 64 * 1024,
  timeCost: 3,
  parallelism: 4,
  outputLen: 32,
} as const;
const SALT_BYTES = 16;

/** What a hash may cost at most, in multiples of our own: no hash of any Muster asks for more. */
const DEAREST = 4;

/** NIST SP 800-63B-4, section 3.1.1.2, for a password that nothing else is asked for with. */
export const LEAST_CHARACTERS = 15;
/** NIST SP 800-63B-4, section 3.1.1.2, wants 64 taken at least. */
export const MOST_CHARACTERS = 128;

/** Of a name, a part shorter than this says nothing. */
const LEAST_OF_A_NAME = 3;
/** zxcvbn's scale of 0 to 4: 3 is "safely unguessable", more than 10^8 guesses. */
const LEAST_SCORE = 3;

/** Each takes 64 MiB and a core or more. */
const MOST_AT_ONCE = 2;
const MOST_WAITING = 32;

/**
 * The hash of a password as a PHC string. The password is one that `whyNotPassword` has nothing
 * against. Throws BUSY where too many are being hashed.
 */
export async function hashPassword(password: string): Promise<string> {
  return inTurn(async () => hash(bytesOf(password), argon2Parameters));
}

/**
 * Whether a password is the one that was hashed. Without a hash, or with what is none of ours, it is
 * not, and finding out takes as long as ever: who asks cannot tell whether there is such a person.
 * Throws BUSY where too many are being hashed.
 */
export async function isPassword(hash: string | undefined, password: string): Promise<boolean> {
  const known = hash !== undefined && isOurs(hash) ? hash : undefined;
  const isRight = await inTurn(async () => verify(known ?? NOBODYS, bytesOf(password)));
  return isRight && known !== undefined;
}

/** Whether a hash was made with other parameters than ours are now, or is none. */
export function needsNewHash(hash: string): boolean {
  const found = readParameters(hash);
  if (!found || found.saltLen !== SALT_BYTES) return true;
  return Object.entries(argon2Parameters).some(
    ([name, value]) => found[name as keyof typeof found] !== value,
  );
}

/** The cost of ours, and a tag that no password has. */
const NOBODYS = phc(argon2Parameters, Buffer.alloc(SALT_BYTES), Buffer.alloc(argon2Parameters.outputLen));

function phc(
  cost: { memoryCost: number; timeCost: number; parallelism: number },
  ...parts: Buffer[]
): string {
  const [salt, tag] = parts.map((part) => part.toString('base64').replace(/=+$/, ''));
  return `$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}$${salt}$${tag}`;
}

function isOurs(hash: string): boolean {
  const found = readParameters(hash);
  if (!found || (found.algorithm as number) !== ARGON2ID) return false;
  return (['memoryCost', 'timeCost', 'parallelism', 'outputLen'] as const).every(
    (name) => found[name] <= DEAREST * argon2Parameters[name],
  );
}

function readParameters(hash: string): ReturnType<typeof parseOptions> | undefined {
  try {
    return parseOptions(hash);
  } catch {
    return undefined;
  }
}

/** NIST SP 800-63B-4, section 3.1.1.2: one password however a keyboard composes its characters. */
function bytesOf(password: string): Buffer {
  return Buffer.from(password.normalize('NFKC'), 'utf8');
}

let running = 0;
const waiting: (() => void)[] = [];

/** INVARIANT: whoever is done hands its place to the first who waits, so `running` stays as it is. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running < MOST_AT_ONCE) running += 1;
  else await wait();
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

async function wait(): Promise<void> {
  if (waiting.length >= MOST_WAITING) throw new MusterError('BUSY', 'too many people are signing in at once');
  await new Promise<void>((resolve) => waiting.push(resolve));
}

/**
 * Why a password is not taken, in plain words and without a word of it; undefined where it is taken.
 * `context` is what anybody would try for this person: the sign-in name, the agency's code. What the
 * characters are is free (NIST SP 800-63B-4, section 3.1.1.2, forbids rules of composition).
 */
export function whyNotPassword(password: string, context: readonly string[]): string | undefined {
  const length = charactersIn(password);
  if (length > MOST_CHARACTERS) return TOO_LONG;
  const normal = password.normalize('NFKC');
  const normalLength = charactersIn(normal);
  if (normalLength > MOST_CHARACTERS) return TOO_LONG;
  if (/[\p{Cc}\p{Cs}\p{Cn}]/u.test(normal)) return NO_TEXT;
  if (Math.min(length, normalLength) < LEAST_CHARACTERS) return TOO_SHORT;
  const names = namesOf([...context, 'muster']);
  if (isOnlyNames(normal, names)) return ONLY_NAMES;
  const scores = [normal, ...runTogether(normal)].map((text) => scoreOf(text, names));
  return Math.min(...scores) < LEAST_SCORE ? GUESSABLE : undefined;
}

/** NIST SP 800-63B-4, section 3.1.1.2: each code point counts as one. */
function charactersIn(text: string): number {
  return Array.from(text).length;
}

const TOO_SHORT = `use at least ${LEAST_CHARACTERS} characters`;
const TOO_LONG = `use at most ${MOST_CHARACTERS} characters`;
const NO_TEXT = 'leave out what is not text, such as tabs and line breaks';
const ONLY_NAMES =
  'without your sign-in name, the code of your agency and the name Muster it is easily guessed: use other words';
const GUESSABLE =
  'it is easily guessed: use several words that have nothing to do with one another, or let a password manager make one';

/** What is between words makes them no harder to guess; where it is most of the password, it does. */
function runTogether(text: string): string[] {
  const words = fold(text);
  return words.length * 2 > text.length ? [words] : [];
}

/** Each name folded, whole and in its parts, the longest first. */
function namesOf(context: readonly string[]): readonly string[] {
  const names = context.flatMap((name) => [name, ...name.split(/[^\p{L}\p{N}]+/u)]).map(fold);
  return [...new Set(names)]
    .filter((name) => name.length >= LEAST_OF_A_NAME)
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
}

/** What one reads aloud: without case, punctuation and spaces. */
function fold(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{So}]/gu, '');
}

/** Whether a text has names in it, and what it is without them would not do. */
function isOnlyNames(text: string, names: readonly string[]): boolean {
  const folded = fold(text);
  // What stands on both sides of a name must not become one.
  const rest = names.reduce((left, name) => left.replaceAll(name, ' '), folded);
  return rest !== folded && scoreOf(rest.trim(), []) < LEAST_SCORE;
}

let zxcvbn: ZxcvbnFactory | undefined;

/** Bounded by `maxLength`: under a tenth of a second for the worst that was found. */
function scoreOf(text: string, names: readonly string[]): number {
  zxcvbn ??= new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, maxLength: MOST_CHARACTERS });
  return zxcvbn.check(text, [...names]).score;
}

/** No vowels, so that it holds no words, and nothing that is taken for something else. */
const READABLE = 'bcdfghjkmnpqrstvwxz23456789';
const GROUPS = 4;
const GROUP_LENGTH = 5;

/** A password to read from a screen and type, as `k7wdm-9xqhb-3ntzr-vc4jp`: 95 bits. */
export function generatePassword(): string {
  return Array.from({ length: GROUPS }, readableGroup).join('-');
}

function readableGroup(): string {
  return Array.from({ length: GROUP_LENGTH }, () => READABLE[randomInt(READABLE.length)]).join('');
}
