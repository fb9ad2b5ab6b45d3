#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# init.sh - in the initramfs: the guest's root below a tmpfs, the host's
# directories by 9p, then the init that the kernel's command line names
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t sysfs sys /sys
$b mount -t devtmpfs dev /dev
for module in $($b cat /modules/order); do
	$b insmod "/modules/$module" 2>/dev/null
done
for word in $($b cat /proc/cmdline); do
	case $word in lab.init=*) init=${word#lab.init=} ;; esac
done

i=0
until [ -b /dev/vda ] || [ $i = 200 ]; do
	$b usleep 20000
	i=$((i + 1))
done
$b mount -t ext4 -o ro /dev/vda /lower
$b mount -t tmpfs -o size=40% tmpfs /upper
$b mkdir /upper/u /upper/w
$b mount -t overlay -o lowerdir=/lower,upperdir=/upper/u,workdir=/upper/w overlay /new

p9() {
	$b mount -t 9p -o "trans=virtio,version=9p2000.L,msize=262144,$2" "$1" "/new/$1"
}
p9 tree ro,cache=loose
p9 build ro,cache=loose
p9 share rw,cache=none # what either side writes is what the other reads
for dir in proc sys dev; do
	$b mount -o move /$dir /new/$dir
done
exec $b switch_root /new "$init"
