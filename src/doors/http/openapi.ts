import * as z from 'zod';
import type { Act, Declarations, View } from '../../acts/index.ts';
import { errorCatalogue } from '../../errors/index.ts';
import { version } from '../version.ts';

/** The API as OpenAPI 3.1, from the declarations alone. */
export function openApi(declarations: Declarations): object {
  return {
    openapi: '3.1.0',
    info: { title: 'Muster', version },
    paths: {
      ...Object.fromEntries([...declarations.views.values()].map(viewPath)),
      ...Object.fromEntries([...declarations.acts.values()].map(actPath)),
    },
    components: { schemas: { Error: ERROR } },
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

const AGENCY = { name: 'agency', in: 'path', required: true, schema: { type: 'string' } };

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
