import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Act, View } from '../../src/acts/index.ts';
import { loadDemonstration } from '../../src/doors/demonstration.ts';
import { declarations as houses } from '../../src/doors/declarations.ts';
import type {
  DeclaredAct,
  DeclaredDutyType,
  DeclaredList,
  DeclaredReader,
} from '../../src/doors/declared.ts';
import { findAgency } from '../../src/programs/inventory/index.ts';
import { buildServer } from '../../src/doors/http/server.ts';
import { openTestHouse, type TestHouse } from '../house.ts';
import { operationsOf, routesIn, type OpenApi } from './documented.ts';
import { samplePlaces, type Places } from './places.ts';
import { ask, post, serve, type Answer, type Served } from './served.ts';
import { withTrial } from './trial.ts';

// Everything here follows from the declarations: a view or an act that joins the house joins these tests.

// So does the trial program, which has what no other may have yet.
const { declarations } = withTrial({ declarations: houses });
const views = [...declarations.views.values()];
const acts = [...declarations.acts.values()];
const BASE = '/api/agencies/DEMO';
/** It does not list itself. */
const DOCUMENT = 'GET /api/openapi.json';

let house: TestHouse;
let served: Served;
let places: Places = {};

before(async () => {
  house = withTrial(await openTestHouse());
  await loadDemonstration(house);
  served = await serve(house);
  const demo = await findAgency(house.store, 'DEMO');
  assert.ok(demo);
  places = await samplePlaces(house, demo);
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

    it(`${view.view} refuses a day that is none, and a knowledge that is neither entry nor instant`, async () => {
      for (const said of [
        'asOf=07/08/2022',
        'knownAt=yesterday',
        'knownAt=-1',
        'knownAt=2022-02-30T00:00:00Z',
      ]) {
        const answer = await ask(served, `${pathOf(view)}?${said}`);
        assert.deepEqual([answer.status, codeOf(answer)], [400, 'BAD_REQUEST'], said);
      }
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
      for (const { reason } of await reasonsFor({}))
        assert.match(reason, /^is (missing|not a number|not one of .*)$/);
      for (const { reason } of await reasonsFor(wrong))
        assert.match(reason, /^is not (a string|a number|a whole number|one of .*)$/);
    });

    it(`${act.act} is read by nobody`, async () => {
      const answer = await ask(served, `${BASE}/acts/${act.act}`);
      assert.deepEqual([answer.status, codeOf(answer)], [404, 'NOT_FOUND']);
    });
  }

  it('is listed with who may, what it is about and its fields', async () => {
    const answer = await ask(served, '/api/acts');
    const { acts: listed } = answer.json() as { acts: readonly DeclaredAct[] };
    assert.deepEqual(
      listed.map(({ act, title, description, may, beside }) => ({ act, title, description, may, beside })),
      acts.map(({ act, title, description, may, beside = null }) => ({
        act,
        title,
        description,
        may,
        beside,
      })),
    );
    for (const [at, { act, about, beside, fields }] of listed.entries()) {
      const declared = acts[at];
      assert.ok(declared);
      assert.deepEqual(about, declared.about ?? ('duty' in declared.input.shape ? null : []), act);
      assert.deepEqual(
        fields.map(({ name }) => name),
        Object.keys(declared.input.shape),
      );
      assert.deepEqual(
        fields
          .filter(({ required }) => required)
          .map(({ name }) => name)
          .sort(),
        requiredOf(declared),
      );
      // A page offers it there with the duty said already.
      if (about?.length !== 0)
        assert.ok(
          fields.some(({ name }) => name === 'duty'),
          act,
        );
      for (const duty of about ?? []) assert.ok(declarations.dutyTypes.has(duty), `${act} ${duty}`);
      if (beside !== null) assert.ok(declarations.views.has(beside), `${act} ${beside}`);
    }
  });

  it('is one of those declared', async () => {
    const answer = await post(served, `${BASE}/acts/no.such-act`, {});
    assert.deepEqual([answer.status, codeOf(answer)], [404, 'NOT_FOUND']);
  });
});

