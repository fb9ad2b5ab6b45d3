#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_tamper.sh - what an insider with all rights on the store can do to the
# records is found, and named: one table, for the file and for the shared server
. "$(dirname "$0")/lib.sh"
. tests/cli/lib-postgresql.sh

# ---- the two stores, as their owner sees them: a table `records`, and what is beside it ----

# store_begin NAME: a station on a new store, with a take-out and a checkpoint
store_begin() {
	STORE_NAME=$1
	export WORKVOL_POLICY=
	rm -rf "$TMP/station" "$TMP/keys" "$TMP/server" "$TMP/declaration" "$TMP"/*.img "$TMP"/*.json*
	if [ "$1" = postgresql ]; then
		pg_start
		pg_database tamper
		station --ledger "$LEDGER_URI"
	else
		station
	fi
	LEDGER=$TMP/station/state/ledger.db
	must take_out "$TMP/volume.img"
	must wv ledger checkpoint "$TMP/point.json"
	must wv incident list
	must wv check "$TMP/volume.img" --key-file "$KEY" --passphrase-file "$PASS"
	LAST=$(wv --json ledger verify | jq .records)
	if [ "$1" = postgresql ]; then
		must pg_sql 'CREATE SCHEMA good; CREATE TABLE good.records AS SELECT * FROM workvol.records;
			CREATE TABLE good.heads AS SELECT * FROM workvol.heads'
	else
		cp "$LEDGER" "$TMP/good.db"
	fi
}

restore() {
	if [ $STORE_NAME = postgresql ]; then
		must pg_sql 'TRUNCATE workvol.records, workvol.heads;
			INSERT INTO workvol.records SELECT * FROM good.records;
			INSERT INTO workvol.heads SELECT * FROM good.heads'
	else
		rm -f "$LEDGER"*
		must cp "$TMP/good.db" "$LEDGER"
	fi
}

# Statements on stdin. COPY stands for the columns of a row behind its number, REPLACE(a, b) for the
# record with a word put in another's place, HEAD for what moves the chain's head to the last record.
sql() {
	if [ $STORE_NAME = postgresql ]; then
		{
			echo 'SET search_path TO workvol;'
			sed -E "s/COPY/station, kind, takeout, hash, record/g; s/COLUMNS/(seq, station, kind, takeout, hash, record)/g
				s/REPLACE\(('[^']*'), ('[^']*')\)/convert_to(replace(convert_from(record, 'UTF8'), \1, \2), 'UTF8')/g
				s/HEAD/UPDATE heads SET (seq, hash) = (SELECT seq, hash FROM records ORDER BY seq DESC LIMIT 1)/
				s/x'([0-9a-f]*)'/'\\\\x\1'/g"
		} | pg_script
	else
		sed -E "s/COPY/kind, takeout, hash, record/g; s/COLUMNS/(seq, kind, takeout, hash, record)/g
			s/REPLACE\(('[^']*'), ('[^']*')\)/CAST(replace(CAST(record AS TEXT), \1, \2) AS BLOB)/g
			s/HEAD//" | sqlite3 -bail "$LEDGER"
	fi
}

# ---- tampering with rows ---------------------------------------------------------------------

# tampered SENTENCE FIRST-BAD WHY SQL [VERIFY-OPTION...]; the first record is looked at when the ledger is opened
tampered() {
	local what=$1 first=$2 why=$3 statements=$4
	shift 4
	restore
	must bash_sql "$statements"
	not_ok_exit 4 "$STORE_NAME: $what is found" wv --json ledger verify "$@"
	[ "$first" = opening ] || is "... and the record named" \
		"$(head -n 1 "$OUT" | jq -r '.status, .first_bad' | xargs)" "broken $first"
	ok "... and what was done: $why" grep -qF "$why" "$OUT"
}

bash_sql() {
	sql <<<"$1"
}

tamper_rows() {
	local l=$LAST
	tampered 'an edited record' 4 'its hash differs' "UPDATE records SET record = REPLACE('\"time\":\"2', '\"time\":\"3') WHERE seq = 4"
	tampered 'an edited record with another hash' opening 'record 1 was changed: its hash differs' \
		"UPDATE records SET record = REPLACE('\"lab\":true', '\"lab\":null'), hash = (SELECT hash FROM records WHERE seq = 2) WHERE seq = 1"
	tampered 'a kind that the row says and the record does not' 5 'filed under another kind' \
		"UPDATE records SET kind = 'takeout.closed' WHERE seq = 5"
	tampered 'a deleted record' 3 'a record is missing here' 'DELETE FROM records WHERE seq = 3'
	tampered 'a deleted first record' opening 'its first record is gone' 'DELETE FROM records WHERE seq = 1'
	tampered 'a deleted record, the rest renumbered' 3 'a record is missing here, and the rest renumbered' \
		'DELETE FROM records WHERE seq = 3; UPDATE records SET seq = -seq WHERE seq > 3; UPDATE records SET seq = -seq - 1 WHERE seq < 0; HEAD'
	tampered 'a record put in, the rest renumbered' 4 'an older record stands in this place' \
		'UPDATE records SET seq = -seq WHERE seq > 3; INSERT INTO records COLUMNS SELECT 4, COPY FROM records WHERE seq = 2; UPDATE records SET seq = -seq + 1 WHERE seq < 0; HEAD'
	tampered 'a record put in at the end' $((l + 1)) 'an older record stands in this place' \
		"INSERT INTO records COLUMNS SELECT $((l + 1)), COPY FROM records WHERE seq = 3; HEAD"
	tampered 'a record put in before the first' 1 'has a number that cannot be' \
		'INSERT INTO records COLUMNS SELECT -5, COPY FROM records WHERE seq = 3'
	tampered 'two records that changed places' 3 'missing here, and the rest renumbered' \
		'UPDATE records SET seq = 9999 WHERE seq = 3; UPDATE records SET seq = 3 WHERE seq = 4; UPDATE records SET seq = 4 WHERE seq = 9999'
	tampered 'a truncated ledger, by the checkpoint' 5 'the tail was cut off' 'DELETE FROM records WHERE seq > 4; HEAD' --checkpoint "$TMP/point.json"
	restore
	must bash_sql "UPDATE records SET record = REPLACE('takeout.out', 'takeout.0ut'), kind = 'takeout.0ut' WHERE kind = 'takeout.out'"
	not_ok_exit 4 "$STORE_NAME: nothing is done with a volume whose records were tampered with" \
		wv check "$TMP/volume.img" --key-file "$KEY" --passphrase-file "$PASS"
}

# ---- the whole chain written anew, as one does who knows how it is made ------------------------

# anew PYTHON: the statements that put these records in place of all
anew() {
	wv ledger export | python3 -c '
import hashlib, json, sys
records = [json.loads(line) for line in sys.stdin]
exec(sys.argv[1])
print("DELETE FROM records;")
prev = "0" * 64
for seq, record in enumerate(records, 1):
    record.update(seq=seq, prev=prev)
    text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    prev = hashlib.sha256(text).hexdigest()
    takeout = "NULL" if record["takeout"] is None else "\x27%s\x27" % record["takeout"]
    row = "%d, %s\x27%s\x27, %s, \x27%s\x27, x\x27%s\x27" % (
        seq, sys.argv[2], record["kind"], takeout, prev, text.hex())
    print("INSERT INTO records COLUMNS VALUES (%s);" % row)
print("HEAD;")
' "$1" "$([ $STORE_NAME = postgresql ] && echo "'${TMP##*/}', ")"
}

