#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_pull.sh - a stick is pulled in insert, open, sync, return and wipe: nothing stale is left, and it goes on
. "$(dirname "$0")/lib.sh"

SERIAL=LABPULL
rule=/run/udev/rules.d/60-stop.rules
mkdir -p "${rule%/*}"
station
factors=(--key-file "$KEY" --passphrase-file "$PASS")
make_tree 5
head -c 12M /dev/urandom >"$TMP/src/d0/large"

# What a pulled stick may leave behind: a mapping, a mount, a loop, a process.
left() {
	dmsetup ls | grep workvol
	grep -F -e workvol -e "$TMP/mnt" /proc/self/mountinfo
	losetup -nO NAME,BACK-FILE | grep -e LABPULL -e /dev/sd
	pgrep -x workvol
}

nothing_left() {
	until_true 300 eval '[ -z "$(left)" ]' || { left && return 1; }
}

# slowly BYTES [WRITTEN]: what the stick does in a second from now on, so that a pull hits the middle; what it
# writes, where all that it does is 0
slowly() {
	qmp block_set_io_throttle "{\"id\": \"LABPULL-disk\", \"bps\": $1, \"bps_rd\": 0, \"bps_wr\": ${2:-0},
		\"iops\": 0, \"iops_rd\": 0, \"iops_wr\": 0}"
}

# moved: sectors that the stick has read and written so far, in $sectors; those that it has written, in $written
moved() {
	local r
	read -r _ _ r _ _ _ written _ <"/sys/block/${stick#/dev/}/stat" && sectors=$((r + written))
}

gone_on() { # SECTORS
	moved
	[ $sectors -gt "$1" ] || ! grep -q '[1-9]' "/sys/block/${stick#/dev/}/inflight"
}

# QEMU does not survive the unplug of a disk whose requests it holds back: until it has gone on with them
let_go() {
	local held
	moved
	held=$sectors
	slowly 0
	until_true 10 gone_on "$held"
	sleep 0.2
}

has_moved() {
	moved
	[ "$sectors" -ge "$enough" ]
}

has_written() {
	moved
	[ "$written" -ge "$enough" ]
}

# stop_once_mapped: udev stops the command that maps a volume next, before it can go on and mount it
stop_once_mapped() {
	cat >"$rule" <<-X
	ACTION=="change", ENV{DM_NAME}=="workvol-*", RUN+="/usr/bin/pkill -STOP -x workvol"
	X
	udevadm control --reload
}

is_stopped_mapped() {
	[ -e "/dev/mapper/workvol-$uuid" ] && pgrep -r T -x workvol >/dev/null && rm "$rule" && udevadm control --reload
}

# pulled_after SECTORS COMMAND...: the stick is pulled once that many have moved; its exit code in code
pulled_after() {
	moved
	enough=$((sectors + $1))
	shift
	pulled_when has_moved "$@"
}

# pulled_writing SECTORS COMMAND...: once that many have been written
pulled_writing() {
	moved
	enough=$((written + $1))
	shift
	pulled_when has_written "$@"
}

# pulled_when CONDITION COMMAND...: the command stands still from then on until the stick is out, or it could end
# while the stick goes on with what it was asked for
pulled_when() {
	local condition=$1 pid
	shift
	"$@" >"$OUT" 2>"$ERR" </dev/null &
	pid=$!
	until $condition || ! kill -0 $pid 2>/dev/null; do
		sleep 0.1
	done
	pkill -STOP -x workvol && echo running >"$TMP/state" || echo over >"$TMP/state"
	let_go
	qmp device_del '{"id": "LABPULL"}'
	pkill -CONT -x workvol
	wait $pid
	code=$?
	cp "$OUT" "$TMP/pulled.out" && cp "$ERR" "$TMP/pulled.err"
	pull_rest
}

pull_rest() {
	until_true 300 _gone LABPULL && _no_image LABPULL
}

replug() {
	stick=$(plug $kind LABPULL 64M) || bail "no $kind stick"
}

# in_the_middle WHAT [EXIT]: of the last that was pulled
in_the_middle() {
	is "$kind, pulled in $1: it was in the middle" "$(cat "$TMP/state")" running
	# 4 where it was a declared file that could not be read
	ok "$kind, pulled in $1: it fails" test "$code" = 1 -o "$code" = 4 -o "$code" = "${2:-1}"
	ok "$kind, pulled in $1: it says why" grep -q '^workvol: ' "$TMP/pulled.err"
	ok "$kind, pulled in $1: nothing is left" nothing_left
}

