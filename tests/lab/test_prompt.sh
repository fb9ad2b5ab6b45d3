#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_prompt.sh - under on-insert = prompt a plugged stick has its factors asked for, and its return requested
# lab: systemd
. "$(dirname "$0")/lib.sh"

SERIAL=LABPROMPT
machine_station

asked() { # WHAT: print the file of the question that says so
	grep -l "^Message=workvol return .*$1" /run/systemd/ask-password/ask.* 2>/dev/null | head -n 1 | grep .
}

not_asked() {
	! asked .
}

answer() { # WHAT FILE: with the line in it
	local socket
	socket=$(sed -n 's/^Socket=//p' "$(asked "$1")") && /lib/systemd/systemd-reply-password 1 "$socket" <"$2"
}

state_is() {
	[ "$(wv --json list | tail -n 1 | jq -r .state)" = "$1" ]
}

say_why() {
	journalctl -b -o short-monotonic -u 'workvol-*' | tail -n 30 | sed 's/^/# /'
}

stick=$(plug usb LABPROMPT) || bail "no stick"
ok 'a stick is taken out' take_out "$stick" || exit
mapped=$(systemd-escape -p --suffix=device "/dev/mapper/workvol-$(blkid -p -s UUID -o value "$stick")")
device_is() { # active or inactive
	[ "$(systemctl is-active "$mapped")" = "$1" ]
}
ok 'systemd has no device of its volume' device_is inactive
must open_volume "$stick"
ok '... but while it is open' until_true 300 device_is active
must wv close "$stick"
ok '... and not once it is closed' until_true 300 device_is inactive
ok 'it is pulled' pull LABPROMPT
mkdir -p /etc/workvol/workvol.conf.d && echo 'on-insert = prompt' >/etc/workvol/workvol.conf.d/insert.conf
echo "$KEY" >"$TMP/keypath"

stick=$(plug usb LABPROMPT) || bail "no stick"
ok 'plugged again, the path of the key file is asked for' until_true 300 asked 'key file' || say_why
ok 'pulled meanwhile' pull LABPROMPT
ok 'it is not asked for any more' until_true 300 not_asked || say_why
ok 'the service is at rest' until_true 600 at_rest || say_why

stick=$(plug usb LABPROMPT) || bail "no stick"
ok 'plugged again, it is asked for anew' until_true 300 asked 'key file' || say_why
ok '... and answered' answer 'key file' "$TMP/keypath"
ok 'then the passphrase is asked for' until_true 300 asked passphrase || say_why
ok '... and answered' answer passphrase "$PASS"
ok 'the service comes to rest' until_true 1200 at_rest || say_why
ok 'the files are on the server, and the return is requested' state_is synced || say_why
ok '... which the journal says' grep -q 'the return is requested' <(journalctl -b -o cat -u 'workvol-return@*')
not_ok_exit 1 'the passphrase is not in the journal' grep -qF "$(cat "$PASS")" <(journalctl -b -o cat)
not_ok_exit 1 'none failed' grep -F 'Failed with result' <(journalctl -b -o cat -u 'workvol-return@*')
ok 'nothing is mapped or mounted' test -z "$(lsblk -nro TYPE,MOUNTPOINTS "$stick" | grep -v '^disk *$')"
must pull LABPROMPT
unit=/usr/lib/systemd/system/workvol-return@.service
ok 'the unit is sound' systemd-analyze verify --man=no $unit
ok 'and its exposure is 3.0 at most' systemd-analyze security --offline=true --threshold=30 $unit
