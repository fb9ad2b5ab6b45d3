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

ok 'in Japanese' eval 'report --format html --lang ja >"$TMP/ja.html" && grep -q "<html lang=.ja.>" "$TMP/ja.html"'
ok 'it is XML too' python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' "$TMP/ja.html"
ok 'its heads, clauses and sentences are' eval 'for w in 遵守状況報告書 例外事項 発注者の事前承認のない持出しの禁止 目的と期限を定めた持出し 拠点が自らのディレクトリの受領書に署名しました 未返却1件 鍵の破棄日 連鎖は完全です; do
	grep -q "$w" "$TMP/ja.html" || { echo "no $w"; exit 1; }; done'
is 'alone, but for what the ledger says' "$(sed '/<style>/,/<\/style>/d' "$TMP/ja.html" | grep -ciE 'exceptions</|compliance report|>take-out|not back|by clause<|none<|what happened')" 0
ok 'in both' eval 'report --format html --lang both | grep -q "例外事項 / Exceptions: "'
not_ok_exit 2 'an unknown language' report --format html --lang de

# ---- in a browser, where there is one ---------------------------------------------------------

browse() { # OPTION... URL
	timeout -k 5 "$LIMIT" chromium --headless --no-sandbox --disable-gpu --allow-file-access-from-files \
		--user-data-dir="$TMP/browser" "$@" 2>"$TMP/browser.log"
}
# The widest part of the page in a frame of 375 pixels, and what sticks out of it.
cat >"$TMP/frame.html" <<'H'
<title></title><body><script>onload = () => {
	const frame = document.createElement('iframe');
	frame.style = 'width: 375px; height: 800px; border: 0';
	frame.src = 'page.html';
	frame.onload = () => {
		const page = frame.contentDocument, out = [...page.querySelectorAll('body *')]
			.filter((e) => e.getBoundingClientRect().right > 375);
		document.title = page.documentElement.scrollWidth <= 375 && !out.length ? 'fits' :
			'too wide: ' + out.map((e) => e.tagName).join(' ');
	};
	document.body.append(frame);
};</script>
H
if command -v chromium >/dev/null && browse --dump-dom about:blank >/dev/null; then
	is 'it fits a telephone of 375 pixels' "$(browse --virtual-time-budget=5000 --dump-dom "file://$TMP/frame.html" |
		sed -n 's|.*<title>\(.*\)</title>.*|\1|p' | head -n 1)" fits
	browse --enable-logging=stderr --dump-dom "file://$TMP/page.html" >/dev/null
	is 'the browser has nothing to say of it' "$(grep CONSOLE "$TMP/browser.log")" ''
	browse --no-pdf-header-footer --print-to-pdf="$TMP/page.pdf" "file://$TMP/page.html" >/dev/null
	ok 'it prints on A4' eval 'pdfinfo "$TMP/page.pdf" | grep -q "^Page size:.*A4"'
	is 'each sheet says LAB, NOT EVIDENCE' "$(pdftotext "$TMP/page.pdf" - | awk 'BEGIN {RS = "\f"}
		NF {sheets++; lab += /LAB, NOT EVIDENCE/} END {print (sheets > 1 && sheets == lab)}')" 1
	for width in 1200 375; do
		for sheet in page ja; do
			ok "$sheet.html, $width pixels wide: keyboard, screen reader and eye go the same way through all of it" \
				python3 tests/cli/page_order.py "$TMP/$sheet.html" $width
		done
	done
else
	skip 'it fits a telephone, prints on A4, and the browser has nothing to say' 'no chromium'
fi

not_ok_exit 2 '--json is another format' report --format html --json
ok 'and says so' said '--json is not --format html: give one of them'
ok 'a period without anything' wv report --from 2020-01-01 --to 2020-12-31 --format html
ok 'is a page too' said 'Nothing in this period was out of order.'
echo "1..$_n"
