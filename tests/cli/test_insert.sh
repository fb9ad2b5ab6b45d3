#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_insert.sh - hostile media: insert never crashes, never opens, writes
# nothing to them, and says the right thing. INSERTS=N damaged headers and
# tables (12); SEED=N begins elsewhere.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib-header.sh"

N=${INSERTS:-12}
SEED=${SEED:-1}
station
make_tree 3
V=$TMP/volume.img
must take_out "$V" --size 24M
UUID=$(wv --json list | tail -n 1 | jq -r .volume)
keep_header
grep -c '"kind":"insert.seen"' <(wv ledger export) >"$TMP/seen"

# inserted FILE: 0 when there was an answer, with a verdict or a sentence, and nothing else happened
inserted() {
	local rc=0 before
	before=$(stat -c %Y,%Z,%s "$1")
	wv --json insert "$1" || rc=$?
	[ $rc -le 4 ] && [ "$(stat -c %Y,%Z,%s "$1")" = "$before" ] || return 1
	[ $rc = 0 ] || return 0
	! losetup -nO BACK-FILE | grep -qF "$1" && [ ! -e "/dev/mapper/workvol-$UUID" ] &&
		! grep -qF -e "$1" -e "$TMP/mnt" /proc/self/mountinfo
}

# verdict SENTENCE FILE VERDICT ALERT
verdict() {
	ok "$1: there is an answer, and nothing is opened" inserted "$2"
	is "$1: $3" "$(out '.verdict, .alert' | xargs)" "$3 $4"
}

# ---- what a label can carry ----------------------------------------------------------
verdict 'our own volume' "$V" due-back false
is 'it is called by its type' "$(out .holds)" crypto_LUKS
for text in "${LABELS[@]}"; do
	label "$text"
	verdict "the label $text" "$V" due-back false
	not_ok_exit 1 "the label $text: no control bytes come out" grep -qP '[\x00-\x08\x0b-\x1f\x7f]' "$OUT" "$ERR"
	restore
done
ok 'no label was run' test ! -e "$TMP/owned" -a ! -e x/owned -a ! -e /x/owned

# ---- headers that are made, not broken -----------------------------------------------
must json "$NULL_CIPHER"
verdict 'a null cipher' "$V" header-changed true
restore
must json "$EXTRA_KEYSLOT"
verdict 'an extra keyslot' "$V" header-changed true
restore
must json "$REQUIREMENT"
verdict 'a requirement' "$V" header-changed true
restore
must json "$OVERFLOW"
verdict 'numbers that overflow' "$V" header-changed true
restore
must json "$NO_TOKEN"
verdict 'no token' "$V" header-changed true
restore
uuid 00000000-0000-4000-8000-000000000000
verdict 'a volume of somebody else with our subsystem' "$V" unknown-volume true
is 'it is named' "$(out .volume)" 00000000-0000-4000-8000-000000000000
must json "$NULL_CIPHER"
verdict 'the same with a null cipher' "$V" unknown-volume true
restore
uuid '$(id)\n\n;../../x'
verdict 'a UUID that is none' "$V" unknown-volume true
restore

# ---- copies, and what looks like two things ------------------------------------------
cp "$V" "$TMP/copy.img"
verdict 'a copy of our volume elsewhere' "$TMP/copy.img" other-medium true
ok 'it says what differs' said 'is not its medium'
rm "$TMP/copy.img"
two="$TMP/two"
truncate -s 8M "$two"
must mkfs.ext4 -q -F "$two"
printf 'XFSB' | dd of="$two" conv=notrunc status=none
printf '_BHRfS_M' | dd of="$two" bs=1 seek=65600 conv=notrunc status=none
run blkid -p "$two"
if [ $? = 8 ]; then
	verdict 'signatures of two file systems' "$two" unclear true
else
	skip 'signatures of two file systems' 'blkid takes this for one'
fi

# ---- seeded damage ----------------------------------------------------------------------
# What is due back has the header that was signed.
damaged_headers() {
	local seed
	for ((seed = SEED; seed < SEED + N; seed++)); do
		echo "seed $seed"
		damage_header "$seed"
		inserted "$V" || return
		restore
	done
}
before=$(sum "$V")
ok "$N damaged headers from seed $SEED: an answer each time" damaged_headers
is 'the volume itself is as before' "$(sum "$V")" "$before"

damaged_tables() {
	local seed t=$TMP/table V=$TMP/table
	truncate -s 4M "$t"
	printf 'label: %s\n,1M\n,1M\n,512K\n' "$1" | sfdisk -q "$t" || return
	cp "$t" "$t.good"
	for ((seed = SEED; seed < SEED + N; seed++)); do
		echo "seed $seed"
		cp "$t.good" "$t"
		damage_table "$1" "$seed"
		inserted "$t" || return
	done
}
ok "$N damaged DOS tables: an answer each time" damaged_tables dos
ok "$N damaged GPT tables: an answer each time" damaged_tables gpt

verdict 'our own volume, at the end' "$V" due-back false
ok 'the ledger is intact' wv ledger verify
