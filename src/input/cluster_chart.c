#include "input/cluster_chart.h"

#include "input/chart_values.h"

/* What the chart has in its own values.yaml, in each of its releases. */
static const struct str defaults = STR_INIT(
	"mode: standalone\n"
	"cluster: {instances: 3, storage: {size: 8Gi}}\n"
	"backups:\n"
	"  method: barmanObjectStore\n"
	"  provider: s3\n"
	"  s3: {path: /}\n"
	"  azure: {path: /, serviceName: blob}\n"
	"  google: {path: /}\n"
	"  secret: {create: true}\n"
	"  wal: {compression: gzip, encryption: AES256, maxParallel: 1}\n"
	"  data: {compression: gzip, encryption: AES256, jobs: 2}\n"
	"  retentionPolicy: 30d\n"
	"  scheduledBackups:\n"
	"  - {name: daily-backup, schedule: 0 0 0 * * *, backupOwnerReference: self, method: barmanObjectStore}\n"
	"recovery:\n"
	"  method: backup\n"
	"  provider: s3\n"
	"  s3: {path: /}\n"
	"  azure: {path: /, serviceName: blob}\n"
	"  google: {path: /}\n"
	"  secret: {create: true}\n");

#define API_VERSION "postgresql.cnpg.io/v1"

/* An object store, as `backups` or `recovery` describes it. */
struct store {
	struct obj scope;
	const char *prefix; /* of the Secret that the chart makes for it */
	struct obj to;	    /* its barmanObjectStore, or an ObjectStore's configuration */
};

struct making {
	struct chart_writer w; /* of the object at hand */
	const struct chart_release *release;
	const struct chart_sink *out;
	struct obj values;
	struct str name;  /* of the Cluster */
	struct obj named; /* wrote it */
	bool part;	  /* of the object at hand not all is known */
};

/* As `trunc 63 | trimSuffix "-"`. */
static struct str shorten(struct str name)
{
	if (name.len > 63)
		name.len = 63;
	if (name.len && name.ptr[name.len - 1] == '-')
		name.len--;
	return name;
}

/* The chart's "cluster.fullname". */
static void find_name(struct making *m)
{
	struct obj full = obj_at(m->values, "fullnameOverride");
	struct obj other = obj_at(m->values, "nameOverride");
	struct str own = m->release->name;

	m->named = m->release->at;
	if (value_is_on(full)) {
		m->named = full;
		m->name = shorten(obj_text(full, ""));
		return;
	}
	struct str chart = value_is_on(other) ? obj_text(other, "") : STR("cluster");
	m->name = shorten(str_contains(own, chart) ? own
						   : arena_fmt(m->w.arena, "%.*s-%.*s",
							       STR_ARG(own), STR_ARG(chart)));
}

static struct obj begin(struct making *m, const char *api_version, const char *kind,
			struct str name, struct obj named)
{
	struct obj at = m->release->at, above = obj_at(m->values, "namespaceOverride");
	struct str namespace = value_is_on(above) ? obj_text(above, "") : m->release->namespace;

	m->part = m->release->open;
	struct obj root = chart_begin(&m->w, at);
	chart_text(&m->w, root, "apiVersion", str_from(api_version), at);
	chart_text(&m->w, root, "kind", str_from(kind), at);
	struct obj metadata = chart_map(&m->w, root, "metadata", at);
	chart_text(&m->w, metadata, "name", name, named);
	if (namespace.len)
		chart_text(&m->w, metadata, "namespace", namespace,
			   value_is_on(above) ? above : at);
	return chart_map(&m->w, root, "spec", m->values);
}

static void end(struct making *m)
{
	struct object o;

	if (m->w.failed || !object_read(render_root(&m->w.render), &o))
		return;
	o.manifest = true;
	o.part = m->part;
	m->out->object(m->out->ctx, &o);
}

