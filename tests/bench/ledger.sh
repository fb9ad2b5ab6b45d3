# SPDX-License-Identifier: GPL-2.0-or-later
#
# ledger.sh - the section "ledger" of bench.sh: how long `ledger verify` takes
# for 100,000 and for 1,000,000 records, and with how much memory; beside it
# sha256sum over the same records' export. And how many records a second are
# added, by 1, 4 and 16 writers at once, to a file and to a PostgreSQL server.

# ledger_rows N: the last record on stdin, those behind it up to N on stdout, chained, as COPY takes them
ledger_rows() {
	python3 -c '
import hashlib, json, sys
last = sys.stdin.buffer.readline().rstrip(b"\n")
prev, seq = hashlib.sha256(last).hexdigest(), json.loads(last)["seq"]
for n in range(seq + 1, int(sys.argv[1]) + 1):
    record = {"body": {"note": "x" * 200, "size": n}, "kind": "bench.record", "prev": prev, "seq": n,
              "takeout": f"{n // 12:08x}-0000-4000-8000-000000000000", "time": "2036-01-01T00:00:00Z", "v": 1}
    text = json.dumps(record, sort_keys=True, separators=(",", ":")).encode()
    prev = hashlib.sha256(text).hexdigest()
    print("desk", n, record["kind"], record["takeout"], prev, "\\\\x" + text.hex(), sep="\t")
' "$1"
}

# ledger_fill DATABASE N: records as init began them, up to N, chained
ledger_fill() {
	ledger_rows "$2" < <("$WORKVOL" ledger export | tail -n 1) | python3 -c '
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
rows = (line.rstrip("\n").split("\t") for line in sys.stdin)
db.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?)",
               ((int(r[1]), r[2], r[3], r[4], bytes.fromhex(r[5][3:])) for r in rows))
db.commit()
' "$1"
}

# seconds and KiB at the peak of a command, its output thrown away
ledger_cost() {
	python3 - "$@" <<'END'
import resource, subprocess, sys, time
begin = time.monotonic()
rc = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(f'{time.monotonic() - begin:.3f} {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss} {rc}')
END
}

# ---- adding --------------------------------------------------------------------

# What each of N writers adds in so many seconds, in records a second of all of them. Where the store is a
# file, they are processes of one station; on a server each is a station. Both lie on the disk of BENCH_DISK.
ledger_adds() { # WHAT PLACE WRITERS SECONDS
	local w pids=() total=0
	for ((w = 1; w <= $3; w++)); do
		"$BENCH/bench_append" "$2" "$([ "${2#postgresql:}" = "$2" ] && echo station || echo "$1-$3-$w")" "$4" >"$TMP/told.$w" 2>"$TMP/said.$w" &
		pids+=($!)
	done
	for w in "${pids[@]}"; do
		wait "$w" || { cat "$TMP"/said.*; return 1; }
	done
	total=$(cat "$TMP"/told.* | wc -l)
	rm -f "$TMP"/told.* "$TMP"/said.*
	echo "ledger append, $1, $3 at once: $(awk "BEGIN { printf \"%.0f\", $total / $4 }") records a second"
}

bench_ledger_append() {
	local disk writers
	disk=$(mktemp -d "${BENCH_DISK:-/var/tmp}/wv-bench.XXXXXX") || return 1
	for writers in 1 4 16; do
		rm -f "$disk"/ledger.db*
		"$BENCH/bench_append" "$disk/ledger.db" station 1 1 >/dev/null 2>&1 # it is there when they begin
		ledger_adds 'SQLite' "$disk/ledger.db" $writers "${ADD_SECONDS:-5}" || break
	done
	rm -rf "$disk"
	BENCH=$BENCH WORKVOL=$WORKVOL PG_DIR=${BENCH_DISK:-/var/tmp} ADD_SECONDS=${ADD_SECONDS:-5} bash tests/bench/ledger_postgresql.sh
}

bench_ledger() {
	local n wall kib rc sha small_wall='' small_kib=''
	bench_station || return 1
	for n in 100000 1000000; do
		ledger_fill "$TMP/station/state/ledger.db" $n || return 1
		read -r wall kib rc < <(ledger_cost "$WORKVOL" ledger verify)
		[ "$rc" = 0 ] || { echo "ledger: verify of $n records: exit $rc"; return 1; }
		"$WORKVOL" ledger export >"$TMP/export" || return 1
		sha=$(seconds sha256sum "$TMP/export")
		echo "ledger verify, $n records, $(($(stat -c %s "$TMP/export") / 1000000)) MB: $wall s, $kib KiB at the peak; sha256sum of the export $sha s: $(calc "$wall / $sha") times"
		[ -z "$small_wall" ] ||
			echo "ten times the records: $(calc "$wall / $small_wall") times the time, $(calc "$kib / $small_kib") times the memory"
		small_wall=$wall small_kib=$kib
	done
	rm -rf "$TMP/station" "$TMP/export"
	bench_ledger_append
}
