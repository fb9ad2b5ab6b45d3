# SPDX-License-Identifier: GPL-2.0-or-later
#
# peers.sh - the section "peers" of bench.sh: how long the tools of the field
# take on the same loop device over /dev/shm, beside workvol. Each writes the
# whole device once, with direct I/O where it can; MIB=2048. As root.

# peer NAME OURS-NAME COMMAND...: one run of theirs, beside ours of the same work
peer() {
	local name=$1 ours=$2 t gb
	shift 2
	gb=$(calc "$MIB * 1.048576 / 1000")
	t=$(peer_seconds "$@")
	[ "$1" != nwipe ] || [ -z "$t" ] || t=$(calc "$t - $fixed")
	if [ -z "$t" ]; then
		echo "$name: failed, or no end within $PEER_SECONDS s"
		return
	fi
	printf '%-44s %7s s, %6s GB/s; ours (%s) %7s s: ratio %s\n' "$name" "$t" "$(calc "$gb / $t")" \
		"$ours" "${peer_ours[$ours]}" "$(calc "$t / ${peer_ours[$ours]}")"
}

# seconds of a command that ends well in time; else nothing
peer_seconds() {
	local from to
	from=$(date +%s.%N)
	timeout "$PEER_SECONDS" "$@" >/dev/null 2>&1 </dev/null || return
	to=$(date +%s.%N)
	echo "$(calc "$to - $from")"
}

# nwipe looks for sensors first and waits at its end: what it takes for 1 MiB, in seconds
nwipe_fixed() {
	local small
	truncate -s 1M "$TMP/small"
	small=$(losetup -f --show "$TMP/small") || return
	peer_seconds nwipe --autonuke --nogui --noblank --method=zero --verify=off "$small"
	losetup -d "$small"
	rm -f "$TMP/small"
}

# peer_ours_seconds METHOD VERIFY: seconds, as people start it
peer_ours_seconds() {
	peer_seconds "$WORKVOL" --no-input wipe --method "$1" --verify "$2" "--yes=${DEV#/dev/}" "$DEV"
}

bench_peers() {
	local -A peer_ours=()
	local i fixed
	PEER_SECONDS=${PEER_SECONDS:-300}
	bench_station || return 1
	truncate -s "${MIB}M" "$TMP/disk"
	# nwipe writes one logical block a call: 512 bytes would make it seven times slower
	DEV=$(losetup -f --show -b 4096 --direct-io=on "$TMP/disk") || return 1
	dd if=/dev/zero of="$DEV" bs=1M oflag=direct status=none 2>/dev/null # the pages exist from here on
	echo "peers: $MIB MiB loop device over /dev/shm, blocks of 4096 bytes; one run each, from start to exit, ours the median of 3"
	for i in 'zero none' 'random none' 'zero last' 'random last'; do
		# shellcheck disable=SC2086
		peer_ours[$i]=$(for _ in 1 2 3; do peer_ours_seconds $i; done | median)
		[ -n "${peer_ours[$i]}" ] || return 1
		echo "ours: $i: ${peer_ours[$i]} s, $(calc "$MIB * 1.048576 / 1000 / ${peer_ours[$i]}") GB/s"
	done
	fixed=$(nwipe_fixed)
	echo "nwipe's times are without the ${fixed:=0} s that it takes for 1 MiB"
	peer 'dd if=/dev/zero bs=1M oflag=direct' 'zero none' \
		dd if=/dev/zero of="$DEV" bs=1M count="$MIB" oflag=direct conv=fsync
	peer 'scrub -p fillzero' 'zero none' scrub -f -S -p fillzero "$DEV"
	peer 'nwipe zero, verify off' 'zero none' \
		nwipe --autonuke --nogui --noblank --method=zero --verify=off "$DEV"
	peer 'nwipe zero, verify last' 'zero last' \
		nwipe --autonuke --nogui --noblank --method=zero --verify=last "$DEV"
	peer 'badblocks -w -t 0xaa (write and read)' 'zero last' badblocks -w -t 0xaa -b 4096 -c 256 "$DEV"
	peer 'shred -n1' 'random none' shred -n1 "$DEV"
	peer 'scrub -p random' 'random none' scrub -f -S -p random "$DEV"
	peer 'nwipe prng (isaac64), verify off' 'random none' \
		nwipe --autonuke --nogui --noblank --method=prng --prng=isaac64 --verify=off "$DEV"
	peer 'nwipe prng (isaac64), verify last' 'random last' \
		nwipe --autonuke --nogui --noblank --method=prng --prng=isaac64 --verify=last "$DEV"
	losetup -d "$DEV"
	DEV=
	rm -f "$TMP/disk"
}
