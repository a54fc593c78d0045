import type { Multipart, MultipartFile } from '@fastify/multipart';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { daySchema, parseInput, type Actor } from '../../acts/index.ts';
import { MusterError } from '../../errors/index.ts';
import type { AgencyFacts } from '../../programs/inventory/index.ts';
import { requireImporter, takeIn } from '../on-behalf.ts';
import type { Gate } from '../sign-in/gate.ts';
import type { Limits } from './limits.ts';
import { ownAgency, type OfAgency } from './own-routes.ts';
import { visitorOf } from './visit.ts';

/** Each upload holds a connection to the database while it streams: others must find one too. */
const UPLOADS_AT_ONCE = 3;

/** What may be said of a file, before it. */
const saidSchema = z.strictObject({
  reader: z.string().optional(),
  system: z.string().optional(),
  component: z.string().optional(),
  observed: daySchema.optional(),
});

const querySchema = z.strictObject({ dryRun: z.enum(['true', 'false']).default('false') });

/** The route that takes in a file of evidence while it streams, whole or not at all. */
export function addUpload(server: FastifyInstance, gate: Gate, { bodyMilliseconds }: Limits): void {
  let underway = 0;
  server.post<OfAgency>('/api/agencies/:agency/evidence', async (request, reply) => {
    const { actor, agency } = await importerOf(gate, request);
    if (underway >= UPLOADS_AT_ONCE) throw new MusterError('BUSY', 'other files are being taken in');
    underway += 1;
    try {
      return await upload(gate, request, reply, { actor, agency, bodyMilliseconds });
    } finally {
      underway -= 1;
    }
  });
}

/** Who brings in a file, and to which agency. */
interface Importer {
  readonly actor: Actor;
  readonly agency: AgencyFacts;
}

/** INVARIANT: who may bring in nothing takes no place of those who may. */
async function importerOf(gate: Gate, request: FastifyRequest<OfAgency>): Promise<Importer> {
  const visitor = visitorOf(request);
  const agency = await ownAgency(gate, visitor, request.params.agency);
  await requireImporter(gate.house, visitor.actor, agency);
  return { actor: visitor.actor, agency };
}

async function upload(
  gate: Gate,
  request: FastifyRequest<OfAgency>,
  reply: FastifyReply,
  { actor, agency, bodyMilliseconds }: Importer & Pick<Limits, 'bodyMilliseconds'>,
): Promise<object> {
  const { dryRun } = parseInput(querySchema, request.query);
  const parts = request.parts();
  const { said, file } = await within(bodyMilliseconds, request, () => readParts(parts));
  const { observed, ...about } = parseInput(saidSchema, said);
  const stopping = new AbortController();
  // Also once the whole file is there: what nobody will be told of is not taken in.
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) stopping.abort(new MusterError('STOPPED', 'the upload was stopped'));
  });
  return takeIn(gate.house, actor, agency, {
    ...about,
    file: file.filename,
    source: wholeOf(file.file, parts),
    observedOn: observed,
    dryRun: dryRun === 'true',
    signal: stopping.signal,
  });
}

/** What comes before the file comes at once: who dawdles holds a place of others. */
async function within<T>(milliseconds: number, { raw }: FastifyRequest, work: () => Promise<T>): Promise<T> {
  const late = setTimeout(() => raw.destroy(), milliseconds).unref();
  try {
    return await work();
  } finally {
    clearTimeout(late);
  }
}

/** The fields up to the file. Throws BAD_REQUEST where there is none. */
async function readParts(
  parts: AsyncIterableIterator<Multipart>,
): Promise<{ said: Record<string, string>; file: MultipartFile }> {
  const said: Record<string, string> = {};
  for (let next = await parts.next(); !next.done; next = await parts.next()) {
    const part = next.value;
    if (part.type === 'file') return { said, file: part };
    const value = String(part.value).trim();
    if (value !== '') said[part.fieldname] = value;
  }
  throw new MusterError('BAD_REQUEST', 'file: is missing: send one file, after the other fields');
}

/**
 * A file to its very end. The framework ends one at its limit without a word, and what is said
 * after a file would come too late: neither may pass for what was meant.
 */
async function* wholeOf(
  file: MultipartFile['file'],
  parts: AsyncIterableIterator<Multipart>,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of file) yield chunk as Uint8Array;
  } catch (cause) {
    throw new MusterError('STOPPED', 'the upload was stopped before its end', [], { cause });
  }
  if (file.truncated) throw new MusterError('TOO_LARGE', 'the file is larger than Muster takes at once');
  if (!(await parts.next()).done) {
    throw new MusterError('BAD_REQUEST', 'file: must come last: what is said after it comes too late');
  }
}
