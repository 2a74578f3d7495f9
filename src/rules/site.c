#include "site.h"

#include "base/arena.h"
#include "cnpg/archive.h"
#include "cnpg/location.h"
#include "cron/cron.h"
#include "rules/checks.h"
#include "rules/cluster.h"
#include "rules/schedule.h"
#include "rules/store.h"

#include <inttypes.h>

#define CONFIGURATION "spec.configuration"

/* A value that somebody else fills in says nothing about a template. */
static struct str known(struct str value)
{
	return value_is_placeholder(value, NULL) ? STR_EMPTY : value;
}

struct template_bindings site_bindings(const struct rule_ctx *c, struct str cluster)
{
	return (struct template_bindings){
		.namespace = known(c->object->namespace),
		.cluster = known(cluster),
		.aliases = c->params->cluster_name_aliases,
		.aliases_len = c->params->cluster_name_aliases_len,
	};
}

/* Adds the template, filled in as far as it is known. */
static void add_filled(struct buf *out, struct str template, const struct template_bindings *b)
{
	if (out->len)
		buf_text(out, " or ");
	template_fill(template, b, out);
}

const struct store_params *site_store_named(const struct rule_ctx *c, struct str name,
					    struct template_bindings *b)
{
	for (size_t i = 0; i < c->params->stores_len; i++)
		if (template_match(c->params->stores[i].object_store_name, name, b))
			return &c->params->stores[i];
	return NULL;
}

/* The store that an ObjectStore belongs to. One whose name fits none (policy-store-name says so) is
 * compared with the only store, if there is only one. */
static const struct store_params *store_of(const struct rule_ctx *c, struct template_bindings *b)
{
	*b = site_bindings(c, STR_EMPTY);
	const struct store_params *s = site_store_named(c, c->object->name, b);

	b->app = known(b->app);
	b->namespace = known(b->namespace);
	b->cluster = known(b->cluster);
	return s || c->params->stores_len != 1 ? s : &c->params->stores[0];
}

/* All names that the policy has for a store: "<app>-minio-store or <app>-b2-store". */
static struct str store_names(const struct rule_ctx *c, const struct template_bindings *b)
{
	struct buf names = BUF_ARENA(c->arena);

	for (size_t i = 0; i < c->params->stores_len; i++)
		add_filled(&names, c->params->stores[i].object_store_name, b);
	return buf_slice(&names);
}

/* plugin-name-unknown tells what is meant; the site's rules would only repeat it. */
static bool has_near_miss(struct obj plugins)
{
	for (struct obj e = obj_first(plugins); e.node; e = obj_next(e)) {
		struct str name = obj_text(e, "name");

		if (plugin_name_is_near(name) || value_is_placeholder(name, NULL))
			return true;
	}
	return false;
}

void check_policy_require_plugin(const struct rule_ctx *c)
{
	const struct archive *a = c->archive;
	struct template_bindings b = site_bindings(c, c->object->name);
	bool other = a->in_tree.node || a->volume_snapshot || a->wal_archiver;
	struct finding *f;

	if (a->enabled_entries || has_near_miss(obj_at(c->root, "spec.plugins")))
		return;
	if (a->entries) {
		f = finding_add(c, a->last, "enabled", "plugin " PLUGIN_NAME " has enabled: false");
		finding_effect(c, f, "%sbackups fail with \"requested plugin is not available\"",
			       other ? "" : "no WAL is archived, and ");
		finding_fix(c, f, "enabled: true");
		return;
	}
	f = finding_add(c, c->root, "spec.plugins", "spec.plugins lacks " PLUGIN_NAME);
	finding_effect(c, f,
		       other ? "the policy requires this plugin"
			     : "no WAL is archived and no base backup can be made");
	finding_fix(c, f,
		    "plugins: [{name: " PLUGIN_NAME
		    ", isWALArchiver: true, parameters: {barmanObjectName: %.*s}}]",
		    STR_ARG(c->params->stores_len ? store_names(c, &b) : STR("<store>")));
}

bool site_destination_fits(const struct rule_ctx *c, struct str template, struct str value,
			   struct template_bindings *b)
{
	struct buf x = BUF_ARENA(c->arena), y = BUF_ARENA(c->arena);

	location_of(STR_EMPTY, template, STR_EMPTY, &x);
	location_of(STR_EMPTY, value, STR_EMPTY, &y);
	return template_match(buf_slice(&x), buf_slice(&y), b);
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
	finding_fix(c, f, "%s: %.*s", key, STR_ARG(store_names(c, &b)));
}

/* A recovery source may be any store: only where backups go is the site's affair. */
void check_policy_store_name(const struct rule_ctx *c)
{
	if (c->object->kind == KIND_CLUSTER)
		store_name(c, c->archive->place.store_at, "", site_bindings(c, c->object->name));
	else
		store_name(c, c->root, "metadata.name", site_bindings(c, STR_EMPTY));
}