static void make_secret(struct making *m, struct str name, const struct str *keys, size_t len)
{
	struct obj above = obj_at(m->values, "namespaceOverride");
	struct provider p = {.provides = true,
			     .name = name,
			     .keys = ARENA_ARRAY(m->w.arena, struct provider_key, len),
			     .keys_len = len,
			     .open = m->release->open};

	for (size_t i = 0; i < len; i++)
		p.keys[i].name = keys[i];
	m->out->secret(m->out->ctx, &p,
		       value_is_on(above) ? obj_text(above, "") : m->release->namespace);
}

static void put_ca(struct making *m, const struct store *s)
{
	struct obj ca = obj_at(s->scope, "endpointCA"), name = obj_at(ca, "name");
	struct obj key = obj_at(ca, "key");
	bool create = value_is_on(obj_at(ca, "create"));
	struct str secret = obj_text(name, ""), in = obj_text(key, "");

	if (!create && !secret.len)
		return;
	if (!secret.len)
		secret = arena_fmt(m->w.arena, "%.*s-ca-bundle", STR_ARG(m->name));
	m->part |= !create && !in.len; /* which one it is then, releases differ about */
	if (!in.len)
		in = STR("ca-bundle.crt");
	struct obj to = chart_map(&m->w, s->to, "endpointCA", ca);
	chart_text(&m->w, to, "name", secret, name.node ? name : ca);
	chart_text(&m->w, to, "key", in, key.node ? key : ca);
	if (create)
		make_secret(m, secret, &in, 1);
}

/* A reference to each key of the Secret with the credentials, which the chart makes unless told
 * otherwise. */
static void put_keys(struct making *m, const struct store *s, struct obj to,
		     const char *const *fields, struct str *keys, size_t len)
{
	struct obj secret = obj_at(s->scope, "secret"), name = obj_at(secret, "name");
	struct obj by = value_is_on(name) ? name : s->scope;
	struct str provider = obj_text(s->scope, "provider");
	struct str called = value_is_on(name)
				    ? obj_text(name, "")
				    : arena_fmt(m->w.arena, "%.*s-%s-%.*s-creds", STR_ARG(m->name),
						s->prefix, STR_ARG(provider));

	for (size_t i = 0; i < len; i++) {
		struct obj ref = chart_map(&m->w, to, fields[i], by);

		chart_text(&m->w, ref, "name", called, by);
		chart_text(&m->w, ref, "key", keys[i], by);
	}
	if (value_is_on(obj_at(secret, "create")) ||
	    (m->release->open && !obj_at(secret, "create").node))
		make_secret(m, called, keys, len);
}

/* Whether no destination is given: then the provider's own parts make it. Without `needed` Helm
 * refuses the values. */
static bool lacks_path(struct making *m, const struct store *s, struct obj needed)
{
	if (value_is_on(obj_at(s->scope, "destinationPath")))
		return false;
	m->part |= !value_is_on(needed);
	return value_is_on(needed);
}

/* SCHEME://BUCKET/PATH, of what the section of the provider says. */
static void put_bucket(struct making *m, const struct store *s, const char *scheme,
		       struct obj section)
{
	struct obj bucket = obj_at(section, "bucket");

	if (lacks_path(m, s, bucket))
		chart_text(&m->w, s->to, "destinationPath",
			   arena_fmt(m->w.arena, "%s://%.*s%.*s", scheme,
				     STR_ARG(obj_text(bucket, "")),
				     STR_ARG(obj_text(section, "path"))),
			   bucket);
}

