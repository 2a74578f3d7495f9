"""The real kustomize and ours, side by side: what the two runners of this folder share."""
import collections, concurrent.futures, json, os, re, subprocess, tempfile

NAMES = {"kustomization.yaml", "kustomization.yml", "Kustomization"}
HERE = os.path.dirname(os.path.abspath(__file__))
# what kustomize cannot do without a network or a plugin; what we do not read, as it is of no object of ours: files of
# generators, which are often kept out of a repository, and patches of other kinds, of which only the names are followed
UNKNOWN = {"remote": r"proxyconnect|no 'git' program", "helm": r"must specify --enable-helm|'helm'|HelmChartInflation",
           "a fault of its own": r"^panic:", "plugin": r"external plugins disabled|unable to (?:find|load) plugin|plugin .* not found",
           "file of a generator": r"loading KV pairs: .*no such file or directory",
           "two without a name": r"already registered id: .*\[noName\]"}
UNREAD = {"JSON patch": r"does not apply|operation failed|testing value", "text that is no YAML": r"MalformedYAMLError"}
REFUSED = {"twice": r"already registered id|ID conflict", "outside of the folder": r"security; file", "not there": r"no such file or directory",
           "patch without an object": r"no matches for Id|no resource matches", **UNREAD,
           "replacement": r"replace|nothing selected|field path", "empty": r"is empty|no objects|no configured resources"}


class Built:
    """What one of the two makes of a folder: `error` or objects, each (object, file or None)."""

    def __init__(self, error=None, objects=()):
        self.error, self.objects = error, list(objects)

    def why(self):
        """The class of the error, and whether kustomize could tell at all."""
        for known in UNKNOWN, REFUSED:
            for word, pattern in known.items():
                if re.search(pattern, self.error):
                    return word, known is REFUSED
        return "otherwise", True


def plain(value):
    """kustomize takes the last newline off a text that ends a file, and its YAML library folds blank lines otherwise."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return re.sub(r"\n+", "\n", value).removesuffix("\n") if isinstance(value, str) else value


def is_ours(o):
    group, _, _ = str(o.get("apiVersion")).rpartition("/")
    kind = o.get("kind")
    return (group, kind) in (("", "Secret"), ("external-secrets.io", "ExternalSecret")) or (
        group in ("postgresql.cnpg.io", "barmancloud.cnpg.io") and kind in ("Cluster", "ScheduledBackup", "Backup", "ObjectStore"))


def reduced(o):
    """Of a Secret what it is called: its values are nobody's business, and its keys are held elsewhere."""
    if o.get("kind") != "Secret":
        return plain(o)
    metadata = {key: value for key, value in o["metadata"].items() if key in ("name", "namespace")}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata}


def program():
    """The path of the oracle; None when there is no Go to build it."""
    done = subprocess.run([f"{HERE}/build.sh"], stdout=subprocess.PIPE, text=True)
    if done.returncode not in (0, 3):
        raise SystemExit(done.returncode)
    return done.stdout.strip() if done.returncode == 0 else None


def place(folder, origin):
    """The file that kustomize names, from the folder; None for what a generator made."""
    path = (origin or {}).get("path")
    return os.path.realpath(os.path.join(folder, path)) if path and "repo" not in origin else None


def without_hashes(objects):
    """The hash of a generated Secret, and of what refers to it, as we write it: we do not compute it."""
    text = text_of([o["object"] for o in objects])
    for o in objects:
        name = str(o["object"]["metadata"].get("name"))
        if o["object"]["kind"] == "Secret" and not (o["origin"] or {}).get("path") and re.search("-[bcdfghkmt2456789]{10}$", name):
            text = text.replace(json.dumps(name), json.dumps(name[:-10] + "${hash}"))
    return [{**o, "object": object} for o, object in zip(objects, json.loads(text))]


def real(oracle, folders, flags=()):
    """What kustomize makes of each folder. It finds neither git nor a network."""
    env = {"PATH": "/nowhere", "HTTP_PROXY": "http://127.0.0.1:1", "HTTPS_PROXY": "http://127.0.0.1:1", "HOME": "/nowhere"}
    done = subprocess.run([oracle, *flags], input="".join(f + "\n" for f in folders), env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=True)
    for folder, line in zip(folders, done.stdout.splitlines(), strict=True):
        answer = json.loads(line)
        if "error" in answer:
            yield Built(answer["error"])
        else:
            objects = without_hashes([o for o in answer["objects"] if is_ours(o["object"])])
            yield Built(objects=[(reduced(o["object"]), place(folder, o["origin"])) for o in objects])


