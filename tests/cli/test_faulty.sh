#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_faulty.sh - wipe on a faulty disk: a FUSE file under a loop device
# (tests/fault). The whole table is check_engine's; this is the way through the
# kernel and io_uring.
. "$(dirname "$0")/lib.sh"

SIZE=$((33 * 1048576 + 512))
mkdir -p "$TMP/fault"
must "$HELPERS/faultdisk" "$SIZE@165" "$TMP/fault"
DEV=$(loop "$TMP/fault/disk" --direct-io=on) || bail "no loop device"
YES=--yes=${DEV#/dev/}
station

fault() { # LINE...
	{ echo clear; printf '%s\n' "$@"; } >"$TMP/fault/control"
}

wipe() {
	wv wipe "$DEV" "$YES" --json "$@"
}

claim() { # nobody else has it: as mkfs and mount ask for it
	python3 -c 'import os, sys; os.close(os.open(sys.argv[1], os.O_RDWR | os.O_EXCL))' "$DEV"
}

fault
ok "a sound disk is wiped" wipe --method dod-5220.22-m --verify all
cp "$OUT" "$TMP/wiped"
ok "and free for others at once" claim
cp "$TMP/wiped" "$OUT"
is "and called so" "$(out .status)" wiped
is "every byte was read back" "$(out '.passes[2].verified')" "$SIZE"

fault 'bad both 4194304 4096'
not_ok_exit 1 "a bad block is a failure" wipe --method zero
is "that block is lost and no other" "$(out '.bad | map([.offset, .length, .op]) | tostring')" \
	'[[4194304,4096,"write"]]'
is "it is not called wiped" "$(out .status)" failed

fault 'bad read 0 512' "bad read $((SIZE - 512)) 512"
not_ok_exit 1 "blocks that cannot be read back are a failure" wipe --method random
# The kernel reads the device in pages: what shares the page is narrowed to sectors.
is "the first and the last, and no other" "$(out '.bad | map([.offset, .length, .op]) | tostring')" \
	"[[0,512,\"read\"],[$((SIZE - 512)),512,\"read\"]]"

fault 'flaky both 8388608 4096 2'
ok "a block that works at the third try is no loss" wipe --method random

for method in zero random vsitr; do
	for kind in wrap drop; do
		fault "$kind 20000001"
		not_ok_exit 4 "a disk that ${kind}s is found out ($method)" wipe --method $method
		is "and measured to the byte" "$(out .real)" 20000001
		is "and not called wiped" "$(out .status)" failed
	done
	fault 'flip 12345678'
	not_ok_exit 4 "a flipped bit is found ($method)" wipe --method $method
	is "in its sector" "$(out '.bad | map([.offset, .length, .op]) | tostring')" \
		'[[12345344,512,"mismatch"]]'
	# Something else must lie there: a lost write of what is there already loses nothing.
	fault
	ok "the disk is sound again ($method)" wipe --method bsi
	fault 'dropped 12345344 4096'
	not_ok_exit 4 "a write that never arrived is found ($method)" wipe --method $method
done

fault 'vanish 20000000'
not_ok_exit 1 "a disk that vanishes ends the wipe" wipe --method random
is "with a failure" "$(out .status)" failed

# ---- a killed wipe's last requests -------------------------------------------------------

# exec: the process that is killed is the wipe
raw_wipe() {
	exec "$WORKVOL" --no-input wipe "$DEV" "$YES" --method random
}
delay_and_kill() {
	fault 'late 12582912 4'
	raw_wipe >"$TMP/killed" 2>&1 </dev/null &
	local pid=$! i
	for ((i = 0; i < 600; i++)); do
		[ "$(awk '{ print $5 }' "$TMP/fault/control")" -gt $((before + 8388608)) ] && break
		sleep 0.1
	done
	sleep 1
	kill -9 $pid
	wait $pid 2>/dev/null
	[ $? = 137 ]
}
is_zero() {
	cmp -n "$SIZE" /dev/zero "$DEV"
}
let_go() {
	echo clear >"$TMP/fault/control"
}
before=$(awk '{ print $5 }' "$TMP/fault/control")
ok "a wipe is killed while requests of it are on their way" delay_and_kill
not_ok_exit 3 "until they have arrived nobody else begins" wipe --method zero
ok "and why is said" said 'is in use: it is held by another program'
let_go
ok "then a wipe goes" wipe --method zero
sleep 1
ok "and nothing lands on it afterwards" is_zero

losetup -d "$DEV"
exit $((_bad > 0))
