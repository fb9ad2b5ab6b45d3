#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_bad.sh - a disk in use by device-mapper is refused; bad sectors are listed, and never wiped; a slow disk is
. "$(dirname "$0")/lib.sh"

station
device=$(plug scsi LABDISK 64M) || bail "no disk"
sectors=$(blockdev --getsz "$device")

# over TABLE-LINE...: the mapping bad over the disk; print its device
over() {
	printf '%s\n' "$@" | dmsetup create bad >/dev/null && udevadm settle -t 300 &&
		realpath /dev/mapper/bad
}

# A dm device may still be looked at by udev.
undo() {
	until_true 300 dmsetup remove bad 2>/dev/null
}

# The byte ranges in the bad list of the last wipe, as op:offset+length
bad() {
	jq -r '.bad[]? | "\(.op):\(.offset)+\(.length)"' "$OUT" | tr '\n' ' '
}

# around FIRST COUNT TARGET: the disk, with COUNT sectors from FIRST replaced by TARGET
around() {
	over "0 $1 linear $device 0" "$1 $2 $3" "$(($1 + $2)) $((sectors - $1 - $2)) linear $device $(($1 + $2))"
}

dm=$(over "0 $sectors linear $device 0") || bail "no dm-linear"
not_ok_exit 3 'a disk below dm-linear is refused' wv wipe "$device" --yes=LABDISK
ok 'because of that' said "${dm#/dev/}"
not_ok_exit 3 'prepare refuses it, too' prepare "$device"
ok 'no byte of it was written' cmp -n 67108864 "$device" /dev/zero
ok 'the mapping itself is wiped' wv --json wipe "$dm" --yes="${dm#/dev/}"
is 'as wiped' "$(out .status)" wiped
undo

dm=$(around 40000 8 error) || bail "no dm-error"
not_ok_exit 1 'dm-error: 8 bad sectors fail the wipe' wv --json wipe "$dm" --yes="${dm#/dev/}"
is 'dm-error: it is not called wiped' "$(out .status)" failed
is 'dm-error: those 4096 bytes are listed' "$(bad)" 'write:20480000+4096 '
undo

dm=$(around 40000 8 "flakey $device 40000 0 1000 1 error_writes") || bail "no dm-flakey"
# Its flush fails, too, so that nothing at all is known to have been written.
not_ok_exit 1 'dm-flakey, writes and flushes fail: so does the wipe' wv --json wipe "$dm" --yes="${dm#/dev/}"
is 'dm-flakey, writes and flushes fail: it is not called wiped' "$(out .status)" failed
is 'dm-flakey, writes and flushes fail: every byte is listed' "$(bad)" 'write:0+67108864 '
undo

dm=$(around 40000 8 "flakey $device 40000 0 1000 1 drop_writes") || bail "no dm-flakey"
not_ok_exit 4 'dm-flakey, writes vanish: the read-back finds it' wv --json wipe "$dm" --yes="${dm#/dev/}"
is 'dm-flakey, writes vanish: it is not called wiped' "$(out .status)" failed
is 'dm-flakey, writes vanish: the bytes are listed' "$(bad)" 'mismatch:20480000+4096 '
undo

# Nothing is wrong with a disk that takes its time. Reads follow writes, so this takes two delays at least.
dm=$(over "0 8192 delay $device 0 500") || bail "no dm-delay"
began=${EPOCHREALTIME/./}
ok 'dm-delay, each request takes half a second: it is wiped' wv --json wipe "$dm" --yes="${dm#/dev/}" --verify all
ok 'dm-delay: it was slow' test $((${EPOCHREALTIME/./} - began)) -ge 1000000
is 'dm-delay: as wiped, and read back' "$(out '"\(.status) \(.passes[-1].verified)"')" 'wiped 4194304'
is 'dm-delay: nothing is listed' "$(bad)" ''
undo

# Sense data MEDIUM ERROR, UNRECOVERED READ ERROR. The range begins and ends within a page.
scsi_debug() {
	echo /sys/bus/pseudo/drivers/scsi_debug/adapter0/host*/target*/*:*/block/sd* | sed -n 's|.*/\(sd[a-z]*\)$|/dev/\1|p' | grep .
}
must modprobe scsi_debug dev_size_mb=8 opts=2 medium_error_start=8001 medium_error_count=3
until_true 300 scsi_debug >/dev/null && udevadm settle -t 300 && disk=$(scsi_debug) || bail "no disk of scsi_debug"
not_ok_exit 1 'scsi_debug: sectors that cannot be read back fail the wipe' wv --json wipe "$disk" --verify all \
	--yes="$(lsblk -dnro SERIAL "$disk")"
is 'scsi_debug: it is not called wiped' "$(out .status)" failed
is 'scsi_debug: those sectors are listed and no other' "$(bad)" 'read:4096512+1536 '
ok 'scsi_debug: the disk goes' until_true 300 rmmod scsi_debug

# The same by SCSI sense data from a USB stick.
truncate -s 64M /share/LABBAD.img
must qmp blockdev-add '{"driver": "blkdebug", "node-name": "LABBAD", "image": {"driver": "file", "filename": "LABBAD.img"},
	"inject-error": [{"event": "none", "iotype": "write", "errno": 5, "sector": 40000, "once": false}]}'
must qmp device_add '{"driver": "usb-storage", "bus": "xhci.0", "id": "LABBAD", "drive": "LABBAD", "serial": "LABBAD",
	"rerror": "report", "werror": "report"}'
stick=$(disk LABBAD) || bail "no stick"
not_ok_exit 1 'a stick with a bad sector fails the wipe' wv --json wipe "$stick" --yes=LABBAD
is 'it is not called wiped' "$(out .status)" failed
is 'one block is listed' "$(bad)" 'write:20480000+512 '
