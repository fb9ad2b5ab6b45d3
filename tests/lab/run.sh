#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh GUEST BUILD TEST[,TEST...] LOG - run one test, or several in one boot, in
# the lab: their TAP on stdout, the guest's console in LOG
#
# test_NAME.sh runs in the guest, as root; where one test has before_NAME.sh and
# after_NAME.sh, these run here, before and after it, with the directory that
# both sides share as their argument. A test that leaves SHARE/again and then writes
# to the port "cut" has its QEMU killed, and is begun again in a guest with the same files.
set -u
here=$(dirname "$0")
guest=$1 build=$(realpath "$2") test=$3 log=$4
export LIMIT=${LIMIT:-1500} # seconds for each test; loaded machines are slow
IFS=, read -r -a tests <<<"$test"
share=$(mktemp -d "${TMPDIR:-/dev/shm}/wv-lab.XXXXXX") || exit 1
qemu= cut=

cleanup() {
	[ -n "$qemu" ] && kill "$qemu" 2>/dev/null && wait "$qemu" 2>/dev/null
	[ -n "$cut" ] && kill "$cut" 2>/dev/null
	cat "$share/consoles" "$share/console" 2>/dev/null | tr -d '\r' >"$log"
	rm -rf "$share"
}
trap cleanup EXIT
trap 'exit 143' TERM INT

why=$("$here/build.sh" "$guest" 2>&1 >/dev/null)
case $? in
0) ;;
77)
	sed -n 's/^# test_[a-z_]*\.sh - //p' "${tests[@]}" | sed "s|.*|ok - & # SKIP $(tail -n 1 <<<"$why" | tr '|&' ' ')|"
	exit 0
	;;
*)
	echo "not ok 1 - the guest is built: $(tail -n 1 <<<"$why")"
	exit 1
	;;
esac

on_host() { # before or after
	local script=${test/test_/$1_}
	[ ! -e "$script" ] || WORKVOL=$build/workvol HELPERS=$build/tests/fault timeout -k 5 "$LIMIT" bash "$script" "$share"
}

boot() {
	rm -f "$share/again"
	timeout -k 5 $((LIMIT * ${#tests[@]} + 300)) "$here/boot.sh" "$guest" "$build" "$share" "$test" >"$share/qemu.log" 2>&1 &
	qemu=$! # waited for, so that a TERM reaches the trap at once
	(read -r _ <"$share/cut.out" && kill -9 "$(cat "$share/pid")") 2>/dev/null &
	cut=$!
	wait $qemu
	kill $cut 2>/dev/null
	qemu= cut=
	cat "$share/console" >>"$share/consoles"
}

on_host before || exit
mkfifo "$share"/cut.{in,out}
boot
while [ -e "$share/again" ]; do
	boot
done
cat "$share/tap" 2>/dev/null
if [ ! -s "$share/rc" ]; then
	echo "not ok - the guest came to its end"
	tail -n 5 "$share/qemu.log" "$share/console" 2>/dev/null | tr -d '\r' | sed 's/^/# /'
	exit 1
fi
on_host after || exit
times >"$share/times"
echo "# processor time of QEMU and the parts here, user and system: $(tail -n 1 "$share/times")"
exit "$(cat "$share/rc")"
