import { subtreeRoot } from '../subtree.ts';
import { TILE_WIDTH, tilePath } from '../tiles.ts';
import { Growth } from './growth.ts';
import type { StoredTiles } from './stored-tiles.ts';
import { HASH_BYTES } from '../tree.ts';

/** Where what the entries say and what the tiles say part: which entries, and the tile that disagrees. */
export interface Suspicion {
  readonly from: number;
  readonly to: number;
  readonly tile: string;
}

/** Which of the two trees has a root. */
export type Agreement = 'entries' | 'tiles' | 'none';

/**
 * The tree twice: as the entries make it, and as the stored tiles have it. While nothing was changed
 * they are the same. Where they part, a signed root says which of them is as it was signed.
 */
export class TwinTrees {
  readonly #entries = new Growth();
  readonly #tiles = new Growth();
  readonly #stored: StoredTiles;
  #suspicions: Suspicion[] = [];

  constructor(stored: StoredTiles) {
    this.#stored = stored;
  }

  get size(): number {
    return this.#entries.size;
  }

  /**
   * Adds leaves, all of one tile, as the entries and as the tiles have them. `root` is that of the
   * whole tile, where the entries' hashes fill one and it is known.
   */
  async add(entries: Buffer, tiles: Buffer, root: Buffer | undefined): Promise<void> {
    if (!entries.equals(tiles)) this.#suspectLeaves(entries, tiles);
    this.#entries.put(0, entries);
    this.#tiles.put(0, tiles);
    if (this.#entries.isFull(0)) await this.#carry(0, root);
  }

  /** Whose root this is. That one is what was signed: the other goes on as it, and the suspicions are given back. */
  settle(root: Buffer): { agrees: Agreement; suspicions: readonly Suspicion[] } {
    const agrees = this.#agreement(root);
    if (agrees === 'none' || this.#suspicions.length === 0) return { agrees, suspicions: [] };
    if (agrees === 'entries') this.#tiles.copy(this.#entries);
    else this.#entries.copy(this.#tiles);
    return { agrees, suspicions: this.takeSuspicions() };
  }

  /** What no root settled. */
  takeSuspicions(): readonly Suspicion[] {
    const taken = this.#suspicions;
    this.#suspicions = [];
    return taken;
  }

  #agreement(root: Buffer): Agreement {
    if (this.#entries.root().equals(root)) return 'entries';
    return this.#suspicions.length > 0 && this.#tiles.root().equals(root) ? 'tiles' : 'none';
  }

  async #carry(level: number, known: Buffer | undefined): Promise<void> {
    const [entries, tiles] = [this.#entries.tile(level), this.#tiles.tile(level)];
    const ofEntries = known ?? subtreeRoot(entries);
    const ofTiles = entries.equals(tiles) ? ofEntries : subtreeRoot(tiles);
    const index = this.size / TILE_WIDTH ** (level + 1) - 1;
    const stored = (await this.#stored.hashes(level + 1, index, 1)) ?? ofTiles;
    if (!stored.equals(ofTiles)) this.#suspect(level + 1, index);
    for (const tree of [this.#entries, this.#tiles]) tree.next(level);
    this.#entries.put(level + 1, ofEntries);
    this.#tiles.put(level + 1, stored);
    if (this.#entries.isFull(level + 1)) await this.#carry(level + 1, undefined);
  }

  #suspectLeaves(entries: Buffer, tiles: Buffer): void {
    for (let at = 0; at < entries.length; at += HASH_BYTES) {
      if (entries.compare(tiles, at, at + HASH_BYTES, at, at + HASH_BYTES) !== 0) {
        this.#suspect(0, this.size + at / HASH_BYTES);
      }
    }
  }

  #suspect(level: number, index: number): void {
    const each = TILE_WIDTH ** level;
    const tile = tilePath({ level, number: Math.floor(index / TILE_WIDTH), width: TILE_WIDTH });
    if (this.#suspicions.length < MOST_SUSPICIONS) {
      this.#suspicions.push({ from: index * each + 1, to: (index + 1) * each, tile });
    }
  }
}

/** More than are ever told of. */
const MOST_SUSPICIONS = 100;
