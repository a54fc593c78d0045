import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { packageFolder } from '../../src/doors/settings.ts';
import { Desk } from './desk.ts';

interface Row {
  readonly class: string;
  readonly overdue: number;
  readonly undetermined: number;
}

const JULY = ['--as-of', '2022-07-08'];

let desk: Desk;
let files: Awaited<ReturnType<Desk['demonstration']>>;
before(async () => {
  desk = await Desk.open();
  files = await desk.demonstration();
});
after(() => desk.close());

test('the shipped ones have no error and their tests hold', async () => {
  const linted = await desk.json<{ problems: { level: string }[] }>('rulebook', 'lint');
  assert.ok(linted.problems.every(({ level }) => level === 'warning'));
  const { tests, problems } = await desk.json<{ tests: { passed: boolean }[]; problems: [] }>(
    'rulebook',
    'test',
  );
  assert.deepEqual(problems, []);
  assert.ok(tests.length > 8 && tests.every(({ passed }) => passed));
  assert.match(await desk.done('rulebook', 'test', 'irm-10.8.24'), /^(\d+) of \1 tests of 1 rulebooks hold/);
});

test('an agency without rulebooks adopts one by name or file, as an entry, once', async () => {
  await desk.done('agency', 'create', 'BARE', '--kind', 'irs', '--no-rulebooks', '--time-zone', 'UTC');
  assert.partialDeepStrictEqual(await desk.json('rulebook', 'list', '--agency', 'BARE'), {
    knownAt: 1,
    rulebooks: [],
  });
  await desk.done('import', files.inventory, '--agency', 'BARE');
  await desk.done('import', ...files.july, '--agency', 'BARE');
  const overdueUsers = async () => {
    const { rows } = await desk.json<{ rows: Row[] }>('audit', '--agency', 'BARE', ...JULY);
    const user = rows.find((row) => row.class === 'user');
    return [user?.undetermined, user?.overdue];
  };
  assert.deepEqual(await overdueUsers(), [917, 0]);
  const adopt = (what: string) => desk.json('rulebook', 'adopt', what, '--agency', 'BARE');
  const early = await desk.run('rulebook', 'adopt', 'irm-10.8.24', '--agency', 'BARE');
  assert.equal(early.code, 3);
  assert.match(early.stderr, /sets aside .*irm-10\.8\.1/);
  assert.partialDeepStrictEqual(await adopt('fisma-poam-sop'), { entry: 4, repeated: false });
  assert.deepEqual(await adopt('irm-10.8.1'), { rulebook: 'irm-10.8.1', entry: 5, repeated: false });
  assert.deepEqual(await overdueUsers(), [0, 41]);
  const source = await readFile(join(packageFolder, 'rulebooks', 'irm-10.8.24.yaml'), 'utf8');
  await desk.write('cloud.yaml', source);
  assert.deepEqual(await adopt('cloud.yaml'), { rulebook: 'irm-10.8.24', entry: 6, repeated: false });
  assert.deepEqual(await adopt('irm-10.8.24'), { rulebook: 'irm-10.8.24', entry: null, repeated: true });
  assert.deepEqual(await overdueUsers(), [0, 315]);
  await desk.refused(
    3,
    /neither a file nor a shipped rulebook/,
    'rulebook',
    'adopt',
    'irm-9',
    '--agency',
    'BARE',
  );
});

test('a bad rulebook is refused where it is bad, and nothing is adopted', async () => {
  const before = await desk.digest();
  await desk.write('bad.yaml', 'rulebook: bad\ntitle: Bad\nissuer: Us\nwithin: 3\n');
  const linted = await desk.run('rulebook', 'lint', 'bad.yaml');
  assert.equal(linted.code, 3);
  assert.match(linted.stdout, /error: bad\.yaml.*within/);
  assert.equal((await desk.run('rulebook', 'test', 'bad.yaml')).code, 3);
  const adopted = await desk.run('rulebook', 'adopt', 'bad.yaml', '--agency', 'BARE');
  assert.equal(adopted.code, 3);
  assert.match(adopted.stderr, /^muster: bad\.yaml.* \(correct the rulebook/);
  assert.equal(await desk.digest(), before);
});

test('rulebooks that refer to one another are adopted together, or none of them is', async () => {
  await desk.done('agency', 'create', 'TOGETHER', '--kind', 'irs', '--no-rulebooks');
  const adopt = (...names: string[]) => desk.json('rulebook', 'adopt', ...names, '--agency', 'TOGETHER');
  const refused = await desk.run('rulebook', 'adopt', 'irm-10.8.1', 'irm-10.8.24', '--agency', 'TOGETHER');
  assert.equal(refused.code, 3);
  assert.partialDeepStrictEqual(await desk.json('rulebook', 'list', '--agency', 'TOGETHER'), {
    knownAt: 1,
    rulebooks: [],
  });
  assert.partialDeepStrictEqual(await adopt('irm-10.8.24', 'irm-10.8.1', 'fisma-poam-sop'), [
    { rulebook: 'irm-10.8.24', repeated: false },
    { rulebook: 'irm-10.8.1', repeated: false },
    { rulebook: 'fisma-poam-sop', repeated: false },
  ]);
});
