#!/usr/bin/env python3
"""Makes src/cnpg/schema_table.c from the CRDs of one release and those before it (needs python3-yaml):

    tests/tools/crd-schema.py CLOUDNATIVEPG-VERSION PLUGIN-VERSION CRD.yaml... >src/cnpg/schema_table.c

The CRDs are config/crd/bases/postgresql.cnpg.io_{clusters,scheduledbackups,backups}.yaml of
cloudnative-pg and config/crd/bases/barmancloud.cnpg.io_objectstores.yaml of plugin-barman-cloud, and
releases/cnpg-*.yaml of cloudnative-pg, the older releases: of them only the names of fields and choices
that they do not have yet go into the table. None has had a field that a later one dropped; the script
stops when that is no longer so. crd-since.tsv beside it has what was seen elsewhere.
"""

import json
import os
import re
import sys

import yaml

KINDS = {
    "Cluster": "KIND_CLUSTER",
    "ScheduledBackup": "KIND_SCHEDULED_BACKUP",
    "Backup": "KIND_BACKUP",
    "ObjectStore": "KIND_OBJECT_STORE",
}

STRING = {"type": "string"}
STRINGS = {"type": "object", "additionalProperties": STRING}
OWNER = {
    "type": "object",
    "required": ["apiVersion", "kind", "name", "uid"],
    "properties": {
        **{name: STRING for name in ("apiVersion", "kind", "name", "uid")},
        **{name: {"type": "boolean"} for name in ("blockOwnerDeletion", "controller")},
    },
}
# CRDs say nothing about it: the API server has it built in
METADATA = {
    "type": "object",
    "properties": {
        **{name: STRING for name in ("name", "generateName", "namespace", "uid", "resourceVersion", "selfLink",
                                     "creationTimestamp", "deletionTimestamp")},
        **{name: {"type": "integer"} for name in ("generation", "deletionGracePeriodSeconds")},
        "labels": STRINGS,
        "annotations": STRINGS,
        "finalizers": {"type": "array", "items": STRING},
        "ownerReferences": {"type": "array", "items": OWNER},
        "managedFields": {},
    },
}

TYPES = {
    "object": "SCHEMA_MAP",
    "array": "SCHEMA_LIST",
    "string": "SCHEMA_STRING",
    "integer": "SCHEMA_INTEGER",
    "number": "SCHEMA_NUMBER",
    "boolean": "SCHEMA_BOOLEAN",
}
BOUNDS = {"minimum": "least", "minLength": "least", "maximum": "most", "maxLength": "most"}
# what the table has no place for must be told, not lost
IGNORED = {"description", "default", "format", "required", "properties", "items", "additionalProperties", "type", "enum",
           "pattern", "anyOf", "x-kubernetes-int-or-string", "x-kubernetes-preserve-unknown-fields",
           "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type", "x-kubernetes-validations"}


def quote(text):
    return json.dumps(text, ensure_ascii=True)


class Table:
    def __init__(self):
        self.nodes = {"{.type = SCHEMA_ANY}": 0}
        self.fields = []
        self.maps = {}
        self.conditions = []

    def node(self, schema, kind, path):
        unknown = set(schema) - IGNORED - set(BOUNDS)
        if unknown:
            sys.exit(f"{kind} {path}: this script does not know {sorted(unknown)}")
        for validation in schema.get("x-kubernetes-validations", []):
            if "oldSelf" not in validation["rule"]:
                self.conditions.append((KINDS[kind], path, validation["rule"]))
        parts = [f".type = {self.type_of(schema)}"]
        fields = [self.field(schema, name, kind, path) for name in sorted(schema.get("properties", {}))]
        if fields and not schema.get("x-kubernetes-preserve-unknown-fields"):
            parts += [f".first = {self.first_of(fields)}", f".len = {len(fields)}"]
        members = schema.get("items") or schema.get("additionalProperties")
        if isinstance(members, dict):
            parts.append(f".members = {self.node(members, kind, path + '[]')}")
        if "enum" in schema:
            parts.append(f".choices = {quote('|'.join(schema['enum']))}")
        if "pattern" in schema:
            parts.append(f".pattern = {quote(schema['pattern'])}")
        for key, name in BOUNDS.items():
            if key in schema:
                parts.append(f".has_{name} = true, .{name} = {schema[key]}")
        text = "{" + ", ".join(parts) + "}"
        return self.nodes.setdefault(text, len(self.nodes))

    def type_of(self, schema):
        if schema.get("x-kubernetes-int-or-string"):
            return "SCHEMA_INT_OR_STRING"
        known = schema.get("properties") or schema.get("additionalProperties") not in (None, True)
        if schema.get("x-kubernetes-preserve-unknown-fields") or (schema.get("type") == "object" and not known):
            return "SCHEMA_ANY"
        return TYPES.get(schema.get("type"), "SCHEMA_ANY")

    def field(self, schema, name, kind, path):
        inner = schema["properties"][name]
        if not path and name == "metadata":
            inner = METADATA
        number = 0
        if path or name != "status":
            number = self.node(inner, kind, f"{path}.{name}" if path else name)
        required = name in schema.get("required", []) and "default" not in inner
        return f'{{"{name}", {number}, {"true" if required else "false"}}}'

    def first_of(self, fields):
        key = tuple(fields)
        if key not in self.maps:
            self.maps[key] = len(self.fields)
            self.fields += fields
        return self.maps[key]


