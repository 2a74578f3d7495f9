#!/usr/bin/env python3
"""probe and audit --stores, against an object store and an API server of our own on loopback.

  tests/probe/run.py BACKUP-GUARD [WORDS]   only cases with WORDS in their title
"""
import bz2
import fcntl
import json
import lzma
import os
import re
import socket
import struct
import sys
import termios
from datetime import datetime, timedelta

from world import KEYS, NOW, PLAIN_URL, PLUGIN, SECURE_URL, World, at, b64, info, wal

ONLY = " ".join(sys.argv[2:])
CASES = []
READ_ONLY = {"head": "yes", "list": "yes", "read": "yes", "write": "not-asked", "find": "not-asked", "delete": "not-asked"}
ALL = dict.fromkeys(READ_ONLY, "yes")


def case(title):
    def keep(check):
        CASES.append((title, check))
        return check
    return keep


def same(got, wanted, what="it"):
    if got != wanted:
        raise AssertionError(f"{what} is {got!r}, not {wanted!r}")


def has(text, *parts):
    for part in parts:
        if part not in text:
            raise AssertionError(f"not there: {part!r} in\n{text}")


def lacks(text, *parts):
    for part in parts:
        if part in text:
            raise AssertionError(f"there: {part!r} in\n{text}")


# --- what is asked, and what is told of it

@case("a store in order is read, and nothing is written")
def _(w):
    store, = w.told()
    same(store["calls"], READ_ONLY)
    same((store["namespace"], store["store"], store["unasked"], store["failures"]), ("app", "minio-store", "", []))
    same(store["place"], f"s3://pg/app at {PLAIN_URL}")
    server, = store["servers"]
    same((server["name"], server["timeline"], server["gaps"]), ("db", 1, 0))
    same(server["windows"], [{"from": "2026-11-29T15:04:00Z", "surely": "2026-11-29T15:04:30Z", "until": "2026-11-29T15:05:30Z",
                              "end": "newest", "timeline": 1, "last": "000000010000000000000005", "oldestBackup": "20261129T150331",
                              "newestBackup": "20261129T150331"}])
    same([(b["id"], b["status"], b["begin"], b["end"]) for b in server["backups"]],
         [("20261129T150331", "done", "2026-11-29T15:03:32Z", "2026-11-29T15:04:00Z")])
    same(server["newest"], {"name": "000000010000000000000005", "time": "2026-11-29T15:05:30Z"})
    same([c for c in w.s3.calls if c.startswith(("put", "delete"))], [])


@case("what a person reads")
def _(w):
    result = w.probe()
    same(result.returncode, 0, "the exit code")
    has(result.stdout, f"app/minio-store  s3://pg/app at {PLAIN_URL}\n"
        "  head yes, list yes, read yes, write not asked, find not asked, delete not asked\n"
        "  SERVER  RESTORABLE FROM (UTC)  TO (UTC)          GAPS  NEWEST WAL\n"
        "  db      2026-11-29 15:04       2026-11-29 15:04  0     2h54m ago\n",
        "not proved that they can be written, nor that retention may delete: backup-guard probe --write asks\n",
        "in namespace app of context lab")


@case("what a pull request shows")
def _(w):
    w.add("objectstores", "azure", {"configuration": {"destinationPath": "https://a.blob.core.windows.net/c", "azureCredentials": {
        "connectionString": {"name": "keys", "key": "ID"}}}})
    has(w.probe("--format", "markdown").stdout, "| app/minio-store | db | yes | yes | yes | not asked | not asked | not asked | "
        "2026-11-29 15:04 | 2026-11-29 15:04 | - | 0 | 2h54m ago | - |  |\n",
        "| app/azure |  | not asked | not asked | not asked | not asked | not asked | not asked | unknown | - | - | - | - | - | "
        "Azure Blob Storage is not asked |\n")


@case("each store is a line of jsonl")
def _(w):
    lines = [json.loads(line) for line in w.probe("--format", "jsonl").stdout.splitlines()]
    same([line["store"]["store"] for line in lines if "store" in line], ["minio-store"])


@case("metrics for the textfile collector")
def _(w):
    del w.s3.buckets["pg"]["app/db/" + wal(4)]
    w.add("objectstores", "az\\ure", {"configuration": {"destinationPath": "https://a.blob.core.windows.net/c", "azureCredentials": {
        "connectionString": {"name": "keys", "key": "ID"}}}})
    lines = w.probe("--format", "prometheus").stdout.splitlines()
    of = '{namespace="app",store="minio-store",server="db"}'
    has("\n".join(lines), "backup_guard_report_denials 1\n", "backup_guard_report_warnings 0\n", "backup_guard_report_objects 3\n",
        "backup_guard_report_errors 0\n", "backup_guard_report_timestamp_seconds ",
        'backup_guard_store_call{namespace="app",store="minio-store",call="list"} 1\n',
        f"backup_guard_server_restorable_from_timestamp_seconds{of} 1795964640\n",
        f"backup_guard_server_restorable_to_timestamp_seconds{of} 1795964640\n",
        f"backup_guard_server_wal_gaps{of} 1\n", f"backup_guard_server_newest_wal_timestamp_seconds{of} 1795964730")
    lacks("\n".join(lines), 'call="write"', "az", "expiry_timestamp_seconds{")
    names = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    same(len(names), len(set(names)), "each is one group")
    w.s3.refuse["list"] = 403, "AccessDenied"
    text = w.probe("--format", "prometheus").stdout
    has(text, 'backup_guard_store_call{namespace="app",store="minio-store",call="list"} 0\n')
    lacks(text, "restorable_to_timestamp_seconds{")
    has(w.run("audit", "--stores", "--format", "prometheus", "--now", NOW).stdout, 'backup_guard_cluster_worst_severity{namespace="app",cluster="db"} ')


def wals(w, times):
    """The WAL behind that of the base backup, and when each came."""
    for n in range(3, 6):
        del w.s3.buckets["pg"]["app/db/" + wal(n)]
    for n, when in enumerate(times):
        w.s3.put("app/db/" + wal(3 + n), "w", f"2026-11-29T{when}Z")


@case("of WAL that came late, all at once, is said how far it leads at most")
def _(w):
    wals(w, ["15:09:00", "17:30:00", "17:30:02", "17:30:05"])
    window, = w.told()[0]["servers"][0]["windows"]
    same((window["surely"], window["until"], window["late"]), ("2026-11-29T15:09:00Z", "2026-11-29T17:30:05Z", True))
    has(w.probe().stdout, "  db      2026-11-29 15:04       2026-11-29 15:09  0     29m ago\n"
        "    behind TO lies WAL that was stored late, much of it at once: it leads to 2026-11-29 17:30 at most\n")
    result = w.run("restore", "db", "-n", "app", "--now", NOW, "--to", "2026-11-29T17:00:00Z")
    has(result.stderr, "can be restored: 2026-11-29T15:04:00Z to 2026-11-29T15:09:00Z, perhaps up to 2026-11-29T17:30:05Z\n",
        "the last WAL was stored late, much of it at once, and may end before that moment: PostgreSQL then stops with ")
    has(w.run("restore", "db", "-n", "app", "--now", NOW, "--to", "2026-11-29T17:00:00Z", "--runbook").stdout,
        "Be careful: the last WAL was stored late, much of it at once, and may end before that moment. ")
    has(w.run("restore", "db", "-n", "app", "--now", NOW, "--to", "2026-11-29T17:00:00Z", "--format", "html").stdout,
        '<span class="risk">! can be restored, perhaps not to that moment</span>')
    w.s3.put("app/db/" + wal(8), "w", "2026-11-29T17:45:00Z")
    has(w.probe().stdout, "error[wal-gap]: ", "it can be restored up to 2026-11-29 15:09 UTC, perhaps up to 2026-11-29 17:30 UTC, and to\n")
    w.s3.put("app/db/" + wal(7), "w", "2026-11-29T17:40:00Z")
    same([k for k in w.told()[0]["servers"][0]["windows"][0] if k == "late"], [])
    lacks(w.probe().stdout, "stored late")


@case("the clock of the store makes less sure, and nothing is of the future")
def _(w):
    wals(w, ["15:09:00", "15:19:00", "15:29:00"])
    w.s3.ahead = 660
    window, = w.told()[0]["servers"][0]["windows"]
    same(window["until"], "2026-11-29T15:29:00Z")
    has(window["surely"], "2026-11-29T15:0")
    w.s3.ahead = 0
    wals(w, ["15:09:00", "18:00:10", "18:10:00"])
    window, = w.told()[0]["servers"][0]["windows"]
    same((window["surely"], window["until"]), ("2026-11-29T18:00:00Z",) * 2)


@case("what is in cold storage is promised by nobody")
def _(w):
    w.s3.cold = {"app/db/" + wal(4)}
    window, = w.told()[0]["servers"][0]["windows"]
    same((window["end"], window["until"], window["next"]), ("cold", "2026-11-29T15:04:00Z", "000000010000000000000004"))
    text = w.probe().stdout
    has(text, "  WAL is in cold storage  0  ", "warning[archive-in-cold-storage]: the storage class of 1 segment of WAL of server db is GLACIER or\n")
    lacks(text, "wal-gap")
    w.s3.cold = {"app/db/base/20261129T150331/data.tar.gz"}
    has(w.probe().stdout, "error[archive-in-cold-storage]: the storage class of 1 base backup of server db is ")
    result = w.run("restore", "db", "-n", "app", "--now", NOW)
    same(result.returncode, 3, "the exit code")
    has(result.stderr, "is in the storage class GLACIER or DEEP_ARCHIVE, and cannot be read before it is restored in the store: nothing else can be restored\n")
    w.s3.archive("app/db", (), "20261129T150100", info(at_begin="2026-11-29 15:01:00+00:00", at_end="2026-11-29 15:01:30+00:00"))
    w.s3.cold = {"app/db/base/20261129T150331/backup.info"}
    backups = {b["id"]: b["status"] for b in w.told()[0]["servers"][0]["backups"]}
    same(backups, {"20261129T150100": "done", "20261129T150331": "unknown"}, "that one cannot be read does not speak for the others:")


