import * as z from 'zod';
import {
  declareAct,
  declareEntryKind,
  declareView,
  type DutyType,
  knownSql,
  type EntryKind,
  type Place,
  type Role,
  type Times,
} from '../../acts/index.ts';
import { cursorOf, pageSchema } from '../../duties/index.ts';
import { OWN_SYSTEM } from '../inventory/index.ts';
import { keyBase, keyText, parseKey, ROWS_AN_ENTRY, type Entry } from '../../record/index.ts';
import { entriesAt, type Reading } from '../../store/index.ts';
import type { Day } from '../../time/index.ts';

/*
 * Privileged acts, those on people and their roles, are reviewed by somebody else: each is a duty from
 * the day it was done to the day of the review that covers it.
 */

const PRIVILEGES_REVIEWED = 'privileges.reviewed';

const PLACE: Place = { at: 'system', system: OWN_SYSTEM };

/** An entry kind whose entries are privileged acts. They lie where they are reviewed. */
export function privileged(kind: EntryKind): EntryKind {
  return {
    ...kind,
    place: PLACE,
    derive: async (tx, entry) => {
      await kind.derive(tx, entry);
      await tx.run(
        'insert into privileged_act (agency_id, act_key, kind, day, known_from) values ($1, $2, $3, $4, $5)',
        [tx.agency, keyBase(entry.index) + 1, entry.kind, entry.effective, entry.index],
      );
    },
  };
}

interface ReviewBody {
  readonly upTo: number;
  readonly note: string | null;
}

export const privilegesReviewed = declareEntryKind<ReviewBody>({
  kind: PRIVILEGES_REVIEWED,
  summarise: ({ upTo }) => `the privileged acts up to entry ${upTo} were reviewed`,
  derive: async (tx, { index, effective, body }) => {
    await tx.run(
      'insert into privileged_review (agency_id, up_to, day, known_from) values ($1, $2, $3, $4)',
      [tx.agency, body.upTo, effective, index],
    );
  },
});

const REVIEWERS: readonly Role[] = ['system-owner', 'isso', 'ciso'];

/** The first review that covers an act, as known at an entry: none covers what came after it. */
function reviewOf(act: string, agency: string, knownAt: string): string {
  return `left join lateral (select day, known_from from privileged_review
    where agency_id = ${agency} and up_to >= ${act}.known_from and known_from > ${act}.known_from
      and known_from <= ${knownAt}
    order by known_from limit 1) r on true`;
}

export const reviewPrivileges = declareAct({
  act: 'privileges.review',
  title: 'review privileged acts',
  description:
    'You looked at each privileged act that was not reviewed yet, up to an entry, and at who did it. Nobody reviews what they did themselves.',
  example: '--up-to 17 --note "all were asked for"',
  input: z.object({
    upTo: z.coerce.number().int().min(1).describe('the last entry that you looked at'),
    note: z.string().trim().max(2000).optional().describe('what you found'),
  }),
  may: REVIEWERS,
  where: PLACE,
  beside: 'privileged-acts',
  about: [],
  decide: async ({ tx, today, actor }, { upTo, note }) => {
    const open = await tx.rows<{ entry: number; actor: string }>(
      `select a.known_from as entry, e.actor from privileged_act a
       join entry e on e.agency_id = $1 and e.index = a.known_from ${reviewOf('a', '$1', '$3')}
       where a.agency_id = $1 and a.known_from <= $2 and r.day is null`,
      [tx.agency, upTo, Number.MAX_SAFE_INTEGER],
    );
    const last = Math.max(0, ...open.map(({ entry }) => entry));
    if (last === 0) return { refused: `no privileged act up to entry ${upTo} awaits a review` };
    const own = open.find((act) => act.actor.split('/')[0] === actor.name.split('/')[0]);
    if (own) return { refused: `entry ${own.entry} is your own: somebody else reviews it` };
    return {
      kind: PRIVILEGES_REVIEWED,
      subject: `system:${OWN_SYSTEM}`,
      actor: actor.name,
      effective: today,
      // What was there to look at, however far somebody says that they looked.
      body: { upTo: last, note: note ?? null },
    };
  },
});

const cursor = cursorOf(z.object({ entry: z.number().int().min(1) }), 'privileged acts');

interface ActRow {
  readonly entry: number;
  readonly day: Day;
  readonly reviewed: Day | null;
  readonly total: number;
}

