#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh GUEST BUILD TEST LOG - run one test in the lab: its TAP on stdout, the
# guest's console in LOG
#
# test_NAME.sh runs in the guest, as root; where there are before_NAME.sh and
# after_NAME.sh, these run here, before and after it, with the directory that
# both sides share as their argument.
set -u
here=$(dirname "$0")
guest=$1 build=$(realpath "$2") test=$3 log=$4
LIMIT=${LIMIT:-1000} # seconds; loaded machines are slow
share=$(mktemp -d "${TMPDIR:-/dev/shm}/wv-lab.XXXXXX") || exit 1
qemu=

cleanup() {
	[ -n "$qemu" ] && kill "$qemu" 2>/dev/null && wait "$qemu" 2>/dev/null
	[ -e "$share/console" ] && tr -d '\r' <"$share/console" >"$log"
	rm -rf "$share"
}
trap cleanup EXIT
trap 'exit 143' TERM INT

why=$("$here/build.sh" "$guest" 2>&1 >/dev/null)
case $? in
0) ;;
77)
	echo "ok 1 - $(sed -n 's/^# test_[a-z_]*\.sh - //p' "$test") # SKIP $(tail -n 1 <<<"$why")"
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

on_host before || exit
timeout -k 5 "$LIMIT" "$here/boot.sh" "$guest" "$build" "$share" "$test" >"$share/qemu.log" 2>&1 &
qemu=$! # waited for, so that a TERM reaches the trap at once
wait $qemu
qemu=
cat "$share/tap" 2>/dev/null
if [ ! -s "$share/rc" ]; then
	echo "not ok - the guest came to its end within $LIMIT s"
	tail -n 5 "$share/qemu.log" "$share/console" 2>/dev/null | tr -d '\r' | sed 's/^/# /'
	exit 1
fi
on_host after || exit
exit "$(cat "$share/rc")"
