#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_report_pdf.sh - the report on A4: the document's figures, on every sheet its digest
. "$(dirname "$0")/lib.sh"
RENDER=$(dirname "$WORKVOL")/workvol-render

station
today=$(date +%F)
make_tree 3
must take_out "$TMP/volume.img"
must wv return "$TMP/volume.img" --key-file "$KEY" --passphrase-file "$PASS" --approve-with "$APPROVER"
must take_out "$TMP/second.img" --holder '山田 <b>'="$HOLDER.pub"

report() {
	wv report --from "$today" --to "$(date -d tomorrow +%F)" "$@"
}
# pages JSON PDF ARGS...: the helper itself, which writes to a pipe only
pages() {
	local json=$1 pdf=$2
	shift 2
	timeout -k 5 "$LIMIT" "$RENDER" "$@" <"$json" | cat >"$pdf"
	[ "${PIPESTATUS[0]}" = 0 ] && pdftotext -layout "$pdf" "${pdf%.pdf}.txt"
}
# What a reader finds on the sheets, blanks aside, against the document; says what is missing
missing() { # JSON TXT
	python3 - "$1" "$2" <<'P'
import json, re, sys
doc, text = json.load(open(sys.argv[1])), re.sub(r'\s', '', open(sys.argv[2]).read())
want = [f"Exceptions:{len(doc['exceptions'])}", f"Take-outs:{len(doc['takeouts'])}", 'Timeline', 'Byclause',
        f"{doc['counted']}inthisperiod,of{doc['ledger_size']}", doc['ledger_head']]
want += [e['sentence'] for e in doc['exceptions']] + [e['takeout'] for e in doc['exceptions'] if e['takeout']]
want += [c['clause'] + c['obliges'] for c in doc['clauses']]
want += [d['what'] + str(d['count']) for c in doc['clauses'] for d in c['done']]
want += [t[k] for t in doc['takeouts'] for k in ('takeout', 'volume')]
want += [t['holder'] + t['out'][:10] + t['due'][:10] + (t['keys_destroyed'] or '-')[:10] for t in doc['takeouts']]
lost = [w for w in want if re.sub(r'\s', '', w) not in text]
print('\n'.join(lost))
sys.exit(bool(lost) or len(want) < 60)
P
}

report --json >"$TMP/report.json" || bail 'no report'
ok 'a report that was kept becomes sheets' pages "$TMP/report.json" "$TMP/report.pdf"
ok 'all of A4' eval 'pdfinfo "$TMP/report.pdf" | grep -q "^Page size:.*A4"'
sheets=$(pdfinfo "$TMP/report.pdf" | sed -n 's/^Pages: *//p')
ok 'of more than one' test "$sheets" -gt 1
must pages "$TMP/report.json" "$TMP/en.pdf" --lang en
ok 'with the figures of the document' missing "$TMP/report.json" "$TMP/en.txt"
is 'each with its digest' "$(grep -c "SHA-256 $(sum "$TMP/report.json")" "$TMP/report.txt")" "$sheets"
is 'its number' "$(grep -oE "[0-9]+ ?/ ?$sheets\$" "$TMP/report.txt" | grep -oE '^[0-9]+' | xargs)" "$(seq "$sheets" | xargs)"
is 'and that it is no evidence' "$(grep -c 'LAB, NOT EVIDENCE' "$TMP/report.txt")" "$sheets"
must pages "$TMP/report.json" "$TMP/again.pdf"
ok 'the same document gives the same sheets' cmp "$TMP/report.pdf" "$TMP/again.pdf"
ok 'workvol report makes them at once' eval 'report --format pdf >"$TMP/direct.pdf"'
ok 'of the same length' eval '[ "$(pdfinfo "$TMP/direct.pdf" | sed -n "s/^Pages: *//p")" = "$sheets" ]'
ok 'in English' eval 'report --format pdf --lang en | pdftotext - - | grep -qx "Exceptions: [0-9]*"'
ok 'in Japanese' eval 'report --format pdf --lang ja | pdftotext - - | grep -q "^例外事項: [0-9]*"'
ok 'and its heads and notes too' eval 'report --format pdf --lang ja | pdftotext - "$TMP/ja.txt" && grep -q workvolの対象外 "$TMP/ja.txt" &&
	grep -q 期限超過 "$TMP/ja.txt" && grep -qx 実施事項 "$TMP/ja.txt" && ! grep -qE "What was done|overdue;|outside workvol" "$TMP/ja.txt"'
