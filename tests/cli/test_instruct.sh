#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_instruct.sh - further instructions of the client (S12): a signed file over the
# policy, only stricter, bound by what is taken out under it, proven each time
. "$(dirname "$0")/lib.sh"

station
V=$TMP/v.img
factors=(--key-file "$KEY" --passphrase-file "$PASS")
instruction() { # FILE LINE...
	local file=$1
	shift
	rm -f "$file.sig"
	printf '%s\n' "$@" >"$file"
}
signed() { # FILE LINE...
	instruction "$@" && ssh-keygen -q -Y sign -n workvol-instruction -f "$APPROVER" "$1"
}
value() { # KEY
	wv --json policy | jq -r "select(.key == \"$1\").value"
}
instructed() {
	wv ledger export | grep -c '"kind":"policy.instructed"'
}

# ---- what is refused, and leaves no record ------------------------------------------------------

must prepare "$V"
instruction "$TMP/i" '# letter of 26 November' 'receipt-minutes = 30' 'approval-hours = 24'
not_ok_exit 3 'an instruction that nobody signed waits' wv policy instruct "$TMP/i"
ok '... and says how it is signed' said 'ssh-keygen -Y sign -n workvol-instruction'
not_ok_exit 3 'a holder signs none' wv policy instruct "$TMP/i" --approve-with "$HOLDER"
must ssh-keygen -q -Y sign -n workvol-instruction -f "$HOLDER" "$TMP/i"
not_ok_exit 4 'nor is one taken that a holder signed' wv policy instruct "$TMP/i"
rm "$TMP/i.sig"
must ssh-keygen -q -Y sign -n workvol-takeout -f "$APPROVER" "$TMP/i"
not_ok_exit 4 'or that was signed as something else' wv policy instruct "$TMP/i"
signed "$TMP/i" 'receipt-minutes = 30'
echo 'approval-hours = 24' >>"$TMP/i"
not_ok_exit 4 'or that was changed since' wv policy instruct "$TMP/i"
for line in 'receipt-minutes = 61' 'self-approval = yes' 'verify = none' 'search-dirs = /tmp' 'on-insert = ignore'; do
	signed "$TMP/loose" 'approval-hours = 24' "$line"
	not_ok_exit 3 "a looser setting is refused: $line" wv policy instruct "$TMP/loose"
	ok '... by its name and line' grep -qE "^workvol: $TMP/loose:2: $line is looser than the policy" "$ERR"
	is '... in one sentence' "$(wc -l <"$ERR")" 1
done
signed "$TMP/loose" 'station-key = /tmp/key'
not_ok_exit 3 'a setting that cannot be stricter is refused' wv policy instruct "$TMP/loose"
ok '... by its name' said 'station-key is nothing that an instruction makes stricter'
signed "$TMP/loose" 'receipt-minutes = soon'
not_ok_exit 1 'a value that is none is refused' wv policy instruct "$TMP/loose"
not_ok_exit 1 'a file that is not there' wv policy instruct "$TMP/nothing"
is 'nothing of that is on record' "$(instructed)" 0
is 'and the policy is as it was' "$(value receipt-minutes)" 60

# ---- in force ----------------------------------------------------------------------------------------

instruction "$TMP/i" '# letter of 26 November' 'receipt-minutes = 30' 'verify = all'
ok 'signed by the approver at once it is recorded' wv --json policy instruct "$TMP/i" --approve-with "$APPROVER"
FIRST=$(out .instruction)
is 'as that file' "$FIRST" "$(sum "$TMP/i")"
is 'with who signed and what' "$(out '.approver, (.settings | tojson)' | xargs -0)" \
	"$(printf 'tanaka\n%s\n' '{"receipt-minutes":"30","verify":"all"}')"
