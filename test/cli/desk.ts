import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demonstration } from '../../demo/index.ts';
import { ADMINISTRATOR } from '../../src/store/postgres/cluster.ts';
import { asSuperuser } from '../../src/store/trial.ts';
import { openDatabase, type Database } from '../../src/store/postgres/index.ts';

/** What a command ended with. */
export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A data folder of its own and someone who runs commands on it, one after the other. */
export class Desk {
  readonly folder: string;
  readonly #database: Database;
  readonly #worker: ChildProcess;

  private constructor(folder: string, database: Database) {
    this.folder = folder;
    this.#database = database;
    this.#worker = fork(fileURLToPath(new URL('worker.ts', import.meta.url)), {
      cwd: folder,
      execArgv: [],
      env: { PATH: process.env['PATH'] ?? '', DATA_DIR: join(folder, 'data'), MUSTER_OPERATOR: 'test' },
    });
  }

  /** The database is held open meanwhile: a command beside others, and quick. */
  static async open(): Promise<Desk> {
    const folder = await mkdtemp(join(tmpdir(), 'muster-test-'));
    return new Desk(folder, await openDatabase({ dataDir: join(folder, 'data'), as: 'command' }));
  }

  async close(): Promise<void> {
    this.#worker.disconnect();
    await new Promise((resolve) => this.#worker.once('exit', resolve));
    await this.#database.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Runs `muster` with these arguments. */
  async run(...args: readonly string[]): Promise<Result> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null) =>
        reject(new Error(`the process ended with ${code} at ${args.join(' ')}`));
      this.#worker.once('exit', ended);
      this.#worker.once('message', (result: Result) => {
        this.#worker.off('exit', ended);
        resolve(result);
      });
      this.#worker.send(args);
    });
  }

  /** Runs it and expects it to be done without a word on standard error. */
  async done(...args: readonly string[]): Promise<string> {
    const result = await this.run(...args);
    assert.equal(result.code, 0, `${args.join(' ')}: ${result.stderr}`);
    assert.equal(result.stderr, '');
    return result.stdout;
  }

  async json<T>(...args: readonly string[]): Promise<T> {
    return JSON.parse(await this.done(...args, '--json')) as T;
  }

  /** Expects one clear line of refusal. */
  async refused(code: number, pattern: RegExp, ...args: readonly string[]): Promise<void> {
    const { code: found, stdout, stderr } = await this.run(...args);
    assert.equal(found, code, `${args.join(' ')}: ${stdout}${stderr}`);
    assert.match(stderr, pattern);
    assert.match(stderr, /^muster: [^\n]+\n$/);
    assert.equal(stdout, '');
  }

  async write(name: string, content: string | Uint8Array): Promise<string> {
    await writeFile(join(this.folder, name), content);
    return name;
  }

  /** Writes the demonstration's files; gives their names and what must be said of each. */
  async demonstration(): Promise<{ inventory: string; july: string[]; october: string[] }> {
    const { files } = demonstration();
    const inventory = files.find(({ reader }) => reader === 'inventory');
    const [july, october] = files.filter(({ reader }) => reader === 'accounts');
    assert.ok(inventory && july && october);
    for (const { name, bytes } of [inventory, july, october]) await this.write(name, bytes);
    const list = (file: typeof july) => [
      file.name,
      '--system',
      'ECM',
      '--component',
      'cloud',
      '--observed',
      String(file.observedOn),
    ];
    return { inventory: inventory.name, july: list(july), october: list(october) };
  }

  /** As the superuser, whom nothing holds back. */
  async asSuperuser(sql: string): Promise<void> {
    const { owner } = this.#database;
    assert.ok(owner);
    await asSuperuser({ superuser: { ...owner, user: ADMINISTRATOR } }, (client) => client.query(sql));
  }

  /** Removes an agency as if it had never been. */
  async forget(code: string): Promise<void> {
    await this.asSuperuser(`do $$ declare t text; begin
      for t in select attrelid::regclass::text from pg_attribute join pg_class c on c.oid = attrelid
        where attname = 'agency_id' and c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by c.relname = 'agency'
      loop execute format('delete from %s where agency_id = (select agency_id from agency where code = %L)', t, '${code}');
      end loop; end $$`);
  }

  /** A digest of every row of every table. */
  async digest(): Promise<string> {
    const { owner } = this.#database;
    assert.ok(owner);
    return asSuperuser({ superuser: { ...owner, user: ADMINISTRATOR } }, async (client) => {
      const { rows: tables } = await client.query<{ name: string }>(
        `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`,
      );
      const digests: string[] = [];
      for (const { name } of tables) {
        const { rows } = await client.query<{ digest: string }>(
          `select count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' order by t::text)), '') as digest from ${name} t`,
        );
        digests.push(`${name} ${rows[0]?.digest ?? ''}`);
      }
      return digests.join('\n');
    });
  }
}
