#!/usr/bin/env python3
"""Which changes of one line do the tests not see?

  mutants.py N SEED     (make mutants N=60 SEED=1)

Draws N mutants of the C sources, each kind as often as the others, and runs the tests with each, in copies of the
tree below TMPDIR: `make unit` and `make cli`, and what these do not notice with the server's tests and the
sanitizers. What does not compile, or compiles to the same code, is drawn again. A test that hangs has noticed. A
survivor is shown as a diff: write the test that fails with it, or explain why none can. The same seed draws the same
mutants of the same tree.
"""
import difflib
import os
import pathlib
import queue
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

JOBS = 2
BUILDS = {"release", "asan"}
TESTS = ("unit", "cli", "VARIANT=asan unit", "serve")
MADE = "never change it by hand"  # what generated tables say of themselves
NOT_CODE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
EDGES = {" < ": " <= ", " <= ": " < ", " > ": " >= ", " >= ": " > "}
LVALUE = r"\*?[a-z_]\w*(?:(?:->|\.)\w+|\[[^\]]*\])*"
STATEMENT = re.compile(rf"\t+{LVALUE}(?:\(.*\)| (?:[-+|&^*/]|<<|>>)?= .*|\+\+|--);")
LEAVE = re.compile(r"\t\t+(?:return\b.*|break|continue);")
CONDITION = re.compile(r"(\t+(?:\} else )?(?:if|while) )\((.*)\)( \{)?")


def masked(text):
    """The text with blanks for comments and for what is in quotes."""
    return NOT_CODE.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def swaps(words):
    def find(line, code, before):
        for m in re.finditer("|".join(map(re.escape, words)), code):
            yield line[:m.start()] + words[m[0]] + line[m.end():]
    return find


def numbers(line, code, before):
    for m in re.finditer(r"(?<![\w.{-])\d+(?![\w.}])", code):
        yield line[:m.start()] + str(int(m[0]) + 1) + line[m.end():]


def removed(pattern):
    def find(line, code, before):
        if pattern.fullmatch(code) and (not before or before[-1] in ";{}:)" or before.endswith("else")):
            yield re.match(r"\t+", line)[0] + ";"
    return find


def negated(line, code, before):
    m = CONDITION.fullmatch(code)
    if m and m[2].count("(") == m[2].count(")"):
        yield f"{m[1]}(!({line[m.start(2):m.end(2)]})){m[3] or ''}"


KINDS = {
    "edge": swaps(EDGES),
    "equality": swaps({" == ": " != ", " != ": " == "}),
    "logic": swaps({" && ": " || ", " || ": " && "}),
    "sum": swaps({" + ": " - ", " - ": " + ", " + 1": "", " - 1": ""}),
    "number": numbers,
    "statement": removed(STATEMENT),
    "leaving": removed(LEAVE),
    "condition": negated,
}


def find_mutants(tree):
    """Of each kind, all of them: (file, number of the line, the line instead)."""
    all_kinds = {kind: [] for kind in KINDS}
    for path in sorted(tree.glob("src/**/*.c")):
        text = path.read_text()
        if MADE in text:
            continue
        before = ""
        for n, (line, code) in enumerate(zip(text.split("\n"), masked(text).split("\n"))):
            if not code.startswith("#"):
                for kind, find in KINDS.items():
                    all_kinds[kind] += [(path.relative_to(tree), n, new) for new in find(line, code.rstrip(), before)]
            before = code.strip()
    return all_kinds


def draw(tree, seed):
    rng = random.Random(seed)
    left = find_mutants(tree)
    for of_kind in left.values():
        rng.shuffle(of_kind)
    seen = set()
    while left := {kind: of_kind for kind, of_kind in left.items() if of_kind}:
        path, n, new = left[rng.choice(list(left))].pop()
        if (path, n) not in seen:
            seen.add((path, n))
            yield path, n, new


