#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_job.sh - the main job on a USB stick, through dm-crypt
. "$(dirname "$0")/lib.sh"

SERIAL=LABSTICK
station
factors=(--key-file "$KEY" --passphrase-file "$PASS")
make_tree 60
cp -r "$TMP/src" "$TMP/expected"
mkdir "$TMP/expected/results" && echo 42 >"$TMP/expected/results/a"

mappings() {
	dmsetup ls --target crypt | grep -v '^No devices'
}

stick=$(plug usb LABSTICK 64M) || bail "no stick"
ok 'prepare and hand-over' take_out "$stick" || exit
ok 'and no mapping is left' test -z "$(mappings)"
uuid=$(blkid -p -s UUID -o value "$stick")

ok 'open' open_volume "$stick" || exit
is 'the mapping is dm-crypt and named after the volume' "$(mappings | cut -f 1)" "workvol-$uuid"
is 'what is mounted is that mapping' "$(findmnt -no SOURCE "$TMP/mnt")" "/dev/mapper/workvol-$uuid"
ok 'it has its node below /dev/mapper' test -b "/dev/mapper/workvol-$uuid"
ok 'and udev its link by name' test -e "/dev/disk/by-id/dm-name-workvol-$uuid"
dmsetup table --showkeys "workvol-$uuid" >"$OUT"
not_ok_exit 1 'it passes on no discards' grep allow_discards "$OUT"
ok 'work is done' cp -r "$TMP/expected/results" "$TMP/mnt/"
ok 'check is clean' wv check "$stick"
not_ok_exit 3 'the open volume cannot be wiped' wv wipe "$stick" --yes=LABSTICK
ok 'close' wv close "$stick"
ok 'nothing stays mounted' test -z "$(findmnt -rno TARGET "$TMP/mnt")"
ok 'no mapping stays' test -z "$(mappings)"
ok 'no node stays' test ! -e "/dev/mapper/workvol-$uuid"
ok 'nor udev'\''s link by name' test ! -L "/dev/disk/by-id/dm-name-workvol-$uuid"

ok 'it opens read-only' open_volume "$stick" --read-only
not_ok_exit 1 'and takes no byte then' touch "$TMP/mnt/x"
ok 'and closes' wv close "$stick"

ok 'return, approved at once' wv --json return "$stick" "${factors[@]}" --approve-with "$APPROVER" --yes=LABSTICK || exit
is 'closed' "$(out .state)" closed
is 'wiped' "$(out .wipe.status)" wiped
papers=$(dirname "$(out .certificate)")
ok 'no mapping stays' test -z "$(mappings)"
ok 'the server has every file' diff -r "$TMP/expected" "$SERVER/$(basename "$papers")/data"
ok 'the certificate verifies' wv certificate verify "$papers/certificate.json"
ok 'the stick reads back as it says' wv verify "$stick" --certificate "$papers/certificate.json"
ok 'also after it was pulled and plugged' pull LABSTICK
stick=$(plug usb LABSTICK) || bail "no stick"
ok 'the stick still reads back as the certificate says' wv verify "$stick" --certificate "$papers/certificate.json"
ok 'the ledger is intact' wv ledger verify
not_ok_exit 1 'no text of the files is on the stick' grep -qa 'file 7' /share/LABSTICK.img
