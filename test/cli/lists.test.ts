import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { demonstration } from '../../demo/index.ts';
import { buildProgram } from '../../src/doors/cli/program.ts';
import { declarations } from '../../src/doors/declarations.ts';
import { fieldsInPath } from '../../src/doors/fields.ts';
import { Desk } from './desk.ts';

/*
 * The commands of lists follow from declarations: each is tried here on the whole demonstration, and
 * so is what binds a system.
 */

const DAY = ['--as-of', '2022-07-08'];

let desk: Desk;
before(async () => {
  desk = await Desk.open();
  await desk.done('agency', 'create', 'DEMO', '--kind', 'irs');
  for (const { name, bytes, reader, ...said } of demonstration().files) {
    await desk.write(name, bytes);
    const { system, component, observedOn } = said;
    const options = Object.entries({ system, component, observed: observedOn });
    const about = options.flatMap(([option, value]) => (value === undefined ? [] : [`--${option}`, value]));
    const { code, stderr } = await desk.run('import', name, '--reader', reader, ...about);
    assert.equal(code, 0, stderr);
  }
  for (const name of ['demo.one', 'demo.other'])
    await desk.done('administrator', 'Demo Person', '--sign-in-name', name);
});
after(() => desk.close());

/** People are there since today, everything else since the day that the demonstration tells of. */
const lists = declarations.programs.flatMap(({ program, views = [] }) =>
  views.flatMap((view) =>
    view.listing ? [{ view, listing: view.listing, asked: program === 'people' ? [] : DAY }] : [],
  ),
);

type Answer = Readonly<Record<string, unknown>>;
type Row = Readonly<Record<string, unknown>>;

/** Where a list with a place in its path is reached from: the first row that leads there. */
async function placeOf(view: string): Promise<string[]> {
  for (const { listing, asked } of lists) {
    const lead = listing.columns.find(({ leadsTo }) => leadsTo?.view === view)?.leadsTo;
    if (!lead) continue;
    const answer = await desk.json<Answer>(listing.command, ...asked);
    const [row] = answer[listing.rows] as Row[];
    const inPath = fieldsInPath(declarations.views.get(view)?.path ?? '');
    return inPath.map((name) => String(row?.[lead.with[name] ?? '']));
  }
  return [];
}

describe('each list', () => {
  for (const { view, listing, asked } of lists) {
    test(`muster ${listing.command} prints its columns, and as JSON its rows`, async () => {
      const place = fieldsInPath(view.path).length > 0 ? await placeOf(view.view) : [];
      const answer = await desk.json<Answer>(listing.command, ...place, ...asked);
      const rows = answer[listing.rows] as Row[];
      assert.ok(Array.isArray(rows) && rows.length > 0, 'the demonstration has none');
      const text = await desk.done(listing.command, ...place, ...asked);
      for (const { title } of listing.columns) assert.ok(text.includes(title.toLowerCase()), title);
      const [first] = rows;
      for (const { field, isDuty } of listing.columns) {
        assert.ok(first && field in first, field);
        if (isDuty && typeof first[field] === 'string') assert.ok(text.includes(first[field]), field);
      }
    });
  }

  test('one that is longer than a page says how to read on', async () => {
    const paged = lists.filter(
      ({ view }) => 'after' in view.input.shape && fieldsInPath(view.path).length === 0,
    );
    for (const { listing, asked } of paged) {
      const whole = await desk.json<Answer>(listing.command, ...asked, '--limit', '1000');
      const first = await desk.json<Answer>(listing.command, ...asked, '--limit', '1');
      assert.equal(first['total'], whole['total']);
      const text = await desk.done(listing.command, ...asked, '--limit', '1');
      const [, after = ''] = /\n1 of \d+\. The next page: --after (\S+)\n$/.exec(text) ?? [];
      assert.equal(after, first['next']);
      const second = await desk.json<Answer>(listing.command, ...asked, '--limit', '1', '--after', after);
      const both = [first, second].flatMap((answer) => answer[listing.rows] as Row[]);
      assert.deepEqual(both, (whole[listing.rows] as Row[]).slice(0, 2));
    }
  });

  test('one for which there is nothing says so', async () => {
    for (const { view, listing, asked } of lists) {
      if (fieldsInPath(view.path).length > 0) continue;
      const text = await desk.done(listing.command, ...asked, '--known-at', '0');
      assert.ok(text.includes(listing.none), text);
      assert.match(text, /\n\nAs known before the first entry\.\n$/);
    }
  });
});

