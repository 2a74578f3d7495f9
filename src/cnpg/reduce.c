#include "cnpg/reduce.h"

#include "doc/copy.h"

#include <string.h>

#define STORE KIND_OBJECT_STORE
#define CLUSTER KIND_CLUSTER
#define SCHEDULE KIND_SCHEDULED_BACKUP
#define ANY (STORE | CLUSTER | SCHEDULE)

static const struct reduce_row rows[] = {
	{ANY, "metadata", "name"},
	{ANY, "metadata", "namespace"},
	{ANY, "metadata", "labels"},
	{ANY, "metadata", "deletionTimestamp"},
	{CLUSTER | SCHEDULE, "metadata", "creationTimestamp"},
	/* the rest of them may be as large as the object itself */
	{CLUSTER, "metadata.annotations", "cnpg.io/"},
	{ANY, "metadata.annotations", "backup-guard.io/"},

	{CLUSTER, "spec", "instances"},
	{CLUSTER, "spec", "imageName"},
	{CLUSTER, "spec", "imageCatalogRef"},
	{CLUSTER, "spec", "plugins"},
	{CLUSTER, "spec", "backup"},
	{CLUSTER, "spec", "bootstrap"},
	{CLUSTER, "spec", "externalClusters"},
	{CLUSTER, "spec", "replica"},
	{CLUSTER, "spec", "postgresql"},
	{CLUSTER, "spec", "env"},
	{CLUSTER, "spec", "envFrom"},
	{CLUSTER, "spec", "serviceAccountTemplate"},
	{CLUSTER, "status", "currentPrimary"},
	{CLUSTER, "status", "conditions"},
	{CLUSTER | REDUCE_JUDGED, "status", "phase"},
	{CLUSTER | REDUCE_JUDGED, "status", "phaseReason"},
	{CLUSTER | REDUCE_JUDGED, "status", "pgDataImageInfo"},
	{CLUSTER, "status", "lastSuccessfulBackup"},
	{CLUSTER | REDUCE_JUDGED, "status", "lastSuccessfulBackupByMethod"},
	{CLUSTER | REDUCE_JUDGED, "status", "firstRecoverabilityPoint"},
	{CLUSTER | REDUCE_JUDGED, "status", "firstRecoverabilityPointByMethod"},
	{CLUSTER, "status", "lastFailedBackup"},
	{CLUSTER | REDUCE_JUDGED, "status", "pgDataImageInfo"},
	{CLUSTER | REDUCE_JUDGED, "status", "systemID"},

	{STORE, "spec", "configuration"},
	{STORE, "spec", "retentionPolicy"},
	{STORE, "spec", "instanceSidecarConfiguration"},
	{STORE, "status", "serverRecoveryWindow"},

	{SCHEDULE, "spec", "cluster"},
	{SCHEDULE, "spec", "schedule"},
	{SCHEDULE, "spec", "suspend"},
	{SCHEDULE, "spec", "immediate"},
	{SCHEDULE, "spec", "method"},
	{SCHEDULE, "spec", "pluginConfiguration"},
	{SCHEDULE, "spec", "backupOwnerReference"},
	{SCHEDULE, "spec", "target"},
};
const struct reduce_table reduce_table = {rows, ARRAY_LEN(rows)};

static bool is_named(const char *row, struct str key)
{
	struct str name = str_from(row);

	return str_eq(key, name) || (str_has_suffix(name, STR("/")) && str_has_prefix(key, name));
}

struct reducing {
	const struct reduce_table *table;
	bool neighbour;
	enum kind kind;
	struct obj root;
	struct copy *out;
};

static bool is_kept(const struct reducing *r, const char *of, struct str key)
{
	for (size_t i = 0; i < r->table->len; i++) {
		const struct reduce_row *row = &r->table->rows[i];

		if ((row->kinds & r->kind) && !(r->neighbour && (row->kinds & REDUCE_JUDGED)) &&
		    strcmp(row->of, of) == 0 && is_named(row->name, key))
			return true;
	}
	return false;
}

/* What is kept of the map at a path goes to the map that is open. */
static void copy_kept(const struct reducing *r, const char *of)
{
	struct obj map = obj_at(r->root, of);

	for (struct obj e = obj_first(map); obj_type(map) == OBJ_MAP && e.node; e = obj_next(e))
		if (is_kept(r, of, obj_key(e)))
			copy_member(r->out, e);
}

static void reduce(struct reducing r, struct arena *a, struct object *out)
{
	struct copy c;
	const enum kind kind = r.kind;
	const struct doc *doc = copy_begin(&c, a);

	r.out = &c;

	copy_text(&c, "apiVersion", str_from(kind_api(kind)->api_version));
	copy_text(&c, "kind", str_from(kind_name(kind)));
	copy_open(&c, "metadata");
	copy_kept(&r, "metadata");
	copy_open(&c, "annotations");
	copy_kept(&r, "metadata.annotations");
	copy_close(&c);
	copy_close(&c);
	copy_open(&c, "spec");
	copy_kept(&r, "spec");
	copy_close(&c);
	copy_open(&c, "status");
	copy_kept(&r, "status");
	copy_close(&c);
	bool read = object_read(doc_root(doc), out);
	BUG_IF(!read);
}

void object_reduce_by(const struct reduce_table *table, struct obj root, enum kind kind,
		      struct arena *a, struct object *out)
{
	reduce((struct reducing){.table = table, .kind = kind, .root = root}, a, out);
}

void object_reduce(struct obj root, enum kind kind, struct arena *a, struct object *out)
{
	object_reduce_by(&reduce_table, root, kind, a, out);
}

void object_reduce_neighbour(struct obj root, enum kind kind, struct arena *a, struct object *out)
{
	reduce(
		(struct reducing){
			.table = &reduce_table, .neighbour = true, .kind = kind, .root = root},
		a, out);
}
