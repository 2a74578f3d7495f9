#!/usr/bin/env python3
"""What needs no server: a review in-process against the program before JSON was read once, check against kubeconform
with the same CRDs and against libyaml's bare parse, and how cost grows with the work.

    tests/bench/work.py BACKUP-GUARD      (SHARED: folder with reviews/)
"""
import glob, gzip, json, math
import yaml
from lib import *

BEFORE = "be6cf07"
KUBECONFORM = "github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0"
CRDS = {"cloudnative-pg@v1.30.0": "postgresql.cnpg.io_*.yaml", "plugin-barman-cloud@v0.15.0": "*.yaml"}


def base():
    """`judge` of that commit; None when it is not in the history."""
    if subprocess.run(["git", "-C", ROOT, "cat-file", "-e", BEFORE + "^{commit}"], capture_output=True).returncode:
        return None
    folder = f"{ROOT}/build/bench-base"
    if not os.path.exists(folder):
        archive = subprocess.run(["git", "-C", ROOT, "archive", BEFORE], check=True, stdout=subprocess.PIPE).stdout
        os.makedirs(folder)
        subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)
    shutil.copy(f"{ROOT}/tests/tools/judge.c", f"{folder}/tests/tools")
    run("make", "-s", "-C", folder, "build/release/judge", env={k: v for k, v in os.environ.items() if not k.startswith("MAKE")})
    return f"{folder}/build/release/judge"


