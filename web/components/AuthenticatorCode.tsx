import { encode } from 'uqr';
import type { AuthenticatorSecret } from '../contract-person.ts';
import { groupSecret, qrPath } from '../qr.ts';
import { CopiedText } from './CopiedText.tsx';

/** Modules of white around a code, as its standard asks for. */
const QUIET = 4;

/** A new secret for an authenticator app: to scan, or to type. */
export function AuthenticatorCode({ secret, address }: AuthenticatorSecret) {
  const { size, data } = encode(address, { ecc: 'M', border: QUIET });
  return (
    <div className="mu-authenticator">
      <svg
        className="mu-qr"
        viewBox={`0 0 ${size} ${size}`}
        shapeRendering="crispEdges"
        role="img"
        aria-label="QR code for an authenticator app. The secret beside it says the same."
      >
        <path d={qrPath(data)} />
      </svg>
      <div className="mu-authenticator-says">
        <p>Scan this with an authenticator app, or type the secret into it:</p>
        <CopiedText what="the secret" text={secret} shown={groupSecret(secret)} />
      </div>
    </div>
  );
}
