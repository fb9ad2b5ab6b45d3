#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_pdf.sh - a certificate as one A4 page: what it says, what it may not say, and who makes it
. "$(dirname "$0")/lib.sh"
RENDER=$(dirname "$WORKVOL")/workvol-render

station
cat >>"$WORKVOL_POLICY" <<-END
	organization = Example Survey
	location = 1-2-3 Example, Example City
	phone = 03-0000-0000
	operator-title = chief surveyor
END
make_tree 3
must take_out "$TMP/volume.img"
not_ok_exit 2 'a destination that is none' wv return "$TMP/volume.img" --key-file "$KEY" --passphrase-file "$PASS" --destination moon
ok 'is answered with those that there are' said 'internal-reuse, external-reuse, recycling, manufacturer or other'
must wv return "$TMP/volume.img" --key-file "$KEY" --passphrase-file "$PASS" --approve-with "$APPROVER" \
	--property B-17 --destination internal-reuse
cert=$(echo "$TMP"/station/state/takeouts/*/certificate.json)
head -c 1M /dev/urandom >"$TMP/stick"
must wv wipe "$TMP/stick" --yes=stick --verify none --certificate "$TMP/stick.json"

# page FILE.pdf ARGS...: the page, and its text in FILE.txt
page() {
	local pdf=$1
	shift
	wv certificate show --format pdf "$@" >"$pdf" && pdftotext -layout "$pdf" "${pdf%.pdf}.txt"
}
render() { # JSON PDF ARGS...: the helper itself; it writes to a pipe only
	local json=$1 pdf=$2
	shift 2
	timeout -k 5 "$LIMIT" "$RENDER" "$@" <"$json" | cat >"$pdf"
	[ "${PIPESTATUS[0]}" = 0 ] && pdftotext -layout "$pdf" "${pdf%.pdf}.txt"
}
# text FILE WORD...: all of these are on it
text() {
	local file=$1 word
	shift
	for word; do
		grep -qF -- "$word" "$file" || { echo "no $word"; return 1; }
	done
}
one_a4() {
	pdfinfo "$1" | awk '/^Pages:/ {pages = $2} /^Page size:/ {a4 = /A4/} END {exit !(pages == 1 && a4)}'
}
as_document() { # FILTER FILE: the certificate, changed
	jq -Sc "$1" "$cert" | tr -d '\n' >"$2"
}

# ---- a return's -----------------------------------------------------------------------------

ok 'a certificate becomes a page' page "$TMP/both.pdf" "$cert"
ok 'one page of A4' one_a4 "$TMP/both.pdf"
ok 'with the digest of the document' text "$TMP/both.txt" "$(sum "$cert")"
ok 'the verdict in both languages' text "$TMP/both.txt" 'PASS' '合格'
ok 'whose medium it was, what was not proven, who signs' text "$TMP/both.txt" volume.img suzuki tanaka \
	'remapped and over-provisioned areas' '代替処理済み領域と予備領域' 'Responsible person' '責任者'
ok 'and that it is no evidence' text "$TMP/both.txt" 'LAB, NOT EVIDENCE' '試験用'
ok 'an overwrite is Clear' text "$TMP/both.txt" 'Clear: what the host can address'
is 'and nothing more' "$(grep -ciE 'purge|unrecoverable|復元不可|復元不能' "$TMP/both.txt")" 0
ok 'every font is in it' eval '[ "$(pdffonts "$TMP/both.pdf" | awk "NR > 2 {print \$(NF - 4)}" | sort -u)" = yes ]'
must page "$TMP/again.pdf" "$cert"
ok 'the same document gives the same page' cmp "$TMP/both.pdf" "$TMP/again.pdf"
ok 'in Japanese' page "$TMP/ja.pdf" "$cert" --lang ja
ok 'it is Japanese' text "$TMP/ja.txt" 合格 証明していない事項
is 'alone' "$(grep -cE 'PASS|Not proven|Medium' "$TMP/ja.txt")" 0
ok 'in English' page "$TMP/en.pdf" "$cert" --lang en
ok 'it is English' text "$TMP/en.txt" PASS 'Not proven'
is 'alone' "$(LC_ALL=C grep -c $'[\xe3-\xe9][\x80-\xbf][\x80-\xbf]' <(sed 's/\xe3\x83\xbb//' "$TMP/en.txt"))" 0
for lang in ja en both; do
	ok "$lang: one page" one_a4 "$TMP/$lang.pdf"
done
if command -v zbarimg >/dev/null; then
	must pdftoppm -r 200 -png -singlefile "$TMP/both.pdf" "$TMP/both"
	zbarimg -q --raw "$TMP/both.png" >"$TMP/codes" 2>/dev/null
	is 'a QR code is the digest' "$(grep ^sha256 "$TMP/codes")" "sha256:$(sum "$cert")"
	is 'another the checkpoint' "$(grep ^checkpoint "$TMP/codes")" "$(jq -r '.checkpoint | "checkpoint \(.size) \(.root) \(.origin)"' "$cert")"
else
	skip 'a QR code is the digest, another the checkpoint' 'no zbarimg'
fi

root_of() { # N: the Merkle tree hash (RFC 6962) over the first N records
	wv ledger export >"$TMP/export"
	head -n "$1" "$TMP/export" | python3 -c '
import hashlib, sys
def root(leaves):
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root(leaves[:half]) + root(leaves[half:])).digest()
print(root(sys.stdin.buffer.read().splitlines()).hex())'
}
is 'the checkpoint is of the ledger as it was' "$(root_of "$(jq .checkpoint.size "$cert")")" "$(jq -r .checkpoint.root "$cert")"
ok 'a certificate without one is a page with one code' eval 'as_document "del(.checkpoint)" "$TMP/old.json" && render "$TMP/old.json" "$TMP/old.pdf" &&
	one_a4 "$TMP/old.pdf" && ! grep -q チェックポイント "$TMP/old.txt"'

# ---- the fields of SP 800-88's certificate -------------------------------------------------------

ok 'who wiped, of where' jq -e '.performer | .organization == "Example Survey" and .phone == "03-0000-0000" and
	.location == "1-2-3 Example, Example City" and .title == "chief surveyor"' "$cert"
ok 'the medium, and where its data is' jq -e --arg server "$(wv --json policy | jq -r 'select(.key == "server").value')" \
	'.medium | .property == "B-17" and .backed_up == "yes" and .backup == $server and
	has("classification") and .classification == null and has("vendor")' "$cert"
ok 'where it goes, and who approved' jq -e '.destination == "internal-reuse" and .validator.name == "tanaka"' "$cert"
ok 'from when to when' jq -e '(.sanitization.began | fromdate) <= (.sanitization.ended | fromdate) and
	.sanitization.ended <= .created' "$cert"
for page in "$TMP/both.txt" "$TMP/en.txt" "${cert%.json}.txt"; do
	ok "all of it is on ${page##*/}" text "$page" 'Example Survey' 03-0000-0000 '1-2-3 Example' 'chief surveyor' B-17 \
		'used again inside of the organization'
