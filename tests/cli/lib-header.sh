# SPDX-License-Identifier: GPL-2.0-or-later
#
# lib-header.sh - for hostile media: the header of the LUKS2 volume in the file V
# is altered, so that the checksums are right again or are not. After lib.sh.
HEADER=32768 # both copies

# keep_header: what restore puts back
keep_header() {
	head -c $HEADER "$V" >"$TMP/header"
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

# both AT TEXT: at AT in both copies, with right checksums
both() {
	local at
	for at in 0 16384; do
		put $((at + $1)) "$2\\0"
		seal $at
	done
}

label() { # TEXT
	both 24 "$1"
}

uuid() { # TEXT
	both 168 "$1"
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

# signed_part: what of the header in V the take-out record signs (lib/volume/luks_header.c), as cryptsetup reads
# it: the UUID and the rest; a blank when it cannot. Of a copy: it repairs what it reads.
signed_part() {
	head -c $HEADER "$V" >"$TMP/signed" && truncate -s "$(stat -c %s "$V")" "$TMP/signed" || return
	echo "$(cryptsetup luksUUID "$TMP/signed" 2>/dev/null)" "$(
		cryptsetup luksDump --dump-json-metadata "$TMP/signed" 2>/dev/null |
			jq -Sc '{segments, digests, tokens, keyslots: (.keyslots | map_values({kdf: (.kdf | del(.salt)),
				priority: (if has("priority") then .priority else 1 end)}))}'
	)"
}

NULL_CIPHER='.segments."0".encryption = "cipher_null-ecb"'
EXTRA_KEYSLOT='.keyslots."1" = .keyslots."0" | .keyslots."1".area.offset = "290816" | .digests."0".keyslots = ["0", "1"]'
REQUIREMENT='.config.requirements = {mandatory: ["online-reencrypt-v2"]}'
OVERFLOW='.segments."0".offset = "18446744073709551615" | .config.json_size = "99999999999999999999"'
NO_TOKEN='.tokens = {}'
LABELS=('$(touch x/owned)' ';reboot;`id`' 'a\nb\n\nMESSAGE=x' '\x1b]0;x\a\x1b[2J' '../../etc/passwd' '%%n%%n%%s'
	'\xff\xfe\xc0\x80')

# damage FILE SEED FROM LENGTH
damage() {
	perl tests/cli/damage.pl "$@"
}

# damage_header SEED: a damaged text with a right checksum reaches the parser, for odd seeds
damage_header() {
	damage "$V" "$1" $(($1 % 3 ? 4096 : 0)) 2200
	damage "$V" "$1" $(($1 % 3 ? 20480 : 16384)) 2200
	[ $(($1 % 2)) = 0 ] || { seal 0 && seal 16384; }
}

# damage_table dos|gpt SEED: that table in V
damage_table() {
	if [ "$1" = dos ]; then damage "$V" "$2" 440 70; else damage "$V" "$2" 0 2048; fi
}
