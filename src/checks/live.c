/* What a live Cluster and its Backups tell of when backups were made: audits only. */
#include "base/arena.h"
#include "cnpg/backups.h"
#include "facts/cluster.h"
#include "facts/live.h"
#include "facts/quoted.h"
#include "facts/schedule.h"
#include "facts/schedule_set.h"

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Its active schedules, of which the youngest began at `created`; whether one is by the plugin. */
struct live_schedules {
	struct schedule_set set;
	int64_t created;
	bool plugin;
};

static void read_schedules(const struct rule_ctx *c, struct live_schedules *out)
{
	const struct object *o = c->object;
	struct view_iter it =
		view_each(c->view, REL_CLUSTER, KIND_SCHEDULED_BACKUP, o->namespace, o->name);

	*out = (struct live_schedules){0};
	for (const struct known *k; (k = view_next(&it));) {
		struct obj root = k->object.root;

		if (!schedule_set_add(&out->set, root, k->object.name, c->now))
			continue;
		out->created = later(out->created, live_born(root, c->now));
		out->plugin |= str_is(obj_text(root, "spec.method"), "plugin");
	}
}

static void check_live_no_recent_backup(const struct rule_ctx *c)
{
	struct backup_history h = live_history(c);
	struct live_schedules schedules;
	struct finding *f;

	if (cluster_is_hibernated(c->object) || h.unknown)
		return;
	read_schedules(c, &schedules);
	int64_t gap = schedule_set_gap(&schedules.set, c->now);
	int64_t created = later(live_born(c->root, c->now), schedules.created);
	if (!gap)
		return;
	/* what lies elsewhere was made before it got the archive of now */
	if (c->now - later(h.completed, later(created, h.elsewhere)) <= 2 * gap)
		return;
	if (h.completed) {
		f = finding_add(c, c->root, "metadata.name", "no backup was completed %ssince %.*s",
				h.elsewhere > h.completed ? "where it archives now " : "",
				STR_ARG(quoted_moment(c, h.completed)));
	} else if (h.elsewhere) {
		f = finding_add(
			c, c->root, "metadata.name",
			"no backup lies where it archives now: the last one, of %.*s, was made for another place",
			STR_ARG(quoted_moment(c, h.elsewhere)));
	} else if (h.before) {
		f = finding_add(
			c, c->root, "metadata.name",
			"no backup was completed since this Cluster was made: the last one there, of %.*s, is older",
			STR_ARG(quoted_moment(c, h.before)));
	} else if (h.ahead) {
		f = finding_add(
			c, c->root, "metadata.name",
			"no backup is known that was completed: the last one says %.*s, which is to come",
			STR_ARG(quoted_moment(c, h.ahead)));
	} else {
		f = finding_add(c, c->root, "metadata.name", "no backup was ever completed");
	}
	struct buf every = BUF_ARENA(c->arena), who = BUF_ARENA(c->arena);
	schedule_duration(gap, &every);
	schedule_set_names(&schedules.set, gap, &who);
	finding_effect(c, f, "%.*s should leave at most %.*s between two", STR_ARG(buf_slice(&who)),
		       STR_ARG(buf_slice(&every)));
	finding_fix(
		c, f,
		"kubectl get backups -n %.*s, and the events of the ScheduledBackup; then kubectl cnpg backup -n %.*s %.*s%s",
		STR_ARG(c->object->namespace), STR_ARG(c->object->namespace),
		STR_ARG(c->object->name),
		schedules.plugin ? " --method plugin --plugin-name " PLUGIN_NAME : "");
	finding_subject(c, f, STR_EMPTY);
	if (cluster_is_off(c->object))
		finding_at_most(f, SEV_WARN); /* a replica: there is another that has the data */
}

