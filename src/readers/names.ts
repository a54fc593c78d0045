/** A longer name would not fit an index. */
const LONGEST = 200;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const PLAIN = /^[ -~]{0,200}$/;

/** Why text cannot name anything, so that two that look alike are alike; undefined if it can. */
export function refusedName(text: string): string | undefined {
  if (PLAIN.test(text)) return undefined;
  if (text.length > LONGEST) return `is longer than ${LONGEST} characters`;
  return INVISIBLE.test(text) ? 'holds a line break or an invisible character' : undefined;
}
