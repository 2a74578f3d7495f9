#!/usr/bin/env python3
"""audit of many Clusters, each with a store, a schedule and 22 Backups: memory and CPU time for each number.

    tests/bench/audit.py BACKUP-GUARD      (CLUSTERS: other numbers than 1000 5000)
"""
import json, os, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))


def audit(clusters):
    with tempfile.TemporaryDirectory() as folder:
        api = subprocess.Popen([sys.executable, os.path.join(HERE, "..", "kube", "fake.py"), folder,
                                "--generate", str(clusters)])
        address = os.path.join(folder, "address")
        while not os.path.exists(address):
            time.sleep(0.05)
        config = os.path.join(folder, "kubeconfig")
        with open(address) as text, open(config, "w") as out:
            json.dump({"current-context": "c", "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
                       "clusters": [{"name": "c", "cluster": {"server": "http://" + text.read().strip()}}],
                       "users": [{"name": "u", "user": {"token": "t"}}]}, out)
        guard = subprocess.Popen([sys.argv[1], "audit", "-A", "--kubeconfig", config, "--profile", "generic", "--now",
                                  "2026-11-22T12:00:00Z"], stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(guard.pid, 0)
        api.kill()
        api.wait()
    if os.waitstatus_to_exitcode(status):
        sys.exit("the audit failed")
    print(f"audit of {clusters} Clusters, {25 * clusters} objects: {used.ru_maxrss / 1024:.0f} MiB, "
          f"{used.ru_utime + used.ru_stime:.2f} s CPU", flush=True)


for number in os.environ.get("CLUSTERS", "1000 5000").split():
    audit(int(number))
