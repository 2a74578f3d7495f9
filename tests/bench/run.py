#!/usr/bin/env python3
"""serve (all rules) against a bare Go webhook without rules and nginx answering a constant: one core for
the server, the other for the load, in turn and in one run, because machines are shared and noisy. Ratios and
CPU time are what to believe. Then memory, start time, and check against kubeconform when it is installed.

    tests/bench/run.py BACKUP-GUARD      (SHARED: folder with reviews/; BENCH_SECONDS: of one measurement)
"""
import glob, gzip, json, os, re, shutil, signal, socket, statistics, subprocess, sys, tempfile, time

GUARD = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
REVIEWS = os.path.join(os.environ.get("SHARED", ""), "reviews")
SECONDS = int(os.environ.get("BENCH_SECONDS", "3"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
TICK = os.sysconf("SC_CLK_TCK")
TMP = tempfile.mkdtemp()
SERVERS = []

LUA = """
local f = io.open("%s", "rb")
wrk.method, wrk.body = "POST", f:read("*a")
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Connection"] = %s
"""

NGINX = """
daemon off; worker_processes 1; pid {tmp}/nginx.pid; error_log {tmp}/nginx.err;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 100000000; client_body_buffer_size 4m; client_max_body_size 8m;
  client_body_temp_path {tmp}/body; proxy_temp_path {tmp}/p; fastcgi_temp_path {tmp}/f; uwsgi_temp_path {tmp}/u; scgi_temp_path {tmp}/s;
  server {{
    listen 127.0.0.1:{port} ssl; ssl_certificate {tmp}/certs/tls.crt; ssl_certificate_key {tmp}/certs/tls.key;
    location /validate {{ default_type application/json; return 200 '{answer}'; }}
  }}
}}
"""


def run(*words, **more):
    return subprocess.run(words, check=True, capture_output=True, text=True, **more).stdout


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port):
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            pass


def pids(root):
    children = run("ps", "-o", "pid=", "--ppid", str(root)) if subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(root)], capture_output=True).returncode == 0 else ""
    return [root] + [int(p) for p in children.split()]


