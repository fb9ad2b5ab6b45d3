#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_report.sh - the report of a period, from the records of a real take-out
. "$(dirname "$0")/lib.sh"

station
factors=(--key-file "$KEY" --passphrase-file "$PASS")
V=$TMP/volume.img
today=$(date +%F)
make_tree 3
must take_out "$V"
not_ok_exit 3 'a wrong passphrase opens nothing' wv open "$V" "$TMP" --key-file "$KEY" --passphrase-file "$KEY"
must wv return "$V" "${factors[@]}" --approve-with "$APPROVER"
head -c 1M /dev/urandom >"$TMP/stick"
must wv wipe "$TMP/stick" --yes=stick --verify none
must wv wipe "$TMP/stick" --yes=stick
not_ok_exit 3 'a wipe is refused' wv wipe "$TMP/stick" --yes=stack

# which KIND: the numbers of the ledger's records of that kind
which() {
	wv ledger export | jq -c --slurp "[.[] | select($1) | .seq]"
}
report() {
	wv report --from "$today" --to "$(date -d tomorrow +%F)" "$@"
}
# done_for CLAUSE KIND: the records that the report has for it
done_for() {
	jq -c ".clauses[] | select(.clause == \"$1\") | .done[] | select(.kind == \"$2\") | .records" "$TMP/report"
}
# told KIND: the records of such exceptions
told() {
	jq -c "[.exceptions[] | select(.kind == \"$1\") | .records[]]" "$TMP/report"
}
n=$(wv ledger export | wc -l)
ok 'a report is made' report --json
cp "$OUT" "$TMP/report"
is 'of the records until now' "$(jq .ledger_size "$TMP/report")" "$n"
is 'all of them of this period' "$(jq .counted "$TMP/report")" "$n"
for row in S3-3,takeout.declared R3-2,takeout.approved R3-2,takeout.return-approved R3-4,takeout.out R3-6,takeout.synced \
	R3-6,takeout.keys-destroyed R3-6,takeout.wiped R3-6,takeout.certified; do
	is "$row: the record is named" "$(done_for "${row%,*}" "${row#*,}")" "$(which ".kind == \"${row#*,}\"")"
done
is 'each clause of the annex has its line' "$(jq '.clauses | length' "$TMP/report")" 35
# rows FILTER...: the clauses of docs/clauses.md in the rows that it leaves
rows() {
	sed '/^## /,$d' docs/clauses.md | grep '^| [SR][0-9]' | grep "$@" | cut -d'|' -f2 | tr -d ' ' | tr , '\n' | sort
}
is 'and its row in docs/clauses.md' "$(jq -r '.clauses[].clause' "$TMP/report" | sort)" "$(rows .)"
is 'both leave the same to others' \
	"$(jq -r '.clauses[] | select(.note == "outside workvol") | .clause' "$TMP/report" | sort)" "$(rows '| – |')"
is 'of every other one something is counted, or it says where it is' \
	"$(jq -r '.clauses[] | select((.done | length) == 0 and .note == null) | .clause' "$TMP/report")" ''
is 'no opening succeeded' "$(done_for R3-1 open.end)" '[]'
is 'the self-verified receipt is told' "$(told self-verified)" "$(which '.kind == "takeout.synced"')"
is 'the unverified wipe' "$(told unknown-verdict)" "$(which '.kind == "wipe.end" and .body.devices[0].status == "unverified"')"
is 'the two refusals' "$(told refused)" "$(which '.body.outcome == "refused"')"
is 'and nothing else' "$(jq -r '[.exceptions[].kind] | unique | join(" ")' "$TMP/report")" \
	'refused self-verified unknown-verdict'
is 'the take-out is listed' "$(jq -r '.takeouts[].volume' "$TMP/report")" "$(wv --json list | jq -r .volume)"
ok '--format json is the same' report --format json
is 'but for the report before, which counts itself' \
	"$(jq -c '.clauses[] | select(.clause == "S9-1") | .done[0].count' "$OUT")" 1

ok 'in words' report
is 'exceptions come first' "$(grep -E '^(Exceptions: 4|By clause)$' "$OUT" | head -n 1)" 'Exceptions: 4'
ok 'and say why' said 'open: the two factors do not open'
ok 'one is not called many' said 'certificates: 1'
ok 'it says LAB, NOT EVIDENCE' said 'LAB, NOT EVIDENCE'
is 'and fits 80 columns, paths aside' "$(grep -vF "$TMP" "$OUT" | awk 'length > 80')" ''
ok 'a period without anything' wv --json report --from 2020-01-01 --to 2020-12-31
is 'counts nothing' "$(out '[.counted, (.exceptions | length), ([.clauses[].done[].count] | add)] | join(" ")')" '0 0 0'

for ((i = 0; i < 20; i++)); do must report; done
ok 'of many records' report
ok 'the first are shown, and how many more' said 'and 4 more: --json has all'

# ---- later: overdue, an incident, another roster --------------------------------------

later() { # DAYS ARGS...
	local days=$1
	shift
	timeout -k 5 "$LIMIT" faketime -f "+${days}d" "$WORKVOL" --no-input "$@"
}
must take_out "$TMP/second.img" --size 40M
must wv incident open "$(wv --json list | jq -r 'select(.state == "out") | .volume')" 'left on a train'
echo "# seen" >>"$TMP/station/roster"
ok 'ten days later' later 10 --json report --from "$today" --to "$(date -d '+11 days' +%F)"
cp "$OUT" "$TMP/report"
is 'the volume is overdue' "$(jq -r '[.exceptions[] | select(.kind == "overdue") | .takeout] | length' "$TMP/report")" 1
is 'the client was not told' "$(told incident-overrun)" "$(which '.kind == "incident.opened"')"
is 'the roster is another' "$(jq -r '[.exceptions[] | select(.kind == "roster-changed")] | length' "$TMP/report")" 1
is 'what is overdue comes first' "$(jq -r '.exceptions[0].kind' "$TMP/report")" overdue

# ---- refused ----------------------------------------------------------------------------

not_ok_exit 2 'an unknown format is' report --format doc
not_ok_exit 2 'a period is needed' wv report --from "$today"
not_ok_exit 1 'the first day is a day' wv report --from yesterday --to "$today"
not_ok_exit 1 'a period ends after it begins' wv report --from 2026-02-01 --to 2026-01-01
must sqlite3 "$TMP/station/state/ledger.db" 'DELETE FROM records WHERE seq = 5'
not_ok_exit 4 'nothing is reported from a broken ledger' report
echo "1..$_n"
