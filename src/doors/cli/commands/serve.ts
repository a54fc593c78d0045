import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as setTimer } from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import type { Command } from 'commander';
import { MusterError } from '../../../errors/index.ts';
import { buildServer } from '../../http/server.ts';
import { keepSealing } from '../../jobs/sealing.ts';
import { loadDemonstration, openHouse, type House } from '../../house.ts';
import { readSettings, type Settings } from '../../settings.ts';
import { builtWeb } from '../../web/index.ts';
import { note, print, withHouse, type Common } from '../session.ts';

const STOP_MS = 9_000;
const SIGNAL_MS = 100;

export function addServe(program: Command): void {
  withHouse(
    program
      .command('serve')
      .description('run the web application and the HTTP API until it is stopped')
      .option('--demo', 'with the demonstration agency loaded'),
    'muster serve --data /srv/muster',
    'database',
  ).action(serve);
}

async function serve(options: Common & { demo?: boolean }): Promise<void> {
  const stop = stopAtSignals();
  const settings = readSettings(process.env, options.data);
  try {
    const house = await openHouse(settings, 'server', { log: note, lost: (error) => stop.abort(error) });
    await whileSealing(house, stop.signal, () =>
      serveUntil(stop.signal, house, settings, options.demo === true),
    );
  } catch (error) {
    // What fails because it is being stopped has not failed; a child may hear of the signal first.
    await setTimeout(SIGNAL_MS);
    if (!stop.signal.aborted) throw error;
  }
  if (stop.signal.reason instanceof MusterError) throw stop.signal.reason;
}

/** Keeps the record signed while the work lasts, then closes the house: what signs needs it, also where the work fails. */
async function whileSealing(house: House, stop: AbortSignal, work: () => Promise<void>): Promise<void> {
  const over = new AbortController();
  const sealing = keepSealing(house.sealer, AbortSignal.any([stop, over.signal]));
  try {
    await work();
  } finally {
    over.abort();
    try {
      await sealing;
    } finally {
      await house.close();
    }
  }
}

async function serveUntil(
  stopping: AbortSignal,
  house: House,
  settings: Settings,
  isDemonstration: boolean,
): Promise<void> {
  if (isDemonstration && !stopping.aborted) await loadDemonstration(house);
  const web = await builtWeb(join(settings.dataDir, 'web'), note, stopping);
  const server = await buildServer({ house, web, log: note });
  const address = await listen(server, settings);
  announce(address, settings, house, isDemonstration);
  if (!stopping.aborted) await once(stopping, 'abort');
  await server.close();
}

async function listen(server: Awaited<ReturnType<typeof buildServer>>, settings: Settings): Promise<string> {
  try {
    return await server.listen({ port: settings.port, host: settings.host });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new MusterError(
      'PORT_TAKEN',
      `port ${settings.port} on ${settings.host} is taken by another program`,
      [],
      { cause },
    );
  }
}

function announce(address: string, settings: Settings, house: House, isDemonstration: boolean): void {
  print(`Muster is at ${address} (${house.database}, data in ${settings.dataDir})`);
  if (isDemonstration) {
    print(
      `Look first at what was overdue on 8 July 2022: ${address}/DEMO/duties?asOf=2022-07-08&status=overdue`,
    );
    print('The demonstration agency is invented. To start without it: ./muster serve --data FOLDER');
  } else {
    print('Set up an agency with: muster agency create CODE --kind irs');
  }
  print('Ctrl-C stops it.');
}

/**
 * Aborts at SIGINT or SIGTERM. Ctrl-C under npm comes twice, from the terminal and from npm, so a
 * second signal changes nothing; what has not stopped after nine seconds is ended.
 */
function stopAtSignals(): AbortController {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      setTimer(() => process.exit(1), STOP_MS).unref();
      stop.abort();
    });
  }
  return stop;
}
