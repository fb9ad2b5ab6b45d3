#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# soak_year.sh - a year of a contractor, in fake time: 20 holders take 60 volumes
# out TAKEOUTS=2000 times, some come back late, 12 are lost; then the report of
# the year and the inspector's bundle must say just what happened. SEED=N
# repeats a run. `make soak-year`; the report and the bundle are kept in KEEP=DIR.
. "$(dirname "$0")/lib.sh"

TAKEOUTS=${TAKEOUTS:-2000} SEED=${SEED:-$$}
VOLUMES=$((TAKEOUTS < 180 ? TAKEOUTS / 3 : 60)) HOLDERS=20
LOST=$((TAKEOUTS < 180 ? 2 : 12))
FROM=2025-04-01 TO=2026-03-31
echo "# seed $SEED, $TAKEOUTS take-outs of $VOLUMES volumes"

# The schedule: a line an event, "SECONDS EVENT ARGS", in order of time.
schedule() {
	python3 - "$SEED" "$TAKEOUTS" "$VOLUMES" "$HOLDERS" "$LOST" "$(date -ud "$FROM 08:00" +%s)" <<'END'
import heapq, random, sys
seed, takeouts, volumes, holders, lost, begin = map(int, sys.argv[1:])
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
done
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

n=0 bad=0 late=0 begin=$SECONDS
declare -A count=([out]=0 [back]=0 [lost]=0 [told]=0)
must schedule
cp "$OUT" "$TMP/schedule"
while read -r at event args; do
	echo "$at" >"$WV_NOW"
	# shellcheck disable=SC2086
	"event_$event" $args || { bad=$((bad + 1)); echo "# event $n, $event $args, failed: $(tail -n 1 "$ERR")"; [ $bad -lt 10 ] || bail 'too many'; }
	count[$event]=$((count[$event] + 1)) n=$((n + 1))
	((n % 200)) || echo "# $n events, $((SECONDS - begin)) s"
done <"$TMP/schedule"
is "$n events, every one as it should end" "$bad" 0
echo "# ${count[out]} taken out, ${count[back]} returned, $late of them late, ${count[lost]} lost: $((SECONDS - begin)) s"

# ---- what the papers say ------------------------------------------------------------------

date -ud "$TO 18:00" +%s >"$WV_NOW"
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
is 'the incidents are listed' "$(wv --json incident list | wc -l)" "${count[lost]}"
for format in text html; do
	ok "the report as $format" wv report --from "$FROM" --to "$TO" --format $format
	cp "$OUT" "$TMP/report.$format"
done
begin=$SECONDS
ok 'the bundle is made' wv inspect "$TMP/bundle"
echo "# inspect: $((SECONDS - begin)) s"
begin=$SECONDS LIMIT=3600
ok 'stock tools check every signature and hash in it' sh "$TMP/bundle/check.sh"
echo "# check.sh: $((SECONDS - begin)) s, $(grep -c '^ok' "$OUT") lines"
begin=$SECONDS
must wv --json list
echo "# list: $((SECONDS - begin)) s"
if [ -n "${KEEP:-}" ]; then
	mkdir -p "$KEEP" && cp -a "$TMP"/report.* "$TMP/bundle" "$KEEP/"
fi
echo "1..$_n"
exit $((_bad > 0))
