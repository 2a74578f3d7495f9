#!/usr/bin/env python3
"""worlds.py WORLD: Clusters that look well until one reads their status, for the fake API server, as JSON on standard
output. Its clock is 2026-11-23T12:00:00Z."""
import json
import sys

PLUGIN = "barman-cloud.cloudnative-pg.io"
OLD, YESTERDAY = "2026-06-01T00:00:00Z", "2026-11-22T00:00:00Z"
there = []


def add(resource, namespace, name, created, spec, status=None):
    there.append({"resource": resource, "metadata": {
        "namespace": namespace, "name": name, "creationTimestamp": created, "uid": f"uid-{namespace}-{name}",
        "resourceVersion": "7"}, "spec": spec, "status": status or {}})


def cluster(namespace, created, status, archiving="True", ready=None, schedule=YESTERDAY, window=None, **spec):
    """With a store and a daily schedule at 03:00."""
    conditions = [{"type": "ContinuousArchiving", "status": archiving, "message": "exit status 1" if archiving == "False" else ""}]
    if ready:
        conditions.append({"type": "Ready", "status": "False", "lastTransitionTime": ready})
    add("clusters", namespace, "db", created, {
        "instances": 1, "storage": {"size": "5Gi"},
        "plugins": [{"name": PLUGIN, "isWALArchiver": True, "parameters": {"barmanObjectName": "store"}}], **spec},
        {"conditions": conditions, **status})
    add("objectstores", namespace, "store", created, {"retentionPolicy": "30d", "configuration": {
        "destinationPath": f"s3://backups/{namespace}", "wal": {"compression": "gzip"},
        "s3Credentials": {"inheritFromIAMRole": True}}}, {"serverRecoveryWindow": {"db": window}} if window else {})
    add("scheduledbackups", namespace, "db-daily", schedule, {
        "schedule": "0 0 3 * * *", "cluster": {"name": "db"}, "method": "plugin", "backupOwnerReference": "self",
        "pluginConfiguration": {"name": PLUGIN}})


def backup(namespace, method="plugin", **status):
    """Made at 03:00 of the day."""
    add("backups", namespace, "db-1", "2026-11-23T03:00:00Z", {
        "cluster": {"name": "db"}, "method": method, **({"pluginConfiguration": {"name": PLUGIN}} if method == "plugin" else {})},
        {"phase": "completed", "stoppedAt": "2026-11-23T03:05:00Z", **status})


def unknown_plugin():
    cluster("plugin", YESTERDAY, {
        "phase": "Cluster cannot proceed to reconciliation due to an unknown plugin being required",
        "phaseReason": f"Unknown plugin: '{PLUGIN}'"})


HEALTHY = {"phase": "Cluster in healthy state", "currentPrimary": "db-1"}


def phases():
    cluster("ended", YESTERDAY, {"phase": "Cluster is unrecoverable and needs manual intervention",
                                 "phaseReason": "one or more instances were not created"})
    cluster("recovers", YESTERDAY, {"phase": "Setting up primary", "phaseReason": "Creating primary instance db-1"},
            bootstrap={"recovery": {"source": "old"}}, externalClusters=[
                {"name": "old", "plugin": {"name": PLUGIN, "parameters": {"barmanObjectName": "store", "serverName": "old"}}}])
    cluster("starts", "2026-11-23T10:00:00Z", {"phase": "Setting up primary", "phaseReason": "Creating primary instance db-1"})
    unknown_plugin()
    cluster("refused", OLD, {"phase": "Unable to create required cluster objects",
                             "phaseReason": "unable to create Pod: startupProbe: Forbidden"})
    cluster("waits", OLD, {**HEALTHY, "phase": "Waiting for the instances to become active"}, ready="2026-11-23T10:00:00Z")
    cluster("stuck", OLD, HEALTHY)
    add("backups", "stuck", "db-daily-20261120030000", "2026-11-20T03:00:00Z", {"cluster": {"name": "db"}, "method": "plugin"},
        {"phase": "running", "startedAt": "2026-11-20T03:00:00Z"})
    cluster("archive", OLD, HEALTHY, archiving="False")


def young():
    cluster("due", "2026-11-23T11:00:00Z", HEALTHY, schedule="2026-11-23T11:00:00Z")
    cluster("missed", YESTERDAY, HEALTHY)
    cluster("backed", OLD, HEALTHY, window={"firstRecoverabilityPoint": "2026-10-24T03:05:00Z",
                                            "lastSuccessfulBackupTime": "2026-11-23T03:05:00Z"})
    cluster("spelling", OLD, HEALTHY, window={"firstRecoverabilityPoint": "2026-10-24T03:05:00Z",
                                              "lastSuccussfulBackupTime": "2026-11-23T03:05:00Z"})
    cluster("replica", OLD, HEALTHY, replica={"enabled": True, "source": "other"}, externalClusters=[
        {"name": "other", "connectionParameters": {"host": "other.example.com"}}])
    cluster("follows", OLD, HEALTHY, replica={"enabled": True, "source": "other"}, externalClusters=[
        {"name": "other", "connectionParameters": {"host": "other.example.com"}}])
    there.pop()  # without a schedule it is nobody's to back up
    add("clusters", "snapshots", "db", OLD, {
        "instances": 1, "storage": {"size": "1Gi"}, "backup": {"barmanObjectStore": {
            "destinationPath": "s3://backups/snapshots", "s3Credentials": {"inheritFromIAMRole": True}}}},
        {**HEALTHY, "lastSuccessfulBackupByMethod": {"volumeSnapshot": "2026-11-23T03:05:00Z",
                                                     "barmanObjectStore": "2026-11-21T03:05:00Z"},
         "firstRecoverabilityPoint": "2026-10-24T03:05:00Z",
         "conditions": [{"type": "ContinuousArchiving", "status": "True"}]})


