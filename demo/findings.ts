import { day, type Day } from '../src/time/index.ts';
import { cloudServers, premisesServers, type Server } from './inventory.ts';
import { LOCAL, outdated, type Plugin } from './plugins.ts';

/** What is wrong with a server at a port, during each of some periods. */
export interface Flaw {
  readonly plugin: Plugin;
  readonly server: Server;
  readonly port: Port;
  readonly periods: readonly Period[];
}

export interface Port {
  readonly number: number;
  readonly protocol: 'tcp' | 'udp';
  readonly service: string;
}

/** From the day of the first scan that could see it to that of the first that no longer can; null: still there. */
export interface Period {
  readonly from: Day;
  readonly until: Day | null;
}

const CLOUD = cloudServers;
const PREMISES = premisesServers;
const ALL: readonly Server[] = [...cloudServers, ...premisesServers];

/** The host as a whole. */
const HOST = port(0, 'general');
const WEB = port(8443, 'www');
const HTTPS = port(443, 'www');
const CONSOLE = port(9443, 'www');
const SSH = port(22, 'ssh');

/**
 * Everything that was wrong with ECM's servers from December 2021 on. All of it is invented, so that
 * as much is open on 5 July 2022, and for as long, as the audit counts (TIGTA 2023-20-018, p. 7).
 */
export function flaws(): readonly Flaw[] {
  return [...planned(), ...recentHigh(), ...recentMedium(), ...passing(), ...low()];
}

/** The plugins that the program-level plan of March 2022 covers. */
export function plannedPlugins(): readonly number[] {
  return [...new Set(planned().map(({ plugin }) => plugin.id))];
}

/** 24 high ones and two medium ones that waited for upgrades: mended in the autumn of 2022. */
function planned(): readonly Flaw[] {
  const library = outdated(900001, 'high', LOCAL, 'local', 'Demo Library', '2.4', 'multiple vulnerabilities');
  const application = outdated(
    900002,
    'high',
    'Web Servers',
    'remote',
    'Demo Application Server',
    '9.1.7',
    'execution of code',
  );
  const runtime = outdated(
    900003,
    'high',
    'Misc.',
    'local',
    'Demo Runtime',
    '17.3',
    'escape from its sandbox',
  );
  const broker = outdated(900004, 'high', 'Misc.', 'remote', 'Demo Broker', '5.17', 'forged messages');
  const kernel = outdated(900005, 'high', LOCAL, 'local', 'Demo Kernel', '4.20', 'escalation of privilege');
  const database = outdated(
    900006,
    'high',
    'Databases',
    'remote',
    'Demo Database',
    '13.6',
    'injected commands',
  );
  const archiver = outdated(900007, 'high', LOCAL, 'local', 'Demo Archiver', '1.12', 'overwritten files');
  const cache = outdated(900008, 'medium', 'Misc.', 'local', 'Demo Cache', '6.3', 'disclosure of memory');
  return [
    ...found(library, CLOUD, [HOST], during('2021-12-16', '2022-10-11')),
    ...found(library, PREMISES, [HOST], during('2021-12-16', '2022-12-13')),
    ...found(application, CLOUD, [port(8080, 'www'), WEB], during('2021-12-16', '2022-10-11')),
    ...found(application, PREMISES, [WEB], during('2021-12-16', '2022-12-13')),
    ...found(runtime, ALL, [HOST], during('2021-12-16', '2022-12-13')),
    ...found(broker, CLOUD, [port(5671, 'unknown')], during('2022-01-06', '2022-10-11')),
    ...found(kernel, ALL, [HOST], during('2022-01-06', '2022-12-13')),
    ...found(database, PREMISES, [port(5432, 'unknown')], during('2022-01-20', '2022-12-13')),
    ...found(archiver, CLOUD, [HOST], during('2022-01-20', '2022-10-11')),
    ...found(cache, PREMISES, [HOST], during('2022-02-23', '2022-10-11')),
  ];
}

