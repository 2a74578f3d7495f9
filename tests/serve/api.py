#!/usr/bin/env python3
"""A small live API server on loopback: lists, and watches that follow what is put and deleted.

  api.py PORT ADDRESS-FILE [CLUSTERS]   PORT 0: any; the address is written once it listens; so many Clusters are
                                        there from the start, each with its ObjectStore and ScheduledBackup

GET    /apis/GROUP/v1/RESOURCE            the list, in pages; with watch=true the events since resourceVersion
GET    /api/v1/namespaces/NS/secrets/NAME            one Secret; they are neither listed nor watched
PUT    /apis/GROUP/v1/namespaces/NS/RESOURCE/NAME   an object, new or changed
DELETE the same path                      it is gone
POST   /test/compact                      what was is forgotten: watches end with 410, older versions are gone
POST   /test/unknown/RESOURCE, /test/known/RESOURCE, /test/refuse/RESOURCE
                                          from now on 404 for this kind; known; 403
DELETE /test/events                       their time is over
GET    /test/watches                      how many watches are open

POST   /api/v1/namespaces/NS/events       an Event, if there is none of its name
PATCH  the same path/NAME                 a merge into it, if it has the version that is named
POST   /test/hang/events                  from now on they are not answered, until known
POST   /test/mute/events                  from now on only the first on a connection is answered, until known
POST   /test/race/events                  from now on somebody else has always just changed what is changed
GET    /test/events, /test/calls          what there is; "METHOD path" of each request for one Secret or Event, as they came
"""
import http.server
import json
import sys
import threading
import time
import urllib.parse

STATE = threading.Condition()
objects, events, answers = {}, [], {}
version = oldest = int(time.time() * 1000)  # another one knows nothing of what was before
watches = 0
told, calls = {}, []