is 'it is in force' "$(value receipt-minutes) $(value verify) $(value approval-hours)" '30 all 72'
ok 'policy shows where each comes from' wv policy
ok '... the file of the instruction and its line' grep -qE "^receipt-minutes +30 +.*/instructions/${FIRST:0:12}/settings.conf:2" "$OUT"
not_ok_exit 3 'the same once more is refused' wv policy instruct "$TMP/i"
ok '... as one that is on record' said 'is on record already'
echo 'receipt-minutes = 20' >>"$WORKVOL_POLICY"
is 'a policy that became stricter counts' "$(value receipt-minutes)" 20
sed -i '$d' "$WORKVOL_POLICY"
W=$TMP/w.img
rm -f "$TMP/declaration"
ok 'a take-out under it' take_out "$W"
record=$(grep -l "\"instruction\"" "$TMP"/station/state/takeouts/*/takeout-record.json)
is 'binds it' "$(jq -r '.instruction, .verify, .rules.receipt_minutes' "$record" | xargs)" "$FIRST all 30"
is 'and its approver has signed for it' "$(jq -r .instruction "${record%record.json}request.json")" "$FIRST"

ok 'who approves under it is shown that' wv approve "${record%record.json}request.json" --key "$APPROVER"
ok '... by its digest' grep -qE "^  instruction +$FIRST$" "$ERR"

# ---- another one in its place, and the end ---------------------------------------------------------

signed "$TMP/none" '# letter of 30 November: the instruction of the 26th ends'
ok 'one without a setting ends it' wv --json policy instruct "$TMP/none"
is 'by a record that names it' "$(out .instead_of)" "$FIRST"
is 'the policy is the station'\''s own' "$(value receipt-minutes) $(value verify)" '60 last'
is 'both are on record' "$(instructed)" 2
not_ok_exit 3 'what was taken out under the first does not come home under less' wv return "$W" "${factors[@]}" --approve-with "$APPROVER"
ok '... and says why' said "receipt-minutes is looser than the take-out record binds"
signed "$TMP/again" '# letter of 2 December' 'receipt-minutes = 30' 'search-minutes = 31'
must wv policy instruct "$TMP/again"
ok 'under as much it does' wv return "$W" "${factors[@]}" --approve-with "$APPROVER"
is 'verified as was bound' "$(wv ledger export | jq -r 'select(.kind == "takeout.return-requested").body.verify')" all

# ---- the inspector -----------------------------------------------------------------------------------

ok 'all of them are in the bundle' wv inspect "$TMP/bundle"
is '... with signature and roster' "$(find "$TMP/bundle/instructions" -type f | wc -l)" 9
ok 'which holds' "$TMP/bundle/check.sh"
ok 'also for who trusts no script in it' bash tests/cli/inspector.sh "$TMP/bundle"
ok '... with every signature' said "$(find "$TMP/bundle" -name '*.sig' | wc -l) signatures"
cp -a "$TMP/bundle" "$TMP/altered"
sed -i 's/ 30/ 50/' "$TMP/altered/instructions/${FIRST:0:12}/settings.conf"
not_ok_exit 1 'one that was altered there is found' "$TMP/altered/check.sh"
ok '... and named' grep -q "^BAD  instructions/${FIRST:0:12}/settings.conf" "$OUT"
today=$(date +%F)
ok 'the report counts them' wv --json report --from "$today" --to "$(date -d tomorrow +%F)"
is '... under S12' "$(jq -r '.clauses[] | select(.clause == "S12").done[].count' "$OUT")" 3

# ---- proven each time ------------------------------------------------------------------------------------

now=$(sum "$TMP/again")
dir=$TMP/station/state/instructions/${now:0:12}
cp -a "$TMP/station/state/instructions" "$TMP/instructions"
broken() { # SENTENCE COMMAND
	(cd "$dir" && eval "$2") || bail "not altered: $2"
	not_ok_exit 4 "$1" wv list
	ok '... and named' said "$dir"
	not_ok_exit 4 '... by every command' prepare "$TMP/x.img"
	rm -rf "$TMP/station/state/instructions"
	cp -a "$TMP/instructions" "$TMP/station/state/instructions"
}
broken 'an altered instruction is refused' 'sed -i "s/31/30/" settings.conf'
broken 'one without its signature' 'rm settings.conf.sig'
broken 'one that is gone' 'rm settings.conf'
broken 'one with another signature' 'rm *.sig; ssh-keygen -q -Y sign -n workvol-instruction -f "$HOLDER" settings.conf'
broken 'an older one in its place' 'cp ../${FIRST:0:12}/settings.conf* .'
broken 'another roster' 'sed "s/tanaka/tanako/" -i roster'
ok 'as it was it is in force again' wv list
echo "1..$_n"
