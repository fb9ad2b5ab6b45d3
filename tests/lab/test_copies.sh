#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_copies.sh - a volume that is open by dm-crypt is looked at on its own medium, and on no copy of it
. "$(dirname "$0")/lib.sh"

station
factors=(--key-file "$KEY" --passphrase-file "$PASS")

# looked_at WHAT MEDIUM COPY: open on the medium, looked at without factors; the copy is not taken for it
looked_at() {
	must open_volume "$2"
	ok "$1 that is open is looked at where it is open" wv check "$2"
	is '... by dm-crypt' "$(lsblk -rno TYPE "/dev/mapper/workvol-$(wv --json list | tail -n 1 | jq -r .volume)" | head -n 1)" crypt
	not_ok_exit 3 '... a copy of it is not taken for it' wv check "$3"
	ok '... and that is said' said "lies on another medium than $3"
	not_ok_exit 3 '... nor is the copy synced' wv sync "$3"
	ok '... closed' wv close "$2"
}

must take_out "$TMP/volume.img" --size 24M
mkdir "$TMP/copy"
must cp "$TMP/volume.img" "$TMP/copy/volume.img"
looked_at 'a container' "$TMP/volume.img" "$TMP/copy/volume.img"

# Two disks without a serial of their own, one of them a clone.
truncate -s 32M "$TMP/disk" "$TMP/clone"
disk=$(losetup -f --show "$TMP/disk") && clone=$(losetup -f --show "$TMP/clone") || bail 'no loop device'
must take_out "$disk"
must dd if="$disk" of="$clone" bs=1M conv=fsync status=none
looked_at 'a disk' "$disk" "$clone"
must losetup -d "$disk" && must losetup -d "$clone"

stick=$(plug bot LABCOPIES 128M) || bail 'no stick'
SERIAL=LABCOPIES must take_out "$stick"
must open_volume "$stick"
ok 'a stick that is open is looked at' wv check "$stick"
ok '... closed' wv close "$stick"
must pull LABCOPIES

