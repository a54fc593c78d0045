import { startAuthentication } from '@simplewebauthn/browser';
import { Button } from '@trussworks/react-uswds';
import { passkeyFault } from '../passkey.ts';
import { beginPasskeySignIn, finishPasskeySignIn, type SigningIn } from '../person-api.ts';
import { FocusedFailure } from './FocusedFailure.tsx';
import { PasskeysAway, passkeysAway } from './PasskeysAway.tsx';
import { useSignIn } from './use-sign-in.ts';

interface PasskeySignInProps {
  readonly said: SigningIn;
  /** Whether the server takes passkeys at this address. */
  readonly offered: boolean;
  readonly to: string;
}

export function PasskeySignIn({ said, offered, to }: PasskeySignInProps) {
  const signing = useSignIn(() => signIn(said), to);
  const away = passkeysAway(offered);
  if (away) return <PasskeysAway away={away} path={`${location.pathname}${location.search}`} />;
  return (
    <>
      <FocusedFailure error={signing.error} />
      <Button
        type="button"
        outline
        aria-disabled={signing.isPending}
        onClick={() => {
          if (!signing.isPending) signing.mutate(undefined);
        }}
      >
        {signing.isPending ? 'Waiting for your passkey …' : 'Sign in with a passkey'}
      </Button>
    </>
  );
}

async function signIn(said: SigningIn): Promise<void> {
  const { options } = await beginPasskeySignIn(said);
  const response = await startAuthentication({ optionsJSON: options }).catch((error: unknown) => {
    throw passkeyFault(error);
  });
  await finishPasskeySignIn(response);
}
