#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_interrupt.sh - Ctrl-C ends with 130 and says how to go on; going on ends
. "$(dirname "$0")/lib.sh"

station
factors=(--key-file "$KEY" --passphrase-file "$PASS")

# interrupted UNTIL COMMAND...: started, and told to stop once UNTIL succeeds
interrupted() {
	local until=$1 pid
	shift
	timeout -k 5 "$LIMIT" "$@" &
	pid=$!
	until eval "$until" || ! kill -0 "$pid" 2>/dev/null; do
		sleep 0.02
	done
	pkill -TERM -P "$pid"
	wait "$pid"
}

W=("$WORKVOL" --no-input)
truncate -s 64M "$TMP/disk"
passes=(wipe "$TMP/disk" --method gutmann --yes=disk)
begun() {
	ls "$TMP"/station/state/checkpoints/* >"$TMP/checkpoints" 2>&1
}
not_ok_exit 130 'a wipe that is interrupted exits 130' interrupted begun "${W[@]}" "${passes[@]}"
ok 'it says that --resume goes on' said 'to go on: the same command with --resume'
ok 'and so it does' wv "${passes[@]}" --resume

# What a wipe left behind that nobody went on with is not taken for the return's own.
truncate -s 40M "$TMP/w.img"
not_ok_exit 130 'another wipe is interrupted' interrupted begun "${W[@]}" wipe "$TMP/w.img" --method gutmann --yes=w.img
rm "$TMP/w.img"
must take_out "$TMP/w.img"
ok 'a return of the same medium wipes it from the begin' wv return "$TMP/w.img" "${factors[@]}" --approve-with "$APPROVER"

# What the checkpoint of a return's wipe says is not on the medium any more, as after a power cut.
must take_out "$TMP/p.img" --size 64M
home=(return "$TMP/p.img" --method gutmann --verify all)
in_a_later_pass() {
	grep -ls '"sweep":[1-9]' "$TMP"/station/state/checkpoints/* >"$TMP/checkpoints"
}
not_ok_exit 130 'a return is interrupted in its passes' interrupted in_a_later_pass "${W[@]}" "${home[@]}" "${factors[@]}" \
	--approve-with "$APPROVER"
must dd if=/dev/urandom of="$TMP/p.img" bs=1M count=64 conv=notrunc status=none
before=$(sum "$TMP/p.img")
not_ok_exit 4 'where the medium does not hold what was written it does not go on' wv "${home[@]}"
ok 'it says how it would' said 'with --yes=p.img, and its wipe begins anew'
is 'and nothing was written' "$(sum "$TMP/p.img")" "$before"
ok 'when a person says that it is the one, it begins anew' wv --json "${home[@]}" --yes=p.img
is '... and it is wiped' "$(out '.state, .wipe.status' | xargs)" 'closed wiped'

must take_out "$TMP/v.img"
mkfifo "$TMP/nobody"
asked() { # by now it has the FIFO open: opening waits for that
	exec 8>"$TMP/nobody"
}
not_ok_exit 130 'a return that waits for a passphrase can be interrupted' interrupted asked \
	"${W[@]}" return "$TMP/v.img" --key-file "$KEY" --passphrase-file "$TMP/nobody"
ok 'it says that the same command goes on' said 'to go on: the same command goes on from the last proven step'
ok 'and so it does' wv return "$TMP/v.img" "${factors[@]}" --approve-with "$APPROVER"

not_ok_exit 130 'other commands are interrupted as well' interrupted asked \
	"${W[@]}" check "$TMP/v.img" --key-file "$KEY" --passphrase-file "$TMP/nobody"
ok 'they are run again' said 'to go on: run it again'
is 'nothing is left mapped or mounted' "$(findmnt -rno TARGET | grep -c "$TMP/")" 0
