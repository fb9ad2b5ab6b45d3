#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_unrecoverable.sh - a volume that cannot be opened any more is given up: by the client,
# by an approver, while it is recorded as lost, and on no other medium than its own
. "$(dirname "$0")/lib.sh"

station
V=$TMP/volume.img
CONSENT='U-2026-4,survey data,2099-12-31'
make_tree 8
cp -a "$TMP/station" "$TMP/station.new"
must take_out "$V"
UUID=$(wv --json list | jq -r .volume)

keep() { # NAME
	cp -a "$TMP/station" "$TMP/station.$1" && cp "$V" "$TMP/volume.$1"
}
restore() { # NAME
	rm -rf "$TMP/station" "$V"
	cp -a "$TMP/station.$1" "$TMP/station" && cp "$TMP/volume.$1" "$V"
}
state() {
	wv --json list | tail -n 1 | jq -r .state
}
give_up() { # OPTION...
	wv return "$V" --unrecoverable "$CONSENT" "$@"
}
approved() {
	give_up --approve-with "$APPROVER" "$@"
}
# untouched WHAT STATE: not a byte of the medium is another
untouched() {
	is "$1: nothing was written" "$(sum "$V") $(state)" "$WHOLE $2"
}
damage() { # both headers, as a fault of the medium leaves them
	dd if=/dev/zero of="$V" bs=1M count=16 conv=notrunc status=none
}
CERTIFICATE=$(ls -d "$TMP"/station/state/takeouts/*)/certificate.json

# ---- not before it is lost, not while it is open ------------------------------------------------

WHOLE=$(sum "$V")
not_ok_exit 3 'what is not lost is not given up' approved
ok '... and it says what to do first' said 'open an incident first'
untouched 'not lost' out
must open_volume "$V"
must wv incident open "$V" 'the passphrase is forgotten'
NUMBER=$(wv --json incident list | jq -r .incident)
not_ok_exit 3 'nor what is open' approved
ok '... since it can be read' said 'is open, so it can be read'
must wv close "$V"
keep lost
WHOLE=$(sum "$V")
not_ok_exit 2 'factors are not asked for' give_up --key-file "$KEY"
not_ok_exit 3 'the client has to consent' wv return "$V" --approve-with "$APPROVER"
ok '... which it says' said 'give its contents up with --unrecoverable'
not_ok_exit 3 'for today too' wv return "$V" --unrecoverable 'U-1,all,2026-01-01'
not_ok_exit 1 'by a number' wv return "$V" --unrecoverable ',all'
untouched 'without a consent' lost

# ---- the approver's side ---------------------------------------------------------------------------

not_ok_exit 3 'without an approval it waits' give_up
REQUEST=$(ls "$TMP"/station/state/takeouts/*/unrecoverable-request-*.json)
ok '... and says how to approve it' said "workvol approve $REQUEST"
untouched 'no approval' lost
is 'the request has what the approver has to know' \
	"$(jq -r '"\(.incident) \(.reason) \(.client_consent.number) \(.saved) \(.method) \(.volume)"' "$REQUEST")" \
	"$NUMBER the passphrase is forgotten U-2026-4 null random $UUID"
not_ok_exit 3 'the holder cannot approve it' wv approve "$REQUEST" --key "$HOLDER"
must ssh-keygen -q -Y sign -f "$HOLDER" -n workvol-return "$REQUEST"
not_ok_exit 4 '... nor sign it by hand' give_up
rm "$REQUEST.sig"
not_ok_exit 3 'asked again it is the same request' give_up
is '... and no other' "$(ls "$TMP"/station/state/takeouts/*/unrecoverable-request-*.json)" "$REQUEST"
ok 'the approver sees what is given up' wv approve "$REQUEST" --key "$APPROVER"
ok '... by which consent' said 'U-2026-4, survey data'
not_ok_exit 3 'another consent is another request' wv return "$V" --unrecoverable U-2026-5
not_ok_exit 3 'an approval that expired is asked for anew' \
	faketime -f +100h "$WORKVOL" --no-input return "$V" --unrecoverable "$CONSENT"
