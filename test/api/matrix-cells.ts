import type { InjectOptions } from 'fastify';
import {
  AGENCY,
  isBySystem,
  KNOWN_NOW,
  placeOf,
  placeOfSystem,
  type Act,
  type Intake,
  type Place,
  type Role,
  type View,
} from '../../src/acts/index.ts';
import { dutiesView, type DutiesAnswer } from '../../src/duties/index.ts';
import { fieldsInPath } from '../../src/doors/fields.ts';
import type { OwnRoute } from '../../src/doors/http/own-routes.ts';
import { ownRoutes } from '../../src/doors/http/routes.ts';
import { readView } from '../../src/doors/on-behalf.ts';
import type { FirstSetUp } from '../../src/doors/sign-in/set-up.ts';
import type { AgencyFacts } from '../../src/programs/inventory/index.ts';
import { keyText } from '../../src/record/index.ts';
import type { TestHouse } from '../house.ts';
import { addPerson } from '../people.ts';
import { samplePlaces, type Places } from './places.ts';
import { FORM, formOf } from './served.ts';

/** The agency of whoever asks, one beside it in the same database, and one that is not there. */
export const OWN = 'DEMO';
export const FOREIGN = 'SOUTH';
export const NOWHERE = 'NORTH';

/** The system that roles over one system reach, and one that they do not. */
export const SYSTEM = 'ECM';
export const OTHER_SYSTEM = 'ELP';

/** What can be asked, and who may. */
export interface Cell {
  /** As the server's route table has it. */
  readonly route: string;
  readonly about: string;
  readonly ask: InjectOptions & { readonly method: 'GET' | 'POST'; readonly url: string };
  readonly may: 'anyone' | 'signed-in' | 'session' | readonly Role[];
  /**
   * What a grant must reach: `any` where the role alone counts, `asked` where whoever reaches one system
   * alone asks of that.
   */
  readonly place: Place | 'any' | 'asked';
  /** What those are answered who may: a code, none where it is done; null where it may be anything. */
  readonly answers: readonly (string | undefined)[] | null;
  /** As a denial of it is recorded. */
  readonly what: string;
  readonly kind: 'view' | 'act' | 'import' | 'own';
  /** It is asked of an agency that is not theirs. */
  readonly isForeign: boolean;
  /** Not by a token, whatever its roles. */
  readonly isInPerson?: boolean;
}

/** What has to be asked last and by itself: it may end the sessions of whoever asks. */
export function endsSessions({ kind, ask }: Pick<Cell, 'kind' | 'ask'>): boolean {
  return kind === 'own' && ask.method === 'POST';
}

/** Where cells take their places from. */
interface World {
  readonly house: TestHouse;
  readonly own: AgencyFacts;
  readonly here: Places;
  readonly elsewhere: Places;
  readonly abroad: Places;
}

/** Everything that the server can be asked, of the own agency and of a foreign one. */
export async function everyCell(
  house: TestHouse,
  agency: AgencyFacts,
  foreign: AgencyFacts,
  first: FirstSetUp,
): Promise<Cell[]> {
  const person = keyText(await addPerson(house, agency, [], 'demo.subject'));
  const placesOf = async (system: string): Promise<Places> => {
    const places = await samplePlaces(house, agency, system);
    // Files of evidence are entries too, of the system that they are about.
    return { ...places, person, system, entry: places['evidence'] ?? '' };
  };
  const here = await placesOf(SYSTEM);
  const elsewhere = await placesOf(OTHER_SYSTEM);
  const abroad = { ...here, ...(await samplePlaces(house, foreign)) };
  const world = { house, own: agency, here, elsewhere, abroad };
  const { views, acts, intakes } = house.declarations;
  const own = ownRoutes(house, first).flatMap((route) => ownCells(route, world));
  const cells: Cell[] = [DOCUMENT];
  for (const view of views.values()) cells.push(...(await viewCells(view, world)));
  for (const act of acts.values()) cells.push(...(await actCells(act, world)));
  for (const intake of intakes.values()) cells.push(...importCells(intake));
  return [...cells, ...own];
}

