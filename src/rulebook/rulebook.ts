import type { Day, Deadline, Distance } from '../time/index.ts';

export type Value = string | boolean;

/**
 * What rules may ask and demand: each attribute with all values it can have, each duty type with
 * its classes, each scale. The programs declare it.
 */
export interface Vocabulary {
  readonly attributes: Readonly<Record<string, readonly Value[]>>;
  readonly duties: Readonly<Record<string, DutyWords>>;
  readonly scales: Readonly<Record<string, ScaleWords>>;
}

export interface DutyWords {
  readonly classes: readonly string[];
  /** Some of its classes are ranks of this scale. */
  readonly scale?: string;
}

/** A scale's ranks, highest first, and the words of each rater, such as a scanner, that rulebooks may rank on it. */
export interface ScaleWords {
  readonly ranks: readonly string[];
  readonly raters: Readonly<Record<string, readonly string[]>>;
}

/** What is known of an agency, a system and a component. Undefined or missing: nobody knows. */
export type Facts = Readonly<Record<string, Value | undefined>>;

/** Whom something binds: for each attribute asked, the values that fit. All must fit; none asked binds all. */
export type Scope = Readonly<Record<string, readonly Value[]>>;

/** What is wrong with a rulebook and where, as `irm-10.8.24.yaml line 12, column 5`. */
export interface Problem {
  readonly at: string;
  readonly message: string;
  /** A rulebook with an error cannot be adopted; a warning is for a person to weigh. */
  readonly level: 'error' | 'warning';
}

/** Where words stand: a section of the instrument itself, the document they were read in, or both. */
export interface Citation {
  readonly section?: string;
  readonly via?: string;
}

export type Force = 'required' | 'recommended' | 'agency';

export interface Edition {
  /** The first day on which it binds. */
  readonly from: Day;
  /** The first trigger it reaches: `from`, unless the file cites that it reaches back. */
  readonly triggersFrom: Day;
  readonly cites: readonly Citation[];
  readonly note?: string;
  readonly at: string;
}

export interface SettingAside {
  /** The rule set aside, as `rulebook/rule`; of a scale the scale. */
  readonly rule: string;
  readonly cites: readonly Citation[];
  readonly note?: string;
  readonly at: string;
}

/** A rule may ask how far the day that the subject has set itself is from the trigger. */
export interface WhenScheduled extends Distance {
  /** On the last day of the distance it is still `within`. */
  readonly is: 'within' | 'beyond';
}

export interface Rule {
  /** Unique among all rulebooks: `irm-10.8.24/disable-inactive`. */
  readonly name: string;
  readonly duty: string;
  /** The classes of subjects it is about; undefined: all. */
  readonly classes: readonly string[] | undefined;
  readonly force: Force;
  readonly cites: readonly Citation[];
  /** Narrows the rulebook's own scope. */
  readonly binds: Scope;
  readonly whenScheduled?: WhenScheduled;
  readonly deadline: Deadline;
  readonly setsAside: readonly SettingAside[];
  readonly note?: string;
  readonly at: string;
}

/** What a rulebook says a rater's ratings are worth on a scale. */
export interface Scale {
  /** Unique among the scales of all rulebooks: `nessus-severity/as-named`. */
  readonly name: string;
  readonly scale: string;
  readonly rater: string;
  /** Rating to rank. Of a rating left out it says nothing. */
  readonly ranks: Readonly<Record<string, string>>;
  readonly cites: readonly Citation[];
  /** Narrows the rulebook's own scope. */
  readonly binds: Scope;
  /** Other scales, which give way where this one ranks. */
  readonly setsAside: readonly SettingAside[];
  readonly note?: string;
  readonly at: string;
}

/** A rating as its rater gave it: `nessus:high`. */
export interface Rating {
  readonly rater: string;
  readonly rating: string;
}

/** A worked example kept in the rulebook: these facts and this duty, seen on that day, come out so. */
export interface RulebookTest {
  readonly given: {
    readonly facts: Facts;
    readonly duty: string;
    /** Undefined, and no rating: the same for every class of the duty. */
    readonly class: string | undefined;
    /** Instead of the class: what the adopted scales rank. */
    readonly rating: Rating | undefined;
    readonly trigger: Day;
    /** The day that the subject has set itself. */
    readonly scheduled: Day | null;
    readonly done: Day | undefined;
  };
  readonly on: Day;
  readonly expect: {
    readonly status: DutyStatus;
    readonly due?: Day;
    readonly rule?: string;
    readonly setAside?: readonly string[];
    readonly needs?: readonly string[];
  };
  readonly note?: string;
  readonly line: number;
}

/** One policy document as data. */
export interface Rulebook {
  readonly id: string;
  readonly title: string;
  readonly issuer: string;
  readonly note?: string;
  readonly editions: readonly Edition[];
  readonly binds: Scope;
  readonly rules: readonly Rule[];
  readonly scales: readonly Scale[];
  readonly tests: readonly RulebookTest[];
}

export type DutyStatus = 'open' | 'overdue' | 'met' | 'met-late' | 'undetermined';

/** A citation as a person writes it: `AC-2; TIGTA 2023-20-018, p. 8`. */
export function renderCitation({ section, via }: Citation): string {
  return [section, via].filter((part) => part !== undefined).join('; ');
}

/** Text order by code unit: the same on every machine. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
