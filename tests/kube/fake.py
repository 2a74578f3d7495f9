#!/usr/bin/env python3
"""A small API server on loopback: lists in pages, single objects, watches, server-side apply, and every
way in which a real one, or what stands before it, can disappoint.

  fake.py FOLDER [--tls CERT KEY [--client-ca CA]] [--generate CLUSTERS] [--most N] [--no-metadata]

FOLDER/objects.json   what is there: objects in a list, one with `pad` is so many bytes larger; read for each request
FOLDER/plan.json      faults and watches, see plan(); may be absent
FOLDER/log            one line a request: method, path, and what identifies the caller
FOLDER/address        host:port, once it listens
"""
import json
import os
import re
import socketserver
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, unquote, urlsplit

COLLECTION = re.compile(r"^(?:/api/v1|/apis/[^/]+/[^/]+)(?:/namespaces/([^/]+))?/([a-z]+)(?:/([^/]+))?$")


def status(code, message):
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "code": code}


class Fleet:
    """Objects of a large cluster, made when a page asks for them."""

    def __init__(self, clusters):
        self.counts = {"clusters": clusters, "objectstores": clusters, "scheduledbackups": clusters,
                       "backups": 22 * clusters}
        self.filler = [{"manager": "manager", "operation": "Update", "fieldsV1": {f"f:field{i}": {}}} for i in range(60)]
        self.pods = [f"db-{i}" for i in range(150)]

    def make(self, resource, i):
        n = i // 22 if resource == "backups" else i
        meta = {"namespace": f"app-{n % 500:03}", "creationTimestamp": "2026-01-01T00:00:00Z", "uid": f"u-{i}",
                "resourceVersion": str(i + 1), "managedFields": self.filler}
        if resource == "clusters":
            return {"metadata": {**meta, "name": f"db-{n:05}"},
                    "spec": {"instances": 3, "storage": {"size": "10Gi"}, "plugins": [
                        {"name": "barman-cloud.cloudnative-pg.io", "isWALArchiver": True,
                         "parameters": {"barmanObjectName": f"store-{n:05}"}}]},
                    "status": {"conditions": [{"type": "ContinuousArchiving", "status": "True", "reason": "ok",
                                               "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z"}],
                               "instanceNames": self.pods, "healthyPVC": self.pods,
                               "instancesReportedState": {p: {"isPrimary": False, "timeLineID": 1, "ip": "10.0.0.1"}
                                                          for p in self.pods}}}
        if resource == "objectstores":
            return {"metadata": {**meta, "name": f"store-{n:05}"},
                    "spec": {"retentionPolicy": "30d", "configuration": {
                        "destinationPath": f"s3://backups/{n:05}", "endpointURL": "https://s3.example.com",
                        "s3Credentials": {"accessKeyId": {"name": "creds", "key": "ID"},
                                          "secretAccessKey": {"name": "creds", "key": "SECRET"}}}}}
        if resource == "scheduledbackups":
            return {"metadata": {**meta, "name": f"db-{n:05}-daily"},
                    "spec": {"schedule": "0 0 3 * * *", "cluster": {"name": f"db-{n:05}"}, "method": "plugin",
                             "pluginConfiguration": {"name": "barman-cloud.cloudnative-pg.io"}}}
        day = i % 22 + 1
        return {"metadata": {**meta, "name": f"db-{n:05}-{day:02}", "creationTimestamp": f"2026-11-{day:02}T03:00:00Z"},
                "spec": {"cluster": {"name": f"db-{n:05}"}, "method": "plugin"},
                "status": {"phase": "completed", "stoppedAt": f"2026-11-{day:02}T03:05:00Z"}}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def say(self, code, body, headers=None, kind="application/json"):
        text = body if isinstance(body, str) else json.dumps(body, separators=(",", ":"))
        raw = text.encode()
        self.send_response(code)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(raw)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def drop(self):
        self.close_connection = True
        self.wfile.flush()
        self.connection.close()

    def plan(self):
        """The first entry of plan.json whose `path` (a pattern) fits and that is not used up (`times`, 1).

        status, body, headers, kind   this answer instead; `body` a text or JSON
        cut: n                        the right answer, closed after n bytes of its body
        huge: n                       n bytes of white space in front of the answer
        endless: n                    pages of n objects, each with a token of the next that there was not before
        lines: [...], then, pad       a watch: these lines, @PAD@ in them is `pad` bytes; then "end", "cut" (in the middle of a line), or
                                      "stay" until the client goes
        """
        with self.server.lock:
            for entry in self.server.read("plan.json"):
                used = self.server.used.get(entry["id"], 0)
                if used < entry.get("times", 1) and re.search(entry["path"], self.path):
                    self.server.used[entry["id"]] = used + 1
                    return entry
        return None

    def follow(self, entry):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in entry["lines"])
        then = entry.get("then", "end")
        if then == "cut":
            text += '{"type":"ADDED","object":{"metadata":{"name":"ha'
        text = text.replace("@PAD@", "x" * entry.get("pad", 0))
        size = 70000 if "pad" in entry else 700
        for i in range(0, len(text), size):  # lines come in pieces
            piece = text[i:i + size]
            self.wfile.write(f"{len(piece):x}\r\n{piece}\r\n".encode())
        if then == "end":
            self.wfile.write(b"0\r\n\r\n")
        elif then == "cut":
            self.drop()
        else:
            while self.connection.recv(1024):
                pass

    def note(self):
        words = [self.command, unquote(self.path)]
        for name in ("Authorization", "Host", "Impersonate-User", "Impersonate-Uid"):
            if name in self.headers and (name != "Host" or self.server.hosts):
                words.append(f"{name}={self.headers[name]}")
        words += [f"Impersonate-Group={g}" for g in self.headers.get_all("Impersonate-Group", [])]
        if self.server.tls:
            cert = self.connection.getpeercert()
            if cert:
                words.append("CN=" + dict(pair[0] for pair in cert["subject"])["commonName"])
        with self.server.lock, open(self.server.at("log"), "a") as log:
            print(*words, file=log)

    def select(self, namespace, resource, query):
        found = [o for o in self.server.read("objects.json") + list(self.server.applied.values())
                 if o["resource"] == resource and namespace in (None, o["metadata"].get("namespace"))]
        for term in filter(None, query.get("labelSelector", [""])[0].split(",")):
            key, _, value = term.partition("=")
            found = [o for o in found if o["metadata"].get("labels", {}).get(key) == value]
        return found

    def page(self, namespace, resource, query):
        limit = int(query.get("limit", ["500"])[0])
        start = int(query.get("continue", ["0"])[0])
        fleet = self.server.fleet
        if fleet and resource in fleet.counts:
            total = fleet.counts[resource]
            items = [fleet.make(resource, i) for i in range(start, min(start + limit, total))]
        else:
            limit = min(limit, self.server.most)
            everything = self.select(namespace, resource, query)
            total = len(everything)
            items = [{k: v for k, v in o.items() if k not in ("resource", "pad")} for o in everything[start:start + limit]]
            for item, o in zip(items, everything[start:start + limit]):
                if "pad" in o:
                    item["spec"] = {**item["spec"], "pad": "x" * o["pad"]}
            if "as=PartialObjectMetadataList;" in self.headers["Accept"] and self.server.metadata:
                items = [{"kind": "PartialObjectMetadata", "metadata": item["metadata"]} for item in items]
        meta = {"resourceVersion": "1000"}
        if start + limit < total:
            meta["continue"] = str(start + limit)
        return {"kind": "List", "apiVersion": "v1", "metadata": meta, "items": items}

    def one(self, namespace, resource, name):
        if self.server.fleet and resource == "secrets":
            return {"kind": "Secret", "apiVersion": "v1", "metadata": {"namespace": namespace, "name": name},
                    "data": {"ID": "aWQ=", "SECRET": "c2VjcmV0"}}
        for o in self.select(namespace, resource, {}):
            if o["metadata"]["name"] == name:
                return {k: v for k, v in o.items() if k != "resource"}
        return None

    def do_GET(self):
        self.note()
        entry = self.plan()
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        if entry and "status" in entry:
            return self.say(entry["status"], entry.get("body", ""), entry.get("headers"), entry.get("kind", "application/json"))
        if entry and "lines" in entry:
            return self.follow(entry)
        match = COLLECTION.match(url.path)
        group = re.match(r"^/apis/([^/]+)/[^/]+$", url.path)
        if group:
            there = group.group(1) in self.server.read("groups.json")
            return self.say(200 if there else 404, {"kind": "APIResourceList"} if there else "404 page not found\n")
        if re.match(r"^/api/v1/namespaces/[^/]+$", url.path):
            return self.say(200, {"kind": "Namespace"})
        if not match:
            return self.say(404, "404 page not found\n", kind="text/plain")
        namespace, resource, name = match.groups()
        answer = self.one(namespace, resource, name) if name else self.page(namespace, resource, query)
        if answer is None:
            return self.say(404, status(404, f'{resource} "{name}" not found'))
        if entry and "endless" in entry:
            page = int(query.get("continue", ["0"])[0]) + 1
            answer = {"items": [{"metadata": {"name": f"o-{page}-{i}", "namespace": "n"}} for i in range(entry["endless"])],
                      "metadata": {"continue": str(page)}}
        text = json.dumps(answer, separators=(",", ":"))
        if entry and "cut" in entry:
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text[:entry["cut"]].encode())
            return self.drop()
        return self.say(200, " " * entry["huge"] + text if entry and "huge" in entry else text)

    def do_PATCH(self):
        self.note()
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        entry = self.plan()
        if entry:
            return self.say(entry["status"], entry.get("body", ""), entry.get("headers"))
        namespace, resource, name = COLLECTION.match(urlsplit(self.path).path).groups()
        with self.server.lock:
            self.server.applied[resource, namespace, name] = {"resource": resource, **body}
        with open(self.server.at("applied.json"), "w") as out:
            json.dump(body, out, indent=1)
        return self.say(200, body)

    def do_DELETE(self):
        self.note()
        entry = self.plan()
        if entry:
            return self.say(entry["status"], entry.get("body", ""), entry.get("headers"))
        namespace, resource, name = COLLECTION.match(urlsplit(self.path).path).groups()
        with self.server.lock:
            gone = self.server.applied.pop((resource, namespace, name), None)
        return self.say(200 if gone else 404, status(200 if gone else 404, ""))


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, folder, args):
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder, self.lock, self.used, self.applied = folder, threading.Lock(), {}, {}
        self.tls = "--tls" in args
        self.hosts = "--hosts" in args
        self.fleet = Fleet(int(args[args.index("--generate") + 1])) if "--generate" in args else None
        # objects on a page: few, so that every list has several
        self.most = int(args[args.index("--most") + 1]) if "--most" in args else 2
        self.metadata = "--no-metadata" not in args
        if self.tls:
            at = args.index("--tls")
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(args[at + 1], args[at + 2])
            if "--client-ca" in args:
                context.load_verify_locations(args[args.index("--client-ca") + 1])
                context.verify_mode = ssl.CERT_OPTIONAL
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def at(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        try:
            with open(self.at(name)) as f:
                return json.load(f)
        except FileNotFoundError:
            return []

    def handle_error(self, *_):
        pass


if __name__ == "__main__":
    server = Server(sys.argv[1], sys.argv[2:])
    with open(server.at("address.new"), "w") as out:
        print("127.0.0.1:%d" % server.server_address[1], file=out)
    os.rename(server.at("address.new"), server.at("address"))
    server.serve_forever()
