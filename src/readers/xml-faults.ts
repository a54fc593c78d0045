import { quoted } from './refusals.ts';
import type { Remedies } from './text.ts';

/** Why a file is refused, and where. */
export interface PlacedReason {
  readonly at: string;
  readonly reason: string;
}

const DAMAGED = 'the file is damaged, or was not written by a program that writes XML';
const CHARACTER = 'has a character that XML does not allow there';
const REFERENCE = `has a \`&\` that starts no character reference of XML's own: ${DAMAGED}`;
const DECLARATION = `has an XML declaration that is not well formed: ${DAMAGED}`;
const TAG = `has a tag that is not well formed: ${DAMAGED}`;
const NESTING = `closes an element that is not the one that is open: ${DAMAGED}`;
const MARKUP = `has a comment or an instruction that is not well formed: ${DAMAGED}`;

/** Why a file with a document type is refused; its entities could stand for anything, or grow without end. */
export const DOCTYPE =
  'has a DOCTYPE, which no scanner writes and Muster does not read: export the file again';

/** What stands in the parser's messages, most particular first, and what it means for a person. */
const WORDS: readonly (readonly [part: string, reason: string])[] = [
  ['doctype', DOCTYPE],
  ['unexpected close tag', NESTING],
  ['unmatched closing tag', NESTING],
  ['unclosed tag', 'the file ends before its root element does: it is cut off'],
  ['unexpected end', 'the file ends in the midst of something: it is cut off'],
  ['undefined entity', `refers to an entity, and none are read but XML's own five: ${DAMAGED}`],
  ['entity', REFERENCE],
  ['XML declaration', DECLARATION],
  ['XML declarations', DECLARATION],
  ['version number', DECLARATION],
  ['encoding value', DECLARATION],
  ['standalone value', DECLARATION],
  ['expected', DECLARATION],
  ['did not expect', DECLARATION],
  ['value required', DECLARATION],
  ['value must be quoted', DECLARATION],
  ['whitespace required', DECLARATION],
  ['outside of root', 'has text after the end of its root element: two files may have been joined'],
  ['only one root', 'has a second root element: two files may have been joined'],
  ['must contain a root', 'has no element: the file is cut off, or it is not XML'],
  ['duplicate attribute', 'has the same attribute twice in one element'],
  ['comment', MARKUP],
  ['processing instruction', MARKUP],
  ['"]]>"', `has \`]]>\` in its text: ${DAMAGED}`],
  ['in tag name', TAG],
  ['attribute', TAG],
  ['forward-slash', TAG],
  ['close tag', TAG],
  ['closing tag', TAG],
  ['disallowed character', CHARACTER],
];

/** A message of the parser, which may quote the file, as a reason that does not. */
export function wordsFor(message: string): string {
  const start = message.slice(0, 60);
  return WORDS.find(([part]) => start.includes(part))?.[1] ?? `is not well-formed XML: ${DAMAGED}`;
}

const DOCTYPE_START = /<!doctype(\s+html\b)?/i;

/** What a file is whose start is no XML, or has a document type; undefined if that is not what is wrong. */
export function faultOfProlog(prolog: string, remedies: Remedies): PlacedReason | undefined {
  const first = /[^\s\uFEFF]/.exec(prolog)?.[0];
  if (first === undefined) return undefined;
  if (first === '{' || first === '[') {
    return { at: 'line 1', reason: `the file is JSON or the like, not XML: ${remedies.convert}` };
  }
  if (first !== '<')
    return { at: 'line 1', reason: `the file does not begin as XML does: ${remedies.convert}` };
  const doctype = DOCTYPE_START.exec(prolog);
  if (!doctype) return undefined;
  if (doctype[1] !== undefined)
    return { at: 'line 1', reason: `the file is an HTML page: ${remedies.convert}` };
  const line = 1 + (prolog.slice(0, doctype.index).match(/\r\n|[\r\n]/g)?.length ?? 0);
  return { at: `line ${line}`, reason: DOCTYPE };
}

const OTHER_ROOTS: Readonly<Record<string, string>> = {
  html: 'an HTML page',
  report: 'a report of Greenbone or OpenVAS',
  get_reports_response: 'a report of Greenbone or OpenVAS',
  ASSET_DATA_REPORT: 'a report of Qualys',
  SCAN: 'a report of Qualys',
  nmaprun: 'a scan of Nmap',
  NexposeReport: 'a report of Nexpose',
  CHECKLIST: 'a STIG checklist',
  Benchmark: 'an XCCDF benchmark',
  TestResult: 'an XCCDF test result',
  'arf:asset-report-collection': 'an ARF collection',
  NessusClientData: 'a scan in the first version of the Nessus format',
  NessusClientData_v2: 'a scan in the second version of the Nessus format',
};

/** What a file with another root element than the one meant is. */
export function describeRoot(root: string): string {
  const known = Object.hasOwn(OTHER_ROOTS, root) ? OTHER_ROOTS[root] : undefined;
  return `the root element is ${quoted(root)}${known === undefined ? '' : `: the file is ${known}`}`;
}
