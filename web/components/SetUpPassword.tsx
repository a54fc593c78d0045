import { useMutation } from '@tanstack/react-query';
import { readCode, wrongCode } from '../code.ts';
import type { NewPassword, SetUpOffer } from '../contract-person.ts';
import { wrongPassword } from '../new-password.ts';
import { setUpPassword } from '../person-api.ts';
import { AuthenticatorCode } from './AuthenticatorCode.tsx';
import { CheckedForm, exactly } from './CheckedForm.tsx';
import { NewPasswordFields, UserName } from './PasswordFields.tsx';
import { CodeField } from './TextField.tsx';
import { useSession } from './use-session.ts';

/** Only in a demonstration does a password do without the authenticator app. */
function fieldsOf({ demonstration }: SetUpOffer) {
  return [
    { name: 'password', title: 'New password', required: true },
    { name: 'again', title: 'New password again', required: true },
    { name: 'code', title: 'Code', required: !demonstration },
  ];
}

interface SetUpPasswordProps {
  readonly token: string;
  readonly offer: SetUpOffer;
}

/** A person's first password, with the authenticator app that goes with it. */
export function SetUpPassword({ token, offer }: SetUpPasswordProps) {
  const { signedIn } = useSession();
  const setting = useMutation({
    mutationFn: (said: NewPassword) => setUpPassword(token, said),
    onSuccess: () => signedIn('/'),
  });
  const { leastCharacters, demonstration } = offer;
  return (
    <CheckedForm
      label="Set up a password"
      className="mu-wide-form"
      fields={fieldsOf(offer)}
      check={({ code }, form) => ({
        ...wrongPassword(exactly(form, 'password'), exactly(form, 'again'), leastCharacters),
        ...wrongCode(code),
      })}
      level="h3"
      pending={setting.isPending}
      error={setting.error}
      button="Set up and sign in"
      waiting="Setting up …"
      onSubmit={({ code }, form) =>
        setting.mutate({
          password: exactly(form, 'password'),
          ...(code !== undefined && { code: readCode(code) ?? code }),
        })
      }
    >
      {(state) => (
        <>
          <UserName name={offer.signInName} />
          <NewPasswordFields state={state} least={leastCharacters} />
          <h3>The authenticator app</h3>
          <AuthenticatorCode {...offer.totp} />
          <CodeField
            state={state}
            title="Code"
            hint={`The six digits that the app shows now.${demonstration ? ' This is a demonstration: without them the password does alone.' : ''}`}
            required={!demonstration}
          />
        </>
      )}
    </CheckedForm>
  );
}
