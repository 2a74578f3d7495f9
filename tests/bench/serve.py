#!/usr/bin/env python3
"""serve (all rules) against a bare Go webhook without rules and nginx answering a constant: one core for the
server, the other for the load.

    tests/bench/serve.py BACKUP-GUARD      (SHARED: folder with reviews/; BENCH_SECONDS, BENCH_ROUNDS, BENCH_REVIEWS)
"""
import gzip, json, pathlib, resource
from lib import *

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
ANSWER = '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"1","allowed":true}}'
LARGEST = 8 << 20


def review(name):
    """A recorded one, else one of our own."""
    path = os.path.join(REVIEWS, name)
    if os.path.exists(path):
        return (gzip.open if name.endswith(".gz") else open)(path, "rb").read()
    return around({"metadata": {"name": "db", "namespace": "app"}, "spec": {"instances": 1}})


def around(o):
    return json.dumps({"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": {
        "uid": "1", "kind": {"group": "postgresql.cnpg.io", "version": "v1", "kind": "Cluster"},
        "operation": "CREATE", "object": {"apiVersion": "postgresql.cnpg.io/v1", "kind": "Cluster", **o}}}).encode()


def words(name, port):
    tls = [at("certs/tls.crt"), at("certs/tls.key")]
    if name == "guard":
        return [GUARD, "serve", "--cert", tls[0], "--key", tls[1], "--listen", f"127.0.0.1:{port}", "--health", "127.0.0.1:0"]
    if name == "go":
        return [at("webhook"), f"127.0.0.1:{port}"] + tls
    write("nginx.conf", NGINX.format(tmp=TMP, port=port, answer=ANSWER))
    return ["nginx", "-c", at("nginx.conf"), "-e", at("nginx.err")]


class Server:
    def __init__(self, name, cores="0", *options):
        self.port = free_port()
        self.pid = start(["taskset", "-c", cores] + words(name, self.port) + list(options))
        connect(self.port).close()
        self.url = f"https://127.0.0.1:{self.port}/validate"

    def load(self, body, connections=25, connection="keep-alive", cores="1"):
        threads = len(cores.split(","))
        return wrk(self.pid, self.url, body, connections * threads, connection, ("taskset", "-c", cores), threads)


def rates(servers, title, body, connection="keep-alive"):
    got = in_turn({n: lambda s=s: s.load(body, connection=connection) for n, s in servers.items()})
    text = ", ".join(f"{n} {rate:,.0f}/s {cost:.1f} µs" + (f" {bad:.0f} failed" if bad else "")
                     for n, (rate, cost, bad) in got.items())
    if connection == "close":
        print(f"{'':8}{title}: {text}", flush=True)
        return
    bar(f"{title}: reviews a second, of go's", got["guard"][0] / got["go"][0], 3.3, text, 4, least=True)
    bar(f"{title}: CPU time, of go's", got["guard"][1] / got["go"][1], 0.30)
    if "nginx" in got:
        bar(f"{title}: CPU time, of nginx's constant", got["guard"][1] / got["nginx"][1], None, stretch=2)


