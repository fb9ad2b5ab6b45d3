#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# boot.sh GUEST BUILD SHARE TEST[,TEST...] - boot the guest in GUEST for these
# tests, one after the other; ends with the last
#
# The machine has controllers and free slots, but only its own two disks: a test makes its own
# (lib.sh), over files in SHARE, which is QEMU's directory and the guest's /share,
# and commands QEMU itself by QMP through a virtio port. SHARE/console is the log.
#
# A line "# lab: systemd" in the first TEST asks for systemd as PID 1, "# disk: sata" in any for a
# disk that is there from the start, LABsata. What is written to the port
# "cut" comes out of run.sh's pipe SHARE/cut.out. CUTS=N is for test_power.sh.
set -eu
here=$(realpath "$(dirname "$0")")
guest=$(realpath "$1") build=$(realpath "$2") share=$(realpath "$3") test=$4
tree=$(realpath "$here/../..")

qemu=(qemu-system-x86_64)
[ -d "$guest/qemu" ] && qemu=("$guest/qemu/usr/bin/qemu-system-x86_64"
	-L "$guest/qemu/usr/share/qemu" -L "$guest/qemu/usr/share/seabios")

# usb-storage waits a second for slow sticks otherwise; the rest is time saved.
# The TSC and the APIC's timer would be calibrated while other programs hold QEMU up, so that the clock
# ran twenty times too fast, once in twenty boots: the HPET needs no calibration.
append="console=ttyS0 quiet panic=-1 mitigations=off nokaslr cryptomgr.notests=1
	clocksource=hpet tsc=unstable nolapic_timer no_timer_check
	random.trust_cpu=on usb-storage.delay_use=0 lab.init=/tree/tests/lab/guest.sh lab.test=$test
	lab.cuts=${CUTS:-} lab.limit=$LIMIT"
grep -qx '# lab: systemd' "$tree/${test%%,*}" &&
	append+=" lab.systemd systemd.unit=lab.target systemd.show_status=0 audit=0"

# One processor takes a third less of the host's than two, which wait for each other.
machine=(-M q35 -accel tcg -cpu max -m 2G -nodefaults -no-user-config -no-reboot -display none)
boot=(-kernel "$guest/vmlinux" -initrd "$guest/initramfs.img" -append "$(echo $append)"
	-serial file:console
	-drive "file=$guest/root.img,format=raw,if=none,id=root,readonly=on" -device virtio-blk-pci,drive=root)
# For the guest's /dev/shm: its kernel's tmpfs has no O_DIRECT.
rm -f "$share/scratch" && truncate -s 2G "$share/scratch"
boot+=(-drive "file=$share/scratch,format=raw,if=none,id=scratch" -device virtio-blk-pci,drive=scratch)
shares=()
for dir in tree:"$tree":on build:"$build":on share:"$share":off; do
	IFS=: read -r tag path ro <<<"$dir"
	shares+=(-virtfs "local,path=$path,security_model=none,readonly=$ro,mount_tag=$tag,multidevs=remap")
done
# The monitor's other end is the guest's port: QEMU talks to itself over this socket.
monitor=(-device virtio-serial-pci
	-chardev pipe,id=cut,path=cut -device virtserialport,chardev=cut,name=cut
	-chardev socket,id=port,path=qmp,server=on,wait=off -device virtserialport,chardev=port,name=qmp
	-chardev socket,id=monitor,path=qmp -mon chardev=monitor,mode=control)
slots=(-device qemu-xhci,id=xhci -device virtio-scsi-pci,id=scsi)
for i in 1 2 3 4; do
	slots+=(-device "pcie-root-port,id=slot$i,chassis=$i,slot=$i")
done
# The bus of a SATA disk takes none later; with its controller it can go.
if (cd "$tree" && grep -qx '# disk: sata' ${test//,/ }); then
	truncate -s 8M "$share/LABsata.img"
	slots+=(-blockdev "driver=raw,node-name=LABsata,discard=unmap,file.driver=file,file.filename=LABsata.img"
		-device ahci,id=LABsata,bus=slot3 -device ide-hd,bus=LABsata.0,drive=LABsata,serial=LABsata)
fi

cd "$share"
echo $$ >pid
exec "${qemu[@]}" "${machine[@]}" "${boot[@]}" "${shares[@]}" "${monitor[@]}" "${slots[@]}" </dev/null
