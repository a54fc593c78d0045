import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { day } from '../time/index.ts';
import { appendEntry } from './append.ts';
import {
  bindArtifact,
  checkArtifact,
  entriesOfSameBytes,
  keepArtifact,
  observationAt,
  observationsOf,
  type Commitments,
  type KeptArtifact,
  type ObservationPart,
} from './artifacts.ts';
import { copyInto, copyText, readCopyText, type Cell } from './copy.ts';
import { connectStore, type Store } from './transaction.ts';
import { asSuperuser, onEveryPostgres, type TrialDatabase } from './trial.ts';

const said = { kind: 'test.said', subject: 'agency', actor: 'operator:test', effective: day('2022-07-08') };
const MIB = 1 << 20;

onEveryPostgres((open) => {
  let database: TrialDatabase;
  let store: Store;
  let agency = 0;
  let other = 0;
  before(async () => {
    database = await open();
    store = connectStore(database.application).as(said.actor);
    agency = await store.found('NORTH', async (tx) => tx.agency);
    other = await store.found('SOUTH', async (tx) => tx.agency);
  });
  after(async () => {
    await store?.close();
    await database?.close();
  });

  async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }

  async function keep(
    bytes: Uint8Array,
    size: number,
    parts: readonly ObservationPart[] = [],
    of = agency,
  ): Promise<{ entry: number; kept: KeptArtifact }> {
    return store.write(of, async (tx) => {
      const keeping = await keepArtifact(tx, chunks(bytes, size));
      const passed = await Array.fromAsync(keeping.bytes);
      assert.ok(Buffer.concat(passed).equals(bytes), 'what streams by is what came');
      for (const part of parts) await keeping.observe(part);
      const kept = keeping.finish();
      const { index } = await appendEntry(tx, { ...said, body: { commitment: kept.commitment } });
      await bindArtifact(tx, kept, index);
      return { entry: index, kept };
    });
  }

  async function bytesOf(entry: number): Promise<Buffer> {
    const rows = await store.read(agency, (tx) =>
      tx.rows<{ content: Buffer }>(
        `select p.content from artifact a join artifact_part p using (agency_id, artifact_id)
         where a.agency_id = $1 and a.entry = $2 order by p.part`,
        [agency, entry],
      ),
    );
    return Buffer.concat(rows.map(({ content }) => zstdDecompressSync(content)));
  }

  test('bytes come back identical, however they came', async () => {
    const sizes: [bytes: number, chunk: number][] = [
      [0, 1],
      [1, 1],
      [MIB - 1, 65_536],
      [MIB, 65_536],
      [MIB + 1, MIB],
      [3 * MIB + 17, 5 * MIB],
      [2 * MIB + 5, 262_144],
    ];
    for (const [length, size] of sizes) {
      const bytes = randomBytes(length);
      const { entry, kept } = await keep(bytes, size);
      assert.ok((await bytesOf(entry)).equals(bytes), `${length} bytes in chunks of ${size}`);
      assert.equal(kept.bytes, length);
      assert.equal(kept.commitment, createHash('sha256').update(kept.salt).update(bytes).digest('hex'));
    }
  });

  test('the same bytes are found again, under a key of the agency’s own', async () => {
    const bytes = Buffer.from('one line\n');
    const first = await keep(bytes, 3);
    const second = await keep(bytes, 9);
    const elsewhere = await keep(bytes, 9, [], other);
    assert.ok(second.kept.keyedHash.equals(first.kept.keyedHash));
    assert.ok(!elsewhere.kept.keyedHash.equals(first.kept.keyedHash));
    assert.notEqual(second.kept.commitment, first.kept.commitment);
    const plain = createHash('sha256').update(bytes).digest();
    assert.ok(!first.kept.keyedHash.equals(plain));
    const found = (of: number, hash: Buffer) => store.read(of, (tx) => entriesOfSameBytes(tx, hash));
    assert.deepEqual(await found(agency, first.kept.keyedHash), [first.entry, second.entry]);
    assert.deepEqual(await found(other, first.kept.keyedHash), []);
    const changed = await keep(Buffer.from('one line\r\n'), 9);
    assert.deepEqual(await found(agency, changed.kept.keyedHash), [changed.entry]);
  });

  test('a file or its observations changed behind the record are found out', async () => {
    const part = { columns: ['line', 'name'], text: '2\tfirst\n', firstLine: 2, lastLine: 2 };
    const { entry, kept } = await keep(randomBytes(MIB + 1), MIB, [
      part,
      { ...part, firstLine: 3, lastLine: 3 },
    ]);
    const check = (said: Commitments) => store.read(agency, (tx) => checkArtifact(tx, entry, said));
    const whole = { file: true, keyedHash: true, observations: true };
    assert.deepEqual(await check(kept), whole);
    assert.deepEqual(await check({ commitment: kept.commitment }), {
      ...whole,
      observations: 'not committed to',
    });
    const where = `where agency_id = ${agency} and artifact_id = ${kept.artifact} and part = 1`;
    const compressed = (text: string) => `'\\x${zstdCompressSync(text).toString('hex')}'`;
    for (const [sql, found] of [
      [`update observation_part set content = ${compressed('2\tother\n')} ${where}`, 'observations'],
      [`update observation_part set content = '\\x00' ${where}`, 'observations'],
      [`update observation_part set last_line = 4 ${where}`, 'observations'],
      [`delete from observation_part ${where}`, 'observations'],
      [`update artifact_part set content = ${compressed('x')} ${where}`, 'file'],
      [`update artifact_part set content = '\\x00' ${where}`, 'file'],
      [`delete from artifact_part ${where}`, 'file'],
    ] as const) {
      await asSuperuser(database, async (client) => {
        await client.query(
          `create table kept_aside as select * from ${sql.includes('observation') ? 'observation_part' : 'artifact_part'} ${where}`,
        );
        assert.equal((await client.query(sql)).rowCount, 1);
      });
      const file = found !== 'file';
      const expected = { file, keyedHash: file, observations: found !== 'observations' };
      assert.deepEqual(await check(kept), expected, sql);
      await asSuperuser(database, async (client) => {
        const table = sql.includes('observation') ? 'observation_part' : 'artifact_part';
        await client.query(`delete from ${table} ${where}`);
        await client.query(`insert into ${table} select * from kept_aside`);
        await client.query('drop table kept_aside');
      });
    }
    assert.deepEqual(await check(kept), whole);
    await asSuperuser(database, (client) =>
      client.query(`delete from artifact where agency_id = ${agency} and entry = ${entry}`),
    );
    assert.deepEqual(await check(kept), { file: false, keyedHash: false, observations: false });
  });

  test('a part put in where no reading comes by is found out, and not shown', async () => {
    const part = { columns: ['line', 'name'], text: '2\tfirst\n', firstLine: 2, lastLine: 2 };
    const parts = [part, { ...part, text: '3\tsecond\n', firstLine: 3, lastLine: 3 }];
    const { entry, kept } = await keep(randomBytes(MIB + 1), MIB, parts);
    const whole = { file: true, keyedHash: true, observations: true };
    const forged = `'\\x${zstdCompressSync('7\tforged\n').toString('hex')}'`;
    const of = `where agency_id = ${agency} and artifact_id = ${kept.artifact}`;
    for (const at of [-1, 3, 40, 2 ** 31 - 1]) {
      for (const [table, columns, values] of [
        ['observation_part', 'first_line, last_line, columns, content', `7, 7, '{line,name}', ${forged}`],
        ['artifact_part', 'content', forged],
      ] as const) {
        await asSuperuser(database, (client) =>
          client.query(`insert into ${table} (agency_id, artifact_id, part, ${columns})
            values (${agency}, ${kept.artifact}, ${at}, ${values})`),
        );
        const [found, shown, real] = await store.read(agency, async (tx) => [
          await checkArtifact(tx, entry, kept),
          await observationAt(tx, entry, 7),
          await observationAt(tx, entry, 3),
        ]);
        const expected =
          table === 'artifact_part'
            ? { ...whole, file: false, keyedHash: false }
            : { ...whole, observations: false };
        assert.deepEqual(found, expected, `${table} ${at}`);
        assert.equal(shown, undefined);
        assert.equal(real?.[1]?.value, 'second');
        await asSuperuser(database, (client) => client.query(`delete from ${table} ${of} and part = ${at}`));
      }
    }
    assert.deepEqual(await store.read(agency, (tx) => checkArtifact(tx, entry, kept)), whole);
  });

  test('a keyed hash that is another file’s is found out, and a second file of an entry', async () => {
    const [one, two] = [await keep(Buffer.from('one\n'), 9), await keep(Buffer.from('two\n'), 9)];
    const check = () => store.read(agency, (tx) => checkArtifact(tx, one.entry, one.kept));
    const observations = true;
    assert.deepEqual(await check(), { file: true, keyedHash: true, observations });
    const change = (sql: string, ...values: unknown[]) =>
      asSuperuser(database, (client) => client.query(sql, [agency, one.entry, ...values]));
    const setHash = 'update artifact set keyed_hash = $3 where agency_id = $1 and entry = $2';
    await change(setHash, two.kept.keyedHash);
    assert.deepEqual(await check(), { file: true, keyedHash: false, observations });
    await change(setHash, one.kept.keyedHash);
    const { secret } = await store.read(agency, (tx) =>
      tx.row<{ secret: Buffer }>('select secret from agency_secret where agency_id = $1', [agency]),
    );
    await asSuperuser(database, (client) =>
      client.query('delete from agency_secret where agency_id = $1', [agency]),
    );
    assert.deepEqual(await check(), { file: true, keyedHash: false, observations });
    await asSuperuser(database, (client) =>
      client.query('insert into agency_secret values ($1, $2)', [agency, secret]),
    );
    await asSuperuser(database, (client) => client.query('drop index artifact_entry'));
    await change(
      `insert into artifact (agency_id, entry, salt, keyed_hash)
       select agency_id, entry, salt, $3 from artifact where agency_id = $1 and entry = $2`,
      randomBytes(32),
    );
    assert.deepEqual(await check(), { file: false, keyedHash: false, observations: false });
    await change(
      `delete from artifact where agency_id = $1 and entry = $2 and artifact_id <> $3`,
      one.kept.artifact,
    );
    await asSuperuser(database, (client) =>
      client.query('create unique index artifact_entry on artifact (agency_id, entry)'),
    );
    assert.deepEqual(await check(), { file: true, keyedHash: true, observations });
  });

  test('a file of a transaction that fails leaves no part behind', async () => {
    const count = () =>
      store.read(
        agency,
        async (tx) => (await tx.row<{ n: number }>('select count(*) as n from artifact_part')).n,
      );
    const before = await count();
    await assert.rejects(
      store.write(agency, async (tx) => {
        const keeping = await keepArtifact(tx, chunks(randomBytes(2 * MIB), MIB));
        for await (const chunk of keeping.bytes) assert.ok(chunk);
        throw new Error('given up');
      }),
    );
    assert.equal(await count(), before);
  });

  const columns = ['line', 'name', 'note'];
  const rows = (from: number, count: number): Cell[][] =>
    Array.from({ length: count }, (_, n) => [
      from + n,
      `demo-${from + n}`,
      n % 3 === 0 ? null : (TRICKY[n % TRICKY.length] ?? ''),
    ]);

  function partOf(cells: Cell[][]): ObservationPart {
    return {
      columns,
      text: copyText(cells),
      firstLine: Number(cells[0]?.[0]),
      lastLine: Number(cells.at(-1)?.[0]),
    };
  }

  test('observations come back as they were said, in their order', async () => {
    const parts = [partOf(rows(2, 500)), partOf(rows(502, 500)), partOf(rows(1004, 1))];
    const { entry } = await keep(Buffer.from('x'), 1, parts);
    const back = await store.read(agency, (tx) => Array.fromAsync(observationsOf(tx, entry)));
    assert.deepEqual(back, parts);
    assert.deepEqual(await store.read(other, (tx) => Array.fromAsync(observationsOf(tx, entry))), []);
  });

  test('an observation is found by its line', async () => {
    const cells = [...rows(2, 500), ...rows(600, 300)];
    const { entry } = await keep(Buffer.from('y'), 1, [
      partOf(cells.slice(0, 400)),
      partOf(cells.slice(400)),
    ]);
    for (const row of [cells[0], cells[399], cells[400], cells[500], cells.at(-1)]) {
      assert.ok(row);
      const found = await store.read(agency, (tx) => observationAt(tx, entry, Number(row[0])));
      assert.deepEqual(
        found?.map(({ column, value }) => [column, value]),
        columns.map((column, at) => [column, row[at] === null ? null : String(row[at])]),
      );
    }
    for (const line of [0, 1, 550, 10_000, -1]) {
      assert.equal(await store.read(agency, (tx) => observationAt(tx, entry, line)), undefined);
    }
    assert.equal(await store.read(other, (tx) => observationAt(tx, entry, 2)), undefined);
  });

  test('rows copied in are the rows that were given', async () => {
    const given: Cell[][] = TRICKY.flatMap((text, n) => [
      [n * 2, text, n % 2 === 0, n / 3],
      [n * 2 + 1, null, null, null],
    ]);
    const back = await store.write(agency, async (tx) => {
      await tx.run(
        'create temporary table copied (n int, "text" text, flag boolean, number double precision) on commit drop',
      );
      await copyInto(tx, 'copied', ['n', '"text"', 'flag', 'number'], copyText(given));
      return tx.rows('select * from copied order by n');
    });
    assert.deepEqual(
      back.map((row) => Object.values(row)),
      given,
    );
    assert.deepEqual(
      readCopyText(copyText(given)),
      given.map((row) => row.map((cell) => (cell === null ? null : String(cell)))),
    );
  });

  test('nothing copied is nothing, and what cannot be copied fails the transaction', async () => {
    await store.write(agency, async (tx) => {
      await tx.run('create temporary table copied (n int) on commit drop');
      await copyInto(tx, 'copied', ['n'], copyText([]));
      assert.deepEqual(await tx.rows('select * from copied'), []);
    });
    for (const text of ['not a number\n', 'a\0b\n', '1\t2\n']) {
      await assert.rejects(
        store.write(agency, async (tx) => {
          await tx.run('create temporary table copied (n int) on commit drop');
          await copyInto(tx, 'copied', ['n'], text);
        }),
      );
    }
  });

  test('much is copied at once', async () => {
    const many = Array.from({ length: 200_000 }, (_, n): Cell[] => [n, 'x'.repeat(20)]);
    const counted = await store.write(agency, async (tx) => {
      await tx.run('create temporary table copied (n int, t text) on commit drop');
      await copyInto(tx, 'copied', ['n', 't'], copyText(many));
      return tx.row('select count(*) as n, sum(n) as sum, min(length(t)) as shortest from copied');
    });
    assert.deepEqual(counted, { n: 200_000, sum: 19_999_900_000, shortest: 20 });
  });
});

/** Text that means something to COPY, to SQL, to JSON or to a terminal. */
const TRICKY = [
  '',
  ' ',
  '\t',
  '\n',
  '\r',
  '\r\n',
  '\\',
  '\\\\',
  '\\N',
  '\\n',
  '\\t',
  '\\.',
  '\\.\n',
  'a\tb\\c\nd\re',
  '\\\n',
  '\b\f\v\u0001\u007f\u001b[2K',
  `'; drop table entry; --`,
  '"quoted"',
  '{"json": [1]}',
  'NULL',
  'null',
  '$1',
  '$&',
  '%s',
  'é ü 漢 \u{1F5C4}',
  '\u2028\u2029\uFEFF\u200B',
  'x'.repeat(70_000),
];
