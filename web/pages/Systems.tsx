import { Table, Tag } from '@trussworks/react-uswds';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { systemsQuery } from '../api.ts';
import { Answer } from '../components/Answer.tsx';
import { AsOfControl, AsOfNotice, useTimes } from '../components/AsOf.tsx';
import { PageHead } from '../components/PageHead.tsx';
import type { Asset, Component, System } from '../contract.ts';
import { count } from '../words.ts';

const route = getRouteApi('/$agency/systems');

/** The agency's systems with their components and assets. */
export function Systems() {
  const { agency } = route.useParams();
  const { times } = useTimes();
  const answer = useQuery(systemsQuery(agency, times));
  return (
    <>
      <PageHead title="Systems" />
      <AsOfNotice />
      <div className="mu-controls">
        <AsOfControl />
      </div>
      <Answer of={answer}>
        {({ systems }) =>
          systems.length === 0 ? (
            <p>No system is known as of that day. An inventory brings them in, on the page Evidence.</p>
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
        {system.system} <Tag className="mu-tag">impact {system.impact ?? 'not known'}</Tag>
      </h2>
      <p>
        <Link
          className="usa-link"
          to="/$agency/duties"
          params={{ agency }}
          search={{ ...times, system: system.system }}
        >
          Duties of {system.system}
        </Link>
        {' · '}
        <Link
          className="usa-link"
          to="/$agency/audit"
          params={{ agency }}
          search={{ ...times, system: system.system }}
        >
          Audit of {system.system}
        </Link>
      </p>
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
      <p>
        Environment {component.environment ?? 'not known'} · federal tax information {wordFti(component.fti)}{' '}
        · {watched(component.holdings)} {count(component.assets.length, 'asset')}
      </p>
      {component.assets.length > 0 && <Assets name={component.component} assets={component.assets} />}
    </section>
  );
}

function watched(holdings: Component['holdings']): string {
  return Object.entries(holdings)
    .map(([what, held]) => `${held.toLocaleString('en-US')} ${what} · `)
    .join('');
}

function wordFti(fti: boolean | null): string {
  if (fti === null) return 'not known';
  return fti ? 'yes' : 'no';
}

function Assets({ name, assets }: { readonly name: string; readonly assets: readonly Asset[] }) {
  return (
    <Table
      fullWidth
      bordered={false}
      stackedStyle="headers"
      className="mu-table"
      caption={`Assets of ${name}`}
    >
      <thead>
        <tr>
          <th scope="col">Asset</th>
          <th scope="col">Name in the network</th>
          <th scope="col">IP</th>
          <th scope="col">Platform</th>
          <th scope="col">Role</th>
        </tr>
      </thead>
      <tbody>
        {assets.map((asset) => (
          <tr key={asset.asset}>
            <th scope="row" data-label="Asset">
              {asset.asset}
            </th>
            <td data-label="Name in the network">{asset.fqdn || '–'}</td>
            <td data-label="IP">{asset.ip || '–'}</td>
            <td data-label="Platform">{asset.platform || '–'}</td>
            <td data-label="Role">{asset.role || '–'}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
