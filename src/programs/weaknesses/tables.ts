import { declareEntryKind, type Effect, type EvidenceBody, type Intake } from '../../acts/index.ts';
import type { Refusal } from '../../errors/index.ts';
import { readerNamed, type PoamObservation, type PoamUpdateObservation } from '../../readers/index.ts';
import { keyBase, parseKey, type Entry } from '../../record/index.ts';
import {
  createTemporary,
  fillTemporary,
  freeTemporary,
  type Reading,
  type Writing,
} from '../../store/index.ts';
import type { Day } from '../../time/index.ts';
import { checkComponents, checkSystem, findSystem } from '../inventory/index.ts';
import { countChanged, effectOf } from './effect.ts';
import { keepCoverage } from './findings.ts';
import { retell } from './spells.ts';

/** A list of a system's POA&Ms, as they stand on a day; those not on it stay as they were. */
export const poamsIntake: Intake = {
  reader: readerNamed('poams'),
  takes: ['system', 'observedOn'],
  needs: ['system'],
  may: ['system-owner', 'isso'],
  columns: {
    line: 'integer',
    poam: 'text',
    weakness: 'text',
    component: 'text',
    severity: 'text',
    identified: 'date',
    trigger: 'date',
    created: 'date',
    scheduled: 'date',
    status: 'text',
    status_date: 'date',
    owner: 'text',
    cost: 'numeric(14, 2)',
    finding: 'text',
  },
  row: (observation) => {
    const seen = observation as PoamObservation;
    return [
      seen.line,
      seen.poam,
      seen.weakness,
      seen.component,
      seen.severity,
      seen.identified,
      seen.trigger,
      seen.created,
      seen.scheduled,
      seen.status,
      seen.statusDate,
      seen.owner,
      seen.cost,
      seen.finding,
    ];
  },
  check: checkComponents,
  derive: derivePoams,
};

/** What happened to a system's POA&Ms, in any order; what is said again changes nothing. */
export const poamUpdatesIntake: Intake = {
  reader: readerNamed('poam-updates'),
  takes: ['system', 'observedOn'],
  needs: ['system'],
  may: ['system-owner', 'isso'],
  columns: {
    line: 'integer',
    poam: 'text',
    day: 'date',
    kind: 'text',
    comment: 'text',
    scheduled: 'date',
    status: 'text',
  },
  row: (observation) => {
    const seen = observation as PoamUpdateObservation;
    return [seen.line, seen.poam, seen.day, seen.kind, seen.comment, seen.scheduled, seen.status];
  },
  check: checkPoams,
  derive: deriveUpdates,
};

async function checkPoams(tx: Reading, body: EvidenceBody): Promise<readonly Refusal[]> {
  const refused = await checkSystem(tx, body);
  if (refused.length > 0) return refused;
  const unknown = await tx.rows<{ line: number; poam: string }>(
    `select min(s.line) as line, s.poam from staged_poam_updates s
     where not exists (select 1 from poam p where p.agency_id = $1 and p.system_key = $2 and p.number = s.poam)
     group by s.poam order by 1 limit 20`,
    [tx.agency, await findSystem(tx, body.system)],
  );
  return unknown.map(({ line, poam }) => ({
    at: `line ${line}, poam`,
    reason: `the system ${body.system ?? ''} has no POA&M ${poam.slice(0, 40)}: import the list that has it first`,
  }));
}

