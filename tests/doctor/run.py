#!/usr/bin/env python3
"""doctor against an API server of our own on loopback: one installation that is in order, and what may be
wrong with one, planted one at a time. Each has to be found, in its words, with its remedy, and nothing else.

  tests/doctor/run.py BACKUP-GUARD [WORDS]   only cases with WORDS in their title
"""
import copy
import glob
import json
import os
import re
import shutil
import socket
import subprocess
import sys

import yaml

import seldom
from world import (API, FAILED, GUARD, HOST, MUTATING, PLUGIN_API, REFUSED, ROOT, RULE, SERVED, WEBHOOKS, World, at, b64, days, read)

ONLY = " ".join(sys.argv[2:])
CASES = []


def case(title, *found, code=None, folder="good", info=(), more=False):
    """`found`: (check, level, text in where or message, text in says or fix) of everything worse than info; `info`:
    (check, text) of what is told beside it. A planted mistake is found, and nothing is found that was not planted;
    `more`: there is more than one."""
    def keep(plant):
        CASES.append((title, found, code, folder, info, plant, more))
        return plant
    return keep




@case("an installation in order has nothing wrong", code=0)
def _(w):
    pass


# --- the configuration

@case("the configuration is missing", ("configuration", "error", "there is no ValidatingWebhookConfiguration backup-guard",
                                       "kubectl apply -f deploy/install.yaml - or -k OVERLAY, or helm upgrade, as it was installed: it ends an "
                                       "emergency off"))
def _(w):
    del w.objects[WEBHOOKS + "/backup-guard"]


@case("the configuration has no webhooks", ("configuration", "error", "has no webhooks", "kubectl apply -f deploy/install.yaml"))
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


@case("a webhook is missing", ("rules", "error", "nobody is asked about CREATE of scheduledbackups; CREATE, UPDATE of "
                                "objectstores", "a rule for it"))
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
      code=0)
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
    "failure-policy", "error", "secrets-audit.backup-guard.io: fails closed on CREATE, UPDATE, DELETE of secrets; CREATE, UPDATE, DELETE "
    "of externalsecrets: an outage of the webhook stops whatever writes such a Secret; a deletion, so that", "failurePolicy: Ignore"))
def _(w):
    del w.hook("secrets-audit")["failurePolicy"]


@case("nothing fails closed", ("failure-policy", "warn", "CREATE of scheduledbackups; CREATE, UPDATE of objectstores fail open",
                               "failurePolicy: Fail"), code=0)
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


@case("a call may take one second", (
    "timeout", "warn", "enforce.backup-guard.io: timeoutSeconds is 1: a node that is busy, or a pod that ends, takes longer, and the call "
    "fails: the write is refused", "timeoutSeconds: 5"), code=0, info=[("drift", "timeoutSeconds is 1, and is shipped as 5")])
def _(w):
    w.hook("enforce")["timeoutSeconds"] = 1


@case("one that fails open, too", ("timeout", "warn", "warn.backup-guard.io: timeoutSeconds is 1: a node that is busy, or a pod that ends, takes "
                                   "longer, and the call fails: a wrong write is accepted", ""), code=0)
def _(w):
    w.hook("warn")["timeoutSeconds"] = 1


@case("two seconds are short, and no more than drift", ("drift", "warn", "timeoutSeconds is 2, and is shipped as 5", ""), code=0)
def _(w):
    w.hook("enforce")["timeoutSeconds"] = 2


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
                                     "/validate"))
def _(w):
    w.hook("enforce")["clientConfig"]["service"]["path"] = "/mutate"
    w.answer = (500, FAILED + 'x/mutate?timeout=5s": the server could not find the requested resource')


@case("everything is sent to the audit path, as the overlay audit-only has it", code=0)
def _(w):
    for hook in w.hooks:
        hook["failurePolicy"] = "Ignore"
        hook["clientConfig"]["service"]["path"] = "/validate/audit"


# --- who is selected

@case("namespaceSelector selects nothing", (
    "selectors", "error", "secrets-enforce.backup-guard.io: namespaceSelector leaves out the namespaces of its mode, and every namespace "
    "that there is", "namespaceSelector as shipped"))
def _(w):
    for name in ("enforce", "enforce-open", "secrets-enforce"):
        w.hook(name)["namespaceSelector"]["matchExpressions"].append({"key": "none", "operator": "Exists"})


@case("namespaceSelector takes other namespaces than those with Clusters", (
    "selectors", "error", "enforce.backup-guard.io, enforce-open.backup-guard.io, secrets-enforce.backup-guard.io: namespaceSelector "
    "leaves out the namespaces of its mode", ""))
def _(w):
    w.namespace("default", team="a")
    for name in ("enforce", "enforce-open", "secrets-enforce"):
        w.hook(name)["namespaceSelector"] = {"matchLabels": {"team": "a"}}
    w.answer = (201, "")


@case("a wrong write is tried where namespaceSelector leaves it out by its name", (
    "refusal", "error", "kube-system: a wrong ScheduledBackup was accepted: nobody is asked there, namespaceSelector leaves it out by its name", "--namespace of another one"))
def _(w):
    w.words = ["--namespace", "kube-system"]
    w.answer = (201, "")