describe('each list', () => {
  const lists = views.filter(({ listing }) => listing);

  it('is declared with its columns and fields', async () => {
    const { views: listed } = (await ask(served, '/api/views')).json() as { views: readonly DeclaredList[] };
    assert.deepEqual(
      listed.map(({ view }) => view),
      lists.map(({ view }) => view),
    );
    for (const { view, fields, parameters, columns } of listed) {
      const known = declarations.views.get(view);
      assert.deepEqual(
        fields.map(({ name }) => name),
        Object.keys(known?.input.shape ?? {}),
      );
      for (const name of parameters) assert.ok(known?.path.includes(`:${name}`));
      for (const { leadsTo } of columns) {
        if (leadsTo === null) continue;
        const target = declarations.views.get(leadsTo.view);
        for (const name of Object.keys(leadsTo.with)) assert.ok(target && name in target.input.shape, view);
      }
    }
  });

  for (const view of lists) {
    it(`${view.view} answers with the rows and the columns that it declares`, async () => {
      const answer = (await ask(served, pathOf(view))).json() as Record<string, unknown>;
      const rows = answer[view.listing?.rows ?? ''] as Record<string, unknown>[];
      assert.ok(Array.isArray(rows));
      for (const { field } of view.listing?.columns ?? []) {
        for (const row of rows) assert.ok(field in row, `${view.view} ${field}`);
        assert.ok(
          rows.every((row) => row[field] === null || typeof row[field] !== 'object'),
          field,
        );
      }
    });
  }
});

describe('what can be brought in, and the types of duties', () => {
  it('are listed as they are declared', async () => {
    const { readers } = (await ask(served, '/api/readers')).json() as { readers: readonly DeclaredReader[] };
    assert.deepEqual(readers.map(({ reader }) => reader).sort(), [...declarations.intakes.keys()].sort());
    for (const { takes, needs } of readers) for (const field of needs) assert.ok(takes.includes(field));
    const { dutyTypes } = (await ask(served, '/api/duty-types')).json() as {
      dutyTypes: readonly DeclaredDutyType[];
    };
    assert.deepEqual(dutyTypes.map(({ duty }) => duty).sort(), [...declarations.dutyTypes.keys()].sort());
    for (const { duty, program } of dutyTypes) {
      const declared = declarations.programs.find((each) => each.program === program);
      assert.ok(
        declared?.dutyTypes?.some((type) => type.duty === duty),
        duty,
      );
    }
  });
});

/** The fields that an input without any lacks, as the schema itself says. */
function requiredOf({ input }: Act): string[] {
  const { error } = input.safeParse({});
  return (error?.issues ?? []).map(({ path }) => String(path[0])).sort();
}

describe('the OpenAPI document', () => {
  let document: OpenApi;
  before(async () => {
    document = (await ask(served, '/api/openapi.json')).json() as OpenApi;
  });

  it('is OpenAPI 3.1 and points nowhere that it does not lead to', () => {
    assert.match(document.openapi, /^3\.1\./);
    for (const [, name = ''] of JSON.stringify(document).matchAll(
      /"\$ref":"#\/components\/schemas\/(\w+)"/g,
    )) {
      assert.ok(document.components.schemas[name], name);
    }
    const names = operationsOf(document).map(({ operation }) => operation.operationId ?? '');
    assert.deepEqual(names, [...new Set(names)]);
    assert.ok(!names.includes(''));
  });

  it('lists each view and each act under its name', () => {
    const listed = new Map(operationsOf(document).map((each) => [each.operation.operationId, each]));
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
    for (const { path, operation } of operationsOf(document)) {
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
    const listed = operationsOf(document).map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    assert.deepEqual(routes.sort(), [...listed, DOCUMENT].sort());
  });
});
