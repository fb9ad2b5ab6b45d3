#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_container.sh - a container on ext4 or xfs, without a lab's leniency: wiped where the overwrite
# reached its blocks, unverified where it has moved or shares them. tests/lab/test_btrfs.sh has btrfs.
. "$(dirname "$0")/lib.sh"

station # its keys and factors

# file_system NAME TYPE MKFS-OPTION...: mounted at TMP/NAME, on a disk of its own: a volume's is neither
# its key file's nor its server's, and a loop device is the disk that its file is on
file_system() {
	local name=$1 type=$2 disk
	shift 2
	mkdir -p "$TMP/disks/$name" "$TMP/$name"
	must mount -t tmpfs disk "$TMP/disks/$name"
	truncate -s 320M "$TMP/disks/$name/img"
	disk=$(loop "$TMP/disks/$name/img") || bail 'no loop device'
	must "mkfs.$type" -q "$@" "$disk"
	must mount "$disk" "$TMP/$name"
}

# headers NAME: LUKS2 headers on that disk itself, whatever its file system says
headers() {
	sync -f "$TMP/$1" && LC_ALL=C grep -aoF $'LUKS\xba\xbe' "$TMP/disks/$1/img" | wc -l
}

out_to() { # CONTAINER
	prepare "$1" --size 24M && wv handover "$1" --sign-with "$HOLDER"
}

# returned WHAT CONTAINER STATUS PLACE: it comes to an end, and is called that
returned() {
	ok "$1: its return comes to an end" wv --json return "$2" --key-file "$KEY" --passphrase-file "$PASS" --approve-with "$APPROVER"
	is "... and is called $3" "$(out .wipe.status)" "$3"
	is '... on the certificate, too' "$(jq -r .verdict "$(out .certificate)")" "$3"
	is "... its place: $4" "$(wv ledger export | jq -r 'select(.kind == "takeout.destroying-keys").body.place' | tail -n 1)" "$4"
}

file_system office ext4 -F # a server that is not in memory
file_system ext4 ext4 -F
file_system xfs xfs -m reflink=1
mkdir "$TMP/office/server"
must "$WORKVOL" --no-input init "$TMP/real" --server "$TMP/office/server" --approver "tanaka=$APPROVER.pub" # no lab
export WORKVOL_POLICY=$TMP/real/workvol.conf
printf 'pbkdf-memory = 32\npbkdf-threads = 1\nsearch-dirs = %s\n' "$TMP/home" >>"$WORKVOL_POLICY"
make_tree 5
is 'this is no lab' "$(wv --json policy | jq -r 'select(.key == "lab").value')" no

# ---- where it lay ----------------------------------------------------------------------
for type in ext4 xfs; do
	V=$TMP/$type/volume.img
	ok "a container on $type is prepared and handed over" out_to "$V"
	ok '... its header is on the disk' test "$(headers $type)" -gt 0
	returned "on $type" "$V" wiped same
	is '... nothing of its header is left' "$(headers $type)" 0
done

# ---- elsewhere -------------------------------------------------------------------------
V=$TMP/xfs/renamed.img
must out_to "$V"
must cp --reflink=always "$V" "$TMP/xfs/new"
must mv "$TMP/xfs/new" "$V"
returned 'a reflink in the place of the original, which alone has its blocks now' "$V" wiped same
is '... nothing of its header is left' "$(headers xfs)" 0

V=$TMP/xfs/shared.img
must out_to "$V"
must cp --reflink=always "$V" "$TMP/xfs/new"
must ln "$V" "$TMP/xfs/original"
must mv "$TMP/xfs/new" "$V"
returned 'a reflink in the place of the original, which is kept' "$V" unverified unknown
ok '... rightly: the volume is in the original' cryptsetup isLuks "$TMP/xfs/original"
must rm "$TMP/xfs/original"

V=$TMP/ext4/moved.img
must out_to "$V"
must cp "$V" "$TMP/ext4/new"
must mv "$TMP/ext4/new" "$V"
returned 'a copy in the place of the original' "$V" unverified moved
ok '... rightly: a header is on the disk' test "$(headers ext4)" -gt 0
ok 'the ledger is intact' wv ledger verify
