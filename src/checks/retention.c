/* How long backups are kept: whether it is said, where it counts, and whether it is enough. */
#include "base/arena.h"
#include "base/limits.h"
#include "base/utc.h"
#include "cnpg/archive.h"
#include "facts/manifest.h"
#include "facts/retention.h"
#include "facts/schedule.h"
#include "facts/store.h"

#include <inttypes.h>

static void check_retention_interval_nonpositive(const struct rule_ctx *c)
{
	const char *path = "spec.instanceSidecarConfiguration.retentionPolicyIntervalSeconds";
	struct finding *f;
	int64_t n;

	if (obj_int(c->root, path, &n) != OBJ_SET || n >= 60)
		return;
	f = finding_add(c, c->root, path, "retentionPolicyIntervalSeconds is %" PRId64, n);
	if (n < 0)
		finding_effect(c, f, "the sidecar lists and prunes the archive without a pause");
	else if (n == 0)
		finding_effect(c, f, "0 counts as 5 minutes");
	else
		finding_effect(c, f, "the sidecar lists the whole archive every %" PRId64 " s", n);
	finding_fix(c, f, "retentionPolicyIntervalSeconds: 1800");
	if (n >= 0)
		finding_at_most(f, n ? SEV_WARN : SEV_INFO);
}

static bool is_in_external_cluster(const struct manifest_place *p)
{
	for (; p; p = p->up)
		if (str_is(obj_key(p->at), "externalClusters"))
			return true;
	return false;
}

/* What was written, as a retentionPolicy. */
static struct str policy_of(const struct rule_ctx *c, struct obj member)
{
	struct str text = obj_text(member, "");

	return value_is_variable(text, NULL) ? text : retention_meant(c->arena, text);
}

/* The one field that is read: of an ObjectStore, or of this Cluster's in-tree store. */
struct right_place {
	const char *path, *whose, *parent;
};

static struct right_place right_place(const struct rule_ctx *c)
{
	if (c->object->kind == KIND_OBJECT_STORE)
		return (struct right_place){"spec.retentionPolicy", "", "spec"};
	if (c->archive && c->archive->in_tree.node)
		return (struct right_place){"spec.backup.retentionPolicy", "", "spec.backup"};
	if ((c->object->kind & (KIND_SCHEDULED_BACKUP | KIND_BACKUP)) &&
	    str_is(schedule_method(c), "barmanObjectStore"))
		return (struct right_place){"spec.backup.retentionPolicy", " of the Cluster",
					    "spec.backup"};
	return (struct right_place){"spec.retentionPolicy", " of the ObjectStore", "spec"};
}

/* Nothing of this Cluster goes to a store: it makes snapshots, which no policy deletes. */
static bool has_snapshots_only(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;

	return c->object->kind == KIND_CLUSTER && !c->object->part && ar->volume_snapshot &&
	       !ar->entries && !ar->in_tree.node && !ar->wal_archiver;
}

/* Of a Cluster with snapshots only. */
static void of_snapshots(const struct rule_ctx *c, struct finding *f)
{
	finding_effect(
		c, f,
		"nothing deletes volume snapshots by age: each is kept until its Backup is deleted");
	finding_fix(c, f, "remove it - old Backups are deleted by hand, or by a job of your own");
}

static void misplaced(struct manifest_walk *w, const struct manifest_place *p, struct obj member)
{
	const struct rule_ctx *c = w->c;
	struct str key = obj_key(member), policy = policy_of(c, member);
	struct right_place right = right_place(c);
	struct finding *f;

	if (!manifest_is_retention(key))
		return;
	struct str parent = manifest_parent(w, p);
	if (has_snapshots_only(c) && !is_in_external_cluster(p)) {
		f = finding_add(c, member, "", "%.*s has no field %.*s", STR_ARG(parent),
				STR_ARG(manifest_shown(key)));
		manifest_settle(f, p, member);
		of_snapshots(c, f);
		if (manifest_is_newer(c))
			finding_at_most(f, SEV_WARN);
		return;
	}
	if (str_is(key, "retentionPolicy"))
		f = finding_add(c, member, "", "retentionPolicy belongs at %s%s, not in %.*s",
				right.path, right.whose, STR_ARG(parent));
	else
		f = finding_add(
			c, member, "", "%.*s has no field %.*s; retentionPolicy belongs at %s%s",
			STR_ARG(parent), STR_ARG(manifest_shown(key)), right.path, right.whose);
	manifest_settle(f, p, member);
	finding_effect(
		c, f,
		"kubectl and server-side apply refuse the object; everything else drops it, and no backup is ever deleted because of it");
	if (is_in_external_cluster(p))
		finding_fix(c, f, "remove it - nothing is deleted through an external cluster");
	else if (!right.whose[0] && obj_type(obj_at(c->root, right.path)) == OBJ_STRING)
		finding_fix(c, f, "remove it - %s is set already", right.path);
	else
		finding_fix(c, f, "retentionPolicy: %.*s - directly below %s%s", STR_ARG(policy),
			    right.parent, right.whose);
	if (is_in_external_cluster(p) || manifest_is_newer(c))
		finding_at_most(f, SEV_WARN);
}

