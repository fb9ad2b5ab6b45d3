# SPDX-License-Identifier: GPL-2.0-or-later
#
# pg_cut.py LISTEN SERVER STATE - a proxy between two sockets that counts the messages of
# PostgreSQL's protocol on the way, and cuts both sides at one of them
#
# STATE is a file: "back N" cuts in place of the N-th message from the server, "forth N" in
# place of the N-th from the client, "off" cuts nothing. The count begins with each writing of
# the file; a cut happens once, and "cut" is written to STATE.done.
import os, socket, struct, sys, threading

listen, server, state = sys.argv[1:4]
lock = threading.Lock()
plan = {'mtime': None, 'way': 'off', 'left': 0}


def due(way):
    """Is this the message? The plan is read anew when the file changed."""
    with lock:
        stamp = os.stat(state).st_mtime_ns
        if stamp != plan['mtime']:
            words = open(state).read().split()
            plan.update(mtime=stamp, way=words[0], left=int(words[1]) if len(words) > 1 else 0)
        if plan['way'] != way:
            return False
        plan['left'] -= 1
        if plan['left'] != 0:
            return False
        plan['way'] = 'off'
        open(state + '.done', 'w').write('cut')
        return True


def exactly(sock, n):
    data = b''
    while len(data) < n:
        more = sock.recv(n - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def message(sock, first):
    """One message: a startup message has no type."""
    head = exactly(sock, 4 if first else 5)
    return head + exactly(sock, struct.unpack('!I', head[-4:])[0] - 4)


def pump(source, to, way, ends):
    first = way == 'forth'
    try:
        while True:
            data = message(source, first)
            first = False
            if due(way):
                break
            to.sendall(data)
    except (EOFError, OSError):
        pass
    for end in ends:
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(client):
    back = socket.socket(socket.AF_UNIX)
    back.connect(server)
    ends = (client, back)
    threads = [threading.Thread(target=pump, args=(client, back, 'forth', ends)),
               threading.Thread(target=pump, args=(back, client, 'back', ends))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for end in ends:
        end.close()


door = socket.socket(socket.AF_UNIX)
door.bind(listen)
door.listen(64)
while True:
    conn, _ = door.accept()
    threading.Thread(target=serve, args=(conn,), daemon=True).start()
