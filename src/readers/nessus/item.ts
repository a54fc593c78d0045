import type { Attributes, Outlet } from '../xml.ts';
import { refusedName } from '../names.ts';
import { type ItemObservation, type NessusObservation, ratings } from './schema.ts';
import type { Words } from '../words.ts';

const LARGEST_PLUGIN = 2 ** 31 - 1;
const LARGEST_PORT = 65_535;
const MOST_CVES = 2000;

const WHOLE = /^(?:0|[1-9]\d{0,9})$/;
const SCORE = /^(?:\d(?:\.\d{1,2})?|10(?:\.0{1,2})?)$/;
const CVE = /^[A-Z]{3,10}-\d{4}-\d{1,19}$/;

/** One ReportItem after the other: its attributes, then what of its texts is asked for. */
export class ItemReport {
  readonly #outlet: Outlet<NessusObservation>;
  readonly #words: Words;
  #line = 0;
  #sound = true;
  #item: ItemObservation | undefined;
  readonly #cves: string[] = [];
  #cvss2: string | undefined;
  #cvss3: string | undefined;

  constructor(outlet: Outlet<NessusObservation>, words: Words) {
    this.#outlet = outlet;
    this.#words = words;
  }

  start(attributes: Attributes, line: number): void {
    this.#line = line;
    this.#sound = true;
    this.#cves.length = 0;
    this.#cvss2 = undefined;
    this.#cvss3 = undefined;
    const severity = this.#whole(attributes, 'severity', ratings.length - 1);
    this.#item = {
      kind: 'item',
      line,
      at: 0,
      host: 0,
      plugin: this.#whole(attributes, 'pluginID', LARGEST_PLUGIN),
      port: this.#whole(attributes, 'port', LARGEST_PORT),
      protocol: this.#protocol(attributes['protocol']),
      family: this.#name('pluginFamily', attributes['pluginFamily'] ?? ''),
      title: this.#words.clean(attributes['pluginName'] ?? ''),
      service: this.#words.clean(attributes['svc_name'] ?? ''),
      severity,
      rating: ratings[severity] ?? 'info',
      cves: '',
      cvss: '',
    };
  }

  say(what: string, text: string, line: number): void {
    const said = text.trim();
    if (what === 'cve') this.#sayCve(said, line);
    else if (!SCORE.test(said)) this.#refuse(`line ${line}, ${what}`, 'is not a score from 0.0 to 10.0');
    else if (what === 'cvss_base_score') this.#cvss2 = this.#once(this.#cvss2, said, what, line);
    else this.#cvss3 = this.#once(this.#cvss3, said, what, line);
  }

  /** The item, of the host of that number and not yet numbered itself; undefined if something of it was refused. */
  end(host: number): ItemObservation | undefined {
    const item = this.#item;
    if (!this.#sound || !item) return undefined;
    item.host = host;
    if (this.#cves.length > 0) item.cves = [...new Set(this.#cves)].sort().join(' ');
    item.cvss = this.#cvss3 ?? this.#cvss2 ?? '';
    return item;
  }

  #sayCve(cve: string, line: number): void {
    if (!CVE.test(cve))
      return this.#refuse(`line ${line}, cve`, 'is not the number of a CVE, such as CVE-2022-0001');
    if (this.#cves.length === MOST_CVES) {
      return this.#refuse(`line ${line}, cve`, `is one more than ${MOST_CVES} in one item`);
    }
    this.#cves.push(this.#words.clean(cve));
  }

  #once(before: string | undefined, now: string, what: string, line: number): string {
    if (before !== undefined && before !== now) {
      this.#refuse(`line ${line}, ${what}`, 'is there twice, and says different things');
    }
    return now;
  }

  #whole(attributes: Attributes, name: string, largest: number): number {
    const text = attributes[name];
    const value = text !== undefined && WHOLE.test(text) ? Number(text) : Number.NaN;
    if (value <= largest) return value;
    const what = text === undefined ? 'is missing' : 'is out of range';
    this.#refuse(this.#at(name), `${what}: it must be a whole number from 0 to ${largest}`);
    return 0;
  }

  #protocol(protocol: string | undefined): string {
    const name = this.#name('protocol', (protocol ?? '').toLowerCase());
    if (name === '') this.#refuse(this.#at('protocol'), `is ${protocol === undefined ? 'missing' : 'empty'}`);
    return name;
  }

  #name(attribute: string, text: string): string {
    const refused = refusedName(text);
    if (refused !== undefined) this.#refuse(this.#at(attribute), refused);
    return this.#words.clean(text);
  }

  #at(attribute: string): string {
    return `line ${this.#line}, ReportItem@${attribute}`;
  }

  #refuse(at: string, reason: string): void {
    this.#sound = false;
    this.#outlet.refuse(at, reason);
  }
}
