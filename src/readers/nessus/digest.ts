import { hash } from 'node:crypto';
import type { HostObservation, ItemObservation } from './schema.ts';

const DIGITS = 16;
/** A SHA-256 is eight words of 32 bits. */
const LANES = 8;

/** A digest of a host's items that does not depend on their order: their hashes are added up. */
export class HostDigest {
  readonly #sum = new Uint32Array(LANES);
  #items = 0;

  add(item: Omit<ItemObservation, 'at' | 'line' | 'host' | 'kind' | 'rating'>): void {
    // No field holds a line break.
    const line = `${item.plugin}\n${item.port}\n${item.protocol}\n${item.family}\n${item.title}\n${item.service}\n${item.severity}\n${item.cves}\n${item.cvss}`;
    // Bytes as characters: a buffer for each would take as long again as the hashing.
    const bytes = hash('sha256', line, 'latin1');
    for (let lane = 0; lane < LANES; lane++) {
      this.#sum[lane] = (this.#sum[lane] ?? 0) + wordAt(bytes, 4 * lane);
    }
    this.#items += 1;
  }

  of({ credentialed }: Pick<HostObservation, 'credentialed'>): string {
    return hash('sha256', `${this.#sum.join(' ')}\n${this.#items}\n${credentialed}`).slice(0, DIGITS);
  }
}

function wordAt(bytes: string, at: number): number {
  return (
    bytes.charCodeAt(at) |
    (bytes.charCodeAt(at + 1) << 8) |
    (bytes.charCodeAt(at + 2) << 16) |
    (bytes.charCodeAt(at + 3) << 24)
  );
}
