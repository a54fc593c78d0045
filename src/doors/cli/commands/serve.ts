import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as setTimer } from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import type { Command } from 'commander';
import { MusterError } from '../../../errors/index.ts';
import { buildServer } from '../../http/server.ts';
import { readTls } from '../../http/tls.ts';
import { renewDemonstrationPasswords } from '../../demonstration-people.ts';
import { keepOwnAccountsDaily } from '../../jobs/own-accounts.ts';
import { keepSealing } from '../../jobs/sealing.ts';
import { loadDemonstration } from '../../demonstration.ts';
import { chooseAgency, openHouse, type House } from '../../house.ts';
import { publicAddress, readSettings, type Settings } from '../../settings.ts';
import { openFirstSetUp } from '../../sign-in/set-up.ts';
import { builtWeb } from '../../web/index.ts';
import { describeFirstStart, describeSignIns } from '../first-start.ts';
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
  // Tried before a database is started.
  if (settings.tls) await readTls(settings.tls);
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
  const first = await openFirstSetUp(house);
  const server = await buildServer({ house, web, first, log: note });
  const address = await listen(server, settings);
  print(`Muster is at ${address} (${house.database}, data in ${settings.dataDir})`);
  await whileKeepingAccounts(house, stopping, async () => {
    if (isDemonstration) await announceDemonstration(address, house);
    for (const line of await describeFirstStart(house, address, first)) print(line);
    print('Ctrl-C stops it.');
    if (!stopping.aborted) await once(stopping, 'abort');
  });
  await server.close();
}

/** Keeps Muster's own accounts while the work lasts. */
async function whileKeepingAccounts(
  house: House,
  stop: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  const over = new AbortController();
  const keeping = keepOwnAccountsDaily(house, note, AbortSignal.any([stop, over.signal]));
  try {
    await work();
  } finally {
    over.abort();
    await keeping;
  }
}

/** Listens as the settings say; gives the address that people open. */
async function listen(server: Awaited<ReturnType<typeof buildServer>>, settings: Settings): Promise<string> {
  const { port, host } = settings;
  try {
    await server.listen({ port, host });
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new MusterError('PORT_TAKEN', `port ${port} on ${host} is taken by another program`, [], {
        cause,
      });
    if (['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EACCES', 'EAFNOSUPPORT'].includes(code))
      throw new MusterError('USAGE', `Muster cannot listen on port ${port} of HOST ${host} (${code})`, [], {
        cause,
      });
    throw cause;
  }
  const bound = (server.server.address() as AddressInfo).port;
  if (settings.url !== undefined)
    note(`listening on ${host}, port ${bound}, ${settings.tls ? 'over TLS' : 'in the clear'}`);
  return publicAddress(settings, bound);
}

async function announceDemonstration(address: string, house: House): Promise<void> {
  print(
    `Look first at what was overdue on 8 July 2022: ${address}/DEMO/duties?asOf=2022-07-08&status=overdue`,
  );
  const agency = await chooseAgency(house, 'DEMO');
  print('Sign in to DEMO as one of these people; the passwords are good until it is started again:');
  print(describeSignIns(await renewDemonstrationPasswords(house, agency)));
  print('The demonstration agency is invented. To start without it: ./muster serve --data FOLDER');
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
