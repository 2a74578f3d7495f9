#!/usr/bin/env python3
"""Writes to the API server until SIGTERM, and knows what each answer must be.

  load.py PKI-FOLDER NAMESPACE SCHEDULE OFF

While the file OFF is there, somebody has taken the webhook or its caBundle away: what is wrong may pass, and what is
right may be refused because the certificate is not trusted, and for no other reason. Three clients create what is right and what is wrong, as dry-runs; one kubectl changes the ScheduledBackup
SCHEDULE. Prints `N calls, M failed` and the first failures; the exit status is 1 if there were any. A call that has
no answer in a minute has failed: the API server itself gives up before.
"""
import http.client
import json
import os
import signal
import ssl
import subprocess
import sys
import threading

pki, namespace, schedule, off = sys.argv[1:]
stop = threading.Event()
lock = threading.Lock()
calls, untrusted, failures = [0], [0], []
PATIENCE = 60
PLUGIN = "barman-cloud.cloudnative-pg.io"


def scheduled(name, **spec):
    return "scheduledbackups", {
        "apiVersion": "postgresql.cnpg.io/v1", "kind": "ScheduledBackup", "metadata": {"name": name},
        "spec": {"schedule": "0 0 3 * * *", "backupOwnerReference": "self", "cluster": {"name": "load"},
                 "pluginConfiguration": {"name": PLUGIN}, **spec}}


def cluster(name):
    return "clusters", {
        "apiVersion": "postgresql.cnpg.io/v1", "kind": "Cluster", "metadata": {"name": name},
        "spec": {"instances": 1, "storage": {"size": "1Gi"}, "plugins": [{"name": "barman-cloud.cnpg.io"}]}}


# The last would pass if the webhook were not asked: it fails open.
EXPECTED = [(scheduled("right", method="plugin"), 201), (scheduled("wrong"), 422), (cluster("wrong"), 422)]


def count(failure):
    with lock:
        calls[0] += 1
        if failure:
            failures.append(failure)


def is_let(status, wanted, text):
    if status == 500 and "failed calling webhook" in text and "certificate" in text:
        untrusted[0] += 1
        return True
    return status == 201 and wanted == 422


def client():
    context = ssl.create_default_context(cafile=os.path.join(pki, "ca.crt"))
    context.load_cert_chain(os.path.join(pki, "admin.crt"), os.path.join(pki, "admin.key"))
    connection = http.client.HTTPSConnection("127.0.0.1", 6443, context=context, timeout=PATIENCE)
    while not stop.is_set():
        for (resource, body), wanted in EXPECTED:
            was_off = os.path.exists(off)
            path = f"/apis/postgresql.cnpg.io/v1/namespaces/{namespace}/{resource}?dryRun=All"
            try:
                connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
                answer = connection.getresponse()
                status, text = answer.status, answer.read().decode()
            except (OSError, http.client.HTTPException) as why:
                connection.close()
                status, text = "no answer", why
            let = (was_off or os.path.exists(off)) and is_let(status, wanted, text)
            count(None if status == wanted or let else f"{resource} {body['metadata']['name']}: {status} {text}")


def kubectl():
    suspend = False
    while not stop.is_set():
        suspend = not suspend
        patch = json.dumps({"spec": {"suspend": suspend}})
        done = subprocess.run(["timeout", "-s", "KILL", f"{PATIENCE}", "kubectl", "-n", namespace, "patch", "scheduledbackup", schedule,
                               "--type=merge", "-p", patch], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        count(None if done.returncode == 0 else f"kubectl: {done.returncode} {done.stdout}")


signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
threads = [threading.Thread(target=target) for target in (client, client, client, kubectl)]
for thread in threads:
    thread.start()
signal.sigwait({signal.SIGTERM})
stop.set()
for thread in threads:
    thread.join()
print(f"{calls[0]} calls, {len(failures)} failed")
print(f"{untrusted[0]} met a certificate that was not trusted", file=sys.stderr)
print("".join(f"{failure}\n" for failure in failures[:5]), end="")
sys.exit(bool(failures))