done
ok 'and in Japanese' text "$TMP/ja.txt" 管理番号 組織内で再利用 データの保存先 消去開始 消去終了 所在地
ok 'the page names the document, and the ledger both' eval 'text "${cert%.json}.txt" "$(sum "$cert")" &&
	wv ledger export | jq -es --arg page "$(sum "${cert%.json}.txt")" "any(.[]; .body.page? == \$page)"'
ok 'the page of text is one' test "$(grep -vc LAB "${cert%.json}.txt")" -le 66
must wv wipe "$TMP/stick" --yes=stick --certificate "$TMP/said.json" --property 4711 --destination recycling
ok 'of a wipe too' jq -e '.medium.property == "4711" and .destination == "recycling" and .medium.backed_up == "unknown" and
	.medium.backup == null and .validator == null' "$TMP/said.json"
sed -i '/^organization\|^location\|^phone\|^operator-title/d' "$WORKVOL_POLICY"
must wv wipe "$TMP/stick" --yes=stick --certificate "$TMP/unsaid.json"
ok 'what nobody said is null' jq -e '[.performer["title", "organization", "location", "phone"], .medium.property, .destination] ==
	[null, null, null, null, null, null] and (.performer | has("title") and has("phone")) and has("destination")' "$TMP/unsaid.json"
is 'and not on the page' "$(grep -cE 'phone|title|property|destination|null' "$TMP/unsaid.json.txt")" 0
not_ok_exit 2 'a wipe without a certificate has no destination' wv wipe "$TMP/stick" --yes=stick --destination other
not_ok_exit 2 'nor one that is none' wv wipe "$TMP/stick" --yes=stick --certificate "$TMP/bad.json" --destination moon
not_ok_exit 2 'nor have two devices one number' wv wipe "$TMP/stick" "$TMP/volume.img" --yes=stick --certificate "$TMP/bad.json" --property 1
as_document 'del(.performer["title", "organization", "location", "phone"], .medium["vendor", "property", "classification",
	"backed_up", "backup"], .destination, .validator, .sanitization["began", "ended"])' "$TMP/before.json"
