#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_target.sh - ATA SANITIZE, ATA SECURITY ERASE UNIT and SCSI SANITIZE by real commands
# to the project's own disks (scsi_target.c): an honest one is believed, none that lies is
# lab: alone
LIMIT=600 # emulated, and a disk that has failed is asked again and again by the kernel
. "$(dirname "$0")/wipes.sh"

station

# ---- honest disks ---------------------------------------------------------------------

sanitizes() {
	ok "$what: three kinds are offered, as purge" offers \
		'[.sanitize[] | select(.usable and .category == "purge").kind] == ["block", "overwrite", "crypto"]'
	for kind in block crypto; do
		wipe sanitize:$kind
		came 0 sampled purge
		ok "$what, $kind: marks were laid, and are gone" jq -e '.sanitize.marks | .laid == 256 and .survived == 0' "$OUT"
		ok "$what, $kind: it has a certificate" wv certificate verify "$TMP/c.json"
	done
	wipe sanitize:overwrite
	came 0 wiped purge
	byte=$(jq -r '.passes[0].pattern' "$OUT")
	head -c "$(stat -c %s "$image")" /dev/zero | tr '\0' "\\$(printf %03o "0x$byte")" >"$TMP/told"
	ok "$what: each byte is the one that it was told" cmp "$image" "$TMP/told"
	ok "$what: the certificate reads back" wv verify "$dev" --certificate "$TMP/c.json"
	wipe sanitize+random
	came 0 wiped purge
}

new scsi
sanitizes
new ata
sanitizes
wipe sanitize:security-erase-enhanced
came 0 sampled clear
wipe sanitize:security-erase
came 0 sampled clear
ok "$what: it holds zeros only" cmp -n "$(stat -c %s "$image")" "$image" /dev/zero
not_enabled() {
	hdparm -I "$dev" | grep -qE '^[[:blank:]]+not[[:blank:]]+enabled'
}
ok "$what: no password is left" not_enabled

# ---- lies ------------------------------------------------------------------------------

for erasure in 'scsi overwrite' 'ata block' 'ata security-erase'; do
	read -r bus kind <<<"$erasure"
	new $bus lies
	wipe sanitize:$kind
	came 4 failed none
	says 'says that it erased itself, but 256 of the marks are still there'
	ok "$what, $kind: no certificate" test ! -e "$TMP/c.json"

	new $bus half
	wipe sanitize:$kind
	came 4 failed none
	says 'says that it erased itself, but 128 of the marks are still there'

	new $bus fails
	wipe sanitize:$kind
	came 1 failed none
	case $kind in
	security-erase)
		says "$dev aborted SECURITY ERASE UNIT"
		ok "$what: and no password is left" not_enabled
		;;
	*) says "$dev says that its erasure failed" ;;
	esac

	new $bus aborts
	wipe sanitize:$kind
	came 1 failed none
done

# ---- not now ----------------------------------------------------------------------------

new ata frozen
refused sanitize:security-erase 'its security is frozen'
wipe sanitize
came 0 sampled purge
new ata sanitize-frozen
refused sanitize 'its sanitize is frozen until its power was off'
new ata enabled
refused sanitize:security-erase 'it has an ATA password'
new ata locked
refused sanitize:security-erase 'it is locked by an ATA password'
refused sanitize 'it is locked by an ATA password'

# ---- a disk that takes its time ------------------------------------------------------------

new scsi hangs=2
wipe sanitize
came 0 sampled purge
new ata hangs=2
wipe sanitize:security-erase
came 0 sampled clear

# ---- hidden areas ---------------------------------------------------------------------------

new ata hpa=512 dco=256
ok "$what: devices tells" offers '.hidden == {"hpa": 262144, "dco": 131072} and .size == 655360'
wipe zero
is "$what: a wipe does not reach it, and says so" \
	"$code $(out '.status, (.not_proven[] | select(test("HPA|DCO")))' | tr '\n' ' ')" \
	'0 wiped what a host protected area (HPA) hides what a device configuration overlay (DCO) hides '
ok "$what: it is as it was" eval '! cmp -s -n 393216 -i 655360:0 "$image" /dev/zero'
wipe zero --lift-hidden
is "$what, lifted: all of it is wiped" "$code $(out '"\(.status) \(.size)"')" '0 wiped 1048576'
ok "$what, lifted: also on the medium" cmp -n 1048576 "$image" /dev/zero
ok "$what, lifted: nothing is hidden" offers '.hidden == {"hpa": 0, "dco": 0}'

# ---- what another program says -----------------------------------------------------------------

new ata lies
must hdparm --user-master u --security-set-pass p "$dev"
ok "$what: hdparm --security-erase exits with 0" hdparm --user-master u --security-erase p "$dev"
unchanged

# ---- interrupted: last, since the disk stays busy, and the kernel holds back whoever reads it ---------

new scsi hangs=1000000
method=sanitize
rm -f "$TMP/c.json"*
"$WORKVOL" --no-input --json wipe "$dev" --method $method --yes="$serial" --certificate "$TMP/c.json" \
	>"$TMP/first" 2>"$TMP/first.err" </dev/null &
pid=$!
ok "$what: it begins to erase itself" until_true 300 grep -q erases "$TMP/$serial.out"
erases_alone 'while the first waits for it'
kill -INT $pid
wait $pid
code=$?
cp "$TMP/first" "$OUT" && cp "$TMP/first.err" "$ERR"
is "$what, Ctrl-C: exit and status" "$code $(out .status)" '130 cancelled'
says 'the erasure goes on in the device'
says 'to go on: wait until workvol devices tells of no sanitize in it, then run it again'
not_ok_exit 1 "$what, Ctrl-C: no --resume, which is refused" said '--resume'
ok "$what, Ctrl-C: it was given no certificate" test ! -e "$TMP/c.json"
erases_alone 'after Ctrl-C'
ok 'the ledger is intact' wv ledger verify
echo "1..$_n"
