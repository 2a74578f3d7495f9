#!/usr/bin/env python3
"""`policy learn` over the repositories of the corpus: what is learned, and who differs.

    tests/learn/corpus.py BACKUP-GUARD [-v]      (SHARED: folder with corpus/ and corpus-whole.tar.xz)

Of each repository a policy is learned; `policy check` takes it, and `check` with it finds what it finds without it,
and in the rules of the policy nobody but those who were named. Prints how many were learned, and with how many
stores; with -v the policies and those who differ.
"""
import collections, json, os, re, subprocess, sys, tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import corpus

GUARD = corpus.GUARD
NOW = ["--now", "2026-08-26T10:20:30Z"]
LINE = re.compile(r"([a-z-]+): \d+ of \d+ [A-Za-z]+; not: (.*)")
failures = []


def check(folder, policy):
    """(file, rule, object) of each finding."""
    done = subprocess.run([GUARD, "check", *policy, *NOW, "--format", "json", "."], cwd=folder, capture_output=True, text=True)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"{folder}: exit code {done.returncode}\n{done.stderr}")
    found = json.loads(done.stdout)["findings"]
    return collections.Counter((f["rule"], f["object"]["name"]) for f in found)


def named(told):
    """(rule, object) of those who differ."""
    for line in told.splitlines():
        match = LINE.fullmatch(line)
        for one in match[2].split(", ") if match else []:
            yield match[1], re.sub(r" \(.*\)$", "", one).rsplit("/", 1)[-1].replace("one without a name", "")


def learn(name, folder, policy):
    """Its text, and what is told; None when nothing is learned."""
    done = subprocess.run([GUARD, "policy", "learn", ".", "--out", policy, *NOW], cwd=folder, capture_output=True, text=True)
    if not os.path.exists(policy):
        if done.returncode != 3 or done.stdout:
            failures.append(f"{name}: exit code {done.returncode}, nothing written")
        return None
    if done.returncode not in (0, 3):
        failures.append(f"{name}: exit code {done.returncode}\n{done.stderr}")
    checked = subprocess.run([GUARD, "policy", "check", policy], capture_output=True, text=True)
    if checked.returncode:
        failures.append(f"{name}: policy check: {checked.stdout}")
    outliers = set(named(done.stderr))
    new = set(check(folder, ["--policy", policy])) - set(check(folder, ["--profile", "generic"]))
    if new - outliers:
        failures.append(f"{name}: found, and not named: {sorted(new - outliers)}")
    found = set(check(folder, ["--policy", policy]))
    if outliers - found:
        failures.append(f"{name}: named, and not found: {sorted(outliers - found)}")
    with open(policy, encoding="utf-8") as file:
        return file.read(), done.stderr


def main():
    if not os.path.isdir(corpus.CORPUS):
        sys.exit(print(f"skipped: no folder {corpus.CORPUS}"))
    stores, differ = collections.Counter(), 0
    with tempfile.TemporaryDirectory() as temporary:
        for kind, repository, folder in corpus.runs(temporary):
            policy = os.path.join(temporary, "policy.yaml")
            learned = learn(f"{kind} {repository}", folder, policy)
            if not learned:
                continue
            os.remove(policy)
            stores[learned[0].count("objectStoreName:")] += 1
            differ += " not: " in learned[1]
            if "-v" in sys.argv:
                print(f"--- {kind} {repository}\n{learned[0].split('metadata:')[1]}{learned[1]}")
    print(f"policy learn: {stores.total()} policies, of which {differ} name somebody who differs; by stores: "
          + ", ".join(f"{count} with {number}" for number, count in sorted(stores.items())))
    print("\n".join(failures), end="\n" * bool(failures))
    sys.exit(bool(failures))


main()
