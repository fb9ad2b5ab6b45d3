# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# copy.sh - prepare's copy (one reading, every hash computed and compared)
# beside `cp -a` and `sync -f`, which hash nothing. Sourced by bench.sh after
# declare.sh, whose trees it uses.

COPY_FILES=4 # of 256 MiB

# copy_ours TREE DEST, copy_cp TREE DEST: DEST/x is the copy
copy_ours() {
	"$BENCH/bench_copy" "$TMP/$1.declaration" "$TMP/$1" "$2/x"
}

copy_cp() {
	cp -aT "$TMP/$1" "$2/x" && sync -f "$2"
}

# copy_seconds HOW TREE DEST: an empty DEST/x before, nothing after
copy_seconds() {
	mkdir "$3/x" && seconds "copy_$1" "$2" "$3"
	rm -rf "$3/x" && sync -f "$3"
}

copy_pairs() { # WHERE DEST
	local i
	local -A got=()
	add() { got[$1]+="$2"$'\n'; }
	med() { printf '%s' "${got[$1]}" | median; }

	for ((i = 0; i < 3; i++)); do
		add small "$(calc "$SMALL_FILES / $(copy_seconds ours small "$2") / 1000")"
		add small_cp "$(calc "$SMALL_FILES / $(copy_seconds cp small "$2") / 1000")"
		add large "$(calc "$COPY_FILES * 0.268435 / $(copy_seconds ours large "$2")")"
		add large_cp "$(calc "$COPY_FILES * 0.268435 / $(copy_seconds cp large "$2")")"
	done
	ratio "copy $SMALL_FILES of 4 KiB, $1" "$(med small)" "$(med small_cp)" 'thousand files/s' 'cp -a; sync -f'
	ratio "copy $COPY_FILES of 256 MiB, $1" "$(med large)" "$(med large_cp)" GB/s 'cp -a; sync -f'
}

copy_on_ext4() (
	truncate -s 4G "$TMP/ext4" && dev=$(losetup -f --show --direct-io=on "$TMP/ext4") || exit 1
	trap 'umount "$TMP/mnt" 2>/dev/null; losetup -d "$dev"; rm -f "$TMP/ext4"' EXIT
	mkfs.ext4 -q -E lazy_itable_init=0,lazy_journal_init=0,nodiscard "$dev" &&
		mkdir -p "$TMP/mnt" && mount "$dev" "$TMP/mnt" && copy_pairs ext4 "$TMP/mnt"
)

bench_copy() {
	local tree

	make_small && make_big large $COPY_FILES 256 || return 1
	for tree in small large; do
		"$WORKVOL" -q declare "$TMP/$tree" -o "$TMP/$tree.declaration" --purpose bench >/dev/null || return 1
	done
	echo "copy: from /dev/shm to /dev/shm and to ext4 on a loop over it, direct I/O; medians of 3, alternated"
	mkdir "$TMP/copies" && copy_pairs tmpfs "$TMP/copies" && copy_on_ext4
	rm -rf "$TMP/large" "$TMP/copies"
}
