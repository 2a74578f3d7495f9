"""Planted mistakes for run.py that are seldom: paths of another mode, other webhooks, odd addresses and certificates, what cannot be
read, and many holders of one right."""
from world import MUTATING, WEBHOOKS, at, read

OURS = {"apiGroups": ["postgresql.cnpg.io"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["scheduledbackups"]}
THEIRS = {"apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["deployments"]}


def add(case):
    add_modes(case)
    add_others(case)
    add_addresses(case)
    add_certificates(case)
    add_unread(case)


def send(w, name, path):
    for hook in w.hooks:
        if hook["name"].removesuffix(".backup-guard.io") in (name, name + "-open", "secrets-" + name):
            hook["clientConfig"]["service"]["path"] = path


def add_modes(case):
    @case("what is enforced is sent to the path that warns", (
        "path", "warn", "namespaces of mode enforce are sent to /validate/warn: nobody is refused anything there",
        "path: /validate - unless the milder one is meant"), code=0)
    def _(w):
        send(w, "enforce", "/validate/warn")

    @case("what should warn is sent to the path that audits", code=0, info=[
        ("path", "namespaces of mode warn are sent to /validate/audit: nobody is refused anything there")])
    def _(w):
        send(w, "warn", "/validate/audit")

    @case("what should be audited is sent to the path that refuses", code=0, info=[
        ("path", "namespaces of mode audit are judged as of mode enforce: the label is not heeded")])
    def _(w):
        send(w, "audit", "/validate")

    @case("a label that must not be there is", ("namespaces", "error", "shop: has Clusters, and no webhook selects it: nobody is asked",
                                                "the labels of the namespace"), info=[("namespaces", "1 namespace with Clusters: 1 not asked")])
    def _(w):
        for name in ("enforce", "enforce-open", "secrets-enforce"):
            w.hook(name)["namespaceSelector"]["matchExpressions"].append({"key": "team", "operator": "DoesNotExist"})
        w.namespace("shop", team="a", **{"backup-guard.io/mode": "enforce"})

    @case("a label that must not be there is not", code=0, info=[("namespaces", "1 namespace with Clusters: 1 enforce")])
    def _(w):
        for name in ("enforce", "enforce-open", "secrets-enforce"):
            w.hook(name)["namespaceSelector"]["matchExpressions"].append({"key": "team", "operator": "DoesNotExist"})


def other(w, path, rule):
    w.objects[path + "/other"] = {"metadata": {"name": "other"}, "webhooks": [
        {"name": "v.example.com", "rules": [THEIRS, rule], "clientConfig": {"service": {"name": "v", "namespace": "v"}}}]}


def add_others(case):
    for path, told in ((WEBHOOKS, "is asked about the same kinds as well"), (MUTATING, "changes the same kinds before they are judged")):
        @case(f"another webhook: {told}", code=0, info=[("others", "other/v.example.com: " + told)])
        def _(w, path=path):
            other(w, path, OURS)

        @case(f"or about other kinds alone, not: {told}", code=0, info=[("others", "nobody else is asked")])
        def _(w, path=path):
            other(w, path, THEIRS)

    @case("others may not be listed", code=0, info=[("others", "mutatingwebhookconfigurations: 403")])
    def _(w):
        w.refuse = [("/mutatingwebhookconfigurations$", 403, "is forbidden")]


def without_port(w, host):
    for hook in w.hooks:
        hook["clientConfig"]["url"] = "https://" + host + hook["clientConfig"].pop("service")["path"]


def add_addresses(case):
    @case("a URL of IPv6", code=0, folder="address", info=[("certificate", "::1:1 cannot be reached from here")])
    def _(w):
        w.url(host="[::1]", port=1)

    @case("a URL without a port is of HTTPS", code=0, folder="address", info=[("certificate", "127.0.0.2:443 cannot be reached from here")])
    def _(w):
        without_port(w, "127.0.0.2")

    @case("of IPv6, too", code=0, folder="address", info=[("certificate", "::1:443 cannot be reached from here")])
    def _(w):
        without_port(w, "[::1]")

    @case("so is a Service without one", code=0, info=[("certificate", "backup-guard.backup-guard.svc:443 cannot be reached from here")])
    def _(w):
        for hook in w.hooks:
            del hook["clientConfig"]["service"]["port"]
        w.service["spec"]["ports"][0]["port"] = 443

    @case("a URL that names nobody", ("path", "error", "warn.backup-guard.io: path is /x, which is answered with 404", ""),
          ("ca-bundle", "error", "warn.backup-guard.io: caBundle is empty", ""), more=True)
    def _(w):
        w.hook("warn")["clientConfig"] = {"url": "https:///x"}


def add_certificates(case):
    @case("a certificate of no name at all", (
        "certificate", "error", "x509: certificate is not valid for any names, but wanted to match backup-guard.backup-guard.svc", ""), folder="nameless")
    def _(w):
        pass

    @case("a certificate of a client", ("certificate", "error", "x509: certificate specifies an incompatible key usage", ""), folder="client")
    def _(w):
        pass

    @case("of a CA of another name nothing more is said", (
        "certificate", "error", "what is served: x509: certificate signed by unknown authority", 'x509: certificate signed by unknown authority\n'))
    def _(w):
        w.bundle(read(at("other-ca", "ca.crt")))

    @case("the caBundle is no base64", ("ca-bundle", "error", "warn.backup-guard.io: caBundle is not base64", "caBundle: base64 of ca.crt"))
    def _(w):
        w.hook("warn")["clientConfig"]["caBundle"] = "%%%"


def add_unread(case):
    @case("what was applied last is no JSON", ("drift", "warn", "what was applied last cannot be read", ""), code=0)
    def _(w):
        w.configuration["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": "{"}

    @case("nobody answers the write", ("refusal", "unknown", "shop: ", ""), code=3)
    def _(w):
        w.answer = None

    @case("of a version that is not known nothing is missing", code=0)
    def _(w):
        w.objects["/version"] = {"major": "2", "minor": "26", "gitVersion": "v2.26.0"}

    @case("a namespace that is not listed is tried as one that is enforced", (
        "refusal", "error", "nowhere: a wrong ScheduledBackup was accepted", ""))
    def _(w):
        w.words = ["--namespace", "nowhere"]
        w.answer = (201, "")


def hold(w):
    """Twenty may change everything, each by two bindings."""
    for i in range(20):
        for role in ("all", "more"):
            w.role(f"{role}-{i}", {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]})
            w.bind(f"{role}-{i}", {"kind": "User", "name": f"u{i:02}"})


def are_held(text):
    return text.count(" access: User u00, User u01, User u02 and 17 more: may change ") == 3
