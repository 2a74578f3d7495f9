"""An API server of our own on loopback with an installation that is in order, for run.py to change."""
import base64
import copy
import datetime
import http.server
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
from urllib.parse import parse_qs, unquote, urlsplit

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GUARD = os.path.abspath(sys.argv[1])
TMP = tempfile.TemporaryDirectory()
HOST = "backup-guard.backup-guard.svc"
NOW = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=10)  # the certificates are made now
REFUSED = ('admission webhook "enforce.backup-guard.io" denied the request: ScheduledBackup shop/backup-guard-doctor: '
           "spec.pluginConfiguration.name: method is plugin, but no plugin is named [scheduled-backup-plugin-config-missing]")
FAILED = 'Internal error occurred: failed calling webhook "enforce.backup-guard.io": failed to call webhook: Post "https://'
WEBHOOKS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
MUTATING = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"
PLUGIN_API = "/apis/barmancloud.cnpg.io/v1"


LISTED = ("namespaces", "clusters", "endpointslices", "deployments", "validatingwebhookconfigurations",
          "mutatingwebhookconfigurations", "clusterroles", "clusterrolebindings", "roles", "rolebindings")
RBAC = "/apis/rbac.authorization.k8s.io/v1"
RULE = "[scheduled-backup-plugin-config-missing]"


def at(*names):
    return os.path.join(TMP.name, *names)


def read(path):
    with open(path) as f:
        return f.read()


def days(n):
    return NOW + datetime.timedelta(days=n)


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make(name, san=None, ca_days=3650, leaf_days=825, common_name=HOST, usage="serverAuth", ca="backup-guard CA"):
    """A CA and a serving certificate, not by the program under test."""
    os.makedirs(at(name))
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", str(ca_days),
            "-subj", "/CN=" + ca, "-keyout", at(name, "ca.key"), "-out", at(name, "ca.crt"))
    with open(at(name, "ext"), "w") as f:
        f.write(f"extendedKeyUsage={usage}\n" + (f"subjectAltName={san}\n" if san else ""))
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={common_name}",
            "-keyout", at(name, "tls.key"), "-out", at(name, "csr"))
    openssl("x509", "-req", "-in", at(name, "csr"), "-CA", at(name, "ca.crt"), "-CAkey", at(name, "ca.key"),
            "-days", str(leaf_days), "-extfile", at(name, "ext"), "-out", at(name, "tls.crt"))


def b64(text):
    return base64.b64encode(text.encode()).decode()


class Served:
    """What stands behind the Service's address: shakes hands and leaves."""

    def __init__(self, folder, client_ca=None, newest=None):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if folder else None
        if folder:
            self.context.load_cert_chain(at(folder, "tls.crt"), at(folder, "tls.key"))
        if client_ca:
            self.context.load_verify_locations(client_ca)
            self.context.verify_mode = ssl.CERT_REQUIRED
            self.context.maximum_version = newest
        one = socket.create_server(("127.0.0.1", 0))
        self.port = one.getsockname()[1]
        for listening in (one, socket.create_server(("127.0.0.2", self.port))):
            threading.Thread(target=self.serve, args=(listening,), daemon=True).start()

    def serve(self, listening):
        while True:
            client, _ = listening.accept()
            try:
                if self.context:
                    self.context.wrap_socket(client, server_side=True).close()
                else:
                    client.recv(1000)
                    client.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")
                    client.close()
            except OSError:
                client.close()


