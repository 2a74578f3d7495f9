/* What the Clusters that use an ObjectStore say about it. */
#include "rules/checks.h"
#include "rules/schedule.h"
#include "rules/store.h"

#include "base/arena.h"
#include "base/limits.h"

#include <inttypes.h>

#define DAY INT64_C(86400)
#define ENV "spec.instanceSidecarConfiguration.env"
#define GAP_DAYS 400 /* a year, and a month for what a schedule does around its end */

/* False ends the walk. */
typedef bool user_fn(void *ctx, const struct known *cluster);

static bool walk(struct view_iter it, user_fn *each, void *ctx)
{
	const struct known *k;
	size_t seen = 0;

	for (; seen < LIMIT_USERS && (k = view_next(&it)); seen++)
		if (!each(ctx, k))
			return false;
	return seen < LIMIT_USERS;
}

/* Every Cluster that names ObjectStore `name` of the namespace of `c`, or of one that may be the
 * same. True when all were seen. */
static bool each_user(const struct rule_ctx *c, struct str name, user_fn *each, void *ctx)
{
	struct str in = c->object->namespace;

	if (!in.len || value_is_placeholder(in, NULL))
		return walk(view_each(c->view, REL_STORE_NAME, KIND_OTHER, STR_EMPTY, name), each,
			    ctx);
	return walk(view_each(c->view, REL_STORE, KIND_OTHER, in, name), each, ctx) &&
	       walk(view_each(c->view, REL_STORE, KIND_OTHER, STR_EMPTY, name), each, ctx);
}

static bool is_none(void *ctx, const struct known *cluster)
{
	(void)ctx, (void)cluster;
	return false;
}

static bool archives_to(const struct known *cluster, struct str name)
{
	return cluster->archive->enabled_entries && str_eq(cluster->archive->place.store, name);
}

static bool is_no_archive(void *ctx, const struct known *cluster)
{
	const struct rule_ctx *c = ctx;

	return !archives_to(cluster, c->object->name);
}

/* Nobody says in which store it is. */
static bool may_have_others(const struct rule_ctx *c)
{
	return value_is_placeholder(c->object->name, NULL) ||
	       !each_user(c, STR_EMPTY, is_none, NULL);
}

bool store_is_no_archive(const struct rule_ctx *c)
{
	struct rule_ctx copy = *c;

	return c->view &&
	       view_knows(c->view, KIND_CLUSTER, c->object->namespace) != KNOWN_NOTHING &&
	       each_user(c, c->object->name, is_no_archive, &copy) && !may_have_others(c);
}

static bool reads(const struct archive_source *source, struct str name)
{
	return source->plugin && str_eq(source->place.store, name);
}

static bool is_no_reader(void *ctx, const struct known *cluster)
{
	const struct rule_ctx *c = ctx;
	const struct archive *a = cluster->archive;

	return !reads(&a->recovery, c->object->name) && !reads(&a->replica, c->object->name);
}

bool store_is_only_read(const struct rule_ctx *c)
{
	struct rule_ctx copy = *c;

	return store_is_no_archive(c) && !each_user(c, c->object->name, is_no_reader, &copy);
}

/* What names it without using it. */
static const struct known *mention(const struct rule_ctx *c)
{
	struct view_iter it = view_each(c->view, REL_STORE_MENTION, KIND_OTHER,
					c->object->namespace, c->object->name);

	return view_next(&it);
}

void check_objectstore_unused(const struct rule_ctx *c)
{
	struct str name = c->object->name;
	const struct known *by;
	struct finding *f;

	if (view_knows(c->view, KIND_CLUSTER, c->object->namespace) == KNOWN_NOTHING ||
	    !each_user(c, name, is_none, NULL) || may_have_others(c))
		return;
	by = mention(c);
	f = finding_add(c, c->root, "metadata.name",
			"no Cluster archives to ObjectStore %.*s, nor reads from it",
			STR_ARG(name));
	if (!by)
		finding_effect(c, f, "nothing is ever written to it");
	else if (by->object.kind == KIND_CLUSTER)
		finding_effect(
			c, f,
			"Cluster %.*s names it in an external cluster that nothing refers to: nothing is ever written to it",
			STR_ARG(by->object.name));
	else
		finding_effect(
			c, f,
			"%s %.*s names it in parameters that the plugin does not read: nothing is ever written to it",
			kind_name(by->object.kind), STR_ARG(by->object.name));
	finding_fix(
		c, f,
		"barmanObjectName: %.*s on the plugin of the Cluster that is to archive there - or remove it; a second copy is the bucket's replication",
		STR_ARG(name));
}

struct gap {
	const struct rule_ctx *c;
	int64_t longest; /* of the Cluster for which it is longest; 0: none is known */
	struct str cluster;
	size_t looked; /* schedules; of all Clusters together at most LIMIT_NEIGHBOURS */
};

