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
# at MACHINE ARGS...: workvol there
at() {
	local name=$1
	shift
	elsewhere 'mount --bind "$1/swaps" /proc/swaps &&
		mount --bind "$1/core_pattern" /proc/sys/kernel/core_pattern && shift && exec "$@"' "$TMP/$name" \
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
	mkdir -p "$TMP/$folder/client"
	not_ok_exit 3 "no container in $folder" plan safe "$TMP/$folder/client/v.img"
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

# ---- copies of declared content elsewhere -----------------------------------------------------

W=$TMP/second.img
comes_back() {
	wv return "$W" "${factors[@]}" "$@"
}
state() {
	wv --json list | jq -r "select(.target == \"$W\") | .state"
}
must take_out "$W"
mkdir -p "$TMP/home/.cache/preview" "$TMP/other"
cp "$TMP/src/d0/f3.txt" "$TMP/home/.cache/preview/1234"
cp "$TMP/src/d0/f4.txt" "$TMP/home/a b"
cp "$TMP/src/d0/f5.txt" "$TMP/other/not there"
tr e E <"$TMP/src/d0/f6.txt" >"$TMP/home/same length"
ln -s "$TMP/other" "$TMP/home/link"
not_ok_exit 3 'copies stop the return' comes_back --approve-with "$APPROVER"
ok 'it lists one' said "copy          $TMP/home/.cache/preview/1234 is d0/f3.txt"
ok '... and the other' said "copy          $TMP/home/a b is d0/f4.txt"
ok 'and says how to go on' said 'more have the content of declared files: remove them, or go on with --copies-known'
ok 'no file that only looks like one, nothing behind a link' test "$(grep -c '^copy ' "$OUT")" = 2
is 'the work is saved, and nothing harmed' "$(state)" synced
not_ok_exit 3 'as JSON' wv --json return "$W" "${factors[@]}"
is '... the whole list' "$(out '[.status, .copies.found_count, (.copies.searched | join(" "))] | join(" ")')" \
	"refused 2 $TMP/home"
rm "$TMP/home/a b"
not_ok_exit 3 'one that is left, and known, is put before the approver' comes_back --copies-known
request=$(ls -t "$TMP"/station/state/takeouts/*/return-request-*.json | head -n 1)
ok 'he' wv approve "$request" --key "$APPROVER"
ok '... reads it' said "$TMP/home/.cache/preview/1234 is d0/f3.txt"
ok 'approved, the return goes on' wv --json return "$W" "${factors[@]}"
is 'the result has it' "$(out '.copies.found[0].declared')" d0/f3.txt
certificate=$(out .certificate)
is 'the certificate' "$(jq -r '.copies.found[0].path' "$certificate")" "$TMP/home/.cache/preview/1234"
ok '... does not prove that it is gone' grep -q 'outside of the volume is gone (found: 1)' "$certificate"
ok 'the page' grep -q '^  found  *1$' "${certificate%.json}.txt"

# The holder has an account here, and the policy is the default.
W=$TMP/third.img
printf 'root:x:0:0::/root:/bin/sh\nsuzuki:x:1000:1000::%s:/bin/sh\n' "$TMP/suzuki" >"$TMP/passwd"
mkdir "$TMP/suzuki" "$TMP/tmp" && cp "$TMP/src/d0/f3.txt" "$TMP/suzuki/mine"
sed -i '/^search-dirs/d' "$WORKVOL_POLICY"
must take_out "$W"
cp "$WORKVOL" "$TMP/workvol" # the tree may lie in /tmp
at_home() { # with that account, and a /tmp and /var/tmp of its own
	elsewhere 'mount --bind "$own/passwd" /etc/passwd && mount --bind "$own/tmp" /tmp &&
		mount --bind "$own/tmp" /var/tmp && exec "$@"' timeout -k 5 "$LIMIT" "$TMP/workvol" --no-input "$@"
}
cp "$WORKVOL_POLICY" "$TMP/default-policy"
echo 'search-dirs = home:/tmp' >>"$WORKVOL_POLICY"
not_ok_exit 3 'a policy that would look in fewer places than at the take-out' at_home return "$W" "${factors[@]}"
ok '... is told by its setting' said "the policy's search-dirs is looser than the take-out record binds"
cp "$TMP/default-policy" "$WORKVOL_POLICY"
not_ok_exit 3 "a copy in the holder's home" at_home return "$W" "${factors[@]}" --approve-with "$APPROVER"
ok '... is found' said "$TMP/suzuki/mine is d0/f3.txt"
mv "$TMP/suzuki/mine" "$TMP/tmp/mine"
not_ok_exit 3 'and in a temporary directory' at_home --json return "$W" "${factors[@]}" --approve-with "$APPROVER"
is '... that one' "$(out '.copies.found[].path' | head -n 1)" /tmp/mine
rm "$TMP/tmp/mine"
ok 'without one it comes to its end' at_home --json return "$W" "${factors[@]}" --approve-with "$APPROVER"
is 'what was searched' "$(out '.copies.searched | join(" ")')" "$TMP/suzuki /tmp /var/tmp"
is 'all of it' "$(out '.copies.not_searched_count')" 0
cp "$TMP/policy" "$WORKVOL_POLICY"

# ---- a partition of the machine's disk ----------------------------------------------------------

truncate -s 48M "$TMP/disk.img"
printf 'label: dos\nsize=44MiB\n' | sfdisk -q "$TMP/disk.img" || bail 'no partition'
disk=$(loop "$TMP/disk.img" -P) || bail 'no loop device'
if has_partitions "$disk" 1; then
	SERIAL=${disk#/dev/} prepare "${disk}p1" >"$OUT" 2>"$ERR" || bail 'not prepared'
	is 'the machine is recorded' "$(wv ledger export | jq -r 'select(.kind == "takeout.prepared") |
		.body | .target.kind, (.host | has("swap"))' | tail -n 2 | xargs)" 'partition true'
	must wv handover "${disk}p1" --sign-with "$HOLDER"
	come() { wv --json return "${disk}p1" "${factors[@]}" --approve-with "$APPROVER"; }
	not_ok_exit 3 'the copy that is still there stops its return too' come
	rm "$TMP/home/.cache/preview/1234"
	ok 'without it, it comes to its end' come
	is 'and nothing is found' "$(out '.copies.found_count')" 0
else
	skip 'the machine is recorded' 'this kernel scans no partitions on loops'
fi

# ---- a medium that leaves the machine ---------------------------------------------------------

truncate -s 40M "$TMP/stick.img"
loop=$(loop "$TMP/stick.img") || bail 'no loop device'
SERIAL=${loop#/dev/} prepare "$loop" >"$OUT" 2>"$ERR" || bail 'no stick'
ok 'it is handed over and returned' eval 'wv handover "$loop" --sign-with "$HOLDER" >/dev/null &&
	wv --json return "$loop" "${factors[@]}" --approve-with "$APPROVER"'
is 'without a search' "$(out 'has("copies")')" false
is 'of a stick nothing is recorded of the machine' \
	"$(wv ledger export | jq -r 'select(.kind == "takeout.prepared") | .body | has("host")' | tail -n 1)" false
echo "1..$_n"