export const privilegedActsView = declareView({
  view: 'privileged-acts',
  title: 'privileged acts, the newest first, and whether they were reviewed',
  path: '/privileged-acts',
  input: z.object({
    state: z.enum(['unreviewed', 'reviewed', 'all']).default('all').describe('how they stand'),
    ...pageSchema.shape,
  }),
  may: ['system-owner', 'isso', 'program-office', 'ciso', 'auditor'],
  where: PLACE,
  listing: {
    command: 'privileged-acts',
    rows: 'acts',
    none: 'no privileged act fits',
    columns: [
      { field: 'entry', title: 'Entry', leadsTo: { view: 'entry', with: { entry: 'entry' } } },
      { field: 'day', title: 'Day' },
      { field: 'says', title: 'What happened' },
      { field: 'whom', title: 'Whom' },
      { field: 'by', title: 'By' },
      { field: 'reviewed', title: 'Reviewed' },
    ],
  },
  read: async ({ tx, declarations, times }, { state, limit, after }) => {
    const before = after === undefined ? Number.MAX_SAFE_INTEGER : cursor.read(after).entry;
    const rows = await tx.rows<ActRow>(
      `select * from (
         select a.known_from as entry, a.day, r.day as reviewed, count(*) over ()::int as total
         from privileged_act a ${reviewOf('a', '$1', '$2')} and r.day <= $3
         where a.agency_id = $1 and a.known_from <= $2 and a.day <= $3
           and ($4 = 'all' or ($4 = 'reviewed') = (r.day is not null))) fitting
       where entry < $5 order by entry desc limit $6`,
      [tx.agency, times.knownAt, times.asOf, state, before, limit + 1],
    );
    const page = rows.slice(0, limit);
    const indexes = page.map(({ entry }) => entry);
    const entries = new Map((await entriesAt(tx, indexes)).map((entry) => [entry.index, entry]));
    const called = await callPersons(tx, times, [...entries.values()]);
    const last = page.at(-1);
    return {
      total: rows[0]?.total ?? null,
      next: rows.length > limit && last ? cursor.write({ entry: last.entry }) : null,
      acts: page.map(({ entry: index, day, reviewed }) => {
        const entry = entries.get(index);
        if (!entry) throw new Error('a privileged act has an entry');
        const says = declarations.entryKinds.get(entry.kind)?.summarise(entry.body) ?? '';
        const [whom, by] = [called(aboutWhom(entry)), called(entry.actor)];
        return { entry: index, day, says, whom, by, actor: entry.actor, reviewed };
      }),
    };
  },
});

/** The person that a privileged act is about, as actors are called: the one it names, or the one it made. */
function aboutWhom({ index, body }: Entry): string {
  const { person, who } = body as { readonly person?: string; readonly who?: string };
  return who ?? `person:${person ?? keyText(keyBase(index) + 1)}`;
}

/** How people are called in words, as known at an entry: by name and sign-in name; others by what entries call them. */
async function callPersons(
  tx: Reading,
  { knownAt }: Times,
  entries: readonly Entry[],
): Promise<(actor: string) => string> {
  const keyOf = (actor: string) => parseKey(actor.split('/')[0]?.replace(/^person:/, '') ?? '');
  const keys = entries.flatMap((entry) => [keyOf(aboutWhom(entry)), keyOf(entry.actor)]);
  const rows = await tx.rows<{ key: number; called: string }>(
    `select person_key as key, name || ' (' || sign_in_name || ')' as called from person_fact f
     where agency_id = $1 and person_key = any($2) and ${knownSql('f', '$3')}`,
    [tx.agency, keys.filter((key) => key !== undefined), knownAt],
  );
  const known = new Map(rows.map(({ key, called }) => [key, called]));
  return (actor) => known.get(keyOf(actor) ?? 0) ?? actor;
}

export const reviewDuty: DutyType = {
  duty: 'privileges.review',
  title: 'review a privileged act',
  subjectKind: 'privileged act',
  classes: ['privileged'],
  words: { must: 'be reviewed', source: 'the acts on people and roles in the record' },
  relations: ({ agency, knownAt }) => [
    {
      place: 'system',
      sql: `select a.act_key as subject_key, k.system_key as place_key, 'privileged'::text as class, a.day as trigger,
          null::date as next_trigger, r.day as done, case when r.day is not null then 'reviewed' end as means,
          '-infinity'::date as holds_from, null::date as holds_until
        from privileged_act a
        join system k on k.agency_id = ${agency} and k.name = '${OWN_SYSTEM}' and k.known_from <= ${knownAt}
        ${reviewOf('a', agency, knownAt)}
        where a.agency_id = ${agency} and a.known_from <= ${knownAt}`,
    },
  ],
  names: async (tx, keys) => {
    const rows = await tx.rows<{ key: number; kind: string }>(
      'select act_key as key, kind from privileged_act where agency_id = $1 and act_key = any($2)',
      [tx.agency, keys],
    );
    return new Map(rows.map(({ key, kind }) => [key, `${kind}, entry ${entryOf(key)}`]));
  },
  everBegan: async (tx, subject, trigger, { knownAt }) => {
    const rows = await tx.rows(
      'select 1 from privileged_act where agency_id = $1 and act_key = $2 and day = $3 and known_from <= $4',
      [tx.agency, subject, trigger, knownAt],
    );
    return rows.length > 0;
  },
  grounds: async (tx, subject, { asOf, knownAt }) => {
    const reviews = await tx.rows<{ entry: number }>(
      `select r.known_from as entry from privileged_act a ${reviewOf('a', '$1', '$3')}
       where a.agency_id = $1 and a.act_key = $2 and r.day <= $4`,
      [tx.agency, subject, knownAt, asOf],
    );
    return { evidence: [], entries: [entryOf(subject), ...reviews.map(({ entry }) => entry)] };
  },
};

/** The entry whose act a key is of. */
function entryOf(key: number): number {
  return Math.floor(key / ROWS_AN_ENTRY);
}
