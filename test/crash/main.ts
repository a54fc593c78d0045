import { parseArgs } from 'node:util';
import { clearAway } from '../process/muster.ts';
import { newSeed } from './random.ts';
import { killInRounds } from './rounds.ts';

/*
 * npm run test:crash -- --rounds N [--seed S]: the rounds of the ordinary tests, as many as one likes.
 */

const { values } = parseArgs({ options: { rounds: { type: 'string' }, seed: { type: 'string' } } });
const rounds = Number(values.rounds ?? 20);
const seed = Number(values.seed ?? newSeed());
if (!(Number.isInteger(rounds) && rounds > 0 && Number.isInteger(seed) && seed >= 0)) {
  process.stderr.write('usage: npm run test:crash -- [--rounds N] [--seed S], whole numbers\n');
  process.exit(2);
}
let stopped = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    stopped = true;
    void clearAway().finally(() => process.exit(1));
  });
}

const log = (line: string) => void process.stdout.write(`${line}\n`);
log(`${rounds} rounds, seed ${seed}`);
try {
  await killInRounds({ rounds, seed, log });
  log('nothing acknowledged was lost, nothing half-done was visible');
} catch (error) {
  // What is taken away from under it fails, and says nothing.
  if (!stopped) process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
} finally {
  await clearAway();
}
