/* The ScheduledBackups of a Cluster: what each does in the coming days, or why it does nothing. */
#include "internal.h"

#include "base/limits.h"
#include "base/utc.h"
#include "facts/cluster.h"

enum plan_method plan_method(struct obj spec)
{
	struct str method = obj_text(spec, "method");

	if (!method.len || str_is(method, "barmanObjectStore"))
		return PLAN_IN_TREE;
	if (str_is(method, "volumeSnapshot"))
		return PLAN_SNAPSHOT;
	return str_is(method, "plugin") &&
			       str_is(obj_text(spec, "pluginConfiguration.name"), PLUGIN_NAME)
		       ? PLAN_PLUGIN
		       : PLAN_OTHER;
}

/* What the Cluster lacks for this method; NULL: nothing. */
static const char *lacks(const struct rule_ctx *c, enum plan_method method)
{
	switch (method) {
	case PLAN_PLUGIN:
		return archive_by_plugin(c->archive) ? NULL
						     : "the Cluster has no enabled " PLUGIN_NAME
						       " with a barmanObjectName";
	case PLAN_IN_TREE:
		return c->archive->in_tree.node ? NULL
						: "the Cluster has no backup.barmanObjectStore";
	case PLAN_SNAPSHOT:
		return c->archive->volume_snapshot ? NULL
						   : "the Cluster has no backup.volumeSnapshot";
	case PLAN_OTHER:
		break;
	}
	return NULL;
}

/* What is filled in later; NULL: all is there that it takes to say what it makes. */
static const char *why_unknown(struct obj spec, const struct plan_schedule *s)
{
	if (value_is_placeholder(obj_text(spec, "suspend"), NULL))
		return "whether it is suspended is filled in later";
	if (value_is_placeholder(s->spec, NULL))
		return "its schedule is filled in later";
	if (value_is_placeholder(obj_text(spec, "method"), NULL) ||
	    value_is_placeholder(obj_text(spec, "pluginConfiguration.name"), NULL))
		return "its method is filled in later";
	return s->method == PLAN_OTHER ? "its method is not known here" : NULL;
}

static struct str why_idle(struct arena *a, const struct rule_ctx *c, struct obj spec,
			   struct plan_schedule *s)
{
	struct buf message = BUF_ARENA(a);
	const char *unknown = why_unknown(spec, s), *lack = lacks(c, s->method);
	struct cron cron;
	int64_t next;

	if (obj_true(spec, "suspend", false))
		return STR("it is suspended");
	if (cluster_is_hibernated(c->object))
		return STR("the Cluster is hibernated");
	s->unknown = unknown != NULL;
	if (unknown)
		return str_from(unknown);
	if (cron_parse(s->spec, &cron, &message) != CRON_OK)
		return arena_fmt(a, "CloudNativePG refuses its schedule: %.*s",
				 STR_ARG(buf_slice(&message)));
	if (lack)
		return str_from(lack);
	return cron_next(&cron, c->now, &next) ? STR_EMPTY : STR("it never fires");
}

bool plan_begin(const struct plan_schedule *s, const struct cron *cron, int64_t now, int64_t *out)
{
	*out = now;
	if (!cron->every)
		return true;
	if (!s->last || s->last > now)
		return false;
	*out = now - (now - s->last) % cron->every;
	return true;
}

static void run(const struct plan_options *o, struct plan_schedule *s)
{
	struct cron cron;
	int64_t t;

	if (s->idle.len || cron_parse(s->spec, &cron, NULL) != CRON_OK)
		return;
	s->runs = cron_gaps(&cron, o->now, o->days).activations;
	if (!plan_begin(s, &cron, o->now, &t))
		return;
	while (s->next_len < PLAN_NEXT && cron_next(&cron, t, &t))
		s->next[s->next_len++] = t;
}

struct schedules {
	struct arena *arena;
	const struct rule_ctx *c;
	const struct plan_options *options;
	struct plan_cluster *out;
	struct plan_schedule *items;
	size_t len;
};

static void add(void *ctx, const struct known *k)
{
	struct schedules *to = ctx;
	struct obj spec = obj_at(k->object.root, "spec");
	struct arena *a = to->arena;

	if (k->object.part || to->len == LIMIT_SHARERS)
		return;
	struct plan_schedule *s = &to->items[to->len++];
	*s = (struct plan_schedule){.name = arena_str(a, k->object.name),
				    .spec = arena_str(a, obj_text(spec, "schedule")),
				    .target = arena_str(a, obj_text(spec, "target")),
				    .method = plan_method(spec),
				    .immediate = obj_true(spec, "immediate", false)};
	s->idle = why_idle(a, to->c, spec, s);
	s->fills = !s->idle.len && to->out->archive.len &&
		   s->method == (to->out->in_tree ? PLAN_IN_TREE : PLAN_PLUGIN);
	if (!utc_parse(obj_text(k->object.root, "status.lastCheckTime"), &s->last))
		s->last = 0;
	to->out->schedules_unknown |= s->unknown;
	run(to->options, s);
}

void plan_schedules_read(struct arena *a, const struct rule_ctx *c, const struct plan_options *o,
			 struct plan_cluster *out)
{
	struct schedules to = {.arena = a,
			       .c = c,
			       .options = o,
			       .out = out,
			       .items = ARENA_ARRAY(a, struct plan_schedule, LIMIT_SHARERS)};

	cluster_each_schedule(c->view, c->object, add, &to);
	out->schedules = to.items;
	out->schedules_len = to.len;
}
