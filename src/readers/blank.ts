// U+2800, the Braille pattern without dots, is a symbol by its category.
const UNSEEN = /^[\p{C}\p{Z}\p{DI}\u2800\s]*$/u;

/** Whether there is nothing to see in a text: it is empty, or holds blanks and invisible characters alone. */
export function isBlank(text: string): boolean {
  return UNSEEN.test(text);
}
