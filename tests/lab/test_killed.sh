#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_killed.sh - killed at each call to the device mapper, workvol leaves no mapping behind; one that
# was left all the same, all processes of its owner being killed, is ended by the next command
. "$(dirname "$0")/lib.sh"

station
make_tree 5
V=$TMP/volume.img
factors=(--key-file "$KEY" --passphrase-file "$PASS")
must wv declare "$TMP/src" -o "$TMP/declaration" --purpose 'site survey'
must wv prepare "$V" --size 24M --declaration "$TMP/declaration" --source "$TMP/src" "${factors[@]}" \
	--holder "suzuki=$HOLDER.pub" --due 2099-01-01 --client-approval C-1 --approve-with "$APPROVER" --yes=volume.img
must wv handover "$V" --sign-with "$HOLDER"
uuid=$(wv --json list | jq -r .volume)

nothing_left() {
	! dmsetup ls | grep -F workvol- && ! grep -lF "$V" /sys/block/loop*/loop/backing_file && ! pgrep -af -- "$V"
}

# of the process that maps, which of its ioctls are the device mapper's, between making and tying it
traced() { # STRACE-OPTION...
	strace -f -qq "$@" "$WORKVOL" --no-input check "$V" "${factors[@]}" >"$OUT" 2>"$ERR" </dev/null
}
must traced -e trace=ioctl -o "$TMP/trace"
awk -v first="$(awk 'NR == 1 {print $1}' "$TMP/trace")" '
	$1 != first {next}
	{n++}
	/DM_DEV_CREATE/ {on = 1}
	on && /DM_/ {print n}
	on && /DM_DEV_REMOVE/ {exit}' "$TMP/trace" >"$TMP/calls"
mapfile -t calls <"$TMP/calls"
ok 'a mapping takes calls to the device mapper' [ "${#calls[@]}" -ge 3 ]

killed=0
for n in "${calls[@]}"; do
	traced -o /dev/null -e "inject=ioctl:signal=SIGKILL:when=$n"
	[ $? = 137 ] && ((++killed)) # libcryptsetup asks again while udev is slow: the last may not be reached
	ok "killed at ioctl $n: nothing is left" until_true 60 nothing_left
done
ok 'it was killed at most of them' [ $((killed * 2)) -gt ${#calls[@]} ]
ok 'the volume is whole' wv check "$V" "${factors[@]}"

must dmsetup create "workvol-$uuid" --table '0 8 zero'
ok 'a mapping that nobody has open is ended' wv check "$V" "${factors[@]}"
ok 'and is gone' until_true 60 nothing_left
must dmsetup create "workvol-$uuid" --table '0 8 zero'
ok 'also by the return' wv return "$V" "${factors[@]}" --approve-with "$APPROVER"
ok 'of which nothing is left' until_true 60 nothing_left
echo "1..$_n"
