import type { Declarations } from '../acts/index.ts';
import type { Reading } from '../store/index.ts';
import {
  isSelected,
  judgeSpell,
  selectedTypes,
  spellsParameters,
  spellsSql,
  type Group,
  type Selection,
  type SpellRow,
} from './census.ts';
import { givenBySpell } from './given.ts';
import { countingAcceptance, type Given } from './status.ts';
import type { Law } from './verdict.ts';

/** A spell of its own, told from its group where an acceptance concerns it. */
export interface Accepted {
  readonly subject: number;
  readonly group: Group;
  readonly acceptance: Given;
  readonly suspended: boolean;
}

/** The selected spells that an acceptance concerns as of the law's day. */
export async function readAccepted(
  tx: Reading,
  declarations: Declarations,
  law: Law,
  selection: Selection,
): Promise<readonly Accepted[]> {
  const acceptances = await declarations.acceptances(tx, law.times);
  const found: Accepted[] = [];
  for (const type of selectedTypes(declarations, selection)) {
    const subjects = new Set(
      acceptances.flatMap(({ duty, subject }) => (duty === type.duty ? [subject] : [])),
    );
    if (subjects.size === 0) continue;
    const rows = await tx.rows<SpellRow>(
      `select * from (${spellsSql(law, type, selection)}) s where subject = any($4)`,
      [...spellsParameters(tx, law), [...subjects]],
    );
    const given = await givenBySpell(tx, law, type, acceptances, subjects);
    for (const row of rows) {
      const group = judgeSpell(law, declarations, type, row);
      if (!group || !isSelected(group, selection)) continue;
      const counting = countingAcceptance(given(row.subject, row.trigger), group.status, law.times.asOf);
      if (counting) found.push({ subject: row.subject, group, ...counting });
    }
  }
  return found;
}
