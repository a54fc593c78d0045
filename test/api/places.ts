import type { House } from '../../src/doors/house.ts';
import { readView } from '../../src/doors/on-behalf.ts';
import type { AgencyFacts } from '../../src/programs/inventory/index.ts';

/** What fills the paths of views: a value for each `:name`. */
export type Places = Readonly<Record<string, string>>;

/** Where pages lead that show no list: the rows of a view and the field of a row that names one. */
const LEADING = [
  { view: 'duties', rows: 'duties', name: 'id', field: 'id' },
  { view: 'evidence', rows: 'evidence', name: 'evidence', field: 'evidence' },
  { view: 'systems', rows: 'systems', name: 'system', field: 'system' },
];

/** A value that leads somewhere, for each `:name` in the path of a view of an agency; of a system, where one is named. */
export async function samplePlaces(house: House, agency: AgencyFacts, system?: string): Promise<Places> {
  const { views } = house.declarations;
  const listed = [...views.values()].flatMap(({ view, path, listing }) =>
    path.includes(':')
      ? []
      : (listing?.columns ?? []).flatMap(({ leadsTo }) =>
          Object.entries(leadsTo?.with ?? {}).map(([name, field]) => ({
            view,
            rows: listing?.rows ?? '',
            name,
            field,
          })),
        ),
  );
  const found: Record<string, string> = { line: '2' };
  for (const { view: wanted, rows, name, field } of [...LEADING, ...listed]) {
    const view = views.get(wanted);
    if (!view) throw new Error(`no program declares the view ${wanted}`);
    const said = { limit: 1, ...(system !== undefined && { system }) };
    const fitting = Object.entries(said).filter(([each]) => each in view.input.shape);
    const answer = await readView(house, house.operator, agency, view, Object.fromEntries(fitting));
    const [row] = (answer as Record<string, Record<string, unknown>[]>)[rows] ?? [];
    if (row) found[name] = String(row[field]);
  }
  return found;
}
