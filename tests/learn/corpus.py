#!/usr/bin/env python3
"""`policy learn` over the repositories of the corpus: what is learned, and who differs.

    tests/learn/corpus.py BACKUP-GUARD [-v]      (SHARED: folder with corpus/ and corpus-whole.tar.xz)

What property.py says holds of each. No repository has a second store for each app: in copies of three, one is written
behind each ObjectStore, elsewhere, and both are found. Prints of how many repositories a policy is learned, and with
how many stores; with -v the policies and those who differ.
"""
import collections, glob, os, re, shutil, subprocess, sys, tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import corpus, property

SECOND = ["h-wb__home-ops", "mirceanton__home-ops", "vrozaksen__home-ops"]


def write_second(folder):
    """Behind each ObjectStore another one: NAME-offsite, in BUCKET-offsite, by another endpoint."""
    for path in glob.glob(f"{folder}/**/*.y*ml", recursive=True):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        more = ""
        for document in re.split(r"^---.*\n", text, flags=re.M):
            if re.search(r"^kind: ObjectStore$", document, re.M):
                document = re.sub(r'^  name: "?([^"\s]+)"?', r'  name: "\1-offsite"', document, count=1, flags=re.M)
                document = re.sub(r'(destinationPath: "?s3://[^/\s"]+)', r"\1-offsite", document)
                more += "\n---\n" + re.sub(r"(endpointURL: ).*", r"\1https://offsite.example.com", document)
        if more:
            with open(path, "a", encoding="utf-8") as file:
                file.write(more)


def learn_two(temporary, name):
    """What does not hold of a copy with a second store."""
    folder = os.path.join(temporary, "two")
    shutil.copytree(f"{temporary}/corpus-whole/{name}", folder, symlinks=True)
    subprocess.run(["chmod", "-R", "u+w", folder], check=True)
    write_second(folder)
    policy, told, wrong = property.learn(corpus.GUARD, folder)
    shutil.rmtree(folder)
    roles = re.findall(r"role: (\w+)\n *objectStoreName: (\S+)", policy)
    if sorted(role for role, _ in roles) != ["archive", "offsite"] or not all("offsite" in template for role, template in roles if role == "offsite"):
        wrong.append(f"of two stores for each app it finds {roles}")
    if "-v" in sys.argv:
        print(f"--- {name}, with a second store for each app\n{policy.split('metadata:')[-1]}{told}")
    return [f"{name}, with a second store: {line}" for line in wrong]


def main():
    if not os.path.isdir(corpus.CORPUS):
        sys.exit(print(f"skipped: no folder {corpus.CORPUS}"))
    stores, differ, failures = collections.Counter(), 0, []
    with tempfile.TemporaryDirectory() as temporary:
        for kind, repository, folder in corpus.runs(temporary):
            policy, told, wrong = property.learn(corpus.GUARD, folder)
            failures += [f"{kind} {repository}: {line}" for line in wrong]
            if not policy:
                continue
            stores[policy.count("objectStoreName:")] += 1
            differ += " not: " in told
            if "-v" in sys.argv:
                print(f"--- {kind} {repository}\n{policy.split('metadata:')[1]}{told}")
        for name in SECOND:
            failures += learn_two(temporary, name)
    print(f"policy learn: {stores.total()} policies, of which {differ} name somebody who differs; by stores: "
          + ", ".join(f"{count} with {number}" for number, count in sorted(stores.items()))
          + f"; both are found in {len(SECOND)} with a second store for each app")
    print("\n".join(failures), end="\n" * bool(failures))
    sys.exit(bool(failures))


main()
