#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# test_completion.sh - what bash completes
. "$(dirname "$0")/lib.sh"
. cli/workvol.bash

# completes WORD...: the candidates for the last word, sorted, in one line
completes() {
	COMP_WORDS=("$WORKVOL" "$@")
	COMP_CWORD=$#
	_workvol
	printf '%s\n' "${COMPREPLY[@]}" | sort | xargs
}

commands=$(wv help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' | sort | xargs)
is 'every command' "$(completes '')" "$commands"
is 'a command begun' "$(completes pre)" prepare
is 'help for one' "$(completes help cert)" certificate
is 'the verbs of a command that has some' "$(completes ledger '')" 'checkpoint export prove verify'
is 'a verb begun' "$(completes ledger v)" verify
is 'files, after a verb' "$(completes ledger checkpoint '')" ''
is 'files, for a command without' "$(completes open '')" ''
is 'an option of the command' "$(completes wipe x --cert)" --certificate
is 'an option of every command' "$(completes --json wipe --no-i)" --no-input
is 'an option before the command' "$(completes --ver)" '--verbose --version'
is 'not those of others' "$(completes close --meth)" ''
is 'the methods' "$(completes wipe --method dod)" "$(wv methods | awk '/^dod/ {print $1}' | sort | xargs)"
is '... also after =' "$(completes wipe --method = zer)" zero
is '... and with nothing yet' "$(completes wipe --method = | wc -w)" "$(completes wipe --method '' | wc -w)"
is 'where a medium goes' "$(completes wipe --destination '')" 'external-reuse internal-reuse manufacturer other recycling'
is 'how to verify' "$(completes wipe --verify '')" 'all last none sample'
is 'how to tell of progress' "$(completes --progress t)" tty
is 'the formats of a report' "$(completes report --format '')" 'html json pdf text'
is '... and of a certificate' "$(completes certificate show x --format p)" pdf
is 'the language of a page' "$(completes certificate show x --lang '')" 'both en ja'
is 'files for FILE' "$(completes wipe --certificate x)" ''
is 'the verb, after an option with its value' "$(completes --policy x ledger e)" export

# All of a command's at once: each of them by itself takes long.
all_options() {
	local c missing looked=0
	for c in $commands; do
		wv help "$c" | sed -n 's/^  .\{4\}\(--[a-z-]*\).*/\1/p' | sort >"$TMP/options"
		completes "$c" -- | tr ' ' '\n' | sort | uniq -u >"$TMP/candidates"
		missing=$(comm -23 "$TMP/options" "$TMP/candidates")
		[ -z "$missing" ] || { echo "$c" $missing; return 1; }
		looked=$((looked + $(wc -l <"$TMP/options")))
	done
	[ $looked != 0 ]
}
ok 'every option of every command' all_options
echo "1..$_n"
