#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# runner.sh - what runs the tests and counts them: a test sees its own mounts and
# processes only, and what fails, or does not build, is in the count
. "$(dirname "$0")/lib.sh"
scratch
run() { # NAME SCRIPT
	tests/run.sh "$tmp/log" "$1" bash -c "$2"
}
counted() { # LINE LOGDIR: the last line of the summary, which fails unless nothing did
	local out
	out=$(tests/summary.sh "$2") && [[ $1 != *' 0 failed'* ]] && return 1
	[ "$(tail -n 1 <<<"$out")" = "$1" ] || { echo "$out"; return 1; }
}

if [ "$(id -u)" = 0 ]; then
	sleep 600 &
	other=$!
	try 'a test sees its own processes only' run processes "echo ok 1; ! pgrep -x sleep"
	kill $other
	mounted() {
		run mount "echo ok 1; mkdir '$tmp/m' && mount -t tmpfs none '$tmp/m' && touch '$tmp/m/x'"
	}
	try 'it can mount' mounted
	try 'its mounts end with it' test ! -e "$tmp/m/x"
	# bash -c: the name is in nobody else's words
	try 'what it leaves running is no reason to wait' run leaves "echo ok 1; setsid sleep 4720 & disown"
	ended() {
		! pgrep -f '^sleep 4720$'
	}
	try 'and ends with it' ended
	try 'what loses its parent is reaped' run orphan "echo ok 1; (sleep 0.1 &); sleep 1; ! pgrep -x sleep"
else
	skip 'a test sees its own mounts and processes only' 'not root'
fi
rm -rf "$tmp/log"
run good "echo ok 1; echo 'ok 2 # SKIP none'" >/dev/null
try 'what passed and what was skipped is counted' counted '1 passed, 0 failed, 1 skipped' "$tmp/log"
run broken 'echo ok 1; exit 3' >/dev/null
try 'a test that ends badly is a failure' counted '2 passed, 1 failed, 1 skipped' "$tmp/log"
SECONDS_MAX=1 run slow 'sleep 600' >/dev/null
try 'and so is one that does not end' counted '2 passed, 2 failed, 1 skipped' "$tmp/log"
fails_to_build() {
	! ${MAKE:-make} -s --no-print-directory BUILD=release B="$tmp/b" CC=false build-release
}
try 'a build that fails is an error' fails_to_build
try 'and is in the count' counted '0 passed, 1 failed, 0 skipped' "$tmp/b/log"
finish
