import { Alert } from '@trussworks/react-uswds';
import { useEffect, useRef } from 'react';
import type { Me } from '../contract-person.ts';
import { wrongPassword } from '../new-password.ts';
import { changePassword } from '../person-api.ts';
import { CheckedForm, exactly } from './CheckedForm.tsx';
import { NewPasswordFields, UserName } from './PasswordFields.tsx';
import { TextField } from './TextField.tsx';
import { useAccountChange } from './use-account-change.ts';

const FIELDS = [
  { name: 'current', title: 'Password until now', required: true },
  { name: 'password', title: 'New password', required: true },
  { name: 'again', title: 'New password again', required: true },
] as const;

interface Change {
  readonly current: string;
  readonly password: string;
}

export function AccountPassword({ me }: { readonly me: Me }) {
  const changing = useAccountChange(({ current, password }: Change) => changePassword(current, password));
  return (
    <>
      {changing.isSuccess && <Done key={changing.submittedAt}>Your password is changed.</Done>}
      <CheckedForm
        // Once it is changed the form is empty again.
        key={changing.isSuccess ? changing.submittedAt : 'new'}
        label="Change your password"
        fields={FIELDS}
        check={(_said, form) =>
          wrongPassword(exactly(form, 'password'), exactly(form, 'again'), me.leastCharacters)
        }
        pending={changing.isPending}
        error={changing.error}
        button="Change the password"
        waiting="Changing …"
        onSubmit={(_said, form) =>
          changing.mutate({ current: exactly(form, 'current'), password: exactly(form, 'password') })
        }
      >
        {(state) => (
          <>
            <UserName name={me.person.signInName} />
            <TextField
              state={state}
              name="current"
              title="Password until now"
              type="password"
              autoComplete="current-password"
            />
            <NewPasswordFields state={state} least={me.leastCharacters} />
          </>
        )}
      </CheckedForm>
    </>
  );
}

/** That something was done: it takes the focus. */
export function Done({ children }: { readonly children: string }) {
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => note.current?.focus(), []);
  return (
    <div ref={note} tabIndex={-1} className="mu-recorded">
      <Alert type="success" slim headingLevel="h3">
        {children}
      </Alert>
    </div>
  );
}
