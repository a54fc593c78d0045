import type { DeclaredAct, DeclaredList, InputField, ListRow, Value } from './declared.ts';
import { inWords } from './list-rows.ts';
import { capital, wordRole } from './words.ts';

/** A field as a form asks for it: its choices may have words of their own. */
export interface AskedField extends InputField {
  readonly choiceWords?: Readonly<Record<string, string>>;
}

/** So many columns name a row, and more where rows would have the same name. */
const TELLING = 4;

/** Whether a value names a derived row, as `12.0` does. */
export function isKey(value: Value | undefined): boolean {
  return typeof value === 'string' && /^\d+\.\d+$/.test(value);
}

/**
 * The fields that an act asks for on the page of a list. What the page is of is said already; where a
 * field names one of the rows, it is a choice among them.
 */
export function fieldsBeside(act: DeclaredAct, list: DeclaredList, rows: readonly ListRow[]): AskedField[] {
  return act.fields
    .filter(({ name }) => !list.parameters.includes(name))
    .map((field) => (namesRow(field, list, rows) ? amongRows(field, list, rows) : withRoleWords(field)));
}

/** What the page says for the act. */
export function filledBeside(
  act: DeclaredAct,
  list: DeclaredList,
  search: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const names = act.fields.map(({ name }) => name).filter((name) => list.parameters.includes(name));
  return Object.fromEntries(
    names.flatMap((name) => (search[name] === undefined ? [] : [[name, search[name]]])),
  );
}

/**
 * A row also holds what an act may give a new value, such as a name: only a key says which row is
 * meant. Where there is no row to tell by, a field that must be said and is one of a row's means one.
 */
function namesRow(asked: InputField, { columns }: DeclaredList, rows: readonly ListRow[]): boolean {
  const { name, kind, required } = asked;
  if (kind !== 'text') return false;
  if (rows.length > 0) return rows.every((row) => isKey(row[name]));
  return required && columns.some(({ field }) => field === name);
}

function amongRows(field: InputField, list: DeclaredList, rows: readonly ListRow[]): AskedField {
  const keys = rows.map((row) => String(row[field.name]));
  const words = wordRows(rows.map((row) => saidOf(list, row, field.name)));
  return {
    ...field,
    // How to write the key of a row is of no use to whoever chooses one.
    description: null,
    kind: 'choice',
    choices: keys,
    choiceWords: Object.fromEntries(keys.map((key, place) => [key, words[place] ?? key])),
  };
}

function wordRows(rows: readonly (readonly string[])[]): string[] {
  const most = Math.max(0, ...rows.map(({ length }) => length));
  for (let count = TELLING; ; count += 1) {
    const words = rows.map((said) => said.slice(0, count).join(' · '));
    if (count >= most || new Set(words).size === words.length) return words;
  }
}

/** What a row says in its columns, in their order, without what is only a key. */
function saidOf({ columns }: DeclaredList, row: ListRow, key: string): string[] {
  return columns
    .filter(({ field }) => field !== key)
    .map(({ field }) => ({ field, value: row[field] ?? null }))
    .filter(({ value }) => typeof value !== 'boolean' && value !== null && value !== '' && !isKey(value))
    .map(({ field, value }) => String(inWords(field, value)));
}

/** A choice of a role, by the words for each. */
export function withRoleWords(field: InputField): AskedField {
  if (field.name !== 'role' || field.kind !== 'choice') return field;
  return {
    ...field,
    choiceWords: Object.fromEntries(field.choices.map((role) => [role, capital(wordRole(role))])),
  };
}
