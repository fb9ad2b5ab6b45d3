#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# header.sh - workvol.h stands alone, in C99 and in C++
. "$(dirname "$0")/lib.sh"
scratch
cat >"$tmp/use.c" <<'C'
#include <workvol.h>

int main(void)
{
	struct wv_init_opts init = WV_INIT_OPTS_INIT;
	struct wv_wipe_opts wipe = WV_WIPE_OPTS_INIT;
	struct wv_open_opts open = WV_OPEN_OPTS_INIT;

	return init.struct_size && wipe.struct_size && open.struct_size ? 0 : 1;
}
C
cp "$tmp/use.c" "$tmp/use.cc"
# -Wpadded: a hole in an option struct would be a member of the next version
flags=(-Wall -Wextra -Wpedantic -Wpadded -Werror -Ilib -fsyntax-only)
try 'workvol.h compiles alone as C99, its structs without padding' \
	"${CC:-gcc}" -std=c99 "${flags[@]}" "$tmp/use.c"
try 'workvol.h compiles alone as C11' "${CC:-gcc}" -std=c11 "${flags[@]}" "$tmp/use.c"
cxx=$(command -v g++ clang++ clang++-14 | head -n 1)
if [ -n "$cxx" ]; then
	try 'workvol.h compiles alone as C++' "$cxx" -std=c++11 -Wall -Wextra -Wno-missing-field-initializers \
		-Wno-c++20-designator -Werror -Ilib -x c++ -fsyntax-only - <<<'#include <workvol.h>
int main() { return wv_version() == nullptr; }'
else
	skip 'workvol.h compiles alone as C++' 'no C++ compiler'
fi
finish
