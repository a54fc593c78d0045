import { basename } from 'node:path';
import { MusterError, type Refusal } from '../errors/index.ts';
import { foreignFormat, recogniseReader, type Observation, type ReadOutcome } from '../readers/index.ts';
import { ROWS_AN_ENTRY, type Json } from '../record/index.ts';
import {
  appendEntry,
  bindArtifact,
  copyInto,
  copyText,
  createTemporary,
  discard,
  entriesAt,
  entriesOfSameBytes,
  freeTemporary,
  holdHead,
  keepArtifact,
  observationsOf,
  type Keeping,
  type ObservationPart,
  type Store,
  type Writing,
} from '../store/index.ts';
import type { Day } from '../time/index.ts';
import {
  declareEntryKind,
  stagedTable,
  type Declarations,
  type Effect,
  type EntryKind,
  type EvidenceBody,
  type Intake,
} from './declarations.ts';
import { placeOfSystem, type Actor } from './grants.ts';
import { requireReach, requireRole } from './perform.ts';
import type { Role } from './roles.ts';
import { KNOWN_NOW } from './times.ts';

/** A file to take in and what a person said of it. */
export interface ImportRequest {
  readonly file: string;
  readonly source: AsyncIterable<Uint8Array>;
  readonly reader?: string | undefined;
  readonly system?: string | undefined;
  readonly component?: string | undefined;
  readonly observedOn?: Day | undefined;
  readonly dryRun?: boolean | undefined;
  /** Called with the bytes read so far. */
  readonly progress?: ((bytes: number) => void) | undefined;
  /** Stops the import; nothing is changed. */
  readonly signal?: AbortSignal | undefined;
}

export interface ImportResult extends Effect {
  /** The entry that brought it in: null for a dry run, the earlier one where the file is known. */
  readonly evidence: number | null;
  readonly reader: string;
  readonly observedOn: Day | null;
  readonly observations: number;
  readonly repeated: boolean;
  readonly notices: readonly string[];
  readonly refused: readonly Refusal[];
}

const HEAD_BYTES = 1 << 16;
const NAME_CHARACTERS = 200;
/** Rows that are staged and kept at once: enough that round trips do not count. */
const PART_ROWS = 16_000;
const NOTHING: Effect = { assets: 0, bySeverity: {}, new: 0, closed: 0, reopened: 0, unchanged: 0 };

/**
 * Takes in one file, whole or not at all: reads, stages, checks, and only then takes the
 * agency's place in the record. The same file about the same thing again changes nothing.
 * Throws INPUT_REFUSED with every place that was refused.
 */
export async function importEvidence(
  store: Store,
  declarations: Declarations,
  agency: number,
  actor: Actor,
  today: Day,
  request: ImportRequest,
): Promise<ImportResult> {
  requireRole('importing evidence', everyImporter(declarations), actor);
  return store.as(actor.name).write(agency, async (tx) => {
    const { head, whole } = await peek(request.source);
    const intake = chooseIntake(declarations, request, head);
    requireRole(`importing ${intake.reader.name}`, intake.may, actor);
    const said = statementOf(intake, request, today);
    requireReach(`importing ${intake.reader.name}`, intake.may, actor, placeOfSystem(said.system));
    const { timeZone } = await declarations.knownFacts(tx, { asOf: today, knownAt: KNOWN_NOW });
    await createStaging(tx, intake);
    const keeping = await keepArtifact(tx, watched(whole, request));
    const outcome = await stage(
      tx,
      intake,
      keeping,
      intake.reader.read(keeping.bytes, { ...said, timeZone }),
    );
    refuse(request.file, outcome.refused);
    const kept = keeping.finish();
    const dated = (await intake.dated?.(tx)) ?? said.observedOn;
    if (dated !== undefined && dated > today) {
      const reason = `it shows ${dated}, a day that has not come yet: today is ${today}`;
      refuse(request.file, [{ at: 'file', reason }]);
    }
    const body: EvidenceBody = {
      ...said,
      ...(dated !== undefined && { observedOn: dated }),
      observations: outcome.rows,
      bytes: kept.bytes,
      commitment: kept.commitment,
      observationsCommitment: kept.observationsCommitment,
    };
    const leaveIfKnown = async () => {
      await holdHead(tx);
      const earlier = await sameStatement(tx, kept.keyedHash, body);
      if (earlier === undefined) return;
      discard(resultOf(earlier, body, { ...NOTHING, unchanged: outcome.rows }, outcome.notices, true));
    };
    await leaveIfKnown();
    refuse(request.file, await intake.check(tx, body, actor));
    const entry = await appendEntry(tx, {
      kind: EVIDENCE_IMPORTED,
      subject: said.system === undefined ? 'agency' : `system:${said.system}`,
      actor: actor.name,
      effective: dated ?? today,
      body,
    });
    // Another import of the same file may have come first while this one was read.
    await leaveIfKnown();
    await bindArtifact(tx, kept, entry.index);
    const effect = await intake.derive(tx, entry);
    request.signal?.throwIfAborted();
    if (request.dryRun) discard(resultOf(null, body, effect, outcome.notices, false));
    return resultOf(entry.index, body, effect, outcome.notices, false);
  });
}

