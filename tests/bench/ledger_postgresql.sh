# SPDX-License-Identifier: GPL-2.0-or-later
#
# ledger_postgresql.sh - the section "ledger" of bench.sh on a PostgreSQL server of its own: run by
# ledger.sh, with BENCH, ADD_SECONDS and PG_DIR set
. "$(dirname "$0")/../cli/lib.sh"
. tests/cli/lib-postgresql.sh
. tests/bench/ledger.sh

if ! pg_needed >/dev/null; then
	echo 'ledger, PostgreSQL: no server (package postgresql)'
	exit 0
fi
pg_start
pg_database bench

"$BENCH/bench_append" "$LEDGER_URI" first 1 1 >/dev/null 2>&1 # the tables are there when they begin
for writers in 1 4 16; do
	ledger_adds PostgreSQL "$LEDGER_URI" $writers "$ADD_SECONDS" || exit 1
done

station --station desk
for n in 100000 1000000; do
	ledger_rows "$n" < <(wv ledger export | tail -n 1) |
		pg_sql 'COPY workvol.records (station, seq, kind, takeout, hash, record) FROM STDIN' || exit 1
	pg_sql "UPDATE workvol.heads SET (seq, hash) = (SELECT seq, hash FROM workvol.records WHERE station = 'desk'
		ORDER BY seq DESC LIMIT 1) WHERE station = 'desk'"
	read -r wall kib rc < <(ledger_cost "$WORKVOL" ledger verify)
	[ "$rc" = 0 ] || { echo "ledger: verify of $n records on PostgreSQL: exit $rc"; exit 1; }
	echo "ledger verify, $n records on PostgreSQL: $wall s, $kib KiB at the peak of workvol"
done
