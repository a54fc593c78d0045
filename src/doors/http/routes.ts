import type { FastifyInstance } from 'fastify';
import { couldReach, KNOWN_NOW, rolesOf, roles, systemsOf, type View } from '../../acts/index.ts';
import { findDuty } from '../../duties/index.ts';
import { MusterError } from '../../errors/index.ts';
import type { AgencyFacts } from '../../programs/inventory/index.ts';
import { keyText } from '../../record/index.ts';
import type { Day } from '../../time/index.ts';
import { declaredActs, declaredDutyTypes, declaredLists, declaredReaders } from '../declared.ts';
import type { House } from '../house.ts';
import { doAct, readView } from '../on-behalf.ts';
import { ownAccountProblems } from '../own-accounts.ts';
import type { Gate } from '../sign-in/gate.ts';
import type { FirstSetUp } from '../sign-in/set-up.ts';
import type { Visitor } from '../sign-in/visitor.ts';
import { version } from '../version.ts';
import type { Limits } from './limits.ts';
import { meRoutes } from './me-routes.ts';
import { openApi } from './openapi.ts';
import { mountRoutes, ownAgency, signedRoute, type OfAgency, type OwnRoute } from './own-routes.ts';
import { signInRoutes } from './sign-in-routes.ts';
import { addUpload } from './upload.ts';
import { visitorOf } from './visit.ts';

/** The routes of the house's own: the API's document lists them beside those that are declared. */
export function ownRoutes({ declarations }: Pick<House, 'declarations'>, first: FirstSetUp): OwnRoute[] {
  return [...signInRoutes(first), ...askRoutes(declarations), ...meRoutes];
}

/** One route for each view and each act that the programs declare, and those of the house itself. */
export function addRoutes(server: FastifyInstance, gate: Gate, first: FirstSetUp, limits: Limits): void {
  const { declarations } = gate.house;
  const own = ownRoutes(gate.house, first);
  const document = openApi(declarations, own);
  mountRoutes(server, gate, [
    ...own,
    signedRoute({
      name: 'openapi',
      method: 'GET',
      path: '/openapi.json',
      summary: 'this document',
      access: 'signed-in',
      answer: async () => document,
    }),
  ]);
  for (const view of declarations.views.values()) addView(server, gate, view);
  for (const act of declarations.acts.keys()) addAct(server, gate, act);
  addUpload(server, gate, limits);
}

/** What the server can do, and who asks. */
function askRoutes(declarations: House['declarations']): OwnRoute[] {
  const asking = (name: string, summary: string, answer: () => object) =>
    signedRoute({
      name,
      method: 'GET',
      path: `/${name}`,
      summary,
      access: 'signed-in',
      answer: async () => answer(),
    });
  return [
    signedRoute({
      name: 'status',
      method: 'GET',
      path: '/status',
      summary: 'version and today, who is signed in, their agency, and what they may',
      access: 'signed-in',
      answer: async ({ gate, visitor }) => status(gate, visitor),
    }),
    asking('acts', 'what people can do, with the fields of each', () => ({
      acts: declaredActs(declarations),
    })),
    asking('views', 'the lists that people can read, with the fields and columns of each', () => ({
      views: declaredLists(declarations),
    })),
    asking('readers', 'the formats that can be brought in, and what must be said of each', () => ({
      readers: declaredReaders(declarations),
    })),
    asking('duty-types', 'the types of duties, with the program and the classes of each', () => ({
      dutyTypes: declaredDutyTypes(declarations),
    })),
  ];
}

function status({ house }: Gate, { agency, person, actor, by }: Visitor): object {
  const { code, kind, timeZone, demonstration } = agency;
  const own = rolesOf(actor);
  const isAdministrator = own.includes('administrator');
  const views = [...house.declarations.views.values()];
  return {
    version,
    today: house.today(agency),
    person: { person: keyText(person.key), name: person.name, signInName: person.signInName },
    roles: own,
    grants: actor.grants.map(({ role, reach }) => ({
      role,
      over: reach.over,
      system: reach.over === 'system' ? reach.system : null,
      unitFrom: reach.over === 'units' ? reach.from : null,
      unitTo: reach.over === 'units' ? reach.to : null,
    })),
    systems: systemsOf(actor, roles),
    reads: views.filter(({ where, may }) => couldReach(where, may, actor)).map(({ view }) => view),
    demonstration,
    agencies: [{ code, kind, timeZone, demonstration }],
    // They name folders of the machine.
    problems: isAdministrator ? [...house.sealer.problems(), ...ownAccountProblems(house, agency)] : [],
    session: 'session' in by ? { idleSeconds: house.settings.idleMinutes * 60, ends: by.session.ends } : null,
  };
}

function addView(server: FastifyInstance, gate: Gate, view: View): void {
  server.get<{ Params: Record<string, string>; Querystring: Record<string, unknown> }>(
    `/api/agencies/:agency${view.path}`,
    async (request) => {
      const { agency: code = '', ...path } = request.params;
      const visitor = visitorOf(request);
      const agency = await ownAgency(gate, visitor, code);
      return readView(gate.house, visitor.actor, agency, view, { ...request.query, ...path });
    },
  );
}

function addAct(server: FastifyInstance, gate: Gate, act: string): void {
  server.post<OfAgency>(`/api/agencies/:agency/acts/${act}`, async (request) => {
    const { house } = gate;
    const visitor = visitorOf(request);
    const agency = await ownAgency(gate, visitor, request.params.agency);
    const { index, effective } = await doAct(house, visitor.actor, agency, act, request.body);
    const now = await dutyNow(house, agency, request.body, house.today(agency));
    return { entry: index, effective, ...now };
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
