#!/usr/bin/env python3
"""Makes src/cnpg/schema_table.c from the CRDs of one release (needs python3-yaml):

    tests/tools/crd-schema.py CLOUDNATIVEPG-VERSION PLUGIN-VERSION CRD.yaml... >src/cnpg/schema_table.c

The CRDs are config/crd/bases/postgresql.cnpg.io_{clusters,scheduledbackups,backups}.yaml of
cloudnative-pg and config/crd/bases/barmancloud.cnpg.io_objectstores.yaml of plugin-barman-cloud.
"""

import json
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
    roots = []
    for path in sys.argv[3:]:
        with open(path, encoding="utf-8") as file:
            crd = yaml.safe_load(file)
        kind = crd["spec"]["names"]["kind"]
        version = next(v for v in crd["spec"]["versions"] if v["storage"])
        roots.append(f"{{{KINDS[kind]}, {table.node(version['schema']['openAPIV3Schema'], kind, '')}}},")
    versions = [", ".join(v.split(".")[:2]) for v in sys.argv[1:3]]
    conditions = [f"{{{kind}, {quote(path)},\n\t {quote(rule)}}}," for kind, path, rule in table.conditions]
    print(f"""/*
 * Made by tests/tools/crd-schema.py from the CRDs of CloudNativePG {sys.argv[1]} and
 * plugin-barman-cloud {sys.argv[2]}: make it again for newer ones, never change it by hand.
 */
#include "cnpg/schema.h"

/* clang-format off */
const struct schema_version schema_cloudnative_pg = {{{versions[0]}}}, schema_plugin = {{{versions[1]}}};
""")
    for name, rows in (("root", roots), ("condition", conditions), ("node", [n + "," for n in table.nodes]),
                       ("field", list(packed(table.fields)))):
        print(f"const struct schema_{name} schema_{name}s[] = {{")
        print("\n".join(row if row.startswith("\t") else "\t" + row for row in rows))
        print("};")
        if name in ("root", "condition"):
            print(f"const size_t schema_{name}s_len = ARRAY_LEN(schema_{name}s);")
        print()
    print("/* clang-format on */")


main()
