import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { anchors, links, page, pages, root } from './markdown.ts';

test('every relative link leads to a file, and its anchor to a heading', () => {
  const broken = pages().flatMap((from) =>
    links(from)
      .filter(({ target, anchor }) => !leadsSomewhere(target, anchor))
      .map(({ target, anchor }) => `${from.path}: ${target}${anchor === undefined ? '' : `#${anchor}`}`),
  );
  assert.deepEqual(broken, []);
});

function leadsSomewhere(target: string, anchor: string | undefined): boolean {
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || anchors(page(target)).has(anchor);
}

test('every page of docs is linked from the README, or from a page that it links', () => {
  const seen = new Set(['README.md']);
  for (const path of seen) {
    for (const { target } of links(page(path))) if (target.endsWith('.md')) seen.add(target);
    // A folder is listed by its reader.
    if (links(page(path)).some(({ target }) => target === 'docs/decisions')) {
      for (const { path: decision } of pages())
        if (decision.startsWith('docs/decisions/')) seen.add(decision);
    }
  }
  assert.deepEqual(
    pages()
      .map(({ path }) => path)
      .filter((path) => !seen.has(path)),
    [],
  );
});

test('no page names a place on somebody’s machine', () => {
  for (const { path, text } of pages()) {
    assert.doesNotMatch(text, /(^|[\s`'"(=])\/(work|tmp|home|root|Users)\//, path);
  }
});
