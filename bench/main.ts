import { inBenchHouse } from './house.ts';
import { measureAccounts } from './measure-accounts.ts';
import { measureBoth, measureScan } from './measure-findings.ts';
import { measureAppend } from './measure-append.ts';
import { measureReading } from './measure-reading.ts';
import { measureSignIn } from './measure-sign-in.ts';
import { measureRecord } from './measure-record.ts';
import { renderMeasured, type Measured } from './measure.ts';

/*
 * Each part by its name, or all: `npm run bench -- reading scans`. BENCH_SIZES names how many
 * rows, BENCH_MEGABYTES how large a file is read.
 */

const SIZES = (process.env['BENCH_SIZES'] ?? '10000,100000,1000000').split(',').map(Number);
const MEGABYTES = (process.env['BENCH_MEGABYTES'] ?? '50,500').split(',').map(Number);

const parts: Readonly<Record<string, () => Promise<void>>> = {
  accounts: () => bySize(measureAccounts),
  reading: async () => {
    for (const megabytes of MEGABYTES) print(await measureReading(megabytes));
  },
  scans: () =>
    bySize(
      measureScan,
      SIZES.filter((size) => size <= 100_000),
    ),
  both: () => bySize(measureBoth),
  record: () => bySize(measureRecord),
  'sign-in': () => bySize(measureSignIn),
  append: () => inBenchHouse(async (house) => print(await measureAppend(house))),
};

async function bySize(
  measure: (house: Parameters<typeof measureAccounts>[0], rows: number) => Promise<Measured[]>,
  sizes: readonly number[] = SIZES,
): Promise<void> {
  await inBenchHouse(async (house) => {
    for (const rows of sizes) print(await measure(house, rows));
  });
}

function print(measured: readonly Measured[]): void {
  process.stdout.write(`${renderMeasured(measured)}\n\n`);
}

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !Object.hasOwn(parts, name));
if (unknown !== undefined)
  throw new Error(`there is no part ${unknown}; there are ${Object.keys(parts).join(', ')}`);
for (const [name, part] of Object.entries(parts)) {
  if (wanted.length === 0 || wanted.includes(name)) await part();
}