@case("and where it has Clusters", ("namespaces", "error", "kube-system: has Clusters, and namespaceSelector leaves it out by its name", ""),
      info=[("refusal", "kube-system: a wrong ScheduledBackup was accepted: nobody is asked there")])
def _(w):
    w.words = ["--namespace", "kube-system"]
    w.cluster("kube-system", "db")
    w.answer = (201, "")


@case("where it is opted out by its label", ("refusal", "error", "blog: a wrong ScheduledBackup was accepted: nobody is asked there, its label backup-guard.io/mode=off", ""))
def _(w):
    w.namespace("blog", **{"backup-guard.io/mode": "off"})
    w.words = ["--namespace", "blog"]
    w.answer = (201, "")


@case("where no webhook selects it", (
    "selectors", "error", "namespaceSelector leaves out the namespaces of its mode", "namespaceSelector as shipped"),
    info=[("refusal", "default: a wrong ScheduledBackup was accepted: nobody is asked there, no webhook selects it")])
def _(w):
    w.words = ["--namespace", "default"]
    for name in ("warn", "secrets-warn"):
        w.hook(name)["namespaceSelector"]["matchExpressions"].append({"key": "none", "operator": "Exists"})
    w.answer = (201, "")


@case("namespaceSelector names the namespace", ("namespaces", "warn", "shop: has Clusters, and namespaceSelector leaves it out by its name",
                                                "another namespace"), code=0)
def _(w):
    w.answer, w.warnings = (201, ""), [f"missing {RULE}"]
    for hook in w.hooks:
        hook["namespaceSelector"]["matchExpressions"][0]["values"].append("shop")


@case("it fails closed where it runs itself", (
    "selectors", "warn", "enforce.backup-guard.io: fails closed in namespace kube-system, cnpg-system, backup-guard as well",
    "NotIn [kube-system, cnpg-system, backup-guard]"), code=0)
def _(w):
    del w.hook("enforce")["namespaceSelector"]["matchExpressions"][0]


@case("objectSelector hides what has no label", (
    "selectors", "error", "enforce.backup-guard.io: objectSelector: only scheduledbackups, objectstores with its labels are sent",
    "no objectSelector"))
def _(w):
    w.answer = (201, "")
    w.hook("enforce")["objectSelector"] = {"matchLabels": {"checked": "yes"}}


@case("every Secret is sent", ("selectors", "warn", "secrets-warn.backup-guard.io: no objectSelector: all secrets, externalsecrets of the cluster",
                                "matchLabels"), code=0)
def _(w):
    del w.hook("secrets-warn")["objectSelector"]


@case("a condition that nobody knows", ("conditions", "warn", "matchConditions: 'not-bob' is not as shipped; nobody is asked unless "
                                        "request.userInfo.username != 'bob'", "leave it out"), code=0)
def _(w):
    w.hook("enforce")["matchConditions"].append({"name": "not-bob", "expression": "request.userInfo.username != 'bob'"})


@case("a condition lets the wrong write by", (
    "conditions", "error", "matchConditions: 'not-bob' is not as shipped", "leave it out"),
    info=[("refusal", "shop: a wrong ScheduledBackup was accepted")])
def _(w):
    w.answer = (201, "")
    w.hook("enforce")["matchConditions"].append({"name": "not-bob", "expression": "request.userInfo.username != 'bob'"})


@case("an API server too old for matchConditions", (
    "conditions", "warn", "matchConditions not-terminating, not-the-collector, which this API server does not know: an outage",
    "failurePolicy: Ignore, or Kubernetes 1.28"), code=0)
def _(w):
    w.objects["/version"] = {"major": "1", "minor": "26+", "gitVersion": "v1.26.3"}
    for hook in w.hooks:
        del hook["matchConditions"]


@case("a condition that says something else", ("conditions", "warn", "'changed' is not as shipped; nobody is asked unless false", ""), code=0)
def _(w):
    w.hook("enforce")["matchConditions"][2]["expression"] = "false"


