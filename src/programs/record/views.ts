import * as z from 'zod';
import {
  AGENCY,
  declareView,
  EVIDENCE_IMPORTED,
  mayThere,
  oversight,
  placeOfSystem,
  wordRoles,
  type Declarations,
  type Place,
  type Role,
  type Times,
  type Viewing,
} from '../../acts/index.ts';
import { cursorOf, pageSchema } from '../../duties/index.ts';
import { MusterError } from '../../errors/index.ts';
import { proveEntry, readLogTables } from '../../log/index.ts';
import { parseKey, readCheckpoint, ROTATION, type Entry } from '../../record/index.ts';
import { entriesAt, type Reading } from '../../store/index.ts';
import type { Day } from '../../time/index.ts';

const MAY: readonly Role[] = [...oversight, 'administrator'];

export interface RecordAnswer {
  readonly origin: string;
  /** Entries that are there. */
  readonly entries: number;
  /** Of these, how many the last signed head covers. */
  readonly signed: number;
  /** The last checkpoint kept, as the signed note that witnesses hold. */
  readonly checkpoint: { readonly size: number; readonly written: string; readonly note: string } | null;
  readonly checkpoints: number;
  /** Verifier keys, oldest first; the last is in force. */
  readonly keys: readonly string[];
}

/**
 * The log as it stands, for whoever wants to hold Muster to it later; of an earlier entry, what reaches
 * no further. Signing may lag behind an entry by a second, and so may what is said of it here.
 */
export const recordView = declareView({
  view: 'record',
  title: 'the record, its last checkpoint and the keys that sign it',
  path: '/record',
  input: z.object({}),
  may: MAY,
  read: async ({ tx, times: { knownAt } }): Promise<RecordAnswer> => {
    const { origin, head, keys } = await readLogTables(tx);
    const [last] = await tx.rows<{ size: number; written: string; note: string; checkpoints: number }>(
      `select size, written, note, count(*) over () as checkpoints
       from checkpoint where agency_id = $1 and size <= $2 order by size desc limit 1`,
      [tx.agency, knownAt],
    );
    const { rotations } = await tx.row<{ rotations: number }>(
      'select count(*) as rotations from entry where agency_id = $1 and kind = $2 and index <= $3',
      [tx.agency, ROTATION, knownAt],
    );
    return {
      origin,
      entries: knownAt,
      signed: Math.min(signedSize(head), knownAt),
      checkpoint: last ? { size: last.size, written: last.written, note: last.note } : null,
      checkpoints: last?.checkpoints ?? 0,
      keys: keys.slice(0, rotations + 1),
    };
  },
});

/** How many entries a head covers. */
function signedSize(note: string | null): number {
  return note === null ? 0 : (readCheckpoint(note)?.head.size ?? 0);
}

export interface EntryRow {
  readonly entry: number;
  readonly recorded: string;
  readonly effective: Day;
  readonly kind: string;
  readonly subject: string;
  readonly actor: string;
  readonly says: string;
}

export interface EntriesAnswer {
  readonly total: number;
  readonly next: string | null;
  readonly entries: readonly EntryRow[];
}

const cursor = cursorOf(z.object({ entry: z.number().int().min(1) }), 'entries');

/**
 * What was written down and by whom, the newest first. What was known is cut off at an entry, but
 * nothing at a day: what takes effect later, such as an edition to come, is written down all the same.
 */
export const entriesView = declareView({
  view: 'entries',
  title: 'entries of the record, the newest first',
  path: '/entries',
  input: z.object({
    kind: z.string().optional().describe('of this kind alone'),
    actor: z.string().optional().describe('by this actor alone'),
    subject: z.string().optional().describe('about this subject alone'),
    ...pageSchema.shape,
  }),
  may: MAY,
  listing: {
    command: 'entries',
    rows: 'entries',
    none: 'no entry fits',
    isOfAnyDay: true,
    columns: [
      { field: 'entry', title: 'Entry', leadsTo: { view: 'entry', with: { entry: 'entry' } } },
      { field: 'recorded', title: 'Recorded' },
      { field: 'effective', title: 'Effective' },
      { field: 'kind', title: 'Kind' },
      { field: 'subject', title: 'Subject' },
      { field: 'actor', title: 'By' },
      { field: 'says', title: 'What happened' },
    ],
  },
  read: async ({ tx, declarations, times }, input): Promise<EntriesAnswer> => {
    requireKind(declarations, input.kind);
    const before = input.after === undefined ? Number.MAX_SAFE_INTEGER : cursor.read(input.after).entry;
    const { total, indexes } = await matching(tx, times, { ...input, before });
    const shown = (await entriesAt(tx, indexes.slice(0, input.limit))).toReversed();
    const last = shown.at(-1);
    const next = indexes.length > input.limit && last ? cursor.write({ entry: last.index }) : null;
    return { total, next, entries: shown.map((entry) => rowOf(declarations, entry)) };
  },
});

