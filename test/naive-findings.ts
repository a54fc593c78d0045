import { isIP } from 'node:net';
import type { NessusObservation } from '../src/readers/index.ts';
import type { Day } from '../src/time/index.ts';

/*
 * Findings written a second time with nothing clever: every scan is kept whole, and every question
 * walks them all in their order.
 */

type Host = Extract<NessusObservation, { kind: 'host' }>;
type Item = Extract<NessusObservation, { kind: 'item' }>;

/** An asset as an inventory declares it; empty what it leaves out. */
export interface DeclaredAsset {
  readonly component: string;
  readonly name: string;
  readonly fqdn: string;
  readonly ip: string;
}

/**
 * Which asset a host is, as `component/name`: the declared one that fits best, else one of the
 * component that was said, by the host's own name alone; undefined where none was said.
 */
export function naiveAssetOf(
  host: Pick<Host, 'name' | 'ip' | 'fqdn' | 'hostname'>,
  component: string | undefined,
  declared: readonly DeclaredAsset[],
): string | undefined {
  const its = called([host.name, host.fqdn, host.hostname, host.ip]);
  const within = declared.filter((asset) => component === undefined || asset.component === component);
  for (const fits of [
    (asset: DeclaredAsset) => asset.name === host.name.toLowerCase(),
    (asset: DeclaredAsset) => share(its.names, of(asset).names),
    (asset: DeclaredAsset) =>
      share(its.names.map(short), of(asset).names.map(short)) &&
      !(its.names.some(isLong) && of(asset).names.some(isLong)),
    (asset: DeclaredAsset) =>
      share(its.addresses, of(asset).addresses) && (its.names.length === 0 || of(asset).names.length === 0),
  ]) {
    const found = within.filter(fits);
    if (found.length > 1) throw new Error(`${host.name} may be several assets`);
    if (found[0]) return `${found[0].component}/${found[0].name}`;
  }
  return component === undefined ? undefined : `${component}/${host.name.toLowerCase()}`;
}

function of({ name, fqdn, ip }: DeclaredAsset) {
  return called([name, fqdn, ip]);
}

function called(words: readonly string[]) {
  const all = words.filter((word) => word !== '').map((word) => word.toLowerCase());
  return { names: all.filter((word) => isIP(word) === 0), addresses: all.filter((word) => isIP(word) > 0) };
}

function share(one: readonly string[], other: readonly string[]): boolean {
  return one.some((word) => other.includes(word));
}

function short(name: string): string {
  return name.split('.')[0] ?? '';
}

function isLong(name: string): boolean {
  return name.includes('.');
}

/** What a file of scans says, and which asset each of its hosts is, by the host's number. */
export interface TakenFile {
  readonly observations: readonly NessusObservation[];
  readonly assets: ReadonlyMap<number, string>;
}

export interface NaiveSpell {
  readonly asset: string;
  /** Plugin, protocol and port: `7 tcp/443`. */
  readonly what: string;
  readonly trigger: Day;
  readonly done: Day | null;
  readonly rating: string;
}

interface Scan {
  readonly asset: string;
  readonly day: Day;
  readonly order: string;
  readonly finished: boolean;
  readonly credentialed: boolean;
  /** Null where the file says nothing of families. */
  readonly enabled: ReadonlySet<string> | null;
  readonly items: readonly Item[];
}

/** All spells of all findings that began by the day. */
export function naiveSpells(files: readonly TakenFile[], asOf: Day): NaiveSpell[] {
  const families = familiesOf(files);
  const byAsset = Map.groupBy(files.flatMap(scansOf), ({ asset }) => asset);
  return [...byAsset].flatMap(([asset, unordered]) => {
    const scans = unordered.toSorted((a, b) => (a.order < b.order ? -1 : 1));
    const findings = new Set(scans.flatMap(({ items }) => items.flatMap(vulnerability)));
    return [...findings].flatMap((what) =>
      walk(scans, what, families.get(Number.parseInt(what, 10)) ?? '', asOf).map((spell) => ({
        asset,
        what,
        ...spell,
      })),
    );
  });
}