untouched 'still no approval of this request' lost
not_ok_exit 3 'the request only' give_up --request-only
ok '... is written' said 'the giving up is requested'

# ---- found: nothing of it holds ---------------------------------------------------------------------

restore lost
run give_up
must wv approve "$(ls "$TMP"/station/state/takeouts/*/unrecoverable-request-*.json)" --key "$APPROVER"
must wv incident notify "$V" --whom 'Ms Sato' --how telephone
must wv incident close "$V" 'the passphrase was in the safe'
not_ok_exit 3 'what is found is not given up' give_up
must open_volume "$V"
ok 'it opens again' test -e "$TMP/mnt/d0/f0.txt"
must wv close "$V"
must wv incident open "$V" 'forgotten once more'
not_ok_exit 3 'lost again, the old approval is none' give_up
ok '... a new one is asked for' said 'waiting for approval'
is '... by a new request' "$(ls "$TMP"/station/state/takeouts/*/unrecoverable-request-*.json | wc -l)" 2

# ---- what else looks at it -----------------------------------------------------------------------------

restore lost
DEVICE=$(loop "$V") || bail 'no loop device'
wv --json insert "$DEVICE" >"$TMP/insert.json" 2>/dev/null
is 'a lost medium that is plugged in is that' "$(jq -r .verdict "$TMP/insert.json")" lost
losetup -d "$DEVICE"
not_ok_exit 3 'a consent is put on record by the request' give_up
ok 'the paper of it' wv incident form unrecoverable "$UUID" --format json
is '... it has the one that was recorded' "$(out .client_consent.number)" U-2026-4

# ---- another medium -----------------------------------------------------------------------------------

restore lost
mkdir "$TMP/copy"
cp "$V" "$TMP/copy/volume.img"
not_ok_exit 3 'a copy is not the volume' wv return "$TMP/copy/volume.img" --unrecoverable "$CONSENT" --approve-with "$APPROVER"
ok '... it says so' said 'is a copy'
dd if=/dev/zero of="$TMP/copy/volume.img" bs=1M count=16 conv=notrunc status=none
not_ok_exit 3 'nor one without a header, whoever says so' \
	wv return "$TMP/copy/volume.img" --unrecoverable "$CONSENT" --approve-with "$APPROVER" --yes=volume.img
untouched 'a copy' lost
mkdir "$TMP/elsewhere"
must take_out "$TMP/elsewhere/volume.img"
must wv incident open "$TMP/elsewhere/volume.img" 'left in a taxi'
not_ok_exit 3 'of two that it may be neither is given up' \
	wv return "$TMP/copy/volume.img" --unrecoverable "$CONSENT" --approve-with "$APPROVER" --yes=volume.img
ok '... it says so' said 'may be the medium of several lost volumes'
restore lost
must take_out "$TMP/second.img"
SECOND=$(sum "$TMP/second.img")
mv "$V" "$TMP/volume.aside" && cp "$TMP/second.img" "$V"
not_ok_exit 3 'another volume under its name is not given up' approved --yes=volume.img
not_ok_exit 3 '... nor by the UUID of the lost one' \
	wv return "$UUID" --unrecoverable "$CONSENT" --approve-with "$APPROVER" --yes=volume.img
