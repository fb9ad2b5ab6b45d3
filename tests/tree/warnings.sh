#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# warnings.sh - the other compiler has nothing to say either
. "$(dirname "$0")/lib.sh"
clang=${CLANG:-$(command -v clang clang-14 | head -n 1)}
if [ -z "$clang" ] || ! command -v "$clang" >/dev/null; then
	skip 'clang has no warning' 'no clang'
	finish
fi
# The Makefile's own flags; the version's quotes do not survive the way here.
flags_of() {
	${MAKE:-make} -s --no-print-directory -f - print-flags <<'M'
include Makefile
print-flags: ; @echo '$(CPPFLAGS_ALL) -std=gnu11 $(WARN) $(PKG_CFLAGS) $(RENDER_CFLAGS) $(PQ_CFLAGS)'
M
}
flags=$(flags_of | tail -n 1 | sed 's/-DWV_[A-Z_]*=[^ ]*//g')
mapfile -t sources < <(find lib cli tests -name '*.c' ! -path 'tests/fuzz/*' | sort)
run() {
	# shellcheck disable=SC2086
	"$clang" $flags -DWV_VERSION='"0"' -DWV_LIB_FROM_BIN='"../lib"' -fsyntax-only "$1" 2>&1 | head -n 12
}
scratch
export -f run
export clang flags
printf '%s\n' "${sources[@]}" | timeout 360 xargs -P "$(nproc)" -I{} bash -c 'run "$1"' _ {} >"$tmp/out"
ok "clang has no warning over ${#sources[@]} sources" "$(cat "$tmp/out")"
finish
