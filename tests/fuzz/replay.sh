#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# replay.sh PROGRAM CORPUS - run a fuzz target once over each file of its kept
# corpus; one line of TAP a file.
set -u
program=$1 corpus=$2
n=0 rc=0
for file in "$corpus"/*; do
	[ -e "$file" ] || continue
	n=$((n + 1))
	if output=$(timeout 60 "$program" "$file" 2>&1); then
		echo "ok $n - $(basename "$program") takes ${file##*/}"
	else
		echo "not ok $n - $(basename "$program") takes ${file##*/}"
		printf '%s\n' "$output" | tail -30 | sed 's/^/# /'
		rc=1
	fi
done
echo "1..$n"
[ $n -gt 0 ] && exit $rc
echo "not ok - $corpus is empty"
exit 1
