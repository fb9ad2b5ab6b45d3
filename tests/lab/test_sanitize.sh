#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_sanitize.sh - real commands to emulated disks: an NVMe namespace is
# formatted and found empty; SCSI, USB and virtio disks, which offer nothing, are left alone
. "$(dirname "$0")/lib.sh"

station
dev=$(plug nvme LABSAN) || bail 'no nvme disk'
dd if=/dev/urandom of="$dev" bs=1M count=64 oflag=direct conv=notrunc status=none || bail 'the disk is not filled'
wv --json devices >"$TMP/devices"
ok 'an NVMe disk offers a format, which is clear' jq -e --arg d "$dev" \
	'select(.path == $d).sanitize[] | select(.kind == "format") | .usable and .category == "clear"' "$TMP/devices"
not_ok_exit 3 'what it does not offer is refused' wv wipe "$dev" --method sanitize:block --yes=LABSAN
ok 'by name' said "$dev does not offer sanitize:block"

wv --json wipe "$dev" --method sanitize --yes=LABSAN --certificate "$TMP/c.json" >"$TMP/json" 2>"$TMP/err"
is 'it formats itself' $? 0
jq -c 'del(.not_proven)' "$TMP/json" | sed 's/^/# /'
ok 'that is sampled, and clear' jq -e '.status == "sampled" and .category == "clear"' "$TMP/json"
ok '2000 marks were laid, and are gone' jq -e '.sanitize.marks == {"laid": 2000, "survived": 0}' "$TMP/json"
ok 'every byte was read' jq -e '.passes[0].verified == .size and .passes[0].written == 0' "$TMP/json"
ok 'it holds zeros only' cmp -n "$(blockdev --getsize64 "$dev")" "$dev" /dev/zero
ok 'the certificate names the command' jq -e '.sanitization.technique | test("Format NVM")' "$TMP/c.json"

wv --json wipe "$dev" --method sanitize:format+random --yes=LABSAN --certificate "$TMP/d.json" >"$TMP/json" 2>"$TMP/err"
is 'it formats itself and is overwritten' $? 0
ok 'that is wiped' jq -e '.status == "wiped" and .method == "sanitize:format+random"' "$TMP/json"
ok 'and can be verified by the certificate' wv verify "$dev" --certificate "$TMP/d.json"

for kind in scsi usb virtio; do
	dev=$(plug $kind "LABNO$kind" 8M) || bail "no $kind disk"
	not_ok_exit 3 "a $kind disk offers nothing" wv wipe "$dev" --method sanitize --yes="LABNO$kind"
	ok 'and that is said' said "$dev offers no erasure of its own"
done
echo "1..$_n"
