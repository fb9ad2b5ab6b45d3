#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_nvme.sh - NVMe Sanitize and Format NVM by real commands to the project's own
# controller (nvme_target.c): an honest one is believed, none that lies or hangs is
# lab: alone
LIMIT=600 # emulated
. "$(dirname "$0")/wipes.sh"

station

no_certificate() {
	ok "$what, $method: no certificate" test ! -e "$TMP/c.json"
}

# begin METHOD TEXT: a wipe, in the background as pid, until the controller has said TEXT
begin() {
	method=$1
	rm -f "$TMP/c.json"*
	"$WORKVOL" --no-input --json wipe "$dev" --method "$method" --yes="$serial" --certificate "$TMP/c.json" \
		>"$TMP/first" 2>"$TMP/first.err" </dev/null &
	pid=$!
	ok "$what, $method: it begins" until_true 300 grep -q "$2" "$TMP/$serial.out"
}

# end: it came to its end, as after wipe
end() {
	wait $pid
	code=$?
	cp "$TMP/first" "$OUT" && cp "$TMP/first.err" "$ERR"
}

# ---- an honest controller --------------------------------------------------------------

new nvme
ok "$what: it offers sanitize as purge, format as clear" offers \
	'[.sanitize[] | select(.usable) | "\(.kind) \(.category) \(.minutes)"] == ["block purge 1", "overwrite purge 2",
	"crypto purge 1", "format-crypto clear 0", "format clear 0"]'
for row in block:ff:purge crypto:c7:purge format-crypto:c7:clear format:00:clear; do
	IFS=: read -r kind byte category <<<"$row"
	wipe sanitize:$kind
	came 0 sampled "$category"
	is "$what, $kind: marks were laid, and are gone, and all was read" \
		"$(out '"\(.sanitize.marks) \(.sanitize.found) \(.passes[0].verified)"')" \
		"{\"laid\":256,\"survived\":0} $byte 1048576"
	filled=$(head -c 1048576 /dev/zero | tr '\0' "\\$(printf %03o "0x$byte")" | sha256sum | cut -d ' ' -f 1)
	is "$what, $kind: so it is on the medium" "$(sum "$image")" "$filled"
	ok "$what, $kind: it has a certificate" wv certificate verify "$TMP/c.json"
done
wipe sanitize:overwrite
came 0 wiped purge
byte=$(out '.passes[0].pattern')
head -c 1048576 /dev/zero | tr '\0' "\\$(printf %03o "0x$byte")" >"$TMP/told"
ok "$what: each byte is the one that it was told" cmp "$image" "$TMP/told"
ok "$what: the certificate reads back" wv verify "$dev" --certificate "$TMP/c.json"
wipe sanitize
came 0 sampled purge
is "$what: a sanitize is chosen before a format" "$(out .sanitize.kind)" block
wipe sanitize+random
came 0 wiped purge

new nvme hangs=2
wipe sanitize:crypto
came 0 sampled purge
new nvme hangs=2
wipe sanitize:format
came 0 sampled clear

# ---- lies ------------------------------------------------------------------------------

believes_nothing() { # WORD MARKS KIND...
	local marks=$2
	new nvme "$1"
	for kind in "${@:3}"; do
		wipe sanitize:$kind
		came 4 failed none
		says "says that it erased itself, but $marks of the marks are still there"
		no_certificate
	done
}

believes_nothing lies 256 block overwrite crypto format format-crypto crypto+zero
believes_nothing half 128 block overwrite format

for kind in block overwrite format; do
	new nvme fails
	wipe sanitize:$kind
	came 1 failed none
	case $kind in
	format) says "$dev did not take Format NVM: NVMe status 6h" ;;
	*) says "$dev says that its erasure failed" ;;
	esac
	no_certificate
done

new nvme aborts
for kind in block format; do
	wipe sanitize:$kind
	came 1 failed none
	says 'NVMe status 15h'
	no_certificate
done

new nvme stale
wipe sanitize:block
came 1 failed none
says "$dev does not say that it erased anything"
no_certificate

# ---- it hangs ---------------------------------------------------------------------------

new nvme hangs=1000000
begin sanitize:block erases
erases_alone 'while the first waits for it'
kill -INT $pid
end
is "$what, Ctrl-C: exit and status" "$code $(out .status)" '130 cancelled'
says 'the erasure goes on in the device'
no_certificate
erases_alone 'after Ctrl-C'

# The system call does not return before the controller answers, or is lost.
new nvme hangs=1000000
begin sanitize:format 'holds a format'
kill "$(cat "$TMP/$serial.pid")"
end
came 1 failed none
says "$dev did not answer Format NVM, or was lost; what was begun may go on in the device"
no_certificate
ok 'the ledger is intact' wv ledger verify
echo "1..$_n"
