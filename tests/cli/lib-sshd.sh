# SPDX-License-Identifier: GPL-2.0-or-later
#
# lib-sshd.sh - a real sshd on 127.0.0.1 with one key and one forced command
#
#	. "$(dirname "$0")/lib-sshd.sh"
#	sshd_start DIR COMMAND
#
# DIR is made and holds everything of it. COMMAND is what the key may run, whatever
# the client asks for. Afterwards:
#
# SSHD_USER, SSHD_PORT   for ssh://$SSHD_USER@127.0.0.1:$SSHD_PORT/...
# SSHD_HOSTKEY           file with the host's public key
# SSHD_IDENTITY          the client's private key file
#
# It ends with sshd_stop, or with the script: an EXIT trap set before is kept.

# By the pid file, and only while that pid is still an sshd of ours.
sshd_stop() {
	local pid
	[ -n "${SSHD_DIR:-}" ] || return 0
	pid=$(cat "$SSHD_DIR/pid" 2>/dev/null)
	case $pid in
	'' | *[!0-9]* | 0 | 1) ;;
	*)
		if tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF "$SSHD_DIR/config"; then
			kill "$pid"
			for _ in $(seq 1200); do
				[ -d "/proc/$pid" ] || break
				sleep 0.05
			done
		fi 2>/dev/null
		;;
	esac
	SSHD_DIR=
}

_sshd_config() {
	cat <<-END
		ListenAddress 127.0.0.1:$SSHD_PORT
		HostKey $SSHD_DIR/host
		PidFile $SSHD_DIR/pid
		AuthorizedKeysFile $SSHD_DIR/authorized_keys
		AuthenticationMethods publickey
		PermitRootLogin forced-commands-only
		StrictModes no
		UsePAM no
		UseDNS no
		LogLevel ERROR
	END
}

sshd_start() {
	local command=$2 try before
	mkdir -p "$1" && SSHD_DIR=$(realpath "$1") || return 1
	SSHD_USER=$(id -un) SSHD_HOSTKEY=$SSHD_DIR/host.pub SSHD_IDENTITY=$SSHD_DIR/client
	[ "$(id -u)" = 0 ] && mkdir -p /run/sshd # sshd insists on it
	ssh-keygen -q -t ed25519 -N '' -C host -f "$SSHD_DIR/host" || return 1
	ssh-keygen -q -t ed25519 -N '' -C client -f "$SSHD_DIR/client" || return 1
	command=${command//\\/\\\\}
	printf 'restrict,command="%s" %s\n' "${command//\"/\\\"}" "$(cat "$SSHD_DIR/client.pub")" \
		>"$SSHD_DIR/authorized_keys"
	before=$(trap -p EXIT)
	before=${before#trap -- } before=${before% EXIT}
	eval "trap 'sshd_stop; '${before:-''} EXIT"
	for try in 1 2 3 4 5; do # another may have taken the port
		SSHD_PORT=$((20000 + RANDOM % 20000))
		_sshd_config >"$SSHD_DIR/config"
		rm -f "$SSHD_DIR/pid"
		"$(command -v sshd || echo /usr/sbin/sshd)" -f "$SSHD_DIR/config" -E "$SSHD_DIR/log" || continue
		for _ in $(seq 1200); do # the pid file comes when it listens
			[ -s "$SSHD_DIR/pid" ] && return 0
			sleep 0.05
		done
	done
	cat "$SSHD_DIR/log" >&2
	return 1
}
