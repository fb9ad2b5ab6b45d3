#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bench.sh - speed beside fio, shred, sha256sum and cp, on this machine and in
# this run; every line a ratio with both figures. Started by `make bench`, as root.
#
#	bench.sh [wipe] [declare] [copy] [peers] [throttled] [ledger]   the first three without arguments
#	ROUNDS=5 MIB=2048                  medians of ROUNDS, devices of MIB
set -u
export LC_ALL=C
cd "$(dirname "$0")/../.." || exit 1
B=$(realpath "${B:-build/release}")
WORKVOL=${WORKVOL:-$B/workvol}
BENCH=$B/tests/bench
ROUNDS=${ROUNDS:-5}
MIB=${MIB:-2048}
TMP=$(mktemp -d /dev/shm/wv-bench.XXXXXX) || exit 1
DEV=

cleanup() {
	[ -n "$DEV" ] && losetup -d "$DEV"
	rm -rf "$TMP"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

median() { # numbers on stdin, one a line
	sort -g | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'
}

calc() {
	awk "BEGIN { printf \"%.3f\", $1 }"
}

# ratio WHAT OURS THEIRS UNIT [PEER]: more is better
ratio() {
	printf '%-34s %8s %s, %s %s %s: ratio %s\n' "$1" "$2" "$4" "${5:-peer}" "$3" "$4" \
		"$(calc "$2 / $3")"
}

seconds() { # COMMAND...: how long it takes
	local from to
	from=$(date +%s.%N)
	"$@" >/dev/null 2>&1
	to=$(date +%s.%N)
	calc "$to - $from"
}

# Busy time of all processors since the start, in seconds: the kernel's copying
# for a loop device is charged to no process of ours.
busy() {
	awk -v hz="$(getconf CLK_TCK)" '/^cpu / { printf "%.2f", ($2 + $3 + $4 + $7 + $8) / hz; exit }' /proc/stat
}

# A station for the command itself.
bench_station() {
	rm -rf "$TMP/station" "$TMP/server" "$TMP"/approver*
	ssh-keygen -q -t ed25519 -N '' -f "$TMP/approver" && mkdir "$TMP/server" &&
		"$WORKVOL" --no-input init "$TMP/station" --lab --server "$TMP/server" \
			--approver "bench=$TMP/approver.pub" --client bench --contact bench@example.org >/dev/null
	export WORKVOL_POLICY=$TMP/station/workvol.conf
}

# ---- wipe ------------------------------------------------------------------------

# ours METHOD write|verify: GB/s of one run; verify reads back after writing
ours() {
	local verify=none
	[ "$2" = verify ] && verify=last
	"$BENCH/bench_wipe" -m "$1" -v $verify "$DEV" 2>/dev/null |
		sed "s/.* $2 \([0-9]*\).*/\1/" | awk '{ printf "%.3f\n", $1 / 1000 }'
}

# fio_run ENGINE BS DEPTH write|read: GB/s
fio_run() {
	fio --name=bench --filename="$DEV" --direct=1 --ioengine="$1" --bs="$2" --iodepth="$3" \
		--rw="$4" --output-format=json 2>/dev/null |
		jq ".jobs[0].$4.bw_bytes / 1e9"
}

# fio_best write|read: the fastest configuration on this device, as arguments of fio_run
fio_best() {
	local bs depth
	for bs in 256k 1M 4M; do
		echo "$(fio_run psync $bs 1 "$1") psync $bs 1"
		for depth in 1 4 16 32; do
			echo "$(fio_run io_uring $bs $depth "$1") io_uring $bs $depth"
		done
	done | sort -g | tail -n 1 | cut -d ' ' -f 2-
}

# cpu_per_gb COMMAND...: the whole machine's processor seconds per GB of the device
cpu_per_gb() {
	local before after
	before=$(busy)
	"$@" >/dev/null 2>&1
	after=$(busy)
	calc "($after - $before) / ($MIB * 1.048576 / 1000)"
}

bench_wipe() {
	local i best_write best_read cores t_aes t_zero t_read bound
	local -A got=()
	add() { got[$1]+="$2"$'\n'; }
	med() { printf '%s' "${got[$1]}" | median; }

	truncate -s "${MIB}M" "$TMP/disk"
	DEV=$(losetup -f --show --direct-io=on "$TMP/disk") || return 1
	dd if=/dev/zero of="$DEV" bs=1M oflag=direct status=none 2>/dev/null # the pages exist from here on
	cores=$(nproc)
	best_write=$(fio_best write)
	best_read=$(fio_best read)
	echo "wipe: $MIB MiB loop device over /dev/shm, direct I/O, $cores cores; medians of $ROUNDS"
	echo "fio's best write: $best_write; best read: $best_read"
	for ((i = 0; i < ROUNDS; i++)); do
		add zero "$(ours zero write)"
		# shellcheck disable=SC2086
		add fio_write "$(fio_run $best_write write)"
		add zero_verify "$(ours zero verify)"
		# shellcheck disable=SC2086
		add fio_read "$(fio_run $best_read read)"
		add random "$(ours random write)"
		add random_verify "$(ours random verify)"
		add aes "$(openssl speed -evp aes-256-ctr -bytes 16384 -seconds 1 2>/dev/null |
			awk 'END { sub("k", "", $2); print 1e6 / $2 }')"
		add t_zero "$(cpu_per_gb "$BENCH/bench_wipe" -m zero -v none "$DEV")"
		add t_read "$(cpu_per_gb "$BENCH/bench_wipe" -p zero "$DEV")"
		add dod_last "$(seconds "$BENCH/bench_wipe" -m dod-5220.22-m -v last "$DEV")"
		add dod_all "$(seconds "$BENCH/bench_wipe" -m dod-5220.22-m -v all "$DEV")"
	done
	for ((i = 0; i < 3; i++)); do
		add shred "$(calc "$MIB * 1.048576 / 1000 / $(seconds shred -n1 "$DEV")")"
	done
	t_aes=$(med aes) t_zero=$(med t_zero) t_read=$(med t_read)
	bound=$(calc "$cores / ($t_aes + $t_zero)")
	ratio 'zero pass' "$(med zero)" "$(med fio_write)" GB/s "fio's best write"
	ratio 'verify of zero' "$(med zero_verify)" "$(med fio_read)" GB/s "fio's best read"
	echo "AES-256-CTR $t_aes s/GB (openssl speed); whole machine $t_zero s/GB writing zeros, $t_read s/GB reading them back"
	ratio 'random pass' "$(med random)" "$bound" GB/s 'bound cores/(t_aes + t_zero)'
	ratio 'verify of random' "$(med random_verify)" "$(calc "$cores / ($t_aes + $t_read)")" GB/s \
		'bound cores/(t_aes + t_read)'
	ratio 'random pass' "$(med random)" "$(med shred)" GB/s 'shred -n1'
	echo "dod-5220.22-m where the cores are the limit: verify all $(med dod_all) s, last $(med dod_last) s: ratio $(calc "$(med dod_all) / $(med dod_last)")"
	losetup -d "$DEV"
	DEV=
	rm -f "$TMP/disk"
}

# ---- the others: a file each, which defines its function ---------------------------

for section in declare copy peers throttled ledger; do
	# shellcheck disable=SC1090
	[ ! -f "tests/bench/$section.sh" ] || . "tests/bench/$section.sh"
done

for section in "${@:-wipe declare copy}"; do
	for name in $section; do
		if [ "$(type -t "bench_$name")" = function ]; then
			"bench_$name" || exit 1
		else
			echo "$name: no such section"
		fi
	done
done