static void check_live_last_backup_failed(const struct rule_ctx *c)
{
	struct backup_history h = live_history(c);
	struct finding *f;

	if ((h.unknown && !h.failed_why.len) || !h.failed ||
	    h.failed <= later(h.completed, h.elsewhere))
		return;
	f = finding_add(c, c->root, "metadata.name", "the last backup failed: %.*s",
			STR_ARG(quoted_moment(c, h.failed)));
	if (h.facts && h.facts->failed == h.failed && h.facts->failed_error.len)
		finding_effect(c, f, "Backup %.*s: %.*s", STR_ARG(h.facts->failed_name),
			       STR_ARG(quoted_text(c, h.facts->failed_error)));
	else if (h.failed_why.len)
		finding_effect(c, f, "%.*s", STR_ARG(quoted_text(c, h.failed_why)));
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
	struct backup_history h = live_history(c);
	struct finding *f;

	if (h.unknown || !h.facts || !h.facts->waiting_since || c->now <= h.facts->stuck_at)
		return;
	if (h.facts->stuck_at == h.facts->waiting_since)
		f = finding_add(c, c->root, "metadata.name",
				"CloudNativePG refuses Backup %.*s as invalid, which stays",
				STR_ARG(h.facts->waiting_name));
	else
		f = finding_add(c, c->root, "metadata.name", "Backup %.*s has been %.*s since %.*s",
				STR_ARG(h.facts->waiting_name),
				STR_ARG(h.facts->waiting_phase.len ? h.facts->waiting_phase
								   : STR("waiting")),
				STR_ARG(quoted_moment(c, h.facts->waiting_since)));
	struct str error = quoted_text(c, h.facts->waiting_error);
	finding_effect(
		c, f,
		"%.*s%sits schedule makes no other Backup while this one is neither completed nor failed",
		STR_ARG(error), error.len ? "; " : "");
	finding_fix(
		c, f,
		"kubectl delete backups.postgresql.cnpg.io -n %.*s %.*s - once you know what it waits for",
		STR_ARG(c->object->namespace), STR_ARG(h.facts->waiting_name));
	finding_subject(c, f, h.facts->waiting_name);
}

/* Where the reason stands. The instance that archives is the primary. */
static void archiving_fix(const struct rule_ctx *c, struct finding *f)
{
	struct str primary = obj_text(c->root, "status.currentPrimary");
	struct str namespace = c->object->namespace;
	bool plugin = archive_by_plugin(c->archive);

	if (!primary.len)
		primary = STR("POD");
	finding_fix(
		c, f,
		"kubectl logs -n %.*s -c %s %.*s, and kubectl events -n %.*s --for clusters.postgresql.cnpg.io/%.*s - as a rule wrong keys, a bucket or endpoint that is not reached, an archive that is not empty, or %s that does not exist",
		STR_ARG(namespace), plugin ? "plugin-barman-cloud" : "postgres", STR_ARG(primary),
		STR_ARG(namespace), STR_ARG(c->object->name),
		plugin ? "an ObjectStore" : "a Secret");
}

static void check_live_continuous_archiving_false(const struct rule_ctx *c)
{
	struct obj conditions = obj_at(c->root, "status.conditions");

	for (struct obj e = obj_first(conditions); e.node && !cluster_is_hibernated(c->object);
	     e = obj_next(e)) {
		struct str message = quoted_text(c, obj_text(e, "message"));

		if (!str_is(obj_text(e, "type"), "ContinuousArchiving") ||
		    !str_is(obj_text(e, "status"), "False"))
			continue;
		struct finding *f =
			finding_add(c, e, "", "WAL archiving fails: ContinuousArchiving is False");
		finding_effect(c, f,
			       "%.*s%sPostgreSQL keeps every WAL file until the volume is full",
			       STR_ARG(message), message.len ? "; " : "");
		archiving_fix(c, f);
		finding_subject(c, f, STR_EMPTY);
		if (cluster_is_off(c->object))
			finding_at_most(f, SEV_WARN); /* its source archives, too */
	}
}

static const struct rule rows[] = {
	{
		.id = "live-backup-stuck",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_LIVE,
		.severity = SEV_DENY,
		.check = check_live_backup_stuck,
		.summary = "A Backup is neither completed nor failed, and makes its schedule wait",
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
};

RULE_ROWS(live);
