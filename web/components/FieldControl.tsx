import type { AskedField } from '../asked-fields.ts';
import { capital } from '../words.ts';

/** A text that may be longer than this is written in a box of several lines: a mail address is not. */
const ONE_LINE = 255;

interface FieldControlProps {
  readonly id: string;
  readonly field: AskedField;
  readonly defaultValue?: string | undefined;
  /** What stands for no choice; a choice that has a default is never none. */
  readonly none: string;
  /** The ids of the hint and of the error. */
  readonly describedBy?: string | undefined;
  readonly invalid?: boolean;
  readonly onChoose?: ((form: HTMLFormElement | null) => void) | undefined;
}

/** The control that a declared field is written in: a list, a day, a number, a line or a box. */
export function FieldControl({ id, field, none, describedBy, invalid = false, ...props }: FieldControlProps) {
  const { name, kind, choices, maxLength } = field;
  const said = {
    id,
    name,
    defaultValue: props.defaultValue ?? field.default ?? '',
    'aria-describedby': describedBy,
    'aria-invalid': invalid || undefined,
    'aria-required': field.required || undefined,
  };
  const wrong = invalid ? ' usa-input--error' : '';
  if (kind === 'choice') {
    return (
      <select
        {...said}
        className={`usa-select${wrong}`}
        onChange={({ target }) => props.onChoose?.(target.form)}
      >
        {field.default === null && <option value="">{none}</option>}
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {field.choiceWords?.[choice] ?? capital(choice)}
          </option>
        ))}
      </select>
    );
  }
  if (kind === 'text' && maxLength !== null && maxLength > ONE_LINE) {
    return (
      <textarea {...said} className={`usa-textarea mu-textarea${wrong}`} rows={3} maxLength={maxLength} />
    );
  }
  return (
    <input
      {...said}
      className={`usa-input${wrong}`}
      type={kind === 'day' ? 'date' : 'text'}
      {...(kind === 'number' && { inputMode: 'numeric' as const })}
      {...(maxLength !== null && { maxLength })}
    />
  );
}
