#!/usr/bin/python3
"""Pages of --format html as a browser has them: the small cluster and the large one of tests/kube, findings in files, a plan,
and a restore from the store of tests/probe.

  tests/page/run.py BACKUP-GUARD [FOLDER]    FOLDER: pictures and PDFs are left there

Chromium opens each in both colour schemes, 320 and 1280 pixels wide, and prints it: nothing is loaded or refused,
nothing lies over anything else or stands out of the window, and what is written can be read (WCAG 2: 4.5 to 1).
"""
import base64
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
from html.parser import HTMLParser

from selenium import webdriver
from selenium.common.exceptions import WebDriverException

HERE = os.path.dirname(os.path.abspath(__file__))
KUBE, PLAN, PROBE = (os.path.join(HERE, "..", name) for name in ("kube", "plan", "probe"))
GUARD = os.path.abspath(sys.argv[1])
PICTURES = sys.argv[2] if len(sys.argv) > 2 else None
NOW = "2026-11-22T12:00:00Z"
LARGE = 300
passed = failed = 0

# What stands in the window: of each element with text of its own its box, its colours, and what it hangs in.
MEASURE = """
function rgb(c) { return (c.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number) }
function behind(e) {
  for (; e; e = e.parentElement) {
    const c = rgb(getComputedStyle(e).backgroundColor)
    if (c.length < 4 || c[3] > 0) return c
  }
  return [255, 255, 255]
}
const out = []
for (const e of document.querySelectorAll('body *')) {
  if (e.closest('svg') || ![...e.childNodes].some(n => n.nodeType == 3 && n.data.trim())) continue
  const b = e.getBoundingClientRect()
  if (!b.width || !b.height || e.closest('details:not([open])') && !e.matches('summary')) continue
  out.push({text: e.textContent.trim().slice(0, 40), box: [b.left, b.top, b.right, b.bottom], scrolls: !!e.closest('.scroll'),
    flow: getComputedStyle(e).display, ink: rgb(getComputedStyle(e).color), paper: behind(e)})
}
const pictures = [...document.querySelectorAll('.rows svg')].map(e => { const b = e.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom] })
return {out, pictures, window: document.documentElement.clientWidth, page: document.documentElement.scrollWidth}
"""


def ok(what, wrong):
    global passed, failed
    passed, failed = passed + (not wrong), failed + bool(wrong)
    print(f"{'not ok' if wrong else 'ok'} - {what}")
    if wrong:
        print("#  ", str(wrong)[:600])


class Tags(HTMLParser):
    """Every element ends where it should, ids are there once, and links have a target."""
    ALONE = {"meta", "br", "rect", "path"}

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.ids, self.links, self.tags = [], [], [], [], set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        attrs = dict(attrs)
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.links += [attrs["href"]] if "href" in attrs else []
        self.wrong += [k for k in attrs if k in ("src", "style", "onclick", "srcset")]
        if tag not in self.ALONE:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")


def well_formed(page):
    t = Tags()
    t.feed(page)
    t.close()
    dangling = [link for link in t.links if link[1:] not in t.ids or link[0] != "#"]
    return t.wrong + t.open + dangling + [i for i in t.ids if t.ids.count(i) > 1] + [x for x in t.tags if x in ("script", "iframe", "img", "link")]


