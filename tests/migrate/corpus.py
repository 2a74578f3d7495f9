#!/usr/bin/env python3
"""`migrate` over the repositories of the corpus: what becomes of each Cluster with a barmanObjectStore.

    tests/migrate/corpus.py BACKUP-GUARD [-v]      (SHARED: folder with corpus/ and corpus-whole.tar.xz)

Each repository is copied, migrated with --write --partial, and then: `check` denies nothing that it did not deny, a
second run changes nothing, and PyYAML reads in each Cluster the same configurations, with the same server names, as
before. Prints the counts, and with -v why each of the others is left alone.
"""
import collections, glob, json, os, shutil, subprocess, sys, tempfile

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import corpus

GUARD = corpus.GUARD
FIXED = ["--profile", "generic", "--now", "2026-08-26T10:20:30Z"]
failures, compared = [], set()


def run(folder, *words):
    done = subprocess.run([GUARD, *words, *FIXED, "."], cwd=folder, capture_output=True, text=True)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"{folder}: exit code {done.returncode}\n{done.stderr}")
    return done


def denials(folder):
    found = json.loads(run(folder, "check", "--format", "json").stdout)["findings"]
    return collections.Counter((f["file"], f["rule"]) for f in found if f["severity"] == "deny" and f["object"]["kind"] != "Backup")


def place(configuration, server):
    return json.dumps({k: v for k, v in configuration.items() if k != "serverName"}, sort_keys=True), server


def archives(cluster, stores):
    """What it archives to and reads, by the configurations in its file; an ObjectStore elsewhere by its name."""

    def of(entry, name, default):
        parameters = entry.get("parameters") or {}
        store = parameters.get("barmanObjectName")
        if entry.get("name") == "barman-cloud.cloudnative-pg.io":
            yield name, place(stores.get(store, {"name": store}), parameters.get("serverName") or default)

    name, spec = cluster["metadata"]["name"], cluster["spec"]
    own = (spec.get("backup") or {}).get("barmanObjectStore")
    if own:
        yield "archive", place(own, own.get("serverName") or name)
    for entry in spec.get("plugins") or []:
        yield from of(entry, "archive", name)
    for external in spec.get("externalClusters") or []:
        in_tree = external.get("barmanObjectStore")
        if in_tree:
            yield external["name"], place(in_tree, in_tree.get("serverName") or external["name"])
        yield from of(external.get("plugin") or {}, external["name"], name)


def all_archives(folder):
    """Of each file that PyYAML can read; a patch has its ObjectStore in another file of its folder."""
    of_kind = lambda docs, kind: [d for d in docs if d.get("kind") == kind and str(d.get("apiVersion")).count("cnpg.io/")]
    found, read, beside = {}, {}, collections.defaultdict(dict)
    for path in glob.glob(f"{folder}/**/*.y*ml", recursive=True):
        try:
            with open(path, encoding="utf-8") as file:
                docs = [d for d in yaml.load_all(file, Loader=yaml.CSafeLoader) if isinstance(d, dict)]
            stores = {d["metadata"]["name"]: d["spec"]["configuration"] for d in of_kind(docs, "ObjectStore")}
        except (yaml.YAMLError, OSError, UnicodeError, KeyError, TypeError, AttributeError):
            continue
        read[path] = of_kind(docs, "Cluster"), stores
        beside[os.path.dirname(path)].update(stores)
    for path, (clusters, stores) in read.items():
        try:
            found[path] = [sorted(archives(d, {**beside[os.path.dirname(path)], **stores})) for d in clusters]
        except (KeyError, TypeError, AttributeError):
            continue
    return {path: clusters for path, clusters in found.items() if any(clusters)}


def migrate(name, folder):
    """How many were migrated, and why others were not."""
    before, lay = denials(folder), all_archives(folder)
    shown = run(folder, "migrate")
    told = [line for line in shown.stderr.splitlines() if line.startswith(("would migrate", "left alone"))]
    if not told:
        return 0, []
    wrote = run(folder, "migrate", "--write", "--partial")
    done = sum(line.startswith("migrated") for line in wrote.stderr.splitlines())
    left = [line for line in told if line.startswith("left alone")]
    if done + len(left) != len(told):
        failures.append(f"{name}: {len(told)} told, {done} migrated, {len(left)} left alone")
    new = denials(folder) - before
    if new:
        failures.append(f"{name}: denied now: {dict(new)}")
    compared.update((name, path) for path in lay)
    if all_archives(folder) != lay:
        failures.append(f"{name}: an archive is not where it was")
    again = run(folder, "migrate")
    if again.stdout or "would migrate" in again.stderr:
        failures.append(f"{name}: a second run changes something")
    return done, left


def main():
    if not os.path.isdir(corpus.CORPUS):
        sys.exit(print(f"skipped: no folder {corpus.CORPUS}"))
    total, left, repositories = 0, [], 0
    with tempfile.TemporaryDirectory() as temporary:
        for kind, repository, folder in corpus.runs(temporary):
            if subprocess.run(["grep", "-rqs", "barmanObjectStore:", folder], check=False).returncode:
                continue
            copy = os.path.join(temporary, "copy")
            shutil.copytree(folder, copy, symlinks=True)
            subprocess.run(["chmod", "-R", "u+w", copy], check=True)
            done, alone = migrate(f"{kind} {repository}", copy)
            repositories += bool(done or alone)
            total += done
            left += [f"{kind} {repository} {line}" for line in alone]
            shutil.rmtree(copy)
    if "-v" in sys.argv:
        print("\n".join(left))
    print(f"migrate: {total} Clusters of {total + len(left)} in {repositories} repositories, the others left alone;"
          f" their archives compared in {len(compared)} files")
    print("\n".join(failures), end="\n" * bool(failures))
    sys.exit(bool(failures))


main()
