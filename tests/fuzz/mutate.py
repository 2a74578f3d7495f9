#!/usr/bin/env python3
"""Soaks the real server: mutated AdmissionReviews over TLS, well-formed HTTP and broken.

  mutate.py BACKUP-GUARD SECONDS [REVIEW...]

Every answer must be well-formed, and at the end a good review is answered as at the beginning, the
server ends with 0 on SIGTERM and no sanitizer has said anything. Starts from tests/fuzz/corpus/review,
$SHARED/reviews and the files given. SOAK_SEED=N repeats a run: turn T of client C is the same again.
"""
import base64
import collections
import copy
import glob
import json
import os
import random
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
CLIENTS = 4
SMALL_BODY = 64 << 10  # LIMIT_SMALL_BODY_BYTES: larger ones wait for a thread of their own
PATIENCE = 60  # seconds for one answer: only a server that hangs needs them
STATUSES = {200, 400, 404, 405, 408, 411, 413, 415, 431, 503}
LIBRARY_STATUSES = STATUSES | {414, 500, 501, 505}  # of libmicrohttpd, for what is no HTTP
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
TLS.check_hostname = False
TLS.verify_mode = ssl.CERT_NONE


class Raw(str):
    """A JSON token that is written as it stands."""


ODD_TEXTS = [
    r"", r"\u0000", r"a\u0000b", r"\u0085\u009b", r"\u202e\ufeff", r"\u001b[31m", r"\n\t", "\U0001f418",
    "${VAR}", "<app>", "{{ .x }}", "CHANGEME", "@every 1s", "@every 999999999h", "0 0 31 2 * *", "0 3 * * *",
    "*/0 * * * * *", "TZ=X * * * * * *", "s3://", "s3://b/../..//", "https://u:p@[::1]:99999/?q#f",
    "barman-cloud.cloudnative-pg.io", "1h", "30d", "9999999999999999w", "QUtJQQ==", "====", "x" * 300, "y" * 70000,
]
ODD_TOKENS = [
    "null", "true", "[]", "{}", "0", "-0", "-1", "1e999", "-1e308", "1e-400", "0.5", "9007199254740993", "9" * 400,
]
NO_TOKENS = [  # no JSON at all, or what must be refused
    "NaN", "01", "+1", "1.", "tru", "[1,]", "{,}", '{"a":1,"a":2}', "'a'", "//", r'"\x"', r'"\ud800"',
    r'"\udc00\ud800"',
]
ODD_BYTES = [
    b"\0", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\x1b", b"\xef\xbb\xbf", b"\r\n",
    b'"', b"}", b"]",
]


def odd_value(rng):
    if rng.random() < 0.6:
        return Raw('"' + rng.choice(ODD_TEXTS) + '"')
    return Raw(rng.choice(ODD_TOKENS if rng.random() < 0.8 else NO_TOKENS))


def key_text(key):
    return key if isinstance(key, Raw) else json.dumps(key)


def write(value):
    if isinstance(value, Raw):
        return value
    if isinstance(value, dict):
        return "{" + ",".join(key_text(k) + ":" + write(v) for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(write, value)) + "]"
    return json.dumps(value)


def places(value):
    """(container, key) of all that is in it."""
    found = []
    left = [value]
    while left:
        here = left.pop()
        if not isinstance(here, (dict, list)):
            continue
        for key in here if isinstance(here, dict) else range(len(here)):
            found.append((here, key))
            left.append(here[key])
    return found


def mutate_tree(tree, rng, donors):
    request = tree.get("request")
    judged = request.get("object") if isinstance(request, dict) else None
    all_places = places(judged if judged and rng.random() < 0.7 else tree)
    if not all_places:
        return
    holder, key = rng.choice(all_places)
    how = rng.choice([0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 6])
    if how == 0:
        holder[key] = odd_value(rng)
    elif how == 1:  # a value from elsewhere in it
        other, other_key = rng.choice(all_places)
        holder[key] = copy.deepcopy(other[other_key])
    elif how == 2:  # a part of another review
        other, other_key = rng.choice(places(rng.choice(donors)))
        holder[key] = copy.deepcopy(other[other_key])
    elif how == 3:
        del holder[key]
    elif how == 4:  # twice in a list; the same key twice in a map
        if isinstance(holder, list):
            holder.extend([copy.deepcopy(holder[key])] * rng.choice([1, 3, 100]))
        else:
            holder[Raw(key_text(key))] = copy.deepcopy(holder[key])
    elif how == 5:
        left, right = rng.choice([("[", "]"), ('{"a":', "}")])
        depth = rng.choice([1, 5, 150, 190, 198, 20000])
        holder[key] = Raw(left * depth + "1" + right * depth)
    elif isinstance(holder, dict):
        holder[Raw('"' + rng.choice(ODD_TEXTS) + '"')] = holder.pop(key)


