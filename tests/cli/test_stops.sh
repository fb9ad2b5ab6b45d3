#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_stops.sh - what stops a return, each time with the volume still whole: a
# server that does not hold the work, receipts that prove nothing, changes after
# the receipt, another policy, approvals that are none
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib-sshd.sh"

# The server's forced command: CHEAT, a piece of shell, is run before each request.
cat >"$TMP/server-command" <<END
#!/bin/bash
export ASAN_OPTIONS=$ASAN_OPTIONS ROOT=$TMP/ssh-root WORKVOL=$WORKVOL TMP=$TMP
RECEIPT=("\$WORKVOL" receipt --root "\$ROOT" --key $TMP/receipt-key)
DATA=\$(ls -d "\$ROOT"/*/data 2>/dev/null | head -n 1)
case \$SSH_ORIGINAL_COMMAND in *receipt*) ASKED=receipt ;; *) ASKED=rsync ;; esac
[ -e "\$TMP/cheat" ] && . "\$TMP/cheat"
exec "\${RECEIPT[@]}"
END
chmod +x "$TMP/server-command"
mkdir "$TMP/ssh-root"
sshd_start "$TMP/sshd" "$TMP/server-command" || bail "no sshd"
ssh-keygen -q -t ed25519 -N '' -C server -f "$TMP/receipt-key"
ssh-keygen -q -t ed25519 -N '' -C other -f "$TMP/other-key"

station --server "ssh://$SSHD_USER@127.0.0.1:$SSHD_PORT$TMP/ssh-root" \
	--server-hostkey "$SSHD_HOSTKEY" --server-key "$TMP/receipt-key.pub"
echo "server-identity = $SSHD_IDENTITY" >>"$WORKVOL_POLICY"
V=$TMP/volume.img
factors=(--key-file "$KEY" --passphrase-file "$PASS")
make_tree 12
must take_out "$V"
cp -a "$TMP/station" "$TMP/station.out"
cp "$V" "$TMP/volume.out"

restore() {
	rm -rf "$TMP/station" "$V" "$TMP/cheat"
	cp -a "$TMP/station.out" "$TMP/station"
	cp "$TMP/volume.out" "$V"
	find "$TMP/ssh-root" -mindepth 1 -maxdepth 1 -exec rm -rf {} +
}

state() {
	wv --json list | tail -n 1 | jq -r .state
}

# What the holder still has: the volume opens (with another ledger: looking changes no
# state here) and its declared data are on it.
whole() {
	rm -rf "$TMP/whole" && mkdir -p "$TMP/whole/mnt"
	cp -a "$TMP/station.out" "$TMP/whole/station"
	local policy=$TMP/whole/station/workvol.conf rc
	wv --policy "$policy" open "$V" "$TMP/whole/mnt" "${factors[@]}" || return
	(cd "$TMP/whole/mnt" && grep -v '^# ' "$TMP/declaration" | limit sha256sum --quiet -c -)
	rc=$?
	wv --policy "$policy" close "$V" || return
	return $rc
}

# The return, approved at once unless the test leaves that out.
come_back() {
	wv return "$V" "${factors[@]}" "$@"
}

approved() {
	come_back --approve-with "$APPROVER" "$@"
}

# stopped EXIT WHAT [SENTENCE]: the return with the cheat as it stands
stopped() {
	local want=$1 what=$2 sentence=${3:-}
	not_ok_exit "$want" "return stops: $what" approved
	[ -z "$sentence" ] || ok "$what: it says so" said "$sentence"
	rm -f "$TMP/cheat"
	ok "$what: the volume is whole" whole
	case $(state) in
	out | checked | synced | return-approved) _pass "$what: no key was touched ($(state))" ;;
	*) _fail "$what: no key was touched" "$(state)" ;;
	esac
}

cheat() {
	restore
	cat >"$TMP/cheat"
}

# ---- the server does not hold it ---------------------------------------------------
cheat <<'END'
[ $ASKED = receipt ] && rm "$(find "$DATA" -type f | sort | head -n 1)"
END
stopped 4 "a server short of one file"

cheat <<'END'
[ $ASKED = receipt ] && printf X | dd of="$(find "$DATA" -type f -size +1k | sort | head -n 1)" bs=1 seek=7 conv=notrunc status=none
END
stopped 4 "one byte is another on the server"

cheat <<'END'
[ $ASKED = receipt ] && { f=$(find "$DATA" -type f -size +1k | sort | head -n 1); mv "$f" "$TMP/aside"; ln -s "$TMP/aside" "$f"; }
END
stopped 4 "a file on the server is a symlink to the same content"

cheat <<'END'
[ $ASKED = rsync ] && { dd bs=8k count=6 status=none | "${RECEIPT[@]}"; exit 1; }
END
stopped 1 "ssh is cut in mid-transfer"

cheat <<'END'
[ $ASKED = receipt ] && exit 0
END
stopped 1 "the server gives no receipt"

restore
must mount -t tmpfs -o size=300k tmpfs "$TMP/ssh-root"
stopped 1 "the server's disk is full" "full"
umount "$TMP/ssh-root"

# ---- receipts that prove nothing --------------------------------------------------------
cheat <<'END'
[ $ASKED = receipt ] && RECEIPT=("$WORKVOL" receipt --root "$ROOT" --key "$TMP/other-key")
END
stopped 4 "a forged receipt"

cheat <<'END'
[ $ASKED = receipt ] && RECEIPT=(faketime -f -3h "${RECEIPT[@]}")
END
stopped 4 "a stale receipt"

restore
cat >"$TMP/cheat" <<'END'
[ $ASKED = receipt ] && { "${RECEIPT[@]}" | tee "$TMP/answer"; exit 0; }
END
not_ok_exit 3 "a receipt is given, and kept by the server" come_back
cheat <<'END'
[ $ASKED = receipt ] && { cat >/dev/null; cat "$TMP/answer"; exit 0; }
END
stopped 4 "a replayed receipt"

# of another volume: asked for by a second take-out
restore
must take_out "$TMP/other.img"
cat >"$TMP/cheat" <<'END'
[ $ASKED = receipt ] && { "${RECEIPT[@]}" | tee "$TMP/answer"; exit 0; }
END
run wv return "$TMP/other.img" "${factors[@]}"
cheat <<'END'
[ $ASKED = receipt ] && { cat >/dev/null; cat "$TMP/answer"; exit 0; }
END
stopped 4 "another volume's receipt"

# ---- changes after the receipt --------------------------------------------------------------
# The holder opens it at another machine, whose ledger is another.
restore
not_ok_exit 3 "a return waits for its approval" come_back
behind_its_back() {
	rm -rf "$TMP/away" && mkdir -p "$TMP/away/mnt"
	cp -a "$TMP/station.out" "$TMP/away/station"
	wv --policy "$TMP/away/station/workvol.conf" open "$V" "$TMP/away/mnt" "${factors[@]}"
}
must behind_its_back
echo late >"$TMP/away/mnt/late"
must wv --policy "$TMP/away/station/workvol.conf" close "$V"
not_ok_exit 4 "return stops: a file written after the receipt" approved
ok "it says which" said late
ok "and what to do about it" said "workvol check"
is "receipt and approval are void: it is out again" "$(state)" out
ok "a file written after the receipt: the volume is whole" whole

# a file that only the journal knows
restore
not_ok_exit 3 "another return waits for its approval" come_back
must behind_its_back
echo hidden >"$TMP/away/mnt/hidden"
sync "$TMP/away/mnt/hidden"
cp "$V" "$TMP/unclean.img"
must wv --policy "$TMP/away/station/workvol.conf" close "$V"
cp "$TMP/unclean.img" "$V"
not_ok_exit 4 "return stops: an unclean journal that hides a file" approved
ok "it says which file" said hidden
is "it is out again" "$(state)" out

# ---- another policy ---------------------------------------------------------------------------
restore
mkdir "$TMP/elsewhere"
sed -i "s|^server = .*|server = ssh://$SSHD_USER@127.0.0.1:$SSHD_PORT$TMP/elsewhere|" "$WORKVOL_POLICY"
stopped 3 "the policy names another server" "another server"

restore
sed "s/tanaka/sato/; 1q" "$TMP/station/roster" >>"$TMP/station/roster.new"
cat "$TMP/station/roster" >>"$TMP/station/roster.new" && sed -i 1d "$TMP/station/roster.new"
echo "# changed" >>"$TMP/station/roster.new"
mv "$TMP/station/roster.new" "$TMP/station/roster"
stopped 3 "the policy has another roster" "roster"

# looser KEY VALUE: today's policy against the take-out record
looser() {
	restore
	echo "$1 = $2" >>"$WORKVOL_POLICY"
	not_ok_exit 3 "return stops: the policy's $1 is looser than it was" approved
	ok "it says which" said "the policy's $1 is looser"
	is "and it is still out" "$(state)" out
}
looser receipt-minutes 61
looser approval-hours 73
looser self-approval yes
looser holder-signature station
restore
echo "receipt-minutes = 59" >>"$WORKVOL_POLICY"
not_ok_exit 3 "a stricter rule stops nothing: the approval is waited for" come_back
ok "the approval is waited for" said 'waiting for approval'

# ---- papers that were altered --------------------------------------------------------------------
papers() {
	restore
	PAPERS=$(ls -d "$TMP"/station/state/takeouts/*)
}
papers
sed -i 's/drinking party/garden party/' "$PAPERS/handover.json"
stopped 4 "the hand-over was altered"
papers
cp "$PAPERS/handover.json" "$TMP/handover.json"
must ssh-keygen -q -Y sign -f "$APPROVER" -n workvol-holder "$TMP/handover.json"
mv "$TMP/handover.json.sig" "$PAPERS/"
not_ok_exit 4 "return stops: the hand-over has another signature" approved
papers
rm "$PAPERS/takeout-request.json.sig"
must ssh-keygen -q -Y sign -f "$APPROVER" -n workvol-takeout-record "$PAPERS/takeout-request.json"
stopped 4 "the take-out's approval was altered" "is not the approval"

restore
not_ok_exit 3 "return stops: a weaker method is asked for" approved --method zero
not_ok_exit 3 "return stops: a weaker read-back is asked for" approved --verify none

# ---- approvals that are none --------------------------------------------------------------------
request() {
	restore
	run come_back
	REQUEST=$(sed -n 's/.*workvol approve //p' "$ERR")
	[ -e "$REQUEST" ] || bail "no request"
}

# not_approved EXIT WHAT: as the request and its .sig stand
not_approved() {
	not_ok_exit "$1" "return stops: $2" come_back
	ok "$2: the volume is whole" whole
}

request
not_ok_exit 3 "approve refuses the holder's key" wv approve "$REQUEST" --key "$HOLDER"
must ssh-keygen -q -Y sign -f "$HOLDER" -n workvol-return "$REQUEST"
not_approved 4 "approved by the holder, who is no approver"

request
must ssh-keygen -q -Y sign -f "$APPROVER" -n workvol-takeout "$REQUEST"
not_approved 4 "approved in another namespace"

request
sed 's/"type":"return-request"/"type":"return-requesT"/' "$REQUEST" >"$TMP/other-request.json"
must ssh-keygen -q -Y sign -f "$APPROVER" -n workvol-return "$TMP/other-request.json"
cp "$TMP/other-request.json.sig" "$REQUEST.sig"
not_approved 4 "approved another request"

request
must wv approve "$REQUEST" --key "$APPROVER"
sed -i 's/"method":"random"/"method":"zero"/' "$REQUEST"
not_approved 4 "the request was changed after it was approved"

request
must wv approve "$REQUEST" --key "$APPROVER"
not_ok_exit 3 "return stops: the approval has expired" faketime -f +100h "$WORKVOL" --no-input return "$V" "${factors[@]}"
ok "the approval has expired: the volume is whole" whole

# an approver who is the holder, by name and by key
restore
rm -rf "$TMP/self" && mkdir "$TMP/self"
must "$WORKVOL" init "$TMP/self" --lab --server "$SERVER" --approver "suzuki=$HOLDER.pub" \
	--approver "tanaka=$APPROVER.pub"
export WORKVOL_POLICY=$TMP/self/workvol.conf
rm -f "$TMP/self.img"
must take_out "$TMP/self.img"
run wv return "$TMP/self.img" "${factors[@]}"
must ssh-keygen -q -Y sign -f "$HOLDER" -n workvol-return "$(sed -n 's/.*workvol approve //p' "$ERR")"
not_ok_exit 3 "return stops: approved by the holder, who is an approver too" wv return "$TMP/self.img" "${factors[@]}"
export WORKVOL_POLICY=$TMP/station/workvol.conf

# ---- and with nothing against it -------------------------------------------------------------------
restore
ok "the same return, with an honest server, ends" approved
is "closed" "$(state)" closed
