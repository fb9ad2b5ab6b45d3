#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_insert.sh - hostile media: insert never crashes, never opens, writes
# nothing to them, and says the right thing. INSERTS=N damaged headers and
# tables (12); SEED=N begins elsewhere.
. "$(dirname "$0")/lib.sh"

N=${INSERTS:-12}
SEED=${SEED:-1}
station
make_tree 3
V=$TMP/volume.img
must take_out "$V" --size 24M
UUID=$(wv --json list | tail -n 1 | jq -r .volume)
HEADER=32768 # both copies
head -c $HEADER "$V" >"$TMP/header"
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

restore() {
	dd if="$TMP/header" of="$V" conv=notrunc status=none
}

# put AT TEXT: with \x escapes, into V
put() {
	printf "$2" | dd of="$V" bs=1 seek="$1" conv=notrunc status=none
}

# seal AT: the checksum of the header copy there is right again
seal() {
	local header=$TMP/copy
	dd if="$V" of="$header" bs=16384 skip=$(($1 / 16384)) count=1 status=none
	dd if=/dev/zero of="$header" bs=64 seek=7 count=1 conv=notrunc status=none
	put $(($1 + 448)) "$(sum "$header" | sed 's/../\\x&/g')"
}

# json FILTER: both copies of the header say that now, with right checksums
json() {
	local at
	for at in 0 16384; do
		dd if="$V" bs=4096 skip=$((at / 4096 + 1)) count=3 status=none | tr -d '\0' | jq -c "$1" |
			tr -d '\n' >"$TMP/area" || return
		truncate -s 12288 "$TMP/area"
		dd if="$TMP/area" of="$V" bs=4096 seek=$((at / 4096 + 1)) conv=notrunc status=none
		seal $at
	done
}

# ---- what a label can carry ----------------------------------------------------------
verdict 'our own volume' "$V" due-back false
is 'it is called by its type' "$(out .holds)" crypto_LUKS
label() { # TEXT
	local at
	for at in 0 16384; do
		put $((at + 24)) "$1\\0"
		seal $at
	done
}
for text in '$(touch %s/owned)' ';reboot;`id`' 'a\nb\n\nMESSAGE=x' '\x1b]0;x\a\x1b[2J' '../../etc/passwd' '%%n%%n%%s' \
	'\xff\xfe\xc0\x80'; do
	label "${text/\%s/x}"
	verdict "the label $text" "$V" due-back false
	not_ok_exit 1 "the label $text: no control bytes come out" grep -qP '[\x00-\x08\x0b-\x1f\x7f]' "$OUT" "$ERR"
	restore
done
ok 'no label was run' test ! -e "$TMP/owned" -a ! -e x/owned -a ! -e /x/owned

# ---- headers that are made, not broken -----------------------------------------------
must json '.segments."0".encryption = "cipher_null-ecb"'
verdict 'a null cipher' "$V" header-changed true
restore
must json '.keyslots."1" = .keyslots."0" | .keyslots."1".area.offset = "290816" | .digests."0".keyslots = ["0", "1"]'
verdict 'an extra keyslot' "$V" header-changed true
restore
must json '.config.requirements = {mandatory: ["online-reencrypt-v2"]}'
verdict 'a requirement' "$V" header-changed true
restore
must json '.segments."0".offset = "18446744073709551615" | .config.json_size = "99999999999999999999"'
verdict 'numbers that overflow' "$V" header-changed true
restore
must json '.tokens = {}'
verdict 'no token' "$V" header-changed true
restore
for at in 0 16384; do
	put $((at + 168)) '00000000-0000-4000-8000-000000000000\0'
	seal $at
done
verdict 'a volume of somebody else with our subsystem' "$V" unknown-volume true
is 'it is named' "$(out .volume)" 00000000-0000-4000-8000-000000000000
must json '.segments."0".encryption = "cipher_null-ecb"'
verdict 'the same with a null cipher' "$V" unknown-volume true
restore
for at in 0 16384; do
	put $((at + 168)) '$(id)\n\n;../../x\0'
	seal $at
done
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
# damage FILE SEED FROM LENGTH: bits, bytes, runs of zeros and of 0xff, digits made large
damage() {
	perl -e 'my ($file, $seed, $from, $len) = @ARGV; srand($seed); open(F, "+<", $file) or die;
		for (0 .. int(rand(12))) { my $o = $from + int(rand($len)); my $k = int(rand(5)); my $b;
			seek(F, $o, 0); read(F, $b, 1); seek(F, $o, 0);
			print F $k == 0 ? chr(ord($b) ^ 1 << int(rand(8))) : $k == 1 ? chr(int(rand(256))) :
				$k == 2 ? "\0" x (1 + int(rand(200))) : $k == 3 ? "\xff" x (1 + int(rand(40))) : "9" x 20; }' "$@"
}

# A damaged text with a right checksum reaches the parser; what is due back has the header that was signed.
damaged_headers() {
	local seed
	for ((seed = SEED; seed < SEED + N; seed++)); do
		echo "seed $seed"
		damage "$V" "$seed" $((seed % 3 ? 4096 : 0)) 2200
		damage "$V" "$seed" $((seed % 3 ? 20480 : 16384)) 2200
		[ $((seed % 2)) = 0 ] || { seal 0 && seal 16384; }
		inserted "$V" || return
		restore
	done
}
before=$(sum "$V")
ok "$N damaged headers from seed $SEED: an answer each time" damaged_headers
is 'the volume itself is as before' "$(sum "$V")" "$before"

damaged_tables() {
	local seed t=$TMP/table
	truncate -s 4M "$t"
	printf 'label: %s\n,1M\n,1M\n,512K\n' "$1" | sfdisk -q "$t" || return
	cp "$t" "$t.good"
	for ((seed = SEED; seed < SEED + N; seed++)); do
		echo "seed $seed"
		cp "$t.good" "$t"
		if [ "$1" = dos ]; then damage "$t" "$seed" 440 70; else damage "$t" "$seed" 0 2048; fi
		inserted "$t" || return
	done
}
ok "$N damaged DOS tables: an answer each time" damaged_tables dos
ok "$N damaged GPT tables: an answer each time" damaged_tables gpt

verdict 'our own volume, at the end' "$V" due-back false
ok 'the ledger is intact' wv ledger verify
