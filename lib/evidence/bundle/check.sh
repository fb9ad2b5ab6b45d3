#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check.sh - check this bundle: ./check.sh [CHECKPOINT.json...]
#
# CHECKPOINT.json (with its .sig beside it): one that you have kept since an
# earlier time; the ledger must still hold it. With --commands in its place it
# prints the ssh-keygen command of every signature and checks nothing.
#
# Exit 0: everything holds. 1: what does not was printed, a line each.
dir=$(dirname -- "$0")
[ "${1:-}" = --commands ] && exec python3 -I "$dir/check.py" --commands
bad=0
(cd -- "$dir" && sha256sum --quiet -c SHA256SUMS) || bad=1
python3 -I "$dir/check.py" "$@" || bad=1
if [ $bad = 0 ]; then echo 'everything in this bundle holds'; else echo 'THIS BUNDLE DOES NOT HOLD'; fi
exit $bad
