import * as fc from 'fast-check';

/** A change of one byte of a file, or its end there. */
export type Change = { at: number; byte: number; how: 'set' | 'insert' | 'delete' | 'cut-off' };

/** Any change of a file of that length. */
export function anyChange(length: number): fc.Arbitrary<Change> {
  const telling = fc.constantFrom(...Buffer.from('",\n\r;0\0-/ <>&=]'));
  const how = { weight: 9, arbitrary: fc.constantFrom<Change['how'][]>('set', 'insert', 'delete') };
  return fc.record({
    at: fc.nat(length - 1),
    byte: fc.oneof(fc.nat(255), telling),
    how: fc.oneof(how, { weight: 1, arbitrary: fc.constant<Change['how']>('cut-off') }),
  });
}

/** The file with the change. */
export function changed(file: Buffer, { at, byte, how }: Change): Buffer {
  const instead = how === 'set' || how === 'insert' ? [byte] : [];
  const rest = how === 'cut-off' ? file.length : how === 'insert' ? at : at + 1;
  return Buffer.concat([file.subarray(0, at), Buffer.from(instead), file.subarray(rest)]);
}
