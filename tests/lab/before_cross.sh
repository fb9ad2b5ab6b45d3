#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# before_cross.sh SHARE - on the host: a volume of 500 files, by the FUSE mapper
share=$1
. "$(dirname "$0")/../cli/lib.sh"
. tests/lab/cross.sh

station
echo 'mapper = fuse' >>"$WORKVOL_POLICY"
make_tree 500
sums "$TMP/src" >"$TMP/sums.fuse"
ok 'on the host, the FUSE mapper writes 500 files' take_out "$TMP/fuse.img"
ok 'on the host, the FUSE mapper reads them' workvol_reads "$TMP/fuse.img" "$TMP/sums.fuse"
keep_world "$share"
