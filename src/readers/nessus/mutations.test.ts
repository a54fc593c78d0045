import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { anyChange, changed } from '../mutation.ts';
import { readWhole } from '../trial.ts';
import { nessus } from './index.ts';
import { sample } from './sample.ts';
import { nessusObservation } from './schema.ts';

const MUTATIONS = Number(process.env['NESSUS_MUTATIONS'] ?? 10_000);

/** A change of the file's structure: of the element or attribute of that number. */
interface Restructuring {
  readonly of: 'element' | 'attribute' | 'tag';
  readonly how: 'drop' | 'repeat' | 'swap' | 'move' | 'empty';
  readonly which: number;
  readonly other: number;
}

type Mutation = { readonly bytes: Parameters<typeof changed>[1] } | { readonly structure: Restructuring };

const PATTERNS = {
  element: /<([A-Za-z_]\w*)\b[^<>]*?(?:\/>|>[^]*?<\/\1\s*>)/g,
  attribute: /\s[A-Za-z]\w*\s*=\s*(?:"[^"]*"|'[^']*')/g,
  tag: /<[^<>]*>/g,
} as const;

function restructured(file: string, { of, how, which, other }: Restructuring): string {
  const places = [...file.matchAll(PATTERNS[of])].map((found) => ({ from: found.index, text: found[0] }));
  const [one, two] = [places[which % (places.length || 1)], places[other % (places.length || 1)]];
  if (!one || !two) return file;
  const cut = (place: typeof one, instead: string) =>
    file.slice(0, place.from) + instead + file.slice(place.from + place.text.length);
  if (how === 'drop') return cut(one, '');
  if (how === 'repeat') return cut(one, one.text + one.text);
  if (how === 'empty') return cut(one, one.text.replace(/>[^]*</, '><').replace(/"[^"]*"/, '""'));
  if (how === 'swap') return cut(one, two.text);
  return file.slice(0, two.from) + one.text + file.slice(two.from);
}

/** Numbers that were used up by an element within another count too: any number will do. */
const anyRestructuring: fc.Arbitrary<Restructuring> = fc.record({
  of: fc.constantFrom('element', 'attribute', 'tag'),
  how: fc.constantFrom('drop', 'repeat', 'swap', 'move', 'empty'),
  which: fc.nat(200),
  other: fc.nat(200),
});

const anyMutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ bytes: anyChange(Buffer.byteLength(sample.file)) }),
  fc.record({ structure: anyRestructuring }),
  fc.record({ structure: anyRestructuring }),
);

function mutated(file: Buffer, mutation: Mutation): Buffer {
  if ('bytes' in mutation) return changed(file, mutation.bytes);
  return Buffer.from(restructured(file.toString(), mutation.structure));
}

describe('mutated Nessus files', () => {
  it(`end in a clear refusal or a sound reading, ${MUTATIONS} of them`, async (test) => {
    let sound = 0;
    const mutations = fc.array(anyMutation, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(mutations, fc.constantFrom(7, 1 << 16), async (all, chunkBytes) => {
        const file = all.reduce(mutated, Buffer.from(sample.file));
        const { observations, outcome, batches } = await readWhole(nessus, file, sample.context, chunkBytes);
        if (outcome.refused.length > 0) {
          assert.deepEqual(batches, []);
          for (const { at, reason } of outcome.refused) {
            assert.match(at, /^(?:file|line \d+(?:, [\w@ -]+)?)$/);
            assert.match(reason, /^[^\p{Cc}]{8,250}$/u);
          }
          return;
        }
        sound += 1;
        const seen = observations.map((observation) => nessusObservation.parse(observation));
        assert.deepEqual(
          seen.map(({ at }) => at),
          seen.map((_, index) => index + 1),
        );
        assert.equal(seen.filter(({ kind }) => kind === 'item').length, outcome.rows);
        checkHosts(seen);
      }),
      { numRuns: MUTATIONS },
    );
    test.diagnostic(`${sound} of ${MUTATIONS} were sound`);
    assert.ok(sound > MUTATIONS / 20 && sound < (MUTATIONS * 19) / 20, `${sound} of ${MUTATIONS} were sound`);
  });
});

/** Hosts are numbered from 1, and each comes after its own items. */
function checkHosts(seen: readonly ReturnType<typeof nessusObservation.parse>[]): void {
  let next = 1;
  for (const each of seen) {
    if (each.kind !== 'family') assert.equal(each.host, next);
    if (each.kind === 'host') next += 1;
  }
  assert.ok(next > 1);
}
