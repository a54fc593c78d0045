import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { recordQuery } from '../api.ts';
import { Answer } from '../components/Answer.tsx';
import { useTimes } from '../components/AsOf.tsx';
import { CheckRecord, WhatItProves } from '../components/CheckRecord.tsx';
import { InstantText } from '../components/InstantText.tsx';
import { KeptText } from '../components/KeptText.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { RecordAsItIs } from '../components/RecordAsItIs.tsx';
import { SigningProblems } from '../components/SigningProblems.tsx';
import { useWatched } from '../components/watched.ts';
import type { RecordState } from '../contract.ts';
import { checkpointFile, keysFile } from '../kept-files.ts';
import { count, wordNumber } from '../words.ts';

const route = getRouteApi('/$agency/record');

/** What the record is, how far it is signed, and what an auditor takes away to hold Muster to it later. */
export function RecordPage() {
  const { agency } = route.useParams();
  const answer = useQuery(recordQuery(agency, useWatched()));
  return (
    <>
      <PageHead title="Record" />
      <RecordAsItIs />
      <Answer of={answer}>{(record) => <Shown agency={agency} record={record} />}</Answer>
    </>
  );
}

interface PartProps {
  readonly agency: string;
  readonly record: RecordState;
}

function Shown({ agency, record }: PartProps) {
  const { times } = useTimes();
  return (
    <>
      <SigningProblems record={record} />
      <p>
        Everything that happens in {agency} is an entry in its record: a file of evidence was taken in, an act
        was done, a rulebook was adopted. Entries are only ever added, and all that Muster shows follows from
        them.
      </p>
      <p>
        The record has <strong>{count(record.entries, 'entry', 'entries')}</strong>. <Signed {...record} />{' '}
        <Link
          className="usa-link"
          to="/$agency/lists/$view"
          params={{ agency, view: 'entries' }}
          search={{ ...times }}
        >
          Read the entries
        </Link>
      </p>
      <Checkpoint agency={agency} record={record} />
      <WhatItProves />
      <Keys agency={agency} record={record} />
      <CheckRecord agency={agency} size={record.checkpoint?.size} />
    </>
  );
}

function Signed({ entries, signed }: RecordState) {
  if (signed >= entries) return <>All of them are signed.</>;
  const lag = 'Where nothing is wrong, a new entry is signed within a second.';
  if (signed === 0) return <>Nothing is signed yet. {lag}</>;
  return (
    <>
      The first {wordNumber(signed)} are signed. {lag}
    </>
  );
}

function Checkpoint({ agency, record }: PartProps) {
  const { checkpoint, checkpoints, entries } = record;
  return (
    <section className="mu-part" aria-labelledby="checkpoint">
      <h2 id="checkpoint">The last checkpoint</h2>
      {checkpoint === null ? (
        <p>
          There is no checkpoint yet. One is written every minute in which something happened, and when the
          server stops.
        </p>
      ) : (
        <>
          <p>
            It covers{' '}
            {checkpoint.size === entries ? 'all' : `the first ${wordNumber(checkpoint.size)} of the`}{' '}
            {count(entries, 'entry', 'entries')} and was written on{' '}
            <InstantText agency={agency} instant={checkpoint.written} />.{' '}
            {checkpoints > 1 && `${wordNumber(checkpoints)} checkpoints are kept. `}
            {checkpoint.size < entries && 'The next one is written within a minute.'}
          </p>
          <KeptText
            what="the checkpoint"
            text={checkpoint.note}
            file={checkpointFile(agency, checkpoint.size)}
          />
          <p>
            It says the name of the log, how many entries it covers, and the root of the tree over them; then
            it is signed. Keep it where those who run Muster cannot reach it. A copy on paper is enough.
          </p>
        </>
      )}
    </section>
  );
}

function Keys({ agency, record: { keys } }: PartProps) {
  return (
    <section className="mu-part" aria-labelledby="keys">
      <h2 id="keys">{keys.length > 1 ? 'The verifier keys' : 'The verifier key'}</h2>
      {keys.length === 0 ? (
        <p>There is no key yet: it is made when the record is signed for the first time.</p>
      ) : (
        <>
          <p>
            {keys.length > 1
              ? 'They tell whether a checkpoint is signed by this log; the last one is in force, the earlier ones are for earlier checkpoints. Compare them'
              : 'It tells whether a checkpoint is signed by this log. Compare it'}{' '}
            with what you were told by another way than this page, as you would a fingerprint.
          </p>
          <KeptText
            what={keys.length > 1 ? 'the keys' : 'the key'}
            text={keys.map((key) => `${key}\n`).join('')}
            file={keysFile(agency)}
          />
        </>
      )}
    </section>
  );
}
