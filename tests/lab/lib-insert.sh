# SPDX-License-Identifier: GPL-2.0-or-later
#
# lib-insert.sh - what the service of the udev rule did

alerts() { # the verdicts that are one
	wv ledger export | jq -r 'select(.kind == "insert.seen" and .body.alert).body.verdict'
}

seen() { # the verdicts in the ledger, in order
	wv ledger export | jq -r 'select(.kind == "insert.seen") | .body.verdict' | tr '\n' ' '
}

verdicts() {
	journalctl -b -o cat -t workvol | grep -c '"verdict"'
}

before=0
runs() { # N: the service has given N verdicts since then and is at rest
	[ "$(verdicts)" -ge $((before + $1)) ] && at_rest
}

say_why() {
	journalctl -b -o short-monotonic -u 'workvol-insert@*' | tail -n 20 | sed 's/^/# /'
}

ignored() { # DEVICE: what udev says to udisks
	udevadm info -q property -n "$1" | sed -n 's/^UDISKS_IGNORE=//p'
}
authorized() { # NAME: the authorization of the USB device with that serial
	grep -lx "$1" /sys/bus/usb/devices/*/serial | while read -r serial; do cat "${serial%serial}authorized"; done
}
on_insert() { # VALUE
	mkdir -p /etc/workvol/workvol.conf.d && echo "on-insert = $1" >/etc/workvol/workvol.conf.d/insert.conf
}

starts() { # how often the service was started in this boot
	journalctl -b -o cat -u init.scope -u 'workvol-insert@*' | grep -c '^Starting workvol-insert@'
}

failures() {
	journalctl -b -o cat -u 'workvol-insert@*' | grep -F 'Failed with result'
}
