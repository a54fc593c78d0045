import { Table } from '@trussworks/react-uswds';
import type { ConsideredRule } from '../contract.ts';
import { wordVerdict } from '../words.ts';
import { Citations } from './Citations.tsx';
import { DayText } from './DayText.tsx';
import { DayWords } from './DayWords.tsx';
import { RuleName } from './RuleName.tsx';

interface ConsideredRulesProps {
  readonly agency: string;
  readonly considered: readonly ConsideredRule[];
}

/** Every rule that was weighed: which governs, and why each of the others does not. */
export function ConsideredRules({ agency, considered }: ConsideredRulesProps) {
  if (considered.length === 0) return <p>No rule of an adopted rulebook is about this duty.</p>;
  return (
    <Table fullWidth bordered={false} stackedStyle="headers" className="mu-table">
      <thead>
        <tr>
          <th scope="col">Rule</th>
          <th scope="col">Verdict</th>
          <th scope="col">Because</th>
          <th scope="col">Citations</th>
          <th scope="col">Edition</th>
        </tr>
      </thead>
      <tbody>
        {considered.map((rule) => (
          <RuleRow key={`${rule.rule} ${rule.entry}`} agency={agency} rule={rule} />
        ))}
      </tbody>
    </Table>
  );
}

interface RuleRowProps {
  readonly agency: string;
  readonly rule: ConsideredRule;
}

function RuleRow({ agency, rule }: RuleRowProps) {
  return (
    <tr className={`mu-verdict--${rule.verdict}`}>
      <th scope="row" data-label="Rule">
        <RuleName agency={agency} rule={rule.rule} />
        <span className="mu-under">
          {rule.title}
          {rule.force !== null && ` · ${rule.force}`}
        </span>
      </th>
      <td data-label="Verdict">
        <strong>{wordVerdict(rule.verdict)}</strong>
        {rule.by !== null && <span className="mu-under">by {rule.by}</span>}
      </td>
      <td data-label="Because">
        <DayWords text={rule.because} />
      </td>
      <td data-label="Citations">
        <Citations cites={rule.cites} />
      </td>
      <td data-label="Edition">
        {rule.edition ? (
          <>
            from <DayText day={rule.edition.from} />
            {rule.edition.triggersFrom !== rule.edition.from && (
              <span className="mu-under">
                for triggers from <DayText day={rule.edition.triggersFrom} />
              </span>
            )}
          </>
        ) : (
          'none in force'
        )}
        <span className="mu-under">adopted by entry {rule.entry}</span>
      </td>
    </tr>
  );
}
