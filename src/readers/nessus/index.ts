import { isTimeZone } from '../../time/index.ts';
import type { ReadContext, ReadOutcome, Reader } from '../reader.ts';
import { type Remedies, textOfHead } from '../text.ts';
import { describeRoot } from '../xml-faults.ts';
import { readXml } from '../xml.ts';
import { Scan } from './scan.ts';
import type { NessusObservation } from './schema.ts';

export type { NessusObservation } from './schema.ts';

const EXPORT = 'export the scan as Nessus v2 (.nessus)';

const remedies: Remedies = {
  encode: `save it as UTF-8, or ${EXPORT} again`,
  convert: `unpack it if it is packed, or ${EXPORT}`,
  export: EXPORT,
};

/** A scan of Nessus: the families its policy ran, the hosts it reached and what it reported of each. */
export const nessus: Reader<NessusObservation> & { readonly name: 'nessus' } = {
  name: 'nessus',
  title: 'Nessus v2 scan (XML)',
  columns: [],
  recognise: (head) => /^[\s\uFEFF]*<[^]*NessusClientData/.test(textOfHead(head)),
  read: readNessus,
};

function readNessus(
  source: AsyncIterable<Uint8Array>,
  { observedOn, timeZone = 'UTC' }: ReadContext,
): AsyncGenerator<readonly NessusObservation[], ReadOutcome, undefined> {
  if (!isTimeZone(timeZone)) throw new RangeError('the time zone to read a scan in is none');
  return readXml<NessusObservation>(source, {
    root: 'NessusClientData_v2',
    whyOtherRoot: (root) => `${describeRoot(root)}, and Nessus v2 has \`NessusClientData_v2\`; ${EXPORT}`,
    remedies,
    document: (outlet) => new Scan(outlet, { observedOn, timeZone }),
  });
}
