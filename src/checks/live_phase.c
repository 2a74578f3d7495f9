/* What the status of a live Cluster tells of CloudNativePG itself: does it go on? Audits only. */
#include "base/arena.h"
#include "base/utc.h"
#include "facts/cluster.h"
#include "facts/live.h"
#include "facts/quoted.h"

/* What CloudNativePG writes into status.phase when it cannot go on (cnpg api/v1, and the full disk
 * its controller). Without a fix: recover_fix. */
static const struct end {
	const char *phase, *fix;
} ends[] = {
	{"Cluster is unrecoverable and needs manual intervention", NULL},
	{"Cluster is in an unrecoverable state, needs manual intervention", NULL},
	{"Not enough disk space",
	 "a larger size in spec.storage, or in spec.walStorage where that volume is full - and delete no WAL by hand: where archiving fails or a replication slot is not read, WAL is kept until that is mended"},
	{CLUSTER_UNKNOWN_PLUGIN,
	 "install the plugin in the operator's namespace, or wait until its Deployment is ready"},
	{"Cluster cannot proceed to reconciliation due to an error while interacting with plugins",
	 "the logs of the plugin's Deployment in the operator's namespace, and of the operator - as a rule a store, a Secret or a certificate that the plugin does not find"},
	{"Unable to create required cluster objects",
	 "what status.phaseReason says - the API server refuses a Pod or another object"},
	{"Invalid cluster definition",
	 "what status.phaseReason says - as long as CloudNativePG refuses the Cluster it changes nothing of it"},
	{"Cluster has incomplete or invalid image catalog",
	 "an image of its major version in the catalog that imageCatalogRef names"},
	{"Cluster cannot execute instance online upgrade due to missing architecture binary",
	 "an image of the operator that has a binary for the architecture of every node - or nodes of one architecture"},
};

#define WAIT_SECONDS INT64_C(3600)

#define SETTING_UP "Setting up primary"

/* Steps of minutes, in which there is no primary or not all that are meant to be there are. */
static const char *const waits[] = {
	SETTING_UP,
	"Failing over",
	"Switchover in progress",
	"Waiting for the instances to become active",
	"Primary instance is being restarted in-place",
	"Primary instance is being restarted without a switchover",
};

/* Steps that take longer, the larger the data or the number of instances: an hour is no error yet.
 */
static const char *const slow[] = {
	"Upgrading Postgres major version", "Upgrading cluster",
	"Online upgrade in progress",	    "Applying configuration",
	"Promoting to primary cluster",
};

/* What may last: a person decides when it goes on, or a copy is as large as the data is. */
static const char *const rests[] = {
	"Cluster in healthy state",
	"Waiting for user action",
	"Cluster upgrade delayed",
	"Creating a new replica",
};

static bool is_one_of(struct str phase, const char *const phases[], size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (str_is(phase, phases[i]))
			return true;
	return false;
}

/* When its condition Ready became False, which it is in any phase but the healthy one; 0: it did
 * not, or that is not known. */
static int64_t unready_since(const struct rule_ctx *c)
{
	struct obj conditions = obj_at(c->root, "status.conditions");

	for (struct obj e = obj_first(conditions); e.node; e = obj_next(e))
		if (str_is(obj_text(e, "type"), "Ready") && str_is(obj_text(e, "status"), "False"))
			return live_moment(e, "lastTransitionTime");
	return 0;
}

/* Its first instance gets its data from elsewhere, which may be much. */
static bool begins_with_data(const struct rule_ctx *c)
{
	struct obj bootstrap = obj_at(c->root, "spec.bootstrap");

	return obj_at(bootstrap, "recovery").node || obj_at(bootstrap, "pg_basebackup").node ||
	       obj_at(bootstrap, "initdb.import").node;
}

/* How long a step may take before it is told. */
enum pace { PACE_MINUTES, PACE_SLOW, PACE_UNKNOWN, PACE_ANY };

struct waiting {
	int64_t seconds; /* 0: it does not wait, or not for long */
	bool first;	 /* for its first instance, since it was made; else since it is not ready */
	enum pace pace;
};

/* NULL: it is none. */
static const struct end *end_of(struct str phase)
{
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (str_is(phase, ends[i].phase))
			return &ends[i];
	return NULL;
}