# rebuilt SENTENCE PYTHON WHY
rebuilt() {
	restore
	anew "$2" >"$TMP/anew.sql" || bail "cannot rebuild: $2"
	must bash_sql "$(cat "$TMP/anew.sql")"
	ok "$STORE_NAME: $1: the chain alone does not show it" wv ledger verify
	not_ok_exit 4 "$STORE_NAME: $1: a checkpoint that was kept elsewhere does" wv --json ledger verify --checkpoint "$TMP/point.json"
	ok "... and what was done: $3" grep -qF "$3" "$OUT"
}

tamper_whole() {
	rebuilt 'a shorter ledger that is valid in itself' 'records = records[:3]' 'the tail was cut off'
	rebuilt 'a record left out' 'del records[2]' 'written anew'
	rebuilt 'a record put in' 'records.insert(3, dict(records[3]))' 'written anew'
	rebuilt 'an edited record' 'records[3]["body"]["note"] = "x"' 'written anew'
	rebuilt 'two records that changed places' 'records[2], records[3] = records[3], records[2]' 'written anew'
	rebuilt 'a record dated back' 'records[1]["time"] = "2020-01-01T00:00:00Z"' 'written anew'
	run wv --json ledger verify
	is '... which is named without one, too' "$(out .back_dated)" 2
	restore
	[ -e "$TMP/stranger" ] || must ssh-keygen -q -t ed25519 -N '' -f "$TMP/stranger"
	cp "$TMP/point.json" "$TMP/resigned.json"
	rm -f "$TMP/resigned.json.sig"
	must ssh-keygen -q -Y sign -f "$TMP/stranger" -n workvol-checkpoint "$TMP/resigned.json"
	not_ok_exit 4 "$STORE_NAME: a checkpoint that another key signed proves nothing" wv ledger verify --checkpoint "$TMP/resigned.json"
	ok '... and why is said' said 'is not in the roster'
	sed 's/"size":[0-9]*/"size":1/' "$TMP/point.json" >"$TMP/forged.json"
	cp "$TMP/point.json.sig" "$TMP/forged.json.sig"
	not_ok_exit 4 "$STORE_NAME: a checkpoint that was changed proves nothing" wv ledger verify --checkpoint "$TMP/forged.json"
	restore
	ok "$STORE_NAME: what was put back is intact" wv ledger verify --checkpoint "$TMP/point.json"
}

