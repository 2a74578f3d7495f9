"""An object store and an API server of our own on loopback, for run.py to change."""
import base64
import http.server
import json
import os
import re
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

GUARD = os.path.abspath(sys.argv[1])
TMP = tempfile.TemporaryDirectory()
NOW = "2026-11-29T18:00:00Z"
PLUGIN = "barman-cloud.cloudnative-pg.io"
KEYS = {"ID": "AKIAOFTHEPROBE", "SECRET": "not-told/anywhere+1", "TOKEN": "nor-this-token", "REGION": "eu-test-1"}


def at(*names):
    return os.path.join(TMP.name, *names)


def b64(text):
    return base64.b64encode(text.encode()).decode()


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def info(status="DONE", begin=2, end=2, at_begin="2026-11-29 15:03:31.541048+00:00", at_end="2026-11-29 15:04:00+00:00",
         system="7713606499394828123"):
    return (f"begin_time={at_begin}\nbegin_wal=00000001000000000000{begin:04X}\nbegin_xlog=0/{begin:X}000028\n"
            f"end_time={at_end}\nend_wal=00000001000000000000{end:04X}\nend_xlog=0/{end:X}000100\nstatus={status}\n"
            f"systemid={system}\ntimeline=1\nversion=150018\nxlog_segment_size=16777216\nserver_name=cloud\nerror=None\n")


def wal(n):
    return f"wals/0000000100000000/00000001000000000000{n:04X}.gz"


class S3:
    """Buckets of one account. `refuse` maps an action to (status, code); what came is in `calls`."""

    def __init__(self):
        self.buckets, self.refuse, self.calls, self.seen = {"pg": {}}, {}, [], []
        self.ahead = 0  # seconds, of its clock
        self.cold = set()  # keys of the class GLACIER
        self.lock = 0  # days for which each object is locked
        self.echo, self.sloppy = "", False  # in the message of what is refused; lists more than it was asked for
        self.region, self.headers = "us-east-1", None  # of the last PUT
        self.key = KEYS["ID"]

    def put(self, key, body, when="2026-11-29T15:03:31Z", bucket="pg"):
        self.buckets[bucket][key] = (body.encode(), when)

    def archive(self, folder, segments=range(1, 6), backup="20261129T150331", text=None):
        stored = f"{backup[:4]}-{backup[4:6]}-{backup[6:11]}:{backup[11:13]}:{backup[13:]}Z"
        self.put(f"{folder}/base/{backup}/backup.info", text or info(), stored)
        self.put(f"{folder}/base/{backup}/data.tar.gz", "x" * 100)
        for n in segments:
            self.put(f"{folder}/{wal(n)}", "w", f"2026-11-29T15:{n:02}:30Z")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def date_time_string(self, timestamp=None):
        return super().date_time_string((timestamp or time.time()) + self.server.world.s3.ahead)

    def say(self, status, body=b"", **headers):
        raw = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(raw)