static void check_retention_misplaced(const struct rule_ctx *c)
{
	struct manifest_walk w = {.c = c, .unknown = misplaced};

	manifest_walk(&w);
}

/* An in-tree store: only who is there to prune it is told. */
static void in_tree_keeps_all(const struct rule_ctx *c)
{
	const char *path = "spec.backup.retentionPolicy";

	if (obj_type(c->archive->in_tree) != OBJ_MAP ||
	    obj_type(obj_at(c->root, path)) > OBJ_NULL_VALUE || c->object->part ||
	    obj_member(c->archive->in_tree, STR("retentionPolicy")).node)
		return;
	struct finding *f = finding_add(c, c->root, path, "%s is not set", path);
	finding_effect(c, f,
		       "base backups and WAL are kept for ever, unless the bucket expires them");
	finding_fix(c, f, "retentionPolicy: 30d");
	finding_unsure(f, SEV_WARN); /* an old Cluster, which CloudNativePG takes so */
}

static void check_retention_missing(const struct rule_ctx *c)
{
	enum obj_type type = obj_type(obj_at(c->root, "spec.retentionPolicy"));

	if (c->object->kind == KIND_CLUSTER) {
		in_tree_keeps_all(c);
		return;
	}
	if (type != OBJ_NONE && type != OBJ_NULL_VALUE)
		return;
	/* where the plugin's own documentation had it: rule retention-misplaced speaks */
	if (obj_member(store_configuration(c), STR("retentionPolicy")).node)
		return;
	struct finding *f =
		finding_add(c, c->root, "spec.retentionPolicy", "spec.retentionPolicy is not set");
	if (store_is_only_read(c)) {
		finding_effect(
			c, f,
			"Clusters only read from it; a store is pruned by the one that archives to it");
		finding_fix(c, f, "retentionPolicy: 30d - if a Cluster is to archive to it");
		finding_unsure(f, SEV_INFO);
		return;
	}
	finding_effect(c, f,
		       "base backups and WAL are kept for ever, unless the bucket expires them");
	finding_fix(c, f, "retentionPolicy: 30d");
	if (store_is_no_archive(c))
		finding_at_most(f, SEV_INFO);
}

static void check_retention_on_cluster_ignored(const struct rule_ctx *c)
{
	const char *path = "spec.backup.retentionPolicy";
	const struct archive *ar = c->archive;
	struct str policy = obj_text(c->root, path);
	const struct known *store;

	if (policy.len && has_snapshots_only(c)) {
		of_snapshots(c,
			     finding_add(c, c->root, path,
					 "retentionPolicy %.*s has no effect on volume snapshots",
					 STR_ARG(policy)));
		return;
	}
	if (!policy.len || !ar->enabled_entries || ar->in_tree.node)
		return;
	store = c->view ? view_store(c->view, c->object, &ar->place) : NULL;
	struct finding *f = finding_add(
		c, c->root, path, "retentionPolicy %.*s has no effect on backups of the plugin",
		STR_ARG(policy));
	if (store && !obj_at(store->object.root, "spec.retentionPolicy").node)
		finding_effect(c, f, "ObjectStore %.*s has none either: nothing is ever deleted",
			       STR_ARG(ar->place.store));
	else
		finding_effect(c, f, "only the ObjectStore's own retentionPolicy deletes anything");
	finding_fix(c, f, "retentionPolicy: %.*s - in spec of the ObjectStore %.*s",
		    STR_ARG(policy), STR_ARG(ar->place.store));
}

#define DAY INT64_C(86400)
#define GAP_DAYS 400 /* a year, and a month for what a schedule does around its end */

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

	if (!store_is_archive_of(cluster, gap->c->object->name))
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

