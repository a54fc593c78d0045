import { Button } from '@trussworks/react-uswds';
import { useMutation } from '@tanstack/react-query';
import { readCode, wrongCode } from '../code.ts';
import { beginAuthenticator, finishAuthenticator } from '../person-api.ts';
import { Done } from './AccountPassword.tsx';
import { AuthenticatorCode } from './AuthenticatorCode.tsx';
import { CheckedForm } from './CheckedForm.tsx';
import { FocusedFailure } from './FocusedFailure.tsx';
import { CodeField } from './TextField.tsx';
import { useAccountChange } from './use-account-change.ts';

const FIELDS = [{ name: 'code', title: 'Code', required: true }] as const;

interface AccountAuthenticatorProps {
  /** Whether the person has one. */
  readonly has: boolean;
}

/** Sets up an authenticator app; the one before is good until the new one has shown its code. */
export function AccountAuthenticator({ has }: AccountAuthenticatorProps) {
  const offering = useMutation({ mutationFn: beginAuthenticator });
  const confirming = useAccountChange(
    (code: string) => finishAuthenticator(code),
    () => offering.reset(),
  );
  if (!offering.data) {
    return (
      <>
        {confirming.isSuccess && <Done>Your authenticator app is set up.</Done>}
        <FocusedFailure error={offering.error} />
        <Button
          type="button"
          outline
          aria-disabled={offering.isPending}
          onClick={() => {
            if (!offering.isPending) offering.mutate();
          }}
        >
          {has ? 'Set up another authenticator app' : 'Set up an authenticator app'}
        </Button>
      </>
    );
  }
  return (
    <>
      {has && <p>The app that you have is good until the new one has shown its code.</p>}
      <AuthenticatorCode {...offering.data} />
      <CheckedForm
        label="Confirm the authenticator app"
        fields={FIELDS}
        check={({ code }) => wrongCode(code)}
        pending={confirming.isPending}
        error={confirming.error}
        button="Confirm"
        waiting="Confirming …"
        onSubmit={({ code = '' }) => confirming.mutate(readCode(code) ?? code)}
      >
        {(state) => <CodeField state={state} title="Code" hint="The six digits that the app shows now." />}
      </CheckedForm>
      {confirming.isError && (
        <div className="mu-buttons">
          <Button
            type="button"
            outline
            onClick={() => {
              confirming.reset();
              offering.mutate();
            }}
          >
            Begin again, with a new secret
          </Button>
        </div>
      )}
    </>
  );
}
