#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""check.py - is this bundle what the ledger says? With ssh-keygen and nothing of workvol.

The ledger leads: each of its records that names a paper must have that paper
here, with that SHA-256, signed by whom the record says. What no record names
must not be here. Started by check.sh, which also holds SHA256SUMS against it.
"""
import base64
import concurrent.futures
import functools
import glob
import hashlib
import json
import os
import shlex
import subprocess
import sys
import tempfile

ZEROS = '0' * 64
STATION, HOLDER, SERVER, APPROVER = 'station', 'holder', 'server', 'approver'
# record -> the papers that it names: file (None: it says), member with the digest, type (None: no
# document), namespace, signer
PAPERS = {
    'takeout.declared': [('declaration', 'declaration', None, None, None),
                         ('takeout-request.json', 'request', 'takeout-request', None, None)],
    'takeout.approved': [('takeout-request.json', 'request', 'takeout-request', 'workvol-takeout', APPROVER)],
    'takeout.prepared': [('takeout-record.json', 'record', 'takeout-record', 'workvol-takeout-record', STATION)],
    'takeout.carried': [('takeout-record.json', 'record', 'takeout-record', 'workvol-takeout-record', STATION),
                        ('declaration', 'declaration', None, None, None)],
    'takeout.out': [('handover.json', 'handover', 'handover', 'workvol-holder', HOLDER)],
    'takeout.amended': [(None, 'amendment', 'amendment', 'workvol-holder', HOLDER)],
    'takeout.synced': [(None, 'receipt', 'receipt', 'workvol-receipt', SERVER)],
    'takeout.renewed': [(None, 'receipt', 'receipt', 'workvol-receipt', SERVER)],
    'sync.end': [(None, 'receipt', 'receipt', 'workvol-receipt', SERVER)],
    'takeout.return-requested': [(None, 'request', 'return-request', None, None)],
    'takeout.return-approved': [(None, 'request', 'return-request', 'workvol-return', APPROVER)],
    'takeout.unrecoverable-requested': [(None, 'request', 'unrecoverable-request', None, None)],
    'takeout.unrecoverable': [(None, 'request', 'unrecoverable-request', 'workvol-return', APPROVER)],
    'takeout.certified': [('certificate.json', 'certificate', 'certificate', 'workvol-certificate', STATION)],
    'wipe.certified': [(None, 'certificate', 'certificate', 'workvol-certificate', STATION)],
    'policy.instructed': [('settings.conf', 'instruction', None, 'workvol-instruction', APPROVER),
                          ('roster', 'roster', None, None, None)],
}
# also here: made of what is checked, or checked otherwise
BESIDE = {'README.txt', 'SHA256SUMS', 'check.sh', 'check.py', 'ledger.jsonl', 'roster',
          'checkpoint.json', 'checkpoint.json.sig'}

bad = 0
seen = set()       # papers that the ledger names
beside = set()     # what belongs to one of them: its page, the keys that it names
requests = {}      # digest of a return's or a giving up's request -> its name
signatures = 0
commands = False
station = None     # whose ledger it is: its first record says


def complain(sentence):
    global bad
    bad += 1
    if not commands:
        print('BAD  ' + sentence)


def digest_of(path):
    whole = hashlib.sha256()
    with open(path, 'rb') as file:
        while block := file.read(1 << 20):
            whole.update(block)
    return whole.hexdigest()


def unique(pairs):
    if len(dict(pairs)) != len(pairs):
        raise ValueError('a member twice')
    return dict(pairs)


@functools.lru_cache(maxsize=64)
def load(path):
    try:
        with open(path, 'rb') as file:
            doc = json.loads(file.read(), object_pairs_hook=unique)
        return doc if isinstance(doc, dict) else {}
    except (OSError, ValueError):
        return {}  # what is missing or changed is named where its digest is compared


class Tree:
    """The Merkle tree hash of RFC 6962, leaf after leaf."""

    def __init__(self):
        self.size, self.whole = 0, []

    def add(self, leaf):
        node, n = hashlib.sha256(b'\0' + leaf).digest(), self.size
        while n & 1:
            node, n = hashlib.sha256(b'\1' + self.whole.pop() + node).digest(), n >> 1
        self.whole.append(node)
        self.size += 1

    def root(self):
        node = self.whole[-1] if self.whole else hashlib.sha256(b'').digest()
        for left in reversed(self.whole[:-1]):
            node = hashlib.sha256(b'\1' + left + node).digest()
        return node.hex()


# Each signature is a process of ssh-keygen: as many at once as there are processors.
pool = concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1)
asked = []         # (what will be the command that succeeds, commands, path, complaint)


def succeeds(command, path):
    with open(path, 'rb') as file:
        return subprocess.run(command, stdin=file, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL,
                              env={**os.environ, 'TZ': 'UTC'}).returncode == 0


def first_good(words, path):
    return next((command for command in words if succeeds(command, path)), None)


def verify(path, signature, namespace, people, signers, when, called=None):
    """One of these people signed it, at a time at which the key was theirs."""
    stamp = ''.join(c for c in when or '' if c.isdigit()) + 'Z'
    words = [['ssh-keygen', '-Y', 'verify', '-f', signers, '-I', who or '', '-n', namespace,
              '-s', signature, '-Overify-time=' + stamp] for who in people]
    asked.append((pool.submit(first_good, words, path), words, path, called is None,
                  f'{called or path}: not signed by {" or ".join(map(str, people))} for {namespace}'))


def answers():
    """What came of each, in the order in which they were asked for."""
    global signatures
    for good, words, path, is_here, complaint in asked:
        try:
            command = good.result()
        except FileNotFoundError as error:
            sys.exit(f'{error.filename}: {error.strerror}')
        signatures += command is not None
        if commands and is_here:
            print('TZ=UTC ' + ' '.join(map(shlex.quote, command or words[0])) + ' <' + shlex.quote(path))
        elif command is None:
            complain(complaint)


# ---- the ledger -----------------------------------------------------------------

def checkpoints_here(given):
    """Each as (name, checkpoint): ours, those that the servers have signed for, those of the
    certificates, those given."""
    points = [(name, load(name)) for name in ['checkpoint.json'] + given]
    for name in sorted(glob.glob('takeouts/*/receipt-*.json')):
        held = (load(name).get('checkpoint') or {}).get('checkpoint')
        if held:
            points.append((name, held))
    for name in sorted(glob.glob('takeouts/*/certificate.json') + glob.glob('wipes/certificate-*.json')):
        held = load(name).get('checkpoint')
        if held:
            points.append((name, held))
    return points


def in_certificate(name):  # its own signature is over the checkpoint too
    return os.path.basename(name).startswith('certificate')


def compare(points, tree, head):
    for name, point in points.get(tree.size, []):
        if point.get('head') != head or point.get('root') != tree.root():
            complain(f'{name}: its checkpoint of {tree.size} records is not this ledger\'s')


def records(points):
    """Every record, once it is known to be chained to the one before it."""
    tree, head = Tree(), ZEROS
    with open('ledger.jsonl', 'rb') as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip(b'\n')
            try:
                record = json.loads(line, object_pairs_hook=unique)
                seq, prev = record['seq'], record['prev']
            except (ValueError, KeyError, TypeError):
                complain(f'ledger.jsonl: line {number} is no record')
                seq, prev, record = number, head, {}
            if seq != number:
                complain(f'ledger.jsonl: line {number} is record {seq}: record {number} is not there')
                return
            if prev != head:
                complain(f'ledger.jsonl: record {number - 1} is not the one that record {number} '
                         'was chained to')
            tree.add(line)
            head = hashlib.sha256(line).hexdigest()
            compare(points, tree, head)
            yield record, head
    ours = max(points, default=0)
    if tree.size < ours:
        complain(f'ledger.jsonl: it ends with record {tree.size}, and a checkpoint says {ours}')
    if ('checkpoint.json' not in [name for name, _ in points.get(tree.size, [])]):
        complain(f'checkpoint.json: not of the {tree.size} records that are here')
    if not commands:
        print(f'ok   ledger.jsonl: {tree.size} records, head {head}')


# ---- the papers -----------------------------------------------------------------

def roster_of(directory):
    own = directory + '/roster'  # as it was when the take-out was prepared
    return own if os.path.exists(own) else 'roster'


def signer_of(who, body, record, doc):
    if who == APPROVER:
        return [body.get('approver')]
    if who == STATION:  # a wipe that is of no take-out has no take-out record
        return [(record.get('station') or {}).get('name') or station]
    if who == SERVER:
        return [SERVER]
    may = not (record.get('rules') or {}).get('holder_signs', True)
    if doc.get('type') == 'handover':
        return [STATION] if may and not doc.get('signed_by_holder') else [HOLDER]
    if doc.get('origin') == 'output':
        return [STATION, HOLDER]
    return [HOLDER, STATION] if may else [HOLDER]


def check_kind(path, doc, kind, takeout):
    """It is a document of this kind, and of the take-out whose record names it (None: of a wipe)."""
    whose = doc.get('takeout')
    if kind == 'certificate' and isinstance(whose, dict):
        whose = whose.get('takeout') or ''
    if doc.get('type') != kind:
        complain(f'{path}: no {kind}, and the ledger names it as one')
    elif whose != takeout:
        complain(f'{path}: not of the take-out that the ledger names it for' if takeout else
                 f'{path}: of a take-out, and the ledger names it for a wipe that is of none')


def check_paper(directory, entry, body, takeout, when):
    file, member, kind, namespace, who = entry
    digest = body.get(member)
    name = file or body.get('paper') or requests.get(digest, '')
    path = f'{directory}/{name}'
    if namespace is None and name.startswith(('return-request-', 'unrecoverable-request-')):
        requests[digest] = name
    if os.path.basename(name) != name or not os.path.isfile(path):
        complain(f'{path}: not there, and the ledger names it')
        return
    seen.add(path)
    if os.path.exists(path + '.sig'):
        seen.add(path + '.sig')
    if digest_of(path) != digest:
        complain(f'{path}: not the one that the ledger names')
    elif kind:
        check_kind(path, load(path), kind, takeout)
    if not namespace:
        return
    record, doc = load(directory + '/takeout-record.json'), load(path)
    if who in (APPROVER, STATION):
        signers = roster_of(directory)
    else:
        signers = directory + '/allowed_signers'
    if who != APPROVER:
        when = doc.get('time') or doc.get('created')
    verify(path, path + '.sig', namespace, signer_of(who, body, record, doc), signers, when)


def check_page(path, certificate, body):
    """The page about a certificate that is here; records of before name none."""
    if certificate in seen:
        beside.add(path)
    if body.get('page') and os.path.isfile(path) and digest_of(path) != body['page']:
        complain(f'{path}: not the page that the ledger names')


def check_record_paper(directory):
    """What the take-out record binds: the roster, the approval, the keys of its people."""
    record = load(directory + '/takeout-record.json')
    beside.update((directory + '/roster', directory + '/allowed_signers'))
    path = directory + '/roster'
    if not os.path.exists(path) or digest_of(path) != record.get('roster'):
        complain(f'{path}: not the roster that the take-out record names')
    path = directory + '/takeout-request.json.sig'
    if path in seen and digest_of(path) != record.get('request_signature'):
        complain(f'{path}: not the approval that the take-out record names')
    lines = [(HOLDER, 'workvol-holder', (record.get('holder') or {}).get('key')),
             (STATION, 'workvol-holder', (record.get('station') or {}).get('key')),
             (SERVER, 'workvol-receipt', (record.get('server') or {}).get('receipt_key'))]
    wanted = ''.join(f'{who} namespaces="{space}" {key}\n' for who, space, key in lines if key)
    path = directory + '/allowed_signers'
    try:
        with open(path, encoding='utf-8') as file:
            same = file.read() == wanted
    except (OSError, ValueError):
        same = False
    if not same:
        complain(f'{path}: not the keys that the take-out record names')


def check_papers(record, heads):
    kind, body, takeout = record.get('kind'), record.get('body') or {}, record.get('takeout')
    if kind in ('wipe.certified', 'policy.instructed'):
        directory = 'wipes' if kind[0] == 'w' else 'instructions/' + str(body.get('instruction'))[:12]
        for entry in PAPERS[kind]:
            check_paper(directory, entry, body, None, record.get('time'))
        if kind == 'wipe.certified':
            path = f'{directory}/{body.get("paper")}'
            check_page(path + '.txt', path, body)
        return
    if kind not in PAPERS or not isinstance(takeout, str) or '/' in takeout:
        return
    if kind == 'sync.end' and not body.get('receipt'):  # it failed
        return
    directory = 'takeouts/' + takeout
    if kind in ('takeout.prepared', 'takeout.carried'):
        check_record_paper(directory)
    for entry in PAPERS[kind]:
        check_paper(directory, entry, body, takeout, record.get('time'))
    for amended in body.get('amendments') or [] if kind == 'takeout.carried' else []:
        check_paper(directory, PAPERS['takeout.amended'][0], amended, takeout, record.get('time'))
    if kind == 'takeout.certified':
        path = directory + '/certificate.json'
        check_page(directory + '/certificate.txt', path, body)
        papers = ((load(path).get('takeout') or {})
                  .get('documents') or {})
        if heads.get(papers.get('ledger_size')) != papers.get('ledger_head'):
            complain(f'{path}: the ledger that it names is not this one')


def check_signed_checkpoints(points, scratch):
    for number, (name, point) in enumerate(points):
        if in_certificate(name):
            continue
        if not name.startswith('takeouts/'):
            verify(name, name + '.sig', 'workvol-checkpoint', [station], 'roster', point.get('time'))
            continue
        held, path = load(name)['checkpoint'], f'{scratch}/{number}.json'
        with open(path, 'w', encoding='utf-8') as file:
            json.dump(held['checkpoint'], file, sort_keys=True, separators=(',', ':'),
                      ensure_ascii=False)
        with open(path + '.sig', 'w', encoding='utf-8') as file:
            file.write(held.get('signature') or '')
        verify(path, path + '.sig', 'workvol-checkpoint', [point.get('origin')],
               roster_of(os.path.dirname(name)), point.get('time'), f'the checkpoint in {name}')


def check_strangers():
    known = seen | beside | BESIDE
    for directory, _, files in os.walk('.'):
        for file in files:
            path = os.path.relpath(os.path.join(directory, file), '.')
            if path not in known:
                complain(f'{path}: the ledger does not name it')


def print_keys():
    keys = {}
    people = [path for name in ('instructions/*/roster', 'takeouts/*/roster', 'takeouts/*/allowed_signers')
              for path in glob.glob(name)]
    for path in sorted(people) + ['roster']:
        with open(path, encoding='utf-8', errors='replace') as file:
            for line in file:
                words = line.split()
                if len(words) > 3 and not line.startswith('#'):
                    try:
                        blob = base64.b64decode(words[3])
                    except ValueError:
                        continue
                    print_as = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip('=')
                    keys[(words[0], print_as)] = True
    print('The keys above all of this; compare them with those that you know by other means:')
    for who, print_as in sorted(keys):
        print(f'     SHA256:{print_as}  {who}')


def station_of_ledger():
    with open('ledger.jsonl', 'rb') as file:
        try:
            return json.loads(file.readline())['body']['station']
        except (ValueError, KeyError, TypeError):
            complain('ledger.jsonl: its first record names no station')
            return None


def check_all(given):
    points, by_size, heads = checkpoints_here(given), {}, {}
    # a checkpoint of another station's ledger cannot be held against this one
    points = [(name, point) for name, point in points if point.get('origin') == station or
              not name.startswith('takeouts/')]
    for name, point in points:
        size = point.get('size')
        by_size.setdefault(size if isinstance(size, int) else 0, []).append((name, point))
    wanted = {((load(name).get('takeout') or {}).get('documents') or {}).get('ledger_size')
              for name in glob.glob('takeouts/*/certificate.json')}
    for record, head in records(by_size):
        if record.get('seq') in wanted:
            heads[record['seq']] = head
        check_papers(record, heads)
    with tempfile.TemporaryDirectory() as scratch:
        check_signed_checkpoints(points, scratch)
        answers()


def main():
    global commands, station
    given = [os.path.abspath(path) for path in sys.argv[1:] if path != '--commands']
    commands = '--commands' in sys.argv[1:]
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    station = station_of_ledger()
    check_all(given)
    if commands:
        return 0
    check_strangers()
    print(f'ok   {len(seen)} files that the ledger names, {signatures} signatures' if not bad
          else f'     {bad} things do not hold')
    print_keys()
    return 1 if bad else 0


sys.exit(main())
