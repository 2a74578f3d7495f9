/*
 * The keys of a policy file as rows. What reads a file and what prints its JSON Schema walk the
 * same rows, so that neither can know a key that the other does not.
 */
#ifndef POLICY_FIELDS_INTERNAL_H
#define POLICY_FIELDS_INTERNAL_H

#include "base/err.h"
#include "policy_internal.h"

struct field;

/* One file on its way into a policy: what is wrong is collected, and reading goes on. */
struct load {
	struct policy *policy; /* being built */
	struct arena *scratch; /* of the errors */
	struct policy_errors *errors;
};

/* Reads `value`, which has the JSON type of the field, into `target`; false after load_fail. */
typedef bool field_read(struct load *l, const struct field *f, struct obj value, void *target);

struct field_type {
	const char *wanted; /* in errors: "a duration such as 90m or 8d" */
	enum obj_type json;
	enum obj_type or_json; /* another one that is fine; OBJ_NONE: none */
	size_t size;	       /* of one value; 0: cannot stand in a list */
	const char *pattern;   /* for the schema; NULL: none */
	field_read *read;
};

#define FIELD_CHILDREN 24 /* rows of one map at most; tested */

struct field {
	const char *name;
	const struct field_type *type;
	size_t offset;	   /* of the target, in the struct of the map */
	size_t len_offset; /* of its length, for lists and pairs */
	bool list;
	bool required;
	const char *const *choices; /* ends with NULL */
	const struct field *fields; /* of a map; ends with a NULL name */
	const char *help;	    /* one sentence without a full stop, for the schema */
	/* Not a key of ours, but one that people try: what to tell them. */
	const char *refused;
};

extern const struct field policy_fields[]; /* of the whole file; the struct is the policy */

/* What a value may be; src/policy/read.c. */
extern const struct field_type field_text, field_name, field_template, field_word, field_severity,
	field_choice, field_constant, field_zone, field_forbidden, field_flag, field_version,
	field_duration, field_days, field_window, field_pattern, field_map, field_store,
	field_namespace_mode, field_rules, field_pairs;

/* Reads the members of a map into `base`. */
bool load_map(struct load *l, const struct field *fields, struct obj map, void *base);

/* Adds "PATH: TEXT" at the place of `at`, or of its key. Return false. */
bool load_fail(struct load *l, struct obj at, const char *fmt, ...) PRINTF(3, 4);
bool load_fail_key(struct load *l, struct obj at, const char *fmt, ...) PRINTF(3, 4);

#endif
