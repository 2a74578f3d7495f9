#!/usr/bin/env python3
"""What curl cannot do: many connections at once, stalled ones, slow ones, and a load that calls as
kube-apiserver does (keep-alive, a connection closed while idle is opened again silently, 503 with
Retry-After is tried again, everything else that goes wrong has failed).

  client.py load ADDR BODY STOP THREADS    until the file STOP is there, or nobody listens any more
  client.py stall ADDR COUNT HOW [FROM]    hold COUNT connections open until stdin ends, of FROM (1) addresses
  client.py slow ADDR                      one byte a second; prints how many it could send
  client.py many ADDR BODY COUNT           COUNT connections, open together, one review each
  client.py replay ADDR FOLDER             each review of the folder; prints those answered wrongly
  client.py half ADDR BODY                 closes its side after the request; prints the answer
  client.py beside ADDR COUNT LARGE SMALL [PID]
                                           the small review when all of COUNT large ones were read; prints how many
                                           of those had no answer when it had one. Then PID gets a SIGTERM
  client.py spread ADDR BODY COUNT PID     how many of COUNT connections each thread of the server answers
"""
import json
import os
import pathlib
import select
import signal
import socket
import ssl
import sys
import threading
import time

CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
CONTEXT.check_hostname = False
CONTEXT.verify_mode = ssl.CERT_NONE


class Gone(Exception):
    """Nobody listens: a connection was refused, or reset before a request was sent."""


def connect(addr, source=None):
    host, port = addr.rsplit(":", 1)
    try:
        raw = socket.create_connection((host, int(port)), timeout=60, source_address=source)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return CONTEXT.wrap_socket(raw)
    except (ConnectionError, ssl.SSLError) as error:
        raise Gone(str(error)) from error


def request(body):
    return (
        b"POST /validate?timeout=5s HTTP/1.1\r\nHost: guard.test.svc:443\r\n"
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    ) + body


