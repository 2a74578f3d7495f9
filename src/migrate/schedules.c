/* What becomes of the ScheduledBackups and Backups of a Cluster. */
#include "internal.h"

#include "cnpg/view.h"

static const char block[] = "pluginConfiguration:\n  name: " PLUGIN_NAME "\n";

/* One that is to be changed, and the Clusters that it may mean. */
struct owned {
	struct migrate *m;
	const struct held *held;
	struct str called; /* "ScheduledBackup daily (db.yaml:3)" */
	struct migration **owners;
	size_t len;
	bool others; /* it may be of Clusters that are not seen, too */
};

static bool same_namespace(struct str a, struct str b)
{
	return !a.len || !b.len || str_eq(a, b) || value_is_placeholder(a, NULL) ||
	       value_is_placeholder(b, NULL);
}

/* A variable may become any name that begins as it does. */
static bool same_name(struct str name, struct str of)
{
	struct str part;

	if (value_is_placeholder(name, &part))
		return str_has_prefix(of, str_slice(name, 0, (size_t)(part.ptr - name.ptr)));
	return !name.len || str_eq(name, of);
}

static bool has_archive(const struct use *use)
{
	return obj_at(use->object.root, "spec.backup.barmanObjectStore").node != NULL;
}

static bool may_mean(const struct migration *of, struct str namespace, struct str name)
{
	for (const struct use *u = of->held ? of->held->uses : NULL; u; u = u->next)
		if (has_archive(u) && same_namespace(namespace, u->object.namespace) &&
		    same_name(name, u->object.name))
			return true;
	return false;
}

static bool is_use_of(const struct migration *of, const struct known *k)
{
	for (const struct use *u = of->held ? of->held->uses : NULL; u; u = u->next)
		if (has_archive(u) && u->object.root.node == k->object.root.node)
			return true;
	return false;
}

static void add_owner(struct owned *o, struct migration *of)
{
	for (size_t i = 0; i < o->len; i++)
		if (o->owners[i] == of)
			return;
	o->owners[o->len++] = of;
}

/* What is rendered together with its Cluster means that one; else it may be any of that name. */
static void find_owners(struct owned *o, const struct use *use)
{
	struct view view = {.inventory = o->m->placed->inventory, .bundle = use->bundle};
	struct str namespace = use->object.namespace;
	struct str name = obj_text(use->object.root, "spec.cluster.name");
	const struct known *k = view_find(&view, KIND_CLUSTER, namespace, name);
	bool together = k && k->bundle == use->bundle;
	size_t before = o->len;

	for (struct migration *of = o->m->first; of; of = of->next)
		if (together ? is_use_of(of, k) : may_mean(of, namespace, name))
			add_owner(o, of);
	if (!together && (!k || value_is_placeholder(name, NULL)))
		o->others |= o->len == before || !name.len || value_is_placeholder(name, NULL);
}

enum method method_of(struct obj root)
{
	struct str method = STR_EMPTY;
	enum obj_is is = obj_str(root, "spec.method", &method);

	if (is == OBJ_ABSENT || is == OBJ_NULL || str_is(method, "barmanObjectStore"))
		return METHOD_IN_TREE;
	return str_is(method, "plugin") || str_is(method, "volumeSnapshot") ? METHOD_OTHER
									    : METHOD_UNKNOWN;
}

/* As it is written, and as it is applied. */
static enum method worst_method(const struct held *h)
{
	enum method worst = method_of(h->object.root);

	for (const struct use *u = h->uses; u; u = u->next) {
		enum method method = method_of(u->object.root);

		worst = method == METHOD_OTHER ? worst : worst == METHOD_OTHER ? method : worst;
	}
	return worst;
}

static bool concerns(const struct held *h)
{
	const struct object *o = &h->object;

	if (!o->root.node || !(o->kind == KIND_SCHEDULED_BACKUP || o->kind == KIND_BACKUP) ||
	    object_is_from_schedule(o) || worst_method(h) == METHOD_OTHER)
		return false;
	/* a patch that says nothing of what is looked for */
	return !o->part || obj_at(o->root, "spec.method").node ||
	       obj_at(o->root, "spec.cluster").node;
}

static void refuse_all(const struct owned *o, const char *why)
{
	for (size_t i = 0; i < o->len; i++)
		migration_refuse(o->m, o->owners[i], "%.*s may be one of it: %s",
				 STR_ARG(o->called), why);
}

/* They are migrated together, or none is. */
static bool are_together(const struct owned *o)
{
	const struct migration *left = NULL;

	for (size_t i = 0; i < o->len; i++)
		if (o->owners[i]->refused.len)
			left = o->owners[i];
	for (size_t i = 0; left && i < o->len; i++)
		migration_refuse(
			o->m, o->owners[i],
			"%.*s may be one of it, and of Cluster %.*s (%.*s:%u), which is left alone",
			STR_ARG(o->called), STR_ARG(left->called), STR_ARG(left->file), left->line);
	return !left;
}

