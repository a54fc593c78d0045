const LONGEST = 200;
const MOST = 20_000;
const LONGEST_KNOWN = 400;

const BLANK = /[\s\p{C}\p{Zl}\p{Zp}]+/gu;

/**
 * Text for people, on one line, without invisible characters, cut to 200. The same few titles
 * come back at every host: each is cleaned once, and kept once. What a parser hands over is a
 * view of its whole slice of the file, which would be kept with it.
 */
export class Words {
  readonly #known = new Map<string, string>();

  clean(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const words = ofItsOwn(cut(text.replaceAll(BLANK, ' ').trim()));
    if (text.length > LONGEST_KNOWN) return words;
    if (this.#known.size >= MOST) this.#known.clear();
    this.#known.set(ofItsOwn(text), words);
    return words;
  }
}

/** The same text, holding on to nothing else. */
export function ofItsOwn(text: string): string {
  return Buffer.from(text).toString();
}

function cut(text: string): string {
  if (text.length <= LONGEST) return text;
  return text
    .slice(0, LONGEST)
    .toWellFormed()
    .replace(/\uFFFD$/, '')
    .trim();
}
