#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# test_open.sh - open and close: two factors, the signed header, the state that
# it must be in, and nothing left of it afterwards
. "$(dirname "$0")/lib.sh"

station
factors=(--key-file "$KEY" --passphrase-file "$PASS")
V=$TMP/v.img M=$TMP/mnt
mkdir "$M"
must prepare "$V"
UUID=$(wv --json list | jq -r .volume)
open() {
	wv open "$V" "$M" "${factors[@]}" "$@"
}
state() {
	wv --json list | tail -n 1 | jq -r .state
}

# ---- the states that it does not open in ---------------------------------------------------

not_ok_exit 3 'what was not handed over does not open' open
ok '... and the command to do it is named' said 'workvol handover'
must wv handover "$V" --sign-with "$HOLDER"
ok 'lost' wv incident open "$V" 'left in a train'
not_ok_exit 3 'what is recorded as lost does not open' open
ok '... and that is said' said lost
not_ok_exit 3 'nor is it checked' wv check "$V" "${factors[@]}"
not_ok_exit 3 'nor sent' wv sync "$V" "${factors[@]}"
not_ok_exit 3 'nor amended' wv amend "$V" x --purpose x --sign-with "$HOLDER" "${factors[@]}"
not_ok_exit 3 'nor returned' wv return "$V" "${factors[@]}"
ok '... and nothing was opened for it' nothing_open "$V"
must wv incident notify "$V" 'by telephone'
ok 'found' wv incident close "$V" 'was under the seat'

# ---- two factors -------------------------------------------------------------------------------

(umask 077 && echo 'wrong horse' >"$TMP/wrong" && : >"$TMP/empty")
must "$WORKVOL" factor new "$TMP/other-key"
not_ok_exit 3 'another passphrase does not open it' wv open "$V" "$M" --key-file "$KEY" --passphrase-file "$TMP/wrong"
not_ok_exit 3 'another key file does not' wv open "$V" "$M" --key-file "$TMP/other-key" --passphrase-file "$PASS"
not_ok_exit 1 'an empty passphrase is none' wv open "$V" "$M" --key-file "$KEY" --passphrase-file "$TMP/empty"
not_ok_exit 2 'a passphrase alone is no command' wv open "$V" "$M" --passphrase-file "$PASS"
not_ok_exit 3 'a key file alone opens nothing' wv open "$V" "$M" --key-file "$KEY"
not_ok_exit 4 'a passphrase file is no key file' wv open "$V" "$M" --key-file "$PASS" --passphrase-file "$PASS"
ok '... and nothing is open after all that' nothing_open "$V"

# ---- open ------------------------------------------------------------------------------------------

not_ok_exit 3 'a directory that holds something is refused' wv open "$V" "$TMP/src" "${factors[@]}"
ok '... by its name' said "$TMP/src is not empty"
not_ok_exit 1 'a file is no directory to mount at' wv open "$V" "$PASS" "${factors[@]}"
ok '... and that is said' said "$PASS is not a directory"
ok '... and nothing is open after that' nothing_open "$V"
ok 'with both factors it opens' open
is 'it is mounted so that nothing on it can act' \
	"$(findmnt -no OPTIONS "$M" | tr , '\n' | grep -cx 'nosuid\|nodev\|noexec\|nosymfollow')" 4
ok 'what was declared is on it' diff -r "$TMP/src" "$M"
ok 'lost+found is not' test ! -e "$M/lost+found"
not_ok_exit 3 'it does not open twice' open
ok '... and is still open' mountpoint -q "$M"
not_ok_exit 3 'an open volume is not wiped' wv wipe "$V" --yes=v.img
exec 8>"$M/held"
not_ok_exit 3 'close waits for open files' wv close "$V"
ok '... and the volume stays usable' bash -c "echo written >&8 && grep -q written '$M/held'"
exec 8>&-
rm "$M/held"
cd "$M" || exit
not_ok_exit 3 'a shell that stands in it holds it too' wv close "$V"
cd - >/dev/null || exit
ok 'then it closes' wv --json close "$V"
is '... and says so' "$(out .was_open)" true
ok '... and nothing of it is left' nothing_open "$V"
ok 'closing again is fine' wv --json close "$V"
is '... there was nothing to close' "$(out .was_open)" false

ok 'read-only' open --read-only
not_ok_exit 1 '... nothing can be written' touch "$M/x"
ok '... but checked' wv check "$V"
ok '... and sent' wv sync "$V"
ok '... and closed' wv close "$UUID"

ok 'by its UUID, without a place' wv --json open "$UUID" "${factors[@]}"
is '... it is mounted where only root looks' "$(out .dir) $(stat -c %a "$(dirname "$(out .dir)")")" "/run/workvol/mnt/$UUID 700"
ok '... closed' wv close "$V"
ok '... the place is gone' test ! -e "/run/workvol/mnt/$UUID"
not_ok_exit 1 'a place that is not there is a failure' wv open "$V" "$TMP/nowhere" "${factors[@]}"
not_ok_exit 1 'so is a file' wv open "$V" "$PASS" "${factors[@]}"
ok '... and nothing is left of it' nothing_open "$V"
mkdir "$TMP/else" && cp "$V" "$TMP/else/w.img"
not_ok_exit 3 'a copy under another name is not the medium' wv open "$TMP/else/w.img" "$M" "${factors[@]}"
head -c 4194304 /dev/urandom >"$TMP/noise"
not_ok_exit 1 'what carries no work volume does not open' wv open "$TMP/noise" "$M" "${factors[@]}"

