import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { Desk } from './desk.ts';

/*
 * What cannot be taken is refused with exit 3 (usage with 2), one clear message that says where,
 * and nothing is changed: neither entries nor tables.
 */

const HEADER = 'account,name,component,privileged,created,last_login,status,status_changed';
const SOUND = 'u-1,Demo User 0001,cloud,no,2021-03-01,2022-01-10,active,';
const INVENTORY_HEADER = 'system,component,environment,impact,fti,asset,fqdn,ip,platform,role';
const INVENTORY = `${INVENTORY_HEADER}\nECM,cloud,cloud,moderate,yes,web-1,web-1.example,192.0.2.1,Linux,production\n`;
const SAID = ['--system', 'ECM', '--component', 'cloud', '--observed', '2022-07-08'];

interface Bad {
  readonly what: string;
  readonly content: string | Uint8Array;
  readonly at: string | RegExp;
  readonly reason: RegExp;
  /** What is said of the file; of a list of accounts unless given. */
  readonly said?: readonly string[];
}

const list = (...rows: string[]): string => `${[HEADER, ...rows].join('\n')}\n`;
const row = (over: Partial<Record<string, string>>): string =>
  HEADER.split(',')
    .map((column, at) => over[column] ?? SOUND.split(',')[at])
    .join(',');
const inventory = (...rows: string[]): string => `${[INVENTORY_HEADER, ...rows].join('\n')}\n`;