/* The longest time between two backups of one schedule; 0 when it makes none, -1 when it cannot be
 * told. */
static int64_t gap_of(const struct rule_ctx *c, const struct object *schedule)
{
	struct obj spec = obj_at(schedule->root, "spec");
	struct str text;
	struct cron cron;
	struct cron_gaps gaps;
	int64_t next;

	if (obj_true(spec, "suspend", false) || !str_is(obj_text(spec, "method"), "plugin") ||
	    !str_is(obj_text(spec, "pluginConfiguration.name"), PLUGIN_NAME))
		return 0;
	if (obj_str(spec, "schedule", &text) != OBJ_SET || value_is_placeholder(text, NULL))
		return -1;
	if (cron_parse(text, &cron, NULL) != CRON_OK || !cron_next(&cron, c->now, &next))
		return 0;
	gaps = cron_gaps(&cron, c->now, GAP_DAYS);
	return gaps.longest ? gaps.longest : GAP_DAYS * DAY;
}

/* Of all schedules of a Cluster the densest counts. */
static bool add_gap(void *ctx, const struct known *cluster)
{
	struct gap *gap = ctx;
	struct view_iter it = view_each(gap->c->view, REL_CLUSTER, KIND_SCHEDULED_BACKUP,
					cluster->object.namespace, cluster->object.name);
	int64_t densest = 0;

	if (!archives_to(cluster, gap->c->object->name))
		return true;
	for (const struct known *k; (k = view_next(&it));) {
		int64_t longest;

		if (gap->looked++ == LIMIT_NEIGHBOURS) /* a denser one may follow */
			return false;
		longest = gap_of(gap->c, &k->object);
		if (longest < 0)
			return true;
		if (longest && (!densest || longest < densest))
			densest = longest;
	}
	if (densest > gap->longest) {
		gap->longest = densest;
		gap->cluster = cluster->object.name;
	}
	return true;
}

void check_retention_shorter_than_interval(const struct rule_ctx *c)
{
	struct gap gap = {.c = c};
	struct str policy = obj_text(c->root, "spec.retentionPolicy");
	struct buf length = BUF_ARENA(c->arena);
	int64_t kept = retention_days(policy) * DAY;
	struct finding *f;

	if (!kept || value_is_placeholder(policy, NULL))
		return;
	each_user(c, c->object->name, add_gap, &gap);
	if (kept >= 2 * gap.longest)
		return;
	schedule_duration(gap.longest, &length);
	f = finding_add(
		c, c->root, "spec.retentionPolicy",
		"retentionPolicy %.*s is %s the longest time between base backups of Cluster %.*s (%.*s)",
		STR_ARG(policy), kept < gap.longest ? "shorter than" : "less than twice",
		STR_ARG(gap.cluster), STR_ARG(buf_slice(&length)));
	finding_effect(
		c, f,
		kept < gap.longest
			? "only one or two base backups ever exist: if the newest is damaged there may be no other, and a restore replays up to %.*s of WAL"
			: "at times only two base backups exist: if the newer is damaged, a restore replays more than %.*s of WAL",
		STR_ARG(buf_slice(&length)));
	finding_fix(c, f, "retentionPolicy: %" PRId64 "d - or a schedule that runs more often",
		    (2 * gap.longest + DAY - 1) / DAY);
	if (kept >= gap.longest)
		finding_at_most(f, SEV_INFO);
}

struct envs {
	const struct rule_ctx *c;
	const char *name;
	struct str *value;
	enum env_is is;
};

/* What the other stores of a Cluster set: its sidecar gets the env of them all. */
static bool add_env(void *ctx, const struct known *cluster)
{
	struct envs *e = ctx;
	const struct archive *a = cluster->archive;
	const struct archive_place *const places[] = {&a->place, &a->recovery.place,
						      &a->replica.place};
	enum env_is is = ENV_ABSENT;

	for (size_t i = 0; i < ARRAY_LEN(places) && is != ENV_SET; i++) {
		const struct known *store = view_store(e->c->view, &cluster->object, places[i]);

		if (!places[i]->store.len || str_eq(places[i]->store, e->c->object->name))
			continue;
		is = store ? store_env(obj_at(store->object.root, ENV), e->name, e->value)
			   : ENV_UNKNOWN;
	}
	e->is = is;
	return is != ENV_ABSENT;
}

enum env_is store_sidecar_env(const struct rule_ctx *c, const char *name, struct str *value)
{
	struct envs e = {.c = c, .name = name, .value = value, .is = ENV_ABSENT};
	enum env_is own = store_env(obj_at(c->root, ENV), name, value);

	if (own != ENV_ABSENT || !c->view || c->object->kind != KIND_OBJECT_STORE)
		return own;
	each_user(c, c->object->name, add_env, &e);
	return e.is;
}