ok 'a certificate of before is a page too' eval 'render "$TMP/before.json" "$TMP/before.pdf" && one_a4 "$TMP/before.pdf"'
ok 'and one of text' wv certificate show "$TMP/before.json"

# ---- the other verdicts -------------------------------------------------------------------------

ok 'what was not read back is UNKNOWN' page "$TMP/stick.pdf" "$TMP/stick.json"
ok 'in words' text "$TMP/stick.txt" UNKNOWN 未証明 'nothing is proven'
as_document '.verdict = "failed" | .wipe.status = "failed" | .sanitization.category = "purge" |
	.wipe.bad = [{"offset": 4096, "length": 4096, "op": "write", "error": "EIO"}] | .lab = false' "$TMP/failed.json"
ok 'what failed' render "$TMP/failed.json" "$TMP/failed.pdf"
ok 'is FAILED in words' text "$TMP/failed.txt" FAILED 不合格 'not everything was overwritten'
is 'an overwrite that calls itself purge is not believed' "$(grep -ci purge "$TMP/failed.txt")" 0
is 'and is no lab' "$(grep -c LAB "$TMP/failed.txt")" 0
inked() { # how dark the band of the verdict is, 0 to 255
	pdftoppm -gray -r 36 -x 100 -y 65 -W 180 -H 8 "$1" | tail -c $((180 * 8)) | od -An -v -tu1 | awk '
		{for (i = 1; i <= NF; i++) sum += 255 - $i} END {print int(sum / 1440)}'
}
ok 'FAILED is dark, PASS and UNKNOWN are light, without any colour' eval \
	'[ "$(inked "$TMP/failed.pdf")" -gt 150 ] && [ "$(inked "$TMP/both.pdf")" -lt 60 ] && [ "$(inked "$TMP/stick.pdf")" -lt 60 ]'

# ---- all that is long ------------------------------------------------------------------------------

as_document '("<b>\u001b[31m\u202eЖ😀ᚠ 長い名前" + ("w" * 400)) as $l | .wipe.passes = [range(35) as $i | .wipe.passes[0]] |
	.performer |= map_values($l) | .medium.path = $l | .medium.serial = $l | .takeout.holder.name = $l |
	.not_proven = [range(40) | $l] | .crypto_erase.known_key_copies = [range(40) | $l] |
	.wipe.bad = [range(2000) | {"offset": (. * 9), "length": 4096, "op": "write"}]' "$TMP/long.json"
ok 'a certificate of long names and lists' render "$TMP/long.json" "$TMP/long.pdf"
ok 'is one page too' one_a4 "$TMP/long.pdf"
ok 'with its signature block, and how much more there is' text "$TMP/long.txt" 'Responsible person' +33 'passes: see the document'
is 'no control on it' "$(LC_ALL=C grep -c $'\x1b\\|\xe2\x80\xae' "$TMP/long.txt")" 0

# An end of a line in a name would make it higher than two lines, and a row of ours out of it
as_document '("x\n" * 60 + "approved by  somebody") as $l | .medium.path = $l | .takeout.holder.name = $l | .not_proven = [$l] |
	.sanitization.technique = $l | .crypto_erase.conditions = $l' "$TMP/lines.json"
ok 'a certificate of names with ends of lines' render "$TMP/lines.json" "$TMP/lines.pdf" --lang en
is 'has none of them' "$(grep -cE '^ *(x|approved by  somebody) *$' "$TMP/lines.txt")" 0
ok 'but all that is beside them' text "$TMP/lines.txt" 'Responsible person' 'x?x?x' 'Not proven'

# ---- of a machine, and of zeros ---------------------------------------------------------------------

as_document '.host = {"swap": {"state": "memory"}, "hibernation": {"state": "off"}, "core_dumps": {"state": "clear"},
	"login": {"services": [{"service": "sshd", "second_factor": "none"}]}} |
	.copies = {"found": [{"path": "/home/a/1.txt"}], "found_count": 7, "searched": ["/home"], "not_searched_count": 1,
		"not_searched": [{"path": "/home/b", "why": "Permission denied"}]} |
	.wipe.length = 4096 | .wipe.offset = 8192 | .wipe.passes = [{"pattern": "random"}, {"pattern": "zero"}]' "$TMP/machine.json"