def in_process():
    before, sizes = base(), "4 kB, 9 kB, 65 kB and 1.4 MB"
    if not before or not os.path.isdir(REVIEWS):
        return not_measured(f"a review of {sizes} in-process, of before", "that commit or SHARED/reviews is not there")
    for name in ("op-cluster-create.json", "op-cluster-update-instances.json", "cluster-create-big-parameters.json",
                 "cluster-create-big-body.json.gz"):
        body = (gzip.open if name.endswith(".gz") else open)(f"{REVIEWS}/{name}", "rb").read()
        file, count = write("body.json", body), str(max(20, 20_000_000 // len(body)))
        got = in_turn({side: lambda p=p: [float(run(p, file, count))] for side, p in (("now", f"{BUILT}/judge"), ("before", before))})
        now, then = got["now"][0], got["before"][0]
        bar(f"a review of {len(body):,} bytes in-process: CPU time, of before", now / then, 0.55, f"{now:.1f} µs, before {then:.1f}", 0.4)


def closed(schema):
    """As the tools do that make JSON Schema of CRDs: what is not listed is refused."""
    if isinstance(schema, dict):
        schema = {k: closed(v) for k, v in schema.items()}
        if isinstance(schema.get("properties"), dict) and "x-kubernetes-preserve-unknown-fields" not in schema:
            schema.setdefault("additionalProperties", False)
        return schema
    return [closed(v) for v in schema] if isinstance(schema, list) else schema


def peer():
    """The words of kubeconform, with the CRDs as its schemas."""
    os.makedirs(at("schemas"))
    for module, files in CRDS.items():
        folder = json.loads(run("go", "mod", "download", "-json", "github.com/cloudnative-pg/" + module))["Dir"]
        for path in glob.glob(f"{folder}/config/crd/bases/{files}"):
            crd = yaml.load(open(path), yaml.CSafeLoader)["spec"]
            schema = closed(crd["versions"][0]["schema"]["openAPIV3Schema"])
            schema["properties"]["metadata"] = {"type": "object"}
            write(f"schemas/{crd['names']['kind'].lower()}.json", json.dumps(schema))
    program = os.path.join(run("go", "env", "GOPATH").strip(), "bin", "kubeconform")
    if not os.path.exists(program):
        run("go", "install", KUBECONFORM)
    return [program, "-strict", "-schema-location", at("schemas") + "/{{.ResourceKind}}.json"]


def documents(count):
    docs = open(f"{HERE}/../demo/good/page.yaml").read().split("---\n")
    return ["---\n".join(d.replace("paperless", f"app{i}") for d in docs + docs[2:]) for i in range(count // (len(docs) + 1))]


def check_words(path):
    return [GUARD, "check", "--profile", "generic", "--fail-on", "never", "--format", "json", path]


def check():
    parts = documents(2000)
    for i, text in enumerate(parts):
        os.makedirs(at(f"folders/{i}"))
        write(f"folders/{i}/all.yaml", text)
    write("one.yaml", "---\n".join(parts))
    conform = peer()
    for what, path, files in (("in 500 folders", at("folders"), glob.glob(at("folders/*/*"))), ("in one file", at("one.yaml"), [at("one.yaml")])):
        valid = subprocess.run(conform + ["-summary", path], capture_output=True, text=True).stdout
        assert "2000 resources" in valid and "Valid: 2000" in valid, valid
        got = in_turn({"check": lambda: spent(check_words(path)), "kubeconform": lambda: spent(conform + [path]),
                       "libyaml": lambda: spent([f"{BUILT}/parse"] + files)})
        text = ", ".join(f"{n} {wall:.0f} ms wall {used:.0f} CPU" for n, (wall, used) in got.items())
        bar(f"2,000 documents {what}: wall, of kubeconform's", got["check"][0] / got["kubeconform"][0], 0.4, text, 1 / 3)
        bar(f"2,000 documents {what}: CPU time, of kubeconform's", got["check"][1] / got["kubeconform"][1], 1 / 3)
        bar(f"2,000 documents {what}: CPU time, of libyaml's bare parse", got["check"][1] / got["libyaml"][1], None, stretch=2)


def cluster(spec, annotations=""):
    return ("apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata:\n  name: db\n  namespace: app\n"
            f"  annotations: {{{annotations}}}\nspec:\n{spec}")


def allowed(n):
    return cluster("  instances: 1\n", 'backup-guard.io/reason: r, backup-guard.io/allow: "' + ",".join(f"rule-{i}" for i in range(n)) + '"')


def anchors(n):
    return cluster("  bootstrap:\n" + "".join(f"    k{i}: &a{i} v\n    l{i}: *a{i}\n" for i in range(n)))


def patches(n):
    folder = at(f"patches-{n}")
    os.makedirs(folder)
    write(f"patches-{n}/db.yaml", cluster("  instances: 1\n"))
    write(f"patches-{n}/patch.yaml", cluster("  instances: 2\n"))
    write(f"patches-{n}/kustomization.yaml", "resources: [db.yaml]\npatches:\n" + "- path: patch.yaml\n" * n)
    return folder


def kustomizations(n, patched):
    """A folder of n folders with 40 documents each; as plain files, or as kustomizations with patches."""
    name = f"{'patched' if patched else 'plain'}-{n}"
    parts = open(f"{HERE}/../demo/good/page.yaml").read().split("---\n")
    parts.append(parts[2].replace("db-backup", "db-second-backup"))
    for i in range(n):
        os.makedirs(at(f"{name}/{i}"))
        write(f"{name}/{i}/all.yaml", "---\n".join(d.replace("paperless", f"app{i}-{j}") for j in range(10) for d in parts))
        if patched:
            write(f"{name}/{i}/one.yaml", f"apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {{name: app{i}-1-db, namespace: app{i}-1}}\n"
                  "spec: {instances: 3, postgresql: {parameters: {work_mem: 8MB}}}\n")
            write(f"{name}/{i}/kustomization.yaml", "resources: [all.yaml]\npatches:\n- path: one.yaml\n- target: {kind: Cluster}\n  patch: |\n"
                  "    apiVersion: v1\n    kind: _\n    metadata: {name: _}\n    spec: {storage: {storageClass: fast}}\n"
                  "- target: {kind: ScheduledBackup, name: '.*-second-backup'}\n  patch: '[{\"op\": \"add\", \"path\": \"/spec/suspend\", \"value\": true}]'\n"
                  "- target: {kind: ObjectStore, labelSelector: 'tier=back'}\n  patch: '[{\"op\": \"remove\", \"path\": \"/spec/retentionPolicy\"}]'\n")
    return at(name)


def rendered():
    sides = {(n, patched): kustomizations(n, patched) for n in (250, 500) for patched in (False, True)}
    got = in_turn({side: lambda p=path: spent(check_words(p)) for side, path in sides.items()})
    plain, half, whole = (got[side][1] for side in ((500, False), (250, True), (500, True)))
    bar("20,000 documents in 500 kustomizations with patches: CPU time, of the same as plain files", whole / plain, 2,
        f"{whole:.0f} ms CPU, plain {plain:.0f}", 1.5)
    bar("250 and 500 kustomizations with patches: exponent of the growth", math.log(whole / half, 2), 1.2, f"{half:.0f} ms CPU, then {whole:.0f}")


def as_file(make):
    return lambda n: write(f"shape-{n}.yaml", make(n))


SHAPES = {  # what grows, how many at first, and what makes a path of so many
    "documents": (1000, as_file(lambda n: "---\n".join(documents(n)))),
    "bytes of one string": (4 << 20, as_file(lambda n: cluster("  imageName: " + "x" * n + "\n"))),
    "items of a list": (10000, as_file(lambda n: cluster("  plugins:\n" + "  - name: p\n" * n))),
    "keys of a map": (10000, as_file(lambda n: cluster("  postgresql:\n    parameters:\n" + "".join(f"      p{i}: v\n" for i in range(n))))),
    "anchors with an alias each": (5000, as_file(anchors)),
    "rules that an annotation allows": (5000, as_file(allowed)),
    "%TAG directives": (1000, as_file(lambda n: "".join(f"%TAG !a{i}! tag:a,2026:{i}\n" for i in range(n)) + "--- {}\n")),
    "uses of one patch file": (500, patches),
}


def growth():
    small = write("small.yaml", cluster("  instances: 1\n"))
    for what, (few, make) in SHAPES.items():
        many = few * 4
        paths = {1: small, few: make(few), many: make(many)}
        got = in_turn({n: lambda p=p: spent(check_words(p)) for n, p in paths.items()})
        less, more = (max(got[n][1] - got[1][1], 1) for n in (few, many))
        bar(f"{what}, {few:,} and {many:,}: exponent of the growth", math.log(more / less, 4), 1.2, f"{less:.0f} ms CPU, then {more:.0f}")


in_process()
check()
rendered()
growth()