def light(colour):
    parts = [c / 255 / 12.92 if c / 255 <= 0.03928 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a, b):
    bright, dark = sorted((light(a), light(b)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def overlap(a, b):
    return min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 1


def misplaced(seen):
    """Blocks of text beside one another, none within another, and the pictures between them."""
    blocks = [o for o in seen["out"] if o["flow"] not in ("inline", "table-cell") and not o["scrolls"]]
    blocks.sort(key=lambda o: o["box"][1])
    wrong = [o["text"] for o in blocks if o["box"][2] > seen["window"] + 1 or o["box"][0] < 0]
    for i, one in enumerate(blocks):
        for other in blocks[i + 1:]:
            if other["box"][1] > one["box"][3]:
                break
            inside = other["box"][0] >= one["box"][0] and other["box"][2] <= one["box"][2] and other["box"][3] <= one["box"][3]
            if overlap(one["box"], other["box"]) and not inside:
                wrong.append((one["text"], other["text"]))
    for picture in seen["pictures"]:
        wrong += [o["text"] for o in blocks if overlap(picture, o["box"])][:1]
    return wrong


class Pages(http.server.BaseHTTPRequestHandler):
    pages, asked = {}, []

    def do_GET(self):
        self.asked.append(self.path)
        body = self.pages.get(self.path, "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def audit(folder, *generate):
    os.makedirs(folder)
    if not generate:
        with open(os.path.join(folder, "objects.json"), "wb") as f:
            f.write(subprocess.run([os.path.join(KUBE, "cluster.py")], check=True, stdout=subprocess.PIPE).stdout)
    address = os.path.join(folder, "address")
    fake = subprocess.Popen([os.path.join(KUBE, "fake.py"), folder, *generate])
    try:
        for _ in range(600):
            if os.path.exists(address) or fake.poll() is not None:
                break
            threading.Event().wait(0.05)
        with open(address) as f:
            server = f.read().strip()
        config = os.path.join(folder, "kubeconfig")
        with open(config, "w") as f:
            json.dump({"apiVersion": "v1", "kind": "Config", "current-context": "fake",
                       "contexts": [{"name": "fake", "context": {"cluster": "c", "user": "u"}}],
                       "clusters": [{"name": "c", "cluster": {"server": "http://" + server}}],
                       "users": [{"name": "u", "user": {"token": "t0ken"}}]}, f)
        return page("audit", "-A", "--kubeconfig", config, "--profile", "generic", "--framework", "aws-backup-audit" if generate else "cis-11")
    finally:
        fake.terminate()
        fake.wait()


def page(command, *words):
    done = subprocess.run([GUARD, command, "--now", NOW, "--format", "html", *words], capture_output=True, text=True)
    if done.returncode > 1:
        sys.exit(done.stderr)
    return done.stdout


def plan(folder):
    """The shop of tests/plan, whose stores keep less than before."""
    now = os.path.join(folder, "now", "shop.yaml")
    os.makedirs(os.path.dirname(now))
    with open(os.path.join(PLAN, "shop.yaml")) as f, open(now, "w") as changed:
        changed.write(f.read().replace("retentionPolicy: 7d", "retentionPolicy: 2d").replace("name: scratch", "name: kept"))
    before = os.path.join(folder, "before")
    os.makedirs(before)
    os.symlink(os.path.join(PLAN, "shop.yaml"), os.path.join(before, "shop.yaml"))
    return page("plan", os.path.dirname(now), "--against", before, "--size", "20Gi", "--churn", "5Gi", "--tz", "Europe/Berlin")


def restore():
    sys.path.insert(0, PROBE)
    from world import World  # starts its servers
    return World().run("restore", "db", "--now", "2026-11-29T18:00:00Z", "--format", "html").stdout


def browser():
    options = webdriver.ChromeOptions()
    for word in ("headless=new", "no-sandbox", "disable-gpu", "hide-scrollbars", "disable-dev-shm-usage"):
        options.add_argument("--" + word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.binary_location = "/usr/bin/chromium"
    return webdriver.Chrome(service=webdriver.chrome.service.Service("/usr/bin/chromedriver"), options=options)


def look(chrome, name, url):
    for scheme in ("light", "dark"):
        chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        for width in (320, 1280):
            how = f"{name}, {scheme}, {width} pixels"
            chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600})
            chrome.get(url)
            ok(f"{how}: the console is silent", [e["message"] for e in chrome.get_log("browser") if "favicon" not in e["message"]])
            chrome.execute_script("for (const d of document.querySelectorAll('details')) d.open = true")
            seen = chrome.execute_script(MEASURE)
            ok(f"{how}: as wide as the window", seen["page"] > width and seen["page"])
            ok(f"{how}: nothing lies over anything", misplaced(seen))
            ok(f"{how}: all of it can be read", [(o["text"], o["ink"], o["paper"]) for o in seen["out"] if contrast(o["ink"], o["paper"]) < 4.5])
            if PICTURES:
                chrome.save_screenshot(os.path.join(PICTURES, f"{name}-{scheme}-{width}.png"))
    printed = base64.b64decode(chrome.execute_cdp_cmd("Page.printToPDF", {})["data"])
    ok(f"{name}: can be printed", not printed.startswith(b"%PDF-") or len(printed) < 10000)
    if PICTURES:
        with open(os.path.join(PICTURES, name + ".pdf"), "wb") as f:
            f.write(printed)


with tempfile.TemporaryDirectory() as folder:
    pages = {"cluster": audit(os.path.join(folder, "small")), "fleet": audit(os.path.join(folder, "large"), "--generate", str(LARGE)),
             "files": page("check", os.path.join(HERE, "..", "cases", "schedule-five-fields")), "plan": plan(folder), "restore": restore()}
Pages.pages = {f"/{name}": text for name, text in pages.items()}
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
threading.Thread(target=server.serve_forever, daemon=True).start()
for name, text in pages.items():
    ok(f"{name}: elements, ids and links are whole", well_formed(text))
ok("a fleet is no larger than 60 kB and 2 kB a Cluster", len(pages["fleet"].encode()) > 60000 + 2000 * LARGE and len(pages["fleet"]))
try:
    chrome = browser()
except WebDriverException as e: # a container that lets no browser start
    print(f"skipped: Chromium does not start: {str(e).splitlines()[0]}")
    pages = {}
try:
    for name in pages:
        look(chrome, name, f"http://127.0.0.1:{server.server_port}/{name}")
finally:
    if pages:
        chrome.quit()
ok("nothing but the pages is asked for", [path for path in Pages.asked if path not in Pages.pages and path != "/favicon.ico"])
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
