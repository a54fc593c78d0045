/** A sentence of the server's in which no day is broken over two lines. */
export function DayWords({ text }: { readonly text: string }) {
  return text.split(/(\d{4}-\d{2}-\d{2})/).map((part, place) =>
    place % 2 === 0 ? (
      part
    ) : (
      // oxlint-disable-next-line react/no-array-index-key -- the parts of a sentence have no other name
      <span key={place} className="mu-day">
        {part}
      </span>
    ),
  );
}
