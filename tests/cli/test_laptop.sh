#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_laptop.sh - a container on the machine's own disk: what that machine may
# leave outside of it is told, recorded, and refused where the policy says so
. "$(dirname "$0")/lib.sh"

station
factors=(--key-file "$KEY" --passphrase-file "$PASS")
V=$TMP/volume.img
make_tree 8

# machine NAME [SWAP-AREA]: what its kernel says, its core pattern from stdin. Nothing ever swaps.
machine() {
	mkdir -p "$TMP/$1"
	cat >"$TMP/$1/core_pattern"
	{
		printf 'Filename\tType\tSize\tUsed\tPriority\n'
		[ -z "${2:-}" ] || printf '%s\tpartition\t8\t0\t-2\n' "$2"
	} >"$TMP/$1/swaps"
}
export TMP
# at MACHINE ARGS...: workvol there
at() {
	local name=$1
	shift
	unshare -m bash -c 'mount --bind "$TMP/$0/swaps" /proc/swaps &&
		mount --bind "$TMP/$0/core_pattern" /proc/sys/kernel/core_pattern && exec "$@"' "$name" \
		timeout -k 5 "$LIMIT" "$WORKVOL" --no-input "$@"
}
plan() { # MACHINE TARGET: prepare it there
	local target=$2
	at "$1" prepare "$target" --size 40M --declaration "$TMP/declaration" --source "$TMP/src" \
		"${factors[@]}" --holder "suzuki=$HOLDER.pub" --due "$(date -d '+7 days' +%F)" \
		--client-approval 'C-2026-17,survey data,2099-12-31' --yes="$(basename "$target")"
}
echo '|/bin/false' | machine safe
echo core | machine exposed /dev/workvol-no-swap
must wv declare "$TMP/src" -o "$TMP/declaration" --purpose 'site survey'

# ---- prepare ------------------------------------------------------------------------------

not_ok_exit 3 'a machine that leaves nothing outside: prepare waits for its approval' plan safe "$V"
ok 'without a warning' test "$(grep -c -e swapped -e core_pattern "$ERR")" = 0
not_ok_exit 3 'one that may swap in clear: it warns, and waits too' plan exposed "$TMP/other.img"
ok 'of the swap area' said 'swapped to /dev/workvol-no-swap, of which it cannot be told'
ok 'of the core dumps' said 'core_pattern says (core)'
request=$(ls -t "$TMP"/station/state/takeouts/*/takeout-request.json | head -n 1)
is 'the request says so' "$(jq '.host_warnings | length > 1' "$request")" true
ok 'the approver' wv approve "$request" --key "$APPROVER"
ok '... reads it' said 'the machine'
cp "$WORKVOL_POLICY" "$TMP/policy"
echo 'exposed-host = refuse' >>"$WORKVOL_POLICY"
not_ok_exit 3 'the policy may refuse it' plan exposed "$TMP/third.img"
ok '... and says which setting' said 'exposed-host'
ok 'before anything was asked' test "$(ls "$TMP/station/state/takeouts" | wc -l)" = 2
cp "$TMP/policy" "$WORKVOL_POLICY"

for folder in Dropbox 'OneDrive - Example City'; do
	mkdir -p "$TMP/$folder/work"
	not_ok_exit 3 "no container in $folder" plan safe "$TMP/$folder/work/v.img"
	ok '... and why' said "is a folder of ${folder%% -*} (R7)"
done
mkdir "$TMP/files" && : >"$TMP/files/.sync_01ab.db"
not_ok_exit 3 'nor in one that a program marked as its own' plan safe "$TMP/files/v.img"
ok '... and whose' said 'Nextcloud'

# ---- the record, the return, the certificate -------------------------------------------------

must wv approve "$(ls -tr "$TMP"/station/state/takeouts/*/takeout-request.json | head -n 1)" --key "$APPROVER"
ok 'approved, it is prepared' plan safe "$V"
record=$(dirname "$(ls "$TMP"/station/state/takeouts/*/takeout-record.json)")/takeout-record.json
is 'the record has what the machine is' \
	"$(jq -r '.host | [.swap.state, .core_dumps.state, .cloud] | map(tostring) | join(" ")' "$record")" 'off off null'
is 'and how it logs people in' "$(jq '.host.login | has("services") and has("tpm") and has("token_files")' "$record")" true
must wv handover "$V" --sign-with "$HOLDER"
ok 'it comes back on a machine that may swap in clear' at exposed --json return "$V" "${factors[@]}" --approve-with "$APPROVER"
certificate=$(out .certificate)
is 'the certificate says so' "$(jq -r '.host.swap.areas[0].path' "$certificate")" /dev/workvol-no-swap
ok 'the page too' grep -q '^  core dumps ' "${certificate%.json}.txt"
ok 'it verifies' wv certificate verify "$certificate"
ok 'the ledger has both' test "$(wv ledger export | grep -cE '"kind":"takeout.(prepared|checked)"' )" = 2
is 'each with the machine of its time' \
	"$(wv ledger export | jq -r 'select(.kind == "takeout.prepared" or .kind == "takeout.checked") | .body.host.core_dumps.pattern' | xargs)" \
	'|/bin/false core'

# ---- a medium that leaves the machine ---------------------------------------------------------

truncate -s 40M "$TMP/stick.img"
loop=$(loop "$TMP/stick.img") || bail 'no loop device'
SERIAL=${loop#/dev/} prepare "$loop" >"$OUT" 2>"$ERR" || bail 'no stick'
is 'of a stick nothing is recorded of the machine' \
	"$(wv ledger export | jq -r 'select(.kind == "takeout.prepared") | .body | has("host")' | tail -n 1)" false
echo "1..$_n"
