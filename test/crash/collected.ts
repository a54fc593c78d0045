import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCheckpoint } from '../../src/record/index.ts';

/**
 * Checkpoints as somebody keeps them who does not trust Muster: elsewhere, and for good. What a
 * crash does to the folders they came from does not reach them.
 */
export class Collected {
  readonly #notes = new Map<string, { origin: string; size: number; note: string }>();

  /** Takes what is new in the folders. Throws where one is no checkpoint, or not what it was. */
  async from(witnesses: readonly string[]): Promise<void> {
    for (const witness of witnesses) {
      for (const file of await checkpointsIn(witness)) {
        const note = await readFile(join(witness, file), 'utf8');
        const head = readCheckpoint(note)?.head;
        assert.ok(head, `the witness has ${file}, which is no checkpoint: ${JSON.stringify(note)}`);
        assert.equal(String(head.size), file.split('/').at(-1), 'a checkpoint is named by its size');
        const before = this.#notes.get(join(witness, file))?.note;
        assert.equal(note, before ?? note, `the checkpoint ${file} was changed`);
        this.#notes.set(join(witness, file), { origin: head.origin, size: head.size, note });
      }
    }
  }

  /** Those of one log, each once, the oldest first. */
  of(origin: string): string[] {
    const own = [...this.#notes.values()].filter((each) => each.origin === origin);
    return [...new Set(own.sort((a, b) => a.size - b.size).map(({ note }) => note))];
  }
}

async function checkpointsIn(witness: string): Promise<string[]> {
  const files = await readdir(witness, { recursive: true });
  return files.filter((file) => /(^|\/)\d+$/.test(file));
}
