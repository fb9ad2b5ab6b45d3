#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_hostile.sh - readers full of hostile media are plugged in: the service looks at each, ends, and says the right thing
#
# STICKS=N seeded ones (50); SEED=N begins elsewhere. tests/cli/test_insert.sh has
# the same media without udev and systemd.
# lab: systemd
. "$(dirname "$0")/lib.sh"
. tests/cli/lib-header.sh

SLOTS=10
SERIAL=LABREADER
machine_station
truncate -s 24M /share/slot{0..9}.img

# ---- a card reader with ten slots ----------------------------------------------------
slots_are() { # N
	[ "$(slots | grep -c '^sd[a-z]*$')" = "$1" ]
}

reader_in() {
	local i
	qmp device_add '{"driver": "usb-uas", "bus": "xhci.0", "id": "LABREADER", "serial": "LABREADER", "attached": false}' ||
		return
	for ((i = 0; i < SLOTS; i++)); do
		_image slot$i && _device scsi-hd LABREADER.0 disk$i slot$i "\"lun\": $i" || return
	done
	qmp qom-set '{"path": "/machine/peripheral/LABREADER", "property": "attached", "value": true}' &&
		until_true 300 slots_are $SLOTS && udevadm settle -t 120
}

reader_out() {
	local i
	qmp device_del '{"id": "LABREADER"}' && until_true 300 slots_are 0 && udevadm settle -t 120
	for ((i = 0; i < SLOTS; i++)); do
		_no_image slot$i || return
	done
}

# ---- what systemd and the service told -----------------------------------------------
collect() {
	journalctl -b -o json --cursor-file="$TMP/cursor" -u 'workvol-insert@*' >>"$TMP/journal" 2>/dev/null
}

wanted() { # the units that the rule asks for
	udevadm info --export-db | awk -v disks="$(slots | xargs)" '
		/^N: / { name = $2 }
		/^E: ID_FS_TYPE=/ { type[name] = substr($0, 16) }
		END {
			n = split(disks, list, " ")
			for (i = 1; i <= n; i++)
				if (list[i] !~ /[0-9]$/ || type[list[i]] == "" || type[list[i]] == "crypto_LUKS")
					print "workvol-insert@" list[i] ".service"
		}' | sort
}

# A unit's name ends in the sequence number of the disk: here it is of no matter.
ended() {
	jq -r 'select(.JOB_TYPE == "start" and .JOB_RESULT).UNIT | sub(":[0-9]+"; "")' "$TMP/journal" | sort -u
}

running() {
	compgen -G '/sys/fs/cgroup/system.slice/system-workvol*/*.service' >/dev/null
}

# To ask systemd costs the processor that the services wait for: not while one is seen to run, and
# the journal when they rest.
all_ended() {
	sleep 0.5
	! running && at_rest || return
	collect
	[ -z "$(comm -23 "$TMP/wanted" <(ended))" ]
}

# The last object that each service printed, UNIT OBJECT a line: read once, a process takes its time here
answers() {
	jq -r 'select(._SYSTEMD_UNIT) | "\(._SYSTEMD_UNIT | sub(":[0-9]+"; "")) \(.MESSAGE | strings | fromjson? |
		select(.verdict? or .error?) | tojson)"' "$TMP/journal" | awk '{ last[$1] = $0 }
		END { for (unit in last) print last[unit] }' >"$TMP/said"
	cut -d ' ' -f 2- "$TMP/said" >"$TMP/objects"
	cat "$TMP/objects" >>"$TMP/answers"
}

answer() { # UNIT
	grep "^$1 " "$TMP/said" | cut -d ' ' -f 2-
}

verdicts=due-back,not-due,header-changed,unknown-volume,other-medium,unclear,plain
answered() {
	local silent odd
	silent=$(comm -23 "$TMP/wanted" <(cut -d ' ' -f 1 "$TMP/said" | sort))
	odd=$(jq -c --arg all "$verdicts" 'select(((.error.message | strings) //
		(.verdict as $v | $all | split(",") | index($v))) == null)' "$TMP/objects") || return
	[ -z "$silent$odd" ] || { echo "$silent$odd" && return 1; }
}

