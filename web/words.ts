import type { Duty, Status, Verdict } from './contract.ts';
import type { DutyType } from './declared.ts';
import { daysBetween } from './day.ts';

export const statuses: readonly Status[] = ['overdue', 'open', 'met', 'met-late', 'undetermined'];

const statusWords: Readonly<Record<string, string>> = {
  overdue: 'overdue',
  open: 'open',
  met: 'met',
  'met-late': 'met late',
  undetermined: 'undetermined',
} satisfies Record<Status, string>;

const verdictWords: Readonly<Record<string, string>> = {
  governs: 'governs',
  'set-aside': 'set aside',
  'does-not-bind': 'does not bind',
  'leaves-open': 'leaves open',
  'not-in-force': 'not in force',
  'needs-a-fact': 'needs a fact',
} satisfies Record<Verdict, string>;

export function wordStatus(status: string): string {
  return statusWords[status] ?? status;
}

export function wordVerdict(verdict: string): string {
  return verdictWords[verdict] ?? verdict;
}

/** What a duty type asks for, in words; a type that the server does not know shows its own name. */
export function wordDuty(types: readonly DutyType[], duty: string): string {
  const title = types.find((type) => type.duty === duty)?.title;
  return title === undefined ? duty : capital(title);
}

/** What duties can be narrowed down by: a program leaves its own types, a type its own classes. */
export function dutyChoices(
  types: readonly DutyType[],
  chosen: { readonly program?: string | undefined; readonly duty?: string | undefined },
): Readonly<Record<'programs' | 'duties' | 'classes', readonly string[]>> {
  const ofProgram = types.filter(({ program }) => chosen.program === undefined || program === chosen.program);
  const ofDuty = ofProgram.filter(({ duty }) => chosen.duty === undefined || duty === chosen.duty);
  return {
    programs: [...new Set(types.map(({ program }) => program))],
    duties: ofProgram.map(({ duty }) => duty),
    classes: [...new Set(ofDuty.flatMap(({ classes }) => classes))],
  };
}

/** `scanner:high` → `rated high (scanner)`. */
export function wordRating(rating: string): string {
  const [scale = '', ...rest] = rating.split(':');
  return rest.length === 0 ? `rated ${rating}` : `rated ${rest.join(':')} (${scale})`;
}

/** `signed-in` → `signed in`; how a spell ended. */
export function wordMeans(means: string): string {
  return means.replaceAll('-', ' ');
}

const NAMED_BY_LETTERS = /\b(?:isso|ciso|cass)\b/g;

/** `cass-program-manager` → `CASS program manager`. */
export function wordRole(role: string): string {
  return role.replaceAll('-', ' ').replaceAll(NAMED_BY_LETTERS, (letters) => letters.toUpperCase());
}

/** How someone signed in: `password`, `passkey`, or the name of a provider. */
export function wordWay(way: string): string {
  return way.replace(/^(?:provider|oidc):/, '').replaceAll('-', ' ');
}

/** `overdueOfFallenDue`, `overdue-of-fallen-due` → `Overdue of fallen due`. */
export function wordName(name: string): string {
  const words = name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_.]/g, ' ')
    .toLowerCase()
    .replace('sign in', 'sign-in');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What a title is about, without how it is asked or ordered: `duties as of a day, by due day` → `Duties`. */
export function headOf(title: string): string {
  return capital(title.split(/,| as of /)[0] ?? title);
}

/** The same as short as a way through: `findings of scans, the oldest first` → `Findings`. */
export function shortHeadOf(title: string): string {
  return headOf(title).split(/ of | who /)[0] ?? title;
}

/** Words of the server's as a sentence of the page. */
export function sentence(text: string): string {
  return `${capital(text)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

/** `1 day`, `2 days`, `1,000 duties`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${wordNumber(number)} ${number === 1 ? one : many}`;
}

export function wordNumber(number: number): string {
  return number.toLocaleString('en-US');
}

/** A share in percent with at most one decimal, or an en dash where there is no denominator. */
export function wordPercent(percent: number | null): string {
  return percent === null ? '–' : `${percent.toLocaleString('en-US', { maximumFractionDigits: 1 })} %`;
}

/** Bytes as a person reads them: `317 bytes`, `12.5 KB`, `3.1 MB` (powers of 1,000). */
export function wordBytes(bytes: number): string {
  if (bytes < 1_000) return count(bytes, 'byte');
  const [size, unit] = bytes < 1_000_000 ? [bytes / 1_000, 'KB'] : [bytes / 1_000_000, 'MB'];
  return `${size.toLocaleString('en-US', { maximumFractionDigits: 1 })} ${unit}`;
}

/** How late the duty is, or how many days remain on that day; nothing when neither can be said. */
export function wordLateness(
  duty: Pick<Duty, 'status' | 'daysLate' | 'due'>,
  asOf: string,
): string | undefined {
  if (duty.daysLate !== null && duty.daysLate > 0) return `${count(duty.daysLate, 'day')} late`;
  if (duty.status !== 'open' || duty.due === null) return undefined;
  const left = daysBetween(asOf, duty.due);
  if (left === undefined || left < 0) return undefined;
  return left === 0 ? 'due today' : `due in ${count(left, 'day')}`;
}

/** Where a duty's subject is: `ECM / cloud`, as far as it is anywhere. */
export function wordPlace({
  system,
  component,
}: {
  system: string | null;
  component: string | null;
}): string {
  return [system, component].filter((name) => name !== null).join(' / ') || '–';
}
