/** A number and what it counts: `1 entry`, `7 entries`. */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** What somebody else wrote, for the terminal: nothing in it steers that, or turns the direction of writing. */
export function shown(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd');
}
