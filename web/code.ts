/** The digits of an authenticator's code, however they were grouped; undefined where they are not six. */
export function readCode(said: string): string | undefined {
  const digits = said.replaceAll(/[\s-]/g, '');
  return /^\d{6}$/.test(digits) ? digits : undefined;
}

/** What is wrong with what stands in the field `code`, if anything. */
export function wrongCode(code: string | undefined): { readonly code?: string } {
  return code === undefined || readCode(code) !== undefined ? {} : { code: 'must be six digits' };
}
