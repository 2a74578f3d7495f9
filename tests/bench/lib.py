"""What the benchmarks share. Machines are shared and noisy: both sides of a ratio are measured in turn, in one
run, and CPU time and ratios are what to believe, not milliseconds."""
import atexit, os, re, shutil, signal, socket, ssl, statistics, subprocess, sys, tempfile, time

GUARD = os.path.abspath(sys.argv[1])
BUILT = os.path.dirname(GUARD)
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
REVIEWS = os.path.join(os.environ.get("SHARED", ""), "reviews")
SECONDS = int(os.environ.get("BENCH_SECONDS", "3"))  # of one measurement
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
TMP = tempfile.mkdtemp()
RUNNING = []

LUA = """
local f = io.open("%s", "rb")
wrk.method, wrk.body = "POST", f:read("*a")
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Connection"] = "%s"
"""


def at(name):
    return os.path.join(TMP, name)


def write(name, data):
    with open(at(name), "wb" if isinstance(data, bytes) else "w") as out:
        out.write(data)
    return at(name)


def run(*words, **more):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True, **more).stdout


def start(words, **more):
    RUNNING.append(subprocess.Popen(words, **{"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **more}))
    return RUNNING[-1].pid


@atexit.register
def stop():
    for process in RUNNING:
        process.terminate()  # nginx ends its worker, too
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    shutil.rmtree(TMP, ignore_errors=True)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def connect(port):
    while True:
        try:
            s = socket.create_connection(("127.0.0.1", port))
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as Go does
            return s
        except ConnectionRefusedError:
            pass


def post(port, body):
    """The status and the text of one answer, over TLS."""
    trust = ssl.create_default_context(cafile=at("certs/ca.crt"))
    with trust.wrap_socket(connect(port), server_hostname="127.0.0.1") as s:
        s.sendall(b"POST /validate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
                  b"Content-Length: %d\r\n\r\n" % len(body) + body)
        answer = b"".join(iter(lambda: s.recv(65536), b""))
    return int(answer.split(None, 2)[1]), answer


def pids(pid):
    return [pid] + [int(p) for p in open(f"/proc/{pid}/task/{pid}/children").read().split()]


def cpu(pid):
    """Seconds of CPU time of a process and its children so far."""
    total = 0
    for p in pids(pid):
        fields = open(f"/proc/{p}/stat").read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def memory(pid, what="VmRSS"):
    """MiB; VmHWM is the most there was."""
    return sum(int(re.search(what + r":\s+(\d+)", open(f"/proc/{p}/status").read())[1]) for p in pids(pid)) / 1024


def spent(words):
    """Milliseconds of wall and of CPU time that a command takes."""
    begin = time.monotonic()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, process.returncode, used = os.wait4(process.pid, 0)
    return (time.monotonic() - begin) * 1e3, (used.ru_utime + used.ru_stime) * 1e3


def wrk(pid, url, body, connections, connection="keep-alive", taskset=(), threads=1):
    """Reviews a second, microseconds of the server's CPU time for each, and how many went wrong."""
    script = write("post.lua", LUA % (body, connection))
    before = cpu(pid)
    text = run(*taskset, "wrk", f"-t{threads}", f"-c{connections}", f"-d{SECONDS}s", "-s", script, url)
    count = int(re.search(r"(\d+) requests in", text)[1])
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    return (float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]), (cpu(pid) - before) / max(count, 1) * 1e6,
            int(bad[1]) if bad else 0)


def in_turn(sides):
    """The median of each number that each function of a map returns, called in turn."""
    got = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, measure in sides.items():
            got[name].append(measure())
    return {name: [statistics.median(column) for column in zip(*rows)] for name, rows in got.items()}


def bar(what, measured, limit, note="", stretch=None, least=False, unit=""):
    """One line: what was measured, and whether it meets the bar, and the stretch beyond it. Either may be None."""
    def meets(bound):
        return bound is not None and (measured >= bound if least else measured <= bound)
    state = "stretch" if meets(stretch) else "met" if meets(limit) else "NOT MET" if limit is not None else "-"
    wanted = [f"{word}{'≥' if least else '≤'} {bound:.3g}" for word, bound in (("", limit), ("stretch ", stretch)) if bound is not None]
    print(f"{state:8}{what}: {measured:.3g}{unit} ({', '.join(wanted)})  {note}", flush=True)


def not_measured(what, why):
    print(f"{'-':8}{what}: not measured, {why}", flush=True)
