#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_ledger.sh - the records, with stock tools beside; checkpoints, certificates,
# incidents with their 60 minutes, and what is said of an inserted medium. That tampering
# is found: test_tamper.sh
. "$(dirname "$0")/lib.sh"

station
V=$TMP/volume.img
LEDGER=$TMP/station/state/ledger.db
make_tree 5
must take_out "$V"
UUID=$(wv --json list | jq -r .volume)

# ---- the ledger ----------------------------------------------------------------

ok 'the ledger is intact' wv --json ledger verify
is 'and says so' "$(out .status)" intact
is 'no record is the first bad one' "$(out .first_bad)" null
wv ledger export >"$TMP/export" || bail 'no export'
is 'the export has every record, one a line' "$(wc -l <"$TMP/export")" "$(out .records)"
is 'the head is the last line'\''s SHA-256' \
	"$(tail -n 1 "$TMP/export" | tr -d '\n' | sha256sum | cut -d ' ' -f 1)" "$(out .head)"

chained() { # each line names the one before it by its SHA-256
	local prev line want
	prev=$(jq -r .prev "$TMP/export" | head -n 1)
	while IFS= read -r line; do
		want=$(jq -r .prev <<<"$line")
		[ "$want" = "$prev" ] || return
		prev=$(printf %s "$line" | sha256sum | cut -d ' ' -f 1)
	done <"$TMP/export"
}
ok 'jq and sha256sum follow the chain' chained
ok 'the lines are canonical' diff <(jq -cS . "$TMP/export") "$TMP/export"

ok 'a checkpoint is signed' wv ledger checkpoint "$TMP/point.json"
ok 'plain ssh-keygen verifies it' bash -c "ssh-keygen -Y verify -f '$TMP/station/roster' \
	-n workvol-checkpoint -s '$TMP/point.json.sig' -I \"\$(ssh-keygen -Y find-principals \
	-f '$TMP/station/roster' -s '$TMP/point.json.sig')\" <'$TMP/point.json'"
ok 'the ledger holds the checkpoint' wv ledger verify --checkpoint "$TMP/point.json"
must wv incident list
cp -a "$TMP/station" "$TMP/station.good"

restore() {
	rm -rf "$TMP/station"
	cp -a "$TMP/station.good" "$TMP/station"
}

restore
rm -f "$LEDGER"-*
head -c "$(stat -c %s "$LEDGER")" /dev/urandom >"$LEDGER"
run wv ledger verify
is 'a ledger of rubbish is not intact' "$(($? == 1 || $? == 4))" 1
restore
rm "$LEDGER"
not_ok_exit 1 'a station without its ledger does not open' wv list
restore

# ---- certificates ------------------------------------------------------------------

head -c 1M /dev/urandom >"$TMP/stick"
must wv wipe "$TMP/stick" --yes=stick --certificate "$TMP/certificate.json"
ok 'a certificate verifies' wv --json certificate verify "$TMP/certificate.json"
is 'it says wiped' "$(out .verdict)" wiped
ok 'with a roster that was given' wv certificate verify "$TMP/certificate.json" --roster "$TMP/station/roster"
ok 'and is shown' wv certificate show "$TMP/certificate.json"
ok 'as of a lab' said 'LAB, NOT EVIDENCE'

