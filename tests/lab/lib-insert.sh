# SPDX-License-Identifier: GPL-2.0-or-later
#
# lib-insert.sh - what the service of the udev rule did

alerts() { # the verdicts that are one
	wv ledger export | jq -r 'select(.kind == "insert.seen" and .body.alert).body.verdict'
}

seen() { # the verdicts in the ledger, in order
	wv ledger export | jq -r 'select(.kind == "insert.seen") | .body.verdict' | tr '\n' ' '
}

# looked_at DEVICE: the service has ended for the medium that is in it now. A removable disk
# may say after its plug that its medium was changed: then it runs once more.
looked_at() {
	local name=${1#/dev/} seq
	seq=$(cat "/sys/block/$name/diskseq" 2>/dev/null) && systemctl is-active -q "workvol-insert@$name:$seq.service" && at_rest
}

# unit_of DEVICE: the name of the service for the medium that is in it now
unit_of() {
	echo "workvol-insert@${1#/dev/}:$(cat "/sys/block/${1#/dev/}/diskseq").service"
}

wants() { # DEVICE: udev's rule has told systemd to start it
	udevadm info -q property -n "$1" | grep -qx "SYSTEMD_WANTS=$(unit_of "$1")"
}

say_why() {
	journalctl -b -o short-monotonic -u 'workvol-insert@*' | tail -n 20 | sed 's/^/# /'
}

why_failed() {
	journalctl -b -o short-monotonic -u 'workvol-insert@*' | grep -B 8 -F 'Failed with result' | sed 's/^/# /'
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

starts() { # the units that were started in this boot, in order
	journalctl -b -o cat -u init.scope -u 'workvol-insert@*' | grep -o '^Starting workvol-insert@[^ ]*'
}

failures() {
	journalctl -b -o cat -u 'workvol-insert@*' | grep -F 'Failed with result'
}