const BAD: readonly Bad[] = [
  { what: 'no byte', content: '', at: 'file', reason: /empty/ },
  {
    what: 'no byte, with a reader named',
    content: '',
    at: 'file',
    reason: /empty/,
    said: ['--reader', 'accounts', ...SAID],
  },
  { what: 'blanks alone', content: ' \n\n', at: /file|line/, reason: /.../ },
  { what: 'a header alone', content: `${HEADER}\n`, at: 'file', reason: /no rows/ },
  {
    what: 'an end within a quoted cell',
    content: list(SOUND, 'u-2,"Demo User').trimEnd(),
    at: /^line 3/,
    reason: /quot/,
  },
  {
    what: 'a row too short',
    content: list(SOUND, 'u-2,Demo User,cloud'),
    at: 'line 3',
    reason: /3 cells .* 8/,
  },
  {
    what: 'a row too long',
    content: list(SOUND, `${row({ account: 'u-2' })},x`),
    at: 'line 3',
    reason: /9 cells .* 8/,
  },
  {
    what: 'a missing column',
    content: `account,name,component,privileged,created,status,status_changed\nu-1,x,cloud,no,2021-03-01,active,\n`,
    at: 'line 1',
    reason: /last_login/,
  },
  {
    what: 'a column twice',
    content: `${HEADER},status\n${SOUND},active\n`,
    at: 'line 1',
    reason: /`status` more than once/,
  },
  {
    what: 'a day that is none',
    content: list(SOUND, row({ account: 'u-2', last_login: '2022-02-30' })),
    at: 'line 3, last_login',
    reason: /2022-02-30.*no day/,
  },
  {
    what: 'a U.S. date',
    content: list(SOUND, row({ account: 'u-2', last_login: '07/08/2022' })),
    at: 'line 3, last_login',
    reason: /07\/08\/2022.*YYYY-MM-DD/,
  },
  {
    what: 'a U.S. date after quoted lines',
    content: list(
      'u-1,"Demo\nUser\n1",cloud,no,2021-03-01,2022-01-10,active,',
      row({ account: 'u-2', created: '3/1/21' }),
    ),
    at: 'line 5, created',
    reason: /two ways/,
  },
  {
    what: 'an unknown status',
    content: list(row({ status: 'locked' })),
    at: 'line 2, status',
    reason: /`locked`.*active.*quarantined/,
  },
  { what: 'an empty status', content: list(row({ status: '' })), at: 'line 2, status', reason: /empty/ },
  {
    what: 'privileged neither yes nor no',
    content: list(row({ privileged: 'maybe' })),
    at: 'line 2, privileged',
    reason: /yes, no/,
  },
  { what: 'no account', content: list(row({ account: '' })), at: 'line 2, account', reason: /empty/ },
  {
    what: 'an account twice',
    content: list(SOUND, row({ account: 'u-2' }), SOUND),
    at: 'line 4, account',
    reason: /line 2/,
  },
  {
    what: 'a sign-in later than the list',
    content: list(row({ last_login: '2022-07-09' })),
    at: 'line 2, last_login',
    reason: /2022-07-09 is later than 2022-07-08/,
  },
  {
    what: 'a change later than the list',
    content: list(row({ status: 'disabled', status_changed: '2022-08-01' })),
    at: 'line 2, status_changed',
    reason: /later than 2022-07-08/,
  },
  {
    what: 'a component that does not exist',
    content: list(SOUND, row({ account: 'u-2', component: 'moon' })),
    at: 'line 3, component',
    reason: /no component moon.*inventory/,
    said: ['--system', 'ECM', '--observed', '2022-07-08'],
  },
  {
    what: 'another component than was said',
    content: list(row({ component: 'site' })),
    at: 'line 2, component',
    reason: /`cloud`/,
  },
  { what: 'a NUL byte', content: list(SOUND, row({ account: 'u\u00002' })), at: 'line 3', reason: /NUL/ },
  {
    what: 'Latin-1',
    content: Buffer.from(list(SOUND, row({ name: 'Andr\u00e9' })), 'latin1'),
    at: 'line 3',
    reason: /UTF-8/,
  },
  { what: 'UTF-16', content: Buffer.from(`\uFEFF${list(SOUND)}`, 'utf16le'), at: 'file', reason: /UTF-16/ },
  {
    what: 'a system nobody declared',
    content: list(SOUND),
    at: 'system',
    reason: /no system NONE.*inventory/,
    said: ['--system', 'NONE', '--observed', '2022-07-08'],
  },
  {
    what: 'no system',
    content: list(SOUND),
    at: 'system',
    reason: /--system/,
    said: ['--observed', '2022-07-08'],
  },
  { what: 'no day', content: list(SOUND), at: 'observed', reason: /--observed/, said: ['--system', 'ECM'] },
  {
    what: 'a day to come',
    content: list(SOUND),
    at: /observed/,
    reason: /2199-01-01 has not come yet/,
    said: ['--system', 'ECM', '--observed', '2199-01-01'],
  },
  {
    what: 'a reader nobody knows',
    content: list(SOUND),
    at: /file|reader/,
    reason: /no reader spreadsheet.*accounts.*inventory/,
    said: [...SAID, '--reader', 'spreadsheet'],
  },
  {
    what: 'another reader than the file is for',
    content: list(SOUND),
    at: 'line 1',
    reason: /lacks|must name/,
    said: ['--reader', 'inventory'],
  },
  {
    what: 'a text no reader knows',
    content: 'hello\nworld\n',
    at: 'file',
    reason: /no reader knows.*--reader/,
  },
  { what: 'JSON', content: '{"accounts": []}\n', at: 'file', reason: /no reader knows/ },
  { what: 'a CSV of something else', content: 'a,b,c\n1,2,3\n', at: 'file', reason: /no reader knows/ },
  {
    what: 'a picture called CSV',
    content: Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
    at: 'file',
    reason: /PNG/,
  },
  { what: 'a workbook called CSV', content: workbook(), at: 'file', reason: /Excel|zip/ },
  {
    what: 'a program called CSV',
    content: Buffer.from('7f454c46020101000000000000000000', 'hex'),
    at: 'file',
    reason: /no reader knows/,
  },
  {
    what: 'a picture said to be a list',
    content: Buffer.from('89504e470d0a1a0a', 'hex'),
    at: 'file',
    reason: /PNG/,
    said: ['--reader', 'accounts', ...SAID],
  },
  {
    what: 'an environment nobody knows',
    content: inventory('ECM,edge,space,moderate,yes,,,,,'),
    at: 'line 2, environment',
    reason: /`space`.*cloud, on-premises/,
    said: [],
  },
  {
    what: 'an impact that contradicts itself',
    content: inventory('NEW,a,cloud,moderate,yes,,,,,', 'NEW,b,cloud,high,yes,,,,,'),
    at: 'line 3, impact',
    reason: /line 2/,
    said: [],
  },
  {
    what: 'an asset twice',
    content: inventory('NEW,a,cloud,low,yes,one,,,,', 'NEW,a,cloud,low,yes,one,,,,'),
    at: 'line 3, asset',
    reason: /line 2/,
    said: [],
  },
  {
    what: 'an address that is none',
    content: inventory('NEW,a,cloud,low,yes,one,,192.0.2.999,,'),
    at: 'line 2, ip',
    reason: /IPv4/,
    said: [],
  },
];

