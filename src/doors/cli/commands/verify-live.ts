import { verifyStore, type VerifiedStore } from '../../verify-store.ts';
import { startProgress } from '../progress.ts';
import { inAgency, print, printJson, type Common } from '../session.ts';
import { counted, shown } from '../wording.ts';

export interface LiveOptions extends Common {
  readonly keys?: readonly string[];
  /** Checkpoints that were kept, as texts. */
  readonly kept: readonly string[];
}

/** Verifies the record in the database, and the tables that were derived from it. */
export async function verifyLive(options: LiveOptions): Promise<void> {
  const verified = await inAgency(options, async (house, agency, signal) => {
    const { keys, kept: against } = options;
    const stages = new Stages();
    try {
      return await verifyStore(house, agency, {
        ...(keys && { keys }),
        against,
        progress: stages.tell,
        signal,
      });
    } finally {
      stages.end();
    }
  });
  const difference = verified.tables?.difference ?? null;
  const isVerified = verified.faults.length === 0 && difference === null;
  if (options.json) printJson({ verified: isVerified, ...verified, root: verified.root.toString('base64') });
  else for (const line of isVerified ? goodOf(verified) : badOf(verified)) print(line);
  if (!isVerified) process.exitCode = 1;
}

/** One line of progress after the other. */
class Stages {
  #stage = '';
  #shown: ReturnType<typeof startProgress> | undefined;

  readonly tell = (stage: string, done: number, of: number): void => {
    if (stage !== this.#stage) {
      this.end();
      [this.#stage, this.#shown] = [stage, startProgress(stage, of)];
    }
    this.#shown?.advance(done);
  };

  end(): void {
    this.#shown?.end();
  }
}

function goodOf({
  origin,
  size,
  checkpoints,
  keys,
  trusted,
  unsigned,
  evidence,
  tables,
  witnesses,
}: VerifiedStore): string[] {
  const { files, withoutObservations } = evidence;
  return [
    `VERIFIED: the record ${shown(origin)}, entries 1 to ${size}`,
    `  Each is as it was signed, in its place, and none is missing; ${counted(checkpoints, 'signed head agrees', 'signed heads agree')}.`,
    ...(witnesses.of > 0
      ? [`  It begins with what ${witnesses.compared} of ${witnesses.of} witness folders hold.`]
      : []),
    ...(unsigned > 0
      ? [`  ${counted(unsigned, 'newer entry is', 'newer entries are')} not signed yet.`]
      : []),
    `  ${files} files of evidence, and what was read of them, are what the entries commit to.`,
    ...(withoutObservations > 0
      ? [
          `  Of ${withoutObservations} of them, taken in by an earlier Muster, only the bytes are committed to.`,
        ]
      : []),
    `  ${tables?.rows ?? 0} rows of ${tables?.tables ?? 0} tables follow from the record.`,
    `  key  ${shown(keys.at(-1) ?? '')}`,
    trusted === 'given'
      ? '  That key, or one that vouches for it, is the one of this installation or was given.'
      : '  The database brings that key: give the one you were told with --key.',
  ];
}

function badOf({ faults, tables }: VerifiedStore): string[] {
  const difference = tables?.difference;
  return [
    'NOT VERIFIED: the record in the database is not as it was signed, or the tables do not follow from it',
    ...faults.map(({ says }) => `  ${shown(says)}`),
    ...(difference ? [`  table ${difference.table}, row ${difference.row}: ${difference.finding}`] : []),
    ...(tables === null ? ['  The tables were not derived again: nothing follows from such a record.'] : []),
  ];
}
