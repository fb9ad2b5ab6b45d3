#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_report_html.sh - the report as a page: the document's figures, alone, whatever a name holds
. "$(dirname "$0")/lib.sh"

station
today=$(date +%F)
make_tree 3
must take_out "$TMP/volume.img" --holder 'A <b>&amp; 山田</b>'="$HOLDER.pub" --due "$(date -d tomorrow +%F)"
must wv return "$TMP/volume.img" --key-file "$KEY" --passphrase-file "$PASS" --approve-with "$APPROVER"
must take_out "$TMP/second.img"
stick=$TMP/$'<img src=x>&\e[31m'
head -c 1M /dev/urandom >"$stick"
not_ok_exit 3 'a medium with a hostile name is refused' wv wipe "$stick" --yes=other

report() {
	wv report --from "$today" --to "$(date -d tomorrow +%F)" "$@"
}
must report --json
cp "$OUT" "$TMP/report.json"
# the next report has this one in it
same_but_for_the_report() {
	report --format html >"$TMP/page.html" || return
	jq -c '(.clauses[] | select(.clause == "S9-1") | .done[0]) |= (.count = 1 | .records = [$n])' \
		--argjson n "$(wv ledger export | jq 'select(.kind == "report.end") | .seq' | head -n 1)" \
		"$TMP/report.json" >"$TMP/expected.json"
	python3 tests/cli/report_html.py "$TMP/page.html" "$TMP/expected.json"
}
ok 'the page is balanced, stands alone and has the figures of the document' same_but_for_the_report
page=$(<"$TMP/page.html")
ok 'it is XML too' python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' "$TMP/page.html"
is 'the take-outs are there' "$(jq '.takeouts | length' "$TMP/report.json")" 2
is 'a holder is text' "$(grep -c 'A &lt;b&gt;&amp;amp; 山田&lt;/b&gt;' <<<"$page")" 2
ok 'a name in a sentence too' grep -qF '&lt;img src=x&gt;&amp;?[31m' "$TMP/page.html"
is 'no control byte' "$(LC_ALL=C tr -d '\n\t' <<<"$page" | LC_ALL=C grep -c '[[:cntrl:]]')" 0
is 'LAB, NOT EVIDENCE, at the top and on each sheet' "$(grep -c 'LAB, NOT EVIDENCE' <<<"$page")" 2
ok 'it says its language, prints on A4, and knows a phone' eval \
	"grep -q '<html lang=\"en\">' <<<\"\$page\" && grep -q 'size: A4' <<<\"\$page\" && grep -q width=device-width <<<\"\$page\""
is 'a link for the keyboard leads over the head' "$(grep -A1 '<body>' <<<"$page" | tail -n 1)" \
	'<a class="skip" href="#main">To the exceptions</a>'
not_ok_exit 2 '--json is another format' report --format html --json
ok 'and says so' said '--json is not --format html: give one of them'
ok 'a period without anything' wv report --from 2020-01-01 --to 2020-12-31 --format html
ok 'is a page too' said 'Nothing in this period was out of order.'
echo "1..$_n"
