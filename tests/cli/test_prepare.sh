#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_prepare.sh - a take-out that waits, one that is refused, and nothing of
# either left behind; where secrets are not; a station that is no lab's
. "$(dirname "$0")/lib.sh"

station
make_tree 6
must wv declare "$TMP/src" -o "$TMP/declaration" --purpose 'site survey' --output 'results/*:1M'
mkdir "$TMP/box"
V=$TMP/box/volume.img

# prep TARGET [OPTION...]: not approved; what is given last counts, and YES for --yes
prep() {
	local target=$1
	shift
	wv prepare "$target" --declaration "$TMP/declaration" --source "$TMP/src" --key-file "$KEY" \
		--passphrase-file "$PASS" --holder "suzuki=$HOLDER.pub" --due 2099-01-31 \
		--client-approval 'C-1,survey,2099-12-31' --yes="${YES:-$(basename "$target")}" "$@"
}
box() {
	prep "$V" --size 24M "$@"
}
nothing_left() {
	[ -z "$(ls -A "$TMP/box")" ]
}
states() {
	wv --json list | jq -r .state | sort | uniq -c | xargs
}

no_luks() { # DEVICE: neither copy of a header
	! limit cryptsetup isLuks "$1" && ! yes YES | limit cryptsetup repair --type luks2 "$1"
}

# ---- it waits for its approval ------------------------------------------------------

not_ok_exit 3 'prepare waits for its approval' box
REQUEST=$(sed -n 's/.*workvol approve //p' "$ERR")
ok 'the request is there' test -s "$REQUEST"
is 'it says whose, what for, and until when' \
	"$(jq -r '[.type, .holder.name, .client_approval.number, .purpose, .due] | join(" ")' "$REQUEST")" \
	'takeout-request suzuki C-1 site survey 2099-01-31T23:59:59Z'
ok 'nothing is provisioned' nothing_left
not_ok_exit 3 'asked again, it waits for the same request' box
ok 'and says so' said "workvol approve $REQUEST"
is 'there is one take-out' "$(states)" '1 declared'
not_ok_exit 3 'the holder approves nothing' wv approve "$REQUEST" --key "$HOLDER"
ok 'the responsible person does' wv approve "$REQUEST" --key "$APPROVER"
ok 'and it goes on to its end' wv --json prepare "$V" --size 24M --declaration "$TMP/declaration" \
	--source "$TMP/src" --key-file "$KEY" --passphrase-file "$PASS" --holder "suzuki=$HOLDER.pub" \
	--due 2099-01-31 --client-approval 'C-1,survey,2099-12-31'
is 'prepared' "$(out .state)" prepared
is 'it is the one that was asked for' "$(out .takeout)" "$(jq -r .takeout "$REQUEST")"
ok 'the container is not sparse' test "$(du -k "$V" | cut -f 1)" -ge 24576
is 'only the container is there' "$(ls "$TMP/box")" volume.img
not_ok_exit 1 'a name that is taken is refused' box --approve-with "$APPROVER"
ok 'and says so' said 'is there already'
rm "$V"

# ---- what differs from what was declared ------------------------------------------------

differs() { # WHAT COMMAND...: the source is changed by it
	local what=$1
	shift
	cp -a "$TMP/src" "$TMP/changed"
	(cd "$TMP/changed" && "$@") || bail "$*"
	not_ok_exit 4 "a source with $what is refused" box --source "$TMP/changed" --approve-with "$APPROVER"
	ok "$what: nothing is left" nothing_left
	rm -rf "$TMP/changed"
}
differs 'another content' sed -i 1s/file/life/ d0/f3.txt
differs 'a file too many' touch d0/extra
differs 'a file too few' rm d0/f3.txt
differs 'a symlink in place of a file' sh -c 'mv d0/f3.txt ../aside && ln -s ../../aside d0/f3.txt'
differs 'a directory too many' mkdir d1
differs 'a file in place of a directory' sh -c 'rm -r d0 && touch d0'
must truncate -s 48M "$TMP/stick"
DEV=$(loop "$TMP/stick" --sector-size 4096) || bail 'no loop device'
cp -a "$TMP/src" "$TMP/changed" && rm "$TMP/changed/d0/f3.txt"
not_ok_exit 4 'on a device too' prep "$DEV" --source "$TMP/changed" --approve-with "$APPROVER"
is 'no header is left on it' "$(blkid -p "$DEV")" ''
ok 'not even in its second copy' no_luks "$DEV"

# ---- what is refused from the start ---------------------------------------------------------