static void put_s3(struct making *m, const struct store *s)
{
	static const char *const fields[] = {"accessKeyId", "secretAccessKey"};
	struct str keys[] = {STR("ACCESS_KEY_ID"), STR("ACCESS_SECRET_KEY")};
	static const char *const renamed[] = {"secret.accessKeyIdField",
					      "secret.secretAccessKeyField"};
	struct obj s3 = obj_at(s->scope, "s3"), region = obj_at(s3, "region");

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (obj_text(s->scope, renamed[i]).len)
			keys[i] = obj_text(s->scope, renamed[i]);
	if (!value_is_on(obj_at(s->scope, "endpointURL"))) {
		m->part |= !value_is_on(region);
		if (value_is_on(region))
			chart_text(&m->w, s->to, "endpointURL",
				   arena_fmt(m->w.arena, "https://s3.%.*s.amazonaws.com",
					     STR_ARG(obj_text(region, ""))),
				   region);
	}
	put_bucket(m, s, "s3", s3);
	struct obj to = chart_map(&m->w, s->to, "s3Credentials", s->scope);
	if (value_is_on(obj_at(s3, "inheritFromIAMRole")))
		chart_copy(&m->w, to, "inheritFromIAMRole", obj_at(s3, "inheritFromIAMRole"));
	else
		put_keys(m, s, to, fields, keys, ARRAY_LEN(keys));
}

static void put_azure(struct making *m, const struct store *s)
{
	struct obj azure = obj_at(s->scope, "azure"), account = obj_at(azure, "storageAccount");

	if (lacks_path(m, s, account))
		chart_text(&m->w, s->to, "destinationPath",
			   arena_fmt(m->w.arena, "https://%.*s.%.*s.core.windows.net/%.*s%.*s",
				     STR_ARG(obj_text(account, "")),
				     STR_ARG(obj_text(azure, "serviceName")),
				     STR_ARG(obj_text(azure, "containerName")),
				     STR_ARG(obj_text(azure, "path"))),
			   account);
	struct obj to = chart_map(&m->w, s->to, "azureCredentials", s->scope);
	if (value_is_on(obj_at(azure, "inheritFromAzureAD"))) {
		chart_copy(&m->w, to, "inheritFromAzureAD", obj_at(azure, "inheritFromAzureAD"));
		return;
	}
	if (value_is_on(obj_at(azure, "connectionString"))) {
		static const char *const fields[] = {"connectionString"};
		struct str keys[] = {STR("AZURE_CONNECTION_STRING")};

		put_keys(m, s, to, fields, keys, 1);
		return;
	}
	bool key = value_is_on(obj_at(azure, "storageKey"));
	const char *const fields[] = {"storageAccount", key ? "storageKey" : "storageSasToken"};
	struct str keys[] = {STR("AZURE_STORAGE_ACCOUNT"),
			     key ? STR("AZURE_STORAGE_KEY") : STR("AZURE_STORAGE_SAS_TOKEN")};
	put_keys(m, s, to, fields, keys, ARRAY_LEN(keys));
}

static void put_google(struct making *m, const struct store *s)
{
	static const char *const fields[] = {"applicationCredentials"};
	struct str keys[] = {STR("APPLICATION_CREDENTIALS")};
	struct obj google = obj_at(s->scope, "google");

	put_bucket(m, s, "gs", google);
	struct obj to = chart_map(&m->w, s->to, "googleCredentials", s->scope);
	if (value_is_on(obj_at(google, "gkeEnvironment")))
		chart_copy(&m->w, to, "gkeEnvironment", obj_at(google, "gkeEnvironment"));
	else
		put_keys(m, s, to, fields, keys, 1);
}

/* The chart's "cluster.barmanObjectStoreConfig". */
static void put_store(struct making *m, const struct store *s)
{
	struct str provider = obj_text(s->scope, "provider");

	chart_copy_on(&m->w, s->to, "endpointURL", obj_at(s->scope, "endpointURL"));
	chart_copy_on(&m->w, s->to, "destinationPath", obj_at(s->scope, "destinationPath"));
	put_ca(m, s);
	if (str_is(provider, "s3"))
		put_s3(m, s);
	else if (str_is(provider, "azure"))
		put_azure(m, s);
	else if (str_is(provider, "google"))
		put_google(m, s);
	else
		m->part = true;
}

