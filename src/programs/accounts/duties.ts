import { knownSql, type DutyType, type Ground, type Grounds, type Times } from '../../acts/index.ts';
import type { Reading } from '../../store/index.ts';
import type { Day } from '../../time/index.ts';

/**
 * Disable an account that stays idle: a spell runs from a sign-in to the next, or to the day on
 * which the account stopped being usable. Before the first sign-in that any list shows, and only
 * then, a spell is surmised from creation.
 */
export const disableDuty: DutyType = {
  duty: 'account.disable',
  title: 'disable an inactive account',
  subjectKind: 'account',
  classes: ['user', 'privileged'],
  words: { must: 'be disabled', source: 'the lists of accounts taken in and the acts recorded' },
  relations: ({ agency, asOf, knownAt }) => {
    const known = `from account_spell s where s.agency_id = ${agency} and ${knownSql('s', knownAt)}`;
    const parts = [
      `select s.account_key as subject_key, s.component_key as place_key, s.class, s.trigger, s.next_trigger, s.done, s.means,
         s.holds_from, s.holds_until ${known}`,
      // No sign-in lies after the day unless a list does.
      `select s.account_key as subject_key, s.component_key as place_key, s.class, s.surmised_from as trigger, s.trigger as next_trigger,
         null::date as done, null::text as means, s.holds_from, s.holds_until
       ${known} and s.trigger > ${asOf} and s.surmised_from is not null
         and (select exists (select 1 from account_list l where l.agency_id = ${agency} and l.day > ${asOf}))`,
    ];
    return parts.map((sql) => ({ sql, place: 'component' }));
  },
  names: async (tx, keys) => {
    const rows = await tx.rows<{ key: number; name: string }>(
      'select account_key as key, name from account where agency_id = $1 and account_key = any($2)',
      [tx.agency, keys],
    );
    return new Map(rows.map(({ key, name }) => [key, name]));
  },
  everBegan: async (tx, subject, trigger, { knownAt }) => {
    const rows = await tx.rows(
      `select 1 from account_spell
       where agency_id = $1 and account_key = $2 and $3::date in (trigger, surmised_from) and known_from <= $4 limit 1`,
      [tx.agency, subject, trigger, knownAt],
    );
    return rows.length > 0;
  },
  grounds: readGrounds,
};

interface SaidRow {
  evidence: number;
  file: string;
  line: number | null;
  observed_on: Day;
  status: string;
  last_login: Day | null;
  status_changed: Day | null;
  created: Day | null;
}

async function readGrounds(tx: Reading, subject: number, times: Times): Promise<Grounds> {
  const said = await tx.rows<SaidRow>(
    `select s.evidence, e.body::jsonb ->> 'file' as file, s.line, s.day as observed_on, s.status, s.last_login,
       s.status_changed, s.created
     from account_state s join entry e on e.agency_id = s.agency_id and e.index = s.evidence
     where s.agency_id = $1 and s.account_key = $2 and ${knownSql('s', '$3')} order by s.day`,
    [tx.agency, subject, times.knownAt],
  );
  const acts = await tx.rows<{ entry: number }>(
    `select known_from as entry from account_disablement
     where agency_id = $1 and account_key = $2 and known_from <= $3 and day <= $4 order by 1`,
    [tx.agency, subject, times.knownAt, times.asOf],
  );
  return { evidence: bearing(said, times.asOf).map(asGround), entries: acts.map((act) => act.entry) };
}

/**
 * What bears on the day: the lists up to it, and a later one only where it tells of a sign-in by
 * then that they do not, or where there are no others.
 */
function bearing(said: readonly SaidRow[], asOf: Day): SaidRow[] {
  const signIns = new Set<Day | null>();
  const bears = said.filter((row) => {
    const isLater = row.observed_on > asOf;
    const tells = row.last_login !== null && row.last_login <= asOf && !signIns.has(row.last_login);
    signIns.add(row.last_login);
    return !isLater || tells;
  });
  return bears.length > 0 ? bears : said.slice(0, 1);
}

function asGround(row: SaidRow): Ground {
  return {
    evidence: row.evidence,
    file: row.file,
    line: row.line,
    observedOn: row.observed_on,
    says: sentence(row),
  };
}

function sentence(row: SaidRow): string {
  if (row.status === 'absent') return 'the account is not on the list';
  const signIn =
    row.last_login === null
      ? `no sign-in, created ${row.created ?? 'on a day not given'}`
      : `last sign-in ${row.last_login}`;
  const since = row.status_changed === null ? '' : ` since ${row.status_changed}`;
  return `${signIn}; ${row.status}${since}`;
}

/** How many accounts the lists of each component show as of the day. */
export async function countAccounts(tx: Reading, times: Times): Promise<ReadonlyMap<number, number>> {
  const rows = await tx.rows<{ component: number; count: number }>(
    `select a.component_key as component, count(*) as count
     from (select distinct on (s.account_key) s.account_key, s.status from account_state s
       where s.agency_id = $1 and s.day <= $2 and ${knownSql('s', '$3')} order by s.account_key, s.day desc) s
     join account a on a.agency_id = $1 and a.account_key = s.account_key
     where s.status <> 'absent' group by 1`,
    [tx.agency, times.asOf, times.knownAt],
  );
  return new Map(rows.map(({ component, count }) => [component, count]));
}
