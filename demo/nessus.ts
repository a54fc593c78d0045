import type { Port } from './findings.ts';
import type { Server } from './inventory.ts';
import type { Family, Plugin, Severity } from './plugins.ts';

/** A scan as its file tells of it. */
export interface Scan {
  readonly report: string;
  readonly policy: string;
  readonly families: readonly (readonly [family: Family, status: 'enabled' | 'disabled' | 'mixed'])[];
  /** The plugins that are enabled one by one, in families that are mixed. */
  readonly singled: readonly Plugin[];
  readonly hosts: readonly ScannedHost[];
}

export interface ScannedHost {
  readonly server: Server;
  readonly credentialed: boolean;
  readonly started: Temporal.ZonedDateTime;
  readonly ended: Temporal.ZonedDateTime;
  readonly items: readonly Item[];
}

export interface Item {
  readonly plugin: Plugin;
  readonly port: Port;
  readonly output: string;
}

/** The scan in Nessus v2 XML. */
export function nessusXml({ report, policy, families, singled, hosts }: Scan): string {
  return [
    '<?xml version="1.0" ?>\n<NessusClientData_v2>\n<Policy>',
    element('policyName', policy),
    '<Preferences><ServerPreferences><preference>',
    element('name', 'max_checks'),
    element('value', '5'),
    '</preference></ServerPreferences></Preferences>',
    '<FamilySelection>',
    ...families.map(([name, status]) => familyItem(name, status)),
    '</FamilySelection>',
    '<IndividualPluginSelection>',
    ...singled.map(pluginItem),
    '</IndividualPluginSelection>',
    '</Policy>',
    `<Report name="${escaped(report)}" xmlns:cm="http://www.nessus.org/cm">`,
    ...hosts.map((host) => reportHost(host, policy)),
    '</Report>\n</NessusClientData_v2>\n',
  ].join('\n');
}

function familyItem(family: Family, status: string): string {
  return `<FamilyItem>${element('FamilyName', family)}${element('Status', status)}</FamilyItem>`;
}

function pluginItem({ id, name, family }: Plugin): string {
  const inside = [
    element('PluginId', String(id)),
    element('PluginName', name),
    element('Family', family),
    element('Status', 'enabled'),
  ];
  return `<PluginItem>${inside.join('')}</PluginItem>`;
}

function reportHost({ server, credentialed, started, ended, items }: ScannedHost, policy: string): string {
  const seconds = (instant: Temporal.ZonedDateTime) => String(instant.epochMilliseconds / 1000);
  const properties = [
    tag(credentialed ? 'LastAuthenticatedResults' : 'LastUnauthenticatedResults', seconds(ended)),
    tag('policy-used', policy),
    tag('os', 'linux'),
    tag('operating-system', 'Demo Linux 8 (invented)'),
    tag('system-type', 'general-purpose'),
    tag('hostname', server.asset),
    tag('Credentialed_Scan', String(credentialed)),
    tag('host-fqdn', server.fqdn),
    tag('HOST_END_TIMESTAMP', seconds(ended)),
    tag('HOST_END', ctime(ended)),
    tag('host-ip', server.ip),
    tag('HOST_START_TIMESTAMP', seconds(started)),
    tag('HOST_START', ctime(started)),
  ];
  return [
    `<ReportHost name="${escaped(server.ip)}"><HostProperties>`,
    ...properties,
    '</HostProperties>',
    ...items.map(reportItem),
    '</ReportHost>',
  ].join('\n');
}

const RATED: Readonly<
  Record<Severity, { readonly number: number; readonly risk: string; readonly score: string }>
> = {
  high: { number: 3, risk: 'High', score: scored('7.5', 'AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N') },
  medium: { number: 2, risk: 'Medium', score: scored('5.3', 'AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N') },
  low: { number: 1, risk: 'Low', score: scored('3.1', 'AV:N/AC:H/PR:L/UI:N/S:U/C:L/I:N/A:N') },
  info: { number: 0, risk: 'None', score: '' },
};

function scored(base: string, vector: string): string {
  return `${element('cvss3_base_score', base)}\n${element('cvss3_vector', `CVSS:3.0/${vector}`)}\n`;
}

function reportItem({ plugin, port, output }: Item): string {
  const { number, risk, score } = RATED[plugin.severity];
  const attributes = [
    ['port', String(port.number)],
    ['svc_name', port.service],
    ['protocol', port.protocol],
    ['severity', String(number)],
    ['pluginID', String(plugin.id)],
    ['pluginName', plugin.name],
    ['pluginFamily', plugin.family],
  ].map(([name, value = '']) => ` ${name}="${escaped(value)}"`);
  return [
    `<ReportItem${attributes.join('')}>`,
    score + element('description', `${plugin.synopsis} Nothing of it exists.`),
    element('fname', `demo_${plugin.id}.nasl`),
    element('plugin_name', plugin.name),
    element('plugin_type', plugin.type),
    element('risk_factor', risk),
    element('solution', plugin.solution),
    element('synopsis', plugin.synopsis),
    element('plugin_output', output),
    '</ReportItem>',
  ].join('\n');
}

function tag(name: string, value: string): string {
  return `<tag name="${name}">${escaped(value)}</tag>`;
}

function element(name: string, value: string): string {
  return `<${name}>${escaped(value)}</${name}>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(value: string): string {
  return value.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** As C's `ctime` writes local time: without a zone, the day of the month padded with a blank. */
function ctime(instant: Temporal.ZonedDateTime): string {
  const { year, month, day, dayOfWeek } = instant;
  const clock = instant.toPlainTime().toString({ smallestUnit: 'second' });
  return `${WEEKDAYS[dayOfWeek - 1]} ${MONTHS[month - 1]} ${String(day).padStart(2)} ${clock} ${year}`;
}
