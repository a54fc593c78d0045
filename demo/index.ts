import { accountLists } from './account-lists.ts';
import type { DemoFile } from './demo-file.ts';
import { ecmInventory, elpInventory } from './inventory.ts';
import { poamFiles } from './poams.ts';
import { scanFiles } from './scans.ts';

export type { DemoFile } from './demo-file.ts';

export interface Demonstration {
  readonly agency: { readonly code: 'DEMO'; readonly kind: 'irs'; readonly timeZone: 'America/New_York' };
  /** In the order in which they must be imported: what declares a component or a POA&M first. */
  readonly files: readonly DemoFile[];
}

/**
 * The demonstration agency: invented evidence, in the formats that the readers read, from
 * which the figures of an audit follow (TIGTA 2023-20-018, pp. 1 to 9). The same bytes each time.
 */
export function demonstration(): Demonstration {
  return {
    agency: { code: 'DEMO', kind: 'irs', timeZone: 'America/New_York' },
    files: [ecmInventory(), ...accountLists(), elpInventory(), ...scanFiles(), ...poamFiles()],
  };
}