class Copy:
    """A copy of the tree, with what is built there."""

    def __init__(self, tree, at):
        self.at = pathlib.Path(at)
        shutil.copytree(tree, at, symlinks=True, ignore=self.left_out)
        (self.at / "tmp").mkdir(exist_ok=True)
        self.env = {**os.environ, "TMPDIR": str(self.at / "tmp"), "CRITERION_FAIL_FAST": "1", "MAKEFLAGS": ""}

    @staticmethod
    def left_out(folder, names):
        return set(names) - BUILDS if os.path.basename(folder) == "build" else {".git"}

    def make(self, target, seconds=None):
        limit = "" if "asan" in target else "ulimit -v 8388608;"  # a sanitizer takes terabytes of addresses
        with subprocess.Popen(["sh", "-c", f"{limit} exec make -s {target}"], cwd=self.at, env=self.env, start_new_session=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as job:
            try:
                return job.wait(seconds) == 0
            except subprocess.TimeoutExpired:
                return False
            finally:
                self.end_all()

    def end_all(self):
        """Whatever still runs in this copy: Criterion's workers are in groups of their own."""
        for cwd in pathlib.Path("/proc").glob("[0-9]*/cwd"):
            try:
                if cwd.readlink().is_relative_to(self.at):
                    os.kill(int(cwd.parent.name), signal.SIGKILL)
            except OSError:  # it has ended, or is somebody else's
                pass

    def seconds(self, target):
        begin = time.monotonic()
        if not self.make(target):
            sys.exit(f"make {target} fails without any mutant")
        return time.monotonic() - begin

    def code_of(self, source):
        """What its object file would do; None: it does not compile."""
        built, bare = self.at / "build/release" / source.with_suffix(".o"), self.at / "tmp/bare.o"
        if not self.make(str(built.relative_to(self.at))):
            return None
        subprocess.run(["objcopy", "--strip-debug", built, bare], check=True)
        return bare.read_bytes()

    def judge(self, mutant, limits):
        """None: no mutant. Else the target that has noticed it, or an empty text."""
        path, n, new = mutant
        source = self.at / path
        old = source.read_text()
        lines = old.split("\n")
        lines[n] = new
        code = self.code_of(path)
        try:
            source.write_text("\n".join(lines))
            if self.code_of(path) in (None, code):
                return None
            return next((target for target, most in limits.items() if not self.make(target, most)), "")
        finally:
            source.write_text(old)
            shutil.rmtree(self.at / "tmp")
            (self.at / "tmp").mkdir()


def show(tree, mutant, by):
    path, n, new = mutant
    lines = (tree / path).read_text().split("\n")
    print(f"{'killed by ' + by if by else 'SURVIVED':14}  {path}:{n + 1}: {lines[n].strip()}  ->  {new.strip()}")
    if not by:
        changed = lines[:n] + [new] + lines[n + 1:]
        print("\n".join(difflib.unified_diff(lines, changed, f"a/{path}", f"b/{path}", lineterm="")))
    sys.stdout.flush()


def main(wanted, seed):
    tree = pathlib.Path.cwd()
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))
    with tempfile.TemporaryDirectory(prefix="mutants.") as tmp, ThreadPoolExecutor(JOBS) as pool:
        copies = queue.Queue()
        copies.put(Copy(tree, os.path.join(tmp, "0")))
        limits = {target: 60 + 5 * copies.queue[0].seconds(target) for target in TESTS}
        for i in range(1, JOBS):
            copies.put(Copy(copies.queue[0].at, os.path.join(tmp, str(i))))

        def judge(mutant):
            copy = copies.get()
            try:
                return copy.judge(mutant, limits)
            finally:
                copies.put(copy)

        drawn, judged, survived, none = draw(tree, seed), 0, 0, 0
        while judged < wanted:
            some = [m for _, m in zip(range(wanted - judged), drawn)]
            if not some:
                break
            for mutant, by in zip(some, pool.map(judge, some)):
                if by is None:
                    none += 1
                    continue
                judged += 1
                survived += not by
                show(tree, mutant, by)
    print(f"seed {seed}: {judged} mutants, {survived} survived; {none} more did not compile, or to the same code")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
