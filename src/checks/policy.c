/* What the policy of a site says of stores, methods and owners. */
#include "cnpg/archive.h"
#include "cnpg/location.h"
#include "facts/plugin.h"
#include "facts/schedule.h"
#include "facts/neighbour.h"
#include "facts/site.h"
#include "facts/store.h"

#include <inttypes.h>

#define CONFIGURATION "spec.configuration"

static struct str joined(const struct rule_ctx *c, struct str_list l)
{
	struct buf all = BUF_ARENA(c->arena);

	for (size_t i = 0; i < l.len; i++)
		buf_fmt(&all, "%s%.*s", i ? " or " : "", STR_ARG(l.items[i]));
	return buf_slice(&all);
}

static void selector_name(const struct rule_ctx *c, const struct store_params *s,
			  struct obj selector)
{
	struct str name = obj_text(selector, "name");

	if (!s->secret_name.len || !name.len || value_is_placeholder(name, NULL) ||
	    str_list_has(s->secret_name, name))
		return;
	struct finding *f = finding_add(c, selector, "name",
					"Secret %.*s is not that of the policy's store %.*s",
					STR_ARG(name), STR_ARG(s->name));
	finding_fix(c, f, "name: %.*s", STR_ARG(joined(c, s->secret_name)));
}

static void selector_key(const struct rule_ctx *c, const struct store_params *s,
			 struct obj selector, struct str wanted)
{
	struct str key = obj_text(selector, "key");

	if (!wanted.len || !key.len || value_is_placeholder(key, NULL) || str_eq(key, wanted))
		return;
	struct finding *f =
		finding_add(c, selector, "key", "key %.*s is not that of the policy's store %.*s",
			    STR_ARG(key), STR_ARG(s->name));
	finding_fix(c, f, "key: %.*s", STR_ARG(wanted));
}

static void check_policy_credentials_secret(const struct rule_ctx *c)
{
	static const char *const selectors[] = {
		"s3Credentials.accessKeyId",
		"s3Credentials.secretAccessKey",
		"s3Credentials.region",
		"s3Credentials.sessionToken",
		"azureCredentials.connectionString",
		"azureCredentials.storageAccount",
		"azureCredentials.storageKey",
		"azureCredentials.storageSasToken",
		"googleCredentials.applicationCredentials",
	};
	struct obj configuration = obj_at(c->root, CONFIGURATION);
	struct template_bindings b;
	const struct store_params *s = site_store_of(c, &b);

	if (!s)
		return;
	if (s->secret_name.len &&
	    obj_true(configuration, "s3Credentials.inheritFromIAMRole", false)) {
		struct finding *f = finding_add(
			c, configuration, "s3Credentials.inheritFromIAMRole",
			"inheritFromIAMRole takes the credentials of the Pod, where the policy has Secret %.*s",
			STR_ARG(joined(c, s->secret_name)));
		finding_fix(c, f, "accessKeyId and secretAccessKey from Secret %.*s in its place",
			    STR_ARG(s->secret_name.items[0]));
		return; /* the selectors are not read */
	}
	for (size_t i = 0; i < ARRAY_LEN(selectors); i++)
		selector_name(c, s, obj_at(configuration, selectors[i]));
	selector_key(c, s, obj_at(configuration, selectors[0]), s->access_key_id);
	selector_key(c, s, obj_at(configuration, selectors[1]), s->secret_access_key);
}

static void check_policy_destination(const struct rule_ctx *c)
{
	struct str value = obj_text(c->root, CONFIGURATION ".destinationPath");
	struct buf expected = BUF_ARENA(c->arena);
	struct template_bindings b;
	const struct store_params *s = site_store_of(c, &b);

	if (!s || !s->destination_path.len || !value.len || value_is_placeholder(value, NULL))
		return;
	struct template_bindings filled = b;
	const struct known *cluster = neighbour_only(c, KIND_CLUSTER);
	if (cluster && !filled.cluster.len)
		filled.cluster = cluster->object.name;
	for (size_t i = 0; i < s->destination_path.len; i++) {
		if (site_destination_fits(c, s->destination_path.items[i], value, &b))
			return;
		site_add_filled(&expected, s->destination_path.items[i], &filled);
	}
	struct str shown = store_url_shown(c->arena, value);
	struct finding *f = finding_add(
		c, c->root, CONFIGURATION ".destinationPath",
		"destinationPath %.*s is not where the policy's store %.*s keeps backups",
		STR_ARG(shown), STR_ARG(s->name));
	if (!str_eq(shown, value))
		finding_confidential(f);
	finding_fix(c, f, "destinationPath: %.*s", STR_ARG(buf_slice(&expected)));
}

