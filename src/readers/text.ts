import { isUtf8 } from 'node:buffer';

/** Why the bytes are no UTF-8 text. `byte` counts from 0 at the file's first byte. */
export type TextFault =
  | { readonly fault: 'foreign'; readonly reason: string }
  | { readonly fault: 'nul' | 'not-utf-8'; readonly byte: number };

const SLICE_BYTES = 1 << 16;
const LONGEST_SIGNATURE = 8;
const BOM_BYTES = 3;

/** What to do with a file that is something else, for the format that was meant. */
export interface Remedies {
  /** It is in another encoding. */
  readonly encode: string;
  /** It holds what was meant, packed or in the form of another program. */
  readonly convert: string;
  /** It shows what was meant as a document or a picture. */
  readonly export: string;
}

const CSV_REMEDIES: Remedies = {
  encode: 'save it as CSV (comma delimited, UTF-8)',
  convert: 'save it as CSV (comma delimited, UTF-8)',
  export: 'export the list itself as CSV',
};

const ANY_REMEDIES: Remedies = {
  encode: 'save it as UTF-8',
  convert: 'unpack it, or save it as CSV (comma delimited, UTF-8)',
  export: 'export the list itself as CSV, or the scan as XML',
};

/** What a file is by its first bytes; `remedy` says what helps, or which remedy does. */
type Signature = readonly [
  bytes: readonly number[],
  what: string,
  remedy: { readonly say: string } | keyof Remedies,
];

// The four bytes of UTF-32 come before the two of UTF-16 that they start with.
const SIGNATURES: readonly Signature[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'a zip archive or an Excel workbook, not text', 'convert'],
  [[0x50, 0x4b, 0x05, 0x06], 'an empty zip archive, not text', 'convert'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Excel or Word document, not text', 'convert'],
  [[0x25, 0x50, 0x44, 0x46, 0x2d], 'a PDF, not text', 'export'],
  [[0x89, 0x50, 0x4e, 0x47], 'a PNG picture, not text', 'export'],
  [[0xff, 0xd8, 0xff], 'a JPEG picture, not text', 'export'],
  [[0x1f, 0x8b], 'compressed with gzip', { say: 'unpack it first' }],
  [[0xff, 0xfe, 0x00, 0x00], 'encoded as UTF-32', 'encode'],
  [[0x00, 0x00, 0xfe, 0xff], 'encoded as UTF-32', 'encode'],
  [[0xff, 0xfe], 'encoded as UTF-16', 'encode'],
  [[0xfe, 0xff], 'encoded as UTF-16', 'encode'],
];

/** A `<` in each encoding that starts an XML file without saying so. */
const XML_SIGNATURES: readonly Signature[] = [
  ...SIGNATURES,
  [[0x3c, 0x00, 0x00, 0x00], 'encoded as UTF-32', 'encode'],
  [[0x00, 0x00, 0x00, 0x3c], 'encoded as UTF-32', 'encode'],
  [[0x3c, 0x00], 'encoded as UTF-16', 'encode'],
  [[0x00, 0x3c], 'encoded as UTF-16', 'encode'],
];

/** What a file that starts with `head` is instead of UTF-8 text, and what to do; undefined if nothing known. */
export function foreignFormat(head: Uint8Array): string | undefined {
  return foreign(head, SIGNATURES, ANY_REMEDIES);
}

/** As `foreignFormat`, where a CSV was meant. */
export function foreignToCsv(head: Uint8Array): string | undefined {
  return foreign(head, SIGNATURES, CSV_REMEDIES);
}

/** As `foreignFormat`, where XML was meant; it may be in another encoding without a byte order mark. */
export function foreignToXml(head: Uint8Array, remedies: Remedies): string | undefined {
  return foreign(head, XML_SIGNATURES, remedies);
}

