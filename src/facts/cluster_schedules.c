/* The ScheduledBackups that name a Cluster. */
#include "facts/cluster.h"

#include "base/limits.h"

static void add_schedule(const struct known *k, struct cluster_schedules *out)
{
	struct obj spec = obj_at(k->object.root, "spec");
	struct str method = obj_text(spec, "method");

	if (k->object.kind != KIND_SCHEDULED_BACKUP)
		return;
	out->any = true;
	if (obj_true(spec, "suspend", false))
		return;
	if (str_is(method, "plugin")) {
		bool ours = str_is(obj_text(spec, "pluginConfiguration.name"), PLUGIN_NAME);

		if (!out->plugin && ours)
			out->plugin = k;
		out->others |= !ours;
	} else if (value_is_placeholder(method, NULL)) {
		out->others = true;
	} else if (str_is(method, "volumeSnapshot")) {
		if (!out->snapshot)
			out->snapshot = k;
	} else if (!out->in_tree) {
		out->in_tree = k;
	}
}

static void add_schedules(const struct rule_ctx *c, enum relation relation, struct str namespace,
			  struct cluster_schedules *out)
{
	enum kind kind = relation == REL_CLUSTER ? KIND_SCHEDULED_BACKUP : KIND_OTHER;
	struct view_iter it = view_each(c->view, relation, kind, namespace, c->object->name);
	const struct known *k;

	for (size_t i = 0; i < LIMIT_SHARERS && (k = view_next(&it)); i++)
		add_schedule(k, out);
}

/* Of those that are in the Cluster's namespace: does one of them name what is not known yet? */
static bool one_is_filled_in_later(const struct rule_ctx *c)
{
	struct view_iter it = view_each(c->view, REL_KIND, KIND_SCHEDULED_BACKUP,
					c->object->namespace, STR_EMPTY);
	const struct known *k;

	for (size_t i = 0; i < LIMIT_SHARERS && (k = view_next(&it)); i++)
		if (value_is_placeholder(obj_text(k->object.root, "spec.cluster.name"), NULL))
			return true;
	return value_is_placeholder(c->object->name, NULL);
}

void cluster_schedules(const struct rule_ctx *c, struct cluster_schedules *out)
{
	struct str namespace = c->object->namespace;

	if (value_is_placeholder(namespace, NULL))
	namespace = STR_EMPTY;
	*out = (struct cluster_schedules){0};
	if (!c->object->name.len)
		return;
	if (namespace.len) {
		add_schedules(c, REL_CLUSTER, namespace, out);
		add_schedules(c, REL_CLUSTER, STR_EMPTY, out);
	} else {
		add_schedules(c, REL_CLUSTER_NAME, STR_EMPTY, out);
	}
	out->unknowable = one_is_filled_in_later(c);
}
