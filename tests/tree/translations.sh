#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# translations.sh - each catalogue has every sentence of the sources, translated, and
# no other; what it says can be printed in the place of the English
. "$(dirname "$0")/lib.sh"
scratch
if ! command -v xgettext >/dev/null; then
	skip 'the catalogues are complete' 'no gettext'
	finish
fi

${MAKE:-make} -s --no-print-directory B="$B" "$B/workvol.pot" || { echo 'not ok - the sentences are not found'; exit 1; }
# OPTION... FILE: its messages, one a line, context and all
messages() {
	msgattrib --no-wrap --no-location "$@" 2>/dev/null | awk '
		/^(#~ )?msgctxt / {context = $0}
		/^(#~ )?msgid / {on = 1; text = $0; next}
		/^(#~ )?msgstr/ {if (on && text !~ /^(#~ )?msgid ""$/) print context " " text; on = 0; context = ""}
		/^(#~ )?msgid_plural/ {next}
		on && /"/ {text = text $0}'
}

# xgettext takes the first string of an argument only: of two that are chosen between, each is marked
ok 'no sentence is chosen where it is not seen' "$(cat lib/*/*.c lib/flow/*/*.c cli/*.c | tr '\n\t' '  ' |
	grep -oE '(wv__fail(_sys)?\([^;"]*|wv__say\([^;"]*|usage_error\([^;"]*|report_text\([^;"]*)\? *"[^"]*" : *"[^"]*"')"
known=$(messages "$B/workvol.pot" | wc -l)
ok 'the sources have their sentences' "$([ "$known" -gt 1000 ] || echo "only $known are found")"
for po in cli/po/*.po; do
	lang=$(basename "$po" .po)
	msgmerge --quiet --no-fuzzy-matching --no-wrap -o "$tmp/merged.po" "$po" "$B/workvol.pot"
	missing=$(messages --untranslated "$tmp/merged.po")
	ok "$lang: 0 of $known sentences are untranslated" "$missing"
	ok "$lang: none is fuzzy" "$(messages --only-fuzzy "$po")"
	ok "$lang: none is of no source any more" "$(messages --only-obsolete "$tmp/merged.po")"
	ok "$lang: it has no remarks of former runs" "$(grep -n '^#~\|^#: \|^"POT-Creation-Date' "$po")"
	try "$lang: msgfmt finds no fault" msgfmt --check -o "$tmp/$lang.mo" "$po"
	# a format's arguments are held by msgfmt; what is no format may be printed as one
	ok "$lang: no sentence asks for an argument that the English has not" "$(msgattrib --no-wrap "$po" | awk -v RS= '
		!/#,[^\n]*c-format/ {split($0, part, /\nmsgstr/); if (part[2] ~ /%/ && part[1] !~ /%/) print part[1]}')"
	try "$lang: it is in the build tree" cmp "$tmp/$lang.mo" "$B/locale/$lang/LC_MESSAGES/workvol.mo"
done
finish