def cpu(server):
    total = 0
    for pid in pids(server["pid"]):
        fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def resident(server):
    return sum(int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{p}/status").read())[1]) for p in pids(server["pid"])) / 1024


def start(name, words, port):
    process = subprocess.Popen(["taskset", "-c", "0"] + words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    SERVERS.append(process)
    wait_for(port)
    return {"name": name, "pid": process.pid, "url": f"https://127.0.0.1:{port}/validate"}


def body_file(name, otherwise):
    for path in (os.path.join(REVIEWS, name), os.path.join(REVIEWS, name + ".gz")):
        if os.path.exists(path):
            data = (gzip.open if path.endswith(".gz") else open)(path, "rb").read()
            break
    else:
        data = otherwise
    path = os.path.join(TMP, name)
    open(path, "wb").write(data)
    return path


def wrk(server, body, connections, keep_alive=True):
    script = os.path.join(TMP, "post.lua")
    open(script, "w").write(LUA % (body, '"keep-alive"' if keep_alive else '"close"'))
    before = cpu(server)
    text = run("taskset", "-c", "1", "wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "-s", script, server["url"])
    spent = cpu(server) - before
    count = int(re.search(r"(\d+) requests in", text)[1])
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
    return rate, spent / max(count, 1) * 1e6, int(bad[1]) if bad else 0


def table(title, body, connections, servers, keep_alive=True):
    got = {s["name"]: [] for s in servers}
    for _ in range(ROUNDS):
        for s in servers:
            got[s["name"]].append(wrk(s, body, connections, keep_alive))
    rates = {n: statistics.median(r[0] for r in rows) for n, rows in got.items()}
    costs = {n: statistics.median(r[1] for r in rows) for n, rows in got.items()}
    bad = sum(r[2] for rows in got.values() for r in rows)
    cells = "  ".join(f"{n} {rates[n]:7.0f}/s {costs[n]:7.1f} µs" for n in got)
    ratio = f"rate x{rates['guard'] / rates['go']:.2f} of go, CPU {costs['guard'] / costs['go']:.2f} of go"
    if "nginx" in costs:
        ratio += f", {costs['guard'] / costs['nginx']:.2f} of nginx"
    print(f"{title:34s} {cells}  | {ratio}{f'  ({bad} failed)' if bad else ''}", flush=True)


def open_loop(servers, body):
    load = os.path.join(TMP, "load")
    got = {s["name"]: [] for s in servers}
    for _ in range(ROUNDS):
        for s in servers:
            got[s["name"]].append([int(x) for x in run("taskset", "-c", "1", load, s["url"], f"{TMP}/certs/ca.crt", body, "25", "1000", str(SECONDS)).split()])
    p50 = {n: statistics.median(r[0] for r in rows) for n, rows in got.items()}
    p99 = {n: statistics.median(r[1] for r in rows) for n, rows in got.items()}
    print("open loop, 1,000/s, 25 connections  " + "  ".join(f"{n} p50 {p50[n]:.0f} p99 {p99[n]:.0f} µs" for n in got)
          + f"  | p99 {p99['guard'] / p99['go']:.2f} of go, failed {sum(r[2] for rows in got.values() for r in rows)}", flush=True)


def start_time(words, port, body):
    begin = time.monotonic()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    SERVERS.append(process)
    wait_for(port)
    run("curl", "-sS", "--cacert", f"{TMP}/certs/ca.crt", "-H", "Content-Type: application/json", "--data-binary", f"@{body}", f"https://127.0.0.1:{port}/validate")
    took = time.monotonic() - begin
    process.kill()
    process.wait()
    return took * 1000


def stalled(server):
    begin = cpu(server)
    host, port = "127.0.0.1", int(server["url"].split(":")[2].split("/")[0])
    half = [socket.create_connection((host, port)) for _ in range(25)]
    for s in half:
        s.send(b"\x16\x03\x01\x02\x00\x01")  # the beginning of a ClientHello
    time.sleep(SECONDS)
    spent = cpu(server) - begin
    for s in half:
        s.close()
    print(f"25 clients stalled in the handshake  {server['name']}: {spent / SECONDS * 100:.1f} % of a core over {SECONDS} s")


def check_bench():
    folder = os.path.join(TMP, "manifests")
    docs = open(os.path.join(HERE, "../demo/good/page.yaml")).read().split("---\n")
    for i in range(500):
        os.makedirs(f"{folder}/{i}")
        with open(f"{folder}/{i}/all.yaml", "w") as f:
            f.write("---\n".join(d.replace("paperless", f"app{i}") for d in docs + docs[:1]))
    words = {"check": [GUARD, "check", "--profile", "generic", "--fail-on", "never", "--format", "json", folder]}
    if shutil.which("kubeconform"):
        words["kubeconform"] = ["kubeconform", "-ignore-missing-schemas", "-n", "1", folder]
    used = {}
    for _ in range(ROUNDS):
        for name, line in words.items():
            before = os.times()
            subprocess.run(["taskset", "-c", "1"] + line, stdout=subprocess.DEVNULL)
            after = os.times()
            used.setdefault(name, []).append((after.children_user + after.children_system - before.children_user - before.children_system) * 1000)
    print("2,000 documents in 500 folders      " + "  ".join(f"{n} {statistics.median(t):.0f} ms CPU" for n, t in used.items()))


def main():
    run(GUARD, "certs", "init", f"{TMP}/certs", "localhost", "127.0.0.1")
    for program in ("webhook", "load"):
        run("go", "build", "-o", f"{TMP}/{program}", f"{HERE}/{program}.go", env={**os.environ, "GOFLAGS": "-mod=mod", "GO111MODULE": "off"})
    own = json.dumps({"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": {
        "uid": "1", "kind": {"group": "postgresql.cnpg.io", "version": "v1", "kind": "Cluster"}, "operation": "CREATE",
        "object": {"metadata": {"name": "db", "namespace": "app"}, "spec": {"instances": 1}}}}).encode()
    create = body_file("op-cluster-create.json", own)
    update = body_file("op-cluster-update-instances.json", own)
    ports = {n: free_port() for n in ("guard", "go", "nginx")}
    tls = [f"{TMP}/certs/tls.crt", f"{TMP}/certs/tls.key"]
    guard_words = lambda port: [GUARD, "serve", "--cert", tls[0], "--key", tls[1], "--listen", f"127.0.0.1:{port}", "--health", "127.0.0.1:0"]
    go_words = lambda port: [f"{TMP}/webhook", f"127.0.0.1:{port}"] + tls
    answer = '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"1","allowed":true}}'
    open(f"{TMP}/nginx.conf", "w").write(NGINX.format(tmp=TMP, port=ports["nginx"], answer=answer))
    guard = start("guard", guard_words(ports["guard"]), ports["guard"])
    go = start("go", go_words(ports["go"]), ports["go"])
    servers = [guard, go]
    if shutil.which("nginx"):
        servers.append(start("nginx", ["nginx", "-c", f"{TMP}/nginx.conf", "-e", f"{TMP}/nginx.err"], ports["nginx"]))
    print(f"idle: guard {resident(guard):.1f} MiB resident, go {resident(go):.1f} MiB")
    for title, body in (("CREATE", create), ("UPDATE", update)):
        for connections in (1, 8, 25):
            table(f"{title} {os.path.getsize(body)} bytes, {connections} connections", body, connections, servers)
    for name in ("cluster-create-big-parameters.json", "cluster-create-big-body.json"):
        body = body_file(name, own)
        table(f"{os.path.getsize(body)} bytes, 8 connections", body, 8, servers[:2])
    print(f"after those: guard {resident(guard):.1f} MiB resident")
    table("new connection each, 8 at a time", create, 8, servers, keep_alive=False)
    open_loop(servers[:2], create)
    stalled(guard)
    before = resident(guard)
    total = int(os.environ.get("BENCH_REVIEWS", "1000000"))
    done, script = 0, os.path.join(TMP, "post.lua")
    while done < total:
        done += int(wrk(guard, create, 25)[0] * SECONDS)
    print(f"{done} reviews: guard {before:.1f} -> {resident(guard):.1f} MiB resident")
    port = free_port()
    for name, words in (("guard", guard_words), ("go", go_words)):
        times = []
        for _ in range(ROUNDS * 3):
            port = free_port()
            times.append(start_time(words(port), port, create))
        print(f"start to first answer (with curl's own start): {name} {statistics.median(times):.0f} ms")
    check_bench()


try:
    main()
finally:
    for process in SERVERS:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)  # nginx ends its worker, too
            try:
                process.wait(2)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    shutil.rmtree(TMP, ignore_errors=True)
