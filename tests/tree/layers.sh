#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# layers.sh - the include table of docs/architecture.md held against the includes
. "$(dirname "$0")/lib.sh"

declare -A floor=(
	[base]=0 [policy]=1 [media]=1 [trust]=1 [declare]=1 [ledger]=1
	[wipe]=2 [volume]=2 [sync]=2 [sanitize]=2 [host]=2 [evidence]=3
	[flow/station]=4 [flow/register]=5 [flow/takeout]=6 [flow/medium]=7 [flow/prepare]=8 [flow/field]=8
	[flow/insert]=8 [flow/wiping]=8 [flow/audit]=8 [flow/incident]=9 [flow/return]=10
)
# PATH below lib -> in REPLY, its room; the top floor is a house of its own
room_of() {
	REPLY=${1%/*}
	case $REPLY in flow/*) ;; *) REPLY=${REPLY%%/*} ;; esac
}
# header of an outside library -> in REPLY, the room whose one file may include it
owner_of() {
	REPLY=
	case $1 in
	openssl/*) REPLY=lib/base ;;
	json-c/*) REPLY=lib/base ;;
	libcryptsetup.h) REPLY=lib/volume ;;
	blkid/*) REPLY=lib/media ;;
	libmount/*) REPLY=lib/media ;;
	libudev.h) REPLY=lib/media ;;
	liburing.h) REPLY=lib/wipe ;;
	libeconf.h) REPLY=lib/policy ;;
	sqlite3.h) REPLY=lib/ledger ;;
	libpq-fe.h | libpq/* | postgres_ext.h) REPLY=lib/ledger ;;
	fuse.h | fuse3/* | fuse_lowlevel.h | fuse_*.h) REPLY=lib/volume ;;
	unistr.h | uninorm.h | unicase.h | unictype.h | unitypes.h) REPLY=lib/declare ;;
	esac
}

# PATH -> in REPLY, without . and .., relative to lib; no process each: there are a thousand
normal() {
	local part parts=() IFS=/
	for part in $1; do
		case $part in
		'' | .) ;;
		..) unset 'parts[-1]' ;;
		*) parts+=("$part") ;;
		esac
	done
	REPLY="${parts[*]}"
	REPLY=${REPLY#lib/}
}


# FILE INCLUDED, one a line
includes() {
	grep -HoE '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"][^>"]+' "$@" 2>/dev/null |
		sed -E 's/:[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]/ /'
}
mapfile -t sources < <(find lib -mindepth 2 -name '*.[ch]' | sort)

wrong=$(for f in "${sources[@]}"; do room_of "${f#lib/}"; [ -n "${floor[$REPLY]:-}" ] || echo "lib/$REPLY is in no row of the table"; done | sort -u)
ok 'every room is in the table' "$wrong"

wrong=$(includes "${sources[@]}" | while read -r file inc; do
	room_of "${file#lib/}" && room=$REPLY
	case $inc in
	*/*) normal "${file%/*}/$inc" && other=$REPLY ;;
	*) continue ;;
	esac
	[ -e "lib/$other" ] || continue
	case $other in */*) room_of "$other" && other=$REPLY ;; *) continue ;; esac
	[ "$other" = "$room" ] && continue
	[ "${floor[$other]:-9}" -lt "${floor[$room]:-0}" ] || echo "$file includes $inc"
done)
ok 'a room includes itself and lower floors only' "$wrong"

wrong=$(includes "${sources[@]}" | while read -r file inc; do
	owner_of "$inc" && owner=$REPLY
	[ -z "$owner" ] && continue
	case $file in "$owner"/*) continue ;; esac
	echo "$file includes $inc: that is for $owner"
done)
ok "an outside library stays in its owner's room" "$wrong"

wrong=$(for lib in openssl/ json-c/ libcryptsetup.h blkid/ libmount/ libudev.h liburing.h libeconf.h \
		sqlite3.h libpq fuse uni; do
	users=$(includes "${sources[@]}" | awk -v lib="$lib" '
		index($2, lib) == 1 && (lib != "uni" || $2 ~ /^uni(str|norm|case|ctype)\.h$/) {print $1}' | sort -u)
	[ "$(wc -w <<<"$users")" -le 1 ] || echo "$lib is included by" $users
done)
ok 'each outside library is included by one file' "$wrong"

wrong=$(includes cli/*.[ch] | grep -E '\.\./|<?(base|policy|media|trust|declare|ledger|wipe|volume|sync|evidence|flow)/')
ok "the command line sees workvol.h only" "$wrong"

wrong=$(includes cli/render/*.[ch] | grep -E ' .*/' | grep -vE ' (sys/|base/(json|clock|era)\.h|media/jail\.h|evidence/(certificate|timeline|words)\.h|pango/|fontconfig/)')
ok 'the helper that draws sees JSON, eras, the jail, a certificate'\''s words and a timeline, no more of the library' "$wrong"

wrong=$(includes "${sources[@]}" cli/*.[ch] lib/workvol.h | grep -E ' <?(cairo|pango|glib|gio|ft2build|hb|fontconfig|qrencode)')
ok 'nothing that draws is included by anything else' "$wrong"

wrong=$(includes "${sources[@]}" lib/workvol.h | grep -E '(^| )(\.\./)*(cli|tests)/')
ok 'the library knows neither the command line nor the tests' "$wrong"
finish