is '... and is whole' "$(sum "$V")" "$SECOND"
restore lost
damage
WHOLE=$(sum "$V")
not_ok_exit 3 'without its header the medium is not known' approved
ok '... but by a word' said '--yes=volume.img'
untouched 'no header' lost
not_ok_exit 3 'a wrong one is none' approved --yes=other.img
untouched 'a wrong word' lost
ok 'with that word it is given up' approved --yes=volume.img
is '... to its end' "$(state)" closed
ok 'the certificate says so' grep -q 'its header was gone, a person said so' "$CERTIFICATE"
# one that is out lies where the lost one lay, and was declared before it
restore lost
second() {
	wv prepare "$V" --size 40M --declaration "$TMP/declaration" --source "$TMP/src" --due 2098-01-01 \
		--key-file "$KEY" --passphrase-file "$PASS" --holder "suzuki=$HOLDER.pub" \
		--client-approval C-18 --yes=volume.img "$@"
}
rm -rf "$TMP/station" && cp -a "$TMP/station.new" "$TMP/station" && rm "$V"
not_ok_exit 3 'one is declared first' second
must take_out "$V"
must wv incident open "$V" 'left in a train'
rm "$V"
must second --approve-with "$APPROVER"
must wv handover "$V" --sign-with "$HOLDER"
damage
WHOLE=$(sum "$V")
not_ok_exit 3 'what may be one that is out is not given up as a lost one' approved --yes=volume.img
ok '... it says so' said 'may be the medium of volume'
is '... and is whole' "$(sum "$V")" "$WHOLE"
restore lost
damage
ok 'by the UUID too' wv return "$UUID" --unrecoverable "$CONSENT" --approve-with "$APPROVER" --yes=volume.img

# ---- given up ---------------------------------------------------------------------------------------------

restore lost
run give_up
must wv approve "$(ls "$TMP"/station/state/takeouts/*/unrecoverable-request-*.json)" --key "$APPROVER"
keep approved
ok 'with both consents it goes to its end' give_up
is '... closed' "$(state)" closed
is 'it is wiped' "$(jq -r .verdict "$CERTIFICATE")" wiped
is 'the certificate says what was given up' \
	"$(jq -r '.unrecoverable | "\(.incident) \(.client_consent.number) \(.approver) \(.reason) \(.saved)"' "$CERTIFICATE")" \
	"$NUMBER U-2026-4 tanaka the passphrase is forgotten null"
SENTENCE='that the designated server holds its contents: they could not be read and were given up, with the consent of the client (U-2026-4) and of tanaka'
ok '... and that the server does not have it' jq -e --arg s "$SENTENCE" '.not_proven | index($s)' "$CERTIFICATE"
is '... by digest' "$(jq -r '.takeout.documents | "\(.return_request) \(.receipt)"' "$CERTIFICATE")" \
	"$(sha256sum "$TMP"/station/state/takeouts/*/unrecoverable-request-*.json | cut -d ' ' -f 1) null"
is '... approved by' "$(jq -r .takeout.return_approver "$CERTIFICATE")" tanaka
is 'the page says it' "$(xargs <"${CERTIFICATE%.json}.txt" | grep -c "$SENTENCE")" 1
pdf() { # LANGUAGE TEXT: blanks aside
	wv certificate show "$CERTIFICATE" --format pdf --lang "$1" >"$TMP/page.pdf" &&
		pdftotext -layout "$TMP/page.pdf" - | tr -d ' \n' | grep -qF "$2"
}
ok 'the PDF says it whole' pdf en "$(echo "$SENTENCE" | tr -d ' ')"
ok '... in Japanese too' pdf ja '発注者(同意番号U-2026-4)とtanakaの同意を得て放棄しました'
ok 'the certificate is valid' wv certificate verify "$CERTIFICATE"
ok 'the medium reads back as it says' wv verify "$V" --certificate "$CERTIFICATE"
ok 'the volume is listed' wv list
is 'the incident is open still' "$(wv --json incident list | jq -r .state)" open
ok 'the client is told' wv incident notify "$UUID" --whom 'Ms Sato' --how telephone
ok 'the incident is closed' wv incident close "$UUID" 'given up'
is '... and the take-out is where it was' "$(state)" closed
wv --json report --from "$(date +%F)" --to "$(date -d tomorrow +%F)" >"$TMP/report.json"
is 'the report tells of it' "$(jq -r '.exceptions[] | select(.kind == "given-up").sentence' "$TMP/report.json")" \
	'a volume that could not be read was given up, with the consent of tanaka'