interface Wanted {
  readonly kind?: string | null | undefined;
  readonly actor?: string | null | undefined;
  readonly subject?: string | null | undefined;
  readonly before: number;
  readonly limit: number;
}

const FITS = `agency_id = $1 and index <= $2 and ($3::text is null or kind = $3)
  and ($4::text is null or actor = $4) and ($5::text is null or subject = $5)`;

/** How many there are, and the indexes of a page and of one more. */
async function matching(
  tx: Reading,
  { knownAt }: Times,
  { kind = null, actor = null, subject = null, before, limit }: Wanted,
): Promise<{ total: number; indexes: number[] }> {
  const wanted = [tx.agency, knownAt, kind, actor, subject];
  const { total } = await tx.row<{ total: number }>(
    `select count(*) as total from entry where ${FITS}`,
    wanted,
  );
  const rows = await tx.rows<{ index: number }>(
    `select index from entry where ${FITS} and index < $6 order by index desc limit $7`,
    [...wanted, before, limit + 1],
  );
  return { total, indexes: rows.map(({ index }) => index) };
}

function requireKind({ entryKinds }: Declarations, kind: string | undefined): void {
  if (kind === undefined || entryKinds.has(kind)) return;
  throw new MusterError(
    'NOT_FOUND',
    `there is no kind of entry ${kind.slice(0, 60)}; there are ${[...entryKinds.keys()].sort().join(', ')}`,
  );
}

function rowOf({ entryKinds }: Declarations, entry: Entry): EntryRow {
  const { index, recorded, effective, kind, subject, actor } = entry;
  const says = entryKinds.get(kind)?.summarise(entry.body) ?? '';
  return { entry: index, recorded, effective, kind, subject, actor, says };
}

export interface EntryAnswer {
  readonly entry: EntryRow & { readonly body: Entry['body'] };
  /** A tlog-proof that the entry is in the record, null where it is not signed yet. */
  readonly proof: string | null;
  /** The size of the checkpoint that the proof leads to. */
  readonly checkpoint: number | null;
}

/** One entry as it was written down, with the proof that it is in the record. */
export const entryView = declareView({
  view: 'entry',
  title: 'one entry, and the proof that it is in the record',
  path: '/entries/:entry',
  input: z.object({ entry: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) }),
  may: MAY,
  where: async (at, input) => placeOfEntry(at, await findEntry(at, input.entry)),
  read: async (at, input): Promise<EntryAnswer> => {
    const { tx, declarations } = at;
    const entry = await findEntry(at, input.entry);
    await requireReadable(at, entry);
    const { head } = await readLogTables(tx);
    const proof = signedSize(head) < entry.index ? null : await proveEntry(tx, entry.index);
    const checkpoint = proof === null ? null : readCheckpoint(proof.slice(proof.indexOf('\n\n') + 2));
    return {
      entry: { ...rowOf(declarations, entry), body: entry.body },
      proof,
      checkpoint: checkpoint?.head.size ?? null,
    };
  },
});

/** Throws NOT_ALLOWED where an entry holds personal details that the reader's roles do not need. */
async function requireReadable(at: Viewing, entry: Entry): Promise<void> {
  const may = at.declarations.entryKinds.get(entry.kind)?.mayRead;
  if (may && !mayThere(at.actor, may, await placeOfEntry(at, entry)))
    throw new MusterError(
      'NOT_ALLOWED',
      `entry ${entry.index} tells of a person, and is for ${wordRoles(may)}`,
    );
}

/** Throws NOT_FOUND where it was not written down yet. */
async function findEntry({ tx, times }: Viewing, index: number): Promise<Entry> {
  const [entry] = await entriesAt(tx, [index]);
  if (!entry || entry.index > times.knownAt) throw new MusterError('NOT_FOUND', `there is no entry ${index}`);
  return entry;
}

/** The system that an entry is about, by its kind or by its subject: an import says its name, an act its key or its name. */
async function placeOfEntry({ tx, declarations, times }: Viewing, { kind, subject }: Entry): Promise<Place> {
  const place = declarations.entryKinds.get(kind)?.place;
  if (place !== undefined) return place;
  const named = subject.startsWith('system:') ? subject.slice('system:'.length) : undefined;
  if (named === undefined) return AGENCY;
  const key = kind === EVIDENCE_IMPORTED ? undefined : parseKey(named);
  if (key === undefined) return placeOfSystem(named);
  const { systems } = await declarations.knownFacts(tx, times);
  return placeOfSystem(systems.get(key)?.system);
}
