import type { HeldGrant, SignedInPerson } from './contract-person.ts';

/** What the server answers under /api: the shapes of its JSON. */

/** A day without a time zone, `YYYY-MM-DD`. */
export type Day = string;

export type Status = 'open' | 'overdue' | 'met' | 'met-late' | 'undetermined';

export interface Agency {
  readonly code: string;
  readonly kind: string;
  readonly timeZone: string;
  /** Its data is invented. */
  readonly demonstration: boolean;
}

/** What every answer says of when it is about: asked with these, it comes again. */
export interface AnsweredTimes {
  readonly asOf: Day;
  /** The last entry that counted. */
  readonly knownAt: number;
  /** When that entry was written down, an instant; null before the first. */
  readonly recorded: string | null;
}

export interface ServerStatus {
  readonly version: string;
  readonly today: Day;
  readonly person: SignedInPerson;
  /** What the person may do is by these, wherever the grants of them reach. */
  readonly roles: readonly string[];
  readonly grants: readonly HeldGrant[];
  /** The systems that the grants reach; null where one reaches the whole agency. */
  readonly systems: readonly string[] | null;
  /** The views that the person may read, by name. */
  readonly reads: readonly string[];
  readonly demonstration: boolean;
  /** The one that the person signed in to. */
  readonly agencies: readonly Agency[];
  /** How long the session lasts without a request, and when it ends whatever is asked; null for a token. */
  readonly session: { readonly idleSeconds: number; readonly ends: string } | null;
  /** What goes wrong with signing the records; may name folders of the server. */
  readonly problems: readonly string[];
}

export interface Acceptance {
  readonly from: Day;
  readonly until: Day;
  readonly reason: string;
  /** Given before the due day had passed; only then does it suspend the duty. */
  readonly inTime: boolean;
  readonly entry: number;
}

export interface Duty {
  readonly id: string;
  readonly duty: string;
  readonly subject: { readonly kind: string; readonly name: string };
  readonly system: string | null;
  readonly component: string | null;
  readonly class: string;
  /** What the evidence rates it as, `scanner:high`, where its class is ranked from that. */
  readonly rating: string | null;
  readonly trigger: Day;
  /** The day the subject itself has set, as of the day asked about. */
  readonly scheduled: Day | null;
  readonly due: Day | null;
  readonly done: Day | null;
  readonly means: string | null;
  readonly status: Status;
  readonly daysLate: number | null;
  readonly suspended: boolean;
  readonly rule: string | null;
  readonly force: string | null;
  readonly cites: readonly string[];
  readonly setAside: readonly { readonly rule: string; readonly by: string }[];
  readonly needs: readonly string[];
  readonly acceptance: Acceptance | null;
}

export type Counts = Readonly<Record<Status | 'suspended', number>>;

export interface DutyList extends AnsweredTimes {
  readonly total: number;
  readonly counts: Counts;
  readonly next: string | null;
  readonly duties: readonly Duty[];
}

export type Verdict =
  | 'governs'
  | 'set-aside'
  | 'does-not-bind'
  | 'leaves-open'
  | 'not-in-force'
  | 'needs-a-fact';

export interface ConsideredRule {
  readonly rule: string;
  readonly title: string;
  readonly edition: { readonly from: Day; readonly triggersFrom: Day } | null;
  readonly force: string | null;
  readonly cites: readonly string[];
  readonly verdict: Verdict;
  readonly by: string | null;
  readonly because: string;
  readonly entry: number;
}

export interface EvidenceRow {
  readonly evidence: number;
  readonly file: string;
  readonly line: number | null;
  readonly observedOn: Day | null;
  readonly says: string;
}

export interface Entry {
  readonly index: number;
  readonly kind: string;
  readonly subject: string;
  readonly actor: string;
  readonly effective: Day;
  /** ISO 8601 instant. */
  readonly recorded: string;
  readonly summary: string;
}

export interface Spell {
  readonly id: string;
  readonly trigger: Day;
  readonly done: Day | null;
  readonly means: string | null;
  readonly status: Status;
}

export interface Explanation extends AnsweredTimes {
  readonly duty: Duty;
  readonly successorOf: string | null;
  readonly sentence: string;
  readonly considered: readonly ConsideredRule[];
  readonly arithmetic: readonly string[];
  readonly facts: readonly {
    readonly attribute: string;
    readonly value: string | null;
    readonly source: string;
  }[];
  readonly evidence: readonly EvidenceRow[];
  readonly entries: readonly Entry[];
  readonly spells: readonly Spell[];
}

export interface Rate {
  readonly numerator: number;
  readonly denominator: number;
  readonly percent: number | null;
  readonly source: string;
}

export interface DayRange {
  readonly min: number;
  readonly max: number;
}

export interface AuditRow {
  readonly program: string;
  readonly duty: string;
  readonly class: string;
  readonly subjects: number;
  readonly fallenDue: number;
  readonly open: number;
  readonly overdue: number;
  readonly met: number;
  readonly metLate: number;
  readonly undetermined: number;
  readonly suspended: number;
  /** Not done, whatever becomes of them. */
  readonly outstanding: number;
  readonly daysLate: DayRange | null;
  readonly daysOpen: DayRange | null;
  readonly done: Readonly<Record<string, number>>;
  readonly rates: Readonly<Record<string, Rate>>;
  /** What the figures are counted from. */
  readonly source: string;
}

