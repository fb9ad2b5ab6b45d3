#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# demo.sh - the main job, from the declaration to the certificate: 1,000 files
# on a 256 MiB container, first with a directory as the server, then over ssh
# to an sshd of its own on 127.0.0.1. Nothing of it stays.
set -eu
export LC_ALL=C.UTF-8 TZ=UTC
unset WORKVOL_POLICY SSH_AUTH_SOCK
WORKVOL=${WORKVOL:-build/release/workvol}
TMP=$(mktemp -d /dev/shm/workvol-demo.XXXXXX)
PATH=$(dirname "$WORKVOL"):$PATH
SSHD=

finish() {
	local rc=$?
	trap - EXIT
	mountpoint -q "$TMP/mnt" && umount "$TMP/mnt"
	[ -n "$SSHD" ] && kill "$SSHD" 2>/dev/null
	cd / && rm -rf "$TMP"
	[ $rc = 0 ] || echo "the demo failed (exit $rc)" >&2
	exit $rc
}
trap finish EXIT
trap 'exit 130' INT TERM

say() {
	printf '\n\033[1m# %s\033[0m\n' "$*"
}

show() {
	printf '$ %s\n' "$*"
	"$@"
}

# expect N COMMAND...: shown, and its exit code is N
expect() {
	local want=$1 rc=0
	shift
	printf '$ %s\n' "$*"
	"$@" || rc=$?
	[ "$rc" = "$want" ] || { echo "exit $rc instead of $want" >&2; exit 1; }
	[ "$rc" = 0 ] || echo "(exit $rc)"
}

people() {
	cd "$TMP"
	ssh-keygen -q -t ed25519 -N '' -C tanaka -f tanaka
	ssh-keygen -q -t ed25519 -N '' -C suzuki -f suzuki
	(umask 077 && echo 'correct horse battery staple' >passphrase)
	mkdir -p source server mnt
	for d in $(seq 0 9); do
		mkdir "source/site-$d"
		for f in $(seq 0 99); do
			head -c $((f * 211 + 17)) /dev/urandom >"source/site-$d/record-$f.csv"
		done
	done
}

# A server of its own: host key, receipt key, one login, one forced command.
start_sshd() {
	local port
	ssh-keygen -q -t ed25519 -N '' -C host -f hostkey
	ssh-keygen -q -t ed25519 -N '' -C server -f receipt
	ssh-keygen -q -t ed25519 -N '' -C login -f login
	mkdir -p ssh-server
	chmod 700 "$TMP"
	port=$((20000 + RANDOM % 20000))
	echo "restrict,command=\"$(command -v workvol) receipt --root $TMP/ssh-server --key $TMP/receipt\" $(cat login.pub)" >authorized_keys
	cat >sshd_config <<-END
		Port $port
		ListenAddress 127.0.0.1
		HostKey $TMP/hostkey
		AuthorizedKeysFile $TMP/authorized_keys
		PidFile none
		StrictModes no
		PasswordAuthentication no
		UsePAM no
	END
	mkdir -p /run/sshd
	/usr/sbin/sshd -D -e -f sshd_config 2>sshd.log &
	SSHD=$!
	for _ in $(seq 50); do
		(: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
		sleep 0.1
	done
	ADDRESS=ssh://$(id -un)@127.0.0.1:$port$TMP/ssh-server
}

take_out() {
	local station=$1 volume=$2
	export WORKVOL_POLICY=$TMP/$station/workvol.conf
	factors=(--key-file factor-$station --passphrase-file passphrase)

	show workvol factor new "factor-$station"
	say "declare what is taken out, and for what"
	show workvol declare source -o "declaration-$station" --purpose 'site survey' --output 'results/*:1M'
	say "prepare: without the responsible person's yes nothing happens"
	prepare=(workvol prepare "$volume" --size 256M --declaration "declaration-$station"
		--source source "${factors[@]}" --holder suzuki=suzuki.pub
		--due "$(date -d '+7 days' +%F)" --client-approval 'C-2026-17')
	expect 3 "${prepare[@]}" 2>said
	cat said
	show workvol approve "$(sed -n 's/.*workvol approve //p' said)" --key tanaka
	show "${prepare[@]}"
	show workvol handover "$volume" --sign-with suzuki

	say "in the field: work, results, and a file that does not belong there"
	show workvol open "$volume" mnt "${factors[@]}"
	mkdir mnt/results && echo 'measured: 42' >mnt/results/site-1.txt
	echo 'holiday' >mnt/holiday.jpg
	echo 'corrected by hand' >>mnt/site-0/record-0.csv
	expect 4 workvol check "$volume"
	rm mnt/holiday.jpg
	show workvol amend "$volume" results site-0/record-0.csv --purpose 'correction on site' --sign-with suzuki
	expect 0 workvol check "$volume"
	show workvol close "$volume"

	say "return: check, sync, receipt, approval, keys, wipe, certificate"
	expect 3 workvol return "$volume" "${factors[@]}" 2>said
	cat said
	show workvol approve "$(sed -n 's/.*workvol approve //p' said)" --key tanaka
	show workvol return "$volume" "${factors[@]}"

	say "anyone checks it with stock tools"
	papers=$(dirname "$(find "$TMP/$station/state/takeouts" -name certificate.json)")
	printf '$ ssh-keygen -Y verify -f roster -I STATION -n workvol-certificate -s certificate.json.sig <certificate.json\n'
	ssh-keygen -Y verify -f "$TMP/$station/roster" -n workvol-certificate -s "$papers/certificate.json.sig" \
		-I "$(ssh-keygen -Y find-principals -f "$TMP/$station/roster" -s "$papers/certificate.json.sig")" \
		<"$papers/certificate.json"
	show workvol ledger verify
	expect 1 cryptsetup isLuks "$volume"
	[ -z "$(blkid -p "$volume" 2>/dev/null)" ] || { echo "blkid finds something on $volume" >&2; exit 1; }
	cat "$papers/certificate.txt"
}

people
say "a station, its approver, and a directory as its server"
show workvol init "$TMP/station" --lab --server "$TMP/server" --approver tanaka=tanaka.pub \
	--client 'Example City' --contact desk@example.org
take_out station volume.img

say "the same with a server over ssh"
start_sshd
ssh-keygen -y -f hostkey >hostkey.pub
show workvol init "$TMP/ssh-station" --lab --server "$ADDRESS" --server-hostkey hostkey.pub \
	--server-key receipt.pub --approver tanaka=tanaka.pub
echo "server-identity = $TMP/login" >>"$TMP/ssh-station/workvol.conf"
take_out ssh-station volume-ssh.img
say "done: both volumes are back, wiped, and certified"
