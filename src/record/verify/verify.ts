import { type Checkpoint, readCheckpoint } from '../checkpoint.ts';
import { readVerifierKey } from '../note.ts';
import type { TileId } from '../tiles.ts';
import { EMPTY_ROOT } from '../tree.ts';
import { type Fault, Faults } from './faults.ts';
import { Judge } from './judge.ts';
import { KeyChain } from './key-chain.ts';
import { type Milestone, milestones } from './milestones.ts';
import { scanned, spareThreads } from './scan-threads.ts';
import { StoredTiles } from './stored-tiles.ts';
import { Walk } from './walk.ts';

/** A record to be verified, wherever it is kept: an export's folder, or the live store. */
export interface RecordSource {
  /** The verifier keys it brings, as texts, oldest first. The first is where trust begins; the others must be those that the entries put in force. */
  readonly keys: readonly string[];
  /** The latest checkpoint: the record reaches exactly its size. */
  readonly latest: string;
  /** The leaves in chunks of whole lines, each leaf ended by a newline; about 1 MiB a chunk is best. */
  leaves(): AsyncIterable<Buffer>;
  /** The hashes of a tile of the tree of the latest size, or undefined where it is missing. */
  tile(tile: TileId): Promise<Buffer | undefined>;
  /** Every checkpoint kept, ascending by size; the latest may be among them. */
  checkpoints(): AsyncIterable<string>;
}

export interface VerifyOptions {
  /** Verifier keys, as texts, that whoever verifies trusts. Without: the key that the record brings. */
  readonly keys?: readonly string[];
  /** Checkpoints that whoever verifies has kept elsewhere. */
  readonly against?: string | readonly string[];
  /** Told now and then how many entries were verified, of how many. */
  readonly progress?: (entries: number, size: number) => void;
  readonly signal?: AbortSignal;
  /** How many other threads may help with a large record; without: one for each core to spare, at most 3. */
  readonly threads?: number;
}

/** What was verified. The record is as it was signed if, and only if, there is no fault. */
export interface Verified {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
  /** At how many sizes the record has a well signed checkpoint. */
  readonly checkpoints: number;
  /** The record's keys, oldest first. */
  readonly keys: readonly string[];
  /** Whether a key that was given vouches for it, or only the one it brings. */
  readonly trusted: 'given' | 'brought';
  /** In the order of the entries, at most 20. */
  readonly faults: readonly Fault[];
}

/**
 * Verifies a record from its bytes alone: every entry is in the signed trees at its place, nothing
 * is missing, indexes and instants run on, and every checkpoint is signed by the key in force. Of an
 * entry's body the bytes are bound, its form is read only where it puts a key in force.
 * Rejects where the source does, or when it is aborted.
 */
export async function verifyRecord(source: RecordSource, options: VerifyOptions = {}): Promise<Verified> {
  const faults = new Faults();
  const latest = readCheckpoint(source.latest);
  if (!latest) {
    faults.add(null, 'the latest checkpoint cannot be read');
    return {
      origin: '',
      size: 0,
      root: EMPTY_ROOT,
      checkpoints: 0,
      keys: [],
      trusted: 'brought',
      faults: faults.list(),
    };
  }
  const { head } = latest;
  const chain = new KeyChain(head.origin);
  const wrong = chain.begin(source.keys[0]);
  if (wrong !== undefined) faults.add(null, wrong);
  const judge = new Judge(chain, faults);
  const others = [...given(options, head.origin, faults), { checkpoint: latest, from: 'latest' as const }];
  await walk(source, options, {
    size: head.size,
    stored: new StoredTiles(head.size, (tile) => source.tile(tile), faults),
    chain,
    judge,
    faults,
    milestones: milestones(source.checkpoints(), others, head.origin, faults),
  });
  // Where something else is wrong, the keys may follow from that.
  if (faults.isEmpty() && source.keys.join() !== chain.texts().join())
    faults.add(null, 'the record brings other keys than its entries put in force');
  const trusted = trustIn(chain, options, faults);
  return { ...head, checkpoints: judge.signed, keys: chain.texts(), trusted, faults: faults.list() };
}

async function walk(
  source: RecordSource,
  options: VerifyOptions,
  route: ConstructorParameters<typeof Walk>[0],
): Promise<void> {
  const walk = new Walk(route);
  await walk.begin();
  for await (const { chunk, scan } of scanned(source.leaves(), options.threads ?? spareThreads())) {
    options.signal?.throwIfAborted();
    if (!(await walk.take(chunk, scan))) break;
    options.progress?.(walk.place, route.size);
  }
  await walk.end();
  await route.milestones.return?.();
}

function given({ against = [] }: VerifyOptions, origin: string, faults: Faults): Milestone[] {
  const checkpoints = (typeof against === 'string' ? [against] : against).map(readCheckpoint);
  return checkpoints
    .filter((checkpoint) => isOf(checkpoint, origin, faults))
    .map((checkpoint) => ({ checkpoint, from: 'given' }));
}

function isOf(checkpoint: Checkpoint | undefined, origin: string, faults: Faults): checkpoint is Checkpoint {
  if (!checkpoint) faults.add(null, 'a checkpoint you gave cannot be read');
  else if (checkpoint.head.origin !== origin) {
    faults.add(
      null,
      `a checkpoint you gave is of another record, ${checkpoint.head.origin}: this one is ${origin}`,
    );
  }
  return checkpoint?.head.origin === origin;
}

function trustIn(chain: KeyChain, { keys }: VerifyOptions, faults: Faults): 'given' | 'brought' {
  if (!keys) return 'brought';
  const unread = keys.find((text) => !readVerifierKey(text));
  const refusal =
    unread === undefined ? chain.refusal(keys) : `a key you gave cannot be read: ${unread.slice(0, 120)}`;
  if (refusal !== undefined) faults.add(null, refusal);
  return refusal === undefined ? 'given' : 'brought';
}
