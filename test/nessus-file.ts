/*
 * Files of a vulnerability scanner for tests: Nessus v2 XML, small and whole.
 */

export interface ScannedItem {
  readonly plugin: number;
  readonly title: string;
  readonly family: string;
  readonly port: number;
  readonly protocol: string;
  /** 0 to 4. */
  readonly severity: number;
}

export interface ScannedHost {
  readonly name: string;
  readonly ip?: string;
  readonly fqdn?: string;
  readonly hostname?: string;
  readonly credentialed: boolean;
  /** Instants (ISO 8601); a host that started and did not end was not finished. */
  readonly started?: string;
  readonly ended?: string;
  readonly items: readonly ScannedItem[];
}

export type FamilyStatus = 'enabled' | 'disabled' | 'mixed';

export interface ScannedFile {
  /** What the policy says of families of plugins; null for a file without a policy section. */
  readonly families: Readonly<Record<string, FamilyStatus>> | null;
  readonly hosts: readonly ScannedHost[];
  /** Said in a comment: the same scan in other bytes. */
  readonly remark?: string;
}

/** The file as its scanner would write it, each item on a line of its own. */
export function nessusXml({ families, hosts, remark }: ScannedFile): string {
  return [
    '<?xml version="1.0" ?>',
    '<NessusClientData_v2>',
    ...(remark === undefined ? [] : [`<!-- ${remark} -->`]),
    ...(families === null ? [] : policyLines(families)),
    '<Report name="test">',
    ...hosts.flatMap(hostLines),
    '</Report>',
    '</NessusClientData_v2>',
    '',
  ].join('\n');
}

function policyLines(families: Readonly<Record<string, FamilyStatus>>): string[] {
  const items = Object.entries(families).map(
    ([name, status]) =>
      `<FamilyItem><FamilyName>${escaped(name)}</FamilyName><Status>${status}</Status></FamilyItem>`,
  );
  return ['<Policy><FamilySelection>', ...items, '</FamilySelection></Policy>'];
}

function hostLines(host: ScannedHost): string[] {
  const tags = {
    'host-ip': host.ip,
    'host-fqdn': host.fqdn,
    hostname: host.hostname,
    Credentialed_Scan: String(host.credentialed),
    HOST_START_TIMESTAMP: host.started && seconds(host.started),
    HOST_END_TIMESTAMP: host.ended && seconds(host.ended),
  };
  const properties = Object.entries(tags).flatMap(([name, text]) =>
    text === undefined ? [] : [`<tag name="${name}">${escaped(text)}</tag>`],
  );
  return [
    `<ReportHost name="${escaped(host.name)}">`,
    `<HostProperties>${properties.join('')}</HostProperties>`,
    ...host.items.map(itemLine),
    '</ReportHost>',
  ];
}

function itemLine({ plugin, title, family, port, protocol, severity }: ScannedItem): string {
  return `<ReportItem pluginID="${plugin}" pluginName="${escaped(title)}" pluginFamily="${escaped(family)}" port="${port}" protocol="${protocol}" svc_name="test" severity="${severity}"/>`;
}

function seconds(instant: string): string {
  return String(Date.parse(instant) / 1000);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