async function derivePoams(tx: Writing, entry: Entry<EvidenceBody>): Promise<Effect> {
  // The planner knows nothing of rows not yet committed, and would join them by loops.
  await tx.run('set local enable_nestloop = off');
  const system = await findSystem(tx, entry.body.system);
  const created = await tx.run(
    `insert into poam (agency_id, poam_key, system_key, number, known_from)
     select $1, $3::bigint + s.line, $4, s.poam, $2 from staged_poams s
     where not exists (select 1 from poam p where p.agency_id = $1 and p.system_key = $4 and p.number = s.poam)`,
    [tx.agency, entry.index, keyBase(entry.index), system],
  );
  // A list without a day is about today; of a POA&M that is new it says how it was created.
  await tx.run(
    `insert into poam_statement (agency_id, poam_key, day, component_key, weakness, severity, identified, trigger, created,
       scheduled, status, status_date, owner, cost, finding, comment, line, known_from)
     select $1, p.poam_key, coalesce($4, case when p.known_from = $2 then s.created else $5::date end), c.component_key,
       s.weakness, s.severity, s.identified, coalesce(s.trigger, s.identified), s.created, s.scheduled, s.status,
       s.status_date, s.owner, s.cost, s.finding, '', s.line, $2
     from staged_poams s
     join poam p on p.agency_id = $1 and p.system_key = $3 and p.number = s.poam
     left join component c on c.agency_id = $1 and c.system_key = $3 and c.name = s.component`,
    [tx.agency, entry.index, system, entry.body.observedOn ?? null, entry.effective],
  );
  await touch(tx, 'select poam_key from poam_statement where agency_id = $1 and known_from = $2', entry);
  await follow(tx, entry);
  const severities = await tx.rows<{ severity: string; count: number }>(
    'select severity, count(*) as count from staged_poams group by 1 order by 1',
  );
  return effectOf(tx, entry, {
    new: created,
    unchanged: entry.body.observations - created - (await countChanged(tx, entry.index)),
    bySeverity: Object.fromEntries(severities.map(({ severity, count }) => [severity, count])),
  });
}

async function deriveUpdates(tx: Writing, entry: Entry<EvidenceBody>): Promise<Effect> {
  // The planner knows nothing of rows not yet committed, and would join them by loops.
  await tx.run('set local enable_nestloop = off');
  const system = await findSystem(tx, entry.body.system);
  const created = await tx.run(
    `insert into poam_change (agency_id, poam_key, day, kind, comment, scheduled, status, line, known_from)
     select $1, p.poam_key, s.day, s.kind, s.comment, s.scheduled, s.status, min(s.line), $2
     from staged_poam_updates s join poam p on p.agency_id = $1 and p.system_key = $3 and p.number = s.poam
     where not exists (
       select 1 from poam_change c where c.agency_id = $1 and c.poam_key = p.poam_key and c.day = s.day and c.kind = s.kind
         and c.comment = s.comment and (c.scheduled, c.status) is not distinct from (s.scheduled, s.status))
     group by p.poam_key, s.day, s.kind, s.comment, s.scheduled, s.status`,
    [tx.agency, entry.index, system],
  );
  await touch(
    tx,
    'select distinct poam_key from poam_change where agency_id = $1 and known_from = $2',
    entry,
  );
  await follow(tx, entry);
  return effectOf(tx, entry, { new: created, unchanged: entry.body.observations - created, bySeverity: {} });
}

async function touch(tx: Writing, poams: string, entry: Entry<unknown>): Promise<void> {
  await fillTemporary(tx, 'poam_touched', poams, [tx.agency, entry.index]);
  await tx.run('analyze poam_touched');
}

/** What follows from what was said of the POA&Ms touched. */
async function follow(tx: Writing, entry: Entry<unknown>): Promise<void> {
  await retell(tx, entry.index);
  await keepCoverage(tx, entry);
}

export const POAM_CREATED = 'poam.created';

export interface CreatedBody {
  readonly number: string;
  /** Keys. */
  readonly system: string;
  readonly component: string | null;
  readonly weakness: string;
  readonly severity: string;
  readonly identified: Day;
  readonly trigger: Day;
  readonly scheduled: Day;
  readonly owner: string;
  readonly cost: number | null;
  readonly finding: string;
  readonly comment: string;
}

