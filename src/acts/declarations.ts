import type * as z from 'zod';
import type { Refusal } from '../errors/index.ts';
import type { Observation, Reader } from '../readers/index.ts';
import type { Entry, Json, NewEntry } from '../record/index.ts';
import type { Facts, Vocabulary } from '../rulebook/index.ts';
import type { Cell, Reading, Writing } from '../store/index.ts';
import type { Day } from '../time/index.ts';
import type { Actor, Place } from './grants.ts';
import type { Role } from './roles.ts';
import { timesSchema, type Times } from './times.ts';
import type { Where } from './where.ts';

/** SQL that keeps the rows known at an entry: `parameter` is its placeholder. */
export function knownSql(row: string, parameter: string): string {
  return `${row}.known_from <= ${parameter} and (${row}.known_until is null or ${row}.known_until > ${parameter})`;
}

/** What an entry of this kind changes: deterministic, from the entry and its observations alone. */
export interface EntryKind<Body = Json> {
  readonly kind: string;
  /** Who may read its entries whole, which hold personal details; whoever may read entries, where not said. */
  readonly mayRead?: readonly Role[];
  /** Where its entries lie; where their subject does, unless said. */
  readonly place?: Place;
  /** One line for a person, without personal details. */
  summarise(body: Body): string;
  derive(tx: Writing, entry: Entry<Body>): Promise<void>;
}

/** Declares an entry kind with its body's type in hand; the record holds every body as JSON. */
export function declareEntryKind<Body>(kind: EntryKind<Body>): EntryKind {
  return kind as unknown as EntryKind;
}

/** What an import changed, in the words of `import --json`. */
export interface Effect {
  /** What a person should look at: what a guard would have refused. */
  readonly notices?: readonly string[];
  readonly assets: number;
  readonly bySeverity: Readonly<Record<string, number>>;
  readonly new: number;
  readonly closed: number;
  readonly reopened: number;
  readonly unchanged: number;
}

/** The body of the entry of an import: which file, read how, about what. */
export interface EvidenceBody {
  readonly [key: string]: Json | undefined;
  readonly file: string;
  readonly reader: string;
  readonly bytes: number;
  readonly observations: number;
  /** SHA-256 over a salt and the bytes, and over another salt and the observations. */
  readonly commitment: string;
  readonly observationsCommitment?: string;
  readonly system?: string;
  readonly component?: string;
  readonly observedOn?: Day;
}

/** The temporary table in which what a reader says is staged: `staged_` and the reader's name, in SQL's letters. */
export function stagedTable(reader: string): string {
  return `staged_${reader.replaceAll('-', '_')}`;
}

/** How a program takes in what a reader says: staged in a temporary table, then derived by sets. */
export interface Intake {
  readonly reader: Reader;
  /** What a person may say of the file; the rest is not about it. */
  readonly takes: readonly ('system' | 'component' | 'observedOn')[];
  /** What of it a person must say. */
  readonly needs: readonly ('system' | 'observedOn')[];
  readonly may: readonly Role[];
  /** Columns of the temporary table `stagedTable` names, and an observation as a row of it. */
  readonly columns: Readonly<Record<string, string>>;
  row(observation: Observation): readonly Cell[];
  /** The columns by which staged rows are matched: the planner is told of these. All, where not said. */
  readonly matched?: readonly string[];
  /** The day that the staged rows themselves say they show, the last of several; it beats what a person said. */
  dated?(tx: Reading): Promise<Day | null>;
  /** What the staged rows say that the record cannot take. Runs with the agency's head held. */
  check(tx: Reading, body: EvidenceBody, by: Pick<Actor, 'name'>): Promise<readonly Refusal[]>;
  derive(tx: Writing, entry: Entry<EvidenceBody>): Promise<Effect>;
}

/** Something people do. The HTTP route, the CLI command, the permission and the entry derive from it. */
export interface Act<Input extends z.ZodObject = z.ZodObject> {
  readonly act: string;
  readonly title: string;
  readonly description: string;
  readonly example: string;
  readonly input: Input;
  readonly may: readonly Role[];
  /** Where what it does is done; the whole agency unless said. */
  readonly where?: Where<Deciding, z.output<Input>>;
  /** The view on whose page it is offered: what the page is of is filled in. */
  readonly beside?: string;
  /**
   * The duty types on whose page it is offered, the page saying the duty in the field `duty`.
   * Without it an act that has that field is offered on the page of every duty.
   */
  readonly about?: readonly string[];
  /** Checks the workflow's guards: the entry to append, or why not. Runs with the agency's head held. */
  decide(at: Deciding, input: z.output<Input>): Promise<NewEntry | { readonly refused: string }>;
}

