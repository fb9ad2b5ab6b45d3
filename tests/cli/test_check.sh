#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# test_check.sh - check finds what a holder adds, changes or hides; amend
# declares what may be declared, and nothing else
. "$(dirname "$0")/lib.sh"

station
factors=(--key-file "$KEY" --passphrase-file "$PASS")
must take_out "$TMP/v.img"
must open_volume "$TMP/v.img"
M=$TMP/mnt V=$TMP/v.img

ok 'a volume as it was declared is clean' wv --json check "$V"
is '... with all that was declared' "$(out '[.declared, .ok, (.findings | length), .status] | @csv')" '20,20,0,"clean"'

# finds SENTENCE KIND PATH: check finds exactly this one
finds() {
	not_ok_exit 4 "$1 is found" wv --json check "$V"
	is '... and nothing else' "$(head -n 1 "$OUT" | jq -r '.findings[] | .kind + " " + (.path // .path_b64)')" "$2 $3"
}
# planted SENTENCE KIND PATH COMMAND...: made by COMMAND in the volume, found, and removed
planted() {
	local what=$1 kind=$2 path=$3
	shift 3
	(cd "$M" && "$@") >"$TMP/planted" 2>&1 || bail "$(cat "$TMP/planted")"
	finds "$what" "$kind" "$path"
	if [ "$kind" = unsafe ]; then
		not_ok_exit 4 '... and cannot be declared' wv amend "$V" "$path" --purpose x --sign-with "$HOLDER"
	fi
	rm -rf "${M:?}/$path"
}

# ---- what may not be there ------------------------------------------------------------

planted 'a file that nobody declared' undeclared foreign.txt bash -c 'echo x >foreign.txt'
planted 'an empty directory' undeclared empty mkdir empty
planted 'a hidden file' undeclared .hidden touch .hidden
planted 'a link' unsafe link ln -s /etc/passwd link
planted 'a link to a directory' unsafe dir ln -s d0 dir
planted 'a FIFO' unsafe fifo mkfifo fifo
planted 'a device' unsafe disk mknod disk b 7 0
planted 'a set-user-id file' unsafe suid bash -c 'cp /bin/true suid; chmod 4755 suid'
planted 'a set-group-id file' unsafe sgid bash -c 'echo >sgid; chmod 2755 sgid'
planted 'an extended attribute' unsafe attr bash -c 'echo >attr; setfattr -n user.note -v secret attr'
planted 'an access list' unsafe acl bash -c 'echo >acl; setfacl -m u:1234:r acl'
planted 'a name with an escape' unsafe $'esc\e[31m' touch $'esc\e[31m'
planted 'a name with a newline' unsafe $'two\nlines' touch $'two\nlines'
socket() {
	perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "socket", Listen => 1) or die'
}
planted 'a socket' unsafe socket socket
planted 'a sparse file' undeclared huge truncate -s 8M huge
planted 'a name that is not UTF-8' undeclared "$(printf 'b\xffd' | base64)" touch "$(printf 'b\xffd')"
rm -f "$M/$(printf 'b\xffd')"

(cd "$M" && ln d0/f3.txt hard)
not_ok_exit 4 'a second name of a declared file is found' wv --json check "$V"
is '... at both names' "$(head -n 1 "$OUT" | jq -c '[.findings[] | [.kind, .path]]')" \
	'[["unsafe","d0/f3.txt"],["unsafe","hard"]]'
rm "$M/hard"
(cd "$M" && touch Note note)
not_ok_exit 4 'names that another system takes for one are found' wv --json check "$V"
is '... both' "$(head -n 1 "$OUT" | jq -c '[.findings[] | [.kind, .path]]')" '[["unsafe","Note"],["unsafe","note"]]'
rm "$M/Note" "$M/note"

