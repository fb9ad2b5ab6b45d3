#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# soak_year.sh - a year of a contractor, in fake time: 20 holders take 60 volumes
# out TAKEOUTS=2000 times, some come back late, 12 are lost; three subcontractors
# work with the client's consent, and something is recalled from each; then the
# report of the year, the inspector's bundle and every page must say just what
# happened. SEED=N repeats a run, PDFS=N certificates are drawn (40). It tells
# every 100 events how far it is, and may be ended at any time: nothing of it is
# left. `make soak-year`; report, bundle and pages are kept in KEEP=DIR.
. "$(dirname "$0")/lib.sh"

TAKEOUTS=${TAKEOUTS:-2000} SEED=${SEED:-$$}
VOLUMES=$((TAKEOUTS < 180 ? TAKEOUTS / 3 : 60)) HOLDERS=20
LOST=$((TAKEOUTS < 180 ? 2 : 12)) SUBCONTRACTORS=3 PDFS=${PDFS:-40}
FROM=2025-04-01 TO=2026-03-31
echo "# seed $SEED, $TAKEOUTS take-outs of $VOLUMES volumes"

# The schedule: a line an event, "SECONDS EVENT ARGS", in order of time.
schedule() {
	python3 - "$SEED" "$TAKEOUTS" "$VOLUMES" "$HOLDERS" "$LOST" $SUBCONTRACTORS "$(date -ud "$FROM 08:00" +%s)" <<'END'
import heapq, random, sys
seed, takeouts, volumes, holders, lost, subcontractors, begin = map(int, sys.argv[1:])
rng = random.Random(seed)
day = 86400
free, events, back = list(range(volumes)), [], []
gone = set(rng.sample(range(takeouts // 4, takeouts), lost))
step = 350 * day // takeouts
now = begin
for n in range(takeouts):
    now += step
    while back and (back[0][0] <= now or not free):
        at, volume = heapq.heappop(back)
        now = max(now, at)
        free.append(volume)
    volume = free.pop(rng.randrange(len(free)))
    days = rng.randint(1, 7)
    events.append((now, f'out {volume} {rng.randrange(holders)} {days}'))
    if n in gone:
        lost_at = now + rng.randint(3600, days * day)
        told = rng.choice([15, 40, 55, 75, 200])
        events.append((lost_at, f'lost {volume} {rng.randint(1, 10)}'))
        events.append((lost_at + 60 * told, f'told {volume}'))
        if len(free) + len(back) < 2:
            sys.exit('all volumes are lost')
        continue
    late = rng.random() < 0.03
    at = now + days * day + rng.randint(2, 5) * day if late else now + rng.randint(3600, days * day)
    events.append((at, f'back {volume} {int(late)}'))
    heapq.heappush(back, (at + 3600, volume))
for n in range(subcontractors):  # consent, a recall while they work, all of it back, the end
    began = begin + rng.randint(0, 60) * day
    asked = began + rng.randint(60, 150) * day
    events += [(began, f'consent {n}'), (asked, f'recall {n}'),
               (asked + rng.randint(2, 20) * day, f'recovered {n}'), (begin + 340 * day + n, f'ended {n}')]
then = 0
for at, event in sorted(events):
    then = max(at, then + 1)
    print(then, event)
END
}

NOW=$(date -ud "$FROM 07:00" +%s)
WORKVOL_REAL=$WORKVOL
cat >"$TMP/workvol" <<'END'
#!/bin/sh
exec faketime -f "@$(date -d "@$(cat "$WV_NOW")" '+%F %T')" "$WORKVOL_REAL" "$@"
END
chmod +x "$TMP/workvol"
WORKVOL=$TMP/workvol
export WORKVOL_REAL WV_NOW=$TMP/now
echo "$NOW" >"$WV_NOW"

station
must make_tree 1
mkdir "$TMP/v"
for ((i = 0; i < HOLDERS; i++)); do
	must ssh-keygen -q -t ed25519 -N '' -C "holder$i" -f "$KEYS/holder$i"
	must wv register enter training "holder$i" date=2025-04-01 course='personal data, the rules at the holder'
done
must wv register enter storage 'designated server' place="$SERVER" notified=2025-04-01
must wv register enter asset 'map of the wards' from='Example City' received=2025-04-01 due=2026-03-31
printf 'training-days = 366\nstorage-register = yes\n' >>"$WORKVOL_POLICY"
must wv declare "$TMP/src" -o "$TMP/declaration" --purpose 'site survey'

event_out() { # VOLUME HOLDER DAYS
	local target=$TMP/v/$1.img
	rm -f "$target" "$TMP/v/$1.uuid"
	run wv prepare "$target" --size 20M --declaration "$TMP/declaration" --source "$TMP/src" --key-file "$KEY" \
		--passphrase-file "$PASS" --holder "holder$2=$KEYS/holder$2.pub" --due "$(date -ud "@$((at + $3 * 86400))" +%F)" \
		--client-approval 'C-2025-17,survey data,2099-12-31' --approve-with "$APPROVER" --yes="$1.img" &&
		run wv handover "$target" --sign-with "$KEYS/holder$2"
}
event_back() { # VOLUME LATE
	late=$((late + $2))
	run wv return "$TMP/v/$1.img" --key-file "$KEY" --passphrase-file "$PASS" --approve-with "$APPROVER"
}
event_lost() { # VOLUME MINUTES: recognised so long before
	run wv incident open "$(uuid_of "$1")" "left on a train, volume $1" \
		--recognised-at "$(date -ud "@$((at - $2 * 60))" +%FT%TZ)" && rm "$TMP/v/$1.img"
}
uuid_of() {
	[ -e "$TMP/v/$1.uuid" ] || cryptsetup luksUUID "$TMP/v/$1.img" >"$TMP/v/$1.uuid"
	cat "$TMP/v/$1.uuid"
}
event_told() { # VOLUME
	run wv incident notify "$(uuid_of "$1")" 'by telephone'
}

event_consent() { # SUBCONTRACTOR
	run wv register enter subcontractor "company$1" consent="C-2025-17-$1" scope='data entry' until=2026-03-31
}
event_recall() { # SUBCONTRACTOR: until it is closed the company stays
	run wv recall open "company$1" "two disks of company $1" --due "$(date -ud "@$((at + 30 * 86400))" +%F)" || return
	run wv register end subcontractor "company$1" 'the contract ended'
	[ $? = 3 ]
}
event_recovered() { # SUBCONTRACTOR
	run wv recall close "company$1" 'both came back'
}
event_ended() { # SUBCONTRACTOR
	run wv register end subcontractor "company$1" 'the contract ended'
}

n=0 bad=0 late=0 begin=$SECONDS
declare -A count=([out]=0 [back]=0 [lost]=0 [told]=0 [consent]=0 [recall]=0 [recovered]=0 [ended]=0)
tell() {
	echo "# $n of $(wc -l <"$TMP/schedule") events, $((SECONDS - begin)) s: ${count[out]} out, ${count[back]} back ($late late)," \
		"${count[lost]} lost, ${count[told]} told, ${count[recall]} recalled, $bad failed;" \
		"ledger $(($(stat -c %s "$TMP/station/state/ledger.db") / 1024)) KiB"
}
must schedule
cp "$OUT" "$TMP/schedule"
while read -r at event args; do
	echo "$at" >"$WV_NOW"
	# shellcheck disable=SC2086
	"event_$event" $args || { bad=$((bad + 1)); echo "# event $n, $event $args, failed: $(tail -n 1 "$ERR")"; [ $bad -lt 10 ] || bail 'too many'; }
	count[$event]=$((count[$event] + 1)) n=$((n + 1))
	((n % 100)) || tell
done <"$TMP/schedule"
is "$n events, every one as it should end" "$bad" 0
tell
is 'every subcontractor was there, recalled from and ended' \
	"${count[consent]} ${count[recall]} ${count[recovered]} ${count[ended]}" "$SUBCONTRACTORS $SUBCONTRACTORS $SUBCONTRACTORS $SUBCONTRACTORS"

# ---- what the papers say ------------------------------------------------------------------

date -ud "$TO 18:00" +%s >"$WV_NOW"
must wv register end asset 'map of the wards' 'given back, receipt 12'
records=$(wv ledger export | wc -l)
begin=$SECONDS
ok "the chain of $records records is intact" wv ledger verify
ok 'the report of the year' wv --json report --from "$FROM" --to "$TO"
cp "$OUT" "$TMP/report.json"
echo "# verify and report: $((SECONDS - begin)) s"
kinds() { # KIND: how many exceptions of it
	jq "[.exceptions[] | select(.kind == \"$1\")] | length" "$TMP/report.json"
}
is 'every take-out is in it' "$(jq '.takeouts | length' "$TMP/report.json")" "${count[out]}"
certified=$(jq '[.clauses[] | select(.clause == "R3-6") | .done[] | select(.kind == "takeout.certified") | .count] | add' "$TMP/report.json")
is 'every return has its certificate' "$certified" "${count[back]}"
overruns=$(awk '$2 == "lost" { at[$3] = $1 - 60 * $4 } $2 == "told" && $1 - at[$3] > 3600' "$TMP/schedule" | wc -l)
is 'the clients that were told too late' "$(kinds incident-overrun)" "$overruns"
is 'who came back late, or not at all' "$(kinds overdue)" $((late + count[lost]))
counted() { # CLAUSE
	jq -r "[.clauses[] | select(.clause == \"$1\") | .done[].count] | join(\" \")" "$TMP/report.json"
}
is 'consents, recalls, trainings and what was given back are counted' \
	"$(counted S5), $(counted S8), $(counted S4), $(counted S7)" \
	"$SUBCONTRACTORS, $SUBCONTRACTORS $SUBCONTRACTORS, $HOLDERS, 1 1"
is 'nothing is recalled any more' "$(wv --json recall list | wc -l)" 0
is 'the incidents are listed' "$(wv --json incident list | wc -l)" "${count[lost]}"
for format in text html; do
	ok "the report as $format" wv report --from "$FROM" --to "$TO" --format $format
	cp "$OUT" "$TMP/report.$format"
done
begin=$SECONDS
ok 'the bundle is made' wv inspect "$TMP/bundle"
echo "# inspect: $((SECONDS - begin)) s"
begin=$SECONDS LIMIT=3600
ok 'its own script checks every signature and hash in it' sh "$TMP/bundle/check.sh"
echo "# check.sh: $((SECONDS - begin)) s, $(grep -o '[0-9]* files that.*' "$OUT")"
begin=$SECONDS
ok 'so does an inspector with sha256sum, ssh-keygen and python3 -c' bash tests/cli/inspector.sh "$TMP/bundle"
echo "# inspector.sh: $((SECONDS - begin)) s, $(tail -n 1 "$OUT")"

# ---- the pages --------------------------------------------------------------------------------

mkdir "$TMP/pages"
page() { # FILE ARGS...
	local file=$TMP/pages/$1
	shift
	wv "$@" >"$file" && [ "$(head -c 5 "$file")" = %PDF- ]
}
certificates() {
	local file i=0
	for file in "$TMP"/station/state/takeouts/*/certificate.json; do
		page "certificate-$i.pdf" certificate show "$file" --format pdf || return
		((++i < PDFS)) || break
	done
}
incidents() {
	local number
	for number in $(wv --json incident list | jq -r .incident); do
		page "incident-$number.pdf" incident report "$number" --format pdf || return
	done
}
begin=$SECONDS
ok 'the report as PDF' page report.pdf report --from "$FROM" --to "$TO" --format pdf
for form in storage change return; do
	ok "the $form form as PDF" page "form-$form.pdf" register form "$form" --format pdf
done
ok 'a page of each incident' incidents
ok "a page of $PDFS certificates" certificates
echo "# $(find "$TMP/pages" -name '*.pdf' | wc -l) PDFs: $((SECONDS - begin)) s"

# ---- what is asked every minute, and often ------------------------------------------------------

# What was on a lost volume is said within a second, of the whole year's records.
lost=$(wv --json incident list | head -n 1 | jq -r .incident)
for words in 'incident due' 'incident list' '--json list' policy "incident report $lost --format text" \
	"incident report $lost --format json"; do
	begin=$(date +%s%N)
	# shellcheck disable=SC2086
	run wv $words
	rc=$? ms=$((($(date +%s%N) - begin) / 1000000))
	echo "# $words: $ms ms, of $records records"
	case $words in *report*) ok "$words: within a second" test $rc = 0 -a $ms -le 1000 ;; esac
done
if [ -n "${KEEP:-}" ]; then
	mkdir -p "$KEEP" && cp -a "$TMP"/report.* "$TMP/bundle" "$TMP/pages" "$KEEP/"
fi
echo "1..$_n"
exit $((_bad > 0))
