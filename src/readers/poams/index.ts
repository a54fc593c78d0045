import type { Day } from '../../time/index.ts';
import { isBlank } from '../blank.ts';
import { readCsv } from '../csv.ts';
import { namesMostColumns } from '../header.ts';
import { NamesSeen } from '../names-seen.ts';
import type { ReadContext, ReadOutcome, Reader } from '../reader.ts';
import type { Row } from '../row.ts';
import { pluginsIn } from './plugins.ts';
import { type PoamObservation, poamStatuses, severities } from './schema.ts';

export type { PoamObservation } from './schema.ts';

const columns = [
  'poam',
  'weakness',
  'component',
  'severity',
  'identified',
  'trigger',
  'created',
  'scheduled_completion',
  'status',
  'status_date',
  'owner',
  'cost',
  'finding',
] as const;

type Column = (typeof columns)[number];

const LONGEST_WEAKNESS = 2000;
const LONGEST_FINDING = 2000;
const LONGEST_NAME = 200;

/** A list of POA&Ms: the plans of a system to fix its weaknesses, each with its last status. */
export const poams: Reader<PoamObservation> & { readonly name: 'poams' } = {
  name: 'poams',
  title: 'POA&Ms of a system (CSV)',
  columns,
  recognise: (head) => namesMostColumns(head, columns),
  read: readPoams,
};

async function* readPoams(
  source: AsyncIterable<Uint8Array>,
  { observedOn }: ReadContext,
): AsyncGenerator<readonly PoamObservation[], ReadOutcome, undefined> {
  const seen = new NamesSeen();
  return yield* readCsv(source, {
    columns,
    observe: (row: Row<Column>) => observePoam(row, observedOn, seen),
  });
}

function observePoam(row: Row<Column>, observedOn: Day | undefined, seen: NamesSeen): PoamObservation {
  const observation: PoamObservation = {
    line: row.line,
    poam: row.required('poam'),
    weakness: weaknessOf(row),
    component: row.name('component'),
    severity: row.choice('severity', severities),
    identified: row.requiredPastDay('identified', observedOn),
    trigger: row.pastDay('trigger', observedOn),
    created: row.requiredPastDay('created', observedOn),
    scheduled: row.requiredDay('scheduled_completion'),
    status: row.choice('status', poamStatuses),
    statusDate: row.pastDay('status_date', observedOn),
    owner: row.text('owner'),
    cost: costOf(row),
    finding: findingOf(row),
  };
  if (!row.sound) return observation;
  if (observation.statusDate === null && observation.status !== 'open' && observation.status !== 'late') {
    row.refuse('status_date', `is empty: give the day since which it is ${observation.status}`);
  }
  const earlier = seen.add(observation.poam, row.line);
  if (earlier !== undefined) row.refuse('poam', `is the same POA&M as on line ${earlier}`);
  return observation;
}

function weaknessOf(row: Row<Column>): string {
  const weakness = row.text('weakness', LONGEST_WEAKNESS);
  if (isBlank(weakness)) row.refuse('weakness', 'is empty: say what is wrong');
  return weakness;
}

const DOLLARS = /^\$?(?:\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(?:\.\d{2})?$/;

function costOf(row: Row<Column>): number | null {
  const cost = row.text('cost');
  if (cost === '') return null;
  if (!DOLLARS.test(cost)) {
    row.refuse('cost', 'is not an amount: write dollars, with or without cents, such as 12000 or 12000.50');
    return null;
  }
  return Number(cost.replaceAll(/[$,]/g, ''));
}

function findingOf(row: Row<Column>): string {
  const finding = row.text('finding', LONGEST_FINDING);
  const plugins = pluginsIn(finding);
  if (plugins === null) {
    row.refuse('finding', `has a number larger than any plugin's: separate them by blanks or semicolons`);
  } else if (plugins === undefined && finding.length > LONGEST_NAME) {
    row.refuse('finding', `is longer than ${LONGEST_NAME} characters and no list of plugin numbers`);
  }
  return plugins ?? finding;
}
