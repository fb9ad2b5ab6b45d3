#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# warnings.sh - the other compiler has nothing to say either
set -u
cd "$(dirname "$0")/../.." || exit 1
clang=${CLANG:-$(command -v clang clang-14 | head -n 1)}
if [ -z "$clang" ] || ! command -v "$clang" >/dev/null; then
	echo 'ok 1 - clang has no warning # SKIP no clang'
	exit 0
fi
# The Makefile's own flags; the version's quotes do not survive the way here.
flags_of() {
	${MAKE:-make} -s --no-print-directory -f - print-flags <<'M'
include Makefile
print-flags: ; @echo '$(CPPFLAGS_ALL) -std=gnu11 $(WARN) $(PKG_CFLAGS) $(RENDER_CFLAGS)'
M
}
flags=$(flags_of | tail -n 1 | sed 's/-DWV_VERSION=[^ ]*//')
mapfile -t sources < <(find lib cli tests -name '*.c' ! -path 'tests/fuzz/*' | sort)
run() {
	# shellcheck disable=SC2086
	"$clang" $flags -DWV_VERSION='"0"' -fsyntax-only "$1" 2>&1 | head -n 12
}
bad=0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
export -f run
export clang flags
printf '%s\n' "${sources[@]}" | timeout 360 xargs -P "$(nproc)" -I{} bash -c 'run "$1"' _ {} >"$tmp/out"
if [ -s "$tmp/out" ]; then
	echo "not ok 1 - clang has no warning over ${#sources[@]} sources"
	head -n 60 "$tmp/out" | sed 's/^/# /'
	bad=1
else
	echo "ok 1 - clang has no warning over ${#sources[@]} sources"
fi
echo 1..1
exit $bad
