"""Trees of kustomizations, drawn with a seed: bases, overlays, components, and whatever changes our kinds."""
import json, os

CNPG, BARMAN = "postgresql.cnpg.io/v1", "barmancloud.cnpg.io/v1"
NAMES = ["db", "db-2", "store", "pg.main", "app"]
NAMESPACES = ["app", "data", "default"]
PLAIN = ["on", "off", "yes", "No", "y", "n", "true", "null", "~", "12", "1.5", "0x1F", "1e3", "017", "12:30", "@daily", "${X:=3}",
         "${APP}", "30d", "1Gi", "text", "two words", "", "a: b", "# none", "- x", "s3://b/p", "*/5 * * * *", "é", "a\nb\n", "1_000", "'", "=", "2026-01-02"]
WORDS = ["on", "off", "yes", "No", "y", "true", "null", "~", "12", "1.5", "0x1F", "1e3", "017", "12:30", "30d", "1Gi", "text", "a b", "1_000", "08", "False", ".5"]


class Word(str):
    """A plain scalar, as it is written."""


class Writer:
    """Values as YAML, each in one of the ways in which people write them. A value may come back as an alias."""

    def __init__(self, r):
        self.r, self.anchors = r, []

    def scalar(self, value):
        if isinstance(value, Word):
            return str(value)
        if not isinstance(value, str):
            return json.dumps(value)
        simple = value.replace("-", "").replace("/", "").isalpha() and value.lower() not in ("on", "off", "yes", "no", "y", "n", "true", "null", "false")
        if simple and self.r.random() < 0.7:
            return value
        return "'" + value.replace("'", "''") + "'" if "\n" not in value and self.r.random() < 0.5 else json.dumps(value, ensure_ascii=self.r.random() < 0.5)

    def flow(self, value):
        if isinstance(value, dict):
            return "{" + ", ".join(f"{self.scalar(k)}: {self.flow(v)}" for k, v in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(self.flow, value)) + "]"
        return self.scalar(value)

    def anchor(self, value):
        """In front of a value; or instead of it, when one that is equal has been written."""
        for name, other in self.anchors:
            if other == value and type(other) is type(value) and self.r.random() < 0.5:
                return f"*{name}", True
        if self.r.random() < 0.03:
            self.anchors.append((f"a{len(self.anchors)}", value))
            return f"&{self.anchors[-1][0]} ", False
        return "", False

    def block(self, value, indent):
        """The text behind `key:` or `-`."""
        before, known = self.anchor(value)
        if known:
            return f" {before}\n"
        if not isinstance(value, (dict, list)) or not value or self.r.random() < 0.15:
            if isinstance(value, str) and not isinstance(value, Word) and value.endswith("\n") and value.strip() and self.r.random() < 0.5:
                return f" {before}|\n" + "".join(f"{indent}  {line}\n" for line in value.splitlines())
            return f" {before}{self.flow(value)}" + (" # why" if self.r.random() < 0.05 else "") + "\n"
        lines = f" {before}".rstrip() + "\n"
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            if self.r.random() < 0.05:
                lines += f"{indent}  # {self.r.choice(['a comment', 'off: on', '- x'])}\n"
            lines += f"{indent}  {self.scalar(key)}:" if isinstance(value, dict) else f"{indent}  -"
            lines += self.block(item, indent + "  ")
        return lines

    def document(self, value):
        self.anchors = []
        if self.r.random() < 0.1:
            return json.dumps(plain(value)) + "\n"
        return "".join(f"{self.scalar(k)}:" + self.block(v, "") for k, v in value.items())

    def items(self, values):
        """A list as a document."""
        self.anchors = []
        if self.r.random() < 0.3:
            return json.dumps(plain(values)) + "\n"
        return "".join(f"-{self.block(v, '')}" for v in values)


