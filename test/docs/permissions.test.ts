import assert from 'node:assert/strict';
import { test } from 'node:test';
import { permissionsAsText } from '../../src/doors/cli/commands/permissions.ts';
import { declarations } from '../../src/doors/declarations.ts';
import { roles, roleWords } from '../../src/acts/index.ts';
import { page } from './markdown.ts';

const { text } = page('docs/permissions.md');

test('docs/permissions.md is what `muster permissions` prints', () => {
  assert.equal(text, permissionsAsText(), 'write it anew: muster permissions > docs/permissions.md');
});

test('it names each role with its words, and what each may', () => {
  for (const role of roles) {
    const { title, purpose } = roleWords[role];
    const [, words = '', may = ''] =
      new RegExp(`^\\| \`${role}\` (.*)$[^]*?^\\| \`${role}\` (.*)$`, 'm').exec(text) ?? [];
    assert.ok(words.startsWith(`| ${title} |`) && words.endsWith(`| ${purpose} |`), words);
    const reads = [...declarations.views.values()].filter((view) => view.may.includes(role));
    const acts = [...declarations.acts.values()].filter((act) => act.may.includes(role));
    for (const name of [...reads.map(({ view }) => view), ...acts.map(({ act }) => act)])
      assert.ok(may.includes(`\`${name}\``), `${role} ${name}`);
  }
});
