/*
 * What every object has. An object borrows from its document.
 */
#ifndef CNPG_OBJECT_H
#define CNPG_OBJECT_H

#include "cnpg/kinds.h"
#include "doc/obj.h"

/* The Barman Cloud plugin's name, as it must stand in every plugin reference. */
#define PLUGIN_NAME "barman-cloud.cloudnative-pg.io"

struct object {
	enum kind kind;
	struct str api_version, kind_name, namespace, name; /* empty when absent */
	struct obj root;
	struct str beside; /* see object_beside; of a file only */
	bool misnamed; /* no API server knows its apiVersion and kind; `kind` is what was meant */
	bool manifest; /* a file, not yet seen by an API server: ${VAR} may still be filled in */
	bool shared; /* several kustomizations make one of its file: what is written there is of all
		      */
	bool part;   /* more of it stands elsewhere: a kustomize patch, or what one completes */
	/* The kustomization (its file) beside which it lies and that does not list it; nothing else
	 * applies it. */
	struct str left_out_by;
	struct str defined_too; /* the file of another one of its name that is applied too */
	bool defined_alike;	/* and says the same */
	/* Its name before a kustomization gave it another (namePrefix, nameSuffix, the hash of a
	 * generator): the one that references in custom resources still have. */
	struct str former;
};

/* doc_read_json of what an API server sends, of at most `nodes` nodes. Its objects come without
 * metadata.managedFields: a fifth of the bytes, a third of the nodes, and nobody reads it. */
MUST_CHECK bool object_read_json(struct arena *a, struct str bytes, size_t nodes,
				 const struct doc **out, struct err *err);

/* Objects of a document: itself, or the items of a `kind: List`, of lists in it too, as kubectl
 * takes them. Calls `each` in order. */
void object_each(struct obj root, void (*each)(void *ctx, struct obj object), void *ctx);

/* False when the root is not a map with apiVersion and kind (a Helm values file, a kustomize
 * patch). */
bool object_read(struct obj root, struct object *out);

/* What an object may be called (RFC 1123 as the API server has it): labels of small letters, digits
 * and '-', joined by dots. What is none is nobody's name, and may lead elsewhere in the path of a
 * URL. */
bool object_is_name(struct str name);

/* The namespace of what stands in one file, to be told of each: begins empty, and is empty again
 * when they name different ones, or one that is filled in later. */
struct beside {
	struct str namespace;
	bool differ;
};
void object_beside(struct beside *b, struct str namespace);

/* It lacks what CloudNativePG itself insists on, so another document must bring it. */
bool object_is_part(const struct object *o);
bool object_is_bare(const struct object *o); /* nor does it say anything that a patch is for */

/* It has a deletionTimestamp: it goes as soon as its finalizers are gone. */
bool object_is_terminating(const struct object *o);

struct str object_annotation(const struct object *o, const char *key); /* empty when absent */
bool object_has_annotation(const struct object *o, const char *key, const char *value);

/* A Backup that the operator made for a ScheduledBackup. It is judged through its schedule, never
 * itself: refusing it changes nothing in the schedule, which tries again for ever. */
bool object_is_from_schedule(const struct object *o);

/*
 * Text that something else fills in or should have: Flux ${VAR}, $VAR, $(VAR), Helm {{ }}, <app>,
 * CHANGEME. A value for which this is true is unknown, and unknown is never bad: only the rule
 * unresolved-placeholder speaks about it. A value with a NUL character is as little known, and only
 * rule nul-in-value speaks about that. `which` (may be NULL) gets the part.
 */
bool value_is_placeholder(struct str value, struct str *which);
/* All of it is what a person was to replace, and nothing else fills in: <name>, CHANGEME and the
 * like, or the dots of a remedy of ours. */
bool value_is_unfilled(struct str value);
/* Only those that a tool fills in before the API server sees them: ${VAR}, $VAR, $(VAR),
 * {{ }}. */
bool value_is_variable(struct str value, struct str *which);

#endif
