#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_disks.sh - every kind of disk is listed with its serial, and comes and goes
. "$(dirname "$0")/lib.sh"

listed() { # SERIAL DEVICE
	wv --json devices | jq -s -e --arg s "$1" --arg d "$2" 'any(.path == $d and .serial == $s)'
}

for kind in usb uas scsi nvme virtio; do
	dev=$(plug $kind "LAB$kind") || bail "no $kind disk"
	ok "a $kind disk is listed as $dev with its serial" listed "LAB$kind" "$dev"
	ok "the $kind disk is pulled" pull "LAB$kind"
	not_ok_exit 1 "and is gone from the list" listed "LAB$kind" "$dev"
done