refused() { # EXIT WHAT SENTENCE OPTION...
	local rc=$1 what=$2 sentence=$3
	shift 3
	not_ok_exit "$rc" "$what is refused" box --approve-with "$APPROVER" "$@"
	ok "it says: $sentence" said "$sentence"
	ok "$what: nothing is left" nothing_left
}
refused 1 'a due date in the past' 'has passed' --due 2020-01-01
refused 1 'a due date that is none' 'is not YYYY-MM-DD' --due tomorrow
refused 3 "an expired client approval" 'expired' --client-approval 'C-1,survey,2020-01-01'
refused 1 'a container that is too small' 'the declared data need' --size 4M
refused 1 'a size that is no multiple of 4096' 'multiple of 4096' --size 25000001
YES=other.img refused 3 'another serial' 'has the serial'
refused 4 'a key file that is none' 'key file' --key-file "$PASS"
cp "$KEY" "$TMP/src/factor"
refused 1 'a key file inside the source' 'lies inside' --key-file "$TMP/src/factor"
rm "$TMP/src/factor"
not_ok_exit 1 'a container inside the source is refused' prep "$TMP/src/volume.img" --size 24M
ok 'nothing came into it' test ! -e "$TMP/src/volume.img"
must mount -t tmpfs -o size=20m tmpfs "$TMP/box"
not_ok_exit 1 'a container that does not fit its disk is refused' box --approve-with "$APPROVER"
ok 'it says why' said 'No space left'
ok 'and leaves nothing' nothing_left
umount "$TMP/box"
not_ok_exit 3 'a holder who is an approver cannot approve it' wv prepare "$V" --size 24M \
	--declaration "$TMP/declaration" --source "$TMP/src" --key-file "$KEY" --passphrase-file "$PASS" \
	--holder "tanaka=$APPROVER.pub" --due 2099-01-31 --client-approval C-1 --approve-with "$APPROVER"
ok 'nothing is left of that' nothing_left
not_ok_exit 3 'nor by approving the request' wv approve "$(ls -t "$TMP"/station/state/takeouts/*/takeout-request.json | head -n 1)" --key "$APPROVER"
ok 'nothing is signed by that' sh -c "! ls \"\$(ls -td '$TMP'/station/state/takeouts/* | head -n 1)\"/*.sig"
is 'what nobody approved in time is no take-out any more' \
	"$(faketime -f +100h "$WORKVOL" --json list | jq -r .state | grep -c declared)" 0
not_ok_exit 3 'a device is not overwritten without its serial' wv prepare "$DEV" \
	--declaration "$TMP/declaration" --source "$TMP/src" --key-file "$KEY" --passphrase-file "$PASS" \
	--holder "suzuki=$HOLDER.pub" --due 2099-01-31 --client-approval C-1 --approve-with "$APPROVER"

# ... and before anybody is asked to approve it: no take-out is begun
BEFORE=$(states)
unasked() { # EXIT WHAT SENTENCE TARGET [OPTION...]
	local rc=$1 what=$2 sentence=$3
	shift 3
	not_ok_exit "$rc" "$what is refused before the approver is asked" prep "$@"
	ok "and says why: $sentence" said "$sentence"
	is 'no take-out is begun' "$(states)" "$BEFORE"
}
YES=other.img unasked 3 'another serial' 'has the serial' "$V" --size 24M
YES=other unasked 3 'another serial of a device' 'the serial of' "$DEV"
unasked 4 'a key file that is none' 'key file' "$V" --size 24M --key-file "$PASS"
unasked 1 'a container that is too small' 'the declared data need' "$V" --size 4M
touch "$V"
unasked 1 'a name that is taken' 'is there already' "$V" --size 24M
rm "$V"

# as JSON: one object, on stdout
json() { # EXIT CODE OPTION...
	local rc=$1 code=$2
	shift 2
	not_ok_exit "$rc" "--json: exit $rc" timeout "$LIMIT" "$WORKVOL" --json --no-input prepare "$V" --size 24M \
		--declaration "$TMP/declaration" --source "$TMP/src" --key-file "$KEY" \
		--passphrase-file "$PASS" --holder "suzuki=$HOLDER.pub" --client-approval C-1 --due 2099-02-01 --yes="${YES:-volume.img}" "$@"
	is "--json: $code" "$(out .error.code)" "$code"
}
json 3 EAGAIN
json 1 EINVAL --due 2020-01-01
YES=other.img json 3 EPERM --approve-with "$APPROVER"
json 1 ENOENT --source "$TMP/none"

# ---- secrets are nowhere ------------------------------------------------------------------

# Which process says it, looked at while prepare runs.
watch_processes() {
	local file
	while [ ! -e "$TMP/stop" ]; do
		for file in /proc/[0-9]*/cmdline /proc/[0-9]*/environ; do
			grep -aqF 'correct horse battery staple' "$file" 2>/dev/null && echo "$file" >>"$TMP/told"
		done
	done
}
: >"$TMP/told"
watch_processes 2>/dev/null &
WATCH=$!
run timeout "$LIMIT" "$WORKVOL" -v --no-input prepare "$V" --size 24M --declaration "$TMP/declaration" \
	--source "$TMP/src" --key-file "$KEY" --passphrase-file "$PASS" --holder "suzuki=$HOLDER.pub" \
	--due 2099-03-01 --client-approval C-2 --approve-with "$APPROVER"
