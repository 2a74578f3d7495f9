#!/usr/bin/env python3
"""What `check` says of manifests of which the real barman-cloud commands have shown what they do.

    tests/store_vectors.py BACKUP-GUARD      (SHARED: folder with store-vectors/)

Each manifest differs in one point from a store that works, cases/base-http.yaml. What is said of that one too is no
answer. By the verdict that the row of expected.tsv gives to version 0.1.0:

    agree                        denied exactly where 0.1.0 denied
    too lax                      it fails: a warning or a denial says so
    too strict                   it works: nothing is denied
    probe only, wording wrong    no manifest can tell, or it was told in wrong words: not denied unless it was

Prints each row that is answered otherwise, and `N passed, N failed`. Without the folder nothing is done.
"""
import concurrent.futures, csv, json, os, subprocess, sys

if "--help" in sys.argv or len(sys.argv) != 2:
    sys.exit(__doc__.strip())
GUARD = sys.argv[1]
FOLDER = os.path.join(os.environ.get("SHARED", ""), "store-vectors")


def answer(case):
    """Rules that deny and rules that warn."""
    words = [GUARD, "check", "--profile", "generic", "--format", "json", f"{FOLDER}/cases/{case}.yaml"]
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"{case}: exit code {done.returncode}\n{done.stderr}")
    said = {"deny": set(), "warn": set(), "info": set()}
    for finding in json.loads(done.stdout)["findings"]:
        said[finding["severity"]].add(finding["rule"])
    return said["deny"], said["warn"]


def is_right(row, denied, warned):
    did_deny = any(part.strip().startswith("deny ") for part in row["guard_0.1.0"].split(","))
    match row["verdict"]:
        case "agree":
            return bool(denied) == did_deny
        case "too lax":
            return bool(denied | warned)
        case "too strict":
            return not denied
        case "probe only" | "wording wrong":
            return did_deny or not denied
    sys.exit(f"{row['case']}: a verdict that nobody knows: {row['verdict']}")


if not os.path.isdir(FOLDER):
    print("no store-vectors here: nothing to compare with")
    sys.exit()
with open(f"{FOLDER}/expected.tsv", encoding="utf-8", newline="") as table:
    rows = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))
always = set.union(*answer("base-http"))
failed = 0
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    for row, (denied, warned) in zip(rows, pool.map(answer, [row["case"] for row in rows])):
        if not is_right(row, denied, warned - always):
            failed += 1
            said = " ".join(sorted(denied | warned - always)) or "nothing"
            print(f"not ok - {row['case']}: {row['verdict']}: {row['real']}\n#   said: {said}")
print(f"{len(rows) - failed} passed, {failed} failed")
sys.exit(failed > 0)
