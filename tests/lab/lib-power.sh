# SPDX-License-Identifier: GPL-2.0-or-later
#
# lib-power.sh - prepare and return on $stick, whose serial is $SERIAL, and what must hold of them
# after a power cut, which is called $what
rmdir "$TMP"
TMP=/power # the station's disk, with a journal; all that a desk keeps is on it
mkdir -p $TMP

known_station() {
	KEYS=$TMP/keys SERVER=$TMP/server KEY=$TMP/keys/factor PASS=$TMP/keys/passphrase
	APPROVER=$KEYS/approver HOLDER=$KEYS/holder
	export WORKVOL_POLICY=$TMP/station/workvol.conf
	factors=(--key-file "$KEY" --passphrase-file "$PASS")
}

# The two operations, each without the time limit that would be a process more.
do_prepare() {
	exec "$WORKVOL" --no-input prepare "$stick" --declaration $TMP/declaration --source $TMP/src "${factors[@]}" \
		--holder "suzuki=$HOLDER.pub" --due 2099-01-01 --client-approval C-1 --approve-with "$APPROVER" --yes="$SERIAL"
}

do_return() {
	exec "$WORKVOL" --no-input return "$stick" "${factors[@]}" --approve-with "$APPROVER" --yes="$SERIAL"
}

state() {
	wv --json list | tail -n 1 | jq -r .state
}

whole() {
	wv check "$stick" "${factors[@]}"
}

prepare_ends() {
	[ "$(state)" = prepared ] || { (do_prepare) && [ "$(state)" = prepared ]; }
}

look_at_prepare() {
	ok "$what: run again, it completes" prepare_ends
	ok "$what: it is handed over" wv handover "$stick" --sign-with "$HOLDER"
	ok "$what: the volume is whole" whole
}

# Keys or data may only be gone when the server has everything and has signed for it.
nothing_lost() {
	case $(state) in
	out | checked | synced | return-approved) whole ;;
	destroying-keys | keys-destroyed | wiped | certified | closed)
		diff -r $TMP/src "$SERVER"/*/data && ls "$SERVER"/*/receipts/*.sig >/dev/null ;;
	*) state && return 1 ;;
	esac
}

return_ends() {
	[ "$(state)" = closed ] || { (do_return) && [ "$(state)" = closed ]; }
}

look_at_return() {
	local certificate
	ok "$what, $(state): nothing is lost" nothing_lost
	ok "$what: run again, it completes" return_ends
	certificate=$(ls $TMP/station/state/takeouts/*/certificate.json)
	ok "$what: the certificate verifies" wv certificate verify "$certificate"
	ok "$what: the stick reads back as it says" wv verify "$stick" --certificate "$certificate"
}