@case("deletions are held up", ("conditions", "warn", "enforce.backup-guard.io: fails closed without the matchConditions not-terminating: an outage",
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


@case("no namespace is enforced: it has to be warned", code=0)
def _(w):
    w.namespace("shop")
    w.answer = (201, "")
    w.warnings = [f'spec.pluginConfiguration "x" \\ missing {RULE}']


@case("no namespace is enforced, and where it should warn it does not", (
    "refusal", "error", "shop: a wrong ScheduledBackup was accepted without a warning", "what stands above"))
def _(w):
    w.namespace("shop")
    w.answer = (201, "")
    w.warnings = ["something else"]


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


@case("what is refused and what passes meanwhile is told", ("endpoints", "error", "no address that is ready", ""), info=[
    ("endpoints", "while nobody answers, CREATE of scheduledbackups; CREATE, UPDATE of objectstores are refused in namespaces of mode "
     "enforce, and everything else is accepted unchecked")])
def _(w):
    w.slice["endpoints"] = None


@case("or that everything passes", ("endpoints", "error", "no address that is ready", ""), ("failure-policy", "warn", "", ""), more=True,
      info=[("endpoints", "while nobody answers, everything is accepted unchecked")])
def _(w):
    w.slice["endpoints"] = None
    w.hook("enforce")["failurePolicy"] = "Ignore"


def rollout(w, updated, *conditions):
    w.objects["/apis/apps/v1/namespaces/backup-guard/deployments/backup-guard"]["status"] = {
        "observedGeneration": 7, "replicas": 3, "updatedReplicas": updated, "conditions": [{"type": "Available", "status": "True"}, *conditions]}


LATE = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "ReplicaSet has timed out progressing."}


@case("a rollout is stuck", ("rollout", "warn", "backup-guard: the rollout of the Deployment is stuck, 1 of 2 pods are of what it says now: "
                             "ReplicaSet has timed out progressing.", "its newest pod"), code=0)
def _(w):
    rollout(w, 1, LATE)


@case("no pod can be made", ("rollout", "warn", "is stuck, 0 of 2 pods are of what it says now: exceeded quota", "ReplicaSet"), code=0)
def _(w):
    rollout(w, 0, {**LATE, "status": "True"}, {"type": "ReplicaFailure", "status": "True", "message": "exceeded quota"})


@case("nobody is ready because a rollout is stuck", ("endpoints", "error", "no address that is ready", ""), info=[
    ("rollout", "is stuck, 0 of 2 pods")])
def _(w):
    rollout(w, 0, LATE)
    w.slice["endpoints"] = None


@case("a rollout that goes on takes its time", code=0, info=[("rollout", "a rollout goes on: 1 of 2 pods")])
def _(w):
    rollout(w, 1, {**LATE, "status": "True"})


@case("a rollout that is over", code=0, info=[("rollout", "every pod is of the Deployment as it is now")])
def _(w):
    rollout(w, 2, {**LATE, "status": "True"})


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


@case("and the Secret is not said to be what is served", code=0, info=[("secret", "what is served is not known")])
def _(w):
    w.service["spec"]["clusterIP"] = "127.0.0.9"


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


@case("the caBundle is no PEM", ("ca-bundle", "error", "caBundle: no certificate in it", "base64 of ca.crt"))
def _(w):
    w.bundle("nothing")


@case("the caBundle holds the serving certificate", ("ca-bundle", "warn", "holds a serving certificate and no CA", "the CA that signs it"),
      code=0)
def _(w):
    w.bundle(read(at("good", "tls.crt")))


@case("the certificate has expired", (
    "certificate", "error", "what is served: x509: certificate has expired or is not yet valid: current time",
    FAILED))
def _(w):
    w.now = days(900)


@case("the certificate ends in ten days", ("certificate", "warn", "what is served ends at", "renew it"), code=0)
def _(w):
    w.now = days(815)


@case("the certificate ends in sixteen days", code=0)
def _(w):
    w.now = days(809)


@case("the old CA ends in ten days, and what is served is of the new one", folder="short-ca", code=0)
def _(w):
    w.now = days(20)
    w.served = SERVED["good"]
    w.service["spec"]["ports"][0]["port"] = w.served.port
    w.pki("good")
    w.bundle(read(at("short-ca", "ca.crt")) + read(at("good", "ca.crt")))


@case("the old CA ends in ten days, and what is served is still of it", (
    "certificate", "warn", "the CA that signed what is served ends within 14 days", "a serving certificate of the CA that stays"),
    folder="short-ca", code=0)
def _(w):
    w.now = days(20)
    w.bundle(read(at("short-ca", "ca.crt")) + read(at("good", "ca.crt")))


@case("the CA ends in ten days", ("ca-bundle", "warn", "'CN=backup-guard CA' ends at", "a new CA beside it"), folder="short-ca", code=0)
def _(w):
    w.now = days(20)


@case("the CA has ended", ("ca-bundle", "error", "every certificate in it has expired",
                         "tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time "), folder="short-ca")
def _(w):
    w.now = days(40)


@case("the certificate has another name", (
    "certificate", "error", f"x509: certificate is valid for other.backup-guard.svc, not {HOST}", "certs init DIR NAME.NAMESPACE.svc"),
    folder="other-name")
def _(w):
    pass


@case("the certificate has only a common name", (
    "certificate", "error", "x509: certificate relies on legacy Common Name field, use SANs instead", "subject alternative names"),
    folder="common-name")
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


@case("the policy lets the wrong write by", ("policy", "error", "shop: is labelled enforce, but the mode of the policy for it is warn",
                                              "spec.mode: enforce"),
      info=[("refusal", "accepted with a warning: the policy in force is milder than the namespace")])
def _(w):
    w.policy("mode: warn")
    w.answer, w.warnings = (201, ""), [f"missing {RULE}"]


@case("the policy exempts a namespace with Clusters", ("policy", "warn", "shop: has Clusters, and spec.exempt", ""), code=0)
def _(w):
    w.policy("exempt: {namespaces: [shop]}")


@case("the policy is in mode audit where a namespace without Clusters is tried", (
    "policy", "error", "trial: is labelled enforce, but the mode of the policy for it is audit", "spec.mode: enforce"),
    info=[("refusal", "trial: a wrong ScheduledBackup was accepted")])
def _(w):
    w.namespace("trial", **{"backup-guard.io/mode": "enforce"})
    w.words = ["--namespace", "trial"]
    w.policy("namespaceModes: [{match: trial, mode: audit}]")
    w.answer = (201, "")


@case("the policy is in mode audit where it has to be warned", (
    "policy", "error", "shop: is to be warned, but the mode of the policy for it is audit: nobody is told", "spec.mode: warn or enforce"),
    info=[("refusal", "shop: a wrong ScheduledBackup was accepted without a warning")])
def _(w):
    w.namespace("shop")
    w.policy("mode: audit")
    w.answer = (201, "")


@case("the policy exempts the namespace that is tried", ("policy", "error", "trial: spec.exempt of the policy names it", ""),
      info=[("refusal", "trial: a wrong ScheduledBackup was accepted")])
def _(w):
    w.namespace("trial", **{"backup-guard.io/mode": "enforce"})
    w.words = ["--namespace", "trial"]
    w.policy("exempt: {namespaces: [trial]}")
    w.answer = (201, "")


@case("the mode of the policy is milder than the label", ("policy", "warn", "shop: is labelled enforce, but the mode of the policy for it is "
                                                          "warn", ""), code=0)
def _(w):
    w.policy("mode: warn")


def operator_in(w, namespace):
    w.objects[WEBHOOKS + "/cnpg-validating-webhook-configuration"] = {
        "metadata": {"name": "cnpg-validating-webhook-configuration"}, "webhooks": [
            {"name": "vbackup.cnpg.io", "clientConfig": {"service": {"name": "cnpg-webhook-service", "namespace": namespace}}}]}


@case("the operator where the policy expects it", code=0)
def _(w):
    operator_in(w, "cnpg-system")


@case("the operator elsewhere", ("policy", "warn", "CloudNativePG runs in namespace operators, and spec.operators of the policy names no",
                                 'operators: ["system:serviceaccount:operators:*"]'), code=0)
def _(w):
    operator_in(w, "operators")


@case("the operator elsewhere, and the policy knows", code=0)
def _(w):
    operator_in(w, "operators")
    w.policy('operators: ["system:serviceaccount:operators:my-cnpg"]')


@case("a mutating webhook calls the Service", ("others", "error", "wrong/m.example.com: a mutating webhook calls the Service",
                                               "kubectl delete mutatingwebhookconfiguration"))
def _(w):
    w.objects[MUTATING + "/wrong"] = {"metadata": {"name": "wrong"}, "webhooks": [
        {"name": "m.example.com", "clientConfig": {"service": {"name": "backup-guard", "namespace": "backup-guard"}}}]}


@case("a second configuration calls the Service", ("others", "warn", "old/v.example.com: calls the same Service", "kubectl delete"), code=0)
def _(w):
    w.objects[WEBHOOKS + "/old"] = {"metadata": {"name": "old"}, "webhooks": [
        {"name": "v.example.com", "clientConfig": {"service": {"name": "backup-guard", "namespace": "backup-guard"}}}]}


@case("what was applied was changed", ("drift", "warn", "enforce.backup-guard.io: timeoutSeconds is 3, and was applied as 5", "apply it again"),
      code=0)
def _(w):
    w.applied()
    w.bundle(read(at("another", "ca.crt")) + read(at("good", "ca.crt")))
    w.hook("enforce")["timeoutSeconds"] = 3


@case("a webhook that was applied is gone", ("drift", "warn", "audit.backup-guard.io: was applied, and is gone", "apply it again"), code=0)
def _(w):
    w.applied()
    w.hooks.remove(w.hook("audit"))
    w.hooks.remove(w.hook("secrets-audit"))


@case("what another check judges is one problem, drift or not", (
    "failure-policy", "error", "warn.backup-guard.io: fails closed on UPDATE of clusters", "failurePolicy: Ignore"),
    info=[("drift", 'warn.backup-guard.io: failurePolicy is absent, and was applied as "Ignore"')])
def _(w):
    w.applied()
    del w.hook("warn")["failurePolicy"]


@case("so is what the way to the pods depends on", ("service", "error", "Service backup-guard/nobody does not exist", ""),
      info=[("drift", 'clientConfig.service.name is "nobody", and was applied as "backup-guard"')])
def _(w):
    w.applied()
    for hook in w.hooks:
        hook["clientConfig"]["service"]["name"] = "nobody"


@case("a long value is cut between characters", ("service", "error", "", ""),
      info=[("drift", 'clientConfig.service.name is "' + 58 * "n" + "..., and was applied as")])
def _(w):
    w.applied()
    for hook in w.hooks:
        hook["clientConfig"]["service"]["name"] = 58 * "n" + "\u00e4"


@case("what nobody remembers applying is held against what is shipped", (
    "drift", "warn", "enforce.backup-guard.io: timeoutSeconds is 3, and is shipped as 5", "apply it again"), code=0)
def _(w):
    w.hook("enforce")["timeoutSeconds"] = 3


@case("Secrets of another label", ("drift", "warn", "secrets-warn.backup-guard.io: objectSelector.matchLabels.backup-guard.io/credentials is absent",
                                   ""), code=0)
def _(w):
    w.hook("secrets-warn")["objectSelector"] = {"matchLabels": {"mine": "true"}}


@case("what an installation may choose is no drift", code=0,
      info=[("drift", "namespaceSelector.matchExpressions[0].values is"), ("drift", "more.example.com: no webhook of this name is shipped")])
def _(w):
    w.hook("warn")["namespaceSelector"]["matchExpressions"][0]["values"].append("tools")
    w.hooks.append({**copy.deepcopy(w.hook("warn")), "name": "more.example.com"})


def by_helm(w):
    w.configuration["metadata"].setdefault("annotations", {})["meta.helm.sh/release-name"] = "backup-guard"


@case("what Helm made of its values is no drift from what kubectl applied before", code=0)
def _(w):
    w.applied()
    by_helm(w)
    w.hook("warn")["namespaceSelector"]["matchExpressions"][0]["values"].append("tools")
    w.hook("enforce-open")["rules"].append(w.hook("enforce")["rules"].pop())


@case("nor is it one that nothing fails closed", code=0, info=[("failure-policy", "CREATE of scheduledbackups; CREATE, UPDATE of objectstores fail open")])
def _(w):
    by_helm(w)
    w.hook("enforce")["failurePolicy"] = "Ignore"


@case("but what no value changes is", ("drift", "warn", "enforce.backup-guard.io: timeoutSeconds is 3, and is shipped as 5", ""), code=0)
def _(w):
    by_helm(w)
    w.hook("enforce")["timeoutSeconds"] = 3


# --- who gets by

@case("who gets by is told", code=0, info=[
    ("bypass", "blog: not asked about: its label backup-guard.io/mode=off"),
    ("bypass", "backup-guard, cnpg-system, kube-system: not asked about: namespaceSelector"),
    ("bypass", "what system:serviceaccount:kube-system:namespace-controller, system:serviceaccount:kube-system:generic-garbage"),
    ("policy", "never refuses namespaces lab-*"), ("policy", "never refuses users bob, ci-*"), ("policy", "never refuses groups devs"),
    ("policy", "never refuses service accounts tools:argo"), ("policy", "never refuses label sandbox=true"),
    ("policy", "never refuses the operator: system:serviceaccount:cnpg-system:*"),
    ("policy", "never refuses what the annotation backup-guard.io/allow of an object names")])
def _(w):
    w.namespace("blog", **{"backup-guard.io/mode": "off"})
    w.policy("exempt: {namespaces: [lab-*], users: [bob, ci-*], groups: [devs], "
             "serviceAccounts: ['tools:argo'], labels: {sandbox: 'true'}}")


WRITERS = {"apiGroups": ["admissionregistration.k8s.io"], "resources": ["validatingwebhookconfigurations"], "verbs": ["get", "patch"]}


@case("who may change it is told", code=0, info=[
    ("access", "Group system:masters, User root: may change everything (cluster-admin)"),
    ("access", "ServiceAccount cert-manager/injector: may change or delete the ValidatingWebhookConfiguration"),
    ("access", "Group devs: may change the labels of namespaces, and so their mode"),
    ("access", "ServiceAccount tools/argo, User ann: may change the ConfigMap of the policy")])
def _(w):
    w.bind("cluster-admin", {"kind": "Group", "name": "system:masters"}, {"kind": "User", "name": "root"})
    w.role("injector", WRITERS)
    w.bind("injector", {"kind": "ServiceAccount", "name": "injector", "namespace": "cert-manager"})
    w.role("labels", {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["*"]})
    w.bind("labels", {"kind": "Group", "name": "devs"})
    w.role("editor", {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["update"]}, namespace="backup-guard")
    w.bind("editor", {"kind": "User", "name": "ann"}, namespace="backup-guard", kind="Role")
    w.role("all-there", {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]})
    w.bind("all-there", {"kind": "ServiceAccount", "name": "argo", "namespace": "tools"}, namespace="backup-guard")
    # of another object, of another verb, of nobody
    w.role("others", {**WRITERS, "resourceNames": ["another"]}, {**WRITERS, "verbs": ["get", "list", "watch", "create"]})
    w.bind("others", {"kind": "User", "name": "not-told"})
    w.role("unbound", WRITERS)


