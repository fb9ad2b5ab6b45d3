#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_job.sh - the main job on a container and on a loop device, with stock
# tools as the witnesses
. "$(dirname "$0")/lib.sh"

station
factors=(--key-file "$KEY" --passphrase-file "$PASS")

# derived TARGET FILE: the keyslot's passphrase, for stock cryptsetup
derived() {
	exec 7>"$2"
	wv factor derive "$1" "${factors[@]}" --fd 7
	local rc=$?
	exec 7>&-
	return $rc
}

opens() { # FILE WITH: does stock cryptsetup open it on any slot
	limit cryptsetup open --test-passphrase --type luks2 --key-file "$2" "$1"
}

opens_slot() {
	limit cryptsetup open --test-passphrase --type luks2 --key-slot "$3" --key-file "$2" "$1"
}

no_slot_opens() { # FILE WITH
	local slot
	for slot in $(seq 0 31); do
		opens_slot "$1" "$2" "$slot" && return 1
	done
	return 0
}

finds_nothing() {
	[ -z "$(blkid -p "$1")" ]
}

# the whole job on $1, called $2
job() {
	local target=$1 what=$2 papers id request
	ok "$what: prepare, approved at once, and hand-over" take_out "$target"
	derived "$target" "$TMP/derived" || bail "no derived key"
	grep -v '^#' "$KEY" | tail -n 1 | tr -d '\n' >"$TMP/key64"
	grep -v '^#' "$KEY" | tail -n 1 | base64 -d >"$TMP/key32" 2>/dev/null
	tr -d '\n' <"$PASS" >"$TMP/pass-only"
	ok "$what: stock cryptsetup opens it with the derived key" opens "$target" "$TMP/derived"
	for f in pass-only key64 key32; do
		ok "$what: stock cryptsetup opens no slot with $f alone" no_slot_opens "$target" "$TMP/$f"
	done
	ok "$what: stock cryptsetup opens no slot with the key file itself" no_slot_opens "$target" "$KEY"
	blkid -p -o export "$target" >"$OUT"
	ok "$what: blkid says crypto_LUKS" grep -qx 'TYPE=crypto_LUKS' "$OUT"
	blkid -p -o udev "$target" >"$OUT"
	ok "$what: blkid says subsystem workvol" grep -q 'SUBSYSTEM=workvol' "$OUT"
	ok "$what: luksDump shows one argon2id keyslot and one workvol-2f token" dump "$target"

	ok "$what: open" open_volume "$target"
	ok "$what: it is mounted nosuid, nodev, noexec, nosymfollow" mounted_safely "$TMP/mnt"
	ok "$what: lost+found is not there" test ! -e "$TMP/mnt/lost+found"
	mkdir "$TMP/mnt/results" && echo 42 >"$TMP/mnt/results/a"
	echo x >"$TMP/mnt/foreign"
	not_ok_exit 4 "$what: check finds the foreign file" wv --json check "$target"
	is "$what: and only that" "$(jq -c '[.findings[].path]' "$OUT")" '["foreign"]'
	ok "$what: it is declared afterwards" wv amend "$target" foreign --purpose 'a note' --sign-with "$HOLDER"
	ok "$what: and then the check is clean" wv check "$target"
	ok "$what: close" wv close "$target"
	ok "$what: nothing of it stays mounted" test -z "$(findmnt -rno TARGET "$TMP/mnt")"

	cp "$target" "$TMP/before.img"
	not_ok_exit 3 "$what: return waits for its approval" wv return "$target" "${factors[@]}"
	request=$(sed -n 's/.*workvol approve //p' "$ERR")
	ok "$what: and says for which command" said 'waiting for approval: workvol approve '
	ok "$what: the volume is whole meanwhile" opens "$target" "$TMP/derived"
	ok "$what: approved" wv approve "$request" --key "$APPROVER"
	ok "$what: return goes on to its end" wv --json return "$target" "${factors[@]}"
	is "$what: closed" "$(out .state)" closed
	is "$what: wiped" "$(out .wipe.status)" wiped
	papers=$(dirname "$(out .certificate)")
	id=$(basename "$papers")

	ok "$what: blkid finds nothing" finds_nothing "$target"
	not_ok_exit 1 "$what: it is no LUKS any more" limit cryptsetup isLuks "$target"
	yes YES | limit cryptsetup repair --type luks2 "$target" >"$OUT" 2>&1
	not_ok_exit 1 "$what: repair brings nothing back" limit cryptsetup isLuks "$target"
	cp "$target" "$TMP/after.img"
	for f in derived pass-only key64 key32; do
		ok "$what: $f opens no image of it" no_slot_opens "$TMP/after.img" "$TMP/$f"
	done
	ok "$what: the server has every file, the new ones too" \
		diff -r "$TMP/expected" "$SERVER/$id/data"
	ok "$what: plain ssh-keygen verifies the certificate" stock_verify "$papers/certificate.json" workvol-certificate
	ok "$what: and workvol does" wv certificate verify "$papers/certificate.json"
	ok "$what: the medium still reads back as the certificate says" \
		wv verify "$target" --certificate "$papers/certificate.json"
	ok "$what: the ledger is intact" wv ledger verify
	not_ok_exit 1 "$what: a second return has nothing to do" wv return "$target" "${factors[@]}" --yes="$(basename "$target")"
}

dump() {
	limit cryptsetup luksDump "$1" >"$OUT" &&
		[ "$(grep -c 'argon2id' "$OUT")" = 1 ] && [ "$(grep -c 'workvol-2f' "$OUT")" = 1 ]
}

mounted_safely() {
	local o
	o=$(findmnt -no VFS-OPTIONS "$1")
	[[ $o == *nosuid* && $o == *nodev* && $o == *noexec* && $o == *nosymfollow* ]]
}

stock_verify() { # FILE NAMESPACE
	limit ssh-keygen -Y verify -f "$TMP/station/roster" -n "$2" -s "$1.sig" \
		-I "$(ssh-keygen -Y find-principals -f "$TMP/station/roster" -s "$1.sig")" <"$1"
}

make_tree 60
cp -r "$TMP/src" "$TMP/expected"
mkdir "$TMP/expected/results" && echo 42 >"$TMP/expected/results/a"
echo x >"$TMP/expected/foreign"

job "$TMP/volume.img" container

truncate -s 48M "$TMP/stick"
DEV=$(loop "$TMP/stick" --direct-io=on --sector-size 4096) || bail "no loop device"
job "$DEV" "loop device"