/* Of `wal` and `data`: texts as they are, but for those that are empty, and numbers. */
static void put_stream(struct making *m, struct obj to, const char *name, const char *number)
{
	struct obj from = obj_at(obj_at(m->values, "backups"), name);
	struct obj map, count = obj_at(from, number);

	if (!from.node)
		return;
	map = chart_map(&m->w, to, name, from);
	chart_copy_on(&m->w, map, "compression", obj_at(from, "compression"));
	chart_copy_on(&m->w, map, "encryption", obj_at(from, "encryption"));
	chart_copy_on(&m->w, map, "additionalCommandArgs", obj_at(from, "additionalCommandArgs"));
	if (obj_type(count) == OBJ_NUMBER)
		chart_copy(&m->w, map, number, count);
}

static void put_backups(struct making *m, struct obj configuration)
{
	struct obj backups = obj_at(m->values, "backups");

	put_stream(m, configuration, "wal", "maxParallel");
	put_stream(m, configuration, "data", "jobs");
	put_store(m, &(struct store){backups, "backup", configuration});
}

static bool has_backups(const struct making *m)
{
	return value_is_on(obj_at(m->values, "backups.enabled"));
}

/* `backups` or `recovery` says that its store is the plugin's, as releases from 0.8.0 on have it.
 */
static bool is_by_plugin(struct obj scope)
{
	return str_is(obj_text(scope, "method"), "plugin") &&
	       str_is(obj_text(scope, "pluginConfiguration.name"), PLUGIN_NAME);
}

/* An entry of `plugins`, or the plugin of an external cluster. */
static struct obj put_plugin(struct making *m, struct obj to, struct obj scope, const char *suffix)
{
	struct obj configuration = obj_at(scope, "pluginConfiguration");
	struct obj parameters;

	chart_copy(&m->w, to, "name", obj_at(configuration, "name"));
	parameters = chart_map(&m->w, to, "parameters", configuration);
	chart_text(&m->w, parameters, "barmanObjectName",
		   arena_fmt(m->w.arena, "%.*s-%s", STR_ARG(m->name), suffix), configuration);
	m->part |= obj_len(obj_at(configuration, "parameters")) != 0; /* releases differ about it */
	return parameters;
}

static void put_backup(struct making *m, struct obj spec)
{
	struct obj backups = obj_at(m->values, "backups");

	if (is_by_plugin(backups) && !obj_len(obj_at(m->values, "cluster.plugins"))) {
		struct obj to = chart_entry(&m->w, spec, "plugins", backups);

		put_plugin(m, to, backups, "backups");
		chart_true(&m->w, to, "isWALArchiver", backups);
		return;
	}
	/* Some releases do this, too, when the Cluster has plugins: they make a store for them. */
	if (!str_is(obj_text(backups, "method"), "barmanObjectStore")) {
		m->part = true;
		return;
	}
	struct obj to = chart_map(&m->w, spec, "backup", backups);
	chart_copy_on(&m->w, to, "retentionPolicy", obj_at(backups, "retentionPolicy"));
	put_backups(m, chart_map(&m->w, to, "barmanObjectStore", backups));
}

static void put_recovery(struct making *m, struct obj spec)
{
	struct obj recovery = obj_at(m->values, "recovery");
	struct str method = obj_text(recovery, "method");
	struct obj time = obj_at(recovery, "pitrTarget.time");
	bool plugin = is_by_plugin(recovery);

	if (!str_is(method, "backup") && !str_is(method, "object_store") && !plugin) {
		m->part = true;
		return;
	}
	struct obj to = chart_map(&m->w, chart_map(&m->w, spec, "bootstrap", recovery), "recovery",
				  recovery);
	if (value_is_on(time))
		chart_copy(&m->w, chart_map(&m->w, to, "recoveryTarget", time), "targetTime", time);
	chart_copy_on(&m->w, to, "database", obj_at(recovery, "database"));
	chart_copy_on(&m->w, to, "owner", obj_at(recovery, "owner"));
	if (str_is(method, "backup")) {
		struct obj name = obj_at(recovery, "backupName");

		chart_copy_on(&m->w, chart_map(&m->w, to, "backup", recovery), "name", name);
		return;
	}
	struct str source =
		plugin ? STR("pluginRecoveryCluster") : STR("objectStoreRecoveryCluster");
	chart_text(&m->w, to, "source", source, obj_at(recovery, "method"));
	struct obj from = chart_entry(&m->w, spec, "externalClusters", recovery);
	chart_text(&m->w, from, "name", source, obj_at(recovery, "method"));
	if (plugin) {
		struct obj by = chart_map(&m->w, from, "plugin", recovery);

		chart_copy_on(&m->w, put_plugin(m, by, recovery, "recovery"), "serverName",
			      obj_at(recovery, "clusterName"));
		return;
	}
	struct obj store = chart_map(&m->w, from, "barmanObjectStore", recovery);
	chart_copy_on(&m->w, store, "serverName", obj_at(recovery, "clusterName"));
	put_store(m, &(struct store){recovery, "recovery", store});
}