/** The entry kind of a POA&M's creation, on the entry's effective day. */
export const poamCreated = declareEntryKind<CreatedBody>({
  kind: POAM_CREATED,
  summarise: ({ number, scheduled }) => `the POA&M ${number} was created, scheduled for ${scheduled}`,
  derive: async (tx, entry) => {
    const { body } = entry;
    const key = keyBase(entry.index) + 1;
    const system = keyOf(entry, body.system);
    await tx.run(
      'insert into poam (agency_id, poam_key, system_key, number, known_from) values ($1, $2, $3, $4, $5)',
      [tx.agency, key, system, body.number, entry.index],
    );
    await tx.run(
      `insert into poam_statement (agency_id, poam_key, day, component_key, weakness, severity, identified, trigger, created,
         scheduled, status, owner, cost, finding, comment, line, known_from)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $3, $9, 'open', $10, $11, $12, $13, 0, $14)`,
      [
        tx.agency,
        key,
        entry.effective,
        body.component === null ? null : keyOf(entry, body.component),
        body.weakness,
        body.severity,
        body.identified,
        body.trigger,
        body.scheduled,
        body.owner,
        body.cost,
        body.finding,
        body.comment,
        entry.index,
      ],
    );
    await deriveAct(tx, entry, key);
  },
});

export interface ChangeBody {
  readonly poam: string;
  readonly comment: string;
}

export interface RescheduledBody extends ChangeBody {
  readonly scheduled: Day;
}

export interface CompletedBody extends ChangeBody {
  readonly status: 'completed' | 'validated';
}

export const POAM_UPDATED = 'poam.updated';
export const POAM_RESCHEDULED = 'poam.rescheduled';
export const POAM_COMPLETED = 'poam.completed';

/** The entry kind of an update: somebody said how the work stands. */
export const poamUpdated = declareEntryKind<ChangeBody>({
  kind: POAM_UPDATED,
  summarise: ({ poam }) => `the POA&M ${poam} was updated`,
  derive: (tx, entry) => deriveChange(tx, entry, 'update', null, null),
});

/** The entry kind of a new scheduled day. */
export const poamRescheduled = declareEntryKind<RescheduledBody>({
  kind: POAM_RESCHEDULED,
  summarise: ({ poam, scheduled }) => `the POA&M ${poam} was rescheduled for ${scheduled}`,
  derive: (tx, entry) => deriveChange(tx, entry, 'date-change', entry.body.scheduled, null),
});

/** The entry kind of completion, and of its validation. */
export const poamCompleted = declareEntryKind<CompletedBody>({
  kind: POAM_COMPLETED,
  summarise: ({ poam, status }) => `the POA&M ${poam} was ${status}`,
  derive: (tx, entry) => deriveChange(tx, entry, 'status', null, entry.body.status),
});

async function deriveChange(
  tx: Writing,
  entry: Entry<ChangeBody>,
  kind: 'update' | 'date-change' | 'status',
  scheduled: Day | null,
  status: string | null,
): Promise<void> {
  const key = keyOf(entry, entry.body.poam);
  await tx.run(
    `insert into poam_change (agency_id, poam_key, day, kind, comment, scheduled, status, line, known_from)
     values ($1, $2, $3, $4, $5, $6, $7, 0, $8)`,
    [tx.agency, key, entry.effective, kind, entry.body.comment, scheduled, status, entry.index],
  );
  await deriveAct(tx, entry, key);
}

async function deriveAct(tx: Writing, entry: Entry<unknown>, key: number): Promise<void> {
  await createTemporary(tx, 'poam_touched', 'poam_key bigint not null');
  await tx.run('insert into poam_touched values ($1)', [key]);
  await follow(tx, entry);
  freeTemporary(tx, 'poam_touched');
}

function keyOf(entry: Entry<unknown>, text: string): number {
  const key = parseKey(text);
  if (key === undefined) throw new Error(`entry ${entry.index} names a key that is none`);
  return key;
}
