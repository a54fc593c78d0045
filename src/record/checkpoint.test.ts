import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headText, readCheckpoint } from './checkpoint.ts';
import { EMPTY_ROOT } from './tree.ts';

const EXAMPLE =
  'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n' +
  '— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n';

test('the example of C2SP tlog-checkpoint reads and is written the same', () => {
  const checkpoint = readCheckpoint(EXAMPLE);
  assert.equal(checkpoint?.head.origin, 'example.com/behind-the-sofa');
  assert.equal(checkpoint.head.size, 20_852_163);
  assert.equal(headText(checkpoint.head), checkpoint.note.text);
});

test('a head without entries has size 0', () => {
  const text = headText({ origin: 'muster/DEMO-3f9a1c22', size: 0, root: EMPTY_ROOT });
  assert.equal(text, 'muster/DEMO-3f9a1c22\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n');
});

test('what is no checkpoint is none', () => {
  const refused: [what: string, text: string][] = [
    ['no note', EXAMPLE.slice(0, 80)],
    ['a leading zero', EXAMPLE.replace('\n2', '\n02')],
    ['a sign', EXAMPLE.replace('\n2', '\n+2')],
    ['a fraction', EXAMPLE.replace('\n2', '\n2.')],
    ['a size past what is exact', EXAMPLE.replace('20852163', '9999999999999999')],
    ['no origin', EXAMPLE.replace('example.com/behind-the-sofa\n2', '\n2')],
    ['a short root', EXAMPLE.replace('CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=', 'CsUYapGGPo4=')],
    ['another line', EXAMPLE.replace('q2I=\n', 'q2I=\nmore\n')],
    ['a line too few', EXAMPLE.replace('20852163\n', '')],
  ];
  for (const [what, text] of refused) assert.equal(readCheckpoint(text), undefined, what);
});