static void put_image(struct making *m, struct obj spec)
{
	struct obj own = obj_at(m->values, "cluster.imageName");
	struct obj version = obj_at(m->values, "version.postgresql");
	struct str type = obj_text(m->values, "type"), number = chart_word(&m->w, version);

	chart_copy_on(&m->w, spec, "imageName", own);
	if (!value_is_on(own) && number.len && (!type.len || str_is(type, "postgresql")) &&
	    !obj_len(obj_at(m->values, "cluster.imageCatalogRef")) &&
	    !obj_len(obj_at(m->values, "imageCatalog.images")))
		chart_text(&m->w, spec, "imageName",
			   arena_fmt(m->w.arena, "ghcr.io/cloudnative-pg/postgresql:%.*s",
				     STR_ARG(number)),
			   version);
}

static void put_storage(struct making *m, struct obj spec)
{
	struct obj storage = obj_at(m->values, "cluster.storage");
	struct obj wal = obj_at(m->values, "cluster.walStorage");

	if (storage.node) {
		struct obj to = chart_map(&m->w, spec, "storage", storage);
		chart_copy_on(&m->w, to, "size", obj_at(storage, "size"));
		chart_copy_on(&m->w, to, "storageClass", obj_at(storage, "storageClass"));
	}
	if (value_is_on(obj_at(wal, "enabled"))) {
		struct obj to = chart_map(&m->w, spec, "walStorage", wal);
		chart_copy_on(&m->w, to, "size", obj_at(wal, "size"));
		chart_copy_on(&m->w, to, "storageClass", obj_at(wal, "storageClass"));
	}
}

/* What rules ask of a Cluster beside its backups. */
static void put_server(struct making *m, struct obj spec)
{
	static const char *const lists[] = {"env", "envFrom", "certificates",
					    "serviceAccountTemplate", "plugins"};
	struct obj cluster = obj_at(m->values, "cluster"), count = obj_at(cluster, "instances");
	struct obj postgresql = obj_at(cluster, "postgresql");
	struct obj metadata = obj_at(render_root(&m->w.render), "metadata");

	chart_copy_on(&m->w, metadata, "annotations", obj_at(cluster, "annotations"));
	chart_copy_on(&m->w, metadata, "labels", obj_at(cluster, "additionalLabels"));
	if (obj_type(count) == OBJ_NUMBER)
		chart_copy(&m->w, spec, "instances", count);
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		chart_copy_on(&m->w, spec, lists[i], obj_at(cluster, lists[i]));
	m->part |= obj_len(obj_at(cluster, "plugins")) != 0; /* which old releases pass over */
	if (value_is_on(obj_at(postgresql, "parameters")))
		chart_copy(&m->w, chart_map(&m->w, spec, "postgresql", postgresql), "parameters",
			   obj_at(postgresql, "parameters"));
	put_image(m, spec);
	put_storage(m, spec);
}

static void make_cluster(struct making *m)
{
	struct obj spec = begin(m, API_VERSION, "Cluster", m->name, m->named);
	struct str mode = obj_text(m->values, "mode");

	if (m->w.failed)
		return;
	put_server(m, spec);
	if (str_is(mode, "recovery"))
		put_recovery(m, spec);
	else
		m->part |= !str_is(mode, "standalone");
	if (has_backups(m))
		put_backup(m, spec);
	end(m);
}

