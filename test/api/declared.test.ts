import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Act, Role, View } from '../../src/acts/index.ts';
import { loadDemonstration, type House } from '../../src/doors/house.ts';
import { declarations } from '../../src/doors/declarations.ts';
import { buildServer } from '../../src/doors/http/server.ts';
import { openTestHouse, type TestHouse } from '../house.ts';
import { ask, FORM, formOf, post, samplePlaces, serve, type Answer, type Served } from './served.ts';

// Everything here follows from the declarations: a view or an act that joins the house joins these tests.

const views = [...declarations.views.values()];
const acts = [...declarations.acts.values()];
const BASE = '/api/agencies/DEMO';

const everyRole: Readonly<Record<Role, true>> = {
  'system-owner': true,
  isso: true,
  'authorizing-official': true,
  'safeguards-coordinator': true,
  'security-analyst': true,
  auditor: true,
};
const roles = Object.keys(everyRole) as Role[];

let house: TestHouse;
let served: Served;
let places: Readonly<Record<string, string>> = {};

before(async () => {
  house = await openTestHouse();
  await loadDemonstration(house);
  served = await serve(house);
  places = await samplePlaces(served, 'DEMO');
});
after(async () => {
  await served?.close();
  await house?.close();
});

function pathOf(view: View): string {
  return (
    BASE +
    view.path.replaceAll(/:(\w+)/g, (_, name: string) => {
      const place = places[name];
      assert.ok(place, `this test needs a sample of ${name} for the view ${view.view}`);
      return encodeURIComponent(place);
    })
  );
}

function codeOf(answer: Answer): string | undefined {
  const body = answer.json() as { error?: { code?: string } };
  return body.error?.code;
}

describe('each view', () => {
  for (const view of views) {
    it(`${view.view} answers at ${view.path}`, async () => {
      const answer = await ask(served, pathOf(view));
      assert.equal(answer.status, 200, answer.text);
      assert.match(answer.headers['content-type'] ?? '', /^application\/json/);
    });

    it(`${view.view} refuses a day that is none, where it takes one`, async () => {
      if (!('asOf' in view.input.shape)) return;
      const answer = await ask(served, `${pathOf(view)}?asOf=07/08/2022`);
      assert.deepEqual([answer.status, codeOf(answer)], [400, 'BAD_REQUEST']);
    });
  }

  it('answers for a known agency only', async () => {
    for (const view of views) {
      const answer = await ask(served, pathOf(view).replace('/DEMO/', '/NOWHERE/'));
      assert.deepEqual([answer.status, codeOf(answer)], [404, 'NOT_FOUND'], view.view);
    }
  });
});

describe('each act', () => {
  for (const act of acts) {
    it(`${act.act} takes its input and names every field that is missing`, async () => {
      const answer = await post(served, `${BASE}/acts/${act.act}`, {});
      assert.deepEqual([answer.status, codeOf(answer)], [400, 'BAD_REQUEST']);
      const { refused } = (answer.json() as { error: { refused: { at: string }[] } }).error;
      assert.deepEqual(refused.map(({ at }) => at).sort(), requiredOf(act));
    });

    it(`${act.act} tells what is missing from what is of another kind`, async () => {
      const wrong = Object.fromEntries(Object.keys(act.input.shape).map((name) => [name, { not: 'text' }]));
      const reasonsFor = async (input: object) => {
        const answer = await post(served, `${BASE}/acts/${act.act}`, input);
        return (answer.json() as { error: { refused: { reason: string }[] } }).error.refused;
      };
      assert.ok((await reasonsFor({})).every(({ reason }) => reason === 'is missing'));
      assert.ok((await reasonsFor(wrong)).every(({ reason }) => reason === 'is not a string'));
    });

    it(`${act.act} is read by nobody`, async () => {
      const answer = await ask(served, `${BASE}/acts/${act.act}`);
      assert.deepEqual([answer.status, codeOf(answer)], [404, 'NOT_FOUND']);
    });
  }

  it('is listed with who may', async () => {
    const answer = await ask(served, '/api/acts');
    assert.deepEqual(answer.json(), {
      acts: acts.map(({ act, title, description, may }) => ({ act, title, description, may })),
    });
  });

  it('is one of those declared', async () => {
    const answer = await post(served, `${BASE}/acts/no.such-act`, {});
    assert.deepEqual([answer.status, codeOf(answer)], [404, 'NOT_FOUND']);
  });
});

/** The fields that an input without any lacks, as the schema itself says. */
function requiredOf({ input }: Act): string[] {
  const { error } = input.safeParse({});
  return (error?.issues ?? []).map(({ path }) => String(path[0])).sort();
}

/** The server as it is for someone who holds just these roles. */
function serverFor(held: readonly Role[]) {
  const actor = { name: 'operator:matrix', roles: held };
  const theirs: House = { ...house, actor };
  return buildServer({ house: theirs, log: () => undefined });
}

