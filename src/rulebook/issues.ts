import type { z } from 'zod';
import { hint, shorten } from './suggest.ts';
import type { Path } from './yaml.ts';

export interface Explained {
  readonly path: Path;
  readonly message: string;
  readonly of?: 'key';
}

/** Each is searched for in its map, and nobody reads thousands. */
const MOST_KEYS = 50;

/** What a schema of schema.ts found, as sentences that name the key; an unknown key each gets its own. */
export function explainIssues(issues: readonly z.core.$ZodIssue[], base: Path = []): Explained[] {
  return issues.flatMap((issue): Explained[] => {
    const path = [...base, ...issue.path];
    if (issue.code !== 'unrecognized_keys') return [{ path, message: `${nameOf(path)} ${issue.message}` }];
    const known = issue.message.split(' ');
    return issue.keys.slice(0, MOST_KEYS).map((key) => ({
      path: [...path, key],
      message: `unknown key \`${shorten(key)}\`: ${hint(key, known)}`,
      of: 'key',
    }));
  });
}

function nameOf(path: Path): string {
  const last = path.findLastIndex((step) => typeof step === 'string');
  return last < 0 ? 'the file' : `\`${String(path[last])}\``;
}
