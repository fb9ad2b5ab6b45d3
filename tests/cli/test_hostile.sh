#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_hostile.sh - what a second look tried against a return: other files under
# the medium's name between two runs, altered headers, odd targets, and whether
# a secret stays anywhere
. "$(dirname "$0")/lib.sh"

station
make_tree 5
V=$TMP/volume.img
factors=(--key-file "$KEY" --passphrase-file "$PASS")

come_back() {
	wv return "$V" "${factors[@]}" --approve-with "$APPROVER" "$@"
}

state() {
	wv --json list | tail -n 1 | jq -r .state
}

keep() {
	cp -a "$TMP/station" "$TMP/station.$1" && cp -a "$V" "$TMP/volume.$1"
}

restore() {
	rm -rf "$TMP/station" "$V"
	cp -a "$TMP/station.$1" "$TMP/station" && cp -a "$TMP/volume.$1" "$V"
}

# Another file of that size under that name: the volume itself is elsewhere.
swap() {
	mv "$V" "$TMP/hidden.img"
	head -c "$(stat -c %s "$TMP/hidden.img")" /dev/urandom >"$V"
	before=$(sum "$V")
}

# ---- stopped before the first byte of the key destruction ----------------------
must take_out "$V" --size 24M
loop=$(loop "$V") || bail "no loop"
not_ok_exit 3 "a return stops at a loop over its container" come_back
losetup -d "$loop"
is "the key destruction is recorded, and not begun" "$(state)" destroying-keys
keep begun

swap
not_ok_exit 3 "another file under the container's name is no medium of a begun key destruction" come_back
is "and it is unchanged" "$(sum "$V")" "$before"
rm "$TMP/hidden.img"

# A flag that cryptsetup refresh --persistent would leave: the header is not one of ours any more.
set_flag() {
	local at header=$TMP/header
	for at in 0 16384; do
		tail -c +$((at + 1)) "$V" | head -c 16384 >"$header"
		tail -c +4097 "$header" | tr -d '\0' | jq -c '.config.flags = ["allow-discards"]' |
			tr -d '\n' >"$TMP/area"
		truncate -s 12288 "$TMP/area"
		dd if="$TMP/area" of="$header" bs=4096 seek=1 conv=notrunc status=none
		dd if=/dev/zero of="$header" bs=64 seek=7 count=1 conv=notrunc status=none
		printf "$(sum "$header" | sed 's/../\\x&/g')" |
			dd of="$header" bs=64 seek=7 conv=notrunc status=none
		dd if="$header" of="$V" bs=4096 seek=$((at / 4096)) conv=notrunc status=none
	done
	cryptsetup luksDump "$V" | grep -q 'Flags:.*allow-discards'
}

restore begun
must set_flag
not_ok_exit 3 "keys are not destroyed uncompared because the header was altered" come_back
is "and no key was touched" "$(state)" destroying-keys

restore begun
ok "the volume itself is compared again, and its return ends" come_back
is "it is closed" "$(state)" closed

# ---- stopped before the first byte of the wipe -------------------------------------
restore begun
touch "$TMP/station/state/checkpoints.file"
rm -rf "$TMP/station/state/checkpoints"
mv "$TMP/station/state/checkpoints.file" "$TMP/station/state/checkpoints"
run come_back
is "a return stops before its wipe" "$(state)" keys-destroyed
rm "$TMP/station/state/checkpoints"
keep destroyed

swap
not_ok_exit 3 "another file under the container's name is not wiped in its place" come_back
is "and it is unchanged" "$(sum "$V")" "$before"
ok "with a person's word it is" come_back --yes=volume.img
ok "and the certificate says that it was only a word" grep -q 'a person said so' \
	"$TMP"/station/state/takeouts/*/certificate.json
rm "$TMP/hidden.img"

restore destroyed
ok "the container itself needs no word" come_back
ok "and the certificate speaks of none" eval '! grep -q "a person said so" "$TMP"/station/state/takeouts/*/certificate.json'

# ---- a length of nothing is not the whole -----------------------------------------
head -c 1M /dev/urandom >"$TMP/disk"
before=$(sum "$TMP/disk")
not_ok_exit 2 "a length of 0 is no length" wv wipe "$TMP/disk" --yes=disk --length 0
not_ok_exit 2 "a size of 0 is no size" wv prepare "$TMP/disk" --size 0 --yes=disk
is "and nothing was written" "$(sum "$TMP/disk")" "$before"
ok "an offset of 0 is one" wv wipe "$TMP/disk" --yes=disk --offset 0 --length 4096

# ---- headers that are not the signed ones: a proof that failed, not a machine -------------
W=$TMP/damaged.img
must take_out "$W" --size 24M
cp "$W" "$TMP/damaged.whole"

damage() { # AREAS...: OFFSET:LENGTH of the medium are overwritten
	local area
	cp "$TMP/damaged.whole" "$W"
	for area; do
		dd if=/dev/urandom of="$W" bs=1 seek="${area%:*}" count="${area#*:}" conv=notrunc status=none
	done
	before=$(sum "$W")
}

unproven() { # WHAT SENTENCE
	not_ok_exit 4 "open: $1 is a proof that failed" open_volume "$W"
	ok "and it says so" said "$2"
	not_ok_exit 4 "check: $1 is a proof that failed" wv check "$W" "${factors[@]}"
	not_ok_exit 4 "return: $1 is a proof that failed" wv return "$W" "${factors[@]}" --approve-with "$APPROVER"
	is "and the medium is as it was" "$(sum "$W")" "$before"
}

damage 0:8 16384:8
unproven 'a header without its magic' 'header is gone or damaged'
damage 5000:10 21384:10
unproven 'a header whose checksum is wrong' 'is damaged: it is not the one that the take-out record signs'
not_ok_exit 4 'a record for a medium without a header is not believed' \
	open_volume "$TMP/disk" --takeout "$(ls "$TMP"/station/state/takeouts/*/takeout-record.json | head -n 1)"
: >"$W"
not_ok_exit 3 'a file of another size under its name is another medium' open_volume "$W"
rm "$W"
not_ok_exit 1 'a medium that is not there is no proof of anything' open_volume "$W"
cp "$TMP/damaged.whole" "$W"
ok 'the whole one opens' open_volume "$W"
must wv close "$W"

# ---- damaged headers: an answer, no crash, and nothing written by insert ----------------
flip() { # SEED
	perl -e 'srand($ARGV[1]); open(F, "+<", $ARGV[0]); for (1 .. 4) {
		my $o = int(rand(2)) * 16384 + 4096 + int(rand(1800)); seek(F, $o, 0); read(F, $b, 1);
		seek(F, $o, 0); print F chr(ord($b) ^ 1 << int(rand(8))); }' "$V" "$1"
}

flips() {
	local seed rc damaged
	for seed in 1 2 3 4 5 6 7 8; do
		cp "$TMP/volume.begun" "$V" && flip "$seed"
		damaged=$(sum "$V")
		wv insert "$V" || return
		[ "$(sum "$V")" = "$damaged" ] || return
		rc=0
		wv factor derive "$V" "${factors[@]}" --fd 9 9>/dev/null || rc=$?
		[ $rc -le 4 ] || return
		rc=0
		come_back || rc=$?
		[ $rc = 0 ] || { [ $rc -le 4 ] && [ "$(state)" = destroying-keys ]; } || return
		restore begun
	done
}
restore begun
ok "eight damaged headers are told of, and no keys are destroyed by mistake" flips
