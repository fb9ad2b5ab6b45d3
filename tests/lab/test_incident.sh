#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_incident.sh - the timer warns of an incident of which the client has not been told
# lab: systemd
. "$(dirname "$0")/lib.sh"

machine_station
mkdir -p /etc/workvol/workvol.conf.d && echo 'incident-minutes = 30' >/etc/workvol/workvol.conf.d/incident.conf
V=$TMP/volume.img
ok 'a volume is taken out' take_out "$V" || exit

warned() { # the warnings in the ledger, by the minutes that were left
	wv ledger export | jq -r 'select(.kind == "incident.warned").body.before' | xargs
}

has_warned() {
	[ -n "$(warned)" ]
}

timer() {
	systemctl "$@" workvol-incident.timer
}

emergency() {
	journalctl -b -o cat -p 0..0 -u workvol-incident.service | grep '^workvol: incident .* minutes left to tell the client'
}

say_why() {
	journalctl -b -o short-monotonic -u 'workvol-incident*' | tail -n 20 | sed 's/^/# /'
}

service_is() { # STATE RESULT EXIT-CODE
	local name
	[ "$(for name in ActiveState Result ExecMainStatus; do
		systemctl show -P $name workvol-incident.service
	done | xargs)" = "$*" ]
}

ok 'an incident is opened, with half an hour to tell the client' wv incident open "$V" 'left on a train'
ok 'the timer is started' timer start
ok 'it has the service warn' until_true 600 has_warned || say_why
is 'of half an hour' "$(warned)" 30
ok 'it ends with 3, there is time left, which is no failure' until_true 120 service_is inactive success 3 || say_why
is 'the timer goes on' "$(timer is-active)" active
ok 'the warning is an emergency in the journal' until_true 120 emergency || say_why
ok 'the timer is stopped' timer stop
ok 'the ledger is intact' wv ledger verify
must wv incident notify "$V" 'by telephone'
rm -f /etc/workvol/workvol.conf.d/incident.conf
