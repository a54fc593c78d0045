import { Link } from '@tanstack/react-router';
import { useTimes } from './AsOf.tsx';

interface RuleNameProps {
  readonly agency: string;
  /** `rulebook/rule`. */
  readonly rule: string;
}

/** A rule by its name, which leads to its rulebook. */
export function RuleName({ agency, rule }: RuleNameProps) {
  const { times } = useTimes();
  return (
    <Link
      className="usa-link"
      to="/$agency/rulebooks"
      params={{ agency }}
      search={times}
      hash={rule.split('/')[0] ?? ''}
    >
      {rule}
    </Link>
  );
}