@case("a history is read however Barman has packed it")
def _(w):
    for suffix, pack in ((".bz2", bz2.compress), (".xz", lzma.compress)):
        w.s3.archive("app/db")
        w.s3.buckets["pg"] = {k: v for k, v in w.s3.buckets["pg"].items() if ".history" not in k}
        w.s3.buckets["pg"]["app/db/wals/00000002.history" + suffix] = (pack(b"1\t0/5000100\tpromoted\n"), "2026-11-29T15:05:20Z")
        server, = w.told()[0]["servers"]
        same((server["timeline"], server["followed"], server["unknownHistories"]), (2, 2, []), suffix)


@case("a gap is told with what is missing")
def _(w):
    del w.s3.buckets["pg"]["app/db/" + wal(4)]
    server, = w.told()[0]["servers"]
    same(server["gaps"], 1)
    window, = server["windows"]
    same((window["end"], window["last"], window["next"]), ("gap", "000000010000000000000003", "000000010000000000000005"))
    result = w.probe()
    same(result.returncode, 1, "the exit code")
    has(result.stdout, "  db      2026-11-29 15:04       2026-11-29 15:04  WAL is missing  1     ", "error[wal-gap]: ", "--> Cluster app/db ")
    has(w.run("audit", "--stores", "--now", NOW).stdout, "[wal-gap]")
    lacks(w.run("audit", "--now", NOW).stdout, "[wal-gap]")
    result = w.probe("-f", w.manifests("objectstores", "clusters", "secrets"))
    has(result.stdout, "error[wal-gap]: ", "/manifests.json:1:")


def days(w, days, gaps=()):
    """A base backup at 03:00 of each day, and WAL in each hour behind it; in the last hour of `gaps` it is missing."""
    w.s3.buckets["pg"].clear()
    for n, day in enumerate(days):
        first = 24 * n + 1
        w.s3.archive("app/db", (), f"202611{day:02}T030000", info(begin=first, end=first, at_begin=f"2026-11-{day:02} 03:00:00+00:00",
                                                                  at_end=f"2026-11-{day:02} 03:02:00+00:00"))
        for hour in range(20):
            if (day, hour) not in gaps:
                w.s3.put(f"app/db/{wal(first + hour)}", "w", f"2026-11-{day:02}T{hour + 4:02}:00:00Z")
        for rest in range(20, 24):
            if day not in gaps and day != days[-1]:
                w.s3.put(f"app/db/{wal(first + rest)}", "w", f"2026-11-{day:02}T23:30:00Z")


@case("each window is a line, the newest the last, with what ends it")
def _(w):
    days(w, (26, 27, 28), gaps=(26,))
    has(w.probe().stdout, "  SERVER  RESTORABLE FROM (UTC)  TO (UTC)          THEN            GAPS  NEWEST WAL\n"
        "  db      2026-11-26 03:02       2026-11-26 22:00  WAL is missing  -     -\n"
        "          2026-11-27 03:02       2026-11-28 22:00  -               1     19h ago\n\n")
    has(w.probe("--format", "markdown").stdout, "| 2026-11-26 03:02 | 2026-11-26 22:00 | WAL is missing | - | - | - |  |\n",
        "| 2026-11-27 03:02 | 2026-11-28 22:00 | - | 1 | 19h ago | - |  |\n")
    has(w.run("audit", "--stores", "--now", NOW).stdout, "  RESTORABLE FROM   TO                GAPS  VERDICT\n", "  2026-11-27 03:02  2026-11-28 22:00  1     warning\n")


@case("of more than five windows the oldest are counted")
def _(w):
    days(w, range(20, 25), gaps=range(20, 24))
    lacks(w.probe().stdout, "older")
    days(w, range(20, 27), gaps=range(20, 26))
    text = w.probe().stdout
    has(text, "  db      2026-11-22 03:02 ", "          2026-11-26 03:02 ", "    2 older: --format json has them all\n")
    lacks(text, "2026-11-21 03:02  ")
    same(len(w.told()[0]["servers"][0]["windows"]), 7)


@case("of a base backup with no WAL behind it no moment is before its end")
def _(w):
    w.s3.buckets["pg"].clear()
    w.s3.archive("app/db", range(1, 3))
    has(w.probe().stdout, "  db      2026-11-29 15:04       2026-11-29 15:04  0 ")
    cluster, = json.loads(w.run("audit", "--stores", "--now", NOW, "--format", "json").stdout)["clusters"]
    same((cluster["restorableFrom"], cluster["restorableTo"]), ("2026-11-29T15:04:00Z",) * 2)
    same(cluster["lastBackup"][:16], "2026-11-29T15:04") # no Backup says it, the bucket does


@case("an archive without a base backup restores nothing")
def _(w):
    w.s3.buckets["pg"] = {k: v for k, v in w.s3.buckets["pg"].items() if "/base/" not in k}
    server, = w.told()[0]["servers"]
    same((server["windows"], server["backups"]), ([], []))
    out = w.probe().stdout
    has(out, "  db      never                  -         -     2h54m ago\n")
    lacks(out, "nothing lies")
    w.s3.buckets["pg"].clear()
    out = w.probe("-f", w.manifests("clusters", "objectstores", "secrets")).stdout
    has(out, "  db      never                  -         -     -\n    nothing lies there yet\n", ", 1 store, 1 archive in which nothing lies yet")


@case("backups that failed or were killed are told as such")
def _(w):
    w.s3.archive("app/db", (), "20261128T150331", info(status="FAILED"))
    w.s3.archive("app/db", (), "20261127T150331", info(status="STARTED").replace("end_", "#end_"))
    w.s3.put("app/db/base/20261126T150331/backup.info", "nonsense")
    same([(b["id"], b["status"]) for b in w.told()[0]["servers"][0]["backups"]],
         [("20261126T150331", "unknown"), ("20261127T150331", "started"), ("20261128T150331", "failed"), ("20261129T150331", "done")])


def seen(w, *words, columns=0):
    """What a person sees of stderr on a terminal."""
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    w.run(*words, "--now", NOW, stderr=slave)
    os.close(slave)
    text = b""
    try:
        while piece := os.read(master, 4096):
            text += piece
    except OSError:  # the other end is closed
        pass
    os.close(master)
    return text.decode()


@case("on a terminal the store that is asked is told, and erased")
def _(w):
    w.add("objectstores", "second", {"configuration": {**w.configuration, "destinationPath": "s3://pg/second"}})
    for words in ("probe",), ("audit", "--stores"):
        text = seen(w, *words)
        has(text, "\r\033[Kasking app/minio-store, request 1\r\033[K", "asking app/second, request 1\r\033[K")
        same(text.endswith("\r\033[K"), True, "erased")
    same(seen(w, "audit"), "", "nothing is asked")
    same(w.probe().stderr, "", "no terminal")


@case("on a narrow terminal lines go on below")
def _(w):
    text = seen(w, "migrate", os.path.join(os.path.dirname(README), "tests/migrate/crlf/in"), columns=60)
    has(text, "nothing was written: --write does")
    wide = [line for line in text.splitlines() if len(line) > 60 and " " in line.strip()[2:]]
    same(wide, [], "what is wider")
    wide = [line for line in seen(w, "restore", "app/db", "--credentials", "none", columns=60).splitlines() if len(line) > 60]
    same(wide, [], "what is wider of restore")


# --- writing

@case("--write puts, reads, finds and deletes one object")
def _(w):
    w.s3.buckets["pg"].clear()
    result = w.probe("--write", "--format", "json")
    store, = json.loads(result.stdout)["stores"]
    same((store["calls"], store["left"]), (ALL, ""))
    same(w.s3.buckets["pg"], {}, "what stays")
    key, = {c.split()[1] for c in w.s3.calls if c.startswith("put")}
    if not key.startswith("app/db/.backup-guard-probe-"):
        raise AssertionError(key)
    lacks(w.probe("--write").stdout, "not proved")


@case("what cannot be deleted is named")
def _(w):
    w.s3.refuse["delete"] = (200, "AccessDenied")
    result = w.probe("--write")
    key, = {k for k in w.s3.buckets["pg"] if "probe" in k}
    has(result.stdout, "write yes, find yes, delete NO (AccessDenied)\n", f"  left there: {key}\n")
    has(result.stdout, "warning[store-not-prunable]: ")
    same(w.told("--write")[0]["left"] in w.s3.buckets["pg"], True, "left")


@case("a store that cannot be written says so")
def _(w):
    w.s3.refuse["put"] = (403, "AccessDenied")
    store, = w.told("--write")
    same(store["calls"], {**READ_ONLY, "write": "no"})
    has(w.probe("--write").stdout, "error[store-not-writable]: ")
    same(store["failures"], [{"call": "write", "status": 403, "code": "AccessDenied", "message": "The words of AccessDenied"}])


@case("tags and encryption are sent along")
def _(w):
    w.configuration["tags"] = {"team": "a b"}
    w.configuration["wal"] = {"encryption": "AES256"}
    w.told("--write")
    same((w.s3.headers["x-amz-tagging"], w.s3.headers["x-amz-server-side-encryption"]), ("team=a%20b", "AES256"))


# --- what stores and networks refuse

@case("a list that is denied")
def _(w):
    w.s3.refuse["list"] = w.s3.refuse["head"] = (403, "AccessDenied")
    store, = w.told()
    same((store["calls"]["head"], store["calls"]["list"]), ("no", "no"))
    server, = store["servers"]
    same((server["name"], server["failure"]["code"], "windows" in server), ("db", "AccessDenied", False))
    has(w.probe().stdout, "head NO (403), list NO (AccessDenied)", "  db      unknown                -         -     -\n",
        "    its listing: NO (AccessDenied)\n", "error[store-login-refused]: ")
    same(w.probe("--fail-on", "never").returncode, 0, "the exit code with --fail-on never")


