#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_reader.sh - a card that is put into a reader is looked at, once each time; a reader is refused with all its slots or not at all
# lab: systemd
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib-insert.sh"

SERIAL=LABREADER # of each card: it is the reader's
machine_station

# ---- a reader of two slots: two disks of one USB device ------------------------------
slot() { # N: print its disk
	local name
	name=$(slots "$1" | head -n 1) && [ -n "$name" ] && echo "/dev/$name"
}

reader_in() { # [IMAGE]: with nothing in slot 0, and the image in slot 1
	local i image
	qmp device_add '{"driver": "usb-bot", "bus": "xhci.0", "id": "LABREADER", "serial": "LABREADER", "attached": false}' ||
		return
	for i in 0 1; do # QEMU makes none without a card
		image=none$i
		[ $i = 0 ] || image=${1:-$image}
		[ -e /share/$image.img ] || truncate -s 1M /share/$image.img
		_image $image && qmp device_add "{\"driver\": \"scsi-hd\", \"bus\": \"LABREADER.0\", \"id\": \"card$i\",
			\"drive\": \"$image\", \"lun\": $i, \"removable\": true}" || return
		[[ $image != none* ]] || card_out $i $image || return
	done
	qmp qom-set '{"path": "/machine/peripheral/LABREADER", "property": "attached", "value": true}' &&
		until_true 300 slot 1 && until_true 300 slot 0 && udevadm settle -t 300
}

_no_slots() {
	! slots
}

reader_out() { # [IMAGE...]: of those that are in it
	local image
	qmp device_del '{"id": "LABREADER"}' && until_true 300 _no_slots || return
	for image; do _no_image $image || return; done
}

card_out() { # SLOT IMAGE
	qmp blockdev-open-tray "{\"id\": \"card$1\", \"force\": true}" &&
		qmp blockdev-remove-medium "{\"id\": \"card$1\"}" && _no_image "$2"
}

card_in() { # SLOT IMAGE
	_image "$2" && qmp blockdev-insert-medium "{\"id\": \"card$1\", \"node-name\": \"$2\"}" &&
		qmp blockdev-close-tray "{\"id\": \"card$1\"}"
}

_size_is() { # SLOT MIB
	[ "$(cat "/sys/class/block/$(basename "$(slot "$1")")/size")" = $(($2 * 2048)) ]
}

noticed() { # SLOT MIB: the kernel polls
	until_true 300 _size_is "$@" && udevadm settle -t 300
}

last() { # MEMBER: of the last that was recorded
	wv ledger export | jq -rs "map(select(.kind == \"insert.seen\").body.$1) | last"
}

must mkfs.vfat -C /share/CARD.img 16384
must mkfs.vfat -C /share/OTHER.img 32768
truncate -s 64M /share/VOLUME.img
before=$(starts | wc -l)
must reader_in
must until_true 300 at_rest
is 'a reader without a card starts nothing' "$(starts | wc -l)" "$before" || say_why
must card_in 0 CARD
ok 'a card is put in: the service runs' until_true 300 looked_at "$(slot 0)" || say_why
is 'what it found is recorded' "$(last verdict) $(last medium.size)" "plain $((16 * 1024 * 1024))"
must udevadm trigger --action=change "$(slot 0)"
must udevadm trigger --action=add "$(slot 0)"
must udevadm settle -t 300
must card_out 0 CARD
ok 'the card is taken out' noticed 0 0
must card_in 0 OTHER
ok 'another is put in: the service runs' until_true 300 looked_at "$(slot 0)" || say_why
is 'no card was looked at twice, whatever else changed' "$(starts | sort | uniq -d)" '' || say_why
is 'it is recorded as another' "$(last medium.size)" $((32 * 1024 * 1024))

must reader_out OTHER

must reader_in VOLUME
ok 'a card that is in it when it is plugged in is looked at' until_true 300 looked_at "$(slot 1)" || say_why
ok 'it is taken out, with a volume' take_out "$(slot 1)" || exit
must reader_out VOLUME

# ---- on-insert = refuse: the reader is one USB device ---------------------------------
on_insert refuse
must reader_in VOLUME
ok 'plugged in again, under refuse: the service runs' until_true 300 looked_at "$(slot 1)" || say_why
is 'the volume is due back, and left alone' "$(last verdict) $(last restraint)" 'due-back null' || say_why
must card_in 0 CARD
ok 'a card is put in beside the volume: the service runs' until_true 300 looked_at "$(slot 0)" || say_why
is 'it is made read-only' "$(blockdev --getro "$(slot 0)") $(last restraint)" '1 read-only' || say_why
ok 'and it is recorded why it was not refused' grep -q "not refused with .*: $(slot 1) carries a volume of this station" \
	<(last restraint_message) || say_why
is 'the reader is left' "$(authorized LABREADER)" 1
must reader_out VOLUME CARD

must reader_in
names="$(slot 0), $(slot 1): refused"
must card_in 0 OTHER
unauthorized() {
	[ "$(authorized LABREADER)" = 0 ] && at_rest
}
ok 'a card without a volume beside it: the reader is refused' until_true 300 unauthorized || say_why
is 'that is recorded' "$(last restraint)" refused || say_why
ok 'and each disk that went with it is named' grep -qF "$names" <(last restraint_message) || say_why
must qmp device_del '{"id": "LABREADER"}'
on_insert notify

# ---- what is gone ------------------------------------------------------------------------
ok 'the service of a disk that is gone is no failure' systemctl start workvol-insert@sdzz:7.service || say_why
ok '... and names it' grep -q '/dev/sdzz is gone' <(journalctl -b -o cat -t workvol)
stick=$(plug usb LABSTICK) || bail "no stick"
ok 'a stick is looked at' until_true 300 looked_at "$stick" || say_why
must pull LABSTICK
ok 'no unit of a medium that is gone is left' until_true 300 eval '[ -z "$(systemctl list-units --no-legend "workvol-insert@*")" ]'
not_ok_exit 1 'none failed' failures
ok 'the ledger is intact' wv ledger verify
