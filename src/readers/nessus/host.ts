import { isIP } from 'node:net';
import { quoted } from '../refusals.ts';
import type { Attributes, Outlet } from '../xml.ts';
import { HostDigest } from './digest.ts';
import { refusedName } from '../names.ts';
import type { ScanContext } from './scan.ts';
import type { HostObservation, ItemObservation, NessusObservation } from './schema.ts';
import { type Moment, momentOfClock, momentOfEpoch } from './times.ts';
import { type Words, ofItsOwn } from '../words.ts';

/** The tags of a host's properties that are read. */
const TAGS: ReadonlySet<string> = new Set([
  'host-ip',
  'host-fqdn',
  'hostname',
  'operating-system',
  'Credentialed_Scan',
  'HOST_START',
  'HOST_START_TIMESTAMP',
  'HOST_END',
  'HOST_END_TIMESTAMP',
]);

/** One ReportHost after the other: its properties, wherever they stand in it. */
export class HostReport {
  readonly #outlet: Outlet<NessusObservation>;
  readonly #words: Words;
  readonly #context: ScanContext;
  #line = 0;
  #number = 0;
  #sound = true;
  #name = '';
  /** Each tag's text and line. */
  readonly #said = new Map<string, { readonly text: string; readonly line: number }>();
  #digest = new HostDigest();
  #withoutZone = 0;

  constructor(outlet: Outlet<NessusObservation>, words: Words, context: ScanContext) {
    this.#outlet = outlet;
    this.#words = words;
    this.#context = context;
  }

  static asksFor(tag: string): boolean {
    return TAGS.has(tag);
  }

  start(attributes: Attributes, line: number, number: number): void {
    this.#line = line;
    this.#number = number;
    this.#sound = true;
    this.#said.clear();
    this.#digest = new HostDigest();
    const name = (attributes['name'] ?? '').trim();
    const refused = name === '' ? 'is missing' : refusedName(name);
    if (refused !== undefined) this.#refuse(`line ${line}, ReportHost@name`, refused);
    this.#name = ofItsOwn(name);
  }

  say(tag: string, text: string, line: number): void {
    const said = text.trim();
    const before = this.#said.get(tag);
    if (before !== undefined && before.text !== said) {
      this.#refuse(
        `line ${line}, tag ${tag}`,
        `is there twice, and says something else than on line ${before.line}`,
      );
    }
    this.#said.set(tag, { text: said, line });
  }

  add(item: ItemObservation): void {
    this.#digest.add(item);
  }

  /** The host, after all its items and not yet numbered; undefined if something of it was refused. */
  end(): HostObservation | undefined {
    const started = this.#moment('HOST_START');
    const ended = this.#moment('HOST_END');
    const credentialed = this.#credentialed();
    const ip = this.#ip();
    const fqdn = this.#nameIn('host-fqdn');
    const hostname = this.#nameIn('hostname');
    const day = ended?.day ?? started?.day ?? this.#context.observedOn;
    if (day === undefined && this.#sound) {
      this.#refuse(
        `line ${this.#line}`,
        `the host ${quoted(this.#name)} has no date: give the day (--observed YYYY-MM-DD)`,
      );
    }
    if (!this.#sound || day === undefined) return undefined;
    return {
      kind: 'host',
      line: this.#line,
      at: 0,
      host: this.#number,
      name: this.#name,
      ip,
      fqdn,
      hostname,
      os: this.#words.clean(this.#text('operating-system').split('\n').filter(isThere).join('; ')),
      credentialed,
      started: started?.instant ?? null,
      ended: ended?.instant ?? null,
      day,
      finished: started === undefined || ended !== undefined,
      digest: this.#digest.of({ credentialed }),
    };
  }

  notices(): readonly string[] {
    const hosts = this.#withoutZone;
    if (hosts === 0) return [];
    const which = hosts === 1 ? 'the times of 1 host' : `the times of ${hosts} hosts`;
    return [`${which} name no time zone: they are read in the agency's (${this.#context.timeZone})`];
  }

  #text(tag: string): string {
    return this.#said.get(tag)?.text ?? '';
  }

  #nameIn(tag: string): string {
    const text = this.#text(tag);
    const refused = refusedName(text);
    if (refused !== undefined) this.#refuseTag(tag, refused);
    return ofItsOwn(text);
  }

  #ip(): string {
    const ip = this.#text('host-ip');
    if (ip !== '' && (isIP(ip) === 0 || ip.includes('%'))) {
      this.#refuseTag('host-ip', 'is not one IPv4 or IPv6 address');
    }
    return ofItsOwn(ip);
  }

  #credentialed(): boolean {
    const word = this.#text('Credentialed_Scan').toLowerCase();
    if (word !== '' && word !== 'true' && word !== 'false') {
      this.#refuseTag('Credentialed_Scan', 'is neither true nor false');
    }
    return word === 'true';
  }

  /** When the host's scan started or ended: by the seconds since 1970 if they are there, else by the clock. */
  #moment(tag: 'HOST_START' | 'HOST_END'): Moment | undefined {
    const { timeZone } = this.#context;
    const stamp = `${tag}_TIMESTAMP`;
    if (this.#text(stamp) !== '') {
      const moment = momentOfEpoch(this.#text(stamp), timeZone);
      return moment ?? this.#refuseTag(stamp, 'is no time from 1970 to 2199 in seconds since 1970');
    }
    if (this.#text(tag) === '') return undefined;
    if (tag === 'HOST_END' || this.#text('HOST_END') === '') this.#withoutZone += 1;
    const moment = momentOfClock(this.#text(tag), timeZone);
    return moment ?? this.#refuseTag(tag, 'is no time from 1900 to 2199 such as `Tue Mar 22 14:57:03 2022`');
  }

  #refuseTag(tag: string, reason: string): undefined {
    this.#refuse(`line ${this.#said.get(tag)?.line ?? this.#line}, tag ${tag}`, reason);
  }

  #refuse(at: string, reason: string): void {
    this.#sound = false;
    this.#outlet.refuse(at, reason);
  }
}

function isThere(line: string): boolean {
  return line.trim() !== '';
}