/** What an act may look at while it decides. */
export interface Deciding {
  readonly tx: Reading;
  readonly declarations: Declarations;
  /** Today in the agency's time zone. */
  readonly today: Day;
  readonly actor: Actor;
}

/**
 * Something people read. The HTTP route and the permission derive from it. Every view is asked as of
 * a day and as known at an entry: its input takes both, and its answer says which it is of.
 */
export interface View<Input extends z.ZodObject = z.ZodObject> {
  readonly view: string;
  readonly title: string;
  /** Path below the agency's; `:name` takes a field of the input, the others come as the query. */
  readonly path: string;
  readonly input: Input;
  readonly may: readonly Role[];
  /** Where what it reads is; the whole agency unless said. */
  readonly where?: Where<Viewing, z.output<Input>>;
  readonly listing?: Listing;
  read(at: Viewing, input: z.output<Input>): Promise<object>;
}

/**
 * A view whose answer holds rows that a person reads as a table: its command and its page derive
 * from this. The answer may say `total` and, where there is more, `next` for the input `after`.
 */
export interface Listing {
  /** The command: `muster findings`. */
  readonly command: string;
  /** The name of the rows in the answer. */
  readonly rows: string;
  /** What it says where there is no row. */
  readonly none: string;
  /** Its rows do not depend on the day that is asked about. */
  readonly isOfAnyDay?: boolean;
  readonly columns: readonly ListingColumn[];
}

export interface ListingColumn {
  /** The field of a row; it holds text, a number, yes or no, or null. */
  readonly field: string;
  readonly title: string;
  /** The text is a duty's id: it leads to what explains the duty. */
  readonly isDuty?: boolean;
  /** The row leads to another view: for each field of that view's input the field of the row to say there. */
  readonly leadsTo?: { readonly view: string; readonly with: Readonly<Record<string, string>> };
}

/**
 * What a view may look at. INVARIANT: nothing that was written down after `times.knownAt` shows in
 * what it answers, names and refusals included; it knows no other today than `times.asOf`. Nor does
 * anything show of a system that is not in `reached`.
 */
export interface Viewing {
  readonly tx: Reading;
  readonly declarations: Declarations;
  readonly times: Times;
  /** The systems that whoever asks reaches one by one; null for whoever reaches the whole agency. */
  readonly reached: readonly string[] | null;
  /** Whoever asks. */
  readonly actor: Actor;
}

/**
 * Subjects of one sort, as SQL with a row for each spell: `subject_key bigint, place_key bigint,
 * class, trigger date, next_trigger date, done date, means, holds_from date, holds_until date`, and
 * `scheduled date` where `isScheduled`; `class` and `means` are of any type that reads as text. A
 * row is said as of days from `holds_from` to the eve of `holds_until` (null: for good), so that
 * what changes within a spell changes on its day; a spell's rows share no day. What is not there
 * yet as of the day, the evaluator leaves out by itself.
 */
export interface Relation {
  /** What its subjects are called, where not as the duty type's: "finding". */
  readonly subjectKind?: string;
  /** What `place_key` names: where in the agency the subject is. */
  readonly place: 'component' | 'system';
  /** It may use the placeholders it is given. Two duty types that give the same text share the count. */
  readonly sql: string;
  /** Its subjects have a day that they set themselves. */
  readonly isScheduled?: boolean;
  /** `class` is a rating, `nessus:high`, which the scale of that name in the rulebooks ranks. */
  readonly scale?: string;
  /**
   * Its duties arise only where the duty of that type, of the same place, class and trigger, has
   * passed its due day undone: from the day after on.
   */
  readonly awaits?: string;
}

/** SQL of the parameters that a relation may use: the agency, the as-of day, the last entry known. */
export interface Placeholders {
  readonly agency: string;
  readonly asOf: string;
  readonly knownAt: string;
}

