#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# units.sh - systemd and udev accept what is installed
. "$(dirname "$0")/lib.sh"
scratch

if command -v systemd-analyze >/dev/null; then
	for u in udev-rules/*.service; do
		# the command and its page need not be installed here
		sed -e 's|@bindir@/workvol|/bin/true|' -e '/^Documentation=/d' "$u" >"$tmp/${u##*/}"
		out=$(timeout 60 systemd-analyze verify "$tmp/${u##*/}" 2>&1)
		rc=$?
		[ -z "$out" ] || rc=1
		result "systemd accepts ${u##*/}" $rc "$out"
		out=$(timeout 60 systemd-analyze security --offline=true --threshold=30 "$tmp/${u##*/}" 2>&1)
		result "the exposure of ${u##*/} is 3.0 at most" $? "$out"
	done
	for u in udev-rules/*.timer; do # beside the service that it starts
		sed '/^Documentation=/d' "$u" >"$tmp/${u##*/}"
		out=$(timeout 60 systemd-analyze verify "$tmp/${u##*/}" 2>&1)
		rc=$?
		[ -z "$out" ] || rc=1
		result "systemd accepts ${u##*/}" $rc "$out"
	done
else
	skip 'systemd accepts the units' 'no systemd-analyze'
	skip 'their exposure is 3.0 at most' 'no systemd-analyze'
fi
# udevadm verify came with systemd 254; before it, only a running udev can tell
if command -v udevadm >/dev/null && udevadm verify --help >/dev/null 2>&1; then
	out=$(timeout 60 udevadm verify udev-rules/70-workvol.rules 2>&1)
	result 'udev accepts 70-workvol.rules' $? "$out"
else
	skip 'udev accepts 70-workvol.rules' 'no udevadm verify'
fi
# CONDITION... ACTION: a rule of one line (continued lines joined) has all of them
rule_has() {
	sed -e ':a;/\\$/{N;s/\\\n//;ba}' -e '/^#/d' udev-rules/70-workvol.rules |
		while read -r line; do
			for part; do [[ $line == *"$part"* ]] || continue 2; done
			echo yes
		done | grep -q yes
}
starts='ENV{SYSTEMD_WANTS}+="workvol-insert@%k:$env{DISKSEQ}.service"'
usb='SUBSYSTEMS=="usb"'
result 'every whole USB disk starts the unit' \
	"$(rule_has "$usb" 'ENV{DEVTYPE}=="disk"' "$starts"; echo $?)" ''
result 'and an encrypted partition' \
	"$(rule_has "$usb" 'ENV{DEVTYPE}=="partition"' 'ENV{ID_FS_TYPE}=="crypto_LUKS"' "$starts"; echo $?)" ''
result 'and one of no one known type' \
	"$(rule_has "$usb" 'ENV{DEVTYPE}=="partition"' 'ENV{ID_FS_TYPE}==""' "$starts"; echo $?)" ''
label=$(sed -n 's/.*\.label = "\(.*\)",/\1/p' lib/flow/prepare/provision.c)
result 'udisks ignores what has the label that prepare writes' \
	"$([ -n "$label" ] && rule_has 'ENV{ID_FS_TYPE}=="crypto_LUKS"' "ENV{ID_FS_LABEL}==\"$label\"" \
		'ENV{UDISKS_IGNORE}="1"'; echo $?)" "$label"
started=$(grep -oE 'workvol-[a-z]+@' udev-rules/70-workvol.rules | sort -u)
result 'the unit that the rule starts is there' \
	"$([ -n "$started" ] && [ -e "udev-rules/$started.service" ]; echo $?)" "$started"
result 'the rule neither mounts nor runs anything itself' \
	"$(! grep -qE '^[^#]*(RUN|PROGRAM|mount)' udev-rules/70-workvol.rules; echo $?)" ''
finish