export interface Audit extends AnsweredTimes {
  readonly system: string | null;
  readonly without: readonly string[];
  readonly demonstration: boolean;
  readonly rows: readonly AuditRow[];
}

export interface Asset {
  readonly asset: string;
  /** Empty where the inventory says nothing, here and below. */
  readonly fqdn: string;
  readonly ip: string;
  readonly platform: string;
  readonly role: string;
}

export interface Component {
  readonly component: string;
  readonly environment: string | null;
  readonly fti: boolean | null;
  /** How many each program watches, by its name: `accounts`. */
  readonly holdings: Readonly<Record<string, number>>;
  readonly assets: readonly Asset[];
}

export interface System {
  readonly system: string;
  readonly impact: string | null;
  readonly components: readonly Component[];
}

export interface SystemList extends AnsweredTimes {
  readonly systems: readonly System[];
}

export interface Rule {
  readonly id: string;
  readonly duty: string;
  readonly class: readonly string[] | null;
  readonly force: string;
  readonly deadline: string;
  readonly binds: string;
  readonly cites: readonly string[];
  readonly setsAside: readonly { readonly rule: string; readonly cites: readonly string[] }[];
}

export interface Rulebook {
  readonly rulebook: string;
  readonly title: string;
  readonly issuer: string;
  readonly note: string | null;
  readonly editions: readonly {
    readonly from: Day;
    readonly triggersFrom: Day;
    readonly cites: readonly string[];
    readonly note: string | null;
  }[];
  readonly binds: string;
  readonly entry: number;
  readonly rules: readonly Rule[];
  /** The document as adopted, YAML. */
  readonly source: string;
}

export interface EvidenceItem {
  readonly evidence: number;
  readonly file: string;
  readonly reader: string;
  readonly system: string | null;
  readonly component: string | null;
  readonly observedOn: Day | null;
  readonly observations: number;
  readonly bytes: number;
  readonly recorded: string;
  readonly actor: string;
}

export interface RulebookList extends AnsweredTimes {
  readonly rulebooks: readonly Rulebook[];
}

export interface EvidenceList extends AnsweredTimes {
  readonly evidence: readonly EvidenceItem[];
}

export interface EvidenceLine extends AnsweredTimes {
  readonly file: string;
  readonly line: number;
  readonly cells: readonly { readonly column: string; readonly value: string }[];
}

export interface Refusal {
  readonly at: string;
  readonly reason: string;
}

export interface ImportOutcome {
  /** Its number, or null when nothing was kept (a preview). */
  readonly evidence: number | null;
  readonly reader: string;
  readonly observedOn: Day | null;
  readonly assets: number;
  readonly observations: number;
  readonly bySeverity: Readonly<Record<string, number>>;
  readonly new: number;
  readonly closed: number;
  readonly reopened: number;
  readonly unchanged: number;
  readonly repeated: boolean;
  readonly refused: readonly Refusal[];
  readonly notices: readonly string[];
}

export interface ActOutcome {
  readonly entry: number;
  readonly effective: Day;
  /** As it now stands; null where the act took away what it rested on, missing where it named none. */
  readonly duty?: Duty | null;
}

export interface BindingRule {
  readonly rule: string;
  readonly title: string;
  readonly force: string;
  /** In words. */
  readonly deadline: string;
  readonly because: string;
  readonly cites: readonly string[];
}

/** What binds those classes of a duty type that are treated alike. */
export interface BoundDuty {
  readonly duty: string;
  readonly title: string;
  readonly program: string;
  readonly classes: readonly string[];
  readonly governs: readonly BindingRule[];
  readonly setAside: readonly (BindingRule & { readonly by: string })[];
  /** Rules that bind and state no period. */
  readonly leavesOpen: readonly BindingRule[];
  readonly needs: readonly string[];
}

export interface BindingPlace {
  /** Null for the system as a whole. */
  readonly component: string | null;
  readonly environment: string | null;
  readonly duties: readonly BoundDuty[];
}

export interface Binding extends AnsweredTimes {
  readonly system: string;
  readonly places: readonly BindingPlace[];
}

/** The record as it stands. */
export interface RecordState extends AnsweredTimes {
  readonly origin: string;
  readonly entries: number;
  /** Of these, how many the last signed head covers. */
  readonly signed: number;
  /** The last one kept, with its text; null before the first. */
  readonly checkpoint: { readonly size: number; readonly written: string; readonly note: string } | null;
  readonly checkpoints: number;
  /** Verifier keys, oldest first. */
  readonly keys: readonly string[];
}

/** An entry of the record as it was written down. */
export interface WrittenEntry {
  readonly entry: number;
  /** ISO 8601 instant. */
  readonly recorded: string;
  readonly effective: Day;
  readonly kind: string;
  readonly subject: string;
  readonly actor: string;
  readonly says: string;
  readonly body: unknown;
}

export interface ProvedEntry extends AnsweredTimes {
  readonly entry: WrittenEntry;
  /** A tlog-proof; null where it is not signed yet. */
  readonly proof: string | null;
  /** How many entries the checkpoint in the proof covers. */
  readonly checkpoint: number | null;
}

export interface ErrorBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly remedy: string;
    readonly refused: readonly Refusal[];
  };
}
