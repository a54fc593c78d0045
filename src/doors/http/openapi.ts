import * as z from 'zod';
import type { Act, Declarations, View } from '../../acts/index.ts';
import { errorCatalogue } from '../../errors/index.ts';
import { version } from '../version.ts';
import type { OwnRoute } from './own-routes.ts';

/** The API as OpenAPI 3.1, from the declarations and the house's own routes. */
export function openApi(declarations: Declarations, own: readonly OwnRoute[]): object {
  return {
    openapi: '3.1.0',
    info: { title: 'Muster', version },
    paths: pathsOf([
      ...own.map(ownPath),
      IMPORT,
      ...[...declarations.views.values()].map(viewPath),
      ...[...declarations.acts.values()].map(actPath),
    ]),
    security: SECURITY,
    components: {
      schemas: { Error: ERROR },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: '__Host-muster' },
        token: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

const ERROR = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'remedy', 'refused'],
      properties: {
        code: { enum: Object.keys(errorCatalogue) },
        message: { type: 'string' },
        remedy: { type: 'string' },
        refused: {
          type: 'array',
          items: { type: 'object', properties: { at: { type: 'string' }, reason: { type: 'string' } } },
        },
      },
    },
  },
};

const RESPONSES = {
  200: { description: 'done', content: { 'application/json': { schema: { type: 'object' } } } },
  default: {
    description: 'refused',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  },
};

/** Operations by path: a view and an upload may share one. */
function pathsOf(operations: readonly [string, object][]): Record<string, object> {
  const paths: Record<string, object> = {};
  for (const [path, operation] of operations) paths[path] = { ...paths[path], ...operation };
  return paths;
}

const AGENCY = { name: 'agency', in: 'path', required: true, schema: { type: 'string' } };

const UPLOAD = {
  type: 'object',
  required: ['file'],
  properties: {
    reader: { type: 'string' },
    system: { type: 'string' },
    component: { type: 'string' },
    observed: { type: 'string', description: 'YYYY-MM-DD' },
    file: {
      type: 'string',
      contentMediaType: 'application/octet-stream',
      description: 'after the other fields',
    },
  },
};

const SECURITY = [{ session: [] }, { token: [] }];

const IMPORT: [string, object] = [
  '/api/agencies/{agency}/evidence',
  {
    post: {
      operationId: 'import',
      summary: 'take in a file of evidence, whole or not at all',
      parameters: [AGENCY, { name: 'dryRun', in: 'query', schema: { type: 'boolean' } }],
      requestBody: { required: true, content: { 'multipart/form-data': { schema: UPLOAD } } },
      responses: RESPONSES,
    },
  },
];

/** A route of the house's own. */
function ownPath({ name, method, path, summary, access, input }: OwnRoute): [string, object] {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, each = '']) => ({
    name: each,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const { properties = {}, required = [] } = input ? schemaOf(input) : {};
  const inQuery = Object.entries(method === 'GET' ? properties : {}).map(([each, schema]) => ({
    name: each,
    in: 'query',
    required: required.includes(each),
    schema,
  }));
  const body =
    method === 'POST' && input
      ? { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(input) } } } }
      : {};
  const operation = {
    operationId: name,
    summary,
    parameters: [...inPath, ...inQuery],
    ...body,
    ...(access === 'open' && { security: [] }),
    responses: RESPONSES,
  };
  return [`/api${path.replaceAll(/:(\w+)/g, '{$1}')}`, { [method.toLowerCase()]: operation }];
}

function schemaOf(input: z.ZodObject): { properties?: Record<string, object>; required?: string[] } {
  return z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as {
    properties?: Record<string, object>;
    required?: string[];
  };
}

function viewPath(view: View): [string, object] {
  const { properties = {}, required = [] } = schemaOf(view.input);
  const parameters = Object.entries(properties).map(([name, schema]) => {
    const isInPath = view.path.includes(`:${name}`);
    return { name, in: isInPath ? 'path' : 'query', required: isInPath || required.includes(name), schema };
  });
  const path = `/api/agencies/{agency}${view.path.replaceAll(/:(\w+)/g, '{$1}')}`;
  return [
    path,
    {
      get: {
        operationId: view.view,
        summary: view.title,
        parameters: [AGENCY, ...parameters],
        responses: RESPONSES,
      },
    },
  ];
}

function actPath(act: Act): [string, object] {
  const requestBody = { required: true, content: { 'application/json': { schema: schemaOf(act.input) } } };
  const { act: operationId, title: summary, description } = act;
  const post = { operationId, summary, description, parameters: [AGENCY], requestBody, responses: RESPONSES };
  return [`/api/agencies/{agency}/acts/${act.act}`, { post }];
}
