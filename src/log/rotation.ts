import { MusterError } from '../errors/index.ts';
import type { Store } from '../store/index.ts';
import type { Day } from '../time/index.ts';
import { verifierKeyOf } from '../record/index.ts';
import { readLog } from './heads.ts';
import { newKey, openKeyring, replaceKeys, type KeyPlace, type Keyring } from './keys.ts';
import type { Rotated } from './seal.ts';
import type { Sealer } from './sealer.ts';

export interface RotationRequest {
  /** Every agency of the installation, asked for as often as needed, and the day that it is there. */
  agencies(): Promise<readonly { readonly agency: number; readonly today: Day }[]>;
  readonly actor: string;
  /** The key in force is gone: the new one comes into force without its signature. */
  readonly isLost: boolean;
}

/** Held by whoever rotates the keys of a database, for as long as it takes. */
const ROTATING = 6963;

/**
 * Puts a new key in force for every log of an installation. The new key is in the key file before
 * the first log takes it and the earlier one until the last has, so that what was interrupted goes
 * on where it stopped. Keys of the environment: the new one must stand there before the earlier one.
 * Throws BUSY while somebody else rotates, USAGE, KEY_UNUSABLE, KEY_NOT_IN_FORCE, RECORD_INCONSISTENT.
 */
export async function rotateKeys(
  store: Store,
  sealer: Sealer,
  place: KeyPlace,
  request: RotationRequest,
): Promise<Rotated[]> {
  return store.write(0, async (tx) => {
    const { free } = await tx.row<{ free: boolean }>('select pg_try_advisory_xact_lock($1, 0) as free', [
      ROTATING,
    ]);
    if (!free) throw new MusterError('BUSY', 'the key is being rotated by somebody else');
    const found = await openKeyring(place);
    if (request.isLost) await requireLost(store, found, request);
    const ring = await withNewKey(place, found, request.isLost);
    const rotated = await rotateAll(sealer, ring, request);
    if (place.pem === undefined) await replaceKeys(place.file, [ring[0]]);
    return rotated;
  });
}

/** Until no log is left with another key: agencies may be founded meanwhile. */
async function rotateAll(sealer: Sealer, ring: Keyring, request: RotationRequest): Promise<Rotated[]> {
  const done = new Map<number, Rotated>();
  for (let isNew = true; isNew;) {
    isNew = false;
    for (const { agency, today: effective } of await request.agencies()) {
      const { actor, isLost } = request;
      const rotated = await sealer.rotate(agency, ring, { key: ring[0], actor, effective, isLost });
      isNew ||= rotated.isRotated;
      if (rotated.isRotated || !done.has(agency)) done.set(agency, rotated);
    }
  }
  return [...done.values()].filter(({ isRotated }) => isRotated);
}

/** Throws USAGE where the keys in force of all logs are there. */
async function requireLost(store: Store, ring: Keyring, request: RotationRequest): Promise<void> {
  for (const { agency } of await request.agencies()) {
    const { origin, keys } = await store.read(agency, readLog);
    const inForce = keys.at(-1)?.publicKey;
    if (inForce && !ring.some((key) => verifierKeyOf(origin, key).publicKey.equals(inForce))) return;
  }
  throw new MusterError('USAGE', 'no key is lost: every key in force is here; rotate without --earlier-lost');
}

/** The keys with the one to come first. */
async function withNewKey({ pem, file }: KeyPlace, ring: Keyring, isLost: boolean): Promise<Keyring> {
  // Two keys are a rotation that was prepared, or interrupted; after a loss there is but the new one.
  if (ring.length > 1 || isLost) return ring;
  if (pem !== undefined)
    throw new MusterError(
      'USAGE',
      'MUSTER_CHECKPOINT_KEY holds one key: put the new one before it (openssl genpkey -algorithm ed25519)',
    );
  const wider: Keyring = [newKey(), ...ring];
  await replaceKeys(file, wider);
  return wider;
}
