#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# symbols.sh - the shared library exports the functions of workvol.h, and nothing else
. "$(dirname "$0")/lib.sh"
scratch

# a prototype's name is what stands before the first parenthesis of its line
${CC:-gcc} -fpreprocessed -dD -E lib/workvol.h 2>/dev/null |
	grep -oE '^[a-z][a-z0-9_ ]*[ *](wv_[a-z0-9_]+)\(' | grep -v '^typedef' |
	sed -E 's/.*[ *](wv_[a-z0-9_]+)\($/\1/' | sort -u >"$tmp/header"
nm -D --defined-only "$B/libworkvol.so.0" | awk '$2 ~ /[TDBRVWi]/ {print $3}' |
	sed 's/@.*//' | grep -v '^LIBWORKVOL_' | sort -u >"$tmp/exported"
grep -rhoE --include='*.c' '^WV_API .*' -A1 lib | tr '\n' ' ' | grep -oE 'wv_[a-z0-9_]+ *\(' |
	tr -d ' (' | sort -u >"$tmp/marked"

ok 'workvol.h has functions' "$([ "$(wc -l <"$tmp/header")" -gt 40 ] || cat "$tmp/header")"
ok 'every function of workvol.h is exported' "$(comm -23 "$tmp/header" "$tmp/exported")"
ok 'nothing else is exported' "$(comm -13 "$tmp/header" "$tmp/exported")"
ok 'every public function has WV_API' "$(comm -23 "$tmp/header" "$tmp/marked")"
ok 'what has WV_API is in workvol.h' "$(comm -13 "$tmp/header" "$tmp/marked")"
ok 'the soname is libworkvol.so.0' \
	"$(readelf -d "$B/libworkvol.so.0" | grep -q 'soname: \[libworkvol.so.0\]' || echo 'it is not')"
module=$B/workvol-postgresql.so
ok 'the module exports its table, and nothing else' "$(nm -D --defined-only "$module" | awk '$2 ~ /[TDBRVWi]/ {print $3}' |
	grep -vx wv_store_module)"
ok 'and that table it has' "$(nm -D --defined-only "$module" | grep -q ' wv_store_module$' || echo 'it has not')"
needs() {
	readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'
}
ok 'only the module needs libpq' "$(for f in "$B/workvol" "$B/workvol-render" "$B/libworkvol.so.0"; do
	needs "$f" | grep -q libpq && echo "$f"; done; needs "$module" | grep -q libpq || echo "$module does not")"
finish
