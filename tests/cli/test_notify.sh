#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_notify.sh - insert --notify tells each desktop, otherwise the terminals, and
# fails by none of them. In a mount namespace of its own: /run/user is the test's,
# and wall writes to a file.
. "$(dirname "$0")/lib-mounts.sh"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib-header.sh"

for program in busctl setpriv wall python3; do
	command -v $program >/dev/null || { skip 'desktops and terminals are told' "no $program" && exit; }
done
printf '#!/bin/sh\nexec cat >>%s\n' "$TMP.wall" >"$TMP/wall"
chmod 755 "$TMP/wall"
mount --bind "$TMP/wall" "$(command -v wall)" || bail "no wall of its own"

bus() { # UID [deaf]: a desktop of that user, who is told in $TMP.UID
	mkdir -m 700 "/run/user/$1" && chown "$1:$1" "/run/user/$1"
	python3 tests/cli/bus.py "/run/user/$1/bus" "$TMP.$1" "$@" &
	while [ ! -e "$TMP.$1" ] && kill -0 $!; do sleep 0.05; done
}

told() { # UID FILTER
	jq -r "$2" "$TMP.$1" | tail -n 1
}

count() { # FILE: lines
	wc -l 2>/dev/null <"$1" || echo 0
}

caps=$(sed -n 's/^CapabilityBoundingSet=//p' udev-rules/workvol-insert@.service)
caps=${caps,,} caps=${caps// /,}
confined() { # as its service runs it: root, and hardly more
	limit setpriv --bounding-set="-all,${caps//cap_/+}" -- "$WORKVOL" --no-input "$@"
}

station
make_tree 3
V=$TMP/volume.img
must take_out "$V" --size 24M
UUID=$(wv --json list | tail -n 1 | jq -r .volume)
keep_header
due="$V carries volume $UUID, due back on"

ok 'without --notify nobody is told' wv --json insert "$V"
ok '... on no terminal' test ! -e "$TMP.wall"

# ---- nobody has a desktop ------------------------------------------------------------
must json "$EXTRA_KEYSLOT"
ok 'an alert, and nobody has a desktop' wv --json insert --notify "$V"
ok 'the terminals are told' grep -q "^workvol: the header of volume $UUID on $V is not the one" "$TMP.wall"
is 'the same again so soon is neither recorded' "$(wv --json insert --notify "$V" 2>/dev/null | jq -r .verdict
	wv ledger export | grep -c '"verdict":"header-changed"')" "header-changed
1"
is '... nor told' "$(count "$TMP.wall")" 1
restore

# ---- two desktops, one that does not answer, and what is no desktop -------------------
bus 4001
bus 4002
bus 4003 deaf
mkdir /run/user/4004 /run/user/x /run/user/4005
chown 4004:4004 /run/user/4004
ln -s ../4001/bus /run/user/4004/bus
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("/run/user/4005/bus")'
ok 'a volume that is due back, and two users have a desktop' confined --json insert --notify "$V"
is 'its verdict' "$(out .verdict)" due-back
for uid in 4001 4002; do
	is "user $uid is told once" "$(count "$TMP.$uid")" 1
	is '... by a call of that user' "$(told $uid .uid)" $uid
	is '... that it is due, and the next command' "$(told $uid .body | sed 's/on 20.*; next/on DAY; next/')" \
		"$due DAY; next: workvol return $V"
	is '... as one that goes away by itself' "$(told $uid '"\(.urgency) \(.expiry)"')" '1 -1'
done
is 'the one that does not answer was asked' "$(count "$TMP.4003")" 1
is 'the terminals are left alone' "$(count "$TMP.wall")" 1

must json "$EXTRA_KEYSLOT"
must test "$(wv --json insert --notify "$V" 2>/dev/null | jq -r .verdict)" = header-changed
is 'an alert stays until it is closed' "$(told 4001 '"\(.urgency) \(.expiry)"')" '2 0'
restore

# ---- what a name can carry -----------------------------------------------------------
odd="$TMP/<b>&"$'\e[31m\n\u202eé'
truncate -s 1M "$odd"
ok 'a medium with an odd name' wv --json insert --notify "$odd"
is 'is no markup, and no control' "$(told 4001 .body)" \
	"$TMP/&lt;b&gt;&amp;?[31m?????? is a medium without a work volume"
ok 'nothing but printable ASCII is told' test -z "$(jq -r .body "$TMP.4001" | LC_ALL=C grep -P '[^\x20-\x7e]')"

# ---- in the language of the machine ---------------------------------------------------
in_japanese() {
	LANGUAGE=ja wv --json insert --notify "$1"
}
truncate -s 1536K "$TMP/plain"
ok 'a machine that speaks Japanese' in_japanese "$TMP/plain"
is 'tells its desktops so' "$(told 4001 .body)" "$TMP/plain に作業ボリュームはありません"
is 'and records it in English' "$(wv ledger export | grep -c "$TMP/plain is a medium without a work volume")" 1
truncate -s 1792K "$odd"
ok 'a medium with an odd name' in_japanese "$odd"
is 'is no markup, no control and no mark of direction there either' \
	"$(told 4001 .body | LC_ALL=C.UTF-8 grep -cP '[<\x00-\x1f\x7f\x{80}-\x{9f}\x{200e}\x{200f}\x{202a}-\x{202e}]')" 0

# ---- nobody can be told -----------------------------------------------------------------
jobs -p | xargs -r kill
wait 2>/dev/null
printf '#!/bin/sh\nexit 1\n' >"$TMP/wall"
other="$TMP/other.img"
truncate -s 2M "$other"
ok 'nobody can be told: insert succeeds' wv --json insert --notify "$other"
is '... and records it' "$(wv ledger export | grep -c 'other.img')" 1
ok '... and says so' said 'nobody could be told that'
third="$TMP/third.img"
truncate -s 2M "$third"
: >"$TMP/journal"
JOURNAL_STREAM=$(stat -c %d:%i "$TMP/journal") wv insert --notify "$third" >"$OUT" 2>"$TMP/journal"
ok 'in the journal that is a warning' grep -q '^<4>nobody could be told' "$TMP/journal"
not_ok_exit 1 'no secret was told' grep -qrF "$(cat "$PASS")" "$TMP.wall" "$TMP.4001" "$TMP.4002"
