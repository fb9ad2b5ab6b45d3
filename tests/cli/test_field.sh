#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# test_field.sh - a take-out carried into the holder's own station, worked on
# there, and carried home
. "$(dirname "$0")/lib.sh"

station
factors=(--key-file "$KEY" --passphrase-file "$PASS")
must take_out "$TMP/v.img"
ID=$(ls "$TMP/station/state/takeouts")
HOME_PAPERS=$TMP/station/state/takeouts/$ID
ROSTER=$TMP/station/roster

# another NAME: a station of somebody else's; its roster is the one that init made
another() {
	mkdir -p "$TMP/$1-server"
	"$WORKVOL" init "$TMP/$1" --lab --server "$TMP/$1-server" --approver "tanaka=$APPROVER.pub"
}
# at NAME ARGS...: the command line of that station
at() {
	local name=$1
	shift
	WORKVOL_POLICY=$TMP/$name/workvol.conf wv "$@"
}
carry() { # NAME: the holder takes the papers along
	rm -rf "${TMP:?}/$1" && cp -r "$HOME_PAPERS" "$TMP/$1"
}
opened() { # STATION CARRY [ARGS...]
	local name=$1 record=$TMP/$2/takeout-record.json
	shift 2
	mkdir -p "$TMP/mnt"
	at "$name" open "$TMP/v.img" "$TMP/mnt" "${factors[@]}" --takeout "$record" "$@"
}
knows_nothing() { # STATION
	at "$1" ledger export >"$TMP/export" && ! grep -q takeout.carried "$TMP/export" &&
		! mountpoint -q "$TMP/mnt"
}

must another field
carry carry

# ---- what is not believed ----------------------------------------------------------

not_ok_exit 3 'without the record a station does not open what it does not know' \
	at field open "$TMP/v.img" "$TMP/mnt" "${factors[@]}"
not_ok_exit 4 'a record by a station that is not in the own roster is not believed' opened field carry
ok 'and nothing of it is recorded' knows_nothing field
cp "$ROSTER" "$TMP/field/roster"

bad() { # SENTENCE EXIT COMMAND...: the carried papers are changed by COMMAND
	local what=$1 rc=$2
	shift 2
	carry bad
	(cd "$TMP/bad" && "$@") || bail "$* did not work"
	not_ok_exit "$rc" "$what" opened field bad
	ok '... and nothing of it is recorded' knows_nothing field
}
set_member() { # FILE JQ
	jq -cSj "$2" "$1" >x && mv x "$1"
}
sign_as_holder() {
	rm -f "$1.sig"
	ssh-keygen -q -Y sign -f "$HOLDER" -n workvol-holder "$1"
}
bad 'a changed record is not believed' 4 set_member takeout-record.json '.due = "2099-01-01T00:00:00Z"'
bad 'a record without its signature is not believed' 4 rm takeout-record.json.sig
bad 'another roster beside the record is not believed' 4 sed -i 's/tanaka/mallory/' roster
bad 'another declaration is not believed' 4 sed -i 's/site survey/what I like/' declaration
bad 'a volume that was not handed over stays closed' 3 rm handover.json
bad 'a changed hand-over is not believed' 4 set_member handover.json '.rules = []'
other_handover() {
	set_member handover.json '.takeout = "00000000-0000-4000-8000-000000000000"'
	sign_as_holder handover.json
}
bad 'the hand-over of another take-out is not believed' 4 other_handover
bad 'a record whose id leads elsewhere is not followed' 4 \
	set_member takeout-record.json '.takeout = "../../../../../../../../../../../etc"'
cp "$TMP/v.img" "$TMP/kept.img"
mkdir "$TMP/else" && cp "$TMP/v.img" "$TMP/else/w.img"
not_ok_exit 3 'another medium with the same header is refused' \
	at field open "$TMP/else/w.img" "${factors[@]}" --takeout "$TMP/carry/takeout-record.json"
at field factor derive "$TMP/v.img" --key-file "$KEY" --passphrase-file "$PASS" --fd 9 \
	9>"$TMP/derived" || bail 'no derived key'