function resultOf(
  evidence: number | null,
  { reader, observedOn, observations }: EvidenceBody,
  effect: Effect,
  notices: readonly string[],
  repeated: boolean,
): ImportResult {
  const { assets, bySeverity, new: fresh, closed, reopened, unchanged } = effect;
  const told = [...notices, ...(effect.notices ?? [])];
  const seen = { evidence, reader, observedOn: observedOn ?? null, assets, observations, bySeverity };
  return { ...seen, new: fresh, closed, reopened, unchanged, repeated, refused: [], notices: told };
}

export const EVIDENCE_IMPORTED = 'evidence.imported';

/** The entry kind of an import: replaying it stages what the reader said then, without the reader. */
export function evidenceImported(intakes: readonly Intake[]): EntryKind {
  return declareEntryKind<EvidenceBody>({
    kind: EVIDENCE_IMPORTED,
    summarise: ({ file, reader, observations }) =>
      `${file} was read as ${reader}: ${observations} observations`,
    derive: async (tx, entry) => {
      const intake = intakes.find((candidate) => candidate.reader.name === entry.body.reader);
      if (!intake) throw new Error(`entry ${entry.index} needs an intake for ${entry.body.reader}`);
      await createStaging(tx, intake);
      for await (const part of observationsOf(tx, entry.index)) await stagePart(tx, intake, part);
      await analyzeStaged(tx, intake);
      await intake.derive(tx, entry);
      freeTemporary(tx, stagedTable(intake.reader.name));
    },
  });
}

/** Whoever may import something: checked before a byte is read. */
export function everyImporter(declarations: Declarations): readonly Role[] {
  return [...new Set([...declarations.intakes.values()].flatMap((intake) => intake.may))];
}

type Said = Pick<EvidenceBody, 'file' | 'reader' | 'system' | 'component' | 'observedOn'>;

function statementOf(intake: Intake, request: ImportRequest, today: Day): Said {
  const refused: Refusal[] = [];
  if (intake.needs.includes('system') && request.system === undefined) {
    refused.push({
      at: 'system',
      reason: `a file of ${intake.reader.name} needs to know its system: name it (--system)`,
    });
  }
  if (intake.needs.includes('observedOn') && request.observedOn === undefined) {
    refused.push({
      at: 'observed',
      reason: 'the day on which it was observed is missing: give it as YYYY-MM-DD (--observed)',
    });
  }
  if (request.observedOn !== undefined && request.observedOn > today) {
    refused.push({
      at: 'observed',
      reason: `${request.observedOn} has not come yet: today is ${today}`,
    });
  }
  refuse(request.file, refused);
  return {
    file: plainName(request.file),
    reader: intake.reader.name,
    ...Object.fromEntries(
      intake.takes.flatMap((name) => (request[name] === undefined ? [] : [[name, request[name]]])),
    ),
  };
}

/** The name alone, of any system's path, without what a terminal or a page would act on. */
function plainName(file: string): string {
  const visible = basename(file.replaceAll('\\', '/')).toWellFormed().replaceAll(/\p{C}/gu, '');
  const name = Array.from(visible).slice(0, NAME_CHARACTERS).join('');
  return name === '' || name === '.' || name === '..' ? 'unnamed' : name;
}

function chooseIntake(declarations: Declarations, request: ImportRequest, head: Uint8Array): Intake {
  const known = [...declarations.intakes.keys()].sort().join(', ');
  const name = request.reader ?? recogniseReader(head)?.name;
  const intake = name === undefined ? undefined : declarations.intakes.get(name);
  if (intake) return intake;
  const reason =
    head.length === 0
      ? 'the file is empty'
      : request.reader === undefined
        ? `${foreignFormat(head) ?? 'no reader knows this file'}; there are readers for ${known}: name one (--reader) if you know better`
        : `there is no reader ${request.reader}; there are ${known}`;
  throw new MusterError('INPUT_REFUSED', `${plainName(request.file)}: ${reason}`, [{ at: 'file', reason }]);
}

