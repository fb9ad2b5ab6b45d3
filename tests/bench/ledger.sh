# SPDX-License-Identifier: GPL-2.0-or-later
#
# ledger.sh - the section "ledger" of bench.sh: how long `ledger verify` takes
# for 100,000 and for 1,000,000 records, and with how much memory; beside it
# sha256sum over the same records' export.

# ledger_fill DATABASE N: records as init began them, up to N, chained
ledger_fill() {
	python3 - "$1" "$2" <<'END'
import hashlib, json, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
seq, prev = db.execute('SELECT seq, hash FROM records ORDER BY seq DESC LIMIT 1').fetchone()

def rows():
    global prev
    for n in range(seq + 1, int(sys.argv[2]) + 1):
        record = {'body': {'note': 'x' * 200, 'size': n}, 'kind': 'bench.record', 'prev': prev, 'seq': n,
                  'takeout': f'{n // 12:08x}-0000-4000-8000-000000000000', 'time': '2036-01-01T00:00:00Z', 'v': 1}
        text = json.dumps(record, sort_keys=True, separators=(',', ':')).encode()
        prev = hashlib.sha256(text).hexdigest()
        yield n, record['kind'], record['takeout'], prev, text

db.executemany('INSERT INTO records VALUES (?, ?, ?, ?, ?)', rows())
db.commit()
END
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
}
