#!/usr/bin/env python3
"""Holds what the API server says by ValidatingAdmissionPolicies against what the webhook says of the same object.

  vap.py PKI-FOLDER GUARD-ADDRESS CA VAP-FILE CASES-FOLDER [RULE...]

Every object of the cases is created, as a server-side dry run, in the namespace vap, whose mode is enforce; then the webhook at
GUARD-ADDRESS is asked about what the API server made of it. Each finding of the policies must come as a warning, too: the
suite binds them so. Wrong is: a denial where the webhook has none, a rule that the webhook does not find, and, of a rule that
the head of VAP-FILE has among the whole ones, silence where the webhook speaks; and a rule that no case shows, but for RULEs, in place of which another speaks. Prints what disagrees, at most 20 lines, and
`N objects, D denied, A agree, R rules seen`; the exit status is 1 if anything disagrees.
"""
import collections
import concurrent.futures
import glob
import http.client
import json
import os
import re
import ssl
import sys
import threading

import yaml

pki, guard, guard_ca, vap, cases, *superseded = sys.argv[1:]
PLURALS = {"Cluster": "clusters", "ScheduledBackup": "scheduledbackups", "Backup": "backups",
           "ObjectStore": "objectstores"}
NAMESPACE = "vap"  # of all: it is there, with the mode enforce
RULE = re.compile(r"\[([a-z0-9]+(?:-[a-z0-9]+)+)\]")


def objects():
    seen = {}
    for path in sorted(glob.glob(os.path.join(cases, "*", "*.yaml"))):
        with open(path, encoding="utf-8", errors="replace") as file:
            try:
                documents = list(yaml.load_all(file, Loader=yaml.CSafeLoader))
            except (yaml.YAMLError, ValueError):
                continue
        for o in documents:
            if not isinstance(o, dict) or o.get("kind") not in PLURALS or not isinstance(o.get("metadata"), dict):
                continue
            o["metadata"]["namespace"] = NAMESPACE
            group = "barmancloud.cnpg.io/v1" if o["kind"] == "ObjectStore" else "postgresql.cnpg.io/v1"
            if o.get("apiVersion") == group:
                seen.setdefault(json.dumps(o, default=str, sort_keys=True), os.path.relpath(path, cases))
    return [(path, json.loads(text)) for text, path in seen.items()]


def connection(address, ca, *identity):
    context = ssl.create_default_context(cafile=ca)
    context.check_hostname = False
    if identity:
        context.load_cert_chain(*identity)
    return http.client.HTTPSConnection(address, context=context, timeout=60)


class Peers(threading.local):
    """The connections of a thread."""

    def __init__(self):
        self.api = connection("127.0.0.1:6443", *(os.path.join(pki, name) for name in ("ca.crt", "admin.crt", "admin.key")))
        self.webhook = connection(guard, guard_ca)


peers = Peers()


# whom the policies pass
OPERATOR = {"Impersonate-User": "system:serviceaccount:cnpg-system:cnpg-manager", "Impersonate-Group": "system:masters"}


def post(to, path, body, headers=()):
    to.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **dict(headers)})
    answer = to.getresponse()
    text = answer.read()
    warnings = answer.headers.get_all("Warning") or []
    return answer.status, json.loads(text), " ".join(warnings)


def by_policies(o):
    """Denied, the rules, and the object as it is judged; None: the API server itself does not take it."""
    path = f"/apis/{o['apiVersion']}/namespaces/{NAMESPACE}/{PLURALS[o['kind']]}"
    status, said, warnings = post(peers.api, path + "?dryRun=All&fieldValidation=Ignore", o)
    if status == 201:
        return False, set(RULE.findall(warnings)), said
    if status != 422 or "ValidatingAdmissionPolicy 'backup-guard-deny'" not in said["message"]:
        return None
    _, kept, _ = post(peers.api, path + "?dryRun=All&fieldValidation=Ignore", o, OPERATOR)
    return True, set(RULE.findall(warnings)), kept


def by_webhook(o):
    request = {"uid": "1", "operation": "CREATE", "dryRun": False, "name": o["metadata"].get("name", ""),
               "namespace": NAMESPACE, "userInfo": {"username": "me"}, "object": o, "oldObject": None,
               "kind": {"group": o["apiVersion"].split("/")[0], "version": "v1", "kind": o["kind"]},
               "resource": {"group": o["apiVersion"].split("/")[0], "version": "v1", "resource": PLURALS[o["kind"]]}}
    _, said, _ = post(peers.webhook, "/validate", {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request})
    response = said["response"]
    words = response.get("warnings", []) + [c["message"] for c in response.get("status", {}).get("details", {}).get("causes", [])]
    return not response["allowed"], {rule for text in words for rule in RULE.findall(text)[-1:]}


def rules_behind(title):
    with open(vap, encoding="utf-8") as file:
        head = file.read().split("\n---\n")[0].replace("\n#   ", " ")
    return set(re.search(f"^# {title}(.*)$", head, re.M).group(1).split())


whole = rules_behind("Rules:")
part = rules_behind("Rules of which the certain part is judged:")
found = objects()


def both(found):
    """What the policies say, and what the webhook says: each denied, and rules; None: not taken."""
    judged = by_policies(found[1])
    return judged and (judged[0], judged[1], *by_webhook(judged[2]))


with concurrent.futures.ThreadPoolExecutor(4) as pool:
    answers = list(pool.map(both, found))
wrong, tally, seen = [], collections.Counter(), collections.Counter()
for (path, o), answer in zip(found, answers):
    if answer is None:
        tally["not taken"] += 1
        continue
    denied, rules, refused, more = answer
    tally["judged"] += 1
    tally["denied"] += denied
    tally["both"] += denied == refused
    seen.update(rules)
    about = f"{path}: {o['kind']} {o['metadata'].get('name')}"
    if denied and not refused:
        wrong.append(f"{about} is denied, and the webhook lets it pass: {sorted(rules)}")
    if rules - more:
        wrong.append(f"{about}: the webhook does not find {sorted(rules - more)}, but {sorted(more)}")
    ends = "backup-guard.io/expires" in (o["metadata"].get("annotations") or {})  # a policy has no clock
    if more & whole - rules and not ends:
        wrong.append(f"{about}: nothing of {sorted(more & whole - rules)}")
print("\n".join(wrong[:int(os.environ.get("VAP_LINES", "20"))]))
never = sorted((whole | part) - set(seen) - set(superseded))
if never:
    wrong.append(never)
    print("no case shows", " ".join(never))
print(f"{tally['judged']} objects, {tally['denied']} denied, {tally['both']} decided alike, {len(whole)} rules whole and "
      f"{len(part)} in part, {tally['not taken']} not taken by the API server itself; {len(wrong)} disagree")
sys.exit(bool(wrong))