/** The days on which a scan of each asset ended. */
export function naiveScanDays(files: readonly TakenFile[]): Map<string, Day[]> {
  const byAsset = Map.groupBy(files.flatMap(scansOf), ({ asset }) => asset);
  return new Map(
    [...byAsset].map(([asset, scans]) => [
      asset,
      [...new Set(scans.filter(({ finished }) => finished).map(({ day }) => day))].sort(),
    ]),
  );
}

function walk(scans: readonly Scan[], what: string, family: string, asOf: Day) {
  const spells: { trigger: Day; done: Day | null; rating: string }[] = [];
  let open = false;
  for (const scan of scans) {
    if (scan.day > asOf) continue;
    const rating = ratingOf(scan, what);
    const last = spells.at(-1);
    if (rating !== undefined && !open) {
      if (last?.trigger === scan.day) spells.pop();
      spells.push({ trigger: scan.day, done: null, rating });
      open = true;
    } else if (rating !== undefined && last) {
      last.rating = rating;
    } else if (open && last && covers(scan, family, scans)) {
      last.done = scan.day;
      open = false;
    }
  }
  return spells;
}

function covers(scan: Scan, family: string, scans: readonly Scan[]): boolean {
  const couldHave = scans.some((earlier) => earlier.day < scan.day && earlier.credentialed);
  if (!scan.finished || (couldHave && !scan.credentialed)) return false;
  return scan.enabled === null || scan.enabled.has(family);
}

function vulnerability(item: Item): string[] {
  return item.severity === 0 ? [] : [`${item.plugin} ${item.protocol}/${item.port}`];
}

function ratingOf({ items }: Scan, what: string): string | undefined {
  const found = items.filter((item) => vulnerability(item).includes(what));
  return found.toSorted((a, b) => b.severity - a.severity)[0]?.rating;
}

/** The scans of a file, one for each asset, whatever hosts it came as. */
function scansOf({ observations, assets }: TakenFile): Scan[] {
  const hosts = observations.filter((seen) => seen.kind === 'host');
  const items = observations.filter((seen) => seen.kind === 'item');
  const families = observations.filter((seen) => seen.kind === 'family');
  const enabled = families.filter(({ status }) => status === 'enabled').map(({ family }) => family);
  return [...Map.groupBy(hosts, ({ host }) => assets.get(host) ?? '')].map(([asset, ofAsset]) => {
    const [last] = ofAsset.toSorted((a, b) => (ending(a) < ending(b) ? 1 : -1));
    const numbers = new Set(ofAsset.map(({ host }) => host));
    const digests = [...new Set(ofAsset.map(({ digest }) => digest))].sort().join('');
    return {
      asset,
      day: last?.day ?? ('' as Day),
      order: [last?.day, last?.ended ?? '0', digests].join(' '),
      finished: ofAsset.every(({ finished }) => finished),
      credentialed: ofAsset.some(({ credentialed }) => credentialed),
      enabled: families.length === 0 ? null : new Set(enabled),
      items: items.filter(({ host }) => numbers.has(host)),
    };
  });
}

/** A host without an end comes before those that have one, else by its day. */
function ending({ ended, day }: Host): string {
  return `${ended ?? '0'} ${day}`;
}

/** The family of each plugin in the words of the last scan that names it. */
function familiesOf(files: readonly TakenFile[]): Map<number, string> {
  const said = files.flatMap(({ observations }) => {
    const hosts = new Map(
      observations.flatMap((seen) => (seen.kind === 'host' ? [[seen.host, seen] as const] : [])),
    );
    return observations.flatMap((seen) => {
      if (seen.kind !== 'item') return [];
      const host = hosts.get(seen.host);
      const order = [host?.day, host?.ended ?? '0', host?.digest, seen.title, seen.family].join('\n');
      return [{ plugin: seen.plugin, family: seen.family, order }];
    });
  });
  return new Map(
    said.toSorted((a, b) => (a.order < b.order ? -1 : 1)).map(({ plugin, family }) => [plugin, family]),
  );
}
