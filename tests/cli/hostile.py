#!/usr/bin/env python3
"""Input that asks for more than it is: it ends in an answer, in little memory, and soon.
  tests/cli/hostile.py BACKUP-GUARD      ($SHARED/cases/hostile too, when it is there)"""
import gzip, os, resource, sys, tempfile

GUARD = os.path.realpath(sys.argv[1])
CASES = os.path.join(os.environ.get("SHARED", ""), "cases", "hostile")
MIB = 1 << 20
BODY = 8 * MIB
# Sanitizers have a memory of their own.
MEASURED = b"__asan_init" not in open(GUARD, "rb").read()
passed = failed = 0


def result(good, title, detail):
    global passed, failed
    passed += good
    failed += not good
    print(f"ok - {title}" if good else f"not ok - {title}\n#   {detail}")


def guard(arguments, output, memory=None):
    """Exit code, peak of memory in MiB. A shape that costs more than it should is cut off by its CPU time."""
    pid = os.fork()
    if not pid:
        resource.setrlimit(resource.RLIMIT_CPU, (30, 30))
        if memory:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        out = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.execv(GUARD, [GUARD, *arguments])
    _, status, used = os.wait4(pid, 0)
    return os.waitstatus_to_exitcode(status), used.ru_maxrss / 1024


def in_child(make, path):
    """The memory of who writes the input would count as that of who reads it."""
    pid = os.fork()
    if not pid:
        with open(path, "wb") as out:
            out.write(make())
        os._exit(0)
    if os.waitpid(pid, 0)[1]:
        sys.exit(f"{path} was not written")


def review(new, old=None, uid="x"):
    head = ('{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"' + uid + '","kind":'
            '{"group":"postgresql.cnpg.io","version":"v1","kind":"Cluster"},"namespace":"app","operation":')
    parts = [head, '"UPDATE"' if old else '"CREATE"', ',"object":', new]
    return "".join(parts + ([',"oldObject":', old] if old else []) + ["}}"]).encode("latin-1")


def cluster(spec, metadata='{"name":"a"}'):
    return f'{{"apiVersion":"postgresql.cnpg.io/v1","kind":"Cluster","metadata":{metadata},"spec":{spec}}}'


def items(item, count):
    return "[" + ",".join([item] * count) + "]"


def members(count, member='"%x":0', order=1):
    return ",".join(member % i for i in range(count)[::order])


def archiver(parameters):
    return '{"name":"barman-cloud.cloudnative-pg.io","isWALArchiver":true,"parameters":{"barmanObjectName":"a",%s}}' % parameters


