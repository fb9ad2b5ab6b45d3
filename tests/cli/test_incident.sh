#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# test_incident.sh - the clock of an incident, its warnings, and the report of what was lost
. "$(dirname "$0")/lib.sh"

station
V=$TMP/v.img
make_tree 3
must take_out "$V"
UUID=$(wv --json list | jq -r .volume)
at() { # MINUTES ARGS...: that much later
	local later=$1
	shift
	timeout -k 5 "$LIMIT" faketime -f "+${later}m" "$WORKVOL" --no-input "$@"
}

# ---- the clock ----------------------------------------------------------------------------

ok 'without an incident nothing is due' wv incident due
not_ok_exit 1 'nor is there anything to report' wv incident report
not_ok_exit 3 'nothing is recognised in the future' wv incident open "$V" lost --recognised-at 2099-01-01T00:00:00Z
ok '... and that is said' said 'lies in the future'
not_ok_exit 1 'nor before the take-out began' wv incident open "$V" lost --recognised-at 2019-01-01T00:00:00Z
not_ok_exit 1 'nor at a time that is none' wv incident open "$V" lost --recognised-at yesterday
not_ok_exit 1 'the key was apart, with it, or that is unknown' wv incident open "$V" lost --key-was here
is 'nothing of that is an incident' "$(wv --json incident list | wc -l)" 0
ok 'one is suspected, its time as a watch in Tokyo has it' wv --json incident open "$V" 'left on a train' \
	--suspected --recognised-at "$(TZ=Asia/Tokyo date -Iseconds)"
is 'and its deadline is 60 minutes after that' \
	"$(($(date -d "$(out .deadline)" +%s) - $(date -d "$(out .recognised)" +%s)))" 3600
NUMBER=$(out .incident)
not_ok_exit 3 'the volume does not open' open_volume "$V"
not_ok_exit 3 'while there is time left, due exits 3' wv --json incident due
is 'with a countdown' "$(out '.status, (.seconds_left > 0)' | xargs)" 'due true'
not_ok_exit 4 'when there is none, 4' at 61 --json incident due
is 'with the overrun' "$(out '.status, (.overrun_seconds > 0)' | xargs)" 'overrun true'
ok 'it is confirmed by opening it again' wv --json incident open "$V" 'it is gone' --key-was apart
is 'as the same one' "$(out '.incident, .certainty' | xargs)" "$NUMBER confirmed"

# ---- the warnings, as the timer says them ----------------------------------------------------

not_ok_exit 3 'half an hour before the deadline it is warned' at 31 incident due --warn
ok 'with the minutes that are left' grep -qE "^workvol: incident $NUMBER: (29|28) minutes left to tell the client, desk@example.org" "$ERR"
not_ok_exit 3 'and a minute later it is not' at 32 incident due --warn
is '... by a word' "$(cat "$OUT" "$ERR")" ''
journal() {
	JOURNAL_STREAM=$(stat -c %d:%i "$TMP/journal") at 56 incident due --warn 2>"$TMP/journal"
}
: >"$TMP/journal"
not_ok_exit 3 'five minutes before it, in the journal' journal
ok '... as an emergency, which every terminal is shown' grep -q '^<0>workvol: incident' "$TMP/journal"
not_ok_exit 4 'when the time has passed' at 61 incident due --warn
ok '... it says so' said 'call now'
is 'each warning is on record' \
	"$(wv ledger export | jq -r 'select(.kind == "incident.warned").body.before' | xargs)" '30 5 0'

# ---- who was told ------------------------------------------------------------------------------

not_ok_exit 2 'a notice says whom and how' wv incident notify "$V" --whom 'Ms Sato'
ok 'the police is told' wv incident notify "$V" --whom 'the police' --how 'at the counter' --other
not_ok_exit 3 'which leaves the client to be told' wv incident due
ok 'a notice is written down later' at 65 --json incident notify "$V" --whom 'Ms Sato' --how telephone \
	--notified-at "$(date -d '+59 minutes' -Iseconds)"
is 'the margin is that of the time when it was given' "$(out '.state, .late' | xargs)" 'notified false'
ok 'then nothing is due' at 61 incident due
ok 'the list has the margin' at 66 incident list
ok '... in words' said 'to spare'

# ---- the report --------------------------------------------------------------------------------

ok 'the report is a page' at 66 incident report
for words in 'LAB, NOT EVIDENCE' 'What was on it / 記録されていた情報' 'd0/報告 2.txt' 'aes-xts-plain64' \
	'key file and passphrase, both needed' 'YES, as was said on record' 'the police, at the counter' \
	'Ms Sato, telephone' 'to spare' '3: yes' '4: no' 'there is no such function'; do
	ok "it has: $words" said "$words"
