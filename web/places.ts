import type { DeclaredList } from './declared.ts';
import { topLists } from './list-rows.ts';

/** A page that is reached from every other. */
export interface Place {
  readonly to: `/$agency/${'duties' | 'audit' | 'systems' | 'evidence' | 'rulebooks' | 'record'}`;
  readonly text: string;
  /** The list that is reached from there, and not from every page. */
  readonly list?: string;
}

export const placesBefore: readonly Place[] = [
  { to: '/$agency/duties', text: 'Duties' },
  { to: '/$agency/audit', text: 'Audit' },
  { to: '/$agency/systems', text: 'Systems' },
];

export const placesAfter: readonly Place[] = [
  { to: '/$agency/evidence', text: 'Evidence' },
  { to: '/$agency/rulebooks', text: 'Rulebooks' },
  { to: '/$agency/record', text: 'Record', list: 'entries' },
];

const places = [...placesBefore, ...placesAfter];

/** Those of the places that a person who may read these views can open: each shows the view of its own name. */
export function readablePlaces(given: readonly Place[], reads: readonly string[]): Place[] {
  return given.filter(({ to }) => reads.includes(to.split('/').at(-1) ?? ''));
}

export function readableLists(lists: readonly DeclaredList[], reads: readonly string[]): DeclaredList[] {
  return lists.filter(({ view }) => reads.includes(view));
}

/** The first place, of those on every page, that a person who may read these views can open. */
export function firstPlace(reads: readonly string[]): Place | undefined {
  return readablePlaces(places, reads)[0];
}

/** The lists that have no page of their own and are reached from none: each is a way through. */
export function listsBeside(lists: readonly DeclaredList[]): DeclaredList[] {
  const own = new Set(places.flatMap(({ to, list }) => [to.split('/').at(-1), list ?? []].flat()));
  return topLists(lists).filter(({ view }) => !own.has(view));
}

/** The page that a list is reached from. */
export function placeOfList(view: string): Place | undefined {
  return places.find(({ list }) => list === view);
}

/** The views that are no list and have a page of their own. */
const ownPages = {
  'evidence-line': '/$agency/evidence/$evidence/lines/$line',
  entry: '/$agency/entries/$entry',
} as const;

type OwnPage = (typeof ownPages)[keyof typeof ownPages];

/** Those of them that the page's address has. */
type OwnParams = Readonly<Record<'agency' | 'evidence' | 'line' | 'entry', string>>;

/** The page of a view that is no list; undefined where there is none, or what it is about is not said. */
export function pageOfView(
  view: string,
  said: Readonly<Record<string, string>>,
): { readonly to: OwnPage; readonly params: OwnParams } | undefined {
  const to = new Map<string, OwnPage>(Object.entries(ownPages)).get(view);
  const names = [...(to ?? '').matchAll(/\$(\w+)/g)].map(([, name = '']) => name);
  if (to === undefined || names.some((name) => said[name] === undefined)) return undefined;
  const params = Object.fromEntries(names.map((name) => [name, said[name] ?? '']));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the address has no other parameters
  return { to, params: params as OwnParams };
}
