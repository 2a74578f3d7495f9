/* What is seen of a Cluster while the objects beside it are there. */
#include "framework_internal.h"

#include "base/utc.h"
#include "cnpg/archive.h"
#include "cnpg/view.h"
#include "facts/cluster.h"
#include "facts/schedule_set.h"
#include "facts/store.h"
#include "report/writers.h"
#include "rules/params.h"

enum { KEPT_DAYS = 35 };

static enum framework_is is(bool met)
{
	return met ? IS_MET : IS_NOT_MET;
}

static struct framework_object kept_name(struct arena *a, const struct object *o)
{
	return (struct framework_object){arena_str(a, o->namespace), arena_str(a, o->name)};
}

/* What the Cluster has not set up makes no backup, and of another plugin nothing is known. */
static bool makes(const struct object *cluster, const struct archive *archive, struct obj schedule)
{
	struct str method = obj_text(schedule, "spec.method");

	if (str_is(method, "plugin"))
		return archive_by_plugin(archive) &&
		       str_is(obj_text(schedule, "spec.pluginConfiguration.name"), PLUGIN_NAME);
	if (str_is(method, "volumeSnapshot"))
		return obj_type(obj_at(cluster->root, "spec.backup.volumeSnapshot")) == OBJ_MAP;
	return archive->in_tree.node && (!method.len || str_is(method, "barmanObjectStore"));
}

/* What is filled in later may suspend it, or make it run each hour. */
static bool is_open(struct obj schedule)
{
	static const char *const paths[] = {"spec.suspend", "spec.schedule", "spec.method",
					    "spec.pluginConfiguration.name"};
	bool open = false;

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		open |= value_is_placeholder(obj_text(schedule, paths[i]), NULL);
	return open;
}

/* Of an open one nobody knows whether it makes them more often. */
static enum framework_is at_most(int64_t gap, int64_t most, bool open)
{
	return gap <= most ? IS_MET : open ? IS_NOT_KNOWN : IS_NOT_MET;
}

static void schedules(const struct view *v, const struct object *o, const struct archive *archive,
		      struct arena *a, int64_t now, struct framework_cluster *out)
{
	struct view_iter it =
		view_each(v, REL_CLUSTER, KIND_SCHEDULED_BACKUP, o->namespace, o->name);
	struct schedule_set set = {0};
	bool open = false;
	size_t cap = 4;
	struct framework_object *names = ARENA_ARRAY(a, struct framework_object, cap);

	/* the operator makes none while it is hibernated */
	bool asleep = cluster_is_hibernated(o);

	for (const struct known *k; (k = view_next(&it));) {
		if (out->schedules_len == cap) {
			struct framework_object *more =
				ARENA_ARRAY(a, struct framework_object, cap *= 2);

			for (size_t i = 0; i < out->schedules_len; i++)
				more[i] = names[i];
			names = more;
		}
		names[out->schedules_len++] = kept_name(a, &k->object);
		out->snapshots |= str_is(obj_text(k->object.root, "spec.method"), "volumeSnapshot");
		if (is_open(k->object.root))
			open = true;
		else if (!asleep && makes(o, archive, k->object.root))
			schedule_set_add(&set, k->object.root, k->object.name, now);
	}
	out->schedules = names;
	if (set.least) {
		int64_t gap = schedule_set_gap(&set, now);

		out->facts[FACT_SCHEDULED] = IS_MET;
		out->facts[FACT_DAILY] = at_most(gap, UTC_DAY, open);
		out->facts[FACT_WEEKLY] = at_most(gap, 7 * UTC_DAY, open);
	} else if (!out->schedules_len && !view_is_blind(v, KIND_SCHEDULED_BACKUP) &&
		   view_knows(v, KIND_SCHEDULED_BACKUP, o->namespace) == KNOWN_ALL) {
		out->facts[FACT_SCHEDULED] = out->facts[FACT_DAILY] = out->facts[FACT_WEEKLY] =
			IS_NOT_MET;
	}
}