echo simple >"$TMP/simple"
must limit cryptsetup luksAddKey --batch-mode --pbkdf pbkdf2 --pbkdf-force-iterations 1000 \
	--key-file "$TMP/derived" "$TMP/v.img" "$TMP/simple"
not_ok_exit 4 'a header with one more key is not the one that was signed for' opened field carry
ok 'and nothing of it is recorded either' knows_nothing field
cp "$TMP/kept.img" "$TMP/v.img"

# ---- work in the field ------------------------------------------------------------------

must "$WORKVOL" factor new "$TMP/other-key"
not_ok_exit 3 'a wrong key file opens nothing' \
	at field open "$TMP/v.img" "$TMP/mnt" --key-file "$TMP/other-key" --passphrase-file "$PASS" --takeout "$TMP/carry/takeout-record.json"
ok 'with the record it opens at the other station' opened field carry
is 'it is out there' "$(at field --json list | jq -r '.state + " " + .holder')" 'out suzuki'
ok 'check is clean' at field check "$TMP/v.img"
mkdir -p "$TMP/mnt/notes/day 1"
echo 'first day' >"$TMP/mnt/notes/day 1/log.txt"
not_ok_exit 4 'what was added is found' at field check "$TMP/v.img"
not_ok_exit 3 'the field station does not sign an amendment in the name of the holder' \
	at field amend "$TMP/v.img" 'notes/day 1/log.txt' --purpose 'notes'
not_ok_exit 4 'nor does another key' at field amend "$TMP/v.img" 'notes/day 1/log.txt' \
	--purpose 'notes' --sign-with "$APPROVER"
ok 'the holder amends' at field amend "$TMP/v.img" 'notes/day 1/log.txt' --purpose 'notes' \
	--sign-with "$HOLDER"
ok 'then check is clean' at field check "$TMP/v.img"
not_ok_exit 3 'a take-out does not return where it is a guest' \
	at field return "$TMP/v.img" "${factors[@]}" --approve-with "$APPROVER"
ok 'the sentence says where it returns' said 'returns there'
not_ok_exit 3 'nor is its medium wiped there' at field wipe "$TMP/v.img" --yes=v.img
mv "$TMP/carry" "$TMP/away"
ok 'close works also when the holder took the papers away' at field close "$TMP/v.img"
ok 'and warns' said 'is not there'
mv "$TMP/away" "$TMP/carry"
ok 'close again keeps what was done beside the papers' at field close "$TMP/v.img"
ok 'the amendment lies there, signed by the holder' bash -c "
	echo \"suzuki \$(cat '$HOLDER.pub')\" >'$TMP/allowed' &&
	ssh-keygen -Y verify -f '$TMP/allowed' -I suzuki -n workvol-holder \
		-s '$TMP/carry/field/amendment-1.json.sig' <'$TMP/carry/field/amendment-1.json'"
ok 'so do the records' grep -q '"takeout.amended"' "$TMP/carry/field/records.jsonl"
ok 'it opens again without the record' at field open "$TMP/v.img" "$TMP/mnt" "${factors[@]}"
echo 'more' >>"$TMP/mnt/notes/day 1/log.txt"
rm "$TMP/mnt/d0/f5.txt"
ok 'a second amendment' at field amend "$TMP/v.img" "$TMP/mnt/notes" "$TMP/mnt/d0/f5.txt" \
	--purpose 'corrected' --sign-with "$HOLDER"
ok 'closed and kept' at field close "$TMP/v.img"

# ---- a third station goes on where the second stopped ---------------------------------------

must another third
cp "$ROSTER" "$TMP/third/roster"
ok 'a third station opens it with what was carried' opened third carry
ok 'it knows the amendments of the second' at third check "$TMP/v.img"
echo 'third' >"$TMP/mnt/third.txt"
ok 'it amends' at third amend "$TMP/v.img" third.txt --purpose 'third' --sign-with "$HOLDER"
ok 'and closes' at third close "$TMP/v.img"
is 'three amendments are carried' "$(ls "$TMP/carry/field" | grep -c 'amendment-.*json$')" 3

