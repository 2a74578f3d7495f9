#!/usr/bin/env python3
"""`policy learn` over the repositories of the corpus: what is learned, and who differs.

    tests/learn/corpus.py BACKUP-GUARD [-v]      (SHARED: folder with corpus/ and corpus-whole.tar.xz)

What property.py says holds of each. Prints of how many repositories a policy is learned, and with how many stores;
with -v the policies and those who differ.
"""
import collections, os, sys, tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import corpus, property


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
    print(f"policy learn: {stores.total()} policies, of which {differ} name somebody who differs; by stores: "
          + ", ".join(f"{count} with {number}" for number, count in sorted(stores.items())))
    print("\n".join(failures), end="\n" * bool(failures))
    sys.exit(bool(failures))


main()
