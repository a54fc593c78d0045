import { useNavigate } from '@tanstack/react-router';
import type { Agency } from '../contract.ts';

interface AgencyChoiceProps {
  readonly agency: string;
  readonly agencies: readonly Agency[];
}

/** Which agency is looked at; a single one needs no choosing. */
export function AgencyChoice({ agency, agencies }: AgencyChoiceProps) {
  const navigate = useNavigate();
  if (agencies.length < 2) return <span className="mu-agency">{agency}</span>;
  return (
    <select
      className="usa-select mu-agency-select"
      aria-label="Agency"
      value={agency}
      onChange={(event) => void navigate({ to: '/$agency/duties', params: { agency: event.target.value } })}
    >
      {agencies.map(({ code }) => (
        <option key={code}>{code}</option>
      ))}
    </select>
  );
}
