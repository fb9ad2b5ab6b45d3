#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_prompt.sh - on-insert = prompt: insert starts the return of what is out as a
# service, which asks the password agents and stops at the request. In a mount
# namespace of its own: systemctl, the agents and wall are the test's.
. "$(dirname "$0")/lib-mounts.sh"
. "$(dirname "$0")/lib.sh"

# stand_in PROGRAM: it runs TMP/bin/NAME instead
mkdir "$TMP/bin"
stand_in() {
	local name=${1##*/}
	printf '#!/bin/sh\necho "$@" >>%s\n. %s\n' "$TMP/$name.calls" "$TMP/$name.does" >"$TMP/bin/$name"
	: >"$TMP/$name.calls"
	: >"$TMP/$name.does"
	chmod 755 "$TMP/bin/$name"
	mount --bind "$TMP/bin/$name" "$1" || bail "no $name of its own"
}
for program in /usr/bin/systemctl /usr/bin/systemd-ask-password /usr/bin/wall; do
	[ -x $program ] || { skip 'the return is asked for' "no $program" && exit; }
	stand_in $program
done

station
make_tree 3
truncate -s 24M "$TMP/stick"
DEV=$(loop "$TMP/stick") || bail "no loop device"
must take_out "$DEV"
UUID=$(wv --json list | jq -r .volume)
on_insert() {
	mkdir -p "$WORKVOL_POLICY.d" && echo "on-insert = $1" >"$WORKVOL_POLICY.d/insert.conf"
}
started() {
	cat "$TMP/systemctl.calls"
	: >"$TMP/systemctl.calls"
}
state() {
	wv --json list | jq -r "select(.volume == \"$UUID\").state"
}
return_() {
	limit "$WORKVOL" return --ask-agent --request-only "$DEV" "$@"
}

ok 'with notify' wv --json insert --notify "$DEV"
is 'nothing is started' "$(started)" ''
on_insert prompt
ok 'with prompt, without --notify' wv --json insert "$DEV"
is 'nothing is started' "$(started)" ''
ok 'with prompt, a volume that is out' wv --json insert --notify "$DEV"
is 'has its return started' "$(started)" "--no-block start workvol-return@${DEV#/dev/}.service"
truncate -s 1M "$TMP/plain"
ok 'with prompt, a plain medium' wv --json insert --notify "$TMP/plain"
is 'has none' "$(started)" ''
truncate -s 48M "$TMP/disk"
printf 'label: dos\nsize=44MiB\n' | sfdisk -q "$TMP/disk" || bail 'no partition'
DISK=$(loop "$TMP/disk" -P) || bail 'no loop device'
if has_partitions "$DISK" 1; then
	SERIAL=${DISK#/dev/} must take_out "${DISK}p1"
	ok 'a partition of the own disk, with prompt' wv --json insert --notify "${DISK}p1"
	is 'it is due back' "$(out .verdict)" due-back
	is 'by a person: the service has another /tmp to search' "$(started)" ''
else
	skip 'a partition of the own disk' 'no partitions on loop devices'
fi
echo 'exit 1' >"$TMP/systemctl.does"
ok 'a service that cannot be started fails no insert' wv --json insert --notify "$DEV"
ok '... and is said' said "the return of $DEV could not be started"

# ---- the service asks -----------------------------------------------------------------
echo 'exit 1' >"$TMP/systemd-ask-password.does"
not_ok_exit 3 'nobody answers: refused' return_
ok '... and said' said 'no password agent gave the path of the key file'
cat >"$TMP/systemd-ask-password.does" <<EOF
case "\$*" in *'key file'*) echo '$KEY' ;; *) exit 1 ;; esac
EOF
not_ok_exit 3 'only the key file is answered: refused' return_
ok '... and said' said 'no password agent gave the passphrase'
is 'nothing was done' "$(state)" out
# stopped OPTION...: once it has asked, a signal to workvol alone; its exit code
stopped() {
	local pid
	: >"$TMP/systemd-ask-password.calls"
	"$WORKVOL" return --ask-agent --request-only "$DEV" "$@" &
	pid=$!
	for _ in $(seq 300); do [ -s "$TMP/systemd-ask-password.calls" ] && break; sleep 0.1; done
	sleep 0.5
	kill -TERM $pid
	for _ in $(seq 300); do kill -0 $pid 2>/dev/null || break; sleep 0.1; done
	kill -KILL $pid 2>/dev/null # it waits for the answer
	wait $pid
}
echo 'exec sleep 297.5' >"$TMP/systemd-ask-password.does"
not_ok_exit 130 'a signal ends the question for the key file' stopped
not_ok_exit 130 'and that for the passphrase' stopped --key-file "$KEY"
ok '... and that is said' said interrupted
not_ok_exit 1 'nobody is asked any more' pgrep -fx 'sleep 297.5'
cat >"$TMP/systemd-ask-password.does" <<EOF
case "\$*" in *'key file'*) echo '$KEY' ;; *) echo wrong ;; esac
EOF
not_ok_exit 3 'a wrong passphrase is refused' return_
is 'nothing was done' "$(state)" out
not_ok_exit 3 'with --no-input nobody is asked' wv return --ask-agent --request-only "$DEV"
not_ok_exit 2 'one of --ask-agent and --passphrase-file' return_ --passphrase-file "$PASS"
not_ok_exit 2 'one of --request-only and --approve-with' return_ --approve-with "$APPROVER"
cat >"$TMP/systemd-ask-password.does" <<EOF
case "\$*" in *'key file'*) echo '$KEY' ;; *) cat '$PASS' ;; esac
EOF
: >"$TMP/systemd-ask-password.calls"
not_ok_exit 3 'both are answered: the return waits for its approval' return_
is 'the files are on the server' "$(state)" synced
is 'the path is shown, the passphrase is not' "$(grep -o -e '--echo=[a-z]*' "$TMP/systemd-ask-password.calls" | xargs)" \
	'--echo=yes --echo=masked'
request=$(grep -o '/.*return-request-[^,]*\.json' "$ERR" | head -n 1)
ok 'the request is named' test -e "$request"
must wv approve "$request" --key "$APPROVER"
before=$(sum "$DEV")
not_ok_exit 3 'approved, it stops there all the same' return_ --key-file "$KEY"
is 'and is synced still' "$(state)" synced
is 'no byte of the medium was changed' "$(sum "$DEV")" "$before"
: >"$TMP/systemctl.does"
started >"$TMP/before"
ok 'inserted again' wv --json insert --notify "$DEV"
is 'it is not asked for what is synced' "$(started)" ''
ok 'a person brings it to its end' wv return "$DEV" --key-file "$KEY" --passphrase-file "$PASS"
ok '... and it is closed' grep -q '^state  *closed$' "$OUT"
not_ok_exit 1 'no secret was an argument' grep -rqF "$(cat "$PASS")" "$TMP/systemctl.calls" "$TMP/systemd-ask-password.calls" \
	"$TMP/wall.calls"