# ---- home ----------------------------------------------------------------------------------------

goes_home() { # CARRY [ARGS...]
	local record=$TMP/$1/takeout-record.json
	shift
	wv return "$TMP/v.img" "${factors[@]}" --takeout "$record" "$@"
}
forged() { # SENTENCE COMMAND...
	local what=$1
	shift
	rm -rf "$TMP/bad" && cp -r "$TMP/carry" "$TMP/bad"
	(cd "$TMP/bad/field" && "$@") || bail "$* did not work"
	not_ok_exit 4 "home: $what" goes_home bad
}
changed_and_signed() { # JQ: by the holder, but the records tell of another
	set_member amendment-1.json "$1" && sign_as_holder amendment-1.json
}
signed_by_another() {
	rm amendment-1.json.sig
	ssh-keygen -q -Y sign -f "$APPROVER" -n workvol-holder amendment-1.json
}
swap() {
	mv "$1" x && mv "$2" "$1" && mv x "$2"
}
swap_amendments() {
	swap amendment-1.json amendment-2.json && swap amendment-1.json.sig amendment-2.json.sig
}
swap_records() {
	sed -i '2{h;d};3{G}' records.jsonl
}
must cp "$TMP/v.img" "$TMP/kept.img"
forged 'a changed amendment is found' set_member amendment-1.json '.purpose = "x"'
forged 'one signed by another is found' signed_by_another
forged 'one that the holder signed later is found: the records tell of another' \
	changed_and_signed '.purpose = "x"'
forged 'one that claims to be an approved output is found' changed_and_signed '.origin = "output"'
forged 'one of another take-out is found' \
	changed_and_signed '.takeout = "00000000-0000-4000-8000-000000000000"'
forged 'amendments in another order are found' swap_amendments
forged 'the first one left out is found' rm amendment-1.json
forged 'the last one left out is found' rm amendment-3.json
forged 'no signature is found' rm amendment-2.json.sig
forged 'records in another order are found' swap_records
forged 'a changed record is found' sed -i '2s/"outcome":"[a-z]*"/"outcome":"x"/;1s/"time":"2/"time":"3/' records.jsonl
forged 'records without an end are found' truncate -s -1 records.jsonl
forged 'no records at all are found' rm records.jsonl
other_record() {
	set_member ../takeout-record.json '.due = "2099-01-01T00:00:00Z"'
}
forged 'another record is found' other_record
of_kind() { # how many records of the home's ledger are of that kind
	wv ledger export | jq -c --arg kind "$1" 'select(.kind == $kind)' | wc -l
}
is 'none of that is in the ledger' "$(of_kind takeout.amended)" 0
not_ok_exit 1 'the volume is as it was' cmp -s "$TMP/kept.img" /dev/null
ok 'byte for byte' cmp "$TMP/kept.img" "$TMP/v.img"

not_ok_exit 4 'without what was carried home the additions are findings' wv return "$TMP/v.img" "${factors[@]}"
not_ok_exit 3 'with it, the return goes on to the approval' goes_home carry
ok 'which is waited for' said 'waiting for approval'
is 'the amendments are in the ledger' "$(of_kind takeout.amended)" 3
is 'the field stations'\'' records too' "$(of_kind chain.import)" 1
request=$(ls "$HOME_PAPERS"/return-request-*.json)
is 'the approver sees them all' "$(jq -c '[.amendments[].n]' "$request")" '[1,2,3]'
ok 'the approver signs, and the return ends' goes_home carry --approve-with "$APPROVER"
is 'nothing was imported twice' "$(of_kind takeout.amended) $(of_kind chain.import)" '3 1'
is 'it is closed' "$(wv --json list | jq -r .state)" closed
is 'the server has what was added in the field' "$(cat "$SERVER/$ID/data/notes/day 1/log.txt" "$SERVER/$ID/data/third.txt")" \
	"$(printf 'first day\nmore\nthird')"
ok 'the ledger is intact' wv ledger verify
echo "1..$_n"
