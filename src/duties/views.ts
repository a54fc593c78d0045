import * as z from 'zod';
import {
  declareView,
  desk,
  EVIDENCE_IMPORTED,
  oversight,
  placeOfSystem,
  roles,
  type EvidenceBody,
  type Viewing,
} from '../acts/index.ts';
import { MusterError } from '../errors/index.ts';
import type { Entry } from '../record/index.ts';
import { renderCitation, type Scope } from '../rulebook/index.ts';
import { entriesAt, observationAt } from '../store/index.ts';
import { describeDeadline } from '../time/index.ts';
import { adoptedRulebooks } from './adoption.ts';
import { auditDuties } from './audit.ts';
import { selectedTypes } from './census.ts';
import { explainDuty, placeOfDuty } from './explain.ts';
import { listDuties } from './list.ts';
import { pageSchema } from './paging.ts';
import { statuses } from './status.ts';
import { UNRANKED } from './verdict.ts';

const INT_MAX = 2_147_483_647;

/** Whoever works with duties, or oversees those who do. */
const MAY = [...desk, ...oversight];

export const dutiesView = declareView({
  view: 'duties',
  title: 'duties as of a day, by due day',
  path: '/duties',
  input: z.object({
    system: z.string().optional(),
    component: z.string().optional(),
    program: z.string().optional(),
    duty: z.string().optional(),
    class: z.string().optional(),
    status: z.enum(statuses).optional(),
    ...pageSchema.shape,
  }),
  may: MAY,
  where: { system: 'system' },
  read: async (at, input) => {
    await requireNamed(at, input);
    return listDuties(at.tx, at.declarations, { ...input, times: at.times });
  },
});

export const explainView = declareView({
  view: 'explain',
  title: 'why a duty is what it is',
  path: '/duties/:id',
  input: z.object({ id: z.string() }),
  may: MAY,
  where: ({ tx, declarations, times }, { id }) => placeOfDuty(tx, declarations, id, times),
  read: ({ tx, declarations, times }, { id }) => explainDuty(tx, declarations, id, times),
});

export const auditView = declareView({
  view: 'audit',
  title: 'the figures an auditor would write',
  path: '/audit',
  input: z.object({
    system: z.string().optional(),
    program: z.string().optional(),
    without: z
      .union([z.string(), z.array(z.string())])
      .default([])
      .transform((said) => (typeof said === 'string' ? [said] : said).filter((name) => name !== '')),
  }),
  may: MAY,
  where: { system: 'system' },
  read: async (at, input) => {
    const { tx, declarations, times } = at;
    await requireNamed(at, input);
    const adopted = await adoptedRulebooks(tx, declarations.vocabulary, times.knownAt);
    const names = [...new Set(adopted.map(({ rulebook }) => rulebook.id))];
    const stranger = input.without.find((name) => !names.includes(name));
    if (stranger !== undefined) {
      throw new MusterError(
        'NOT_FOUND',
        `the agency has not adopted ${stranger}; it has adopted ${names.join(', ') || 'none'}`,
      );
    }
    return auditDuties(tx, declarations, { ...input, times });
  },
});

export const rulebooksView = declareView({
  view: 'rulebooks',
  title: 'the rulebooks the agency has adopted',
  path: '/rulebooks',
  input: z.object({}),
  may: roles,
  where: 'anywhere',
  read: async ({ tx, declarations, times }) => {
    const sources = await tx.rows<{ known_from: number; source: string }>(
      'select known_from, source from adoption where agency_id = $1 and known_from <= $2',
      [tx.agency, times.knownAt],
    );
    const adopted = await adoptedRulebooks(tx, declarations.vocabulary, times.knownAt);
    return {
      rulebooks: adopted.map(({ rulebook, entry }) => ({
        rulebook: rulebook.id,
        title: rulebook.title,
        issuer: rulebook.issuer,
        note: rulebook.note ?? null,
        editions: rulebook.editions.map(({ from, triggersFrom, cites, note }) => ({
          from,
          triggersFrom,
          cites: cites.map(renderCitation),
          note: note ?? null,
        })),
        binds: describeScope(rulebook.binds),
        entry,
        rules: rulebook.rules.map((rule) => ({
          id: rule.name,
          duty: rule.duty,
          class: rule.classes ?? null,
          force: rule.force,
          deadline: describeDeadline(rule.deadline),
          binds: describeScope(rule.binds),
          cites: rule.cites.map(renderCitation),
          setsAside: rule.setsAside.map((aside) => ({
            rule: aside.rule,
            cites: aside.cites.map(renderCitation),
          })),
        })),
        source: sources.find((row) => row.known_from === entry)?.source ?? '',
      })),
    };
  },
});

