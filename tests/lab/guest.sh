#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# guest.sh - the guest's PID 1, or what comes before systemd: install the
# product, start udev, run the tests, power off
export PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
read -r line </proc/cmdline
word() { # NAME: its value in the kernel's command line
	[[ " $line " =~ \ $1=([^ ]*)\  ]] && echo "${BASH_REMATCH[1]}"
}

install_product() {
	cp /build/workvol /usr/local/bin/
	cp /tree/udev-rules/*.rules /usr/lib/udev/rules.d/
	for unit in /tree/udev-rules/*.{service,timer}; do
		sed 's|@bindir@|/usr/local/bin|' "$unit" >"/usr/lib/systemd/system/${unit##*/}"
	done
}

# The tests work in /dev/shm.
make_scratch() {
	mkdir -p /dev/shm
	mkfs.ext4 -q -F -O ^has_journal /dev/vdb && mount /dev/vdb /dev/shm
}

# lab.test is one test, or several with commas between.
run_tests() {
	local test rc=0
	for test in $(word lab.test | tr , ' '); do
		echo "lab: $test begins, up $(cut -d ' ' -f 1 /proc/uptime)" >/dev/console
		SECONDS=0
		run_test "$test" >>/share/tap 2>&1 </dev/null || rc=$?
		echo "# $test: $SECONDS s" >>/share/tap
	done
	echo $rc >/share/rc
	echo "lab: tests ended, up $(cut -d ' ' -f 1 /proc/uptime)" >/dev/console
	sync
	echo o >/proc/sysrq-trigger
	read -rt 60 </dev/console # a builtin: the disk that programs are on goes first
}

# Emulated, a round of test_kill.sh takes ten times as long, and so may each command.
run_test() {
	cd / && WORKVOL=/usr/local/bin/workvol HELPERS=/build/tests/fault LIMIT=900 SOAK=3 CUTS=$(word lab.cuts) \
		timeout -k 10 "$(word lab.limit)" bash "/tree/$1" && return
	set -- "$1" $?
	[ "$2" != 124 ] || echo "not ok - $1 came to its end within $(word lab.limit) s"
	return "$2"
}

# Only what a test of this project touches is probed: the whole coldplug takes 4 s more.
start_udev() {
	mount -t tmpfs tmpfs /run
	mkdir -p /run/udev /run/lock /dev/pts
	mount -t tmpfs tmpfs /tmp
	mount -t devpts devpts /dev/pts
	busybox ip link set lo up
	modprobe -a xhci_pci usb_storage uas sd_mod virtio_scsi loop fuse dm_crypt
	/lib/systemd/systemd-udevd --daemon
	udevadm trigger --action=add --subsystem-match=block --subsystem-match=virtio-ports
	udevadm settle
}

# systemd as PID 1: a target of our own, which needs as little as a test does.
lab_target() {
	cat >/etc/systemd/system/lab.target <<-X
	[Unit]
	Requires=sysinit.target lab.service
	After=sysinit.target
	AllowIsolate=yes
	X
	cat >/etc/systemd/system/lab.service <<-X
	[Unit]
	After=systemd-udevd.service systemd-udev-trigger.service systemd-journald.service local-fs.target
	[Service]
	Type=oneshot
	ExecStart=/tree/tests/lab/guest.sh run
	X
	: >/etc/fstab
	ln -s /dev/null /etc/systemd/system/systemd-binfmt.service # the guest has not its module
	ln -s /dev/null /etc/systemd/system/proc-sys-fs-binfmt_misc.mount
	ln -s /dev/null /etc/systemd/system/proc-sys-fs-binfmt_misc.automount
}

if [ "${1:-}" = run ]; then
	run_tests
elif [[ " $line " == *" lab.systemd "* ]]; then
	install_product
	make_scratch
	lab_target
	exec /lib/systemd/systemd
else
	install_product
	make_scratch
	start_udev
	run_tests
fi