@case("a store that is not there")
def _(w):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        w.configuration["endpointURL"] = f"http://127.0.0.1:{s.getsockname()[1]}"
        store, = w.told()
        same((store["calls"]["head"], store["calls"]["list"]), ("no", "not-asked"))
        result = w.probe()
        same(result.returncode, 1, "the exit code")
        has(result.stdout, "head NO, list not asked", "  head: http://127.0.0.1:", "error[store-unreachable]: ")
        lacks(result.stdout, "not proved")


@case("a bucket that is not there")
def _(w):
    w.configuration["destinationPath"] = "s3://other/app"
    store, = w.told()
    same((store["calls"]["list"], store["failures"][-1]["code"]), ("no", "NoSuchBucket"))


@case("a CA of one's own is that of endpointCA")
def _(w):
    w.configuration["endpointURL"] = SECURE_URL
    same(w.told()[0]["calls"]["head"], "no", "without it")
    with open(at("ca.crt")) as f:
        w.secret["data"]["ca"] = b64(f.read())
    w.configuration["endpointCA"] = {"name": "keys", "key": "ca"}
    store, = w.told()
    same(store["calls"], READ_ONLY)
    if not re.match(r"\d{4}-\d\d-\d\dT", store["certificateUntil"]):
        raise AssertionError(store["certificateUntil"])
    w.configuration["endpointURL"] = SECURE_URL.replace("127.0.0.1", "localhost")
    has(w.probe().stdout, "its certificate is of another name")


@case("where TLS is spoken, until when the certificate is valid is told")
def _(w):
    lacks(w.probe().stdout, "certificate")
    w.configuration["endpointURL"] = SECURE_URL
    with open(at("ca.crt")) as f:
        w.secret["data"]["ca"] = b64(f.read())
    w.configuration["endpointCA"] = {"name": "keys", "key": "ca"}
    until = w.told()[0]["certificateUntil"]
    minute, day = until[:16].replace("T", " "), datetime.fromisoformat(until.replace("Z", "+00:00"))

    def now(**more):
        return (day + timedelta(**more)).strftime("%Y-%m-%dT%H:%M:%SZ")
    has(w.run("probe", "--now", now(days=-30)).stdout, f"\n  certificate valid until {minute} UTC, for 30d\n")
    has(w.run("probe", "--now", now(seconds=-60)).stdout, f"\n  certificate valid until {minute} UTC, for 1m\n", "[store-certificate-expires]")
    has(w.run("probe", "--now", now(days=2)).stdout, f"\n  certificate expired at {minute} UTC, 2d ago\n")
    has(w.probe("--format", "markdown").stdout, f" | {minute} |  |\n")


@case("a clock that is off is told")
def _(w):
    lacks(w.probe().stdout, "its clock")
    w.s3.ahead = 630
    has(w.probe().stdout, "\n  its clock is 10m ahead of the one here\n")
    w.s3.ahead = -630
    has(w.probe().stdout, "\n  its clock is 10m behind the one here\n")


# --- whose keys, which region

@case("the region is that of the Secret")
def _(w):
    w.s3.region = KEYS["REGION"]
    same(w.told()[0]["calls"]["head"], "no", "without it")
    w.credentials["region"] = {"name": "keys", "key": "REGION"}
    same(w.told()[0]["calls"], READ_ONLY)


@case("a session token is sent")
def _(w):
    w.credentials["sessionToken"] = {"name": "keys", "key": "TOKEN"}
    w.told()
    same(set(w.s3.seen), {(KEYS["ID"], "us-east-1", KEYS["TOKEN"])})


@case("the sidecar's environment comes first, references win")
def _(w):
    w.s3.region = "eu-env-1"
    w.store["spec"]["instanceSidecarConfiguration"] = {"env": [
        {"name": "AWS_DEFAULT_REGION", "value": "eu-env-1"}, {"name": "AWS_ACCESS_KEY_ID", "value": "nobody"},
        {"name": "AWS_ENDPOINT_URL", "value": PLAIN_URL}, {"name": "AWS_SESSION_TOKEN", "valueFrom": {
            "secretKeyRef": {"name": "keys", "key": "TOKEN"}}}]}
    del w.configuration["endpointURL"]
    same(w.told()[0]["calls"], READ_ONLY)
    same(set(w.s3.seen), {(KEYS["ID"], "eu-env-1", KEYS["TOKEN"])})


@case("keys of the environment: no Secret is read")
def _(w):
    w.s3.key, w.s3.region = "AKIAENV", "eu-env-1"
    env = {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "env-secret", "AWS_DEFAULT_REGION": "eu-env-1"}
    same(w.told("--credentials", "env", env=env)[0]["calls"], READ_ONLY)
    same([a for a in w.asked if "secrets" in a], [])
    w.credentials.clear()
    w.credentials["inheritFromIAMRole"] = True
    same(w.told("--credentials", "env", env=env)[0]["calls"], READ_ONLY, "in place of a role")
    w.configuration["endpointURL"] = SECURE_URL
    same(w.told("--credentials", "env", env={**env, "AWS_CA_BUNDLE": at("ca.crt")})[0]["calls"], READ_ONLY, "with a CA")


@case("nothing of a Secret is told, in any format, whatever goes wrong")
def _(w):
    w.credentials["sessionToken"] = {"name": "keys", "key": "TOKEN"}
    text = ""
    for refuse in ({}, {"list": (403, "AccessDenied"), "head": (403, "SignatureDoesNotMatch")}, {"put": (403, "AccessDenied")}):
        w.s3.refuse = refuse
        for form in ("text", "json", "jsonl", "markdown", "sarif", "junit", "compact", "github", "gitlab", "prometheus"):
            result = w.probe("--write", "--format", form, "--show", "info")
            text += result.stdout + result.stderr
        result = w.run("audit", "--stores", "--now", NOW)
        text += result.stdout + result.stderr
    lacks(text, KEYS["SECRET"], KEYS["TOKEN"], KEYS["ID"], b64(KEYS["SECRET"]))


@case("a store that repeats a key is not quoted")
def _(w):
    w.s3.refuse["list"] = 403, "AccessDenied"
    w.s3.echo = f": Credential={KEYS['ID']}/20261129"
    for form in ("text", "json"):
        text = w.probe("--format", form).stdout
        has(text, "AccessDenied")
        lacks(text, KEYS["ID"])


@case("a password in what was meant to be a URL is not shown")
def _(w):
    for url in ("user:p4ss@127.0.0.1:9", "//user:p4ss@127.0.0.1:9", "http:user:p4ss@h", "http://user:p4ss/x@127.0.0.1:9", "http://127.0.0.1:9#p4ss"):
        w.configuration["endpointURL"] = url
        for form in ("text", "json"):
            result = w.probe("--format", form)
            lacks(result.stdout + result.stderr, "p4ss")


@case("a store that lists more than it was asked for is not believed")
def _(w):
    w.s3.sloppy = True
    store, = w.told()
    has(store["servers"][0].get("problem", "") + w.probe().stdout, 'the store lists "app/db/')


@case("a value that no request can carry is not sent, nor shown")
def _(w):
    w.secret["data"]["ID"] = b64(KEYS["ID"] + "\n")
    result = w.probe()
    same(result.returncode, 3, "the exit code")
    has(" ".join(result.stderr.split()), "ObjectStore app/minio-store: key ID of Secret keys has a line break or another control character "
        "in its value")
    lacks(result.stdout + result.stderr, KEYS["ID"])
    same(w.s3.calls, [])


@case("a Secret, or a key of one, that is not there is an error")
def _(w):
    w.credentials["accessKeyId"]["key"] = "OTHER"
    result = w.probe()
    same(result.returncode, 3, "the exit code")
    has(result.stderr, "error: ObjectStore app/minio-store: Secret keys has no key OTHER\n")
    has(result.stdout, "  not asked: its keys could not be read\n", "1 not read", ", 1 store, 1 not asked")
    w.objects.remove(w.secret)
    result = w.probe()
    same(result.returncode, 3, "the exit code")
    has(" ".join(result.stderr.split()), 'app/secrets/keys: 404: secrets "keys" not found')
    w.refused.append(("/secrets/", 403, "no permission"))
    has(w.probe().stderr, "403: no permission")


# --- which stores

@case("one store and server of several Clusters is asked once, each server by its name")
def _(w):
    w.add("clusters", "reader", {"bootstrap": {"recovery": {"source": "s"}}, "externalClusters": [{"name": "s", "plugin": {
        "name": PLUGIN, "parameters": {"barmanObjectName": "minio-store", "serverName": "db"}}}]})
    w.add("clusters", "other", {"plugins": [{"name": PLUGIN, "parameters": {"barmanObjectName": "minio-store"}}]})
    w.add("clusters", "unused", {"plugins": [{"name": PLUGIN, "enabled": False, "parameters": {"barmanObjectName": "minio-store"}}]})
    store, = w.told()
    same([s["name"] for s in store["servers"]], ["db", "other"])
    same(w.s3.calls.count("head"), 1)


@case("folders beside the servers are told, and looked into where the store is named")
def _(w):
    w.s3.archive("app/gone", (1, 2, 3))
    w.s3.put("app/thanos/index", "no archive")
    store, = w.told()
    same((store["folders"], [s["name"] for s in store["servers"]]), (["gone", "thanos"], ["db"]))
    has(w.probe().stdout, "  beside, not looked into: gone, thanos - backup-guard probe minio-store does\n")
    lacks(w.probe("--format", "prometheus", "minio-store").stdout, 'server="gone"')
    store, = w.told("minio-store")
    same([(s["name"], s.get("beside", False), len(s["windows"])) for s in store["servers"]], [("db", False, 1), ("gone", True, 1)])
    result = w.probe("minio-store")
    same(result.returncode, 0, "the exit code")
    has(result.stdout, "  db      2026-11-29 15:04       2026-11-29 15:04  0     2h54m ago\n  beside, of no Cluster that is known:\n"
        "  gone    2026-11-29 15:04       2026-11-29 15:04  0     2h56m ago\n\n")
    has(w.probe("minio-store", "--format", "markdown").stdout, "| app/minio-store | gone (of no Cluster that is known) | ")
    w.s3.calls.clear()
    w.run("audit", "--stores", "--now", NOW)
    same([c for c in w.s3.calls if "gone" in c], [])