# ---- where the head of the chain is a row beside the records --------------------------------------

tamper_head() {
	tampered 'a truncated ledger, by the head that was left alone' 5 'names a later record: the tail was cut off' 'DELETE FROM records WHERE seq > 4'
	tampered 'an emptied ledger, by the head that was left alone' opening 'its first record is gone' 'DELETE FROM records'
	tampered 'a head set back' 4 "behind the chain's head" \
		"UPDATE heads SET seq = 3, hash = (SELECT hash FROM records WHERE seq = 3)"
	tampered 'a head with another hash' "$LAST" "not the record that the chain's head names" \
		"UPDATE heads SET hash = (SELECT hash FROM records WHERE seq = 3)"
	not_ok_exit 4 '... and nothing is added to such a chain' wv incident open "$TMP/volume.img" 'seen'
	tampered 'a cut tail' 5 'the tail was cut off' 'DELETE FROM records WHERE seq > 4' --checkpoint "$TMP/point.json"
	restore
	must bash_sql 'DELETE FROM heads'
	not_ok_exit 4 'a head that is gone while its records are there is found' wv ledger verify
	ok '... and said' said 'the head'
	restore
	must bash_sql 'CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
		CREATE TRIGGER t BEFORE INSERT ON records FOR EACH ROW EXECUTE FUNCTION swallow()'
	not_ok_exit 1 'a record that a trigger swallowed is not acknowledged' wv incident open "$TMP/volume.img" 'seen'
	must bash_sql 'DROP TRIGGER t ON records'
	ok 'and without it the chain goes on, intact' wv ledger verify
}

store_begin sqlite
tamper_rows
tamper_whole
if pg_needed 'the same table, on PostgreSQL'; then
	store_begin postgresql
	tamper_rows
	tamper_whole
	tamper_head
	echo "1..$_n"
fi
