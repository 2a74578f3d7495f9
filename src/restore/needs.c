/* What the new Cluster refers to by name, and what must be in its namespace for it. */
#include "internal.h"

#include <string.h>

struct naming {
	struct restore *r;
	const char *kind;
};

static void add(void *ctx, struct str name)
{
	const struct naming *n = ctx;
	struct restore *r = n->r;

	for (size_t i = 0; i < r->needs_len; i++)
		if (str_is(str_from(r->needs[i].kind), n->kind) && str_eq(r->needs[i].name, name))
			return;
	if (r->needs_len == r->needs_cap) {
		size_t cap = r->needs_cap ? 2 * r->needs_cap : 16;
		struct need *more = ARENA_ARRAY(r->arena, struct need, cap);

		if (r->needs_len)
			memcpy(more, r->needs, r->needs_len * sizeof *more);
		r->needs = more;
		r->needs_cap = cap;
	}
	r->needs[r->needs_len++] = (struct need){n->kind, arena_str(r->arena, name)};
}

static void add_secret(void *ctx, const struct secret_ref *ref)
{
	add(ctx, ref->name);
}

/* The fields of a Cluster (CloudNativePG 1.30) that name what is in its namespace; those of its
 * bootstrap and its in-tree store are looked at where those are. */
static const struct {
	const char *kind, *path;
} fields[] = {
	{"Secret", "spec.superuserSecret.name"},
	{"Secret", "spec.certificates.serverCASecret"},
	{"Secret", "spec.certificates.serverTLSSecret"},
	{"Secret", "spec.certificates.clientCASecret"},
	{"Secret", "spec.certificates.replicationTLSSecret"},
	{"Secret", "spec.managed.roles[].passwordSecret.name"},
	{"Secret", "spec.imagePullSecrets[].name"},
	{"Secret", "spec.env[].valueFrom.secretKeyRef.name"},
	{"Secret", "spec.envFrom[].secretRef.name"},
	{"Secret", "spec.projectedVolumeTemplate.sources[].secret.name"},
	{"Secret", "spec.monitoring.customQueriesSecret[].name"},
	{"Secret", "spec.postgresql.ldap.bindSearchAuth.bindPassword.name"},
	{"ConfigMap", "spec.env[].valueFrom.configMapKeyRef.name"},
	{"ConfigMap", "spec.envFrom[].configMapRef.name"},
	{"ConfigMap", "spec.projectedVolumeTemplate.sources[].configMap.name"},
	{"ConfigMap", "spec.monitoring.customQueriesConfigMap[].name"},
};

#define SIDECAR_MAPS "spec.instanceSidecarConfiguration.env[].valueFrom.configMapKeyRef.name"

void restore_list_needs(struct restore *r)
{
	struct naming secret = {r, "Secret"}, catalog = {r, "ImageCatalog"},
		      unknown = {r, "ObjectStore"}, map = {r, "ConfigMap"};
	struct obj root = restore_cluster(r)->root;
	const struct str stores[] = {r->read, r->store};

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		struct naming n = {r, fields[i].kind};

		restore_each_text(root, fields[i].path, add, &n);
	}
	restore_each_text(restore_bootstrap(r), "secret.name", add, &secret);
	if (str_is(obj_text(root, "spec.imageCatalogRef.kind"), "ImageCatalog"))
		restore_each_text(root, "spec.imageCatalogRef.name", add, &catalog);
	for (size_t i = 0; r->by_plugin && i < (r->in->drill ? 1 : ARRAY_LEN(stores)); i++) {
		const struct known *k = restore_store(r, stores[i]);

		if (!k) {
			add(&unknown, stores[i]); /* else it is in the manifest */
			continue;
		}
		object_store_secrets(k->object.root, add_secret, &secret);
		restore_each_text(k->object.root, SIDECAR_MAPS, add, &map);
	}
	if (r->archive.in_tree.node)
		configuration_secrets(r->archive.in_tree, add_secret, &secret);
}
