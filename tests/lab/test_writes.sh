#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_writes.sh - what the disks may hold after a power cut, by the writes that dm-log-writes kept: the ledger is whole, nothing was lost, and the same command ends it
#
# CUTS=N points of prepare and of return together (5); SEED=N others. Unlike QEMU's (test_power.sh),
# these disks lose what was not flushed: the log has writes in the order of the flushes behind them. Half
# of the points are behind a flush or a FUA write, half between two of them. The station's disk and the
# stick are two parts of one disk, so that one log has the order of both.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib-power.sh"

N=${CUTS:-5}
WORK=/dev/shm/writes # the disk, as it was before, as it was at a point, and the log
HOME_MIB=64 STICK_MIB=32
REPLAY=/build/tests/lab/replay_log
mkdir -p $WORK
modprobe -a dm_log_writes loop

# parts DISK: the station's disk and the stick on it, mounted and known
parts() {
	must dmsetup create home --table "0 $((HOME_MIB * 2048)) linear $1 0"
	must dmsetup create stick --table "0 $((STICK_MIB * 2048)) linear $1 $((HOME_MIB * 2048))"
	must udevadm settle
	stick=/dev/mapper/stick
	SERIAL=$(basename "$(realpath $stick)")
	[ -n "${2:-}" ] || must mount /dev/mapper/home $TMP
}

no_parts() {
	! mountpoint -q $TMP || must umount $TMP
	must udevadm settle
	must dmsetup remove --retry stick
	must dmsetup remove --retry home
}

mark() {
	must dmsetup message logged 0 mark "$1"
}

entry() { # MARK: its number in the log
	sed -n "s/^\([0-9]*\) mark $1\$/\1/p" $WORK/entries
}

# ---- one run, with all that it writes kept ---------------------------------------------
truncate -s $((HOME_MIB + STICK_MIB))M $WORK/disk
truncate -s 1G $WORK/log
disk=$(losetup -f --show $WORK/disk) || bail 'no loop device'
parts "$disk" new
must mkfs.ext4 -q /dev/mapper/home
must mount /dev/mapper/home $TMP
station
known_station
make_tree 12
must wv declare $TMP/src -o $TMP/declaration --purpose 'site survey'
no_parts
must cp --sparse=always $WORK/disk $WORK/base

log=$(losetup -f --show $WORK/log) || bail 'no loop device'
must dmsetup create logged --table "0 $(((HOME_MIB + STICK_MIB) * 2048)) log-writes $disk $log"
parts /dev/mapper/logged
mark begin
ok 'prepare runs through' do_prepare || exit
mark prepared
must wv handover "$stick" --sign-with "$HOLDER"
must sync -f $TMP
mark out
ok 'return runs through' do_return || exit
mark closed
no_parts
must dmsetup remove --retry logged
must losetup -d "$log"
must losetup -d "$disk"
$REPLAY $WORK/log >$WORK/entries || bail 'the log cannot be read'
echo "# $(wc -l <$WORK/entries) entries, $(grep -c 'flush\|fua' $WORK/entries) of them flushes or FUA"
ok 'the log has all marks' test -n "$(entry begin)" -a -n "$(entry prepared)" -a -n "$(entry out)" -a -n "$(entry closed)"
ok 'the log was not filled' test "$(du -m $WORK/log | cut -f 1)" -lt 900

# ---- the points, in their order: what was written before one is before the next, too -------
points() { # OPERATION FROM TO HOW-MANY: NUMBER OPERATION KIND a line, one in each part of as many
	local i point kind
	for ((i = 0; i < $4; i++)); do
		point=$(($2 + ($3 - $2) * (i * 32768 + RANDOM) / ($4 * 32768)))
		kind=between
		[ $((i % 2)) = 1 ] || kind=flushed
		awk -v p=$point -v k=$kind -v op="$1" -v last="$3" '$1 >= p && (/flush|fua/ ? k == "flushed" : k == "between") {
			print $1 + 1, op, k; found = 1; exit } END { if (!found) print last, op, "end" }' $WORK/entries
	done
}

look() { # AT OPERATION KIND
	local disk
	what="the first $1 writes, in $2, $3"
	must cp --sparse=always $WORK/base $WORK/disk
	disk=$(losetup -f --show $WORK/disk) || bail 'no loop device'
	parts "$disk"
	ok "$what: the ledger is intact" wv ledger verify
	"look_at_$2"
	ok "$what: the ledger is intact in the end" wv ledger verify
	no_parts
	must losetup -d "$disk"
}

RANDOM=${SEED:-1}
{
	points prepare "$(entry begin)" "$(entry prepared)" $((N / 2))
	points return "$(entry out)" "$(entry closed)" $((N - N / 2))
} | sort -n >$WORK/points
is 'there are as many points as were asked for' "$(wc -l <$WORK/points)" "$N"
done=0
while read -r at op kind <&3; do
	must $REPLAY $WORK/log $WORK/base $done "$at"
	done=$at
	look "$at" "$op" "$kind"
done 3<$WORK/points
rm -rf $WORK
