import type { Json } from '../../record/index.ts';
import type { Store, Writing } from '../../store/index.ts';
import { newSecret, readSecret } from './secrets.ts';

/** Who takes longer begins again. */
const ATTEMPT_MS = 10 * 60_000;

/** Keeps what a sign-in needs when its answer comes; gives the secret by which the browser fetches it, once. */
export async function keepAttempt(store: Store, agency: number, kept: Json): Promise<string> {
  const { text, hash } = newSecret(agency);
  await store.write(agency, async (tx) => {
    const now = tx.now();
    await tx.run('delete from sign_in_attempt where agency_id = $1 and ends <= $2', [
      agency,
      now.toISOString(),
    ]);
    await tx.run(
      'insert into sign_in_attempt (agency_id, attempt_hash, kept, ends) values ($1, $2, $3, $4)',
      [agency, hash, JSON.stringify(kept), new Date(now.getTime() + ATTEMPT_MS).toISOString()],
    );
  });
  return text;
}

export interface Attempt {
  readonly agency: number;
  readonly kept: Json;
}

/** What was kept under a secret, which stays good; undefined where there is nothing, or it took too long. */
export async function readAttempt(store: Store, text: string | undefined): Promise<Attempt | undefined> {
  return lookUp(
    store,
    text,
    'select kept, ends from sign_in_attempt where agency_id = $1 and attempt_hash = $2',
  );
}

/** What was kept under a secret, which is good once; undefined as above. */
export async function takeAttempt(store: Store, text: string | undefined): Promise<Attempt | undefined> {
  return lookUp(
    store,
    text,
    'delete from sign_in_attempt where agency_id = $1 and attempt_hash = $2 returning kept, ends',
  );
}

async function lookUp(store: Store, text: string | undefined, sql: string): Promise<Attempt | undefined> {
  const secret = text === undefined ? undefined : readSecret(text);
  if (!secret) return undefined;
  const { agency, hash } = secret;
  const [row] = await store.write(agency, (tx) => tx.rows<{ kept: Json; ends: string }>(sql, [agency, hash]));
  return row && Date.parse(row.ends) > store.now().getTime() ? { agency, kept: row.kept } : undefined;
}

/** What was kept under a secret is good no more; whether it was until now. */
export async function dropAttempt(tx: Writing, text: string | undefined): Promise<boolean> {
  const secret = text === undefined ? undefined : readSecret(text);
  if (!secret) return false;
  const dropped = await tx.run('delete from sign_in_attempt where agency_id = $1 and attempt_hash = $2', [
    tx.agency,
    secret.hash,
  ]);
  return dropped === 1;
}
