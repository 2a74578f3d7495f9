#!/usr/bin/env python3
"""Replicas of `serve --self-manage` that share a small API server, with lives of seconds.

  run.py BACKUP-GUARD rotation    three CAs come and go while everybody calls
  run.py BACKUP-GUARD trouble     replicas die in every step; others meddle
  run.py BACKUP-GUARD limits      the API server says no, or nothing that makes sense
"""
import base64
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from fake import CONFIGURATIONS, NAME, SECRET, Api, Load, configuration

HERE = pathlib.Path(__file__).resolve().parent
BODY = (HERE.parent / "serve" / "cluster.json").read_bytes()
PATIENCE = 240  # seconds, which only a hanging program needs


def lives(guard):
    """A third of a certificate's life is for its renewal: with a sanitizer on a busy machine 8 s are little."""
    ca, certificate = ("96s", "48s") if "san/" in guard else ("48s", "24s")
    return ["--ca-lifetime", ca, "--cert-lifetime", certificate, "--renew-check", "1s"]


class Replica:
    def __init__(self, api, guard, folder, name):
        self.api, self.guard, self.folder, self.name = api, guard, folder, name
        self.life = 0
        self.address = self.health = self.process = None
        self.log = folder / f"{name}.log"

    def start(self, *options):
        config = {"apiVersion": "v1", "kind": "Config", "current-context": "c",
                  "clusters": [{"name": "c", "cluster": {"server": self.api.url()}}],
                  "users": [{"name": "u", "user": {"token": self.name}}],
                  "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u", "namespace": "backup-guard"}}]}
        kubeconfig = self.folder / f"{self.name}.kubeconfig"
        kubeconfig.write_text(json.dumps(config))
        self.addresses = self.folder / f"{self.name}.addresses"
        self.addresses.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.guard, "serve", "--self-manage", "--kubeconfig", kubeconfig, "--listen", "127.0.0.1:0", "--health",
                 "127.0.0.1:0", "--profile", "generic", "--drain", "0s", "--address-file", self.addresses,
                 *lives(self.guard), *options], stderr=log)

    def serves(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended: {self.log.read_text()[-2000:]}")
        if not self.addresses.exists():
            return False
        lines = dict(line.split("=") for line in self.addresses.read_text().split())
        host, port = lines["listen"].split(":")
        self.health = lines["health"]
        self.address = (host, int(port))
        return True

    def kill(self):
        self.address = None  # first: whoever has seen the new life has no address
        self.life += 1
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def ends(self):
        self.address = None  # first: whoever has seen the new life has no address
        self.life += 1
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def metric(self, name):
        with urllib.request.urlopen(f"http://{self.health}/metrics", timeout=60) as answer:
            for line in answer.read().decode().splitlines():
                if line.startswith(f"backup_guard_{name} "):
                    return float(line.split()[1])
        return None


class Test:
    def __init__(self, guard):
        self.passed = self.failed = 0
        self.api = Api()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="selfmanage."))
        self.replicas = [Replica(self.api, guard, self.folder, name) for name in ("one", "two", "three")]
        self.loads = []

    def check(self, sentence, good, why=""):
        print(f"{'ok' if good else 'not ok'} - {sentence}", flush=True)
        self.passed, self.failed = self.passed + bool(good), self.failed + (not good)
        if not good:
            print(f"#   {why or self.state()}", flush=True)

    def state(self):
        logs = "\n".join(f"{r.name}: {line}" for r in self.replicas if r.log.exists()
                         for line in r.log.read_text().splitlines()[-8:])
        return f"{self.api.done[-20:]}\n{logs}".replace("\n", "\n#   ")

    def awaits(self, sentence, condition):
        end = time.monotonic() + PATIENCE
        while not (good := condition()) and time.monotonic() < end:
            time.sleep(0.05)
        self.check(sentence, good)
        return good

    def all_serve(self):
        return all([r.serves() for r in self.replicas])

    def load(self):
        self.loads = [Load(self.api, r, BODY) for r in self.replicas]
        for load in self.loads:
            load.start()

    def settled(self):
        """Everybody serves the Secret's certificate, and the caBundle is its ca.crt."""
        certificate = self.api.data("tls.crt")
        return (set(self.api.bundles()) == {self.api.data("ca.crt")} and
                all(load.seen and load.seen[-1] == certificate for load in self.loads))

    def failures(self):
        return [why for load in self.loads for why in load.failed]

    def end(self):
        for load in self.loads:
            load.stop.set()
        for load in self.loads:
            load.join()
        self.check("no call failed, and none met a certificate that the caBundle does not vouch for",
                   not self.failures(), "\n#   ".join(self.failures()[:10]))
        self.check("there were calls", all(load.ok > 50 for load in self.loads), [load.ok for load in self.loads])
        self.check("nothing was written without need or without its resourceVersion", not self.api.wrong, self.api.wrong)
        self.check("SIGTERM ends them with 0", [r.ends() for r in self.replicas] == [0, 0, 0])
        logs = "".join(r.log.read_text() for r in self.replicas)
        self.check("each line of the logs is JSON", all(json.loads(line) for line in logs.splitlines()))
        keys = [self.api.data("ca.key"), self.api.data("tls.key"), "PRIVATE", "BEGIN"]
        keys += [base64.b64encode(k.encode()).decode()[:60] for k in keys[:2]]
        self.check("no key is in them", not any(k and k in logs for k in keys))


