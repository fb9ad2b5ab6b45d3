# SPDX-License-Identifier: GPL-2.0-or-later
#
# lib-postgresql.sh - a PostgreSQL server of this test alone; after lib.sh:
#
#	pg_needed || exit          says why it is skipped where there is no PostgreSQL
#	pg_start                   a new cluster on a socket below PG; 127.0.0.1 with PG_PORT=N, where
#	                           TLS is offered, by the certificate PG/server.crt
#	pg_database NAME           a database, and LEDGER_URI leads to it
#	pg_kill, pg_restart        kill -9 of the postmaster, and up again
#	pg_sql SQL                 as its owner, in the last database: tuples only
#
# PG lies on a disk: below PG_DIR (/var/tmp). Settings are Debian's: fsync is on.
PG= PG_PID= PG_DATABASE=
_pg_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)

pg_needed() {
	if [ -z "$_pg_bin" ] || ! [ -x "$_pg_bin/initdb" ]; then
		skip "${1:-a shared ledger on PostgreSQL}" 'no PostgreSQL server (package postgresql)'
		echo "1..$_n"
		return 1
	elif [ "$(id -u)" != 0 ]; then
		skip "${1:-a shared ledger on PostgreSQL}" 'needs root, to start the server as somebody else'
		echo "1..$_n"
		return 1
	fi
}

# The server refuses to run as root.
_pg_user=$(id -un postgres 2>/dev/null || echo nobody)
_as_pg=(setpriv --reuid="$_pg_user" --regid="$(id -gn "$_pg_user")" --clear-groups
	env -i PATH="$_pg_bin:/usr/bin:/bin" LC_ALL=C.UTF-8 TZ=UTC)

# A kill of the whole group would leave nothing; what a killed postmaster leaves ends by itself.
_pg_stop() {
	[ -n "$PG_PID" ] && kill -QUIT "$PG_PID" 2>/dev/null
	for _ in $(seq 100); do
		[ -n "$PG" ] && [ -n "$(_pg_left)" ] || break
		sleep 0.1
	done
	[ -z "$PG" ] || rm -rf --one-file-system "$PG"
	PG='' PG_PID=''
}
trap '_pg_rc=$?; _pg_stop; (exit $_pg_rc); _cleanup' EXIT

# Its processes that still run, whoever their parent is.
_pg_left() {
	local cwd
	for cwd in /proc/[0-9]*/cwd; do
		[ "$(readlink "$cwd" 2>/dev/null)" = "$PG/data" ] && echo "${cwd//[!0-9]/}"
	done
}

_pg_up() {
	local try
	: >>"$PG/log"
	for try in $(seq 300); do
		if [ -z "$PG_PID" ] || ! kill -0 "$PG_PID" 2>/dev/null; then
			"${_as_pg[@]}" "$_pg_bin/postgres" -D "$PG/data" -k "$PG" -c listen_addresses="${PG_PORT:+127.0.0.1}" \
				-c port="${PG_PORT:-5432}" "${_pg_tls[@]}" </dev/null >>"$PG/log" 2>&1 &
			PG_PID=$!
		fi
		"${_as_pg[@]}" "$_pg_bin/pg_isready" -q -h "$PG" -p "${PG_PORT:-5432}" && return 0
		sleep 0.1
	done
	cat "$PG/log" >"$ERR"
	return 1
}

# pg_certificate NAME: PG/NAME.crt and .key, of 127.0.0.1, signed by itself
_pg_tls=()
pg_certificate() {
	"${_as_pg[@]}" openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 7 -subj "/CN=$1" \
		-addext subjectAltName=IP:127.0.0.1 -keyout "$PG/$1.key" -out "$PG/$1.crt" >"$OUT" 2>"$ERR" || bail 'no certificate'
	_pg_tls=(-c ssl=on -c ssl_cert_file="$PG/server.crt" -c ssl_key_file="$PG/server.key")
}

pg_start() {
	PG=$(mktemp -d "${PG_DIR:-/var/tmp}/wv-pg.XXXXXX") || bail 'no directory for PostgreSQL'
	chown "$_pg_user" "$PG" && chmod 711 "$PG"
	(cd / && "${_as_pg[@]}" "$_pg_bin/initdb" -D "$PG/data" -U owner --auth-local=trust --auth-host=scram-sha-256 \
		--encoding=UTF8 --locale=C.UTF-8) >"$OUT" 2>"$ERR" </dev/null || bail 'initdb failed'
	[ -z "${PG_PORT:-}" ] || pg_certificate server
	_pg_up || bail 'PostgreSQL does not start'
}

pg_kill() {
	[ "$(head -n 1 "$PG/data/postmaster.pid")" = "$PG_PID" ] || bail "PostgreSQL is not the process $PG_PID"
	kill -KILL "$PG_PID" || bail 'PostgreSQL was not there to be killed'
	wait "$PG_PID" 2>/dev/null
	PG_PID=
}

pg_restart() {
	_pg_up || bail 'PostgreSQL does not start again'
}

pg_sql() {
	"${_as_pg[@]}" "$_pg_bin/psql" -X -q -A -t -v ON_ERROR_STOP=1 -h "$PG" -p "${PG_PORT:-5432}" -U owner -d "${PG_DATABASE:-postgres}" -c "$1"
}

# The whole file of statements on stdin, in one transaction.
pg_script() {
	"${_as_pg[@]}" "$_pg_bin/psql" -X -q -1 -v ON_ERROR_STOP=1 -h "$PG" -p "${PG_PORT:-5432}" -U owner -d "$PG_DATABASE" -f -
}

pg_database() {
	PG_DATABASE=postgres
	pg_sql "CREATE DATABASE $1" >"$OUT" 2>"$ERR" || bail "no database $1"
	PG_DATABASE=$1
	LEDGER_URI="postgresql://owner@/$1?host=$PG"
}
