/* The schedules of the new Cluster: those of the old one under names of its own, and one a day
 * where none of them makes base backups in the archive. They are not in the manifest: a backup of a
 * Cluster that is still being restored fails. */
#include "internal.h"

#define MOST_NAME 48 /* bytes that fit into every label that is made of it (cnpg#9343) */

/* "db-daily" of Cluster db is "db-restored-daily" of db-restored. */
static struct str name_of(const struct restore *r, struct str old, size_t number)
{
	struct str cluster = restore_cluster(r)->name, name;

	if (str_has_prefix(old, cluster))
		name = arena_fmt(r->arena, "%.*s%.*s", STR_ARG(r->as),
				 STR_ARG(str_slice(old, cluster.len, old.len)));
	else
		name = arena_fmt(r->arena, "%.*s-%.*s", STR_ARG(r->as), STR_ARG(old));
	if (name.len > MOST_NAME)
		name = arena_fmt(r->arena, "%.*s-s%zu", STR_ARG(str_slice(r->as, 0, MOST_NAME - 8)),
				 number);
	return name;
}

/* Up to what is left of spec. */
static void begin(struct restore *r, struct emit *e, struct str name)
{
	const struct kind_api *api = kind_api(KIND_SCHEDULED_BACKUP);

	if (r->schedules_len++)
		emit_document(e);
	emit_text(e, "apiVersion", str_from(api->api_version));
	emit_text(e, "kind", str_from(api->name));
	emit_map(e, "metadata");
	emit_text(e, "name", name);
	if (r->namespace.len)
		emit_text(e, "namespace", r->namespace);
	emit_close(e);
	emit_map(e, "spec");
	emit_map(e, "cluster");
	emit_text(e, "name", r->as);
	emit_close(e);
}

static void copy(struct restore *r, struct emit *e, const struct known *k)
{
	struct obj spec = obj_at(k->object.root, "spec");

	begin(r, e, name_of(r, k->object.name, r->schedules_len + 1));
	for (struct obj m = obj_first(spec); m.node; m = obj_next(m))
		if (!str_is(obj_key(m), "cluster") && !str_is(obj_key(m), "immediate"))
			emit_member(e, obj_key(m), m);
	emit_close(e);
}

static void once_a_day(struct restore *r, struct emit *e)
{
	struct str owner = r->policy ? policy_params(r->policy)->owner_reference : STR_EMPTY;

	begin(r, e,
	      name_of(r, arena_fmt(r->arena, "%.*s-backup", STR_ARG(restore_cluster(r)->name)), 1));
	emit_text(e, "schedule", STR("0 0 3 * * *"));
	emit_text(e, "backupOwnerReference", owner.len ? owner : STR("cluster"));
	emit_text(e, "method", r->by_plugin ? STR("plugin") : STR("barmanObjectStore"));
	if (r->by_plugin) {
		emit_map(e, "pluginConfiguration");
		emit_text(e, "name", STR(PLUGIN_NAME));
		emit_close(e);
	}
	emit_close(e);
}

struct view_iter restore_each_schedule(const struct restore *r)
{
	const struct object *o = restore_cluster(r);

	return view_each(&r->view, REL_CLUSTER, KIND_SCHEDULED_BACKUP, o->namespace, o->name);
}

/* It makes base backups where the Cluster archives. */
static bool fills_archive(const struct restore *r, struct obj spec)
{
	struct str method = obj_text(spec, "method");

	if (!r->by_plugin)
		return !method.len || str_is(method, "barmanObjectStore");
	return str_is(method, "plugin") &&
	       str_is(obj_text(spec, "pluginConfiguration.name"), PLUGIN_NAME);
}

void restore_write_schedules(struct restore *r)
{
	struct view_iter it = restore_each_schedule(r);
	struct emit e = EMIT(&r->schedules);
	bool any = false;

	for (const struct known *k; (k = view_next(&it));) {
		if (obj_true(k->object.root, "spec.suspend", false) || k->object.part)
			continue;
		any |= fills_archive(r, obj_at(k->object.root, "spec"));
		if (!r->in_place)
			copy(r, &e, k);
	}
	if (!any)
		once_a_day(r, &e);
}
