#!/usr/bin/env bash
# summary.sh LOGDIR... - one line over all suites: N passed, N failed, N skipped
set -u
passed=0 failed=0 skipped=0
for dir in "$@"; do
	for f in "$dir"/*.log; do
		[ -e "$f" ] || continue
		s=$(grep -ac '^ok .*# *SKIP' "$f")
		p=$(grep -ac '^ok ' "$f")
		n=$(grep -ac '^not ok' "$f")
		passed=$((passed + p - s)) failed=$((failed + n)) skipped=$((skipped + s))
		if [ "$n" != 0 ]; then echo "failed in ${f#"$PWD"/}:"; grep -a '^not ok' "$f" | head -5; fi
	done
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ] && [ $passed != 0 ]
