"""An API server that keeps one Secret and some webhook configurations, with resourceVersions and conflicts,
and what calls the webhook as an API server does: trusting nothing but the caBundle of that moment."""
import base64
import contextlib
import copy
import json
import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

SECRETS = "/api/v1/namespaces/backup-guard/secrets"
SECRET = SECRETS + "/backup-guard-webhook"
CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/"
NAME = "backup-guard.backup-guard.svc"


def configuration(name, bundle):
    def webhook(n):
        client = {"service": {"name": "backup-guard", "namespace": "backup-guard", "path": "/validate"}}
        if bundle:
            client["caBundle"] = base64.b64encode(bundle.encode()).decode()
        return {"name": f"{n}.backup-guard.io", "clientConfig": client, "sideEffects": "None"}

    return {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
            "metadata": {"name": name}, "webhooks": [webhook("enforce"), webhook("warn")]}


class Api:
    """The store. `lock` is held for each request; calls of the webhook hold off changes of a caBundle, so that
    a call begun with a bundle ends before that bundle is known to be replaced."""

    def __init__(self):
        self.lock = threading.RLock()
        self.idle = threading.Condition()
        self.calling = self.changing = 0
        self.version = 0
        self.objects = {}
        self.events = []  # (version, type, object) of the configurations
        self.changed = threading.Condition(self.lock)
        self.switched = True  # tls.crt is of the newest CA
        self.done = []  # (step, replica), writes that were made
        self.conflicts = 0
        self.published = []  # each caBundle that was written
        self.wrong = []  # what no client should send
        self.traps = []  # (step, "before" or "after", kill); see Handler
        self.broken = False
        self.readonly = False  # writes are 403
        self.unwatched = False  # so is list and watch
        self.between = None  # called once, when the configuration is read: after the Secret was
        self.odd = {}  # path: what a GET is answered with instead
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.api = self
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def put(self, path, value):
        with self.lock:
            kind = "MODIFIED" if path in self.objects else "ADDED"
            value = copy.deepcopy(value)
            self.objects[path] = value
            self.note(path, kind, value)

    def note(self, path, kind, value):
        self.version += 1
        value.setdefault("metadata", {})["resourceVersion"] = str(self.version)
        if path.startswith(CONFIGURATIONS):
            self.events.append((self.version, kind, copy.deepcopy(value)))
        self.changed.notify_all()

    def get(self, path=SECRET):
        with self.lock:
            return copy.deepcopy(self.objects.get(path))

    def delete(self, path):
        with self.lock:
            self.note(path, "DELETED", self.objects.pop(path))

    def count(self, step):
        with self.lock:
            return sum(1 for name, _ in self.done if name == step)

    def data(self, key):
        """Of the Secret, as text."""
        secret = self.get()
        return base64.b64decode(secret.get("data", {}).get(key, "")).decode() if secret else ""

    def bundles(self):
        """The caBundle of each of our webhooks; none when the configuration is not there."""
        value = self.get(CONFIGURATIONS + "backup-guard") or {"webhooks": []}
        return [base64.b64decode(w["clientConfig"].get("caBundle", "")).decode() for w in value["webhooks"]]

    @contextlib.contextmanager
    def call(self):
        """The caBundle, unchanged for the time of one call."""
        with self.idle:
            self.idle.wait_for(lambda: not self.changing)
            self.calling += 1
        try:
            yield (self.bundles() or [None])[0]
        finally:
            with self.idle:
                self.calling -= 1
                self.idle.notify_all()

    @contextlib.contextmanager
    def change(self):
        with self.idle:
            self.changing += 1
            self.idle.wait_for(lambda: not self.calling)
        try:
            yield
        finally:
            with self.idle:
                self.changing -= 1
                self.idle.notify_all()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def say(self, code, body):
        if isinstance(body, str):
            body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": body, "code": code}
        raw = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def body(self):
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def handle_any(self, write):
        api = self.server.api
        if api.broken:
            self.close_connection = True
            return
        with api.lock:
            if write and api.readonly:
                self.say(403, "is forbidden")
                return
            if not write:
                if api.between and self.path.startswith(CONFIGURATIONS):
                    between, api.between = api.between, None
                    between()
                found = api.odd.get(self.path, api.objects.get(self.path))
                self.say(404 if found is None else 200, "not found" if found is None else found)
                return
            change = write()
            step = change[2] if change else None
            trap = next((t for t in api.traps if t[0] == step), None)
            who = self.headers["Authorization"].removeprefix("Bearer ")
            if trap:
                api.traps.remove(trap)
                trap[2](who)  # kills it
                self.close_connection = True
            if not change or (trap and trap[1] == "before"):
                return
            path, value, step = change
            api.put(path, value)
            api.done.append((step, who))
            if step == "publish":
                api.published += api.bundles()
            if step == "begin":
                api.switched = False
            elif step in ("switch", "make"):
                api.switched = True
            if not trap:
                self.say(200, api.objects[path])

    def conflict(self):
        self.server.api.conflicts += 1
        self.say(409, "the object has been modified; please apply your changes to the latest version")

    def step(self, old, new):
        def changed(key):
            return data(old).get(key) != data(new).get(key)

        def data(value):
            return value.get("data", {})

        def certificates(value):
            return base64.b64decode(data(value).get("ca.crt", "")).decode().count("BEGIN")

        if not data(old).get("ca.key"):
            return "make"
        if changed("ca.key"):
            return "begin"
        if certificates(new) != certificates(old):
            return "drop" if certificates(new) < certificates(old) else "adopt"
        if changed("tls.crt"):
            return "renew" if self.server.api.switched else "switch"
        self.server.api.wrong.append("a PUT that changes nothing")
        return "nothing"

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path + "/" != CONFIGURATIONS:
            self.handle_any(None)
            return
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        name = query.get("fieldSelector", "").removeprefix("metadata.name=")
        if self.server.api.broken or not name:
            self.close_connection = True
        elif self.server.api.unwatched:
            self.say(403, "is forbidden")
        elif "watch" in query:
            self.watch(name, int(query["resourceVersion"]))
        else:
            with self.server.api.lock:
                found = self.server.api.objects.get(CONFIGURATIONS + name)
                self.say(200, {"kind": "ValidatingWebhookConfigurationList", "items": [found] if found else [],
                               "metadata": {"resourceVersion": str(self.server.api.version)}})

    def watch(self, name, since):
        """Until the client goes, or the API server is away."""
        api = self.server.api
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        try:
            while not api.broken:
                with api.changed:
                    api.changed.wait_for(lambda: api.version > since, 1)
                    news = [e for e in api.events if e[0] > since and e[2]["metadata"]["name"] == name]
                    since = api.version
                for _, kind, value in news:
                    self.wfile.write(json.dumps({"type": kind, "object": value}).encode() + b"\n")
                self.wfile.flush()
        except OSError:
            pass

    def do_POST(self):
        value = self.body()

        def create():
            if self.path != SECRETS or value["metadata"].get("resourceVersion"):
                self.server.api.wrong.append(f"POST {self.path}")
            if SECRET in self.server.api.objects:
                self.conflict()
                return None
            return SECRET, value, "make"

        self.handle_any(create)

    def do_PUT(self):
        value = self.body()

        def update():
            old = self.server.api.objects.get(self.path)
            version = value["metadata"].get("resourceVersion")
            if self.path != SECRET or not version:
                self.server.api.wrong.append(f"PUT {self.path} of version {version}")
            if not old or version != old["metadata"]["resourceVersion"]:
                self.conflict()
                return None
            return self.path, value, self.step(old, value)

        self.handle_any(update)

    def do_PATCH(self):
        patch = self.body()

        def apply():
            value = copy.deepcopy(self.server.api.objects.get(self.path))
            if not value:
                self.say(404, "not found")
                return None
            version = [p["value"] for p in patch if p["path"] == "/metadata/resourceVersion"]
            if self.headers["Content-Type"] != "application/json-patch+json" or len(version) != 1 or len(patch) < 2:
                self.server.api.wrong.append(f"PATCH {self.path} {patch}")
            if version != [value["metadata"]["resourceVersion"]]:
                self.conflict()
                return None
            for p in patch[1:]:
                _, webhooks, index, client, bundle = p["path"].split("/")
                assert (p["op"], webhooks, client, bundle) == ("add", "webhooks", "clientConfig", "caBundle"), p
                value["webhooks"][int(index)]["clientConfig"]["caBundle"] = p["value"]
            return self.path, value, "publish"

        with self.server.api.change():
            self.handle_any(apply)


