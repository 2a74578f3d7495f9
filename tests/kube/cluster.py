#!/usr/bin/env python3
"""cluster.py: a small cluster for the fake API server, as JSON on standard output. Its clock is
2026-11-22T12:00:00Z."""
import base64
import json

PLUGIN = "barman-cloud.cloudnative-pg.io"
there = []


def add(resource, namespace, name, spec=None, status=None, created="2026-06-01T00:00:00Z", **more):
    there.append({"resource": resource, "metadata": {
        "namespace": namespace, "name": name, "creationTimestamp": created, "uid": f"uid-{name}", "resourceVersion": "7",
        "managedFields": [{"manager": "kubectl", "fieldsV1": {"f:spec": {}}}]},
        **({"spec": spec} if spec else {}), **({"status": status} if status else {}), **more})


def store(namespace, name, last=None, failed=None):
    window = {k: v for k, v in (("firstRecoverabilityPoint", last and "2026-10-23T03:04:05Z"),
                                ("lastSuccessfulBackupTime", last), ("lastFailedBackupTime", failed)) if v}
    add("objectstores", namespace, f"{name}-store", {"retentionPolicy": "30d", "configuration": {
        "destinationPath": f"s3://backups/{namespace}", "endpointURL": "https://nas.example.com:9000",
        "s3Credentials": {"accessKeyId": {"name": "s3", "key": "ID"}, "secretAccessKey": {"name": "s3", "key": "SECRET"}},
        "wal": {"compression": "gzip"}}, "instanceSidecarConfiguration": {"env": [
            {"name": f"AWS_{what}", "value": "when_required"}
            for what in ("REQUEST_CHECKSUM_CALCULATION", "RESPONSE_CHECKSUM_VALIDATION")]}},
        {"serverRecoveryWindow": {name: window}} if window else None)


def cluster(namespace, name, archiving="True", message="", **more):
    add("clusters", namespace, name, {
        "instances": 2, "storage": {"size": "5Gi"}, "plugins": [
            {"name": PLUGIN, "isWALArchiver": True, "parameters": {"barmanObjectName": f"{name}-store"}}], **more},
        {"conditions": [{"type": "ContinuousArchiving", "status": archiving, "reason": "x", "message": message,
                         "lastTransitionTime": "2026-11-01T00:00:00Z"}], "instanceNames": [f"{name}-1", f"{name}-2"]})


def daily(namespace, name, schedule="0 0 3 * * *", **more):
    add("scheduledbackups", namespace, f"{name}-daily", {
        "schedule": schedule, "cluster": {"name": name}, "method": "plugin", "backupOwnerReference": "self",
        "pluginConfiguration": {"name": PLUGIN}, **more})


def backup(namespace, name, day, phase, **more):
    add("backups", namespace, f"{name}-daily-{day.replace('-', '')}", {
        "cluster": {"name": name}, "method": "plugin", "pluginConfiguration": {"name": PLUGIN}},
        {"phase": phase, **({"stoppedAt": f"{day}T03:04:05Z"} if phase == "completed" else {}), **more},
        created=f"{day}T03:00:00Z")


def secret(namespace, name, **values):
    add("secrets", namespace, name, apiVersion="v1", kind="Secret",
        data={k: base64.b64encode(v.encode()).decode() for k, v in values.items()})


# in order
cluster("paperless", "paperless-db")
store("paperless", "paperless-db", last="2026-11-22T03:04:05Z")
daily("paperless", "paperless-db")
for n in range(18, 23):
    backup("paperless", "paperless-db", f"2026-11-{n}", "completed")
secret("paperless", "s3", ID="backup", SECRET="not-told-anywhere")

# the last backup is old, the last try failed, and the secret key ends with a line break
cluster("immich", "immich-db")
store("immich", "immich-db", last="2026-11-18T03:04:05Z", failed="2026-11-22T03:00:20Z")
daily("immich", "immich-db")
backup("immich", "immich-db", "2026-11-18", "completed")
backup("immich", "immich-db", "2026-11-22", "failed", stoppedAt="2026-11-22T03:00:20Z",
       error="ERROR: Barman cloud backup exception: An error occurred (SignatureDoesNotMatch)\nexit status 4")
secret("immich", "s3", ID="backup", SECRET="not-told-anywhere\n")

# WAL archiving fails, a Backup waits for it, and the schedule is suspended
cluster("forgejo", "forgejo-db", "False", "unexpected failure invoking barman-cloud-wal-archive: exit status 4")
store("forgejo", "forgejo-db")
daily("forgejo", "forgejo-db", suspend=True)
backup("forgejo", "forgejo-db", "2026-11-20", "walArchivingFailing")
secret("forgejo", "s3", ID="backup", SECRET="not-told-anywhere")

# nothing at all
add("clusters", "n8n", "n8n-db", {"instances": 1, "storage": {"size": "1Gi"}}, {"phase": "Cluster in healthy state"})

# in-tree, with a Secret that only the Cluster names
add("clusters", "legacy", "legacy-db", {"instances": 1, "storage": {"size": "1Gi"}, "backup": {
    "retentionPolicy": "30d", "barmanObjectStore": {
        "destinationPath": "s3://backups/legacy", "endpointURL": "https://nas.example.com:9000", "s3Credentials": {
            "accessKeyId": {"name": "old", "key": "ID"}, "secretAccessKey": {"name": "old", "key": "SECRET"}}}}},
    {"lastSuccessfulBackup": "2026-11-22T01:02:03Z",
     "conditions": [{"type": "ContinuousArchiving", "status": "True"}]})
add("scheduledbackups", "legacy", "legacy-db-daily", {
    "schedule": "0 0 1 * * *", "cluster": {"name": "legacy-db"}, "method": "barmanObjectStore",
    "backupOwnerReference": "self"})
secret("legacy", "old", ID="backup", SECRET="not-told-anywhere")

there.sort(key=lambda o: (o["resource"], o["metadata"]["namespace"], o["metadata"]["name"]))
print(json.dumps(there))
