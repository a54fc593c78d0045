/**
 * A fault for the log: where it happened, and of an error of PostgreSQL its code alone, since its
 * message may repeat what was sent.
 */
export function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return 'something that is not an error was thrown';
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const what = isFromDatabase(error)
    ? `PostgreSQL error ${error.code} in ${error.routine}`
    : `${error.name}: ${error.message}`;
  return [what, ...frames].join('\n');
}

function isFromDatabase(error: Error): error is Error & { code: string; routine: string } {
  return 'severity' in error && 'routine' in error && 'code' in error;
}
