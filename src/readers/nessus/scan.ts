import type { Day } from '../../time/index.ts';
import type { Attributes, Interest, Outlet, XmlDocument } from '../xml.ts';
import { Families } from './families.ts';
import { HostReport } from './host.ts';
import { ItemReport } from './item.ts';
import type { NessusObservation } from './schema.ts';
import { Words } from '../words.ts';

/** When a scan was, as far as it does not say so itself. */
export interface ScanContext {
  readonly observedOn: Day | undefined;
  readonly timeZone: string;
}

type Place =
  | 'file'
  | 'root'
  | 'policy'
  | 'families'
  | 'family'
  | 'report'
  | 'host'
  | 'properties'
  | 'item'
  | 'text';

/** The elements that are read, by the element they stand in. Whatever else there is, is passed over. */
const INSIDE: Readonly<Record<Place, ReadonlyMap<string, Place>>> = {
  file: new Map([['NessusClientData_v2', 'root']]),
  root: new Map([
    ['Policy', 'policy'],
    ['Report', 'report'],
  ]),
  policy: new Map([['FamilySelection', 'families']]),
  families: new Map([['FamilyItem', 'family']]),
  family: new Map([
    ['FamilyName', 'text'],
    ['Status', 'text'],
  ]),
  report: new Map([['ReportHost', 'host']]),
  host: new Map([
    ['HostProperties', 'properties'],
    ['ReportItem', 'item'],
  ]),
  properties: new Map([['tag', 'text']]),
  item: new Map([
    ['cve', 'text'],
    ['cvss_base_score', 'text'],
    ['cvss3_base_score', 'text'],
  ]),
  text: new Map(),
};

const MOST_OBSERVATIONS = 10_000_000;

/** One file: policy and report in any order. Never holds more of it than one item and one host's properties. */
export class Scan implements XmlDocument {
  rows = 0;
  readonly #outlet: Outlet<NessusObservation>;
  readonly #places: Place[] = ['file'];
  readonly #families: Families;
  readonly #host: HostReport;
  readonly #item: ItemReport;
  /** What the text that is being read is, and where it stands. */
  #textOf = '';
  #textLine = 0;
  #rootLine = 1;
  #reportLine: number | undefined;
  #hosts = 0;
  #observations = 0;

  constructor(outlet: Outlet<NessusObservation>, context: ScanContext) {
    const words = new Words();
    this.#outlet = outlet;
    this.#families = new Families(outlet, words);
    this.#host = new HostReport(outlet, words, context);
    this.#item = new ItemReport(outlet, words);
  }

  open(name: string, attributes: Attributes, line: number): Interest {
    const place = INSIDE[this.#places.at(-1) ?? 'file'].get(name);
    if (place === undefined) return 'skip';
    if (place === 'text') {
      this.#textOf = name === 'tag' ? (attributes['name'] ?? '') : name;
      this.#textLine = line;
      if (name === 'tag' && !HostReport.asksFor(this.#textOf)) return 'skip';
    } else {
      this.#enter(place, attributes, line);
    }
    this.#places.push(place);
    return place === 'text' ? 'text' : 'enter';
  }

  close(text: string): void {
    const place = this.#places.pop();
    if (place === 'text') this.#takeText(text);
    else if (place === 'family') this.#keep(this.#families.end());
    else if (place === 'item') this.#endItem();
    else if (place === 'host') this.#keep(this.#host.end());
  }

  finish(): void {
    if (this.#reportLine === undefined) {
      this.#outlet.refuse(
        `line ${this.#rootLine}`,
        'has no Report element: the file may be a policy alone; export the scan with its results',
      );
    } else if (this.#hosts === 0) {
      this.#outlet.refuse(`line ${this.#reportLine}, Report`, 'reached no host: there is nothing to take in');
    }
  }

  notices(): readonly string[] {
    return this.#host.notices();
  }

  #enter(place: Place, attributes: Attributes, line: number): void {
    if (place === 'root') this.#rootLine = line;
    else if (place === 'report') this.#reportLine ??= line;
    else if (place === 'family') this.#families.start(line);
    else if (place === 'item') this.#item.start(attributes, line);
    else if (place === 'host') {
      this.#hosts += 1;
      this.#host.start(attributes, line, this.#hosts);
    }
  }

  #takeText(text: string): void {
    const place = this.#places.at(-1);
    if (place === 'item') this.#item.say(this.#textOf, text, this.#textLine);
    else if (place === 'properties') this.#host.say(this.#textOf, text, this.#textLine);
    else this.#families.say(this.#textOf, text, this.#textLine);
  }

  #endItem(): void {
    this.rows += 1;
    const item = this.#item.end(this.#hosts);
    if (!item) return;
    this.#host.add(item);
    this.#keep(item);
  }

  /** Numbers what was seen and hands it over. */
  #keep(seen: NessusObservation | undefined): void {
    if (!seen) return;
    this.#observations += 1;
    if (this.#observations === MOST_OBSERVATIONS + 1) {
      this.#outlet.refuse('file', `says more than ${MOST_OBSERVATIONS} things: split the scan`);
    }
    seen.at = this.#observations;
    this.#outlet.keep(seen);
  }
}
