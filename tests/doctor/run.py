#!/usr/bin/env python3
"""doctor against an API server of our own on loopback: one installation that is in order, and what may be
wrong with one, planted one at a time. Each has to be found, in its words, with its remedy, and nothing else.

  tests/doctor/run.py BACKUP-GUARD [WORDS]   only cases with WORDS in their title
"""
import base64
import copy
import datetime
import http.server
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
from urllib.parse import parse_qs, unquote, urlsplit

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GUARD, ONLY = os.path.abspath(sys.argv[1]), " ".join(sys.argv[2:])
TMP = tempfile.TemporaryDirectory()
HOST = "backup-guard.backup-guard.svc"
NOW = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=10)  # the certificates are made now
REFUSED = ('admission webhook "enforce.backup-guard.io" denied the request: ScheduledBackup shop/backup-guard-doctor: '
           "spec.pluginConfiguration.name: method is plugin, but no plugin is named [scheduled-backup-plugin-config-missing]")
WEBHOOKS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
MUTATING = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"


def at(*names):
    return os.path.join(TMP.name, *names)


def read(path):
    with open(path) as f:
        return f.read()


def days(n):
    return NOW + datetime.timedelta(days=n)


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make(name, san=None, ca_days=3650, leaf_days=825, common_name=HOST):
    """A CA and a serving certificate, not by the program under test."""
    os.makedirs(at(name))
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", str(ca_days),
            "-subj", "/CN=backup-guard CA", "-keyout", at(name, "ca.key"), "-out", at(name, "ca.crt"))
    with open(at(name, "ext"), "w") as f:
        f.write("extendedKeyUsage=serverAuth\n" + (f"subjectAltName={san}\n" if san else ""))
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={common_name}",
            "-keyout", at(name, "tls.key"), "-out", at(name, "csr"))
    openssl("x509", "-req", "-in", at(name, "csr"), "-CA", at(name, "ca.crt"), "-CAkey", at(name, "ca.key"),
            "-days", str(leaf_days), "-extfile", at(name, "ext"), "-out", at(name, "tls.crt"))


def b64(text):
    return base64.b64encode(text.encode()).decode()


