# SPDX-License-Identifier: GPL-2.0-or-later
#
# pg_vanish.py PID - the process ends without a word to the server: its TCP connections are
# taken away below it, as when its machine lost its power
import ctypes, os, signal, socket, sys

PIDFD_OPEN, PIDFD_GETFD, TCP_REPAIR = 434, 438, 19
pid = int(sys.argv[1])
call = ctypes.CDLL(None, use_errno=True).syscall
process = call(PIDFD_OPEN, pid, 0)
os.kill(pid, signal.SIGSTOP)
taken = []
for name in os.listdir(f'/proc/{pid}/fd'):
    if not os.readlink(f'/proc/{pid}/fd/{name}').startswith('socket:'):
        continue
    taken.append(socket.socket(fileno=call(PIDFD_GETFD, process, int(name), 0)))
    if taken[-1].family == socket.AF_INET:
        taken[-1].setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
        print(name)
os.kill(pid, signal.SIGKILL)
