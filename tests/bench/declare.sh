# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# declare.sh - `workvol declare` beside sha256sum on all cores. Sourced by
# bench.sh; the trees stay for the copy section.

SMALL_FILES=100000 # of 4 KiB
BIG_FILES=8        # of 512 MiB

make_small() {
	[ -d "$TMP/small" ] && return
	mkdir "$TMP/small"
	(cd "$TMP/small" && head -c $((SMALL_FILES * 4096)) /dev/urandom |
		split -a 3 -b 4096000 - data. && for part in data.*; do
			mkdir "d${part#data.}" && split -a 3 -d -b 4096 "$part" "d${part#data.}/" &&
				rm "$part" || exit 1
		done)
}

# make_big DIR COUNT MIB
make_big() {
	local i
	[ -d "$TMP/$1" ] && return
	mkdir "$TMP/$1"
	for ((i = 0; i < $2; i++)); do
		openssl enc -aes-128-ctr -pass "pass:$i" -pbkdf2 -iter 1 -in /dev/zero 2>/dev/null |
			head -c $(($3 << 20)) >"$TMP/$1/$i" || return 1
	done
}

declare_tree() { # DIR
	"$WORKVOL" -q declare "$TMP/$1" -o "$TMP/declaration" --purpose bench
	rm -f "$TMP/declaration"
}

sum_tree() { # DIR FILES_A_PROCESS
	find "$TMP/$1" -type f -print0 | xargs -0 -P "$(nproc)" -n "$2" sha256sum
}

bench_declare() {
	local i
	local -A got=()
	add() { got[$1]+="$2"$'\n'; }
	med() { printf '%s' "${got[$1]}" | median; }

	make_small && make_big big $BIG_FILES 512 || return 1
	echo "declare: page cache (/dev/shm), $(nproc) cores; medians of 3, alternated"
	for ((i = 0; i < 3; i++)); do
		add small "$(calc "$SMALL_FILES / $(seconds declare_tree small) / 1000")"
		add small_sum "$(calc "$SMALL_FILES / $(seconds sum_tree small 64) / 1000")"
		add big "$(calc "$BIG_FILES * 0.536871 / $(seconds declare_tree big)")"
		add big_sum "$(calc "$BIG_FILES * 0.536871 / $(seconds sum_tree big 1)")"
	done
	ratio "declare $SMALL_FILES files of 4 KiB" "$(med small)" "$(med small_sum)" 'thousand files/s' \
		'xargs -P -n 64 sha256sum'
	ratio "declare $BIG_FILES files of 512 MiB" "$(med big)" "$(med big_sum)" GB/s \
		'xargs -P -n 1 sha256sum'
	rm -rf "$TMP/big"
}