/* Where nothing says when it goes it stays. */
static enum framework_is kept(struct obj policy)
{
	int64_t days = retention_days(obj_text(policy, ""));

	if (obj_type(policy) <= OBJ_NULL_VALUE)
		return IS_MET;
	return days ? is(days >= KEPT_DAYS) : IS_NOT_KNOWN;
}

static bool asks_for_encryption(struct obj configuration, const char *path)
{
	struct str how = obj_text(configuration, path);

	return str_is(how, "AES256") || str_is(how, "aws:kms");
}

/* A bucket may encrypt by itself, and what is not AWS may not do what it is told. */
static enum framework_is encrypted(struct obj configuration)
{
	struct str host;

	return store_kind(configuration) == STORE_S3 && !store_foreign_host(configuration, &host) &&
			       asks_for_encryption(configuration, "wal.encryption") &&
			       asks_for_encryption(configuration, "data.encryption")
		       ? IS_MET
		       : IS_NOT_KNOWN;
}

static void live(int64_t now, const struct report_cluster *row, const struct probe *p,
		 enum framework_is facts[FACTS])
{
	int64_t age = now - row->last_backup;

	if ((row->last_backup || !row->backups_unknown) && age >= -UTC_DAY) {
		facts[FACT_TODAY] = is(row->last_backup && age <= UTC_DAY);
		facts[FACT_THIS_WEEK] = is(row->last_backup && age <= 7 * UTC_DAY);
	}
	if (row->wal != WAL_UNKNOWN)
		facts[FACT_WAL] = is(row->wal == WAL_ARCHIVED);
	if (row->archive && servers_known(row->archive))
		facts[FACT_STORED] = is(row->archive->windows_len);
	if (p && p->lock == PROBE_ON && p->lock_days)
		facts[FACT_LOCKED] = IS_MET;
}

static void append(struct framework_clusters *all, struct framework_cluster *first,
		   struct framework_cluster *last)
{
	if (all->last)
		all->last->next = first;
	else
		all->first = first;
	all->last = last;
}

void framework_look(struct report *r, const struct view *v, const struct object *o,
		    const struct report_cluster *row, int64_t now)
{
	struct framework_cluster *c;
	const struct known *store;
	struct archive archive;

	if (!r->framework)
		return;
	c = ARENA_NEW(r->arena, struct framework_cluster);
	c->namespace = arena_str(r->arena, o->namespace);
	c->name = arena_str(r->arena, o->name);
	archive_resolve(o, &archive);
	schedules(v, o, &archive, r->arena, now, c);
	store = view_store(v, o, &archive.place);
	if (archive_by_plugin(&archive)) {
		if (store) {
			c->store = kept_name(r->arena, &store->object);
			c->facts[FACT_KEPT] =
				kept(obj_at(store->object.root, "spec.retentionPolicy"));
			c->facts[FACT_ENCRYPTED] =
				encrypted(store_configuration_of(&store->object));
		}
	} else if (archive.in_tree.node) {
		c->facts[FACT_KEPT] = kept(obj_at(o->root, "spec.backup.retentionPolicy"));
		c->facts[FACT_ENCRYPTED] = encrypted(archive.in_tree);
	}
	if (row)
		live(now, row, probes_find(&r->stores, o->namespace, c->store.name, o->name),
		     c->facts);
	if (c->snapshots) /* of which the store knows nothing */
		c->facts[FACT_ENCRYPTED] = c->facts[FACT_LOCKED] = IS_NOT_KNOWN;
	append(&r->framed, c, c);
}

void framework_merge(struct report *r, const struct report *from, struct str context)
{
	for (struct framework_cluster *c = from->framed.first; c; c = c->next)
		c->context = context;
	if (from->framed.first)
		append(&r->framed, from->framed.first, from->framed.last);
}