function braced(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

function filled(path: string, places: Places): string {
  return path.replaceAll(/:(\w+)/g, (_, name: string) => {
    const place = places[name];
    if (place === undefined) throw new Error(`there is no sample of ${name} for ${path}`);
    return encodeURIComponent(place);
  });
}

/** The same, of an agency that is not theirs. */
function inForeign(cell: Cell, ask: Partial<Cell['ask']> = {}): Cell {
  const url = ask.url ?? cell.ask.url.replace(`/${OWN}/`, `/${FOREIGN}/`);
  return {
    ...cell,
    about: `${cell.about}, of a foreign agency`,
    ask: { ...cell.ask, ...ask, url },
    what: 'another agency',
    isForeign: true,
  };
}

const OWN_CELL = { place: 'any', kind: 'own', isForeign: false } as const;

const DOCUMENT: Cell = {
  ...OWN_CELL,
  route: 'GET /api/openapi.json',
  about: 'openapi',
  ask: { method: 'GET', url: '/api/openapi.json' },
  may: 'signed-in',
  answers: [undefined],
  what: 'openapi',
};

/** A route of the house's own, asked without a word of input. */
function ownCells(
  { name, method, path, access, input, isInPerson = false }: OwnRoute,
  { here }: World,
): Cell[] {
  const isAsked = input !== undefined && !input.safeParse({}).success;
  const places = { ...here, agency: OWN, provider: 'none' };
  const cell: Cell = {
    ...OWN_CELL,
    route: `${method} /api${braced(path)}`,
    about: name,
    ask: { method, url: `/api${filled(path, places)}`, ...(method === 'POST' && { payload: {} }) },
    may: access === 'open' ? 'anyone' : access,
    isInPerson,
    answers: access === 'open' ? null : isAsked ? ['BAD_REQUEST'] : [undefined, 'ACT_REFUSED'],
    what: name,
  };
  return path.includes(':agency') ? [cell, inForeign(cell)] : [cell];
}

/** A view, asked of one system and of another, or of each of two things where its path names one. */
async function viewCells(view: View, { house, own, here, elsewhere, abroad }: World): Promise<Cell[]> {
  const inPath = fieldsInPath(view.path);
  const field = isBySystem(view.where) ? view.where.system : undefined;
  const isNarrowed = field !== undefined && !inPath.includes(field);
  const cellOf = async (places: Places, said: Places, place?: Cell['place']): Promise<Cell> => {
    const query = new URLSearchParams(said).toString();
    const path = filled(view.path, places);
    return {
      route: `GET /api/agencies/{agency}${braced(view.path)}`,
      about: `${view.view} at ${path}${query && `?${query}`}`,
      ask: { method: 'GET', url: `/api/agencies/${OWN}${path}${query && `?${query}`}` },
      may: view.may,
      place: place ?? (await placeAsked(house, own, view, { ...pick(places, inPath), ...said })),
      answers: [undefined],
      what: `reading ${view.view}`,
      kind: 'view',
      isForeign: false,
    };
  };
  const cell = await cellOf(here, {}, isNarrowed ? 'asked' : undefined);
  const url = `/api/agencies/${FOREIGN}${filled(view.path, abroad)}`;
  const foreign = inForeign(cell, { url });
  if (isNarrowed) return [cell, await cellOf(elsewhere, { [field]: OTHER_SYSTEM }), foreign];
  const isOther =
    inPath.every((name) => elsewhere[name] !== undefined) &&
    inPath.some((name) => here[name] !== elsewhere[name]);
  return isOther ? [cell, await cellOf(elsewhere, {}), foreign] : [cell, foreign];
}

function pick(places: Places, names: readonly string[]): Places {
  return Object.fromEntries(names.map((name) => [name, places[name] ?? '']));
}

/** Where a view says that what is asked for lies. */
async function placeAsked(house: TestHouse, own: AgencyFacts, view: View, said: Places): Promise<Place> {
  const { declarations } = house;
  const times = { asOf: house.today(own), knownAt: KNOWN_NOW };
  return house.store.read(own.agency, (tx) =>
    placeOf(
      view.where,
      { tx, declarations, times, reached: null, actor: house.operator },
      view.input.parse(said),
    ),
  );
}

/** An act, without a word of input; and, where it is done somewhere in the agency, of two systems. */
async function actCells(act: Act, world: World): Promise<Cell[]> {
  const cell: Cell = {
    route: `POST /api/agencies/{agency}/acts/${act.act}`,
    about: `${act.act} of nothing`,
    ask: { method: 'POST', url: `/api/agencies/${OWN}/acts/${act.act}`, payload: {} },
    may: act.may,
    // Who may comes first: what was said is looked at only then, and {} says too little.
    place: 'any',
    answers: ['BAD_REQUEST'],
    what: act.act,
    kind: 'act',
    isForeign: false,
  };
  const cells = [cell, inForeign(cell, { payload: exampleOf(act) })];
  if (act.where === undefined) return cells;
  for (const system of [SYSTEM, OTHER_SYSTEM]) {
    const payload = await inputIn(act, world, system);
    if (payload === undefined) continue;
    cells.push({
      ...cell,
      about: `${act.act} of ${system}`,
      ask: { ...cell.ask, payload },
      place: await placeDone(act, world, payload),
      answers: [undefined, 'ACT_REFUSED'],
    });
  }
  return cells;
}

/** The input that an act's own example gives. */
function exampleOf({ example }: Act): Record<string, string> {
  const said = [...example.matchAll(/--([a-z-]+) (?:"([^"]*)"|(\S+))/g)];
  return Object.fromEntries(
    said.map(([, name = '', quoted, plain]) => [
      name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      quoted ?? plain ?? '',
    ]),
  );
}

/** The example, about a system; undefined where there is nothing there to do it to. */
async function inputIn(
  act: Act,
  { house, own }: World,
  system: string,
): Promise<Record<string, string> | undefined> {
  const example = exampleOf(act);
  if ('system' in example) return { ...example, system };
  if (!('duty' in example)) return example;
  const [duty] = act.about ?? [];
  const said = { system, limit: 1, ...(duty !== undefined && { duty }) };
  const { duties } = (await readView(house, house.operator, own, dutiesView, said)) as DutiesAnswer;
  return duties[0] && { ...example, duty: duties[0].id };
}

async function placeDone(act: Act, { house, own }: World, said: object): Promise<Place> {
  const { declarations, operator: actor } = house;
  const today = house.today(own);
  return house.store.read(own.agency, (tx) =>
    placeOf(act.where, { tx, declarations, today, actor }, act.input.parse(said)),
  );
}

/** A file that its reader refuses, about two systems where it is about one. */
function importCells({ reader, may, takes }: Intake): Cell[] {
  const systems = takes.includes('system') ? [SYSTEM, OTHER_SYSTEM] : [undefined];
  const cells = systems.map((system): Cell => {
    const fields = {
      reader: reader.name,
      ...(system !== undefined && { system }),
      ...(takes.includes('observedOn') && { observed: '2022-07-08' }),
    };
    return {
      route: 'POST /api/agencies/{agency}/evidence',
      about: `import as ${reader.name} of ${system ?? 'the agency'}`,
      ask: {
        method: 'POST',
        url: `/api/agencies/${OWN}/evidence`,
        headers: FORM,
        payload: formOf({ bytes: Buffer.from('no such file\n'), fields }),
      },
      may,
      place: system === undefined ? AGENCY : placeOfSystem(system),
      answers: ['INPUT_REFUSED'],
      what: 'importing evidence',
      kind: 'import',
      isForeign: false,
    };
  });
  return [...cells, ...cells.slice(0, 1).map((cell) => inForeign(cell))];
}
