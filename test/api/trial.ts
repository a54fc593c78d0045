import * as z from 'zod';
import {
  compose,
  daySchema,
  declareAct,
  declareEntryKind,
  declareView,
  roles,
  type Program,
} from '../../src/acts/index.ts';
import { dutiesView, type DutiesAnswer } from '../../src/duties/index.ts';
import type { House } from '../../src/doors/house.ts';
import { addDays, day } from '../../src/time/index.ts';

/*
 * A program that only tests know: a list with a filter of each kind, the history of one of its rows,
 * and an act with a field of each kind. What the doors derive from declarations is tried on it.
 */

const LONG = 'a weakness that takes many words to say, for it names_every_setting_of_the_component ';

interface Thing {
  readonly thing: string;
  readonly kind: 'round' | 'square';
  readonly weight: number;
  readonly since: string;
  readonly sound: boolean | null;
  readonly said: string;
}

/** 130 things, one more each day from 1 January 2022. */
const things: readonly Thing[] = Array.from({ length: 130 }, (_, at) => ({
  thing: `3.${at + 1}`,
  kind: at % 2 === 0 ? 'round' : 'square',
  weight: at * 1000,
  since: addDays(day('2022-01-01'), at),
  sound: at % 3 === 0 ? null : at % 3 === 1,
  said: at % 10 === 0 ? LONG.repeat(3).trim() : 'short',
}));

const thingsView = declareView({
  view: 'things',
  title: 'things as of a day, by number',
  path: '/things',
  input: z.object({
    system: z.string().optional().describe('only of this system'),
    kind: z.enum(['round', 'square']).optional().describe('only of this kind'),
    since: daySchema.optional().describe('only those since that day'),
    state: z.enum(['open', 'ended', 'all']).default('all').describe('how they stand'),
    atLeast: z.coerce.number().int().min(0).optional().describe('only those that weigh so much'),
    words: z.string().optional().describe('only those of which this is said'),
    limit: z.coerce.number().int().min(1).max(1000).default(50),
    after: z.string().optional(),
  }),
  may: roles,
  listing: {
    command: 'things',
    rows: 'things',
    none: 'no thing fits',
    columns: [
      { field: 'thing', title: 'Thing', leadsTo: { view: 'thing', with: { thing: 'thing' } } },
      { field: 'kind', title: 'Kind' },
      { field: 'weight', title: 'Weight' },
      { field: 'since', title: 'Since' },
      { field: 'sound', title: 'Sound' },
      { field: 'said', title: 'What is said of it' },
      { field: 'duty', title: 'Duty', isDuty: true },
    ],
  },
  read: async (at, { kind, since, atLeast = 0, words = '', limit, after }) => {
    const input = dutiesView.input.parse({ status: 'overdue', limit: 1000 });
    const { duties } = (await dutiesView.read(at, input)) as DutiesAnswer;
    const { asOf } = at.times;
    const fitting = things
      .filter((thing) => thing.since <= asOf && thing.weight >= atLeast && thing.said.includes(words))
      .filter((thing) => kind === undefined || thing.kind === kind)
      .filter((thing) => since === undefined || thing.since >= since);
    const start = after === undefined ? 0 : fitting.findIndex(({ thing }) => thing === after) + 1;
    const page = fitting.slice(start, start + limit);
    const last = page.at(-1);
    return {
      asOf,
      total: fitting.length,
      next: last && start + limit < fitting.length ? last.thing : null,
      things: page.map((thing, place) => ({ ...thing, duty: duties[place]?.id ?? null })),
    };
  },
});

const thingView = declareView({
  view: 'thing',
  title: 'one thing through time',
  path: '/things/:thing',
  input: z.object({ thing: z.string().describe('the thing') }),
  may: roles,
  listing: {
    command: 'thing',
    rows: 'steps',
    none: 'nothing happened to it',
    columns: [
      { field: 'day', title: 'Day' },
      { field: 'what', title: 'What happened' },
    ],
  },
  read: async ({ times }, { thing }) => {
    const found = things.find((each) => each.thing === thing);
    const steps = found ? [{ day: found.since, what: LONG.repeat(4) }] : [];
    return { asOf: times.asOf, thing, kind: found?.kind ?? null, steps };
  },
});

const SAID = 'trial.said';

const sayThing = declareAct({
  act: 'trial.say',
  title: 'say something of an account',
  description: 'It changes nothing, and takes a field of each kind.',
  example: '--duty account.disable:3.17:2022-03-01 --kind round --weight 3 --on 2022-10-20',
  about: ['account.disable'],
  input: z.object({
    duty: z.string().describe('a duty of the account, by its id'),
    kind: z.enum(['round', 'square']).describe('of which kind'),
    weight: z.coerce.number().int().min(1).max(10).describe('how much it weighs'),
    on: daySchema.describe('the day it was said'),
    by: z.string().max(60).optional().describe('who said it'),
    comment: z.string().trim().max(2000).optional().describe('what was said'),
  }),
  may: ['data-security-analyst'],
  decide: async ({ today, actor }, input) => {
    if (input.on > today) return { refused: `the day ${input.on} has not come yet: today is ${today}` };
    return {
      kind: SAID,
      subject: 'trial',
      actor: actor.name,
      effective: input.on,
      body: { weight: input.weight },
    };
  },
});

const trial: Program = {
  program: 'trial',
  entryKinds: [
    declareEntryKind({ kind: SAID, summarise: () => 'something was said', derive: async () => undefined }),
  ],
  views: [thingsView, thingView],
  acts: [sayThing],
};

/** The same house with the trial program in it. */
export function withTrial<H extends Pick<House, 'declarations'>>(house: H): H {
  return { ...house, declarations: compose([...house.declarations.programs, trial]) };
}
