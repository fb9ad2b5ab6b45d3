#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# manpages.sh - every command has a page, every option is in it, and none is made up
. "$(dirname "$0")/lib.sh"
workvol=$B/workvol
# the options that a help text lists, and those that a page has an item for
of_help() {
	sed -n '/^options/,/^$/p' | grep -oE '^ +(-[a-z], )?--[a-z-]+' | grep -oE '\--[a-z-]+' | sort -u
}
of_page() {
	grep -E '^\.It Fl' "$1" | grep -oE 'Fl -[a-z-]+' | sed 's/^Fl -/--/' | sort -u
}
both() { # PAGE, options of the help on stdin
	diff <(of_page "$1") - | sed -n "s|^< |only in $1: |p; s|^> |only in the help: |p"
}

if command -v mandoc >/dev/null; then
	ok 'mandoc has nothing to say' "$(mandoc -Tlint -W warning docs/man/*.[0-9] 2>&1)"
else
	skip 'mandoc has nothing to say' 'no mandoc'
fi

help=$("$workvol" help) || { echo 'not ok - workvol help does not run'; exit 1; }
commands=$(sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' <<<"$help")
ok 'the help lists commands' "$([ "$(wc -w <<<"$commands")" -ge 20 ] || echo "only: $commands")"
ok 'workvol.1 has the options of every command' \
	"$(sed 's/^options of.*/options/' <<<"$help" | of_help | both docs/man/workvol.1)"
for c in $commands; do
	page=docs/man/workvol-$c.1
	if [ ! -e "$page" ]; then
		ok "$c has a page" "$page is missing"
		continue
	fi
	ok "workvol-$c.1 has the options of its help" "$("$workvol" help "$c" | of_help | both "$page")"
	ok "workvol-$c.1 has exit status and examples" \
		"$(for s in 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do grep -q "^\.Sh $s" "$page" || echo "no $s"; done)"
	ok "workvol.1 names $c" "$(grep -q "Xr workvol-$c 1" docs/man/workvol.1 || echo "it does not")"
done
ok 'no page without a command' "$(for p in docs/man/workvol-*.1; do
	c=${p#docs/man/workvol-} c=${c%.1}
	grep -qw "$c" <<<"$commands" || echo "$p"; done)"
finish
