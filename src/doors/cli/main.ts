import { CommanderError } from 'commander';
import { MusterError } from '../../errors/index.ts';
import { describeFault } from '../fault.ts';
import { buildProgram } from './program.ts';

/** Runs the command line and sets the exit code: 0 done, 1 fault, 2 usage, 3 input or act refused. */
async function main(): Promise<void> {
  // Who reads the output may have seen enough: `muster findings | head`.
  if (process.stdout.listenerCount('error') === 0) {
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  try {
    await buildProgram().parseAsync(process.argv);
  } catch (error) {
    process.exitCode = report(error);
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof MusterError) {
    process.stderr.write(`muster: ${error.message} (${error.remedy})\n`);
    for (const { at, reason } of error.refused.slice(1)) process.stderr.write(`  ${at}: ${reason}\n`);
    return error.exit;
  }
  process.stderr.write(`muster: a fault of ours: ${describeFault(error)}\n`);
  return 1;
}

await main();