def mutate_bytes(text, rng, donors):
    at, end = sorted((rng.randrange(len(text) + 1), rng.randrange(len(text) + 1)))
    how = rng.randrange(6)
    if how == 0 and at < len(text):
        return text[:at] + bytes([text[at] ^ 1 << rng.randrange(8)]) + text[at + 1:]
    if how == 1:
        return text[:at]
    if how == 2:
        return text[:at] + rng.choice(ODD_BYTES) + text[at:]
    if how == 3:
        return text[:end] + text[at:]
    if how == 4:
        other = write(rng.choice(donors)).encode()
        return text[:at] + other[rng.randrange(len(other)):]
    return text[:at] + text[end:]


def make_body(rng, donors):
    tree = copy.deepcopy(rng.choice(donors))
    for _ in range(rng.choice([0, 1, 1, 2, 3, 5])):
        mutate_tree(tree, rng, donors)
    text = write(tree).encode("utf-8", "surrogatepass")
    while rng.random() < 0.15:
        text = mutate_bytes(text, rng, donors)
    if rng.random() < 0.002:  # around the limit of 8 MiB
        text += b" " * max(0, (8 << 20) - len(text) + rng.choice([0, 0, 1, 9 << 20]))
    return text


class Request:
    """`clean`: well-formed HTTP, which is always answered with JSON. `last`: it ends the connection."""

    def __init__(self, rng, donors):
        self.method, self.body = "POST", make_body(rng, donors)
        self.clean, self.last = True, len(self.body) > 8 << 20
        path, version = rng.choice(["/validate", "/validate?timeout=10s"]), "HTTP/1.1"
        fields = [b"Host: guard.test.svc:443", b"Content-Type: application/json"]
        if rng.random() < 0.1:
            self.method = rng.choice(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
        if rng.random() < 0.05:
            path = rng.choice(["/", "/validate/", "/validate/x", "//validate", "/%2e%2e/validate?a=%00"])
        if rng.random() < 0.1:
            fields[1] = rng.choice([
                b"X-None: ", b"Content-Type: text/plain", b"content-type:application/JSON ; charset=utf-8",
                b"Content-Type: ", b"Content-Type: application/json;" + b"x" * 500])
        if rng.random() < 0.02:
            version = "HTTP/1.0"
        plain = self.method == "POST" and re.match(r"/validate\b(?!/)", path) and b"application/json" in fields[1]
        if plain and rng.random() < 0.02:  # a refusal may overtake the body, and be lost
            fields.append(b"Expect: 100-continue")
        if rng.random() < 0.02:
            fields.append(b"Connection: close")
            self.last = True
        if version == "HTTP/1.0":
            self.with_length(rng, fields)
            self.last = True
        else:
            rng.choice([self.with_length, self.with_length, self.in_chunks])(rng, fields)
        line = f"{self.method} {path} {version}".encode()
        if rng.random() < 0.04:
            self.clean, self.last = False, True
            line = self.break_head(rng, line, fields)
        self.wire = b"\r\n".join([line] + fields) + b"\r\n\r\n" + self.payload

    def with_length(self, _, fields):
        fields.append(b"Content-Length: %d" % len(self.body))
        self.payload = self.body

    def in_chunks(self, rng, fields):
        fields.append(b"Transfer-Encoding: chunked")
        left, chunks = self.body, []
        while left:
            size = rng.choice([1, 16, 1000, 65536]) if len(self.body) < 100000 else 1 << 20
            part, extension = left[:size], rng.choice([b"", b"", b"", b";a=b"])
            chunks.append(b"%x%s\r\n%s\r\n" % (len(part), extension, part))
            left = left[size:]
        trailer = rng.choice([b"", b"", b"X-Sum: 1\r\n"])
        self.payload = b"".join(chunks) + b"0\r\n" + trailer + b"\r\n"

    def break_head(self, rng, line, fields):
        """Nobody needs to answer what is no HTTP; the connection ends after it."""
        how = rng.randrange(12)
        lengths = [b"-1", b"1x", b"", b"9" * 20, b"0x10", b"%d" % (len(self.body) // 2), b"%d" % (len(self.body) + 9)]
        if how < 4:
            fields[2:] = [b"Content-Length: " + rng.choice(lengths)]
        elif how == 4:
            fields.append(b"Content-Length: %d" % len(self.body))
        elif how == 5:
            fields.append(b"Transfer-Encoding: " + rng.choice([b"gzip", b"chunked, x", b"chunked"]))
        elif how == 6:
            odd = [b"no colon", b": no name", b" folded", b"A\0B: c", b"Caf\xe9: \xff", b"X: " + b"y" * 60000]
            fields.insert(0, rng.choice(odd))
        elif how == 7:
            fields.extend(b"X-%d: y" % i for i in range(3000))
        elif how == 8:
            del fields[0]
        elif how == 9:
            return line[:rng.randrange(len(line))]
        elif how == 10:
            return rng.choice([
                b"", b"\0", b"PRI * HTTP/2.0", line + b" x", line.replace(b"/1.", b"/9."), line.replace(b" ", b"\t"),
                line.replace(b"/validate", b"/" + b"a" * 50000)])
        else:
            self.payload = self.payload.replace(b"\r\n", rng.choice([b"\n", b"\r", b"zz\r\n"]), 1)
        return line


class Wrong(Exception):
    """An answer, or none, that must not be."""


def need(condition, what):
    if not condition:
        raise Wrong(what)


def no_controls(text):
    return not re.search("[\0-\x1f\x7f-\x9f]", text)


def check_review(answer, body):
    response = answer["response"]
    asked = json.loads(body)
    need(answer["kind"] == "AdmissionReview", "another kind")
    need(answer["apiVersion"] == asked["apiVersion"], "another apiVersion")
    need(response["uid"] == asked["request"]["uid"], "another uid")
    need(isinstance(response["allowed"], bool), "allowed is no boolean")
    warnings = response.get("warnings", [])
    need(all(0 < len(w) <= 256 and no_controls(w) for w in warnings), "a warning")
    need(sum(map(len, warnings)) <= 4096, "warnings in all")
    need(not any("/" in key for key in response["auditAnnotations"]), "a key of the audit annotations")
    if not response["allowed"]:
        status = response["status"]
        causes = status["details"]["causes"]
        deletion = asked["request"]["operation"] == "DELETE"
        need(status["code"] == (403 if deletion else 422) and causes, "status of a denial")
        need(0 < len(status["message"].encode()) < 2048 and no_controls(status["message"]), "message of a denial")
        need(all(c["message"] and no_controls(c["field"] + c["message"]) for c in causes), "causes")


class Connection:
    def __init__(self, address):
        raw = socket.create_connection(address, timeout=PATIENCE)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = TLS.wrap_socket(raw)
        self.data = b""

    def more(self):
        got = self.sock.recv(65536)
        self.data += got
        return bool(got)

    def read(self, head_only=False):
        """Status, headers, body; None at the end."""
        while b"\r\n\r\n" not in self.data:
            if not self.more():
                need(not self.data, "closed in the headers")
                return None
        head, self.data = self.data.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        need(re.fullmatch(r"HTTP/1\.[01] [1-5]\d\d .+", lines[0]), f"status line {lines[0]!r}")
        status = int(lines[0].split()[1])
        if status == 100:
            return self.read(head_only)
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
        size = 0 if head_only else int(headers["content-length"])
        while len(self.data) < size:
            need(self.more(), "closed in the body")
        body, self.data = self.data[:size], self.data[size:]
        return status, headers, body

    def no_more(self):
        """FIN: so that nobody waits for the rest of what is no HTTP."""
        with socket.socket(fileno=os.dup(self.sock.fileno())) as raw:
            raw.shutdown(socket.SHUT_WR)

    def send(self, data, rng):
        if rng.random() < 0.8 or len(data) > 100000:
            self.sock.sendall(data)
            return
        for _ in range(rng.choice([1, 3, 10])):
            at = rng.randrange(len(data) + 1)
            if at:
                self.sock.sendall(data[:at])
            data = data[at:]
        if data:
            self.sock.sendall(data)


class Client(threading.Thread):
    def __init__(self, address, donors, seed, number, deadline):
        super().__init__(daemon=True)
        self.address, self.donors, self.deadline = address, donors, deadline
        self.seed = f"{seed}/{number}"
        self.rng = self.connection = None
        self.turn = self.sent = 0
        self.answers = {}
        self.wrong = []

    def check(self, request, answer):
        status, headers, body = answer
        self.answers[status] = self.answers.get(status, 0) + 1
        need(status in STATUSES or not request.clean and status in LIBRARY_STATUSES, f"status {status}: {body[:200]!r}")
        if not request.clean and "content-type" not in headers:
            return
        need(headers.get("content-type") == "application/json", f"content type with status {status}")
        if request.method == "HEAD":
            return
        parsed = json.loads(body)
        if status == 200:
            check_review(parsed, request.body)
        else:
            need(parsed["kind"] == "Status" and parsed["code"] == status and parsed["message"], "no Status")

    def exchange(self, requests):
        self.connection = self.connection or Connection(self.address)
        try:
            self.connection.send(b"".join(r.wire for r in requests), self.rng)
            if not requests[-1].clean:
                self.connection.no_more()
        except OSError:
            pass  # whether an answer came before tells what it was
        gone = False  # its FIN may come while a large review waits for its thread: then nobody is there to answer
        for request in requests:
            gone = gone or not requests[-1].clean and len(request.body) > SMALL_BODY
            try:
                answer = self.connection.read(request.method == "HEAD")
            except (ConnectionError, ssl.SSLError):
                answer = None
            need(answer or not request.clean or gone or len(request.body) > 16 << 20, "closed without an answer")
            if answer:
                self.check(request, answer)
                need(request.last or answer[1].get("connection") != "close", "the connection is ended")
            if request.last:
                self.connection.sock.close()
                self.connection = None

    def vandalise(self):
        """What is no TLS, or ends where it must not."""
        with socket.create_connection(self.address, timeout=PATIENCE) as raw:
            if self.rng.random() < 0.5:
                hello = b"\x16\x03\x01\x02\x00\x01"
                raw.sendall(self.rng.choice([b"GET / HTTP/1.0\r\n\r\n", hello, self.rng.randbytes(300)]))
                return
            with TLS.wrap_socket(raw) as sock:
                wire = Request(self.rng, self.donors).wire[:100000]
                sock.sendall(wire[:self.rng.randrange(1, len(wire))])

    def run(self):
        while time.monotonic() < self.deadline and len(self.wrong) < 5:
            requests = []
            self.turn += 1
            self.rng = random.Random(f"{self.seed}/{self.turn}")
            try:
                if self.rng.random() < 0.01:
                    self.vandalise()
                    continue
                for _ in range(self.rng.choice([1] * 9 + [2, 5])):
                    request = Request(self.rng, self.donors)
                    if requests and len(request.body) > 16 << 20:
                        break  # it is cut off, and the answers before it may be lost
                    requests.append(request)
                    if request.last:
                        break
                self.sent += len(requests)
                self.exchange(requests)
            except (Wrong, OSError, ValueError, LookupError, TypeError) as error:
                wire = b"".join(r.wire for r in requests)[:3000]
                self.wrong.append(f"turn {self.seed}/{self.turn}: {error!r}: {base64.b64encode(wire).decode()}")
                self.connection = None


def seeds(files):
    paths = glob.glob(os.path.join(HERE, "corpus/review/*.json"))
    paths += glob.glob(os.path.join(os.environ.get("SHARED", "/nowhere"), "reviews/*.json")) + files
    trees = []
    for path in sorted(paths, key=os.path.basename):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        try:
            if len(text) < 100000 and "request" in json.loads(text):
                trees.append(json.loads(text))
        except ValueError:
            pass  # a corpus holds what is no JSON, too
    return trees


class Server:
    def __init__(self, guard, folder):
        self.folder = folder
        tls, addresses, sanitizer = (os.path.join(folder, name) for name in ("tls", "addresses", "san"))
        environment = dict(os.environ, ASAN_OPTIONS=f"log_path={sanitizer}:detect_leaks=1",
                           UBSAN_OPTIONS=f"log_path={sanitizer}:print_stacktrace=1")
        subprocess.run([guard, "certs", "init", tls, "localhost", "127.0.0.1"], check=True, stdout=subprocess.DEVNULL)
        with open(os.path.join(folder, "log"), "wb") as log:
            self.process = subprocess.Popen(
                [guard, "serve", "--profile", "homelab", "--cert", tls + "/tls.crt", "--key", tls + "/tls.key", "--address-file", addresses,
                 "--listen", "127.0.0.1:0", "--health", "127.0.0.1:0", "--drain", "0s"], stderr=log, env=environment)
        end = time.monotonic() + PATIENCE
        while not os.path.exists(addresses):
            if self.process.poll() is not None or time.monotonic() > end:
                self.process.kill()
                sys.exit("the server did not start: " + self.text("log"))
            time.sleep(0.05)
        lines = dict(line.split("=") for line in self.text("addresses").split())
        host, port = lines["listen"].rsplit(":", 1)
        self.address, self.health = (host, int(port)), lines["health"]

    def text(self, pattern):
        texts = []
        for path in sorted(glob.glob(os.path.join(self.folder, pattern))):
            with open(path, encoding="utf-8", errors="replace") as file:
                texts.append(file.read())
        return "".join(texts)

    def allows(self, tree):
        """A review as it stands, over a connection of its own."""
        body = write(tree).encode()
        connection = Connection(self.address)
        head = b"POST /validate HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n"
        connection.sock.sendall(head % len(body) + body)
        answer = connection.read()
        connection.sock.close()
        need(answer and answer[0] == 200, "a good review was not answered with 200")
        check_review(json.loads(answer[2]), body)
        return json.loads(answer[2])["response"]["allowed"]

    def memory(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return [" ".join(line.split()) for line in file if line.startswith(("VmRSS", "VmHWM"))]

    def end(self):
        """What is wrong with how it ends."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = "none, it had to be killed"
        return [] if code == 0 else [f"exit status {code}"] + self.text("log").splitlines()[-10:]


def bombard(server, donors, seed, seconds):
    deadline = time.monotonic() + seconds
    clients = [Client(server.address, donors, seed, number, deadline) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return clients


def changed(server, donors, before):
    """What is no longer as at the beginning."""
    try:
        wrong = [tree["request"]["uid"] for tree, was in zip(donors, before) if server.allows(tree) != was]
        with urllib.request.urlopen(f"http://{server.health}/healthz", timeout=PATIENCE) as health:
            return wrong + ([] if health.status == 200 else ["/healthz"])
    except (Wrong, OSError) as error:
        return [repr(error)]


def soak(guard, seconds, files):
    seed = int(os.environ.get("SOAK_SEED", time.time_ns() % 1000000007))
    donors, results = seeds(files), []
    print(f"seed {seed}, {len(donors)} reviews, {seconds:g} s", flush=True)

    def check(sentence, wrong):
        print(f"{'not ok' if wrong else 'ok'} - {sentence}", *wrong[:20], sep="\n#   ", flush=True)
        results.append(not wrong)

    with tempfile.TemporaryDirectory() as folder:
        server = Server(guard, folder)
        try:
            before = [server.allows(tree) for tree in donors]
            clients = bombard(server, donors, seed, seconds)
            counts = sum((collections.Counter(c.answers) for c in clients), collections.Counter())
            check(f"every answer to {sum(c.sent for c in clients)} requests is well-formed: "
                  + ", ".join(f"{count} x {status}" for status, count in sorted(counts.items())),
                  [wrong for c in clients for wrong in c.wrong])
            print("#", *server.memory())
            check("the reviews that it began with are answered as before", changed(server, donors, before))
        finally:
            check("the server ends with 0", server.end())
            check("no sanitizer has said anything", server.text("san*").splitlines())
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(soak(os.path.abspath(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]))
