import type { Effect } from '../../acts/index.ts';
import type { Entry } from '../../record/index.ts';
import { freeTemporary, type Writing } from '../../store/index.ts';
import { OPEN } from './history.ts';

const NOTICES = 5;

/**
 * What an import changed of the POA&Ms in `poam_touched`: `new` counts POA&Ms or updates first
 * said, `unchanged` rows that said nothing new, `closed` and `reopened` POA&Ms. Its notices are
 * what an act would have refused. Frees `poam_touched`.
 */
export async function effectOf(
  tx: Writing,
  entry: Entry<unknown>,
  taken: Pick<Effect, 'new' | 'unchanged' | 'bySeverity'>,
): Promise<Effect> {
  const { closed, reopened } = await tx.row<{ closed: number; reopened: number }>(
    `select count(*) filter (where is_ended and not was_ended) as closed,
       count(*) filter (where was_ended and not is_ended) as reopened
     from (
       select coalesce((${lastStatus('o.known_from < $2 and (o.known_until is null or o.known_until = $2)')}) not in ${OPEN}, false) as was_ended,
         (${lastStatus('o.known_until is null')}) not in ${OPEN} as is_ended
       from poam_touched t) s`,
    [tx.agency, entry.index],
  );
  const notices = await noticesOf(tx, entry.index);
  freeTemporary(tx, 'poam_touched');
  return { ...taken, assets: 0, closed, reopened, notices };
}

/** How many of the POA&Ms touched were known before and are told otherwise now. */
export async function countChanged(tx: Writing, entry: number): Promise<number> {
  const { changed } = await tx.row<{ changed: number }>(
    `select count(*) as changed from poam_touched t join poam p on p.agency_id = $1 and p.poam_key = t.poam_key
     where p.known_from < $2 and exists (
       select 1 from poam_event o where o.agency_id = $1 and o.poam_key = t.poam_key and $2 in (o.known_from, o.known_until))`,
    [tx.agency, entry],
  );
  return changed;
}

function lastStatus(known: string): string {
  return `select o.then_status from poam_event o where o.agency_id = $1 and o.poam_key = t.poam_key and ${known}
    and o.then_status is not null order by o.day desc, o.ordinal desc limit 1`;
}

interface Flagged {
  /** Null of what another file says. */
  line: number | null;
  number: string;
  day: string;
  flag: string;
}

async function noticesOf(tx: Writing, entry: number): Promise<string[]> {
  const flagged = await tx.rows<Flagged>(
    `select case when o.evidence = $2 then o.line end as line, p.number, o.day, o.flag from poam_event o join poam p using (agency_id, poam_key)
     where o.agency_id = $1 and o.known_until is null and o.flag is not null
       and (o.evidence = $2 or o.kind = 'statement' and o.known_from = $2)
     order by o.evidence = $2 desc, o.line, o.day, o.ordinal`,
    [tx.agency, entry],
  );
  const shown = flagged
    .slice(0, NOTICES)
    .map(
      ({ line, number, day, flag }) =>
        `${line === null ? '' : `line ${line}: `}the POA&M ${number} on ${day}: ${flag}`,
    );
  const more = flagged.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more that an act would have refused`] : shown;
}