mkdir "$M/cover" && mount -t tmpfs -o size=64k workvol-test "$M/cover" || bail 'no tmpfs'
echo hidden >"$M/cover/x"
not_ok_exit 4 'a mount in the volume is found' wv --json check "$V"
is '... and not entered' "$(head -n 1 "$OUT" | jq -c '[.findings[] | [.kind, .path]]')" '[["unsafe","cover"]]'
umount "$M/cover" && rmdir "$M/cover"
cp "$M/d0/f3.txt" "$TMP/other"
mount --bind "$TMP/other" "$M/d0/f3.txt" || bail 'no bind mount'
not_ok_exit 4 'a mount over a declared file is found' wv --json check "$V"
ok '... as unsafe' jq -se '.[0].findings | map(.path) == ["d0/f3.txt"]' "$OUT"
umount "$M/d0/f3.txt"

# ---- it looks at the volume, and at nothing that was put in its place ---------------------

mount -t tmpfs -o size=64k workvol-test "$M" || bail 'no tmpfs'
not_ok_exit 3 'what is mounted over the volume is not taken for it' wv check "$V"
ok '... and is named' grep -qF "$M" "$ERR"
umount "$M"
mkdir "$TMP/part" && mount --bind "$M/d0" "$TMP/part" || bail 'no bind mount'
not_ok_exit 3 'nor a part of it that is bound elsewhere' wv check "$V"
ok '... and is named' grep -qF "$TMP/part" "$ERR"
umount "$TMP/part"
ok 'without them it is clean' wv check "$V"

deep() {
	perl -e 'for (1..3000) { mkdir "d" or die; chdir "d" or die } open F, ">f" or die'
}
(cd "$M" && deep) || bail 'no deep directories'
not_ok_exit 4 'three thousand directories below each other are found' wv --json check "$V"
ok '... in no time, and beyond 4000 bytes as unsafe' \
	jq -se '.[0].findings | length >= 1999 and (map(.kind) | index("unsafe"))' "$OUT"
perl -e 'chdir shift; $n = 0; while (chdir "d") { $n++ } unlink "f"; while ($n--) { chdir ".."; rmdir "d" }' "$M"

# ---- what was changed ---------------------------------------------------------------------

same_size() {
	# tr: another byte than the one that is there
	dd if=d0/f1.txt bs=1 skip=500000 count=1 status=none | LC_ALL=C tr '\000-\377' '\001-\377\000' |
		dd of=d0/f1.txt bs=1 seek=500000 conv=notrunc status=none &&
		touch -r d0/f4.txt d0/f1.txt
}
(cd "$M" && same_size)
finds 'one byte of a file, its size and time as before,' modified d0/f1.txt
cp "$TMP/src/d0/f1.txt" "$M/d0/f1.txt"
rm "$M/d0/f5.txt"
finds 'a file that is gone' missing d0/f5.txt
mkdir "$M/d0/f5.txt"
finds 'a directory in the place of a file' modified d0/f5.txt
rmdir "$M/d0/f5.txt"
ln -s f6.txt "$M/d0/f5.txt"
finds 'a link in the place of a file' unsafe d0/f5.txt
rm "$M/d0/f5.txt"
cp "$TMP/src/d0/f5.txt" "$M/d0/f5.txt"
ok 'put right, it is clean again' wv check "$V"

# ---- outputs: what was approved beforehand ---------------------------------------------------

mkdir -p "$M/results"
head -c 1000 /dev/zero >"$M/results/a.csv"
ok 'a file inside the approved pattern is no finding' wv check "$V"
truncate -s 1048577 "$M/results/b.csv"
finds 'one larger than approved' undeclared results/b.csv
rm "$M/results/b.csv"
mkdir -p "$M/results/deeper" && echo >"$M/results/deeper/x"
not_ok_exit 4 'a directory that the pattern does not reach is found' wv check "$V"
rm -r "$M/results/deeper"

# ---- amend ---------------------------------------------------------------------------------------

