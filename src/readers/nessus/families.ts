import { quoted } from '../refusals.ts';
import type { Outlet } from '../xml.ts';
import { refusedName } from '../names.ts';
import { type FamilyObservation, type NessusObservation, familyStatuses } from './schema.ts';
import type { Words } from '../words.ts';

const MOST_FAMILIES = 10_000;

type Status = FamilyObservation['status'];

/** What the policy says of the families of plugins, one after the other. */
export class Families {
  readonly #outlet: Outlet<NessusObservation>;
  readonly #words: Words;
  /** Each family's status and the line that says so. */
  readonly #known = new Map<string, { readonly status: Status; readonly line: number }>();
  #line = 0;
  #name: string | undefined;
  #status: Status | undefined;
  #sound = true;

  constructor(outlet: Outlet<NessusObservation>, words: Words) {
    this.#outlet = outlet;
    this.#words = words;
  }

  start(line: number): void {
    this.#line = line;
    this.#name = undefined;
    this.#status = undefined;
    this.#sound = true;
  }

  say(what: string, text: string, line: number): void {
    if (what === 'FamilyName') this.#name = this.#nameOf(text, line);
    else this.#status = this.#statusOf(text, line);
  }

  end(): FamilyObservation | undefined {
    const [line, family, status] = [this.#line, this.#name, this.#status];
    if (!this.#sound) return undefined;
    if (family === undefined || status === undefined) {
      const lacks = family === undefined ? 'FamilyName' : 'Status';
      return this.#refuse(`line ${line}, FamilyItem`, `has no ${lacks}`);
    }
    const known = this.#known.get(family);
    if (known !== undefined && known.status !== status) {
      return this.#refuse(
        `line ${line}, FamilyItem`,
        `says that the family is ${status}, and line ${known.line} that it is ${known.status}`,
      );
    }
    if (this.#known.size >= MOST_FAMILIES && known === undefined) {
      return this.#refuse(`line ${line}, FamilyItem`, `is one family more than ${MOST_FAMILIES}`);
    }
    this.#known.set(family, { status, line });
    return { kind: 'family', line, at: 0, family, status };
  }

  #nameOf(text: string, line: number): string | undefined {
    const name = text.trim();
    const refused = name === '' ? 'is empty' : refusedName(name);
    if (refused !== undefined) return this.#refuse(`line ${line}, FamilyName`, refused);
    if (this.#name !== undefined && this.#name !== this.#words.clean(name))
      return this.#refuse(`line ${line}, FamilyName`, TWICE);
    // As an item's family is: the two are compared.
    return this.#words.clean(name);
  }

  #statusOf(text: string, line: number): Status | undefined {
    const word = text.trim().toLowerCase();
    const status = familyStatuses.find((known) => known === word);
    if (status === undefined) {
      const what = /^[a-z]+$/.test(word) ? quoted(word) : 'the text';
      return this.#refuse(
        `line ${line}, Status`,
        `${what} is not known here: there are ${familyStatuses.join(', ')}`,
      );
    }
    if (this.#status !== undefined && this.#status !== status)
      return this.#refuse(`line ${line}, Status`, TWICE);
    return status;
  }

  #refuse(at: string, reason: string): undefined {
    this.#sound = false;
    this.#outlet.refuse(at, reason);
  }
}

const TWICE = 'is there twice, and says different things';
