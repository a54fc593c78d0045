import type { Declarations, Program } from './declarations.ts';

/**
 * Puts programs together. Throws where two declare the same name, or where not exactly one
 * declares the known facts and the acceptances.
 */
export function compose(programs: readonly Program[]): Declarations {
  const dutyTypes = named(
    programs.flatMap((program) => program.dutyTypes ?? []),
    (type) => type.duty,
  );
  const programOf = new Map(
    programs.flatMap(({ program, dutyTypes: own }) => (own ?? []).map((type) => [type, program] as const)),
  );
  return {
    programs,
    programOf: (type) => programOf.get(type) ?? '',
    vocabulary: {
      attributes: merged(programs.map((program) => program.attributes)),
      duties: Object.fromEntries(
        [...dutyTypes.values()].map(({ duty, classes, scale }) => [
          duty,
          { classes, ...(scale !== undefined && { scale }) },
        ]),
      ),
      scales: merged(programs.map((program) => program.scales)),
    },
    entryKinds: named(
      programs.flatMap((program) => program.entryKinds ?? []),
      (kind) => kind.kind,
    ),
    intakes: named(
      programs.flatMap((program) => program.intakes ?? []),
      (intake) => intake.reader.name,
    ),
    acts: named(
      programs.flatMap((program) => program.acts ?? []),
      (act) => act.act,
    ),
    views: named(
      programs.flatMap((program) => program.views ?? []),
      (view) => view.view,
    ),
    dutyTypes,
    tables: merged(programs.map((program) => program.tables)),
    knownFacts: only(programs, 'knownFacts'),
    acceptances: only(programs, 'acceptances'),
  };
}

function named<T>(items: readonly T[], name: (item: T) => string): ReadonlyMap<string, T> {
  const byName = new Map(items.map((item) => [name(item), item]));
  if (byName.size !== items.length) throw new Error(`declared twice: ${items.map(name).sort().join(', ')}`);
  return byName;
}

/** All in one; no name may stand twice. */
function merged<T>(parts: readonly (Readonly<Record<string, T>> | undefined)[]): Record<string, T> {
  const entries = parts.flatMap((part) => Object.entries(part ?? {}));
  return Object.fromEntries(named(entries, ([name]) => name).values());
}

function only<Key extends 'knownFacts' | 'acceptances'>(
  programs: readonly Program[],
  key: Key,
): NonNullable<Program[Key]> {
  const found = programs.flatMap((program) => program[key] ?? []);
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`exactly one program declares ${key}`);
  return first;
}
