import { type SaxesOptions, SaxesParser, type SaxesTagPlain } from 'saxes';
import { Batches } from './batches.ts';
import type { ReadOutcome } from './reader.ts';
import { Refusals, quoted } from './refusals.ts';
import { type Remedies, type TextFault, foreignToXml, textSlices } from './text.ts';
import { DOCTYPE, faultOfProlog, wordsFor } from './xml-faults.ts';

export type Attributes = Readonly<Record<string, string>>;

/** What to do with an element: go into it, take its text as well, or pass over all that is in it. */
export type Interest = 'enter' | 'text' | 'skip';

/** What a format makes of the elements of one file, told of them in the order of the file. */
export interface XmlDocument {
  /** A start tag and the line on which it starts. */
  open(name: string, attributes: Attributes, line: number): Interest;
  /** The end of an element that was not passed over, and its own text if that was asked for. */
  close(text: string): void;
  /** The end of a file that is sound as XML. */
  finish(): void;
  readonly rows: number;
  notices(): readonly string[];
}

/** Where a document leaves what it has to say. */
export interface Outlet<O> {
  /** Discarded once anything was refused. */
  keep(observation: O): void;
  refuse(at: string, reason: string): void;
}

/** A format of XML. */
export interface XmlFormat<O> {
  readonly root: string;
  /** What a file with another root element is, and what to do. */
  whyOtherRoot(root: string): string;
  readonly remedies: Remedies;
  document(outlet: Outlet<O>): XmlDocument;
}

const KIB = 1024;
const LONGEST_PROLOG = 64 * KIB;
const LONGEST_TAG = 1024 * KIB;
const LONGEST_MARKUP = 2048 * KIB;
const LONGEST_SKIPPED = 16 * 1024 * KIB;
const DEEPEST = 100;
const MOST_ATTRIBUTES = 100;
const NO_ROOT = `has no element in its first ${LONGEST_PROLOG / KIB} KiB: it is not what it is meant to be`;

/**
 * Reads elements, and hands over observations in batches of 2,000. Strict and bounded: UTF-8
 * alone; no DOCTYPE and no entities but XML's own five; 100 deep, 100 attributes an element,
 * 1 MiB a tag or a text that was asked for, 2 MiB a comment, an instruction or a CDATA section,
 * 16 MiB a text that is passed over. Every fault of the bytes ends the reading in one refusal;
 * after the first refusal no further batch comes.
 */
export async function* readXml<O>(
  source: AsyncIterable<Uint8Array>,
  format: XmlFormat<O>,
): AsyncGenerator<readonly O[], ReadOutcome, undefined> {
  const refusals = new Refusals();
  const batches = new Batches<O>();
  const document = format.document({
    keep: (observation) => {
      if (refusals.count === 0) batches.keep(observation);
    },
    refuse: (at, reason) => refusals.add(at, reason),
  });
  const parsing = new Parsing(format, document);
  const slices = textSlices(source, (head) => foreignToXml(head, format.remedies));
  try {
    for (;;) {
      const next = await slices.next();
      const fault = next.done ? parsing.end(next.value) : parsing.feed(next.value.toString());
      if (fault) refusals.add(fault.at, fault.reason);
      else if (next.done) document.finish();
      if (fault || next.done) break;
      if (refusals.count === 0) yield* batches.full();
    }
    if (refusals.count === 0) yield* batches.all();
    return { rows: document.rows, notices: document.notices(), refused: refusals.list() };
  } finally {
    await slices.return(undefined);
  }
}

/** Thrown out of the parser's events to end the parsing. */
class Fault extends Error {
  readonly at: string;
  readonly reason: string;

  constructor(at: string, reason: string) {
    super(reason);
    this.at = at;
    this.reason = reason;
  }
}

type Listening = Pick<
  SaxesParser<{ xmlns: false }>,
  'on' | 'off' | 'write' | 'close' | 'line' | 'column' | 'position'
>;

const Saxes: new (options: SaxesOptions) => Listening = SaxesParser;

/**
 * The parser adds a property for each listener when it is set, and V8 moves an object that grows
 * so late into a slow table: parsing then takes seven times as long. Named here beforehand they
 * cost nothing. Were the parser to call them otherwise, only the speed would be lost.
 */
class Parser extends Saxes {
  errorHandler = undefined;
  xmldeclHandler = undefined;
  doctypeHandler = undefined;
  openTagStartHandler = undefined;
  attributeHandler = undefined;
  openTagHandler = undefined;
  closeTagHandler = undefined;
  textHandler = undefined;
  cdataHandler = undefined;
  commentHandler = undefined;
  piHandler = undefined;
}