ok 'clauses, deeds and sentences too' eval 'for w in 発注者の事前承認のない持出しの禁止 目的と期限を定めた持出し 拠点が自らのディレクトリの受領書に署名しました 連鎖は完全です; do
	grep -q "$w" "$TMP/ja.txt" || { echo "no $w"; exit 1; }; done'
ok 'a period without anything' eval 'wv report --from 2020-01-01 --to 2020-12-31 --format pdf | pdftotext - - >"$TMP/none.txt"'
ok 'is a sheet too' grep -q 'Nothing in this period was out of order' "$TMP/none.txt"
not_ok_exit 2 '--json is another format' report --format pdf --json
not_ok_exit 2 'an unknown language' report --format pdf --lang de

# ---- of a year -------------------------------------------------------------------------------

jq -Sc '.takeouts as $t | .exceptions as $e | .takeouts = [range(700) as $i | $t[$i % 2] | .holder = "holder \($i % 20)"] |
	.exceptions = [range(300) as $i | $e[0]]' "$TMP/report.json" >"$TMP/year.json"
ok 'of 700 take-outs and 300 exceptions' pages "$TMP/year.json" "$TMP/year.pdf" --lang en
ok 'none is left out' missing "$TMP/year.json" "$TMP/year.txt"
is 'each exception has its line' "$(tr -d '\n' <"$TMP/year.txt" | grep -oF "$(jq -r '.exceptions[0].sentence' "$TMP/year.json")" | wc -l)" 300
is 'and each sheet the heads of its table' "$(grep -c '^ *What happened  *Records$' "$TMP/year.txt")" \
	"$(awk 'BEGIN {RS = "\f"} /What happened/ {n++} END {print n}' "$TMP/year.txt")"

python3 -c 'print("{\"takeouts\":[" + ",".join(["{\"a\":{\"b\":1}}"] * 2500000) + "],\"type\":\"report\"}", end="")' >"$TMP/large.json"
not_ok_exit 1 'of what is too large there are none' pages "$TMP/large.json" "$TMP/large.pdf"
"$RENDER" <"$TMP/large.json" 2>&1 >/dev/null | cat >"$TMP/large.txt" # it writes to pipes only
ok '... and what to do is said' grep -q 'the document is too large for pages.*: give a shorter period' "$TMP/large.txt"
is 'not a byte of them' "$(stat -c %s "$TMP/large.pdf")" 0
rm "$TMP/large.json"

# ---- all that is high ---------------------------------------------------------------------------

below_the_foot() { # PDF: how many points of all sheets are not white there
	local sheets
	sheets=$(pdfinfo "$1" | sed -n 's/^Pages: *//p')
	for ((i = 1; i <= sheets; i++)); do
		pdftoppm -gray -r 36 -f "$i" -l "$i" -x 0 -y 406 -W 298 -H 14 "$1" | tail -c $((298 * 14))
	done | tr -d '\377' | wc -c
}
jq -Sc '.takeouts[1] as $t | .takeouts = [range(300) | $t | .holder = "one"]' "$TMP/report.json" >"$TMP/lanes.json"
ok 'of 300 that one holder has at once' pages "$TMP/lanes.json" "$TMP/lanes.pdf"
is 'no bar is below a sheet' "$(below_the_foot "$TMP/lanes.pdf")" 0
jq -Sc '("x\n" * 3000) as $l | .takeouts[0].holder = $l | .exceptions[0].sentence = $l | .clauses[0].note = $l |
	.clauses[1].obliges = $l' "$TMP/report.json" >"$TMP/high.json"
ok 'of texts that are higher than a sheet' pages "$TMP/high.json" "$TMP/high.pdf" --lang en
is 'nor such a text' "$(below_the_foot "$TMP/high.pdf")" 0
ok 'what is below them is there' grep -q "^ *take-out $(jq -r '.exceptions[0].takeout' "$TMP/report.json")" "$TMP/high.txt"
is 'no sheet is headed in Japanese' "$(grep -c 試験用 "$TMP/high.txt")" 0
echo "1..$_n"