def in_time(server, body, cores="1"):
    """p50 and p99 in microseconds, and how many failed: 25 connections, each of which asks 40 times a second unless it
    still waits for its answer. They began side by side: what a server gets is bursts of 25."""
    log = at("h2load.log")
    pathlib.Path(log).unlink(missing_ok=True)
    run("taskset", "-c", cores, "h2load", "--h1", "-c25", "-t1", "--rps=40", f"-D{SECONDS}", "--warm-up-time=1", "-d", body,
        "-H", "Content-Type: application/json", f"--log-file={log}", server.url)
    rows = [line.split() for line in open(log)]
    took = sorted(int(row[2]) for row in rows)
    return took[len(took) // 2], took[len(took) * 99 // 100], sum(row[1] != "200" for row in rows)


def open_loop(servers, body):
    got = in_turn({n: lambda s=s: in_time(s, body) for n, s in servers.items()})
    bar("open loop, 1,000/s over 25 connections: p99, of go's", got["guard"][1] / got["go"][1], 1 / 3,
        ", ".join(f"{n} p50 {p50:.0f} p99 {p99:.0f} µs, {bad:.0f} failed" for n, (p50, p99, bad) in got.items()), 1 / 4)


def two_cores(title, body, connections):
    """The load takes a part of the server's cores, of the one and of the two: that part is counted as if the server
    had had it. It has a thread a core, with as many connections as leave no core idle."""
    def together(server, cores, n):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        rate, cost, _ = server.load(body, connections, cores=cores)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / SECONDS
        return rate * n / (n - taken), cost, rate
    one, two = Server("guard", "0", "--threads", "1"), Server("guard", "0,1", "--threads", "2")
    got = in_turn({"one": lambda: together(one, "0", 1), "two": lambda: together(two, "0,1", 2)})
    bar(f"{title}: reviews a second on two cores, of those on one", got["two"][0] / got["one"][0], 1.7,
        ", ".join(f"{name} {rate:,.0f}/s {cost:.1f} µs, of which {beside:,.0f}/s beside the load"
                  for name, (rate, cost, beside) in got.items()), least=True)


def beside(small, large):
    """Small reviews in an open loop, alone and beside two clients that send large ones without a pause: with what the
    server leaves of the cores, for elsewhere they would have cores of their own."""
    def under_load():
        process = subprocess.Popen(["nice", "-n19", "wrk", "-t1", "-c2", f"-d{SECONDS + 2}s", "-s", at("large.lua"), server.url],
                                   stdout=subprocess.DEVNULL)
        time.sleep(0.5)  # until they are under way
        got = in_time(server, small, "0,1")
        process.wait()
        return got
    write("large.lua", LUA % (large, "keep-alive"))
    for threads in ("1", "2"):
        server = Server("guard", "0,1", "--threads", threads)
        got = in_turn({"alone": lambda: in_time(server, small, "0,1"), "beside": under_load})
        bar(f"p99 of small reviews beside large ones, {threads} thread{'s'[:threads != '1']}, of alone",
            got["beside"][1] / got["alone"][1], 3,
            ", ".join(f"{n} p50 {p50:.0f} p99 {p99:.0f} µs, {bad:.0f} failed" for n, (p50, p99, bad) in got.items()))


def stalled(server, what, hello):
    clients = [connect(server.port) for _ in range(25)]
    for s in clients:
        s.send(hello)
    time.sleep(0.5)  # what it costs to accept them is not asked
    before = cpu(server.pid)
    time.sleep(SECONDS)
    bar(f"25 clients {what}: CPU time", (cpu(server.pid) - before) / SECONDS * 100, 0, unit=" % of a core")
    for s in clients:
        s.close()


def settled(server):
    """MiB of its own, when it has seen that nobody asks any more."""
    time.sleep(3)
    return memory(server.pid, "RssAnon")


def largest():
    """Bodies at the limit, right and wrong ones; each to a server of its own."""
    head, tail = around({"metadata": {"name": "db", "namespace": "app"}, "spec": {"x": "@"}}).split(b'"@"')
    def filled(unit, before=b"[", after=b"]"):
        room = LARGEST - len(head) - len(tail) - len(before) - len(after)
        return head + before + unit * (room // len(unit)) + after + tail
    bodies = {
        "one string": filled(b"a", b'"', b'"'),
        "numbers": filled(b"1,", after=b"1]"),
        "maps": filled(b"{},", after=b"{}]"),
        "numbers and a duplicate key": filled(b"1,", b'0,"y":1,"y":[', b"1]"),
        "maps, and not ended": filled(b'{"a":1},')[:-len(tail)],
        "escapes": filled(b"\\u0000", b'"', b'"'),
    }
    worst = (0, "")
    for name, body in bodies.items():
        server = Server("guard")
        idle = memory(server.pid)
        write(f"/proc/{server.pid}/clear_refs", "5")  # the most from here on
        status, _ = post(server.port, body)
        worst = max(worst, (memory(server.pid, "VmHWM") - idle, f"{name}, {len(body)} bytes: {status}"))
    bar("peak memory above idle, any body of 8 MiB", worst[0], 128, "most for " + worst[1], 64, unit=" MiB")


def first_answer(name, body):
    port = free_port()
    begin = time.monotonic()
    process = subprocess.Popen(words(name, port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    status, _ = post(port, body)
    took, used = time.monotonic() - begin, cpu(process.pid)
    process.kill()
    process.wait()
    assert status == 200
    return took * 1000, used * 1000


def main():
    run(GUARD, "certs", "init", at("certs"), "localhost", "127.0.0.1")
    run("go", "build", "-o", at("webhook"), f"{HERE}/webhook.go", env={**os.environ, "GOFLAGS": "-mod=mod", "GO111MODULE": "off"})
    create, update = review("op-cluster-create.json"), review("op-cluster-update-instances.json")
    big = write("big.json", review("cluster-create-big-body.json.gz"))
    files = {f"CREATE of {len(create)} bytes": write("create.json", create), f"UPDATE of {len(update)} bytes": write("update.json", update)}
    servers = {n: Server(n) for n in ("guard", "go", "nginx")}
    guard, peers = servers["guard"], {n: servers[n] for n in ("guard", "go")}
    bar("resident, idle", memory(guard.pid), 8, f"go {memory(servers['go'].pid):.1f} MiB", unit=" MiB")
    for what, hello in (("that say nothing", b""), ("stalled in the handshake", b"\x16\x03\x01\x02\x00\x01")):
        stalled(guard, what, hello)
    for title, body in files.items():
        rates(servers, title, body)
    rates(servers, "a new connection for each, 25 at a time", at("create.json"), "close")
    open_loop(peers, at("create.json"))
    if len(os.sched_getaffinity(0)) > 1:
        for title, body in files.items():
            two_cores(title, body, 100)
        two_cores(f"CREATE of {os.path.getsize(big)} bytes", big, 4)
        beside(at("create.json"), big)
    else:
        not_measured("two cores", "there is one")
    total, done, before = int(os.environ.get("BENCH_REVIEWS", "1000000")), 0, settled(guard)
    while done < total:
        done += int(guard.load(at("create.json"))[0] * SECONDS)
    bar(f"resident after {done:,} more reviews: growth", settled(guard) - before, 0.5, unit=" MiB")
    before = settled(guard)
    guard.load(big, 8)
    bar(f"resident after reviews of {os.path.getsize(big):,} bytes: not given back", settled(guard) - before, 1, unit=" MiB")
    largest()
    got = in_turn({n: lambda n=n: first_answer(n, create) for n in peers})
    bar("start to first answer", got["guard"][0], 20, ", ".join(f"{n} {took:.1f} ms, {used:.0f} CPU" for n, (took, used) in got.items()),
        got["go"][0], unit=" ms")


main()