static void make_object_store(struct making *m, struct obj scope, const char *suffix)
{
	struct str name = arena_fmt(m->w.arena, "%.*s-%s", STR_ARG(m->name), suffix);
	struct obj spec = begin(m, "barmancloud.cnpg.io/v1", "ObjectStore", name, m->named);

	if (m->w.failed)
		return;
	chart_copy_on(&m->w, spec, "retentionPolicy", obj_at(scope, "retentionPolicy"));
	chart_copy_on(&m->w, spec, "instanceSidecarConfiguration",
		      obj_at(scope, "instanceSidecarConfiguration"));
	struct obj configuration = chart_map(&m->w, spec, "configuration", scope);
	if (str_is(obj_key(scope), "backups"))
		put_backups(m, configuration);
	else
		put_store(m, &(struct store){scope, suffix, configuration});
	/* its name and who uses it is for each release of the chart to say, and whether it has
	 * arguments */
	m->part |= !is_by_plugin(scope) || obj_len(obj_at(m->values, "cluster.plugins")) != 0 ||
		   obj_len(obj_at(scope, "pluginConfiguration.parameters")) != 0 ||
		   obj_len(obj_at(scope, "wal.additionalCommandArgs")) != 0 ||
		   obj_len(obj_at(scope, "data.additionalCommandArgs")) != 0;
	end(m);
}

static void make_schedule(struct making *m, struct obj item)
{
	struct obj own = obj_at(item, "name");
	struct str word = chart_word(&m->w, own);
	struct str name = arena_fmt(m->w.arena, "%.*s-%.*s", STR_ARG(m->name), STR_ARG(word));
	struct obj spec = begin(m, API_VERSION, "ScheduledBackup", name, own.node ? own : item);
	struct obj method = obj_at(item, "method"), backups = obj_at(m->values, "backups");

	if (m->w.failed)
		return;
	/* What is there counts wherever the rest comes from; of the plugin newer releases know
	 * only, which say what is missing of it, and what the one is that they have by themselves.
	 */
	bool own_default = is_by_plugin(backups) && obj_pos(item).line == obj_pos(backups).line &&
			   obj_pos(item).column == obj_pos(backups).column;
	m->part = own_default || str_is(obj_text(method, ""), "plugin");
	render_move(&m->w.render, spec, item);
	chart_true(&m->w, spec, "immediate", item);
	chart_copy_on(&m->w, spec, "schedule", obj_at(item, "schedule"));
	chart_copy_on(&m->w, spec, "method", own_default ? obj_at(backups, "method") : method);
	chart_copy_on(&m->w, spec, "pluginConfiguration", obj_at(item, "pluginConfiguration"));
	chart_copy_on(&m->w, spec, "backupOwnerReference", obj_at(item, "backupOwnerReference"));
	chart_text(&m->w, chart_map(&m->w, spec, "cluster", item), "name", m->name, item);
	end(m);
}

void cluster_chart_make(struct arena *a, struct doc_budget *budget, const struct chart_release *r,
			const struct chart_sink *out)
{
	struct making m = {.w = {.arena = a, .budget = budget}, .release = r, .out = out};
	struct obj schedules;

	if (!chart_values(&m.w, r->values, r->open ? STR_EMPTY : defaults, r->at, &m.values))
		return;
	find_name(&m);
	make_cluster(&m);
	struct obj recovery = obj_at(m.values, "recovery");
	if (str_is(obj_text(m.values, "mode"), "recovery") && is_by_plugin(recovery))
		make_object_store(&m, recovery, "recovery");
	if (!has_backups(&m))
		return;
	if (str_is(obj_text(m.values, "backups.method"), "plugin"))
		make_object_store(&m, obj_at(m.values, "backups"), "backups");
	schedules = obj_at(m.values, "backups.scheduledBackups");
	for (struct obj s = obj_first(schedules); s.node; s = obj_next(s))
		if (obj_type(s) == OBJ_MAP)
			make_schedule(&m, s);
}
