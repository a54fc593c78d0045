import type { FieldReasons } from './form-errors.ts';

/** What is wrong with a new password that is written twice, before anyone judges how good it is. */
export function wrongPassword(password: string, again: string, least: number | undefined): FieldReasons {
  const length = Array.from(password).length;
  if (least !== undefined && length < least)
    return {
      password: `has ${length} ${length === 1 ? 'character' : 'characters'}; it needs at least ${least}`,
    };
  return password === again ? {} : { again: 'is not the same as the new password' };
}
