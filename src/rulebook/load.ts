import type { Deadline } from '../time/index.ts';
import { explainIssues } from './issues.ts';
import { buildTest } from './load-test.ts';
import type { Citation, Edition, Problem, Rule, Rulebook, SettingAside, Vocabulary } from './rulebook.ts';
import { type WrittenRule, type WrittenRulebook, rulebookSchema } from './schema.ts';
import { shorten } from './suggest.ts';
import { type Reading, checkClass, checkDuty, checkScope } from './vocabulary.ts';
import { type Complaint, type Path, inOrder, readYaml } from './yaml.ts';

/** Places are searched for; a file full of errors must not take long to refuse. */
const ENOUGH = 200;

/**
 * Reads a rulebook's text. `fileName` is only said in problems, each of which names line and column.
 * What one rule or one file alone cannot show (rules in conflict, cases without a rule) is
 * `lintRulebooks`'s to find.
 */
export function loadRulebook(
  text: string,
  fileName: string,
  vocabulary: Vocabulary,
): { readonly rulebook: Rulebook } | { readonly problems: readonly Problem[] } {
  const source = readYaml(text, fileName);
  if ('problems' in source) return source;
  const complaints: Complaint[] = [];
  const complain: Reading['complain'] = (path, message, of) => {
    if (complaints.length < ENOUGH) complaints.push({ offset: source.offsetOf(path, of), message });
  };
  const written = rulebookSchema.safeParse(source.value);
  if (!written.success) {
    for (const issue of explainIssues(written.error.issues)) complain(issue.path, issue.message, issue.of);
    return { problems: inOrder(complaints, source.where) };
  }
  const rulebook = build(written.data, { vocabulary, source, complain });
  return complaints.length > 0 ? { problems: inOrder(complaints, source.where) } : { rulebook };
}

/** Where something stands, for problems that only show beside other rulebooks. */
function placeOf(path: Path, { source }: Reading): string {
  return source.where(source.offsetOf(path));
}

function build(written: WrittenRulebook, reading: Reading): Rulebook {
  checkUniqueRules(written.rules, reading);
  return {
    id: written.rulebook,
    title: written.title,
    issuer: written.issuer,
    ...noteOf(written),
    editions: written.editions.map((edition, i) => buildEdition(edition, ['editions', i], reading)),
    binds: checkScope(written.binds, ['binds'], reading),
    rules: written.rules.flatMap((rule, i) => buildRule(written.rulebook, rule, ['rules', i], reading)),
    tests: (written.tests ?? []).flatMap((each, i) => buildTest(each, ['tests', i], reading)),
  };
}

function noteOf({ note }: { note?: string | undefined }): { note?: string } {
  return note === undefined ? {} : { note };
}

function checkUniqueRules(rules: readonly WrittenRule[], reading: Reading): void {
  const seen = new Set<string>();
  for (const [i, { id }] of rules.entries()) {
    if (seen.has(id)) reading.complain(['rules', i, 'id'], `the rule \`${shorten(id)}\` stands here twice`);
    seen.add(id);
  }
}

function buildEdition(written: WrittenRulebook['editions'][number], path: Path, reading: Reading): Edition {
  const { from, triggersFrom = from, cite } = written;
  if (triggersFrom > from) {
    const remedy = `leave it out if the edition reaches no triggers before ${from}`;
    reading.complain([...path, 'triggersFrom'], `\`triggersFrom\` must not be after \`from\`: ${remedy}`);
  }
  return {
    from,
    triggersFrom,
    cites: cite.map(buildCitation),
    ...noteOf(written),
    at: placeOf(path, reading),
  };
}

function buildCitation({ section, via }: WrittenRule['cite'][number]): Citation {
  return { ...(section === undefined ? {} : { section }), ...(via === undefined ? {} : { via }) };
}

function buildRule(rulebook: string, written: WrittenRule, path: Path, reading: Reading): Rule[] {
  const { id, duty, class: classes } = written;
  checkDuty(duty, [...path, 'duty'], reading);
  for (const [i, each] of (classes ?? []).entries()) checkClass(each, duty, [...path, 'class', i], reading);
  const binds = checkScope(written.binds ?? {}, [...path, 'binds'], reading);
  const deadline = readDeadline(written);
  if (deadline === undefined) {
    reading.complain([...path, 'id'], `the rule \`${shorten(id)}\` must have either \`within\` or \`every\``);
    return [];
  }
  return [
    {
      name: `${rulebook}/${id}`,
      duty,
      classes,
      force: written.force,
      cites: written.cite.map(buildCitation),
      binds,
      deadline,
      setsAside: (written.setsAside ?? []).map((each, i) =>
        buildSettingAside(each, [...path, 'setsAside', i], reading),
      ),
      ...noteOf(written),
      at: placeOf([...path, 'id'], reading),
    },
  ];
}

function readDeadline({ within, every }: WrittenRule): Deadline | undefined {
  if (within && every) return undefined;
  if (within) return { kind: 'within', ...within };
  return every && { kind: 'every', ...every };
}

function buildSettingAside(
  written: NonNullable<WrittenRule['setsAside']>[number],
  path: Path,
  reading: Reading,
): SettingAside {
  return {
    rule: written.rule,
    cites: written.cite.map(buildCitation),
    ...noteOf(written),
    at: placeOf([...path, 'rule'], reading),
  };
}
