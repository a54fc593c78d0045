import type { FastifyInstance } from 'fastify';
import { KNOWN_NOW, performAct, type View } from '../../acts/index.ts';
import { findDuty } from '../../duties/index.ts';
import { MusterError } from '../../errors/index.ts';
import { listAgencies, type AgencyFacts } from '../../programs/inventory/index.ts';
import type { Day } from '../../time/index.ts';
import { declaredActs, declaredDutyTypes, declaredLists, declaredReaders } from '../declared.ts';
import { chooseAgency, type House } from '../house.ts';
import { version } from '../version.ts';
import { readView } from '../view.ts';
import { openApi } from './openapi.ts';
import type { ServerSettings } from './server.ts';
import { addUpload } from './upload.ts';

export interface OfAgency {
  Params: { agency: string };
}

/** One route for each view and each act that the programs declare, and those of the house itself. */
export function addRoutes(server: FastifyInstance, settings: ServerSettings): void {
  const { house } = settings;
  const document = openApi(house.declarations);
  server.get('/api/openapi.json', async () => document);
  server.get('/api/status', async () => status(settings));
  server.get('/api/acts', async () => ({ acts: declaredActs(house.declarations) }));
  server.get('/api/views', async () => ({ views: declaredLists(house.declarations) }));
  server.get('/api/readers', async () => ({ readers: declaredReaders(house.declarations) }));
  server.get('/api/duty-types', async () => ({ dutyTypes: declaredDutyTypes(house.declarations) }));
  for (const view of house.declarations.views.values()) addView(server, house, view);
  for (const act of house.declarations.acts.keys()) addAct(server, house, act);
  addUpload(server, house);
}

async function status({ house }: ServerSettings): Promise<object> {
  const agencies = await listAgencies(house.store);
  const [first] = agencies;
  return {
    version,
    today: first ? house.today(first) : new Date().toISOString().slice(0, 10),
    operator: house.actor.name,
    roles: house.actor.roles,
    demonstration: agencies.some((agency) => agency.demonstration),
    agencies: agencies.map(({ code, kind, timeZone, demonstration }) => ({
      code,
      kind,
      timeZone,
      demonstration,
    })),
    problems: house.sealer.problems(),
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
    const { index, effective } = entry;
    return { entry: index, effective, ...(await dutyNow(house, agency, request.body, today)) };
  });
}

/** What became of the duty that the act named, for the page that stands on it. */
async function dutyNow(house: House, agency: AgencyFacts, body: unknown, today: Day): Promise<object> {
  const id = typeof body === 'object' && body !== null && 'duty' in body ? String(body.duty) : undefined;
  if (id === undefined) return {};
  const times = { asOf: today, knownAt: KNOWN_NOW };
  try {
    return {
      duty: await house.store.read(agency.agency, (tx) => findDuty(tx, house.declarations, id, times)),
    };
  } catch (error) {
    // The act is done, and it may have taken away what the duty rested on.
    if (error instanceof MusterError && error.code === 'NOT_FOUND') return { duty: null };
    throw error;
  }
}