static enum pace pace_of(struct str phase)
{
	if (is_one_of(phase, waits, ARRAY_LEN(waits)))
		return PACE_MINUTES;
	if (is_one_of(phase, slow, ARRAY_LEN(slow)))
		return PACE_SLOW;
	return !phase.len || end_of(phase) || is_one_of(phase, rests, ARRAY_LEN(rests))
		       ? PACE_ANY
		       : PACE_UNKNOWN;
}

static struct waiting waits_in(const struct rule_ctx *c, struct str phase)
{
	struct waiting w = {.first = str_is(phase, SETTING_UP) &&
				     !obj_text(c->root, "status.currentPrimary").len,
			    .pace = pace_of(phase)};
	int64_t since =
		w.first ? live_moment(c->root, "metadata.creationTimestamp") : unready_since(c);
	int64_t most = w.pace == PACE_UNKNOWN ? UTC_DAY : WAIT_SECONDS;

	if (w.pace != PACE_ANY && since && c->now - since > most &&
	    !cluster_is_hibernated(c->object) &&
	    !object_annotation(c->object, "cnpg.io/fencedInstances").len)
		w.seconds = c->now - since;
	return w;
}

/* Nothing is left of it but its volumes and what can be restored. */
static void recover_fix(const struct rule_ctx *c, struct finding *f)
{
	struct backup_history h = live_history(c);

	if (h.completed)
		finding_fix(
			c, f,
			"a new Cluster that recovers from its backup of %.*s, under another serverName - and keep the PVCs until that one runs",
			STR_ARG(quoted_moment(c, h.completed)));
	else
		finding_fix(
			c, f,
			"keep its PVCs, and look for a base backup: backup-guard probe - no backup of it is known, and a new Cluster can only recover where there is one");
}

/* It ended there. */
static void phase_ends(const struct rule_ctx *c, struct str phase, const char *fix)
{
	struct str reason = quoted_text(c, obj_text(c->root, "status.phaseReason"));
	struct finding *f =
		finding_add(c, c->root, "status.phase", "status.phase is %.*s", STR_ARG(phase));

	finding_effect(c, f, "%.*s%sit does not go on by itself", STR_ARG(reason),
		       reason.len ? "; " : "");
	if (str_is(phase, CLUSTER_UNKNOWN_PLUGIN) && view_is_unserved(c->view, KIND_OBJECT_STORE))
		fix = "install the Barman Cloud plugin in the operator's namespace: it is not installed, the API server knows no ObjectStore";
	if (fix)
		finding_fix(c, f, "%s", fix);
	else
		recover_fix(c, f);
}

/* Somebody stopped PostgreSQL in its primary or in all instances, and that is still so. */
static void fenced(const struct rule_ctx *c)
{
	struct obj at =
		obj_member(obj_at(c->root, "metadata.annotations"), STR("cnpg.io/fencedInstances"));
	struct str list = obj_text(at, ""), primary = obj_text(c->root, "status.currentPrimary");
	bool all = str_contains(list, STR("\"*\"")), one = primary.len && !all;
	struct finding *f;

	if (one)
		one = str_contains(list, arena_fmt(c->arena, "\"%.*s\"", STR_ARG(primary)));
	if ((!all && !one) || !unready_since(c) || cluster_is_off(c->object))
		return;
	if (one)
		f = finding_add(c, at, "",
				"the primary, %.*s, is fenced, and the Cluster is not ready",
				STR_ARG(primary));
	else
		f = finding_add(c, at, "",
				"all instances are fenced, and the Cluster is not ready");
	finding_effect(c, f, "PostgreSQL runs in %s: no %s is made until that ends",
		       one ? "the others alone" : "none of them", one ? "WAL" : "backup");
	finding_fix(c, f, "kubectl cnpg fencing off -n %.*s %.*s %.*s - once it is meant to run",
		    STR_ARG(c->object->namespace), STR_ARG(c->object->name),
		    STR_ARG(one ? primary : STR("\"*\"")));
	finding_at_most(f, SEV_WARN);
}

static void wait_effect(const struct rule_ctx *c, struct finding *f, struct waiting w, bool data)
{
	static const char *const effects[] = {
		[PACE_MINUTES] =
			"that is a step of minutes: something that it waits for does not come",
		[PACE_SLOW] = "that takes long only where there is much data, or many instances",
		[PACE_UNKNOWN] =
			"this is no phase that backup-guard knows: whether it goes on is for a person to see",
	};
	struct str reason = quoted_text(c, obj_text(c->root, "status.phaseReason"));

	finding_effect(
		c, f, "%.*s%s%s", STR_ARG(reason), reason.len ? "; " : "",
		data ? "a restore of much data takes so long, one that finds no store never ends"
		     : effects[w.pace]);
}