def rotation(t):
    api = t.api
    api.put(CONFIGURATIONS + "backup-guard", configuration("backup-guard", ""))
    api.put(CONFIGURATIONS + "another", configuration("another", "not ours"))
    another = api.get(CONFIGURATIONS + "another")
    for replica in t.replicas:
        replica.start()
    t.awaits("three replicas begin with nothing", t.all_serve)
    t.load()
    t.awaits("all serve one certificate, and the caBundle of each webhook is its CA", t.settled)
    t.check("one of them has made it", api.count("make") == 1)
    secret = api.get()
    t.check("in a Secret of type Opaque with four entries", secret["type"] == "Opaque" and
            sorted(secret["data"]) == ["ca.crt", "ca.key", "tls.crt", "tls.key"])
    secret["metadata"]["labels"] = {"app": "guard"}
    secret["data"]["note"] = "aGVsbG8="
    api.put(SECRET, secret)
    t.awaits("three times the CA is replaced", lambda: api.count("drop") >= 3)
    t.awaits("and all serve what there is at last", t.settled)
    t.check("every replica has changed its certificate with each CA", all(len(l.seen) > 3 for l in t.loads))
    t.check("and has renewed it in between", api.count("renew") >= 3)
    secret = api.get()
    t.check("what others wrote into the Secret is still there",
            secret["metadata"].get("labels") == {"app": "guard"} and secret["data"].get("note") == "aGVsbG8=")
    t.check("a configuration of another name is not touched", api.get(CONFIGURATIONS + "another") == another)
    t.awaits("the metric says when the certificate ends", lambda: all(
        load.not_after == load.replica.metric("certificate_not_after_seconds") for load in t.loads))
    t.check("and how often they looked", all(r.metric('self_manage_checks_total{result="ok"}') > 0 for r in t.replicas))
    t.check("which never failed", all(r.metric('self_manage_checks_total{result="failed"}') == 0 for r in t.replicas))


def die_in(t, step, *moments):
    """Whoever takes the step next is killed, with its request unheard ("before") or done ("after")."""
    victims = []

    def kill(who):
        victim = next(r for r in t.replicas if r.name == who)
        victim.kill()
        victims.append(victim)

    with t.api.lock:
        t.api.traps = [(step, when, kill) for when in moments]
    for when in moments:
        t.awaits(f"a replica is killed in the step {step}, {when} it is written", lambda: victims)
        victim = victims.pop(0)
        victim.start()
    t.awaits("and begins anew", t.all_serve)


def stranger(t):
    """A CA of nobody of us, made anew."""
    folder = t.folder / "stranger"
    subprocess.run(["rm", "-rf", folder], check=True)
    subprocess.run([t.replicas[0].guard, "certs", "init", folder, NAME], check=True, stdout=subprocess.DEVNULL)
    return (folder / "ca.crt").read_text()


def write_bundle(api, change):
    """All at once, as somebody who edits the configuration."""
    with api.change(), api.lock:
        value = api.get(CONFIGURATIONS + "backup-guard")
        for webhook in value["webhooks"]:
            client = webhook["clientConfig"]
            client["caBundle"] = base64.b64encode(change(base64.b64decode(client.get("caBundle", "")).decode()).encode()).decode()
        api.put(CONFIGURATIONS + "backup-guard", value)


