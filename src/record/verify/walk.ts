import type { Entry } from '../entry.ts';
import { leafOf } from '../leaf.ts';
import { TILE_WIDTH } from '../tiles.ts';
import { HASH_BYTES } from '../tree.ts';
import { type Faults, span } from './faults.ts';
import type { Judge } from './judge.ts';
import { type KeyChain, ROTATION } from './key-chain.ts';
import type { Milestone } from './milestones.ts';
import { linesOf, type Scan } from './scan.ts';
import type { StoredTiles } from './stored-tiles.ts';
import { TwinTrees } from './twin-trees.ts';

/** What a walk needs to know. */
export interface Route {
  /** How many entries the record says it has. */
  readonly size: number;
  readonly stored: StoredTiles;
  readonly chain: KeyChain;
  readonly judge: Judge;
  readonly faults: Faults;
  readonly milestones: AsyncIterator<Milestone, undefined>;
}

const NONE = Buffer.alloc(0);

/** Goes through the entries in their order, growing the trees, and stops at each milestone to compare. */
export class Walk {
  /** How many entries were passed, missing ones included. */
  place = 0;
  readonly #route: Route;
  readonly #trees: TwinTrees;
  /** Whether hashes were missing, so that no tree can be made any more. */
  #isLost = false;
  #line = 0;
  #recorded = '';
  /** Whether the entries last passed are as their tile has them. */
  #isAsKept = true;
  #next: Milestone | undefined;

  constructor(route: Route) {
    this.#route = route;
    this.#trees = new TwinTrees(route.stored);
  }

  async begin(): Promise<void> {
    await this.#fetchMilestone();
    await this.#meetMilestones();
  }

