import { MUSTER, recordEntry } from '../../acts/index.ts';
import type { AgencyFacts } from '../../programs/inventory/index.ts';
import { actorName, eventEntry } from '../../programs/people/index.ts';
import { keyText } from '../../record/index.ts';
import { holdHead, type Writing } from '../../store/index.ts';
import type { House } from '../house.ts';

const MINUTE_MS = 60_000;

/** Whose tries with a name that nobody has are: they are counted too, so that they take as long. */
export const NOBODY = 0;

/** A try at a password: whether it is let, and until when the account is locked if it fails. */
interface Try {
  readonly isLet: boolean;
  readonly locksUntil: string | null;
}

/**
 * Looks at a try at somebody's password, and gives what `look` found. It is told whether the try is let:
 * if not, it finds nothing, but takes as long. Where it throws, nobody failed and nothing is counted.
 * What is right takes the count back itself, with `clearFailures`.
 */
export async function tryOnce<Found>(
  house: House,
  agency: AgencyFacts,
  person: number,
  look: (isLet: boolean) => Promise<Found | undefined>,
): Promise<Found | undefined> {
  const { isLet, locksUntil } = await countTry(house, agency, person);
  const found = await look(isLet).catch(async (error) => {
    if (isLet) await takeBack(house, agency, person, locksUntil);
    throw error;
  });
  if (found === undefined && locksUntil !== null && person !== NOBODY)
    await recordLock(house, agency, person, locksUntil);
  return found;
}

interface State {
  readonly failures: number;
  readonly failing_from: string | null;
  readonly locked_until: string | null;
}

/**
 * INVARIANT: a try counts as failed, and the last that is let locks the account, before it is looked at:
 * of many at once no more are looked at than the lock allows.
 */
async function countTry(house: House, agency: AgencyFacts, person: number): Promise<Try> {
  return house.store.write(agency.agency, async (tx) => {
    await tx.run(
      'insert into sign_in_state (agency_id, person_key) values ($1, $2) on conflict (agency_id, person_key) do nothing',
      [tx.agency, person],
    );
    const state = await tx.row<State>(
      'select failures, failing_from, locked_until from sign_in_state where agency_id = $1 and person_key = $2 for update',
      [tx.agency, person],
    );
    const next = afterTry(state, tx.now().getTime(), house.settings.lockout);
    // Told at the next sign-in, those that came while it was locked too.
    await tx.run(
      `update sign_in_state set failures = $3, failing_from = $4, locked_until = $5, failed_since = failed_since + 1
       where agency_id = $1 and person_key = $2`,
      [tx.agency, person, next.failures, next.failing_from, next.locked_until],
    );
    const isLet = next !== state;
    return { isLet, locksUntil: isLet ? next.locked_until : null };
  });
}

/** What is counted after one more try; the same where it is locked at that moment. */
function afterTry(
  state: State,
  now: number,
  { failures: most, withinMinutes, forMinutes }: House['settings']['lockout'],
): State {
  const { failing_from, locked_until } = state;
  if (locked_until !== null && Date.parse(locked_until) > now) return state;
  const from = failing_from === null ? now : Date.parse(failing_from);
  // Failures count from the first on for so long; a lock that has ended begins them anew.
  const isOld = now - from >= withinMinutes * MINUTE_MS || locked_until !== null;
  const failures = isOld ? 1 : state.failures + 1;
  return {
    failures,
    failing_from: new Date(isOld ? now : from).toISOString(),
    locked_until: failures >= most ? new Date(now + forMinutes * MINUTE_MS).toISOString() : null,
  };
}

async function takeBack(
  house: House,
  agency: AgencyFacts,
  person: number,
  locksUntil: string | null,
): Promise<void> {
  await house.store.write(agency.agency, (tx) =>
    tx.run(
      `update sign_in_state set failures = greatest(failures - 1, 0), failed_since = greatest(failed_since - 1, 0),
         locked_until = nullif(locked_until, $3)
       where agency_id = $1 and person_key = $2`,
      [tx.agency, person, locksUntil],
    ),
  );
}

/** Records that the account is locked, unless a sign-in that was begun before has opened it again. */
async function recordLock(house: House, agency: AgencyFacts, person: number, until: string): Promise<void> {
  await house.store.as(MUSTER).write(agency.agency, async (tx) => {
    await holdHead(tx);
    const [locked] = await tx.rows<{ failures: number }>(
      'select failures from sign_in_state where agency_id = $1 and person_key = $2 and locked_until = $3',
      [tx.agency, person, until],
    );
    if (!locked) return;
    const body = { who: actorName(person), failures: locked.failures, until };
    const entry = eventEntry('person.locked', { name: MUSTER }, house.today(agency), body);
    await recordEntry(tx, house.declarations, { ...entry, subject: `person:${keyText(person)}` });
  });
}

/**
 * The password was right, or another was set: failures before count no more towards a lock (NIST SP
 * 800-63B-4, section 3.2.2). `counted` of them were no failures.
 */
export async function clearFailures(tx: Writing, person: number, counted: 0 | 1): Promise<void> {
  await tx.run(
    `update sign_in_state set failures = 0, failing_from = null, locked_until = null,
       failed_since = greatest(failed_since - $3, 0)
     where agency_id = $1 and person_key = $2`,
    [tx.agency, person, counted],
  );
}
