const BATCH = 2000;

/** Observations on their way out, two thousand at a time. */
export class Batches<O> {
  #batch: O[] = [];
  #full: (readonly O[])[] = [];

  keep(observation: O): void {
    this.#batch.push(observation);
    if (this.#batch.length < BATCH) return;
    this.#full.push(this.#batch);
    this.#batch = [];
  }

  /** Every full batch since it was last asked. */
  *full(): Generator<readonly O[], void, undefined> {
    const full = this.#full;
    this.#full = [];
    yield* full;
  }

  /** Every batch, also the last one that is not full. */
  *all(): Generator<readonly O[], void, undefined> {
    yield* this.full();
    const rest = this.#batch;
    this.#batch = [];
    if (rest.length > 0) yield rest;
  }
}
