. "$(dirname "$0")/lib.sh"
. tests/cli/lib-postgresql.sh
pg_needed || exit
pg_start
pg_database others
export LEDGER_URI
for t in $ZT; do echo "== $t"; s=$SECONDS; bash tests/cli/test_$t.sh 2>&1 | grep -A6 '^not ok'; echo "$t $((SECONDS-s)) s"; done
pg_sql 'select station, count(*) from workvol.records group by 1'
