# SPDX-License-Identifier: GPL-2.0-or-later
#
# lib.sh - what the command line's tests stand on; source it first:
#
#	. "$(dirname "$0")/lib.sh"
#
# TMP       a directory on /dev/shm of this test alone, gone at its end
# OUT, ERR  stdout and stderr of the last command that ok or not_ok_exit ran;
#           what only looks (said, grep, jq, awk, test, cmp, diff) leaves them
# LIMIT     seconds that a command may take (600): for what hangs, on a slow machine too
# WORKVOL   the binary; HELPERS the directory of the built tests/fault programs
# KEYS APPROVER HOLDER SERVER KEY PASS, WORKVOL_POLICY   set by station
set -u
export LC_ALL=C.UTF-8 TZ=UTC
# faketime is loaded before the sanitizer's runtime, which objects to that by default
export ASAN_OPTIONS=verify_asan_link_order=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}
unset WORKVOL_POLICY SSH_AUTH_SOCK SSH_ORIGINAL_COMMAND LANGUAGE
cd "$(dirname "$0")/../.." || exit 1
WORKVOL=$(realpath "${WORKVOL:-build/release/workvol}")
HELPERS=${HELPERS:-$(dirname "$WORKVOL")/tests/fault}
LIMIT=${LIMIT:-600}
TMP=$(mktemp -d /dev/shm/wv-test.XXXXXX) || exit 1
OUT=$TMP.out ERR=$TMP.err
_looked=$TMP.looked _loops=$TMP.loops _n=0 _bad=0 _child=
: >"$OUT" >"$ERR" >"$_looked" >"$_loops"

# A loop may be somebody else's by now: only those that still have our file.
_detach_loops() {
	local dev back
	while read -r dev back; do
		[ "$(_backing "$dev")" = "$back" ] && losetup -d "$dev"
	done <"$_loops" 2>/dev/null
}

# Also after a failure. Loops first: where the file lies on a mount, it has no
# path any more when that is gone; one in use ends with its last user. Then the
# mounts (the deepest last mounted).
_cleanup() {
	local rc=$? dir
	trap - EXIT INT TERM
	[ -n "$_child" ] && kill "$_child" 2>/dev/null
	jobs -p | xargs -r kill 2>/dev/null
	_detach_loops
	findmnt -rno TARGET | grep -F "$TMP/" | tac | while read -r dir; do
		timeout 20 umount "$dir" 2>/dev/null || umount -l "$dir"
	done
	_detach_loops
	rm -rf --one-file-system "$TMP" "$TMP".*
	[ $rc = 0 ] && [ $_bad != 0 ] && rc=1
	exit $rc
}
trap _cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

_backing() {
	cat "/sys/block/${1#/dev/}/loop/backing_file" 2>/dev/null
}

# run COMMAND...: with a time limit, output in OUT and ERR. A shell function
# runs in a subshell without it: the commands in it have their own (wv, limit).
run() {
	local out=$OUT err=$ERR
	case $1 in
	said | grep | jq | awk | test | cmp | diff) out=$_looked err=$_looked ;;
	esac
	if [ "$(type -t "$1")" = file ]; then
		timeout -k 5 "$LIMIT" "$@" >"$out" 2>"$err" </dev/null &
	else
		("$@") >"$out" 2>"$err" </dev/null &
	fi
	_child=$! # waited for, not run: so a TERM reaches the trap at once
	wait $_child
	local rc=$?
	_child=
	[ "$out" = "$_looked" ] || : >"$_looked"
	return $rc
}

limit() {
	timeout -k 5 "$LIMIT" "$@"
}

# wv ARGS...: workvol without a terminal. The policy is WORKVOL_POLICY's.
wv() {
	timeout -k 5 "$LIMIT" "$WORKVOL" --no-input "$@"
}

_pass() {
	_n=$((_n + 1))
	echo "ok $_n - $1"
}

