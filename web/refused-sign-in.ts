const REASONS: Readonly<Record<string, string>> = {
  SIGN_IN_REFUSED:
    'What the provider says does not let you in: nobody is known here by it, the account is disabled, or you did not sign in there as your agency asks. Ask an administrator of your agency.',
  PROVIDER_FAILED: 'The provider gave no answer that Muster can use. Try again in a moment.',
  TOO_MANY: 'There were too many attempts. Wait a minute, then try again.',
  BAD_REQUEST: 'The notice has changed, or the provider answered something else. Try again.',
};

/** Why a provider's answer was not taken, by the code in the address; what is no code is not shown. */
export function wordRefusedSignIn(code: string): string {
  const reason = Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
  if (reason !== undefined) return reason;
  const named = /^[A-Z_]{1,40}$/.test(code) ? ` (${code})` : '';
  return `The sign-in at the provider did not succeed${named}. Try again, or sign in in another way.`;
}
