#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_postgresql.sh - a ledger that many stations share: what is acknowledged is
# there once, whatever becomes of the server and the connection; no password is
# told; one works on a take-out at a time. STATIONS, SECONDS_LONG, KILLS: how long the
# crowd appends, and how often the server is killed meanwhile (make soak-postgresql)
. "$(dirname "$0")/lib.sh"
. tests/cli/lib-postgresql.sh
pg_needed || exit 0
BENCH=$(dirname "$WORKVOL")/tests/bench
STATIONS=${STATIONS:-8} SECONDS_LONG=${SECONDS_LONG:-6} KILLS=${KILLS:-1}
PG_PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
pg_start
pg_database shared
LEDGER_URI="$LEDGER_URI&port=$PG_PORT"

# ---- a ledger that several begin at once -------------------------------------------------------

# They meet in the server's catalogue in one round or another, at each of the tables.
begin_at_once() { # ROUNDS: prints who could not
	local round s pids
	for ((round = 1; round <= $1; round++)); do
		pids=()
		for ((s = 1; s <= 8; s++)); do
			"$BENCH/bench_append" "$LEDGER_URI" "first-$s" 60 1 >"$TMP/first.$s" 2>"$TMP/said.first-$s" &
			pids+=($!)
		done
		for ((s = 1; s <= 8; s++)); do
			wait "${pids[s - 1]}" && [ "$(cat "$TMP/first.$s")" = '1 1' ] || cat "$TMP/said.first-$s"
		done
		pg_sql 'DROP SCHEMA workvol CASCADE' >/dev/null 2>&1 || echo 'no ledger was made'
	done
}
is '8 stations begin a ledger at once, 12 times: each can' "$(begin_at_once 12)" ''
is '... though they met' "$(($(grep -cE 'ERROR: .*already exists|duplicate key' "$PG/log") > 0))" 1

# ---- a crowd, and a server that is killed -----------------------------------------------------

# what a station was told is in its chain, once and where it was told
acknowledged() { # STATION: prints what is not so
	pg_sql "SELECT convert_from(record, 'UTF8') FROM workvol.records WHERE station = '$1' AND kind = 'bench.record'" |
		jq -r '"\(.body.n) \(.seq)"' | sort >"$TMP/kept"
	sort "$TMP/told.$1" | comm -3 - "$TMP/kept"
}

each_has_begun() {
	[ "$(find "$TMP" -name 'told.crowd-*' -size +0 | wc -l)" = "$STATIONS" ]
}

# The last record of one that failed may be there all the same; here none fails.
crowd() {
	local s pids=() k rc=0
	for ((s = 1; s <= STATIONS; s++)); do
		"$BENCH/bench_append" "$LEDGER_URI" "crowd-$s" "$SECONDS_LONG" >"$TMP/told.crowd-$s" 2>"$TMP/said.crowd-$s" &
		pids+=($!)
	done
	for _ in $(seq 300); do each_has_begun && break; sleep 0.1; done
	for ((k = 1; k <= KILLS; k++)); do
		sleep "$(awk "BEGIN { print $SECONDS_LONG / ($KILLS + 1) }")"
		pg_kill
		sleep 0.5
		pg_restart
	done
	for s in "${pids[@]}"; do wait "$s" || rc=1; done
	tail -n 1 "$TMP"/said.crowd-* >"$OUT"
	return $rc
}
crowd
is "$STATIONS stations append for $SECONDS_LONG s while the server is killed $KILLS times: none fails" $? 0
total=$(cat "$TMP"/told.crowd-* | wc -l)
echo "# $total records acknowledged, $((total / SECONDS_LONG)) a second"
is 'so often it recovered' "$(grep -c 'was not properly shut down' "$PG/log")" "$KILLS"
is 'something was acknowledged by each' "$(find "$TMP" -name 'told.crowd-*' -size +0 | wc -l)" "$STATIONS"
is 'every acknowledged record is there once, and no other' \
	"$(for ((s = 1; s <= STATIONS; s++)); do acknowledged "crowd-$s"; done)" ''
