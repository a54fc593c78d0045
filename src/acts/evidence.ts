import type { Fault } from '../record/index.ts';
import { checkArtifact, entriesAt, type Commitments, type Reading } from '../store/index.ts';
import { EVIDENCE_IMPORTED } from './import.ts';

/** Whether the files of evidence, and what was read of them, are what the entries commit to. */
export interface CheckedEvidence {
  readonly files: number;
  /** Files whose entries, of before there was such a commitment, commit to the bytes alone. */
  readonly withoutObservations: number;
  /** In the order of the entries, at most 20. */
  readonly faults: readonly Fault[];
}

const MOST_FAULTS = 20;

/**
 * Reads every file of evidence again, up to an entry, and compares it with what its entry says.
 * Finds files, too, of entries that brought none in.
 */
export async function checkEvidence(
  tx: Reading,
  size: number,
  progress?: (files: number) => void,
): Promise<CheckedEvidence> {
  const entries = await tx.rows<{ index: number }>(
    'select index from entry where agency_id = $1 and kind = $2 and index <= $3 order by index',
    [tx.agency, EVIDENCE_IMPORTED, size],
  );
  const faults: Fault[] = await strayFiles(tx);
  let [files, withoutObservations] = [0, 0];
  for (const { index } of entries) {
    const [entry] = await entriesAt(tx, [index]);
    const said = entry?.body as unknown as Commitments;
    const { file, keyedHash, observations } = await checkArtifact(tx, index, said);
    if (file && !keyedHash) faults.push({ entry: index, says: wrongKeyedHash(index) });
    if (!file) faults.push({ entry: index, says: `the file of entry ${index} is not the one it commits to` });
    if (observations === 'not committed to') withoutObservations += 1;
    else if (!observations)
      faults.push({ entry: index, says: `what was read of entry ${index}'s file is not what it commits to` });
    files += 1;
    progress?.(files);
    if (faults.length >= MOST_FAULTS) break;
  }
  faults.sort((one, other) => (one.entry ?? 0) - (other.entry ?? 0));
  return { files, withoutObservations, faults: faults.slice(0, MOST_FAULTS) };
}

function wrongKeyedHash(entry: number): string {
  return `the hash by which entry ${entry}'s file is found again is not the file's own: another file may be taken for it`;
}

/** Files kept for entries that are not there or brought in none: by its hash another may be taken for such a one. */
async function strayFiles(tx: Reading): Promise<Fault[]> {
  const rows = await tx.rows<{ entry: number }>(
    `select a.entry from artifact a left join entry e on e.agency_id = $1 and e.index = a.entry
     where a.agency_id = $1 and e.kind is distinct from $2 order by 1 limit ${MOST_FAULTS}`,
    [tx.agency, EVIDENCE_IMPORTED],
  );
  return rows.map(({ entry }) => ({
    entry,
    says: `a file is kept for entry ${entry}, which brought none in`,
  }));
}
