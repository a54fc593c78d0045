import type { Ground, Times } from '../../acts/index.ts';
import { knownSql } from '../../acts/index.ts';
import type { Reading } from '../../store/index.ts';
import type { Day } from '../../time/index.ts';
import { numberedScans } from './scans.ts';

/*
 * One finding, scan by scan: what each said of it, whether it covered it, and what came of that.
 */

/** What a scan of its asset means for a finding. */
export interface Sighting {
  readonly day: Day;
  readonly evidence: number;
  readonly file: string;
  /** Of the item, or where there is none, or it was not kept, of the host. */
  readonly line: number;
  /** The scanner's rating, `nessus:high`; null where it did not see it. */
  readonly rating: string | null;
  /** Why a scan that did not see it says nothing about it; null where it covered it. */
  readonly uncovered: string | null;
  readonly turn: 'opened' | 'seen' | 'recast' | 'unseen' | 'closed';
}

interface ScanRow {
  day: Day;
  evidence: number;
  file: string;
  host_line: number;
  finished: boolean;
  equipped: boolean;
  has_policy: boolean;
  status: string | null;
  family: string;
  is_stated: boolean;
  rating: string | null;
  line: number | null;
}

const SCANS = `
  with f as (
    select f.asset_key, f.scan_key, f.rating, f.line, p.family
    from finding f join plugin p on p.agency_id = $1 and p.plugin = f.plugin and ${knownSql('p', '$3::bigint')}
    where f.agency_id = $1 and f.finding_key = $2 and f.known_from <= $3::bigint),
  scan as (${numberedScans('array(select asset_key from f)', 's.known_from <= $3::bigint')}),
  step as (
    select scan_key, rating, line from f
    union all
    select scan_key, rating, line from finding_state where agency_id = $1 and finding_key = $2 and known_from <= $3::bigint)
  select s.day, s.evidence, e.body::jsonb ->> 'file' as file, s.line as host_line, s.finished, s.equipped, s.has_policy, y.status,
    f.family, x.scan_key is not null as is_stated, x.rating, x.line
  from scan s cross join f
  join entry e on e.agency_id = $1 and e.index = s.evidence
  left join step x on x.scan_key = s.scan_key
  left join scan_family y on y.agency_id = $1 and y.known_from = s.evidence and y.family = f.family
  where s.day <= $4 order by s.n`;

/** The scans up to the day that concern a finding: those that saw it, and while it was open, all. */
export async function readSightings(tx: Reading, finding: number, times: Times): Promise<Sighting[]> {
  const scans = await tx.rows<ScanRow>(SCANS, [tx.agency, finding, times.knownAt, times.asOf]);
  const sightings: Sighting[] = [];
  let said: string | null = null;
  let open: string | null = null;
  for (const scan of scans) {
    if (scan.is_stated) said = scan.rating;
    const uncovered = said === null ? whyUncovered(scan) : null;
    const turn = turnOf(said, open, uncovered);
    if (turn === undefined) continue;
    open = said ?? (turn === 'closed' ? null : open);
    const { day, evidence, file } = scan;
    const line = (scan.is_stated ? scan.line : null) ?? scan.host_line;
    sightings.push({ day, evidence, file, line, rating: said, uncovered, turn });
  }
  return sightings;
}

/** What a scan turns: nothing where the finding is closed and it does not see it. */
function turnOf(
  said: string | null,
  open: string | null,
  uncovered: string | null,
): Sighting['turn'] | undefined {
  if (said !== null) return open === null ? 'opened' : open === said ? 'seen' : 'recast';
  if (open === null) return undefined;
  return uncovered === null ? 'closed' : 'unseen';
}

function whyUncovered(scan: ScanRow): string | null {
  if (!scan.finished) return 'it did not finish';
  if (!scan.equipped) return 'it had no credentials, and an earlier scan of the asset had';
  if (!scan.has_policy || scan.status === 'enabled') return null;
  if (scan.status === null) return `its policy does not name the family ${scan.family}`;
  return scan.status === 'mixed'
    ? `its policy enabled only some plugins of the family ${scan.family}`
    : `its policy disabled the family ${scan.family}`;
}

/** What a scan says of the finding, in words. */
export function sightingWords({ turn, rating, uncovered }: Sighting): string {
  const rated = (rating ?? '').replace(/^\w+:/, '');
  switch (turn) {
    case 'opened':
      return `seen as ${rated}: it opens`;
    case 'seen':
      return `seen as ${rated}`;
    case 'recast':
      return `seen as ${rated} now`;
    case 'closed':
      return 'not seen by a scan that covered it: it closes';
    default:
      return `not seen, and not covered: ${uncovered ?? ''}`;
  }
}

/** What bears on the duty: where it opened, was rated anew and closed, and the last word while it is open. */
export function bearing(sightings: readonly Sighting[]): Ground[] {
  return sightings
    .filter(({ turn }, at) => (turn !== 'seen' && turn !== 'unseen') || at === sightings.length - 1)
    .map((sighting) => ({
      evidence: sighting.evidence,
      file: sighting.file,
      line: sighting.line,
      observedOn: sighting.day,
      says: sightingWords(sighting),
    }));
}
