const NEAR = 3;

/** The one of `known` that was probably meant by `written`, if one is near enough. */
function nearest(written: string, known: readonly string[]): string | undefined {
  const text = written.slice(0, 80).toLowerCase();
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of known) {
    const distance = editDistance(text, name.toLowerCase());
    if (distance < (best?.distance ?? Math.min(NEAR, name.length / 2) + 1)) best = { name, distance };
  }
  return best?.name;
}

/** "; did you mean `cloud`?" where something is near, else nothing: for after what there is to choose from. */
export function didYouMean(written: string, known: readonly string[]): string {
  const name = nearest(written, known);
  return name === undefined ? '' : `; did you mean \`${name}\`?`;
}

/** "did you mean `cloud`?" where something is near, else what there is to choose from. */
export function hint(written: string, known: readonly string[]): string {
  const name = nearest(written, known);
  return name === undefined ? `known: ${known.join(', ')}` : `did you mean \`${name}\`?`;
}

/** How many characters must be put in, taken out or changed to get from one text to the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** What a file wrote, fit for a message: not endless, and without characters that could rewrite a terminal. */
export function shorten(written: string): string {
  const text = written.replaceAll(/\p{Cc}/gu, '\uFFFD');
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
