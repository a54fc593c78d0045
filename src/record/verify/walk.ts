import type { Entry } from '../entry.ts';
import { leafOf } from '../leaf.ts';
import { TILE_WIDTH } from '../tiles.ts';
import { HASH_BYTES } from '../tree.ts';
import { type Faults, span } from './faults.ts';
import type { Judge } from './judge.ts';
import { type KeyChain, ROTATION } from './key-chain.ts';
import type { Milestone } from './milestones.ts';
import { fullTiles, glance, linesOf, type Run, type Scan } from './scan.ts';
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
  #next: Milestone | undefined;

  constructor(route: Route) {
    this.#route = route;
    this.#trees = new TwinTrees(route.stored);
  }

  async begin(): Promise<void> {
    await this.#fetchMilestone();
    await this.#meetMilestones();
  }

  /**
   * Takes a chunk of lines and what a look at it found; false where there is no point in going on.
   * INVARIANT: what is found is the same however the lines are cut into chunks: a run is passed
   * without a look at its lines only where that look would find nothing.
   */
  async take(chunk: Buffer, scan: Scan): Promise<boolean> {
    let read: readonly Buffer[] | undefined;
    const lineAt = (at: number): Buffer => (read ??= linesOf(chunk))[at] ?? NONE;
    let [line, root] = [0, 0];
    for (const { lines, run } of scan.stretches) {
      const hashes = hashesIn(scan.hashes, line, lines);
      const [from, to] = run ? fullTiles(run.first, lines) : [0, 0];
      const passed = run ? await this.#pass(run, hashes, hashesIn(scan.roots, root, to - from)) : 0;
      if (passed > 0 && passed < lines) this.#recorded = glance(lineAt(line + passed - 1))?.recorded ?? '';
      for (let i = passed; i < lines && !this.#isOver(); i++)
        await this.#readLine(lineAt(line + i), hashesIn(hashes, i, 1));
      if (this.#isOver()) return false;
      line += lines;
      root += to - from;
    }
    return true;
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

  #isOver(): boolean {
    return this.place > this.#route.size || this.#route.faults.isFull();
  }

  /**
   * Passes over a run that is what comes next, up to the first tile or milestone before which a line
   * is not as its tile has it. Gives back how many lines that were.
   */
  async #pass(run: Run, hashes: Buffer, roots: Buffer): Promise<number> {
    const { size, stored, faults } = this.#route;
    const lines = hashes.length / HASH_BYTES;
    if (run.first !== this.place + 1 || run.from < this.#recorded || this.place + lines > size) return 0;
    const [firstTile] = fullTiles(run.first, lines);
    for (let at = 0; at < lines;) {
      const part = hashesIn(hashes, at, Math.min(lines - at, this.#roomInTile(), this.#roomToMilestone()));
      const count = part.length / HASH_BYTES;
      const kept = await stored.hashes(0, this.place, count);
      if (faults.isFull() || !(kept?.equals(part) ?? true)) return at;
      const isTile = count === TILE_WIDTH;
      const root = isTile ? hashesIn(roots, this.place / TILE_WIDTH - firstTile, 1) : undefined;
      this.#line += count;
      await this.#grow(part, part, root);
      if (faults.isFull()) return at;
      at += count;
    }
    this.#recorded = run.to;
    return lines;
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
    const kept = await stored.hashes(0, this.place, 1);
    if (faults.isFull()) return;
    const says = readLeaf(line);
    if (kept?.equals(hash) ?? true) this.#readEntry(own, says);
    else if (typeof says !== 'string' && says.index !== own && (await this.#isDisplaced(says.index, hash)))
      return;
    // Entries that are missing may have been passed over: another place, another hash.
    await this.#advance(hash);
  }

  /** What an entry that was hashed as it stands says. One that was changed is no measure for the next. */
  #readEntry(own: number, says: Saying | string): void {
    const { chain, faults } = this.#route;
    if (typeof says === 'string') {
      faults.add(own, `entry ${own} cannot be read: ${says}`);
      return;
    }
    if (says.index !== own) faults.add(own, `entry ${own} says that it is entry ${says.index}`);
    if (says.recorded < this.#recorded) {
      const before = `before entry ${own - 1} (${this.#recorded})`;
      faults.add(own, `entry ${own} says that it was recorded (${says.recorded}) ${before}`);
    }
    this.#recorded = says.recorded;
    const wrong = says.rotation && chain.rotate(says.rotation);
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
      if (kept) await this.#advance(kept);
      else this.#isLost = true;
    }
    this.place = to;
    await this.#meetMilestones();
  }

  /** Grows the trees by leaves, all of one tile, from milestone to milestone. */
  async #advance(leaves: Buffer): Promise<void> {
    for (let rest = leaves; rest.length > 0;) {
      const part = hashesIn(rest, 0, Math.min(rest.length / HASH_BYTES, this.#roomToMilestone()));
      const kept = await this.#route.stored.hashes(0, this.place, part.length / HASH_BYTES);
      await this.#grow(part, kept ?? part, undefined);
      rest = rest.subarray(part.length);
    }
  }

  async #grow(leaves: Buffer, kept: Buffer, root: Buffer | undefined): Promise<void> {
    if (!this.#isLost) await this.#trees.add(leaves, kept, root);
    this.place += leaves.length / HASH_BYTES;
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

/** What is read of an entry on the way: all of it only where that is needed. */
interface Saying extends Pick<Entry, 'index' | 'recorded'> {
  /** The entry, where it puts a key in force. */
  readonly rotation?: Entry;
}

/** What a line says, or what is wrong with it. */
function readLeaf(line: Buffer): Saying | string {
  const seen = glance(line);
  if (seen) return seen;
  try {
    const entry = leafOf(utf8.decode(line));
    return entry.kind === ROTATION ? { ...entry, rotation: entry } : entry;
  } catch (error) {
    return error instanceof RangeError ? error.message : 'it is not UTF-8';
  }
}

function hashesIn(hashes: Buffer, from: number, count: number): Buffer {
  return hashes.subarray(from * HASH_BYTES, (from + count) * HASH_BYTES);
}
