import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Desk } from './desk.ts';

describe('what is taken away of a record', () => {
  let desk: Desk;
  before(async () => {
    desk = await Desk.open();
    assert.equal((await desk.run('agency', 'create', 'NORTH', '--kind', 'irs')).code, 0);
  });
  after(() => desk.close());

  it('a proof is a file that others may not read', async () => {
    const proof = join(desk.folder, 'entry-1.tlog-proof');
    const { code, stdout, stderr } = await desk.run('prove', '1', '--out', proof);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /entry-1\.tlog-proof proves entry 1\./);
    assert.equal((await stat(proof)).mode & 0o777, 0o600);
  });

  it('a proof that cannot be written is refused in one line', async () => {
    for (const [out, why] of [
      [join(desk.folder, 'nowhere', 'proof'), 'ENOENT'],
      [desk.folder, 'EISDIR'],
    ] as const) {
      const { code, stdout, stderr } = await desk.run('prove', '1', '--out', out);
      assert.deepEqual([code, stdout], [3, '']);
      assert.match(
        stderr,
        new RegExp(`^muster: the proof cannot be written to .* \\(${why}\\) \\(name a place`),
      );
      assert.equal(stderr.trim().split('\n').length, 1);
    }
  });

  it('of one there is one', async () => {
    const { code, stdout, stderr } = await desk.run('record', 'export', join(desk.folder, 'record'));
    assert.equal(code, 0, stderr);
    assert.match(stdout, / holds (1 entry|entries 1 to \d+) of \S+ and 1 checkpoint\.\n/);
  });
});
