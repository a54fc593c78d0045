import { Label, Select } from '@trussworks/react-uswds';
import { useId } from 'react';

interface ChoiceProps {
  readonly label: string;
  readonly name: string;
  /** The choice that is none; undefined where there must be one. */
  readonly all: string | undefined;
  readonly value: string | undefined;
  readonly choices: readonly { readonly value: string; readonly text: string }[];
  readonly onChoose: (value: string | undefined) => void;
}

/** One filter; a value that is not among the choices (from an address) is shown as it is. */
export function Choice({ label, name, all, value, choices, onChoose }: ChoiceProps) {
  const id = useId();
  const known = value === undefined || choices.some((choice) => choice.value === value);
  const shown = known ? choices : [...choices, { value, text: value }];
  return (
    <div className="mu-choice">
      <Label htmlFor={id}>{label}</Label>
      <Select
        id={id}
        name={name}
        value={value ?? ''}
        onChange={(event) => onChoose(event.target.value === '' ? undefined : event.target.value)}
      >
        {all !== undefined && <option value="">{all}</option>}
        {shown.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.text}
          </option>
        ))}
      </Select>
    </div>
  );
}
