#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_insert.sh - a plugged stick starts the service, which looks and records
# lab: systemd
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib-insert.sh"

machine_station
SERIAL=LABSTICK
stick=$(plug usb LABSTICK) || bail "no stick"
ok 'a stick is taken out' take_out "$stick" || exit
ok 'it is pulled' pull LABSTICK

kinds=(usb uas) fired=0
for ((n = 1; n <= 15; n++)); do
	stick=$(plug ${kinds[n % 2]} LABSTICK) || bail "plug $n"
	until_true 60 wants "$stick" && ((++fired)) # a medium may be said to have changed after its plug
	pull LABSTICK || bail "pull $n"
done
is 'the rule fired for each of 15 plugs in a row' $fired 15
ok '... each pulled as soon as it is there: the service comes to rest' until_true 600 at_rest || say_why
not_ok_exit 1 'none failed' failures || why_failed
is 'and none gave an alert' "$(alerts)" '' || say_why
# On a slow machine each is gone before it was looked at, and its name that of the next.
ok 'the first was seen before the volume was made, the others were due back, or gone' eval \
	'[[ "$(seen | xargs -n 1 | uniq | xargs)" =~ ^plain(\ due-back)?$ ]]' || say_why
ok 'nothing is mapped' test -z "$(dmsetup ls | grep workvol)"

for n in 1 2 3 4 5; do
	stick=$(plug ${kinds[n % 2]} LABSTICK) || bail "no stick"
	ok "plug $n: the service runs" until_true 600 looked_at "$stick" || say_why
	is "plug $n: it found what is due back" \
		"$(journalctl -b -o cat -t workvol | grep '"verdict"' | tail -n 1 | jq -r .verdict)" due-back || say_why
	ok "plug $n: nothing is mapped or mounted" test -z "$(lsblk -nro TYPE,MOUNTPOINTS "$stick" | grep -v '^disk *$')"
	ok "plug $n: it is pulled" pull LABSTICK
done
# However slow this machine is.
apart() {
	wv ledger export | jq -es 'map(select(.kind == "insert.seen" and .body.verdict == "due-back").time | fromdate) |
		length > 0 and ([range(1; length) as $i | .[$i] - .[$i - 1] >= 60] | all)'
}
ok 'the same is recorded once a minute at most' apart ||
	wv ledger export | jq -c 'select(.kind == "insert.seen") | [.time, .body]' | sed 's/^/# /'
not_ok_exit 1 'none failed' failures || why_failed
ok 'the ledger is intact' wv ledger verify

stick=$(plug usb LABSTICK) || bail "no stick"
must until_true 600 looked_at "$stick"
wv factor derive "$stick" --key-file "$KEY" --passphrase-file "$PASS" --fd 7 7>"$TMP/derived"
must cryptsetup luksAddKey --batch-mode --pbkdf pbkdf2 --pbkdf-force-iterations 1000 \
	--key-file "$TMP/derived" "$stick" "$PASS"
must pull LABSTICK
stick=$(plug usb LABSTICK) || bail "no stick"
ok 'a stick with one more keyslot: the service runs' until_true 600 looked_at "$stick" || say_why
is 'and records it as changed' "$(seen | awk '{ print $NF }')" header-changed || say_why
must pull LABSTICK

stick=$(plug usb LABSTICK) || bail "no stick"
must until_true 600 looked_at "$stick"
is 'udisks is told to ignore a work volume' "$(ignored "$stick")" 1
on_insert refuse
must pull LABSTICK
stick=$(plug usb LABSTICK) || bail "no stick"
ok 'under refuse, a stick of this station: the service runs' until_true 600 looked_at "$stick" || say_why
is 'it is left alone' "$(blockdev --getro "$stick") $(authorized LABSTICK)" '0 1'
must pull LABSTICK

must mkfs.vfat -C /share/LABPLAIN.img 16384
on_insert notify
stick=$(plug usb LABPLAIN) || bail "no stick"
ok 'a plain stick: the service runs' until_true 600 looked_at "$stick" || say_why
is 'and records it as plain' "$(seen | awk '{ print $NF }')" plain || say_why
is 'udisks is not told to ignore it' "$(ignored "$stick")" ''
is 'it can be written' "$(blockdev --getro "$stick")" 0
must pull LABPLAIN
on_insert read-only
stick=$(plug usb LABPLAIN) || bail "no stick"
ok 'the same under read-only: the service runs' until_true 600 looked_at "$stick" || say_why
is 'it cannot be written' "$(blockdev --getro "$stick")" 1 || say_why
must pull LABPLAIN
on_insert refuse
must _image LABPLAIN
must _attach usb LABPLAIN
unauthorized() {
	[ "$(authorized LABPLAIN)" = 0 ]
}
ok 'the same under refuse: its USB device is there without authorization' until_true 600 unauthorized || say_why
ok 'the disk is gone' until_true 300 _gone LABPLAIN || say_why
ok 'the service comes to rest' until_true 600 at_rest || say_why
must qmp device_del '{"id": "LABPLAIN"}'
on_insert notify

must mkfs.ext4 -q -F /share/LABTWO.img 16384
printf 'XFSB' | dd of=/share/LABTWO.img conv=notrunc status=none
printf '_BHRfS_M' | dd of=/share/LABTWO.img bs=1 seek=65600 conv=notrunc status=none
stick=$(plug usb LABTWO) || bail "no stick"
ok 'a stick with the signatures of two file systems: the service runs' until_true 600 looked_at "$stick" || say_why
is 'and records it as unclear' "$(seen | awk '{ print $NF }')" unclear || say_why
rule=$(udevadm test "/sys/block/${stick#/dev/}" 2>&1)
is 'udev goes through the rules' $? 0
is 'and wants the service for this medium' "$(grep -x 'SYSTEMD_WANTS=.*' <<<"$rule")" "SYSTEMD_WANTS=$(unit_of "$stick")"
ok 'it has read this rule' grep -q '^Reading rules file: .*/70-workvol.rules$' <(echo "$rule")
is 'and complains of nothing in it' "$(grep '70-workvol.rules:[0-9]' <<<"$rule")" ''
must pull LABTWO
for unit in /usr/lib/systemd/system/workvol-*; do
	is "${unit##*/} is sound" "$(systemd-analyze verify --man=no "$unit" 2>&1; echo $?)" 0
done
unit=/usr/lib/systemd/system/workvol-insert@.service
ok 'the exposure of insert is 3.0 at most' systemd-analyze security --offline=true --threshold=30 $unit
is 'no medium was looked at twice' "$(starts | sort | uniq -d)" ''