export const evidenceView = declareView({
  view: 'evidence',
  title: 'the files taken in, newest first',
  path: '/evidence',
  input: z.object({ system: z.string().optional().describe('of this system alone') }),
  may: MAY,
  where: { system: 'system', ofEach: true },
  listing: {
    command: 'evidence',
    rows: 'evidence',
    none: 'no file has been taken in yet',
    columns: [
      { field: 'evidence', title: 'Entry' },
      { field: 'file', title: 'File' },
      { field: 'reader', title: 'Reader' },
      { field: 'system', title: 'System' },
      { field: 'component', title: 'Component' },
      { field: 'observedOn', title: 'Observed' },
      { field: 'observations', title: 'Observations' },
      { field: 'recorded', title: 'Recorded' },
      { field: 'actor', title: 'By' },
    ],
  },
  read: async (at, { system }) => {
    const { tx, times, reached } = at;
    await requireNamed(at, { system });
    // A file that says no day says what holds on every day, or says its days itself.
    const rows = await tx.rows<{ index: number }>(
      `select index from entry where agency_id = $1 and kind = $2 and index <= $3
         and (effective <= $4 or not body::jsonb ? 'observedOn') and ($5::text is null or body::jsonb ->> 'system' = $5)
         and ($6::text[] is null or body::jsonb ->> 'system' = any($6))
       order by index desc limit 500`,
      [tx.agency, EVIDENCE_IMPORTED, times.knownAt, times.asOf, system ?? null, reached],
    );
    const entries = await entriesAt(
      tx,
      rows.map((row) => row.index),
    );
    return { evidence: entries.toReversed().map(showEvidence) };
  },
});

export const evidenceLineView = declareView({
  view: 'evidence-line',
  title: 'one line of a file as its reader said it',
  path: '/evidence/:evidence/lines/:line',
  input: z.object({
    evidence: z.coerce.number().int().min(1).max(INT_MAX),
    line: z.coerce.number().int().min(1).max(INT_MAX),
  }),
  may: MAY,
  where: async (at, input) => placeOfSystem((await evidenceBody(at, input)).system),
  read: async (at, input) => {
    const { file } = await evidenceBody(at, input);
    const { evidence, line } = input;
    const observation = await observationAt(at.tx, evidence, line);
    if (!observation) throw noObservation(input);
    return {
      file,
      line,
      cells: observation
        .filter(({ column }) => column !== 'line')
        .map(({ column, value }) => ({ column, value: value ?? '' })),
    };
  },
});

interface LineOfEvidence {
  readonly evidence: number;
  readonly line: number;
}

/**
 * What is said of a file of evidence. What a line of it says, it says on every day; but before it was
 * taken in it is not there. Throws NOT_FOUND.
 */
async function evidenceBody({ tx, times }: Viewing, of: LineOfEvidence): Promise<EvidenceBody> {
  const [entry] = await entriesAt(tx, of.evidence <= times.knownAt ? [of.evidence] : []);
  if (entry?.kind !== EVIDENCE_IMPORTED) throw noObservation(of);
  return entry.body as unknown as EvidenceBody;
}

function noObservation({ evidence, line }: LineOfEvidence): MusterError {
  return new MusterError('NOT_FOUND', `evidence ${evidence} has no observation at line ${line}`);
}

function describeScope(scope: Scope): string {
  const asked = Object.entries(scope).map(([attribute, values]) => `${attribute} is ${values.join(' or ')}`);
  return asked.length === 0 ? 'whatever the rulebook binds' : asked.join(' and ');
}

function showEvidence(entry: Entry): object {
  const { file, reader, system, component, observedOn, observations, bytes } =
    entry.body as unknown as EvidenceBody;
  return {
    evidence: entry.index,
    file,
    reader,
    system: system ?? null,
    component: component ?? null,
    observedOn: observedOn ?? null,
    observations,
    bytes,
    recorded: entry.recorded,
    actor: entry.actor,
  };
}

interface Named {
  system?: string | undefined;
  program?: string | undefined;
  component?: string | undefined;
  duty?: string | undefined;
  class?: string | undefined;
}

/** A filter that names what is not there is an error, not an empty answer. Throws NOT_FOUND. */
export async function requireNamed(
  { tx, declarations, times, reached }: Viewing,
  input: Named,
): Promise<void> {
  const all = [...declarations.dutyTypes.values()];
  requireOne(
    'program with duties',
    input.program,
    all.map((type) => declarations.programOf(type)),
  );
  const types = selectedTypes(declarations, { program: input.program });
  requireOne(
    'duty type',
    input.duty,
    types.map((type) => type.duty),
  );
  requireOne(
    'class',
    input.class,
    types
      .filter((type) => input.duty === undefined || type.duty === input.duty)
      .flatMap((type) => [...type.classes, ...(type.scale === undefined ? [] : [UNRANKED])]),
  );
  if (input.system === undefined && input.component === undefined) return;
  const known = await declarations.knownFacts(tx, times);
  requireOne(
    'system',
    input.system,
    [...known.systems.values()]
      .map(({ system }) => system)
      .filter((system) => reached === null || reached.includes(system)),
  );
  const ofSystem = [...known.components.values()].filter(
    ({ system }) => input.system === undefined || system === input.system,
  );
  requireOne(
    'component',
    input.component,
    ofSystem.map(({ component }) => component),
  );
}

const NAMED_AT_MOST = 10;

function requireOne(what: string, wanted: string | undefined, known: readonly string[]): void {
  if (wanted === undefined || known.includes(wanted)) return;
  const names = [...new Set(known)];
  const more = names.length > NAMED_AT_MOST ? ` and ${names.length - NAMED_AT_MOST} more` : '';
  const there =
    names.length > 0
      ? `there are ${names.slice(0, NAMED_AT_MOST).join(', ')}${more}`
      : 'there are none yet: import an inventory';
  throw new MusterError('NOT_FOUND', `there is no ${what} ${wanted.slice(0, 40)}; ${there}`);
}
