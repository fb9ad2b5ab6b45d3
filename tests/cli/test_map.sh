#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_map.sh - what a wipe leaves besides: the map of the surface, and the
# certificates; and what a dry run says
. "$(dirname "$0")/lib.sh"

station
for i in a b; do
	tr '\0' '\245' </dev/zero | head -c 4M >"$TMP/$i.img"
done
A=$(loop "$TMP/a.img") && B=$(loop "$TMP/b.img") || bail "no loop device"
a=${A#/dev/} b=${B#/dev/}

untouched() {
	tr '\0' '\245' </dev/zero | head -c 4M | cmp - "$TMP/a.img"
}
wipe() {
	wv wipe --method zero --yes="$a" --yes="$b" "$@"
}

# ---- files that cannot be written ----
mkdir "$TMP/dir"
not_ok_exit 1 'a map that cannot be written fails the wipe' wipe "$A" --map "$TMP/none/map.svg"
ok 'and names it' said "cannot write $TMP/none/map.svg: No such file or directory"
ok 'before a byte is overwritten' untouched
not_ok_exit 1 'so does a certificate' wipe "$A" --certificate "$TMP/none/c.json"
ok 'before a byte is overwritten (certificate)' untouched
not_ok_exit 1 'so does a certificate whose signature cannot be written' \
	sh -c "mkdir '$TMP/c.json.sig'; '$WORKVOL' --no-input wipe --yes=$a $A --certificate '$TMP/c.json'"
ok 'and the signature is named' said "$TMP/c.json.sig is a directory"
not_ok_exit 1 'a directory is no map' wipe "$A" --map "$TMP/dir"
mknod "$TMP/null" c 1 3
not_ok_exit 1 'a device node is not replaced by a map' wipe "$A" --map "$TMP/null"
ok 'and is still there' test -c "$TMP/null"
not_ok_exit 1 'two files of one name are refused' wipe "$A" --map "$TMP/x" --certificate "$TMP/x"
ok 'nothing of all this was written to the disk' untouched
is 'and nothing lies about' "$(find "$TMP" -mindepth 1 -maxdepth 1 -name '*.??????' | wc -l)" 0

# ---- a dry run ----
ok 'a dry run is planned' wv wipe --dry-run --method dod-5220.22-m --verify all "$A" "$B"
ok 'it lists its sweeps in their order' \
	grep -qE '^   1  write +pass 1 of 3 +[0-9a-f]+ +4194304 bytes$' "$OUT"
ok 'the last of which reads back' grep -qE '^   4  verify +pass 3 of 3 +random +4194304 bytes$' "$OUT"
is 'it adds them up, for each device' "$(grep -c '^  in all    25165824 bytes written and read$' "$OUT")" 2
ok 'it says how long that will take, and why' \
	grep -qE '^  expected  .*, if it writes as fast as it was just read, [0-9]+ MB/s$' "$OUT"
ok 'and how long all of them take' grep -qE '^all 2 at once: 50331648 bytes, ' "$OUT"
ok 'it is for programs too' wv --json wipe --dry-run "$A"
is 'with the same sweeps' "$(out '[.sweeps[] | [.step, .pass, .bytes]] | tostring')" \
	'[["write",1,4194304],["verify",1,4194304]]'
ok 'the ledger has it' wv ledger verify
ok 'nothing was written' untouched

# ---- the map ----
ok 'a wipe draws its map' wipe --json "$A" --map "$TMP/map.svg" --certificate "$TMP/one.json"
is 'of 256 cells' "$(out '.passes[0].cells | length')" 256
ok 'the map names the device and the verdict' grep -q "<title>$A: wiped</title>" "$TMP/map.svg"
if command -v xmllint >/dev/null; then
	ok 'it is well-formed' xmllint --noout --nonet "$TMP/map.svg"
else
	skip 'it is well-formed' 'no xmllint'
fi
ok 'the certificate has no cells' test -z "$(grep -l cells "$TMP/one.json")"
wv ledger export >"$TMP/export"
ok 'nor has the ledger' test -z "$(grep -l cells "$TMP/export")"
ok 'without --map there are no cells' wipe --json "$A"
is 'in the result' "$(out '.passes[0].cells')" null

# ---- several ----
ok 'several devices are wiped at once' wipe "$A" "$B" --map "$TMP/s.svg" --certificate "$TMP/s.json"
for i in "$a" "$b"; do
	ok "a map of its own ($i)" grep -q "<title>/dev/$i: wiped" "$TMP/s-$i.svg"
	ok "a certificate of its own ($i)" wv certificate show "$TMP/s-$i.json"
	ok "which names it ($i)" said "$i"
done

losetup -d "$A" "$B"
exit $((_bad > 0))