station --station desk
ok 'every chain is intact' wv --json ledger verify --all-stations
is 'and each station is named' "$(jq -r .station "$OUT" | sort | xargs)" "$({ echo desk; seq -f 'crowd-%g' "$STATIONS"; } | sort | xargs)"

# ---- a server that is there and does not answer: only in the soak, since our own clock has to run out ----------

silence() { # SECONDS: the whole server stands still while a station appends
	local pids
	"$BENCH/bench_append" "$LEDGER_URI" quiet $(($1 + 40)) 100000 >"$TMP/told.quiet" 2>"$TMP/said.quiet" &
	local writer=$!
	sleep 1
	mapfile -t pids < <(_pg_left)
	kill -STOP "${pids[@]}"
	sleep 1
	local begin=$SECONDS
	not_ok_exit 1 'a server that does not answer is given up' wv list
	is '... within a minute' "$((SECONDS - begin < 60))" 1
	sleep $(($1 - (SECONDS - begin)))
	kill -CONT "${pids[@]}"
	wait $writer
}
if [ "${PART:-}" = soak ]; then
	silence 45
	is 'after 45 s of silence the append goes on' "$?$(tail -n 1 "$TMP/said.quiet" | grep -c records)" 01
	is 'and every acknowledged record is there once, and no other' "$(acknowledged quiet)" ''
	ok 'the chain is intact' wv ledger verify --station quiet
	echo "1..$_n"
	exit 0
fi

# ---- one chain, several processes ----------------------------------------------------------------

several() { # STATION
	local p pids=() rc=0
	for p in 1 2 3 4; do
		"$BENCH/bench_append" "$LEDGER_URI" "$1" 60 25 >"$TMP/told.$p" 2>"$ERR" &
		pids+=($!)
	done
	for p in "${pids[@]}"; do wait "$p" || rc=1; done
	return $rc
}
several same
is 'four processes of one station append at once' $? 0
cat "$TMP"/told.[1-4] >"$TMP/told.same"
is 'and make one chain' "$(acknowledged same)$(wc -l <"$TMP/told.same")" 100
ok 'which is intact' wv ledger verify --station same

# An engine whose transactions are all serializable asks for some of them to be begun anew.
pg_sql "ALTER DATABASE shared SET default_transaction_isolation = 'serializable'"
several serial
is 'so they do where each transaction is serializable' $? 0
cat "$TMP"/told.[1-4] >"$TMP/told.serial"
is '... one chain' "$(acknowledged serial)$(wc -l <"$TMP/told.serial")" 100
is '... though the server refused some of them' "$(($(grep -c 'could not serialize access' "$PG/log") > 0))" 1
ok '... and intact' wv ledger verify --station serial
pg_sql 'ALTER DATABASE shared RESET default_transaction_isolation'

# ---- the connection is cut at each message, one after the other ------------------------------------

echo off >"$TMP/cut"
python3 tests/cli/pg_cut.py "$PG/.s.PGSQL.7777" "$PG/.s.PGSQL.$PG_PORT" "$TMP/cut" 2>/dev/null &
for _ in $(seq 50); do [ -S "$PG/.s.PGSQL.7777" ] && break; sleep 0.1; done
CUT_URI="postgresql://owner@/shared?host=$PG&port=7777"

