import { addDays, type Day } from '../src/time/index.ts';

/** One scan file to be written: hosts by number, and which items each shows. */
export interface ScanFile {
  readonly day: Day;
  readonly hosts: Iterable<number>;
  /** The items of a host, numbered. */
  readonly items: (host: number) => Iterable<number>;
  /** Characters of text in each item, of which a reader needs none. */
  readonly textLength: number;
}

const SEVERITIES = [3, 2, 2, 1, 2, 3, 2, 1, 2, 4] as const;
const RISKS = ['None', 'Low', 'Medium', 'High', 'Critical'];
const FAMILIES = ['General', 'Misc.', 'Web Servers', 'Databases'];
const SENTENCE = 'Invented text for measurements, as long as what a scanner writes. ';

/** A scan in the Nessus v2 format, the same each time, in chunks of some hundred kilobytes. */
export function* nessusXml({ day, hosts, items, textLength }: ScanFile): Generator<Buffer> {
  const text = SENTENCE.repeat(Math.ceil(textLength / SENTENCE.length)).slice(0, textLength);
  let parts: string[] = [`<?xml version="1.0" ?>\n<NessusClientData_v2>\n${POLICY}<Report name="bench">\n`];
  for (const host of hosts) {
    parts.push(hostHead(host, day));
    for (const item of items(host)) {
      parts.push(reportItem(item, text));
      if (parts.length < 256) continue;
      yield Buffer.from(parts.join(''));
      parts = [];
    }
    parts.push('</ReportHost>\n');
  }
  parts.push('</Report>\n</NessusClientData_v2>\n');
  yield Buffer.from(parts.join(''));
}

const POLICY = `<Policy><policyName>bench</policyName><FamilySelection>${FAMILIES.map(
  (family) => `<FamilyItem><FamilyName>${family}</FamilyName><Status>enabled</Status></FamilyItem>`,
).join('')}</FamilySelection></Policy>\n`;

/** A host's name and address, invented: 198.18.0.0/15 is for benchmarks (RFC 2544). */
export function hostName(host: number): string {
  return `bench-${String(host).padStart(6, '0')}`;
}

export function hostAddress(host: number): string {
  return `198.${18 + Math.floor(host / 65_536)}.${Math.floor(host / 256) % 256}.${host % 256}`;
}

function hostHead(host: number, day: Day): string {
  const start = Date.parse(`${day}T08:00:00Z`) / 1000;
  return `<ReportHost name="${hostName(host)}"><HostProperties>
<tag name="HOST_START_TIMESTAMP">${start}</tag><tag name="HOST_END_TIMESTAMP">${start + 1200}</tag>
<tag name="host-ip">${hostAddress(host)}</tag><tag name="Credentialed_Scan">true</tag>
<tag name="operating-system">Linux</tag></HostProperties>\n`;
}

function reportItem(item: number, text: string): string {
  const severity = SEVERITIES[item % SEVERITIES.length] ?? 0;
  const family = FAMILIES[item % FAMILIES.length] ?? '';
  return `<ReportItem port="${item % 7 === 0 ? 0 : 443}" svc_name="https" protocol="tcp" severity="${severity}" pluginID="${900_000 + item}" pluginName="Invented weakness ${item} &lt; 2.4" pluginFamily="${family}">
<description>${text}</description>
<risk_factor>${RISKS[severity]}</risk_factor>
<cvss3_base_score>7.5</cvss3_base_score>
<plugin_output>${text}</plugin_output>
</ReportItem>\n`;
}

/** An inventory of so many hosts, half of them in the cloud. */
export function hostInventory(hosts: number): Buffer {
  const lines = Array.from({ length: hosts }, (_, host) => {
    const component = host % 2 === 0 ? 'cloud' : 'site';
    const environment = host % 2 === 0 ? 'cloud' : 'on-premises';
    return `BENCH,${component},${environment},moderate,yes,${hostName(host)},${hostName(host)}.example,${hostAddress(host)},Linux,server`;
  });
  const header = 'system,component,environment,impact,fti,asset,fqdn,ip,platform,role';
  return Buffer.from(`${header}\n${lines.join('\n')}\n`);
}

/** Numbers from one to below another. */
export function* range(from: number, to: number): Generator<number> {
  for (let at = from; at < to; at += 1) yield at;
}

/** Days from a first one on, so far apart. */
export function dayAt(first: Day, step: number, index: number): Day {
  return addDays(first, step * index);
}
