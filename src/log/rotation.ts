import { MusterError } from '../errors/index.ts';
import type { Store } from '../store/index.ts';
import type { Day } from '../time/index.ts';
import { newKey, openKeyring, replaceKeys, type KeyPlace, type Keyring } from './keys.ts';
import { rotateKey, type Sealed } from './seal.ts';

export interface RotationRequest {
  /** Every agency of the installation, and the day that it is there. */
  readonly agencies: readonly { readonly agency: number; readonly today: Day }[];
  readonly actor: string;
  /** The key in force is gone: the new one comes into force without its signature. */
  readonly isLost: boolean;
}

/**
 * Puts a new key in force for every log of an installation. The new key is in the key file before
 * the first log takes it and the earlier one until the last has, so that what was interrupted goes
 * on where it stopped. Keys of the environment: the new one must stand there before the earlier one.
 * Throws KEY_UNUSABLE, KEY_NOT_IN_FORCE, USAGE.
 */
export async function rotateKeys(
  store: Store,
  place: KeyPlace,
  { agencies, actor, isLost }: RotationRequest,
): Promise<Sealed[]> {
  const ring = await withNewKey(place, await openKeyring(place), isLost);
  const sealed: Sealed[] = [];
  for (const { agency, today: effective } of agencies) {
    const rotation = { key: ring[0], actor, effective, isLost };
    sealed.push(await store.write(agency, (tx) => rotateKey(tx, ring, [], rotation)));
  }
  if (place.pem === undefined) await replaceKeys(place.file, [ring[0]]);
  return sealed;
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