# cut WAY: at the first, second, ... message, until none is left to be cut
cut_each() {
	local n rc lost='' failed=0
	for ((n = 1; n < 400; n++)); do
		rm -f "$TMP/cut.done"
		echo "$1 $n" >"$TMP/cut"
		"$BENCH/bench_append" "$CUT_URI" "cut-$1-$n" 60 2 >"$TMP/told.cut-$1-$n" 2>>"$TMP/said.cut-$1"
		rc=$?
		[ -e "$TMP/cut.done" ] || break
		lost+=$(acknowledged "cut-$1-$n")
		# a connection that is not there from the beginning is a failure, and nothing was added
		if [ $rc != 0 ]; then
			failed=$((failed + 1))
			[ -s "$TMP/told.cut-$1-$n" ] && lost+="failed after a record at $n "
		elif [ "$(wc -l <"$TMP/told.cut-$1-$n")" != 2 ]; then
			lost+="too few at $n "
		fi
	done
	CUTS=$((n - 1)) CUT_FAILED=$failed
	is "cut $1 at each of $CUTS messages: what was acknowledged is there once, and no other" "$lost" ''
	is "... $((CUTS - failed)) times the append went on, $failed times there was no beginning" "$((CUTS > 30 && CUTS - failed > 20))" 1
}
cut_each forth
cut_each back
ok 'all these chains are intact' wv ledger verify --all-stations
echo off >"$TMP/cut"

# ---- passwords ----------------------------------------------------------------------------------------

SECRET='Zw3i.Worte'
pg_sql "CREATE ROLE stations LOGIN PASSWORD '$SECRET'; GRANT USAGE ON SCHEMA workvol TO stations;
	GRANT SELECT, INSERT ON workvol.records TO stations; GRANT SELECT, INSERT, UPDATE ON workvol.heads, workvol.claims TO stations" || bail 'no role'
untold() {
	! grep -rqF "$SECRET" "$OUT" "$ERR" "$@"
}
for uri in "postgresql://stations:$SECRET@127.0.0.1:$PG_PORT/shared" "postgresql://stations@127.0.0.1:$PG_PORT/shared?password=$SECRET" \
	"postgresql://stations@127.0.0.1:$PG_PORT/shared?p%61ssword=$SECRET"; do
	not_ok_exit 1 'a URI with a password is refused' wv init "$TMP/spoken" --lab --ledger "$uri"
	ok '... without telling it' untold
	is '... and nothing is made' "$(ls "$TMP/spoken" 2>&1 | grep -c .)" 1
done
cp -a "$TMP/station" "$TMP/loud"
sed -i "s|^ledger = .*|ledger = postgresql://stations:$SECRET@127.0.0.1:$PG_PORT/shared|" "$TMP/loud/workvol.conf"
WORKVOL_POLICY=$TMP/loud/workvol.conf not_ok_exit 1 'so is a policy with one' wv policy
ok '... without telling it' untold
TCP_URI="postgresql://stations@127.0.0.1:$PG_PORT/shared?passfile=$TMP/pgpass"
(umask 077 && echo "127.0.0.1:$PG_PORT:shared:stations:wrong$SECRET" >"$TMP/pgpass")
not_ok_exit 1 'a wrong password is no station' wv init "$TMP/tcp" --lab --ledger "$TCP_URI" --station tcp
ok '... and not told' untold
echo "127.0.0.1:$PG_PORT:shared:stations:$SECRET" >"$TMP/pgpass"
ok 'over TCP, with a password from a file, and rights to add only' wv init "$TMP/tcp" --lab --ledger "$TCP_URI" --station tcp
ok 'its chain is intact' env WORKVOL_POLICY="$TMP/tcp/workvol.conf" "$WORKVOL" ledger verify
ok 'its policy is shown' env WORKVOL_POLICY="$TMP/tcp/workvol.conf" "$WORKVOL" policy
ok '... without the password, which is nowhere in the station' untold "$TMP/tcp"
is 'and not in the ledger' "$(pg_sql "SELECT count(*) FROM workvol.records WHERE convert_from(record, 'UTF8') LIKE '%$SECRET%'")" 0
pg_certificate stranger
tls() { # CA
	sed "s|^ledger = .*|ledger = $TCP_URI\&sslmode=verify-full\&sslrootcert=$PG/$1.crt|" "$TMP/tcp/workvol.conf" >"$TMP/tcp/tls.conf"
	wv --policy "$TMP/tcp/tls.conf" ledger verify
}
ok 'over TLS, with the server'\''s certificate checked' tls server
not_ok_exit 1 'a server with another certificate is not spoken to' tls stranger
ok '... and why' said 'certificate verify failed'
as_role() {
	PGPASSFILE=$TMP/pgpass "$_pg_bin/psql" -X -q -h 127.0.0.1 -p "$PG_PORT" -U stations -d shared -c "$1"
}
for sql in 'DELETE FROM workvol.records' "UPDATE workvol.records SET kind = 'x'" 'TRUNCATE workvol.records'; do
	not_ok_exit 1 "that role may not: $sql" as_role "$sql"
	ok '... the server says' grep -q 'permission denied' "$ERR"