static void phase_waits(const struct rule_ctx *c, struct str phase, struct waiting w)
{
	const char *most = w.pace == PACE_UNKNOWN ? "a day" : "an hour";
	bool data = w.first && begins_with_data(c);
	struct finding *f;

	if (w.first)
		f = finding_add(
			c, c->root, "status.phase",
			"status.phase is %.*s, more than an hour after the Cluster was made",
			STR_ARG(quoted_text(c, phase)));
	else
		f = finding_add(
			c, c->root, "status.phase",
			"status.phase is %.*s, and the Cluster has not been ready for more than %s",
			STR_ARG(quoted_text(c, phase)), most);
	wait_effect(c, f, w, data);
	if (w.pace == PACE_UNKNOWN || cluster_is_off(c->object) ||
	    ((data || w.pace == PACE_SLOW) && w.seconds <= UTC_DAY))
		finding_at_most(f, SEV_WARN);
	if (data)
		finding_fix(
			c, f,
			"the logs of its job: what it waits for, as a rule the store of the recovery");
	else
		finding_fix(
			c, f,
			"kubectl get pods,events -n %.*s, and the logs of the Pod or job that is not ready - as a rule no node or volume for it, an image that cannot be pulled, or a plugin that does not answer",
			STR_ARG(c->object->namespace));
}

/* One archive gets the WAL of two databases. */
static void systems_differ(const struct rule_ctx *c)
{
	struct obj conditions = obj_at(c->root, "status.conditions");

	for (struct obj e = obj_first(conditions); e.node; e = obj_next(e)) {
		struct str message = quoted_text(c, obj_text(e, "message"));

		if (!str_is(obj_text(e, "type"), "ConsistentSystemID") ||
		    !str_is(obj_text(e, "status"), "False") ||
		    !str_is(obj_text(e, "reason"), "Mismatch"))
			continue;
		struct finding *f = finding_add(
			c, e, "",
			"its instances are of different databases: ConsistentSystemID is False");
		finding_effect(
			c, f,
			"%.*s%swhichever of them is primary writes its WAL and backups to the one archive",
			STR_ARG(message), message.len ? "; " : "");
		finding_fix(
			c, f,
			"kubectl cnpg destroy -n %.*s %.*s INSTANCE - the odd one, as kubectl cnpg status tells: it is copied anew",
			STR_ARG(c->object->namespace), STR_ARG(c->object->name));
	}
}

/* Its status is of when that began. */
static bool left_alone(const struct rule_ctx *c)
{
	const char *name = "cnpg.io/reconciliationLoop";
	struct finding *f;

	if (!object_has_annotation(c->object, name, "disabled"))
		return false;
	f = finding_add(c, obj_member(obj_at(c->root, "metadata.annotations"), str_from(name)), "",
			"%s: disabled - CloudNativePG leaves this Cluster alone", name);
	finding_effect(
		c, f,
		"what its status says may be old; there is no failover, and what changes in its backup takes no effect");
	finding_fix(c, f, "remove the annotation, once the work that it was set for is done");
	finding_at_most(f, SEV_WARN);
	return true;
}

/* It runs, and writes a phase at once, where it watches the namespace. */
static void not_taken_up(const struct rule_ctx *c)
{
	int64_t born = live_born(c->root, c->now);
	struct obj status = obj_at(c->root, "status");
	struct finding *f;

	if (!born || c->now - born <= WAIT_SECONDS || obj_first(status).node)
		return;
	f = finding_add(c, c->root, "metadata.name",
			"CloudNativePG has not taken up this Cluster, which is of %.*s",
			STR_ARG(quoted_moment(c, born)));
	finding_effect(c, f, "its status is empty: there is no database, and no backup comes");
	finding_fix(
		c, f,
		"the Deployment of the operator: does it run, and watch namespace %.*s (WATCH_NAMESPACE)?",
		STR_ARG(c->object->namespace));
}

static void check_live_phase(const struct rule_ctx *c)
{
	struct str phase = obj_text(c->root, "status.phase");
	const struct end *end = end_of(phase);
	struct waiting w = waits_in(c, phase);

	if (end)
		phase_ends(c, phase, end->fix);
	if (w.seconds)
		phase_waits(c, phase, w);
	if (!left_alone(c))
		not_taken_up(c);
	fenced(c);
	systems_differ(c);
}

static const struct rule rows[] = {
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

RULE_ROWS(live_phase);