# ---- killed while it is open --------------------------------------------------------------------------

ok 'opened' open
echo kept >"$M/kept" && sync -f "$M"
server=$(pgrep -f "$V" | head -n 1)
if [ -n "$server" ]; then
	kill -9 "$server"
	run cat "$M/d0/f1.txt" # what was cached may still be read
	not_ok_exit 1 'after its process was killed close says that something may be lost' wv close "$V"
	ok '... nothing is left' nothing_open "$V"
	ok '... and it opens again' open
	ok '... with what was synced' grep -q kept "$M/kept"
else
	skip 'after its process was killed close says that something may be lost' 'the kernel maps it'
fi
rm -f "$M/kept"
ok 'closed' wv close "$V"

# ---- a header that was not signed for ---------------------------------------------------------------------

must cp "$V" "$TMP/kept.img"
wv factor derive "$V" --key-file "$KEY" --passphrase-file "$PASS" --fd 9 9>"$TMP/derived" || bail 'no derived key'
echo simple >"$TMP/simple"
cheap=(--batch-mode --pbkdf pbkdf2 --pbkdf-force-iterations 1000)
changed() { # SENTENCE COMMAND...
	local what=$1
	shift
	must cp "$TMP/kept.img" "$V"
	must limit "$@"
	not_ok_exit 4 "$what: it does not open" open
	not_ok_exit 4 '... is not checked' wv check "$V" "${factors[@]}"
	not_ok_exit 4 '... nor returned' wv return "$V" "${factors[@]}"
	ok '... and nothing is left open' nothing_open "$V"
}
changed 'a keyslot that one password opens' cryptsetup luksAddKey "${cheap[@]}" --key-file "$TMP/derived" "$V" "$TMP/simple"
changed 'a token that was added' bash -c "echo '{\"type\":\"x\",\"keyslots\":[]}' | cryptsetup token import '$V'"
changed 'another keyslot priority' cryptsetup config --key-slot 0 --priority prefer "$V"
changed 'the token removed' cryptsetup token remove --token-id 0 "$V"
must cp "$TMP/kept.img" "$V"
dd if=/dev/zero of="$V" bs=4096 count=1 conv=notrunc status=none
run open
case $? in
0) _pass 'a damaged first header is repaired from the second, the same'
	must wv close "$V" ;;
1 | 4) _pass 'a damaged first header stays closed' ;;
*) _fail 'a damaged first header is repaired or refused' 'neither' ;;
esac
must cp "$TMP/kept.img" "$V"

# ---- a take-out record that is not the signed one ------------------------------------------------------------

papers=$(echo "$TMP"/station/state/takeouts/*)
cp -r "$papers" "$TMP/papers"
tampered() { # SENTENCE COMMAND...
	local what=$1
	shift
	(cd "$papers" && "$@") || bail "$*"
	not_ok_exit 4 "$what: it does not open" open
	rm -r "$papers" && cp -r "$TMP/papers" "$papers"
}
set_member() {
	jq -cSj "$2" "$1" >x && mv x "$1"
}
resigned() {
	set_member takeout-record.json "$1" && rm takeout-record.json.sig &&
		ssh-keygen -q -Y sign -f "$APPROVER" -n workvol-takeout-record takeout-record.json
}
tampered 'a changed record' set_member takeout-record.json '.header = "00"'
tampered 'a record signed anew by somebody else' resigned '.method = "zero"'
tampered 'a record with another roster' sed -i 's/tanaka/mallory/' roster
tampered 'a signature that is gone' truncate -s 0 takeout-record.json.sig
ok 'as it was, it opens' open

# ---- the medium is gone while it is open ----------------------------------------------------

mv "$V" "$TMP/away.img"
not_ok_exit 1 'what is open is closed when its medium is gone, with a warning' wv close "$UUID"
ok '... that names what may be missing' said 'what was written last may be missing'
ok '... nothing is left open' nothing_open "$V"
not_ok_exit 1 'there is nothing more to close' wv close "$UUID"
mv "$TMP/away.img" "$V"
ok 'it is back, and opens' open

# ---- after the check: what was proven is void -------------------------------------------------------------------

must wv close "$V"
not_ok_exit 3 'a return waits for its approval' wv return "$V" "${factors[@]}"
is '... checked, and sent' "$(state)" synced
request=$(ls -t "$papers"/return-request-*.json | head -n 1)
ok 'it is approved' wv approve "$request" --key "$APPROVER"
not_ok_exit 3 'a wrong passphrase changes nothing of that' \
	wv open "$V" "$M" --key-file "$KEY" --passphrase-file "$TMP/wrong"
is '... it is still sent' "$(state)" synced
ok 'then somebody opens the volume' open
is '... which is out again' "$(state)" out
echo 'late' >"$M/d0/f3.txt"
must wv close "$V"
not_ok_exit 4 'what was changed after the receipt stops the return' wv return "$V" "${factors[@]}"
must open
cp "$TMP/src/d0/f3.txt" "$M/d0/f3.txt"
must wv close "$V"
not_ok_exit 3 'put right, the old approval is not enough' wv return "$V" "${factors[@]}"
is '... another is asked for' "$(find "$papers" -name 'return-request-*.json' | wc -l)" 2
ok 'with it the volume is returned' wv return "$V" "${factors[@]}" --approve-with "$APPROVER"
not_ok_exit 1 'and never opens again: there is no volume' open
ok '... nothing is left open' nothing_open "$V"
echo "1..$_n"
