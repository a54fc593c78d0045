import { execFile, spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { day } from '../src/time/index.ts';
import { median, type Measured } from './measure.ts';
import { nessusXml, range } from './nessus-xml.ts';

const RUNS = 3;
const ITEMS_A_HOST = 200;
const TEXT = 1200;
/** About what an item of that text comes to. */
const ITEM_BYTES = 2800;

/** Reading a Nessus file of so many megabytes against the bare parser, and the memory it takes. */
export async function measureReading(megabytes: number): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-bench-'));
  try {
    const file = join(folder, 'bench.nessus');
    await write(file, Math.ceil((megabytes * 1e6) / ITEM_BYTES / ITEMS_A_HOST));
    const size = Math.round((await stat(file)).size / 1e6);
    const bare = await runs('bare', file);
    const read = await runs('reader', file);
    const floorMs = median(bare.map(({ ms }) => ms));
    const most = Math.max(...read.map(({ mb }) => mb));
    process.stdout.write(`a file of ${size} MB: the reader held at most ${most.toFixed(0)} MB\n`);
    const ms = median(read.map((run) => run.ms));
    const rows = read[0]?.items ?? 0;
    return [
      { what: `reading a Nessus file of ${size} MB`, rows, floor: 'the bare parser', floorMs, ms, goal: 2 },
      ...withXmllint(file, rows, ms),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function write(file: string, hosts: number): Promise<void> {
  const out = createWriteStream(file);
  const scan = {
    day: day('2022-07-05'),
    hosts: range(0, hosts),
    items: (host: number) => range(host, host + ITEMS_A_HOST),
    textLength: TEXT,
  };
  for (const chunk of nessusXml(scan)) if (!out.write(chunk)) await once(out, 'drain');
  out.end();
  await once(out, 'finish');
}

interface Run {
  readonly ms: number;
  readonly items: number;
  readonly mb: number;
}

async function runs(how: 'bare' | 'reader', file: string): Promise<Run[]> {
  const child = fileURLToPath(new URL('./reading-child.ts', import.meta.url));
  const found: Run[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const { stdout } = await promisify(execFile)(process.execPath, [child, how, file]);
    found.push(JSON.parse(stdout) as Run);
  }
  return found;
}

/** Reported where it is installed: a parser written in C, which checks the file alone. */
function withXmllint(file: string, rows: number, ms: number): Measured[] {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const started = performance.now();
    const { status } = spawnSync('xmllint', ['--stream', '--noout', '--huge', file]);
    if (status !== 0) {
      process.stdout.write('xmllint is not installed: not compared with it\n');
      return [];
    }
    times.push(performance.now() - started);
  }
  return [{ what: 'the same', rows, floor: 'xmllint --stream', floorMs: median(times), ms, goal: null }];
}
