#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_disks.sh - every kind of disk is listed with its own serial, is wiped, and comes and goes
# disk: sata
. "$(dirname "$0")/lib.sh"
station

listed() { # SERIAL DEVICE
	wv --json devices | jq -s -e --arg s "$1" --arg d "$2" --arg o "${3:-}" \
		'any(.path == $d and .serial == $s and ($o == "" or .serial_origin == $o))'
}

come() { # KIND
	case $1 in
	sata) modprobe ahci && disk LABsata ;; # QEMU has it since the boot
	*) plug "$1" "LAB$1" 8M ;;
	esac
}

for kind in usb:bridge uas:bridge scsi:device nvme:device virtio:device sata:device; do
	origin=${kind#*:} kind=${kind%:*}
	dev=$(come $kind) || bail "no $kind disk"
	ok "a $kind disk is listed as $dev with its serial, from the $origin" listed "LAB$kind" "$dev" "$origin"
	ok "the $kind disk is wiped" wv --json wipe "$dev" --yes="LAB$kind"
	is "as wiped, by its serial" "$(out '"\(.status) \(.serial), \(.serial_origin)"')" "wiped LAB$kind, $origin"
	ok "the $kind disk is pulled" pull "LAB$kind"
	not_ok_exit 1 "and is gone from the list" listed "LAB$kind" "$dev"
done
modprobe -r ahci
