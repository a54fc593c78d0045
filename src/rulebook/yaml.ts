import {
  type Document,
  LineCounter,
  type Node,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  parseDocument,
} from 'yaml';
import type { Problem } from './rulebook.ts';
import { shorten } from './suggest.ts';

export type Path = readonly PropertyKey[];

/** A YAML file as plain values that still knows where each stood. */
export interface Source {
  readonly value: unknown;
  /** Where the value at a path starts in the text, or the nearest one around it; with `'key'`, where its key does. */
  readonly offsetOf: (path: Path, of?: 'key') => number;
  /** `irm-10.8.24.yaml line 12, column 5`. */
  readonly where: (offset: number) => string;
  readonly lineOf: (path: Path) => number;
}

/** A problem before its place is put in words. */
export interface Complaint {
  readonly offset: number;
  readonly message: string;
}

const MOST_BYTES = 256 * 1024;
const MOST_DEPTH = 12;
const MOST_PROBLEMS = 50;

/**
 * Reads one YAML document of plain maps, lists and scalars. Anchors, aliases, tags and further
 * documents are refused: rulebooks are read by people, and need none of them.
 */
export function readYaml(text: string, fileName: string): Source | { readonly problems: readonly Problem[] } {
  if (Buffer.byteLength(text) > MOST_BYTES) {
    return { problems: [problem(fileName, 'the file is larger than 256 KiB: split the rulebook')] };
  }
  const lines = new LineCounter();
  const document = parse(text, lines);
  const where = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${fileName} line ${line}, column ${col}`;
  };
  const complaints = [...syntaxComplaints(document), ...plainnessComplaints(document.contents)];
  if (complaints.length > 0) return { problems: inOrder(complaints, where) };
  const place: Source['offsetOf'] = (path, of) => offsetOf(document.contents, path, of);
  return {
    value: document.toJS(),
    offsetOf: place,
    where,
    lineOf: (path) => lines.linePos(place(path)).line,
  };
}

/** The first problems in order of their places; nobody reads thousands. */
export function inOrder(complaints: readonly Complaint[], where: Source['where']): Problem[] {
  return complaints
    .toSorted((a, b) => a.offset - b.offset)
    .slice(0, MOST_PROBLEMS)
    .map(({ offset, message }) => problem(where(offset), message));
}

export function problem(at: string, message: string, level: Problem['level'] = 'error'): Problem {
  return { at, message, level };
}

function parse(text: string, lineCounter: LineCounter): Document.Parsed {
  return parseDocument(text, {
    lineCounter,
    version: '1.2',
    schema: 'core',
    strict: true,
    prettyErrors: false,
    // Looked for here instead: the library's search is quadratic.
    uniqueKeys: false,
  });
}

function syntaxComplaints({ contents, errors }: Document.Parsed): Complaint[] {
  if (contents === null && errors.length === 0) {
    return [{ offset: 0, message: 'the file is empty: a rulebook starts with `rulebook:` and its id' }];
  }
  const deep = errors.find(({ message }) => message.includes('call stack'));
  if (deep) return [{ offset: deep.pos[0], message: 'nested too deeply' }];
  return errors.map(({ code, message, pos: [offset] }) =>
    code === 'MULTIPLE_DOCS'
      ? { offset, message: 'a second document: a rulebook is one YAML document' }
      : { offset, message: `not YAML: ${message.split('\n', 1)[0]}` },
  );
}

/** INVARIANT: a document without these problems holds only maps with distinct text keys, lists and scalars. */
function plainnessComplaints(contents: Node | null): Complaint[] {
  const complaints: Complaint[] = [];
  const rest: { readonly node: unknown; readonly depth: number }[] = [{ node: contents, depth: 1 }];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { node, depth } = next;
    if (!isNode(node)) continue;
    const message = depth > MOST_DEPTH ? 'nested too deeply' : unplain(node);
    if (message === undefined) {
      if (isMap(node)) complaints.push(...keyComplaints(node.items));
      for (const child of childrenOf(node)) rest.push({ node: child, depth: depth + 1 });
    } else complaints.push({ offset: startOf(node), message });
  }
  return complaints;
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

function unplain(node: Node): string | undefined {
  if (isAlias(node)) return 'an alias (`*name`): write the value out';
  if ('anchor' in node && node.anchor !== undefined)
    return 'an anchor (`&name`): write the value out where it is used';
  if (node.tag !== undefined) return `a tag (\`${shorten(node.tag)}\`): leave it out`;
  return undefined;
}

function childrenOf(node: Node): readonly unknown[] {
  if (isMap(node)) return node.items.flatMap((pair) => [pair.key, pair.value]);
  return isSeq(node) ? node.items : [];
}

function keyComplaints(pairs: readonly { key: unknown }[]): Complaint[] {
  const seen = new Set<string>();
  return pairs.flatMap(({ key }) => {
    const offset = startOf(key);
    if (!isScalar(key) || typeof key.value !== 'string') return [{ offset, message: 'a key must be text' }];
    // `__proto__` is no key that anything here knows, and means something else in JavaScript.
    if (key.value === '__proto__') return [{ offset, message: 'unknown key `__proto__`' }];
    if (seen.has(key.value))
      return [{ offset, message: `the key \`${shorten(key.value)}\` stands here twice` }];
    seen.add(key.value);
    return [];
  });
}

function offsetOf(contents: Node | null, path: Path, of?: 'key'): number {
  let node: unknown = contents;
  let offset = contents?.range?.[0] ?? 0;
  for (const [i, step] of path.entries()) {
    // One item may stand without the brackets of its list.
    if (step === 0 && !isSeq(node)) continue;
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === step) : undefined;
    const child = isSeq(node) && typeof step === 'number' ? node.items[step] : pair?.value;
    const wanted = pair && ((of === 'key' && i === path.length - 1) || !hasPlace(child)) ? pair.key : child;
    if (!isNode(wanted)) return offset;
    offset = wanted.range?.[0] ?? offset;
    node = child;
  }
  return offset;
}

/** A value left empty (`title:`) stands nowhere; its key does. */
function hasPlace(node: unknown): boolean {
  return isNode(node) && !!node.range && node.range[1] > node.range[0];
}