  /** Takes a chunk of lines and what a look at it found; false where there is no point in going on. */
  async take(chunk: Buffer, { hashes, roots, run }: Scan): Promise<boolean> {
    const { size, faults } = this.#route;
    const count = hashes.length / HASH_BYTES;
    if (run?.first === this.place + 1 && run.from >= this.#recorded && this.place + count <= size) {
      this.#line += count;
      await this.#advance(hashes, roots);
      // What an entry says that was changed is no measure for the next one.
      if (this.#isAsKept) this.#recorded = run.to;
    } else {
      for (const [i, line] of linesOf(chunk).entries()) {
        await this.#readLine(line, hashes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES));
        if (this.place > size || faults.isFull()) return false;
      }
    }
    return !faults.isFull();
  }

  /** Ends at the record's size: what did not come is missing. */
  async end(): Promise<void> {
    const { size, judge, faults } = this.#route;
    if (this.place < size && !faults.isFull())
      await this.#miss(
        size,
        (its) => `the latest checkpoint (size ${size}) covers ${its === 'its' ? 'it' : 'them'}`,
      );
    for (; this.#next && !faults.isFull(); await this.#fetchMilestone()) judge.miss(this.#next, size);
    judge.end(this.#trees);
  }

  async #readLine(line: Buffer, hash: Buffer): Promise<void> {
    const { size, stored, faults } = this.#route;
    const own = this.place + 1;
    this.#line++;
    if (this.place >= size) {
      faults.add(own, `${span(own, own)} is covered by no checkpoint: the latest covers ${size}`);
      this.place++;
      return;
    }
    const read = readLeaf(line);
    const kept = await stored.hashes(0, this.place, 1);
    const isKept = kept === undefined || kept.equals(hash);
    if (isKept) this.#readEntry(own, read);
    else if (typeof read !== 'string' && read.index !== own && (await this.#isDisplaced(read.index, hash)))
      return;
    await this.#advance(hash, NONE);
  }

  /** What an entry that was hashed as it stands says. */
  #readEntry(own: number, read: Entry | string): void {
    const { chain, faults } = this.#route;
    if (typeof read === 'string') {
      faults.add(own, `entry ${own} cannot be read: ${read}`);
      return;
    }
    if (read.index !== own) faults.add(own, `entry ${own} says that it is entry ${read.index}`);
    if (read.recorded < this.#recorded) {
      const before = `before entry ${own - 1} (${this.#recorded})`;
      faults.add(own, `entry ${own} says that it was recorded (${read.recorded}) ${before}`);
    }
    this.#recorded = read.recorded;
    const wrong = read.kind === ROTATION ? chain.rotate(read) : undefined;
    if (wrong !== undefined) faults.add(own, wrong);
  }

  /**
   * Whether a line that is not the entry of its place is that of another, by the tiles. Then the
   * entries before it are missing, or it stands once too often or too late and is passed over.
   */
  async #isDisplaced(index: number, hash: Buffer): Promise<boolean> {
    const { stored, faults } = this.#route;
    const kept = await stored.hashes(0, index - 1, 1);
    if (!kept?.equals(hash)) return false;
    if (index <= this.place) {
      faults.add(
        index,
        `entry ${index} stands in line ${this.#line}: a line was inserted, or the order was changed`,
      );
      return true;
    }
    await this.#miss(index - 1, (its) => `entry ${index} stands in ${its} place`);
    return false;
  }

  /** Passes over entries that are not there; the trees go on with their hashes, where the tiles have them. */
  async #miss(to: number, why: (its: 'its' | 'their') => string): Promise<void> {
    const { stored, faults } = this.#route;
    const from = this.place + 1;
    const missing = from === to ? `is missing: ${why('its')}` : `are missing: ${why('their')}`;
    faults.add(from, `${span(from, to)} ${missing}`);
    while (this.place < to && !this.#isLost) {
      const kept = await stored.hashes(0, this.place, Math.min(to - this.place, this.#roomInTile()));
      if (kept) await this.#advance(kept, NONE);
      else this.#isLost = true;
    }
    this.place = to;
    await this.#meetMilestones();
  }

  /** Grows the trees by leaves, tile by tile and milestone by milestone. */
  async #advance(hashes: Buffer, roots: Buffer): Promise<void> {
    let [at, rootAt] = [0, 0];
    while (at < hashes.length) {
      const [begun, left] = [this.place, (hashes.length - at) / HASH_BYTES];
      const count = Math.min(left, this.#roomInTile(), this.#roomToMilestone());
      const isTile = begun % TILE_WIDTH === 0 && left >= TILE_WIDTH && rootAt < roots.length;
      const root = isTile ? roots.subarray(rootAt, rootAt + HASH_BYTES) : undefined;
      await this.#grow(hashes.subarray(at, at + count * HASH_BYTES), count === TILE_WIDTH ? root : undefined);
      if (isTile) rootAt += HASH_BYTES;
      at += count * HASH_BYTES;
    }
  }

  async #grow(leaves: Buffer, root: Buffer | undefined): Promise<void> {
    const count = leaves.length / HASH_BYTES;
    const kept = await this.#route.stored.hashes(0, this.place, count);
    this.#isAsKept = kept?.equals(leaves) ?? true;
    if (!this.#isLost) await this.#trees.add(leaves, kept ?? leaves, root);
    this.place += count;
    await this.#meetMilestones();
  }

  #roomInTile(): number {
    return TILE_WIDTH - (this.place % TILE_WIDTH);
  }

  #roomToMilestone(): number {
    return this.#next ? this.#next.checkpoint.head.size - this.place : Infinity;
  }

  async #meetMilestones(): Promise<void> {
    const trees = this.#isLost ? undefined : this.#trees;
    for (; this.#roomToMilestone() <= 0; await this.#fetchMilestone()) {
      if (this.#next) this.#route.judge.meet(this.#next, trees);
    }
  }

  async #fetchMilestone(): Promise<void> {
    const { value } = await this.#route.milestones.next();
    this.#next = value;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The entry that a line holds, or what is wrong with it. */
function readLeaf(line: Buffer): Entry | string {
  try {
    return leafOf(utf8.decode(line));
  } catch (error) {
    return error instanceof RangeError ? error.message : 'it is not UTF-8';
  }
}
