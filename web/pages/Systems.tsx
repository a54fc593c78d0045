import { Tag } from '@trussworks/react-uswds';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { systemsQuery } from '../api.ts';
import { Answer } from '../components/Answer.tsx';
import { AsOfControl, AsOfNotice, useTimes } from '../components/AsOf.tsx';
import { ComponentFacts } from '../components/ComponentFacts.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { SystemLinks } from '../components/SystemLinks.tsx';
import type { Component, System } from '../contract.ts';

const route = getRouteApi('/$agency/systems');

/** The agency's systems with their components and assets. */
export function Systems() {
  const { agency } = route.useParams();
  const { times } = useTimes();
  const answer = useQuery(systemsQuery(agency, times));
  return (
    <>
      <PageHead title="Systems" />
      <AsOfNotice of={answer} />
      <div className="mu-controls">
        <AsOfControl />
      </div>
      <Answer of={answer}>
        {({ systems }) =>
          systems.length === 0 ? (
            <p>
              No system is known as of that day. A system owner or an ISSO brings in an inventory of them.
            </p>
          ) : (
            systems.map((system) => <SystemPart key={system.system} agency={agency} system={system} />)
          )
        }
      </Answer>
    </>
  );
}

interface SystemPartProps {
  readonly agency: string;
  readonly system: System;
}

function SystemPart({ agency, system }: SystemPartProps) {
  const { times } = useTimes();
  return (
    <section className="mu-part">
      <h2>
        <Link
          className="usa-link"
          to="/$agency/systems/$system"
          params={{ agency, system: system.system }}
          search={times}
        >
          {system.system}
        </Link>{' '}
        <Tag className="mu-tag">impact {system.impact ?? 'not known'}</Tag>
      </h2>
      <SystemLinks agency={agency} system={system.system} />
      {system.components.map((component) => (
        <ComponentPart key={component.component} component={component} />
      ))}
    </section>
  );
}

function ComponentPart({ component }: { readonly component: Component }) {
  return (
    <section className="mu-component">
      <h3>{component.component}</h3>
      <ComponentFacts component={component} />
    </section>
  );
}