ok 'the medium may be used again' wv wipe "$V" --yes=volume.img --method zero
ok 'the ledger is intact' wv ledger verify
ok 'a bundle is made' wv inspect "$TMP/bundle"
ok '... with the request and its signature' test -e "$(ls "$TMP"/bundle/takeouts/*/unrecoverable-request-*.json).sig"
ok '... it holds' "$TMP/bundle/check.sh"
ok '... and an inspector finds the same' bash tests/cli/inspector.sh "$TMP/bundle"
ok '... with every signature' said "$(find "$TMP/bundle" -name '*.sig' | wc -l) signatures"
forge() {
	cd "$TMP/bundle" && sed -i 's/U-2026-4/U-2026-9/' takeouts/*/unrecoverable-request-*.json &&
		find . -type f ! -name SHA256SUMS -printf '%P\n' | sort | xargs sha256sum >SHA256SUMS
}
must forge
not_ok_exit 1 'an altered request is found' "$TMP/bundle/check.sh"
ok '... and named' said 'unrecoverable-request-'
not_ok_exit 1 '... by the inspector too' bash tests/cli/inspector.sh "$TMP/bundle"

# ---- saved before ---------------------------------------------------------------------------------------

rm -rf "$TMP/station" "$V"
cp -a "$TMP/station.lost" "$TMP/station" && cp "$TMP/volume.lost" "$V"
must wv incident notify "$V" --whom 'Ms Sato' --how telephone
must wv incident close "$V" found
must wv --json sync "$V" --key-file "$KEY" --passphrase-file "$PASS"
TIME=$(out .time)
must wv incident open "$V" 'the key file is gone'
ok 'what was saved before is given up too' approved
is 'the certificate says when' "$(jq -r .unrecoverable.saved.time "$CERTIFICATE")" "$TIME"
ok '... in its sentence' grep -q "they were last saved at $TIME" "$CERTIFICATE"

# ---- a return had begun ---------------------------------------------------------------------------------

rm -rf "$TMP/station" "$V"
cp -a "$TMP/station.lost" "$TMP/station" && cp "$TMP/volume.lost" "$V"
must wv incident notify "$V" --whom 'Ms Sato' --how telephone
must wv incident close "$V" found
not_ok_exit 3 'a return that waits for its approval' wv return "$V" --key-file "$KEY" --passphrase-file "$PASS"
must wv incident open "$V" 'the key file is gone'
ok '... and is lost then, is given up' approved
is 'the certificate does not say that it was backed up' \
	"$(jq -r '.medium | "\(.backed_up) \(.backup)"' "$CERTIFICATE")" 'unknown null'
ok '... but when it was saved last' jq -e .unrecoverable.saved.time "$CERTIFICATE"
is '... and who approved this' "$(jq -r '"\(.validator.name) \(.takeout.return_approver)"' "$CERTIFICATE")" 'tanaka tanaka'

# ---- killed, and again -----------------------------------------------------------------------------------

raw() {
	exec "$WORKVOL" --no-input return "$V" --unrecoverable "$CONSENT"
}
# killed_in STEP: as soon as the ledger has it
killed_in() {
	local pid i
	raw >"$OUT" 2>"$ERR" </dev/null &
	pid=$!
	for ((i = 0; i < 3000; i++)); do
		sqlite3 -readonly "$TMP/station/state/ledger.db" "SELECT 1 FROM records WHERE kind = 'takeout.$1'" 2>/dev/null |
			grep -q 1 && break
		kill -0 "$pid" 2>/dev/null || break
	done
	kill -9 "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
}
ends() {
	[ "$(state)" = closed ] || give_up
}
for at in unrecoverable destroying-keys keys-destroyed wiping; do
	restore approved
	killed_in $at
	ok "killed after $at ($(state)): the same command ends it" ends
	is "... killed after $at: closed" "$(state) $(jq -r .verdict "$CERTIFICATE")" 'closed wiped'
done

# stopped_before STEP [keep OPTION...]: what the ledger takes no record of is as good as killed before it
stopped_before() {
	[ $# -gt 1 ] || restore approved
	must sqlite3 "$TMP/station/state/ledger.db" "CREATE UNIQUE INDEX stop ON records (seq - seq)
		WHERE seq = 1 OR kind = 'takeout.$1'"
	run give_up "${@:3}"
	must sqlite3 "$TMP/station/state/ledger.db" 'DROP INDEX stop'
}
stopped_before destroying-keys
is 'before the begin is recorded nothing is destroyed' "$(sum "$V") $(state)" "$(sum "$TMP/volume.approved") lost"
not_ok_exit 3 '... and a plain return does not go on' wv return "$V"
stopped_before keys-destroyed
is 'once it is, they are being destroyed' "$(state)" destroying-keys
not_ok_exit 3 '... and nothing leads back' open_volume "$V"
ok '... a plain return goes on' wv return "$V"
is '... to the end' "$(state) $(jq -r .unrecoverable.approver "$CERTIFICATE")" 'closed tanaka'
stopped_before keys-destroyed
cp "$TMP/volume.approved" "$V" # none of it had reached the medium
ok 'the header is whole still: it goes on' wv return "$V"
is '... to the end, with both consents' "$(jq -r .takeout.return_approver "$CERTIFICATE")" tanaka
stopped_before keys-destroyed
damage
not_ok_exit 3 'a medium that shows neither is asked for' wv return "$V"
ok '... a word for it ends it' wv return "$V" --yes=volume.img
ok '... and is on the certificate' grep -q 'its header was gone, a person said so' "$CERTIFICATE"
# lost again in the midst of it, and found
stopped_before keys-destroyed
must wv incident notify "$UUID" --whom 'Ms Sato' --how telephone
must wv incident close "$UUID" 'told'
is 'its closing does not lead back' "$(state)" destroying-keys
must wv incident open "$UUID" 'gone from the desk'
not_ok_exit 4 'lost in the midst of it, it is not returned' wv return "$V"
must wv incident notify "$UUID" --whom 'Ms Sato' --how telephone
must wv incident close "$UUID" 'it was in the drawer'
ok 'found, it goes on' wv return "$V"
is '... with the consents that it had' "$(jq -r .unrecoverable.client_consent.number "$CERTIFICATE")" U-2026-4
stopped_before keys-destroyed
must wv incident notify "$UUID" --whom 'Ms Sato' --how telephone
must wv incident close "$UUID" 'told'
must wv incident open "$UUID" 'gone from the desk'
WHOLE=$(sum "$V")
not_ok_exit 3 'lost in the midst of it, there is nothing to request' give_up --request-only
untouched 'the request only' lost
ok 'lost in the midst of it, it is given up all the same, and not asked for twice' \
	faketime -f +100h "$WORKVOL" --no-input return "$V" --unrecoverable U-9
is '... with the consents that it had' "$(jq -r .unrecoverable.client_consent.number "$CERTIFICATE")" U-2026-4
# a word was given for it, and is not forgotten when it is lost again
restore approved
damage
stopped_before keys-destroyed keep --yes=volume.img
must wv incident notify "$UUID" --whom 'Ms Sato' --how telephone
must wv incident close "$UUID" 'told'
must wv incident open "$UUID" 'gone from the desk'
ok 'begun by a word and lost again, it is given up' give_up
ok '... and the word is on the certificate' grep -q 'its header was gone, a person said so' "$CERTIFICATE"
ok 'the ledger is intact' wv ledger verify
echo "1..$_n"