def version_of(text):
    return tuple(int(n) for n in text.split("."))


def flat(schema, path, out):
    """Every field below `path` and every choice of one, as "spec.plugins[].name" and "spec.method=plugin"."""
    out.update(f"{path}={choice}" for choice in schema.get("enum", []))
    for name, inner in schema.get("properties", {}).items():
        if path or name not in ("status", "metadata", "apiVersion", "kind"):
            out.add(f"{path}.{name}" if path else name)
            flat(inner, f"{path}.{name}" if path else name, out)
    for key, sign in (("items", "[]"), ("additionalProperties", "{}")):
        if isinstance(schema.get(key), dict):
            flat(schema[key], path + sign, out)


def crds_of(path):
    with open(path, encoding="utf-8") as file:
        for document in yaml.load_all(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            if document and document.get("kind") == "CustomResourceDefinition" and document["spec"]["names"]["kind"] in KINDS:
                version = next(v for v in document["spec"]["versions"] if v["storage"])
                yield document["spec"]["names"]["kind"], version["schema"]["openAPIV3Schema"]


def is_news(path, new, before):
    """Not below what is new itself; a choice only where others could be chosen before."""
    if "=" in path:
        return any(p.startswith(path.split("=")[0] + "=") for p in before)
    return re.sub(r"(\[\]|\{\})*\.[^.]*$", "", path) not in new


def differences(releases):
    """(kind, path, release that it came with), for the highest fields and choices only."""
    rows, before = [], None
    for version, path in releases:
        has = {}
        for kind, schema in crds_of(path):
            flat(schema, "", has.setdefault(kind, set()))
        for kind in before or {}:
            gone = {p for p in before[kind] - has[kind] if "=" not in p}
            if gone:
                sys.exit(f"{kind} {version}: gone {sorted(gone)}")
            new = has[kind] - before[kind]
            rows += [(kind, p, version) for p in sorted(new) if is_news(p, new, before[kind])]
        before = has
    return rows


def seen_elsewhere(schemas):
    """Rows of crd-since.tsv. A field that the CRDs do not have yet is added to them: a list of texts."""
    rows = []
    with open(os.path.join(os.path.dirname(__file__), "crd-since.tsv"), encoding="utf-8") as file:
        for line in file:
            if line.startswith("#"):
                continue
            kind, path, version, _ = line.rstrip("\n").split("\t")
            at, steps = schemas[kind], path.split("=")[0].replace("[]", ".[]").split(".")
            for step in steps[:-1]:
                at = at["items"] if step == "[]" else at["properties"][step]
            if "=" not in path:
                at["properties"].setdefault(steps[-1], {"type": "array", "items": STRING})
            rows.append((kind, path, version))
    return rows


def packed(items):
    line = "\t"
    for item in items:
        if len(line) > 1 and len(line) + len(item) > 100:
            yield line.rstrip()
            line = "\t"
        line += item + ", "
    yield line.rstrip()


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    table = Table()
    names = [os.path.basename(path) for path in sys.argv[3:]]
    older = sorted((version_of(m[1]), m[1], path) for m, path in
                   ((re.fullmatch(r"cnpg-(\d+\.\d+\.\d+)\.yaml", n), p) for n, p in zip(names, sys.argv[3:])) if m)
    newest = {}
    for path in sys.argv[3:]:
        if not re.fullmatch(r"cnpg-.*", os.path.basename(path)):
            newest.update(crds_of(path))
    releases = [(text, path) for number, text, path in older if number <= version_of(sys.argv[1])]
    since = seen_elsewhere(newest) + differences(releases)
    since = sorted(set(since), key=lambda r: (list(KINDS).index(r[0]), r[1]))
    roots = [f"{{{KINDS[kind]}, {table.node(schema, kind, '')}}}," for kind, schema in newest.items()]
    versions = [", ".join(v.split(".")) for v in sys.argv[1:3]]
    conditions = [f"{{{kind}, {quote(path)},\n\t {quote(rule)}}}," for kind, path, rule in table.conditions]
    changes = [f"{{{KINDS[kind]}, {quote(path)}, {{{', '.join(version.split('.'))}}}}}," for kind, path, version in since]
    print(f"""/*
 * Made by tests/tools/crd-schema.py from the CRDs of CloudNativePG {releases[0][0]} to {sys.argv[1]} and
 * plugin-barman-cloud {sys.argv[2]}: make it again for newer ones, never change it by hand.
 */
#include "cnpg/schema.h"

/* clang-format off */
const struct schema_release schema_cloudnative_pg = {{{versions[0]}}}, schema_plugin = {{{versions[1]}}};
""")
    for name, rows in (("root", roots), ("condition", conditions), ("change", changes),
                       ("node", [n + "," for n in table.nodes]), ("field", list(packed(table.fields)))):
        words = f"const struct schema_{name} schema_{name}s[]" if name == "change" else f"static const struct schema_{name} {name}s[]"
        print(f"{words} = {{")
        print("\n".join(row if row.startswith("\t") else "\t" + row for row in rows))
        print("};")
        if name == "change":
            print("const size_t schema_changes_len = ARRAY_LEN(schema_changes);")
        print()
    print("""const struct schema schema_builtin = {
	.nodes = nodes,
	.fields = fields,
	.roots = roots,
	.roots_len = ARRAY_LEN(roots),
	.conditions = conditions,
	.conditions_len = ARRAY_LEN(conditions),
};
/* clang-format on */""")


main()