done
not_ok_exit 1 'a name that is in use is refused' wv init "$TMP/again" --lab --ledger "$LEDGER_URI" --station desk
ok '... and why' said 'has a station desk already'
ok '... and nothing is left of it' test ! -e "$TMP/again"
pg_sql "CREATE FUNCTION workvol.no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''not now''; END';
	CREATE TRIGGER no BEFORE INSERT ON workvol.records FOR EACH ROW WHEN (NEW.station = 'late') EXECUTE FUNCTION workvol.no()" || bail 'no trigger'
not_ok_exit 1 'a first record that the ledger does not take' wv init "$TMP/late" --lab --ledger "$LEDGER_URI" --station late
pg_sql 'DROP TRIGGER no ON workvol.records; DROP FUNCTION workvol.no()' || bail 'the trigger stays'
ok '... leaves the key: the ledger may have kept what it did not answer for' cp "$TMP/late/keys/station.pub" "$TMP/late.pub"
ok '... the next init goes on' wv init "$TMP/late" --lab --ledger "$LEDGER_URI" --station late
ok '... with the same key' cmp "$TMP/late.pub" "$TMP/late/keys/station.pub"
not_ok_exit 1 'a station that is not there' wv ledger verify --station nobody
not_ok_exit 1 'where a file is the ledger there are no others to list' bash -c \
	"'$WORKVOL' --no-input init '$TMP/lone' --lab && WORKVOL_POLICY='$TMP/lone/workvol.conf' '$WORKVOL' list --all-stations"
not_ok_exit 1 '... nor to verify' bash -c \
	"'$WORKVOL' --no-input init '$TMP/file' --lab && WORKVOL_POLICY='$TMP/file/workvol.conf' '$WORKVOL' ledger verify --all-stations"

sql_of() { # the statements of a file, without what is only layout
	grep -oE 'CREATE (SCHEMA|TABLE) IF NOT EXISTS workvol[^;]*' "$1" | tr -s ' '
}
is 'the tables of the document are those of the module' "$(sql_of docs/postgresql.md)" \
	"$(tr -d '\n\t' <lib/ledger/postgresql/schema.c | sed 's/""//g; s/",/;/g' >"$TMP/schema" && sql_of "$TMP/schema")"

# ---- the main job, and two that return the same ----------------------------------------------------------

