/** What the server says of itself under /api: what it can do and how it is asked. */

/** One field of an input as a person is asked for it. */
export interface InputField {
  readonly name: string;
  readonly title: string;
  readonly description: string | null;
  readonly required: boolean;
  readonly kind: 'text' | 'day' | 'choice' | 'number';
  readonly choices: readonly string[];
  readonly maxLength: number | null;
  readonly default: string | null;
}

export interface ListColumn {
  readonly field: string;
  readonly title: string;
  /** The text is a duty's id. */
  readonly isDuty: boolean;
  /** Another list, and for each of its fields the field of the row to say there. */
  readonly leadsTo: { readonly view: string; readonly with: Readonly<Record<string, string>> } | null;
}

/** A view that is read as a table. */
export interface DeclaredList {
  readonly view: string;
  readonly title: string;
  /** Below the agency's; `:name` takes a field. */
  readonly path: string;
  readonly command: string;
  /** The name of the rows in the answer. */
  readonly rows: string;
  readonly none: string;
  readonly isOfAnyDay: boolean;
  readonly columns: readonly ListColumn[];
  readonly fields: readonly InputField[];
  /** The fields in its path: without them there is nothing to read. */
  readonly parameters: readonly string[];
  readonly may: readonly string[];
}

export interface DeclaredAct {
  readonly act: string;
  readonly title: string;
  readonly description: string;
  readonly may: readonly string[];
  /** The duty types on whose page it is offered; null for all. */
  readonly about: readonly string[] | null;
  /** The list on whose page it is offered. */
  readonly beside: string | null;
  readonly fields: readonly InputField[];
}

export type UploadField = 'system' | 'component' | 'observed';

export interface DeclaredReader {
  readonly reader: string;
  readonly title: string;
  readonly takes: readonly UploadField[];
  readonly needs: readonly UploadField[];
  readonly may: readonly string[];
}

export interface DutyType {
  readonly duty: string;
  readonly title: string;
  readonly program: string;
  readonly subjectKind: string;
  readonly classes: readonly string[];
}

/** What the server can do: the page's forms, lists and words follow from it. */
export interface Declared {
  readonly lists: readonly DeclaredList[];
  readonly acts: readonly DeclaredAct[];
  readonly readers: readonly DeclaredReader[];
  readonly dutyTypes: readonly DutyType[];
}

/** What a cell of a list holds. */
export type Value = string | number | boolean | null;

export type ListRow = Readonly<Record<string, Value>>;