void check_policy_destination(const struct rule_ctx *c)
{
	struct str value = obj_text(c->root, CONFIGURATION ".destinationPath");
	struct buf expected = BUF_ARENA(c->arena);
	struct template_bindings b;
	const struct store_params *s = store_of(c, &b);

	if (!s || !s->destination_path.len || !value.len || value_is_placeholder(value, NULL))
		return;
	for (size_t i = 0; i < s->destination_path.len; i++) {
		if (site_destination_fits(c, s->destination_path.items[i], value, &b))
			return;
		add_filled(&expected, s->destination_path.items[i], &b);
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

static struct str joined(const struct rule_ctx *c, struct str_list l)
{
	struct buf all = BUF_ARENA(c->arena);

	for (size_t i = 0; i < l.len; i++)
		buf_fmt(&all, "%s%.*s", i ? " or " : "", STR_ARG(l.items[i]));
	return buf_slice(&all);
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

void check_policy_endpoint(const struct rule_ctx *c)
{
	struct obj at = c->root, env = endpoint_env(c->root);
	const char *path = CONFIGURATION ".endpointURL";
	struct template_bindings b;
	const struct store_params *s = store_of(c, &b);
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

void check_policy_credentials_secret(const struct rule_ctx *c)
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
	const struct store_params *s = store_of(c, &b);

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

#define PLUGIN_METHOD "method: plugin and pluginConfiguration: {name: " PLUGIN_NAME "}"

void check_policy_method(const struct rule_ctx *c)
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

void check_policy_schedule_name(const struct rule_ctx *c)
{
	struct template_bindings b = site_bindings(c, obj_text(c->root, "spec.cluster.name"));
	struct str template = c->params->scheduled_backup_name, name = c->object->name;
	struct buf expected = BUF_ARENA(c->arena);

	if (!template.len || !name.len || value_is_placeholder(name, NULL) ||
	    template_match(template, name, &b))
		return;
	add_filled(&expected, template, &b);
	struct finding *f = finding_add(c, c->root, "metadata.name",
					"name %.*s is not what the policy says: %.*s",
					STR_ARG(name), STR_ARG(buf_slice(&expected)));
	finding_fix(c, f, "name: %.*s", STR_ARG(buf_slice(&expected)));
}

void check_policy_owner_reference(const struct rule_ctx *c)
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

/* The window may span midnight; its end is outside. */
static bool in_window(const struct params *p, int minute)
{
	if (p->window_from < p->window_to)
		return minute >= p->window_from && minute < p->window_to;
	return minute >= p->window_from || minute < p->window_to;
}

/* First minute of a day, 0 to 1439, at which it runs outside the window; -1 when none. */
static int outside_window(const struct params *p, const struct cron *cron)
{
	for (int minute = 0; minute < 1440; minute++)
		if ((cron->set[CRON_HOUR] >> minute / 60 & 1) &&
		    (cron->set[CRON_MINUTE] >> minute % 60 & 1) && !in_window(p, minute))
			return minute;
	return -1;
}

void check_policy_schedule_window(const struct rule_ctx *c)
{
	const struct params *p = c->params;
	struct str schedule = obj_text(c->root, "spec.schedule");
	struct finding *f;
	struct cron cron;
	int64_t next;
	int minute = -1;

	if (p->window_from == p->window_to || value_is_placeholder(schedule, NULL) ||
	    cron_parse(schedule, &cron, NULL) != CRON_OK || !cron_next(&cron, c->now, &next))
		return;
	if (!cron.every && (minute = outside_window(p, &cron)) < 0)
		return;
	if (cron.every)
		f = finding_add(c, c->root, "spec.schedule",
				"schedule %.*s has no fixed time of day; the policy has a window",
				STR_ARG(schedule));
	else
		f = finding_add(
			c, c->root, "spec.schedule",
			"schedule runs at %02d:%02d UTC, outside the policy's window %02d:%02d-%02d:%02d",
			minute / 60, minute % 60, p->window_from / 60, p->window_from % 60,
			p->window_to / 60, p->window_to % 60);
	finding_fix(c, f, "schedule: '0 %d %d * * *' - each day when the window opens",
		    p->window_from % 60, p->window_from / 60);
}

int64_t retention_days(struct str text)
{
	int64_t n;

	if (text.len < 2 || !str_to_i64(str_slice(text, 0, text.len - 1), &n) || n < 1 || n > 36500)
		return 0;
	switch (text.ptr[text.len - 1]) {
	case 'd':
		return n;
	case 'w':
		return n * 7;
	case 'm':
		return n * 31;
	default:
		return 0;
	}
}

void check_policy_retention(const struct rule_ctx *c)
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

void check_policy_require_compression(const struct rule_ctx *c)
{
	static const char *const parts[] = {"wal", "data"};
	struct obj configuration = obj_at(c->root, CONFIGURATION);

	for (size_t i = 0; configuration.node && i < ARRAY_LEN(parts); i++) {
		struct obj part = obj_at(configuration, parts[i]);

		if (obj_text(part, "compression").len)
			continue;
		struct str path = arena_fmt(c->arena, "%s.compression", parts[i]);
		struct finding *f = finding_add(c, configuration, path.ptr,
						"%s compressed; the policy requires it",
						i ? "base backups are not" : "WAL is not");
		finding_fix(c, f, "%s: {compression: gzip}", parts[i]);
	}
}

void check_policy_require_endpoint_ca(const struct rule_ctx *c)
{
	struct obj configuration = obj_at(c->root, CONFIGURATION);
	struct str endpoint;

	if (!store_endpoint(configuration, &endpoint) ||
	    !str_has_prefix_nocase(endpoint, STR("https://")) ||
	    obj_type(obj_at(configuration, "endpointCA")) == OBJ_MAP)
		return;
	struct finding *f = finding_add(c, configuration, "endpointCA",
					"endpointCA is missing, which the policy requires");
	finding_effect(c, f, "the endpoint may show a certificate of any public CA");
	finding_fix(c, f, "endpointCA: {name: <secret>, key: ca.crt}");
}
