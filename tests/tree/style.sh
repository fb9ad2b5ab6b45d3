#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# style.sh - what no compiler sees: lengths, licences, blanks, paths of a build machine
. "$(dirname "$0")/lib.sh"
mapfile -t files < <({ git ls-files 2>/dev/null || find . -type f -not -path './build/*' -not -path './.git/*'; } |
	grep -v '^tests/fuzz/corpus/' | while read -r f; do [ -f "$f" ] && echo "$f"; done)
mapfile -t sources < <(printf '%s\n' "${files[@]}" | grep -E '^(lib|cli)/.*\.[ch]$')
mapfile -t text < <(printf '%s\n' "${files[@]}" | grep -vE '^COPYING|\.(bin|gz|img|png)$')

# said_not TEXT FROM TO FILE...: those that do not have TEXT on the lines FROM to TO; NAME in it is the file's own.
# One process for all files: a thousand take a slow machine minutes.
said_not() {
	perl -e '($text, $from, $to, @files) = @ARGV; for $file (@files) {
		open(F, "<", $file) or next; @lines = <F>;
		($name = $file) =~ s|.*/||; ($want = $text) =~ s/NAME/$name/;
		print "$file\n" if !grep { index($_ // "", $want) >= 0 } @lines[$from - 1 .. $to - 1] }' "$@"
}

# spelt so that this file does not find itself
ok 'no path of a build machine' "$(grep -nIE '(^|[^A-Za-z0-9._])/(work''|farm''|tmp/brief'')/' "${text[@]}")"
ok 'no blanks at the end of a line' "$(grep -nIE '[[:blank:]]+$' "${text[@]}" | cut -c 1-120)"
ok 'every file ends with a newline' "$(perl -e 'for (@ARGV) { open(F, "<", $_) or next;
	-z F or seek(F, -1, 2) && read(F, $c, 1) && $c eq "\n" or print "$_\n" }' "${text[@]}")"
ok 'no file of lib or cli has more than 500 lines' \
	"$(wc -l "${sources[@]}" | awk '$1 > 500 && $2 != "total" && $2 != "lib/workvol.h"')"
ok 'every source of the library is under the LGPL' \
	"$(said_not 'SPDX-License-Identifier: LGPL-2.1-or-later' 1 1 $(printf '%s\n' "${sources[@]}" | grep ^lib/))"
ok 'every source of the command line and the tests is under the GPL' \
	"$(said_not 'SPDX-License-Identifier: GPL-2.0-or-later' 1 1 $(printf '%s\n' "${files[@]}" | grep -E '^(cli|tests)/.*\.[ch]$'))"
ok 'every source says in its first comment what it is' \
	"$(said_not 'NAME - ' 2 4 "${sources[@]}")"
finish