@case("who may change it may not be asked", code=0, info=[
    ("access", "who may change it is not known: GET /apis/rbac.authorization.k8s.io/v1/clusterroles: 403: is forbidden")])
def _(w):
    w.refuse = [("/clusterroles", 403, "is forbidden")]


# --- a URL instead of a Service

@case("a URL whose certificate fits", code=0, folder="address", info=[
    ("service", "enforce.backup-guard.io: is called at https://127.0.0.2:"), ("policy", "is where the URL leads")])
def _(w):
    w.url()


@case("a URL that serves a certificate of another CA", (
    "certificate", "error", "what is served: x509: certificate signed by unknown authority", "/validate?timeout=5s\": tls: failed to verify"),
    folder="address")
def _(w):
    w.url()
    w.bundle(read(at("another", "ca.crt")))


@case("a URL whose certificate is for a name", (
    "certificate", "error", "x509: cannot validate certificate for 127.0.0.2 because it doesn't contain any IP SANs", 'Post "https://127.0.0.2:'))
def _(w):
    w.url()


@case("a URL without a caBundle: the system's CAs do not know it", (
    "certificate", "warn", "seen from here, the API server would refuse what is served: x509: certificate signed by unknown authority", ""),
    folder="address", code=0, info=[("ca-bundle", "caBundle is empty: the CAs of the API server's own system are trusted")])
