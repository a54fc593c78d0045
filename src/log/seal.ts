import type { KeyObject } from 'node:crypto';
import { MusterError } from '../errors/index.ts';
import {
  headText,
  ROTATION,
  rootOfEdge,
  signNote,
  verifierKeyOf,
  verifierKeyText,
  type TreeHead,
  type VerifierKey,
} from '../record/index.ts';
import { appendEntry, holdHead, type Writing } from '../store/index.ts';
import type { Day } from '../time/index.ts';
import { readLog, requireConsistent, type LogState, type SignedHead } from './heads.ts';
import type { Keyring } from './keys.ts';
import { extendTree } from './tree.ts';

/** Two of these locks, the class and the agency, are held by whoever extends an agency's tree. */
const SEALING = 6962;

/** A head that somebody has seen signed, and who. */
export interface SeenHead extends TreeHead {
  /** For people: "the checkpoint in FOLDER". */
  readonly from: string;
}

export interface Sealed {
  readonly origin: string;
  /** Undefined where the record is still empty. */
  readonly head: SignedHead | undefined;
  /** Up to which size checkpoints are kept. */
  readonly kept: number;
}

interface Signer {
  readonly key: VerifierKey;
  readonly privateKey: KeyObject;
}

/**
 * Takes the agency's new entries into its tree and signs the head; with `keep` the head is kept as
 * a checkpoint. INVARIANT: a tree that is smaller than one signed before, or does not begin with
 * it, is never signed: neither the last head in the database nor any that was `seen`. Throws
 * RECORD_INCONSISTENT then, KEY_NOT_IN_FORCE where the keyring lacks the log's key.
 */
export async function seal(
  tx: Writing,
  keyring: Keyring,
  seen: readonly SeenHead[],
  keep: boolean,
): Promise<Sealed> {
  const log = await takeLog(tx);
  if (log.entries === 0 && !log.head) return { origin: log.origin, head: undefined, kept: 0 };
  const signer = await signerInForce(tx, log, keyring);
  return signTree(tx, log, [signer], seen, keep);
}

/** Who takes over, and on whose word. */
export interface Rotation {
  readonly key: KeyObject;
  readonly actor: string;
  readonly effective: Day;
  /** The earlier key may be gone: then nobody who knows only that one can follow. */
  readonly isLost: boolean;
}

export interface Rotated extends Sealed {
  /** False where the key was in force already, or the log has none yet. */
  readonly isRotated: boolean;
}

/**
 * Puts another key in force: an entry names it, and the checkpoint that reaches the entry bears
 * both signatures. Where the key is in force already nothing changes.
 */
export async function rotateKey(
  tx: Writing,
  keyring: Keyring,
  seen: readonly SeenHead[],
  { key: privateKey, actor, effective, isLost }: Rotation,
): Promise<Rotated> {
  // Before the log: whoever waits for a long import must not keep others from signing.
  await holdHead(tx);
  const log = await takeLog(tx);
  const next = { key: verifierKeyOf(log.origin, privateKey), privateKey };
  const last = log.keys.at(-1);
  if (last === undefined || last.publicKey.equals(next.key.publicKey))
    return { ...(await seal(tx, keyring, seen, true)), isRotated: false };
  const earlier = signersOf(log, keyring).filter(({ key }) => key.publicKey.equals(last.publicKey));
  // Of several logs only some may have lost their key: one that is there signs for the next.
  if (earlier.length === 0 && !isLost) throw notInForce(log, last, keyring);
  const body = {
    earlier: verifierKeyText(last),
    key: verifierKeyText(next.key),
    ...(earlier.length === 0 && { lost: true }),
  };
  const entry = await appendEntry(tx, { kind: ROTATION, subject: 'record', actor, effective, body });
  await addKey(tx, log.keys.length, next.key);
  const sealed = await signTree(tx, { ...log, entries: entry.index }, [next, ...earlier], seen, true);
  return { ...sealed, isRotated: true };
}

/** Waits until nobody else extends the agency's tree, and reads what is there then. */
async function takeLog(tx: Writing): Promise<LogState> {
  await tx.rows('select pg_advisory_xact_lock($1, $2)', [SEALING, tx.agency]);
  return readLog(tx);
}

/** The key that signs the log: the first of the ring for a new one. Throws KEY_NOT_IN_FORCE. */
async function signerInForce(tx: Writing, log: LogState, keyring: Keyring): Promise<Signer> {
  const last = log.keys.at(-1);
  if (last === undefined) {
    const first = { key: verifierKeyOf(log.origin, keyring[0]), privateKey: keyring[0] };
    await addKey(tx, 0, first.key);
    return first;
  }
  const inForce = signersOf(log, keyring).find(({ key }) => key.publicKey.equals(last.publicKey));
  if (inForce) return inForce;
  throw notInForce(log, last, keyring);
}

function signersOf({ origin }: LogState, keyring: Keyring): Signer[] {
  return keyring.map((privateKey) => ({ key: verifierKeyOf(origin, privateKey), privateKey }));
}

function notInForce(log: LogState, inForce: VerifierKey, keyring: Keyring): MusterError {
  const own = signersOf(log, keyring).map(({ key }) => verifierKeyText(key));
  return new MusterError(
    'KEY_NOT_IN_FORCE',
    `the log ${log.origin} is signed with ${verifierKeyText(inForce)}; here is ${own.join(', ')}`,
  );
}

async function addKey(tx: Writing, number: number, key: VerifierKey): Promise<void> {
  await tx.run('insert into checkpoint_key (agency_id, number, key) values ($1, $2, $3)', [
    tx.agency,
    number,
    verifierKeyText(key),
  ]);
}

async function signTree(
  tx: Writing,
  log: LogState,
  signers: readonly Signer[],
  seen: readonly SeenHead[],
  keep: boolean,
): Promise<Sealed> {
  const { origin, entries, kept } = log;
  const before = [
    ...(log.head ? [{ ...log.head, from: 'the last head signed' }] : []),
    ...(log.checkpoint ? [{ ...log.checkpoint, from: 'the last checkpoint kept' }] : []),
  ];
  const edge = await extendTree(tx, log.head?.size ?? 0, Math.max(entries, log.head?.size ?? 0));
  await requireConsistent(tx, entries, [...before, ...seen]);
  const head = { origin, size: edge.size, root: rootOfEdge(edge) };
  const isNew = head.size !== log.head?.size;
  const note = isNew || !log.head ? signNote(headText(head), signers) : log.head.note;
  if (isNew) await writeHead(tx, head.size, note);
  if (!keep || kept >= head.size) return { origin, head: { ...head, note }, kept };
  await tx.run('insert into checkpoint (agency_id, size, note, written) values ($1, $2, $3, $4)', [
    tx.agency,
    head.size,
    note,
    tx.now().toISOString(),
  ]);
  return { origin, head: { ...head, note }, kept: head.size };
}

async function writeHead(tx: Writing, size: number, note: string): Promise<void> {
  await tx.run(
    `insert into log_head (agency_id, size, note) values ($1, $2, $3)
     on conflict (agency_id) do update set size = excluded.size, note = excluded.note`,
    [tx.agency, size, note],
  );
}
