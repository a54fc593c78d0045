import { readCode, wrongCode } from '../code.ts';
import { signInByPassword, type PasswordSaid, type SigningIn } from '../person-api.ts';
import { CheckedForm, exactly } from './CheckedForm.tsx';
import { PasswordField } from './PasswordFields.tsx';
import { CodeField, TextField } from './TextField.tsx';
import { useSignIn } from './use-sign-in.ts';

function fieldsOf(demonstration: boolean) {
  return [
    { name: 'signInName', title: 'Sign-in name', required: true },
    { name: 'password', title: 'Password', required: true },
    { name: 'code', title: 'Code', required: !demonstration },
  ];
}

interface PasswordSignInProps {
  readonly said: SigningIn;
  /** Only in a demonstration may somebody have no authenticator app. */
  readonly demonstration: boolean;
  readonly to: string;
}

export function PasswordSignIn({ said, demonstration, to }: PasswordSignInProps) {
  const signing = useSignIn((password: PasswordSaid) => signInByPassword(password), to);
  return (
    <CheckedForm
      label="Sign in with a password"
      fields={fieldsOf(demonstration)}
      check={({ code }) => wrongCode(code)}
      level="h3"
      pending={signing.isPending}
      error={signing.error}
      button="Sign in"
      waiting="Signing in …"
      onSubmit={({ signInName = '', code }, form) =>
        signing.mutate({
          ...said,
          signInName,
          password: exactly(form, 'password'),
          ...(code !== undefined && { code: readCode(code) ?? code }),
        })
      }
    >
      {(state) => (
        <>
          <TextField
            state={state}
            name="signInName"
            title="Sign-in name"
            autoComplete="username"
            autoCapitalize="off"
            spellCheck={false}
          />
          <PasswordField state={state} />
          <CodeField
            state={state}
            title="Code"
            hint={`The six digits of your authenticator app.${demonstration ? ' Leave it empty if you have none.' : ''}`}
            required={!demonstration}
          />
        </>
      )}
    </CheckedForm>
  );
}
