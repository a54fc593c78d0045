import { Table } from '@trussworks/react-uswds';
import { useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { Rule, Rulebook } from '../contract.ts';
import { Citations } from './Citations.tsx';
import { DayText } from './DayText.tsx';
import { EntryLink } from './EntryLink.tsx';
import { useDutyWords } from './ServerContext.tsx';

interface RulebookPartProps {
  readonly agency: string;
  readonly rulebook: Rulebook;
}

/** One rulebook: whom it binds and since when, each rule beside its citation, and the document itself. */
export function RulebookPart({ agency, rulebook }: RulebookPartProps) {
  const section = useRef<HTMLElement>(null);
  const { hash } = useLocation();
  useEffect(() => {
    if (hash === rulebook.rulebook) section.current?.scrollIntoView();
  }, [hash, rulebook.rulebook]);
  return (
    <section
      ref={section}
      className="mu-part"
      id={rulebook.rulebook}
      aria-labelledby={`${rulebook.rulebook}-title`}
    >
      <h2 id={`${rulebook.rulebook}-title`}>
        {rulebook.rulebook}: {rulebook.title}
      </h2>
      <p>
        Issued by {rulebook.issuer}, adopted by{' '}
        <EntryLink agency={agency} entry={rulebook.entry}>
          entry {rulebook.entry}
        </EntryLink>
        . Binds {rulebook.binds}.
      </p>
      {rulebook.note !== null && <p>{rulebook.note}</p>}
      <Editions rulebook={rulebook} />
      <Rules rulebook={rulebook} />
      <details className="mu-source">
        <summary>The document as adopted (YAML)</summary>
        <pre>{rulebook.source}</pre>
      </details>
    </section>
  );
}

function Editions({ rulebook }: { readonly rulebook: Rulebook }) {
  return (
    <Table
      fullWidth
      bordered={false}
      stackedStyle="headers"
      className="mu-table"
      caption={`Editions of ${rulebook.rulebook}`}
    >
      <thead>
        <tr>
          <th scope="col">In force from</th>
          <th scope="col">For triggers from</th>
          <th scope="col">Citations</th>
        </tr>
      </thead>
      <tbody>
        {rulebook.editions.map((edition) => (
          <tr key={edition.from}>
            <th scope="row" data-label="In force from">
              <DayText day={edition.from} />
            </th>
            <td data-label="For triggers from">
              <DayText day={edition.triggersFrom} />
            </td>
            <td data-label="Citations">
              <Citations cites={edition.cites} />
              {edition.note !== null && <span className="mu-under">{edition.note}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Rules({ rulebook }: { readonly rulebook: Rulebook }) {
  return (
    <Table
      fullWidth
      bordered={false}
      stackedStyle="headers"
      className="mu-table"
      caption={`Rules of ${rulebook.rulebook}`}
    >
      <thead>
        <tr>
          <th scope="col">Rule</th>
          <th scope="col">Deadline</th>
          <th scope="col">Binds</th>
          <th scope="col">Citations</th>
          <th scope="col">Sets aside</th>
        </tr>
      </thead>
      <tbody>
        {rulebook.rules.map((rule) => (
          <RuleRow key={rule.id} rule={rule} />
        ))}
      </tbody>
    </Table>
  );
}

function RuleRow({ rule }: { readonly rule: Rule }) {
  const wordDuty = useDutyWords();
  return (
    <tr>
      <th scope="row" data-label="Rule">
        {rule.id}
        <span className="mu-under">
          {wordDuty(rule.duty)} · class {rule.class === null ? 'any' : rule.class.join(', ')} · {rule.force}
        </span>
      </th>
      <td data-label="Deadline">{rule.deadline}</td>
      <td data-label="Binds">{rule.binds}</td>
      <td data-label="Citations">
        <Citations cites={rule.cites} />
      </td>
      <td data-label="Sets aside">
        {rule.setsAside.length === 0 ? (
          <span className="mu-none">nothing</span>
        ) : (
          <ul className="mu-plain">
            {rule.setsAside.map((other) => (
              <li key={other.rule}>
                {other.rule}
                <Citations cites={other.cites} />
              </li>
            ))}
          </ul>
        )}
      </td>
    </tr>
  );
}
