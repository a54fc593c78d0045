import type { SetUpOffer } from '../contract-person.ts';
import { beginSetUpPasskey, finishSetUpPasskey } from '../person-api.ts';
import { PasskeyForm } from './PasskeyForm.tsx';
import { PasskeysAway, passkeysAway } from './PasskeysAway.tsx';
import { useSession } from './use-session.ts';

interface SetUpPasskeyProps {
  readonly token: string;
  readonly offer: SetUpOffer;
}

/** A person's first passkey. */
export function SetUpPasskey({ token, offer }: SetUpPasskeyProps) {
  const { signedIn } = useSession();
  const away = passkeysAway(offer.passkeys);
  if (away) return <PasskeysAway away={away} path={`/set-up#${token}`} />;
  return (
    <PasskeyForm
      begin={() => beginSetUpPasskey(token)}
      finish={(response, label) => finishSetUpPasskey(token, response, label)}
      onDone={() => signedIn('/')}
    />
  );
}
