#include "cnpg/reduce.h"

#include "base/json.h"

#include <string.h>

/* Members that are kept; the text behind a dot is kept of that member alone. NULL: all of them. */
static const char *const metadata[] = {"name",
				       "namespace",
				       "labels",
				       "annotations",
				       "ownerReferences",
				       "creationTimestamp",
				       "deletionTimestamp",
				       NULL};
static const char *const cluster_spec[] = {
	"instances",	    "imageName", "imageCatalogRef", "plugins", "backup", "bootstrap",
	"externalClusters", "replica",	 "postgresql",	    "env",     NULL};
static const char *const cluster_status[] = {"currentPrimary",		 "conditions",
					     "firstRecoverabilityPoint", "lastSuccessfulBackup",
					     "lastFailedBackup",	 NULL};
static const char *const store_status[] = {"serverRecoveryWindow", NULL};
static const char *const no_status[] = {NULL};

static bool is_listed(const char *const *names, struct str name)
{
	while (*names && !str_is(name, *names))
		names++;
	return *names != NULL;
}

/* The annotations that a rule may read: the rest may be as large as the object itself. */
static bool is_ours(struct str annotation)
{
	return str_has_prefix(annotation, STR("cnpg.io/")) ||
	       str_has_prefix(annotation, STR("backup-guard.io/"));
}

static void key(struct json *j, struct obj member, struct arena *a)
{
	json_key(j, arena_cstr(a, obj_key(member)));
}

static void write_annotations(struct json *j, struct obj annotations, struct arena *a)
{
	json_open(j, '{');
	for (struct obj e = obj_first(annotations); e.node; e = obj_next(e)) {
		if (!is_ours(obj_key(e)))
			continue;
		key(j, e, a);
		obj_json(e, j);
	}
	json_close(j, '}');
}

static void write_listed(struct json *j, struct obj map, const char *const *names, struct arena *a)
{
	json_open(j, '{');
	for (struct obj e = obj_first(map); e.node; e = obj_next(e)) {
		if (names && !is_listed(names, obj_key(e)))
			continue;
		key(j, e, a);
		if (names == metadata && str_is(obj_key(e), "annotations"))
			write_annotations(j, e, a);
		else
			obj_json(e, j);
	}
	json_close(j, '}');
}

void object_reduce(struct obj root, enum kind kind, struct arena *a, struct object *out)
{
	CLEANUP(buf) struct buf text = {0};
	struct json j = JSON(&text);
	const char *const *status = kind == KIND_CLUSTER	? cluster_status
				    : kind == KIND_OBJECT_STORE ? store_status
								: no_status;
	const struct arena_mark keys = arena_mark(a); /* their copies are not kept */
	const struct doc *doc;
	struct err err;

	json_open(&j, '{');
	json_key_str(&j, "apiVersion", str_from(kind_api(kind)->api_version));
	json_key_str(&j, "kind", str_from(kind_name(kind)));
	json_key(&j, "metadata");
	write_listed(&j, obj_at(root, "metadata"), metadata, a);
	json_key(&j, "spec");
	write_listed(&j, obj_at(root, "spec"), kind == KIND_CLUSTER ? cluster_spec : NULL, a);
	json_key(&j, "status");
	write_listed(&j, obj_at(root, "status"), status, a);
	json_close(&j, '}');
	arena_rewind(a, keys);
	/* what we wrote ourselves is JSON, unless a key of the cluster held a NUL */
	if (!doc_read_json(a, arena_str(a, buf_slice(&text)), &doc, &err) ||
	    !object_read(doc_root(doc), out))
		*out = (struct object){.kind = kind};
}
