import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { entryQuery } from '../api.ts';
import { Answer } from '../components/Answer.tsx';
import { useTimes } from '../components/AsOf.tsx';
import { useWatched } from '../components/watched.ts';
import { Command } from '../components/CheckRecord.tsx';
import { DayText } from '../components/DayText.tsx';
import { Fact } from '../components/DutySummary.tsx';
import { EntryLink } from '../components/EntryLink.tsx';
import { InstantText } from '../components/InstantText.tsx';
import { KeptText } from '../components/KeptText.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { RecordAsItIs } from '../components/RecordAsItIs.tsx';
import type { ProvedEntry, WrittenEntry } from '../contract.ts';
import { readBody, type BodyRead } from '../entry-body.ts';
import { keysFile, proofFile } from '../kept-files.ts';
import { count } from '../words.ts';

const route = getRouteApi('/$agency/entries/$entry');

const EVIDENCE = 'evidence.imported';

/** One entry of the record as it was written down, and the proof that it is in it. */
export function EntryPage() {
  const { agency, entry } = route.useParams();
  const { times } = useTimes();
  const answer = useQuery(entryQuery(agency, entry, useWatched()));
  return (
    <>
      <nav className="mu-trail" aria-label="Back">
        <Link
          className="usa-link"
          to="/$agency/lists/$view"
          params={{ agency, view: 'entries' }}
          search={{ ...times }}
        >
          All entries
        </Link>
      </nav>
      <PageHead title={`Entry ${entry}`} />
      <RecordAsItIs />
      <Answer of={answer}>{(proved) => <Shown agency={agency} proved={proved} />}</Answer>
    </>
  );
}

interface ShownProps {
  readonly agency: string;
  readonly proved: ProvedEntry;
}

function Shown({ agency, proved }: ShownProps) {
  const { entry } = proved;
  return (
    <>
      <Neighbours agency={agency} entry={entry.entry} last={proved.knownAt} />
      <Happened agency={agency} entry={entry} />
      <Body {...readBody(entry.body)} />
      <Proof agency={agency} proved={proved} />
    </>
  );
}

function Body({ json, texts }: BodyRead) {
  return (
    <section className="mu-part" aria-labelledby="body">
      <h2 id="body">What was written down</h2>
      <pre className="mu-kept">{json}</pre>
      {texts.map(({ name, text }) => (
        <section key={name} aria-label={name}>
          <h3>{name}, line by line</h3>
          <pre className="mu-kept">{text}</pre>
        </section>
      ))}
    </section>
  );
}

interface NeighboursProps {
  readonly agency: string;
  readonly entry: number;
  readonly last: number;
}

function Neighbours({ agency, entry, last }: NeighboursProps) {
  return (
    <nav className="mu-neighbours" aria-label="Entries before and after">
      {entry > 1 && (
        <EntryLink agency={agency} entry={entry - 1}>
          <span aria-hidden="true">‹ </span>Entry {entry - 1}
        </EntryLink>
      )}
      {entry < last && (
        <EntryLink agency={agency} entry={entry + 1}>
          Entry {entry + 1}
          <span aria-hidden="true"> ›</span>
        </EntryLink>
      )}
    </nav>
  );
}

function Happened({ agency, entry }: { readonly agency: string; readonly entry: WrittenEntry }) {
  const { times } = useTimes();
  return (
    <>
      {entry.says !== '' && <p className="mu-sentence usa-intro">{entry.says}</p>}
      <dl className="mu-facts">
        <Fact name="Recorded">
          <InstantText agency={agency} instant={entry.recorded} />
        </Fact>
        <Fact name="Effective">
          <DayText day={entry.effective} />
        </Fact>
        <Fact name="By">{entry.actor}</Fact>
        <Fact name="Kind">{entry.kind}</Fact>
        <Fact name="Subject">{entry.subject}</Fact>
      </dl>
      {entry.kind === EVIDENCE && (
        <p>
          <Link className="usa-link" to="/$agency/evidence" params={{ agency }} search={times}>
            See it among the files of evidence
          </Link>
        </p>
      )}
    </>
  );
}

function Proof({ agency, proved }: ShownProps) {
  const { entry, proof, checkpoint } = proved;
  return (
    <section className="mu-part" aria-labelledby="proof">
      <h2 id="proof">The proof that it is in the record</h2>
      {proof === null || checkpoint === null ? (
        <p>
          There is none yet: the entry is not signed. Where nothing is wrong, that takes a second; what is
          wrong stands on the page <RecordLink agency={agency} />.
        </p>
      ) : (
        <>
          <p>
            The proof holds the entry itself, the hashes that lead from it to the root of the tree, and the
            checkpoint of {count(checkpoint, 'entry', 'entries')}. It shows nothing of other entries.
          </p>
          <KeptText what="the proof" text={proof} file={proofFile(entry.entry)} folded />
          <p>Anyone can check it without this server, with the verifier key that they were told:</p>
          <Command text={`muster verify ${proofFile(entry.entry)} --key ${keysFile(agency)}`} />
          <p>
            It proves that the entry was written down so, not that what it says is true. The key is on the
            page <RecordLink agency={agency} />.
          </p>
        </>
      )}
    </section>
  );
}

function RecordLink({ agency }: { readonly agency: string }) {
  const { times } = useTimes();
  return (
    <Link className="usa-link" to="/$agency/record" params={{ agency }} search={times}>
      Record
    </Link>
  );
}