ok 'a certificate of a machine' render "$TMP/machine.json" "$TMP/machine.pdf" --lang en
ok 'says what was searched, found and left out' text "$TMP/machine.txt" /home/a/1.txt '+6: more' '/home/b: Permission denied'
ok 'that a core dump is not encrypted, and of the last pass' text "$TMP/machine.txt" 'not encrypted' 'in memory only' \
	'zeros are what the medium holds now' '4096 B @ 8192 B'
ok 'and in Japanese' eval 'render "$TMP/machine.json" "$TMP/machine-ja.pdf" --lang ja &&
	text "$TMP/machine-ja.txt" 暗号化なし メモリ内のみ 第二要素なし 探索しなかった場所 ゼロを書きました'
is 'alone' "$(grep -cE 'second factor|not encrypted|searched|zeros' "$TMP/machine-ja.txt")" 0

# ---- refused ------------------------------------------------------------------------------------------

cp "$cert" "$TMP/forged.json"
cp "$cert.sig" "$TMP/forged.json.sig"
sed -i 's/"verdict":"wiped"/"verdict":"wipeD"/' "$TMP/forged.json"
not_ok_exit 4 'no page of a certificate that was changed' wv certificate show --format pdf "$TMP/forged.json"
is 'not a byte of it' "$(stat -c %s "$OUT")" 0
not_ok_exit 2 'an unknown language' wv certificate show --format pdf --lang fr "$cert"
not_ok_exit 2 '--json is another format' wv --json certificate show --format pdf "$cert"
for bad in '{"type":"takeout-request"}' '{"type":"certificate"' '{ "type":"certificate"}' '' '[]'; do
	printf %s "$bad" >"$TMP/bad.json"

	not_ok_exit 1 "the helper makes nothing of '$bad'" render "$TMP/bad.json" "$TMP/bad.pdf"
done
cp "$WORKVOL" "$TMP/workvol"
not_ok_exit 1 'without its helper' env PATH=/usr/bin:/bin "$TMP/workvol" certificate show --format pdf "$cert"
ok 'says what is missing' said 'there is no workvol-render'
without_fonts() {
	unshare -m sh -c 'mount -t tmpfs none /usr/share/fonts && exec "$@"' - "$WORKVOL" certificate show --format pdf "$cert"
}
if unshare -m true 2>/dev/null; then
	not_ok_exit 1 'without a font' without_fonts
	ok 'it names the package' said 'no font for Japanese is installed: install fonts-ipaexfont-gothic'
else
	skip 'without a font' 'no mount namespace'
fi

# ---- the helper's rights ---------------------------------------------------------------------------------

if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
	must bash -c "strace -f -o '$TMP/trace' '$RENDER' <'$cert' | cat >'$TMP/traced.pdf'"
	after=$(sed -n '/seccomp(SECCOMP_SET_MODE_FILTER/,$p' "$TMP/trace" | tail -n +2)
	is 'once it is confined it opens nothing and starts nothing' \
		"$(grep -cE 'open|socket|clone|fork|exec|connect|ptrace' <<<"$after")" 0
	ok 'and it was confined before it parsed' grep -q SECCOMP_FILTER_FLAG_TSYNC "$TMP/trace"
	is 'no file is read but the libraries, the font and the kernel'\''s own' "$(grep -E 'open(at)?\(' "$TMP/trace" |
		grep -v ENOENT | grep -vE '"(/etc/ld.so.cache|/usr/lib/|/lib/|/proc/|/sys/|/usr/share/fonts/|/usr/share/locale|/usr/share/zoneinfo/|/etc/localtime)' | head -n 3)" ''
else
	skip 'once it is confined it opens nothing' 'no strace'
fi
mkfifo "$TMP/in"
"$RENDER" <"$TMP/in" 9<>"$TMP/stick" >"$TMP/late.pdf" 2>/dev/null &
helper=$!
exec 8>"$TMP/in"
for ((i = 0; i < 100; i++)); do # its font is open: it waits for the document
	grep -q /usr/share/fonts/ "/proc/$helper/maps" 2>/dev/null && break
	sleep 0.1
done
ok 'it has its font open' test "$i" -lt 100
is 'and nothing that its caller left open' "$(ls -l "/proc/$helper/fd" | grep -c "$TMP/stick")" 0
exec 8>&-
wait $helper
is 'no drawing library is in workvol' "$(ldd "$WORKVOL" | grep -ciE 'pango|cairo|freetype|glib')" 0
echo "1..$_n"