def note(kind, resource, item):
    global version
    version += 1
    item["metadata"]["resourceVersion"] = str(version)
    events.append((version, kind, resource, json.loads(json.dumps(item))))
    STATE.notify_all()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def say(self, code, body):
        raw = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def refuse(self, code):
        self.say(code, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "message": "as told"})

    def list(self, resource, query):
        with STATE:
            items = [o for key, o in objects.items() if key[0] == resource]
            begin, limit = int(query.get("continue", "0")), int(query.get("limit", "500"))
            meta = {"resourceVersion": str(version)}
            if begin + limit < len(items):
                meta["continue"] = str(begin + limit)
            body = {"kind": "List", "apiVersion": "v1", "metadata": meta, "items": items[begin:begin + limit]}
        self.say(200, body)

    def chunk(self, kind, item):
        raw = (json.dumps({"type": kind, "object": item}) + "\n").encode()
        self.wfile.write(f"{len(raw):x}\r\n".encode() + raw + b"\r\n")
        self.wfile.flush()

    def watch(self, resource, query):
        global watches
        since = int(query.get("resourceVersion", "0"))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        with STATE:
            watches += 1
        try:
            while True:
                with STATE:
                    gone = since < oldest
                    due = [e for e in events if e[0] > since and e[2] == resource]
                    since = max(since, version)
                    told = answers.get(resource)
                if gone or told:
                    self.chunk("ERROR", {"kind": "Status", "code": told or 410, "message": "too old resource version"})
                    return
                for _, kind, _, item in due:
                    self.chunk(kind, item)
                self.chunk("BOOKMARK", {"metadata": {"resourceVersion": str(since)}})
                with STATE:
                    STATE.wait_for(lambda: version > since or oldest > since or answers.get(resource))
        finally:
            with STATE:
                watches -= 1
            self.close_connection = True

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if url.path == "/test/watches":
            return self.say(200, watches)
        if url.path == "/test/events":
            return self.say(200, list(told.values()))
        if url.path == "/test/calls":
            return self.say(200, calls)
        if "/namespaces/" in url.path:
            return self.get(url.path)
        resource = url.path.rsplit("/", 1)[1]
        if answers.get(resource):
            return self.refuse(answers[resource])
        return self.watch(resource, query) if "watch" in query else self.list(resource, query)

    def get(self, path):
        namespace, resource, name = path.split("/")[-3:]
        with STATE:
            calls.append("GET " + path)
            item = objects.get((resource, namespace, name))
        code = answers.get(resource) or (200 if item else 404)
        self.say(200, item) if code == 200 else self.refuse(code)

    def change(self, item):
        namespace, resource, name = self.path.split("/")[-3:]
        key = (resource, namespace, name)
        with STATE:
            old = objects.pop(key, None)
            if item:
                objects[key] = item
                note("MODIFIED" if old else "ADDED", resource, item)
            elif old:
                note("DELETED", resource, old)
        self.say(200, {})

    def do_PUT(self):
        self.change(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def do_DELETE(self):
        if self.path == "/test/events":
            with STATE:
                told.clear()
            return self.say(200, {})
        self.change(None)

    def event(self, name):
        """One that is written: made when it has no name in its path."""
        global version
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with STATE:
            calls.append(f"{self.command} {self.path}")
            STATE.wait_for(lambda: answers.get("events") != "hang")
            self.asked = getattr(self, "asked", 0) + 1
            if self.asked > 1 and answers.get("events") == "mute":
                self.close_connection = True
                return STATE.wait_for(lambda: answers.get("events") != "mute")
            old = told.get(name or body["metadata"]["name"])
            wanted = body.get("metadata", {}).get("resourceVersion")
            code = {None: 200, "mute": 200, "race": 409 if wanted else 200}.get(answers.get("events"), answers.get("events"))
            if code == 200 and name and not old:
                code = 404
            elif code == 200 and (old if not name else wanted and wanted != old["metadata"]["resourceVersion"]):
                code = 409
            if code == 200 and body:
                version += 1
                new = {**(old or {}), **body}
                new["metadata"] = {**(old or body)["metadata"], "resourceVersion": str(version)}
                old = told[new["metadata"]["name"]] = new
        return self.say(code, old) if code == 200 else self.refuse(code)

    def do_PATCH(self):
        self.event(self.path.rsplit("/", 1)[1])

    def do_POST(self):
        global oldest, version
        if self.path.startswith("/api/"):
            return self.event(None)
        words = self.path.split("/")[2:]
        with STATE:
            if words[0] == "compact":
                version += 1
                oldest = version
                events.clear()
            else:
                answers[words[1]] = {"unknown": 404, "known": None, "refuse": 403, "hang": "hang", "mute": "mute",
                                     "race": "race"}[words[0]]
            STATE.notify_all()
        self.say(200, {})


def fleet(clusters):
    """As an API server shows them: half of it are fields that no rule reads."""
    managed = [{"manager": "manager", "operation": "Update", "fieldsV1": {f"f:field{i}": {} for i in range(60)}}]
    plugin = "barman-cloud.cloudnative-pg.io"
    for n in range(clusters):
        namespace, name = f"team-{n % 500:03}", f"db-{n:05}"
        meta = {"namespace": namespace, "creationTimestamp": "2026-01-01T00:00:00Z", "resourceVersion": "1",
                "labels": {"app.kubernetes.io/name": name}, "managedFields": managed}
        pods = [f"{name}-{i}" for i in range(50)]
        objects["clusters", namespace, name] = {
            "metadata": {**meta, "name": name},
            "spec": {"instances": 3, "imageName": "ghcr.io/cloudnative-pg/postgresql:17.2", "storage": {"size": "10Gi"},
                     "postgresql": {"parameters": {"max_connections": "200", "shared_buffers": "1GB"}},
                     "bootstrap": {"initdb": {"database": "app", "owner": "app"}},
                     "plugins": [{"name": plugin, "isWALArchiver": True, "parameters": {"barmanObjectName": name}}]},
            "status": {"currentPrimary": f"{name}-1", "instanceNames": pods, "healthyPVC": pods,
                       "instancesReportedState": {pod: {"isPrimary": False, "timeLineID": 1} for pod in pods},
                       "conditions": [{"type": t, "status": "True", "reason": "ok", "message": ""}
                                      for t in ("Ready", "ContinuousArchiving", "LastBackupSucceeded")]}}
        objects["objectstores", namespace, name] = {
            "metadata": {**meta, "name": name},
            "spec": {"retentionPolicy": "30d", "configuration": {
                "destinationPath": f"s3://backups/{name}", "endpointURL": "https://s3.example.com",
                "wal": {"compression": "gzip"}, "data": {"compression": "gzip"},
                "s3Credentials": {"accessKeyId": {"name": "keys", "key": "ID"},
                                  "secretAccessKey": {"name": "keys", "key": "SECRET"}}}},
            "status": {"serverRecoveryWindow": {name: {"lastSuccessfulBackupTime": "2026-01-01T00:00:00Z"}}}}
        objects["scheduledbackups", namespace, name] = {
            "metadata": {**meta, "name": name},
            "spec": {"schedule": "0 0 3 * * *", "immediate": True, "cluster": {"name": name}, "method": "plugin",
                     "backupOwnerReference": "self", "pluginConfiguration": {"name": plugin}}}


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *_):
        pass  # a client that has gone


if len(sys.argv) > 3:
    fleet(int(sys.argv[3]))
server = Server(("127.0.0.1", int(sys.argv[1])), Handler)
with open(sys.argv[2], "w") as out:
    out.write("127.0.0.1:%d\n" % server.server_address[1])
server.serve_forever()
