import { day, type Day } from '../src/time/index.ts';
import { plannedPlugins } from './findings.ts';
import { CLOUD, ECM, ELP, LINUX } from './inventory.ts';

/** A POA&M as it was opened, and what was written down about it later, in order. */
export interface Plan {
  readonly poam: string;
  readonly system: typeof ECM | typeof ELP;
  /** Empty where it is about the whole system. */
  readonly component: typeof CLOUD | typeof LINUX | '';
  readonly weakness: string;
  readonly severity: 'high' | 'medium';
  readonly identified: Day;
  /** Empty where the time to create it counts from identification. */
  readonly trigger: Day | '';
  readonly created: Day;
  readonly scheduled: Day;
  /** The plugins whose findings it covers. */
  readonly plugins: readonly number[];
  readonly steps: readonly Step[];
}

export type PoamStatus = 'late' | 'completed' | 'validated' | 'accepted' | 'cancelled';

export type Step = { readonly on: Day; readonly comment: string } & (
  | { readonly kind: 'update' }
  | { readonly kind: 'date-change'; readonly scheduled: Day }
  | { readonly kind: 'status'; readonly status: PoamStatus }
);

/** Half-yearly while due in more than twelve months, quarterly within: as the standard procedures ask (p. 4). */
const BY_PROCEDURES = ['2021-10-05', '2022-01-04', '2022-03-31'];
/** Monthly, as the manual for the cloud asks: since the guidance that the audit brought about (p. 4). */
const MONTHLY = [
  '2022-06-09',
  '2022-07-08',
  '2022-08-05',
  '2022-09-02',
  '2022-09-30',
  '2022-10-28',
  '2022-11-23',
  '2022-12-21',
];
const NOTED_LATE = '2022-06-01';
const NO_LONGER = '9999';

/**
 * Every POA&M of the demonstration. Where the audit names a day or a month, it is that (TIGTA
 * 2023-20-018, pp. 2 to 7); all other days are invented, and so is every weakness but the lack of
 * malicious code protection.
 */
export function plans(): readonly Plan[] {
  return [...ofFirstAssessment(), ...ofSecondAssessment(), vulnerabilities(), ...ofPlatform()];
}

/** The nine risks of the report of 3 February 2021, signed on the 10th: in time until 10 April (p. 2). */
function ofFirstAssessment(): readonly Plan[] {
  return [
    first(1, '2021-04-06', '2022-04-30', late(status('2022-07-08', 'completed'))),
    first(2, '2021-04-08', '2022-04-30', inTime(status('2022-03-31', 'completed'))),
    first(
      3,
      '2021-04-10',
      '2022-05-02',
      late(moved('2022-06-09', '2022-08-31'), status('2022-08-19', 'completed')),
    ),
    {
      ...first(4, '2021-04-12', '2022-05-02', late(status('2022-07-19', 'cancelled'))),
      weakness: 'Production servers in the cloud lack malicious code protection',
    },
    first(
      5,
      '2021-04-13',
      '2022-04-30',
      inTime(status('2022-04-14', 'completed'), status('2022-04-28', 'validated')),
    ),
    first(6, '2021-04-14', '2022-05-01', late(moved('2022-06-09', '2023-02-28'))),
    first(
      7,
      '2021-04-19',
      '2022-05-01',
      late(moved('2022-06-09', '2022-09-30'), status('2022-09-30', 'completed')),
    ),
    first(8, '2021-04-22', '2022-04-30', inTime(status('2022-04-26', 'accepted'))),
    first(9, '2021-04-28', '2022-05-02', late(moved('2022-06-09', '2023-03-31'))),
  ];
}

function first(number: number, created: string, scheduled: string, steps: readonly Step[]): Plan {
  return {
    poam: `DEMO-ECM-0${number}`,
    system: ECM,
    component: CLOUD,
    weakness: `Demo weakness ${number} of the assessment of 2021 (invented)`,
    severity: 'medium',
    identified: day('2021-02-03'),
    trigger: day('2021-02-10'),
    created: day(created),
    scheduled: day(scheduled),
    plugins: [],
    steps,
  };
}