_fail() {
	_n=$((_n + 1)) _bad=$((_bad + 1))
	echo "not ok $_n - $1"
	echo "# $2"
	head -c 4000 "$OUT" "$ERR" "$_looked" | sed 's/^/# /'
}

# ok SENTENCE COMMAND...: the command succeeds.
ok() {
	local what=$1 rc
	shift
	run "$@"
	rc=$?
	if [ $rc = 0 ]; then _pass "$what"; else _fail "$what" "exit $rc of: $*"; fi
	return $rc
}

# not_ok_exit N SENTENCE COMMAND...: the command exits N.
not_ok_exit() {
	local want=$1 what=$2 rc
	shift 2
	run "$@"
	rc=$?
	if [ $rc = "$want" ]; then _pass "$what"; else _fail "$what" "exit $rc, not $want, of: $*"; return 1; fi
}

# is SENTENCE GOT WANTED
is() {
	if [ "$2" = "$3" ]; then _pass "$1"; else _fail "$1" "got '$2', wanted '$3'"; return 1; fi
}

# skip SENTENCE WHY
skip() {
	_n=$((_n + 1))
	echo "ok $_n - $1 # SKIP $2"
}

bail() {
	echo "Bail out! $*"
	echo "not ok - $*"
	head -c 4000 "$OUT" "$ERR" | sed 's/^/# /'
	exit 1
}

# must COMMAND...: what the test needs before it can begin.
must() {
	run "$@" || bail "this did not work: $*"
}

# out KEY: a member of the last JSON line in OUT, by jq's path.
out() {
	tail -n 1 "$OUT" | jq -r "$1"
}

# said TEXT: the last command said it, on stdout or stderr.
said() {
	cat "$OUT" "$ERR" >"$TMP.said"
	grep -qF -- "$1" "$TMP.said"
}

# elsewhere SCRIPT ARG...: bash -c SCRIPT - ARG... in a mount namespace of its own. Mounts of tests that run
# beside this one are detached there: a copy of them would keep them in use.
elsewhere() {
	local script=$1
	shift
	unshare -m bash -c 'own=$1 && shift
		awk "{ print \$5 }" /proc/self/mountinfo | grep "^/dev/shm/wv-" | grep -vF "$own/" | tac |
			while read -r dir; do umount -l "$dir" 2>/dev/null; done
		'"$script" - "$TMP" "$@"
}

sum() {
	sha256sum <"$1" | cut -d ' ' -f 1
}

# loop FILE [LOSETUP-OPTION...]: print a loop device over FILE. Others take
# loops at the same time, and a container's /dev may lack the node: try again.
loop() {
	local file dev try
	file=$(realpath "$1")
	shift
	for try in $(seq 20); do
		dev=$(losetup -f) && { [ -b "$dev" ] || mknod "$dev" b 7 "${dev#/dev/loop}"; } 2>/dev/null
		if timeout 20 losetup "$@" "$dev" "$file" 2>/dev/null; then
			echo "$dev $file" >>"$_loops"
			echo "$dev"
			return 0
		fi
		sleep 0.1
	done
	echo "no loop device for $file" >&2
	return 1
}

# has_partitions LOOP N: its partitions 1 to N have nodes; not every kernel scans loops.
has_partitions() {
	local dev=$1 n
	for _ in $(seq 50); do [ -b "${dev}p$2" ] && break; sleep 0.1; done
	[ -b "${dev}p1" ] || partx -a "$dev" 2>/dev/null
	for ((n = 1; n <= $2; n++)); do
		[ -e "/sys/block/${dev#/dev/}/${dev#/dev/}p$n/dev" ] && [ ! -b "${dev}p$n" ] &&
			mknod "${dev}p$n" b $(tr : ' ' <"/sys/block/${dev#/dev/}/${dev#/dev/}p$n/dev")
	done
	[ -b "${dev}p1" ]
}

