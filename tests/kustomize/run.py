#!/usr/bin/env python3
"""What we render of kustomizations, against the real `kustomize build`.

    tests/kustomize/run.py RENDERED [FOLDER...]     (SHARED: folder with corpus/, cases/ and corpus-whole.tar.xz)

Every folder with a kustomization in the project, in the corpus, in the whole repositories and in the cases (or in FOLDER)
is built by both. Objects of our kinds must be equal as JSON values, and come from the same file; where kustomize refuses,
so must we. What it cannot tell without a network, Helm or a plugin is counted. Skipped where there is no Go.
"""
import os, subprocess, sys
import oracle

PROJECT = os.path.dirname(os.path.dirname(oracle.HERE))


def roots(folder):
    for path, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if f not in (".git", "build"))
        if oracle.NAMES & set(files):
            yield path


def places(temporary):
    """(what it is, folder)"""
    shared = os.environ.get("SHARED", "")
    yield "the project", PROJECT
    for name in ("corpus", "cases"):
        if os.path.isdir(f"{shared}/{name}"):
            yield name, os.path.realpath(f"{shared}/{name}")
    if os.path.exists(f"{shared}/corpus-whole.tar.xz"):
        subprocess.run(["tar", "-xJf", f"{shared}/corpus-whole.tar.xz", "-C", temporary], check=True)
        yield "corpus-whole", f"{temporary}/corpus-whole"


def main(rendered, given):
    def draw(temporary):
        for what, top in [(f, os.path.realpath(f)) for f in given] or places(temporary):
            folders = list(roots(top))
            print(f"{what}: {len(folders)} kustomizations", flush=True)
            yield os.path.dirname(top), folders

    return oracle.compare(rendered, draw)


if "--help" in sys.argv or len(sys.argv) < 2:
    sys.exit(__doc__.strip())
sys.exit(0 if main(os.path.abspath(sys.argv[1]), sys.argv[2:]) else 1)