@case("a folder that is a Cluster's by another store is not told as nobody's")
def _(w):
    w.s3.archive("app/gone")
    w.add("objectstores", "deeper", {"configuration": {**w.configuration, "destinationPath": "s3://pg/"}})
    w.add("clusters", "gone", {"plugins": [{"name": PLUGIN, "parameters": {"barmanObjectName": "deeper", "serverName": "app/gone"}}]})
    told = {store["store"]: (store["folders"], [s["name"] for s in store["servers"]]) for store in w.told("minio-store", "deeper")}
    same(told, {"minio-store": ([], ["db"]), "deeper": ([], ["app/gone"])})


@case("where nothing is, how to look elsewhere is told")
def _(w):
    w.objects[:] = [{"resource": "namespaces", "metadata": {"name": "app", "namespace": "app"}}]
    result = w.probe()
    same(result.returncode, 0, "the exit code")
    has(result.stderr, "no Cluster and no ObjectStore is in namespace app of context lab: -n NAMESPACE names another namespace, -A all of them, --context")
    has(w.probe("-A").stderr, "no Cluster and no ObjectStore is in context lab: --context names another cluster\n")
    w.objects.append(w.store)
    lacks(w.probe().stderr, "--context")


@case("where the Cluster is gone, to when its archive can be restored is told all the same")
def _(w):
    w.objects.remove(w.cluster)
    store, = w.told()
    same(([(s["name"], s["beside"]) for s in store["servers"]], store["calls"]), ([("db", True)], READ_ONLY))
    result = w.probe()
    same(result.returncode, 0, "the exit code")
    has(result.stdout, "  no Cluster that is known archives to it or recovers from it\n"
        "  SERVER  RESTORABLE FROM (UTC)  TO (UTC)          GAPS  NEWEST WAL\n"
        "  db      2026-11-29 15:04       2026-11-29 15:04  0     2h54m ago\n\n")
    del w.s3.buckets["pg"]["app/db/" + wal(4)]
    has(w.probe("-f", w.manifests("objectstores", "secrets")).stdout, "  db      2026-11-29 15:04       2026-11-29 15:04  WAL is missing  1     ")
    w.s3.buckets["pg"].clear()
    w.s3.put("app/thanos/index", "no archive")
    has(w.probe().stdout, "  no Cluster that is known archives to it or recovers from it\n\n")


@case("what these keys may not do to the folders beside is no answer of the store")
def _(w):
    w.s3.archive("app/gone")
    w.s3.buckets["pg"] = {k: v for k, v in w.s3.buckets["pg"].items() if k.startswith("app/gone")}
    w.s3.refuse["get"] = 403, "AccessDenied"
    text = w.probe("minio-store").stdout
    has(text, "read not asked", "  db      never ", "  gone    unknown ")
    lacks(text, "[store-not-readable]")


@case("what a server holds is not known while a backup.info cannot be read")
def _(w):
    w.s3.put("app/db/base/20261129T150331/backup.info", "nonsense")
    has(w.probe().stdout, "  db      unknown                -  ")
    cluster, = json.loads(w.run("audit", "--stores", "--now", NOW, "--format", "json").stdout)["clusters"]
    same("restorableFrom" in cluster, False)
    text = w.probe("--format", "prometheus").stdout
    has(text, "server_newest_wal_timestamp_seconds{")
    lacks(text, "server_wal_gaps{", "server_restorable_to_timestamp_seconds{")


@case("a folder that is no Cluster's is a finding where the Clusters of all namespaces are known")
def _(w):
    w.s3.archive("app/gone")
    has(w.probe("-A", "--show", "info").stdout, "info[archive-orphaned]: no Cluster archives to a folder that lies there: gone\n")
    lacks(w.probe("--show", "info").stdout, "archive-orphaned")
    lacks(w.probe("--show", "info", "-f", w.manifests("objectstores", "clusters", "secrets")).stdout, "archive-orphaned")


@case("a Cluster's own barmanObjectStore")
def _(w):
    w.add("clusters", "old", {"backup": {"barmanObjectStore": {**w.configuration, "serverName": "old-v2"}}, "env": [
        {"name": "AWS_DEFAULT_REGION", "value": "us-east-1"}]})
    w.s3.archive("app/old-v2")
    store, = w.told("old")
    same((store["cluster"], [s["name"] for s in store["servers"]], "store" in store), ("old", ["old-v2"], False))
    same(len(store["servers"][0]["windows"]), 1)
    has(w.probe("old").stdout, "app/old (barmanObjectStore)  s3://pg/app at ")


@case("an audit looks into the bucket of a Cluster's own barmanObjectStore")
def _(w):
    w.cluster["spec"]["plugins"] = []
    w.cluster["spec"]["backup"] = {"barmanObjectStore": {**w.configuration, "serverName": "old-v2"}}
    w.s3.archive("app/old-v2")
    cluster, = json.loads(w.run("audit", "--stores", "--now", NOW, "--format", "json").stdout)["clusters"]
    same((cluster["restorableFrom"], cluster["restorableTo"]), ("2026-11-29T15:04:00Z", "2026-11-29T15:04:30Z"))


@case("what a Cluster recovers from in its own store is one more server of that")
def _(w):
    w.cluster["spec"]["plugins"] = []
    w.cluster["spec"]["backup"] = {"barmanObjectStore": w.configuration}
    w.cluster["spec"]["bootstrap"] = {"recovery": {"source": "before"}}
    source = {**w.configuration}
    w.cluster["spec"]["externalClusters"] = [{"name": "before", "barmanObjectStore": source}]
    store, = [s for s in w.told() if s.get("cluster")]
    same([s["name"] for s in store["servers"]], ["db", "before"])
    source["destinationPath"] = "s3://pg/other"
    same([[s["name"] for s in t["servers"]] for t in w.told() if t.get("cluster")], [["db"], ["before"]])


@case("what a Cluster recovers from is asked, and nothing is written there")
def _(w):
    w.s3.buckets["old"] = {}
    w.s3.put("x/pg/base/20261129T150331/backup.info", info(), bucket="old")
    w.s3.put("x/pg/base/20261129T150331/data.tar", "x", bucket="old")
    for n in range(1, 5):
        w.s3.put(f"x/pg/{wal(n)}", "w", f"2026-11-29T15:{n:02}:30Z", bucket="old")
    w.cluster["spec"]["bootstrap"] = {"recovery": {"source": "pg"}}
    w.cluster["spec"]["externalClusters"] = [{"name": "pg", "barmanObjectStore": {**w.configuration, "destinationPath": "s3://old/x"}}]
    own, other = w.told("--write")
    same((own["calls"], "source" in own), (ALL, False))
    same((other["calls"], other["cluster"], other["external"], other["source"]), (READ_ONLY, "db", "pg", True))
    same([(s["name"], len(s["windows"])) for s in other["servers"]], [("pg", 1)])
    result = w.probe("--write")
    same(result.returncode, 0, "the exit code")
    has(result.stdout, f"app/db (externalClusters: pg)  s3://old/x at {PLAIN_URL}\n", "  Clusters only recover from it: --write writes nothing there\n")
    lacks(result.stdout, "not proved")
    has(w.probe("--format", "prometheus").stdout, 'call{namespace="app",cluster="db",external="pg",call="list"} 1\n')
    del w.s3.buckets["old"]["x/pg/base/20261129T150331/backup.info"]
    del w.s3.buckets["old"]["x/pg/base/20261129T150331/data.tar"]
    has(w.probe("--show", "info").stdout, "info[nothing-to-restore]: WAL of server pg is in the store, and no base backup\n")
    w.cluster["status"] = {"currentPrimary": "db-1"}
    lacks(w.probe("--show", "info").stdout, "[nothing-to-restore]")


@case("what a Cluster recovers from, and may not read, is a denial until it runs")
def _(w):
    w.cluster["spec"]["bootstrap"] = {"recovery": {"source": "pg"}}
    w.cluster["spec"]["externalClusters"] = [{"name": "pg", "barmanObjectStore": {**w.configuration, "destinationPath": "s3://none/x"}}]
    result = w.probe()
    same(result.returncode, 1, "the exit code")
    has(" ".join(result.stdout.split()),
        "error[recovery-source-unreadable]: what external cluster pg archived cannot be read: ListObjectsV2 fails: NoSuchBucket (HTTP 404) -->")
    lacks(result.stdout, "[store-bucket-missing]")
    w.cluster["status"] = {"currentPrimary": "db-1"}
    same(w.probe().returncode, 0, "of one that runs")


@case("an ObjectStore that is only recovered from is not written to")
def _(w):
    w.cluster["spec"]["plugins"] = []
    w.cluster["spec"]["bootstrap"] = {"recovery": {"source": "s"}}
    w.cluster["spec"]["externalClusters"] = [{"name": "s", "plugin": {"name": PLUGIN, "parameters": {"barmanObjectName": "minio-store", "serverName": "db"}}}]
    store, = w.told("--write")
    same((store["calls"], store["source"]), (READ_ONLY, True))
    w.add("clusters", "other", {"plugins": [{"name": PLUGIN, "parameters": {"barmanObjectName": "minio-store"}}]})
    same(w.told("--write")[0]["calls"], ALL)


