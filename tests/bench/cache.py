#!/usr/bin/env python3
"""serve --cache beside 5,000 live Clusters, each with its store and schedule, against serve without: CPU time of
one review, in turn; memory; and how long a new inventory takes. On a busy machine only ratios are to be believed.

    tests/bench/cache.py BACKUP-GUARD      (CLUSTERS: another number)
"""
import json, os, re, statistics, subprocess, sys, tempfile, time, urllib.request

GUARD = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
CLUSTERS = int(os.environ.get("CLUSTERS", "5000"))
ROUNDS = 3
TMP = tempfile.mkdtemp()
RUNNING = []

LUA = """
local f = io.open("%s", "rb")
wrk.method, wrk.body = "POST", f:read("*a")
wrk.headers["Content-Type"] = "application/json"
"""


def at(name):
    return os.path.join(TMP, name)


def write(name, text):
    with open(at(name), "w") as out:
        out.write(text)
    return at(name)


def start(file, *command):
    """Returns the process and its address file's text, once it is there."""
    process = subprocess.Popen(command, stderr=open(at("log"), "a"))
    RUNNING.append(process)
    while not os.path.exists(file) or not os.path.getsize(file):
        time.sleep(0.05)
    with open(file) as text:
        return process, text.read()


def serve(name, *options):
    process, text = start(at(name), GUARD, "serve", "--cert", at("tls/tls.crt"), "--key", at("tls/tls.key"), "--listen",
                          "127.0.0.1:0", "--health", "127.0.0.1:0", "--profile", "generic", "--drain", "0s",
                          "--address-file", at(name), *options)
    return {"pid": process.pid, **dict(line.split("=") for line in text.split())}


def metric(server, name):
    with urllib.request.urlopen(f"http://{server['health']}/metrics") as answer:
        return float(re.search(rf"^backup_guard_{name} (\S+)$", answer.read().decode(), re.M)[1])


def memory(server):
    with open(f"/proc/{server['pid']}/status") as status:
        return int(re.search(r"RssAnon:\s+(\d+)", status.read())[1])


def cpu(server):
    with open(f"/proc/{server['pid']}/stat") as stat:
        words = stat.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def load(server, script):
    """Microseconds of CPU time for one review."""
    before = cpu(server)
    out = subprocess.run(["wrk", "-t1", "-c25", "-d2", "-s", script, f"https://{server['listen']}/validate"],
                         check=True, capture_output=True, text=True).stdout
    return (cpu(server) - before) * 1e6 / int(re.search(r"(\d+) requests in", out)[1])


def review(group, kind, item):
    item = {"apiVersion": f"{group}/v1", "kind": kind, **item, "status": {}}
    item["metadata"] = {"name": item["metadata"]["name"], "namespace": item["metadata"]["namespace"]}
    body = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
        "uid": "1", "kind": {"group": group, "version": "v1", "kind": kind}, "operation": "CREATE",
        "name": item["metadata"]["name"], "namespace": item["metadata"]["namespace"],
        "userInfo": {"username": "alice"}, "object": item, "oldObject": None, "dryRun": False}}
    return write(kind + ".lua", LUA % write(kind + ".json", json.dumps(body)))


def main():
    subprocess.run([GUARD, "certs", "init", at("tls"), "localhost", "127.0.0.1"], check=True, capture_output=True)
    _, api = start(at("api"), sys.executable, f"{HERE}/../serve/api.py", "0", at("api"), str(CLUSTERS))
    api = api.strip()
    config = write("kubeconfig", json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "bench",
        "contexts": [{"name": "bench", "context": {"cluster": "bench", "user": "bench"}}],
        "clusters": [{"name": "bench", "cluster": {"server": f"http://{api}"}}], "users": [{"name": "bench", "user": {}}]}))
    bare, cached = serve("bare"), serve("cached", "--cache", "--kubeconfig", config)
    while not metric(cached, "cache_known"):
        time.sleep(0.1)
    kept = memory(cached) - memory(bare)
    print(f"{CLUSTERS} Clusters with store and schedule: {kept / 1024:.0f} MiB, {kept * 1024 / CLUSTERS / 1000:.1f} kB each; "
          f"the inventory anew: {metric(cached, 'cache_snapshot_seconds') * 1000:.0f} ms")
    for group, kind, resource in (("postgresql.cnpg.io", "Cluster", "clusters"),
                                  ("barmancloud.cnpg.io", "ObjectStore", "objectstores"),
                                  ("postgresql.cnpg.io", "ScheduledBackup", "scheduledbackups")):
        with urllib.request.urlopen(f"http://{api}/apis/{group}/v1/{resource}?limit=1") as answer:
            script = review(group, kind, json.load(answer)["items"][0])
        pairs = [(load(bare, script), load(cached, script)) for _ in range(ROUNDS)]
        without, beside = (statistics.median(side) for side in zip(*pairs))
        print(f"{kind}: {without:.0f} us of CPU time a review, {beside:.0f} with the cache: {beside / without:.2f} x")


try:
    main()
finally:
    for process in RUNNING:
        process.kill()
        process.wait()
    subprocess.run(["rm", "-rf", TMP])
