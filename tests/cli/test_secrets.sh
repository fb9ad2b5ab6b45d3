#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_secrets.sh - a volume being opened, and open: neither factor, nor what is
# made of both, is in an argument, an environment or a file; the processes that
# hold them are locked in memory and leave no core
. "$(dirname "$0")/lib.sh"

station
head -c 18 /dev/urandom | base64 >"$PASS" # lib.sh's own is written in other files too
must take_out "$TMP/v.img"
mkdir "$TMP/mnt"
touch "$TMP/keys/begun"

# What must not be found, in hex, a line each: passphrase, key (raw, hex, base64), the keyslot's passphrase.
key64=$(sed -n 2p "$KEY")
limit "$WORKVOL" factor derive "$TMP/v.img" --key-file "$KEY" --passphrase-file "$PASS" --fd 3 3>"$KEYS/derived"
as_hex() {
	od -An -tx1 -v | tr -d ' \n'
	echo
}
{
	head -c -1 "$PASS" | as_hex
	base64 -d <<<"$key64" | as_hex
	base64 -d <<<"$key64" | as_hex | tr -d '\n' | as_hex
	printf %s "$key64" | as_hex
	as_hex <"$KEYS/derived"
} >"$KEYS/needles"
is "the secrets are known" "$(grep -c . "$KEYS/needles")" 5

ulimit -c unlimited 2>/dev/null # what is inherited shows nothing

# Every process's words, and every file that may be ours and is younger than the test.
places() {
	find /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null
	find "$TMP" \( -path "$KEYS" -o -path "$TMP/mnt" \) -prune -o -type f ! -name '*.img' -print
	find /tmp /run/workvol /var/tmp -xdev -type f -size -4M -newer "$KEYS/begun" 2>/dev/null
}

found() {
	places | perl -ne 'BEGIN { open(N, "<", shift) or die; @n = map { chomp; pack("H*", $_) } <N>; undef $/;
		@p = split(/\n/, <STDIN>); for $p (@p) { open(F, "<", $p) or next; $t = <F> // "";
		for (@n) { if (index($t, $_) >= 0) { print "$p\n"; last } } } exit }' "$KEYS/needles"
}

cp "$PASS" "$TMP/planted"
is "a planted one is found" "$(found)" "$TMP/planted"
rm "$TMP/planted"

guarded() { # PID; under the address sanitizer mlockall() does nothing
	grep -q '^Max core file size  *0 ' "/proc/$1/limits" || return
	grep -aq __asan_init "$WORKVOL" ||
		[ "$(awk '/^VmLck:/ { print $2 }' "/proc/$1/status")" -gt 1024 ] # kB: all of it, not the one secret
}

mkfifo "$TMP/fifo"
opens() { # it waits for the passphrase, which somebody is about to write
	"$WORKVOL" -v --no-input open "$TMP/v.img" "$TMP/mnt" --key-file "$KEY" --passphrase-file "$TMP/fifo" \
		>"$TMP/said" 2>&1 &
	opening=$!
	exec 7>"$TMP/fifo"
}
soon_guarded() {
	for _ in $(seq 1200); do
		guarded "$1" && return
		sleep 0.05
	done
	return 1
}
opens
ok "before the passphrase is read its memory is locked and no core is left" soon_guarded $opening

# stopped again and again until it is done; once more when it was done at once
for try in 1 2 3 4 5 6 7 8 9 10; do
	cat "$PASS" >&7
	exec 7>&-
	stops=0
	while kill -STOP $opening 2>/dev/null; do
		hit=$(found)
		[ -z "$hit" ] || break
		stops=$((stops + 1))
		kill -CONT $opening
		sleep 0.03
		[ $stops -lt 20 ] || break
	done
	kill -CONT $opening 2>/dev/null
	wait $opening
	rc=$?
	[ $rc = 0 ] && [ -z "$hit" ] && [ $stops -lt 2 ] && [ $try -lt 10 ] || break
	must wv close "$TMP/v.img"
	opens
done
is "it opened" "$rc" 0
is "nothing was found while it opened" "$hit" ""
ok "it was looked at in the midst of it" test $stops -ge 2

is "nothing is found while it is open" "$(found)" ""
mapper=$(pgrep -x workvol-mapper | while read -r pid; do
	ls -l "/proc/$pid/fd" 2>/dev/null | grep -q "$TMP/v.img" && echo "$pid"
done)
if [ -n "$mapper" ]; then
	ok "the mapper's memory is locked and no core is left" guarded "$mapper"
else
	skip "the mapper's memory is locked and no core is left" "the kernel maps here"
fi
ok "it is closed" wv close "$TMP/v.img"
is "nothing is found when it is closed" "$(found)" ""
