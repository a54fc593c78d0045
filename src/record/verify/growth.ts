import { HASH_BYTES } from '../tree.ts';
import { rootOfEdge, TILE_WIDTH } from '../tiles.ts';

const TILE_BYTES = TILE_WIDTH * HASH_BYTES;

interface Level {
  readonly hashes: Buffer;
  /** How many of them count. */
  width: number;
}

/**
 * A tree that grows in place, of which only the right edge is kept: on each level the tile that is
 * being filled. `put` fills it; once a tile is full, `carry` puts its root on the level above.
 */
export class Growth {
  size = 0;
  readonly #levels: Level[] = [];

  /** Puts hashes into the tile of a level; there must be room for them. */
  put(level: number, hashes: Buffer): void {
    const tile = this.#level(level);
    tile.hashes.set(hashes, tile.width * HASH_BYTES);
    tile.width += hashes.length / HASH_BYTES;
    if (level === 0) this.size += hashes.length / HASH_BYTES;
  }

  isFull(level: number): boolean {
    return this.#level(level).width === TILE_WIDTH;
  }

  /** The hashes of the tile that is being filled. */
  tile(level: number): Buffer {
    const { hashes, width } = this.#level(level);
    return hashes.subarray(0, width * HASH_BYTES);
  }

  /** Begins the next tile of a level. */
  next(level: number): void {
    this.#level(level).width = 0;
  }

  /** The root of the tree, in which no level may be full. */
  root(): Buffer {
    return rootOfEdge({ size: this.size, levels: this.#levels.map((_, level) => this.tile(level)) });
  }

  /** Becomes what another is. */
  copy(other: Growth): void {
    other.#levels.forEach((_, level) => {
      this.next(level);
      this.put(level, other.tile(level));
    });
    this.size = other.size;
  }

  #level(level: number): Level {
    return (this.#levels[level] ??= { hashes: Buffer.alloc(TILE_BYTES), width: 0 });
  }
}
