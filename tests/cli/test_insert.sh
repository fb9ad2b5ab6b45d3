#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_insert.sh - hostile media: insert never crashes, never opens, writes
# nothing to them, and says the right thing. INSERTS=N damaged headers and
# tables (12; `make soak-insert`: 500); SEED=N begins elsewhere.
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
SIGNED=$(signed_part)
is 'cryptsetup reads the header that was signed' "${SIGNED%% *}" "$UUID"
grep -c '"kind":"insert.seen"' <(wv ledger export) >"$TMP/seen"

# inserted FILE: 0 when there was an answer, with a verdict or a sentence, and nothing else happened, also when it is refused
inserted() {
	local rc=0 before
	before=$(stat -c %Y,%Z,%s "$1")
	wv --json insert "$1" || rc=$?
	[ $rc -le 4 ] && [ "$(stat -c %Y,%Z,%s "$1")" = "$before" ] || return 1
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
head -c 20000 "$V" >"$TMP/cut"
ok 'of one that ends in its header there is an answer, and nothing is left open' inserted "$TMP/cut"
is '... a refusal' "$(out .error.code)" EIO
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

# ---- damage -----------------------------------------------------------------------------
# judged WHAT: V is due back only with the header that was signed, as cryptsetup reads it; else there is an alert
judged() {
	local verdict
	inserted "$V" >"$TMP/answer" || return
	verdict=$(tail -n 1 "$TMP/answer" | jq -r '"\(.verdict) \(.alert)"')
	echo "$1: $verdict"
	case $verdict in
	'due-back false') [ "$(signed_part)" = "$SIGNED" ] ;;
	'header-changed true' | 'unknown-volume true' | 'unclear true') ;;
	*) return 1 ;;
	esac
}

damaged_headers() {
	local seed
	for ((seed = SEED; seed < SEED + N; seed++)); do
		damage_header "$seed"
		judged "seed $seed" || return
		restore
	done
}

# Every value in its JSON text, one at a time, is another of the same kind: most of these texts are sound.
altered_values() {
	local path count=0
	while read -r path; do
		json "getpath($path) |= if type == \"number\" then . + 1 else \"1\" + .[1:] end" || return
		[ "$(signed_part)" = ' ' ] || count=$((count + 1))
		judged "$path" || return
		restore
	done <"$TMP/paths"
	echo "# $count of them are read by cryptsetup"
	[ $count -ge 10 ]
}
before=$(sum "$V")
ok "$N damaged headers from seed $SEED: due back only as signed, else an alert" damaged_headers
dd if="$V" bs=4096 skip=1 count=3 status=none | tr -d '\0' | jq -c 'paths(scalars)' >"$TMP/paths"
ok "each of $(wc -l <"$TMP/paths") values altered: due back only as signed, else an alert" altered_values
ok '... most are told' test "$(grep -c 'header-changed true' "$OUT")" -ge 15
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