amend() {
	wv amend "$V" "$@" --purpose 'field work' --sign-with "$HOLDER"
}
amended() { # the paths of the last amendment, in order
	jq -r '.changes[] | .action + " " + (.path // .path_b64)' \
		"$(ls -v "$TMP"/station/state/takeouts/*/amendment-*.json | tail -n 1)" | paste -sd ';'
}
not_ok_exit 2 'amend asks for a purpose' wv amend "$V" x --sign-with "$HOLDER"
not_ok_exit 1 'what is nowhere cannot be amended' amend nowhere.txt
not_ok_exit 1 'what is as declared need not be' amend d0/f3.txt
not_ok_exit 4 'another key than the holder'\''s does not amend' \
	wv amend "$V" results --purpose x --sign-with "$APPROVER"
not_ok_exit 1 'a path above the volume is none' amend ../../../etc/passwd
mkdir -p "$M/a/b/c"
echo 1 >"$M/a/b/c/new.txt"
echo 2 >"$M/a/other.txt"
ok 'a file in new directories is amended' amend a/b/c/new.txt
is '... with the directories that lead to it' "$(amended)" 'add a;add a/b;add a/b/c;add a/b/c/new.txt'
finds 'what lies beside it' undeclared a/other.txt
ok 'a path below the mount point is amended' amend "$M/a/other.txt"
is '... as one of the volume' "$(amended)" 'add a/other.txt'
ok 'then it is clean' wv check "$V"
echo 3 >>"$M/a/b/c/new.txt"
echo 4 >"$M/a/b/more.txt"
rm "$M/a/other.txt"
ok 'a directory is amended with all that is in it' amend a/
is '... removals first' "$(amended)" 'remove a/other.txt;modify a/b/c/new.txt;add a/b/more.txt'
rm -r "$M/a/b"
ok 'a directory that is gone is amended' amend "$M/a"
is '... children first' "$(amended)" 'remove a/b/more.txt;remove a/b/c/new.txt;remove a/b/c;remove a/b'
rmdir "$M/a" && echo file >"$M/a"
ok 'a directory that became a file' amend a
is '... is modified' "$(amended)" 'modify a'
rm "$M/a" && mkdir -p "$M/a/x" && echo >"$M/a/x/y"
ok 'a file that became a directory, amended by what is in it' amend a/x/y
is '... is modified, then filled' "$(amended)" 'modify a;add a/x;add a/x/y'
touch "$M/$(printf 'n\xffn')"
ok 'a name that is not UTF-8 is amended' amend "$(printf 'n\xffn')"
is '... in base64' "$(amended)" "add $(printf 'n\xffn' | base64)"
count() {
	wv ledger export | jq -c 'select(.kind == "takeout.amended")' | wc -l
}
before=$(count)
ln -s x "$M/a/l"
echo >"$M/z"
not_ok_exit 4 'one unsafe thing among several stops the amendment' amend a z
is '... and nothing of it is recorded' "$(count)" "$before"
rm "$M/a/l" "$M/z"
ok 'everything at once, by the mount point' bash -c "rm '$M/d0/f7.txt'; echo 9 >'$M/last.txt'"
ok '... is amended' amend "$M"
is '... what was an output too' "$(amended)" 'remove d0/f7.txt;add last.txt;add results;add results/a.csv'
ok 'then all is declared' wv --json check "$V"
is '... and as declared' "$(out '.declared == .ok and .status == "clean"')" true
ok 'closed' wv close "$V"
ok 'check opens a closed volume by itself' wv check "$V" "${factors[@]}"
ok '... and leaves nothing open' bash -c "! losetup -n -O BACK-FILE | grep -qF '$V'"
not_ok_exit 1 'without factors it cannot' wv check "$V"
echo 'not as signed' >>"$TMP/station/state/takeouts/$(ls "$TMP/station/state/takeouts")/amendment-1.json"
not_ok_exit 4 'an amendment that was changed in the station is found' wv check "$V" "${factors[@]}"
echo "1..$_n"