factors=(--key-file "$KEY" --passphrase-file "$PASS")
ok 'a volume is taken out' take_out "$TMP/v.img"
ok 'and seen' wv --json list
is '... as out' "$(out .state)" out
other() {
	WORKVOL_POLICY=$TMP/tcp/workvol.conf wv --json list "$@"
}
ok 'another station sees it, with whose it is' other --all-stations
is '... and its state' "$(out '.station, .state, .holder' | xargs)" 'desk out suzuki'
ok 'it has none of its own' other
is '... none' "$(wc -l <"$OUT")" 0
not_ok_exit 3 'a return waits for its approval' wv return "$TMP/v.img" "${factors[@]}"
cp -a "$TMP/station" "$TMP/twin" # the same station on another machine: papers and locks of its own
mkdir "$TMP/there" && cp -a "$TMP/v.img" "$TMP/there/v.img"
# The first one is stopped with its take-out claimed: somebody else holds the head of the chain.
return_there() {
	timeout 120 "$WORKVOL" --no-input return "$TMP/v.img" "${factors[@]}" --approve-with "$APPROVER"
}
activity() { # CONDITION: how many connections
	pg_sql "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND $1"
}
until_one() { # CONDITION
	local n=0
	for _ in $(seq 150); do
		n=$(activity "$1")
		[ "$n" = 1 ] && break
		sleep 0.1
	done
	echo "$n"
}
both() {
	pg_sql "BEGIN; SELECT seq FROM workvol.heads WHERE station = 'desk' FOR UPDATE; SELECT pg_sleep(15)" >/dev/null 2>&1 &
	until_one "wait_event = 'PgSleep'" >/dev/null
	{ return_there >"$TMP/first" 2>&1; echo $? >"$TMP/first.rc"; } &
	local first=$!
	held=$(until_one "state = 'idle in transaction' AND query LIKE '%workvol.claims%'")
	elsewhere 'mount --bind "$1/twin" "$1/station" && mount --bind "$1/there/v.img" "$1/v.img" && shift && exec timeout 60 "$@"' \
		"$TMP" "$WORKVOL" --no-input return "$TMP/v.img" "${factors[@]}" --approve-with "$APPROVER" >"$TMP/second" 2>&1
	echo $? >"$TMP/second.rc"
	pg_sql "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'" >/dev/null
	wait $first
}
both
is 'the one that came first holds the take-out on the server' "$held" 1
cp "$TMP/first" "$OUT" && cp "$TMP/second" "$ERR"
is 'of two returns of one take-out at once, one is refused' "$(cat "$TMP/second.rc")" 3
ok '... and says so' grep -q 'another workvol is at work on take-out' "$TMP/second"
is 'and the other one goes on to its end' "$(cat "$TMP/first.rc")" 0
is '... closed' "$(wv --json list | jq -r .state)" closed
ok 'the ledger is intact' wv ledger verify
ok 'a checkpoint is signed' wv ledger checkpoint "$TMP/point.json"
ok 'and held' wv ledger verify --checkpoint "$TMP/point.json"
ok 'a report is made' wv report --from "$(date -d '-1 day' +%F)" --to "$(date -d '+1 day' +%F)"
ok 'an inspector gets his bundle' wv inspect "$TMP/bundle"
ok '... and checks it without workvol' bash "$TMP/bundle/check.sh"
is 'the export is what the server has' "$(wv ledger export --station desk | sha256sum)" \
	"$(pg_sql "SELECT convert_from(record, 'UTF8') FROM workvol.records WHERE station = 'desk' ORDER BY seq" | sha256sum)"

# ---- other tests, with this ledger -------------------------------------------------------------------------

whole() {
	LEDGER_URI=$LEDGER_URI timeout 600 bash "tests/cli/test_$1.sh" >"$OUT" 2>"$ERR" && ! grep -q '^not ok' "$OUT"
}
for name in job incident; do
	whole "$name"
	is "test_$name.sh passes with it" $? 0
done
is 'their records are there' "$(($(pg_sql "SELECT count(*) FROM workvol.records WHERE station LIKE 'wv-test.%'") > 100))" 1

# ---- a claim whose connection is lost ---------------------------------------------------------------------

# A take-out is being returned; where it reads its passphrase it has not claimed it yet, but where it wipes it has. So:
# amend, which claims, is stopped at the head; then its claim is ended by the server, and somebody else claims.
ok 'another volume is taken out' take_out "$TMP/w.img"
ok 'and opened' open_volume "$TMP/w.img"
mkdir -p "$TMP/mnt/notes" && echo 1 >"$TMP/mnt/notes/a"
CLAIM="state = 'idle in transaction' AND query LIKE '%workvol.claims%'"
TAKEOUT=$(wv --json list | jq -r 'select(.state == "out").takeout')
lose_claim() { # SQL: what happens while its connection is gone
	pg_sql "BEGIN; SELECT seq FROM workvol.heads WHERE station = 'desk' FOR UPDATE; SELECT pg_sleep(15)" >/dev/null 2>&1 &
	until_one "wait_event = 'PgSleep'" >/dev/null
	{ wv amend "$TMP/w.img" notes/a --purpose 'a note' --sign-with "$HOLDER" >"$TMP/first" 2>&1; echo $? >"$TMP/first.rc"; } &
	local first=$!
	held=$(until_one "$CLAIM")
	pg_sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE $CLAIM" >/dev/null
	pg_sql "$1" >/dev/null
	pg_sql "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'" >/dev/null
	wait $first
}
lose_claim "UPDATE workvol.claims SET epoch = epoch + 1 WHERE station = 'desk' AND takeout = '$TAKEOUT'"
is 'one is at work on it' "$held" 1
is 'it is refused what it would add, once another one had the take-out meanwhile' "$(cat "$TMP/first.rc")" 3
ok '... and why' grep -q 'another workvol took over take-out' "$TMP/first"
lose_claim 'SELECT 1'
is 'where nobody had it, it goes on' "$(cat "$TMP/first.rc")" 0

