/** Where the words stand, one citation a line. */
export function Citations({ cites }: { readonly cites: readonly string[] }) {
  if (cites.length === 0) return <span className="mu-none">none given</span>;
  return (
    <ul className="mu-plain">
      {cites.map((cite) => (
        <li key={cite}>
          <cite>{cite}</cite>
        </li>
      ))}
    </ul>
  );
}
