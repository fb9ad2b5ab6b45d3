#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_progress.sh - how far a wipe is, on a terminal and elsewhere, and how it
# is stopped. Two disks of files under loops, as slow as the test wants them.
. "$(dirname "$0")/lib.sh"

SIZE=$((16 * 1048576)) SAYS=$TMP/says
station
DISKS=()
for i in 0 1; do
	mkdir "$TMP/fault$i"
	must "$HELPERS/faultdisk" "$SIZE" "$TMP/fault$i"
	DISKS+=("$(loop "$TMP/fault$i/disk" --direct-io=on)") || bail "no loop device"
done
A=${DISKS[0]} B=${DISKS[1]}

fault() { # DISK LINE...
	local disk=$1
	shift
	{ echo clear; printf '%s\n' "$@"; } >"$TMP/fault$disk/control"
}

written() { # DISK: bytes, ever
	awk '{ print $5 }' "$TMP/fault$1/control"
}

# wipe PROGRESS OPTION...: both, in the background; WIPE is its process
wipe() {
	BEFORE=$(written 0)
	"$WORKVOL" --no-input --progress="$1" wipe "${@:2}" --yes="${A#/dev/}" --yes="${B#/dev/}" \
		>"$SAYS.out" 2>"$SAYS" </dev/null &
	WIPE=$!
}

# until_said TEXT: the wipe has said it
until_said() {
	until grep -q -- "$1" "$SAYS"; do
		kill -0 "$WIPE" 2>/dev/null || return 1
		sleep 0.05
	done
}

# the wipe has begun to write on disk 0
until_begun() {
	until [ "$(written 0)" -gt "$BEFORE" ] || ! kill -0 "$WIPE" 2>/dev/null; do
		sleep 0.05
	done
}

# ends SENTENCE CODE: it exits so
ends() {
	wait "$WIPE"
	is "$1" $? "$2"
}

# ---- elsewhere: JSON events ----
fault 0 'throttle 10'
fault 1 'throttle 2'
wipe json --json --method zero "$A" "$B"
ok 'the slower of two disks is called slow' until_said "\"what\":\"${B#/dev/}\".*\"slow\":true"
ok 'the faster one is not' test -z "$(grep "\"what\":\"${A#/dev/}\".*\"slow\":true" "$SAYS")"
grep "\"what\":\"${B#/dev/}\".*\"step\":\"write\"" "$SAYS" | tail -n 1 >"$TMP/slow"
ok "its time left is that of its own rate, 2 MB/s at most, for what it has to write and to read" jq -e '.progress |
	.mb_per_s > 0 and .mb_per_s < 3 and .all_total == 33554432 and
	((.seconds_left * .mb_per_s * 1000000 / (.all_total - .all_done) - 1) | fabs) < 0.25' "$TMP/slow"
fault 1
ends 'both end' 0
ok 'every event is JSON' jq -e . "$SAYS"
ok 'the last word of each is that it is done' \
	jq -se 'map(.progress | values) | group_by(.what) | map(last.step) == ["done", "done"]' "$SAYS"
ok 'and one event is about all of them' \
	jq -se 'map(.progress_all | values) | length > 1 and all(.devices == 2) and (last.all_total == 67108864)' "$SAYS"

# ---- a signal ----
fault 0 'throttle 1'
fault 1
wipe none --method zero --verify none "$A"
until_begun
kill -USR1 "$WIPE"
ok 'SIGUSR1 prints a line, with --progress=none too' until_said "^${A#/dev/} *write pass 1 of 1 .*% .* MB/s .* left"
ok 'and only one' test "$(wc -l <"$SAYS")" = 1
fault 0
ends 'and the wipe goes on' 0

# ---- Ctrl-C ----
fault 0 'throttle 2'
wipe none --method zero "$A"
until_begun
kill -INT "$WIPE"
ends 'Ctrl-C ends with 130' 130
ok 'it says that it stops, and how to leave at once' grep -q 'again leaves at once' "$SAYS"
again=$(grep -A 1 '^to go on: ' "$SAYS" | sed -n '2s/^  //p')
ok "and how to go on" grep -q "^  .* wipe --resume .* $A\$" "$SAYS"
fault 0
go_on() {
	eval "timeout -k 5 60 $again"
}
ok 'what it says goes on' go_on
ok 'and ends wiped' said 'wiped (16.0 MiB, zero)'

fault 0 'hang 1000000'
wipe none --method zero "$A"
until_begun
kill -INT "$WIPE"
until_said 'again leaves at once'
sleep 0.5
ok 'after the first Ctrl-C a disk that hangs is waited for' kill -0 "$WIPE"
kill -INT "$WIPE"
ends 'the second leaves at once' 130
fault 0

# ---- a terminal ----
if ! command -v script >/dev/null; then
	skip 'a terminal has a bar' 'no script(1)'
	exit $((_bad > 0))
fi
on_terminal() { # COLUMNS COMMAND...
	local columns=$1
	shift
	limit script -qec "stty cols $columns rows 24; $(printf '%q ' "$@")" "$TMP/screen" >/dev/null 2>&1 </dev/null
}
fault 0 'throttle 8'
fault 1 'throttle 8' "bad write 4096 512"
on_terminal 100 "$WORKVOL" --no-input wipe --method zero "$A" "$B" --yes="${A#/dev/}" --yes="${B#/dev/}"
is 'a disk that fails fails the wipe, on a terminal too' $? 1
ok 'a terminal has a bar' grep -q "${A#/dev/} *write pass 1 of 1  [#.]* *[0-9]*%  [0-9]* MB/s" "$TMP/screen"
ok 'what failed is said in words' grep -q "${B#/dev/} .*failing, 512 B lost" "$TMP/screen"
ok 'there is a line for all' grep -q 'all 2  *[#.]* *[0-9]*%' "$TMP/screen"
ok 'and how each ended' grep -qE "${B#/dev/} *failed" "$TMP/screen"
fault 0 'throttle 20'
fault 1
on_terminal 40 "$WORKVOL" --no-input wipe --method zero --verify none "$A" --yes="${A#/dev/}"
ok 'no line of a narrow terminal is wrapped' \
	test -z "$(tr '\r' '\n' <"$TMP/screen" | grep "^${A#/dev/} " | awk 'length > 39')"

losetup -d "$A" "$B"
exit $((_bad > 0))
