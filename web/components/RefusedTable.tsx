import { Table } from '@trussworks/react-uswds';
import type { Refusal } from '../contract.ts';
import { wordNumber } from '../words.ts';

const SHOWN = 100;

/** Each thing that was not taken: where, and why. */
export function RefusedTable({ refused }: { readonly refused: readonly Refusal[] }) {
  const rest = refused.length - SHOWN;
  return (
    <>
      <Table compact scrollable bordered={false} className="mu-table" caption="Refused">
        <thead>
          <tr>
            <th scope="col">Where</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {refused.slice(0, SHOWN).map(({ at, reason }) => (
            <tr key={`${at} ${reason}`}>
              <td>{at}</td>
              <td>{reason}</td>
            </tr>
          ))}
        </tbody>
      </Table>
      {rest > 0 && <p>And {wordNumber(rest)} more.</p>}
    </>
  );
}