/** A duty type: its relations of subjects, which share no spell, and what there is to say of them. */
export interface DutyType {
  readonly duty: string;
  readonly title: string;
  readonly subjectKind: string;
  readonly classes: readonly string[];
  /** The scale that ranks the ratings of its subjects, where they have ratings. */
  readonly scale?: string;
  relations(placeholders: Placeholders): readonly Relation[];
  /** The subjects' names as people know them, as known then. */
  names(tx: Reading, keys: readonly number[], times: Times): Promise<ReadonlyMap<number, string>>;
  /** Whether a spell of the subject was by then ever said to begin on the day, superseded since or not. */
  everBegan(tx: Reading, subject: number, trigger: Day, times: Times): Promise<boolean>;
  /** What a spell rests on: places in evidence and entries, oldest first. */
  grounds(tx: Reading, subject: number, times: Times): Promise<Grounds>;
  /** What a subject must: "be disabled"; and what figures of it are counted from. */
  readonly words: { readonly must: string; readonly source: string };
}

export interface Grounds {
  readonly evidence: readonly Ground[];
  /** Entries of acts that concern the subject. */
  readonly entries: readonly number[];
}

/** A place in evidence and what it says. */
export interface Ground {
  readonly evidence: number;
  readonly file: string;
  readonly line: number | null;
  readonly observedOn: Day | null;
  readonly says: string;
}

/** A system, or one component of it, and everything that scopes may ask about it, each fact with the evidence it comes from. */
export interface KnownPlace {
  readonly key: number;
  readonly system: string;
  /** Null for the system as a whole. */
  readonly component: string | null;
  readonly facts: Facts;
  readonly sources: Readonly<Record<string, Ground>>;
}

export interface KnownComponent extends KnownPlace {
  readonly component: string;
}

/** What rules ask about besides the subject's class. */
export interface KnownFacts {
  /** The agency's data is invented. */
  readonly demonstration: boolean;
  /** Where the agency's days begin and end. */
  readonly timeZone: string;
  readonly agency: Facts;
  readonly systems: ReadonlyMap<number, KnownPlace>;
  readonly components: ReadonlyMap<number, KnownComponent>;
}

/** Someone with the authority accepted the risk of a duty, from a day until a day. */
export interface Acceptance {
  readonly duty: string;
  readonly subject: number;
  readonly trigger: Day;
  readonly from: Day;
  readonly until: Day;
  readonly reason: string;
  readonly entry: number;
}

/** A security program: what it declares is all that the rest of the house knows of it. */
export interface Program {
  readonly program: string;
  readonly attributes?: Vocabulary['attributes'];
  /** Scales that rulebooks rank ratings on. */
  readonly scales?: Vocabulary['scales'];
  readonly entryKinds?: readonly EntryKind[];
  readonly intakes?: readonly Intake[];
  readonly acts?: readonly Act[];
  readonly views?: readonly View[];
  readonly dutyTypes?: readonly DutyType[];
  /** Derived tables with the columns that order and name a row. */
  readonly tables?: Readonly<Record<string, readonly string[]>>;
  readonly knownFacts?: (tx: Reading, times: Times) => Promise<KnownFacts>;
  readonly acceptances?: (tx: Reading, times: Times) => Promise<readonly Acceptance[]>;
  /** How many of what a program watches each component holds, by component key. */
  readonly holdings?: (tx: Reading, times: Times) => Promise<ReadonlyMap<number, number>>;
}

/** All programs together. */
export interface Declarations {
  readonly programs: readonly Program[];
  /** The name of the program that declares a duty type. */
  programOf(type: DutyType): string;
  readonly vocabulary: Vocabulary;
  readonly entryKinds: ReadonlyMap<string, EntryKind>;
  readonly intakes: ReadonlyMap<string, Intake>;
  readonly acts: ReadonlyMap<string, Act>;
  readonly views: ReadonlyMap<string, View>;
  readonly dutyTypes: ReadonlyMap<string, DutyType>;
  readonly tables: Readonly<Record<string, readonly string[]>>;
  knownFacts(tx: Reading, times: Times): Promise<KnownFacts>;
  acceptances(tx: Reading, times: Times): Promise<readonly Acceptance[]>;
}

/** Declares an act with its input's type in hand; the house sees every act alike. */
export function declareAct<Input extends z.ZodObject>(act: Act<Input>): Act {
  return act;
}

/** Declares a view with its input's type in hand; the two times that every view takes come of themselves. */
export function declareView<Input extends z.ZodObject>(view: View<Input>): View {
  const { where, ...rest } = view;
  return {
    ...rest,
    ...(where !== undefined && { where: where as NonNullable<View['where']> }),
    input: timesSchema.extend(view.input.shape),
    read: (at, input) => view.read(at, input as z.output<Input>),
  };
}
