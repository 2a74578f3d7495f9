/* The ScheduledBackups that name a Cluster. */
#include "facts/cluster.h"

#include "base/limits.h"

static void add_schedule(void *ctx, const struct known *k)
{
	struct cluster_schedules *out = ctx;
	struct obj spec = obj_at(k->object.root, "spec");
	struct str method = obj_text(spec, "method");

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

/* `own`: of the view's bundle, or of any other. Returns how many. */
static size_t each_of(struct view_iter it, bool own, cluster_schedule_fn *each, void *ctx)
{
	const struct known *k;
	size_t count = 0;

	for (size_t i = 0; i < LIMIT_SHARERS && (k = view_next(&it)); i++)
		if (k->object.kind == KIND_SCHEDULED_BACKUP &&
		    own == (k->bundle == it.view->bundle)) {
			each(ctx, k);
			count++;
		}
	return count;
}

void cluster_each_schedule(const struct view *v, const struct object *cluster,
			   cluster_schedule_fn *each, void *ctx)
{
	struct str namespace = cluster->namespace, name = cluster->name;
	bool known = namespace.len && !value_is_placeholder(namespace, NULL);
	enum relation relation = known ? REL_CLUSTER : REL_CLUSTER_NAME;
	enum kind kind = known ? KIND_SCHEDULED_BACKUP : KIND_OTHER;
	struct view_iter it = view_each(v, relation, kind, known ? namespace : STR_EMPTY, name);
	struct view_iter none = view_each(v, relation, kind, STR_EMPTY, name);

	if (!name.len)
		return;
	if (each_of(it, true, each, ctx) == 0 || known)
		each_of(it, false, each, ctx);
	if (known) {
		each_of(none, true, each, ctx);
		each_of(none, false, each, ctx);
	}
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
	*out = (struct cluster_schedules){0};
	if (!c->object->name.len)
		return;
	cluster_each_schedule(c->view, c->object, add_schedule, out);
	out->unknowable = one_is_filled_in_later(c);
}
