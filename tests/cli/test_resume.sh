#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_resume.sh - kill -9 at random instants of a wipe that goes on with
# --resume: in the end every byte is the last pass's, and little was written
# twice. A throttled faulty disk under a loop device counts the bytes.
# SOAK=N kills (10); from 50 on the wipes are long, and what was written in all
# is at most 1.05 times what one wipe writes. SEED=N repeats a run.
#
# alone: its kills are timed; on a busy machine a wipe that went on has met other bytes, and why is not known
. "$(dirname "$0")/lib.sh"

N=${SOAK:-10}
SEED=${SEED:-$SRANDOM}
RANDOM=$SEED
RATE=64 # MB/s each way
if [ "$N" -ge 50 ]; then
	SIZE=$((512 * 1048576)) METHODS=(gutmann) LONGEST_MS=36000 KILLS=15 LIMIT=600
else
	SIZE=$((128 * 1048576 + 512)) METHODS=(nnsa-nap-14.1-c dod-5220.22-m) LONGEST_MS=1900 KILLS=$(((N + 1) / 2))
fi
echo "# seed $SEED, $N kills, $SIZE bytes at $RATE MB/s"

station
mkdir "$TMP/fault"
must "$HELPERS/faultdisk" "$SIZE@165" "$TMP/fault"
DEV=$(loop "$TMP/fault/disk" --direct-io=on) || bail "no loop device"

written() {
	awk '{ print $5 }' "$TMP/fault/control"
}

# exec: the process that is killed is the wipe
raw_wipe() { # METHOD
	exec "$WORKVOL" --no-input wipe "$DEV" "--yes=${DEV#/dev/}" --json --resume --method "$1" \
		--certificate "$TMP/certificate.json"
}

wipe() {
	(raw_wipe "$1")
}

killed_at() { # MS METHOD: 137 when it was killed, else how it ended before
	local pid
	raw_wipe "$2" >"$OUT" 2>"$ERR" </dev/null &
	pid=$!
	sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
}

is_zero() {
	cmp -n "$SIZE" /dev/zero "$DEV"
}

once() { # METHOD: bytes that one wipe of it writes
	echo $(($(wv --json methods | jq --arg m "$1" 'select(.name == $m).passes') * SIZE))
}

# killed_and_resumed METHOD: killed KILLS times, or until it ends; then gone on with to the end
killed_and_resumed() {
	local mine=0 before rc=137
	rm -f "$TMP"/certificate.json*
	before=$(written)
	echo "throttle $RATE $RATE" >"$TMP/fault/control"
	while [ $mine -lt "$KILLS" ] && [ $kills -lt "$N" ]; do
		killed_at $((RANDOM * LONGEST_MS / 32768)) "$1"
		rc=$?
		[ $rc = 137 ] || break
		mine=$((mine + 1)) kills=$((kills + 1))
	done
	is "$1 was killed $mine times and never gave up" "$((rc == 137 ? 0 : rc))" 0 || bail "it cannot go on"
	[ "$N" -ge 50 ] || echo clear >"$TMP/fault/control"
	[ $rc != 137 ] || ok "$1 goes on to its end" wipe "$1"
	is "and is called wiped" "$(jq -r .wipe.status "$TMP/certificate.json")" wiped
	ok "a second reader finds the last pass in every byte" \
		wv verify "$DEV" --certificate "$TMP/certificate.json"
	total=$((total + $(written) - before)) ideal=$((ideal + $(once "$1")))
}

kills=0 total=0 ideal=0
while [ $kills -lt "$N" ]; do
	for method in "${METHODS[@]}"; do
		killed_and_resumed "$method"
		[ "$method" != nnsa-nap-14.1-c ] ||
			ok "the bytes are those of a wipe that nothing interrupted" is_zero
	done
done

echo "# $kills kills: $total bytes written, $ideal by wipes that nothing interrupts: $(awk "BEGIN { printf \"%.3f\", $total / $ideal }") times"
if [ "$N" -ge 50 ]; then
	ok "at most 1.05 times as much was written in all" test $((total * 100)) -le $((ideal * 105))
else
	ok "a kill costs at most what is written in two seconds" \
		test "$total" -le $((ideal + kills * 2 * RATE * 1000000))
fi

# ---- checkpoints that are not this wipe's ------------------------------------------------

checkpoint() {
	find "$TMP/station" -name 'wipe-*.json'
}

leave_checkpoint() {
	local i
	for i in 1 2 3 4 5; do
		echo "throttle 32 32" >"$TMP/fault/control"
		killed_at 3500 zero
		echo clear >"$TMP/fault/control"
		[ -z "$(checkpoint)" ] || return 0
	done
	return 1
}

# What a killed process had asked for still arrives: wait until no more does.
settled() {
	local now=-1
	while [ $now != "$(written)" ]; do
		now=$(written)
		sleep 0.5
	done
	echo "$now"
}

nothing_written() {
	[ "$(written)" = "$before" ]
}

if [ "$N" -lt 50 ]; then
	ok "a killed wipe leaves its checkpoint" leave_checkpoint
	file=$(checkpoint)
	cp "$file" "$TMP/kept"
	before=$(settled)
	not_ok_exit 4 "a checkpoint of another method is not gone on from" wipe random
	ok "and nothing is written" nothing_written
	sed -i 's/"low":[0-9]*/"low":512/' "$file"
	not_ok_exit 4 "an altered checkpoint is refused" wipe zero
	ok "and nothing is written then" nothing_written
	cp "$TMP/kept" "$file"
	must dd if=/dev/urandom of="$DEV" bs=1M count=128 oflag=direct status=none
	before=$(written)
	not_ok_exit 4 "a medium that does not hold what the checkpoint says is refused" wipe zero
	ok "and nothing is written either" nothing_written
fi
losetup -d "$DEV"
exit $((_bad > 0))
