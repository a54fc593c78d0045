import { queryOptions, keepPreviousData } from '@tanstack/react-query';
import type {
  ActOutcome,
  AnsweredTimes,
  Audit,
  Binding,
  DutyList,
  ErrorBody,
  EvidenceLine,
  EvidenceList,
  Explanation,
  ProvedEntry,
  RecordState,
  Refusal,
  RulebookList,
  ServerStatus,
  SystemList,
} from './contract.ts';
import type { Declared, DeclaredList } from './declared.ts';
import { noteAnswered } from './tabs.ts';
import { stringifySearch, type Search } from './url-state.ts';

/** What the server refused or could not do, in its own words; `status` 0 when it did not answer. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly remedy: string;
  readonly refused: readonly Refusal[];

  constructor(status: number, error: ErrorBody['error']) {
    super(error.message);
    this.name = 'ApiError';
    this.status = status;
    this.code = error.code;
    this.remedy = error.remedy;
    this.refused = error.refused;
  }
}

/** The error when no answer came at all. */
export function noAnswer(): ApiError {
  return new ApiError(0, {
    code: 'NO_ANSWER',
    message: 'Muster does not answer',
    remedy: 'see that it still runs where you started it, then try again',
    refused: [],
  });
}

/** Turns an answer that is not a success into the error it carries, whatever its body is. */
export function errorFrom(status: number, body: unknown): ApiError {
  if (isErrorBody(body)) return new ApiError(status, { ...body.error, refused: body.error.refused ?? [] });
  return new ApiError(status, {
    code: 'FAULT',
    message: `Muster answered with status ${status} and no reason`,
    remedy: 'see its log',
    refused: [],
  });
}

function isErrorBody(body: unknown): body is ErrorBody {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false;
  const { error } = body;
  return typeof error === 'object' && error !== null && 'message' in error;
}

/** The address of something of an agency under /api, each part escaped. */
export function agencyPath(agency: string, ...parts: readonly string[]): string {
  return ['/api/agencies', ...[agency, ...parts].map((part) => encodeURIComponent(part))].join('/');
}

/** Whether the error says that there is no session, or that it has ended. */
export function wantsSignIn(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'SIGN_IN_REQUIRED';
}

/** An answer within the session: it goes on from now. */
export function noteAnswer(path: string, status: number): void {
  if (status !== 401 && status < 500 && !/^\/api\/(sign-in|set-up)/.test(path)) noteAnswered(Date.now());
}

async function call<Answer>(path: string, init: RequestInit): Promise<Answer> {
  const answer = await fetch(path, init).catch((fault: unknown) => {
    if (fault instanceof DOMException && fault.name === 'AbortError') throw fault;
    throw noAnswer();
  });
  noteAnswer(path, answer.status);
  const body: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok || body === undefined) throw errorFrom(answer.status, body);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the page and its server are one version; contract.ts says what comes
  return body as Answer;
}

export function read<Answer>(path: string, search: Search, signal: AbortSignal): Promise<Answer> {
  return call<Answer>(path + stringifySearch(search), { signal });
}

/** Asks for what changes something, or says a secret: nothing of it stands in an address. */
export function send<Answer>(path: string, input: object): Promise<Answer> {
  return call<Answer>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
}

export function statusQuery() {
  return queryOptions({
    queryKey: ['status'],
    queryFn: ({ signal }) => read<ServerStatus>('/api/status', {}, signal),
  });
}

/** What the server can do; it stays as it is while the server runs. */
export function declaredQuery() {
  return queryOptions({
    queryKey: ['declared'],
    staleTime: Infinity,
    queryFn: async ({ signal }): Promise<Declared> => {
      const [{ views }, { acts }, { readers }, { dutyTypes }] = await Promise.all([
        read<{ readonly views: Declared['lists'] }>('/api/views', {}, signal),
        read<Pick<Declared, 'acts'>>('/api/acts', {}, signal),
        read<Pick<Declared, 'readers'>>('/api/readers', {}, signal),
        read<Pick<Declared, 'dutyTypes'>>('/api/duty-types', {}, signal),
      ]);
      return { lists: views, acts, readers, dutyTypes };
    },
  });
}

/** The answer of a list: its rows stand under the name that the list declares. */
export function listQuery(agency: string, list: DeclaredList, search: Search) {
  const said = (name: string) => search[name] ?? '';
  const path = list.path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(said(name)));
  const names = list.fields.map(({ name }) => name).filter((name) => !list.parameters.includes(name));
  const asked = Object.fromEntries(names.map((name) => [name, search[name]]));
  return queryOptions({
    queryKey: ['agency', agency, 'list', list.view, path, asked],
    queryFn: ({ signal }) => read<AnsweredTimes>(agencyPath(agency) + path, asked, signal),
    // Another day of the same may stand in while the answer comes, another thing may not.
    placeholderData: (previous, query) => (query?.queryKey[4] === path ? previous : undefined),
  });
}

