#!/usr/bin/env bash
# run.sh LOGDIR NAME COMMAND... - run one test program with a time limit; keep
# its output, and a stamp when it passed.
#
# Root's tests run two at a time, each in namespaces of its own: it sees neither
# the mounts nor the processes of another, no copy of its mounts keeps a device of
# another in use, and what it leaves running ends with it. Loop devices, the
# network and the clock are everybody's. APART=no: without (a virtual machine
# has all of its own).
set -u
log=$1 name=$2
shift 2
mkdir -p "$log"
apart=()
# bash is its PID 1: it reaps what loses its parent, which timeout would not
[ "$(id -u)" != 0 ] || [ "${APART:-yes}" = no ] ||
	apart=(unshare --mount --pid --fork --kill-child --mount-proc bash -c '"$@"; exit $?' -)
start=$SECONDS
setsid "${apart[@]}" timeout -k 10 "${SECONDS_MAX:-1800}" "$@" >"$log/$name.log" 2>&1 </dev/null
rc=$?
took=$((SECONDS - start))
if [ $rc = 0 ] && ! grep -q '^not ok' "$log/$name.log"; then
	printf '  %-7s %s (%ss)\n' PASS "$name" "$took"
	echo "$took" >"$log/$name.ok"
	exit 0
fi
rm -f "$log/$name.ok"
[ $rc = 124 ] && echo "not ok - $name: no end after ${SECONDS_MAX:-1800} s" >>"$log/$name.log"
grep -q '^not ok' "$log/$name.log" || echo "not ok - $name: exit $rc" >>"$log/$name.log"
printf '  %-7s %s (exit %s, %ss)\n' FAIL "$name" "$rc" "$took"
grep -a -B3 -A12 '^not ok' "$log/$name.log" | grep -av '^ok ' | tail -40 | sed 's/^/          /'
exit 1