/** The start of a workbook, as far as anybody looks. */
function workbook(): Buffer {
  return Buffer.concat([
    Buffer.from('504b030414000600080000002100', 'hex'),
    deflateRawSync(Buffer.alloc(500)),
  ]);
}

let desk: Desk;
let untouched = '';
before(async () => {
  desk = await Desk.open();
  await desk.done('agency', 'create', 'NORTH', '--kind', 'irs');
  await desk.write('inventory.csv', INVENTORY);
  await desk.done('import', 'inventory.csv');
  await desk.write('sound.csv', list(SOUND));
  await desk.done('import', 'sound.csv', ...SAID);
  untouched = await desk.digest();
});
after(() => desk.close());

/** Names the tables that changed, and goes on from what is there, so that one fault is told once. */
async function assertUntouched(): Promise<void> {
  const before = new Set(untouched.split('\n'));
  untouched = await desk.digest();
  const changed = untouched.split('\n').filter((table) => !before.has(table));
  assert.deepEqual(changed, []);
}

interface Imported {
  readonly evidence: number | null;
  readonly refused: { at: string; reason: string }[];
}

describe('evidence that cannot be taken', () => {
  for (const { what, content, at, reason, said = SAID } of BAD) {
    test(what, async () => {
      const file = await desk.write('bad.csv', content);
      assert.equal((await desk.run('import', file, ...said, '--dry-run')).code, 3);
      const { code, stdout, stderr } = await desk.run('import', file, ...said, '--json');
      assert.equal(code, 3, `${stdout}${stderr}`);
      const answer = JSON.parse(stdout) as Imported;
      assert.equal(answer.evidence, null);
      const [first] = answer.refused;
      assert.ok(first, 'refused is empty');
      if (typeof at === 'string') assert.equal(first.at, at);
      else assert.match(first.at, at);
      assert.match(first.reason, reason);
      assert.doesNotMatch(
        JSON.stringify(answer.refused),
        /Andr|Demo User/,
        'a cell with personal data is shown',
      );

      const text = await desk.run('import', file, ...said);
      assert.equal(text.code, 3);
      assert.equal(text.stdout, '');
      assert.match(text.stderr, /^bad\.csv: refused, and nothing was changed\n {2}/);
      assert.ok(text.stderr.includes(`  ${first.at}: ${first.reason}\n`), text.stderr);
      await assertUntouched();
    });
  }

  test('files that are not there, or are none', async () => {
    await mkdir(join(desk.folder, 'folder'));
    for (const [file, reason] of [
      ['missing.csv', /no such file/],
      ['folder', /cannot be read|folder/],
    ] as const) {
      const { code, stdout } = await desk.run('import', file, '--json');
      assert.equal(code, 3);
      assert.match(String((JSON.parse(stdout) as Imported).refused[0]?.reason), reason);
    }
    await assertUntouched();
  });

  test('many faults: the first are shown, all are counted', async () => {
    const rows = Array.from({ length: 100 }, (_, n) => row({ account: `u-${n}`, status: 'gone' }));
    await desk.write('bad.csv', list(...rows));
    const { stdout } = await desk.run('import', 'bad.csv', ...SAID, '--json');
    const { refused } = JSON.parse(stdout) as Imported;
    assert.ok(refused.length <= 25);
    assert.match(String(refused.at(-1)?.reason), /80 more/);
    await assertUntouched();
  });

  test('one bad file among several does not stop the others', async () => {
    await desk.done('agency', 'create', 'SOUTH', '--kind', 'irs');
    await desk.write('bad.csv', 'x');
    const { code, stdout } = await desk.run(
      'import',
      'bad.csv',
      'inventory.csv',
      '--agency',
      'SOUTH',
      '--json',
    );
    assert.equal(code, 3);
    const answers = JSON.parse(stdout) as Imported[];
    assert.deepEqual(
      answers.map(({ evidence, refused }) => [typeof evidence, refused.length]),
      [
        ['object', 1],
        ['number', 0],
      ],
    );
    await desk.forget('SOUTH');
    await assertUntouched();
  });
});