/* boto3 takes these when there is no --endpoint-url. */
static struct obj endpoint_env(struct obj store)
{
	struct obj found = {0};

	for (struct obj e = obj_first(obj_at(store, "spec.instanceSidecarConfiguration.env"));
	     e.node; e = obj_next(e)) {
		struct str name = obj_text(e, "name");

		if (str_is(name, "AWS_ENDPOINT_URL_S3") ||
		    (str_is(name, "AWS_ENDPOINT_URL") && !found.node))
			found = e;
	}
	return found;
}

static void check_policy_endpoint(const struct rule_ctx *c)
{
	struct obj at = c->root, env = endpoint_env(c->root);
	const char *path = CONFIGURATION ".endpointURL";
	struct template_bindings b;
	const struct store_params *s = site_store_of(c, &b);
	struct str value = obj_text(at, path);

	if (!s || !s->endpoint_url.len || value_is_placeholder(value, NULL))
		return;
	if (!value.len && env.node) {
		at = env;
		path = "value";
		value = obj_text(env, "value");
		if (!value.len || value_is_placeholder(value, NULL))
			return; /* from a Secret or ConfigMap: unknown */
	}
	for (size_t i = 0; i < s->endpoint_url.len; i++)
		if (endpoint_equal(value, s->endpoint_url.items[i]))
			return;
	struct str shown = store_url_shown(c->arena, value);
	struct finding *f =
		value.len
			? finding_add(c, at, path, "%s %.*s is not that of the policy's store %.*s",
				      at.node == env.node ? "endpoint" : "endpointURL",
				      STR_ARG(shown), STR_ARG(s->name))
			: finding_add(c, at, path, "endpointURL is missing");
	if (!str_eq(shown, value))
		finding_confidential(f);
	if (!value.len)
		finding_effect(c, f, "barman-cloud then sends everything to AWS S3");
	finding_fix(c, f, "%s: %.*s", at.node == env.node ? "value" : "endpointURL",
		    STR_ARG(joined(c, s->endpoint_url)));
}

#define PLUGIN_METHOD "method: plugin - and pluginConfiguration: {name: " PLUGIN_NAME "}"

static void check_policy_method(const struct rule_ctx *c)
{
	struct str method = obj_text(c->root, "spec.method");
	struct str plugin = obj_text(c->root, "spec.pluginConfiguration.name");
	struct finding *f;

	if (value_is_placeholder(method, NULL))
		return;
	if (!str_is(method, "plugin")) {
		bool snapshot = str_is(method, "volumeSnapshot");

		f = finding_add(c, c->root, "spec.method", "method is %.*s, %s",
				STR_ARG(method.len ? method : STR("barmanObjectStore")),
				snapshot ? "but the policy requires plugin"
					 : "the default, not plugin");
		if (!snapshot) {
			finding_effect(
				c, f, "backups of a Cluster that archives through the plugin fail");
			schedule_name_plugin(c, f);
		}
		finding_fix(c, f, PLUGIN_METHOD);
		return;
	}
	if (!plugin.len && c->object->kind == KIND_BACKUP) {
		f = finding_add(c, c->root, "spec.pluginConfiguration.name",
				"method plugin without pluginConfiguration.name");
		finding_effect(
			c, f,
			"CloudNativePG refuses it: \"cannot be empty when the backup method is plugin\"");
		finding_fix(c, f, "pluginConfiguration: {name: " PLUGIN_NAME "}");
		return;
	}
	if (!plugin.len || str_is(plugin, PLUGIN_NAME) || plugin_name_is_near(plugin) ||
	    value_is_placeholder(plugin, NULL))
		return;
	f = finding_add(c, c->root, "spec.pluginConfiguration.name",
			"plugin %.*s is not " PLUGIN_NAME ", which the policy requires",
			STR_ARG(plugin));
	finding_fix(c, f, "name: " PLUGIN_NAME);
}

