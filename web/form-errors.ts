import { ApiError } from './api.ts';
import type { InputField } from './declared.ts';

/** What of a field says whether it is filled in as it must be. */
export type FormField = Pick<InputField, 'name' | 'title' | 'required'>;

/** What is wrong, by the field's name. */
export type FieldReasons = Readonly<Record<string, string>>;

/** The fields that must be said and are not. */
export function missingFields(
  fields: readonly Pick<FormField, 'name' | 'required'>[],
  said: Readonly<Record<string, string>>,
): FieldReasons {
  const missing = fields.filter(({ name, required }) => required && (said[name] ?? '') === '');
  return Object.fromEntries(missing.map(({ name }) => [name, 'is missing']));
}

/** What the server found wrong with fields of this form; none where its reason is about something else. */
export function refusedFields(fields: readonly Pick<FormField, 'name'>[], error: unknown): FieldReasons {
  if (!(error instanceof ApiError) || error.refused.length === 0) return {};
  const names = new Set(fields.map(({ name }) => name));
  if (!error.refused.every(({ at }) => names.has(at))) return {};
  return Object.fromEntries(error.refused.map(({ at, reason }) => [at, reason]));
}
