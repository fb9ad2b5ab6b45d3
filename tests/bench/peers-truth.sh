#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# peers-truth.sh - the same faulty disk given to shred, scrub, nwipe, badblocks,
# dd and workvol: what each says of it, beside the truth, as a Markdown table;
# its words, one line a run, go to stderr.
# As root, after `make packages-bench`; the disk is a file of tests/fault under a
# loop device, of MIB=24; all of it is gone at the end.
#
#	peers-truth.sh [FAULT-NAME...]     all without arguments
set -u
export LC_ALL=C
# a mount namespace of its own: what is mounted here no other process sees
[ "${WV_PRIVATE:-}" ] || WV_PRIVATE=1 exec unshare -m --propagation private "$0" "$@"
cd "$(dirname "$0")/../.." || exit 1
B=$(realpath "${B:-build/release}")
WORKVOL=${WORKVOL:-$B/workvol}
MIB=${MIB:-24}
SIZE=$((MIB * 1048576))
TMP=$(mktemp -d /dev/shm/wv-truth.XXXXXX) || exit 1
DEV=

cleanup() {
	cd /
	mountpoint -q "$TMP/mnt" && umount "$TMP/mnt"
	[ -n "$DEV" ] && losetup -d "$DEV"
	mountpoint -q "$TMP/fault" && { umount "$TMP/fault" 2>/dev/null || umount -l "$TMP/fault"; }
	rm -rf --one-file-system "$TMP"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# ---- the tools: a name, and how it is called ---------------------------------------

declare -A call=(
	['workvol zero']='"$WORKVOL" --no-input wipe $DEV --method zero --yes=${DEV#/dev/}'
	['workvol random']='"$WORKVOL" --no-input wipe $DEV --method random --yes=${DEV#/dev/}'
	['nwipe zero']='nwipe --autonuke --nogui --noblank --method=zero --verify=last $DEV'
	['nwipe prng']='nwipe --autonuke --nogui --noblank --method=prng --verify=last $DEV'
	['shred']='shred -v -n1 $DEV'
	['scrub random']='scrub -f -S -p random $DEV'
	['scrub fillzero']='scrub -f -S -p fillzero $DEV'
	['badblocks -w']='badblocks -w -v -t 0xaa -b 4096 $DEV'
	['dd']='dd if=/dev/zero of=$DEV bs=1M oflag=direct conv=fsync count=$MIB'
)
order=('workvol zero' 'workvol random' 'nwipe zero' 'nwipe prng' 'shred' 'scrub random' 'scrub fillzero'
	'badblocks -w' 'dd')

# the words that say how it ended, in one line
words() {
	tr '\r\b' '\n\n' <"$TMP/said" | grep -av '^ *$' | case $1 in
	workvol*) grep -aE '^workvol: |: (wiped|failed|refused|unverified)' | sed 's/^workvol: //' ;;
	nwipe*) sed -nE '/Drive Status/,$s/^!? *[[:alnum:]]+ \| *([A-Za-z -]+[A-Za-z-]) *\|.*/status \1/p
		/[Ee]rror.*(occurred|summary table)|are mounted/p' | grep -v 'status Status' | sed 's/^\[[^]]*\] *//; s/ *notice: *//' | sort -u ;;
	*) tail -n 2 ;;
	esac | head -n 3 | sed "s|$DEV|DEVICE|g; s|${DEV#/dev/}|DEVICE|g; s|[|]|/|g; s/  */ /g" | paste -sd ';' | cut -c 1-150
}

# does it claim that all went well?
claims_success() { # TOOL RC
	[ "$2" = 0 ] || return 1
	case $1 in
	nwipe*) grep -aqE '\| *Erased *\|' "$TMP/said" ;;
	badblocks*) grep -aq 'Pass completed, 0 bad blocks found' "$TMP/said" ;;
	*) true ;;
	esac
}

# ---- the media: a name, its faults (lines of tests/fault/disk.h), and the truth --------

