#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_prove.sh - one record is proven to be in the ledger, and an older checkpoint
# to be the beginning of it, each without the rest; docs/prove.py needs no workvol
. "$(dirname "$0")/lib.sh"

station
ROSTER=$TMP/station/roster
must wv ledger checkpoint "$TMP/old.json"
must wv register enter storage 'Büro "東京" \ 1/2' place=$'a\xe2\x80\xa8b 😀'
for name in a b c d e; do
	must wv register enter checklist "$name" date=2026-05-02 items='lock, strap'
done
size=$(wv ledger export | wc -l)

prove() { # FILE
	env -i PATH=/usr/bin:/bin python3 -I docs/prove.py "$1" "$ROSTER"
}
is 'the script has 40 lines at most' "$(($(wc -l <docs/prove.py) <= 40))" 1
all_proven() {
	local n
	for ((n = 1; n <= size; n++)); do
		wv ledger prove $n >"$TMP/proof.$n" && prove "$TMP/proof.$n" | grep "^record $n of 20.* is in the ledger of " || return
	done
}
ok "each of the $size records is proven" all_proven
is 'by no more than the logarithm of them' "$(jq '.path | length' "$TMP/proof.1")" \
	"$(python3 -c "print(($size - 1).bit_length())")"
is 'with the record as it is exported' "$(jq -cS .record "$TMP/proof.5")" "$(wv ledger export | sed -n 5p)"
not_ok_exit 1 'a record that is not there has no proof' wv ledger prove 4711
not_ok_exit 2 'nor has what is no number' wv ledger prove 5x

# ---- proofs that were tampered with ---------------------------------------------------------

tampered() { # SENTENCE WHY JQ
	jq -cS "$3" "$TMP/proof.5" >"$TMP/forged"
	cmp -s "$TMP/forged" "$TMP/proof.5" && bail "not tampered with: $3"
	not_ok_exit 1 "$1 is found" prove "$TMP/forged"
	ok '... and why is said' said "$2"
}
tampered 'a changed record' 'not in the tree' '.record.body.x = 1'
tampered 'a record that is dated back' 'not in the tree' '.record.time = "2020-01-01T00:00:00Z"'
tampered 'another place' 'the numbers do not fit' '.index = 5'
tampered 'another record in this place' 'not in the tree' '.record.seq = 6 | .index = 5'
tampered 'a changed node of the path' 'not in the tree' '.path[1] = .path[0]'
tampered 'a path that is too short' 'too short' '.path |= .[:-1]'
tampered 'a path that is too long' 'too long' '.path += [.path[0]]'
tampered 'another size' 'the numbers do not fit' '.size += 1'
tampered 'a checkpoint that was made to fit' 'not signed' '.checkpoint.checkpoint.time = "2026-01-01T00:00:00Z"'
must ssh-keygen -q -t ed25519 -N '' -f "$TMP/stranger"
jq -cSj .checkpoint.checkpoint "$TMP/proof.5" >"$TMP/point"
must ssh-keygen -q -Y sign -f "$TMP/stranger" -n workvol-checkpoint "$TMP/point"
jq -cS --rawfile sig "$TMP/point.sig" '.checkpoint.signature = $sig' "$TMP/proof.5" >"$TMP/forged"
not_ok_exit 1 'a checkpoint that another key signed is found' prove "$TMP/forged"

# ---- the prefix --------------------------------------------------------------------------------

ok 'a ledger that grew still holds an older checkpoint' wv ledger verify --against "$TMP/old.json"
ok '... by its older name' wv ledger verify --checkpoint "$TMP/old.json"
ok '... and a newer one' wv ledger checkpoint "$TMP/new.json"
must sqlite3 "$TMP/station/state/ledger.db" "DELETE FROM records WHERE seq > $((size - 2))"
ok 'one that shrank holds the older one' wv ledger verify --against "$TMP/old.json"
not_ok_exit 4 'and not the newer one' wv ledger verify --against "$TMP/new.json"
ok '... and that is said' said 'the tail was cut off'
ok 'what is left of it is proven' wv ledger prove 5
must sqlite3 "$TMP/station/state/ledger.db" 'DELETE FROM records WHERE seq = 3'
not_ok_exit 4 'nothing is proven of a broken ledger' wv ledger prove 5
ok '... and that is said, too' said 'broken at record 3'
echo "1..$_n"
