#!/usr/bin/env python3
"""What we render of small kustomizations, against what the real kustomize made of them.

    tests/kustomize/cases.py [--real] RENDERED

A case is a file of cases/: a sentence, then files, each after a line `-- path --`. Each folder in it with a kustomization
is one line of cases.jsonl: what kustomize v5.7.1 made of it. With --real that is asked again, where there is Go, and must
be the same; GUARD_WRITE_EXPECT=1 writes it then.
"""
import glob, json, os, re, sys, tempfile
import oracle

EXPECTED = f"{oracle.HERE}/cases.jsonl"


def unpack(folder):
    """The folders with a kustomization, from `folder`."""
    roots = []
    for path in sorted(glob.glob(f"{oracle.HERE}/cases/*.txt")):
        name = os.path.basename(path).removesuffix(".txt")
        parts = re.split(r"^-- (\S+) --\n", open(path, encoding="utf-8").read(), flags=re.M)
        for file, text in zip(parts[1::2], parts[2::2]):
            os.makedirs(os.path.dirname(f"{folder}/{name}/{file}"), exist_ok=True)
            with open(f"{folder}/{name}/{file}", "w", encoding="utf-8") as out:
                out.write(text)
            if os.path.basename(file) in oracle.NAMES:
                roots.append(os.path.dirname(f"{name}/{file}"))
    return sorted(set(roots))


def line_of(root, built, folder):
    """As it is kept: files from the folder of the case."""
    if built.error is not None:
        return {"root": root, "error": re.sub(r"\b0x[0-9a-f]{6,}", "0x", built.error.replace(folder + "/", ""))}
    objects = [{"object": o, "file": file and os.path.relpath(file, folder)} for o, file in built.objects]
    return {"root": root, "objects": sorted(objects, key=oracle.text_of)}


def built_of(line, folder):
    objects = [(o["object"], o["file"] and f"{folder}/{o['file']}") for o in line.get("objects", ())]
    return oracle.Built(line.get("error"), objects)


def main(rendered, real):
    tally, program = oracle.Tally(), oracle.program() if real else None
    with tempfile.TemporaryDirectory() as temporary:
        folder = os.path.realpath(temporary)
        roots = unpack(folder)
        paths = [f"{folder}/{root}" for root in roots]
        lines = [line_of(root, built, folder) for root, built in zip(roots, oracle.real(program, paths))] if program else None
        if program and os.environ.get("GUARD_WRITE_EXPECT"):
            with open(EXPECTED, "w", encoding="utf-8") as out:
                out.writelines(oracle.text_of(line) + "\n" for line in lines)
        expected = {line["root"]: line for line in map(json.loads, open(EXPECTED, encoding="utf-8"))}
        if sorted(expected) != roots:
            sys.exit(f"cases.jsonl has not the roots of cases/: {sorted(set(expected) ^ set(roots))}")
        for line in lines or ():
            if line != expected[line["root"]]:
                tally.fail(line["root"], f"kustomize says {oracle.text_of(line)}, and kept is {oracle.text_of(expected[line['root']])}")
        for root, got in zip(roots, oracle.ours(rendered, paths)):
            tally.add(root, built_of(expected[root], folder), got)
    tally.print()
    return not tally.failed


if "--help" in sys.argv or len(sys.argv) not in (2, 3):
    sys.exit(__doc__.strip())
sys.exit(0 if main(os.path.abspath(sys.argv[-1]), "--real" in sys.argv) else 1)