static bool is_plain(const struct owned *o, const struct text *text)
{
	static const char *const paths[] = {"spec.cluster", "spec.method",
					    "spec.pluginConfiguration"};
	const struct object *object = &o->held->object;
	struct migration *of = o->owners[0];
	const char *closed = texts_closed(text);

	if (method_of(object->root) == METHOD_UNKNOWN)
		refuse_all(o, "its spec.method is filled in later");
	else if (closed)
		refuse_all(o, closed);
	else if (object->misnamed)
		refuse_all(o, "its apiVersion is none of CloudNativePG's");
	else if (object->part)
		refuse_all(o, "a part of it stands in another file");
	else if (obj_at(object->root, "spec.pluginConfiguration").node)
		refuse_all(o, "it has a pluginConfiguration, and not the method of one");
	for (size_t i = 0; i < ARRAY_LEN(paths) && !of->refused.len; i++)
		migration_need_written(o->m, of, o->held, paths[i]);
	return !of->refused.len;
}

static void plan(const struct owned *o)
{
	struct migrate *m = o->m;
	struct text *text = texts_find(m, o->held->file->name);
	struct obj root = o->held->object.root, method = obj_at(root, "spec.method");
	struct obj behind = method.node ? method : obj_at(root, "spec.cluster");
	struct str lines =
		method.node ? str_from(block) : arena_fmt(m->arena, "method: plugin\n%s", block);
	struct edit *edits = NULL;

	if (!is_plain(o, text))
		return;
	if (!migration_edit(m, &edits,
			    (struct edit){.kind = EDIT_BEHIND, .at = behind, .root = root},
			    lines) ||
	    (method.node && !migration_edit(m, &edits,
					    (struct edit){.kind = EDIT_TEXT,
							  .at = method,
							  .text = STR("plugin"),
							  .root = root},
					    STR_EMPTY))) {
		refuse_all(o, "what it would become cannot be read again");
		return;
	}
	migration_change(m, o->owners[0], text, edits);
	migration_tell(o->owners[0], "%.*s uses the plugin", STR_ARG(o->called));
}

static struct str called(const struct migrate *m, const struct held *h)
{
	return arena_fmt(m->arena, "%.*s %.*s (%.*s:%u)", STR_ARG(h->object.kind_name),
			 STR_ARG(h->object.name), STR_ARG(h->file->name),
			 obj_pos(h->object.root).line);
}

/* What was applied cannot be changed, and has done what it was for. */
static void tell_backup(const struct owned *o)
{
	if (o->others)
		return;
	for (size_t i = 0; i < o->len; i++)
		migration_tell(
			o->owners[i],
			"%.*s stays as it is, since one that was applied cannot be changed, and check denies it then: one that is yet to be applied needs method: plugin",
			STR_ARG(o->called));
}

static void plan_held(struct migrate *m, const struct held *h)
{
	size_t all = 0;

	if (!concerns(h))
		return;
	for (const struct migration *of = m->first; of; of = of->next)
		all++;
	struct owned o = {.m = m,
			  .held = h,
			  .called = called(m, h),
			  .owners = ARENA_ARRAY(m->arena, struct migration *, all + 1)};
	for (const struct use *u = h->uses; u; u = u->next)
		find_owners(&o, u);
	if (!o.len)
		return;
	if (h->object.kind == KIND_BACKUP)
		tell_backup(&o);
	else if (o.others)
		refuse_all(&o, "of which Cluster it is, is not known, or filled in later");
	else if (are_together(&o))
		plan(&o);
}

void schedules_note(struct migrate *m, struct str file, struct obj root)
{
	static const char kind[] = "ScheduledBackupList";
	bool cnpg = str_has_prefix(obj_text(root, "apiVersion"), STR("postgresql.cnpg.io/"));

	m->lists += str_is(obj_text(root, "kind"), "ClusterList") && cnpg;
	if (!str_is(obj_text(root, "kind"), kind) || !cnpg)
		return;
	for (struct obj i = obj_first(obj_at(root, "items")); i.node; i = obj_next(i)) {
		struct stray s = {.namespace =
					  arena_str(m->arena, obj_text(i, "metadata.namespace")),
				  .cluster = arena_str(m->arena, obj_text(i, "spec.cluster.name"))};

		s.called = arena_fmt(m->arena, "ScheduledBackup %.*s (%.*s:%u)",
				     STR_ARG(obj_text(i, "metadata.name")), STR_ARG(file),
				     obj_pos(i).line);
		if (method_of(i) != METHOD_OTHER)
			buf_add(&m->strays, &s, sizeof s);
	}
}

static void refuse_strays(struct migrate *m)
{
	const struct stray *strays = (const struct stray *)(const void *)m->strays.ptr;

	for (size_t i = 0; i < m->strays.len / sizeof *strays; i++)
		for (struct migration *of = m->first; of; of = of->next)
			if (may_mean(of, strays[i].namespace, strays[i].cluster))
				migration_refuse(
					m, of,
					"%.*s may be one of it: write it as a document of its own, not in a ScheduledBackupList",
					STR_ARG(strays[i].called));
}

void plan_schedules(struct migrate *m)
{
	const struct catalog *c = m->placed->catalog;

	refuse_strays(m);
	for (size_t i = 0; i < c->len; i++)
		for (const struct held *h = c->files[i].first; h; h = h->next)
			plan_held(m, h); /* what charts make is planned with their Clusters */
}
