/*
 * What the CRDs of CloudNativePG and the Barman Cloud plugin say about the four kinds: fields,
 * types, choices, bounds and patterns, as an API server holds an object against them. The table in
 * src/cnpg/schema_table.c is made from CRD files by tests/tools/crd-schema.py; `status` is no part
 * of it, nobody writes one.
 */
#ifndef CNPG_SCHEMA_H
#define CNPG_SCHEMA_H

#include "cnpg/object.h"

enum schema_type {
	SCHEMA_ANY, /* nothing is said about it, nor about what is in it */
	SCHEMA_MAP,
	SCHEMA_LIST,
	SCHEMA_STRING,
	SCHEMA_INTEGER,
	SCHEMA_NUMBER,
	SCHEMA_BOOLEAN,
	SCHEMA_INT_OR_STRING, /* quantities, ports */
};

struct schema_node {
	enum schema_type type;
	uint16_t first, len; /* of a map: its fields in schema_fields, sorted by name */
	uint16_t members;    /* of a list, or of a map of any names; 0: none */
	const char *choices; /* "gzip|lz4"; NULL: any */
	const char *pattern; /* of a string; NULL: any */
	bool has_least, has_most;
	int64_t least, most; /* the value of a number, the characters of a string */
};

struct schema_field {
	const char *name;
	uint16_t node;
	bool required; /* and without a default */
};

/* A condition in CEL that the API server holds to an object by itself, without the old one. */
struct schema_condition {
	enum kind kind;
	const char *path, *rule;
};

struct schema_version {
	int major, minor;
};

/* The table. Node 0 is SCHEMA_ANY. */
extern const struct schema_version schema_cloudnative_pg, schema_plugin;
extern const struct schema_node schema_nodes[];
extern const struct schema_field schema_fields[];
extern const struct schema_condition schema_conditions[];
extern const size_t schema_conditions_len;
extern const struct schema_root {
	enum kind kind;
	uint16_t node;
} schema_roots[];
extern const size_t schema_roots_len;

const struct schema_node *schema_of(enum kind kind); /* NULL for a kind that it does not know */

/* The field of a map; NULL when it has none of that name. */
const struct schema_field *schema_field(const struct schema_node *map, struct str name);
/* What stands under `name`: a field, or a member of a map of any names. NULL: unknown, it would be
 * dropped. */
const struct schema_node *schema_member(const struct schema_node *map, struct str name);
/* Of the members of a list. */
const struct schema_node *schema_item(const struct schema_node *list);

/* The value is of the type that the schema wants. */
bool schema_type_fits(const struct schema_node *node, struct obj value);
/* The text is one of the choices; true when there are none. */
bool schema_has_choice(const struct schema_node *node, struct str text);
/* The text matches the pattern; true when there is none. */
bool schema_matches(const struct schema_node *node, struct str text);
/* A quantity of Kubernetes: "10Gi", "500m". */
bool schema_is_quantity(struct str text);
/* A pattern that schema_matches knows how to match. */
bool schema_knows_pattern(const char *pattern);

#endif
