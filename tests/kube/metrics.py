#!/usr/bin/env python3
"""metrics.py RULES: what CloudNativePG and the plugin would export of the objects of cluster.py (standard input), as a
case of `promtool test rules` for RULES, with the alerts that must fire. The clock of cluster.py is 0 here."""
import datetime
import json
import sys

NOW = datetime.datetime.fromisoformat("2026-11-22T12:00:00+00:00")
PLUGIN = "barman-cloud.cloudnative-pg.io"
LASTS = 24  # samples, 5 minutes apart

FIRING = {  # and no other: paperless-db and legacy-db are in order, n8n-db has nothing that could fire
    "immich-db": ["PostgresBackupFailed", "PostgresBackupTooOld"],
    "forgejo-db": ["PostgresWalArchivingFails", "PostgresWalWaits"],
}

objects = json.load(sys.stdin)
stores = {(o["metadata"]["namespace"], o["metadata"]["name"]): o for o in objects if o["resource"] == "objectstores"}
series = []


def export(cluster, instance, metric, value, labels=""):
    m = cluster["metadata"]
    series.append({"series": f"{metric}{{namespace='{m['namespace']}',pod='{m['name']}-{instance}'{labels}}}", "values": value})


def at(text, never=0):  # seconds from NOW
    when = int((datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) - NOW).total_seconds()) if text else never
    return f"{when}x{LASTS}"


LONG_AGO = -int(NOW.timestamp())  # what is exported as 0, where it is compared with a time


def backups(cluster, instance):
    status = cluster.get("status", {}) if instance == 1 else {}
    export(cluster, instance, "cnpg_collector_last_available_backup_timestamp", at(status.get("lastSuccessfulBackup")))
    export(cluster, instance, "cnpg_collector_last_failed_backup_timestamp", at(status.get("lastFailedBackup"), LONG_AGO))
    for plugin in cluster["spec"].get("plugins", []):
        store = stores[cluster["metadata"]["namespace"], plugin["parameters"]["barmanObjectName"]]
        window = store.get("status", {}).get("serverRecoveryWindow", {}).get(cluster["metadata"]["name"], {})
        prefix = PLUGIN.replace(".", "_").replace("-", "_")
        export(cluster, instance, f"{prefix}_last_available_backup_timestamp", at(window.get("lastSuccessfulBackupTime")))
        export(cluster, instance, f"{prefix}_last_failed_backup_timestamp", at(window.get("lastFailedBackupTime"), LONG_AGO))


def wal(cluster, instance):
    archives = {c["type"]: c["status"] for c in cluster.get("status", {}).get("conditions", [])}.get("ContinuousArchiving")
    never = f"{LONG_AGO - 1}x{LASTS}"
    fails = archives == "False"
    export(cluster, instance, "cnpg_collector_pg_wal_archive_status", f"{5 if fails and instance == 1 else 0}x{LASTS}", ",value='ready'")
    export(cluster, instance, "cnpg_pg_replication_in_recovery", f"{instance - 1}x{LASTS}")
    if instance != 1:
        return
    archived = f"-14400x{LASTS}" if fails else f"1+300x{LASTS}" if archives else never
    export(cluster, instance, "cnpg_pg_stat_archiver_last_archived_time", archived)
    export(cluster, instance, "cnpg_pg_stat_archiver_last_failed_time", f"0+300x{LASTS}" if fails else never)


for cluster in (o for o in objects if o["resource"] == "clusters"):
    for instance in range(1, cluster["spec"]["instances"] + 1):
        backups(cluster, instance)
        wal(cluster, instance)

print(json.dumps({"rule_files": sys.argv[1:], "evaluation_interval": "5m", "tests": [{
    "interval": "5m", "input_series": series, "promql_expr_test": [{
        "expr": "count by (alertname, cluster) (ALERTS{alertstate='firing'})", "eval_time": "1h", "exp_samples": [
            {"labels": f"{{alertname='{alert}',cluster='{cluster}'}}", "value": 1} for cluster in FIRING for alert in FIRING[cluster]]}]}]}))
