import * as z from 'zod';
import { errorCatalogue } from '../../src/errors/index.ts';

// What programs outside are promised, written down a second time: a key more or less is a break.

export const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
export const text = z.string().min(1);
export const number = z.int().nonnegative();
/** What every answer says of when it is about. */
export const times = { asOf: day, knownAt: number, recorded: z.iso.datetime({ offset: true }).nullable() };
const status = z.enum(['open', 'overdue', 'met', 'met-late', 'undetermined']);
const refusal = z.strictObject({ at: text, reason: text });
const range = z.strictObject({ min: number, max: number });

export const duty = z.strictObject({
  id: z.string().regex(/^[a-z.]+:\d+\.\d+:\d{4}-\d{2}-\d{2}$/),
  duty: text,
  subject: z.strictObject({ kind: text, name: text }),
  system: text,
  component: text.nullable(),
  class: text,
  rating: text.nullable(),
  trigger: day,
  scheduled: day.nullable(),
  due: day.nullable(),
  done: day.nullable(),
  means: text.nullable(),
  status,
  daysLate: number.nullable(),
  suspended: z.boolean(),
  rule: text.nullable(),
  force: z.enum(['required', 'recommended', 'agency']).nullable(),
  cites: z.array(text),
  setAside: z.array(z.strictObject({ rule: text, by: text })),
  needs: z.array(text),
  acceptance: z
    .strictObject({ from: day, until: day, reason: text, inTime: z.boolean(), entry: number })
    .nullable(),
});

const counts = z.strictObject({
  open: number,
  overdue: number,
  met: number,
  'met-late': number,
  undetermined: number,
  suspended: number,
});

export const duties = z.strictObject({
  ...times,
  total: number,
  counts,
  next: text.nullable(),
  duties: z.array(duty),
});

const bindingRule = {
  rule: text,
  title: text,
  force: z.enum(['required', 'recommended', 'agency']),
  deadline: text,
  because: text,
  cites: z.array(text),
};

export const binding = z.strictObject({
  ...times,
  system: text,
  places: z.array(
    z.strictObject({
      component: text.nullable(),
      environment: text.nullable(),
      duties: z.array(
        z.strictObject({
          duty: text,
          title: text,
          program: text,
          classes: z.array(text).min(1),
          governs: z.array(z.strictObject(bindingRule)),
          setAside: z.array(z.strictObject({ ...bindingRule, by: text })),
          leavesOpen: z.array(z.strictObject(bindingRule)),
          needs: z.array(text),
        }),
      ),
    }),
  ),
});

const field = z.strictObject({
  name: text,
  title: text,
  description: text,
  required: z.boolean(),
  kind: z.enum(['text', 'day', 'choice', 'number']),
  choices: z.array(text),
  maxLength: number.nullable(),
  default: text.nullable(),
});

const uploadField = z.enum(['system', 'component', 'observed']);

export const declared = {
  acts: z.strictObject({
    act: text,
    title: text,
    description: text,
    may: z.array(text).min(1),
    beside: text.nullable(),
    about: z.array(text).nullable(),
    fields: z.array(field),
  }),
  views: z.strictObject({
    view: text,
    title: text,
    path: text,
    command: text,
    rows: text,
    none: text,
    isOfAnyDay: z.boolean(),
    columns: z.array(
      z.strictObject({
        field: text,
        title: text,
        isDuty: z.boolean(),
        leadsTo: z.strictObject({ view: text, with: z.record(text, text) }).nullable(),
      }),
    ),
    fields: z.array(field),
    parameters: z.array(text),
    may: z.array(text).min(1),
  }),
  readers: z.strictObject({
    reader: text,
    title: text,
    takes: z.array(uploadField),
    needs: z.array(uploadField),
    may: z.array(text).min(1),
  }),
  dutyTypes: z.strictObject({
    duty: text,
    title: text,
    program: text,
    subjectKind: text,
    classes: z.array(text).min(1),
  }),
};

const rate = z.strictObject({
  numerator: number,
  denominator: number,
  percent: z.number().min(0).max(100).nullable(),
  source: text,
});

export const audit = z.strictObject({
  ...times,
  system: text.nullable(),
  without: z.array(text),
  demonstration: z.boolean(),
  rows: z.array(
    z.strictObject({
      program: text,
      duty: text,
      class: text,
      subjects: number,
      fallenDue: number,
      open: number,
      overdue: number,
      met: number,
      metLate: number,
      undetermined: number,
      suspended: number,
      outstanding: number,
      daysLate: range.nullable(),
      daysOpen: range.nullable(),
      done: z.record(text, number),
      rates: z.record(text, rate),
      source: text,
    }),
  ),
});