/** Twenty high ones first seen within the last 30 days before 5 July 2022. */
function recentHigh(): readonly Flaw[] {
  const panel = outdated(900021, 'high', 'Web Servers', 'remote', 'Demo Panel', '3.2', 'forged requests');
  const script = outdated(900022, 'high', LOCAL, 'local', 'Demo Script', '8.1', 'execution of code');
  const mail = outdated(900023, 'high', 'Misc.', 'remote', 'Demo Mail Relay', '3.7', 'denial of service');
  const names = outdated(900024, 'high', 'Misc.', 'remote', 'Demo Name Server', '9.18', 'forged answers');
  const kernel = outdated(900025, 'high', LOCAL, 'local', 'Demo Kernel', '4.21', 'use of freed memory');
  const driver = outdated(
    900026,
    'high',
    LOCAL,
    'local',
    'Demo Database Driver',
    '42.4',
    'injected commands',
  );
  return [
    ...found(panel, ALL, [CONSOLE], during('2022-06-07', '2022-07-19')),
    ...found(script, ALL, [HOST], during('2022-06-07', '2022-08-16')),
    ...found(mail, CLOUD, [port(25, 'smtp')], during('2022-06-21', '2022-07-19')),
    ...found(names, PREMISES, [port(53, 'dns', 'udp')], during('2022-06-21', '2022-07-19')),
    ...found(kernel, ALL, [HOST], during('2022-06-21', '2022-08-16')),
    ...found(driver, ALL, [HOST], during('2022-07-05', '2022-07-19')),
  ];
}

/** 48 medium ones first seen within the last 90 days before 5 July 2022; two of them had been mended once. */
function recentMedium(): readonly Flaw[] {
  const medium = (
    id: number,
    family: Plugin['family'],
    type: Plugin['type'],
    ...words: [string, string, string]
  ) => outdated(id, 'medium', family, type, ...words);
  const web = medium(900041, 'Web Servers', 'remote', 'Demo Web Server', '2.5', 'disclosure of information');
  const shell = medium(900042, LOCAL, 'local', 'Demo Shell Tools', '5.1', 'unsafe temporary files');
  const transfer = medium(900043, 'Misc.', 'remote', 'Demo Transfer', '1.4', 'weak ciphers');
  const log = medium(900044, LOCAL, 'local', 'Demo Log Agent', '7.18', 'forged log lines');
  const seal = medium(900045, 'General', 'remote', 'Demo Certificate Tool', '2.0', 'weak signatures');
  const backup = medium(900046, LOCAL, 'local', 'Demo Backup', '6.1', 'unsafe permissions');
  const schedule = medium(900047, LOCAL, 'local', 'Demo Scheduler', '2.9', 'unsafe permissions');
  const image = medium(900048, LOCAL, 'local', 'Demo Image Tools', '7.1', 'reading out of bounds');
  const monitor = medium(900049, 'Misc.', 'local', 'Demo Monitor', '4.2', 'disclosure of settings');
  const time = medium(900050, 'Misc.', 'remote', 'Demo Time Service', '4.3', 'amplified answers');
  const print = medium(900051, LOCAL, 'local', 'Demo Print Service', '2.3', 'denial of service');
  const directory = medium(900052, LOCAL, 'local', 'Demo Directory Client', '2.6', 'unchecked certificates');
  const mendedOnce = [...during('2022-01-20', '2022-02-23'), ...during('2022-05-24', '2022-10-11')];
  return [
    ...found(web, ALL, [HTTPS, WEB], during('2022-04-12', '2022-07-19')),
    ...found(shell, ALL, [HOST], during('2022-04-12', '2022-08-16')),
    ...found(transfer, ALL, [SSH], during('2022-04-26', '2022-07-19')),
    ...found(log, CLOUD, [HOST], during('2022-05-10', '2022-08-16')),
    ...found(log, PREMISES, [HOST], during('2022-05-24', '2022-08-16')),
    ...found(seal, ALL, [HTTPS, WEB], during('2022-05-24', '2022-12-13')),
    ...found(backup, PREMISES, [HOST], mendedOnce),
    ...found(schedule, ALL, [HOST], during('2022-06-07', '2022-10-11')),
    ...found(image, CLOUD, [HOST], during('2022-06-07', '2022-08-16')),
    ...found(monitor, ALL, [HOST], during('2022-06-21', null)),
    ...found(time, ALL, [port(123, 'ntp', 'udp')], during('2022-07-05', '2022-08-16')),
    ...found(print, PREMISES, [HOST], during('2022-07-05', '2022-10-11')),
    ...found(directory, CLOUD, [HOST], during('2022-07-05', null)),
  ];
}