function foreign(head: Uint8Array, signatures: readonly Signature[], remedies: Remedies): string | undefined {
  const known = signatures.find(([bytes]) => bytes.every((byte, index) => head[index] === byte));
  if (!known) return undefined;
  const [, what, remedy] = known;
  return `the file is ${what}: ${typeof remedy === 'string' ? remedies[remedy] : remedy.say}`;
}

/** The text at the start of a file, read leniently: only to see what the file is meant to be. */
export function textOfHead(head: Uint8Array): string {
  const [first, second] = head;
  const encoding =
    (first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)
      ? 'utf-16le'
      : (first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)
        ? 'utf-16be'
        : 'utf-8';
  return new TextDecoder(encoding).decode(head);
}

/**
 * The bytes of a UTF-8 text in slices of at most 64 KiB, without its byte order mark. Ends
 * early with the fault, after everything before it, if they are something else; `foreignTo` says
 * what they are by the first bytes, where they are no text at all.
 */
export async function* textSlices(
  source: AsyncIterable<Uint8Array>,
  foreignTo: (head: Uint8Array) => string | undefined,
): AsyncGenerator<Buffer, TextFault | undefined, undefined> {
  let byte = 0;
  let carried: Buffer = Buffer.alloc(0);
  let started = false;
  for await (const chunk of source) {
    let rest = joined(carried, chunk);
    if (!started && rest.length < LONGEST_SIGNATURE) {
      carried = rest;
      continue;
    }
    if (!started) {
      const reason = foreignTo(rest);
      if (reason !== undefined) return { fault: 'foreign', reason };
      byte = bomLength(rest);
      rest = rest.subarray(byte);
      started = true;
    }
    while (rest.length > 0) {
      const slice = rest.subarray(0, sliceLength(rest));
      if (slice.length === 0) break;
      const fault = faultIn(slice, byte);
      if (fault) {
        yield slice.subarray(0, fault.byte - byte);
        return fault;
      }
      yield slice;
      byte += slice.length;
      rest = rest.subarray(slice.length);
    }
    carried = rest;
  }
  if (!started) {
    const reason = foreignTo(carried);
    if (reason !== undefined) return { fault: 'foreign', reason };
    byte = bomLength(carried);
    carried = carried.subarray(byte);
  }
  const fault = faultIn(carried, byte);
  if (carried.length > 0) yield fault ? carried.subarray(0, fault.byte - byte) : carried;
  return fault;
}

function joined(carried: Buffer, chunk: Uint8Array): Buffer {
  if (carried.length > 0) return Buffer.concat([carried, chunk]);
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

function bomLength(head: Uint8Array): number {
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? BOM_BYTES : 0;
}

/** How much of `bytes` makes a slice that does not end within a character. */
function sliceLength(bytes: Buffer): number {
  const length = Math.min(bytes.length, SLICE_BYTES);
  for (let back = 1; back <= Math.min(3, length); back++) {
    const lead = bytes[length - back] ?? 0;
    if ((lead & 0xc0) === 0x80) continue;
    return characterLength(lead) > back ? length - back : length;
  }
  return length;
}

function characterLength(lead: number): number {
  if (lead >= 0xf0) return 4;
  if (lead >= 0xe0) return 3;
  return lead >= 0xc0 ? 2 : 1;
}

function faultIn(slice: Buffer, byte: number): { fault: 'nul' | 'not-utf-8'; byte: number } | undefined {
  const nul = slice.indexOf(0);
  const text = nul === -1 ? slice : slice.subarray(0, nul);
  if (!isUtf8(text)) return { fault: 'not-utf-8', byte: byte + soundLength(text) };
  return nul === -1 ? undefined : { fault: 'nul', byte: byte + nul };
}

/** How much of `bytes` comes before the first that is no part of a UTF-8 character. */
function soundLength(bytes: Buffer): number {
  let sound = 0;
  while (sound < bytes.length) {
    const next = sound + characterLength(bytes[sound] ?? 0);
    if (!isUtf8(bytes.subarray(sound, next))) break;
    sound = next;
  }
  return sound;
}
