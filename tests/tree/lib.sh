# SPDX-License-Identifier: GPL-2.0-or-later
# lib.sh - what the tests of this directory share, sourced by each: they run at the
# root of the tree, and tell their results as TAP
# shellcheck shell=bash
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
B=${B:-build/release}
n=0 bad=0

# In $tmp, a directory of the test's own.
scratch() {
	tmp=$(mktemp -d) || exit 1
	trap 'rm -rf "$tmp"' EXIT
}

result() { # SENTENCE RC OUTPUT
	n=$((n + 1))
	if [ "$2" = 0 ]; then echo "ok $n - $1"; else
		bad=1
		printf 'not ok %d - %s\n' $n "$1"
		printf '%s\n' "$3" | tail -n 30 | sed 's/^/# /'
	fi
}

ok() { # SENTENCE FINDINGS: none, and it is
	local rc=0
	[ -z "$2" ] || rc=1
	result "$1" $rc "$2"
}

try() { # SENTENCE COMMAND...
	local what=$1 out rc
	shift
	out=$("$@" 2>&1)
	rc=$?
	result "$what" $rc "$out"
}

skip() { # SENTENCE WHY
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# The last command of each.
finish() {
	echo "1..$n"
	exit $bad
}
