#!/usr/bin/env python3
"""`migrate` over the repositories of the corpus: what becomes of each Cluster with a barmanObjectStore.

    tests/migrate/corpus.py BACKUP-GUARD [-v]      (SHARED: folder with corpus/ and corpus-whole.tar.xz)

Each repository is copied, migrated with --write --partial, and then: `check` denies nothing that it did not deny, a
second run changes nothing, and the diff takes away no line but those of the in-tree store. That the archive lies where
it lay is held by `migrate` itself, with the resolver of `check`. Prints the counts, and with -v why each is left alone.
"""
import collections, json, os, shutil, subprocess, sys, tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import corpus

GUARD = corpus.GUARD
FIXED = ["--profile", "generic", "--now", "2026-08-26T10:20:30Z"]
failures = []


def run(folder, *words):
    done = subprocess.run([GUARD, *words, *FIXED, "."], cwd=folder, capture_output=True, text=True)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"{folder}: exit code {done.returncode}\n{done.stderr}")
    return done


def denials(folder):
    found = json.loads(run(folder, "check", "--format", "json").stdout)["findings"]
    return collections.Counter((f["file"], f["rule"]) for f in found if f["severity"] == "deny")


def migrate(name, folder):
    """How many were migrated, and why others were not."""
    before = denials(folder)
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
    again = run(folder, "migrate")
    if again.stdout or "would migrate" in again.stderr:
        failures.append(f"{name}: a second run changes something")
    return done, left


def main():
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
    print(f"migrate: {total} Clusters of {total + len(left)} in {repositories} repositories, the others left alone")
    print("\n".join(failures), end="\n" * bool(failures))
    sys.exit(bool(failures))


main()
