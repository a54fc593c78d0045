import * as z from 'zod';

/** One field of an input as a person is asked for it, on the command line or in a form. */
export interface Field {
  readonly name: string;
  /** The name as words: `observedOn` is `Observed on`. */
  readonly title: string;
  readonly description: string | null;
  readonly required: boolean;
  readonly kind: 'text' | 'day' | 'choice' | 'number';
  /** What may be chosen; empty unless it is a choice. */
  readonly choices: readonly string[];
  /** Characters at most, of a text. */
  readonly maxLength: number | null;
  /** What counts where nothing is said. */
  readonly default: string | null;
}

/** What several views ask in the same words. */
const SHARED: Readonly<Record<string, string>> = {
  limit: 'at most so many',
  after: 'from where the page before ended',
  system: 'only of this system',
  component: 'only of this component',
  asset: 'only of this asset',
  state: 'only those in this state',
};

/** The fields of an input, in its order. Throws where one cannot be said as text: a fault of the declaration. */
export function fieldsOf(what: string, input: z.ZodObject): Field[] {
  return Object.entries(input.shape).map(([name, schema]) => fieldOf(what, name, schema as z.ZodType));
}

/** The fields that stand in a path: `/findings/:finding` has `finding`. */
export function fieldsInPath(path: string): string[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
}

interface Said {
  readonly type?: string;
  readonly enum?: readonly (string | number)[];
  readonly maxLength?: number;
  readonly description?: string;
  readonly default?: string | number;
}

function fieldOf(what: string, name: string, schema: z.ZodType): Field {
  const said = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Said;
  return {
    name,
    title: wordsOf(name),
    description: said.description ?? SHARED[name] ?? null,
    required: !schema.safeParse(undefined).success,
    kind: kindOf(what, name, schema, said),
    choices: (said.enum ?? []).map(String),
    maxLength: said.maxLength ?? null,
    default: said.default === undefined ? null : String(said.default),
  };
}

function kindOf(what: string, name: string, schema: z.ZodType, said: Said): Field['kind'] {
  if (said.enum !== undefined) return 'choice';
  if (said.type === 'integer' || said.type === 'number') return 'number';
  if (said.type === 'string') return takesDaysAlone(schema) ? 'day' : 'text';
  throw new Error(`${what}: the field ${name} cannot be said as one text, a number, a day or a choice`);
}

function takesDaysAlone(schema: z.ZodType): boolean {
  return schema.safeParse('2022-07-08').success && !schema.safeParse('2022-02-30').success;
}

function wordsOf(name: string): string {
  const words = name
    .replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace('sign in', 'sign-in');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
