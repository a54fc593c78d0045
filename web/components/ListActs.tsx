import { useQuery } from '@tanstack/react-query';
import { actsBeside, whyNotWith } from '../acts.ts';
import { listQuery } from '../api.ts';
import { fieldsBeside, filledBeside, type AskedField } from '../asked-fields.ts';
import type { DeclaredAct, DeclaredList, ListRow } from '../declared.ts';
import { useKnownPlaces } from '../known-places.ts';
import { readList } from '../list-rows.ts';
import type { Search } from '../url-state.ts';
import { ActPanel } from './ActPanel.tsx';
import { Answer } from './Answer.tsx';
import { useTimes } from './AsOf.tsx';
import { useDeclared, useServer } from './ServerContext.tsx';

interface ListActsProps {
  readonly agency: string;
  readonly list: DeclaredList;
  readonly search: Search;
  /** What the page shows. */
  readonly rows: readonly ListRow[];
}

/** What a person can do on the page of a list; the rows to choose from are those of today. */
export function ListActs({ agency, list, search, rows }: ListActsProps) {
  const { shown, today, knownAt } = useTimes();
  const acts = actsBeside(useDeclared().acts, list.view);
  const isToday = shown === today && knownAt === undefined;
  const now = useQuery({
    ...listQuery(agency, list, { ...search, asOf: undefined, knownAt: undefined, after: undefined }),
    enabled: !isToday && acts.length > 0,
  });
  if (acts.length === 0) return null;
  const given = { agency, list, search, acts };
  return (
    <section className="mu-part" aria-labelledby="acts">
      <h2 id="acts">What you can do</h2>
      {isToday ? (
        <Offered {...given} rows={rows} />
      ) : (
        <Answer of={now}>{(answer) => <Offered {...given} rows={readList(list, answer).rows} />}</Answer>
      )}
    </section>
  );
}

interface OfferedProps extends ListActsProps {
  readonly acts: readonly DeclaredAct[];
}

function Offered({ agency, list, search, acts, rows }: OfferedProps) {
  const { grants, systems } = useServer();
  const fieldsOf = (act: DeclaredAct) => fieldsBeside(act, list, rows);
  const known = useKnownPlaces<AskedField>(agency, acts.flatMap(fieldsOf), {
    times: {},
    system: undefined,
    reached: systems,
  });
  const offered = acts.map((act) => {
    const fields = fieldsOf(act).map(known);
    return {
      act,
      fields,
      filled: filledBeside(act, list, search),
      disabledReason: whyNotWith(act, grants) ?? whyNoRow(fields),
    };
  });
  return <ActPanel agency={agency} offered={offered} what="the list" />;
}

function whyNoRow(fields: readonly AskedField[]): string | undefined {
  const lacks = fields.some(
    ({ required, choices, choiceWords }) => required && choiceWords && choices.length === 0,
  );
  return lacks ? 'there is none to choose' : undefined;
}
