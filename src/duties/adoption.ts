import { MusterError } from '../errors/index.ts';
import { KNOWN_NOW, recordEntry, type Actor, type Declarations, declareEntryKind } from '../acts/index.ts';
import type { Entry } from '../record/index.ts';
import {
  lintRulebooks,
  loadRulebook,
  type AdoptedRulebook,
  type Rulebook,
  type Vocabulary,
} from '../rulebook/index.ts';
import { holdHead, type Reading, type Writing } from '../store/index.ts';

export const RULEBOOK_ADOPTED = 'rulebook.adopted';

interface AdoptionBody {
  readonly rulebook: string;
  readonly source: string;
}

/** The entry kind of adopting a rulebook's editions: it holds the bytes that were adopted. */
export const rulebookAdopted = declareEntryKind<AdoptionBody>({
  kind: RULEBOOK_ADOPTED,
  summarise: ({ rulebook }) => `the rulebook ${rulebook} was adopted`,
  derive: async (tx, entry) => {
    const { rulebook, source } = entry.body;
    await tx.run('insert into adoption (agency_id, rulebook, source, known_from) values ($1, $2, $3, $4)', [
      tx.agency,
      rulebook,
      source,
      entry.index,
    ]);
  },
});

/** A rulebook's text and the file it comes from. */
export interface RulebookFile {
  readonly file: string;
  readonly source: string;
}

/**
 * Adopts rulebooks together, each effective from its last edition's own day, so that they may
 * refer to one another. The text adopted last, again, changes nothing. Throws RULEBOOK_REFUSED with every
 * problem and its line, and then adopts none.
 */
export async function adoptRulebooks(
  tx: Writing,
  declarations: Declarations,
  actor: Actor,
  files: readonly RulebookFile[],
): Promise<Entry[]> {
  const wanted = files.map(({ file, source }) => ({
    file,
    source,
    rulebook: readRulebook(source, file, declarations.vocabulary),
  }));
  await holdHead(tx);
  const adopted = await adoptedRulebooks(tx, declarations.vocabulary, KNOWN_NOW);
  refuseNewProblems(
    declarations.vocabulary,
    adopted.map(({ rulebook }) => rulebook),
    wanted.map(({ rulebook }) => rulebook),
  );
  const entries: Entry[] = [];
  for (const { source, rulebook } of wanted) {
    const [last] = await tx.rows<{ source: string }>(
      'select source from adoption where agency_id = $1 and rulebook = $2 order by known_from desc limit 1',
      [tx.agency, rulebook.id],
    );
    const from = rulebook.editions.at(-1)?.from;
    if (last?.source === source || from === undefined) continue;
    const body: AdoptionBody = { rulebook: rulebook.id, source };
    const entry = {
      kind: RULEBOOK_ADOPTED,
      subject: `rulebook:${rulebook.id}`,
      actor: actor.name,
      effective: from,
    };
    entries.push(await recordEntry(tx, declarations, { ...entry, body: { ...body } }));
  }
  return entries;
}

/** Errors that are there only with the wanted rulebooks; one that stands already is not theirs. */
function refuseNewProblems(
  vocabulary: Vocabulary,
  adopted: readonly Rulebook[],
  wanted: readonly Rulebook[],
): void {
  const ids = new Set(wanted.map(({ id }) => id));
  const others = latestOfEach(adopted.filter(({ id }) => !ids.has(id)));
  const standing = new Set(lintRulebooks(others, vocabulary).map(({ at, message }) => `${at} ${message}`));
  const problems = lintRulebooks([...others, ...wanted], vocabulary).filter(
    ({ level, at, message }) => level === 'error' && !standing.has(`${at} ${message}`),
  );
  if (problems.length > 0) throw refusal('rulebook', problems);
}

function latestOfEach(rulebooks: readonly Rulebook[]): Rulebook[] {
  return [...new Map(rulebooks.map((rulebook) => [rulebook.id, rulebook])).values()];
}

/** Reads a rulebook's text. Throws RULEBOOK_REFUSED with every problem and its line. */
export function readRulebook(source: string, file: string, vocabulary: Vocabulary): Rulebook {
  const loaded = loadRulebook(source, file, vocabulary);
  if ('problems' in loaded) throw refusal(file, loaded.problems);
  return loaded.rulebook;
}

function refusal(file: string, problems: readonly { at: string; message: string }[]): MusterError {
  const refused = problems.map(({ at, message }) => ({ at, reason: message }));
  const first = refused[0];
  const more = refused.length > 1 ? ` (and ${refused.length - 1} more)` : '';
  return new MusterError(
    'RULEBOOK_REFUSED',
    `${first?.at ?? file}: ${first?.reason ?? 'is not a rulebook'}${more}`,
    refused,
  );
}

const loadedSources = new Map<string, Rulebook>();
const KEPT_SOURCES = 500;

/** The rulebooks an agency had adopted by an entry, in the order of their adoption. */
export async function adoptedRulebooks(
  tx: Reading,
  vocabulary: Vocabulary,
  knownAt: number,
): Promise<AdoptedRulebook[]> {
  const rows = await tx.rows<{ rulebook: string; source: string; known_from: number }>(
    'select rulebook, source, known_from from adoption where agency_id = $1 and known_from <= $2 order by known_from',
    [tx.agency, knownAt],
  );
  return rows.map((row) => ({
    rulebook: loadOnce(row.source, row.rulebook, vocabulary),
    entry: row.known_from,
  }));
}

/** A text always loads to the same rulebook, so it is loaded once. */
function loadOnce(source: string, name: string, vocabulary: Vocabulary): Rulebook {
  const known = loadedSources.get(source);
  if (known) return known;
  const rulebook = readRulebook(source, `${name}.yaml`, vocabulary);
  if (loadedSources.size >= KEPT_SOURCES) loadedSources.clear();
  loadedSources.set(source, rulebook);
  return rulebook;
}
