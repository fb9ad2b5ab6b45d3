#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""bus.py SOCKET OUT UID [deaf] - a message bus with a notification service, for one uid

Enough of D-Bus for one caller at a time: EXTERNAL, Hello and Notify are answered,
and what Notify was called with is a line of JSON in OUT. deaf: Notify is never answered.
"""
import json, os, socket, struct, sys

path, out, uid, deaf = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:] == ["deaf"]


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def align(self, n):
        self.at += -self.at % n

    def take(self, fmt, n):
        self.align(n)
        value, = struct.unpack_from("<" + fmt, self.data, self.at)
        self.at += n
        return value

    def text(self, length):
        value = self.data[self.at:self.at + length].decode()
        self.at += length + 1
        return value

    def value(self, sig):
        if sig in ("s", "o"):
            return self.text(self.take("I", 4))
        if sig == "g":
            return self.text(self.take("B", 1))
        return {"u": lambda: self.take("I", 4), "i": lambda: self.take("i", 4), "y": lambda: self.take("B", 1)}[sig]()


def message(sock, data):
    while True:
        if len(data) >= 16:
            body, serial, fields = struct.unpack_from("<III", data, 4)
            begin = 16 + fields + -fields % 8
            if len(data) >= begin + body:
                break
        more = sock.recv(65536)
        if not more:
            return None
        data += more
    r, header = Reader(data[:16 + fields]), {}
    r.at = 16
    while r.at < 16 + fields:
        r.align(8)
        code = r.take("B", 1)
        header[code] = r.value(r.value("g"))
    return serial, header, data[begin:begin + body], data[begin + body:]


def notification(body):
    r, n = Reader(body), {}
    for name, sig in zip(("app", "replaces", "icon", "summary", "body"), "susss"):
        n[name] = r.value(sig)
    n["actions"] = r.take("I", 4)
    end = r.take("I", 4)
    r.align(8)
    end += r.at
    while r.at < end:
        r.align(8)
        key = r.value("s")
        n[key] = r.value(r.value("g"))
    n["expiry"] = r.value("i")
    return n


def reply(sock, serial, sig, body):
    fields = b"\x05\x01u\x00" + struct.pack("<I", serial) + b"\x08\x01g\x00\x01" + sig + b"\x00"
    head = struct.pack("<BBBBIII", ord("l"), 2, 1, 1, len(body), 1, len(fields)) + fields
    sock.sendall(head + b"\x00" * (-len(head) % 8) + body)


def serve(sock):
    peer = struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[1]
    data = b""
    while b"BEGIN\r\n" not in data:
        more = sock.recv(4096)
        if not more:
            return
        data += more
        while b"\r\n" in data and not data.startswith(b"BEGIN"):
            line, data = data.split(b"\r\n", 1)
            line = line.lstrip(b"\0")
            if peer != uid:
                sock.sendall(b"REJECTED EXTERNAL\r\n")
            elif line == b"AUTH EXTERNAL":
                sock.sendall(b"DATA\r\n")
            elif line.startswith((b"AUTH EXTERNAL ", b"DATA")):
                sock.sendall(b"OK 0123456789abcdef0123456789abcdef\r\n")
            else:
                sock.sendall(b"ERROR\r\n")
    data = data.split(b"BEGIN\r\n", 1)[1]
    while True:
        got = message(sock, data)
        if not got:
            return
        serial, header, body, data = got
        if header[3] == "Hello":
            reply(sock, serial, b"s", struct.pack("<I", 4) + b":1.1\0")
        elif header[3] == "Notify":
            with open(out, "a") as to:
                to.write(json.dumps(notification(body) | {"uid": peer}) + "\n")
            if not deaf:
                reply(sock, serial, b"u", struct.pack("<I", 1))


listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
os.chown(path, uid, -1)
listener.listen()
open(out, "a").close()
while True:
    connection = listener.accept()[0]
    with connection:
        try:
            serve(connection)
        except OSError:
            pass
