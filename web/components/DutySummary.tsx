import type { ReactNode } from 'react';
import type { Duty } from '../contract.ts';
import { wordMeans, wordPlace, wordRating } from '../words.ts';
import { Citations } from './Citations.tsx';
import { DayText } from './DayText.tsx';
import { DutyStatus } from './StatusMark.tsx';

interface DutySummaryProps {
  readonly duty: Duty;
  readonly asOf: string;
}

/** The duty's own facts at a glance. */
export function DutySummary({ duty, asOf }: DutySummaryProps) {
  return (
    <dl className="mu-facts">
      <Fact name="Status">
        <DutyStatus duty={duty} asOf={asOf} />
      </Fact>
      <Fact name="Due">
        <DayText day={duty.due} />
      </Fact>
      {duty.scheduled !== null && (
        <Fact name="Scheduled">
          <DayText day={duty.scheduled} />
        </Fact>
      )}
      <Fact name="Done">
        <DayText day={duty.done} />
        {duty.means !== null && ` ${wordMeans(duty.means)}`}
      </Fact>
      <Fact name="System / component">{wordPlace(duty)}</Fact>
      <Fact name="Class">
        {duty.class}
        {duty.rating !== null && `, ${wordRating(duty.rating)}`}
      </Fact>
      <Fact name="Rule">
        {duty.rule ?? 'none determined'}
        {duty.force !== null && ` (${duty.force})`}
      </Fact>
      <Fact name="Citations">
        <Citations cites={duty.cites} />
      </Fact>
      {duty.acceptance && (
        <Fact name="Acceptance">
          From {duty.acceptance.from} until {duty.acceptance.until}, entry {duty.acceptance.entry}:{' '}
          {duty.acceptance.reason}
          {!duty.acceptance.inTime && ' (given late: it only annotates, and suspends nothing)'}
        </Fact>
      )}
    </dl>
  );
}

/** A fact by its name, for a list of facts (`dl`). */
export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
