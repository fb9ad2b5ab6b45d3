#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_papers.sh - what is handed to the client, as A4 pages: an incident's report
. "$(dirname "$0")/lib.sh"
RENDER=$(dirname "$WORKVOL")/workvol-render
CITY='○○県△△市長'

# paper FILE.pdf COMMAND...: the PDF, and its text in FILE.txt
paper() {
	local pdf=$1
	shift
	wv "$@" --format pdf >"$pdf" && pdftotext -layout "$pdf" "${pdf%.pdf}.txt"
}
render() { # JSON PDF ARGS...: the helper itself, which writes to a pipe only
	local json=$1 pdf=$2
	shift 2
	timeout -k 5 "$LIMIT" "$RENDER" "$@" <"$json" | cat >"$pdf"
	[ "${PIPESTATUS[0]}" = 0 ] && pdftotext -layout "$pdf" "${pdf%.pdf}.txt"
}
text() { # FILE WORD...: all of these are on it
	local file=$1 word
	shift
	for word; do
		grep -qF -- "$word" "$file" || { echo "no $word"; return 1; }
	done
}
pages() {
	pdfinfo "$1" | sed -n 's/^Pages: *//p'
}
japanese() { # how many letters of Japanese
	grep -oP '[\x{3040}-\x{30ff}\x{4e00}-\x{9fff}]' "$1" | wc -l
}
as_document() { # JSON FILTER: as the helper reads it
	tail -n 1 "$1" | jq -Sc "${2:-.}" | tr -d '\n'
}

station
sed -i "s/^client = .*/client = $CITY/" "$TMP/station/workvol.conf"
make_tree 3
must take_out "$TMP/volume.img" --holder '鈴木 一郎'="$HOLDER.pub"
must wv incident open "$TMP/volume.img" '列車内にかばんを置き忘れた' --key-was apart
must wv incident notify "$TMP/volume.img" --whom '情報政策課 佐藤' --how 電話

# ---- an incident's report ---------------------------------------------------------------------

ok 'the report of an incident is a paper' paper "$TMP/both.pdf" incident report
ok 'of A4' eval 'pdfinfo "$TMP/both.pdf" | grep -q "^Page size:.*A4"'
ok 'to the client, of the incident and its volume' text "$TMP/both.txt" "$CITY 様" 列車内にかばんを置き忘れた '鈴木 一郎' \
	"$(wv --json list | jq -r .volume)" 'd0/報告 2.txt' "$(sum "$TMP/src/d0/f0.txt")"
ok 'with the clock in both languages' text "$TMP/both.txt" 期限内に連絡済み・余裕 'client told in time, to spare' '情報政策課 佐藤'
ok 'how it was protected, and what the law asks' text "$TMP/both.txt" 'LUKS2, aes-xts-plain64' 'CRYPTREC' '復号鍵を暗号化した情報と分離し' \
	'鍵ファイルは媒体と別に保管していた' 'there is no such function'
ok 'the days are of the era' text "$TMP/both.txt" "令和$(($(TZ=Asia/Tokyo date +%Y) - 2018))年$(TZ=Asia/Tokyo date +%-m月%-d日)"
ok 'and who signs' text "$TMP/both.txt" '報告者(受注者)' '受領者(発注者)' '署名・押印'
is 'each sheet is no evidence' "$(grep -c 'LAB, NOT EVIDENCE' "$TMP/both.txt")" "$(pages "$TMP/both.pdf")"
ok 'every font is in it' eval '[ "$(pdffonts "$TMP/both.pdf" | awk "NR > 2 {print \$(NF - 4)}" | sort -u)" = yes ]'
must wv --json incident report
as_document "$OUT" >"$TMP/incident.json"
ok 'it is made of the document' render "$TMP/incident.json" "$TMP/first.pdf"
ok 'whose digest is on it' text "$TMP/first.txt" "SHA-256 $(sum "$TMP/incident.json")"
must render "$TMP/incident.json" "$TMP/again.pdf"
ok 'the same document gives the same pages' cmp "$TMP/first.pdf" "$TMP/again.pdf"
ok 'in Japanese' render "$TMP/incident.json" "$TMP/ja.pdf" --lang ja
is 'alone' "$(grep -cE 'What|told|asked|record cannot|NOT KNOWN|closed' "$TMP/ja.txt")" 0
as_document "$TMP/incident.json" '.client = "City" | .holder.name = "suzuki" | .incident.text = "lost" | .incident.notices = [] | .contents.paths = []' >"$TMP/plain.json"
ok 'in English' render "$TMP/plain.json" "$TMP/en.pdf" --lang en
is 'alone' "$(japanese "$TMP/en.txt")" 0
as_document "$TMP/incident.json" '.incident.late = true | .incident.overrun_seconds = 3901' >"$TMP/late.json"
ok 'of one that was told late' render "$TMP/late.json" "$TMP/late.pdf"
ok 'it says by how much' text "$TMP/late.txt" '期限後に連絡・超過 65分01秒' 'client told late, by 65 min 01 s'
as_document "$TMP/incident.json" '("<b>\u001b[31m\u202e" + ("長い名前\n" * 900)) as $l | .holder.name = $l | .incident.text = $l | .incident.notices[0].text = $l |
	.exemption[0].on_record = $l | .problems = [$l] | .contents.paths = [range(300) | {"path": "\(.)/\($l[0:90])", "size": ., "sha256": "\(.)"}]' >"$TMP/long.json"
ok 'of long names and 300 files' render "$TMP/long.json" "$TMP/long.pdf"
is 'no control is on it' "$(LC_ALL=C grep -c $'\x1b\\|\xe2\x80\xae' "$TMP/long.txt")" 0
ok 'the last file is, and the boxes to sign' text "$TMP/long.txt" '299/<b>' '受領者(発注者)'
is 'each sheet has its number' "$(grep -oE "[0-9]+ ?/ ?$(pages "$TMP/long.pdf")\$" "$TMP/long.txt" | grep -oE '^[0-9]+' | xargs)" \
	"$(seq "$(pages "$TMP/long.pdf")" | xargs)"
printf '{"type":"incident-report"}' >"$TMP/empty.json"
ok 'of a document that says nothing there is one too' render "$TMP/empty.json" "$TMP/empty.pdf"
not_ok_exit 2 'an unknown language' wv incident report --format pdf --lang fr
must take_out "$TMP/second.img"
must wv incident open "$TMP/second.img" 'stolen' --suspected
not_ok_exit 2 'two that are open are not one paper' wv incident report --format pdf
ok '... and what to give is said' said '2 incidents are open: give the number of one'
ok 'by the volume it is one' paper "$TMP/second.pdf" incident report "$TMP/second.img"
ok 'of which nobody was told' text "$TMP/second.txt" 'まだ誰にも連絡していません' '未連絡・期限まで'
for file in "$TMP"/station/state/takeouts/*/declaration; do echo x >>"$file"; done
not_ok_exit 4 'where a paper cannot be read, the page is made' paper "$TMP/broken.pdf" incident report "$TMP/second.img"
must pdftotext -layout "$TMP/broken.pdf" "$TMP/broken.txt"
ok '... and says so' text "$TMP/broken.txt" 読み取れなかった事項
echo "1..$_n"
