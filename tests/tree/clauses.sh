#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# clauses.sh - docs/clauses.md names, for each clause of the annex that can be enforced
# or leave evidence, commands that there are and tests that use them
. "$(dirname "$0")/lib.sh"
page=docs/clauses.md

# CLAUSE LEVEL, of the annex: E it can be enforced, V it can leave evidence; what can only be reminded of is not here
annex='S2 V
S3-1 V
S3-2 E
S3-3 E
S3-4 V, E
S5 V
S7 V
S8 V
S9-1 V
S9-2 V
S9-3 V
S10 V
S12 E
R2-2 V
R3-1 E, V
R3-2 E, V
R3-3 E
R3-5 E
R3-6 E, V
R4-1 E
R4-2 E
R4-3 V
R5-6 E
R6-2 E
R7 E'
not_built='R5-6
R6-2
S3-2, closed when idle'

# A line each: CLAUSE|LEVEL|COMMANDS|TESTS
rows=$(sed '1,/^## What proves it/d' "$page" | grep '^| [SR][0-9]' | sed 's/^| //; s/ |$//; s/ | /|/g')
verbs() { # COMMAND: what its help has as its first word, or its usage between bars
	"$B/workvol" help "$1" 2>/dev/null | tr '|' '\n' | grep -oE '^ *[a-z]+|[a-z]+$' | tr -d ' '
}
has() { # COMMAND [VERB]
	"$B/workvol" help "$1" >/dev/null 2>&1 || return
	[ $# = 1 ] || { verbs "$1"; "$B/workvol" help "$1" | sed -n 's/^usage: .*\] //p' | tr '| ' '\n\n'; } | grep -qx -- "$2"
}
# TEST COMMAND...: it uses one of them, in C by the library's name of it, in sh also by what lib.sh has
uses() {
	local test=$1 command
	shift
	for command; do
		case $test in
		*.c) grep -q "_${command// /_}" "$test" && return ;;
		*) case $command in
			prepare) command='(prepare|take_out)' ;;
			open) command='(open|open_volume)' ;;
			esac
			grep -v '^ *#' "$test" | grep -qE "(^|[ (\`])$command( |\$)" && return ;;
		esac
	done
	return 1
}

ok 'each clause has its row, with its level' \
	"$(diff <(sed 's/ /|/' <<<"$annex" | sort) <(grep -v ',[^|]*|[EV]|open' <<<"$rows" | cut -d '|' -f 1,2 | sort))"
ok 'what is not built says open, and nothing else does' \
	"$(diff <(sort <<<"$not_built") <(grep -E '\|open(\||$)' <<<"$rows" | cut -d '|' -f 1 | sort))"
ok 'where one says open, both do' "$(grep -E '\|open(\||$)' <<<"$rows" | grep -v '|open|open$')"
ok 'each command is one, and so is its verb' "$(cut -d '|' -f 3 <<<"$rows" | grep -oE '`[^`]+`' | tr -d '`' | sort -u |
	while read -r words; do
		# shellcheck disable=SC2086
		has $words || echo "$words"
	done)"
ok 'each row has commands, and tests' "$(grep -v '|open|open$' <<<"$rows" | grep -vE '\|`[a-z `,]+`\|tests/')"
ok 'each test is there, and uses a command of its row' "$(grep -v '|open|open$' <<<"$rows" | while IFS='|' read -r clause _ commands tests; do
	mapfile -t words < <(grep -oE '`[^`]+`' <<<"$commands" | tr -d '`')
	for test in ${tests//,/ }; do
		[ -f "$test" ] || { echo "$clause: there is no $test"; continue; }
		uses "$test" "${words[@]}" || grep -qw -- "$clause" "$test" || echo "$clause: $test has none of ${words[*]}"
	done
done)"
finish
