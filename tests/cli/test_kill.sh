#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_kill.sh - kill -9 at random instants of prepare and of return: nothing is
# left behind, nothing was destroyed without a proven receipt, and running it
# again ends it. SOAK=N instants of each (20); PART=prepare|return one of them;
# SEED=N repeats a run.
. "$(dirname "$0")/lib.sh"

N=${SOAK:-20}
SEED=${SEED:-$SRANDOM}
RANDOM=$SEED
echo "# seed $SEED, $N instants of each"

station
make_tree 40
V=$TMP/volume.img
factors=(--key-file "$KEY" --passphrase-file "$PASS")

now() {
	date +%s%N
}

# every loop, mount and process that could be of this test
ours() {
	pgrep -af -- "$TMP" | grep -v -e "test_kill" -e pgrep
	grep -F "$TMP" /proc/self/mountinfo
	grep -lF "$TMP" /sys/block/loop*/loop/backing_file 2>/dev/null
	for u in $(volumes); do
		grep -HF "$u" /sys/block/loop*/loop/backing_file 2>/dev/null
		pgrep -af -- "$u" | grep -v pgrep
	done
	return 0
}

volumes() {
	wv ledger export 2>/dev/null | jq -r 'select(.kind=="takeout.provisioning").body.volume' | sort -u
}

# Five seconds after a kill nothing is left (protocol.md). Counted in looks: on a
# machine that is slow each takes longer, as does what is waited for.
gone() {
	local look
	for look in $(seq 60); do
		[ -n "$(ours)" ] || return 0
		sleep 0.1
	done
	ours >"$OUT"
	return 1
}

# killed_at MS COMMAND...: started, and killed after that long, all alone
killed_at() {
	local ms=$1 pid
	shift
	"$@" >"$OUT" 2>"$ERR" </dev/null &
	pid=$!
	sleep "$(printf '%d.%03d' $((ms / 1000)) $((ms % 1000)))"
	kill -9 "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
}

declare_it() {
	must wv declare "$TMP/src" -o "$TMP/declaration" --purpose 'site survey'
}

# prepare without the time limit's process in between
raw_prepare() {
	exec "$WORKVOL" --no-input prepare "$V" --size 24M --declaration "$TMP/declaration" \
		--source "$TMP/src" "${factors[@]}" --holder "suzuki=$HOLDER.pub" --due 2099-01-01 \
		--client-approval C-1 --approve-with "$APPROVER" --yes=volume.img
}

raw_return() {
	exec "$WORKVOL" --no-input return "$V" "${factors[@]}" --approve-with "$APPROVER"
}

# the pristine station, to begin each round with
keep() { # NAME
	rm -rf "$TMP/$1" && mkdir "$TMP/$1"
	cp -a "$TMP/station" "$TMP/$1/"
	if [ -e "$V" ]; then cp "$V" "$TMP/$1/volume.img"; fi
}

restore() {
	rm -rf "$TMP/station" "$V" "$V".*
	cp -a "$TMP/$1/station" "$TMP/"
	if [ -e "$TMP/$1/volume.img" ]; then cp "$TMP/$1/volume.img" "$V"; fi
	find "$SERVER" -mindepth 1 -maxdepth 1 -exec rm -rf {} +
}

state() {
	wv --json list | tail -n 1 | jq -r .state
}

whole() {
	wv check "$V" "${factors[@]}"
}

# prepared in the end: the same command again, unless it was through
complete_prepare() {
	local rc=0
	[ "$(state)" = prepared ] && return 0
	(raw_prepare) || rc=$?
	[ $rc = 0 ] || return $rc
	[ "$(state)" = prepared ]
}

no_part_left() {
	[ -z "$(find "$TMP" -maxdepth 1 -name '*.part')" ]
}

test_prepare() {
	local t ms i
	restore empty
	t=$(now)
	must raw_prepare
	t=$((($(now) - t) / 1000000))
	for ((i = 1; i <= N; i++)); do
		restore empty
		ms=$((RANDOM * (t * 5 / 4 + 20) / 32768))
		killed_at $ms raw_prepare
		ok "prepare killed after $ms of $t ms ($i): nothing is left running" gone
		ok "prepare killed after $ms ms ($i): run again, it completes" complete_prepare
		ok "prepare killed after $ms ms ($i): no half container stays" no_part_left
		must wv handover "$V" --sign-with "$HOLDER"
		ok "prepare killed after $ms ms ($i): the volume is whole" whole
		ok "prepare killed after $ms ms ($i): the ledger is intact" wv ledger verify
	done
}

# Keys or data may only be gone when the server has everything and said so.
nothing_lost() {
	local s
	s=$(state)
	case $s in
	out | checked | synced | return-approved) whole ;;
	destroying-keys | keys-destroyed | wiped | certified | closed)
		diff -r "$TMP/src" "$SERVER"/*/data &&
			ls "$SERVER"/*/receipts/*.sig >/dev/null ;;
	*) echo "state $s"; return 1 ;;
	esac
}

complete_return() {
	[ "$(state)" = closed ] && return 0
	(raw_return) && [ "$(state)" = closed ]
}

test_return() {
	local t ms i
	restore out
	t=$(now)
	must raw_return
	t=$((($(now) - t) / 1000000))
	for ((i = 1; i <= N; i++)); do
		restore out
		ms=$((RANDOM * (t * 5 / 4 + 20) / 32768))
		killed_at $ms raw_return
		ok "return killed after $ms of $t ms ($i): nothing is left running" gone
		ok "return killed after $ms ms ($i), $(state): nothing is lost" nothing_lost
		ok "return killed after $ms ms ($i): run again, it completes" complete_return
		ok "return killed after $ms ms ($i): the ledger is intact" wv ledger verify
	done
}

declare_it
keep empty
if [ "${PART:-prepare}" = prepare ]; then
	test_prepare
fi
if [ "${PART:-return}" = return ]; then
	restore empty
	must raw_prepare
	must wv handover "$V" --sign-with "$HOLDER"
	keep out
	test_return
fi