async function createStaging(tx: Writing, intake: Intake): Promise<void> {
  const columns = Object.entries(intake.columns).map(([name, type]) => `${name} ${type}`);
  await createTemporary(tx, stagedTable(intake.reader.name), columns.join(', '));
}

/** A batch as it is staged, and kept: the same text serves both. Throws TOO_LARGE past the lines that keys can number. */
function partOf(intake: Intake, batch: readonly Observation[]): ObservationPart {
  const lines = batch.reduce(
    ({ first, last }, { line }) => ({ first: Math.min(first, line), last: Math.max(last, line) }),
    { first: Infinity, last: 0 },
  );
  if (lines.last >= ROWS_AN_ENTRY)
    throw new MusterError('TOO_LARGE', `the file has more than ${ROWS_AN_ENTRY} lines`);
  return {
    columns: Object.keys(intake.columns),
    text: copyText(batch.map((observation) => intake.row(observation))),
    firstLine: lines.first,
    lastLine: lines.last,
  };
}

async function stagePart(tx: Writing, intake: Intake, { columns, text }: ObservationPart): Promise<void> {
  await copyInto(tx, stagedTable(intake.reader.name), columns, text);
}

async function analyzeStaged(tx: Writing, { reader, matched }: Intake): Promise<void> {
  await tx.run(`analyze ${stagedTable(reader.name)}${matched ? ` (${matched.join(', ')})` : ''}`);
}

/** Stages what the reader says while it reads on: one batch is on its way while the next is read. */
async function stage(
  tx: Writing,
  intake: Intake,
  keeping: Keeping,
  reading: AsyncGenerator<readonly Observation[], ReadOutcome>,
): Promise<ReadOutcome> {
  let underway: Promise<unknown> = Promise.resolve();
  let waiting: Observation[] = [];
  async function send(): Promise<void> {
    if (waiting.length === 0) return;
    const part = partOf(intake, waiting);
    waiting = [];
    await underway;
    underway = Promise.all([stagePart(tx, intake, part), keeping.observe(part)]);
    underway.catch(() => undefined);
  }
  try {
    for (;;) {
      const next = await reading.next();
      if (next.done) {
        await send();
        await underway;
        await analyzeStaged(tx, intake);
        return next.value;
      }
      waiting.push(...next.value);
      if (waiting.length >= PART_ROWS) await send();
    }
  } finally {
    await underway.catch(() => undefined);
  }
}

async function sameStatement(
  tx: Writing,
  keyedHash: Buffer,
  body: EvidenceBody,
): Promise<number | undefined> {
  const earlier = await entriesAt(tx, await entriesOfSameBytes(tx, keyedHash));
  return earlier.find((entry) => aboutTheSame(entry.body, body))?.index;
}

function aboutTheSame(earlier: Json, now: EvidenceBody): boolean {
  const then = earlier as unknown as EvidenceBody;
  return (['reader', 'system', 'component', 'observedOn'] as const).every((key) => then[key] === now[key]);
}

function refuse(file: string, refused: readonly Refusal[]): void {
  const [first] = refused;
  if (first === undefined) return;
  const more = refused.length > 1 ? ` (and ${refused.length - 1} more)` : '';
  throw new MusterError('INPUT_REFUSED', `${plainName(file)}: ${first.at}: ${first.reason}${more}`, refused);
}

async function peek(
  source: AsyncIterable<Uint8Array>,
): Promise<{ head: Uint8Array; whole: AsyncIterable<Uint8Array> }> {
  const rest = source[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let ended = false;
  while (bytes < HEAD_BYTES && !ended) {
    const next = await rest.next();
    ended = next.done === true;
    if (!next.done) {
      chunks.push(next.value);
      bytes += next.value.length;
    }
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield* chunks;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  }
  return { head: Buffer.concat(chunks).subarray(0, HEAD_BYTES), whole: whole() };
}

async function* watched(
  source: AsyncIterable<Uint8Array>,
  request: ImportRequest,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of source) {
    request.signal?.throwIfAborted();
    bytes += chunk.length;
    request.progress?.(bytes);
    yield chunk;
  }
}
