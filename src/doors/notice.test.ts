import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { MusterError } from '../errors/index.ts';
import { readNotice } from './notice.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-notice-'));
});
after(() => rm(folder, { recursive: true }));

async function written(bytes: string | Uint8Array): Promise<string> {
  const file = join(folder, 'notice.txt');
  await writeFile(file, bytes);
  return file;
}

describe('the system-use notice', () => {
  it('that comes with Muster says what a notice must, in paragraphs', async () => {
    const { text } = await readNotice(undefined);
    for (const said of [
      /information of the U\.S\. Government/,
      /federal tax information/,
      /monitored, recorded and audited/,
      /without authorization.*prohibited/,
      /criminal and civil penalties/,
      /consent to being monitored and recorded/,
    ])
      assert.match(text, said);
    assert.equal(text.split('\n\n').length, 4);
  });

  it('has a digest that changes with its text alone', async () => {
    const shipped = await readNotice(undefined);
    assert.equal(shipped.digest, createHash('sha256').update(shipped.text).digest('hex').slice(0, 16));
    const one = await readNotice(await written('One.\n\nTwo.\n'));
    assert.deepEqual(await readNotice(await written('One.\r\n \r\n\r\nTwo.')), one);
    assert.equal(one.text, 'One.\n\nTwo.');
    assert.notEqual((await readNotice(await written('One.\n\nTwo!'))).digest, one.digest);
  });

  it('may be 16 KiB long and no longer', async () => {
    assert.equal((await readNotice(await written('x'.repeat(16_384)))).text.length, 16_384);
    await refused(await written('x'.repeat(16_385)), /longer than 16 KiB/);
  });

  it('that is no text is refused with its file', async () => {
    await refused(await written(' \n'), /is empty/);
    await refused(await written(Buffer.from([0x41, 0xff])), /is not UTF-8/);
    await refused(await written('a\u0000b'), /control characters/);
    await refused(join(folder, 'none.txt'), /cannot be read \(ENOENT\)/);
  });
});

async function refused(file: string, pattern: RegExp): Promise<void> {
  await assert.rejects(readNotice(file), (error) => {
    assert.ok(error instanceof MusterError);
    assert.equal(error.code, 'USAGE');
    assert.ok(error.message.startsWith(`MUSTER_NOTICE_FILE: ${file} `), error.message);
    assert.match(error.message, pattern);
    return true;
  });
}
