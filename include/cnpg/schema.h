/*
 * What the CRDs of CloudNativePG and the Barman Cloud plugin say about the four kinds: fields,
 * types, choices, bounds and patterns, as an API server holds an object against them. The built-in
 * table in src/cnpg/schema_table.c is made from CRD files by tests/tools/crd-schema.py: the newest
 * release whole, and of those before it what they did not have yet. Another is read from the CRDs
 * of what runs, or is to run (schema_read). `status` is no part of either, nobody writes one.
 */
#ifndef CNPG_SCHEMA_H
#define CNPG_SCHEMA_H

#include "base/err.h"
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
	uint16_t first, len; /* of a map: its fields in the table, sorted by name */
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

struct schema_root {
	enum kind kind;
	uint16_t node;
};

struct schema {
	const struct schema_node *nodes; /* node 0 is SCHEMA_ANY */
	const struct schema_field *fields;
	const struct schema_root *roots;
	size_t roots_len;
	const struct schema_condition *conditions;
	size_t conditions_len;
	bool exact; /* read from CRDs: what it does not know there is not */
};

struct schema_release {
	int major, minor, patch;
};

/* A field ("spec.plugins[].name"), or after '=' a choice of one, and the release that it came with:
 * no field was ever dropped. A patch release may have come with it in older lines, too. */
struct schema_change {
	enum kind kind;
	const char *path;
	struct schema_release since;
};

extern const struct schema schema_builtin;
extern const struct schema_change schema_changes[];
extern const size_t schema_changes_len;
/* The newest release in the built-in table. */
extern const struct schema_release schema_cloudnative_pg, schema_plugin;

/*
 * Reads CRDs: documents of kind CustomResourceDefinition, whichever they are; those of our four
 * kinds count, of each the version v1, or the one that is stored. Keeps in the arena what it takes
 * from `docs`, which must live as long. `*out` grows with each call; begin with NULL. An error has
 * the place in the file; nothing is said when no CRD is of ours.
 */
struct schema_reader;
struct schema_reader *schema_reader_new(struct arena *a);
MUST_CHECK bool schema_read(struct schema_reader *r, struct obj document, struct err *err);
/* What was read: NULL when it was no CRD of ours. */
const struct schema *schema_read_end(struct schema_reader *r);

/* `given` where it has the kind, else the built-in one. `given` may be NULL. */
const struct schema *schema_for(const struct schema *given, enum kind kind);
/* NULL for a kind that it does not know. */
const struct schema_node *schema_of(const struct schema *s, enum kind kind);

/* The field of a map; NULL when it has none of that name. */
const struct schema_field *schema_field(const struct schema *s, const struct schema_node *map,
					struct str name);
/* What stands under `name`: a field, or a member of a map of any names. NULL: unknown, it would be
 * dropped. */
const struct schema_node *schema_member(const struct schema *s, const struct schema_node *map,
					struct str name);
/* Of the members of a list. */
const struct schema_node *schema_item(const struct schema *s, const struct schema_node *list);

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
