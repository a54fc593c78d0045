import { Table } from '@trussworks/react-uswds';
import type { Asset, Component } from '../contract.ts';
import { count } from '../words.ts';

/** What rules may ask of a component, and how much is in it. */
export function ComponentFacts({ component }: { readonly component: Component }) {
  return (
    <p>
      Environment {component.environment ?? 'not known'} · federal tax information {wordFti(component.fti)} ·{' '}
      {watched(component.holdings)} {count(component.assets.length, 'asset')}
    </p>
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

interface AssetsProps {
  readonly name: string;
  readonly assets: readonly Asset[];
}

/** The machines of a component as the inventory describes them. */
export function Assets({ name, assets }: AssetsProps) {
  if (assets.length === 0) return null;
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