# make_tree N [DIR]: N small files in directories of 100, one empty, one of
# 1 MiB, one with a name that is not ASCII.
make_tree() {
	local n=$1 dir=${2:-$TMP/src} i
	for ((i = 0; i < n; i++)); do
		((i % 100 == 0)) && mkdir -p "$dir/d$((i / 100))"
		printf 'file %d\n%*s\n' $i $((i * 37 % 3000)) x >"$dir/d$((i / 100))/f$i.txt"
	done
	: >"$dir/d0/f0.txt"
	((n > 1)) && head -c 1048576 /dev/urandom >"$dir/d0/f1.txt"
	((n > 2)) && mv "$dir/d0/f2.txt" "$dir/d0/報告 2.txt"
	return 0
}

# station [INIT-OPTION...]: a lab station in TMP/station with an approver, a
# holder, both factors, and a directory as its server. Where LEDGER_URI is in the
# environment its ledger is there, under a name of its own.
station() {
	local who
	[ -z "${LEDGER_URI:-}" ] || set -- --ledger "$LEDGER_URI" --station "${TMP##*/}" "$@"
	KEYS=$TMP/keys SERVER=$TMP/server KEY=$TMP/keys/factor PASS=$TMP/keys/passphrase
	APPROVER=$KEYS/approver HOLDER=$KEYS/holder
	mkdir -p "$KEYS" "$SERVER"
	for who in approver holder; do
		must ssh-keygen -q -t ed25519 -N '' -C "$who@example.org" -f "$KEYS/$who"
	done
	(umask 077 && echo 'correct horse battery staple' >"$PASS")
	must "$WORKVOL" --no-input init "$TMP/station" --lab --server "$SERVER" \
		--approver "tanaka=$APPROVER.pub" --client 'Example City' \
		--contact 'desk@example.org' "$@"
	export WORKVOL_POLICY=$TMP/station/workvol.conf
	echo "search-dirs = $TMP/home" >>"$WORKVOL_POLICY" # not what else lies on the machine that tests
	must "$WORKVOL" factor new "$KEY"
}

# prepare TARGET [OPTION...]: declare TMP/src (made when absent) and prepare
# TARGET for it; a container file is made with 40 MiB. Approved at once. A disk
# that has a serial is confirmed by SERIAL.
prepare() {
	local target=$1 size=()
	shift
	[ -d "$TMP/src" ] || make_tree 20
	[ -e "$target" ] || size=(--size 40M)
	[ -e "$TMP/declaration" ] ||
		wv declare "$TMP/src" -o "$TMP/declaration" --purpose 'site survey' \
			--output 'results/*:1M' || return
	wv prepare "$target" "${size[@]}" --declaration "$TMP/declaration" --source "$TMP/src" \
		--key-file "$KEY" --passphrase-file "$PASS" --holder "suzuki=$HOLDER.pub" \
		--due "$(date -d '+7 days' +%F)" --client-approval 'C-2026-17,survey data,2099-12-31' \
		--approve-with "$APPROVER" --yes="${SERIAL:-$(basename "$target")}" "$@"
}

# take_out TARGET [PREPARE-OPTION...]: prepared, handed over, out.
take_out() {
	prepare "$@" && wv handover "$1" --sign-with "$HOLDER"
}

# open_volume TARGET [OPTION...]: mounted at TMP/mnt.
open_volume() {
	local target=$1
	shift
	mkdir -p "$TMP/mnt"
	wv open "$target" "$TMP/mnt" --key-file "$KEY" --passphrase-file "$PASS" "$@"
}

# nothing_open VOLUME: no loop, mount or process is left of it. A process that ends
# is seen for a moment more: five seconds are enough on any machine.
nothing_open() {
	local i
	for ((i = 0; i < 50; i++)); do
		! losetup -n -O BACK-FILE | grep -F "$TMP/" && ! grep -F "$TMP/" /proc/mounts &&
			! pgrep -af "$1" && return
		sleep 0.1
	done
	return 1
}
