#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# build.sh DIR - make the lab's guest in DIR: a stock Debian kernel and root, an
# initramfs, and a QEMU. What is there and still of these inputs stays.
#
# Exit 77, the reason last on stderr, where this machine cannot build it.
set -eu
here=$(realpath "$(dirname "$0")")
mkdir -p "$1"
cd "$1"
exec 8>.lock # two runs that begin together would each clear away what the other builds
flock 8

# What the product needs at run time, what its tests call, and the system around it.
ROOT_PACKAGES=libcryptsetup12,libblkid1,libmount1,libudev1,libssl3,liburing2,libjson-c5,libeconf0,\
libsqlite3-0,libfuse3-3,libunistring2,openssh-client,openssh-server,rsync,e2fsprogs,fuse3,util-linux,mount,\
cryptsetup-bin,dmsetup,systemd,systemd-sysv,udev,dbus,kmod,jq,sqlite3,xfsprogs,btrfs-progs,dosfstools,fdisk,acl,attr,\
procps,faketime,busybox-static,strace,hdparm

# The cloud image has no USB and no 9p. Of the generic one, these directories are enough.
MODULES="arch/x86/crypto crypto lib block net/9p net/core drivers/block drivers/nvme drivers/ata drivers/scsi
	drivers/md drivers/virtio drivers/target drivers/char drivers/cdrom drivers/usb/host drivers/usb/storage
	drivers/uio drivers/usb/core drivers/usb/common drivers/usb/gadget fs/9p fs/ext4 fs/xfs fs/btrfs fs/fuse fs/overlayfs
	fs/fscache fs/netfs fs/jbd2 fs/mbcache.ko fs/fat fs/nls fs/configfs fs/autofs"
BOOT_MODULES="virtio_pci virtio_blk ext4 overlay 9pnet_virtio 9p virtio_console"

unable() {
	echo "$*" >&2
	exit 77
}

key=$(cat "$here/build.sh" "$here/init.sh" | sha256sum)
[ "$(cat key 2>/dev/null)" = "$key" ] && exit 0
for tool in qemu-system-x86_64 mmdebstrap mke2fs depmod cpio xz busybox apt-get; do
	PATH=$PATH:/usr/sbin:/sbin command -v $tool >/dev/null || unable "$tool is not installed"
done
[ "$(id -u)" = 0 ] || unable "the guest's root is made by root only"
rm -rf ./*
mkdir -p debs

mirror=$(apt-cache policy | grep -oE 'https?://[^ ]+' | grep -v security | head -n 1)
[ -n "$mirror" ] || unable "apt knows no mirror"

fetch() { # PACKAGE: its .deb in debs/
	(cd debs && apt-get -q -o Acquire::Retries=3 "${@:2}" download "$1") >/dev/null 2>>log || unable "cannot fetch $1"
}

# QEMU 10 runs this 2 to 7 times faster than bookworm's 7.2 (fork and exec above
# all). Unpacked here, not installed; bookworm's does where there is none.
newer_qemu() {
	local own pkg
	mkdir -p apt/lists/partial apt/cache/archives/partial
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bookworm-backports main" >apt/list
	own=(-o Dir::Etc::sourcelist="$PWD/apt/list" -o Dir::Etc::sourceparts=/dev/null
		-o Dir::State::lists="$PWD/apt/lists" -o Dir::Cache="$PWD/apt/cache")
	apt-get -o Acquire::Retries=3 "${own[@]}" update >/dev/null 2>>log || return 0
	for pkg in qemu-system-x86 qemu-system-data seabios; do
		(fetch $pkg/bookworm-backports "${own[@]}") 2>/dev/null || return 0
	done
	for pkg in debs/qemu-system-x86_*.deb debs/qemu-system-data_*.deb debs/seabios_*.deb; do
		dpkg -x "$pkg" qemu
	done
	./qemu/usr/bin/qemu-system-x86_64 --version >/dev/null 2>&1 || rm -rf qemu
}

# An ELF image boots 3 s sooner than the compressed one: no unpacking under
# emulation. Where it lies is in the setup header (boot protocol 2.08).
kernel() {
	local image setup at size
	kv=$(apt-cache depends linux-image-amd64 | grep -oP 'linux-image-\K[0-9][^ ]*-amd64' | head -n 1)
	fetch "linux-image-$kv"
	dpkg -x debs/linux-image-*.deb kernel
	image=kernel/boot/vmlinuz-$kv
	setup=$(od -An -tu1 -j 497 -N 1 "$image")
	at=$(od -An -tu4 -j 584 -N 4 "$image")
	size=$(od -An -tu4 -j 588 -N 4 "$image")
	tail -c +$(((setup + 1) * 512 + at + 1)) "$image" | head -c "$size" |
		{ xz -dc --single-stream 2>/dev/null || true; } >vmlinux
	[ "$(head -c 4 vmlinux)" = $'\x7fELF' ] || unable "no kernel in $image that was compressed by xz"
}

modules() { # TREE: those in MODULES, below TREE/lib/modules
	local from=kernel/lib/modules/$kv to=$1/lib/modules/$kv dir
	mkdir -p "$to"
	cp "$from"/modules.builtin* "$from"/modules.order "$to"
	for dir in $MODULES; do
		[ -e "$from/kernel/$dir" ] || continue
		mkdir -p "$to/kernel/$(dirname "$dir")"
		cp -a "$from/kernel/$dir" "$to/kernel/$(dirname "$dir")"
	done
	/sbin/depmod -b "$1" "$kv"
}

root() {
	mmdebstrap --quiet --variant=minbase --skip=cleanup/apt/lists --aptopt='Acquire::Languages "none"' \
		--aptopt='Acquire::Retries "3"' --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
		--include="$ROOT_PACKAGES" bookworm root "$mirror" >>log 2>&1 || unable "mmdebstrap cannot make the guest's root: $PWD/log"
	rm -rf root/var/lib/apt/lists/* root/var/cache/apt/*
	mkdir -p root/tree root/build root/share
	modules root/usr
	mke2fs -q -F -t ext4 -O ^has_journal -d root root.img 1200M
}

initramfs() {
	local tree=initramfs module file
	mkdir -p $tree/{bin,proc,sys,dev,lower,upper,new,modules}
	cp "$(command -v busybox)" $tree/bin/busybox
	cp "$here/init.sh" $tree/init
	for module in $BOOT_MODULES; do
		/sbin/modprobe -d root/usr -S "$kv" --show-depends $module
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
		cp "$file" $tree/modules/
		basename "$file"
	done >initramfs/modules/order
	(cd $tree && find . | cpio -o -H newc --quiet) >initramfs.img
}

newer_qemu
kernel
root
initramfs
rm -rf debs apt kernel root initramfs
echo "$key" >key
