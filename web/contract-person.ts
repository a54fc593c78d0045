import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';

/** What the server answers of who asks: signing in, setting up, the session, the account. */

/** What names a session, a token or a credential to the server. */
export type Key = string | number;

/** What there is to sign in to, and how. */
export interface SignInOffer {
  /** What a person must have read before; paragraphs are separated by blank lines. */
  readonly notice: { readonly text: string; readonly digest: string };
  readonly agencies: readonly SignInAgency[];
  /** Whether passkeys work at this address. */
  readonly passkeys: boolean;
  /** There is no agency yet. */
  readonly setUp: boolean;
}

export interface SignInAgency {
  readonly code: string;
  readonly demonstration: boolean;
  readonly providers: readonly { readonly provider: string; readonly title: string }[];
}

export interface SignedIn {
  readonly signedIn: true;
}

export interface PasskeyRequest {
  readonly options: PublicKeyCredentialRequestOptionsJSON;
}

export interface PasskeyCreation {
  readonly options: PublicKeyCredentialCreationOptionsJSON;
}

/** What an authenticator app takes: base32 to type, and the same as an address to scan. */
export interface AuthenticatorSecret {
  readonly secret: string;
  readonly address: string;
}

/** What a set-up link is for. */
export interface SetUpOffer {
  readonly agency: string;
  readonly name: string;
  readonly signInName: string;
  readonly demonstration: boolean;
  readonly leastCharacters: number;
  readonly totp: AuthenticatorSecret;
  readonly passkeys: boolean;
}

export interface NewPassword {
  readonly password: string;
  /** Of the authenticator app. */
  readonly code?: string;
}

export interface NewAgency {
  readonly code: string;
  readonly kind: string;
  readonly timeZone: string;
  /** The first administrator's. */
  readonly name: string;
  readonly signInName: string;
}

export interface SignedInPerson {
  readonly person: string;
  readonly name: string;
  readonly signInName: string;
}

/** A role that the person holds today, and what it reaches. */
export interface HeldGrant {
  readonly role: string;
  readonly over: 'agency' | 'system' | 'units';
  readonly system: string | null;
  readonly unitFrom: string | null;
  readonly unitTo: string | null;
}

export interface KnownSession {
  readonly session: Key;
  /** Instants, ISO 8601. */
  readonly started: string;
  readonly lastUsed: string;
  readonly ends: string;
  readonly way: string;
  /** The browser. */
  readonly agent: string;
  readonly address: string;
  readonly isThis: boolean;
}

export interface ApiToken {
  readonly token: Key;
  readonly name: string;
  readonly roles: readonly string[];
  /** Null where it reaches whatever the roles reach. */
  readonly system: string | null;
  readonly made: string;
  readonly ends: string;
  readonly lastUsed: string | null;
}

export interface NewToken {
  readonly name: string;
  readonly roles: readonly string[];
  readonly system?: string;
  readonly days: number;
}

export interface MadeToken {
  readonly token: Omit<ApiToken, 'lastUsed'>;
  /** Said this once. */
  readonly secret: string;
}

export interface Credential {
  readonly credential: Key;
  readonly kind: 'password' | 'totp' | 'passkey';
  readonly label: string;
  readonly made: string;
  readonly lastUsed: string | null;
}

export interface Me {
  readonly person: SignedInPerson & { readonly agency: string };
  /** The sign-in before this one. */
  readonly lastSignIn: { readonly at: string; readonly way: string } | null;
  /** How many attempts with the person's name failed between the two. */
  readonly failedSince: number;
  readonly sessions: readonly KnownSession[];
  readonly tokens: readonly ApiToken[];
  readonly credentials: readonly Credential[];
  /** Characters of a new password at least. */
  readonly leastCharacters?: number | undefined;
}

/** A link that lets a person set up how they sign in, said this once. */
export interface MadeLink {
  readonly link: string;
  readonly ends: string;
}
