import { day, type Day } from '../src/time/index.ts';
import { csv, type DemoFile } from './demo-file.ts';
import { ECM, ELP } from './inventory.ts';
import { type Plan, plans, type Step } from './plans.ts';

const POAM_COLUMNS =
  'poam,weakness,component,severity,identified,trigger,created,scheduled_completion,status,status_date,owner,cost,finding'.split(
    ',',
  );
const UPDATE_COLUMNS = 'poam,date,kind,comment,scheduled_completion,status'.split(',');

const BEFORE_ALL = day('2021-01-01');
/** The day as of which the audit looked at the nine POA&Ms (p. 3). */
const AUDITED = day('2022-06-06');
const LAST = day('2022-12-30');

/**
 * POA&Ms as they were opened and what became of them, each exported now and then. What a file
 * says is of the days after the last such file, up to its own.
 */
export function poamFiles(): readonly DemoFile[] {
  const all = plans();
  const opened = (system: string, after: Day, on: Day) =>
    opening(
      system,
      on,
      all.filter((plan) => plan.system === system && plan.created > after && plan.created <= on),
    );
  return [
    opened(ECM, BEFORE_ALL, day('2021-04-30')),
    opened(ECM, day('2021-04-30'), day('2022-03-31')),
    history(all, ECM, BEFORE_ALL, AUDITED),
    opened(ECM, day('2022-03-31'), day('2022-07-29')),
    opened(ELP, BEFORE_ALL, day('2022-07-29')),
    history(all, ECM, AUDITED, LAST),
    history(all, ELP, BEFORE_ALL, LAST),
  ];
}

function opening(system: string, on: Day, opened: readonly Plan[]): DemoFile {
  return {
    name: `demo-${system.toLowerCase()}-poams-${on}.csv`,
    reader: 'poams',
    bytes: csv([POAM_COLUMNS, ...opened.map(asOpened)]),
    system,
    observedOn: on,
  };
}

function asOpened(plan: Plan): readonly string[] {
  const owner = `Demo Owner ${plan.poam.slice(-2)}`;
  return [
    plan.poam,
    plan.weakness,
    plan.component,
    plan.severity,
    plan.identified,
    plan.trigger,
    plan.created,
    plan.scheduled,
    'open',
    plan.created,
    owner,
    '',
    plan.plugins.join(';'),
  ];
}

function history(all: readonly Plan[], system: string, after: Day, on: Day): DemoFile {
  const rows = all
    .filter((plan) => plan.system === system)
    .flatMap(({ poam, steps }) => steps.map((step) => ({ poam, step })))
    .filter(({ step }) => step.on > after && step.on <= on)
    .sort((one, other) => (`${one.step.on} ${one.poam}` < `${other.step.on} ${other.poam}` ? -1 : 1));
  return {
    name: `demo-${system.toLowerCase()}-poam-updates-${on}.csv`,
    reader: 'poam-updates',
    bytes: csv([UPDATE_COLUMNS, ...rows.map(({ poam, step }) => asWritten(poam, step))]),
    system,
    observedOn: on,
  };
}

function asWritten(poam: string, step: Step): readonly string[] {
  const scheduled = step.kind === 'date-change' ? step.scheduled : '';
  const status = step.kind === 'status' ? step.status : '';
  return [poam, step.on, step.kind, step.comment, scheduled, status];
}