def moved():
    window = {"lastSuccessfulBackupTime": "2026-11-23T03:05:00Z"}
    in_tree = {"lastSuccessfulBackup": "2026-11-23T03:05:00Z",
               "lastSuccessfulBackupByMethod": {"barmanObjectStore": "2026-11-23T03:05:00Z"}}
    for name, windows in (("server", {"db-v1": window}), ("same-server", {"db": {}, "db-v1": window}), ("no-window", {})):
        cluster(name, OLD, HEALTHY)
        there[-2]["status"] = {"serverRecoveryWindow": windows}
        backup(name)
    for name, path in (("in-tree", "s3://old/db"), ("same-path", "s3://backups/same-path/"), ("no-path", "")):
        cluster(name, OLD, {**HEALTHY, **in_tree})
        backup(name, "barmanObjectStore", destinationPath=path)
    cluster("snapshot", OLD, {**HEALTHY, "lastSuccessfulBackupByMethod": {"volumeSnapshot": "2026-11-23T03:05:00Z"}})
    backup("snapshot", "barmanObjectStore", destinationPath="s3://old/db")
    cluster("both", OLD, HEALTHY, backup={"barmanObjectStore": {
        "destinationPath": "s3://old/db", "s3Credentials": {"inheritFromIAMRole": True}}})
    backup("both", "barmanObjectStore", destinationPath="s3://old/db")


def signs():
    window = {"firstRecoverabilityPoint": "2026-10-24T03:05:00Z", "lastSuccessfulBackupTime": "2026-11-23T03:05:00Z"}
    early = {**window, "lastSuccessfulBackupTime": "2026-11-22T03:05:00Z"}
    cluster("ahead", OLD, HEALTHY, schedule=OLD, window={k: v.replace("2026", "2027") for k, v in window.items()})
    cluster("born-later", "2026-11-23T10:00:00Z", HEALTHY, schedule="2026-11-23T10:00:00Z", window=early)
    cluster("hibernated", OLD, HEALTHY)
    there[-3]["metadata"]["annotations"] = {"cnpg.io/hibernation": "on"}
    there.pop()
    follows = {"replica": {"primary": "eu", "self": "us", "source": "eu"},
               "externalClusters": [{"name": "eu", "connectionParameters": {"host": "eu.example.com"}}]}
    cluster("follows", OLD, HEALTHY, archiving="False", **follows)
    there.pop()
    cluster("leads", YESTERDAY, HEALTHY, **{**follows, "replica": {**follows["replica"], "primary": "us"}})
    cluster("condition", OLD, HEALTHY, window=early)
    there[-3]["status"]["conditions"].append({
        "type": "LastBackupSucceeded", "status": "False", "reason": "LastBackupFailed", "message": "exit status 4",
        "lastTransitionTime": "2026-11-23T03:00:20Z"})
    for name, created in (("snapshots-due", "2026-11-23T11:00:00Z"), ("snapshots-missed", YESTERDAY), ("snapshots", OLD)):
        add("clusters", name, "db", created, {
            "instances": 1, "storage": {"size": "1Gi"}, "backup": {"volumeSnapshot": {"className": "csi"}}}, HEALTHY)
        add("scheduledbackups", name, "db-daily", created, {
            "schedule": "0 0 3 * * *", "cluster": {"name": "db"}, "method": "volumeSnapshot", "backupOwnerReference": "self"})
    there[-2]["status"] = {**HEALTHY, "firstRecoverabilityPointByMethod": {"volumeSnapshot": "2026-10-25T03:05:00Z"}}
    backup("snapshots", "volumeSnapshot")
    cluster("immediate", "2026-11-23T11:50:00Z", HEALTHY, schedule="2026-11-23T11:50:00Z")
    there[-1]["spec"]["immediate"] = True
    cluster("unseen", YESTERDAY, {}, schedule="2026-11-23T11:00:00Z")
    there[-3]["status"] = {}
    add("clusters", "other-plugin", "db", YESTERDAY, {
        "instances": 1, "storage": {"size": "1Gi"}, "plugins": [{"name": "klio.cnpg.io", "isWALArchiver": True}]}, HEALTHY)


{"phases": phases, "signs": signs, "moved": moved, "unknown-plugin": unknown_plugin, "young": young}[sys.argv[1]]()
there.sort(key=lambda o: (o["resource"], o["metadata"]["namespace"], o["metadata"]["name"]))
print(json.dumps(there))
