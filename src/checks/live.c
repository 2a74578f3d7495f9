/* What the status of a live Cluster and its Backups tell: audits only. */
#include "base/arena.h"
#include "base/utc.h"
#include "cnpg/backups.h"
#include "facts/cluster.h"
#include "facts/quoted.h"
#include "facts/schedule.h"

/* A Backup that is neither done nor failed after so long is stuck (cnpg#10778). */
#define STUCK_SECONDS UTC_DAY

static bool is_off(const struct rule_ctx *c)
{
	return object_has_annotation(c->object, "cnpg.io/hibernation", "on") ||
	       obj_true(c->root, "spec.replica.enabled", false);
}

static int64_t time_at(struct obj o, const char *path)
{
	int64_t at = 0;

	return utc_parse(obj_text(o, path), &at) ? at : 0;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static struct backup_history read_history(const struct rule_ctx *c)
{
	return backups_history(c->backups, c->view, c->object, c->archive);
}

/* The longest time that its densest active schedule leaves between two backups; 0: none. */
static int64_t longest_gap(const struct rule_ctx *c, const struct object **densest)
{
	const struct object *o = c->object;
	struct view_iter it =
		view_each(c->view, REL_CLUSTER, KIND_SCHEDULED_BACKUP, o->namespace, o->name);
	int64_t least = 0;

	for (const struct known *k; (k = view_next(&it));) {
		int64_t gap = schedule_longest_gap(k->object.root, c->now);

		if (gap && (!least || gap < least)) {
			least = gap;
			*densest = &k->object;
		}
	}
	return least;
}

static void check_live_no_recent_backup(const struct rule_ctx *c)
{
	struct backup_history h = read_history(c);
	const struct object *schedule = NULL;
	int64_t gap = is_off(c) || h.unknown ? 0 : longest_gap(c, &schedule);
	struct finding *f;

	if (!gap)
		return;
	int64_t created = later(time_at(c->root, "metadata.creationTimestamp"),
				time_at(schedule->root, "metadata.creationTimestamp"));
	if (c->now - later(h.completed, created) <= 2 * gap)
		return;
	if (h.completed) {
		f = finding_add(c, c->root, "metadata.name", "no backup was completed since %.*s",
				STR_ARG(quoted_moment(c, h.completed)));
	} else {
		f = finding_add(c, c->root, "metadata.name", "no backup was ever completed");
	}
	struct buf every = BUF_ARENA(c->arena);
	schedule_duration(gap, &every);
	finding_effect(c, f, "ScheduledBackup %.*s should leave at most %.*s between two",
		       STR_ARG(schedule->name), STR_ARG(buf_slice(&every)));
	bool plugin = str_is(obj_text(schedule->root, "spec.method"), "plugin");
	finding_fix(
		c, f,
		"kubectl get backups -n %.*s, and the events of the ScheduledBackup; then kubectl cnpg backup -n %.*s %.*s%s",
		STR_ARG(c->object->namespace), STR_ARG(c->object->namespace),
		STR_ARG(c->object->name),
		plugin ? " --method plugin --plugin-name " PLUGIN_NAME : "");
	finding_subject(c, f, STR_EMPTY);
}

static void check_live_last_backup_failed(const struct rule_ctx *c)
{
	struct backup_history h = read_history(c);
	struct finding *f;

	if (h.unknown || !h.failed || h.failed <= h.completed)
		return;
	f = finding_add(c, c->root, "metadata.name", "the last backup failed: %.*s",
			STR_ARG(quoted_moment(c, h.failed)));
	if (h.facts && h.facts->failed == h.failed && h.facts->failed_error.len)
		finding_effect(c, f, "Backup %.*s: %.*s", STR_ARG(h.facts->failed_name),
			       STR_ARG(quoted_text(c, h.facts->failed_error)));
	if (h.facts && h.facts->failed == h.failed)
		finding_fix(c, f, "kubectl describe backups.postgresql.cnpg.io -n %.*s %.*s",
			    STR_ARG(c->object->namespace), STR_ARG(h.facts->failed_name));
	else
		finding_fix(
			c, f,
			"kubectl logs -n %.*s -c plugin-barman-cloud POD - of the instance that made it; the store's status says no more",
			STR_ARG(c->object->namespace));
	finding_subject(c, f, STR_EMPTY);
}

static void check_live_backup_stuck(const struct rule_ctx *c)
{
	struct backup_history h = read_history(c);
	struct finding *f;

	if (h.unknown || !h.facts || !h.facts->waiting_since ||
	    c->now - h.facts->waiting_since <= STUCK_SECONDS)
		return;
	f = finding_add(
		c, c->root, "metadata.name", "Backup %.*s has been %.*s since %.*s",
		STR_ARG(h.facts->waiting_name),
		STR_ARG(h.facts->waiting_phase.len ? h.facts->waiting_phase : STR("waiting")),
		STR_ARG(quoted_moment(c, h.facts->waiting_since)));
	finding_effect(
		c, f,
		"its schedule makes no other Backup while this one is neither completed nor failed");
	finding_fix(
		c, f,
		"kubectl delete backups.postgresql.cnpg.io -n %.*s %.*s - once you know what it waits for",
		STR_ARG(c->object->namespace), STR_ARG(h.facts->waiting_name));
	finding_subject(c, f, h.facts->waiting_name);
}

static void check_live_continuous_archiving_false(const struct rule_ctx *c)
{
	struct obj conditions = obj_at(c->root, "status.conditions");

	for (struct obj e = obj_first(conditions); e.node && !is_off(c); e = obj_next(e)) {
		struct str message = quoted_text(c, obj_text(e, "message"));

		if (!str_is(obj_text(e, "type"), "ContinuousArchiving") ||
		    !str_is(obj_text(e, "status"), "False"))
			continue;
		struct finding *f =
			finding_add(c, e, "", "WAL archiving fails: ContinuousArchiving is False");
		finding_effect(c, f,
			       "%.*s%sPostgreSQL keeps every WAL file until the volume is full",
			       STR_ARG(message), message.len ? "; " : "");
		finding_subject(c, f, STR_EMPTY);
	}
}

#define SETTING_UP_SECONDS INT64_C(3600)

/* What CloudNativePG writes into status.phase when it cannot go on (cnpg api/v1). */
static const struct {
	const char *phase, *fix;
} ends[] = {
	{"Cluster is unrecoverable and needs manual intervention",
	 "a new Cluster that recovers from the archive, under another serverName"},
	{CLUSTER_UNKNOWN_PLUGIN,
	 "install the plugin in the operator's namespace, or wait until its Deployment is ready"},
	{"Unable to create required cluster objects",
	 "what status.phaseReason says - the API server refuses a Pod or another object"},
	{"Cluster has incomplete or invalid image catalog",
	 "an image of its major version in the catalog that imageCatalogRef names"},
};

/* The first instance, a recovery as a rule, does not come up: for how long; 0 when it does. */
static int64_t sets_up_for(const struct rule_ctx *c, struct str phase)
{
	int64_t created = time_at(c->root, "metadata.creationTimestamp");

	if (!str_is(phase, "Setting up primary") || !created ||
	    obj_text(c->root, "status.currentPrimary").len ||
	    c->now - created <= SETTING_UP_SECONDS)
		return 0;
	return c->now - created;
}

static void check_live_phase(const struct rule_ctx *c)
{
	struct str phase = obj_text(c->root, "status.phase");
	struct str reason = quoted_text(c, obj_text(c->root, "status.phaseReason"));
	const char *fix = NULL;

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (str_is(phase, ends[i].phase))
			fix = ends[i].fix;
	int64_t waits = sets_up_for(c, phase);
	if (waits)
		fix = "the logs of its job: what it waits for, as a rule the store of the recovery";
	if (!fix)
		return;
	struct finding *f =
		finding_add(c, c->root, "status.phase", "status.phase is %.*s%s", STR_ARG(phase),
			    waits ? ", more than an hour after the Cluster was made" : "");
	finding_effect(
		c, f, "%.*s%s%s", STR_ARG(reason), reason.len ? "; " : "",
		waits ? "a restore of much data takes so long, one that finds no store never ends"
		      : "it does not go on by itself");
	if (waits && waits <= UTC_DAY)
		finding_at_most(f, SEV_WARN);
	finding_fix(c, f, "%s", fix);
}

static const struct rule rows[] = {
	{
		.id = "live-backup-stuck",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_LIVE,
		.severity = SEV_DENY,
		.check = check_live_backup_stuck,
		.summary = "A Backup has been neither completed nor failed for more than a day",
		.reference = "cloudnative-pg/cloudnative-pg#10778",
	},
	{
		.id = "live-continuous-archiving-false",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_LIVE,
		.severity = SEV_DENY,
		.check = check_live_continuous_archiving_false,
		.summary = "WAL archiving fails",
		.reference = "https://cloudnative-pg.io/documentation/current/wal_archiving/",
	},
	{
		.id = "live-last-backup-failed",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_LIVE,
		.severity = SEV_WARN,
		.check = check_live_last_backup_failed,
		.summary = "The last backup failed",
		.reference = "https://cloudnative-pg.io/documentation/current/backup/",
	},
	{
		.id = "live-no-recent-backup",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_LIVE,
		.severity = SEV_DENY,
		.check = check_live_no_recent_backup,
		.summary = "The last completed backup is older than two intervals of its schedule",
		.reference = "cloudnative-pg/cloudnative-pg#10385",
	},
	{
		.id = "live-phase",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_LIVE,
		.severity = SEV_DENY,
		.check = check_live_phase,
		.summary = "CloudNativePG cannot go on with the Cluster",
		.reference = "https://cloudnative-pg.io/documentation/current/troubleshooting/",
	},
};

RULE_ROWS(live);
