import { TILE_WIDTH, tilePath, type TileId } from '../tiles.ts';
import { HASH_BYTES } from '../tree.ts';
import { type Faults, span } from './faults.ts';

const KEPT_TILES = 32;

/** The hashes that a record keeps in its tiles, read as they are needed. What is missing is a fault, once. */
export class StoredTiles {
  readonly #size: number;
  readonly #tile: (tile: TileId) => Promise<Buffer | undefined>;
  readonly #faults: Faults;
  readonly #kept = new Map<string, Promise<Buffer | undefined>>();

  constructor(size: number, tile: (tile: TileId) => Promise<Buffer | undefined>, faults: Faults) {
    this.#size = size;
    this.#tile = tile;
    this.#faults = faults;
  }

  /** `count` hashes of a level from place `index` on, all of one tile; undefined where there are none. */
  async hashes(level: number, index: number, count: number): Promise<Buffer | undefined> {
    const id = this.#id(level, index);
    if (id === undefined) return undefined;
    const tile = await this.#read(id);
    const at = (index % TILE_WIDTH) * HASH_BYTES;
    return tile?.subarray(at, at + count * HASH_BYTES);
  }

  #id(level: number, index: number): TileId | undefined {
    const number = Math.floor(index / TILE_WIDTH);
    const width = Math.min(TILE_WIDTH, Math.floor(this.#size / TILE_WIDTH ** level) - number * TILE_WIDTH);
    return index % TILE_WIDTH < width ? { level, number, width } : undefined;
  }

  #read(id: TileId): Promise<Buffer | undefined> {
    const path = tilePath(id);
    const tile = this.#kept.get(path) ?? this.#checked(id, path);
    this.#kept.delete(path);
    this.#kept.set(path, tile);
    if (this.#kept.size > KEPT_TILES) this.#kept.delete(this.#kept.keys().next().value ?? '');
    return tile;
  }

  async #checked(id: TileId, path: string): Promise<Buffer | undefined> {
    const tile = await this.#tile(id);
    if (tile?.length === id.width * HASH_BYTES) return tile;
    const [from, to] = entriesOf(id);
    const wrong = tile === undefined ? 'is missing' : 'has a wrong length';
    this.#faults.add(from, `${path} ${wrong}: it holds the hashes of ${span(from, to)}`);
    return undefined;
  }
}

/** The first and the last entry that a tile covers. */
function entriesOf({ level, number, width }: TileId): [from: number, to: number] {
  const each = TILE_WIDTH ** level;
  return [number * TILE_WIDTH * each + 1, (number * TILE_WIDTH + width) * each];
}