/** One file on its way through the parser. */
class Parsing {
  readonly #parser = new Parser({
    xmlns: false,
    position: false,
    defaultXMLVersion: '1.0',
    forceXMLVersion: true,
  });
  readonly #format: Pick<XmlFormat<unknown>, 'root' | 'whyOtherRoot' | 'remedies'>;
  readonly #document: XmlDocument;
  /** The text before the root element. */
  #prolog = '';
  #rooted = false;
  #depth = 0;
  /** The depth of the element that is passed over, or whose text is taken; 0 if none is. */
  #skipped = 0;
  #taken = 0;
  #text = '';
  #tagLine = 1;
  #inTag = false;
  #attributes = 0;
  #fed = 0;
  /** How much of it there was when something last came of it. */
  #heard = 0;
  /** Whether a `<` was fed since: then the parser keeps what follows, until it ends. */
  #inMarkup = false;

  constructor(format: Pick<XmlFormat<unknown>, 'root' | 'whyOtherRoot' | 'remedies'>, document: XmlDocument) {
    this.#format = format;
    this.#document = document;
    const parser = this.#parser;
    parser.on('error', ({ message }) => this.#fail(wordsFor(message)));
    parser.on('xmldecl', ({ encoding }) => this.#checkEncoding(encoding));
    parser.on('doctype', () => this.#fail(DOCTYPE));
    parser.on('opentagstart', () => this.#startTag());
    parser.on('attribute', () => this.#countAttribute());
    parser.on('opentag', (tag) => this.#open(tag));
    parser.on('closetag', () => this.#close());
    parser.on('cdata', (text) => {
      this.#hear();
      this.#take(text);
    });
    parser.on('comment', () => this.#hear());
    parser.on('processinginstruction', () => this.#hear());
  }

  feed(text: string): Fault | undefined {
    if (!this.#rooted) this.#prolog += text;
    return this.#faultOf(() => {
      this.#parser.write(text);
      if (!this.#rooted && this.#prolog.length >= LONGEST_PROLOG) this.#fail(NO_ROOT);
      this.#bound(text);
    });
  }

  /** Refuses what has gone on for too long, now that `text` was fed. */
  #bound(text: string): void {
    this.#fed += text.length;
    const quiet = this.#fed - this.#heard;
    const unheard = Math.max(0, text.length - quiet);
    this.#inMarkup = (unheard === 0 && this.#inMarkup) || text.includes('<', unheard);
    const kept = this.#inMarkup ? LONGEST_MARKUP : LONGEST_SKIPPED;
    const bound = this.#inTag || this.#taken > 0 ? LONGEST_TAG : kept;
    if (quiet > bound) this.#fail(`holds a tag or a text of more than ${bound / KIB / KIB} MiB`);
  }

  /** The end of the text, at the file's end or before the fault of its bytes. */
  end(fault: TextFault | undefined): Fault | undefined {
    if (fault?.fault === 'foreign') return new Fault('file', fault.reason);
    const line = `line ${this.#parser.line}`;
    if (fault) return new Fault(line, this.#whyNoText(fault));
    if (this.#prolog === '') return new Fault('file', 'the file is empty');
    const open = this.#depth > 0 || this.#inTag;
    const cutOff = this.#faultOf(() => void this.#parser.close());
    if (!cutOff || !open) return cutOff;
    return new Fault(line, `the file ends before its root element does: it is cut off`);
  }

  #whyNoText({ fault, byte }: Exclude<TextFault, { fault: 'foreign' }>): string {
    const what =
      fault === 'nul'
        ? 'a NUL byte: the file is damaged, or it is not text in UTF-8'
        : `no UTF-8: the file is damaged, or in another encoding; ${this.#format.remedies.encode}`;
    return `byte ${byte} of the file is ${what}`;
  }

  #faultOf(parse: () => void): Fault | undefined {
    try {
      parse();
      return undefined;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return error;
    }
  }

  #fail(reason: string): never {
    const line = `line ${this.#parser.line}`;
    const before = this.#rooted ? undefined : faultOfProlog(this.#prolog, this.#format.remedies);
    throw new Fault(before?.at ?? line, before?.reason ?? reason);
  }

  #checkEncoding(encoding: string | undefined): void {
    if (encoding === undefined || /^(?:utf-?8|us-ascii|ascii)$/i.test(encoding)) return;
    const { encode } = this.#format.remedies;
    throw new Fault('line 1', `the file says that it is encoded as ${quoted(encoding)}: ${encode}`);
  }

  #startTag(): void {
    this.#hear();
    this.#inTag = true;
    this.#attributes = 0;
    // The character after the name was read already; it may be the line's end.
    const { line, column } = this.#parser;
    this.#tagLine = column === 0 ? line - 1 : line;
    if (this.#depth >= DEEPEST) this.#fail(`nests elements more than ${DEEPEST} deep`);
  }

  #countAttribute(): void {
    this.#attributes += 1;
    if (this.#attributes > MOST_ATTRIBUTES) {
      this.#fail(`has an element with more than ${MOST_ATTRIBUTES} attributes`);
    }
  }

  #open({ name, attributes }: SaxesTagPlain): void {
    this.#hear();
    this.#inTag = false;
    this.#depth += 1;
    if (!this.#rooted) this.#openRoot(name);
    if (this.#skipped > 0) return;
    const interest = this.#taken > 0 ? 'skip' : this.#document.open(name, attributes, this.#tagLine);
    if (interest === 'skip') this.#skipped = this.#depth;
    else if (interest === 'text') this.#takeTexts(true);
  }

  #openRoot(name: string): void {
    this.#rooted = true;
    this.#prolog = ' ';
    if (name !== this.#format.root) {
      throw new Fault(`line ${this.#tagLine}`, this.#format.whyOtherRoot(name));
    }
  }

  #close(): void {
    this.#hear();
    this.#inTag = false;
    this.#depth -= 1;
    if (this.#skipped > 0) {
      if (this.#depth < this.#skipped) this.#skipped = 0;
      return;
    }
    const text = this.#text;
    if (this.#taken > 0) this.#takeTexts(false);
    this.#document.close(text);
  }

  /** Texts that nobody asked for are not even put together: they are most of a file. */
  #takeTexts(take: boolean): void {
    this.#taken = take ? this.#depth : 0;
    this.#text = '';
    if (take) this.#parser.on('text', this.#take);
    else this.#parser.off('text');
  }

  readonly #take = (text: string): void => {
    if (this.#taken === 0 || this.#skipped > 0) return;
    this.#text += text;
    if (this.#text.length > LONGEST_TAG)
      this.#fail(`holds a text of more than ${LONGEST_TAG / KIB / KIB} MiB`);
  };

  #hear(): void {
    this.#heard = this.#parser.position;
  }
}
