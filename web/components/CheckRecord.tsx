import { Fragment } from 'react';
import { checkpointFile, keysFile } from '../kept-files.ts';

/** What whoever keeps a checkpoint can show with it later, and what not. */
export function WhatItProves() {
  return (
    <section className="mu-part" aria-labelledby="proves">
      <h2 id="proves">What a checkpoint proves</h2>
      <p>To whoever keeps one, at any later time:</p>
      <ul className="mu-says">
        <li>
          that the entries it covers are still what they were, to the last character, in their order, with
          none missing;
        </li>
        <li>that they had been written down by the day on which you got it.</li>
      </ul>
      <p>It does not prove:</p>
      <ul className="mu-says">
        <li>that what an entry says is true: what is wrong is signed as it was written;</li>
        <li>that everything that happened was written down;</li>
        <li>anything about entries that it does not cover.</li>
      </ul>
      <p>
        So the record is tamper-evident to whoever holds an earlier checkpoint. To those who hold none, it
        shows only that the holder of the key signed what is there now.
      </p>
    </section>
  );
}

interface CheckRecordProps {
  readonly agency: string;
  /** How many entries the last checkpoint covers; undefined where there is none. */
  readonly size: number | undefined;
}

/** How to check the record without this page, the server and its database. */
export function CheckRecord({ agency, size }: CheckRecordProps) {
  const against = size === undefined ? '' : ` --against ${checkpointFile(agency, size)}`;
  const given = `./record --key ${keysFile(agency)}${against}`;
  return (
    <section className="mu-part" aria-labelledby="check">
      <h2 id="check">How to check the record</h2>
      <p>Whoever has access to Muster takes the record away, as a folder:</p>
      <Command text={`muster record export ./record --agency ${agency}`} />
      <p>
        Anyone checks that folder, on any machine, without this server: with the key, and with each earlier
        checkpoint that they kept. It says VERIFIED, or names the entries that are not what they were.
      </p>
      <Command text={`muster verify ${given}`} />
      <p>The same with another program, of 150 lines that you can read first:</p>
      <Command text={`python3 docs/verify/verify.py ${given}`} />
      <p>
        More is in <code>docs/record.md</code> and, for the second program, <code>docs/verify/README.md</code>
        .
      </p>
    </section>
  );
}

/** A command of a shell; where it is wider than the page it breaks between its words. */
export function Command({ text }: { readonly text: string }) {
  return (
    <pre className="mu-kept">
      {text.split(' ').map((word, place) => (
        // oxlint-disable-next-line react/no-array-index-key -- the words of a command stay where they are
        <Fragment key={place}>
          {place > 0 && ' '}
          <span className="mu-word">{word}</span>
        </Fragment>
      ))}
    </pre>
  );
}
