/** The system, and the component of it, whose accounts Muster's own people are. */
export const OWN_SYSTEM = 'Muster';
export const OWN_COMPONENT = 'server';

/** Whether something is where Muster's own people have their accounts: only Muster says what they are. */
export function isOwnPlace({
  system,
  component,
}: {
  readonly system?: string | null | undefined;
  readonly component?: string | null | undefined;
}): boolean {
  return system === OWN_SYSTEM && component === OWN_COMPONENT;
}
