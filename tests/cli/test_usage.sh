#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# test_usage.sh - the command line itself: what it refuses, and how it says so
. "$(dirname "$0")/lib.sh"

ok 'help lists the commands' wv help
ok 'help says what a take-out needs' said 'handover'
ok '--help is help' wv --help
ok '--version names a version' wv --version
ok 'the version is a number' grep -qE '^workvol [0-9]+\.[0-9]+\.[0-9]+$' "$OUT"

commands=$(wv help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
all_help() {
	local c
	for c in $commands; do
		wv help "$c" | grep -q "^usage: workvol $c" || { echo "$c"; return 1; }
		wv "$c" --help | cmp - <(wv help "$c") || { echo "$c"; return 1; }
	done
}
ok 'every command explains itself, by help and by --help' all_help
narrow() {
	local c
	for c in '' $commands; do
		wv help $c | awk 'length > 90 {print; bad = 1} END {exit bad}' || return 1
	done
}
ok 'no line of help is longer than 90 columns' narrow

unknown_option() {
	local c
	for c in $commands; do
		wv "$c" --no-such-option 2>"$TMP/said"
		[ $? = 2 ] || { echo "$c"; return 1; }
		grep -q "unknown option --no-such-option; see workvol help $c" "$TMP/said" ||
			{ echo "$c"; return 1; }
		[ "$(wc -l <"$TMP/said")" = 1 ] || { echo "$c says more than a sentence"; return 1; }
	done
}
ok 'every command refuses an unknown option with exit 2 and one sentence' unknown_option
too_few() {
	local c
	for c in factor declare prepare handover approve open close check amend sync return wipe \
		verify incident certificate ledger receipt insert; do
		wv "$c" >/dev/null 2>&1
		[ $? = 2 ] || { echo "$c"; return 1; }
	done
}
ok 'a missing argument is exit 2' too_few
too_many() {
	local c
	for c in methods devices list policy; do
		wv "$c" extra >/dev/null 2>&1
		[ $? = 2 ] || { echo "$c"; return 1; }
	done
	wv close a b >/dev/null 2>&1
	[ $? = 2 ]
}
ok 'an argument too many is exit 2' too_many

not_ok_exit 2 'no command is exit 2' wv
not_ok_exit 2 'an unknown command is exit 2' wv burn
ok 'and says where help is' said 'there is no command burn; see workvol help'
not_ok_exit 2 'a command misspelt is exit 2' wv prepaer
ok 'and the one that was meant is named' said 'there is no command prepaer: did you mean prepare; see workvol help'
not_ok_exit 2 'help for a misspelt command is exit 2' wv help retrun
ok 'and names it too' said 'did you mean return'
not_ok_exit 2 'a name longer than any is exit 2' wv "$(printf 'x%.0s' {1..5000})"
not_ok_exit 2 'help for an unknown command is exit 2' wv help burn
not_ok_exit 2 'an option without its argument is exit 2' wv wipe x --method
not_ok_exit 2 'a flag with an argument is exit 2' wv wipe x --dry-run=yes
not_ok_exit 2 'a size that is none is exit 2' wv wipe x --length 4Q
not_ok_exit 2 'a size beyond 64 bits is exit 2' wv wipe x --length 99999999999T
not_ok_exit 2 'a negative size is exit 2' wv wipe x --length -1
not_ok_exit 2 'a descriptor that is none is exit 2' wv factor derive x --key-file k --fd two
not_ok_exit 2 'an unknown --progress is exit 2' wv --progress=loud methods
not_ok_exit 2 'quiet and verbose at once is exit 2' wv -q -v methods
not_ok_exit 2 'an unknown verb is exit 2' wv ledger burn
not_ok_exit 2 'a verb with too many arguments is exit 2' wv ledger verify x
not_ok_exit 2 'verify wants one thing to compare with' wv verify x
not_ok_exit 2 'and not two' wv verify x --certificate c --pattern zero
not_ok_exit 2 'factor derive does not print a secret' wv factor derive x --key-file k

not_ok_exit 2 'with --json a wrong command line is an object' wv --json wipe
is 'with a code and a message' "$(out '.error.code + ": " + (.error.message | type)')" 'USAGE: string'
not_ok_exit 2 'bytes that are no UTF-8 stay valid JSON' wv --json "$(printf 'b\xffd\x1b"\\')"
ok 'as jq reads it' jq -e .error.message "$OUT"
not_ok_exit 2 'escape sequences do not reach the terminal' wv "$(printf 'a\x1b[31mb')"
ok 'they are question marks' said 'there is no command a?[31mb'

not_ok_exit 1 'a policy that is not there is exit 1' wv --policy "$TMP/none.conf" list
ok 'named in one sentence' said "$TMP/none.conf"
not_ok_exit 1 'and with --json an object' wv --json --policy "$TMP/none.conf" list
is 'with the errno as its code' "$(out .error.code)" ENOENT

ok 'the methods are listed' wv methods
ok 'in 80 columns' awk 'length > 80 {bad = 1} END {exit bad}' "$OUT"
ok 'with --json one object a line' wv --json methods
ok 'each with name and passes' jq -e '.name and .passes' "$OUT"
ok 'options may stand after the command too' wv methods --json
closed_reader() {
	wv help | head -n 1 >/dev/null
	[ "${PIPESTATUS[0]}" = 0 ]
}
ok 'a reader who leaves early is no failure' closed_reader
not_ok_exit 1 'a full disk under the result is one' bash -c "'$WORKVOL' help >/dev/full"

# Nobody at the terminal, and no --yes: nothing happens.
station
must truncate -s 4M "$TMP/medium"
head -c 4194304 /dev/urandom >"$TMP/medium"
before=$(sum "$TMP/medium")
not_ok_exit 3 'wipe without a terminal and without --yes is refused' wv wipe "$TMP/medium"
ok 'and names --yes' said '--yes=SERIAL'
is 'the medium is as it was' "$(sum "$TMP/medium")" "$before"
not_ok_exit 3 'the same with stdin that says yes' bash -c "yes | setsid '$WORKVOL' wipe '$TMP/medium'"
not_ok_exit 3 'the serial of another medium is refused' wv wipe "$TMP/medium" --yes=other
is 'the medium is still as it was' "$(sum "$TMP/medium")" "$before"
not_ok_exit 3 'open without a passphrase and without a terminal is refused' \
	wv open "$TMP/medium" --key-file "$KEY"

# A terminal of its own: script(1) gives one.
if command -v script >/dev/null; then
	until_typed() { # TEXT: it is on the screen, or the command has ended
		until grep -qF "$1" "$TMP/typed" || [ -e "$TMP/ended" ]; do sleep 0.05; done
	}
	typed() { # PROMPT ANSWER COMMAND
		rm -f "$TMP/ended"
		: >"$TMP/typed"
		(until_typed "$1"; printf '%s\n' "$2"; until_typed 'that it has ended') |
			limit script -qec "$3; rc=\$?; touch '$TMP/ended'; exit \$rc" /dev/null >"$TMP/typed" 2>&1
		local rc=${PIPESTATUS[1]}
		cat "$TMP/typed"
		return "$rc"
	}
	not_ok_exit 3 'a wrong serial typed is refused' typed 'to go on' nonsense "'$WORKVOL' wipe '$TMP/medium'"
	ok 'after the medium was shown' said 'Type its serial to go on'
	is 'nothing was written' "$(sum "$TMP/medium")" "$before"
	ok 'the right serial typed wipes it' typed 'to go on' medium "'$WORKVOL' wipe '$TMP/medium'"
	not_ok_exit 1 'and then it is no longer as it was' test "$(sum "$TMP/medium")" = "$before"
	not_ok_exit 1 'the passphrase that is typed is not shown' \
		typed 'assphrase' 'a very secret phrase' "'$WORKVOL' open '$TMP/medium' --key-file '$KEY'"
	not_ok_exit 1 'anywhere' said 'a very secret phrase'
else
	skip 'a typed serial is compared' 'no script(1)'
fi

# An argument of a variable that is not set
not_ok_exit 2 "an empty argument is a wrong command line" wv wipe "" --yes=x
ok "and it says which one" said "argument 1 is empty"
not_ok_exit 2 "also behind one that is not" wv open "$TMP/x" ""
