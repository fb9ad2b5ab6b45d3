# SPDX-License-Identifier: GPL-2.0-or-later
#
# wipes.sh - what tests of disks that erase themselves share: one disk after the
# other, and what a wipe of it came to
. "$(dirname "$0")/lib.sh"
serial=

# new KIND [WORD...]: another disk of target (lib.sh), in dev; the one before is taken away.
new() {
	local kind=$1
	shift
	[ -z "$serial" ] || untarget "$serial" || bail "$serial stays"
	_disks=$((${_disks:-0} + 1)) serial=LAB$kind$_disks what="$kind $*"
	image=$TMP/$serial.img
	dev=$(target "$kind" "$serial" "$@") || bail "no disk: $what"
	before=$(sum "$image")
}

# wipe METHOD [OPTION...]: its exit code in code, its JSON in OUT
wipe() {
	method=$1
	shift
	rm -f "$TMP/c.json"*
	run wv --json wipe "$dev" --method "$method" --yes="$serial" --certificate "$TMP/c.json" "$@"
	code=$?
}

# came EXIT STATUS CATEGORY
came() {
	is "$what, $method: exit, status and category" "$code $(out '"\(.status) \(.category)"')" "$*"
}

says() { # TEXT
	ok "$what, $method: it says \"$1\"" said "$1"
}

unchanged() {
	is "$what: no byte was changed" "$(sum "$image")" "$before"
}

offers() { # JQ-FILTER on the device's row
	wv --json devices | jq -se --arg d "$dev" "map(select(.path == \$d)) | .[0] | $1"
}

refused() { # METHOD SENTENCE
	wipe "$1"
	is "$what, $method: refused" "$code $(out .status)" '3 refused'
	says "$2"
	unchanged
}


# What a disk that never ends erasing itself is to others. The kernel may let a read wait
# for three minutes or more; the limit is below that.
erases_alone() { # WHEN
	local going_on="a sanitize is going on in $dev, 0 % done: wait until it is over"
	LIMIT=120 wv --json wipe "$dev" --method zero --yes="$serial" >"$TMP/second" 2>"$TMP/second.err"
	is "$what, $1: a second wipe is refused" "$? $(jq -r '"\(.status): \(.error)"' "$TMP/second")" "3 refused: $going_on"
	is "$what, $1: devices says so" "$(LIMIT=120 offers .refused)" "\"$going_on\""
}
