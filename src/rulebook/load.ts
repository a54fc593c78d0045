import type { Deadline } from '../time/index.ts';
import { explainIssues } from './issues.ts';
import { buildTest } from './load-test.ts';
import type {
  Citation,
  Edition,
  Problem,
  Rule,
  Rulebook,
  Scale,
  SettingAside,
  Vocabulary,
} from './rulebook.ts';
import { type WrittenRule, type WrittenRulebook, type WrittenScale, rulebookSchema } from './schema.ts';
import { shorten } from './suggest.ts';
import { type Reading, checkClass, checkDuty, checkRanks, checkScope } from './vocabulary.ts';
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
  const { rules = [], scales = [] } = written;
  checkUnique('rules', 'rule', rules, reading);
  checkUnique('scales', 'scale', scales, reading);
  if (rules.length === 0 && scales.length === 0) {
    const empty = written.rules ? 'must not be empty' : 'is missing';
    reading.complain(['rules'], `\`rules\` ${empty}: a rulebook has rules, or at least \`scales\``);
  }
  return {
    id: written.rulebook,
    title: written.title,
    issuer: written.issuer,
    ...noteOf(written),
    editions: written.editions.map((edition, i) => buildEdition(edition, ['editions', i], reading)),
    binds: checkScope(written.binds, ['binds'], reading),
    rules: rules.flatMap((rule, i) => buildRule(written.rulebook, rule, ['rules', i], reading)),
    scales: scales.map((scale, i) => buildScale(written.rulebook, scale, ['scales', i], reading)),
    tests: (written.tests ?? []).flatMap((each, i) => buildTest(each, ['tests', i], reading)),
  };
}

function noteOf({ note }: { note?: string | undefined }): { note?: string } {
  return note === undefined ? {} : { note };
}

function checkUnique(
  key: string,
  name: string,
  items: readonly { readonly id: string }[],
  reading: Reading,
): void {
  const seen = new Set<string>();
  for (const [i, { id }] of items.entries()) {
    if (seen.has(id)) reading.complain([key, i, 'id'], `the ${name} \`${shorten(id)}\` stands here twice`);
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
    const one = 'exactly one of `within`, `every`, `by` and `unstated`';
    reading.complain([...path, 'id'], `the rule \`${shorten(id)}\` must have ${one}`);
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
      ...(written.whenScheduled && { whenScheduled: written.whenScheduled }),
      deadline,
      setsAside: (written.setsAside ?? []).map((each, i) =>
        buildSettingAside(each, each.rule, [...path, 'setsAside', i, 'rule'], reading),
      ),
      ...noteOf(written),
      at: placeOf([...path, 'id'], reading),
    },
  ];
}

/** The one deadline that is written; none where there is none or more than one. */
function readDeadline({ within, every, by, unstated }: WrittenRule): Deadline | undefined {
  const written: Deadline[] = [];
  if (within) written.push({ kind: 'within', ...within });
  if (every) written.push({ kind: 'every', ...every });
  if (by) written.push({ kind: 'by', day: by });
  if (unstated !== undefined) written.push({ kind: 'unstated', words: unstated });
  return written.length === 1 ? written[0] : undefined;
}

function buildScale(rulebook: string, written: WrittenScale, path: Path, reading: Reading): Scale {
  const { id, scale, rater } = written;
  return {
    name: `${rulebook}/${id}`,
    scale,
    rater,
    ranks: checkRanks(written, path, reading),
    cites: written.cite.map(buildCitation),
    binds: checkScope(written.binds ?? {}, [...path, 'binds'], reading),
    setsAside: (written.setsAside ?? []).map((each, i) =>
      buildSettingAside(each, each.scale, [...path, 'setsAside', i, 'scale'], reading),
    ),
    ...noteOf(written),
    at: placeOf([...path, 'id'], reading),
  };
}

function buildSettingAside(
  written: { readonly cite: WrittenRule['cite']; readonly note?: string | undefined },
  name: string,
  path: Path,
  reading: Reading,
): SettingAside {
  return {
    rule: name,
    cites: written.cite.map(buildCitation),
    ...noteOf(written),
    at: placeOf(path, reading),
  };
}