class Load(threading.Thread):
    """Calls one replica again and again, each time over a new connection."""

    def __init__(self, api, replica, body):
        super().__init__(daemon=True)
        self.api, self.replica = api, replica
        self.request = (f"POST /validate?timeout=5s HTTP/1.1\r\nHost: {NAME}:443\r\nConnection: close\r\n"
                        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body
        self.stop = threading.Event()
        self.ok = 0
        self.failed = []
        self.seen = []  # certificates, each once
        self.not_after = 0

    def call(self, bundle, address):
        context = ssl.create_default_context(cadata=bundle)
        with socket.create_connection(address, timeout=60) as raw:
            with context.wrap_socket(raw, server_hostname=NAME) as sock:
                certificate = ssl.DER_cert_to_PEM_cert(sock.getpeercert(True))
                self.not_after = ssl.cert_time_to_seconds(sock.getpeercert()["notAfter"])
                if certificate not in self.seen:
                    self.seen.append(certificate)
                sock.sendall(self.request)
                answer = b""
                while more := sock.recv(65536):
                    answer += more
        if not answer.startswith(b"HTTP/1.1 200") or b'"allowed":' not in answer:
            raise ConnectionError(f"answered {answer[:200]!r}")

    def run(self):
        while not self.stop.wait(0.05):
            replica = self.replica
            life, address = replica.life, replica.address
            if not address:
                continue
            with self.api.call() as bundle:
                if not bundle:
                    continue
                try:
                    self.call(bundle, address)
                    self.ok += 1
                except ssl.SSLError as error:  # whatever else happens: this must not
                    if "CERTIFICATE" in str(error) or life == replica.life:
                        self.failed.append(f"{time.time():.1f} {replica.name}: {error}")
                except OSError as error:
                    if life == replica.life and replica.address:  # it was not killed meanwhile
                        self.failed.append(f"{time.time():.1f} {replica.name}: {error!r}")
