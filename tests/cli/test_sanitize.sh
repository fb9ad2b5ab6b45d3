#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_sanitize.sh - what has no erasure of its own is refused with exit 3 and
# stays as it was; devices says what each disk offers
#
# alone: `workvol devices` opens every loop of the machine, and those of others would end late
. "$(dirname "$0")/lib.sh"

station
head -c 4M /dev/urandom >"$TMP/disk"
dev=$(loop "$TMP/disk") || bail "no loop"
name=${dev#/dev/}
before=$(sha256sum <"$TMP/disk")

unchanged() {
	sync -f "$TMP"
	is "$1: unchanged" "$(sha256sum <"$TMP/disk")" "$before"
}

not_ok_exit 3 'a loop device is refused' wv wipe "$dev" --method sanitize --yes="$name"
ok 'and says why' said "$dev offers no erasure of its own"
unchanged 'the loop'
not_ok_exit 3 'also with --certificate' wv wipe "$dev" --method sanitize --yes="$name" --certificate "$TMP/c.json"
ok 'and no paper is written' test ! -e "$TMP/c.json"
not_ok_exit 3 'so is a kind that was named' wv wipe "$dev" --method sanitize:crypto --yes="$name"
ok 'and it is named' said "$dev does not offer sanitize:crypto"
not_ok_exit 3 'passes after it do not begin' wv wipe "$dev" --method sanitize+zero --yes="$name"
unchanged 'the loop'
not_ok_exit 3 'a container file is refused' wv wipe "$TMP/disk" --method sanitize --yes=disk
not_ok_exit 3 'without the serial nothing is begun' wv wipe "$dev" --method sanitize
wv --json wipe "$dev" --method sanitize --yes="$name" >"$TMP/json" 2>"$TMP/err"
ok 'with --json the status is refused' jq -e '.status == "refused" and .method == "sanitize"' "$TMP/json"

not_ok_exit 1 'an unknown kind is an error' wv wipe "$dev" --method sanitize:magic --yes="$name"
ok 'that lists the kinds' said 'magic is no kind of sanitize: block, overwrite, crypto'
not_ok_exit 1 'a range is an error' wv wipe "$dev" --method sanitize --length 4096 --yes="$name"
not_ok_exit 1 'a resume is an error' wv wipe "$dev" --method sanitize --resume --yes="$name"
unchanged 'the loop'

ok 'a disk that hides nothing is wiped with --lift-hidden' wv wipe "$dev" --lift-hidden --method zero --yes="$name"
wv --json devices >"$TMP/json"
ok 'devices says that it offers and hides nothing' \
	jq -se --arg d "$dev" 'map(select(.path == $d)) | .[0].sanitize == [] and .[0].hidden == null' "$TMP/json"

echo "1..$_n"