def ours(rendered, folders):
    """What `rendered` prints of each folder."""
    def one(folder):
        done = subprocess.run([rendered, folder], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode not in (0, 1):
            return Built(f"exit code {done.returncode}: {done.stderr.strip()}")
        if done.returncode:
            return Built(done.stderr.strip())
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        return Built(objects=[(reduced(a["object"]), a.get("file") and os.path.realpath(a["file"])) for a in answers if is_ours(a["object"])])
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(one, folders)


def text_of(o):
    return json.dumps(o, sort_keys=True, ensure_ascii=False)


def name_of(o):
    metadata = o.get("metadata") or {}
    return f"{o.get('kind')} {metadata.get('namespace', '')}/{metadata.get('name')}"


def first_difference(a, b, path=""):
    """Where two values differ, and how."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(set(a) | set(b)):
            if key not in a or key not in b:
                return f"{path}.{key}: {'not in ours' if key not in b else 'only in ours'}"
            if text_of(a[key]) != text_of(b[key]):
                return first_difference(a[key], b[key], f"{path}.{key}")
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for i, (one, other) in enumerate(zip(a, b)):
            if text_of(one) != text_of(other):
                return first_difference(one, other, f"{path}[{i}]")
    return f"{path}: {text_of(a)} and ours {text_of(b)}"


def take(text, file, objects):
    """Takes an equal object out of the list; one that comes from the same file, when that is known."""
    equal = [pair for pair in objects if pair[0] == text]
    for pair in [p for p in equal if file in (None, p[1])] or equal[:1]:
        objects.remove(pair)
        return pair
    return None


def differences(wanted, got):
    """Of kustomize's and ours, in words."""
    if wanted.error is not None and got.error is None:
        return [f"kustomize refuses it ({wanted.error}), and ours is {[name_of(o) for o, _ in got.objects]}"]
    if wanted.error is not None:
        return []
    if got.error is not None:
        return [f"kustomize makes {[name_of(o) for o, _ in wanted.objects]}, and ours is an error: {got.error}"]
    found, lacks, more = [], [], [(text_of(o), file) for o, file in got.objects]
    for o, file in wanted.objects:
        taken = take(text_of(o), file, more)
        if not taken:
            lacks.append((o, file))
        elif file not in (None, taken[1]):
            found.append(f"{name_of(o)}: of {file}, and ours says {taken[1]}")
    for o, file in lacks:
        alike = [pair for pair in more if name_of(json.loads(pair[0])) == name_of(o)]
        if alike:
            more.remove(alike[0])
        found.append(f"{name_of(o)}: {first_difference(o, json.loads(alike[0][0]))}" if alike else f"not in ours: {name_of(o)} of {file}")
    return found + [f"only in ours: {name_of(json.loads(text))} of {file}" for text, file in more]


class Tally:
    """Compares, counts, and prints each difference. `others`: there is much else than our kinds."""

    def __init__(self, others=False):
        self.others, self.passed, self.failed, self.with_ours = others, 0, 0, 0
        self.refused, self.unknown = collections.Counter(), collections.Counter()

    def add(self, name, wanted, got):
        word, told = wanted.why() if wanted.error is not None else ("", True)
        if not told or (self.others and got.error is None and word in UNREAD):
            self.unknown[word] += 1
            return
        if word:
            self.refused[word] += 1
        self.with_ours += bool(wanted.objects)
        found = differences(wanted, got)
        if found:
            self.fail(name, *found)
        else:
            self.passed += 1

    def fail(self, name, *found):
        self.failed += 1
        for difference in found:
            print(f"not ok - {name}: {difference}", flush=True)

    def print(self):
        def words(counter):
            return f"{sum(counter.values())} ({', '.join(f'{n} {word}' for word, n in counter.most_common())})" if counter else "0"
        built = self.passed + self.failed - sum(self.refused.values())
        print(f"kustomize builds {built}, {self.with_ours} of them with our kinds; it refuses {words(self.refused)},"
              f" and cannot tell of {words(self.unknown)}")
        print(f"{self.passed} passed, {self.failed} failed", flush=True)


def compare(rendered, draw):
    """Every folder that draw(temporary folder) yields, with its name; whether all were equal."""
    oracle = program()
    if not oracle:
        print("skipped: no kustomize, and nothing to build it with")
        return True
    tally = Tally(others=True)
    with tempfile.TemporaryDirectory() as temporary:
        for top, folders in draw(os.path.realpath(temporary)):
            for folder, wanted, got in zip(folders, real(oracle, folders), ours(rendered, folders)):
                tally.add(os.path.relpath(folder, top), wanted, got)
    tally.print()
    return not tally.failed
