#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# install.sh - what `make install` leaves is complete: a program builds against it
. "$(dirname "$0")/lib.sh"
scratch
root=$tmp/root
# BUILD is the caller's: its objects are there already
try 'make install works' ${MAKE:-make} -s --no-print-directory B="$B" DESTDIR="$root" prefix=/usr install
there() {
	local f
	for f in usr/bin/workvol usr/bin/workvol-render usr/include/workvol.h usr/lib/workvol/workvol-postgresql.so usr/lib/libworkvol.so usr/lib/libworkvol.so.0 \
		usr/lib/libworkvol.a usr/lib/pkgconfig/libworkvol.pc usr/share/man/man1/workvol.1 \
		usr/share/man/man1/workvol-return.1 usr/share/man/ja/man1/workvol-return.1 usr/lib/udev/rules.d/70-workvol.rules \
		usr/lib/systemd/system/workvol-insert@.service \
		usr/lib/systemd/system/workvol-incident.service usr/lib/systemd/system/workvol-incident.timer \
		usr/share/locale/ja/LC_MESSAGES/workvol.mo usr/share/bash-completion/completions/workvol; do
		[ -e "$root/$f" ] || { echo "$f is missing"; return 1; }
	done
}
try 'everything is in its place' there
named() {
	! grep -L '^ExecStart=/usr/bin/workvol ' "$root"/usr/lib/systemd/system/*.service | grep .
}
try 'the units name the installed command' named
left() {
	! grep -rIlE '@(bindir|prefix|libdir|includedir|version)@' "$root"
}
try 'no placeholder is left' left
cat >"$tmp/version.c" <<'C'
#include <stdio.h>
#include <workvol.h>

int main(void)
{
	puts(wv_version());
	return 0;
}
C
build() {
	local flags
	export PKG_CONFIG_PATH=$root/usr/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root
	# the sysroot is put before the paths of our own .pc alone
	flags=$(pkg-config --cflags --libs libworkvol) || return
	# shellcheck disable=SC2086
	${CC:-gcc} -Wall -Werror -o "$tmp/version" "$tmp/version.c" -I"$root/usr/include" \
		-L"$root/usr/lib" $flags
}
try 'a program builds against it by pkg-config' build
runs() {
	[ "$(LD_LIBRARY_PATH=$root/usr/lib "$tmp/version")" = "$(pkg-config --modversion "$root/usr/lib/pkgconfig/libworkvol.pc")" ]
}
try 'and prints the version that the .pc file names' runs
try 'the installed command runs' "$root/usr/bin/workvol" --version
japanese() {
	LC_ALL=C.UTF-8 LANGUAGE=ja "$root/usr/bin/workvol" help | grep -q '^使い方: '
}
# the prefix is compiled in, and this is not there: beside the program it is found too
mkdir -p "$root/usr/bin/locale" && cp -r "$root/usr/share/locale/ja" "$root/usr/bin/locale/"
try 'it speaks the language of its catalogue' japanese
module() { # found from the program's place: no server is there, and it is libpq that says so
	"$root/usr/bin/workvol" --no-input init "$tmp/station" --ledger "postgresql://127.0.0.1:1/none" 2>&1 | grep -q '127.0.0.1.*refused'
}
try 'and its module is found' module
try 'and its helper' "$root/usr/bin/workvol-render" --version
finish