class Served:
    """What stands behind the Service's address: shakes hands and leaves."""

    def __init__(self, folder):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if folder else None
        if folder:
            self.context.load_cert_chain(at(folder, "tls.crt"), at(folder, "tls.key"))
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client, _ = self.socket.accept()
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

    def say(self, code, body):
        raw = json.dumps(body).encode()
        self.send_response(code)
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
        if path.rsplit("/", 1)[1] in ("namespaces", "clusters", "endpointslices", "validatingwebhookconfigurations",
                                      "mutatingwebhookconfigurations"):
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
        code, message = self.world.answer
        if code == 201:
            return self.say(201, body)
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
        self.refuse, self.posts, self.words = [], [], []
        self.answer = (422, REFUSED)
        self.now = NOW
        self.objects = {WEBHOOKS + "/backup-guard": self.configuration}
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

    def bundle(self, pem):
        for hook in self.hooks:
            hook["clientConfig"]["caBundle"] = b64(pem)

    def namespace(self, name, **labels):
        self.objects["/api/v1/namespaces/" + name] = {
            "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name, **labels}}}

    def cluster(self, namespace, name):
        self.objects[f"/apis/postgresql.cnpg.io/v1/namespaces/{namespace}/clusters/{name}"] = {
            "metadata": {"name": name, "namespace": namespace}}

    def doctor(self, *words):
        Api.world = self
        return subprocess.run([GUARD, "doctor", "--kubeconfig", at("kubeconfig"), "--now",
                               self.now.strftime("%Y-%m-%dT%H:%M:%SZ"), *self.words, *words],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env={k: v for k, v in os.environ.items() if k != "KUBERNETES_SERVICE_HOST"})


CASES = []


def case(title, *found, code=None, folder="good"):
    """`found`: (check, level, text in where or message, text in says or fix) of everything milder than info. A
    planted mistake is found, and nothing is found that was not planted."""
    def keep(plant):
        CASES.append((title, found, code, folder, plant))
        return plant
    return keep


FAILED = 'Internal error occurred: failed calling webhook "enforce.backup-guard.io": failed to call webhook: Post "https://'


@case("an installation in order has nothing wrong", code=0)
def _(w):
    pass


# --- the configuration

@case("the configuration is missing", ("configuration", "error", "there is no ValidatingWebhookConfiguration backup-guard",
                                       "kubectl apply -k"))
def _(w):
    del w.objects[WEBHOOKS + "/backup-guard"]


@case("the configuration has no webhooks", ("configuration", "error", "has no webhooks", "kubectl apply -k"))
def _(w):
    w.hooks.clear()


@case("Clusters are not sent", ("rules", "error", "a namespace of mode enforce: nobody is asked about CREATE, UPDATE of clusters",
                                "a rule for it"))
def _(w):
    open_rules = w.hook("enforce-open")["rules"]
    open_rules.remove(next(r for r in open_rules if r["resources"] == ["clusters"]))


@case("no webhook sends Clusters, whatever the mode", (
    "rules", "error", "a namespace of mode enforce, a namespace without the label backup-guard.io/mode, a namespace of mode audit",
    "a rule for it"))
def _(w):
    for hook in w.hooks:
        hook["rules"] = [r for r in hook["rules"] if r["resources"] != ["clusters"]]


@case("a webhook is missing", ("rules", "error", "CREATE of scheduledbackups; CREATE, UPDATE of objectstores", "a rule for it"),
      ("refusal", "error", "shop: a wrong ScheduledBackup was accepted", ""))
def _(w):
    w.answer = (201, "")
    w.hooks.remove(w.hook("enforce"))


@case("nothing is asked where there is no label", ("rules", "warn", "no webhook is for it", ""), code=0)
def _(w):
    w.hooks.remove(w.hook("warn"))
    w.hooks.remove(w.hook("secrets-warn"))


@case("DELETE is missing", ("rules", "error", "nobody is asked about DELETE of objectstores", "a rule for it"))
def _(w):
    open_rules = w.hook("enforce-open")["rules"]
    open_rules.remove(next(r for r in open_rules if r["resources"] == ["objectstores"]))


@case("another version is sent", ("rules", "error", "nobody is asked about CREATE of backups", "a rule for it"))
def _(w):
    next(r for r in w.hook("enforce-open")["rules"] if r["resources"] == ["backups"])["apiVersions"] = ["v2"]


@case("labelled Secrets are not sent", ("rules", "warn", "CREATE, UPDATE, DELETE of secrets", "a rule for it"), code=0)
def _(w):
    w.hooks.remove(w.hook("secrets-enforce"))


@case("status is sent, failing closed", ("rules", "error", "enforce.backup-guard.io: is also asked about UPDATE of "
                                         "scheduledbackups/status (postgresql.cnpg.io)", "an outage of the webhook would stop it"))
def _(w):
    w.hook("enforce")["rules"].append({"apiGroups": ["postgresql.cnpg.io"], "apiVersions": ["v1"], "operations": ["UPDATE"],
                                       "resources": ["scheduledbackups/status"]})


@case("everything is sent", ("rules", "warn", "warn.backup-guard.io: is also asked about * of */* (*)", "leave it out of rules"),
      ("selectors", "warn", "every one of secrets", ""), ("selectors", "warn", "every one of externalsecrets", ""), code=0)
def _(w):
    w.hook("warn")["rules"] = [{"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["*"], "resources": ["*/*"]}]


@case("a Cluster's UPDATE fails closed", ("failure-policy", "error", "enforce-open.backup-guard.io: fails closed on UPDATE of "
                                          "clusters: an outage of the webhook stops the operator's own writes, so no failover",
                                          "failurePolicy: Ignore"))
def _(w):
    hook = copy.deepcopy(w.hook("enforce-open"))
    hook["rules"] = [r for r in hook["rules"] if r["resources"] == ["clusters"]]
    hook["failurePolicy"] = "Fail"
    w.hook("enforce-open")["rules"] = [r for r in w.hook("enforce-open")["rules"] if r["resources"] != ["clusters"]]
    w.hooks.append(hook)


@case("a Cluster's CREATE may fail closed", code=0)
def _(w):
    hook = copy.deepcopy(w.hook("enforce"))
    hook["rules"] = [{**hook["rules"][0], "resources": ["clusters"], "operations": ["CREATE"]}]
    w.hooks.append(hook)


@case("DELETE fails closed", ("failure-policy", "error", "fails closed on DELETE of objectstores: an outage of the webhook stops a "
                              "deletion, so that its namespace could not go", "failurePolicy: Ignore"))
def _(w):
    w.hook("enforce")["rules"][1]["operations"].append("DELETE")


@case("failurePolicy that is absent fails closed", (
    "failure-policy", "error", "secrets-audit.backup-guard.io: fails closed on CREATE of secrets", "failurePolicy: Ignore"),
    ("failure-policy", "error", "fails closed on UPDATE of secrets", ""),
    ("failure-policy", "error", "fails closed on DELETE of secrets", ""),
    ("failure-policy", "error", "fails closed on CREATE of externalsecrets", ""),
    ("failure-policy", "error", "fails closed on UPDATE of externalsecrets", ""),
    ("failure-policy", "error", "fails closed on DELETE of externalsecrets", ""))
def _(w):
    del w.hook("secrets-audit")["failurePolicy"]


@case("nothing fails closed", ("failure-policy", "warn", "CREATE of scheduledbackups fails open", "failurePolicy: Fail"),
      ("failure-policy", "warn", "CREATE of objectstores fails open", ""),
      ("failure-policy", "warn", "UPDATE of objectstores fails open", ""), code=0)
def _(w):
    w.hook("enforce")["failurePolicy"] = "Ignore"


@case("a call may take 30 s", ("timeout", "error", "enforce.backup-guard.io, warn.backup-guard.io: timeoutSeconds is 30",
                               "timeoutSeconds: 5"))
def _(w):
    w.hook("enforce")["timeoutSeconds"] = w.hook("warn")["timeoutSeconds"] = 30


@case("a call takes the API server's default", ("timeout", "warn", "audit.backup-guard.io: timeoutSeconds is 10",
                                                "timeoutSeconds: 5"), code=0)
def _(w):
    del w.hook("audit")["timeoutSeconds"]


@case("one name may end as another", ("timeout", "error", "secrets-warn.backup-guard.io, warn.backup-guard.io: timeoutSeconds is 30", ""))
def _(w):
    w.hooks.append(w.hooks.pop(w.hooks.index(w.hook("warn"))))
    w.hook("secrets-warn")["timeoutSeconds"] = w.hook("warn")["timeoutSeconds"] = 30


@case("side effects are claimed", ("side-effects", "error", "enforce.backup-guard.io: sideEffects is Some", "sideEffects: None"))
def _(w):
    w.hook("enforce")["sideEffects"] = "Some"


@case("only this version is matched", ("match-policy", "warn", "matchPolicy is Exact", "matchPolicy: Equivalent"), code=0)
def _(w):
    w.hook("enforce")["matchPolicy"] = "Exact"


@case("no common AdmissionReview", ("review-versions", "error", "admissionReviewVersions has none", "[v1]"))
def _(w):
    w.hook("enforce")["admissionReviewVersions"] = ["v2"]


@case("the path is a mutating one", ("path", "error", "enforce.backup-guard.io: path is /mutate, which is answered with 404",
                                     "/validate"),
      ("refusal", "error", "nobody can write there: the call of enforce.backup-guard.io fails", "log of the pods"))
def _(w):
    w.hook("enforce")["clientConfig"]["service"]["path"] = "/mutate"
    w.answer = (500, FAILED + 'x/mutate?timeout=5s": the server could not find the requested resource')


@case("everything is sent to the audit path", ("path", "warn", "namespaces of mode enforce are sent to /validate/audit: nobody is refused",
                                               "path: /validate"),
      ("refusal", "warn", "no namespace is of mode enforce", "kubectl label namespace NAME backup-guard.io/mode=enforce"), code=0)
def _(w):
    for hook in w.hooks:
        hook["failurePolicy"] = "Ignore"
        hook["clientConfig"]["service"]["path"] = "/validate/audit"


# --- who is selected

@case("namespaceSelector selects nothing", (
    "selectors", "error", "enforce.backup-guard.io: namespaceSelector leaves a namespace of mode enforce out, and every namespace that "
    "there is", "namespaceSelector as shipped"),
    ("namespaces", "error", "shop: has Clusters, and no webhook selects it", "namespaceSelector"),
    ("refusal", "warn", "no namespace is of mode enforce", ""))
def _(w):
    for name in ("enforce", "enforce-open", "secrets-enforce"):
        w.hook(name)["namespaceSelector"]["matchExpressions"].append({"key": "none", "operator": "Exists"})


@case("namespaceSelector takes other namespaces than those with Clusters", (
    "selectors", "warn", "namespaceSelector leaves a namespace of mode enforce out", ""),
    ("namespaces", "error", "shop: has Clusters, and no webhook selects it: nobody is asked", "labels of the namespace"),
    ("refusal", "error", "default: a wrong ScheduledBackup was accepted", ""))
def _(w):
    w.namespace("default", team="a")
    for name in ("enforce", "enforce-open", "secrets-enforce"):
        w.hook(name)["namespaceSelector"] = {"matchLabels": {"team": "a"}}
    w.answer = (201, "")


@case("namespaceSelector names the namespace", ("namespaces", "warn", "shop: has Clusters, and namespaceSelector leaves it out by its name",
                                                "another namespace"),
      ("refusal", "warn", "no namespace is of mode enforce", ""), code=0)
def _(w):
    for hook in w.hooks:
        hook["namespaceSelector"]["matchExpressions"][0]["values"].append("shop")


@case("it fails closed where it runs itself", (
    "selectors", "warn", "fails closed in namespace backup-guard as well", "NotIn that namespace"),
    ("selectors", "warn", "fails closed in namespace cnpg-system as well", ""),
    ("selectors", "warn", "fails closed in namespace kube-system as well", ""), code=0)
def _(w):
    del w.hook("enforce")["namespaceSelector"]["matchExpressions"][0]


@case("objectSelector hides what has no label", (
    "selectors", "error", "enforce.backup-guard.io: objectSelector: only scheduledbackups with its labels are sent", "no objectSelector"),
    ("selectors", "error", "objectSelector: only objectstores with its labels are sent", ""),
    ("refusal", "error", "shop: a wrong ScheduledBackup was accepted", ""))
def _(w):
    w.answer = (201, "")
    w.hook("enforce")["objectSelector"] = {"matchLabels": {"checked": "yes"}}


@case("every Secret is sent", ("selectors", "warn", "secrets-warn.backup-guard.io: no objectSelector: every one of secrets", "matchLabels"),
      ("selectors", "warn", "every one of externalsecrets", ""), code=0)
def _(w):
    del w.hook("secrets-warn")["objectSelector"]


@case("a condition that nobody knows", ("conditions", "warn", "matchConditions: 'not-bob' is not as shipped; nobody is asked unless "
                                        "request.userInfo.username != 'bob'", "leave it out"), code=0)
def _(w):
    w.hook("enforce")["matchConditions"].append({"name": "not-bob", "expression": "request.userInfo.username != 'bob'"})


@case("a condition that says something else", ("conditions", "warn", "'changed' is not as shipped; nobody is asked unless false", ""), code=0)
def _(w):
    w.hook("enforce")["matchConditions"][2]["expression"] = "false"


@case("deletions are held up", ("conditions", "warn", "enforce.backup-guard.io: fails closed without the condition not-terminating",
                                "matchConditions as shipped"), code=0)
def _(w):
    del w.hook("enforce")["matchConditions"][0]


@case("a namespace with Clusters is opted out", ("namespaces", "warn", "blog: has Clusters, and is opted out by its label "
                                                 "backup-guard.io/mode=off", "kubectl label namespace"), code=0)
def _(w):
    w.namespace("blog", **{"backup-guard.io/mode": "off"})
    w.cluster("blog", "db")


@case("the opt-out fails a strict run", ("namespaces", "warn", "blog", ""), code=1)
def _(w):
    w.namespace("blog", **{"backup-guard.io/mode": "off"})
    w.cluster("blog", "db")
    w.words = ["--fail-on", "warn"]


@case("a label is misspelt", ("namespaces", "warn", "blog: its label backup-guard.io/mode=enfroce is no mode: it is judged as of mode warn",
                              "enforce, warn, audit or off"), code=0)
def _(w):
    w.namespace("blog", **{"backup-guard.io/mode": "enfroce"})


@case("no namespace is enforced", ("refusal", "warn", "no namespace is of mode enforce", "kubectl label namespace"), code=0)
def _(w):
    w.namespace("shop")


# --- the way to the pods

@case("the Service is missing", ("service", "error", "Service backup-guard/backup-guard does not exist",
                                 'service "backup-guard" not found'))
def _(w):
    del w.objects["/api/v1/namespaces/backup-guard/services/backup-guard"]


@case("the Service has another port", ("service", "error", "has no port", 'found for service "backup-guard"'))
def _(w):
    w.service["spec"]["ports"][0]["port"] = 444


@case("the Service selects nothing", ("service", "warn", "Service backup-guard/backup-guard selects no pods", "spec.selector"), code=0)
def _(w):
    del w.service["spec"]["selector"]


@case("the Service has no endpoints", ("endpoints", "error", "no address that is ready; no pod has the labels of its selector",
                                       'no endpoints available for service "backup-guard"'))
def _(w):
    w.slice["endpoints"] = None


@case("no endpoint is ready", ("endpoints", "error", "no address that is ready; none of its pods is", "kubectl -n backup-guard get pods"))
def _(w):
    for endpoint in w.slice["endpoints"]:
        endpoint["conditions"]["ready"] = False


@case("the pods have no such port", ("endpoints", "error", "its pods have no port of the name of targetPort", ""))
def _(w):
    w.slice["ports"] = [{"name": "health", "port": 8080}]


@case("the Service leads to plain HTTP", ("certificate", "error", "does not speak TLS",
                                          "http: server gave HTTP response to HTTPS client"), folder="http")
def _(w):
    pass


@case("what is served cannot be reached from here", code=0)
def _(w):
    with socket.socket() as s:  # bound, and nobody listens
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    w.service["spec"]["ports"][0]["port"] = port
    for hook in w.hooks:
        hook["clientConfig"]["service"]["port"] = port


@case("where nothing can be reached the Secret is looked at", (
    "secret", "error", "the API server refuses the certificate in the Secret: x509: certificate is valid for other.backup-guard.svc, not "
    + HOST, "x509: certificate is valid for"), folder="other-name")
def _(w):
    w.service["spec"]["clusterIP"] = "127.0.0.9"


# --- certificates

@case("the caBundle is of another CA", (
    "certificate", "error", "what is served: x509: certificate signed by unknown authority",
    "tls: failed to verify certificate: x509: certificate signed by unknown authority (possibly because of \"x509: ECDSA verification "
    "failure\" while trying to verify candidate authority certificate \"backup-guard CA\")"))
def _(w):
    w.bundle(read(at("another", "ca.crt")))


@case("one caBundle of many is of another CA", (
    "certificate", "error", "audit.backup-guard.io: the API server refuses what is served: x509: certificate signed by unknown",
    'failed calling webhook "audit.backup-guard.io"'))
def _(w):
    w.hook("audit")["clientConfig"]["caBundle"] = b64(read(at("another", "ca.crt")))


@case("two CAs in the caBundle are fine", code=0)
def _(w):
    w.bundle(read(at("another", "ca.crt")) + read(at("good", "ca.crt")))


@case("the caBundle is empty", ("ca-bundle", "error", "caBundle is empty", "x509: certificate signed by unknown authority"))
def _(w):
    for hook in w.hooks:
        del hook["clientConfig"]["caBundle"]


@case("the caBundle is no PEM", ("ca-bundle", "error", "caBundle: no certificate in it", "base64 of ca.crt"),
      ("certificate", "error", "unknown authority", ""))
def _(w):
    w.bundle("nothing")


@case("the caBundle holds the serving certificate", ("ca-bundle", "warn", "holds a serving certificate and no CA", "the CA that signs it"),
      code=0)
def _(w):
    w.bundle(read(at("good", "tls.crt")))


@case("the certificate has expired", (
    "certificate", "error", "what is served: x509: certificate has expired or is not yet valid: current time",
    FAILED), ("secret", "error", "expired at", ""))
def _(w):
    w.now = days(900)


@case("the certificate ends in ten days", ("certificate", "warn", "what is served ends at", "renew it"), code=0)
def _(w):
    w.now = days(815)


@case("the CA ends in ten days", ("ca-bundle", "warn", "'CN=backup-guard CA' ends at", "a new CA beside it"), folder="short-ca", code=0)
def _(w):
    w.now = days(20)


@case("the CA has ended", ("ca-bundle", "warn", "ended at", ""), ("ca-bundle", "error", "every certificate in it has expired", ""),
      ("certificate", "error", "x509: certificate has expired or is not yet valid", "is after"), folder="short-ca")
def _(w):
    w.now = days(40)


@case("the certificate has another name", (
    "certificate", "error", f"x509: certificate is valid for other.backup-guard.svc, not {HOST}", "certs init DIR NAME.NAMESPACE.svc"),
    folder="other-name")
def _(w):
    pass


@case("the certificate has only a common name", (
    "certificate", "error", "x509: certificate relies on legacy Common Name field, use SANs instead", "subject alternative names"),
    ("secret", "error", "has no subject alternative name", ""), folder="common-name")
def _(w):
    pass


@case("a wildcard takes one label", code=0, folder="wildcard")
def _(w):
    pass


@case("the Secret's key is of another certificate", ("secret", "error", "the key does not belong to the certificate",
                                                     "of one and the same certificate"))
def _(w):
    w.secret["data"]["tls.key"] = b64(read(at("another", "tls.key")))


@case("the pods serve an old certificate", ("secret", "warn", "holds another certificate than is served", "log of the pods"), code=0)
def _(w):
    for name in ("tls.crt", "tls.key"):
        w.secret["data"][name] = b64(read(at("another", name)))


@case("the Secret holds none", ("secret", "error", "has no tls.crt and tls.key", "kubernetes.io/tls"))
def _(w):
    w.secret["data"] = {}


# --- policy, others, drift

@case("the policy cannot be read", ("policy", "error", "policy.yaml:3:", "policy check"))
def _(w):
    w.policy_map["data"]["policy.yaml"] = "apiVersion: backup-guard.io/v1alpha1\nkind: BackupPolicy\nspecs: {}\n"


@case("the policy exempts a namespace with Clusters", ("policy", "warn", "shop: has Clusters, and spec.exempt", ""), code=0)
def _(w):
    w.policy_map["data"]["policy.yaml"] = w.policy_map["data"]["policy.yaml"].replace(
        "profile: generic", "profile: generic, exempt: {namespaces: [shop]}")


@case("the mode of the policy is milder than the label", ("policy", "warn", "shop: is labelled enforce, but the mode of the policy for it is "
                                                          "warn", ""), code=0)
def _(w):
    w.policy_map["data"]["policy.yaml"] = w.policy_map["data"]["policy.yaml"].replace("profile: generic", "profile: generic, mode: warn")


@case("a mutating webhook calls the Service", ("others", "error", "wrong/m.example.com: a mutating webhook calls the Service",
                                               "kubectl delete mutatingwebhookconfiguration"))
def _(w):
    w.objects[MUTATING + "/wrong"] = {"metadata": {"name": "wrong"}, "webhooks": [
        {"name": "m.example.com", "clientConfig": {"service": {"name": "backup-guard", "namespace": "backup-guard"}}}]}


@case("a second configuration calls the Service", ("others", "warn", "old/v.example.com: calls the same Service", "kubectl delete"), code=0)
def _(w):
    w.objects[WEBHOOKS + "/old"] = {"metadata": {"name": "old"}, "webhooks": [
        {"name": "v.example.com", "clientConfig": {"service": {"name": "backup-guard", "namespace": "backup-guard"}}}]}


@case("what was applied was changed", ("drift", "warn", "webhooks[0].timeoutSeconds is 3, and was applied as 5", "apply it again"),
      ("drift", "warn", 'webhooks[2].failurePolicy is absent, and was applied as "Ignore"', ""),
      ("failure-policy", "error", "", ""), code=1)
def _(w):
    w.configuration["metadata"]["annotations"] = {
        "kubectl.kubernetes.io/last-applied-configuration": json.dumps(w.configuration)}
    w.bundle(read(at("another", "ca.crt")) + read(at("good", "ca.crt")))
    w.hook("enforce")["timeoutSeconds"] = 3
    del w.hook("warn")["failurePolicy"]


# --- the write that has to be refused

@case("a wrong write is accepted", ("refusal", "error", "shop: a wrong ScheduledBackup was accepted", "log and the metrics"))
def _(w):
    w.answer = (201, "")


for text, fix in (("dial tcp 10.0.0.1:443: connect: connection refused", "no pod listens there"),
                  ("tls: failed to verify certificate: x509: certificate has expired or is not yet valid", "renew"),
                  ("context deadline exceeded", "NetworkPolicy"),
                  ('no endpoints available for service "backup-guard"', "no pod is ready")):
    @case(f"the API server says: {text}", ("refusal", "error", "shop: nobody can write there: the call of enforce.backup-guard.io fails", fix))
    def _(w, text=text):
        w.answer = (500, FAILED + f'{HOST}:443/validate?timeout=5s": {text}')


@case("somebody else refuses", ("refusal", "unknown", "shop: a wrong ScheduledBackup was refused by vscheduledbackup.cnpg.io", "ask again"),
      code=3)
def _(w):
    w.answer = (422, 'admission webhook "vscheduledbackup.cnpg.io" denied the request: no')


@case("nobody may create there", ("refusal", "unknown", "the write could not be tried", "the right to create"), code=3)
def _(w):
    w.answer = (403, 'scheduledbackups.postgresql.cnpg.io is forbidden: User "bob" cannot create resource')


# --- what may not be asked

@case("namespaces and Clusters may not be listed", ("namespaces", "unknown", "GET /api/v1/namespaces: 403", ""),
      ("refusal", "unknown", "no namespace is known", "--namespace NAME"), code=3)
def _(w):
    w.refuse = [("^/api/v1/namespaces$", 403, "namespaces is forbidden")]


@case("Secret and policy may not be read", code=0)
def _(w):
    w.refuse = [("/secrets/|/configmaps/", 403, "is forbidden")]


def complain(title, why, result):
    print(f"not ok - {title}\n#   {why}")
    text = result.stdout
    if text.startswith("{"):
        text = "\n".join(json.dumps(c) for c in json.loads(text)["checks"] if c["level"] not in ("ok", "info"))
    for line in (text + result.stderr).splitlines():
        print("#   " + line)
    return False


def run(title, found, code, folder, plant):
    world = World(folder)
    plant(world)
    result = world.doctor("--format", "json")
    wanted = code if code is not None else (1 if found else 0)
    if result.returncode != wanted:
        return complain(title, f"exit code {result.returncode}, not {wanted}", result)
    got = [c for c in json.loads(result.stdout)["checks"] if c["level"] not in ("ok", "info")]
    for check, level, text, remedy in found:
        hit = next((c for c in got if c["check"] == check and c["level"] == level
                    and text in f"{c['where']}: {c['message']}" and remedy in f"{c['says']}\n{c['fix']}"), None)
        if not hit:
            return complain(title, f"not found: {check} {level} '{text}' '{remedy}'", result)
        got = [c for c in got if c is not hit and not (text == "" and c["check"] == check)]
    if got:
        return complain(title, "found as well: " + json.dumps(got), result)
    for path, body in world.posts:
        if "dryRun=All" not in path or body["spec"].get("pluginConfiguration"):
            return complain(title, "wrote something: " + path, result)
    return True


def check_text():
    """What a person reads, and what exit code a script gets, when there is nobody to ask."""
    world = World()
    text = world.doctor()
    refused = World()
    refused.refuse = [("/validatingwebhookconfigurations/", 403, "is forbidden")]
    forbidden = refused.doctor()
    with open(at("nowhere"), "w") as f:
        f.write(read(at("kubeconfig")).replace(f":{API.server_port}", ":1"))
    nowhere = world.doctor("--kubeconfig", at("nowhere"))
    secret = read(at("good", "tls.key")).splitlines()[1]
    return all((
        text.returncode == 0 or complain("the text", "exit code", text),
        "a wrong write is refused: the webhook is in force (0 errors, 0 warnings)" in text.stdout
        or complain("the text ends with the verdict", "it does not", text),
        f"= says: {REFUSED}" in text.stdout or complain("the text has the API server's sentence", "it does not", text),
        all(re.match(r"(ok|info|warn|unknown|error) +[a-z-]+ +\S|  += (says|fix): |$|a wrong write", line)
            for line in text.stdout.splitlines()) or complain("each line is of a known shape", "it is not", text),
        forbidden.returncode == 3 or complain("what may not be asked exits 3", "it does not", forbidden),
        not forbidden.stdout or complain("and prints no verdict", "it does", forbidden),
        nowhere.returncode == 3 or complain("no API server exits 3", "it does not", nowhere),
        secret not in text.stdout + text.stderr or complain("the key is not shown", "it is", text),
    ))


make("good", f"DNS:{HOST}")
make("another", f"DNS:{HOST}")
make("short-ca", f"DNS:{HOST}", ca_days=30)
make("other-name", "DNS:other.backup-guard.svc")
make("common-name")
make("wildcard", "DNS:*.backup-guard.svc")
SERVED = {name: Served(name) for name in ("good", "short-ca", "other-name", "common-name", "wildcard")}
SERVED["http"] = Served(None)
os.symlink(at("good"), at("http"))
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
chosen = [c for c in CASES if ONLY in c[0]]
passed = sum(run(*c) for c in chosen)
failed = len(chosen) - passed
if not ONLY:
    failed += not check_text()
print(f"doctor: {passed} planted, {failed} failed")
sys.exit(1 if failed else 0)