class Store(Handler):
    def error(self, status, code, more=""):
        self.say(status, f"<Error><Code>{code}</Code><Message>The words of {code}{self.server.world.s3.echo}</Message>{more}</Error>")

    def read(self):
        """What is asked, as (action, bucket, key, query); None when it was answered."""
        s3 = self.server.world.s3
        url = urlsplit(self.path)
        query = {k: v[0] for k, v in parse_qs(url.query, keep_blank_values=True).items()}
        bucket, _, key = unquote(url.path).lstrip("/").partition("/")
        action = {"HEAD": "get" if key else "head", "PUT": "put", "POST": "delete"}.get(self.command, "get" if key else "list")
        action = next((q for q in ("versioning", "object-lock") if q in query), action)
        s3.calls.append(f"{action} {key or query.get('prefix', '')}".strip())
        signed = re.match(r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d{8}/([^/]+)/s3/aws4_request, ", self.headers["Authorization"] or "")
        s3.seen.append((signed and signed[1], signed and signed[2], self.headers["x-amz-security-token"]))
        if not signed or signed[1] != s3.key:
            self.error(403, "InvalidAccessKeyId")
        elif signed[2] != s3.region:
            self.error(400, "AuthorizationHeaderMalformed", f"<Region>{s3.region}</Region>")
        elif bucket not in s3.buckets:
            self.error(404, "NoSuchBucket")
        elif action in s3.refuse and action != "delete":
            self.error(*s3.refuse[action])
        else:
            return action, s3.buckets[bucket], key, query
        return None

    def do_HEAD(self):
        asked = self.read()
        if asked:
            self.say(200 if not asked[2] or asked[2] in asked[1] else 404)

    def do_GET(self):
        asked = self.read()
        if not asked:
            return
        action, there, key, query = asked
        if action == "versioning":
            self.say(200, "<VersioningConfiguration/>")
        elif action == "object-lock" and self.server.world.s3.lock:
            self.say(200, "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>"
                          f"<Mode>COMPLIANCE</Mode><Days>{self.server.world.s3.lock}</Days></DefaultRetention></Rule></ObjectLockConfiguration>")
        elif action == "object-lock":
            self.error(404, "ObjectLockConfigurationNotFoundError")
        elif action == "list":
            self.list(there, query)
        elif key in self.server.world.s3.cold:
            self.error(403, "InvalidObjectState")
        elif key in there:
            self.say(200, there[key][0])
        else:
            self.error(404, "NoSuchKey")

    def list(self, there, query):
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        if self.server.world.s3.sloppy:
            prefix = prefix[:prefix.rstrip("/").rfind("/") + 1]
        most, start = int(query.get("max-keys", "1000")), query.get("continuation-token", "")
        rows = []
        for key in sorted(there):
            if not key.startswith(prefix):
                continue
            end = key.find(delimiter, len(prefix)) if delimiter else -1
            row = ("folder", key[:end + 1]) if end >= 0 else ("object", key)
            if row not in rows:
                rows.append(row)
        rows = [row for row in rows if row[1] > start]
        text = "".join(
            f"<CommonPrefixes><Prefix>{escape(name)}</Prefix></CommonPrefixes>" if sort == "folder" else
            f"<Contents><Key>{escape(name)}</Key><LastModified>{there[name][1]}</LastModified><Size>{len(there[name][0])}</Size>"
            f"<StorageClass>{'GLACIER' if name in self.server.world.s3.cold else 'STANDARD'}</StorageClass></Contents>"
            for sort, name in rows[:most])
        more = len(rows) > most
        token = f"<NextContinuationToken>{escape(rows[most - 1][1])}</NextContinuationToken>" if more else ""
        self.say(200, f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{token}{text}</ListBucketResult>")

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        asked = self.read()
        if not asked:
            return
        _, there, key, _ = asked
        self.server.world.s3.headers = self.headers
        there[key] = (body, "2026-11-29T18:00:00Z")
        self.say(200)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        asked = self.read()
        if not asked:
            return
        text = ""
        for key in re.findall(r"<Key>([^<]*)</Key>", body):
            refused = self.server.world.s3.refuse.get("delete")
            if refused:
                text += f"<Error><Key>{key}</Key><Code>{refused[1]}</Code><Message>no</Message></Error>"
            else:
                asked[1].pop(key, None)
                text += f"<Deleted><Key>{key}</Key></Deleted>"
        self.say(200, f"<DeleteResult>{text}</DeleteResult>")


class Api(Handler):
    def do_GET(self):
        world = self.server.world
        path = unquote(urlsplit(self.path).path)
        world.asked.append(path)
        refused = next((r for r in world.refused if re.search(r[0], path)), None)
        match = re.match(r"^(?:/api/v1|/apis/[^/]+/v1)(?:/namespaces/([^/]+))?/([a-z]+)(?:/([^/]+))?$", path)
        if refused:
            answer = refused[1], {"kind": "Status", "message": refused[2]}
        elif not match:
            answer = 404, {"kind": "Status", "message": "not found"}
        else:
            found = [o for o in world.objects if o["resource"] == match[2] and match[1] in (None, o["metadata"]["namespace"])
                     and match[3] in (None, o["metadata"]["name"])]
            if match[3]:
                answer = (200, found[0]) if found else (404, {"kind": "Status", "message": f'{match[2]} "{match[3]}" not found'})
            else:
                answer = 200, {"kind": "List", "metadata": {"resourceVersion": "1"}, "items": found}
        self.say(answer[0], json.dumps(answer[1]), Content_Type="application/json")


def serve(handler, context=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def tls():
    """A CA of our own, and what it gave to 127.0.0.1."""
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj", "/CN=lab CA",
            "-keyout", at("ca.key"), "-out", at("ca.crt"))
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=store", "-keyout", at("tls.key"),
            "-out", at("tls.csr"))
    with open(at("san"), "w") as f:
        f.write("subjectAltName=IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", at("tls.csr"), "-CA", at("ca.crt"), "-CAkey", at("ca.key"), "-CAcreateserial", "-days", "30",
            "-extfile", at("san"), "-out", at("tls.crt"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(at("tls.crt"), at("tls.key"))
    return context


STORE, SECURE, API = serve(Store), serve(Store, tls()), serve(Api)
PLAIN_URL = f"http://127.0.0.1:{STORE.server_port}"
SECURE_URL = f"https://127.0.0.1:{SECURE.server_port}"


class World:
    """One Cluster that archives to one ObjectStore, in order; a case changes it."""

    def __init__(self):
        for server in (STORE, SECURE, API):
            server.world = self
        self.s3, self.asked, self.refused, self.objects = S3(), [], [], []
        self.s3.archive("app/db")
        self.store = self.add("objectstores", "minio-store", {"configuration": {
            "destinationPath": "s3://pg/app", "endpointURL": PLAIN_URL, "s3Credentials": {
                "accessKeyId": {"name": "keys", "key": "ID"}, "secretAccessKey": {"name": "keys", "key": "SECRET"}}}})
        self.configuration = self.store["spec"]["configuration"]
        self.credentials = self.configuration["s3Credentials"]
        self.cluster = self.add("clusters", "db", {"instances": 1, "storage": {"size": "1Gi"}, "plugins": [
            {"name": PLUGIN, "isWALArchiver": True, "parameters": {"barmanObjectName": "minio-store"}}]},
            status={"phase": "Cluster in healthy state"})
        self.secret = self.add("secrets", "keys", apiVersion="v1", kind="Secret", data={k: b64(v) for k, v in KEYS.items()})

    def add(self, resource, name, spec=None, **more):
        o = {"resource": resource, "metadata": {"namespace": "app", "name": name, "creationTimestamp": "2026-11-01T00:00:00Z"}, **more}
        if spec is not None:
            o["spec"] = spec
        self.objects.append(o)
        return o

    def manifests(self, *kinds):
        """The objects of these kinds as a file."""
        named = {"objectstores": ("barmancloud.cnpg.io/v1", "ObjectStore"), "clusters": ("postgresql.cnpg.io/v1", "Cluster"),
                 "secrets": ("v1", "Secret")}
        items = [{**{k: v for k, v in o.items() if k != "resource"}, "apiVersion": named[o["resource"]][0], "kind": named[o["resource"]][1]}
                 for o in self.objects if o["resource"] in kinds]
        with open(at("manifests.json"), "w") as f:
            json.dump({"apiVersion": "v1", "kind": "List", "items": items}, f)
        return at("manifests.json")

    def run(self, *words, env=None, stderr=subprocess.PIPE):
        config = {"apiVersion": "v1", "kind": "Config", "current-context": "lab",
                  "contexts": [{"name": "lab", "context": {"cluster": "c", "user": "u", "namespace": "app"}}],
                  "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{API.server_port}"}}],
                  "users": [{"name": "u", "user": {"token": "t0ken"}}]}
        with open(at("kubeconfig"), "w") as f:
            json.dump(config, f)
        return subprocess.run([GUARD, *words], stdout=subprocess.PIPE, stderr=stderr, text=True, cwd=TMP.name, timeout=120, check=False, env={
            "PATH": os.environ["PATH"], "HOME": TMP.name, "TERM": "dumb", "KUBECONFIG": at("kubeconfig"),
            **{k: v for k, v in os.environ.items() if k.startswith(("ASAN_", "UBSAN_"))}, **(env or {})})

    def probe(self, *words, env=None):
        return self.run("probe", "--now", NOW, *words, env=env)

    def told(self, *words, env=None):
        """The stores of a JSON report; its exit code is not 2 nor 4."""
        result = self.probe("--format", "json", *words, env=env)
        if result.returncode not in (0, 1, 3):
            raise AssertionError(f"exit code {result.returncode}: {result.stderr}")
        return json.loads(result.stdout)["stores"]