done
not_ok_exit 2 'a page of HTML there is not' wv incident report --format html
ok 'the other is JSON, by the number' wv incident report "$NUMBER" --format json
is 'with every file and its hash' "$(out '.contents.paths[0].sha256')" "$(sum "$TMP/src/d0/f0.txt")"
is 'the answer to the key, and nothing that could not be read' \
	"$(out '.protection.key.kept_apart, .status' | xargs)" 'yes complete'
is 'what the exemptions ask: the cipher, closed, the key apart, from afar, of no use to others' \
	"$(out '[.exemption[].answer] | join(" ")')" 'yes unknown yes no unknown'
not_ok_exit 1 'of what is no incident there is none' wv incident report 99999
for paper in "$TMP"/station/state/takeouts/*/declaration; do echo x >>"$paper"; done
not_ok_exit 4 'an altered declaration is told' wv incident report "$UUID"
ok '... beside the rest' said 'aes-xts-plain64'
is 'the ledger is intact' "$(wv --json ledger verify | jq -r .status)" intact

# ---- who confirms it may have seen it first ------------------------------------------------------

must take_out "$TMP/later.img"
sleep 3
must wv incident open "$TMP/later.img" 'not in the bag' --suspected
EARLIER=$(date -u -d '-2 seconds' +%FT%TZ)
not_ok_exit 3 'nor is it confirmed in the future' wv incident open "$TMP/later.img" gone --recognised-at 2099-01-01T00:00:00Z
ok 'it is confirmed by who recognised it earlier' wv --json incident open "$TMP/later.img" 'seen missing' --recognised-at "$EARLIER"
is 'the clock runs from there' "$(out '.recognised, .certainty' | xargs) $(date -ud "$(out .deadline) -1 hour" +%FT%TZ)" \
	"$EARLIER confirmed $EARLIER"

# ---- two are due, and only one warning can be recorded ----------------------------------------

DB=$TMP/station/state/ledger.db # elsewhere it is PostgreSQL's: its own tests cut messages off
if [ -f "$DB" ]; then
	must take_out "$TMP/third.img"
	must wv incident open "$TMP/third.img" 'left in a taxi'
	warned() {
		grep -cE '^workvol: incident [0-9]+: [0-9]+ minutes left' "$ERR"
	}
	must sqlite3 "$DB" "CREATE UNIQUE INDEX one ON records (kind)
		WHERE kind = 'incident.warned' AND seq > $(sqlite3 "$DB" 'SELECT max(seq) FROM records')"
	not_ok_exit 3 'of two warnings one is recorded' at 31 incident due --warn
	is '... and both are said' "$(warned)" 2
	ok '... and that one comes again' said 'comes again'
	must sqlite3 "$DB" 'DROP INDEX one'
	not_ok_exit 3 'a minute later' at 32 incident due --warn
	is '... it does, and is recorded' \
		"$(warned) $(wv ledger export | jq -r 'select(.kind == "incident.warned").body.before' | xargs)" '1 30 5 0 30 30'
	not_ok_exit 3 'then' at 33 incident due --warn
	is '... none is said' "$(warned)" 0
else
	skip 'of two warnings one is recorded' 'the ledger is no file'
fi

# ---- what was on it is much ------------------------------------------------------------------

FILES=20000
rm -r "$TMP/src" "$TMP/declaration"
mkdir "$TMP/src"
python3 - "$TMP/src" $FILES <<'END'
import os, sys
for n in range(int(sys.argv[2])):
    if n % 1000 == 0:
        os.mkdir(f'{sys.argv[1]}/d{n // 1000}')
    with open(f'{sys.argv[1]}/d{n // 1000}/f{n}', 'w') as f:
        f.write(str(n))
END
must take_out "$TMP/much.img" --size 160M
must wv incident open "$TMP/much.img" 'left on a train'
NUMBER=$(wv --json incident list | jq -r "select(.volume == \"$(cryptsetup luksUUID "$TMP/much.img")\").incident")
ok "of $FILES files there is a report" wv incident report "$NUMBER" --format json
is '... of as many' "$(out '.contents | "\(.files) \(.paths | length)"')" "$FILES $FILES"
is '... each once, the last with its hash' "$(out '.contents.paths | map(.path) | unique | length') $(
	out '.contents.paths[] | select(.path == "d19/f19999").sha256')" "$FILES $(sum "$TMP/src/d19/f19999")"
ok '... and a page' wv incident report "$NUMBER" --format text
ok '... with their number' grep -qE "^ +files +$FILES, " "$OUT"
ok '... which counts those that it leaves out' said "and $((FILES - $(grep -cE '^ .* d[0-9]+/f[0-9]+$' "$OUT"))) more: --format json"

echo "1..$_n"
