import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { rulebooksQuery } from '../api.ts';
import { Answer } from '../components/Answer.tsx';
import { AsOfControl, AsOfNotice, useTimes } from '../components/AsOf.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { RulebookPart } from '../components/RulebookPart.tsx';

const route = getRouteApi('/$agency/rulebooks');

/** The rulebooks the agency adopted, to read beside their citations. */
export function Rulebooks() {
  const { agency } = route.useParams();
  const { times } = useTimes();
  const answer = useQuery(rulebooksQuery(agency, times));
  return (
    <>
      <PageHead title="Rulebooks" />
      <AsOfNotice of={answer} />
      <div className="mu-controls">
        <AsOfControl />
      </div>
      <Answer of={answer}>
        {({ rulebooks }) => (
          <>
            {rulebooks.length === 0 && (
              <p>No rulebook is adopted. The command muster rulebook adopt does it.</p>
            )}
            {rulebooks.length > 1 && (
              <nav aria-label="On this page" className="mu-contents">
                <ul>
                  {rulebooks.map(({ rulebook, title }) => (
                    <li key={rulebook}>
                      <a className="usa-link" href={`#${rulebook}`}>
                        {rulebook}: {title}
                      </a>
                    </li>
                  ))}
                </ul>
              </nav>
            )}
            {rulebooks.map((rulebook) => (
              <RulebookPart key={rulebook.rulebook} agency={agency} rulebook={rulebook} />
            ))}
          </>
        )}
      </Answer>
    </>
  );
}
