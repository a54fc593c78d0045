import { day, type Day } from '../src/time/index.ts';
import { type DemoFile, text } from './demo-file.ts';
import { type Flaw, flaws, type Port } from './findings.ts';
import { cloudServers, ECM, premisesServers, type Server } from './inventory.ts';
import { type Item, nessusXml, type ScannedHost } from './nessus.ts';
import { type Family, families, informing, LOCAL, type Plugin } from './plugins.ts';

/** How a night's scan was set up, where not as usual: all servers, with credentials, every plugin. */
interface Setup {
  readonly servers?: readonly Server[];
  readonly credentialed?: false;
  readonly disabled?: Family;
  /** A family of which only those plugins ran. */
  readonly mixed?: { readonly family: Family; readonly only: readonly number[] };
}

// The audit read the report of 5 July 2022 (p. 7); the other nights are invented, and so is what went wrong.
const NIGHTS: Readonly<Record<string, Setup>> = {
  '2021-12-16': {},
  '2022-01-06': {},
  '2022-01-20': {},
  '2022-02-03': {},
  '2022-02-23': {},
  '2022-03-10': { credentialed: false },
  '2022-03-24': {},
  '2022-04-12': {},
  '2022-04-26': { disabled: 'Databases', mixed: { family: 'Misc.', only: [900043, 900050] } },
  '2022-05-10': { servers: cloudServers },
  '2022-05-24': {},
  '2022-06-07': {},
  '2022-06-21': {},
  '2022-07-05': {},
  '2022-07-19': {},
  '2022-08-16': {},
  '2022-10-11': {},
  '2022-12-13': {},
};

const ALL: readonly Server[] = [...cloudServers, ...premisesServers];
const ZONE = 'America/New_York';
/** Before midnight there, when it is the next day already in UTC. */
const STARTS = Temporal.PlainTime.from('21:30');
const MINUTES_BETWEEN_HOSTS = 12;

/** The scans of ECM's servers, one file a night. */
export function scanFiles(): readonly DemoFile[] {
  const all = flaws();
  return Object.entries(NIGHTS).map(([night, setup]) => scanFile(day(night), setup, all));
}

function scanFile(night: Day, setup: Setup, all: readonly Flaw[]): DemoFile {
  const report = `demo-ecm-scan-${night}`;
  const { servers = ALL, disabled, mixed } = setup;
  const there = all.filter(({ periods }) =>
    periods.some(({ from, until }) => from <= night && (until ?? '9') > night),
  );
  const ran = (plugin: Plugin) => isRun(plugin, setup);
  const xml = nessusXml({
    report,
    policy: 'Demo scan of production servers (invented)',
    families: families.map((family) => [
      family,
      family === disabled ? 'disabled' : family === mixed?.family ? 'mixed' : 'enabled',
    ]),
    singled: pluginsOf(all).filter(({ id }) => mixed?.only.includes(id)),
    hosts: servers.map((server, place) => ({
      server,
      credentialed: setup.credentialed ?? true,
      ...hoursOf(night, place),
      items: [...informationOn(server), ...there.filter((flaw) => flaw.server === server).map(itemOf)].filter(
        ({ plugin }) => ran(plugin),
      ),
    })),
  });
  return { name: `${report}.nessus`, reader: 'nessus', bytes: text(xml), system: ECM };
}

function isRun({ id, family, type }: Plugin, { credentialed, disabled, mixed }: Setup): boolean {
  if (credentialed === false && type === 'local') return false;
  return family !== disabled && (family !== mixed?.family || mixed.only.includes(id));
}

function pluginsOf(all: readonly Flaw[]): readonly Plugin[] {
  return [...new Map(all.map(({ plugin }) => [plugin.id, plugin])).values()];
}

function hoursOf(night: Day, place: number): Pick<ScannedHost, 'started' | 'ended'> {
  const evening = Temporal.PlainDate.from(night).toZonedDateTime({ timeZone: ZONE, plainTime: STARTS });
  const started = evening.add({ minutes: place * MINUTES_BETWEEN_HOSTS });
  return { started, ended: started.add({ minutes: MINUTES_BETWEEN_HOSTS - 1, seconds: 7 * (place + 1) }) };
}

function itemOf({ plugin, port }: Flaw): Item {
  return { plugin, port, output: `Invented for the demonstration: ${plugin.name}` };
}

const SCAN = informing(900901, 'Settings', 'remote', 'Demo scan information');
const SYSTEM = informing(900902, 'General', 'remote', 'Demo operating system identification');
const SERVICE = informing(900903, 'Service detection', 'remote', 'Demo service detection');
const SOFTWARE = informing(900904, LOCAL, 'local', 'Demo list of software');

function informationOn({ asset, fqdn }: Server): readonly Item[] {
  const host: Port = { number: 0, protocol: 'tcp', service: 'general' };
  return [
    { plugin: SCAN, port: host, output: `The host "${asset}" was scanned (invented).` },
    { plugin: SYSTEM, port: host, output: `${fqdn} runs Demo Linux 8 (invented).` },
    {
      plugin: SERVICE,
      port: { number: 22, protocol: 'tcp', service: 'ssh' },
      output: 'A service answers at the port.',
    },
    {
      plugin: SERVICE,
      port: { number: 443, protocol: 'tcp', service: 'www' },
      output: 'A service answers at the port.',
    },
    { plugin: SOFTWARE, port: host, output: 'Demo Library\nDemo Kernel\nDemo Shell Tools' },
  ];
}
