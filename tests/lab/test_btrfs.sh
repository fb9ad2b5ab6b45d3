#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_btrfs.sh - a container on btrfs is refused; one that was moved there is returned, and called unverified
. "$(dirname "$0")/lib.sh"

station # its keys and factors
mkdir "$TMP/btrfs" "$TMP/field"
disk=$(plug virtio LABBTRFS 256M) || bail 'no disk'
must mkfs.btrfs -q "$disk"
must mount "$disk" "$TMP/btrfs"
field=$(plug scsi LABFIELD 64M) || bail 'no disk'
must mkfs.ext4 -q "$field"
must mount "$field" "$TMP/field"
must "$WORKVOL" --no-input init "$TMP/real" --server "$SERVER" --approver "tanaka=$APPROVER.pub" # no lab
export WORKVOL_POLICY=$TMP/real/workvol.conf
printf 'pbkdf-memory = 32\npbkdf-threads = 1\n' >>"$WORKVOL_POLICY"
make_tree 5
must wv declare "$TMP/src" -o "$TMP/declaration" --purpose 'site survey'
factors=(--key-file "$KEY" --passphrase-file "$PASS")

prepare() {
	wv prepare "$1" --size 24M --declaration "$TMP/declaration" --source "$TMP/src" "${factors[@]}" \
		--holder "suzuki=$HOLDER.pub" --due 2099-01-01 --client-approval C-1 --approve-with "$APPROVER"
}

headers() { # on the disk itself, whatever the file system says
	sync && LC_ALL=C grep -aoF $'LUKS\xba\xbe' "$disk" | wc -l
}

not_ok_exit 3 'prepare refuses a container on btrfs' prepare "$TMP/btrfs/volume.img"
ok '... and says why' said 'is on neither ext4 nor xfs'
is '... and nothing is left there' "$(ls -A "$TMP/btrfs")" ''

ok 'on ext4 it is prepared' prepare "$TMP/field/volume.img"
must wv handover "$TMP/field/volume.img" --sign-with "$HOLDER"
must mv "$TMP/field/volume.img" "$TMP/btrfs/volume.img"
before=$(headers)
ok 'moved to btrfs, its return comes to an end' wv --json return "$TMP/btrfs/volume.img" "${factors[@]}" --approve-with "$APPROVER"
is '... and is called unverified' "$(out .wipe.status)" unverified
certificate=$(out .certificate)
is '... on the certificate, too' "$(jq -r .verdict "$certificate")" unverified
ok '... which says that old blocks may survive' sh -c "jq -r '.not_proven[]' '$certificate' | grep -q 'they may survive'"
ok '... and they do: a header of the volume is still on the disk' test "$before" -gt 0 -a "$(headers)" -gt 0
ok 'the ledger is intact' wv ledger verify
must umount "$TMP/btrfs"
must umount "$TMP/field"
must pull LABBTRFS
must pull LABFIELD