def _(w):
    w.url()
    for hook in w.hooks:
        del hook["clientConfig"]["caBundle"]


@case("a URL without a caBundle: the system's CAs know it", folder="address", code=0)
def _(w):
    w.url()
    w.environment["SSL_CERT_FILE"] = at("address", "ca.crt")
    for hook in w.hooks:
        del hook["clientConfig"]["caBundle"]


@case("a URL of plain HTTP", ("certificate", "error", "does not speak TLS", "the URL: the port of --listen"), folder="http")
def _(w):
    w.url()


@case("a URL of the API server's own machine is another one from here", code=0, folder="address", info=[
    ("certificate", "seen from here, the API server would refuse what is served: x509: certificate is valid for 127.0.0.2, not 127.0.0.1")])
def _(w):
    w.url(host="127.0.0.1")


# --- what the pods are given

@case("the Secret that the Deployment mounts", ("secret", "error", "Secret backup-guard/mine: the key does not belong", ""))
def _(w):
    w.volumes[0]["secret"]["secretName"] = "mine"
    w.objects["/api/v1/namespaces/backup-guard/secrets/mine"] = {
        "data": {"tls.crt": w.secret["data"]["tls.crt"], "tls.key": b64(read(at("another", "tls.key")))}}


def managed(w, *args):
    w.container["args"] = ["serve", "--self-manage", *args, "--policy=/etc/backup-guard/policy/policy.yaml"]


