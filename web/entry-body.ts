/** The body of an entry as a person reads it. */
export interface BodyRead {
  /** All of it but the texts, as JSON on several lines. */
  readonly json: string;
  /** Its members that are texts of several lines: JSON would put each on one. */
  readonly texts: readonly { readonly name: string; readonly text: string }[];
}

export function readBody(body: unknown): BodyRead {
  const isPlain = typeof body === 'object' && body !== null && !Array.isArray(body);
  const members: readonly (readonly [string, unknown])[] = isPlain ? Object.entries(body) : [];
  const texts = members.flatMap(([name, text]) =>
    typeof text === 'string' && text.trimEnd().includes('\n') ? [{ name, text }] : [],
  );
  const rest = members.filter(([name]) => !texts.some((each) => each.name === name));
  return { json: JSON.stringify(isPlain ? Object.fromEntries(rest) : body, undefined, 2), texts };
}
