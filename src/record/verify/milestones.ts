import { type Checkpoint, readCheckpoint } from '../checkpoint.ts';
import type { Faults } from './faults.ts';

/** A checkpoint at which the tree is to be compared with what was signed. */
export interface Milestone {
  readonly checkpoint: Checkpoint;
  /** `kept` in the record, its `latest`, or `given` by whoever verifies. */
  readonly from: 'kept' | 'latest' | 'given';
}

/**
 * The checkpoints that a record keeps and others beside them, by size. A kept one that cannot be
 * read, is of another record or stands out of order is a fault and left out.
 */
export async function* milestones(
  kept: AsyncIterable<string>,
  others: readonly Milestone[],
  origin: string,
  faults: Faults,
): AsyncGenerator<Milestone, undefined> {
  const waiting = others.toSorted((a, b) => sizeOf(a) - sizeOf(b));
  let size = 0;
  for await (const text of kept) {
    const checkpoint = readCheckpoint(text);
    const wrong = whatIsWrong(checkpoint, size, origin);
    if (!checkpoint || wrong !== undefined) {
      faults.add(size, wrong ?? '');
      continue;
    }
    size = checkpoint.head.size;
    while (waiting[0] && sizeOf(waiting[0]) < size) yield* waiting.splice(0, 1);
    yield { checkpoint, from: 'kept' };
  }
  yield* waiting;
}

function whatIsWrong(checkpoint: Checkpoint | undefined, size: number, origin: string): string | undefined {
  if (!checkpoint) return `the checkpoint after that of size ${size} cannot be read`;
  const { head } = checkpoint;
  if (head.origin !== origin)
    return `the checkpoint of size ${head.size} is of another record, ${head.origin}`;
  if (head.size < size) return `the checkpoint of size ${head.size} stands after that of size ${size}`;
  return undefined;
}

function sizeOf(milestone: Milestone): number {
  return milestone.checkpoint.head.size;
}

/** How a sentence names a milestone. */
export function nameOf({ checkpoint, from }: Milestone): string {
  const { size } = checkpoint.head;
  if (from === 'kept') return `the checkpoint of size ${size}`;
  return `${from === 'given' ? 'the checkpoint you gave' : 'the latest checkpoint'} (size ${size})`;
}
