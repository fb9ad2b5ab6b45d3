# SPDX-License-Identifier: GPL-2.0-or-later
#
# lib-mounts.sh - a mount namespace of the test's own; source it before lib.sh. /run/user
# is empty there. Mounts of tests that run beside this one are left: a copy of them here
# would keep them in use.
[ -n "${OWN_MOUNTS:-}" ] || OWN_MOUNTS=1 exec unshare -m --propagation private bash "$0" "$@"
unset OWN_MOUNTS
findmnt -rno TARGET | grep '^/dev/shm/' | tac | while read -r _dir; do umount -l "$(printf '%b' "$_dir")"; done
mkdir -p /run/user && mount -t tmpfs -o mode=755 test-run-user /run/user || exit
