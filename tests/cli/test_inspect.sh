#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_inspect.sh - the inspector's bundle of a real take-out: it is checked
# without workvol, and what was altered in it is found and named
. "$(dirname "$0")/lib.sh"

station
factors=(--key-file "$KEY" --passphrase-file "$PASS")
V=$TMP/volume.img
B=$TMP/bundle
make_tree 5
wv ledger checkpoint "$TMP/kept.json" >/dev/null || bail 'no checkpoint'

# ---- a take-out with an amendment, an output, two requests; one that waits ---------

must take_out "$V"
must open_volume "$V"
mkdir "$TMP/mnt/results" && echo 42 >"$TMP/mnt/results/a"
echo x >"$TMP/mnt/foreign"
must wv amend "$V" foreign --purpose 'a note' --sign-with "$HOLDER"
must wv close "$V"
must wv sync "$V" "${factors[@]}"
not_ok_exit 3 'a return waits for its approval' wv return "$V" "${factors[@]}"
ok 'a bundle is made meanwhile' wv inspect "$TMP/early"
ok 'one take-out is not called many' said ', 1 take-out, '
ok 'and holds' "$TMP/early/check.sh"
is 'the receipt of a save in the field is in it too' "$(find "$TMP/early" -name 'receipt-*.json' | wc -l)" 2
must wv return "$V" "${factors[@]}" --approve-with "$APPROVER"
head -c 1M /dev/urandom >"$TMP/stick"
must wv wipe "$TMP/stick" --yes=stick --certificate "$TMP/stick.json"
must wv wipe "$TMP/stick" --yes=stick
id=$(basename "$(dirname "$TMP"/station/state/takeouts/*/certificate.json)")

# ---- the bundle ---------------------------------------------------------------------

mkdir "$B"
ok 'a bundle is made in an empty directory' wv --json inspect "$B/"
is 'of one take-out' "$(out .takeouts)" 1
is 'with every record' "$(out .records)" "$(wc -l <"$B/ledger.jsonl")"
is 'and every file' "$(out .files)" "$(find "$B" -type f | wc -l)"
is 'nothing else is left beside it' "$(cd "$TMP" && echo bundle*)" bundle
ok 'it holds, and an older checkpoint, without workvol' env -i PATH=/usr/bin:/bin "$B/check.sh" "$TMP/kept.json"
ok 'and says which keys to compare' said "$(ssh-keygen -lf "$APPROVER.pub" | cut -d ' ' -f 2)  tanaka"
ok 'the ledger is still intact' wv ledger verify
is 'the certificate of the other wipe is in it, as it was given' "$(sum "$B"/wipes/certificate-*.json)" "$(sum "$TMP/stick.json")"
ok '... with its signature' cmp "$B"/wipes/certificate-*.json.sig "$TMP/stick.json.sig"
ok '... and its page' cmp "$B"/wipes/certificate-*.json.txt "$TMP/stick.json.txt"
ok 'an inspector who trusts no script in it finds the same' bash tests/cli/inspector.sh "$B"
ok '... with every signature' said "$(find "$B" -name '*.sig' | wc -l) signatures"

ok 'the command of every signature is printed' "$B/check.sh" --commands
grep '^TZ=UTC ssh-keygen' "$OUT" >"$TMP/commands"
is 'of seven papers at least, and of the checkpoint' "$(($(wc -l <"$TMP/commands") >= 8))" 1
ok 'each command by itself succeeds' bash -ec "cd '$B'; while read -r c; do bash -c \"\$c\"; done <'$TMP/commands'"
ok 'the README begins with the station' grep -q "^Inspector's bundle of the station $(hostname)$" "$B/README.txt"
ok 'and says LAB, NOT EVIDENCE' grep -q 'LAB, NOT EVIDENCE' "$B/README.txt"
readme_chain() { # the README's own lines
	cd "$B" && sed -n '/^    prev=0/,/^    done /p' README.txt | sed 's/^    //' | bash >"$OUT" &&
		[ "$(wc -l <"$OUT")" = 2 ] && [ "$(sort -u "$OUT" | wc -l)" = 1 ]
}
ok 'the lines of the README follow the chain' readme_chain

