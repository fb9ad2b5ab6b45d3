#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_japanese.sh - Japanese for people, measured in columns; records, --json, exit codes
# and what has to be typed are the same in every language.
. "$(dirname "$0")/lib.sh"
export TZ=JST-9

# a locale that is not C is needed, and LANGUAGE where it is not Japanese itself
if LANGUAGE=ja "$WORKVOL" help | grep -q '^使い方'; then
	LOCALE=C.UTF-8
else
	must localedef -i ja_JP -f UTF-8 "$TMP/ja_JP.UTF-8"
	export LOCPATH=$TMP
	LOCALE=ja_JP.UTF-8
fi
ja() {
	LANGUAGE=ja LC_ALL=$LOCALE timeout -k 5 "$LIMIT" "$WORKVOL" --no-input "$@"
}

# wide N [FILE...]: the lines of more than N columns
wide() {
	python3 -c '
import sys, unicodedata
def columns(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
most = int(sys.argv[1])
for name in sys.argv[2:] or ["/dev/stdin"]:
    for line in open(name, encoding="utf-8"):
        if columns(line.rstrip("\n")) > most:
            print(columns(line.rstrip("\n")), line, end="")' "$@"
}
# starts: the columns at which the fields of a table begin, one line for each line that has others
starts() {
	python3 -c '
import re, sys, unicodedata
def columns(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
print("\n".join(sorted({",".join(str(columns(line[:m.start()])) for m in re.finditer(r"(?:(?<=  )|^)[^ ]", line))
    for line in sys.stdin.read().splitlines()})))'
}
# no_english FILE: its lines without a Japanese character
no_english() {
	python3 -c '
import re, sys
print("".join(line for line in open(sys.argv[1], encoding="utf-8") if not re.search("[ぁ-んァ-ヶ一-龠]", line)), end="")' "$1"
}

not_ascii() {
	LC_ALL=C grep -n '[^ -~]' "$@"
}

# ---- help ---------------------------------------------------------------------------------

COMMANDS=$(wv help | sed -n '/^commands:/,/^$/s/^  \([a-z]\{1,\}\) .*/\1/p')
is 'there are commands' "$(($(wc -w <<<"$COMMANDS") > 20))" 1
helps() { # LANGUAGE
	local c
	for c in '' $COMMANDS; do LANGUAGE=$1 LC_ALL=$LOCALE "$WORKVOL" help $c; done
}
is 'no line of an English help is wider than 80 columns' "$(helps en | wide 80)" ''
is 'nor of a Japanese one' "$(helps ja | wide 80)" ''
is 'both have the same options' "$(diff <(helps en | grep -oE -- '--[a-z-]+( [A-Z][^ ]*)?' | sort -u) \
	<(helps ja | grep -oE -- '--[a-z-]+( [A-Z][^ ]*)?' | sort -u) | grep '^[<>] --[a-z-]*$')" ''
is 'and no command is without its Japanese' "$(for c in $COMMANDS; do
	LANGUAGE=ja LC_ALL=$LOCALE "$WORKVOL" help "$c" >"$TMP/help" && head -n 1 "$TMP/help" >"$TMP/head" && no_english "$TMP/head"; done)" ''
is 'in the locale C all is English, whatever LANGUAGE says' "$(LC_ALL=C LANGUAGE=ja "$WORKVOL" help | grep -c '[^ -~]')" 0
is 'LANGUAGE leads to no other directory' \
	"$(mkdir -p "$TMP/x/LC_MESSAGES" && cp "$(dirname "$WORKVOL")"/locale/ja/LC_MESSAGES/workvol.mo "$TMP/x/LC_MESSAGES/" &&
		LANGUAGE=../../../../../../../../../../../..$TMP/x LC_ALL=$LOCALE "$WORKVOL" help | grep -c '[^ -~]')" 0

# ---- the main job, by a Japanese reader ------------------------------------------------------