FULL = BODY - 1000
LINE = "\x7f" * FULL  # four times as long where it is written on one line
FEW = 449000  # nodes: the most that a body may have, but for those around
# what, the body, the exit code
BODIES = [
    ("numbers", lambda: review(cluster(items("1", FULL // 2))), 3),
    ("numbers up to the limit", lambda: review(cluster('{"a":%s}' % items("1", FEW))), 0),
    ("numbers, and a key that stands twice", lambda: review(cluster('{"b":1,"a":%s,"b":2}' % items("1", FEW))), 3),
    ("numbers up to the limit, cut off", lambda: review(cluster('{"a":%s}' % items("1", FEW)))[:-3], 3),
    ("empty strings", lambda: review(cluster(items('""', FULL // 3))), 3),
    ("strings with escapes", lambda: review(cluster("{%s}" % members(FEW, '"\\n%x":"\\n"'))), 0),
    ("one string of escapes", lambda: review(cluster('{"a":"%s"}' % ("\\n" * (FULL // 2)))), 0),
    ("different keys", lambda: review(cluster("{%s}" % members(FEW))), 0),
    ("different keys, and the last stands twice", lambda: review(cluster('{%s,"0":1}' % members(FEW))), 3),
    ("empty keys", lambda: review(cluster(items('{"":0}', FEW // 2))), 0),
    ("lists in lists", lambda: review(cluster("[" * 190 + items("[[]]", FEW // 2 - 100) + "]" * 190)), 0),
    ("too deep at the end", lambda: review(cluster('{"a":%s,"b":%s' % (items("1", FEW // 2), "[" * 1000))), 3),
    ("two objects in different orders", lambda: review(
        cluster('{"a":{%s}}' % members(FEW // 2 - 100)), cluster('{"a":{%s}}' % members(FEW // 2 - 100, order=-1))), 0),
    ("plugins", lambda: review(cluster('{"plugins":%s}' % items('{"name":"x","parameters":{"a":"b"}}', FEW // 4))), 0),
    ("values nobody knows", lambda: review(cluster(items('"${X}"', FEW))), 0),
    ("a long list of what is allowed", lambda: review(cluster(
        "{}", '{"name":"a","annotations":{"backup-guard.io/reason":"x","backup-guard.io/allow":"%s"}}' % ("ab," * (FULL // 3)))), 0),
    ("annotations of ours that are none", lambda: review(cluster(
        "{}", '{"name":"a","annotations":{%s}}' % members(200000, '"backup-guard.io/%x":"x"'))), 0),
    ("control characters in a value", lambda: review(cluster('{"plugins":[%s]}' % archiver('"serverName":"%s"' % LINE))), 0),
    ("control characters in a key", lambda: review(cluster('{"plugins":[%s]}' % archiver('"%s":"x"' % LINE))), 0),
    ("control characters in a name", lambda: review(
        cluster('{"plugins":[%s]}' % archiver('"serverName":"/b"'), '{"name":"%s"}' % LINE)), 1),
    ("control characters in the uid of a request", lambda: review(cluster("{}"), uid=LINE), 3),
    ("a reason for 64 findings", lambda: review(cluster(
        '{"externalClusters":%s}' % items('{"name":"<b>"}', 64),
        '{"name":"a","annotations":{"backup-guard.io/allow":"unresolved-placeholder","backup-guard.io/reason":"x%s"}}' % LINE[:MIB])), 0),
    ("managedFields", lambda: review(cluster("{}", '{"name":"a","managedFields":%s}' % items("{}", FULL // 3))), 0),
    ("bytes that are not UTF-8 at the end", lambda: review(cluster('{"a":"%s\xff"}' % ("a" * FULL))), 3),
]

ALIASES = "\n".join(["a: &a " + "[" + ",".join("1" * 10) + "]"] + [
    f"{k}: &{k} [" + ",".join([f"*{chr(ord(k) - 1)}"] * 9) + "]" for k in "bcdef"]) + "\n"
ANCHOR = "kind: X\napiVersion: v1\na: [" + ",".join(f"&a{i} 1,*a0" for i in range(50000)) + "]\n"
FILES = [
    ("aliases of aliases in 300 documents", lambda: ("---\nkind: X\n" + ALIASES) * 300, "aliases repeat more than"),
    ("merges of merges", lambda: "a0: &a0 {k: 1, l: 1}\n" + "".join(
        f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}], k{i}: *a{i - 1}}}\n" for i in range(1, 40)), "aliases repeat more than"),
    ("numbers", lambda: "- 1\n" * (4 * MIB), "the document has more than 1000000 nodes"),
    ("numbers in many documents", lambda: ("---\n- " + items("1", 900000) + "\n") * 5, "more than 3000000 nodes"),
    ("numbers in many JSON values", lambda: ('{"a":%s}\n' % items("1", 900000)) * 5, "more than 3000000 nodes"),
    ("anchors", lambda: ANCHOR, "1 document of other kinds"),
    ("directives", lambda: "".join(f"%TAG !e{i}! tag:x:\n" for i in range(40000)) + "--- 1\n", "more than 32 directives %TAG"),
]


def words(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read()


def check_bodies(tmp):
    path, out = f"{tmp}/body.json", f"{tmp}/out"
    in_child(lambda: review(cluster("{}")), path)
    _, idle = guard(["review", "--profile", "generic", path], out)
    for title, make, wanted in BODIES:
        in_child(make, path)
        status, peak = guard(["review", "--profile", "generic", path], out)
        within = (not MEASURED or peak <= idle + 128) and os.path.getsize(out) <= MIB
        result(status == wanted and within, f"a body of {title}",
               f"exit code {status}, {peak - idle:.0f} MiB, {os.path.getsize(out)} bytes: {words(out)[:200]}")


def check_files(tmp):
    path, out = f"{tmp}/file.yaml", f"{tmp}/out"
    for title, make, wanted in FILES:
        in_child(lambda: make().encode(), path)
        status, _ = guard(["check", "-v", "--profile", "generic", path], out)
        result(status in (0, 3) and wanted in words(out), f"a file of {title}",
               f"exit code {status}: {words(out)[:300]}")


def check_patches(tmp):
    """One file that a kustomization names 3,000 times as a patch."""
    os.makedirs(f"{tmp}/k/.git")
    with open(f"{tmp}/k/kustomization.yaml", "w", encoding="utf-8") as f:
        f.write("resources: [a.yaml]\npatches:\n" + "- path: p.yaml\n" * 3000)
    with open(f"{tmp}/k/a.yaml", "w", encoding="utf-8") as f:
        f.write("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    in_child(lambda: b"kind: Cluster\n" + b"#" * MIB, f"{tmp}/k/p.yaml")
    status, peak = guard(["check", "--profile", "generic", f"{tmp}/k"], f"{tmp}/out")
    result(status == 0 and (not MEASURED or peak < 64), "a file that is named 3,000 times as a patch",
           f"exit code {status}, {peak:.0f} MiB")


def check_memory(tmp):
    """More than there is: no core is dumped for it, and who reads the log knows why."""
    if not MEASURED:
        return
    in_child(lambda: b"- 1\n" * 900000, f"{tmp}/file.yaml")
    status, _ = guard(["check", "--profile", "generic", f"{tmp}/file.yaml"], f"{tmp}/out", 100 * MIB)
    result(status == 4 and "backup-guard: out of memory" in words(f"{tmp}/out"), "a file that there is no memory for",
           f"exit code {status}: {words(f'{tmp}/out')[:200]}")


def check_shared(tmp):
    for name in sorted(os.listdir(CASES)) if os.path.isdir(CASES) else []:
        path, plain = f"{CASES}/{name}", f"{tmp}/{name.removesuffix('.gz')}"
        if name.endswith(".gz"):
            in_child(lambda: gzip.open(path).read(), plain)
            path = plain
        body = b'"AdmissionReview"' in open(path, "rb").read(200) if os.path.isfile(path) else False
        status, peak = guard(["review" if body else "check", "--profile", "generic", path], f"{tmp}/out")
        result(status in (0, 1, 3) and words(f"{tmp}/out") and (not MEASURED or peak <= 256), f"shared {name}",
               f"exit code {status}, {peak:.0f} MiB: {words(f'{tmp}/out')[:200]}")


with tempfile.TemporaryDirectory() as folder:
    check_bodies(folder)
    check_files(folder)
    check_patches(folder)
    check_memory(folder)
    check_shared(folder)
print(f"{passed} passed, {failed} failed")
sys.exit(failed != 0)
