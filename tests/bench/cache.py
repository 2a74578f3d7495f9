#!/usr/bin/env python3
"""serve --cache beside 5,000 live Clusters, each with its store and schedule, against serve without: CPU time of
one review, in turn; memory; and how long a new inventory takes.

    tests/bench/cache.py BACKUP-GUARD      (CLUSTERS: another number)

The bar is for an UPDATE, of which both say the same. As a CREATE only the cache knows that the archive is in use
and that a schedule is there: that has no bar, for two warnings are written as well.
"""
import json, urllib.request
from lib import *

CLUSTERS = int(os.environ.get("CLUSTERS", "5000"))


def file_of(name, *command):
    """Returns the process and its address file's text, once it is there."""
    pid = start(command)
    while not os.path.exists(at(name)) or not os.path.getsize(at(name)):
        time.sleep(0.05)
    with open(at(name)) as text:
        return pid, text.read()


def serve(name, *options):
    pid, text = file_of(name, GUARD, "serve", "--cert", at("certs/tls.crt"), "--key", at("certs/tls.key"), "--listen",
                        "127.0.0.1:0", "--health", "127.0.0.1:0", "--profile", "generic", "--drain", "0s",
                        "--address-file", at(name), *options)
    return {"pid": pid, **dict(line.split("=") for line in text.split())}


def metric(server, name):
    with urllib.request.urlopen(f"http://{server['health']}/metrics") as answer:
        return float(re.search(rf"^backup_guard_{name} (\S+)$", answer.read().decode(), re.M)[1])


def load(server, body):
    return wrk(server["pid"], f"https://{server['listen']}/validate", body, 25)[1:]


CHANGES = {"Cluster": ("instances", 5), "ObjectStore": ("retentionPolicy", "60d"), "ScheduledBackup": ("schedule", "0 0 4 * * *")}


def review(group, kind, item, operation):
    """Of an object that is live: an UPDATE that changes one field, or a CREATE as if it were new."""
    item = {"apiVersion": f"{group}/v1", "kind": kind, **item, "status": {}}
    item["metadata"] = {"name": item["metadata"]["name"], "namespace": item["metadata"]["namespace"]}
    old = None
    if operation == "UPDATE":
        field, value = CHANGES[kind]
        old, item = item, {**item, "spec": {**item["spec"], field: value}}
    body = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
        "uid": "1", "kind": {"group": group, "version": "v1", "kind": kind}, "operation": operation,
        "name": item["metadata"]["name"], "namespace": item["metadata"]["namespace"],
        "userInfo": {"username": "alice"}, "object": item, "oldObject": old, "dryRun": False}}
    return write(f"{kind}-{operation}.json", json.dumps(body))


def main():
    run(GUARD, "certs", "init", at("certs"), "localhost", "127.0.0.1")
    api = file_of("api", sys.executable, f"{HERE}/../serve/api.py", "0", at("api"), str(CLUSTERS))[1].strip()
    config = write("kubeconfig", json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "bench",
        "contexts": [{"name": "bench", "context": {"cluster": "bench", "user": "bench"}}],
        "clusters": [{"name": "bench", "cluster": {"server": f"http://{api}"}}], "users": [{"name": "bench", "user": {}}]}))
    bare, cached = serve("bare"), serve("cached", "--cache", "--trust-network", "--kubeconfig", config)
    while not metric(cached, "cache_known"):
        time.sleep(0.1)
    kept = memory(cached["pid"], "RssAnon") - memory(bare["pid"], "RssAnon")
    print(f"{'':8}{CLUSTERS} Clusters with store and schedule: {kept:.0f} MiB, {kept * (1 << 20) / CLUSTERS / 1000:.1f} kB each; "
          f"the inventory anew: {metric(cached, 'cache_snapshot_seconds') * 1000:.0f} ms")
    for group, kind, resource in (("postgresql.cnpg.io", "Cluster", "clusters"),
                                  ("barmancloud.cnpg.io", "ObjectStore", "objectstores"),
                                  ("postgresql.cnpg.io", "ScheduledBackup", "scheduledbackups")):
        with urllib.request.urlopen(f"http://{api}/apis/{group}/v1/{resource}?limit=1") as answer:
            item = json.load(answer)["items"][0]
        for operation, limit in (("UPDATE", 1.5), ("CREATE", None)):
            body = review(group, kind, item, operation)
            got = in_turn({"without": lambda: load(bare, body), "with": lambda: load(cached, body)})
            without, beside = got["without"][0], got["with"][0]
            bar(f"{operation} of {kind} beside {CLUSTERS} Clusters: CPU time, of without --cache", beside / without, limit,
                f"{beside:.0f} µs, without {without:.0f}" + (f", {got['with'][1]:.0f} failed" if got["with"][1] else ""))


main()
