import process from 'node:process';

/*
 * The command line again and again in one process: each run loads main.ts anew, as starting
 * `muster` does, and everything below it once.
 */

const main = import.meta.resolve('../../src/doors/cli/main.ts');
let runs = 0;

process.on('message', (args: readonly string[]) => void runMain(args));

async function runMain(args: readonly string[]): Promise<void> {
  const [stdout, stderr] = [capture(process.stdout), capture(process.stderr)];
  process.argv = [process.execPath, 'muster', ...args];
  process.exitCode = undefined;
  runs += 1;
  await import(`${main}?run=${runs}`);
  const answer = { code: exitCode(), stdout: stdout.end(), stderr: stderr.end() };
  process.exitCode = undefined;
  process.send?.(answer);
}

/** What main.ts set meanwhile; the compiler only sees that it was cleared. */
function exitCode(): number {
  return Number((process as { exitCode?: unknown }).exitCode ?? 0);
}

function capture(stream: NodeJS.WriteStream): { end: () => string } {
  const write = stream.write.bind(stream);
  let text = '';
  stream.write = (chunk: string | Uint8Array) => {
    text += String(chunk);
    return true;
  };
  return {
    end: () => {
      stream.write = write;
      return text;
    },
  };
}