static void check_policy_owner_reference(const struct rule_ctx *c)
{
	struct str wanted = c->params->owner_reference;
	struct str value = obj_text(c->root, "spec.backupOwnerReference");

	if (!value.len)
		value = STR("none");
	if (!wanted.len || value_is_placeholder(value, NULL) || str_eq(value, wanted))
		return;
	struct finding *f = finding_add(c, c->root, "spec.backupOwnerReference",
					"backupOwnerReference is %.*s, but the policy says %.*s",
					STR_ARG(value), STR_ARG(wanted));
	if (str_is(value, "none"))
		finding_effect(c, f, "Backup objects stay when their schedule goes");
	finding_fix(c, f, "backupOwnerReference: %.*s", STR_ARG(wanted));
}

static void check_policy_retention(const struct rule_ctx *c)
{
	int64_t min = c->params->retention_min, max = c->params->retention_max;
	struct str text = obj_text(c->root, "spec.retentionPolicy");
	int64_t days = retention_days(text);
	bool low = days && days < min;
	struct finding *f;

	if (!text.len && max) {
		f = finding_add(c, c->root, "spec.retentionPolicy",
				"retentionPolicy is missing, which the policy requires");
		finding_effect(c, f, "every backup is kept for ever");
		finding_fix(c, f, "retentionPolicy: %" PRId64 "d", max);
	} else if (low || (max && days > max)) {
		f = finding_add(c, c->root, "spec.retentionPolicy",
				"retentionPolicy %.*s is %s than %" PRId64 "d, the policy's %s",
				STR_ARG(text), low ? "shorter" : "longer", low ? min : max,
				low ? "minimum" : "maximum");
		finding_fix(c, f, "retentionPolicy: %" PRId64 "d", low ? min : max);
	}
}

/* The path often tells the {app} that the name should have. */
static void bind_by_destination(const struct rule_ctx *c, struct template_bindings *b)
{
	struct str value = obj_text(c->root, CONFIGURATION ".destinationPath");

	for (size_t i = 0; i < c->params->stores_len && !value_is_placeholder(value, NULL); i++)
		for (size_t k = 0; k < c->params->stores[i].destination_path.len; k++)
			if (site_destination_fits(c, c->params->stores[i].destination_path.items[k],
						  value, b))
				return;
}

static void store_name(const struct rule_ctx *c, struct obj at, const char *field,
		       struct template_bindings b)
{
	const char *key = c->object->kind == KIND_CLUSTER ? "barmanObjectName" : "name";
	struct str name = obj_text(at, field);

	if (!name.len || !c->params->stores_len || value_is_placeholder(name, NULL) ||
	    site_store_named(c, name, &b))
		return;
	struct finding *f = finding_add(c, at, field, "%s %.*s fits no store of the policy", key,
					STR_ARG(name));
	bind_by_destination(c, &b);
	finding_fix(c, f, "%s: %.*s", key, STR_ARG(site_store_names(c, &b)));
}

/* A recovery source may be any store: only where backups go is the site's affair. */
static void check_policy_store_name(const struct rule_ctx *c)
{
	if (c->object->kind == KIND_CLUSTER)
		store_name(c, c->archive->place.store_at, "", site_bindings(c, c->object->name));
	else
		store_name(c, c->root, "metadata.name", site_bindings(c, STR_EMPTY));
}

static const struct rule rows[] = {
	{
		.id = "policy-credentials-secret",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_OFF,
		.check = check_policy_credentials_secret,
		.summary = "Credentials come from another Secret or key than the policy says",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},
	{
		.id = "policy-destination",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_OFF,
		.check = check_policy_destination,
		.summary = "Backups go to another path than the policy says",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},
	{
		.id = "policy-endpoint",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_OFF,
		.check = check_policy_endpoint,
		.summary = "Backups go to another endpoint than the policy says",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},
	{
		.id = "policy-method",
		.kinds = KIND_SCHEDULED_BACKUP | KIND_BACKUP,
		.severity = SEV_OFF,
		.check = check_policy_method,
		.summary = "A backup is not made by the Barman Cloud plugin",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/",
	},
	{
		.id = "policy-owner-reference",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_OFF,
		.check = check_policy_owner_reference,
		.summary = "Backup objects have another owner than the policy says",
		.reference = "https://cloudnative-pg.io/documentation/current/backup/",
	},
	{
		.id = "policy-retention",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_OFF,
		.check = check_policy_retention,
		.summary = "retentionPolicy is outside the bounds of the policy",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
	},
	{
		.id = "policy-store-name",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.severity = SEV_OFF,
		.check = check_policy_store_name,
		.summary = "An ObjectStore has a name that no store of the policy has",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/",
	},
};

RULE_ROWS(policy);
