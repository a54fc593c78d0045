import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type Scan, scan } from './scan.ts';

/** A chunk and what a look at it found. */
export interface Scanned {
  readonly chunk: Buffer;
  readonly scan: Scan;
}

/** Below so many bytes it is over before a thread has started. */
const BYTES_WORTH_A_THREAD = 16 * 2 ** 20;
/** A smaller chunk costs more to send than to look at. */
const BYTES_WORTH_SENDING = 2 ** 16;
/** Two for each thread: one it works on, and one that waits. */
const WAITING_A_THREAD = 2;
const MOST_THREADS = 3;
const MARK = 'muster: scan lines of a record';

/** How many threads beside this one may help. */
export function spareThreads(): number {
  return Math.min(MOST_THREADS, availableParallelism() - 1);
}

/**
 * Looks at chunks and gives them back in their order. This thread looks at them itself; where there
 * are many, up to `threads` others help, each taking two at a time.
 */
export async function* scanned(
  chunks: AsyncIterable<Buffer>,
  threads: number,
): AsyncGenerator<Scanned, void> {
  const helpers: Helper[] = [];
  const under: Promise<Scanned>[] = [];
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      // Lets in what other threads have to say, and whatever else this one has to do.
      if (chunk.length >= BYTES_WORTH_SENDING) await setImmediate();
      if (bytes > BYTES_WORTH_A_THREAD && helpers.length < threads) helpers.push(new Helper());
      const helper = chunk.length < BYTES_WORTH_SENDING ? undefined : helpers.find((each) => each.isFree());
      under.push(helper ? helper.look(chunk) : Promise.resolve({ chunk, scan: scan(chunk) }));
      if (under.length > helpers.length * (WAITING_A_THREAD + 1)) yield* under.splice(0, 1);
    }
    yield* under;
  } finally {
    await Promise.all(helpers.map((helper) => helper.end()));
  }
}

interface Request {
  readonly chunk: Buffer;
  readonly resolve: (scanned: Scanned) => void;
}

interface Answer {
  readonly hashes: Uint8Array<ArrayBuffer>;
  readonly roots: Uint8Array<ArrayBuffer>;
  readonly stretches: Scan['stretches'];
}

/** Another thread that looks at chunks. Should it fail, this thread does its work. */
class Helper {
  readonly #worker = new Worker(new URL(import.meta.url), { workerData: MARK });
  readonly #waiting: Request[] = [];
  #isReady = false;

  constructor() {
    this.#worker.unref();
    this.#worker.on('message', (answer: Answer | typeof MARK) => {
      if (answer === MARK) this.#isReady = true;
      else this.#answer(answer);
    });
    this.#worker.on('error', () => this.#giveUp());
  }

  isFree(): boolean {
    return this.#isReady && this.#waiting.length < WAITING_A_THREAD;
  }

  /** The chunk itself stays here: what is sent is a copy. */
  look(chunk: Buffer): Promise<Scanned> {
    const copy = new Uint8Array(chunk);
    return new Promise((resolve) => {
      this.#waiting.push({ chunk, resolve });
      this.#worker.postMessage(copy, [copy.buffer]);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #answer({ hashes, roots, stretches }: Answer): void {
    const request = this.#waiting.shift();
    request?.resolve({
      chunk: request.chunk,
      scan: { hashes: asBuffer(hashes), roots: asBuffer(roots), stretches },
    });
  }

  #giveUp(): void {
    this.#isReady = false;
    for (const { chunk, resolve } of this.#waiting.splice(0)) resolve({ chunk, scan: scan(chunk) });
  }
}

function asBuffer(bytes: Uint8Array<ArrayBuffer>): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** What a helper's thread does: this very file is what it runs. */
function help(port: NonNullable<typeof parentPort>): void {
  port.on('message', (chunk: Uint8Array<ArrayBuffer>) => {
    const { hashes, roots, stretches } = scan(asBuffer(chunk));
    const answer: Answer = { hashes: new Uint8Array(hashes), roots: new Uint8Array(roots), stretches };
    port.postMessage(answer, [answer.hashes.buffer, answer.roots.buffer]);
  });
  port.postMessage(MARK);
}

if (!isMainThread && parentPort && workerData === MARK) help(parentPort);
