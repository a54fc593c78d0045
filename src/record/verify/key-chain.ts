import type { Entry } from '../entry.ts';
import { readVerifierKey, type VerifierKey, verifierKeyText } from '../note.ts';

/** The kind of the entry that puts another key in force. */
export const ROTATION = 'record.key-rotated';

/** A key and the entry that put it in force (0: it is the first). */
export interface Link {
  readonly entry: number;
  readonly key: VerifierKey;
  /** Whether the key before could no longer sign, so that nothing vouches for this one. */
  readonly lost: boolean;
}

/** The keys of a record in their order, each put in force by an entry. */
export class KeyChain {
  readonly links: Link[] = [];
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Takes the first key; says what is wrong with it. */
  begin(text: string | undefined): string | undefined {
    const key = readVerifierKey(text ?? '');
    if (!key) return 'the record brings no key that could be read';
    if (key.name !== this.#origin) return `the first key is named ${key.name}, the record ${this.#origin}`;
    this.links.push({ entry: 0, key, lost: false });
    return undefined;
  }

  /** Takes the key that a rotation puts in force; says what is wrong with it. */
  rotate(entry: Entry): string | undefined {
    const { earlier, key: text, lost, ...more } = membersOf(entry);
    const key = typeof text === 'string' ? readVerifierKey(text) : undefined;
    const last = this.links.at(-1);
    if (!key || Object.keys(more).length > 0 || (lost !== undefined && lost !== true)) {
      return `entry ${entry.index} rotates the key, but to none that could be read`;
    }
    if (key.name !== this.#origin)
      return `entry ${entry.index} rotates the key to one with another name, ${key.name}`;
    if (!last || earlier !== verifierKeyText(last.key)) {
      return `entry ${entry.index} rotates a key that was not in force`;
    }
    this.links.push({ entry: entry.index, key, lost: lost === true });
    return undefined;
  }

  /** The key in force at a size: that of the last rotation among the entries up to it. */
  at(size: number): Link | undefined {
    return this.links.findLast((link) => link.entry <= size);
  }

  /** The key before a link's. */
  before(link: Link): Link | undefined {
    return this.links[this.links.indexOf(link) - 1];
  }

  /** The keys as texts, oldest first. */
  texts(): string[] {
    return this.links.map(({ key }) => verifierKeyText(key));
  }

  /**
   * Why the record may not be trusted by someone who trusts `keys`, or undefined: one of them must be
   * the record's, and each later one vouched for by the one before.
   */
  refusal(keys: readonly string[]): string | undefined {
    const position = this.texts().findLastIndex((text) => keys.includes(text));
    if (position < 0) return 'the record is signed by no key you gave';
    const lost = this.links.slice(position + 1).find((link) => link.lost);
    if (!lost) return undefined;
    return (
      `the record is signed by no key you gave: in entry ${lost.entry} a key was put in force ` +
      'for which the one before, lost then, could not vouch'
    );
  }
}

function membersOf({ body }: Entry): Record<string, unknown> {
  return typeof body === 'object' && body !== null && !Array.isArray(body)
    ? Object.fromEntries(Object.entries(body))
    : {};
}
