import assert from 'node:assert/strict';
import { loadRulebook } from './load.ts';
import type { Problem, Rulebook, Vocabulary } from './rulebook.ts';

/** The vocabulary of this room's tests; the product's comes from its programs. */
export const vocabulary: Vocabulary = {
  attributes: {
    'agency.kind': ['irs', 'recipient'],
    'system.impact': ['low', 'moderate', 'high'],
    'component.environment': ['cloud', 'on-premises'],
    'component.fti': [true, false],
  },
  duties: {
    'account.disable': { classes: ['user', 'privileged'] },
    'vulnerability.remediate': { classes: ['critical', 'high', 'medium', 'low'], scale: 'severity' },
    'vulnerability.scan': { classes: ['asset'] },
    'poam.create': { classes: ['assessment', 'critical', 'high', 'medium', 'low'], scale: 'severity' },
    'poam.update': { classes: ['assessment', 'vulnerability'] },
    'poam.complete': { classes: ['assessment', 'vulnerability'] },
    'privileges.review': { classes: ['privileged'] },
  },
  scales: {
    severity: {
      ranks: ['critical', 'high', 'medium', 'low'],
      raters: { nessus: ['critical', 'high', 'medium', 'low'] },
    },
  },
};

/** A rulebook from text that must be right. */
export function load(text: string, fileName = 'book.yaml'): Rulebook {
  const loaded = loadRulebook(text, fileName, vocabulary);
  assert.ok('rulebook' in loaded, JSON.stringify(loaded));
  return loaded.rulebook;
}

/** What is said of text that must not be right, as "line 1, column 1: message". */
export function refuse(text: string): string[] {
  const loaded = loadRulebook(text, 'bad.yaml', vocabulary);
  assert.ok('problems' in loaded, 'it was not refused');
  return loaded.problems.map(written);
}

export function written({ at, message }: Problem): string {
  return `${at.replace(/^\S+ /, '')}: ${message}`;
}

interface Sketch {
  readonly binds?: string;
  readonly editions?: string;
  readonly rules: readonly string[];
}

/** A rulebook in which only what a test is about is written out. */
export function sketch(
  id: string,
  { binds = '{}', editions = '{ from: 2020-01-01, cite: { via: x } }', rules }: Sketch,
): Rulebook {
  const items = rules.map((rule) => `  - { force: required, cite: { via: "p. 1" }, ${rule} }`);
  const head = [
    `rulebook: ${id}`,
    `title: The ${id}`,
    'issuer: IRS',
    `editions: [${editions}]`,
    `binds: ${binds}`,
  ];
  return load([...head, 'rules:', ...items, ''].join('\n'), `${id}.yaml`);
}

/** A rule of so many calendar days after the trigger. */
export function days(id: string, count: number, more = 'duty: account.disable'): string {
  return `id: ${id}, within: { count: ${count}, unit: calendar-day, dayOne: next }, ${more}`;
}

export function setsAside(...names: readonly string[]): string {
  return `duty: account.disable, setsAside: [${names.map((rule) => `{ rule: ${rule}, cite: { via: "p. 2" } }`).join(', ')}]`;
}