/** Two risks that came back after their plans were closed (p. 4). */
function ofSecondAssessment(): readonly Plan[] {
  return [
    { number: 10, again: 2 },
    { number: 11, again: 5 },
  ].map(({ number, again }) => ({
    ...first(number, '2022-07-20', '2023-04-24', updates(MONTHLY, '2022-07-20')),
    poam: `DEMO-ECM-${number}`,
    weakness: `Demo weakness ${again} of the assessment of 2021 has come back (invented)`,
    identified: day('2022-06-24'),
    trigger: day('2022-06-30'),
  }));
}

/** The program-level plan for vulnerabilities that waited for upgrades (p. 7). */
function vulnerabilities(): Plan {
  const completed = '2022-12-15';
  return {
    poam: 'DEMO-ECM-12',
    system: ECM,
    component: '',
    weakness: 'Demo products that await upgrades (invented)',
    severity: 'high',
    identified: day('2021-12-16'),
    trigger: '',
    created: day('2022-03-15'),
    scheduled: day('2022-12-30'),
    plugins: plannedPlugins(),
    steps: [...updates(MONTHLY, '2022-03-15', completed), status(completed, 'completed')],
  };
}

/** The four of the Linux platform's own assessment (p. 5), and the one that took over from ECM (pp. 4 and 5). */
function ofPlatform(): readonly Plan[] {
  return [
    platform(1, '2022-06-21', '2023-06-15', quarterly()),
    platform(2, '2022-06-22', '2023-06-15', quarterly()),
    platform(3, '2022-06-23', '2023-06-20', [...quarterly('2022-10-20'), status('2022-10-20', 'completed')]),
    platform(4, '2022-06-24', '2023-06-20', quarterly()),
    {
      ...platform(5, '2022-07-12', '2023-10-31', updates(['2022-12-07'], '2022-07-12')),
      weakness: 'Linux servers lack malicious code protection: a plan at the level of the program',
      identified: day('2022-07-06'),
      trigger: '',
    },
  ];
}

function platform(number: number, created: string, scheduled: string, steps: readonly Step[]): Plan {
  return {
    poam: `DEMO-ELP-0${number}`,
    system: ELP,
    component: LINUX,
    weakness: `Demo weakness ${number} of the platform (invented)`,
    severity: 'medium',
    identified: day('2022-06-03'),
    trigger: day('2022-06-13'),
    created: day(created),
    scheduled: day(scheduled),
    plugins: [],
    steps,
  };
}

/** Closed by its scheduled day. */
function inTime(...fate: readonly [Step, ...Step[]]): readonly Step[] {
  return [...updates(BY_PROCEDURES, '', fate[0].on), ...fate];
}

/** Past its scheduled day on 6 June 2022, and looked after monthly from then on, until it is closed. */
function late(...fate: readonly [Step, ...Step[]]): readonly Step[] {
  const closed = fate.find(({ kind }) => kind === 'status')?.on ?? NO_LONGER;
  const rest = updates(MONTHLY, '', closed).filter(({ on }) => !fate.some((step) => step.on === on));
  const steps = [...updates(BY_PROCEDURES), status(NOTED_LATE, 'late'), ...rest, ...fate];
  return steps.sort((one, other) => (one.on < other.on ? -1 : 1));
}

function quarterly(closed?: string): readonly Step[] {
  return updates(['2022-09-14', '2022-12-07'], '', closed);
}

/** Updates on those of the days that lie between its opening and its end. */
function updates(days: readonly string[], opened = '', closed = NO_LONGER): readonly Step[] {
  return days
    .filter((each) => each > opened && each < closed)
    .map((each) => ({ on: day(each), kind: 'update', comment: 'Work goes on as planned (invented)' }));
}

function moved(on: string, scheduled: string): Step {
  return {
    on: day(on),
    kind: 'date-change',
    scheduled: day(scheduled),
    comment: `The remaining work takes until ${scheduled} (invented)`,
  };
}

const SAID: Readonly<Record<PoamStatus, string>> = {
  late: 'Not done by its scheduled day (invented)',
  completed: 'The work is done (invented)',
  validated: 'The work was looked at and stands (invented)',
  accepted: 'The risk is accepted (invented)',
  cancelled: 'Opened again as DEMO-ELP-05 at the level of the program',
};

function status(on: string, status: PoamStatus): Step {
  return { on: day(on), kind: 'status', status, comment: SAID[status] };
}
