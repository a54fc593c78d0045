import type { Day } from '../../time/index.ts';
import { readCsv, refusedUnread } from '../csv.ts';
import { namesMostColumns } from '../header.ts';
import { NamesSeen } from '../names-seen.ts';
import type { ReadContext, ReadOutcome, Reader } from '../reader.ts';
import { quoted } from '../refusals.ts';
import type { Row } from '../row.ts';
import { type AccountObservation, accountStatuses } from './schema.ts';

export type { AccountObservation } from './schema.ts';

const columns = [
  'account',
  'name',
  'component',
  'privileged',
  'created',
  'last_login',
  'status',
  'status_changed',
] as const;

type Column = (typeof columns)[number];

/** A list of accounts: a snapshot of one component or several on the day it was observed. */
export const accounts: Reader<AccountObservation> & { readonly name: 'accounts' } = {
  name: 'accounts',
  title: 'List of accounts (CSV)',
  columns,
  recognise: (head) => namesMostColumns(head, columns),
  read: readAccounts,
};

async function* readAccounts(
  source: AsyncIterable<Uint8Array>,
  context: ReadContext,
): AsyncGenerator<readonly AccountObservation[], ReadOutcome, undefined> {
  const { observedOn } = context;
  if (observedOn === undefined) {
    return refusedUnread('the day that the list shows is missing: give --observed YYYY-MM-DD');
  }
  const seen: SeenIn = new Map();
  return yield* readCsv(source, {
    columns,
    observe: (row: Row<Column>) => observeAccount(row, observedOn, context.component, seen),
  });
}

/** The accounts of each component. */
type SeenIn = Map<string, NamesSeen>;

function observeAccount(
  row: Row<Column>,
  observedOn: Day,
  only: string | undefined,
  seen: SeenIn,
): AccountObservation {
  const observation: AccountObservation = {
    line: row.line,
    account: row.required('account'),
    name: row.text('name'),
    component: componentOf(row, only),
    privileged: row.flag('privileged'),
    created: row.pastDay('created', observedOn),
    lastLogin: row.pastDay('last_login', observedOn),
    status: row.choice('status', accountStatuses),
    statusChanged: row.pastDay('status_changed', observedOn),
  };
  if (!row.sound) return observation;
  if (observation.created === null && observation.lastLogin === null) {
    row.refuse(
      'created',
      'is empty, and so is last_login: an account that never signed in needs its day of creation',
    );
  }
  refuseRepeated(row, observation, seen);
  return observation;
}

function componentOf(row: Row<Column>, only: string | undefined): string {
  const component = row.name('component');
  if (only === undefined) {
    if (component === '') row.refuse('component', 'is empty: name the component here or with --component');
    return component;
  }
  if (component !== '' && component !== only) {
    row.refuse('component', `is not ${quoted(only)}, which --component says the list is of`);
  }
  return only;
}

function refuseRepeated(row: Row<Column>, { account, component }: AccountObservation, seen: SeenIn): void {
  let names = seen.get(component);
  if (names === undefined) seen.set(component, (names = new NamesSeen()));
  const earlier = names.add(account, row.line);
  if (earlier !== undefined) {
    row.refuse('account', `is the same account of the same component as on line ${earlier}`);
  }
}
