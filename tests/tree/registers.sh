#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# registers.sh - the help, the man page and the header know the registers that lib/flow/register/registers.c has
. "$(dirname "$0")/lib.sh"
page=docs/man/workvol-register.1

# The table, a line each: NAME CLAUSE KEY..., a key that is required with a ! behind it.
table() {
	sed -n '/^static const struct wv__register registers/,/^};/p' lib/flow/register/registers.c |
		perl -ne 'next unless /^\t\{ "([a-z]+)", "([A-Z0-9-]+)",/;
			@row = ($1, $2);
			print join(" ", @row, map { "$_->[0]" . ($_->[1] eq "true" ? "!" : "") }
				map { [split /", /] } /\{ "([a-z]+", (?:true|false)), (?:true|false) \}/g), "\n"'
}
# The same of the page: .It Cm NAME, then CLAUSE:, then the keys, those that are required by .Cm
of_page() {
	perl -ne 'if (/^\.It Cm (\S+)/) { $name = $1; next } next unless $name;
		if (/^([SR][0-9-]+):/) { print "\n$name $1"; next }
		if (/^\.El/) { $name = ""; next }
		print map { " $_!" } /([a-z]+)/ and next if s/^\.Cm (?!list)//;
		s/\([^)]*\)//g; print map { " $_" } /([a-z]+)/g if /^[a-z]+ ?(,|\.$)/ || /^ *,/;' "$page" | sed '/^$/d'
	echo
}
rows=$(table)
ok 'the table has its registers, each with a clause and keys' \
	"$([ "$(wc -l <<<"$rows")" -ge 6 ] && ! grep -vE '^[a-z]+ [SR][0-9-]+( [a-z]+!?)+$' <<<"$rows" || echo "$rows")"
ok "$page has the clause and the keys of each, and which must be given" \
	"$(diff <(of_page | grep -v '^recall ') <(grep -v '^recall ' <<<"$rows"))"
ok "$page names each" "$(cut -d ' ' -f 1 <<<"$rows" | while read -r name; do grep -q "^\.It Cm $name$" "$page" || echo "$name"; done)"
help=$("$B/workvol" help register)
ok 'the help has the clause and the keys of each; recall has a command of its own' \
	"$(diff <(perl -ne 'next unless my ($name, $keys, $clause) = /^([a-z]+) +((?:[a-z]+= ?)+).*\(([A-Z0-9-]+)\)$/;
		print join(" ", $name, $clause, $keys =~ /([a-z]+)=/g), "\n"' <<<"$help") \
		<(grep -v '^recall ' <<<"$rows" | tr -d '!'))"
ok 'the header names each, in this order' \
	"$(grep -qF "$(cut -d ' ' -f 1 <<<"$rows" | paste -sd , | sed 's/,/, /g')" lib/workvol.h || echo 'lib/workvol.h does not')"
finish
