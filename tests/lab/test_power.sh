#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_power.sh - the power fails at seeded points of prepare and of return: after
# the next boot the ledger is whole, nothing was lost, and the same command ends it
#
# CUTS=N points of each (5); SEED=N others. A point is a number of writes that the two
# disks have completed; then QEMU is killed, and the next boot begins this file again:
# it looks at what the last cut left and goes on to the next. What a disk
# would have lost of its own cache is not in this: QEMU's writes are in its files.
# lab: alone
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib-power.sh"

SERIAL=LABSTICK
NOTES=/share/notes # what outlives a boot: round and counts, and the disks to begin with
N=${CUTS:-5}
mkdir -p $NOTES
mkfifo /run/never && exec {never}<>/run/never

note() { # NAME VALUE
	echo "$2" >"$NOTES/$1"
}

noted() {
	cat "$NOTES/$1" 2>/dev/null
}

disks_in() {
	local home
	home=$(plug virtio LABHOME 48M) || bail "no disk for the station"
	stick=$(plug usb LABSTICK 32M) || bail "no stick"
	home_name=${home#/dev/} stick_name=${stick#/dev/}
	[ "${1:-}" != new ] || must mkfs.ext4 -q "$home"
	must mount "$home" $TMP
}

disks_out() {
	must umount $TMP
	must pull LABSTICK
	must pull LABHOME
}

keep() { # NAME: these disks are what rounds begin with
	disks_out
	for disk in LABHOME LABSTICK; do cp --sparse=always /share/$disk.img $NOTES/$1.$disk; done
	disks_in
}

begin_with() { # NAME
	for disk in LABHOME LABSTICK; do cp --sparse=always $NOTES/$1.$disk /share/$disk.img; done
}

# completed: writes that the two disks have completed, in $writes. No process: it is called all the time.
completed() {
	local name n
	writes=0
	for name in "$home_name" "$stick_name"; do
		read -r _ _ _ _ n _ <"/sys/block/$name/stat"
		writes=$((writes + n))
	done
}

# measured OPERATION: it runs through; note how many writes that takes
measured() {
	local first
	completed
	first=$writes
	ok "$1 runs through" "do_$1" || exit
	sync
	completed
	note "$1.writes" $((writes - first))
}

# cut_in OPERATION: the power fails in it. The point is by the seed and the round.
cut_in() {
	local first point op=$1
	RANDOM=$((${SEED:-1} * 1000 + round))
	point=$(((RANDOM * 32768 + RANDOM) % $(noted "$op.writes")))
	note point $point
	note op "$op"
	completed
	first=$writes
	(do_"$op") >"$OUT" 2>"$ERR" </dev/null &
	until [ $((writes - first)) -ge $point ] || ! kill -0 $! 2>/dev/null; do
		read -r -t 0.002 -u $never # a pause without a process: there is one processor
		completed
	done
	note bad $_bad
	note n $_n
	: >/share/again
	echo cut >/dev/virtio-ports/cut
	sleep 600
	bail "the power did not fail"
}

look() {
	what="power cut $round, $(noted op), after $(noted point) of $(noted "$(noted op).writes") writes"
	disks_in
	ok "$what: the ledger is intact" wv ledger verify
	"look_at_$(noted op)"
	ok "$what: the ledger is intact in the end" wv ledger verify
	disks_out
}

first_boot() {
	disks_in new
	station
	known_station
	make_tree 12
	must wv declare $TMP/src -o $TMP/declaration --purpose 'site survey'
	keep empty
	measured prepare
	must wv handover "$stick" --sign-with "$HOLDER"
	keep out
	measured return
	disks_out
}

known_station
round=$(noted round)
_n=$(noted n) _bad=$(noted bad)
: "${_n:=0}" "${_bad:=0}"
if [ -z "$round" ]; then first_boot; else look; fi
round=$((${round:-0} + 1))
note round $round
if [ $round -le "$N" ]; then
	begin_with empty
	disks_in
	cut_in prepare
elif [ $round -le $((2 * N)) ]; then
	begin_with out
	disks_in
	cut_in return
fi
