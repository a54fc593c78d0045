import { browserSupportsWebAuthn } from '@simplewebauthn/browser';
import { byName } from '../passkey.ts';

type Away = 'address' | 'browser';

/** Why passkeys cannot be used here; undefined where they can. */
export function passkeysAway(offered: boolean): Away | undefined {
  if (!offered) return 'address';
  return browserSupportsWebAuthn() ? undefined : 'browser';
}

interface PasskeysAwayProps {
  readonly away: Away;
  /** The path, and what follows it, of this page at another address. */
  readonly path: string;
}

/** Says why passkeys cannot be used here, and where they can. */
export function PasskeysAway({ away, path }: PasskeysAwayProps) {
  if (away === 'browser') return <p>This browser has no passkeys, or the connection is not secure.</p>;
  const named = byName(location);
  return (
    <p>
      A passkey belongs to the name of a site, and you are here by its number.{' '}
      {named === undefined ? (
        'Open Muster by its name to use one.'
      ) : (
        <a className="usa-link" href={`${named}${path}`}>
          Open {named.replace(/^https?:\/\//, '')} to use one
        </a>
      )}
    </p>
  );
}
