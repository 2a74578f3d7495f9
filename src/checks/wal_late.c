/* No WAL has come for long. */
#include "base/arena.h"
#include "facts/cluster.h"
#include "facts/probed.h"
#include "facts/quoted.h"
#include "facts/schedule.h"

/* What CloudNativePG sets where nothing is written (cnpg postgres/configuration.go). */
#define DEFAULT_TIMEOUT 300
#define TIMES 12
#define AT_LEAST 3600

/* No WAL is to be expected, or a person has seen to it. */
static bool is_at_rest(const struct rule_ctx *c)
{
	struct str fenced = object_annotation(c->object, "cnpg.io/fencedInstances");

	return !obj_text(c->root, "status.currentPrimary").len || cluster_follows_source(c) ||
	       cluster_is_hibernated(c->object) ||
	       object_has_annotation(c->object, "cnpg.io/skipWalArchiving", "enabled") ||
	       (fenced.len && !str_is(fenced, "[]"));
}

/* After how many seconds it is late; 0: never. */
static int64_t patience(const struct rule_ctx *c)
{
	int64_t timeout = DEFAULT_TIMEOUT;
	struct str text;
	double ms;

	if (cluster_archive_timeout(c, &text, &ms))
		timeout = ms < 1e12 ? (int64_t)(ms / 1000 + 0.5) : 0;
	else if (obj_at(c->root, CLUSTER_ARCHIVE_TIMEOUT).node)
		return 0;
	return timeout && timeout * TIMES < AT_LEAST ? AT_LEAST : timeout * TIMES;
}

/* The condition ContinuousArchiving, when it is False. */
static bool archiving_fails(const struct rule_ctx *c, struct str *message)
{
	struct obj conditions = obj_at(c->root, "status.conditions");

	for (struct obj e = obj_first(conditions); e.node; e = obj_next(e)) {
		if (!str_is(obj_text(e, "type"), "ContinuousArchiving") ||
		    !str_is(obj_text(e, "status"), "False"))
			continue;
		*message = quoted_text(c, obj_text(e, "message"));
		return true;
	}
	return false;
}

static void look(const struct rule_ctx *c, const struct probed_archive *a)
{
	int64_t age = c->now - a->catalogue->newest, late = patience(c);
	struct str message;

	if (!a->archived || !a->catalogue->newest || !late || age <= late ||
	    (a->by_plugin && !c->archive->wal_archiver))
		return;
	struct finding *f = finding_add(
		c, a->at, a->path, "the newest WAL of server %.*s is of %.*s",
		STR_ARG(a->server->name), STR_ARG(quoted_moment(c, a->catalogue->newest)));
	finding_subject(c, f, a->server->name);
	if (archiving_fails(c, &message)) {
		finding_effect(
			c, f,
			"ContinuousArchiving is False%s%.*s; what was written since is on the volume alone",
			message.len ? ": " : "", STR_ARG(message));
	} else {
		struct buf usual = BUF_ARENA(c->arena);

		schedule_duration(late, &usual);
		finding_effect(
			c, f,
			"more than %.*s ago: either nothing was written since, or it is not archived, and is on the volume alone",
			STR_ARG(buf_slice(&usual)));
		finding_at_most(f, SEV_WARN);
	}
	finding_fix(
		c, f,
		"look at the condition ContinuousArchiving of the Cluster, and at the log of %s",
		a->by_plugin ? "the sidecar plugin-barman-cloud of its primary" : "its primary");
}

static void check_wal_late(const struct rule_ctx *c)
{
	if (c->view && view_is_live(c->view) && !is_at_rest(c))
		probed_each_archive(c, look);
}

static const struct rule rows[] = {
	{
		.id = "wal-late",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_BUCKET,
		.severity = SEV_DENY,
		.check = check_wal_late,
		.summary = "No WAL has come for much longer than archive_timeout",
		.reference = "https://cloudnative-pg.io/documentation/current/wal_archiving/",
	},
};

RULE_ROWS(wal_late);