# A station that loses its power ends no connection: the server has to ask whether it is there still.
sed "s|^ledger = .*|ledger = $TCP_URI|" "$TMP/station/workvol.conf" >"$TMP/station/tcp.conf"
amend_by_tcp() {
	WORKVOL_POLICY=$TMP/station/tcp.conf exec timeout -k 5 "$LIMIT" "$WORKVOL" --no-input \
		amend "$TMP/w.img" notes/a --purpose 'a note' --sign-with "$HOLDER"
}
echo 2 >"$TMP/mnt/notes/a"
lose_power() {
	pg_sql "BEGIN; SELECT seq FROM workvol.heads WHERE station = 'desk' FOR UPDATE; SELECT pg_sleep(15)" >/dev/null 2>&1 &
	until_one "wait_event = 'PgSleep'" >/dev/null
	(amend_by_tcp >"$TMP/first" 2>&1) &
	local first=$!
	held=$(until_one "$CLAIM")
	python3 tests/cli/pg_vanish.py "$(pgrep -P $first)" >"$TMP/vanished"
	pg_sql "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'" >/dev/null
	wait $first
}
lose_power
is 'one that works on it vanishes, with two connections' "$held $(wc -l <"$TMP/vanished")" '1 2'
not_ok_exit 3 'its take-out is held for it' wv amend "$TMP/w.img" notes/a --purpose 'a note' --sign-with "$HOLDER"
for _ in $(seq 120); do [ "$(activity "$CLAIM")" = 0 ] && break; sleep 0.5; done
is 'until the server asked after it' "$(activity "$CLAIM")" 0
ok 'then it goes on elsewhere' wv amend "$TMP/w.img" notes/a --purpose 'a note' --sign-with "$HOLDER"
ok 'the volume is closed' wv close "$TMP/w.img"
ok 'and the ledger is intact' wv ledger verify

# ---- a server that is away, a module that is not there --------------------------------------------------

pg_kill
begin=$SECONDS
not_ok_exit 1 'a server that is not there is said to be away' wv list
is '... at once' "$((SECONDS - begin < 10))" 1
ok '... by its name' said "ledger postgresql://owner@/shared"
pg_restart
ok 'and when it is back, all is there' wv ledger verify --checkpoint "$TMP/point.json"
mkdir "$TMP/bin"
cp "$WORKVOL" "$TMP/bin/workvol"
not_ok_exit 1 'without its module' "$TMP/bin/workvol" list
is '... workvol says what is missing' "$(cat "$ERR")" \
	'workvol: there is no workvol-postgresql.so, which this ledger needs: it is installed with workvol'
cp "$(dirname "$WORKVOL")/workvol-postgresql.so" "$TMP/bin"
ok 'beside the program it is found' "$TMP/bin/workvol" list
chmod o+w "$TMP/bin/workvol-postgresql.so"
not_ok_exit 3 'one that others could write is not loaded' "$TMP/bin/workvol" list
chmod o-w "$TMP/bin/workvol-postgresql.so"
chmod o+w "$TMP/bin"
not_ok_exit 3 'nor from a directory that they could' "$TMP/bin/workvol" list
echo "1..$_n"
