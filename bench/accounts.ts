import { addDays, day, daysBetween, type Day } from '../src/time/index.ts';

export const OBSERVED = day('2022-07-08');

export const INVENTORY = `system,component,environment,impact,fti,asset,fqdn,ip,platform,role
BENCH,cloud,cloud,moderate,yes,,,,,
BENCH,site,on-premises,moderate,yes,,,,,
`;

const FIRST = day('2021-01-01');
const SPAN = daysBetween(FIRST, OBSERVED);

/** A list of so many invented accounts as a CSV in parts, one in five no longer active, the same each time. */
export function* accountsCsv(count: number): Generator<Buffer> {
  yield Buffer.from('account,name,component,privileged,created,last_login,status,status_changed\n');
  const days = Array.from({ length: SPAN + 1 }, (_, offset) => addDays(FIRST, offset));
  let lines: string[] = [];
  for (let at = 0; at < count; at += 1) {
    lines.push(accountLine(at, days));
    if (lines.length < 4096 && at < count - 1) continue;
    yield Buffer.from(`${lines.join('\n')}\n`);
    lines = [];
  }
}

function accountLine(at: number, days: readonly Day[]): string {
  const signIn = (at * 7919) % days.length;
  const isIdle = at % 5 === 0;
  const disabled = isIdle ? days[Math.min(days.length - 1, signIn + (at % 120))] : undefined;
  const component = at % 2 === 0 ? 'cloud' : 'site';
  const status = isIdle ? 'disabled' : 'active';
  return `bench-${String(at).padStart(7, '0')},Bench User ${at},${component},${at % 50 === 0 ? 'yes' : 'no'},2020-12-01,${days[signIn] ?? ''},${status},${disabled ?? ''}`;
}