for words, secret in (((), "backup-guard-webhook"), (("--secret=backup-guard/x",), "x"), (("--secret", "y"), "y")):
    @case("the Secret of --self-manage " + " ".join(words), ("secret", "error", f"Secret backup-guard/{secret}: the key does not belong", ""))
    def _(w, words=words, secret=secret):
        managed(w, *words)
        w.objects["/api/v1/namespaces/backup-guard/secrets/" + secret] = {
            "data": {"tls.crt": w.secret["data"]["tls.crt"], "tls.key": b64(read(at("another", "tls.key")))}}


@case("clients that are not verified, where nothing is told", code=0, info=[("clients", "not verified, and told of no other object")])
def _(w):
    pass


@case("clients that are not verified, where something should be told", (
    "clients", "warn", "not verified, so --cache, --cache-secrets and --events do nothing", "--client-ca, or --trust-network"), code=0)
def _(w):
    w.container["args"] += ["--events"]


@case("a network that is trusted", code=0, info=[("clients", "the network is trusted: whoever reaches the port can forge")])
def _(w):
    w.container["args"] += ["--cache", "--trust-network"]


@case("verified clients", code=0, info=[("clients", "verified, by any certificate of the client CA")])
def _(w):
    w.container["args"] += ["--cache", "--client-ca=/etc/ca.crt"]


@case("verified clients of one name", code=0, info=[("clients", "by a certificate of the client CA for api,other")])
def _(w):
    w.container["args"] += ["--cache", "--client-ca", "/etc/ca.crt", "--client-name=api,other"]


@case("who is believed where no Deployment is", code=0, info=[("clients", "whether they are verified is not known")])
def _(w):
    del w.objects["/apis/apps/v1/namespaces/backup-guard/deployments/backup-guard"]


@case("--secret and --policy-map say it better", code=0, info=[("secret", "Secret backup-guard/there does not exist"),
                                                               ("policy", "ConfigMap backup-guard/here does not exist")])
def _(w):
    w.words = ["--secret", "there", "--policy-map", "here"]


@case("the policy that the Deployment mounts", ("policy", "error", "ConfigMap backup-guard/rules: strict.yaml:3:", "policy check"))
def _(w):
    next(v for v in w.volumes if v["name"] == "policy")["configMap"]["name"] = "rules"
    w.container["args"] = [a.replace("policy.yaml", "strict.yaml") for a in w.container["args"]]
    w.objects["/api/v1/namespaces/backup-guard/configmaps/rules"] = {
        "data": {"strict.yaml": "apiVersion: backup-guard.io/v1alpha1\nkind: BackupPolicy\nspecs: {}\n"}}


@case("the pods have not made the Secret yet", ("secret", "error", "Secret backup-guard/backup-guard-webhook has no tls.crt and tls.key yet: no "
                                                "pod has made them", "check failed"))
def _(w):
    managed(w)
    w.objects["/api/v1/namespaces/backup-guard/secrets/backup-guard-webhook"] = {"data": {}}


@case("no pod runs that could make it", ("endpoints", "error", "no pod has the labels", ""),
      info=[("secret", "no tls.crt and tls.key yet")])
def _(w):
    managed(w)
    w.objects["/api/v1/namespaces/backup-guard/secrets/backup-guard-webhook"] = {"data": {}}
    w.slice["endpoints"] = []


