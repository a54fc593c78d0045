import { setTimeout as sleep } from 'node:timers/promises';
import type { Sealer } from '../../log/index.ts';

/** New entries are in the tree, and its head is signed, within this time. */
const SIGN_MS = 1_000;
/** Heads are kept as checkpoints, and copied to the witnesses, this often. */
const CHECKPOINT_MS = 60_000;

/** Signs the record every second, keeps a checkpoint every minute in which something happened, until stopped. */
export async function keepSealing(sealer: Sealer, stop: AbortSignal): Promise<void> {
  const pause = () => sleep(SIGN_MS, undefined, { signal: stop, ref: false }).catch(() => undefined);
  let kept = -Infinity;
  while (!stop.aborted) {
    if (performance.now() - kept < CHECKPOINT_MS) {
      await sealer.sign();
    } else {
      await sealer.checkpoint();
      kept = performance.now();
    }
    await pause();
  }
}
