import { Table } from '@trussworks/react-uswds';
import type { ReactNode } from 'react';
import type { BindingRule, BoundDuty } from '../contract.ts';
import { capital } from '../words.ts';
import { Citations } from './Citations.tsx';
import { RuleName } from './RuleName.tsx';

interface BindingTableProps {
  readonly agency: string;
  /** Where it binds, for the caption. */
  readonly place: string;
  readonly duties: readonly BoundDuty[];
}

/** For each duty type and class: what governs there, what is set aside and by what, what stays open. */
export function BindingTable({ agency, place, duties }: BindingTableProps) {
  if (duties.length === 0) return <p>No duty is about it.</p>;
  return (
    <Table
      fullWidth
      bordered={false}
      stackedStyle="headers"
      className="mu-table mu-binding"
      caption={`What binds ${place}`}
    >
      <thead>
        <tr>
          <th scope="col">Duty</th>
          <th scope="col">Governs</th>
          <th scope="col">Set aside</th>
        </tr>
      </thead>
      <tbody>
        {duties.map((bound) => (
          <tr key={`${bound.duty} ${bound.classes.join()}`}>
            <th scope="row" data-label="Duty">
              {capital(bound.title)}
              <span className="mu-under">
                {bound.program} · class {bound.classes.join(', ')}
              </span>
            </th>
            <td data-label="Governs">
              <Governing agency={agency} bound={bound} />
            </td>
            <td data-label="Set aside">
              {bound.setAside.length === 0 ? (
                <span className="mu-none">nothing</span>
              ) : (
                <Rules agency={agency} rules={bound.setAside}>
                  {(rule) => <span className="mu-under">by {rule.by}</span>}
                </Rules>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Governing({ agency, bound }: { readonly agency: string; readonly bound: BoundDuty }) {
  const { governs, leavesOpen, needs } = bound;
  if (governs.length + leavesOpen.length + needs.length === 0) {
    return <span className="mu-none">no rule binds</span>;
  }
  return (
    <>
      <Rules agency={agency} rules={governs}>
        {/* Of several, why each governs is what tells them apart. */}
        {({ because }) => (governs.length > 1 ? <span className="mu-under">{because}</span> : null)}
      </Rules>
      {needs.length > 0 && <p className="mu-open">Undetermined for want of {needs.join('; ')}</p>}
      {leavesOpen.length > 0 && (
        <>
          {needs.length === 0 && <p className="mu-open">Leaves the period open</p>}
          <Rules agency={agency} rules={leavesOpen} />
        </>
      )}
    </>
  );
}

interface RulesProps<Rule extends BindingRule> {
  readonly agency: string;
  readonly rules: readonly Rule[];
  readonly children?: (rule: Rule) => ReactNode;
}

function Rules<Rule extends BindingRule>({ agency, rules, children }: RulesProps<Rule>) {
  return (
    <ul className="mu-plain">
      {rules.map((rule) => (
        <li key={rule.rule}>
          <strong>{capital(rule.deadline)}</strong>
          {rule.force !== 'required' && ` (${rule.force})`}
          <span className="mu-under">
            <RuleName agency={agency} rule={rule.rule} /> · {rule.title}
          </span>
          {children?.(rule)}
          <span className="mu-under">
            <Citations cites={rule.cites} />
          </span>
        </li>
      ))}
    </ul>
  );
}