@case("Azure, Google and IAM roles are not asked")
def _(w):
    w.store["spec"]["configuration"] = {"destinationPath": "https://a.blob.core.windows.net/c?sig=x", "azureCredentials": {
        "connectionString": {"name": "keys", "key": "ID"}}}
    store, = w.told()
    same((store["unasked"], store["place"]), ("Azure Blob Storage is not asked", "https://a.blob.core.windows.net/c"))
    w.store["spec"]["configuration"] = {"destinationPath": "gs://a/c", "googleCredentials": {"gkeEnvironment": True}}
    same(w.told()[0]["unasked"], "Google Cloud Storage is not asked")
    w.store["spec"]["configuration"] = {"destinationPath": "s3://pg/app", "s3Credentials": {"inheritFromIAMRole": True}}
    same(w.told()[0]["unasked"], "its keys come from the IAM role of the Pod")
    result = w.probe()
    same(result.returncode, 0, "the exit code")
    has(result.stdout, "  not asked: its keys come from the IAM role of the Pod\n")
    lacks(result.stdout, "not proved")
    has(result.stdout, "no findings, 1 store, 1 not asked")
    for form in ("text", "compact", "sarif", "json", "github", "prometheus"):
        result = w.probe("minio-store", "--format", form)
        same(result.returncode, 3, f"the exit code of {form}")
        has(" ".join(result.stderr.split()), "error: ObjectStore app/minio-store: it was named, and is not asked: its keys come from the IAM role of the Pod")
    same((w.s3.calls, [a for a in w.asked if "secrets" in a]), ([], []))


# --- manifests

@case("manifests with their Secret need no cluster")
def _(w):
    path = w.manifests("objectstores", "clusters", "secrets")
    store, = w.told("-f", path, env={"KUBECONFIG": at("none")})
    same((store["calls"], [s["name"] for s in store["servers"]]), (READ_ONLY, ["db"]))
    same(w.asked, [])
    has(w.probe("-f", path).stdout, "in 1 file")


@case("manifests without their Secret: it is read in the cluster")
def _(w):
    path = w.manifests("objectstores", "clusters")
    same(w.told("-f", path)[0]["calls"], READ_ONLY)
    same(w.asked, ["/api/v1/namespaces/app/secrets/keys"])
    result = w.probe("-f", path, env={"KUBECONFIG": at("none")})
    same(result.returncode, 3, "the exit code without one")
    has(result.stderr, "ObjectStore app/minio-store: Secret keys: ")


@case("a Secret that is encrypted is read in the cluster")
def _(w):
    w.secret["data"] = {}
    w.secret["stringData"] = {"ID": "ENC[AES256_GCM,data:x]", "SECRET": "ENC[AES256_GCM,data:y]"}
    path = w.manifests("objectstores", "clusters", "secrets")
    w.secret["data"] = {k: b64(v) for k, v in KEYS.items()}
    del w.secret["stringData"]
    same(w.told("-f", path)[0]["calls"], READ_ONLY)


@case("overlays that set the same up are asked once, others each")
def _(w):
    from os import makedirs
    w.manifests("objectstores", "clusters", "secrets")
    for folder, path in (("a", "app"), ("b", "app"), ("c", "elsewhere"), ("d", "elsewhere")):
        makedirs(at("tree", folder), exist_ok=True)
        with open(at("manifests.json")) as f:
            text = f.read().replace("s3://pg/app", f"s3://pg/{path}")
        with open(at("tree", folder, "all.json"), "w") as f:
            f.write(text)
        with open(at("tree", folder, "kustomization.yaml"), "w") as f:
            f.write("resources: [all.json]\n")
    w.s3.archive("elsewhere/db", (1, 2, 3, 5))
    result = json.loads(w.probe("-f", at("tree"), "--format", "json").stdout)
    same([s["place"].split(" ")[0] for s in result["stores"]], ["s3://pg/app", "s3://pg/elsewhere"])
    same([(f["rule"], f["file"][-10:]) for f in result["findings"] if f["severity"] == "deny"], 
         [("wal-gap", "c/all.json"), ("wal-gap", "d/all.json")], "what is found wherever it is set up")
    same(w.s3.calls.count("head"), 2)


# --- audit

@case("audit --stores says to when each Cluster can be restored, and writes nothing")
def _(w):
    w.add("clusters", "other", {"plugins": [{"name": PLUGIN, "isWALArchiver": True, "parameters": {"barmanObjectName": "minio-store"}}]})
    result = w.run("audit", "--stores", "--now", NOW, "--format", "json")
    clusters = {c["name"]: c for c in json.loads(result.stdout)["clusters"]}
    same({k: clusters["db"].get(k) for k in ("restorableFrom", "restorableTo", "gaps")},
         {"restorableFrom": "2026-11-29T15:04:00Z", "restorableTo": "2026-11-29T15:04:30Z", "gaps": 0})
    same(clusters["other"]["restorableFrom"], None)
    same([c for c in w.s3.calls if c.startswith(("put", "delete"))], [])
    same(len(json.loads(result.stdout)["stores"]), 1)
    has(w.run("audit", "--stores", "--now", NOW).stdout, "  RESTORABLE FROM   TO                GAPS  VERDICT\n",
        "  2026-11-29 15:04  2026-11-29 15:04  0     warning\n")
    has(w.run("audit", "--stores", "--now", NOW, "--format", "markdown").stdout, "| RESTORABLE FROM | TO | GAPS | VERDICT |",
        "| 2026-11-29 15:04 | 2026-11-29 15:04 | 0 |")


@case("audit --stores says which stores it could not ask, and why")
def _(w):
    w.store["spec"]["configuration"] = {"destinationPath": "s3://pg/app", "s3Credentials": {"inheritFromIAMRole": True}}
    has(w.run("audit", "--stores", "--now", NOW).stdout, "not asked: app/minio-store: its keys come from the IAM role of the Pod\n\n")
    lacks(w.run("audit", "--now", NOW).stdout, "not asked")


@case("audit without --stores asks no store")
def _(w):
    result = w.run("audit", "--now", NOW, "--format", "json")
    same((w.s3.calls, "stores" in json.loads(result.stdout)), ([], False))
    lacks(w.run("audit", "--now", NOW).stdout, "RESTORABLE")


@case("probe says nothing but what buckets say")
def _(w):
    has(w.run("audit", "--now", NOW, "--show", "info").stdout, "[cluster-without-schedule]")
    w.asked.clear()
    lacks(w.probe("--show", "info").stdout, "[cluster-without-schedule]")
    same(sorted(set(w.asked)), ["/api/v1/namespaces/app/secrets/keys", "/apis/barmancloud.cnpg.io/v1/namespaces/app/objectstores",
                                "/apis/postgresql.cnpg.io/v1/namespaces/app/clusters"])


# --- the policy

