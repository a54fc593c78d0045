import { csv, type DemoFile } from './demo-file.ts';

/** A server of ECM: an asset, and what a scan tells of it. */
export interface Server {
  readonly asset: string;
  readonly component: 'cloud' | 'on-premises';
  readonly ip: string;
  readonly fqdn: string;
}

export const ECM = 'ECM';
/** The Enterprise Linux Platform, within which the servers on premises reside (p. 5). */
export const ELP = 'ELP';
export const CLOUD = 'cloud';
export const LINUX = 'linux';

// Two production servers on premises and two in the cloud (p. 1); addresses of RFC 5737, names of RFC 2606.
export const cloudServers = [server(CLOUD, 'demo-cloud-1', 11), server(CLOUD, 'demo-cloud-2', 12)] as const;
export const premisesServers = [
  server('on-premises', 'demo-premises-1', 21),
  server('on-premises', 'demo-premises-2', 22),
] as const;

const HEADER = 'system,component,environment,impact,fti,asset,fqdn,ip,platform,role'.split(',');

/** What ECM consists of. */
export function ecmInventory(): DemoFile {
  const servers = [...cloudServers, ...premisesServers].map(({ component, asset, fqdn, ip }) =>
    row(ECM, component, component, asset, fqdn, ip, 'production server'),
  );
  return { name: 'demo-ecm-inventory.csv', reader: 'inventory', bytes: csv([HEADER, ...servers]) };
}

/** What the Linux platform consists of. Its two servers are as invented as their names. */
export function elpInventory(): DemoFile {
  const servers = [1, 2].map((number) => {
    const asset = `demo-platform-${number}`;
    const ip = `192.0.2.${30 + number}`;
    return row(ELP, LINUX, 'on-premises', asset, `${asset}.elp.example`, ip, 'platform server');
  });
  return { name: 'demo-elp-inventory.csv', reader: 'inventory', bytes: csv([HEADER, ...servers]) };
}

function row(
  system: string,
  component: string,
  environment: string,
  asset: string,
  fqdn: string,
  ip: string,
  role: string,
): readonly string[] {
  return [system, component, environment, 'moderate', 'yes', asset, fqdn, ip, 'Linux', role];
}

function server(component: Server['component'], asset: string, host: number): Server {
  return { asset, component, ip: `192.0.2.${host}`, fqdn: `${asset}.ecm.example` };
}