@case("Deployments may not be listed", ("secret", "error", "Secret backup-guard/backup-guard-tls has no tls.crt and tls.key", ""))
def _(w):
    w.secret["data"] = {}
    w.refuse = [("/deployments", 403, "is forbidden")]


@case("only who has a certificate may ask", code=0, folder="mtls")
def _(w):
    pass


@case("only who has a certificate may ask, and sees ours after that", code=0, folder="mtls-1.2", info=[
    ("certificate", "asks who we are, and does not show its certificate")])
def _(w):
    pass


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


@case("a namespace that does not exist", ("refusal", "unknown", "the write could not be tried", "--namespace of one that exists"), code=3)
def _(w):
    w.answer = (404, 'namespaces "shpo" not found')


@case("nobody may create there", ("refusal", "unknown", "the write could not be tried", "the right to create"), code=3)
def _(w):
    w.answer = (403, 'scheduledbackups.postgresql.cnpg.io is forbidden: User "bob" cannot create resource')


# --- what may not be asked

@case("namespaces and Clusters may not be listed", ("namespaces", "unknown", "GET /api/v1/namespaces: 403", ""),
      ("refusal", "unknown", "no namespace is known", "--namespace NAME"), code=3)
def _(w):
    w.refuse = [("^/api/v1/namespaces$", 403, "namespaces is forbidden")]


@case("CloudNativePG is not installed", ("namespaces", "unknown", "CloudNativePG is not installed", ""),
      ("refusal", "unknown", "the write could not be tried", "CRDs"), code=3)
def _(w):
    w.refuse = [("/clusters$", 404, "404 page not found")]
    w.answer = (404, "404 page not found")


@case("the plugin is not installed, and a Cluster names it", (
    "crds", "warn", "the CRD of the Barman Cloud plugin is not installed, and Clusters name the plugin: they are not backed up", "install the plugin"),
    code=0)
def _(w):
    del w.objects[PLUGIN_API]


@case("the plugin is not installed, and nobody needs it", code=0, info=[("crds", "the CRD of the Barman Cloud plugin is not installed")])
def _(w):
    del w.objects[PLUGIN_API]
    w.objects["/apis/postgresql.cnpg.io/v1/namespaces/shop/clusters/db"]["spec"] = {}


@case("an API server without EndpointSlices", code=0, info=[("endpoints", "the API server knows no EndpointSlices")])
def _(w):
    w.refuse = [("/endpointslices", 404, "404 page not found")]


@case("Secret and policy may not be read", code=0)
def _(w):
    w.refuse = [("/secrets/|/configmaps/", 403, "is forbidden")]


seldom.add(case)


# --- every way to install it

def installed(w, documents):
    """The objects of an installation, as they are applied, with what others fill in."""
    w.objects = {p: o for p, o in w.objects.items() if "/deployments/" not in p and "/configmaps/" not in p}
    for o in documents:
        kind, name = o["kind"], o["metadata"]["name"]
        if kind == "ValidatingWebhookConfiguration":
            w.configuration = w.objects[WEBHOOKS + "/backup-guard"] = o
        elif kind == "Deployment":
            w.deployment(o)
        elif kind == "ConfigMap":
            w.objects["/api/v1/namespaces/backup-guard/configmaps/" + name] = o
        elif kind == "Service":
            w.service["spec"] = {**o["spec"], "clusterIP": "127.0.0.1"}
            w.service["spec"]["ports"][0]["port"] = w.served.port
        elif kind == "ClusterRole":
            w.role(name, *o["rules"])
        elif kind == "ClusterRoleBinding":
            w.bind(name, *o["subjects"])
    for hook in w.hooks:
        hook["clientConfig"] = copy.deepcopy(hook["clientConfig"])
    managed_there = "--self-manage" in w.container["args"]
    secret = w.objects.pop("/api/v1/namespaces/backup-guard/secrets/backup-guard-tls")
    w.objects["/api/v1/namespaces/backup-guard/secrets/" + ("backup-guard-webhook" if managed_there else "backup-guard-tls")] = secret
    w.bundle(read(at("good", "ca.crt")))
    for hook in w.hooks:
        hook["clientConfig"]["service"]["port"] = w.served.port
    w.applied()


def render(*words):
    out = subprocess.run(words, stdout=subprocess.PIPE, cwd=ROOT, check=True, text=True).stdout
    return [o for o in yaml.safe_load_all(out) if o]