test('every command that asks takes the two times, and says at which entry an instant came to', async () => {
  const program = buildProgram();
  const rulebook = program.commands.find((command) => command.name() === 'rulebook');
  const asking = [
    'duties',
    'audit',
    'systems',
    'binding',
    'explain',
    ...lists.map(({ listing }) => listing.command),
  ];
  const commands = [
    ...asking.map((name) => program.commands.find((command) => command.name() === name)),
    rulebook?.commands.find((command) => command.name() === 'list'),
  ];
  for (const command of commands) {
    const options = command?.options.map(({ long }) => long) ?? [];
    assert.ok(options.includes('--as-of') && options.includes('--known-at'), String(command?.name()));
  }
  const { knownAt, recorded } = await desk.json<{ knownAt: number; recorded: string }>('systems');
  const then = ['--known-at', recorded];
  const questions: string[][] = [
    ['duties'],
    ['audit'],
    ['systems'],
    ['binding', '--system', 'ECM'],
    ['rulebook', 'list'],
  ];
  for (const asked of questions) {
    const text = await desk.done(...asked, ...then);
    assert.ok(text.endsWith(`\n\nAs known at entry ${knownAt}, recorded ${recorded}.\n`), text.slice(-200));
    assert.doesNotMatch(await desk.done(...asked), /As known at/);
  }
});

interface Binding {
  readonly places: readonly {
    readonly component: string | null;
    readonly duties: readonly {
      readonly duty: string;
      readonly governs: readonly { readonly rule: string }[];
      readonly setAside: readonly { readonly rule: string; readonly by: string }[];
    }[];
  }[];
}

test('what binds a system is told for each component, with what is set aside', async () => {
  const { places } = await desk.json<Binding>('binding', '--system', 'ECM', ...DAY);
  const disabling = places.map(({ component, duties }) => {
    const bound = duties.find(({ duty }) => duty === 'account.disable');
    return [component, bound?.governs[0]?.rule, bound?.setAside[0]?.rule];
  });
  assert.deepEqual(disabling, [
    ['cloud', 'irm-10.8.24/disable-inactive', 'irm-10.8.1/disable-inactive'],
    ['on-premises', 'irm-10.8.1/disable-inactive', undefined],
    [null, undefined, undefined],
  ]);
  const text = await desk.done('binding', '--system', 'ECM', ...DAY);
  assert.match(text, /^ECM as of 2022-07-08\n\ncloud \(environment cloud\)\n/);
  assert.match(text, /governs: irm-10\.8\.24\/disable-inactive \(required\), 90 calendar days.*\[TIGTA/);
  assert.match(text, /set aside by irm-10\.8\.24\/disable-inactive: irm-10\.8\.1\/disable-inactive/);
  assert.match(text, /undetermined for want of /);
});

test('the audit is narrowed down to a program, and says of which each row is', async () => {
  interface Audit {
    readonly rows: readonly { readonly program: string; readonly outstanding: number }[];
  }
  const all = await desk.json<Audit>('audit', '--system', 'ECM', ...DAY);
  const programs = new Set(all.rows.map(({ program }) => program));
  assert.ok(programs.size > 1);
  for (const program of programs) {
    const { rows } = await desk.json<Audit>('audit', '--system', 'ECM', '--program', program, ...DAY);
    assert.deepEqual(
      rows,
      all.rows.filter((row) => row.program === program),
    );
    const { total } = await desk.json<{ total: number }>('duties', '--program', program, ...DAY);
    assert.ok(total > 0);
  }
  const text = await desk.done('audit', '--system', 'ECM', '--program', 'accounts', ...DAY);
  assert.match(text, /outstanding/);
});
