#!/usr/bin/env python3
"""What we render of generated kustomizations, against the real `kustomize build`.

    tests/kustomize/generated.py RENDERED

TREES (200) trees are drawn, from SEED (1) on; --keep FOLDER leaves them there. Skipped where there is no Go.
"""
import os, random, sys
import generate, oracle


def draw(folder, first, count):
    """The folders with a kustomization, of so many trees."""
    for seed in range(first, first + count):
        generate.Tree(random.Random(seed), f"{folder}/{seed}").make()
    return sorted(path for path, _, files in os.walk(folder) if oracle.NAMES & set(files))


def main(rendered, keep):
    def trees(temporary):
        top = os.path.realpath(keep or temporary)
        yield top, draw(top, int(os.environ.get("SEED", "1")), int(os.environ.get("TREES", "200")))

    return oracle.compare(rendered, trees)


if "--help" in sys.argv or len(sys.argv) not in (2, 4):
    sys.exit(__doc__.strip())
sys.exit(0 if main(os.path.abspath(sys.argv[1]), sys.argv[3] if len(sys.argv) == 4 else None) else 1)