half=$((SIZE / 2)) mid=$((SIZE / 3 / 4096 * 4096))
faults=(sound bad-block fake-wrap fake-drop flip dropped-write vanishes mounted)
declare -A lines=(
	[sound]=
	[bad-block]="bad both $mid 4096"
	[fake-wrap]="wrap $half"
	[fake-drop]="drop $half"
	[flip]="flip $((mid + 700))"
	[dropped-write]="dropped $mid 4096"
	[vanishes]="vanish $half"
	[mounted]=
)
declare -A truth=(
	[sound]='wiped'
	[bad-block]='4096 bytes were never overwritten'
	[fake-wrap]="has $half of $SIZE bytes, writes beyond wrap"
	[fake-drop]="has $half of $SIZE bytes, writes beyond are lost"
	[flip]='one bit does not read back'
	[dropped-write]='4096 old bytes are still there'
	[vanishes]='gone after the first half'
	[mounted]='carries a mounted file system: hands off'
)

fresh() { # FAULT: old data everywhere, then the fault
	echo clear >"$TMP/fault/control"
	head -c "$SIZE" /dev/zero | tr '\0' '\245' | dd of="$DEV" bs=1M iflag=fullblock oflag=direct status=none
	if [ "$1" = mounted ]; then
		mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 "$DEV" && mount "$DEV" "$TMP/mnt" || return 1
	fi
	blockdev --flushbufs "$DEV"
	echo "${lines[$1]:-clear}" >"$TMP/fault/control"
}

written() {
	awk '{ print $5 }' "$TMP/fault/control"
}

# cell SUCCESS-CLAIMED FAULT WRITTEN EXIT: what it said in short, in bold where that is not true
cell() {
	local said="fails ($4)" right=0
	[ "$1" = 0 ] || said="done ($4)"
	case $2 in
	sound) [ "$1" = 1 ] && right=1 ;;
	mounted)
		if [ "$3" -lt 1048576 ]; then
			said="refuses ($4)" right=1
		else
			said="$said, overwritten"
		fi
		;;
	*) [ "$1" = 0 ] && right=1 ;;
	esac
	if [ $right = 1 ]; then printf ' %s |' "$said"; else printf ' **%s** |' "$said"; fi
}

run_one() { # FAULT TOOL
	local rc claimed=0 before wrote
	fresh "$1" || return 1
	before=$(written)
	eval "timeout -k 5 120 ${call[$2]}" >"$TMP/said" 2>&1 </dev/null
	rc=$?
	wrote=$(($(written) - before))
	claims_success "$2" $rc && claimed=1
	cell $claimed "$1" "$wrote" $rc
	printf '%s: %s: exit %s, %s bytes written: %s\n' "$1" "$2" "$rc" "$wrote" "$(words "$2")" >&2
	[ "$1" != mounted ] || umount "$TMP/mnt"
	blockdev --flushbufs "$DEV" 2>/dev/null
}

station() {
	ssh-keygen -q -t ed25519 -N '' -f "$TMP/approver" && mkdir "$TMP/server" &&
		"$WORKVOL" --no-input init "$TMP/station" --lab --server "$TMP/server" --approver "a=$TMP/approver.pub" \
			--client 'Example City' --contact desk@example.org >/dev/null
	export WORKVOL_POLICY=$TMP/station/workvol.conf
}

mkdir "$TMP/fault" "$TMP/mnt"
station || exit 1
"$B/tests/fault/faultdisk" "$SIZE" "$TMP/fault" || exit 1
DEV=$(losetup -f --show --direct-io=on "$TMP/fault/disk") || exit 1
version() { dpkg-query -W -f '${Package} ${Version}, ' "$@"; }
printf '%s; %s%s, Linux %s; a %s MiB faulty disk (tests/fault) under a loop device.\n\n' "$(date +%F)" \
	"$(version nwipe coreutils scrub e2fsprogs)" "$("$WORKVOL" --version | head -n 1)" "$(uname -r)" "$MIB"
printf '| medium |'
printf ' %s |' "${order[@]}"
printf '\n|---|'
printf -- '---|%.0s' "${order[@]}"
echo
[ $# -gt 0 ] || set -- "${faults[@]}"
for fault in "$@"; do
	printf '| %s: %s |' "$fault" "${truth[$fault]}"
	for tool in "${order[@]}"; do
		run_one "$fault" "$tool"
	done
	echo
done
