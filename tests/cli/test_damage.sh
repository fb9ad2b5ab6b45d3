#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_damage.sh - a thousand damaged LUKS2 headers, of a container, and partition tables, on a block device:
# insert gives an answer to each, and writes to none
#
# SEED=N begins elsewhere. tests/lab/test_hostile.sh has 50 of them behind udev and systemd.
. "$(dirname "$0")/lib.sh"

SEED=${SEED:-1}
station
make_tree 3

# device SIZE NAME: a loop device over $TMP/NAME
device() {
	truncate -s "$1" "$TMP/$2"
	loop "$TMP/$2" || bail 'no loop device'
}

# damaged WHAT DEVICE COUNT: $TMP/report lists what was not as it has to be
damaged() {
	perl tests/cli/damage.pl "$1" "$2" "$SEED" "$3" "$WORKVOL" --no-input --json insert >"$TMP/report" 2>"$TMP/said"
	is "$3 damaged ${4:-$1}s from seed $SEED: each was answered by a verdict or a sentence, and none written to" \
		"$? $(grep -v '^#' "$TMP/report")" '0 '
	grep '^#' "$TMP/report"
	is "they are all counted" "$(awk '/^#/ { n += $3 } END { print n }' "$TMP/report")" "$3"
}

answers() { # VERDICT: how many
	sed -n "s/^# $1: //p" "$TMP/report"
}

# A container: of a disk, insert waits for seconds whether it is another by now.
V=$TMP/volume
ok 'a volume is taken out' take_out "$V" --size 24M || exit
before=$(sum "$V")
damaged header "$V" 600
ok 'most were seen to be changed' test "$(answers header-changed)" -gt 300
is 'the volume is as before' "$(sum "$V")" "$before"
ok 'it is due back' wv --json insert "$V"
is 'as it was' "$(out .verdict)" due-back

for table in dos gpt; do
	T=$(device 4M $table)
	printf 'label: %s\n,1M\n,1M\n,512K\n' $table | sfdisk -q --no-reread --no-tell-kernel "$T" || bail "no $table table"
	damaged $table "$T" 200 "$table table"
done
is 'nothing is mounted or mapped' "$(grep -F -e "$TMP/" -e "$V " -e "$T " /proc/self/mountinfo)" ''
ok 'the ledger is intact' wv ledger verify
