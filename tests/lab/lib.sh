# SPDX-License-Identifier: GPL-2.0-or-later
#
# lib.sh - what a test in the guest stands on: the command line tests' helpers,
# and disks that come and go
. "$(dirname "$0")/../cli/lib.sh"

# until_true SECONDS COMMAND...: where it does not come true, say what was waited for
until_true() {
	local limit=$1 end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || { echo "# not within $limit s: $*" >&2 && return 1; }
		sleep 0.1
	done
}

# The first test of a boot may be earlier than udev's link.
until_true 300 test -e /dev/virtio-ports/qmp && exec {_qmp}<>/dev/virtio-ports/qmp || bail 'no port to QEMU'

# qmp COMMAND [ARGUMENTS]: command QEMU itself. Without a process: jq takes half a second here.
qmp() {
	local answer arguments=${2:-'{}'}
	printf '{"execute": "%s", "arguments": %s}\n' "$1" "${arguments//$'\n'/ }" >&$_qmp
	while read -r -t 300 answer <&$_qmp; do
		case $answer in
		'{"return"'*) return 0 ;;
		'{"error"'*) echo "# qmp $1: $answer" >&2 && return 1 ;;
		esac
	done
	echo "# qmp $1: no answer" >&2
	return 1
}
# In a boot for several tests, the first has negotiated.
qmp qmp_capabilities 2>/dev/null || qmp query-status || bail "no QEMU monitor"

_disk() {
	lsblk -dnro NAME,SERIAL | awk -v s="$1" '$2 == s { print $1 }' | grep .
}

# disk SERIAL: print its device, once udev knows it.
disk() {
	until_true 300 _disk "$1" >/dev/null && udevadm settle -t 300 && echo "/dev/$(_disk "$1")"
}

# slots [N]: of a card reader, its disks and their partitions, all or those in slot N; NAME a line
slots() {
	realpath /sys/class/block/sd* | grep "/usb.*:${1:-[0-9]*}/block/" | sed 's|.*/||' | grep .
}

# plug KIND NAME [SIZE]: a disk with the serial NAME over /share/NAME.img (kept
# when it is there), and print its device. KIND is usb, bot (the
# same with a disk named NAME-disk), uas, scsi, nvme or virtio.
plug() {
	[ -e "/share/$2.img" ] || truncate -s "${3:-64M}" "/share/$2.img"
	_image "$2" && _attach "$1" "$2" && disk "$2"
}

_image() { # NAME: QEMU has /share/NAME.img, for a device to come
	qmp blockdev-add "{\"driver\": \"raw\", \"node-name\": \"$1\", \"discard\": \"unmap\",
		\"file\": {\"driver\": \"file\", \"filename\": \"$1.img\", \"discard\": \"unmap\"}}"
}

_no_image() {
	until_true 300 qmp blockdev-del "{\"node-name\": \"$1\"}" 2>/dev/null
}

_attach() { # KIND NAME
	case $1 in
	usb) _device usb-storage xhci.0 "$2" "$2" '"removable": true' ;;
	scsi) _device scsi-hd scsi.0 "$2" "$2" ;;
	virtio) _device virtio-blk-pci slot1 "$2" "$2" ;;
	nvme) _device nvme slot2 "$2" "$2" ;;
	bot | uas) # their disk first, then the cable
		qmp device_add "{\"driver\": \"usb-$1\", \"bus\": \"xhci.0\", \"id\": \"$2\", \"serial\": \"$2\",
			\"attached\": false}" &&
			_device scsi-hd "$2.0" "$2-disk" "$2" &&
			qmp qom-set "{\"path\": \"/machine/peripheral/$2\", \"property\": \"attached\", \"value\": true}"
		;;
	esac
}

_device() { # DRIVER BUS ID NAME [MEMBER]
	qmp device_add "{\"driver\": \"$1\", \"bus\": \"$2\", \"id\": \"$3\", \"drive\": \"$4\", \"serial\": \"$4\"${5:+, $5}}"
}

_gone() {
	! _disk "$1" >/dev/null
}

# pull NAME: unplug it, and wait until the kernel has noticed; its file stays.
pull() {
	qmp device_del "{\"id\": \"$1\"}" && until_true 300 _gone "$1" && _no_image "$1"
}

# machine_station [INIT-OPTION...]: station, and one of the machine itself, which the
# service uses; its time limit is put off, since an emulated machine is slow.
machine_station() {
	local late=/run/systemd/system/workvol-insert@.service.d
	station
	unset WORKVOL_POLICY
	rm -rf /etc/workvol /var/lib/workvol # the guest's own, of the test before
	must "$WORKVOL" init --lab --server "$SERVER" --approver "tanaka=$APPROVER.pub" \
		--client 'Example City' --contact 'desk@example.org' "$@"
	mkdir -p "$late" && printf '[Service]\nTimeoutStartSec=infinity\n' >"$late/late.conf"
	must systemctl daemon-reload
}

# at_rest: no service of the udev rule runs, or waits to; those of media that are still plugged are up
at_rest() {
	[ -z "$(systemctl list-units --no-legend --state=activating,deactivating 'workvol-*@*')" ]
}

# target scsi|ata|nvme NAME [WORD...]: a disk of scsi_target.c or nvme_target.c with the serial
# NAME over $TMP/NAME.img (kept when it is there, otherwise 1 MiB of random bytes), and
# print its device. The words are that program's.
target() {
	local kind=$1 name=$2
	shift 2
	[ -e "$TMP/$name.img" ] || head -c 1M /dev/urandom >"$TMP/$name.img"
	case $kind in
	nvme) modprobe nvme-tcp && set -- nvme_target "$name" "$TMP/$name.img" "$@" ;;
	*)
		modprobe -a target_core_user tcm_loop && { mountpoint -q /sys/kernel/config ||
			mount -t configfs none /sys/kernel/config; } &&
			set -- scsi_target "$name" "$TMP/$name.img" "$kind" "$@"
		;;
	esac || return
	(exec {_qmp}>&- && exec "/build/tests/lab/$1" "${@:2}") >"$TMP/$name.out" 2>&1 </dev/null &
	echo $! >"$TMP/$name.pid"
	if ! until_true 300 grep -qx ready "$TMP/$name.out"; then
		sed 's/^/# /' "$TMP/$name.out" >&2
		return 1
	fi
	[ "$kind" != nvme ] || _connect "$name" || return
	disk "$name"
}

# One that does not answer is lost at once; nothing else is late, however slow the machine.
_connect() { # NAME
	printf %s "transport=tcp,traddr=127.0.0.1,$(grep ^nqn= "$TMP/$1.out"),nr_io_queues=1,keep_alive_tmo=3600\
,reconnect_delay=1,ctrl_loss_tmo=1" >/dev/nvme-fabrics
}

_disconnect() { # NAME: it is no controller of ours where nothing is found
	local dir serial
	for dir in /sys/class/nvme/*; do
		read -r serial 2>/dev/null <"$dir/serial" && [ "$serial" = "$1" ] || continue # padded by blanks
		echo 1 >"$dir/delete_controller"
	done
}

_ended() {
	! kill -0 "$(cat "$TMP/$1.pid")" 2>/dev/null
}

# untarget NAME: take it away; its file stays.
untarget() {
	_disconnect "$1" && kill "$(cat "$TMP/$1.pid")" && until_true 300 _ended "$1" && until_true 300 _gone "$1"
}
