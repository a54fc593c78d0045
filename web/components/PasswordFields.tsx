import { useState } from 'react';
import { count } from '../words.ts';
import type { FormState } from './CheckedForm.tsx';
import { TextField } from './TextField.tsx';

interface PasswordFieldProps {
  readonly state: FormState;
}

/** The password that a person has, with a button that shows it. */
export function PasswordField({ state }: PasswordFieldProps) {
  const shown = useShown([state.idOf('password')], 'password');
  return (
    <>
      <TextField
        state={state}
        name="password"
        title="Password"
        type={shown.type}
        autoComplete="current-password"
        spellCheck={false}
        autoCapitalize="off"
      />
      {shown.button}
    </>
  );
}

/** Whose password it is, for what keeps passwords: a person sees it elsewhere. */
export function UserName({ name }: { readonly name: string }) {
  return <input type="text" name="username" autoComplete="username" value={name} readOnly hidden />;
}

interface NewPasswordFieldsProps extends PasswordFieldProps {
  /** Characters at least, where that is known. */
  readonly least: number | undefined;
}

/** A new password, twice, with a button that shows both. */
export function NewPasswordFields({ state, least }: NewPasswordFieldsProps) {
  const shown = useShown([state.idOf('password'), state.idOf('again')], 'passwords');
  const given = {
    state,
    type: shown.type,
    autoComplete: 'new-password',
    spellCheck: false,
    autoCapitalize: 'off',
  } as const;
  return (
    <>
      <TextField
        {...given}
        name="password"
        title="New password"
        hint={`${least === undefined ? '' : `At least ${count(least, 'character')}. `}Several words that do not belong together are good, and easy to keep in mind.`}
      />
      <TextField {...given} name="again" title="New password again" />
      {shown.button}
    </>
  );
}

function useShown(ids: readonly string[], what: string) {
  const [isShown, setShown] = useState(false);
  return {
    type: isShown ? 'text' : 'password',
    button: (
      <button
        type="button"
        className="usa-show-password"
        aria-controls={ids.join(' ')}
        onClick={() => setShown(!isShown)}
      >
        {isShown ? 'Hide' : 'Show'} {what}
      </button>
    ),
  } as const;
}
