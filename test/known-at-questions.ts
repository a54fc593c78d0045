import * as z from 'zod';
import type { View } from '../src/acts/index.ts';
import type { House } from '../src/doors/house.ts';
import { readView } from '../src/doors/on-behalf.ts';
import { MusterError } from '../src/errors/index.ts';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';

/*
 * Questions to every view that is declared, found from the declarations alone: a field that takes a
 * choice is asked with each, one that takes a name with names that earlier answers said.
 */

export interface Question {
  readonly view: View;
  readonly said: Readonly<Record<string, string>>;
}

/** What answers said, by the names of their fields: `system` to ECM and ELP. */
export class Sayings {
  /** Objects whose plain values may go together: an evidence and its line. */
  private readonly objects = new Map<string, Readonly<Record<string, string>>>();

  hear(answer: unknown): void {
    if (typeof answer !== 'object' || answer === null) return;
    const plain = Object.entries(answer).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name, String(value)] as const] : [],
    );
    const said = Object.fromEntries(plain);
    if (plain.length > 0) this.objects.set(JSON.stringify(said), said);
    for (const value of Object.values(answer)) this.hear(value);
  }

  /** The distinct values of these fields in objects that have them all, in order. */
  of(names: readonly string[]): Readonly<Record<string, string>>[] {
    const found = new Map<string, Readonly<Record<string, string>>>();
    for (const object of this.objects.values()) {
      const part = names.flatMap((name) =>
        object[name] === undefined ? [] : [[name, object[name]] as const],
      );
      if (part.length === names.length) found.set(JSON.stringify(part), Object.fromEntries(part));
    }
    return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, values]) => values);
  }
}

/** Fields that say when and which page, which every question says in its own way. */
const APART = ['asOf', 'knownAt', 'limit', 'after'];

/** What to ask a view: without what may be left out, and with each of that by itself. */
export function questionsTo(view: View, sayings: Sayings, most: number): Question[] {
  const fields = Object.entries(view.input.shape).filter(([name]) => !APART.includes(name));
  const isRequired = (schema: unknown) => !(schema as z.ZodType).safeParse(undefined).success;
  const required = fields.filter(([, schema]) => isRequired(schema)).map(([name]) => name);
  const bases = required.length === 0 ? [{}] : spread(sayings.of(required), most);
  const narrowed = fields
    .filter(([, schema]) => !isRequired(schema))
    .flatMap(([name, schema]) => {
      const choices = choicesOf(schema as z.ZodType);
      if (choices.length > 0) return choices.map((choice) => ({ ...bases[0], [name]: choice }));
      return spread(sayings.of([...required, name]), Math.ceil(most / 4));
    });
  return [...bases, ...narrowed].map((said) => ({ view, said }));
}

function choicesOf(schema: z.ZodType): readonly string[] {
  const said = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as { enum?: string[] };
  return said.enum ?? [];
}

/** At most so many, from the first to the last. */
function spread<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from(
    { length: most },
    (_, at) => items[Math.floor((at * (items.length - 1)) / Math.max(1, most - 1))] as T,
  );
}

/** An answer, or the refusal in its place; a list's first two pages, where it has pages. */
export async function ask(
  house: House,
  agency: AgencyFacts,
  { view, said }: Question,
  times: { readonly asOf: string; readonly knownAt?: string },
): Promise<object> {
  const paged = 'limit' in view.input.shape;
  const asked = { ...said, ...times, ...(paged && { limit: '7' }) };
  const first = await answerOf(house, agency, view, asked);
  const next = (first as { next?: string | null }).next ?? null;
  if (!paged || next === null) return first;
  return { first, second: await answerOf(house, agency, view, { ...asked, after: next }) };
}

async function answerOf(house: House, agency: AgencyFacts, view: View, asked: object): Promise<object> {
  try {
    return await readView(house, house.operator, agency, view, asked);
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    const { code, message, refused } = error;
    return { code, message, refused };
  }
}