@case("--iam-policy asks nobody")
def _(w):
    w.configuration["destinationPath"] = "s3://pg/app/"
    result = w.probe("--iam-policy")
    same(result.returncode, 0, "the exit code")
    same([(s["Action"], s["Resource"]) for s in json.loads(result.stdout)["Statement"]],
         [("s3:ListBucket", "arn:aws:s3:::pg"),
          (["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], "arn:aws:s3:::pg/app/*")])
    same((w.s3.calls, [a for a in w.asked if "secrets" in a]), ([], []))
    w.add("objectstores", "second", {"configuration": {**w.configuration, "destinationPath": "s3://whole"}})
    has(w.probe("--iam-policy").stdout, "# app/minio-store\n{", "# app/second\n{", '"arn:aws:s3:::whole/*"')


# --- wrong words

@case("wrong words are usage errors")
def _(w):
    for words, why in ((("-A", "-n", "app"), "--all-namespaces excludes"), (("--credentials", "env"), "AWS_ACCESS_KEY_ID and"),
                       (("--credentials", "role"), "is none of secret, env"), (("--format", "nix"), "is none of")):
        result = w.probe(*words)
        same((result.returncode, result.stdout), (2, ""), words)
        has(result.stderr, why)
    result = w.run("audit", "--stores", "--no-secrets")
    same(result.returncode, 2, "audit --stores --no-secrets")
    same(w.s3.calls, [])


@case("a STORE that there is not is an error, and the others are not asked")
def _(w):
    result = w.probe("nix")
    same(result.returncode, 3, "the exit code")
    has(result.stderr, "error: there is no ObjectStore called nix, and no Cluster of that name with a barmanObjectStore\n")
    has(w.probe("other/minio-store").stderr, "error: there is no ObjectStore called other/minio-store, ")
    has(w.asked[-1] + w.asked[-2], "/namespaces/other/")
    same(w.s3.calls, [])
    same([s["store"] for s in w.told("app/minio-store")], ["minio-store"])
    same([s["store"] for s in w.told("app/minio-store", "-A")], ["minio-store"])


@case("no cluster is an error")
def _(w):
    result = w.probe(env={"KUBECONFIG": at("none")})
    same((result.returncode, result.stdout), (3, ""))


# --- restore, which asks the bucket of one Cluster

def restore(w, *words, env=None):
    return w.run("restore", "db", "--now", NOW, *words, env=env)


@case("restore asks the bucket of the live Cluster, and writes nothing there")
def _(w):
    result = restore(w)
    same(result.returncode, 0, "the exit code")
    has(result.stderr, "can be restored: 2026-11-29T15:04:00Z to 2026-11-29T15:04:30Z, perhaps up to 2026-11-29T15:05:30Z\n",
        "restores the latest state, from base backup 20261129T150331 and at most 4 segments (64 MiB) of WAL\n")
    has(result.stdout, "source: origin", "serverName: db\n", "serverName: db-v2\n")
    same([c for c in w.s3.calls if c.startswith(("put", "delete"))], [])


@case("the page of a restore draws the windows, the base backup and the moment")
def _(w):
    text = restore(w, "--format", "html", "--to", "2026-11-29T15:04:10Z").stdout
    has(text, '<span class="risk">! can be restored, once the manifest is mended</span>',
        '<rect class="b" x="57" y="5" width="3" height="14"/><rect class="u" x="60" y="5" width="1140" height="14"/>'
        '<path d="M57 0v24" class="d"/><path d="M58 0v24" class="r"/></svg>',
        "<td>2026-11-29T15:04:00Z</td><td>2026-11-29T15:04:30Z</td><td>2026-11-29T15:05:30Z</td><td>nothing newer</td>")
    w.cluster["spec"]["imageName"] = "ghcr.io/cloudnative-pg/postgresql:15.8"
    has(restore(w, "--format", "html").stdout, '<span class="good">✓ can be restored</span>', 'class="d"/><path d="M66 0v24" class="r"/>')
    has(restore(w, "--format", "html", "--credentials", "none").stdout, '<span class="unknown">? whether it can be restored is not known</span>: nobody asked')


@case("and what is lost")
def _(w):
    w.s3.buckets["pg"].clear()
    w.s3.archive("app/db", (), "20261129T030002", info(at_begin="2026-11-29 03:00:02+00:00", at_end="2026-11-29 03:02:00+00:00"))
    for n in (*range(2, 9), *range(10, 17)):
        w.s3.put(f"app/db/{wal(n)}", "w", f"2026-11-29T{n + 1:02}:00:00Z")
    text = restore(w, "--format", "html").stdout
    has(text, '<span class="risk">! can be restored, perhaps not to that moment</span>', '<rect class="u" ', "WAL is missing")


@case("what lies in the bucket meets a control, and what does not is against it")
def _(w):
    def said(framework, control):
        text = w.run("audit", "--stores", "--now", NOW, "--framework", framework).stdout
        return re.search(rf"\n  {control}: .*\n    app/db  (.*)\n", text)[1]
    same((said("3-2-1", 2), said("aws-backup-audit", "deletion")), ("met", "not known: who may delete"))
    w.s3.lock = 30
    same(said("aws-backup-audit", "deletion"), "met")
    w.s3.buckets["pg"].clear()
    same(said("3-2-1", 2), "not met: nothing-to-restore")
    w.s3.refuse["list"] = (403, "AccessDenied")
    same(said("3-2-1", 2), "not known: what lies in the bucket")


@case("a moment that is in no window is refused, and the nearest are told")
def _(w):
    result = restore(w, "--to", "2026-11-29T14:00:00Z")
    same((result.returncode, result.stdout), (3, ""))
    has(result.stderr, "2026-11-29T15:04:00Z")


@case("a drill waits as long as what is to be fetched may take, and no longer")
def _(w):
    text = restore(w, "--drill").stdout
    has(text, "# it waits no longer: 2 hours\n", "activeDeadlineSeconds: 7200\n")
    w.s3.buckets["pg"].clear()
    w.s3.archive("app/db", (), text=info().replace("=16777216", "=1073741824"))
    for n in range(2, 34):  # of 1 GiB, four of one number
        w.s3.put(f"app/db/wals/00000001{n // 4:08X}/00000001{n // 4:08X}{n % 4:08X}", "w", "2026-11-29T15:30:00Z")
    has(restore(w, "--drill").stdout, "activeDeadlineSeconds: 21600\n")
    has(restore(w, "--drill", "--runbook").stdout, "--timeout=6h clusters.postgresql.cnpg.io/db-drill -n app --context lab\n", "--timeout=6h job/db-drill-ask -n app --context lab\n",
        "The Job gives up after 6 hours: ")


@case("what names the old Cluster is named, live too")
def _(w):
    w.add("poolers", "front", {"cluster": {"name": "db"}})
    w.add("poolers", "back", {"cluster": {"name": "db"}})
    w.add("poolers", "other", {"cluster": {"name": "dc"}})
    w.add("databaseroles", "reader", {"cluster": {"name": "db"}})
    text = restore(w, "--runbook").stdout
    has(text, "Copy what belongs to the old Cluster\n\nThese name Cluster db, and stay with it. Of each that the new one needs apply a copy under another "
        "name, with `spec.cluster.name: db-restored`:\n\n- Pooler front: the application needs the Service of the copy.\n", "\n- Pooler back: ", "\n- DatabaseRole reader: ")
    lacks(text, "other:", "may not be listed")
    w.cluster["spec"]["enableSuperuserAccess"] = True
    has(restore(w, "--runbook").stdout, "- The superuser's Secret is db-restored-superuser, made anew", "needs ca.crt of Secret db-restored-ca, which is made anew")
    w.cluster["spec"]["certificates"] = {"serverCASecret": "x", "clientCASecret": "x"}
    w.cluster["spec"]["superuserSecret"] = {"name": "root"}
    text = restore(w, "--runbook").stdout
    has(text, "- Passwords of roles are what these Secrets hold now: root.\n")
    lacks(text, "db-restored-superuser", "another CA", "gave to clients")
    w.cluster["spec"]["enableSuperuserAccess"] = False
    lacks(restore(w, "--runbook").stdout, "Passwords of roles", "superuser")


@case("a kind that CloudNativePG does not have yet is none")
def _(w):
    w.refused.append(("/databaseroles$", 404, "the server could not find the requested resource"))
    result = restore(w, "--runbook")
    same(result.returncode, 0, "the exit code")
    lacks(result.stdout + result.stderr, "may not be listed")


@case("what may not be listed is told, and the rest is written")
def _(w):
    w.refused.append(("/(scheduledbackups|poolers)$", 403, "forbidden"))
    result = restore(w, "--runbook")
    same(result.returncode, 0, "the exit code")
    has(result.stderr, "may not be listed, so which of them name the Cluster is not known: ScheduledBackups, Poolers\n")
    has(result.stdout, "ScheduledBackups, Poolers may not be listed: see which of them name Cluster db.\n",
        "ScheduledBackups may not be listed: where one names Cluster db, take a copy of it, under another name and for this Cluster.\n\nElse its schedule:\n")
    has(restore(w, "--runbook", "--as", "db").stdout, "where one names Cluster db, it is that of this one, and you need no other.\n")
    has(restore(w, "--in-namespace", "elsewhere").stderr, ": ScheduledBackups, Poolers, ScheduledBackups of namespace elsewhere\n")
    w.refused[:] = [("/clusters$", 403, "clusters is forbidden")]
    same(restore(w).returncode, 3, "the exit code without Clusters")


@case("of a store that nobody can ask the manifest is written, and what is not known is told")
def _(w):
    w.store["spec"]["configuration"] = {"destinationPath": "s3://pg/app", "s3Credentials": {"inheritFromIAMRole": True}}
    result = restore(w)
    same(result.returncode, 0, "the exit code")
    has(result.stderr, "the window is not known: the store was not asked: its keys come from the IAM role of the Pod\n", "restores the latest state\n")
    has(restore(w, "--to", "2026-11-29T15:04:30Z").stdout, "targetTime: ")
    result = restore(w, "--to", "immediate")
    same((result.returncode, result.stdout), (3, ""))
    has(result.stderr, "the store was not asked: its keys come from the IAM role of the Pod: the end of a base backup is restored by the backup's id")
    for configuration, why in (({"destinationPath": "https://a.blob.core.windows.net/c", "azureCredentials": {"inheritFromAzureAD": True}}, "Azure"),
                               ({"destinationPath": "gs://b", "googleCredentials": {"gkeEnvironment": True}}, "Google")):
        w.store["spec"]["configuration"] = configuration
        result = restore(w)
        same(result.returncode, 0, why)
        has(result.stderr, "the window is not known: the store was not asked: ", why)


@case("a moment in a window is written as it is")
def _(w):
    result = restore(w, "--to", "2026-11-29T15:04:30Z")
    same(result.returncode, 0, "the exit code")
    has(result.stdout, "targetTime: ", "2026-11-29T15:04:30Z")


@case("a base backup with no WAL behind it has no moment but its end")
def _(w):
    w.s3.buckets["pg"].clear()
    w.s3.archive("app/db", range(1, 3))
    has(restore(w).stderr, "can be restored: the end of a base backup, 2026-11-29T15:04:00Z\n", " and at most 1 segment (16 MiB) of WAL\n")
    has(restore(w, "--runbook").stdout, "replays at most 1 segment of WAL (16 MiB).\n")
    w.s3.put("app/db/" + wal(2), "w", "2026-11-29T15:06:00Z")
    has(restore(w).stderr, "can be restored: the end of a base backup, 2026-11-29T15:04:00Z, perhaps up to 2026-11-29T15:06:00Z\n")


@case("a server name whose folder lies in the bucket is not taken")
def _(w):
    w.s3.archive("app/db-v2")
    has(restore(w).stdout, "serverName: db-v3\n")
    has(restore(w, "--runbook").stdout, "- Own archive: server `db-v3`, new and empty.\n")
    for n in range(1000):
        w.s3.put(f"app/a{n}/base/20261129T150331/backup.info", "")
    has(restore(w, "--runbook").stdout, ", new; that its folder is empty was not looked at.\n")


@case("what the bucket refuses is an error, and the manifest is written without it")
def _(w):
    w.s3.refuse["list"] = 403, "AccessDenied"
    result = restore(w)
    same(result.returncode, 3, "the exit code")
    has(result.stderr, f"error: s3://pg/app at {PLAIN_URL} does not say what lies there: ListObjectsV2: AccessDenied\n",
        "the window is not known: ListObjectsV2: AccessDenied\n")
    has(result.stdout, "serverName: db-v2\n")


@case("a store that cannot be opened is an error, and the manifest is written without it")
def _(w):
    w.configuration["endpointCA"] = {"name": "keys", "key": "ID"}
    result = restore(w)
    same((result.returncode, result.stderr.count("ObjectStore app/minio-store: the CA: ")), (3, 1))
    has(result.stderr, "the window is not known: the store was not asked: the CA: ")
    has(result.stdout, "serverName: db-v2\n")
    has(restore(w, "--runbook").stdout, "Which moments can be restored is not known: the store was not asked: the CA: ")
    same(w.probe().returncode, 3, "the exit code of probe")
    same(w.probe("minio-store").stderr.count("the CA: "), 1, "named it is told once:")


@case("a session token that has expired is told with what to do")
def _(w):
    w.credentials["sessionToken"] = {"name": "keys", "key": "TOKEN"}
    for code, what in (("ExpiredToken", "the session token has expired"), ("InvalidToken", "the session token is none of this store")):
        w.s3.refuse = {"head": (400, code), "list": (400, code)}
        result = w.probe()
        same(result.returncode, 1, "the exit code")
        text = " ".join(result.stdout.split())
        has(text, f"error[store-login-refused]: the store refuses the keys that were used: {code} (HTTP 400): {what} ",
            "spec.configuration.s3Credentials.sessionToken", "fix: a session token of now, or none keys that do not expire have none")
        lacks(result.stdout + result.stderr, KEYS["TOKEN"])
        result = restore(w)
        same(result.returncode, 3, "the exit code of restore")
        has(result.stderr, f"does not say what lies there: ListObjectsV2: {code}\n")


@case("a Secret that may not be read is told once")
def _(w):
    w.refused.append(("/secrets/", 403, "secrets is forbidden"))
    result = restore(w)
    same((result.returncode, result.stderr.count("forbidden")), (3, 1))
    has(result.stderr, "the window is not known: the store was not asked: its keys could not be read\n")


@case("restore of manifests asks nobody, unless it is said where keys are")
def _(w):
    manifests = w.manifests("objectstores", "clusters")
    has(restore(w, "-f", manifests).stderr, "the window is not known: nobody asked the bucket which backups and WAL lie there\n")
    same((w.s3.calls, w.asked), ([], []))
    env = {"AWS_ACCESS_KEY_ID": KEYS["ID"], "AWS_SECRET_ACCESS_KEY": KEYS["SECRET"]}
    result = restore(w, "-f", manifests, "--credentials", "env", env=env)
    same((result.returncode, w.asked), (0, []))
    has(result.stderr, "can be restored: 2026-11-29T15:04:00Z to")
    lacks(result.stdout + result.stderr, KEYS["SECRET"])
    w.asked.clear()
    manifests = w.manifests("objectstores", "clusters", "secrets")
    result = restore(w, "-f", manifests, "--credentials", "secret")
    same((result.returncode, w.asked), (0, []), "with the Secret among the files")
    has(result.stderr, "can be restored: 2026-11-29T15:04:00Z to")
    lacks(result.stdout + result.stderr, KEYS["SECRET"])


@case("restore asks nobody with --credentials none")
def _(w):
    same(restore(w, "--credentials", "none").returncode, 0)
    same((w.s3.calls, [a for a in w.asked if "secret" in a]), ([], []))


@case("restore finds the archive of a barmanObjectStore")
def _(w):
    del w.cluster["spec"]["plugins"]
    w.cluster["spec"]["backup"] = {"barmanObjectStore": w.configuration}
    has(restore(w).stderr, "can be restored: 2026-11-29T15:04:00Z to 2026-11-29T15:04:30Z, perhaps up to 2026-11-29T15:05:30Z\n")


@case("restore without the ObjectStore does not know the window")
def _(w):
    w.objects.remove(w.store)
    has(restore(w).stderr, "the window is not known: ObjectStore minio-store is not there\n")


@case("restore says why the window is not known")
def _(w):
    w.s3.refuse["list"] = 403, "AccessDenied"
    has(restore(w).stderr, "the window is not known: ListObjectsV2: AccessDenied\n")
    w.s3.refuse["list"] = 403, ""
    has(restore(w).stderr, "the window is not known: ListObjectsV2: The words of ")


README = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../README.md")


@case("an image that cannot open the base backup is told, and is a denial")
def _(w):
    w.cluster["spec"]["imageName"] = "ghcr.io/cloudnative-pg/postgresql:17.2"
    result = restore(w)
    same(result.returncode, 1, "the exit code")
    has(result.stderr, "base backup 20261129T150331 is of PostgreSQL 15, and its image of 17, which does not start from it: write an imageName of 15\n")
    has(restore(w, "--format", "html").stdout, '<span class="none">✗ what the Cluster has is not in its archive</span>')
    has(w.probe().stdout, "[no-backup-of-running-major]: no base backup of server db is of PostgreSQL 17, which the Cluster is")
    w.cluster["spec"]["imageName"] = "ghcr.io/cloudnative-pg/postgresql:14.1"
    has(restore(w, "--format", "html").stdout, '<span class="none">✗ the base backup is of another PostgreSQL</span>')
    w.cluster["spec"]["imageName"] = "ghcr.io/cloudnative-pg/postgresql:15.8"
    lacks(restore(w).stderr, "PostgreSQL 15")


@case("a Cluster that was made anew under an old name is not taken for the one in the archive")
def _(w):
    w.cluster["status"] = {"systemID": "7713606499394828123"}
    lacks(w.probe().stdout, "archive-two-systems")
    w.cluster["status"] = {"systemID": "999"}
    has(w.probe().stdout, "error[archive-two-systems]: the base backups of server db are of database system 7713606499394828123,\n  and the Cluster is 999\n")
    has(w.run("audit", "--stores", "--now", NOW).stdout, "error[archive-two-systems]")
    result = w.run("restore", "db", "-n", "app", "--now", NOW, "--as", "db")
    same(result.returncode, 3)
    has(result.stderr, "base backup 20261129T150331 is of another database system than Cluster db (status.systemID): what that has is in its volumes alone")
    has(restore(w, "--format", "html").stdout, '<span class="none">✗ what the Cluster has is not in its archive</span>')
    beside = w.run("restore", "db", "-n", "app", "--now", NOW, "--runbook")
    has(beside.stdout, "**Keep the old Cluster.** The base backup is of another database system")
    has(beside.stderr, "it brings back that one")
    w.s3.archive("app/db", (), "20261129T152331", info(system="999"))
    lacks(w.run("restore", "db", "-n", "app", "--now", NOW, "--as", "db").stderr, "another database system")


@case("what an upgraded Cluster has in its volumes alone is not thrown away")
def _(w):
    w.cluster["spec"]["imageName"] = "ghcr.io/cloudnative-pg/postgresql:17.2"
    result = restore(w, "--as", "db")
    same((result.returncode, result.stdout), (3, ""))
    has(result.stderr, "no base backup of PostgreSQL 17 is known, which Cluster db is of: what was written since its upgrade from 15 is in its volumes alone")
    text, page = restore(w).stdout, restore(w, "--runbook").stdout
    has(text, "\n# BEFORE IT IS APPLIED: base backup 20261129T150331 is of PostgreSQL 15, and its image of 17,", "\n# KEEP THE OLD CLUSTER: no base backup of PostgreSQL 17 is known,")
    has(page, "\n\n**Keep the old Cluster.** It is of PostgreSQL 17, ", "`kubectl cnpg backup db -n app --context lab --method plugin ",
        "## 1. Mend the manifest\n\n- Cluster db-restored: base backup 20261129T150331 is of PostgreSQL 15", "- Keep the old Cluster until a base backup of PostgreSQL 17 is complete")
    del w.cluster["spec"]["imageName"]
    w.cluster["status"] = {"image": "example.org/pg:new", "pgDataImageInfo": {"image": "example.org/pg:new", "majorVersion": 17}}
    same(restore(w, "--as", "db").returncode, 3, "the exit code where the status says it")
    w.cluster["status"] = {"image": "example.org/pg:15", "pgDataImageInfo": {"image": "example.org/pg:15", "majorVersion": 15}}
    same(restore(w, "--as", "db").returncode, 0, "the exit code without an upgrade")
    w.cluster["spec"]["imageName"] = "ghcr.io/cloudnative-pg/postgresql:17.2"
    lacks(w.run("audit", "--stores", "--now", NOW).stdout, "[no-backup-of-running-major]") # the data are of 15 until the upgrade has ended
    w.cluster["status"]["pgDataImageInfo"]["majorVersion"] = 17
    has(w.run("audit", "--stores", "--now", NOW).stdout, "[no-backup-of-running-major]")
    w.s3.archive("app/db", range(1, 9), "20261129T150631", info(begin=6, end=6, at_begin="2026-11-29 15:06:31+00:00", at_end="2026-11-29 15:06:40+00:00").replace("version=15", "version=17"))
    result = restore(w, "--as", "db", "--to", "2026-11-29T15:05:30Z")
    same(result.returncode, 1, "the exit code of an earlier moment")
    lacks(result.stdout, "KEEP THE OLD CLUSTER")


@case("two database systems in one archive are told apart")
def _(w):
    w.s3.archive("app/db", range(1, 6), "20261129T150431", info(begin=4, end=4, at_begin="2026-11-29 15:04:31+00:00",
                                                                 at_end="2026-11-29 15:04:40+00:00", system="77"))
    has(restore(w).stderr, "can be restored: the end of a base backup, 2026-11-29T15:04:00Z, perhaps up to 2026-11-29T15:04:31Z, "
        "then another database system begins\ncan be restored: the end of a base backup, 2026-11-29T15:04:40Z, perhaps up to 2026-11-29T15:05:30Z\n")
    server, = w.told()[0]["servers"]
    same(([window["end"] for window in server["windows"]], server["gaps"]), (["other-system", "newest"], 0))
    lacks(w.probe().stdout, "[wal-gap]")


@case("what lies in another namespace is not changed by a restore into it")
def _(w):
    other = w.add("objectstores", "minio-store", {"configuration": {**w.configuration, "destinationPath": "s3://other"}})
    other["metadata"]["namespace"] = "elsewhere"
    result = restore(w, "--in-namespace", "elsewhere")
    same((result.returncode, result.stdout), (3, ""))
    has(result.stderr, "namespace elsewhere has an ObjectStore minio-store of its own, which the manifest would change")
    other["spec"] = w.store["spec"]
    same(restore(w, "--in-namespace", "elsewhere").returncode, 0)
    taken = w.add("clusters", "db-restored", w.cluster["spec"])
    taken["metadata"]["namespace"] = "elsewhere"
    has(restore(w, "--in-namespace", "elsewhere").stderr, "there is a Cluster elsewhere/db-restored already")


@case("what a restored Cluster does without is told")
def _(w):
    w.cluster["spec"]["externalClusters"] = [{"name": "pub", "connectionParameters": {"host": "h"}}, {"name": "old"}]
    w.cluster["spec"]["bootstrap"] = {"recovery": {"source": "old"}}
    w.cluster["spec"]["replica"] = {"enabled": False, "source": "old"}
    w.cluster["spec"]["managed"] = {"services": {"additional": [{"selectorType": "rw", "serviceTemplate": {"metadata": {"name": "lb"}}}]}}
    result = restore(w, "--in-namespace", "elsewhere", "--context", "lab")
    has(result.stderr, "left out of externalClusters: pub; what follows them has to be set up anew\n",
        "the new Cluster is a primary: spec.replica of db is left out\n")
    lacks(result.stdout, "name: lb", "serviceTemplate")
    has(restore(w, "--runbook", "--context", "lab").stdout, "- Context of kubectl, for all that follows: `lab`.\n")
    has(restore(w, "--runbook", "--kubeconfig", at("kubeconfig")).stdout, "all that follows: `lab`, of kubeconfig `")


@case("in place the runbook says what is only in the old Cluster")
def _(w):
    del w.s3.buckets["pg"]["app/db/" + wal(4)]
    has(restore(w, "--as", "db", "--runbook").stdout, "## 3. Be sure before the old Cluster goes\n\nWAL is missing in the archive: ",
        "kubectl cnpg psql db -n app --context lab -- -c 'select pg_switch_wal()'\n", "## 4. Delete the old Cluster",
        "kubectl delete clusters.postgresql.cnpg.io db -n app --context lab\n")
    has(restore(w, "--as", "db", "--runbook", "--credentials", "none").stdout, "goes\n\nNobody has looked into the bucket: ")
    lacks(restore(w, "--runbook").stdout, "Be sure")
    has(restore(w, "--as", "db", "--runbook").stdout, "`flux suspend kustomization NAME`", "`flux resume kustomization NAME`")
    for labels, id, command in (({"app.kubernetes.io/instance": "shop"}, "", "argocd app set shop --sync-policy"),
                                ({"app.kubernetes.io/instance": "shop", "app.kubernetes.io/managed-by": "Helm"}, "", "argocd app set NAME --sync-policy"),
                                ({"app.kubernetes.io/instance": "no name; at all"}, "", "argocd app set NAME --sync-policy"),
                                ({"app.kubernetes.io/instance": "shop"}, "front:postgresql.cnpg.io/Cluster:app/db", "argocd app set front --sync-policy"),
                                ({}, "data_front:postgresql.cnpg.io/Cluster:app/db", "argocd app set data/front --sync-policy"),
                                ({}, "front:postgresql.cnpg.io/Cluster:app/another", "argocd app set NAME --sync-policy")):
        w.cluster["metadata"].update(labels=labels, annotations={"argocd.argoproj.io/tracking-id": id})
        text = restore(w, "--as", "db", "--runbook").stdout
        has(text, f"Argo CD: `{command} none`. Then stop", f"Argo CD: `{command} automated`.\n")
        same("flux" in text, "NAME" in command, "Flux is named")
    w.cluster["metadata"]["annotations"] = {}
    w.cluster["metadata"]["labels"] = {"helm.toolkit.fluxcd.io/name": "pg", "helm.toolkit.fluxcd.io/namespace": "data"}
    has(restore(w, "--as", "db", "--runbook").stdout, "`flux suspend helmrelease pg -n data --context lab`", "`flux resume helmrelease pg -n data --context lab`")


@case("a timeline that is named has its base backup named, where that is of an older one")
def _(w):
    w.s3.buckets["pg"].clear()
    w.s3.put("app/db/base/20261129T150331/backup.info", info())
    w.s3.put("app/db/base/20261129T150331/data.tar.gz", "x")
    w.s3.put("app/db/wals/00000002.history", "1\t0/4000100\tno recovery target specified\n")
    w.s3.put("app/db/wals/00000003.history", "1\t0/4000100\tno\n2\t0/6000100\tno\n")
    for timeline, n in (*((1, n) for n in range(1, 5)), *((2, n) for n in range(4, 9)), (3, 9)):
        w.s3.put(f"app/db/{wal(n)}".replace("00000001", f"{timeline:08X}", 2), "w", f"2026-11-29T15:{n:02}:30Z")
    text = restore(w, "--to", "2026-11-29T15:07:00Z").stdout
    has(text, 'targetTLI: "2"', 'backupID: "20261129T150331"')


@case("a file's name is a word to the shell of the runbook")
def _(w):
    same(restore(w, "--output", "it's; mine.yaml").returncode, 0)
    with open(at("it's; mine.md")) as f:
        has(f.read(), "kubectl apply -f 'it'\\''s; mine.yaml' --context lab\n")


@case("of a Cluster that is gone the manifest can be given")
def _(w):
    w.objects.remove(w.cluster)
    has(restore(w).stderr, "no Cluster is in namespace app of context lab; another namespace is named by -n NAMESPACE, another context by --context; of one that is gone give the manifest: -f FILE --credentials secret\n")


@case("a Cluster that was restored itself is restored from its own archive")
def _(w):
    with open(at("again.yaml"), "w") as f:
        f.write(restore(w, "--to", "2026-11-29T15:04:30Z").stdout)
    w.s3.archive("app/db-v2", range(1, 9))
    words = ("-f", at("again.yaml"), "-f", w.manifests("objectstores"), "--credentials", "secret")
    result = w.run("restore", "db-restored", "--now", NOW, *words)
    same(result.returncode, 0, "the exit code")
    has(result.stderr, "again.yaml:3) archives to ObjectStore minio-store as server db-v2\n", "perhaps up to 2026-11-29T15:08:30Z\n",
        "Cluster app/db-restored-restored will archive as server db-v3: ")
    has(result.stdout, "name: db-restored-restored\n", "database: app\n", "serverName: db-v2\n", "serverName: db-v3\n")
    lacks(result.stdout, "targetTime", "serverName: db\n")
    same(result.stdout.count("name: origin\n"), 1)
    w.s3.archive("app/db-v3")
    has(w.run("restore", "db-restored", "--now", NOW, "--as", "db", *words).stdout, "name: db\n", "serverName: db-v2\n", "serverName: db-v4\n")


@case("of a Cluster that is gone the last manifest, its Secret and the bucket are enough")
def _(w):
    w.cluster["status"] = {"image": "ghcr.io/cloudnative-pg/postgresql:15.8", "phase": "Cluster in healthy state"}
    w.cluster["metadata"].update(uid="1", resourceVersion="2", deletionTimestamp="2026-11-29T17:00:00Z")
    manifests = w.manifests("objectstores", "clusters")
    w.objects[:] = [w.secret]
    result = restore(w, "-f", manifests, "--credentials", "secret", "--as", "db")
    same(result.returncode, 0, "the exit code")
    has(result.stderr, "can be restored: 2026-11-29T15:04:00Z to 2026-11-29T15:04:30Z")
    has(result.stdout, "name: db\n", "imageName: ghcr.io/cloudnative-pg/postgresql:15.8\n", "serverName: db\n", "serverName: db-v2\n")
    lacks(result.stdout, "deletionTimestamp", "uid", "status", "resourceVersion")
    w.add("clusters", "other", {})
    result = restore(w)
    same(result.returncode, 3, "the exit code")
    has(result.stderr, "no Cluster is called app/db; there is app/other; another namespace is named by -n NAMESPACE, another context by --context; of one that is gone give the manifest: -f FILE --credentials secret\n")


@case("README shows what both say")
def _(w):
    w.s3.buckets["pg"].clear()
    w.s3.archive("app/db", (), "20261129T030002", info(at_begin="2026-11-29 03:00:02+00:00", at_end="2026-11-29 03:02:00+00:00"))
    for n in (*range(2, 9), *range(10, 17)):
        w.s3.put(f"app/db/{wal(n)}", "w", f"2026-11-29T{n + 1:02}:00:00Z")
    w.cluster["spec"]["imageName"] = "ghcr.io/cloudnative-pg/postgresql:15.8"
    told = re.sub(r"\n(not proved.*\n)\n(error.wal-gap.*\n)(.*\n)*", r"\1\2...\n", w.probe().stdout).replace(PLAIN_URL, "https://s3.example.com")
    restored = restore(w, "--to", "2026-11-29T07:30:00Z", "--output", "db-restored.yaml").stderr
    text = f"```console\n$ backup-guard probe\n{told}$ backup-guard restore db --to 2026-11-29T07:30:00Z --output db-restored.yaml\n{restored}```\n"
    with open(README) as f:
        page = f.read()
    before, rest = page.split("<!-- begin restore -->\n")
    block, after = rest.split("<!-- end restore -->")
    if os.environ.get("GUARD_WRITE_EXPECT"):
        with open(README, "w") as f:
            f.write(f"{before}<!-- begin restore -->\n{text}<!-- end restore -->{after}")
    else:
        same(block, text, "README")


def run(title, check):
    try:
        check(World())
    except (AssertionError, KeyError, ValueError, IndexError) as e:
        print(f"not ok - {title}: {type(e).__name__}: {e}")
        return False
    print(f"ok - {title}")
    return True


passed = failed = 0
for each in CASES:
    if ONLY in each[0]:
        good = run(*each)
        passed, failed = passed + good, failed + (not good)
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
