import { TILE_WIDTH, tilePath, type TreeHead } from '../record/index.ts';

/** README.txt of an export: what it is, how to verify it with and without Muster, and what that proves. */
export function explain({ origin, size, root }: TreeHead): string {
  return `A record of Muster, exported
============================

  log       ${origin}
  entries   ${size}
  root      ${root.toString('base64')}

entries.jsonl   every entry, one a line in canonical JSON (RFC 8785); line n is entry n
tile/           the Merkle tree over them (RFC 6962), in tiles (c2sp.org/tlog-tiles)
checkpoint      the signed head of the tree (c2sp.org/tlog-checkpoint) that covers all of it
checkpoints/    every checkpoint kept, named by how many entries it covers
keys            the keys that verify the checkpoints, one a line, the oldest first


How to verify it
----------------

With Muster, without its database or any server:

    muster verify DIR --key VKEY

With Python 3 and openssl alone, by a script of 150 lines that you can read first
(docs/verify/verify.py, where you have Muster from):

    python3 verify.py DIR --key VKEY

DIR is this folder. VKEY is the key of the log as you were told it by other means than this
export: on paper, in an earlier report. Without --key the key that the export brings is used, and
printed for you to compare. If you kept a checkpoint of earlier, add --against FILE: it shows
whether the record has been rewritten since.
${size > 0 ? byHand(size) : ''}

What it proves
--------------

That these are the entries which the holder of the key signed, all of them, in this order, and
that none was changed, added or taken out since. And to whoever holds an earlier checkpoint: that
what it covered is still there unchanged, and when it had been written down at the latest.

What it does not prove
----------------------

That what an entry says is true: only that it was said, and what was said. That nothing was left
out before it was written down. And to someone who holds no earlier checkpoint and was told no
key, it does not prove that the holder of the key has not written the whole record anew.
`;
}

/** The commands below are run by a test as they stand. */
function byHand(size: number): string {
  const tile = tilePath({ level: 0, number: 0, width: Math.min(size, TILE_WIDTH) });
  return `
By hand, in this folder: is the first entry the one that the tree holds? Both print the same.

    (printf '\\000'; sed -n 1p entries.jsonl | tr -d '\\n') | openssl dgst -sha256 -r | cut -c1-64
    head -c 32 ${tile} | od -An -v -tx1 | tr -d ' \\n'

Is the checkpoint signed by the last key? It prints "Signature Verified Successfully".

    out=$(mktemp -d)
    sed -n 1,3p checkpoint > "$out/text"
    sed -n 5p checkpoint | cut -d' ' -f3 | openssl base64 -d -A | tail -c 64 > "$out/signature"
    printf '\\060\\052\\060\\005\\006\\003\\053\\145\\160\\003\\041\\000' > "$out/key"
    tail -n 1 keys | cut -d+ -f3- | openssl base64 -d -A | tail -c 32 >> "$out/key"
    openssl pkeyutl -verify -pubin -keyform DER -inkey "$out/key" -rawin -in "$out/text" -sigfile "$out/signature"
`;
}
