#!/usr/bin/env python3
"""Verifies an exported record of Muster, or a proof of one entry, without Muster; README.md says more.
    python3 verify.py DIR [--key VKEY|FILE] [--against CHECKPOINT]
    python3 verify.py FILE.tlog-proof --key VKEY|FILE
Needs Python 3.8 and openssl 3, no network and nothing else. Exit 0: verified; 1: not."""
import argparse, base64, datetime, hashlib, json, re, subprocess, sys, tempfile
from pathlib import Path
MEMBERS, TEXTS = ['actor', 'body', 'effective', 'index', 'kind', 'recorded', 'subject'], ['actor', 'kind', 'subject']
SIZE = '0|[1-9][0-9]{0,14}'
DER = bytes.fromhex('302a300506032b6570032100')  # RFC 8410: what follows it is an Ed25519 public key
OPENSSL = 'openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in text -sigfile signature'

def need(truth, says):
    if not truth: raise ValueError(says)
def sha(*parts): return hashlib.sha256(b''.join(parts)).digest()
def opened(path):  # a pipe would be waited for
    need(Path(path).is_file(), f'{path} is missing, or no plain file')
    return open(path, 'rb')
def read(path): return opened(path).read(1 << 27)
def unbase64(text):
    need(base64.b64encode(base64.b64decode(text)).decode() == text, f'{text[:60]} is no base64')
    return base64.b64decode(text)

def read_key(vkey):  # signed-note: name+id+base64(1, public key) -> name, id, public key
    name, key_id, data = (vkey.split('+', 2) + ['', ''])[:3]
    raw = unbase64(data)
    is_key = len(raw) == 33 and raw[0] == 1 and key_id == sha(name.encode(), b'\n', raw)[:4].hex()
    need(is_key and name.isprintable() and name.split() == [name], f'{vkey[:200]} is no verifier key')
    return name, bytes.fromhex(key_id), raw[1:]
