#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# words.sh - what pages and papers say in words of ours has Japanese in lib/evidence/words*.c
. "$(dirname "$0")/lib.sh"

# The literals that are handed to the functions that look words up, and the titles of columns and forms.
missing=$(python3 - cli/render/*.c lib/evidence/report_html.c lib/evidence/report_timeline.c lib/flow/incident/exemption.c <<'P'
import re, sys
string = r'"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*'
def text(literal):
    return re.sub(r'"\s*"', '', literal)[1:-1].encode().decode('unicode_escape').encode('latin-1').decode()
table = set()
for path in ('words', 'words_report', 'words_papers'):
    for en in re.findall(r'\{ (' + string + r'),\s*' + string + r' \}', open(f'lib/evidence/{path}.c').read()):
        table.add(text(en))
calls = r'(?:row_(?:words|sentence|head|value|number|when|signature)|part_\w+|sheets_note|section|words_in|wv__markup_words|put_in|put_code)\('
said, labels = set(), set()
for path in sys.argv[1:]:
    source = open(path).read()
    source = re.sub(r'/\*.*?\*/', '', source, flags=re.S)
    for call in re.finditer(calls + r'([^;]*);', source):
        if call.group(0).startswith('put_in'):
            parts = re.findall(string, call.group(1))
            said.update((path, text(p)) for p in parts[1:2] if len(parts) == 3)
            continue
        found = re.findall(string, call.group(1))
        said.update((path, text(s)) for s in found)
        if re.match(r'row_(value|number|when)|part_(fact|factf|when|day)', call.group(0)) and found:
            labels.add((path, text(found[0])))
    said.update((path, text(s)) for s in re.findall(r'\.title = (' + string + ')', source))
    if path.endswith(('form.c', 'exemption.c', 'dead_end.c')):
        said.update((path, text(s)) for s in re.findall(string, re.sub(r'#include.*', '', source)))
# what is no words: keys of documents, formats, separators
other = re.compile(r'^[a-z0-9_.-]*$|%|^[\W\d]*$|<|^SHA-256|^ ?B$|^YYYY')
count = 0
for path, s in sorted(said):
    if s in table:
        count += 1
    elif (path, s) in labels and s.strip(' /') or not other.search(s):
        print(f'{path}: {s}')
sys.stderr.write(f'# {count} texts with Japanese\n')
if count < 150:
    print(f'only {count} texts were looked at')
P
)
ok 'every text of the pages has Japanese' "$missing"
finish
