#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# after_cross.sh SHARE - on the host: the FUSE mapper reads what came out of the guest
share=$1
. "$(dirname "$0")/../cli/lib.sh"
. tests/lab/cross.sh

take_world "$share"
echo 'mapper = fuse' >>"$WORKVOL_POLICY"
for writer in fuse kernel stock; do
	ok "$writer wrote, on the host the FUSE mapper reads the same" \
		workvol_reads "$TMP/$writer.img" "$TMP/sums.$writer"
done