altered() { # SENTENCE SED
	sed "$2" "$TMP/certificate.json" >"$TMP/altered.json"
	cmp -s "$TMP/certificate.json" "$TMP/altered.json" && bail "sed did nothing: $2"
	cp "$TMP/certificate.json.sig" "$TMP/altered.json.sig"
	not_ok_exit 4 "$1" wv certificate verify "$TMP/altered.json"
}
altered 'a changed verdict is found' 's/"verdict":"wiped"/"verdict":"wipes"/'
altered 'a lab certificate that says it is none is found' 's/"lab":true/"lab":false/'
altered 'a changed serial is found' 's/"serial":"stick"/"serial":"stack"/'
altered 'a certificate that is not canonical is found' 's/^{/{ /'
cp "$TMP/certificate.json" "$TMP/altered.json"
cp "$TMP/point.json.sig" "$TMP/altered.json.sig"
not_ok_exit 4 'a signature of something else is found' wv certificate verify "$TMP/altered.json"
rm -f "$TMP/altered.json.sig"
must ssh-keygen -q -Y sign -f "$APPROVER" -n workvol-certificate "$TMP/altered.json"
not_ok_exit 4 'an approver'\''s signature makes no certificate' wv certificate verify "$TMP/altered.json"
rm -f "$TMP/altered.json.sig"
not_ok_exit 4 'a certificate without a signature proves nothing' wv certificate verify "$TMP/altered.json"
grep -v "$(hostname)" "$TMP/station/roster" >"$TMP/roster.short"
not_ok_exit 4 'a roster without the station knows no certificate of it' \
	wv certificate verify "$TMP/certificate.json" --roster "$TMP/roster.short"

# ---- incidents -----------------------------------------------------------------------

at() { # MINUTES ARGS...: so long after the incident was opened, however long the test took to come here
	local later=$1
	shift
	timeout -k 5 "$LIMIT" faketime -f "@$(date -d "$OPENED $later minutes" '+%F %T')" "$WORKVOL" --no-input --json "$@"
}
not_ok_exit 2 'an incident needs words' wv incident open "$V"
not_ok_exit 1 'an incident of what is not known' wv incident open 00000000-0000-4000-8000-000000000000 'lost'
ok 'an incident is opened by the volume'\''s UUID' wv --json incident open "$UUID" 'left on a train'
OPENED=$(out .opened)
is 'the deadline is 60 minutes later' \
	"$(($(date -d "$(out .deadline)" +%s) - $(date -d "$(out .opened)" +%s)))" 3600
is 'its volume is lost' "$(wv --json list | jq -r .state)" lost
not_ok_exit 3 'a second one of the same volume is refused' wv incident open "$UUID" 'again'
not_ok_exit 3 'it does not open' open_volume "$V"
not_ok_exit 3 'nor is it returned' wv return "$V" --key-file "$KEY" --passphrase-file "$PASS" --approve-with "$APPROVER"
is 'it is still lost' "$(wv --json list | jq -r .state)" lost
not_ok_exit 3 'half an hour later it is due' at 30 incident due
is 'with the minutes that are left' "$(($(out .minutes_left) >= 28 && $(out .minutes_left) <= 30))" 1
is 'and not late' "$(out .late)" false
not_ok_exit 4 'after 61 minutes' at 61 incident due
is 'it is late' "$(out .late)" true
not_ok_exit 3 'it is not closed before the client was told' wv incident close "$UUID" 'found'
ok 'the client is told after 59 minutes' at 59 incident notify "$UUID" 'Ms Sato by telephone'
is 'in time' "$(out '.state, .late' | xargs)" 'notified false'
ok 'nothing is due any more' at 61 incident due
is 'nothing' "$(wc -l <"$OUT")" 0
ok 'two hours later it is closed' at 120 incident close "$UUID" 'found, seal whole'
is 'the volume is as before' "$(wv --json list | jq -r .state)" out
ok 'the list has it' wv --json incident list
is 'closed, and not late' "$(out '.state, .late' | xargs)" 'closed false'
ok 'another one' at 200 incident open "$V" 'seen by a visitor'
ok 'the client is told too late' at 280 incident notify "$V" 'by mail'
is 'it says late' "$(out .late)" true
must at 281 incident close "$V" 'nothing was read'
not_ok_exit 1 'what is closed is not closed again' at 282 incident close "$V" 'again'

# ---- inserted media ------------------------------------------------------------------------

