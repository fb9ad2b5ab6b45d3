#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_cross.sh - what the FUSE mapper, dm-crypt or stock cryptsetup writes, each of the others reads
#
# before_cross.sh and after_cross.sh are its parts on the host.
# lab: alone
. "$(dirname "$0")/lib.sh"
. tests/lab/cross.sh

take_world /share
sed -i '/^mapper/d' "$WORKVOL_POLICY"

ok 'dm-crypt writes 500 files' take_out "$TMP/kernel.img"
cp "$TMP/sums.fuse" "$TMP/sums.kernel"
ok 'a volume for stock cryptsetup is made' take_out "$TMP/stock.img"
find "$TMP/src" -type f -exec sh -c 'echo more >>"$1"' - {} \;
sums "$TMP/src" >"$TMP/sums.stock"
ok 'stock cryptsetup writes 500 files' stock_opens "$TMP/stock.img" -orw
cp -r "$TMP/src/." "$TMP/stock/"
ok 'and closes' stock_closes

for writer in fuse kernel stock; do
	is "$writer: 500 files" "$(wc -l <"$TMP/sums.$writer")" 500
	ok "$writer wrote, dm-crypt reads the same" workvol_reads "$TMP/$writer.img" "$TMP/sums.$writer"
	ok "$writer wrote, stock cryptsetup reads the same" stock_reads "$TMP/$writer.img" "$TMP/sums.$writer"
done
is 'no mapping is left' "$(dmsetup ls --target crypt)" 'No devices found'
keep_world /share