def tool(name):
    cache = os.path.join(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")), "backup-guard")
    found = sorted(glob.glob(os.path.join(cache, "*", name)))
    return found[-1] if found else shutil.which(name)


def check_installations():
    kubectl, helm = tool("kubectl"), tool("helm")
    kustomize = at("kustomize")
    shutil.copytree(os.path.join(ROOT, "deploy/kustomize"), kustomize)
    for name in ("ca.crt", "tls.crt", "tls.key"):
        shutil.copy(at("good", name), os.path.join(kustomize, "overlays/own-certificates"))
    shutil.copy(at("good", "ca.crt"), os.path.join(kustomize, "components/mtls/client-ca.crt"))
    ways = {name: (kubectl, "kustomize", os.path.join(kustomize, "overlays", name))
            for name in sorted(os.listdir(os.path.join(kustomize, "overlays"))) if kubectl}
    chart = (helm, "template", "any", "deploy/helm/backup-guard", "-n", "backup-guard", "--kube-version", "1.30.0")
    if helm:
        ways.update({"Helm": chart, "Helm with certificates": (*chart, "--set", "tls.source=secret", "--set-file", "tls.ca=" + at("good", "ca.crt")),
                     "Helm with another choice": (*chart, "--set", "webhook.failClosed.clusterCreate=true,cache=true,trustNetwork=true",
                                                  "--set", "webhook.excludedNamespaces={cnpg-system,kube-system,tools}"),
                     "Helm for the audit": (*chart, "--set", "webhook.auditOnly=true")})
    for name in [n for n, t in (("kubectl", kubectl), ("helm", helm)) if not t]:
        print(f"skipped - what {name} installs: it is not there")
    failed = 0
    for name, words in ways.items():
        documents = render(*words)
        for remembered in (True, False):
            def plant(w, documents=documents, remembered=remembered):
                installed(w, copy.deepcopy(documents))
                if not remembered:
                    del w.configuration["metadata"]["annotations"]
            failed += not run(f"installed by {name}", (), 0, "good", (("namespaces", "1 namespace with Clusters"),), plant)
    print(f"doctor: {len(ways)} installations")
    return failed


def complain(title, why, result):
    print(f"not ok - {title}\n#   {why}")
    text = result.stdout
    if text.startswith("{"):
        text = "\n".join(json.dumps(c) for c in json.loads(text)["checks"] if c["level"] not in ("ok", "info"))
    for line in (text + result.stderr).splitlines():
        print("#   " + line)
    return False


def run(title, found, code, folder, info, plant, more=False):
    world = World(folder)
    plant(world)
    result = world.doctor("--format", "json")
    wanted = code if code is not None else (1 if found else 0)
    if result.returncode != wanted:
        return complain(title, f"exit code {result.returncode}, not {wanted}", result)
    told = json.loads(result.stdout)["checks"]
    for check, text in info:
        if not any(c["check"] == check and c["level"] in ("info", "ok") and text in f"{c['where']}: {c['message']}" for c in told):
            lines = "".join(f"\n#   {c}" for c in told if c["check"] == check)
            return complain(title, f"not told: {check} '{text}'{lines}", result)
    got = [c for c in told if c["level"] not in ("ok", "info")]
    if not more and len([c for c in got if c["level"] != "unknown"]) > 1:
        return complain(title, "one mistake is more than one problem", result)
    for check, level, text, remedy in found:
        hit = next((c for c in got if c["check"] == check and c["level"] == level
                    and text in f"{c['where']}: {c['message']}" and remedy in f"{c['says']}\n{c['fix']}"), None)
        if not hit:
            return complain(title, f"not found: {check} {level} '{text}' '{remedy}'", result)
        got = [c for c in got if c is not hit]
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
    coloured = world.doctor("--color", "always")
    many, seldom_told = World(), World()
    for hook in many.hooks[:5]:
        hook["timeoutSeconds"] = 30
    seldom_told.answer = None
    seldom.hold(seldom_told)
    slow, unanswered = many.doctor(), seldom_told.doctor()
    secret = read(at("good", "tls.key")).splitlines()[1]
    return all((
        text.returncode == 0 or complain("the text", "exit code", text),
        "a wrong write is refused: the webhook is in force (0 errors, 0 warnings)" in text.stdout
        or complain("the text ends with the verdict", "it does not", text),
        f"= says: {REFUSED}" in text.stdout or complain("the text has the API server's sentence", "it does not", text),
        all(re.match(r"(ok|info|warn|unknown|error) +[a-z-]+: \S|  = (says|fix): |$|a wrong write", line)
            for line in text.stdout.splitlines()) or complain("each line is of a known shape", "it is not", text),
        ("\033[1;32mok \033[0m" in coloured.stdout and "\033[1;34m  = says:\033[0m " in coloured.stdout and "\033" not in text.stdout)
        or complain("the text has colours when they are wanted", "it has not", coloured),
        re.sub(r"\033\[[0-9;]*m", "", coloured.stdout) == text.stdout or complain("and the same words", "it has not", coloured),
        re.search(r"^error +timeout: [^,:]+, [^,:]+, [^,:]+ and 2 more: timeoutSeconds is 30", slow.stdout, re.M)
        or complain("of many webhooks three are named", "they are not", slow),
        "(0 errors, 0 warnings, 1 not answered)" in unanswered.stdout or complain("what was not answered is counted", "it is not", unanswered),
        seldom.are_held(unanswered.stdout) or complain("who may change everything is told once", "it is not", unanswered),
        forbidden.returncode == 3 or complain("what may not be asked exits 3", "it does not", forbidden),
        not forbidden.stdout or complain("and prints no verdict", "it does", forbidden),
        nowhere.returncode == 3 or complain("no API server exits 3", "it does not", nowhere),
        secret not in text.stdout + text.stderr or complain("the key is not shown", "it is", text),
    ))


chosen = [c for c in CASES if ONLY in c[0]]
passed = sum(run(*c) for c in chosen)
failed = len(chosen) - passed
if not ONLY:
    failed += not check_text()
    failed += check_installations()
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
