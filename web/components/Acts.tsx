import { useQuery } from '@tanstack/react-query';
import { actsAbout, whyNot } from '../acts.ts';
import { explanationQuery } from '../api.ts';
import type { Duty } from '../contract.ts';
import { ActPanel } from './ActPanel.tsx';
import { Answer } from './Answer.tsx';
import { useTimes } from './AsOf.tsx';
import { useDeclared, useServer } from './ServerContext.tsx';

interface ActsProps {
  readonly agency: string;
  readonly duty: Duty;
}

/** What a person can do about this duty; acts are judged by what is known today, whatever day is shown. */
export function Acts({ agency, duty }: ActsProps) {
  const { shown, today, knownAt } = useTimes();
  const isToday = shown === today && knownAt === undefined;
  const now = useQuery({ ...explanationQuery(agency, duty.id, {}), enabled: !isToday });
  if (isToday) return <DutyActs agency={agency} duty={duty} />;
  return <Answer of={now}>{(explanation) => <DutyActs agency={agency} duty={explanation.duty} />}</Answer>;
}

function DutyActs({ agency, duty }: ActsProps) {
  const { grants } = useServer();
  const acts = actsAbout(useDeclared().acts, duty.duty);
  if (acts.length === 0)
    return <p>Nothing can be recorded about it here. Evidence brings in what becomes of it.</p>;
  const offered = acts.map((act) => ({
    act,
    fields: act.fields.filter(({ name }) => name !== 'duty'),
    filled: { duty: duty.id },
    disabledReason: whyNot(act, duty, grants),
  }));
  return <ActPanel agency={agency} offered={offered} what="the duty" />;
}
