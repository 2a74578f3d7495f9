#!/usr/bin/env python3
"""What `check --profile generic` says of real repositories, against what was judged by reading them.

    tests/corpus.py BACKUP-GUARD [--write]      (SHARED: folder with corpus/ and corpus-whole.tar.xz)

Each repository is one run over its whole folder, as its owner would do. Prints a table of rules, what repaired
defects were found, and how many warnings an object has; then each difference to tests/corpus-expected.tsv (of whole
repositories: corpus-whole-expected.tsv) as a line with + or -, and fails if there is one, or a finding without a
verdict. --write rewrites these files: verdicts are kept by rule and place, a new finding has the verdict `?`.
Verdicts: `true` (a defect), `false` (an alarm that is wrong: to be mended), `opinion` (so it is, but one may want it
so). A defect that its owner repaired and that is not found is a row with the severity `missed`.
"""
import collections, csv, glob, json, os, subprocess, sys, tempfile

if "--help" in sys.argv or len(sys.argv) < 2:
    sys.exit(__doc__.strip())
GUARD = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
CORPUS = os.path.join(os.environ.get("SHARED", ""), "corpus")
WHOLE = f"{CORPUS}-whole.tar.xz"
EXPECTED = {"corpus-expected.tsv": ("now", "before-repair"), "corpus-whole-expected.tsv": ("whole",)}
COLUMNS = ["set", "repository", "file", "rule", "severity", "place", "verdict", "why"]
SEVERITIES = ["error", "deny", "warn", "info"]
# how before-repair.tsv begins to describe a defect, and the rules one of which must find it
DEFECTS = {
    "five-field schedule": ["schedule-five-fields", "unreadable"],
    "method omitted": ["method-default-in-tree"],
    "recovers from its own archive": ["recovery-from-own-archive"],
    "pluginConfiguration.parameters": ["plugin-parameters-ignored"],
    "retentionPolicy inside": ["retention-misplaced", "unknown-field"],
}


def check(folder):
    """Findings (with what cannot be read), objects judged."""
    words = [GUARD, "check", "--profile", "generic", "--now", "2026-08-26T10:20:30Z", "--format", "json", "."]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"{folder}: exit code {done.returncode}\n{done.stderr}")
    report = json.loads(done.stdout)
    return report["findings"] + [unreadable(error) for error in report["errors"]], report["summary"]["objects"]


def unreadable(error):
    object = {"kind": "line", "name": str(error["line"])}
    return {"file": error["file"], "rule": "unreadable", "severity": "error", "object": object, "path": ""}


def runs(temporary):
    """(set, repository, folder), each run once."""
    for folder in sorted(glob.glob(f"{CORPUS}/now/*")):
        yield "now", os.path.basename(folder), folder
    for folder in sorted(glob.glob(f"{CORPUS}/before-repair/*/*")):
        yield "before-repair", os.path.relpath(folder, f"{CORPUS}/before-repair"), folder
    subprocess.run(["tar", "-xJf", WHOLE, "-C", temporary], check=True)
    for folder in sorted(glob.glob(f"{temporary}/corpus-whole/*")):
        yield "whole", os.path.basename(folder), folder


def row_of(kind, repository, finding):
    place = f"{finding['object']['kind']}/{finding['object']['name']} {finding['path']}"
    return (kind, repository, finding["file"].removeprefix("./"), finding["rule"], finding["severity"], place.strip())


def missed(rows):
    """The repaired defects that no row finds, as rows; and how many there are in all."""
    found = {(row[1], row[2], row[3]) for row in rows if row[0] == "before-repair"}
    out, total = [], 0
    with open(f"{CORPUS}/before-repair.tsv", encoding="utf-8") as table:
        for line in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE):
            if line["role"] != "changed":
                continue
            total += 1
            owner, commit, file = line["path"].split("/", 2)
            rules = next(rules for defect, rules in DEFECTS.items() if line["defect"].startswith(defect))
            if not any((f"{owner}/{commit}", file, rule) in found for rule in rules):
                out.append(("before-repair", f"{owner}/{commit}", file, rules[0], "missed", ""))
    return out, total