def read_answer(sock):
    """Status, headers in lower case, body."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = sock.recv(65536)
        if not more:
            raise ConnectionError("closed before the answer")
        data += more
    head, body = data.split(b"\r\n\r\n", 1)
    lines = head.decode().lower().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines[1:])
    while len(body) < int(headers["content-length"]):
        more = sock.recv(65536)
        if not more:
            raise ConnectionError("closed in the answer")
        body += more
    return int(lines[0].split()[1]), headers, body


class Caller(threading.Thread):
    def __init__(self, addr, body, stop):
        super().__init__()
        self.addr, self.bytes, self.stop = addr, request(body), stop
        self.sock = None
        self.ok = self.retried = self.redialled = 0
        self.failed = []

    def usable(self):
        if not self.sock:
            return False
        if not select.select([self.sock], [], [], 0)[0]:
            return True
        # readable without a request: session tickets, or the end
        self.sock.setblocking(False)
        try:
            alive = bool(self.sock.recv(1))
        except ssl.SSLWantReadError:
            alive = True
        except OSError:
            alive = False
        self.sock.settimeout(60)
        return alive

    def call(self):
        if not self.usable():
            if self.sock:
                self.sock.close()
            self.sock = connect(self.addr)
            self.redialled += 1
        self.sock.sendall(self.bytes)
        status, headers, body = read_answer(self.sock)
        if headers.get("connection") == "close":
            self.sock.close()
            self.sock = None
        if status == 503 and "retry-after" in headers:
            self.retried += 1
            time.sleep(int(headers["retry-after"]))
        elif status == 200 and b'"allowed":' in body:
            self.ok += 1
        else:
            self.failed.append(f"status {status}: {body[:200]!r}")

    def run(self):
        while not self.stop():
            try:
                self.call()
            except Gone:
                return
            except OSError as error:
                self.failed.append(repr(error))
                self.sock = None


def stopped_by(path):
    def stop():
        try:
            with open(path, encoding="utf-8"):
                return True
        except FileNotFoundError:
            return False

    return stop


def load(addr, body_file, stop_file, threads):
    with open(body_file, "rb") as file:
        body = file.read()
    callers = [Caller(addr, body, stopped_by(stop_file)) for _ in range(int(threads))]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    failed = [why for caller in callers for why in caller.failed]
    for why in failed[:5]:
        print(why, file=sys.stderr)
    print(
        f"ok={sum(c.ok for c in callers)} retried={sum(c.retried for c in callers)}"
        f" connections={sum(c.redialled for c in callers)} failed={len(failed)}"
    )


def stall(addr, count, how, sources="1"):
    host, port = addr.rsplit(":", 1)
    held = []
    for i in range(int(count)):
        source = (f"127.0.0.{1 + i % int(sources)}", 0)
        if how in ("idle", "body"):
            held.append(connect(addr, source))
            if how == "body":  # all but a byte of the largest one
                held[-1].sendall(b"POST /validate HTTP/1.1\r\nHost: h\r\nContent-Length: 8388608\r\n\r\n" + b" " * 8388607)
            continue
        sock = socket.create_connection((host, int(port)), source_address=source)
        if how == "handshake":  # the first bytes of a ClientHello of 512
            sock.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 32)
        elif how == "dribble":
            sock.sendall(b"GET /healthz HTTP/1.1\r\n")
        held.append(sock)
    print("ready", flush=True)
    while how == "dribble" and not select.select([sys.stdin], [], [], 0.2)[0]:
        for sock in held:
            try:
                sock.sendall(b"X-A: b\r\n")
            except OSError:  # it was told to go
                pass
    sys.stdin.read()


def slow(addr):
    sock = connect(addr)
    sock.sendall(
        b"POST /validate HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
        b"Content-Length: 1000\r\n\r\n"
    )
    sent = 0
    while sent < 1000 and not select.select([sock], [], [], 1)[0]:
        sock.sendall(b" ")
        sent += 1
    print(sent)


def many(addr, body_file, count):
    with open(body_file, "rb") as file:
        wanted = request(file.read())
    socks = [connect(addr) for _ in range(int(count))]
    for sock in socks:
        sock.sendall(wanted)
    answers = {}
    for sock in socks:
        status, headers, _ = read_answer(sock)
        key = f"{status}" + (f" retry-after {headers['retry-after']}" if status == 503 else "")
        answers[key] = answers.get(key, 0) + 1
    for key in sorted(answers):
        print(f"{key}: {answers[key]}")


def replay(addr, folder):
    sock = connect(addr)
    for path in sorted(pathlib.Path(folder).glob("*.json")):
        body = path.read_bytes()
        sock.sendall(request(body))
        status, _, answer = read_answer(sock)
        if status != 200 or json.loads(answer)["response"]["uid"] != json.loads(body)["request"]["uid"]:
            print(path.name, status)


def half(addr, body_file):
    with open(body_file, "rb") as file:
        body = file.read()
    sock = connect(addr)
    sock.sendall(request(body))
    raw_shutdown(sock)
    print(read_answer(sock)[0])


def ahead(addr, count, *body_files):
    """The answers must come whole and in order."""
    bodies = [pathlib.Path(name).read_bytes() for name in body_files]
    uids = [json.loads(body)["request"]["uid"] for body in bodies] * int(count)
    rest = memoryview(b"".join(request(body) for body in bodies) * int(count))
    sock = connect(addr)
    data = b""
    while uids:
        sock.settimeout(0)
        try:
            while rest:
                rest = rest[sock.send(rest[:16384]) :]
        except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
            pass
        sock.settimeout(60)
        more = sock.recv(65536)
        if not more:
            raise ConnectionError("closed before the last answer")
        data += more
        while b"\r\n\r\n" in data:
            head, body = data.split(b"\r\n\r\n", 1)
            size = int(head.lower().split(b"content-length: ")[1].split()[0])
            if len(body) < size:
                break
            data = body[size:]
            if json.loads(body[:size])["response"]["uid"] != uids.pop(0):
                raise ValueError(f"the answer to another review, {len(uids)} before the last")


def queues(local, remote):
    """Bytes of a TCP connection that are on their way out, and that nobody has read."""
    with open("/proc/net/tcp", encoding="ascii") as table:
        for fields in map(str.split, table):
            if fields[1].endswith(f":{local[1]:04X}") and fields[2].endswith(f":{remote[1]:04X}"):
                return [int(queue, 16) for queue in fields[4].split(":")]
    raise ConnectionError("closed while it was sent to")


def drained(socks):
    """The server has read all that was sent to it."""
    for sock in socks:
        ours, theirs = sock.getsockname(), sock.getpeername()
        while queues(ours, theirs)[0] or queues(theirs, ours)[1]:
            pass


def beside(addr, count, large_file, small_file, pid=None):
    large, small = (request(pathlib.Path(name).read_bytes()) for name in (large_file, small_file))
    other = connect(addr)
    socks = [connect(addr) for _ in range(int(count))]
    for sock in socks:
        sock.sendall(large[:-1])
    drained(socks)
    for sock in socks:
        sock.sendall(large[-1:])
    drained(socks)
    other.sendall(small)
    if read_answer(other)[0] != 200:
        raise ValueError("the small one was refused")
    print(int(count) - len(select.select(socks, [], [], 0)[0]))
    if pid:
        os.kill(int(pid), signal.SIGTERM)
        return
    for sock in socks:
        if read_answer(sock)[0] != 200:
            raise ValueError("a large one was refused")


def worked(pid):
    """Nanoseconds that each thread of libmicrohttpd has run."""
    tasks = pathlib.Path(f"/proc/{pid}/task").iterdir()
    return {task.name: int((task / "schedstat").read_text().split()[0])
            for task in tasks if (task / "comm").read_text().startswith("MHD")}


def spread(addr, body_file, count, pid):
    body = request(pathlib.Path(body_file).read_bytes())
    socks = [connect(addr) for _ in range(int(count))]
    of_thread = {}
    for sock in socks:
        before = worked(pid)
        for _ in range(20):
            sock.sendall(body)
            read_answer(sock)
        after = worked(pid)
        busiest = max(after, key=lambda task: after[task] - before[task])
        of_thread[busiest] = of_thread.get(busiest, 0) + 1
    print(*sorted(of_thread.values()))


def raw_shutdown(sock):
    """FIN without a close_notify: the client process has ended its sending side."""
    copy = socket.socket(fileno=socket.dup(sock.fileno()))
    copy.shutdown(socket.SHUT_WR)
    copy.close()


if __name__ == "__main__":
    COMMANDS = {"load": load, "stall": stall, "slow": slow, "many": many, "half": half,
                "replay": replay, "ahead": ahead, "beside": beside, "spread": spread}
    COMMANDS[sys.argv[1]](*sys.argv[2:])
