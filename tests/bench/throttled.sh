# SPDX-License-Identifier: GPL-2.0-or-later
#
# throttled.sh - the section "throttled" of bench.sh: many slow devices at once,
# on faulty disks (tests/fault, FUSE files under loop devices) that keep to a
# rate. DISKS=16 of DISK_MIB=512 at RATE=50 MB/s. As root.
#
# What the disks themselves can do is measured first, with dd: with its best
# outcome ours is compared, not with the rate that was asked for alone.

DISKS=${DISKS:-16}
DISK_MIB=${DISK_MIB:-512}
RATE=${RATE:-50}

throttled_clear() {
	local i
	for i in "${!slow[@]}"; do
		echo clear >"$TMP/slow$i/control" 2>/dev/null
		losetup -d "${slow[$i]}" 2>/dev/null
		umount "$TMP/slow$i" 2>/dev/null || umount -l "$TMP/slow$i"
	done
	slow=()
}

throttled_make() {
	local i
	for ((i = 0; i < DISKS; i++)); do
		mkdir -p "$TMP/slow$i"
		"$B/tests/fault/faultdisk" "${DISK_MIB}M@165" "$TMP/slow$i" || return 1
		slow[i]=$(losetup -f --show --direct-io=on "$TMP/slow$i/disk") || return 1
	done
}

each_disk() { # LINE: to every control file
	local i
	for i in "${!slow[@]}"; do echo "$1" >"$TMP/slow$i/control"; done
}

all_dd() { # all disks written at once, by one dd each
	local dev pids=()
	for dev in "${slow[@]}"; do
		dd if=/dev/zero of="$dev" bs=1M count="$DISK_MIB" oflag=direct status=none &
		pids+=($!)
	done
	wait "${pids[@]}"
}

# ours_all OPTION...: SECONDS, CPU-SECONDS, KIB of the process; the devices' JSON in TMP/json
ours_all() {
	"$BENCH/bench_wipe" -j "$@" 2>"$TMP/stats" >"$TMP/json"
	sed -E 's/^([0-9.]+) s, ([0-9.]+) s of processor, ([0-9]+) KiB.*/\1 \2 \3/' "$TMP/stats" | tail -n 1
}

throttled_many() {
	local dd_seconds free_seconds wall cpu kib sweep gb wanted
	gb=$(calc "$DISKS * $DISK_MIB * 1.048576 / 1000")
	wanted=$((DISKS * RATE))
	free_seconds=$(seconds all_dd)
	each_disk "throttle $RATE $RATE"
	dd_seconds=$(seconds all_dd)
	read -r wall cpu kib < <(ours_all -m zero -v none "${slow[@]}")
	sweep=$(jq -s '[.[].passes[0].seconds] | max' "$TMP/json")
	echo "throttled: $DISKS devices of $DISK_MIB MiB at $RATE MB/s each, zero pass, one run"
	echo "the disks alone: dd, no limit $(calc "1000 * $gb / $free_seconds") MB/s; dd at that rate, start to exit $(calc "1000 * $gb / $dd_seconds") of $wanted MB/s"
	ratio 'all at once, the pass with its flush' "$(calc "1000 * $gb / $sweep")" "$wanted" MB/s 'the rates'
	ratio 'all at once, start to exit' "$(calc "1000 * $gb / $wall")" "$wanted" MB/s 'the rates'
	ratio 'all at once, start to exit' "$(calc "1000 * $gb / $wall")" "$(calc "1000 * $gb / $dd_seconds")" MB/s 'dd on each'
	echo "processor time of ours $(calc "$cpu / $gb") s/GB; peak resident $(calc "$kib / 1024") MiB"
}

throttled_one_hangs() {
	local wall cpu kib limit=4 begins
	begins=$(calc "$DISK_MIB * 1.048576 / 3 / $RATE")
	each_disk "clear"
	each_disk "throttle $RATE $RATE"
	echo "hang $((DISK_MIB * 1048576 / 3))" >"$TMP/slow0/control"
	read -r wall cpu kib < <(ours_all -m zero -v none -l $limit "${slow[@]}")
	echo "one of the $DISKS hangs after $begins s (limit $limit s): $(jq -s -r --arg hung "${slow[0]}" '
		[.[] | select(.device != $hung)] | "the others \(map(.status) | unique | join(", ")), " +
		"\(map(.passes[0].mb_per_s) | min | floor) to \(map(.passes[0].mb_per_s) | max | floor) MB/s"' "$TMP/json"); it is called $(jq -r --arg hung "${slow[0]}" 'select(.device == $hung).status' "$TMP/json"); the process ends $(calc "$wall - $begins - $limit") s after its limit"
	each_disk clear
}

throttled_verify_all() {
	local line name last all rest
	for line in '100 100' 100; do
		echo "throttle $line" >"$TMP/slow$((DISKS - 1))/control"
		name='each way'
		[ "$line" = 100 ] && name='one way at a time'
		read -r last rest < <(ours_all -m dod-5220.22-m -v last "${slow[DISKS - 1]}")
		read -r all rest < <(ours_all -m dod-5220.22-m -v all "${slow[DISKS - 1]}")
		echo "dod-5220.22-m, 100 MB/s $name: verify all $all s, last $last s: ratio $(calc "$all / $last")"
		echo clear >"$TMP/slow$((DISKS - 1))/control"
	done
}

bench_throttled() {
	local slow=()
	trap 'throttled_clear; cleanup' EXIT
	throttled_make && throttled_many && throttled_one_hangs && throttled_verify_all
	local rc=$?
	throttled_clear
	trap cleanup EXIT
	return $rc
}
