/* NetworkPolicies that let backups out and shut a recovery in. */
#include "base/limits.h"
#include "facts/cluster.h"

#define POD_ROLE "cnpg.io/podRole" /* of instances; the Pods of jobs have cnpg.io/jobRole */

static bool is_policy(const struct known *k)
{
	return str_is(k->object.kind_name, "NetworkPolicy");
}

static bool limits_egress(struct obj spec)
{
	struct obj types = obj_at(spec, "policyTypes");

	for (struct obj e = obj_first(types); e.node; e = obj_next(e))
		if (str_is(obj_text(e, ""), "Egress"))
			return true;
	return obj_at(spec, "egress").node;
}

/* What the selector of a policy means for the Pods of this Cluster. */
enum selects {
	SELECTS_OTHERS,
	SELECTS_INSTANCES,  /* and no job */
	SELECTS_PERHAPS,    /* jobs may be among them */
	SELECTS_EVERYTHING, /* of the namespace */
};

static enum selects selects(const struct rule_ctx *c, struct obj selector)
{
	struct obj labels = obj_at(selector, "matchLabels");
	bool inherits = obj_len(obj_at(c->root, "spec.inheritedMetadata.labels")) != 0;
	enum selects is = SELECTS_PERHAPS;

	if (obj_len(obj_at(selector, "matchExpressions")))
		return SELECTS_PERHAPS;
	if (!obj_len(labels))
		return SELECTS_EVERYTHING;
	for (struct obj e = obj_first(labels); e.node; e = obj_next(e)) {
		struct str key = obj_key(e), value = obj_text(e, "");

		if (value_is_placeholder(value, NULL))
			return SELECTS_PERHAPS;
		if (str_is(key, "cnpg.io/cluster") && !str_eq(value, c->object->name))
			return SELECTS_OTHERS;
		if (!str_has_prefix(key, STR("cnpg.io/")) &&
		    !str_has_prefix(key, STR("app.kubernetes.io/")) && !inherits)
			return SELECTS_OTHERS;
		if (str_is(key, POD_ROLE) && is == SELECTS_PERHAPS)
			is = str_is(value, "instance") ? SELECTS_INSTANCES : SELECTS_OTHERS;
	}
	return is;
}

struct policies {
	const struct known *shuts; /* everything in */
	const struct known *lets;  /* instances out */
	bool lets_jobs;		   /* or may */
};

/* All egress goes to port 53. */
static bool only_names(struct obj spec)
{
	struct obj egress = obj_at(spec, "egress");

	for (struct obj e = obj_first(egress); e.node; e = obj_next(e)) {
		struct obj ports = obj_at(e, "ports");

		if (!obj_len(ports))
			return false;
		for (struct obj p = obj_first(ports); p.node; p = obj_next(p)) {
			int64_t port = 0;

			if (obj_int(p, "port", &port) != OBJ_SET || port != 53)
				return false;
		}
	}
	return true;
}

static void add(const struct rule_ctx *c, const struct known *k, struct policies *out)
{
	struct obj spec = obj_at(k->object.root, "spec");
	bool lets = obj_len(obj_at(spec, "egress")) != 0;

	if (!limits_egress(spec))
		return;
	switch (selects(c, obj_at(spec, "podSelector"))) {
	case SELECTS_OTHERS:
		break;
	case SELECTS_INSTANCES:
		if (lets)
			out->lets = k;
		break;
	case SELECTS_PERHAPS:
		out->lets_jobs |= lets;
		break;
	case SELECTS_EVERYTHING:
		if (!lets || !out->shuts)
			out->shuts = k;
		out->lets_jobs |= lets && !only_names(spec);
		break;
	}
}

static void check_network_policy_recovery(const struct rule_ctx *c)
{
	struct view_iter it =
		view_each(c->view, REL_KIND, KIND_OTHER, c->object->namespace, STR_EMPTY);
	struct policies p = {NULL, NULL, false};
	const struct known *k;
	size_t looked = 0;

	if (!cluster_archives_by_plugin(c) && !c->archive->recovery.plugin)
		return;
	while ((k = view_next(&it))) {
		if (looked++ == LIMIT_NEIGHBOURS)
			return; /* one that lets jobs out may follow */
		if (is_policy(k))
			add(c, k, &p);
	}
	if (!p.shuts || !p.lets || p.lets_jobs)
		return;
	struct finding *f =
		finding_add(c, c->root, "metadata.name",
			    "NetworkPolicy %.*s lets only instances out (" POD_ROLE
			    "), and %.*s shuts the rest in",
			    STR_ARG(p.lets->object.name), STR_ARG(p.shuts->object.name));
	finding_effect(
		c, f,
		"backups work; the Pod of a recovery has cnpg.io/jobRole in its place, reaches no store, and the restore waits for ever");
	finding_fix(c, f,
		    "podSelector: {matchLabels: {cnpg.io/cluster: %.*s}} in NetworkPolicy %.*s",
		    STR_ARG(c->object->name), STR_ARG(p.lets->object.name));
}

static const struct rule rows[] = {
	{
		.id = "network-policy-recovery",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_USERS,
		.severity = SEV_INFO,
		.check = check_network_policy_recovery,
		.summary = "A NetworkPolicy lets backups out, but no recovery job",
		.reference = "https://cloudnative-pg.io/documentation/current/networking/",
	},
};

RULE_ROWS(network_policy_recovery);
