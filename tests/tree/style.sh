#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# style.sh - what no compiler sees: lengths, licences, blanks, paths of a build machine
set -u
cd "$(dirname "$0")/../.." || exit 1
n=0 bad=0
ok() { # SENTENCE FINDINGS
	n=$((n + 1))
	if [ -z "$2" ]; then echo "ok $n - $1"; else
		bad=1
		printf 'not ok %d - %s\n' $n "$1"
		printf '%s\n' "$2" | head -30 | sed 's/^/# /'
	fi
}
mapfile -t files < <({ git ls-files 2>/dev/null || find . -type f -not -path './build/*' -not -path './.git/*'; } |
	grep -v '^tests/fuzz/corpus/' | while read -r f; do [ -f "$f" ] && echo "$f"; done)
mapfile -t sources < <(printf '%s\n' "${files[@]}" | grep -E '^(lib|cli)/.*\.[ch]$')
mapfile -t text < <(printf '%s\n' "${files[@]}" | grep -vE '^COPYING|\.(bin|gz|img|png)$')

# spelt so that this file does not find itself
ok 'no path of a build machine' "$(grep -nIE '(^|[^A-Za-z0-9._])/(work''|farm''|tmp/brief'')/' "${text[@]}")"
ok 'no blanks at the end of a line' "$(grep -nIE '[[:blank:]]+$' "${text[@]}" | cut -c 1-120)"
ok 'every file ends with a newline' "$(for f in "${text[@]}"; do
	[ ! -s "$f" ] || [ -z "$(tail -c 1 "$f" | tr -d '\n' | tr '\0' x)" ] || echo "$f"; done)"
ok 'no file of lib or cli has more than 500 lines' \
	"$(wc -l "${sources[@]}" | awk '$1 > 500 && $2 != "total" && $2 != "lib/workvol.h"')"
ok 'every source of the library is under the LGPL' \
	"$(for f in $(printf '%s\n' "${sources[@]}" | grep ^lib/); do
		head -n 1 "$f" | grep -q 'SPDX-License-Identifier: LGPL-2.1-or-later' || echo "$f"; done)"
ok 'every source of the command line and the tests is under the GPL' \
	"$(for f in $(printf '%s\n' "${files[@]}" | grep -E '^(cli|tests)/.*\.[ch]$'); do
		head -n 1 "$f" | grep -q 'SPDX-License-Identifier: GPL-2.0-or-later' || echo "$f"; done)"
ok 'every source says in its first comment what it is' \
	"$(for f in "${sources[@]}"; do
		sed -n 2,4p "$f" | grep -qF -- "$(basename "$f") - " || echo "$f"; done)"
echo "1..$n"
exit $bad
