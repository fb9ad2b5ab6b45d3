#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""prove.py PROOF.json ROSTER - is this record in the ledger that the station signed for?

PROOF.json: of `workvol ledger prove RECORD`. RFC 6962, section 2.1.1, and ssh-keygen."""
import hashlib, json, subprocess, sys, tempfile

def canonical(doc):
    return json.dumps(doc, sort_keys=True, separators=(',', ':'), ensure_ascii=False).encode()

def node(left, right):
    return hashlib.sha256(b'\1' + left + right).digest()

def root_of(leaf, index, size, path):
    here, last, root = index, size - 1, hashlib.sha256(b'\0' + leaf).digest()
    for beside in path:
        if last == 0:
            sys.exit('the path is too long')
        if here & 1 or here == last:
            root = node(bytes.fromhex(beside), root)
            while not here & 1:
                here, last = here >> 1, last >> 1
        else:
            root = node(root, bytes.fromhex(beside))
        here, last = here >> 1, last >> 1
    return root.hex() if last == 0 else sys.exit('the path is too short')

proof = json.load(open(sys.argv[1], encoding='utf-8'))
record, signed, point = proof['record'], proof['checkpoint'], proof['checkpoint']['checkpoint']
if record['seq'] != proof['index'] + 1 or point['size'] != proof['size'] or not 0 <= proof['index'] < proof['size']:
    sys.exit('the numbers do not fit')
if root_of(canonical(record), proof['index'], proof['size'], proof['path']) != point['root']:
    sys.exit('the record is not in the tree of this checkpoint')
with tempfile.NamedTemporaryFile('w') as sig:
    print(signed['signature'], file=sig, flush=True)
    when = '-Overify-time=' + ''.join(c for c in point['time'] if c.isdigit()) + 'Z'
    command = ['ssh-keygen', '-Y', 'verify', '-f', sys.argv[2], '-I', point['origin'], '-n', 'workvol-checkpoint', '-s', sig.name, when]
    if subprocess.run(command, input=canonical(point), stdout=subprocess.DEVNULL).returncode:
        sys.exit('the checkpoint is not signed by ' + point['origin'])
print(f"record {record['seq']} of {record['time']} ({record['kind']}) is in the ledger of {point['origin']}")