inserted() { # SENTENCE TARGET VERDICT ALERT
	ok "$1" wv --json insert "$2"
	is "... verdict and alert" "$(out '.verdict, .alert' | xargs)" "$3 $4"
}
before=$(sum "$V")
inserted 'a plain medium' "$TMP/stick" plain false
inserted 'a volume that is out is due back' "$V" due-back false
is 'and what to do' "$(out .next)" "workvol return $V"
mkdir "$TMP/other-server"
must "$WORKVOL" init "$TMP/other" --lab --server "$TMP/other-server" --approver "tanaka=$APPROVER.pub"
WORKVOL_POLICY=$TMP/other/workvol.conf inserted 'a volume that another station knows' "$V" unknown-volume true
must wv incident open "$UUID" 'gone'
inserted 'one that is lost' "$V" lost true
must wv incident notify "$UUID" 'told'
must wv incident close "$UUID" 'back'
cp "$V" "$TMP/changed.img"
must limit cryptsetup config --priority prefer --key-slot 0 "$TMP/changed.img"
inserted 'one whose header was changed' "$TMP/changed.img" header-changed true
cp "$V" "$TMP/damaged.img"
dd if=/dev/zero of="$TMP/damaged.img" bs=1 seek=40 count=100 conv=notrunc status=none
damaged=$(sum "$TMP/damaged.img")
run wv insert "$TMP/damaged.img"
is 'a damaged header is looked at, not repaired' "$(sum "$TMP/damaged.img")" "$damaged"
is 'nothing was written to any of them' "$(sum "$V")" "$before"
wv ledger export | grep -c '"kind":"insert.seen"' >"$TMP/seen"
is 'each is in the ledger' "$(($(cat "$TMP/seen") >= 4))" 1
must wv insert "$TMP/stick"
must wv insert "$TMP/stick"
is 'the same again at once is not' "$(wv ledger export | grep -c '"kind":"insert.seen"')" "$(($(cat "$TMP/seen") + 1))"
ok 'and the ledger is intact at the end' wv ledger verify

# ---- several at once make one station --------------------------------------------------------

at_once() { # DIR N: N of them; their exit codes, the words of each in DIR.N
	local i pids=()
	for ((i = 0; i < $2; i++)); do
		timeout -k 5 "$LIMIT" "$WORKVOL" --no-input init "$1" --lab >"$1.$i" 2>&1 </dev/null &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
		echo $?
	done
}
whole() {
	WORKVOL_POLICY=$1/workvol.conf wv ledger verify && WORKVOL_POLICY=$1/workvol.conf wv policy &&
		[ "$(stat -c %a "$1/keys/station")" = 600 ] && [ -s "$1/roster" ] &&
		[ "$(WORKVOL_POLICY=$1/workvol.conf wv ledger export | grep -c '"kind":"station.init"')" = 1 ] &&
		grep -qF "$(cut -d ' ' -f 2 "$1/keys/station.pub")" "$1/roster"
}
for round in 1 2 3 4 5 6; do
	once=$TMP/once$round
	[ $round -lt 5 ] || mkdir "$once" # also where the directory was there before
	at_once "$once" 4 >"$TMP/codes"
	is "of four inits at once, round $round, one makes the station" "$(grep -cx 0 "$TMP/codes")" 1
	is '... and three say that they do not' "$(grep -lE 'another workvol is making|this is a station' "$once".? | wc -l)" 3
	is '... each as a refusal or a failure' "$(grep -cxE '1|3' "$TMP/codes")" 3
	ok '... and it is whole' whole "$once"
done

not_ok_exit 1 'an init that fails' wv init "$TMP/failed/" --lab --approver "nobody=$TMP/none"
ok '... leaves nothing, also where its directory ends with a slash' test ! -e "$TMP/failed"

# ---- a full disk -----------------------------------------------------------------------------

mkdir "$TMP/full"
must mount -t tmpfs -o size=2M none "$TMP/full"
must cp -a "$TMP/station" "$TMP/full/station"
export WORKVOL_POLICY=$TMP/full/station/workvol.conf
head -c 2M /dev/zero >"$TMP/full/fill" 2>/dev/null
not_ok_exit 1 'a full disk under the ledger' wv incident open "$V" 'seen'
ok 'is called that' grep -E 'No space left on device|no room' "$ERR"
rm "$TMP/full/fill"
ok 'with room again the ledger is intact' wv ledger verify
ok '... and goes on' wv incident open "$V" 'seen'
echo "1..$_n"