def plain(value):
    """Without words that only YAML has."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, list) else str(value) if isinstance(value, str) else value


class Tree:
    def __init__(self, r, folder):
        self.r, self.folder, self.w = r, folder, Writer(r)
        self.components, self.count = [], 0

    def some(self, share):
        return self.r.random() < share

    def put(self, path, text):
        full = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as out:
            out.write(text)

    def fresh(self, word):
        self.count += 1
        return f"{word}{self.count}"

    def value(self, depth=0):
        draw = self.r.random()
        if draw < 0.25:
            return Word(self.r.choice(WORDS))
        if draw < 0.5:
            return self.r.choice(PLAIN)
        if draw < 0.65 or depth > 2:
            return self.r.choice([1, 0, -3, 2.5, True, False, None, 100000])
        if draw < 0.8:
            return [self.value(depth + 1) for _ in range(self.r.randrange(4))]
        return {self.r.choice("abcde"): self.value(depth + 1) for _ in range(self.r.randrange(4))}

    def metadata(self, name):
        metadata = {"name": name}
        if self.some(0.3):
            metadata["namespace"] = self.r.choice(NAMESPACES)
        if self.some(0.4):
            metadata["labels"] = {self.r.choice(["tier", "team", "a/b"]): self.r.choice(["back", "front", "x"])}
        if self.some(0.3):
            metadata["annotations"] = {self.r.choice(["size", "example.org/why"]): self.r.choice(["big", "off", "3"])}
        return metadata

    def cluster(self, name):
        plugin = {"name": "barman-cloud.cloudnative-pg.io", "isWALArchiver": True, "parameters": {"barmanObjectName": self.r.choice(NAMES)}}
        spec = {"instances": self.r.choice([1, 3, Word("3")]), "storage": {"size": "10Gi"}, "plugins": [plugin][: self.r.randrange(2)]}
        if self.some(0.5):
            spec["postgresql"] = {"parameters": {"huge_pages": self.value(2), self.r.choice("xyz"): self.value(2)}}
        return {"apiVersion": CNPG, "kind": "Cluster", "metadata": self.metadata(name), "spec": spec}

    def store(self, name):
        keys = {"accessKeyId": {"name": self.r.choice(["creds", "keys"]), "key": "ID"}, "secretAccessKey": {"name": "creds", "key": "SECRET"}}
        spec = {"configuration": {"destinationPath": "s3://bucket/path/db", "s3Credentials": keys}, "retentionPolicy": self.value(2)}
        return {"apiVersion": BARMAN, "kind": "ObjectStore", "metadata": self.metadata(name), "spec": spec}

    def backup(self, name):
        spec = {"schedule": self.r.choice(["0 0 3 * * *", "@daily"]), "cluster": {"name": self.r.choice(NAMES)}, "method": "plugin"}
        return {"apiVersion": CNPG, "kind": "ScheduledBackup", "metadata": self.metadata(name), "spec": spec}

    def other(self, name):
        return self.r.choice([
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": self.metadata(name), "data": {"bucket": "pail", "path": "a/b/c"}},
            {"apiVersion": "v1", "kind": "Secret", "metadata": self.metadata(name), "stringData": {"ID": "x", "SECRET": "y"}},
            {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": self.metadata(name), "spec": {"target": {"name": name}}},
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": self.metadata(name), "spec": {"replicas": 1}}])

    def resources(self, folder, used):
        """Files of objects in a folder, and their names."""
        files = []
        for _ in range(self.r.randrange(1, 4)):
            objects = []
            for _ in range(self.r.randrange(1, 3)):
                make = self.r.choice([self.cluster, self.cluster, self.store, self.backup, self.other])
                o = make(self.r.choice(NAMES))
                id = (o["kind"], o["metadata"]["name"], o["metadata"].get("namespace"))
                if id not in used or self.some(0.01):
                    objects.append(o)
                    used[id] = o
            if objects:
                files.append(self.fresh("f") + ".yaml")
                self.put(f"{folder}/{files[-1]}", "---\n".join(self.w.document(o) for o in objects))
        return files

    def target(self, o):
        """Meets this object, mostly."""
        metadata, target = o["metadata"], {}
        if self.some(0.8):
            target["kind"] = self.r.choice([o["kind"]] * 4 + ["Cluster|ObjectStore", ".*"])
        if self.some(0.3):
            target["group"] = o["apiVersion"].split("/")[0] if "/" in o["apiVersion"] else ""
        if self.some(0.4):
            name = metadata["name"]
            target["name"] = self.r.choice([name, name, name[0] + ".*", f"^{name}$", f"(p-)?{name}(-s)?", ".*", f"{name}|x"])
        if self.some(0.15):
            target["namespace"] = self.r.choice(NAMESPACES + ["a.*"])
        for selector in ("label", "annotation"):
            if metadata.get(selector + "s") and self.some(0.3):
                key, value = next(iter(metadata[selector + "s"].items()))
                target[selector + "Selector"] = self.r.choice([f"{key}={value}", key, f"!{key}", f"{key} in ({value},z)", f"{key}!=zz", f"{key}=zz"])
        return target

    def merge(self, o, loose):
        """A strategic patch of an object."""
        patch = {"apiVersion": o["apiVersion"], "kind": o["kind"], "metadata": {"name": o["metadata"]["name"]}}
        if "namespace" in o["metadata"] and (not loose or self.some(0.2)):
            patch["metadata"]["namespace"] = o["metadata"]["namespace"]
        if loose and self.some(0.3):
            patch["metadata"]["name"] = "_"
        if self.some(0.2):  # no null: where there are no labels that becomes the text "null"
            patch["metadata"]["labels"] = {"tier": "new"}
        if self.some(0.05):
            return {"$patch": "delete", **patch}
        values = {"instances": 5, "storage": {"storageClass": self.value(2)}, "plugins": [{"name": "other"}], "extra": self.value(),
                  "configuration": {"destinationPath": "s3://new", "data": None}, "cluster": {"name": self.r.choice(NAMES)}}
        spec = {key: self.value() if self.some(0.1) else values[key] for key in self.r.sample(sorted(values), self.r.randrange(1, 4))}
        if self.some(0.1):
            spec["storage"] = {"$patch": self.r.choice(["delete", "replace", "merge"]), "size": "1Gi"}
        patch["spec"] = spec
        return patch

    def operations(self, o):
        paths = ["/spec/extra", "/metadata/annotations", "/metadata/labels", "/spec/storage", "/spec/plugins", "/spec/a~1b"]
        deep = {"Cluster": ["/spec/instances", "/spec/storage/size", "/spec/plugins/-", "/spec/plugins/0/parameters"],
                "ObjectStore": ["/spec/configuration/destinationPath", "/spec/retentionPolicy"], "ScheduledBackup": ["/spec/cluster/name", "/spec/schedule"]}
        ours = deep.get(o["kind"], ["/metadata/name"])
        out = []
        for _ in range(self.r.randrange(1, 4)):
            op = self.r.choice(["add"] * 8 + ["replace"] * 6 + ["remove", "test", "copy", "copy", "move"])
            path = self.r.choice(paths) if op == "add" else self.r.choice(ours)
            if op in ("copy", "move"):
                out.append({"op": op, "from": self.r.choice(ours), "path": self.r.choice([p for p in paths if p.startswith("/spec")])})
            elif op == "remove":
                out.append({"op": op, "path": path})
            else:
                value = "renamed" if path == "/metadata/name" else {"a": "b"} if path.startswith("/metadata") else self.value()
                out.append({"op": op, "path": path, "value": value})
        return out

    def patch(self, folder, o, sure):
        """An entry of `patches`; the surer its object has another name by now, the more it needs a target."""
        json_patch = self.some(0.35)
        entry = {"target": self.target(o)} if json_patch or self.some(sure) else {}
        text = self.w.items(self.operations(o)) if json_patch else self.w.document(self.merge(o, bool(entry)))
        if self.some(0.5):
            entry["patch"] = text
        else:
            entry["path"] = self.fresh("p") + ".yaml"
            self.put(f"{folder}/{entry['path']}", text)
        return entry

    def replacement(self, objects):
        source, target = self.r.choice(objects), self.r.choice(objects)
        where = {"Cluster": "spec.plugins.[name=barman-cloud.cloudnative-pg.io].parameters.barmanObjectName", "ObjectStore": "spec.configuration.destinationPath",
                 "ScheduledBackup": "spec.cluster.name"}.get(target["kind"], "metadata.annotations.x")
        options = self.r.choice([{}, {}, {"create": True}, {"delimiter": "/", "index": self.r.randrange(-1, 5)}])
        made = {"source": {"kind": source["kind"], "name": source["metadata"]["name"], "fieldPath": self.r.choice(["metadata.name"] * 4 + ["metadata.namespace", "kind"])},
                "targets": [{"select": {"kind": target["kind"]}, "fieldPaths": [self.r.choice([where] * 6 + ["spec.made.here", "metadata.labels.tier"])]}]}
        if target["kind"] == "Cluster":
            options.pop("create", None)  # of an element that is not there
        if self.some(0.2):
            made["targets"][0]["reject"] = [{"name": target["metadata"]["name"]}]
        if options:
            made["targets"][0]["options"] = options
        return made

    def references(self, folder):
        file = self.fresh("c") + ".yaml"
        self.put(f"{folder}/{file}", self.w.document({"nameReference": [
            {"kind": "Secret", "fieldSpecs": [{"path": "spec/configuration/s3Credentials/accessKeyId/name", "kind": "ObjectStore"}]},
            {"kind": "Cluster", "group": "postgresql.cnpg.io", "fieldSpecs": [{"path": "spec/cluster/name", "kind": "ScheduledBackup"}]},
            {"kind": "ObjectStore", "fieldSpecs": [{"path": "spec/plugins/parameters/barmanObjectName", "kind": "Cluster"}]}]}))
        return [file]

    def changes(self, folder, objects, base=False):
        """What a kustomization does to what it holds."""
        more = 0.5 if base else 1
        k = {}
        if self.some(0.3):
            k["namespace"] = self.r.choice(NAMESPACES)
        if self.some(0.2):
            k["namePrefix"] = "p-"
        if self.some(0.15):
            k["nameSuffix"] = "-s"
        if self.some(0.2):
            k["labels"] = [{"pairs": {"tier": "new", "added": "1"}, **({"includeSelectors": True} if self.some(0.3) else {})}]
        if self.some(0.1):
            k["commonLabels"] = {"common": "1"}
        if self.some(0.15):
            k["commonAnnotations"] = {"note": "of all"}
        if objects and self.some(0.6 * more):
            k["patches"] = [self.patch(folder, self.r.choice(objects), 0.4 if base else 0.9) for _ in range(self.r.randrange(1, 4))]
        if objects and self.some(0.2 if base else 0.02):
            k["patchesStrategicMerge"] = [self.w.document(self.merge(self.r.choice(objects), False))]
        if objects and self.some(0.15 * more):
            k["replacements"] = [self.replacement(objects)]
        if self.some(0.2):
            k["secretGenerator"] = [{"name": self.r.choice(["creds", "keys"]), "literals": ["ID=a", "SECRET=b=c"]}]
            if self.some(0.1):
                k["secretGenerator"][0]["behavior"] = "merge"
        if self.some(0.1):
            k["generatorOptions"] = {"disableNameSuffixHash": True}
        if self.some(0.15):
            k["configurations"] = self.references(folder)
        return k

    def kustomization(self, folder, k, component=False):
        head = {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"} if component else {} if self.some(0.3) else {
            "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
        if not k:
            k["namespace"] = "app"
        self.put(f"{folder}/{self.r.choice(['kustomization.yaml'] * 3 + ['kustomization.yml', 'Kustomization'])}", self.w.document({**head, **k}))

    def make(self):
        held = {}
        for _ in range(self.r.randrange(1, 3)):
            folder, used = self.fresh("base"), {}
            files = self.resources(folder, used)
            held[folder] = list(used.values())
            self.kustomization(folder, {"resources": files, **self.changes(folder, held[folder], True)})
        for _ in range(self.r.randrange(0, 3)):
            folder, used = self.fresh("component"), {}
            files = self.resources(folder, used) if self.some(0.4) else []
            loose = held["base1"] + list(used.values())
            self.kustomization(folder, {**({"resources": files} if files else {}), **self.changes(folder, loose)}, True)
            self.components.append(folder)
        for _ in range(self.r.randrange(1, 4)):
            folder, used = self.fresh("overlay"), {}
            taken = self.r.sample(sorted(held), 2 if len(held) > 1 and self.some(0.2) else 1)
            files = self.resources(folder, used) if self.some(0.2) else []
            k = {"resources": [f"../{b}" for b in taken] + files}
            if self.components and self.some(0.5):
                k["components"] = [f"../{c}" for c in self.r.sample(self.components, self.r.randrange(1, len(self.components) + 1))]
            held[folder] = [o for base in taken for o in held[base]] + list(used.values())
            self.kustomization(folder, {**k, **self.changes(folder, held[folder])})