# ---- altered ------------------------------------------------------------------------

# altered SENTENCE NAMED COMMAND: the sums are made again, as who alters it would
altered() {
	alter "$3"
	resum
	not_ok_exit 1 "$1 is found" "$TMP/altered/check.sh"
	named "$2"
}
alter() {
	rm -rf "$TMP/altered"
	cp -a "$B" "$TMP/altered"
	(cd "$TMP/altered" && T=takeouts/$id && eval "$1") || bail "not altered: $1"
}
resum() {
	(cd "$TMP/altered" && find . -type f ! -name SHA256SUMS -printf '%P\0' | xargs -0 sha256sum >SHA256SUMS)
}
named() {
	ok "... and named: $1" grep -E -- "^BAD  .*$1" "$OUT"
}
foreign() { # FILE NAMESPACE
	rm "$1.sig" && ssh-keygen -q -Y sign -f "$TMP/foreign" -n "$2" "$1"
}
last=$(wc -l <"$B/ledger.jsonl")
must ssh-keygen -q -t ed25519 -N '' -f "$TMP/foreign"
alter 'echo >>$T/certificate.txt'
not_ok_exit 1 'a changed page is found by its sum' "$TMP/altered/check.sh"
ok '... and named' said "takeouts/$id/certificate.txt: FAILED"
altered 'a changed record' 'ledger.jsonl: record 4 ' 'sed -i "4s/\"time\":\"2/\"time\":\"3/" ledger.jsonl'
altered 'a dropped record' 'record 7 is not there' 'sed -i 7d ledger.jsonl'
altered 'a dropped end' "ends with record $((last - 1))" 'sed -i "\$d" ledger.jsonl'
altered 'a changed certificate' 'certificate.json: not the one' 'sed -i "s/\"method\":\"random\"/\"method\":\"zero\"/" $T/certificate.json'
altered 'a foreign signature' 'certificate.json: not signed by ' 'foreign $T/certificate.json workvol-certificate'
not_ok_exit 1 '... by the inspector, too' bash tests/cli/inspector.sh "$TMP/altered"
altered 'a changed page' 'certificate.txt: not the page' 'echo >>$T/certificate.txt'
altered 'a changed page of a wipe' 'wipes/certificate-.*json.txt: not the page' 'for page in wipes/*.txt; do echo >>"$page"; done'
altered 'a foreign signature of a wipe' 'wipes/certificate-.*json: not signed by ' 'foreign wipes/certificate-*.json workvol-certificate'
altered 'a wipe that was none' 'wipes/certificate-0.json: the ledger does not name it' 'cp wipes/certificate-*.json wipes/certificate-0.json'
B=$TMP/early altered 'a page of a take-out that is out still' 'certificate.txt: the ledger does not name it' 'echo PASS >$T/certificate.txt'
altered 'a page of no take-out' 'takeouts/none/certificate.txt: the ledger does not name it' 'mkdir takeouts/none; echo PASS >takeouts/none/certificate.txt'
altered 'a page that nobody made' 'certificate.json.txt: the ledger does not name it' 'echo PASS >$T/certificate.json.txt'
altered 'a page of a signature' 'certificate-.*.json.sig.txt: the ledger does not name it' 'for s in wipes/*.sig; do echo PASS >"$s.txt"; done'
altered 'a roster of no take-out' 'takeouts/none/roster: the ledger does not name it' 'mkdir takeouts/none; cp roster takeouts/none'

