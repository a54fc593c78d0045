import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { MultipartFile } from '@fastify/multipart';
import * as z from 'zod';
import { importEvidence, KNOWN_NOW, parseInput, performAct, type View } from '../../acts/index.ts';
import { daySchema, findDuty } from '../../duties/index.ts';
import { MusterError } from '../../errors/index.ts';
import { listAgencies, type AgencyFacts } from '../../programs/inventory/index.ts';
import type { Day } from '../../time/index.ts';
import { chooseAgency, type House } from '../house.ts';
import { version } from '../version.ts';
import { readView } from '../view.ts';
import { openApi } from './openapi.ts';
import type { ServerSettings } from './server.ts';

interface OfAgency {
  Params: { agency: string };
}

/** One route for each view and each act that the programs declare, and those of the house itself. */
export function addRoutes(server: FastifyInstance, settings: ServerSettings): void {
  const { house } = settings;
  const document = openApi(house.declarations);
  server.get('/api/openapi.json', async () => document);
  server.get('/api/status', async () => status(settings));
  server.get('/api/acts', async () => ({
    acts: [...house.declarations.acts.values()].map(({ act, title, description, may }) => ({
      act,
      title,
      description,
      may,
    })),
  }));
  for (const view of house.declarations.views.values()) addView(server, house, view);
  for (const act of house.declarations.acts.keys()) addAct(server, house, act);
  server.post<OfAgency>('/api/agencies/:agency/evidence', async (request) => upload(house, request));
}

async function status({ house }: ServerSettings): Promise<object> {
  const agencies = await listAgencies(house.store);
  const [first] = agencies;
  return {
    version,
    today: first ? house.today(first) : new Date().toISOString().slice(0, 10),
    operator: house.actor.name,
    demonstration: agencies.some((agency) => agency.demonstration),
    agencies: agencies.map(({ code, kind, timeZone, demonstration }) => ({
      code,
      kind,
      timeZone,
      demonstration,
    })),
  };
}

function addView(server: FastifyInstance, house: House, view: View): void {
  server.get<{ Params: Record<string, string>; Querystring: Record<string, unknown> }>(
    `/api/agencies/:agency${view.path}`,
    async (request) => {
      const { agency: code, ...path } = request.params;
      const agency = await chooseAgency(house, code);
      return readView(house, agency, view, { ...request.query, ...path });
    },
  );
}

function addAct(server: FastifyInstance, house: House, act: string): void {
  server.post<OfAgency>(`/api/agencies/:agency/acts/${act}`, async (request) => {
    const agency = await chooseAgency(house, request.params.agency);
    const today = house.today(agency);
    const entry = await performAct(
      house.store,
      house.declarations,
      agency.agency,
      house.actor,
      today,
      act,
      request.body,
    );
    return { entry: entry.index, ...(await dutyNow(house, agency, request.body, today)) };
  });
}

/** What became of the duty that the act named, for the page that stands on it. */
async function dutyNow(house: House, agency: AgencyFacts, body: unknown, today: Day): Promise<object> {
  const id = typeof body === 'object' && body !== null && 'duty' in body ? String(body.duty) : undefined;
  if (id === undefined) return {};
  const times = { asOf: today, knownAt: KNOWN_NOW };
  return { duty: await house.store.read(agency.agency, (tx) => findDuty(tx, house.declarations, id, times)) };
}

async function upload(house: House, request: FastifyRequest<OfAgency>): Promise<object> {
  const agency = await chooseAgency(house, request.params.agency);
  const file = await request.file();
  if (!file) throw new MusterError('BAD_REQUEST', 'file: is missing: send one file, after the other fields');
  const said = Object.fromEntries(
    Object.entries(file.fields).flatMap(([name, field]) => {
      const value =
        field && !Array.isArray(field) && field.type === 'field' ? String(field.value).trim() : '';
      return value === '' ? [] : [[name, value]];
    }),
  );
  const stopping = new AbortController();
  request.raw.once('aborted', () => stopping.abort(new MusterError('STOPPED', 'the upload was stopped')));
  const isDryRun =
    typeof request.query === 'object' &&
    request.query !== null &&
    'dryRun' in request.query &&
    request.query.dryRun === 'true';
  return importEvidence(house.store, house.declarations, agency.agency, house.actor, house.today(agency), {
    file: file.filename,
    source: wholeOf(file.file),
    reader: said['reader'],
    system: said['system'],
    component: said['component'],
    observedOn: readObserved(said['observed']),
    dryRun: isDryRun,
    signal: stopping.signal,
  });
}

/** The framework ends a file at its limit without a word: what was cut must not pass for whole. */
async function* wholeOf(file: MultipartFile['file']): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of file) yield chunk as Uint8Array;
  } catch (cause) {
    throw new MusterError('STOPPED', 'the upload was stopped before its end', [], { cause });
  }
  if (file.truncated) throw new MusterError('TOO_LARGE', 'the file is larger than Muster takes at once');
}

function readObserved(text: string | undefined): Day | undefined {
  if (text === undefined) return undefined;
  return parseInput(observedSchema, { observed: text }).observed;
}

const observedSchema = z.object({ observed: daySchema });