def is_signed(text, signatures, vkey):  # a key signs for the log of its own name
    name, key_id, public = read_key(vkey)
    by_it = [data[4:] for who, data in signatures if who == name and data[:4] == key_id]
    for signature in by_it:
        with tempfile.TemporaryDirectory() as folder:
            for file, data in ('key', DER + public), ('text', text.encode()), ('signature', signature):
                Path(folder, file).write_bytes(data)
            ran = subprocess.run(OPENSSL.split(), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        need(b'Signature Verif' in ran.stdout, f'no signature can be checked (openssl 3?): {ran.stdout[:200]}')
        if ran.returncode != 0: return False
    return by_it != [] and text.startswith(f'{name}\n')
def read_checkpoint(note, what):  # -> origin, size, root, signed text, signatures
    text, _, below = note.decode(errors='replace').rpartition('\n\n')
    origin, size, root = (text.split('\n') + ['', ''])[:3]
    lines = re.findall('— ([^ +\n]+) ([A-Za-z0-9+/=]{8,})\n', below)
    is_note = 0 < len(lines) <= 16 and below == ''.join(f'— {who} {data}\n' for who, data in lines)
    is_head = text.count('\n') == 2 and re.fullmatch(SIZE, size) and len(unbase64(root)) == 32
    need(is_note and is_head and below.replace('\n', '').isprintable(), f'{what} is no checkpoint')
    return origin, int(size), unbase64(root), text + '\n', [(who, unbase64(data)) for who, data in lines]

def in_order(pairs):  # RFC 8785, 3.2.3: members by UTF-16 code units, and so none twice
    names = [name.encode('utf-16-be', 'surrogatepass') for name, _ in pairs]
    need(names == sorted(set(names)), 'members out of order')
    return dict(pairs)
def read_entry(leaf, place, before=''):
    kept = lambda number: '\0' + number  # as it is written; no text of an entry holds U+0000
    try:
        entry = json.loads(leaf, object_pairs_hook=in_order, parse_int=kept, parse_float=kept, parse_constant=str)
        again = re.sub(r'"\\u0000([^"]*)"', r'\1', json.dumps(entry, ensure_ascii=False, separators=(',', ':')))
        index, day, at = str(entry['index'])[:20], entry['effective'], entry['recorded']
        is_entry = (list(entry) == MEMBERS and again.encode() == leaf and r'\u0000' not in again.replace(r'\\', '')
                    and all(isinstance(entry[name], str) and entry[name][:1] != '\0' for name in TEXTS)
                    and datetime.date.fromisoformat(day).isoformat() == day and '1900' <= day < '2200'
                    and datetime.datetime.fromisoformat(at[:23]).isoformat(timespec='milliseconds') + 'Z' == at)
    except (ValueError, TypeError, KeyError, RecursionError): is_entry = False
    need(is_entry, f'entry {place} was changed: what stands in its place is no canonical entry')
    need(index == f'\0{place}', f'entry {place} is missing or moved: entry {index[1:]} stands in its place')
    need(at >= before, f'entry {place} was recorded {at}, and the one before it {before}')
    return entry

def verify_record(folder, given, against):
    first, *later = read(folder / 'keys').decode(errors='replace').split('\n')
    origin, chain, held, vouched = read_key(first)[0], [first], {}, 0  # vouched: from there on each signed the next
    kept = [path for path in sorted((folder / 'checkpoints').iterdir()) if re.fullmatch(SIZE, path.name)]
    for path in [folder / 'checkpoint', *kept, *against]:
        name, at, *signed = read_checkpoint(read(path), path)
        need(name == origin, f'{path} is of {name}, not of {origin}')
        need(path not in kept or path.name == str(at), f'{path} is of size {at}')
        held.setdefault(at, []).append((path, *signed))
    size, most = next(iter(held)), max(held)
    need(most == size, f'entries {size + 1} to {most} are missing: {held[most][0][0]} covers them')
    stack, tiles, agreed, before, signers = [], {}, 0, '', chain  # stack: height and root of whole subtrees
    def check_tile(level, at, node):  # tlog-tiles: what stands at this place of this level
        if at % 256 == 0:
            width, digits = min(256, (size >> 8 * level) - at), str(at // 256)
            number = re.sub(r'\d{3}(?=\d)', r'x\g<0>/', digits.zfill(-(-len(digits) // 3) * 3))
            name = f'tile/{level}/{number}' + (f'.p/{width}' if width < 256 else '')
            tiles[level] = name, read(folder / name)
            need(len(tiles[level][1]) == 32 * width, f'{name} is not of {width} hashes')
        name, hashes = tiles[level]
        which = f'a tile of the entries up to {(at + 1) << 8 * level}' if level else f'entry {at + 1}'
        need(hashes[at % 256 * 32:][:32] == node, f'{which} was changed after it was hashed: {name} does not agree')
    with opened(folder / 'entries.jsonl') as file:
        for place in range(size + 1):  # the entry read last; before the first, 0
            if place > 0:
                line = file.readline((64 << 20) + 1)
                need(line[-1:] == b'\n', f'entries {place} to {size} are missing: entry {place} is cut off, or none')
                entry, height, node = read_entry(line[:-1], place, before), 0, sha(b'\0', line[:-1])
                before, signers = entry['recorded'], chain[-1:]
                check_tile(0, place - 1, node)
                while stack and stack[-1][0] == height:
                    height, node = height + 1, sha(b'\1', stack.pop()[1], node)
                    if height % 8 == 0: check_tile(height // 8, (place >> height) - 1, node)
                stack.append((height, node))
                if entry['kind'] == 'record.key-rotated':
                    body = entry['body'] if isinstance(entry['body'], dict) else {}
                    plain = {'earlier': chain[-1], 'key': body.get('key')}
                    need(body in (plain, {**plain, 'lost': True}), f'entry {place} rotates no key that was in force')
                    chain, vouched = chain + [str(body['key'])], len(chain) if 'lost' in body else vouched
                    need(place in held, f'entry {place} rotates the key: the checkpoint of size {place} is missing')
                    signers = chain[max(vouched, len(chain) - 2):]
            for path, stated, text, signatures in held.get(place, []):
                root = stack[-1][1] if stack else sha()
                for _, left in reversed(stack[:-1]): root = sha(b'\1', left, root)
                for vkey in signers: need(is_signed(text, signatures, vkey), f'{path} is not signed by {vkey}')
                need(root == stated, f'one of the entries {agreed + 1} to {place} was changed: {path} does not agree')
            agreed = place if place in held else agreed
        need(not file.read(1), f'entries.jsonl goes on after entry {size}, the last that the checkpoint covers')
    need(chain + [''] == [first, *later], 'the file keys has other keys than the entries')
    need(not given or set(given) & set(chain[vouched:]), 'the record is signed by no key you gave')
    whose = 'a key you gave' if given else 'a key that the export brings: compare it with the one you were told'
    return f'{size} entries of {origin}, the last of {before}, by {len(held)} checkpoints, {chain[-1]} and {whose}'

def root_by(at, size, node, path):  # RFC 6962, 2.1.1
    if size <= 1: return node
    left, sibling = 1 << (size - 1).bit_length() - 1, path.pop() if path else b''
    if at < left: return sha(b'\1', root_by(at, left, node, path), sibling)
    return sha(b'\1', sibling, root_by(at - left, size - left, node, path))
def verify_proof(path, given, _):
    head, _, note = read(path).decode(errors='replace').partition('\n\n')
    parts = re.fullmatch(rf'c2sp\.org/tlog-proof@v1\nextra (\S+)\nindex ({SIZE})((?:\n\S{{44}})*)', head)
    need(parts, 'it is no proof that brings its entry')
    origin, size, root, text, signatures = read_checkpoint(note.encode(), 'what the proof ends with')
    leaf, at, path = unbase64(parts[1]), int(parts[2]), [unbase64(each) for each in parts[3].split()]
    entry = read_entry(leaf, at + 1)
    is_in = at < size and root_by(at, size, sha(b'\0', leaf), path) == root and not path
    need(is_in, f'entry {at + 1} is not in that record of {size} entries: something here was changed')
    by = [vkey for vkey in given if is_signed(text, signatures, vkey)]
    need(by, 'it is signed by no key you gave; a proof brings none: say with --key which one you were told')
    return f"entry {at + 1} of {origin}, recorded {entry['recorded']}, is in its {size} entries signed by {by[0]}"

asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
asked.add_argument('path', metavar='DIR|PROOF')
for option in '--key', '--against': asked.add_argument(option, action='append', default=[])
asked = asked.parse_args()
verify = verify_record if Path(asked.path).is_dir() else verify_proof
try:
    given = [vkey for key in asked.key for vkey in (read(key).decode().split() if Path(key).is_file() else [key])]
    print('VERIFIED:', re.sub('[^ -~]', '?', verify(Path(asked.path), given, asked.against)))
except (OSError, ValueError) as error:
    sys.exit(print('NOT VERIFIED:', re.sub('[^ -~]', '?', str(error))) or 1)