# No signal, no time limit, no status that workvol has not.
no_crash() {
	jq -se 'map(select(.UNIT_RESULT).UNIT_RESULT | select(. != "exit-code")) + map(select(.EXIT_STATUS) |
		select(.EXIT_CODE != "exited" or (.EXIT_STATUS | tonumber? // 99) > 5).EXIT_STATUS) == []' "$TMP/journal"
}

printable() { # journald gives what is not as a list of bytes
	jq -se 'all(.[].MESSAGE; type == "string" and (test("[\\x00-\\x08\\x0b-\\x1f\\x7f]") | not))' "$TMP/journal"
}

headers() {
	for ((i = 0; i < SLOTS; i++)); do head -c 65536 /share/slot$i.img | sha256sum; done
}

nothing_open() {
	! dmsetup ls | grep workvol && ! grep -E '/dev/(sd|loop|mapper)' /proc/self/mountinfo &&
		[ -z "$(losetup -nO NAME)" ]
}

# reader WHAT: plugged, looked at by the service, and pulled again
reader() {
	headers >"$TMP/before"
	collect
	: >"$TMP/journal"
	reader_in || bail "$1: no reader"
	wanted >"$TMP/wanted"
	ok "$1: the service ran on each disk and each partition that may be a volume, and ended" until_true 900 all_ended ||
		tail -n 20 "$TMP/journal" | jq -r '"# \(.MESSAGE)"'
	answers
	ok "$1: $(wc -l <"$TMP/wanted") answers, each a verdict or a sentence" answered
	ok "$1: none crashed" no_crash
	ok "$1: nothing but text is in the journal" printable
	ok "$1: nothing is opened, mounted or left" until_true 300 nothing_open
	for ((i = 0; i < SLOTS; i++)); do
		[ -z "${expect[i]:-}" ] || is "$1, slot $i, ${expect[i]#* * }: the verdict" "$(answer \
			"workvol-insert@$(slots $i | tail -n 1).service" | jq -r '"\(.verdict) \(.alert)"')" \
			"$(cut -d ' ' -f 1,2 <<<"${expect[i]}")"
	done
	reader_out || bail "$1: the reader does not go"
	headers >"$TMP/after"
	ok "$1: no medium was changed" cmp "$TMP/before" "$TMP/after"
	expect=()
}

# in_slot N COMMAND...: of lib-header.sh, on the medium there, made good before
in_slot() {
	V=/share/slot$1.img
	restore
	"${@:2}" || bail "slot $1: $*"
}

# table dos|gpt: with our header in its one partition, which ends before that header's data begin
table() {
	truncate -s 0 "$V" && truncate -s 24M "$V"
	printf 'label: %s\n2048,20480\n' "$1" | sfdisk -q "$V" &&
		dd if="$TMP/header" of="$V" bs=1M seek=1 conv=notrunc status=none
}

damaged_table() { # dos|gpt SEED
	table "$1" && damage_table "$@"
}

# ---- a volume of ours, ten times -----------------------------------------------------
reader_in || bail 'no reader'
ok 'a volume is taken out in slot 0' take_out "/dev/$(slots 0)" || exit
must reader_out
V=/share/slot0.img
keep_header
for ((i = 1; i < SLOTS; i++)); do cp --sparse=always "$V" /share/slot$i.img; done

expect=()
for ((i = 0; i < ${#LABELS[@]}; i++)); do
	in_slot $i label "${LABELS[i]}"
	expect[$i]="due-back false the label ${LABELS[i]}"
done
in_slot 7 uuid 00000000-0000-4000-8000-000000000000
expect[7]="unknown-volume true somebody else's, with our subsystem"
in_slot 8 table dos && expect[8]='header-changed true a copy cut short, in a DOS partition'
in_slot 9 table gpt && expect[9]='header-changed true a copy cut short, in a GPT partition'
reader 'labels and copies'
ok 'no label was run' test ! -e /x/owned -a ! -e /owned -a ! -e x/owned

in_slot 0 json "$NULL_CIPHER" && expect[0]='header-changed true a null cipher'
in_slot 1 json "$EXTRA_KEYSLOT" && expect[1]='header-changed true an extra keyslot'
in_slot 2 json "$REQUIREMENT" && expect[2]='header-changed true a requirement'
in_slot 3 json "$OVERFLOW" && expect[3]='header-changed true numbers that overflow'
in_slot 4 json "$NO_TOKEN" && expect[4]='header-changed true no token'
in_slot 5 uuid '$(id)\n\n;../../x' && expect[5]='unknown-volume true a UUID that is none'
in_slot 6 uuid 00000000-0000-4000-8000-000000000000 && json "$NULL_CIPHER" &&
	expect[6]="unknown-volume true somebody else's, with a null cipher"
in_slot 7 true && expect[7]='due-back false our own, as it was'
in_slot 8 true && put 1080 '\x53\xef' # ext4's magic: not enough for ext4
in_slot 9 table dos
reader 'made headers'

# ---- seeded damage -------------------------------------------------------------------
N=${STICKS:-50}
for ((seed = ${SEED:-1}; N > 0; N -= SLOTS)); do
	echo "# from seed $seed"
	for ((i = 0; i < SLOTS - 2; i++)); do in_slot $i damage_header $((seed + i)); done
	in_slot 8 damaged_table dos $((seed + 8))
	in_slot 9 damaged_table gpt $((seed + 9))
	reader "damage from seed $seed"
	seed=$((seed + SLOTS))
done
jq -r '.verdict // .error.code' "$TMP/answers" | sort | uniq -c | sed 's/^/# /'

for ((i = 0; i < SLOTS; i++)); do in_slot $i true; done
expect[0]='due-back false our own, as it was'
reader 'in the end'
ok 'the ledger is intact' wv ledger verify
