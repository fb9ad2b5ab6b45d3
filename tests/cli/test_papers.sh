#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_papers.sh - what is handed to the client, as A4 pages: an incident's report, the forms of the
# registers, the server's receipt, dead ends
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
ok '... and what to give is said' said 'a PDF is of one, and these are 2'
ok 'by the volume it is one' paper "$TMP/second.pdf" incident report "$TMP/second.img"
ok 'of which nobody was told' text "$TMP/second.txt" 'まだ誰にも連絡していません' '未連絡・期限まで'
for file in "$TMP"/station/state/takeouts/*/declaration; do echo x >>"$file"; done
not_ok_exit 4 'where a paper cannot be read, the page is made' paper "$TMP/broken.pdf" incident report "$TMP/second.img"
must pdftotext -layout "$TMP/broken.pdf" "$TMP/broken.txt"
ok '... and says so' text "$TMP/broken.txt" 読み取れなかった事項

# ---- dead ends ---------------------------------------------------------------------------------------

not_ok_exit 3 'what is lost is not found' wv incident form found "$TMP/volume.img"
ok '... and that is said' said 'is lost: it was not lost, or is not found'
not_ok_exit 3 'and awaits no destruction' wv incident form destruction "$TMP/volume.img"
not_ok_exit 1 'a form that there is not' wv incident form burnt "$TMP/volume.img"
ok '... names those that there are' said 'destruction, unrecoverable, found'
ok 'it may be given up' paper "$TMP/up.pdf" incident form unrecoverable "$TMP/volume.img"
ok 'by both, with what is lost with it' text "$TMP/up.txt" 復旧不能ボリュームの放棄に関する同意書 "$CITY 様" '同意者(発注者)' 責任者 失われる内容 'what was tried'
must wv incident close "$TMP/volume.img" '駅の遺失物係で受領'
ok 'what is found has a report' paper "$TMP/found.pdf" incident form found "$TMP/volume.img"
ok 'with the incident, and how it was found' text "$TMP/found.txt" 媒体発見報告書 列車内にかばんを置き忘れた 駅の遺失物係で受領 再発防止策 持出し中 'volume.img'
is 'one page' "$(pages "$TMP/found.pdf")" 1
must wv --json incident form found "$TMP/volume.img"
as_document "$OUT" >"$TMP/found.json"
must render "$TMP/found.json" "$TMP/found-1.pdf"
must render "$TMP/found.json" "$TMP/found-2.pdf"
ok 'the same document gives the same page' cmp "$TMP/found-1.pdf" "$TMP/found-2.pdf"
as_document "$TMP/found.json" '.form = "destruction" | .state = "awaiting-destruction" | .keys_destroyed = .found | .wipe_failed = .found |
	.wipe = {"status": "failed", "bad": [{"offset": 0, "length": 512}, {"offset": 4096, "length": 512}]}' >"$TMP/destroy.json"
ok 'what failed to be wiped is to be destroyed' render "$TMP/destroy.json" "$TMP/destroy.pdf"
is 'on one page' "$(pages "$TMP/destroy.pdf")" 1
ok 'with the medium, why, and who is to see it' text "$TMP/destroy.txt" 媒体物理破壊指示書・記録書 物理破壊待ち volume.img '立会者' 破壊の方法 失敗
is 'it is not called purged or unrecoverable' "$(grep -ciE 'purge|unrecoverable|復元不可' "$TMP/destroy.txt")" 0
for form in found destroy; do
	must render "$TMP/$form.json" "$TMP/$form-ja.pdf" --lang ja
	is "$form: in Japanese alone" "$(grep -cE 'Reported|Witness|written|Why|volume:|hand' "$TMP/$form-ja.txt")" 0
done
must wv incident open "$TMP/volume.img" '列車内にかばんを置き忘れた' --key-was apart
must wv incident notify "$TMP/volume.img" --whom '情報政策課 佐藤' --how 電話

# ---- the server's receipt --------------------------------------------------------------------------

must take_out "$TMP/third.img"
third=$(wv --json list | jq -r .volume | tail -n 1)
not_ok_exit 1 'of what was not saved there is no receipt' wv receipt show "$third"
ok '... and that is said' said 'has no receipt: nothing of it was saved'
must wv sync "$TMP/third.img" --key-file "$KEY" --passphrase-file "$PASS"
ok 'of what was saved there is one' paper "$TMP/receipt.pdf" receipt show "$third"
kept=$(grep -l "$third" "$TMP"/station/state/takeouts/*/receipt-*.json)
ok 'with the digest of what the server signed' text "$TMP/receipt.txt" "SHA-256 $(sum "$kept")" '保存受領書(指定サーバ)' "$third" \
	"$(sum "$TMP/src/d0/f0.txt")" 'd0/報告 2.txt' "$(jq -r .checkpoint.checkpoint.root "$kept")" '拠点自身' \
	"$(TZ=Asia/Tokyo date -d "$(jq -r .time "$kept")" +%H:%M)"
must paper "$TMP/receipt-2.pdf" receipt show "$third"
ok 'twice the same page' cmp "$TMP/receipt.pdf" "$TMP/receipt-2.pdf"
ok 'people read it too, by the target' wv receipt show "$TMP/third.img"
ok '... with its files' said 'd0/報告 2.txt'
ok 'and in Japanese alone' render "$kept" "$TMP/receipt-ja.pdf" --lang ja
is 'alone' "$(grep -cE 'Saved|Files|signed by|counts' "$TMP/receipt-ja.txt")" 0
cp "$kept" "$TMP/kept"
sed -i 's/"size":[0-9]*/"size":7/' "$kept"
not_ok_exit 4 'of one that was altered there is no page' paper "$TMP/altered.pdf" receipt show "$third"
is 'not a byte' "$(stat -c %s "$TMP/altered.pdf")" 0
cp "$TMP/kept" "$kept"

