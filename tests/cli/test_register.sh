#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_register.sh - the registers: entered, superseded, ended, and in the report
. "$(dirname "$0")/lib.sh"

station
ok 'at first nothing is on record' wv register list
ok '... and that is said' said 'nothing on record'
ok 'a place is entered' wv --json register enter storage 'office server' place='Tokyo, room 3' notified=2026-11-01
is 'as the current one' "$(out '.register, .clause, .state, .fields.place, .fields.notified' | paste -sd '|')" \
	'storage|S3-4|current|Tokyo, room 3|2026-11-01'
FIRST=$(out .entry)
ok 'a second entry of that name' wv --json register enter storage 'office server' place='Osaka'
is 'is another' "$(($(out .entry) > FIRST))" 1
is 'it takes the place of the first' "$(wv --json register list storage | jq -r '.fields.place')" Osaka
is 'which stays on record' "$(wv --json register list storage --all | jq -r '"\(.fields.place) \(.state)"' | head -n 1)" \
	'Tokyo, room 3 superseded'
is 'a field that the entry has not is not taken over' "$(wv --json register list storage | jq -r '.fields | keys | join(" ")')" place

# ---- what is refused, and leaves no record -------------------------------------------------

before=$(wv --json register list --all | wc -l)
not_ok_exit 1 'a register that there is not' wv register enter phones a b=c
ok '... names those that there are' said 'storage, training, subcontractor, asset, recall, checklist'
not_ok_exit 1 'a training without its date' wv register enter training suzuki
ok '... says what it wants' said 'the register training wants date='
not_ok_exit 1 'a date that is none' wv register enter training suzuki date=yesterday
not_ok_exit 1 'a field that the register has not' wv register enter training suzuki date=2026-04-01 grade=A
ok '... names it' said 'grade=A'
not_ok_exit 1 'a field twice' wv register enter training suzuki date=2026-04-01 date=2026-04-02
not_ok_exit 1 'a field without a value' wv register enter storage a place=
not_ok_exit 1 'a word that is no field' wv register enter storage a somewhere
not_ok_exit 1 'a name with a control character' wv register enter storage $'a\nb' place=b
not_ok_exit 1 'a name without end' wv register enter storage "$(printf '%01001d' 0)" place=b
not_ok_exit 1 'a name that is no UTF-8' wv register enter storage $'\xff' place=b
not_ok_exit 1 'the end of what is not there' wv register end storage elsewhere 'moved'
not_ok_exit 2 'an end without words' wv register end storage 'office server' ''
not_ok_exit 2 'an end that says nothing' wv register end storage 'office server'
is 'none of that is on record' "$(wv --json register list --all | wc -l)" "$before"

# ---- recall ---------------------------------------------------------------------------------

not_ok_exit 1 'nothing is recalled from somebody unknown' wv recall open 'Yamada KK' 'two disks'
ok '... and what to do is said' said 'workvol register enter subcontractor'
must wv register enter subcontractor 'Yamada KK' consent=C-2026-3 scope='data entry'
ok 'from a subcontractor it is' wv --json recall open 'Yamada KK' 'two disks' --due 2026-12-24
is 'as the register has it' "$(out '.register, .clause, .fields.what, .fields.due' | paste -sd '|')" 'recall|S8|two disks|2026-12-24'
not_ok_exit 3 'once at a time' wv recall open 'Yamada KK' 'three disks'
not_ok_exit 3 'until it is closed the subcontractor stays' wv register end subcontractor 'Yamada KK' 'contract ended'
is 'it is listed' "$(wv --json recall list | jq -r .name)" 'Yamada KK'
ok 'it is closed' wv --json recall close 'Yamada KK' 'both came back, number 17 and 18'
is 'with how' "$(out '.state, .text' | paste -sd '|')" 'ended|both came back, number 17 and 18'
ok 'which people see too' wv recall list --all
ok '... behind what was recalled' said 'what=two disks; ended: both came'
ok 'then nothing is open' wv recall list
ok '... and that is said' said 'nothing on record'
ok 'and the subcontractor can go' wv register end subcontractor 'Yamada KK' 'contract ended'
ok 'a second recall needs a second entry' wv register enter subcontractor 'Yamada KK' consent=C-2027-1
ok 'and is another one' wv recall open 'Yamada KK' 'a printout'

# ---- what the policy asks of them --------------------------------------------------------------

printf 'training-days = 365\nstorage-register = yes\n' >>"$TMP/station/workvol.conf"
V=$TMP/v.img
not_ok_exit 3 'who was not trained takes nothing out' prepare "$V"
ok '... and what to enter is said' said 'workvol register enter training suzuki'
must wv register enter training suzuki "date=$(date -d '-400 days' +%F)"
not_ok_exit 3 'nor who was trained too long ago' prepare "$V"
must wv register enter training suzuki "date=$(date -d '+3 days' +%F)"
not_ok_exit 3 'nor who is yet to be trained' prepare "$V"
ok '... and that is why' said 'workvol register enter training suzuki'
must wv register enter training suzuki "date=$(date -d '-300 days' +%F)"
not_ok_exit 3 'a server that is not on the register takes nothing' prepare "$V"
ok '... and what to enter is said, too' said "workvol register enter storage NAME place=$SERVER"
is 'nothing was made' "$(ls "$V" 2>/dev/null)" ''
must wv register enter storage 'designated server' place="$SERVER"
ok 'with both it goes' take_out "$V"
must wv register end storage 'designated server' 'moved'
not_ok_exit 3 'where data is kept no longer nothing is saved' wv sync "$V" --key-file "$KEY" --passphrase-file "$PASS"
must wv register enter storage 'designated server' place="$SERVER"
ok 'but where it is' wv sync "$V" --key-file "$KEY" --passphrase-file "$PASS"

# ---- the report, the ledger -------------------------------------------------------------------

must wv register enter training suzuki date=2026-04-01 course='personal data'
must wv register enter asset 'map of the ward' from='Example City' received=2026-05-01
must wv register enter checklist phone-1 date=2026-05-02 items='lock, strap'
ok 'people read it in columns' wv register list
ok 'with the fields' said 'course=personal data'
is 'and it fits 80 columns, paths aside' "$(grep -vF "$TMP" "$OUT" | awk 'length > 80')" ''
today=$(date +%F)
ok 'the report counts them by clause' wv --json report --from "$today" --to "$(date -d tomorrow +%F)"
cp "$OUT" "$TMP/report"
counted() {
	jq -r "[.clauses[] | select(.clause == \"$1\") | .done[] | select(.kind | startswith(\"register.\")) | .count] | join(\" \")" \
		"$TMP/report"
}
for row in 'S3-4|4' 'S4|4' 'S5|2' 'S7|1 0' 'S8|2 1' 'R5|1'; do
	is "${row%|*}: as many as were entered, and ended" "$(counted "${row%|*}")" "${row#*|}"
done
ok 'the chain is intact' wv ledger verify
must sqlite3 "$TMP/station/state/ledger.db" "UPDATE records SET record = CAST(replace(CAST(record AS TEXT), 'Osaka', 'Kyoto') AS BLOB) WHERE kind = 'register.entered'"
not_ok_exit 4 'an entry that was edited is found' wv ledger verify
not_ok_exit 4 'and is not listed as if it were true' wv register list
echo "1..$_n"
