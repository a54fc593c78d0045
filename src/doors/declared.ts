import type { Act, Declarations, Listing, ListingColumn, Role, View } from '../acts/index.ts';
import { UNRANKED } from '../duties/verdict.ts';
import { fieldsInPath, fieldsOf, type Field } from './fields.ts';

/** A view that people read as a table, with all that a page needs to ask for it and to show it. */
export interface DeclaredList {
  readonly view: string;
  readonly title: string;
  readonly path: string;
  readonly command: string;
  readonly rows: string;
  readonly none: string;
  readonly isOfAnyDay: boolean;
  readonly columns: readonly DeclaredColumn[];
  readonly fields: readonly Field[];
  /** The fields that the path takes: without them there is nothing to read. */
  readonly parameters: readonly string[];
  readonly may: readonly Role[];
}

export interface DeclaredColumn {
  readonly field: string;
  readonly title: string;
  readonly isDuty: boolean;
  readonly leadsTo: NonNullable<ListingColumn['leadsTo']> | null;
}

export interface DeclaredAct {
  readonly act: string;
  readonly title: string;
  readonly description: string;
  readonly may: readonly Role[];
  /** The view on whose page it is offered, what that page is of being said. */
  readonly beside: string | null;
  /** The duty types on whose page it is offered; `null` where it is about any duty. */
  readonly about: readonly string[] | null;
  readonly fields: readonly Field[];
}

/** A format that can be brought in, what a person may say of such a file and what they must. */
export interface DeclaredReader {
  readonly reader: string;
  readonly title: string;
  readonly takes: readonly UploadField[];
  readonly needs: readonly UploadField[];
  readonly may: readonly Role[];
}

type UploadField = 'system' | 'component' | 'observed';

export interface DeclaredDutyType {
  readonly duty: string;
  readonly title: string;
  readonly program: string;
  readonly subjectKind: string;
  readonly classes: readonly string[];
}

/** The views that are lists. */
export function declaredLists({ views }: Declarations): DeclaredList[] {
  return [...views.values()].flatMap((view) => (view.listing ? [declaredList(view, view.listing)] : []));
}

function declaredList(
  view: View,
  { command, rows, none, isOfAnyDay = false, columns }: Listing,
): DeclaredList {
  return {
    view: view.view,
    title: view.title,
    path: view.path,
    command,
    rows,
    none,
    isOfAnyDay,
    columns: columns.map(({ field, title, isDuty = false, leadsTo = null }) => ({
      field,
      title,
      isDuty,
      leadsTo,
    })),
    fields: fieldsOf(view.view, view.input),
    parameters: fieldsInPath(view.path),
    may: view.may,
  };
}

/** The acts with their fields and the duty types that they are about. */
export function declaredActs({ acts }: Declarations): DeclaredAct[] {
  return [...acts.values()].map((act) => ({
    act: act.act,
    title: act.title,
    description: act.description,
    may: act.may,
    beside: act.beside ?? null,
    about: aboutOf(act),
    fields: fieldsOf(act.act, act.input),
  }));
}

/** An act that takes a duty and says nothing of which is about any. */
function aboutOf({ about, input }: Act): readonly string[] | null {
  return about ?? ('duty' in input.shape ? null : []);
}

export function declaredReaders({ intakes }: Declarations): DeclaredReader[] {
  return [...intakes.values()].map(({ reader, takes, needs, may }) => ({
    reader: reader.name,
    title: reader.title,
    takes: takes.map(uploadField),
    needs: needs.map(uploadField),
    may,
  }));
}

/** In an upload, as on the command line, the day is called `observed`. */
function uploadField(name: 'system' | 'component' | 'observedOn'): UploadField {
  return name === 'observedOn' ? 'observed' : name;
}

export function declaredDutyTypes({ programs }: Declarations): DeclaredDutyType[] {
  return programs.flatMap(({ program, dutyTypes = [] }) =>
    dutyTypes.map(({ duty, title, subjectKind, classes, scale }) => ({
      duty,
      title,
      program,
      subjectKind,
      classes: scale === undefined ? classes : [...classes, UNRANKED],
    })),
  );
}
