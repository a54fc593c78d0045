import type { Facts, Rulebook, Value, Vocabulary } from './rulebook.ts';
import { compareText } from './rulebook.ts';

/** One class of a duty with every fact known that rules for it ask. */
export interface Case {
  readonly class: string;
  readonly facts: Facts;
}

/** More than this many are not tried: `complete` is false then. */
const MOST_CASES = 20_000;

/** All cases that rules for a duty can tell apart. */
export function casesOf(
  duty: string,
  books: readonly Rulebook[],
  vocabulary: Vocabulary,
): { readonly cases: readonly Case[]; readonly complete: boolean } {
  let facts: Facts[] = [{}];
  for (const attribute of attributesAsked(duty, books)) {
    const values = vocabulary.attributes[attribute] ?? [];
    if (facts.length * values.length > MOST_CASES) return { cases: [], complete: false };
    facts = facts.flatMap((known) => values.map((value) => ({ ...known, [attribute]: value })));
  }
  const classes = vocabulary.duties[duty]?.classes ?? [];
  return {
    cases: classes.flatMap((each) => facts.map((known) => ({ class: each, facts: known }))),
    complete: true,
  };
}

function attributesAsked(duty: string, books: readonly Rulebook[]): string[] {
  const scopes = books.flatMap(({ binds, rules }) => {
    const own = rules.filter((rule) => rule.duty === duty).map((rule) => rule.binds);
    return own.length > 0 ? [binds, ...own] : [];
  });
  return [...new Set(scopes.flatMap(Object.keys))].sort(compareText);
}

type Values = ReadonlySet<Value>;
type Block = ReadonlyMap<string, Values>;

/**
 * Cases in words, those that differ in one thing only said together, and nothing of what makes no difference:
 * "class privileged or user, where agency.kind is irs and component.environment is on-premises".
 */
export function describeCases(cases: readonly Case[], { attributes }: Vocabulary): string[] {
  let blocks = cases.map(({ class: klass, facts }): Block => {
    const known = Object.entries(facts).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    );
    return new Map([['class', klass] as const, ...known].map(([name, value]) => [name, new Set([value])]));
  });
  for (const name of [...(blocks[0]?.keys() ?? [])].toReversed()) blocks = mergeBy(name, blocks);
  return blocks.map((block) => describeBlock(block, attributes));
}

function mergeBy(name: string, blocks: readonly Block[]): Block[] {
  const merged = new Map<string, Block>();
  for (const block of blocks) {
    const rest = JSON.stringify(
      [...block].filter(([other]) => other !== name).map(([other, values]) => [other, ...values]),
    );
    const values = new Set([...(merged.get(rest)?.get(name) ?? []), ...(block.get(name) ?? [])]);
    merged.set(rest, new Map([...block, [name, values]]));
  }
  return [...merged.values()];
}

function describeBlock(block: Block, attributes: Vocabulary['attributes']): string {
  const where = [...block]
    .filter(([name, values]) => name !== 'class' && values.size !== attributes[name]?.length)
    .map(([name, values]) => `${name} is ${[...values].join(' or ')}`);
  const classes = [...(block.get('class') ?? [])].join(' or ');
  return `class ${classes}${where.length === 0 ? '' : `, where ${where.join(' and ')}`}`;
}