static void check_retention_shorter_than_interval(const struct rule_ctx *c)
{
	struct gap gap = {.c = c};
	struct str policy = obj_text(c->root, "spec.retentionPolicy");
	struct buf length = BUF_ARENA(c->arena);
	int64_t kept = retention_days(policy) * DAY;
	struct finding *f;

	if (!kept || value_is_placeholder(policy, NULL) ||
	    view_is_blind(c->view, KIND_SCHEDULED_BACKUP)) /* a denser one may be there */
		return;
	store_each_user(c, c->object->name, add_gap, &gap);
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

/* The oldest moment to which a server of this ObjectStore can be restored, as the plugin says; of a
 * Cluster its own, in-tree. 0: not known, or there is none. */
static int64_t oldest_moment(const struct rule_ctx *c, struct str *server)
{
	struct obj windows = obj_at(c->old->root, "status.serverRecoveryWindow"), points;
	int64_t oldest = 0, at;

	*server = c->object->name;
	if (c->object->kind == KIND_CLUSTER) {
		points = obj_at(c->old->root, "status.firstRecoverabilityPointByMethod");
		struct str text = obj_text(points, "barmanObjectStore");

		if (!text.len && !points.node)
			text = obj_text(c->old->root, "status.firstRecoverabilityPoint");
		return utc_parse(text, &at) ? at : 0;
	}
	for (struct obj e = obj_first(windows); e.node; e = obj_next(e)) {
		if (!utc_parse(obj_text(e, "firstRecoverabilityPoint"), &at) ||
		    (oldest && at >= oldest))
			continue;
		oldest = at;
		*server = obj_key(e);
	}
	return oldest;
}

/* "2026-08-26" */
static struct str day_of(struct arena *a, int64_t t)
{
	char text[UTC_TEXT];

	return arena_fmt(a, "%.10s", utc_format(t, text));
}

static void check_retention_shortened(const struct rule_ctx *c)
{
	const bool in_tree = c->object->kind == KIND_CLUSTER;
	const char *path = in_tree ? "spec.backup.retentionPolicy" : "spec.retentionPolicy";
	struct str from = obj_text(c->old->root, path), to = obj_text(c->root, path), server;
	int64_t before = retention_days(from), after = retention_days(to);
	int64_t edge = c->now - after * DAY, oldest;

	if (in_tree && !c->archive->in_tree.node)
		return;
	if (!after || (from.len && (!before || before <= after)))
		return;
	oldest = oldest_moment(c, &server);
	if (oldest ? oldest >= edge : !c->object->manifest)
		return;
	struct str now = STR_EMPTY; /* of manifests there is no status */
	if (oldest)
		now = arena_fmt(c->arena, ": server %.*s can be restored from %.*s on now",
				STR_ARG(server), STR_ARG(day_of(c->arena, oldest)));
	struct finding *f =
		finding_add(c, c->root, path, "retentionPolicy %.*s, before %.*s%.*s", STR_ARG(to),
			    STR_ARG(from.len ? from : STR("none")), STR_ARG(now));
	finding_effect(
		c, f,
		"of the base backups that ended before %.*s all but the newest are deleted %s, with their WAL, and for good unless the bucket keeps versions",
		STR_ARG(day_of(c->arena, edge)),
		in_tree ? "after the next one" : "at the sidecar's next look");
	if (from.len)
		finding_fix(c, f, "retentionPolicy: %.*s - unless they are to go", STR_ARG(from));
	else
		finding_fix(c, f, "remove retentionPolicy - unless they are to go");
}

static const struct rule rows[] = {
	{
		.id = "retention-interval-nonpositive",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_retention_interval_nonpositive,
		.summary = "The sidecar prunes the archive without a pause",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
	},
	{
		.id = "retention-misplaced",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP | KIND_OBJECT_STORE,
		.scope = SCOPE_MANIFEST,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_retention_misplaced,
		.summary = "A retention policy stands where nothing reads it",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
	},
	{
		.id = "retention-missing",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.severity = SEV_WARN,
		.check = check_retention_missing,
		.summary = "A store keeps every backup for ever",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
		.superseded_by = "policy-retention",
	},
	{
		.id = "retention-on-cluster-ignored",
		.kinds = KIND_CLUSTER,
		.severity = SEV_WARN,
		.check = check_retention_on_cluster_ignored,
		.summary = "retentionPolicy on the Cluster has no effect with the plugin",
		.reference = "https://github.com/cloudnative-pg/cloudnative-pg/issues/8599",
	},
	{
		.id = "retention-shortened",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.scope = SCOPE_CHANGE,
		.severity = SEV_WARN,
		.check = check_retention_shortened,
		.summary = "A shorter retention policy deletes backups for good",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
	},
	{
		.id = "retention-shorter-than-interval",
		.kinds = KIND_OBJECT_STORE,
		.scope = SCOPE_BUNDLE,
		.severity = SEV_WARN,
		.check = check_retention_shorter_than_interval,
		.summary = "Backups are kept for a shorter time than lies between two of them",
		.reference = "https://docs.pgbarman.org/release/latest/user_guide/"
			     "retention_policies.html",
	},
};

RULE_ROWS(retention);
