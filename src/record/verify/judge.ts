import { signedBy } from '../note.ts';
import { type Faults, oneOf, span } from './faults.ts';
import type { KeyChain, Link } from './key-chain.ts';
import { type Milestone, nameOf } from './milestones.ts';
import type { Agreement, Suspicion, TwinTrees } from './twin-trees.ts';

/** Compares the trees with what was signed, and says what follows from it. */
export class Judge {
  /** How many sizes had a checkpoint with all the signatures it needs. */
  signed = 0;
  readonly #chain: KeyChain;
  readonly #faults: Faults;
  readonly #vouched = new Set<Link>();
  readonly #own: Bracket = {};
  readonly #given: Bracket = {};
  #lastSigned = -1;
  #isRunUnsigned = false;

  constructor(chain: KeyChain, faults: Faults) {
    this.#chain = chain;
    this.#faults = faults;
  }

  /** Judges a milestone whose size the trees have just reached; `trees` is undefined where they could not be made. */
  meet(milestone: Milestone, trees: TwinTrees | undefined): void {
    const { head } = milestone.checkpoint;
    if (!this.#isSigned(milestone) || !trees) return;
    const { agrees, suspicions } = trees.settle(head.root);
    for (const suspicion of suspicions) this.#settled(suspicion, agrees, head.size);
    this.#note(milestone, agrees);
  }

  /** After roots that did not agree, one that does shows what they were: of another record, or of entries changed since. */
  #note(milestone: Milestone, agrees: Agreement): void {
    const bracket = milestone.from === 'given' ? this.#given : this.#own;
    if (agrees === 'none') {
      bracket.disagreed ??= milestone;
      return;
    }
    if (bracket.disagreed && agrees === 'tiles') this.#sayBracket(bracket);
    else if (bracket.disagreed) {
      const { size } = bracket.disagreed.checkpoint.head;
      const other = `the entries agree with ${nameOf(milestone)}`;
      this.#faults.add(size, `${nameOf(bracket.disagreed)} was signed for another record: ${other}`);
    }
    bracket.disagreed = undefined;
    bracket.agreed = milestone;
  }

  /** Judges a milestone of a size that the record, of `size` entries, never reaches. */
  miss(milestone: Milestone, size: number): void {
    if (!this.#isSigned(milestone)) return;
    const to = milestone.checkpoint.head.size;
    const are = to === size + 1 ? 'is' : 'are';
    this.#faults.add(
      size + 1,
      `${span(size + 1, to)} ${are} missing: ${nameOf(milestone)} covers ${to === size + 1 ? 'it' : 'them'}`,
    );
  }

  /** Says what no checkpoint settled. */
  end(trees: TwinTrees): void {
    for (const { from, to, tile } of trees.takeSuspicions()) {
      this.#faults.add(
        from,
        `${oneOf(from, to)} was changed after it was hashed: ${tile} holds another hash`,
      );
    }
    this.#sayBracket(this.#own);
    this.#sayBracket(this.#given);
  }

  #sayBracket({ agreed, disagreed }: Bracket): void {
    if (!disagreed) return;
    const [before, size] = [agreed?.checkpoint.head.size ?? 0, disagreed.checkpoint.head.size];
    const what = disagreed.from === 'given' ? 'is not the one that was signed' : 'was changed';
    const says =
      agreed && before > 0
        ? `${nameOf(agreed)} agrees with the entries, ${nameOf(disagreed)} does not`
        : `${nameOf(disagreed)} does not agree with the entries`;
    this.#faults.add(Math.min(before + 1, size), `${oneOf(before + 1, size)} ${what}: ${says}`);
  }

  #settled({ from, to, tile }: Suspicion, agrees: Agreement, size: number): void {
    const says =
      agrees === 'tiles'
        ? `${oneOf(from, to)} was changed after it was hashed: ${tile} holds another hash, and the checkpoint of size ${size} agrees with that`
        : `${tile} was changed: it holds another hash for ${span(from, to)}, which the checkpoint of size ${size} shows to be as signed`;
    this.#faults.add(from, says);
  }

  #isSigned(milestone: Milestone): boolean {
    const { head, note } = milestone.checkpoint;
    const link = this.#chain.at(head.size);
    if (!link || !signedBy(note, link.key)) return this.#unsigned(milestone);
    if (milestone.from === 'given') return true;
    this.#isRunUnsigned = false;
    if (head.size === link.entry && this.#isVouchedFor(milestone, link)) this.#vouched.add(link);
    this.#demandVouchers(head.size);
    if (head.size !== this.#lastSigned) this.signed++;
    this.#lastSigned = head.size;
    return true;
  }

  /** Of unsigned ones in a row the first is told of. */
  #unsigned(milestone: Milestone): false {
    const { size } = milestone.checkpoint.head;
    const isTold = milestone.from === 'kept' && this.#isRunUnsigned;
    if (milestone.from === 'kept') this.#isRunUnsigned = true;
    if (!isTold) {
      this.#faults.add(
        size,
        `${nameOf(milestone)} bears no good signature of the key that was in force then`,
      );
    }
    return false;
  }

  /** A rotation's own checkpoint is signed by the key before as well, unless that was lost. */
  #isVouchedFor({ checkpoint }: Milestone, link: Link): boolean {
    const before = this.#chain.before(link);
    return link.lost || !before || signedBy(checkpoint.note, before.key);
  }

  #demandVouchers(size: number): void {
    for (const link of this.#chain.links) {
      if (link.entry === 0 || link.entry > size || this.#vouched.has(link)) continue;
      this.#faults.add(
        link.entry,
        `the key that entry ${link.entry} put in force is vouched for by no checkpoint of size ${link.entry} ` +
          `that ${link.lost ? 'it' : 'the key before it'} signed`,
      );
    }
  }
}

/** The last signed root that agrees with the trees, and the first after it that does not. */
interface Bracket {
  agreed?: Milestone | undefined;
  disagreed?: Milestone | undefined;
}