return_stick() {
	wv --json return "$stick" "${factors[@]}" --approve-with "$APPROVER" --yes=LABPULL
}

state() {
	wv --json list | jq -rs 'last.state'
}

is_half_wiped() {
	[[ "$(state)" =~ ^(keys-destroyed|awaiting-destruction)$ ]]
}

open_twice() {
	must open_volume "$stick"
	must pull LABPULL
	replug
	not_ok_exit 3 "$kind, pulled while open and plugged again: it does not open twice" open_volume "$stick"
	ok "$kind: it says that it has to be closed first" said 'workvol close'
	run wv close "$uuid"
	ok "$kind: then nothing is left" nothing_left
	ok "$kind: and it opens" open_volume "$stick"
	must wv close "$stick"
}

scenario() {
	kind=$1
	rm -f /share/LABPULL.img
	replug
	ok "$kind: a stick is taken out" take_out "$stick" || return
	uuid=$(wv --json list | jq -rs 'last.volume')

	slowly 512
	pulled_after 8 wv --json insert "$stick"
	ok "$kind, pulled in insert: a failure, or what was read is right" eval \
		'[ $code != 0 ] || jq -e ".verdict == \"due-back\"" "$TMP/pulled.out"'
	ok "$kind, pulled in insert: nothing is left" nothing_left
	replug
	ok "$kind, plugged again: insert finds what is due back" wv --json insert "$stick"
	is "$kind, plugged again: as before" "$(out .verdict)" due-back

	slowly 50000
	pulled_after 128 open_volume "$stick"
	in_the_middle 'open, in the header' 3 # libcryptsetup calls a disk busy that is gone before it could lock it
	replug
	stop_once_mapped
	pulled_when is_stopped_mapped open_volume "$stick"
	in_the_middle 'open, once it was mapped' 3 # "was removed or replaced", or what the kernel says
	replug
	must open_volume "$stick"
	(cd "$TMP/mnt/d0" && cp large ../lost) # not all of it is on the stick yet
	ok "$kind, pulled while open" pull LABPULL
	not_ok_exit 1 "$kind, pulled while open: closed by its UUID, with a warning" wv close "$uuid"
	ok "$kind, pulled while open: it says what may be missing" said 'plug it in again'
	ok "$kind, pulled while open: nothing is left" nothing_left
	replug
	ok "$kind, plugged again: it opens" open_volume "$stick"
	ok "$kind, plugged again: what was declared is whole" diff -r "$TMP/src" "$TMP/mnt" -x lost+found -x lost
	rm -f "$TMP/mnt/lost"
	ok "$kind, plugged again: it closes" wv close "$stick"

	[ $kind = uas ] || open_twice
	ok "$kind: check is clean" wv check "$stick" "${factors[@]}"
	slowly 500000
	pulled_after 8192 wv sync "$stick" "${factors[@]}"
	in_the_middle sync
	replug
	ok "$kind, plugged again: sync ends" wv sync "$stick" "${factors[@]}"

	slowly 0 500000
	pulled_writing 2048 return_stick
	in_the_middle 'return'
	is "$kind, pulled in return: its keys were being destroyed" "$(state)" destroying-keys
	replug
	slowly 0 4000000
	pulled_writing 49152 return_stick # the 16 MiB of the header, and 8 of the wipe
	in_the_middle 'return again'
	ok "$kind, pulled in return again: it was being wiped" is_half_wiped
	replug
	ok "$kind, plugged again: the return ends" return_stick
	is "$kind, plugged again: it is closed" "$(out '"\(.state) \(.wipe.status)"')" 'closed wiped'

	slowly 1000000
	pulled_after 8192 wv --json wipe "$stick" --yes=LABPULL
	in_the_middle wipe
	is "$kind, pulled in wipe: it is not called wiped" "$(jq -r .status "$TMP/pulled.out")" failed
	replug
	ok "$kind, plugged again: it is wiped" wv --json wipe "$stick" --yes=LABPULL
	is "$kind, plugged again: as wiped" "$(out .status)" wiped
	ok "$kind: it is pulled" pull LABPULL
	ok "$kind: the ledger is intact" wv ledger verify
	rm -rf "$TMP/declaration"
}

scenario bot
scenario uas
