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

# ---- in other languages: docs/man/LANGUAGE/, those that a holder and his supervisor read ----
for page in docs/man/*/*.1; do
	english=docs/man/${page##*/}
	ok "$page has the options of the English page" "$(of_page "$english" | both "$page")"
	ok "$page has its sections, examples and references" \
		"$(diff <(grep -cE '^\.(Sh|Bd) ' "$english") <(grep -cE '^\.(Sh|Bd) ' "$page")
		diff <(sed -n '/^\.Sh SEE ALSO/,$s/^\.Xr \([^ ]*\) .*/\1/p' "$english") \
			<(sed -n '/^\.Sh 関連項目/,$s/^\.Xr \([^ ]*\) .*/\1/p' "$page"))"
done
for c in prepare return incident report; do
	ok "workvol-$c is there in Japanese" "$([ -e "docs/man/ja/workvol-$c.1" ] || echo 'it is not')"
done
if command -v mandoc >/dev/null; then
	# its sections have Japanese names
	ok 'mandoc has nothing to say of these but that' "$(mandoc -Tlint -W warning docs/man/*/*.1 2>&1 |
		grep -vE 'first section is not "NAME"|description line outside NAME section')"
	# examples are those of the English pages
	ok 'no Japanese line is wider than 80 columns' "$(for page in docs/man/*/*.1; do
		mandoc -Tutf8 "$page" | python3 -c '
import re, sys, unicodedata
for line in open(0, encoding="utf-8"):
    line = re.sub(".\b", "", line.rstrip()).expandtabs()
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in line)
    if wide and len(line) + wide > 80:
        print(sys.argv[1], line)' "$page"; done)"
fi
finish