def strangers(t):
    """Under load: whatever a caBundle is changed to, what is served is trusted again at once."""
    api, theirs = t.api, stranger(t)
    write_bundle(api, lambda bundle: bundle + theirs)
    t.awaits("a stranger's CA is put out of the caBundle", lambda: not any(theirs in b for b in api.bundles()))
    t.check("and does not come into the Secret", theirs not in api.data("ca.crt"))
    t.awaits("the rest is as it was", t.settled)
    with api.lock:
        made, serves = api.count("make"), api.data("ca.crt")
        api.delete(SECRET)
        write_bundle(api, lambda bundle: "")
    t.awaits("without Secret and caBundle there is a Secret again", lambda: api.get() is not None)
    t.awaits("and the caBundle is what it says", lambda: set(api.bundles()) == {api.data("ca.crt")})
    t.check("it was one repair, with the CA of what the others still serve",
            api.count("make") == made + 1 and serves.splitlines()[1] in api.data("ca.crt"))
    t.awaits("all are agreed", t.settled)


def meddle(t):
    api, ours = t.api, CONFIGURATIONS + "backup-guard"

    strangers(t)
    old = api.get()
    api.delete(SECRET)
    t.awaits("a Secret that was deleted is made again", lambda: api.get() is not None)
    t.awaits("and taken by all, beside the CA of what they serve", t.settled)
    api.put(SECRET, old)
    t.awaits("a Secret of yesterday that is restored takes in the CA of what is served",
             lambda: set(api.bundles()) == {api.data("ca.crt")} and api.data("ca.crt").count("BEGIN") > 1)
    t.awaits("and is taken by all", t.settled)
    broken = api.get()
    broken["data"]["ca.key"] = base64.b64encode(b"nothing").decode()
    api.put(SECRET, broken)
    t.awaits("a Secret without a key that fits is written anew",
             lambda: api.data("ca.key") != "nothing" and t.settled())
    failed = 'self_manage_checks_total{result="failed"}'
    before = [r.metric(failed) for r in t.replicas]
    api.broken = True
    t.awaits("an API server that is away shows in a metric",
             lambda: all(r.metric(failed) > b for r, b in zip(t.replicas, before)))
    t.check("and in the log", all("check failed" in r.log.read_text() for r in t.replicas))
    api.broken = False
    before = [r.metric('self_manage_checks_total{result="ok"}') for r in t.replicas]
    t.awaits("when it is back, all goes on", lambda: all(
        r.metric('self_manage_checks_total{result="ok"}') > b for r, b in zip(t.replicas, before)))
    t.awaits("and is in order", t.settled)
    value = api.get(ours)
    value["webhooks"].append(dict(value["webhooks"][0], name="third.backup-guard.io"))
    value["webhooks"][2]["clientConfig"] = {"service": {"name": "backup-guard", "namespace": "backup-guard"}}
    api.put(ours, value)
    t.awaits("a webhook that is added gets its caBundle", t.settled)
    with api.lock:
        value = api.get(ours)
        api.delete(ours)
    t.awaits("a configuration that is gone is told", lambda: all(
        "nobody calls" in r.log.read_text() for r in t.replicas))
    api.put(ours, value)
    t.awaits("and when it comes again, kept", t.settled)


def trouble(t):
    """The namespace was installed with certificates of one's own before."""
    api = t.api
    subprocess.run([t.replicas[0].guard, "certs", "init", t.folder / "tls", NAME], check=True, stdout=subprocess.DEVNULL)
    theirs = (t.folder / "tls" / "ca.crt").read_text()
    api.put(CONFIGURATIONS + "backup-guard", configuration("backup-guard", theirs))
    api.put(SECRET, {"apiVersion": "v1", "kind": "Secret", "type": "example.com/empty",
                     "metadata": {"name": "backup-guard-webhook", "namespace": "backup-guard"}})
    for replica in t.replicas:
        replica.start()
    die_in(t, "make", "before")
    die_in(t, "publish", "before", "after")
    t.awaits("all three serve", t.all_serve)
    t.load()
    t.check("an empty Secret that was there beforehand is filled", api.get()["type"] == "example.com/empty")
    t.check("the CA from before stays trusted at first", theirs in api.published[0])
    t.awaits("and is dropped when nobody can need it any more", lambda: not any(theirs in b for b in api.bundles()))
    for step in ("drop", "renew", "begin", "publish", "switch", "publish"):
        die_in(t, step, "before", "after")
    t.awaits("after all this they agree", t.settled)
    meddle(t)
    api.delete(SECRET)
    die_in(t, "make", "after")
    t.awaits("and they agree again", t.settled)


def says(replica, words):
    return lambda: replica.log.exists() and words in replica.log.read_text()


