#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_insert.sh - a plugged stick starts the service, which looks and records
# lab: systemd
. "$(dirname "$0")/lib.sh"

machine_station

seen() { # the verdicts in the ledger, in order
	wv ledger export | jq -r 'select(.kind == "insert.seen") | .body.verdict' | tr '\n' ' '
}

verdicts() {
	journalctl -b -o cat -t workvol | grep -c '"verdict"'
}

at_rest() {
	[ -z "$(systemctl list-units --no-legend --state=active,activating 'workvol-insert@*')" ]
}

before=0
runs() { # N: the service has given N verdicts since then and is at rest
	[ "$(verdicts)" -ge $((before + $1)) ] && at_rest
}

say_why() {
	journalctl -b -o short-monotonic -u 'workvol-insert@*' | tail -n 20 | sed 's/^/# /'
}

SERIAL=LABSTICK
stick=$(plug usb LABSTICK) || bail "no stick"
ok 'a stick is taken out' take_out "$stick" || exit
ok 'it is pulled' pull LABSTICK

kinds=(usb uas)
for ((n = 1; n <= 15; n++)); do
	stick=$(plug ${kinds[n % 2]} LABSTICK) && pull LABSTICK || bail "plug $n"
done
ok '15 plugs in a row, each pulled as soon as it is there: the service comes to rest' until_true 600 at_rest || say_why
is 'no unit failed' "$(systemctl --failed --no-legend)" ''
is 'and none gave an alert' "$(seen | tr ' ' '\n' | grep -cvx -e due-back -e '')" 0 || say_why
ok 'nothing is mapped' test -z "$(dmsetup ls | grep workvol)"
before=$(verdicts)

for n in 1 2 3 4 5; do
	stick=$(plug ${kinds[n % 2]} LABSTICK) || bail "no stick"
	ok "plug $n: the service runs" until_true 600 runs "$n" || say_why
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
ok 'the same is recorded once a minute at most' apart
is 'no unit failed' "$(systemctl --failed --no-legend)" ''
ok 'the ledger is intact' wv ledger verify

stick=$(plug usb LABSTICK) || bail "no stick"
must until_true 600 runs 6
wv factor derive "$stick" --key-file "$KEY" --passphrase-file "$PASS" --fd 7 7>"$TMP/derived"
must cryptsetup luksAddKey --batch-mode --pbkdf pbkdf2 --pbkdf-force-iterations 1000 \
	--key-file "$TMP/derived" "$stick" "$PASS"
must pull LABSTICK
stick=$(plug usb LABSTICK) || bail "no stick"
ok 'a stick with one more keyslot: the service runs' until_true 600 runs 7 || say_why
is 'and records it as changed' "$(seen | awk '{ print $NF }')" header-changed || say_why
must pull LABSTICK

must mkfs.vfat -C /share/LABPLAIN.img 16384
stick=$(plug usb LABPLAIN) || bail "no stick"
is 'a plain stick is none of its business' "$(systemctl show -p ActiveEnterTimestampMonotonic --value \
	"workvol-insert@${stick#/dev/}.service")" 0
unit=/usr/lib/systemd/system/workvol-insert@.service
ok 'the unit is sound' systemd-analyze verify --man=no $unit
ok 'and its exposure is 3.0 at most' systemd-analyze security --offline=true --threshold=30 $unit