def print_table(what, rows):
    count, repositories = collections.Counter(), collections.defaultdict(set)
    for _, repository, _, rule, severity, _ in rows:
        count[rule, severity] += 1
        repositories[rule, severity].add(repository)
    print(f"{what + ': findings/repositories':42}" + "".join(f"{severity:>10}" for severity in SEVERITIES))
    for rule in sorted({rule for rule, _ in count}):
        cells = (f"{count[rule, s]}/{len(repositories[rule, s])}" if count[rule, s] else "" for s in SEVERITIES)
        print(f"{rule:42}" + "".join(f"{cell:>10}" for cell in cells))


def print_warnings(rows, objects):
    """Warnings per object, of the repositories in which nothing is denied."""
    warnings = collections.Counter(row[1] for row in rows if row[4] == "warn")
    denied = {row[1] for row in rows if row[4] == "deny"}
    good = [name for name in objects if name not in denied and objects[name]]
    total = sum(objects[name] for name in good)
    print(f"{len(good)} repositories with nothing denied, {total} objects:"
          f" {sum(warnings[name] for name in good) / max(total, 1):.2f} warnings an object")
    for name in sorted(good, key=lambda name: -warnings[name] / objects[name]):
        if warnings[name] > 2 * objects[name]:
            print(f"  {warnings[name] / objects[name]:.2f} {name}")
    print()


def read_expected():
    verdicts = collections.defaultdict(list)
    for name in EXPECTED:
        with open(os.path.join(HERE, name), encoding="utf-8") as table:
            for row in csv.reader(table, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row and row != COLUMNS:
                    verdicts[tuple(row[:6])].append((row[6], row[7]))
    return verdicts


def compare(rows, expected):
    """Prints what came and what went; true when nothing did and each row is judged."""
    now, then = collections.Counter(rows), {row: len(judged) for row, judged in expected.items()}
    came, went = now - collections.Counter(then), collections.Counter(then) - now
    for row in sorted(went.elements()):
        print("-", *row, *expected[row][0], sep="\t")
    for row in sorted(came.elements()):
        print("+", *row, sep="\t")
    unjudged = [row for row in rows if row in expected and any(word == "?" for word, _ in expected[row])]
    for row in unjudged:
        print("?", *row, sep="\t")
    return not (came or went or unjudged)


def write(rows, expected):
    """A verdict outlives a changed severity."""
    by_place = {row[:4] + row[5:]: judged for row, judged in expected.items()}
    for name, sets in EXPECTED.items():
        with open(os.path.join(HERE, name), "w", encoding="utf-8") as table:
            print(*COLUMNS, sep="\t", file=table)
            for row in sorted(row for row in rows if row[0] in sets):
                judged = expected.get(row) or by_place.get(row[:4] + row[5:]) or [("?", "")]
                print(*row, *(judged.pop(0) if len(judged) > 1 else judged[0]), sep="\t", file=table)


def main():
    if not os.path.isdir(CORPUS):
        print(f"skipped: no folder {CORPUS or 'corpus'} (SHARED=FOLDER names another)")
        return True
    rows, objects = [], collections.defaultdict(dict)
    with tempfile.TemporaryDirectory() as temporary:
        for kind, repository, folder in runs(temporary):
            findings, objects[kind][repository] = check(folder)
            rows += [row_of(kind, repository, finding) for finding in findings]
    for kind in ("now", "whole"):
        print_table(kind, [row for row in rows if row[0] == kind])
        print_warnings([row for row in rows if row[0] == kind], objects[kind])
    lost, total = missed(rows)
    rows += lost
    print(f"{total - len(lost)} of {total} repaired defects found")
    expected = read_expected()
    if "--write" in sys.argv[2:]:
        write(rows, expected)
        return True
    verdicts = collections.Counter(word for judged in expected.values() for word, _ in judged)
    print("judged:", ", ".join(f"{number} {word}" for word, number in sorted(verdicts.items())))
    return compare(rows, expected)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
