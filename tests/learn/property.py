#!/usr/bin/env python3
"""What holds of every policy that is learned, of any folder.

    tests/learn/property.py BACKUP-GUARD FOLDER...

`policy check` takes it; what `check` finds with it and not without is of rules and objects that were named as those
who differ; and those who were named are found. Prints what does not hold.
"""
import json, os, re, subprocess, sys, tempfile

NOW = ["--now", "2026-08-26T10:20:30Z"]
LINE = re.compile(r"([a-z-]+): \d+ of \d+ [A-Za-z]+; not: (.*)")


def check(guard, folder, policy):
    """(rule, object, file) of each finding."""
    done = subprocess.run([guard, "check", *policy, *NOW, "--format", "json", "."], cwd=folder, capture_output=True, text=True)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"{folder}: exit code {done.returncode}\n{done.stderr}")
    return {(f["rule"], f["object"]["name"], f["file"].removeprefix("./")) for f in json.loads(done.stdout)["findings"]}


def named(told):
    """(rule, object, file) of those who differ."""
    for line in told.splitlines():
        match = LINE.fullmatch(line)
        for one, file in re.findall(r"(?:[^ ,/]*/)?(one without a name|[^ ,/]+) \(([^)]*)\)", match[2]) if match else []:
            yield match[1], one.replace("one without a name", ""), file


def learn(guard, folder):
    """Its text (empty: nothing is learned), what is told, and what does not hold of it."""
    with tempfile.TemporaryDirectory() as temporary:
        policy = os.path.join(temporary, "policy.yaml")
        done = subprocess.run([guard, "policy", "learn", ".", "--out", policy, *NOW], cwd=folder, capture_output=True, text=True)
        if not os.path.exists(policy):
            wrong = [] if done.returncode == 3 and not done.stdout else [f"exit code {done.returncode}, and nothing written"]
            return "", done.stderr, wrong
        with open(policy, encoding="utf-8") as file:
            text = file.read()
        wrong = [] if done.returncode in (0, 3) else [f"exit code {done.returncode}"]
        checked = subprocess.run([guard, "policy", "check", policy], capture_output=True, text=True)
        if checked.returncode or "note:" in checked.stdout:
            wrong.append(checked.stdout)
        outliers, found = set(named(done.stderr)), check(guard, folder, ["--policy", policy])
        new = {one[:2] for one in found - check(guard, folder, ["--profile", "generic"])}
        # a Secret that the policy names is that of a store, and is judged as such
        new = {one for one in new if not one[0].startswith("secret-")}
        wrong += [f"found, and not named: {one}" for one in sorted(new - {one[:2] for one in outliers})]
        # what several make of one file is one finding, of the first
        places = {one[:2] for one in found} | {(rule, file) for rule, _, file in found}
        wrong += [f"named, and not found: {one}" for one in sorted(outliers) if one[:2] not in places and one[::2] not in places]
        return text, done.stderr, wrong


def main():
    bad = False
    for folder in sys.argv[2:]:
        for line in learn(os.path.abspath(sys.argv[1]), folder)[2]:
            print(f"{folder}: {line}")
            bad = True
    sys.exit(bad)


if __name__ == "__main__":
    main()
