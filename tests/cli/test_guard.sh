#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_guard.sh - what may not be touched is refused with exit 3, by wipe and by
# prepare, and is byte for byte the same afterwards
. "$(dirname "$0")/lib.sh"

station
make_tree 5
must wv declare "$TMP/src" -o "$TMP/declaration" --purpose 'site survey'

media() { # NAME [MIB]: an image with something in it
	head -c "$((${2:-24} << 20))" /dev/urandom >"$TMP/$1"
}

prepare_on() {
	wv prepare "$1" --declaration "$TMP/declaration" --source "$TMP/src" --key-file "$KEY" \
		--passphrase-file "$PASS" --holder "suzuki=$HOLDER.pub" --due 2099-01-01 \
		--client-approval C-1 --approve-with "$APPROVER" --yes="$(serial "$1")"
}

# A partition's serial is its disk's.
serial() {
	basename "$1" | sed 's/^\(loop[0-9]*\)p[0-9]*$/\1/'
}

content() {
	sync -f "$TMP"
	sha256sum <"$1"
}

# refused WHAT TARGET IMAGE SENTENCE: by both commands, the image unchanged
refused() {
	local what=$1 target=$2 image=$3 sentence=$4 before
	before=$(content "$image")
	not_ok_exit 3 "wipe refuses $what" wv wipe "$target" --yes="$(serial "$target")"
	ok "and says why: $sentence" said "$sentence"
	if [ -b "$target" ]; then
		not_ok_exit 3 "prepare refuses $what" prepare_on "$target"
		ok "prepare says why: $sentence" said "$sentence"
	fi
	is "$what: unchanged" "$(content "$image")" "$before"
}

ext4() {
	must mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 "$@"
}

test_mounted() {
	local dev
	media mounted && ext4 "$TMP/mounted"
	dev=$(loop "$TMP/mounted") || bail "no loop"
	mkdir "$TMP/m"
	must mount -o ro "$dev" "$TMP/m"
	refused "a mounted device" "$dev" "$TMP/mounted" "is mounted"
	must umount "$TMP/m"
}

# The kernel's own list cannot be used for this without making swap: the
# program is shown another /proc/swaps in a mount namespace of its own.
test_swap() {
	local dev before
	media swap
	dev=$(loop "$TMP/swap") || bail "no loop"
	before=$(content "$TMP/swap")
	{
		echo 'Filename				Type		Size		Used		Priority'
		echo "$dev                              partition	24572		0		-2"
	} >"$TMP/swaps"
	in_its_view() {
		elsewhere 'mount --bind "$1" /proc/swaps && shift && exec "$@"' \
			"$TMP/swaps" timeout -k 5 "$LIMIT" "$WORKVOL" --no-input wipe "$dev" --yes="$(basename "$dev")"
	}
	not_ok_exit 3 "wipe refuses a device that is swap" in_its_view
	ok "and says so" said swap
	is "swap: unchanged" "$(content "$TMP/swap")" "$before"
}

test_partitions() {
	local dev
	media disk 64
	printf 'label: dos\nsize=24MiB\nsize=24MiB\n' | sfdisk -q "$TMP/disk" || bail "no partitions"
	dev=$(loop "$TMP/disk" -P) || bail "no loop"
	if ! has_partitions "$dev" 2; then
		skip "wipe refuses a disk with a mounted partition" "this kernel scans no partitions on loops"
		return
	fi
	ext4 "${dev}p1"
	mkdir "$TMP/p"
	must mount -o ro "${dev}p1" "$TMP/p"
	refused "a disk with a mounted partition" "$dev" "$TMP/disk" "is mounted"
	refused "the mounted partition" "${dev}p1" "$TMP/disk" "is mounted"
	must umount "$TMP/p"
}

test_backing() {
	local dev
	media backing
	dev=$(loop "$TMP/backing") || bail "no loop"
	refused "a file that a loop device stands on" "$TMP/backing" "$TMP/backing" "${dev#/dev/}"
}

test_read_only() {
	local dev
	media ro
	dev=$(loop "$TMP/ro" -r) || bail "no loop"
	refused "a read-only device" "$dev" "$TMP/ro" "read-only"
}

test_serial() {
	local before
	media serial
	before=$(content "$TMP/serial")
	not_ok_exit 3 "wipe refuses when another serial was named" wv wipe "$TMP/serial" --yes=other
	not_ok_exit 3 "wipe refuses when no serial was named and nobody can be asked" wv wipe "$TMP/serial"
	is "serial: unchanged" "$(content "$TMP/serial")" "$before"
}

# The disk that carries the running system: only looked at, never named to a wipe.
test_root() {
	local root
	root=$(findmnt -no SOURCE / | sed 's/\[.*//')
	if [ -b "$root" ]; then
		not_ok_exit 3 "a dry run refuses the disk of the running system" wv wipe --dry-run "$root"
	else
		skip "a dry run refuses the disk of the running system" "/ is on no block device here"
	fi
}

test_volumes() {
	local dev
	must take_out "$TMP/volume.img"
	refused "a volume that is out" "$TMP/volume.img" "$TMP/volume.img" "volume"
	dev=$(loop "$TMP/volume.img") || bail "no loop"
	refused "a device with a volume that is out" "$dev" "$TMP/volume.img" "volume"
	losetup -d "$dev"

	media carrier 96 && ext4 "$TMP/carrier"
	dev=$(loop "$TMP/carrier") || bail "no loop"
	mkdir "$TMP/c"
	must mount "$dev" "$TMP/c"
	mkdir -p "$TMP/c/a/b" && cp "$TMP/volume.img" "$TMP/c/a/b/holiday.iso"
	must umount "$TMP/c"
	refused "a device with a volume in a file on it" "$dev" "$TMP/carrier" "volume"

	# known nowhere: it may be somebody else's
	cp "$TMP/volume.img" "$TMP/foreign.img"
	printf '00000000-0000-4000-8000-000000000000' |
		dd of="$TMP/foreign.img" bs=1 seek=168 conv=notrunc status=none
	refused "a volume that no ledger knows" "$TMP/foreign.img" "$TMP/foreign.img" "volume"

	# the header names another owner: the ledger knows it by its UUID
	must cryptsetup config "$TMP/volume.img" --subsystem systemd --label backup
	refused "a volume whose subsystem was altered" "$TMP/volume.img" "$TMP/volume.img" "volume"
	not_ok_exit 4 "and it is not opened" open_volume "$TMP/volume.img"
	must mount "$dev" "$TMP/c"
	cp "$TMP/volume.img" "$TMP/c/a/b/holiday.iso"
	must umount "$TMP/c"
	refused "a device with such a volume in a file" "$dev" "$TMP/carrier" "volume"

	# and one that no ledger knows by its token
	cryptsetup luksUUID -q "$TMP/volume.img" --uuid 00000000-0000-4000-8000-000000000001 2>/dev/null
	refused "a volume with a foreign UUID and subsystem" "$TMP/volume.img" "$TMP/volume.img" "volume"

	# LUKS of others is no work volume
	truncate -s 32M "$TMP/luks"
	must cryptsetup luksFormat -q --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 \
		"$TMP/luks" "$PASS"
	ok "LUKS of others is wiped" wv wipe "$TMP/luks" --yes=luks
}

test_mounted
test_swap
test_partitions
test_backing
test_read_only
test_serial
test_root
test_volumes
media free
ok "what nothing speaks for is wiped" wv wipe "$TMP/free" --yes=free
ok "the ledger is intact" wv ledger verify
