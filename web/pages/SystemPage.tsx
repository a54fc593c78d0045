import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { bindingQuery, systemsQuery } from '../api.ts';
import { Answer } from '../components/Answer.tsx';
import { AsOfControl, AsOfNotice, useTimes } from '../components/AsOf.tsx';
import { BindingTable } from '../components/BindingTable.tsx';
import { Assets, ComponentFacts } from '../components/ComponentFacts.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { SystemLinks } from '../components/SystemLinks.tsx';
import type { BindingPlace, System } from '../contract.ts';

const route = getRouteApi('/$agency/systems/$system');

/** One system: its components with their facts, what binds each, what is set aside there. */
export function SystemPage() {
  const { agency, system } = route.useParams();
  const { times } = useTimes();
  const binding = useQuery(bindingQuery(agency, system, times));
  const systems = useQuery(systemsQuery(agency, times));
  const known = systems.data?.systems.find((each) => each.system === system);
  return (
    <>
      <nav className="mu-trail" aria-label="Back">
        <Link className="usa-link" to="/$agency/systems" params={{ agency }} search={times}>
          All systems
        </Link>
      </nav>
      <PageHead title={system} />
      <AsOfNotice of={binding} />
      {known && <p>Impact {known.impact ?? 'not known'}.</p>}
      <SystemLinks agency={agency} system={system} />
      <div className="mu-controls">
        <AsOfControl />
      </div>
      <Answer of={binding}>
        {({ places }) =>
          places.map((place) => (
            <PlacePart key={place.component ?? ''} agency={agency} place={place} system={known} />
          ))
        }
      </Answer>
    </>
  );
}

interface PlacePartProps {
  readonly agency: string;
  readonly place: BindingPlace;
  /** Undefined while it is awaited. */
  readonly system: System | undefined;
}

function PlacePart({ agency, place, system }: PlacePartProps) {
  const component = system?.components.find((each) => each.component === place.component);
  const title = place.component ?? 'The system as a whole';
  const id = `place-${place.component ?? ''}`;
  return (
    <section className="mu-part" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {component && <ComponentFacts component={component} />}
      <BindingTable
        agency={agency}
        place={place.component ?? 'the system as a whole'}
        duties={place.duties}
      />
      {component && <Assets name={component.component} assets={component.assets} />}
    </section>
  );
}