describe('role by role', () => {
  for (const held of [...roles.map((role) => [role]), []] as const) {
    const who = held[0] ?? 'nobody';

    it(`${who} reads what is declared for them and nothing else`, async () => {
      const server = await serverFor(held);
      for (const view of views) {
        const answer = await server.inject({ url: pathOf(view) });
        const may = held.some((role) => view.may.includes(role));
        assert.equal(answer.statusCode, may ? 200 : 403, `${who} ${view.view}: ${answer.body}`);
        if (!may) assert.equal(codeIn(answer.body), 'NOT_ALLOWED');
      }
      await server.close();
    });

    it(`${who} does what is declared for them and nothing else`, async () => {
      const server = await serverFor(held);
      for (const act of acts) {
        const url = `${BASE}/acts/${act.act}`;
        const answer = await server.inject({ method: 'POST', url, payload: {} });
        // Who may comes first: what was said is looked at only then, and {} says too little.
        const may = held.some((role) => act.may.includes(role));
        assert.equal(codeIn(answer.body), may ? 'BAD_REQUEST' : 'NOT_ALLOWED', `${who} ${act.act}`);
        assert.equal(answer.statusCode, may ? 400 : 403);
      }
      await server.close();
    });
  }

  it('nobody without a role brings in evidence, nor does an auditor', async () => {
    for (const held of [[], ['auditor']] as const) {
      const server = await serverFor(held);
      const payload = formOf({ bytes: Buffer.from('whatever'), fields: {} });
      const url = `${BASE}/evidence?dryRun=true`;
      const answer = await server.inject({ method: 'POST', url, headers: FORM, payload });
      await server.close();
      assert.deepEqual([answer.statusCode, codeIn(answer.body)], [403, 'NOT_ALLOWED']);
    }
  });
});

function codeIn(body: string): string | undefined {
  return (JSON.parse(body) as { error?: { code?: string } }).error?.code;
}

interface Operation {
  readonly operationId?: string;
  readonly parameters?: readonly { name: string; in: string; required: boolean }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: { required?: string[] } }>> };
}

interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

describe('the OpenAPI document', () => {
  let document: OpenApi;
  before(async () => {
    document = (await ask(served, '/api/openapi.json')).json() as OpenApi;
  });

  function operations(): { path: string; method: string; operation: Operation }[] {
    return Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
  }

  it('is OpenAPI 3.1 and points nowhere that it does not lead to', () => {
    assert.match(document.openapi, /^3\.1\./);
    for (const [, name = ''] of JSON.stringify(document).matchAll(
      /"\$ref":"#\/components\/schemas\/(\w+)"/g,
    )) {
      assert.ok(document.components.schemas[name], name);
    }
    const names = operations().map(({ operation }) => operation.operationId ?? '');
    assert.deepEqual(names, [...new Set(names)]);
    assert.ok(!names.includes(''));
  });

  it('lists each view and each act under its name', () => {
    const listed = new Map(operations().map((each) => [each.operation.operationId, each]));
    for (const view of views) {
      const found = listed.get(view.view);
      const path = `/api/agencies/{agency}${view.path.replaceAll(/:(\w+)/g, '{$1}')}`;
      assert.deepEqual([found?.method, found?.path], ['get', path]);
      const parameters = found?.operation.parameters ?? [];
      assert.deepEqual(
        parameters.map(({ name }) => name),
        ['agency', ...Object.keys(view.input.shape)],
      );
    }
    for (const act of acts) {
      const found = listed.get(act.act);
      assert.deepEqual([found?.method, found?.path], ['post', `/api/agencies/{agency}/acts/${act.act}`]);
      const schema = found?.operation.requestBody?.content['application/json']?.schema;
      assert.deepEqual([...(schema?.required ?? [])].sort(), requiredOf(act));
    }
  });

  it('says where each part of a path comes from', () => {
    for (const { path, operation } of operations()) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
      const said = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      assert.deepEqual(said.map(({ name }) => name).sort(), inPath.sort(), path);
      assert.ok(
        said.every(({ required }) => required),
        path,
      );
    }
  });

  it('lists every route that the server has', async () => {
    const server = await buildServer({ house, log: () => undefined });
    await server.ready();
    const routes = routesIn(server.printRoutes({ commonPrefix: false }));
    await server.close();
    const listed = operations().map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    assert.deepEqual(routes.filter((route) => route !== 'GET /api/openapi.json').sort(), listed.sort());
  });
});

/** The routes of the framework's drawing of them, each as `METHOD /path/{name}`. */
function routesIn(drawing: string): string[] {
  const above: string[] = [];
  return drawing.split('\n').flatMap((line) => {
    const [, indent = '', part = '', methods = ''] = /^([│ ]*)[├└]── (\S+) \(([A-Z, ]+)\)$/.exec(line) ?? [];
    if (part === '') return [];
    const depth = indent.length / 4;
    above.splice(depth, above.length, part);
    const path = above.join('').replaceAll(/:(\w+)/g, '{$1}');
    return methods
      .split(', ')
      .filter((method) => method !== 'HEAD')
      .map((method) => `${method} ${path}`);
  });
}