# whoever has the station may record what was not done, and chain and sign it well
db=$TMP/station/state/ledger.db
none=00000000-0000-4000-8000-000000000000
forged() { # SENTENCE NAMED KIND TAKEOUT BODY COMMAND
	local seq prev record
	must cp "$db" "$TMP/ledger.honest"
	IFS='|' read -r seq prev < <(sqlite3 "$db" 'SELECT seq + 1, hash FROM records ORDER BY seq DESC LIMIT 1')
	record=$(jq -cnS --argjson seq "$seq" --arg prev "$prev" --arg kind "$3" --arg takeout "$4" --argjson body "$5" \
		'{v: 1, time: (now | todate), $seq, $prev, $kind, $takeout, $body}')
	must sqlite3 "$db" "INSERT INTO records VALUES ($seq, '$3', '$4', '$(printf %s "$record" | sha256sum | cut -d ' ' -f 1)',
		CAST('$record' AS BLOB))"
	must wv inspect "$TMP/forged"
	must cp "$TMP/ledger.honest" "$db"
	B=$TMP/forged altered "$1" "$2" "$6"
	rm -rf "$TMP/forged"
}
body=$(jq -c 'select(.kind == "takeout.return-approved").body' "$B/ledger.jsonl")
forged 'an approval of another take-out' "$none/return-request-.*.json: not of the take-out" \
	takeout.return-approved "$none" "$body" "mkdir takeouts/$none; cp \$T/return-request-* takeouts/$none"
forged 'an approval of another kind' 'return-request-.*.json: no unrecoverable-request' takeout.unrecoverable "$id" "$body" :

# many at once: each is named
alter "sed -i '${last}s/\"time\":\"2/\"time\":\"3/' ledger.jsonl"
(
	cd "$TMP/altered/takeouts/$id" || exit
	for f in handover.json,workvol-holder receipt-*.json,workvol-receipt return-request-*.json,workvol-return \
		../../checkpoint.json,workvol-checkpoint; do
		foreign ${f%,*} "${f#*,}"
	done
	cp certificate.json certificate2.json
	cp takeout-record.json.sig certificate.json.sig
	rm amendment-1.json
	echo >>declaration
	sed -i "s/^holder .*/holder namespaces=\"workvol-holder\" $(cut -d ' ' -f 1,2 "$TMP/foreign.pub" | sed 's,/,\\/,g')/" allowed_signers
	cat allowed_signers >>roster
) || bail 'not altered'
resum
not_ok_exit 1 'many alterations are found' "$TMP/altered/check.sh"
for what in 'checkpoint.json: .*not this ledger' 'checkpoint.json: not signed by' 'receipt-.*.json: not signed by' \
	'return-request-.*.json: not signed by' 'certificate.json: not signed by' 'amendment-1.json: not there' \
	'certificate2.json: the ledger does not name it' 'declaration: not the one' \
	'allowed_signers: not the keys' 'roster: not the roster'; do
	named "$what"
done

# ---- refused ------------------------------------------------------------------------

before=$(wc -l < <(wv ledger export))
not_ok_exit 3 'a directory that is not empty is refused' wv inspect "$B"
ok 'in one sentence' said "workvol: $B is not empty: name a directory that is not there yet"
not_ok_exit 3 'a file is refused' wv inspect "$V"
not_ok_exit 1 'a directory below nothing fails' wv inspect "$TMP/none/bundle"
not_ok_exit 2 'a directory is needed' wv inspect
is 'none of that is in the ledger' "$(wc -l < <(wv ledger export))" "$before"
mv "$TMP/station/state/takeouts/$id/handover.json" "$TMP/handover"
not_ok_exit 4 'a paper that is gone is named' wv inspect "$TMP/second"
ok 'and the ledger names it' said 'handover.json is gone, and the ledger names it'
sed 's/suzuki/sasaki/' "$TMP/handover" >"$TMP/station/state/takeouts/$id/handover.json"
not_ok_exit 4 'so is one that is another' wv inspect "$TMP/second"
mv "$TMP/handover" "$TMP/station/state/takeouts/$id/handover.json"
cp "$TMP/station/state/ledger.db" "$TMP/ledger.good"
must sqlite3 "$TMP/station/state/ledger.db" 'DELETE FROM records WHERE seq = 5'
not_ok_exit 4 'nothing is made of a broken ledger' wv inspect "$TMP/second"
is 'nothing of what failed is left' "$(cd "$TMP" && echo second*)" 'second*'
echo "1..$_n"