export function bindingQuery(agency: string, system: string, search: Search) {
  return queryOptions({
    queryKey: ['agency', agency, 'binding', system, search],
    queryFn: ({ signal }) => read<Binding>(agencyPath(agency, 'systems', system, 'binding'), search, signal),
    placeholderData: (previous, query) => (query?.queryKey[3] === system ? previous : undefined),
  });
}

export function dutiesQuery(agency: string, search: Search) {
  return queryOptions({
    queryKey: ['agency', agency, 'duties', search],
    queryFn: ({ signal }) => read<DutyList>(agencyPath(agency, 'duties'), search, signal),
    placeholderData: keepPreviousData,
  });
}

export function explanationQuery(agency: string, id: string, search: Search) {
  return queryOptions({
    queryKey: ['agency', agency, 'duty', id, search],
    queryFn: ({ signal }) => read<Explanation>(agencyPath(agency, 'duties', id), search, signal),
    // Another day of the same duty may stand in while the answer comes, another duty may not.
    placeholderData: (previous, query) => (query?.queryKey[3] === id ? previous : undefined),
  });
}

export function auditQuery(agency: string, search: Search) {
  return queryOptions({
    queryKey: ['agency', agency, 'audit', search],
    queryFn: ({ signal }) => read<Audit>(agencyPath(agency, 'audit'), search, signal),
  });
}

export function systemsQuery(agency: string, search: Search) {
  return queryOptions({
    queryKey: ['agency', agency, 'systems', search],
    queryFn: ({ signal }) => read<SystemList>(agencyPath(agency, 'systems'), search, signal),
    placeholderData: keepPreviousData,
  });
}

export function rulebooksQuery(agency: string, search: Search) {
  return queryOptions({
    queryKey: ['agency', agency, 'rulebooks', search],
    queryFn: ({ signal }) => read<RulebookList>(agencyPath(agency, 'rulebooks'), search, signal),
    placeholderData: keepPreviousData,
  });
}

export function evidenceQuery(agency: string, search: Search) {
  return queryOptions({
    queryKey: ['agency', agency, 'evidence', search],
    queryFn: ({ signal }) => read<EvidenceList>(agencyPath(agency, 'evidence'), search, signal),
    placeholderData: keepPreviousData,
  });
}

export function evidenceLineQuery(agency: string, evidence: number, line: number, search: Search) {
  return queryOptions({
    queryKey: ['agency', agency, 'evidence', evidence, line, search],
    queryFn: ({ signal }) =>
      read<EvidenceLine>(
        agencyPath(agency, 'evidence', String(evidence), 'lines', String(line)),
        search,
        signal,
      ),
    staleTime: Infinity,
  });
}

/** How often what is about to be signed, or to get into a checkpoint, is asked for again: milliseconds. */
const SOON = 2_000;
const WITHIN_A_MINUTE = 15_000;

/**
 * The record as it stands now, whatever day is looked at; while it is watched, asked again until a
 * checkpoint covers all of it.
 */
export function recordQuery(agency: string, isWatched: boolean) {
  return queryOptions({
    queryKey: ['agency', agency, 'record'],
    queryFn: ({ signal }) => read<RecordState>(agencyPath(agency, 'record'), {}, signal),
    refetchInterval: ({ state: { data } }) => {
      if (!isWatched || !data || data.checkpoint?.size === data.entries) return false;
      return data.signed < data.entries ? SOON : WITHIN_A_MINUTE;
    },
  });
}

/** An entry, which stays what it is whatever day is looked at; while it is watched, asked again until there is a proof. */
export function entryQuery(agency: string, entry: string, isWatched: boolean) {
  return queryOptions({
    queryKey: ['agency', agency, 'entry', entry],
    queryFn: ({ signal }) => read<ProvedEntry>(agencyPath(agency, 'entries', entry), {}, signal),
    refetchInterval: ({ state: { data } }) => (isWatched && data?.proof === null ? SOON : false),
  });
}

/** Does an act; what comes back is the entry it appended and the duty as it now stands. */
export function doAct(
  agency: string,
  act: string,
  input: Readonly<Record<string, string>>,
): Promise<ActOutcome> {
  return send<ActOutcome>(agencyPath(agency, 'acts', act), input);
}
