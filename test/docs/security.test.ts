import assert from 'node:assert/strict';
import { test } from 'node:test';
import { page } from './markdown.ts';

/**
 * OWASP ASVS 5.0.0, Levels 1 and 2: of each section the numbers of its requirements. Level 3 has the
 * numbers between.
 */
const LEVEL_2 = `
1.1: 1 2 · 1.2: 1 2 3 4 5 6 7 8 9 · 1.3: 1 2 3 4 5 6 7 8 9 10 11 · 1.4: 1 2 3 · 1.5: 1 2
2.1: 1 2 3 · 2.2: 1 2 3 · 2.3: 1 2 3 4 · 2.4: 1
3.2: 1 2 · 3.3: 1 2 3 4 · 3.4: 1 2 3 4 5 6 · 3.5: 1 2 3 4 5 · 3.7: 1 2
4.1: 1 2 3 · 4.2: 1 · 4.3: 1 2 · 4.4: 1 2 3 4
5.1: 1 · 5.2: 1 2 3 · 5.3: 1 2 · 5.4: 1 2 3
6.1: 1 2 3 · 6.2: 1 2 3 4 5 6 7 8 9 10 11 12 · 6.3: 1 2 3 4 · 6.4: 1 2 3 4 · 6.5: 1 2 3 4 5 · 6.6: 1 2 3 · 6.8: 1 2 3 4
7.1: 1 2 3 · 7.2: 1 2 3 4 · 7.3: 1 2 · 7.4: 1 2 3 4 5 · 7.5: 1 2 · 7.6: 1 2
8.1: 1 2 · 8.2: 1 2 3 · 8.3: 1 · 8.4: 1
9.1: 1 2 3 · 9.2: 1 2 3 4
10.1: 1 2 · 10.2: 1 2 · 10.3: 1 2 3 4 · 10.4: 1 2 3 4 5 6 7 8 9 10 11 · 10.5: 1 2 3 4 5 · 10.6: 1 2 · 10.7: 1 2 3
11.1: 1 2 · 11.2: 1 2 3 · 11.3: 1 2 3 · 11.4: 1 2 3 4 · 11.5: 1 · 11.6: 1
12.1: 1 2 3 · 12.2: 1 2 · 12.3: 1 2 3 4
13.1: 1 · 13.2: 1 2 3 4 5 · 13.3: 1 2 · 13.4: 1 2 3 4 5
14.1: 1 2 · 14.2: 1 2 3 4 · 14.3: 1 2 3
15.1: 1 2 3 · 15.2: 1 2 3 · 15.3: 1 2 3 4 5 6 7
16.1: 1 · 16.2: 1 2 3 4 5 · 16.3: 1 2 3 4 · 16.4: 1 2 3 · 16.5: 1 2 3
17.1: 1 · 17.2: 1 2 3 4 · 17.3: 1 2
`;

function required(): string[] {
  const sections = LEVEL_2.trim().split(/ · |\n/);
  return sections.flatMap((each) => {
    const [section = '', numbers = ''] = each.split(': ');
    return numbers.split(' ').map((number) => `${section}.${number}`);
  });
}

interface Answer {
  readonly requirements: readonly string[];
  readonly verdict: string;
  readonly why: string;
}

/** The rows that answer requirements: `| 1.1.1, 1.2.1–1.2.3 | met | where |`. */
function answers(): Answer[] {
  const rows = page('docs/security.md').text.matchAll(/^\| (\d+\.\d+\.\d[^|]*) \| ([^|]+) \| (.*) \|$/gm);
  return [...rows].map(([, named = '', verdict = '', why = '']) => ({
    requirements: named.split(', ').flatMap(spread),
    verdict,
    why,
  }));
}

/** `1.2.1–1.2.3` is three of them. */
function spread(named: string): string[] {
  const [first = '', last = first] = named.split('–');
  const section = first.slice(0, first.lastIndexOf('.'));
  const [from, to] = [first, last].map((each) => Number(each.slice(each.lastIndexOf('.') + 1)));
  assert.ok(last.startsWith(`${section}.`) && from !== undefined && to !== undefined && to >= from, named);
  return Array.from({ length: to - from + 1 }, (_, step) => `${section}.${from + step}`);
}

test('docs/security.md answers every requirement of ASVS 5.0, Level 2, once', () => {
  const answered = answers().flatMap(({ requirements }) => requirements);
  const byNumber = (one: string, other: string) => one.localeCompare(other, 'en', { numeric: true });
  assert.deepEqual(answered.sort(byNumber), required().sort(byNumber));
});

test('each answer is one of those the page explains, and says where or why', () => {
  for (const { requirements, verdict, why } of answers()) {
    assert.match(verdict, /^(met|in part|not met|none|yours)$/, requirements.join());
    assert.notEqual(why, '', requirements.join());
  }
});