describe('sound evidence in unusual dress', () => {
  const dress = {
    'a byte order mark and CRLF': `\uFEFF${list(SOUND).replaceAll('\n', '\r\n')}`,
    'columns in another order, with further ones': `status,extra,account,last_login,created,privileged,component,status_changed,name\nactive,x,u-1,2022-01-10,2021-03-01,no,cloud,,Demo User 0001\n`,
    'quotes around everything and blank lines': `${HEADER}\n\n${SOUND.split(',')
      .map((cell) => `"${cell}"`)
      .join(',')}\n\n`,
    'no line end at the end': list(SOUND).trimEnd(),
    'capitals and blanks': `${HEADER.toUpperCase()}\n u-1 ,Demo User 0001,cloud, No ,2021-03-01,2022-01-10,ACTIVE,\n`,
  };
  for (const [what, content] of Object.entries(dress)) {
    test(what, async () => {
      await desk.write('dressed.csv', content);
      const { code, stdout } = await desk.run('import', 'dressed.csv', ...SAID, '--dry-run', '--json');
      assert.equal(code, 0, stdout);
      assert.partialDeepStrictEqual(JSON.parse(stdout), {
        observations: 1,
        new: 0,
        unchanged: 1,
        refused: [],
      });
      await assertUntouched();
    });
  }

  test('further columns are told of', async () => {
    await desk.write('dressed.csv', dress['columns in another order, with further ones']);
    const { stderr } = await desk.run('import', 'dressed.csv', ...SAID, '--dry-run');
    assert.match(stderr, /note: column not read: `extra`/);
  });
});

describe('questions that cannot be answered', () => {
  const questions: [code: number, pattern: RegExp, args: string[]][] = [
    [3, /no system NONE; there are ECM/, ['duties', '--system', 'NONE']],
    [3, /no system NONE; there are ECM/, ['audit', '--system', 'NONE']],
    [3, /no duty type account\.delete; there are account\.disable/, ['duties', '--duty', 'account.delete']],
    [3, /no program with duties moon; there are accounts/, ['duties', '--program', 'moon']],
    [3, /no program with duties moon/, ['audit', '--program', 'moon']],
    [3, /no system NONE; there are ECM/, ['binding', '--system', 'NONE']],
    [3, /no component moon/, ['duties', '--component', 'moon']],
    [3, /no class boss/, ['duties', '--class', 'boss']],
    [2, /status/, ['duties', '--status', 'late']],
    [2, /limit/, ['duties', '--limit', '0']],
    [2, /limit/, ['duties', '--limit', '1001']],
    [2, /limit/, ['duties', '--limit', 'many']],
    [2, /after/, ['duties', '--after', 'nonsense']],
    [2, /asOf|as-of/, ['duties', '--as-of', '8 July 2022']],
    [2, /asOf|as-of/, ['audit', '--as-of', '2022-02-30']],
    [2, /observed/, ['import', 'sound.csv', '--observed', '07/08/2022']],
    [3, /no agency EAST; there are NORTH/, ['duties', '--agency', 'EAST']],
    [3, /not adopted irm-9/, ['audit', '--without', 'irm-9']],
    [3, /not a duty's id/, ['explain', 'nonsense']],
    [3, /no duty|there is no/, ['explain', 'account.disable:9.9:2022-01-01']],
    [3, /no duty|there is no/, ['explain', 'account.disable:3.2:2010-01-01', '--as-of', '2009-01-01']],
    [2, /knownAt|known-at/, ['systems', '--known-at', '-1']],
  ];
  for (const [code, pattern, args] of questions) {
    test(`muster ${args.join(' ')}`, () => desk.refused(code, pattern, ...args));
  }

  const usage = [
    ['nonsense'],
    ['duties', '--nonsense'],
    ['import'],
    ['explain'],
    ['agency', 'create'],
    ['agency', 'create', 'EAST'],
    ['agency', 'nonsense'],
    ['act', 'nonsense'],
    ['rulebook', 'adopt'],
    ['duties', 'more'],
    ['duties', '--limit'],
    ['binding'],
    ['evidence', '--nonsense'],
  ];
  for (const args of usage) {
    test(`muster ${args.join(' ')} is wrong usage`, async () => {
      const { code, stdout, stderr } = await desk.run(...args);
      assert.equal(code, 2, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, /^error: [^\n]+\n\(see --help\)\n/);
    });
  }

  test('nothing was changed by any of them', assertUntouched);
});