# ---- the forms of the registers -------------------------------------------------------------------

must wv register enter storage 本社サーバ place='東京 3号室' notified=2026-05-01
must wv register enter storage クラウド place='国内リージョン' provider='○○クラウド株式会社' notified=2026-05-02
ok 'the storage register is a form' paper "$TMP/storage.pdf" register form storage
ok 'with place, provider and the last day on which the client was told' text "$TMP/storage.txt" '別記様式(第3の4関係)' 電子データの保存先等届出書 \
	"$CITY 様" '東京 3号室' '○○クラウド株式会社' Cloud はい '令和8年5月2日' '届出者(受注者)'
is 'one page' "$(pages "$TMP/storage.pdf")" 1
must wv --json register form storage
as_document "$OUT" >"$TMP/storage.json"
must render "$TMP/storage.json" "$TMP/storage-1.pdf"
must render "$TMP/storage.json" "$TMP/storage-2.pdf"
ok 'the same document gives the same page' cmp "$TMP/storage-1.pdf" "$TMP/storage-2.pdf"
ok 'its digest is on it' text "$TMP/storage-1.txt" "SHA-256 $(sum "$TMP/storage.json")"
must wv --json register form change
is 'of what the client was told of nothing has changed' "$(out '.rows | length')" 0
ok 'and that is a page' paper "$TMP/none.pdf" register form change
ok '... which says so' text "$TMP/none.txt" '変更はありません' 'Nothing has changed'
must wv register enter storage 本社サーバ place='大阪 1号室'
must wv register enter storage 支店 place='仙台'
must wv register end storage クラウド '解約し消去した'
must wv --json register form change
is 'what is over, other and new is told, by when the places were entered' "$(out '[.rows[] | "\(.kind) \(.name) \(.place_before) \(.place)"] | join("|")')" \
	'ended クラウド 国内リージョン null|changed 本社サーバ 東京 3号室 大阪 1号室|entered 支店 null 仙台'
ok 'on the change notice' paper "$TMP/change.pdf" register form change
ok 'in both languages' text "$TMP/change.txt" 電子データの保存先等変更届出書 変更前 変更後 '大阪 1号室' 解約し消去した 'changed' '廃止'
must wv register enter storage 本社サーバ place='大阪 1号室' notified="$(date +%F)"
must wv register enter storage 支店 place='仙台' notified="$(date +%F)"
must wv --json register form change
is 'once the client was told of all, nothing is left' "$(out '.rows | length')" 0
must wv --json register form change --since "$(date -u +%F)"
is 'but from a day on all is told' "$(out '.rows | length')" 7
must wv --json register form change --since 2099-01-01
is 'and of a day that has not come nothing' "$(out '.rows | length')" 0
not_ok_exit 1 'a day that is none' wv register form change --since yesterday
not_ok_exit 1 'a form that there is not' wv register form phones
ok '... names those that there are' said 'storage, change, return'
must wv register enter asset 住宅地図 from="$CITY" received=2026-05-01 due=2027-03-31
must wv register enter asset 貸与端末 from="$CITY"
must wv register end asset 住宅地図 '持参により返還'
ok 'what was given back has a receipt' paper "$TMP/return.pdf" register form return
ok 'with what was not' text "$TMP/return.txt" 提供資料等返還書・受領書 住宅地図 持参により返還 '令和8年5月1日' 未返還の資料等 貸与端末 '受領者(発注者)'
must wv --json register form return 貸与端末
is 'of one asset alone' "$(out '[.rows, .outstanding] | map(length) | join(" ")')" '0 1'
not_ok_exit 1 'of none that is on record' wv register form return 地球儀
ok 'people read it in columns' wv register form return
ok '... with how many are outstanding' said 'not given back: 1'
as_document "$TMP/storage.json" '.client = "City" | .station = "desk" | .rows = [.rows[0] | .name = "server" | .place = "room" | .provider = null]' >"$TMP/form-en.json"
ok 'in English' render "$TMP/form-en.json" "$TMP/form-en.pdf" --lang en
is 'alone' "$(japanese "$TMP/form-en.txt")" 0
as_document "$TMP/storage.json" '("<b>\u001b[31m\u202e" + ("長い名前\n" * 200)) as $l | .rows = [range(60) as $i | .rows[0] | .entry = $i | .place = $l]' >"$TMP/rows.json"
ok 'of 60 long rows' render "$TMP/rows.json" "$TMP/rows.pdf" --lang ja
is 'each sheet has the heads of the table, but for the one to sign' "$(grep -c '保存先の名称' "$TMP/rows.txt")" \
	"$(awk 'BEGIN {RS = "\f"} /<b>/ {n++} END {print n}' "$TMP/rows.txt")"
printf '{"form":"x","type":"form"}' >"$TMP/x.json"
not_ok_exit 1 'a form of a later version has no page' render "$TMP/x.json" "$TMP/x.pdf"
is 'that a form was made is on record' "$(wv ledger export | jq -r 'select(.kind == "register.begin") | .body.form // empty' | sort -u | xargs)" \
	'change return storage'
echo "1..$_n"
