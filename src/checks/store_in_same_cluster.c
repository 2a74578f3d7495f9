/* A store beside the database that it is to outlive. */
#include "cnpg/location.h"
#include "facts/store.h"

/* NAME.NAMESPACE.svc, with the cluster's domain or without. */
static bool is_service(struct str host)
{
	return str_has_suffix_nocase(host, STR(".svc")) ||
	       str_has_suffix_nocase(host, STR(".svc.cluster.local"));
}

static void check_store_in_same_cluster(const struct rule_ctx *c)
{
	struct str text;
	struct url u;

	if (!store_endpoint(store_configuration(c), &text) || !url_split(text, &u) ||
	    !is_service(u.host) || store_is_only_read(c))
		return;
	struct finding *f = finding_add(c, store_configuration(c), "endpointURL",
					"the store is a Service of this Kubernetes cluster: %.*s",
					STR_ARG(u.host));
	finding_effect(
		c, f,
		"what takes the cluster takes its backups, too, unless the store is mirrored elsewhere or lies on disks of its own");
	finding_fix(c, f, "a store elsewhere, or a copy of this one there");
	if (u.userinfo.len || u.query.len)
		finding_confidential(f);
}

static const struct rule rows[] = {
	{
		.id = "store-in-same-cluster",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_INFO,
		.check = check_store_in_same_cluster,
		.summary = "The store runs in the same Kubernetes cluster as the database",
		.reference = "https://cloudnative-pg.io/documentation/current/backup/",
	},
};

RULE_ROWS(store_in_same_cluster);
