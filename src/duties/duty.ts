import { keyText, parseKey } from '../record/index.ts';
import { parseDay, type Day } from '../time/index.ts';
import { countingAcceptance, daysLate, inTime, type Given, type Status } from './status.ts';
import type { Group } from './census.ts';
import { placeOf, type Law } from './verdict.ts';

/** A duty as every door shows it. Days are ISO; `null` where there is none or nobody knows. */
export interface Duty {
  readonly id: string;
  readonly duty: string;
  readonly subject: { readonly kind: string; readonly name: string };
  readonly system: string | null;
  readonly component: string | null;
  readonly class: string;
  /** What the evidence rates it as, `nessus:high`, where its class is ranked from that. */
  readonly rating: string | null;
  readonly trigger: Day;
  /** The day the subject itself has set, as of the day asked about. */
  readonly scheduled: Day | null;
  readonly due: Day | null;
  readonly done: Day | null;
  readonly means: string | null;
  readonly status: Status;
  readonly daysLate: number | null;
  readonly suspended: boolean;
  readonly rule: string | null;
  readonly force: string | null;
  readonly cites: readonly string[];
  readonly setAside: readonly { readonly rule: string; readonly by: string }[];
  /** What is missing where the status is undetermined. */
  readonly needs: readonly string[];
  readonly acceptance: {
    readonly from: Day;
    readonly until: Day;
    readonly reason: string;
    readonly inTime: boolean;
    readonly entry: number;
  } | null;
}

/** The spell a duty id names: type, opaque subject key, trigger day. */
export interface DutyId {
  readonly duty: string;
  readonly subject: number;
  readonly trigger: Day;
}

/** `account.disable:3.17:2022-04-08`: no name or number of a person in it. */
export function dutyId({ duty, subject, trigger }: DutyId): string {
  return `${duty}:${keyText(subject)}:${trigger}`;
}

/** Reads a duty id, or gives undefined where it is none. */
export function parseDutyId(text: string): DutyId | undefined {
  const [duty, key, day, ...rest] = text.split(':');
  const subject = key === undefined ? undefined : parseKey(key);
  const trigger = day === undefined ? undefined : parseDay(day);
  if (duty === undefined || subject === undefined || trigger === undefined || rest.length > 0)
    return undefined;
  return { duty, subject, trigger };
}

/** The duty of one spell from the group it belongs to and the acceptances given of it. */
export function dutyOf(
  group: Group,
  subject: { key: number; name: string },
  law: Law,
  given: readonly Given[],
): Duty {
  const { type, relation, verdict, trigger, scheduled, done, means, status } = group;
  const { due, rule, governance } = verdict;
  const { asOf } = law.times;
  const at = placeOf(law.known, group);
  const counting = countingAcceptance(given, status, asOf);
  return {
    id: dutyId({ duty: type.duty, subject: subject.key, trigger }),
    duty: type.duty,
    subject: { kind: subjectKind(group), name: subject.name },
    system: at?.system ?? null,
    component: at?.component ?? null,
    class: verdict.class,
    rating: relation.scale === undefined ? null : group.said,
    trigger,
    scheduled,
    due,
    done,
    means,
    status,
    daysLate: daysLate(status, due, done, asOf),
    suspended: counting?.suspended ?? false,
    rule: rule?.rule ?? null,
    force: rule?.force ?? null,
    cites: rule?.cites ?? [],
    setAside: governance.setAside,
    needs: governance.kind === 'undetermined' ? governance.needs : [],
    acceptance: counting ? shown(counting.acceptance) : null,
  };
}

/** What a spell's subject is called. */
export function subjectKind({ type, relation }: Pick<Group, 'type' | 'relation'>): string {
  return relation.subjectKind ?? type.subjectKind;
}

function shown(acceptance: Given): NonNullable<Duty['acceptance']> {
  const { from, until, reason, entry } = acceptance;
  return { from, until, reason, inTime: inTime(acceptance), entry };
}
