import * as z from 'zod';
import { declareView, roles, type Role, type Times } from '../../acts/index.ts';
import { cursorOf, pageSchema } from '../../duties/index.ts';
import { MusterError } from '../../errors/index.ts';
import { keyText, parseKey } from '../../record/index.ts';
import type { Reading } from '../../store/index.ts';
import { addDays, type Day } from '../../time/index.ts';
import { reachOf, wordReach } from './standing.ts';

const MAY: readonly Role[] = ['administrator', 'program-office', 'ciso', 'auditor'];

interface PersonRow {
  readonly key: number;
  readonly name: string;
  readonly signInName: string;
  readonly roles: string;
  readonly disabledSince: Day | null;
  readonly disabledFor: string | null;
  readonly lastSignIn: Day | null;
  readonly total: number;
}

/** Everyone there was on a day ($2) as known at an entry ($3); `$4` narrows to one person. */
const PEOPLE = `select p.person_key as key, f.name, f.sign_in_name as "signInName",
    case when s.disabled_for is not null then s.from_day end as "disabledSince", s.disabled_for as "disabledFor",
    coalesce(g.roles, '') as roles, i.day as "lastSignIn"
  from person p
  join person_fact f on f.agency_id = $1 and f.person_key = p.person_key and f.known_from <= $3
    and (f.known_until is null or f.known_until > $3)
  left join lateral (select from_day, disabled_for from person_standing
    where agency_id = $1 and person_key = p.person_key and known_from <= $3 and from_day <= $2
    order by known_from desc limit 1) s on true
  left join lateral (select string_agg(distinct role, ', ' order by role) as roles from role_grant
    where agency_id = $1 and person_key = p.person_key and known_from <= $3 and (known_until is null or known_until > $3)
      and from_day <= $2 and (ends is null or ends > $2)) g on true
  left join lateral (select max(day) as day from person_sign_in
    where agency_id = $1 and person_key = p.person_key and known_from <= $3 and day <= $2) i on true
  where p.agency_id = $1 and p.known_from <= $3 and p.from_day <= $2 and ($4::bigint is null or p.person_key = $4)`;

const cursor = cursorOf(z.object({ name: z.string(), key: z.number().int().min(0) }), 'people');

export const peopleView = declareView({
  view: 'people',
  title: 'people who may sign in, and their roles',
  path: '/people',
  input: z.object({
    role: z.enum(roles).optional().describe('only those with this role'),
    ...pageSchema.shape,
  }),
  may: MAY,
  listing: {
    command: 'people',
    rows: 'people',
    none: 'nobody fits',
    columns: [
      { field: 'name', title: 'Name', leadsTo: { view: 'person-grants', with: { person: 'person' } } },
      { field: 'person', title: 'Person' },
      { field: 'signInName', title: 'Sign-in name' },
      { field: 'roles', title: 'Roles' },
      { field: 'lastSignIn', title: 'Last sign-in' },
      { field: 'disabledSince', title: 'Disabled since' },
      { field: 'disabledFor', title: 'Why disabled' },
    ],
  },
  read: async ({ tx, times }, { role, limit, after }) => {
    const from = after === undefined ? null : cursor.read(after);
    const rows = await tx.rows<PersonRow>(
      `select * from (
         select *, count(*) over ()::int as total from (${PEOPLE}) everyone
         where $5::text is null or $5 = any(string_to_array(roles, ', '))) fitting
       where $6::text is null or ("signInName" collate "C", key) > ($6, $7)
       order by "signInName" collate "C", key limit $8`,
      [
        tx.agency,
        times.asOf,
        times.knownAt,
        null,
        role ?? null,
        from?.name ?? null,
        from?.key ?? 0,
        limit + 1,
      ],
    );
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      total: rows[0]?.total ?? (await countOf(tx, times, role)),
      next: rows.length > limit && last ? cursor.write({ name: last.signInName, key: last.key }) : null,
      people: page.map(showPerson),
    };
  },
});

/** After the last page nobody is left to say how many there are. */
async function countOf(tx: Reading, times: Times, role: string | undefined): Promise<number> {
  const { total } = await tx.row<{ total: number }>(
    `select count(*)::int as total from (${PEOPLE}) everyone where $5::text is null or $5 = any(string_to_array(roles, ', '))`,
    [tx.agency, times.asOf, times.knownAt, null, role ?? null],
  );
  return total;
}

function showPerson({ key, name, signInName, roles, lastSignIn, disabledSince, disabledFor }: PersonRow) {
  return { person: keyText(key), name, signInName, roles, lastSignIn, disabledSince, disabledFor };
}

interface GrantRow {
  readonly key: number;
  readonly role: string;
  readonly over: 'agency' | 'system' | 'units';
  readonly system: string | null;
  readonly unit_from: string | null;
  readonly unit_to: string | null;
  readonly from_day: Day;
  readonly ends: Day | null;
}

export const personGrantsView = declareView({
  view: 'person-grants',
  title: 'the roles granted to a person, the newest first',
  path: '/people/:person/grants',
  input: z.object({ person: z.string().describe('the person, by key') }),
  may: MAY,
  listing: {
    command: 'grants',
    rows: 'grants',
    none: 'no role has been granted to them',
    columns: [
      { field: 'grant', title: 'Grant' },
      { field: 'role', title: 'Role' },
      { field: 'over', title: 'Over' },
      { field: 'from', title: 'From' },
      { field: 'until', title: 'Last day' },
      { field: 'inForce', title: 'In force' },
    ],
  },
  read: async ({ tx, times }, { person }) => {
    const [found] = await tx.rows<PersonRow>(PEOPLE, [
      tx.agency,
      times.asOf,
      times.knownAt,
      parseKey(person) ?? 0,
    ]);
    if (!found) throw new MusterError('NOT_FOUND', `there is no person ${person.slice(0, 40)}`);
    const grants = await tx.rows<GrantRow>(
      `select grant_key as key, role, over, system, unit_from, unit_to, from_day, ends from role_grant
       where agency_id = $1 and person_key = $2 and known_from <= $3 and (known_until is null or known_until > $3)
       order by grant_key desc`,
      [tx.agency, found.key, times.knownAt],
    );
    return { ...showPerson(found), grants: grants.map((grant) => showGrant(grant, times.asOf)) };
  },
});

function showGrant(grant: GrantRow, asOf: Day): object {
  const { key, role, from_day: from, ends } = grant;
  return {
    grant: keyText(key),
    role,
    over: wordReach(reachOf(grant)),
    from,
    until: ends === null ? null : addDays(ends, -1),
    inForce: from <= asOf && (ends === null || ends > asOf),
  };
}