is 'one more is prepared' $? 0
touch "$TMP/stop"
wait $WATCH
is 'no command line and no environment has the passphrase' "$(grep -v "/$WATCH/" "$TMP/told")" ''
cat "$OUT" "$ERR" >"$TMP/said-all"
exec 7>"$TMP/derived"
wv factor derive "$V" --key-file "$KEY" --passphrase-file "$PASS" --fd 7 || bail 'no derived key'
exec 7>&-
RAW=$(grep -v '^#' "$KEY" | tail -n 1)
nowhere() { # TEXT: in no file of the station, of the server, nor in what was said
	! grep -raqF -- "$1" "$TMP/station" "$SERVER" "$TMP/said-all" "$V"
}
ok 'the passphrase is in no file' nowhere 'correct horse battery staple'
ok 'the derived key neither' nowhere "$(cat "$TMP/derived")"
ok 'nor the key file'\''s' nowhere "$RAW"
rm -f "$V"

# ---- again on the same medium ----------------------------------------------------------------

ok 'a device with sectors of 4096' prep "$DEV" --approve-with "$APPROVER"
ok 'its volume has sectors of 4096' sh -c "cryptsetup luksDump '$DEV' | grep -q 'sector: 4096'"
not_ok_exit 3 'it is not prepared anew while it is still needed' prep "$DEV" --approve-with "$APPROVER" --due 2099-05-01
BEFORE=$(states)
unasked 3 'a volume that is still needed' 'whose keys are not known to be destroyed' "$DEV" --due 2099-05-01
must wv handover "$DEV" --sign-with "$HOLDER"
must wv return "$DEV" --key-file "$KEY" --passphrase-file "$PASS" --approve-with "$APPROVER"
ok 'once it was returned, it is' prep "$DEV" --approve-with "$APPROVER" --due 2099-05-01

# ---- no lab: one disk each --------------------------------------------------------------------

# disk NAME: an ext4 of its own, in an own tmpfs, so that they share nothing
disk() {
	mkdir -p "$TMP/$1.disk" "$TMP/$1" && mount -t tmpfs -o size=100m "disk-$1" "$TMP/$1.disk" &&
		truncate -s 90M "$TMP/$1.disk/image" || return
	local dev
	dev=$(loop "$TMP/$1.disk/image") || return
	mkfs.ext4 -q -m 0 "$dev" && mount "$dev" "$TMP/$1"
}
if disk field && disk home; then
	mkdir "$TMP/home/server"
	unset WORKVOL_POLICY
	must "$WORKVOL" --no-input init "$TMP/real" --server "$TMP/home/server" --approver "tanaka=$APPROVER.pub"
	export WORKVOL_POLICY=$TMP/real/workvol.conf
	printf 'pbkdf-memory = 32\npbkdf-threads = 1\n' >>"$WORKVOL_POLICY"
	V=$TMP/field/volume.img
	cp "$KEY" "$TMP/field/factor"
	not_ok_exit 3 'no lab: a key file on the target'\''s own disk is refused' \
		box --key-file "$TMP/field/factor" --approve-with "$APPROVER"
	ok 'it says so' said "is on the target's own disk"
	rm "$TMP/field/factor"
	not_ok_exit 3 'no lab: a container on tmpfs is refused' prep "$TMP/box/v.img" --size 24M --approve-with "$APPROVER"
	ok 'and nothing is left of it' nothing_left
	ok 'no lab: on a disk of its own it is prepared' box --approve-with "$APPROVER"
	RECORD=$(wv --json list | jq -r .takeout)
	RECORD=$TMP/real/state/takeouts/$RECORD/takeout-record.json
	is 'the record has its place on the disk' "$(jq '.extents | length > 0' "$RECORD")" true
	is 'and the file system' "$(jq -r .fs "$RECORD")" ext4
	is 'and is no lab'\''s' "$(jq .lab "$RECORD")" false
	must wv handover "$V" --sign-with "$HOLDER"
	cp "$V" "$TMP/aside.img" && rm "$V" && cat "$TMP/aside.img" >"$V"
	not_ok_exit 0 'copied away and back, it returns' wv --json return "$V" --key-file "$KEY" --passphrase-file "$PASS" --approve-with "$APPROVER"
	is 'but is called unverified' "$(out .wipe.status)" unverified
	CERTIFICATE=$(out .certificate)
	is 'the certificate says so' "$(jq -r .verdict "$CERTIFICATE")" unverified
	ok 'and why' sh -c "jq -r '.not_proven[]' '$CERTIFICATE' | grep -q 'moved or rewritten'"
	rm -f "$V"
	ok 'no lab: another' box --approve-with "$APPROVER" --due 2099-04-01
	must wv handover "$V" --sign-with "$HOLDER"
	ok 'that stays where it is returns' wv --json return "$V" --key-file "$KEY" --passphrase-file "$PASS" --approve-with "$APPROVER"
	is 'and is called wiped' "$(out .wipe.status)" wiped
else
	skip 'a station that is no lab'\''s' 'no ext4 on a loop device here'
fi
echo "1..$_n"
