# SPDX-License-Identifier: GPL-2.0-or-later
#
# cross.sh - for the cross-matrix: one station that host and guest hand to each
# other, in SHARE/world, and the two ways to read a volume

keep_world() { # SHARE
	echo "$TMP" >"$TMP/home"
	rm -rf "$1/world"
	cp -a "$TMP" "$1/world"
}

# It lies elsewhere now; only the policy says where.
take_world() { # SHARE
	cp -a "$1/world/." "$TMP/" || bail "there is no world in $1"
	sed -i "s|$(cat "$TMP/home")|$TMP|g" "$TMP/station/workvol.conf"
	KEYS=$TMP/keys SERVER=$TMP/server KEY=$TMP/keys/factor PASS=$TMP/keys/passphrase
	APPROVER=$KEYS/approver HOLDER=$KEYS/holder
	export WORKVOL_POLICY=$TMP/station/workvol.conf
}

sums() { # DIR
	(cd "$1" && find . -type f ! -path './lost+found/*' -print0 | sort -z | xargs -0 sha256sum)
}

holds() { # DIR SUMS
	sums "$1" >"$TMP/sums.got"
	cmp "$TMP/sums.got" "$2"
}

# On the host, a namespace that somebody makes meanwhile has the mount too, until it ends.
closes() { # IMAGE
	local try
	for try in 1 2 3 4 5; do
		wv close "$1" && return
		sleep 2
	done
	return 1
}

workvol_reads() { # IMAGE SUMS
	local rc
	open_volume "$1" --read-only || return
	holds "$TMP/mnt" "$2"
	rc=$?
	closes "$1" && return $rc
}

stock_opens() { # IMAGE [MOUNT-OPTIONS]
	mkdir -p "$TMP/stock"
	wv factor derive "$1" --key-file "$KEY" --passphrase-file "$PASS" --fd 7 7>"$TMP/derived" &&
		limit cryptsetup open --type luks2 --key-file "$TMP/derived" "$1" stock &&
		limit mount "${2:--oro}" /dev/mapper/stock "$TMP/stock"
}

stock_closes() {
	limit umount "$TMP/stock" && limit cryptsetup close stock
}

stock_reads() { # IMAGE SUMS
	local rc
	stock_opens "$1" || return
	holds "$TMP/stock" "$2"
	rc=$?
	stock_closes && return $rc
}