station
make_tree 2
V=$TMP/v.img
factors=(--key-file "$KEY" --passphrase-file "$PASS")
must ja declare "$TMP/src" -o "$TMP/declaration" --purpose survey --output 'results/*:1M'
prepare_ja() {
	ja prepare "$V" --size 40M --declaration "$TMP/declaration" --source "$TMP/src" "${factors[@]}" \
		--holder "suzuki=$HOLDER.pub" --due 2099-12-20 --client-approval C-2026-17 --yes=v.img "$@"
}
not_ok_exit 3 'an approval is waited for' prepare_ja
ok 'in Japanese' said '承認待ちです: workvol approve '
REQUEST=$(ls "$TMP"/station/state/takeouts/*/takeout-request.json)
ok 'the request is shown' ja approve "$REQUEST" --key "$APPROVER"
is 'in Japanese alone' "$(no_english "$ERR")" ''
ok 'with the time by the clock of the reader' grep -qE '^  申請日時 +20[0-9]+年[0-9]+月[0-9]+日 [0-9]+:[0-9]+ \(JST\)$' "$ERR"
ok 'it is prepared' prepare_ja
ok 'in a state that has a name' said "$V: 準備済み"
must ja handover "$V" --sign-with "$HOLDER"
ok 'the list' ja list
ok 'has the due day' said '2099年12月20日'
is 'its columns are straight' "$(starts <"$OUT" | wc -l)" 1
mkdir "$TMP/mnt"
must ja open "$V" "$TMP/mnt" "${factors[@]}"
ln -s f1.txt "$TMP/mnt/d0/link"
not_ok_exit 4 'a check that finds something' ja check "$V"
is 'says what, in Japanese alone' "$(no_english "$OUT" && no_english "$ERR")" ''
ok '... behind the name' said 'd0/link: シンボリックリンクです'
rm "$TMP/mnt/d0/link"
not_ok_exit 1 'a failure of the system' ja declare "$TMP/nowhere" -o "$TMP/d2"
is 'is told in Japanese' "$(no_english "$ERR")" ''
must ja close "$V"
must ja incident open "$V" 'left on a train' --suspected
ok 'an incident has its report' ja incident report
ok 'with Japanese first in its heads' said '記録されていた情報 / What was on it'
is 'and on each line that is no path and no digest' \
	"$(no_english "$OUT" | grep -vE '^$|^  +([0-9]+|[0-9.]+ [KM]iB?|B) |^  .*[0-9a-f]{64}$|/')" ''
not_ok_exit 3 'the countdown' ja incident due
is 'is a straight table' "$(starts <"$OUT" | wc -l)" 1
ok 'a warning' env LANGUAGE=ja LC_ALL="$LOCALE" faketime -f +31m bash -c '"$0" --no-input incident due --warn; [ $? = 3 ]' "$WORKVOL"
is 'is Japanese' "$(no_english "$ERR")" ''
must ja incident notify "$V" --whom Sato --how telephone
must ja incident close "$V" found
ok 'the return' ja return "$V" "${factors[@]}" --approve-with "$APPROVER"
ok 'ends with what is not proven' said '証明していない事項: 代替処理済み領域と予備領域'
CERTIFICATE=$(ls "$TMP"/station/state/takeouts/*/certificate.json)
ok 'its certificate' ja certificate show "$CERTIFICATE"
is 'is a Japanese page' "$(no_english "$OUT" | grep -vE '^$|^ +[0-9a-f]*$')" ''
is 'of 80 columns' "$(wide 80 "$OUT")" ''
is 'with names as they are' "$(grep -cE '^  (実施者 +root|拠点 +'"$(hostname)"'|発注者 +Example City, desk@example.org)$' "$OUT")" 3
is 'the page that is kept is English' "$(not_ascii "$(dirname "$CERTIFICATE")/certificate.txt")" ''
for what in policy methods devices 'register list' list; do
	# shellcheck disable=SC2086
	ok "$what" ja $what
	is "$what: within 80 columns, but for names" "$(wide 80 "$OUT" | grep -v /)" ''
done
ok 'a list of incidents' ja incident list
is 'leaves 20 columns to what happened' "$(wide 86 "$OUT")" ''

# ---- what is kept is English --------------------------------------------------------------------

ja ledger export >"$TMP/ledger.jsonl"
is 'the ledger has the failures' "$(($(grep -c '"outcome":"proof-failed"' "$TMP/ledger.jsonl") > 0))" 1
is 'and not a byte of Japanese' "$(not_ascii "$TMP/ledger.jsonl")" ''
is 'nor has a paper' "$(find "$TMP/station" "$SERVER" -name '*.json' -print0 | LC_ALL=C xargs -0 grep -l '[^ -~]')" ''
# same SENTENCE ARGS...: the JSON and the exit code are the same in both languages, what is said to the person is not
same() {
	local what=$1 a b
	shift
	LANGUAGE=en LC_ALL=$LOCALE wv --json "$@" >"$TMP/en.json" 2>"$TMP/en.err"
	a=$?
	ja --json "$@" >"$TMP/ja.json" 2>"$TMP/ja.err"
	b=$?
	is "$what: the same exit code" "$b" "$a"
	is "$what: not 0" "$((a != 0))" 1
	ok "$what: the same JSON" cmp "$TMP/en.json" "$TMP/ja.json"
	ok "$what: with a sentence" grep -qE '"(message|error)":"[a-z/]' "$TMP/ja.json"
	is "$what: told in Japanese" "$(no_english "$TMP/ja.err")" ''
}
truncate -s 1M "$TMP/plain"
same 'no such file' certificate show "$TMP/nowhere"
same 'a wrong option' list --nothing
same 'no such command' lst
same 'a refusal' wipe "$TMP/plain" --yes=other
same 'no volume' check "$TMP/plain"
same 'no period' report --from 2026-13-01 --to 2026-12-01
same 'no register' register list nothing
same 'of a container' open "$V" "$TMP/mnt" "${factors[@]}"

# ---- progress, and what is typed -------------------------------------------------------------------

truncate -s 32M "$TMP/disk"
ok 'a wipe on a terminal' ja --progress=tty wipe "$TMP/disk" --yes=disk --method zero
sed 's/\x1b\[[0-9]*[AJ]//g; s/\r//g' "$ERR" >"$TMP/progress"
ok 'tells its step' grep -q '^disk       完了' "$TMP/progress"
is 'in no more than 79 columns' "$(wide 79 "$TMP/progress")" ''
typed() { # LINE: typed at the terminal of a wipe
	LANGUAGE=ja LC_ALL=$LOCALE python3 - "$WORKVOL" "$TMP/disk" "$1" <<'PY'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], [sys.argv[1], "-q", "wipe", sys.argv[2], "--method", "zero"])
said = b""
while True:
    try:
        some = os.read(fd, 4096)
    except OSError:
        break
    said += some
    if "製造番号を入力: ".encode() in said and sys.argv[3]:
        os.write(fd, sys.argv[3].encode() + b"\n")
        sys.argv[3] = ""
print(said.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PY
}
ok 'the serial is typed as it is' typed disk
is 'what is shown before is straight' "$(grep -E '^  (装置|型番|製造番号|容量|内容) ' "$OUT" | tr -d '\r' | starts | sed 's/^\([0-9]*,[0-9]*\).*/\1/' | sort -u)" 2,12
not_ok_exit 3 'anything else is refused' typed はい

echo "1..$_n"