class Api(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # an answer in one piece: no waiting for acknowledgements
    world = None

    def log_message(self, *_):
        pass

    def say(self, code, body, warnings=()):
        raw = json.dumps(body).encode()
        self.send_response(code)
        for text in warnings:
            self.send_header("Warning", '299 - "' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def fail(self, code, message):
        self.say(code, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "message": message})

    def do_GET(self):
        url = urlsplit(self.path)
        path, objects = unquote(url.path), self.world.objects
        for pattern, code, message in self.world.refuse:
            if re.search(pattern, path):
                return self.fail(code, message)
        if path in objects:
            return self.say(200, objects[path])
        if path.rsplit("/", 1)[1] in LISTED:
            items = [o for p, o in objects.items() if p.rsplit("/", 1)[0].endswith(path)
                     or (path.endswith("/clusters") and "/clusters/" in p)]
            for term in parse_qs(url.query).get("labelSelector", []):
                key, value = term.split("=")
                items = [o for o in items if o["metadata"].get("labels", {}).get(key) == value]
            return self.say(200, {"kind": "List", "metadata": {"resourceVersion": "1"}, "items": items})
        return self.fail(404, f"{path} not found")

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.world.posts.append((self.path, body))
        if not self.world.answer:
            self.close_connection = True
            return None
        code, message = self.world.answer
        if code == 201:
            return self.say(201, body, self.world.warnings)
        return self.fail(code, message)


class World:
    """An installation in order; cases change it."""

    def __init__(self, folder="good"):
        self.served = SERVED[folder]
        with open(os.path.join(ROOT, "deploy/kustomize/base/webhooks.yaml")) as f:
            self.configuration = yaml.safe_load(f)
        for hook in self.hooks:
            hook["clientConfig"] = copy.deepcopy(hook["clientConfig"])
            for shared in ("rules", "matchConditions", "namespaceSelector", "objectSelector"):
                if shared in hook:  # YAML's aliases are one object
                    hook[shared] = copy.deepcopy(hook[shared])
        self.refuse, self.posts, self.words, self.warnings = [], [], [], []
        self.environment = {k: v for k, v in os.environ.items() if k != "KUBERNETES_SERVICE_HOST"}
        self.answer = (422, REFUSED)
        self.now = NOW
        self.objects = {WEBHOOKS + "/backup-guard": self.configuration,
                        PLUGIN_API: {"kind": "APIResourceList", "groupVersion": "barmancloud.cnpg.io/v1", "resources": []},
                        "/version": {"major": "1", "minor": "35", "gitVersion": "v1.35.4"}}
        service = "/api/v1/namespaces/backup-guard/services/backup-guard"
        self.service = self.objects[service] = {
            "metadata": {"name": "backup-guard", "namespace": "backup-guard"},
            "spec": {"clusterIP": "127.0.0.1", "selector": {"app.kubernetes.io/name": "backup-guard"},
                     "ports": [{"name": "webhook", "port": self.served.port, "targetPort": "webhook"}]}}
        self.slice = self.objects["/apis/discovery.k8s.io/v1/namespaces/backup-guard/endpointslices/backup-guard-x"] = {
            "metadata": {"name": "backup-guard-x", "labels": {"kubernetes.io/service-name": "backup-guard"}},
            "ports": [{"name": "webhook", "port": 8443}],
            "endpoints": [{"addresses": ["10.1.0.1"], "conditions": {"ready": True}},
                          {"addresses": ["10.1.0.2"], "conditions": {"ready": True}}]}
        for name, labels in {"backup-guard": {}, "cnpg-system": {}, "kube-system": {}, "default": {},
                             "shop": {"backup-guard.io/mode": "enforce"}}.items():
            self.namespace(name, **labels)
        self.cluster("shop", "db")
        with open(os.path.join(ROOT, "deploy/kustomize/base/deployment.yaml")) as f:
            self.deployment(next(yaml.safe_load_all(f)))
        self.role("cluster-admin", {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]})
        self.bind("cluster-admin", {"kind": "Group", "name": "system:masters"})
        self.role("system:controller:x", {"apiGroups": ["*"], "resources": ["*"], "verbs": ["delete"]})
        self.bind("system:controller:x", {"kind": "ServiceAccount", "name": "x", "namespace": "kube-system"},
                  labels={"kubernetes.io/bootstrapping": "rbac-defaults"})
        self.pki(folder)
        self.objects["/api/v1/namespaces/backup-guard/configmaps/backup-guard-policy"] = self.policy_map = {
            "data": {"policy.yaml": "apiVersion: backup-guard.io/v1alpha1\nkind: BackupPolicy\nmetadata: {name: c}\n"
                                    "spec: {profile: generic}\n"}}

    def pki(self, folder):
        """Certificates of a folder everywhere."""
        for hook in self.hooks:
            hook["clientConfig"]["service"]["port"] = self.served.port
        self.bundle(read(at(folder, "ca.crt")))
        self.secret = self.objects["/api/v1/namespaces/backup-guard/secrets/backup-guard-tls"] = {
            "data": {f: b64(read(at(folder, f))) for f in ("tls.crt", "tls.key")}}

    @property
    def hooks(self):
        return self.configuration["webhooks"]

    def hook(self, name):
        return next(h for h in self.hooks if h["name"] == name + ".backup-guard.io")

    def applied(self):
        """As kubectl leaves it behind."""
        self.configuration["metadata"]["annotations"] = {
            "kubectl.kubernetes.io/last-applied-configuration": json.dumps(self.configuration)}

    def bundle(self, pem):
        for hook in self.hooks:
            hook["clientConfig"]["caBundle"] = b64(pem)

    def policy(self, more):
        """The policy in the ConfigMap says this, too."""
        data = self.policy_map["data"]
        data["policy.yaml"] = data["policy.yaml"].replace("profile: generic", f"profile: generic, {more}")

    def namespace(self, name, **labels):
        self.objects["/api/v1/namespaces/" + name] = {
            "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name, **labels}}}

    def deployment(self, deployment):
        template = deployment["spec"]["template"]
        template.setdefault("metadata", {}).setdefault("labels", {})["app.kubernetes.io/name"] = "backup-guard"
        self.objects["/apis/apps/v1/namespaces/backup-guard/deployments/backup-guard"] = deployment
        self.container, self.volumes = template["spec"]["containers"][0], template["spec"]["volumes"]

    def role(self, name, *rules, namespace=None):
        where = f"{RBAC}/namespaces/{namespace}/roles/" if namespace else RBAC + "/clusterroles/"
        self.objects[where + name] = {"metadata": {"name": name}, "rules": list(rules)}

    def bind(self, role, *subjects, namespace=None, kind="ClusterRole", labels=None):
        where = f"{RBAC}/namespaces/{namespace}/rolebindings/" if namespace else RBAC + "/clusterrolebindings/"
        self.objects[where + role] = {"metadata": {"name": role, "labels": labels or {}},
                                      "roleRef": {"kind": kind, "name": role}, "subjects": list(subjects)}

    def url(self, port=None, host="127.0.0.2"):
        """Called at a URL instead of a Service."""
        for hook in self.hooks:
            client = hook["clientConfig"]
            client["url"] = f"https://{host}:{port or self.served.port}{client.pop('service')['path']}"

    def cluster(self, namespace, name):
        self.objects[f"/apis/postgresql.cnpg.io/v1/namespaces/{namespace}/clusters/{name}"] = {
            "metadata": {"name": name, "namespace": namespace},
            "spec": {"plugins": [{"name": "barman-cloud.cloudnative-pg.io"}]}}

    def doctor(self, *words):
        Api.world = self
        return subprocess.run([GUARD, "doctor", "--kubeconfig", at("kubeconfig"), "--now",
                               self.now.strftime("%Y-%m-%dT%H:%M:%SZ"), *self.words, *words],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env=self.environment)


make("good", f"DNS:{HOST}")
make("another", f"DNS:{HOST}")
make("short-ca", f"DNS:{HOST}", ca_days=30)
make("other-name", "DNS:other.backup-guard.svc")
make("common-name")
make("wildcard", "DNS:*.backup-guard.svc")
make("address", "IP:127.0.0.2")
make("nameless", common_name="somebody")
make("client", f"DNS:{HOST}", usage="clientAuth")
make("other-ca", ca="another CA")
SERVED = {name: Served(name) for name in ("good", "short-ca", "other-name", "common-name", "wildcard", "address", "nameless", "client")}
SERVED["http"] = Served(None)
SERVED["mtls"] = Served("good", at("good", "ca.crt"), ssl.TLSVersion.TLSv1_3)
SERVED["mtls-1.2"] = Served("good", at("good", "ca.crt"), ssl.TLSVersion.TLSv1_2)
for alias in ("http", "mtls", "mtls-1.2"):
    os.symlink(at("good"), at(alias))
API = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
threading.Thread(target=API.serve_forever, daemon=True).start()
with open(at("kubeconfig"), "w") as out:
    out.write(f"""apiVersion: v1
kind: Config
clusters: [{{name: c, cluster: {{server: "http://127.0.0.1:{API.server_port}"}}}}]
users: [{{name: u, user: {{token: t}}}}]
contexts: [{{name: c, context: {{cluster: c, user: u}}}}]
current-context: c
""")
