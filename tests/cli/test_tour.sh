#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_tour.sh - the tour of README.md, command by command as it stands there.
# A line that says "# exit N" has to end so; every other one with 0.
#
# alone: `workvol devices` opens every loop of the machine, and those of others would end late
. "$(dirname "$0")/lib.sh"

README=$PWD/README.md
PATH=$(dirname "$WORKVOL"):$PATH
export TMPDIR=$TMP

# The tour's ```sh blocks, a command a line.
commands() {
	awk '/^## A tour/ { tour = 1 } /^## Exit codes/ { tour = 0 }
	     /^```/ { block = tour && $0 == "```sh"; next }
	     block && NF' "$README" | sed -e ':more' -e '/\\$/ { N; s/\\\n *//; b more }'
}

# In this shell: a later command wants the directory and the variables of an earlier one.
step() {
	local line=$1 want=0 rc
	[[ $line =~ \#\ exit\ ([0-9]+) ]] && want=${BASH_REMATCH[1]}
	eval "$line" >"$OUT" 2>"$ERR" </dev/null
	rc=$?
	cat "$OUT" "$ERR" >>"$TMP/tour"
	[[ $line == *losetup\ -f* ]] && echo "$dev $(_backing "$dev")" >>"$_loops"
	is "README's tour: ${line%%  #*} (exit $want)" $rc $want || _fail 'it said' "$line"
}

mapfile -t lines < <(commands)
is 'the tour has its commands' "$((${#lines[@]} > 25))" 1
for line in "${lines[@]}"; do
	step "$line"
done

# What the tour shows, line by line, is what was printed; numbers, dates and names of the day aside.
shown_not() {
	python3 - "$README" "$TMP/tour" <<'P'
import re, sys
def plain(line):
    for what, by in ((r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', 'U'), (r'SHA256:[A-Za-z0-9+/]+', 'S'), (r' for \S+ with ', ' for W with '),
                     (r'\b[0-9a-f]{64}\b', 'H'), (r'\b[0-9a-f]{12}\b', 'H'), (r'\b[0-9a-f]{8}\b', 'H'),
                     (r'\d{4}-\d\d-\d\d(T[\d:]+Z)?', 'D'), (r'\d+', 'N'), (r' +', ' ')):
        line = re.sub(what, by, line)
    return line.strip()
tour = re.search(r'^## A tour$.*?^## Exit codes$', open(sys.argv[1]).read(), re.M | re.S).group()
blocks = re.findall(r'^```(\w*)\n(.*?)^```$', tour, re.M | re.S)
shown = [l for kind, text in blocks if not kind for l in text.splitlines() if l.strip() not in ('', '…')]
printed = [plain(l) for l in open(sys.argv[2])]
for line in shown:
    want = '.*'.join(re.escape(plain(part)) for part in line.split('…'))
    if not any(re.fullmatch(want, p) for p in printed):
        print(line)
sys.exit(len(shown) < 40)
P
}
is 'what README shows is what is printed' "$(shown_not || echo 'too little is shown')" ''

# A look at what the tour promises.
ok 'the tour ends with the take-out closed' \
	test "$(workvol --json list | jq -r .state)" = closed
ok 'a device that cannot erase itself says so in it' grep -q "$dev offers no erasure of its own" "$TMP/tour"
ok 'the map that it draws shows a wiped disk' grep -q "<title>$dev: wiped</title>" disk.svg
is 'its random wipe and the resumed one both end' "$(grep -c "^$dev: wiped (64.0 MiB, random)" "$TMP/tour")" 2
ok 'the certificate that the tour shows says wiped' grep -q '"verdict":"wiped"' "$certificate"
sed 's/"verdict":"wiped"/"verdict":"wipeD"/' "$certificate" >"$TMP/forged.json"
not_ok_exit 255 'ssh-keygen refuses a copy with one byte changed' \
	bash -c "ssh-keygen -Y verify -f station/roster -I \"\$(hostname)\" -n workvol-certificate \
		-s '$certificate.sig' <'$TMP/forged.json'"

# ---- what the tour does not show: wrong turns, each with the way on ---------------
cd "$TMP" || bail 'no directory'
station
take_out "$TMP/out.img" >/dev/null 2>&1 || bail 'no take-out'
wvjson() { "$WORKVOL" --no-input --json "$@"; }

not_ok_exit 2 'prepare names every option that is missing at once' wv prepare "$TMP/x.img" --due 2099-01-01
ok 'and they are all there' said 'give --declaration, --source, --key-file, --holder, --client-approval'
not_ok_exit 3 'a handover twice is refused' wv handover "$TMP/out.img" --sign-with "$HOLDER"
not_ok_exit 3 'what is out is not wiped' wv wipe "$TMP/out.img" --yes=out.img
is 'the refusal is said once' "$(cat "$OUT" "$ERR" | grep -c 'keys are not known to be destroyed')" 1
not_ok_exit 3 'a wrong passphrase opens nothing' \
	wv open "$TMP/out.img" "$TMP" --key-file "$KEY" --passphrase-file "$KEYS/holder.pub"

must wv incident open "$TMP/out.img" 'left in the train'
ok 'an incident says how long there is to tell the client' wv incident list
ok 'in minutes' said 'min left'
must wv incident notify "$TMP/out.img" 'told by telephone'
must wv incident close "$TMP/out.img" 'found'

open_volume "$TMP/out.img" >/dev/null 2>&1 || bail 'cannot open'
echo note >"$TMP/mnt/note.txt"
ok 'an amendment is a line for each file' \
	wv amend "$TMP/out.img" note.txt --purpose 'field notes' --sign-with "$HOLDER"
ok 'with its size' said 'added     note.txt, 5 bytes'
exec 9<"$TMP/mnt/note.txt"
not_ok_exit 3 'a volume with open files is not returned' \
	wv return "$TMP/out.img" --key-file "$KEY" --passphrase-file "$PASS"
exec 9<&-
not_ok_exit 3 'a return without approval waits' \
	wv return "$TMP/out.img" --key-file "$KEY" --passphrase-file "$PASS"
request=$(ls "$TMP"/station/state/takeouts/*/return-request-*.json)
ok 'the approver sees what he signs' wv approve "$request" --key "$APPROVER"
ok 'the amendment among it, on a line' said '    added     note.txt, 5 bytes: field notes'
is 'in less than 15 lines' "$(($(wc -l <"$ERR") < 15))" 1
must wv return "$TMP/out.img" --key-file "$KEY" --passphrase-file "$PASS"
not_ok_exit 1 'a return after the end finds nothing' \
	wv return "$TMP/out.img" --key-file "$KEY" --passphrase-file "$PASS"
ok 'and says where to look' said 'workvol list'

for words in list 'list --overdue' policy devices methods 'incident list' 'incident due' 'ledger verify' \
	'ledger export' open frobnicate 'declare nosuch -o nosuch.txt' 'approve nosuch'; do
	# shellcheck disable=SC2086
	wvjson $words >"$OUT" 2>"$ERR"
	ok "with --json, '$words' prints JSON only" jq -e -s 'all(type == "object")' "$OUT"
done
is 'no line of the methods is longer than 80 columns' "$(wv methods | awk 'length > 80' | wc -l)" 0
is 'head may close the pipe of an export' \
	"$("$WORKVOL" ledger export | head -n 1 | jq -r .kind)" station.init