def limits(t):
    """Long lives: nothing is due but what another name makes so."""
    api, one, two = t.api, t.replicas[0], t.replicas[1]
    ours, long = CONFIGURATIONS + "backup-guard", ("--ca-lifetime", "365d", "--cert-lifetime", "90d")
    api.put(ours, {**configuration("backup-guard", ""), "webhooks": []})
    one.start(*long)
    t.awaits("a configuration without webhooks keeps nobody from serving", one.serves)
    t.awaits("and is told", says(one, "nobody calls"))
    api.put(ours, configuration("backup-guard", ""))
    t.awaits("one that has some is kept", lambda: set(api.bundles()) == {api.data("ca.crt")})
    one.kill()
    one.start(*long, "--renew-check", "1h", "--secret", "backup-guard/backup-guard-webhook")
    t.awaits("a replica looks every hour, at a Secret whose namespace is named", one.serves)
    t.awaits("and watches the configuration meanwhile", lambda: one.metric('self_manage_checks_total{result="ok"}') >= 2)
    value, told = api.get(ours), one.log.read_text().count("nobody calls")
    for webhook in value["webhooks"]:
        del webhook["clientConfig"]["caBundle"]
    api.delete(ours)
    t.awaits("that it is gone is told at once", lambda: one.log.read_text().count("nobody calls") > told)
    api.put(ours, value)
    t.awaits("and when it comes again, it is published at once", lambda: set(api.bundles()) == {api.data("ca.crt")})
    theirs = stranger(t)
    write_bundle(api, lambda bundle: theirs)
    t.awaits("so it is in place of a stranger's CA", lambda: set(api.bundles()) == {api.data("ca.crt")})
    t.check("which is not in the Secret", theirs not in api.data("ca.crt"))
    published = api.count("publish")

    def another_adds():
        """Another replica brings in a CA after this one has read the Secret, and before it reads the configuration."""
        secret = api.get()
        secret["data"]["ca.crt"] = base64.b64encode((api.data("ca.crt") + stranger(t)).encode()).decode()
        api.put(SECRET, secret)
        value = api.get(ours)
        for webhook in value["webhooks"]:
            webhook["clientConfig"]["caBundle"] = secret["data"]["ca.crt"]
        api.put(ours, value)

    looks, api.between = one.metric('self_manage_checks_total{result="ok"}'), another_adds
    write_bundle(api, lambda bundle: bundle)
    t.awaits("a CA that came into the Secret meanwhile", lambda: one.metric('self_manage_checks_total{result="ok"}') > looks + 1)
    t.check("is no stranger's", api.count("publish") == published and set(api.bundles()) == {api.data("ca.crt")})
    one.kill()
    api.unwatched = True
    one.start(*long)
    t.awaits("a replica looks every second", one.serves)
    t.awaits("that it may not watch is told", says(one, "cannot watch the ValidatingWebhookConfiguration, only look at it"))
    write_bundle(api, lambda bundle: "")
    t.awaits("and the next look finds what was changed", lambda: set(api.bundles()) == {api.data("ca.crt")})
    api.unwatched = False
    api.readonly = True
    two.start(*long, "--names", NAME + ",other.example")
    t.awaits("who may not write serves the certificate that is there", two.serves)
    t.check("and says what fails", "check failed" in two.log.read_text())
    for path, sentence in ((SECRET, "for the Secret"), (ours, "for the configuration")):
        for odd in ({}, {"kind": "SecretList", "apiVersion": "v1", "metadata": {}, "items": []}):
            api.readonly, api.odd = False, {path: odd}
            failed = 'self_manage_checks_total{result="failed"}'
            before = one.metric(failed)
            t.awaits(f"{sentence}, {json.dumps(odd)} is no answer", lambda: one.metric(failed) > before)
    api.odd = {}
    t.awaits("all goes on when the answers are right again", lambda: api.count("renew") == 1)
    for r in (one, two):
        r.kill()
    t.check("nothing was written without need or without its resourceVersion", not api.wrong, api.wrong)


def main():
    guard, what = os.path.realpath(sys.argv[1]), sys.argv[2]
    t = Test(guard)
    try:
        {"rotation": rotation, "trouble": trouble, "limits": limits}[what](t)
        if t.loads:
            t.end()
    finally:
        for replica in t.replicas:
            if replica.process and replica.process.poll() is None:
                replica.process.kill()
                replica.process.wait()
        subprocess.run(["rm", "-rf", t.folder], check=True)
    print(f"{t.passed} passed, {t.failed} failed")
    return t.failed > 0


sys.exit(main())
