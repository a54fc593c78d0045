import { compose, everyRole, performAct, type Actor, type Grant } from '../../acts/index.ts';
import { keyBase, keyText, type Entry } from '../../record/index.ts';
import { connectStore, type Store } from '../../store/index.ts';
import type { TrialDatabase } from '../../store/trial.ts';
import { day, type Day } from '../../time/index.ts';
import { createAgency, inventory } from '../inventory/index.ts';
import { actorName, people } from './index.ts';

/*
 * For tests: an agency with people in it, on a day that each act names.
 */

/** No risk is accepted here. */
const declarations = compose([inventory, people, { program: 'trial', acceptances: async () => [] }]);

export const operator = everyRole('operator:test');
export const TODAY = day('2026-03-11');

export interface TrialAgency {
  readonly store: Store;
  readonly agency: number;
  readonly declarations: typeof declarations;
  act(name: string, input: object, as?: Actor, today?: Day): Promise<Entry>;
  /** `entry N`, or the reason why the act was refused, or the code of another refusal. */
  outcome(name: string, input: object, as?: Actor, today?: Day): Promise<string>;
  /** Adds a person; gives their key as text, as acts name them. */
  add(signInName: string, more?: object): Promise<string>;
  /** Grants a role over the agency unless said; gives the grant's key as text. */
  grant(person: string, role: string, more?: object, today?: Day): Promise<string>;
  close(): Promise<void>;
}

/** Somebody who acts under their own name, with these grants. */
export function actorOf(key: number, grants: readonly Grant[] = operator.grants): Actor {
  return { name: actorName(key), grants };
}

export async function openAgency(database: TrialDatabase, code: string): Promise<TrialAgency> {
  const store = connectStore(database.application);
  const wanted = { code, kind: 'irs', timeZone: 'America/New_York', demonstration: false };
  const { agency } = await createAgency(store, declarations, operator, wanted, async () => undefined);
  const act: TrialAgency['act'] = (name, input, as = operator, today = TODAY) =>
    performAct(store, declarations, agency, as, today, name, input);
  return {
    store,
    agency,
    declarations,
    act,
    outcome: async (name, input, as, today) => {
      try {
        return `entry ${(await act(name, input, as, today)).index}`;
      } catch (error) {
        const { code: refusal, message } = error as { code?: string; message: string };
        return refusal === 'ACT_REFUSED' ? message : `${refusal}: ${message}`;
      }
    },
    add: async (signInName, more = {}) =>
      keyText(keyBase((await act('person.add', { name: 'Demo Person', signInName, ...more })).index) + 1),
    grant: async (person, role, more = {}, today = TODAY) => {
      const { index } = await act('grant.give', { person, role, over: 'agency', ...more }, operator, today);
      return keyText(keyBase(index) + 1);
    },
    close: () => store.close(),
  };
}
