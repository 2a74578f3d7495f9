/* Two schedules that make the same backup at the same time. */
#include "base/limits.h"
#include "base/utc.h"
#include "facts/schedule.h"

#define DUPLICATE_DAYS 400 /* each day of a year, and then some */

/* Both in all but the day: what is left is on which days the two run. */
static bool same_times(const struct cron *a, const struct cron *b, struct cron *out)
{
	static const enum cron_field times[] = {CRON_SECOND, CRON_MINUTE, CRON_HOUR, CRON_MONTH};

	*out = *a;
	for (size_t i = 0; i < ARRAY_LEN(times); i++)
		if (!(out->set[times[i]] &= b->set[times[i]]))
			return false;
	return true;
}

/*
 * The first activation of both after `now`. The two are narrowed to the times of day that they
 * share, so that one is ahead of the other by days, never by seconds: each step skips a day at
 * least. What runs by a period ("@every") has no time of its own.
 */
static bool meet(const struct cron *a, const struct cron *b, int64_t now, int64_t *when)
{
	struct cron x, y;
	int64_t at, other, end = now + (int64_t)DUPLICATE_DAYS * UTC_DAY;

	if (a->every || b->every || !same_times(a, b, &x) || !same_times(b, a, &y) ||
	    !cron_next(&x, now, &at))
		return false;
	while (at < end && cron_next(&y, at - 1, &other) && other < end) {
		if (at == other) {
			*when = at;
			return true;
		}
		if (!cron_next(&x, other - 1, &at))
			return false;
	}
	return false;
}

/* Both make the same kind of backup, at the same place: as far as one Cluster has one store. */
static bool same_target(const struct rule_ctx *c, const struct rule_ctx *other)
{
	static const char *const plugin = "spec.pluginConfiguration.name";
	static const char *const parameters = "spec.pluginConfiguration.parameters";
	struct str method = schedule_method(c), name = obj_text(c->root, plugin);

	if (!method.len || !str_eq(method, schedule_method(other)))
		return false;
	if (!str_is(method, "plugin"))
		return true;
	if (!str_eq(name, obj_text(other->root, plugin)) || value_is_placeholder(name, NULL))
		return false;
	return (str_is(name, PLUGIN_NAME) && version_before(c->params->plugin, 0, 16)) ||
	       obj_equal(obj_at(c->root, parameters), obj_at(other->root, parameters));
}

static bool is_duplicate(const struct rule_ctx *c, const struct known *k, int64_t *when)
{
	struct rule_ctx other = *c;
	struct str spec;
	struct cron cron;

	other.object = &k->object;
	other.root = k->object.root;
	return !object_is_terminating(&k->object) && !obj_true(other.root, "spec.suspend", false) &&
	       same_target(c, &other) && obj_str(other.root, SCHEDULE_PATH, &spec) == OBJ_SET &&
	       !value_is_placeholder(spec, NULL) && cron_parse(spec, &cron, NULL) == CRON_OK &&
	       meet(&c->schedule->cron, &cron, c->now, when);
}

static void report(const struct rule_ctx *c, const struct known *k, int64_t when)
{
	char text[UTC_TEXT];
	struct str other = k->object.name;
	struct finding *f = finding_add(
		c, c->root, SCHEDULE_PATH,
		"ScheduledBackup %.*s already makes this backup of Cluster %.*s at the same time",
		STR_ARG(other), STR_ARG(obj_text(c->root, "spec.cluster.name")));

	finding_subject(c, f, other);
	utc_format(when, text);
	finding_effect(
		c, f,
		"both run at %.10s %.8s UTC: one waits for the other, and the same base backup is made and stored twice",
		text, text + 11);
	finding_fix(c, f, "remove one of the two, or move one to another time");
}

/*
 * Two that meet are one finding, about the later: in files the one that was read later, at the API
 * server the one that is written, which a view shows last.
 */
static void check_schedule_duplicate(const struct rule_ctx *c)
{
	struct str cluster = obj_text(c->root, "spec.cluster.name");
	struct schedule s;
	size_t looked = 0;
	int64_t when;
	bool passed = false;

	if (c->schedule->suspended || !cluster.len || value_is_placeholder(cluster, NULL))
		return;
	struct view_iter it = view_each(c->view, REL_CLUSTER, KIND_SCHEDULED_BACKUP,
					c->object->namespace, cluster);
	for (const struct known *k; looked < LIMIT_NEIGHBOURS && (k = view_next(&it)); looked++) {
		if (str_eq(k->object.name, c->object->name)) {
			passed |= k->object.root.node == c->root.node;
			continue;
		}
		if (!schedule_read(c, &s) || !s.next)
			return;
		if ((passed && k->bundle >= c->view->bundle) || !is_duplicate(c, k, &when))
			continue;
		report(c, k, when);
		return;
	}
}

static const struct rule rows[] = {
	{
		.id = "schedule-duplicate",
		.kinds = KIND_SCHEDULED_BACKUP,
		.scope = SCOPE_BUNDLE,
		.severity = SEV_WARN,
		.check = check_schedule_duplicate,
		.summary = "Two schedules make the same backup at the same time",
		.reference =
			"https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
	},
};

RULE_ROWS(schedule_duplicate);