/** Mended before 5 July 2022 or found after it: some in time, some late, some on a day when no scan could tell. */
function passing(): readonly Flaw[] {
  const editor = outdated(900061, 'high', LOCAL, 'local', 'Demo Editor', '8.2', 'execution of code');
  const viewer = outdated(900062, 'high', LOCAL, 'local', 'Demo Viewer', '97', 'use of freed memory');
  const parser = outdated(900063, 'medium', LOCAL, 'local', 'Demo Parser', '2.9', 'exhausted memory');
  const fonts = outdated(
    900064,
    'medium',
    'Misc.',
    'remote',
    'Demo Font Service',
    '1.2',
    'denial of service',
  );
  const panel = outdated(900065, 'high', 'Web Servers', 'remote', 'Demo Panel', '3.1', 'stolen sessions');
  const client = outdated(
    900066,
    'high',
    'Misc.',
    'local',
    'Demo Message Client',
    '1.8',
    'injected commands',
  );
  const replica = outdated(
    900067,
    'medium',
    'Databases',
    'remote',
    'Demo Replica',
    '13.5',
    'guessed passwords',
  );
  const library = outdated(900071, 'high', LOCAL, 'local', 'Demo Library', '2.5', 'multiple vulnerabilities');
  return [
    ...found(editor, ALL, [HOST], during('2021-12-16', '2022-01-06')),
    ...found(viewer, CLOUD, [HOST], during('2022-01-20', '2022-02-23')),
    ...found(parser, ALL, [HOST], during('2022-01-06', '2022-03-24')),
    ...found(fonts, PREMISES, [port(7100, 'unknown')], during('2021-12-16', '2022-04-12')),
    ...found(panel, ALL, [CONSOLE], during('2022-02-23', '2022-03-10')),
    ...found(client, CLOUD, [HOST], during('2022-03-24', '2022-04-26')),
    ...found(replica, PREMISES, [port(5433, 'unknown')], during('2022-03-24', '2022-05-10')),
    ...found(library, CLOUD, [HOST], during('2022-10-11', '2022-12-13')),
  ];
}

function low(): readonly Flaw[] {
  const banner = outdated(900081, 'low', 'General', 'remote', 'Demo Banner', '1.1', 'talkative greetings');
  const cookie = outdated(
    900082,
    'low',
    'Web Servers',
    'remote',
    'Demo Cookie Jar',
    '0.9',
    'cookies without a flag',
  );
  const manual = outdated(900083, 'low', LOCAL, 'local', 'Demo Manual Pages', '4.0', 'unsafe permissions');
  return [
    ...found(banner, ALL, [SSH], during('2021-12-16', null)),
    ...found(cookie, CLOUD, [HTTPS], during('2022-02-03', '2022-08-16')),
    ...found(manual, PREMISES, [HOST], during('2022-06-07', null)),
  ];
}

function found(
  plugin: Plugin,
  servers: readonly Server[],
  ports: readonly Port[],
  periods: readonly Period[],
): readonly Flaw[] {
  return servers.flatMap((server) => ports.map((port) => ({ plugin, server, port, periods })));
}

function during(from: string, until: string | null): readonly Period[] {
  return [{ from: day(from), until: until === null ? null : day(until) }];
}

function port(number: number, service: string, protocol: Port['protocol'] = 'tcp'): Port {
  return { number, protocol, service };
}