export const explanation = z.strictObject({
  ...times,
  duty,
  successorOf: text.nullable(),
  sentence: text,
  considered: z.array(
    z.strictObject({
      rule: text,
      title: text,
      edition: z.strictObject({ from: day, triggersFrom: day }).nullable(),
      force: text,
      cites: z.array(text),
      verdict: z.enum([
        'governs',
        'set-aside',
        'does-not-bind',
        'leaves-open',
        'not-in-force',
        'needs-a-fact',
      ]),
      by: text.nullable(),
      because: text,
      entry: number,
    }),
  ),
  arithmetic: z.array(text),
  facts: z.array(z.strictObject({ attribute: text, value: text.nullable(), source: text })),
  evidence: z.array(
    z.strictObject({
      evidence: number,
      file: text,
      line: number.nullable(),
      observedOn: day.nullable(),
      says: text,
    }),
  ),
  entries: z.array(
    z.strictObject({
      index: number,
      kind: text,
      subject: text,
      actor: text,
      effective: day,
      recorded: z.iso.datetime({ offset: true }),
      summary: text,
    }),
  ),
  spells: z.array(
    z.strictObject({ id: text, trigger: day, done: day.nullable(), means: text.nullable(), status }),
  ),
});

export const imported = z.strictObject({
  evidence: number.nullable(),
  reader: text,
  observedOn: day.nullable(),
  assets: number,
  observations: number,
  bySeverity: z.record(text, number),
  new: number,
  closed: number,
  reopened: number,
  unchanged: number,
  repeated: z.boolean(),
  notices: z.array(text),
  refused: z.array(refusal),
});

const instant = z.iso.datetime({ offset: true });
const key = z.string().regex(/^\d+\.\d+$/);

export const serverStatus = z.strictObject({
  version: text,
  today: day,
  person: z.strictObject({ person: key, name: text, signInName: text }),
  roles: z.array(text),
  grants: z.array(
    z.strictObject({
      role: text,
      over: z.enum(['agency', 'system', 'units']),
      system: text.nullable(),
      unitFrom: text.nullable(),
      unitTo: text.nullable(),
    }),
  ),
  systems: z.array(text).nullable(),
  reads: z.array(text),
  demonstration: z.boolean(),
  agencies: z.tuple([z.strictObject({ code: text, kind: text, timeZone: text, demonstration: z.boolean() })]),
  problems: z.array(text),
  session: z.strictObject({ idleSeconds: number, ends: instant }).nullable(),
});

/** What anyone is told before they sign in: not which version this is. */
export const signInOffer = z.strictObject({
  notice: z.strictObject({ text, digest: text }),
  agencies: z.array(
    z.strictObject({
      code: text,
      demonstration: z.boolean(),
      providers: z.array(z.strictObject({ provider: text, title: text })),
    }),
  ),
  passkeys: z.boolean(),
  setUp: z.boolean(),
});

const session = z.strictObject({
  session: number,
  started: instant,
  lastUsed: instant,
  ends: instant,
  way: text,
  agent: z.string(),
  address: text,
  isThis: z.boolean(),
});

export const token = z.strictObject({
  token: number,
  name: text,
  roles: z.array(text).min(1),
  system: text.nullable(),
  made: instant,
  ends: instant,
  lastUsed: instant.nullable(),
});

/** What someone is told of their own sign-in: no secret, nor its hash. */
export const ownSignIn = z.strictObject({
  person: z.strictObject({ person: key, name: text, signInName: text, agency: text }),
  lastSignIn: z.strictObject({ at: instant, way: text }).nullable(),
  failedSince: number,
  leastCharacters: number,
  roles: z.array(z.strictObject({ role: text, over: text })),
  sessions: z.array(session),
  tokens: z.array(token),
  credentials: z.array(
    z.strictObject({
      credential: number,
      kind: z.enum(['password', 'totp', 'passkey']),
      label: text,
      made: instant,
      lastUsed: instant.nullable(),
    }),
  ),
});

export const recordState = z.strictObject({
  ...times,
  origin: text,
  entries: number,
  signed: number,
  checkpoint: z.strictObject({ size: number, written: instant, note: text }).nullable(),
  checkpoints: number,
  keys: z.array(text),
});

export const entryRow = {
  entry: number,
  recorded: instant,
  effective: day,
  kind: text,
  subject: text,
  actor: text,
  says: text,
};

export const provedEntry = z.strictObject({
  ...times,
  entry: z.strictObject({ ...entryRow, body: z.json() }),
  proof: text.nullable(),
  checkpoint: number.nullable(),
});

export const refused = z.strictObject({
  error: z.strictObject({
    code: z.enum(Object.keys(errorCatalogue)),
    message: text,
    remedy: text,
    refused: z.array(refusal),
  }),
});
