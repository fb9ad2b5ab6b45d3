#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# test_sync.sh - the work goes to the designated server, which signs for it: a
# directory, then over a real sshd, then from another station
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib-sshd.sh"

V=$TMP/v.img
newest_receipt() { # STATION
	ls -t "$TMP/$1"/state/takeouts/*/receipt-*.json | head -n 1
}
stock_verifies() { # RECEIPT KEY.pub: by ssh-keygen alone
	echo "server $(cat "$2")" >"$TMP/allowed"
	limit ssh-keygen -Y verify -f "$TMP/allowed" -I server -n workvol-receipt -s "$1.sig" <"$1"
}
same_tree() { # SERVER-DIR: what is declared, by sha256sum alone
	(cd "$1" && grep -v '^# ' "$TMP/declaration" | limit sha256sum --quiet --strict -c -)
}
state() {
	wv --json list | tail -n 1 | jq -r .state
}
nonces() {
	wv ledger export | jq -r 'select(.kind == "takeout.nonce") | .body.nonce'
}

# ---- a directory ---------------------------------------------------------------------------

station
factors=(--key-file "$KEY" --passphrase-file "$PASS")
must take_out "$V"
ID=$(ls "$TMP/station/state/takeouts")
ok 'sync opens a closed volume by itself' wv --json sync "$V" "${factors[@]}"
RECEIPT=$(out .receipt)
ok '... and leaves nothing open' nothing_open "$V"
ok 'the server has what is declared' same_tree "$SERVER/$ID/data"
is '... and no more' "$(find "$SERVER/$ID/data" -type f | wc -l)" 20
ok 'ssh-keygen alone verifies the receipt' stock_verifies "$RECEIPT" "$TMP/station/keys/receipt.pub"
is 'a directory'\''s receipt says that it vouches for itself' "$(jq .self_verified "$RECEIPT")" true
is 'the receipt names every file' "$(jq '.files | length' "$RECEIPT")" 20
is 'its nonce is in the ledger' "$(nonces)" "$(jq -r .nonce "$RECEIPT")"
ok 'the ledger, up to then, is in it' jq -e '.checkpoint.checkpoint.size > 5' "$RECEIPT"
is 'a sync is no return' "$(state)" out

ok 'opened' open_volume "$V"
echo 'half' >"$TMP/mnt/foreign.txt"
not_ok_exit 4 'what is not declared stops it' wv sync "$V"
ok '... and is named' said foreign.txt
is '... before anything is sent' "$(nonces | wc -l) $(find "$SERVER" -name foreign.txt | wc -l)" '1 0'
ok 'amended' wv amend "$V" foreign.txt --purpose 'came up' --sign-with "$HOLDER"
ok 'it is sent from where it is open' wv sync "$V"
is '... with what was amended' "$(cat "$SERVER/$ID/data/foreign.txt")" half
is 'each receipt has a nonce of its own' "$(nonces | sort -u | wc -l)" 2
ok 'what was received before is not written over' \
	same_tree "$SERVER/$ID/sealed-1"
ok 'the volume stays open' mountpoint -q "$TMP/mnt"
ok 'closed' wv close "$V"
not_ok_exit 1 'without factors a closed volume is not sent' wv sync "$V"
mv "$SERVER" "$TMP/gone"
not_ok_exit 1 'a server that is not there is a failure' wv sync "$V" "${factors[@]}"
ok '... that leaves nothing open' nothing_open "$V"
mv "$TMP/gone" "$SERVER"
must cp "$TMP/station/keys/receipt" "$TMP/receipt-key"
must cp "$TMP/station/keys/receipt.pub" "$TMP/receipt-key.pub"
must ssh-keygen -q -t ed25519 -N '' -f "$TMP/other"
cp "$TMP/other" "$TMP/station/keys/receipt" && cp "$TMP/other.pub" "$TMP/station/keys/receipt.pub"
not_ok_exit 4 'a receipt by another key than the record'\''s is none' wv sync "$V" "${factors[@]}"
cp "$TMP/receipt-key" "$TMP/station/keys/receipt"
cp "$TMP/receipt-key.pub" "$TMP/station/keys/receipt.pub"
ok 'with the right one it goes on' wv sync "$V" "${factors[@]}"

# ---- over ssh ---------------------------------------------------------------------------------

mv "$TMP/station" "$TMP/first" && rm -f "$V" "$TMP/declaration"
mkdir "$TMP/root" && must ssh-keygen -q -t ed25519 -N '' -C server -f "$TMP/server-key"
sshd_start "$TMP/sshd" "$WORKVOL receipt --root $TMP/root --key $TMP/server-key" || bail 'no sshd'
URL=ssh://$SSHD_USER@127.0.0.1:$SSHD_PORT$TMP/root
rm -rf "$TMP/keys"
station --server "$URL" --server-hostkey "$SSHD_HOSTKEY" --server-key "$TMP/server-key.pub"
must take_out "$V"
ID=$(ls "$TMP/station/state/takeouts")
not_ok_exit 1 'without a key for the server nothing is sent' wv sync "$V" "${factors[@]}"
echo "server-identity = $SSHD_IDENTITY" >>"$WORKVOL_POLICY"
ok 'sync over ssh' wv sync "$V" "${factors[@]}"
RECEIPT=$(newest_receipt station)
ok 'the server has what is declared' same_tree "$TMP/root/$ID/data"
ok 'ssh-keygen alone verifies the receipt' stock_verifies "$RECEIPT" "$TMP/server-key.pub"
is 'it is the server that vouches' "$(jq .self_verified "$RECEIPT")" false
not_ok_exit 255 'another key does not' stock_verifies "$RECEIPT" "$TMP/receipt-key.pub"

over_ssh() {
	limit ssh -F none -o BatchMode=yes -o IdentitiesOnly=yes -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile=/dev/null -i "$SSHD_IDENTITY" -p "$SSHD_PORT" "$SSHD_USER@127.0.0.1" "$@"
}
nothing_else() {
	local command
	for command in 'cat /etc/hostname' 'rsync --server --sender -logDtpre.iLsfxCIvu . /' \
		"rsync --server -logDtpre.iLsfxCIvu . $TMP/" "rm -rf $TMP/root"; do
		over_ssh $command >"$TMP/said-by-server" 2>/dev/null </dev/null && return 1
		[ ! -s "$TMP/said-by-server" ] || return 1
	done
	same_tree "$TMP/root/$ID/data"
}
ok 'the key opens nothing else at the server' nothing_else

open_volume "$V" >/dev/null && echo more >"$TMP/mnt/more.txt"
ok 'amended' wv amend "$V" more.txt --purpose more --sign-with "$HOLDER"
ok 'sent again' wv sync "$V"
is '... with what was amended' "$(cat "$TMP/root/$ID/data/more.txt")" more
ok 'closed' wv close "$V"

sshd_again() { # with the files as they are
	SSHD_DIR=$TMP/sshd
	rm -f "$SSHD_DIR/pid"
	must "$(command -v sshd || echo /usr/sbin/sshd)" -f "$SSHD_DIR/config" -E "$SSHD_DIR/log"
	for _ in $(seq 1200); do
		[ -s "$SSHD_DIR/pid" ] && return
		sleep 0.05
	done
	bail 'no sshd'
}
sshd_stop
not_ok_exit 1 'a server that is down is a failure' wv sync "$V" "${factors[@]}"
ok '... that leaves nothing open' nothing_open "$V"
must ssh-keygen -q -t ed25519 -N '' -f "$TMP/impostor"
must mv "$TMP/sshd/host" "$TMP/host"
must cp "$TMP/impostor" "$TMP/sshd/host"
sshd_again
before=$(nonces | wc -l)
not_ok_exit 4 'a server with another host key gets nothing' wv sync "$V" "${factors[@]}"
is '... and no nonce' "$(nonces | wc -l)" "$before"
sshd_stop
must mv "$TMP/host" "$TMP/sshd/host"
sshd_again
ok 'with the right one again' wv sync "$V" "${factors[@]}"

# ---- from the holder's own station: to the record's server, not to its own ------------------------

mkdir "$TMP/own-server"
must "$WORKVOL" init "$TMP/field" --lab --server "$TMP/own-server" --approver "tanaka=$APPROVER.pub"
cp "$TMP/station/roster" "$TMP/field/roster"
echo "server-identity = $SSHD_IDENTITY" >>"$TMP/field/workvol.conf"
cp -r "$TMP/station/state/takeouts/$ID" "$TMP/carry"
at_field() {
	WORKVOL_POLICY=$TMP/field/workvol.conf wv "$@"
}
ok 'another station sends it to the server of the record' \
	at_field sync "$V" "${factors[@]}" --takeout "$TMP/carry/takeout-record.json"
ok '... and has its receipt' stock_verifies "$(newest_receipt field)" "$TMP/server-key.pub"
is '... with what was amended at home' "$(jq '.files | length' "$(newest_receipt field)")" 21
is '... and nothing to its own' "$(ls -A "$TMP/own-server")" ''
echo "1..$_n"
