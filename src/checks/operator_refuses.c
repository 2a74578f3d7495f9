/* What CloudNativePG's webhook refuses of a Cluster, a ScheduledBackup or a Backup. */
#include "cnpg/archive.h"
#include "cnpg/schema.h"
#include "facts/cluster.h"
#include "facts/neighbour.h"
#include "facts/operator.h"
#include "facts/store.h"

#define MOST_NAME 50 /* bytes of a Cluster's name */

static void one_bootstrap(const struct rule_ctx *c)
{
	static const char *const methods[] = {"initdb", "recovery", "pg_basebackup"};
	struct obj bootstrap = obj_at(c->root, "spec.bootstrap");
	struct buf all = BUF_ARENA(c->arena);
	size_t found = 0;

	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		if (!operator_has(bootstrap, methods[i]))
			continue;
		buf_fmt(&all, "%s%s", found ? ", " : "", methods[i]);
		found++;
	}
	if (found < 2)
		return;
	struct finding *f = finding_add(c, bootstrap, "", "bootstrap has %zu methods: %.*s", found,
					STR_ARG(buf_slice(&all)));
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		finding_because(c, f, bootstrap, methods[i]);
	operator_says(c, f, "Only one bootstrap method can be specified at a time");
	finding_fix(c, f, "keep one of %.*s", STR_ARG(buf_slice(&all)));
}

/* The entry of spec.externalClusters; `unknown` when one has a name that is filled in later. */
static struct obj external(const struct rule_ctx *c, struct str name, bool *unknown)
{
	struct obj e = obj_first(obj_at(c->root, "spec.externalClusters"));

	*unknown = value_is_placeholder(name, NULL);
	for (; e.node; e = obj_next(e)) {
		if (str_eq(obj_text(e, "name"), name))
			return e;
		*unknown |= value_is_placeholder(obj_text(e, "name"), NULL);
	}
	return (struct obj){0};
}

/* The entry that was meant: the only one, or one that is nearly called so. */
static struct str nearest_external(const struct rule_ctx *c, struct str name)
{
	struct obj list = obj_at(c->root, "spec.externalClusters");
	struct str best = obj_len(list) == 1 ? obj_text(obj_first(list), "name") : STR_EMPTY;
	size_t most = name.len / 3 + 1;

	for (struct obj e = obj_first(list); e.node && obj_len(list) > 1; e = obj_next(e)) {
		size_t distance = str_distance(name, obj_text(e, "name"), most);

		if (distance < most) {
			best = obj_text(e, "name");
			most = distance;
		}
	}
	return best;
}

/* `at` holds under `key` the name of an external cluster. */
static void names_external(const struct rule_ctx *c, struct obj at, const char *key)
{
	struct str name = obj_text(at, key), meant;
	struct finding *f;
	bool unknown;

	if (!name.len || external(c, name, &unknown).node || unknown)
		return;
	f = finding_add(c, at, key, "%s %.*s is not among spec.externalClusters", key,
			STR_ARG(name));
	finding_because(c, f, c->root, "spec.externalClusters");
	finding_effect(c, f,
		       "CloudNativePG refuses the object: \"External cluster %.*s not found\"",
		       STR_ARG(name));
	if (!operator_has(obj_at(c->root, "spec"), "externalClusters") && neighbour_is_base(c))
		finding_at_most(f, SEV_WARN);
	meant = nearest_external(c, name);
	if (meant.len && f->source == obj_source(obj_at(at, key)))
		finding_fix(c, f, "%s: %.*s", key, STR_ARG(meant));
	else
		finding_fix(
			c, f,
			"an entry {name: %.*s, plugin: {name: " PLUGIN_NAME
			", parameters: {barmanObjectName: %.*s, serverName: %.*s}}} in spec.externalClusters",
			STR_ARG(name), STR_ARG(store_meant(c)), STR_ARG(name));
}

static void sources(const struct rule_ctx *c)
{
	struct obj replica = obj_at(c->root, "spec.replica");

	names_external(c, obj_at(c->root, "spec.bootstrap.recovery"), "source");
	names_external(c, obj_at(c->root, "spec.bootstrap.pg_basebackup"), "source");
	names_external(c, replica, "source");
	names_external(c, replica, "self");
	names_external(c, replica, "primary");
}

static void replica(const struct rule_ctx *c)
{
	struct obj replica = obj_at(c->root, "spec.replica");
	struct obj bootstrap = obj_at(c->root, "spec.bootstrap");
	struct finding *f;

	if (operator_has(replica, "enabled") && obj_text(replica, "primary").len) {
		f = finding_add(c, replica, "enabled", "enabled stands beside primary");
		finding_because(c, f, replica, "primary");
		operator_says(c, f,
			      "replica mode enabled is not compatible with the primary field");
		finding_fix(c, f, "remove enabled - or primary");
	}
	if (!obj_text(replica, "source").len || !cluster_follows_source(c) ||
	    operator_has(bootstrap, "recovery") || operator_has(bootstrap, "pg_basebackup"))
		return;
	f = finding_add(c, c->root, "spec.bootstrap",
			"a replica has neither bootstrap.recovery nor bootstrap.pg_basebackup");
	finding_because(c, f, replica, "source");
	operator_says(c, f,
		      "replica mode bootstrap is compatible only with pg_basebackup or recovery");
	finding_fix(c, f, "bootstrap: {recovery: {source: %.*s}}",
		    STR_ARG(obj_text(replica, "source")));
	/* a primary that was demoted keeps the bootstrap that it once had */
	finding_at_most(f, SEV_WARN);
}

static void snapshots(const struct rule_ctx *c)
{
	struct obj recovery = obj_at(c->root, "spec.bootstrap.recovery");
	struct obj target = obj_at(recovery, "recoveryTarget");
	struct finding *f;

	if (!operator_has(recovery, "volumeSnapshots"))
		return;
	if (operator_has(recovery, "backup")) {
		f = finding_add(c, recovery, "backup", "backup stands beside volumeSnapshots");
		finding_because(c, f, recovery, "volumeSnapshots");
		operator_says(
			c, f,
			"Recovery from dataSource is not compatible with other types of recovery");
		finding_fix(c, f, "remove backup - or volumeSnapshots");
	} else if (obj_text(target, "backupID").len) {
		f = finding_add(c, target, "backupID", "backupID stands beside volumeSnapshots");
		finding_because(c, f, recovery, "volumeSnapshots");
		operator_says(c, f, "Cannot specify a backupID when recovering using a DataSource");
		finding_fix(c, f, "remove backupID");
	}
}

static bool is_unsafe_path(struct str name)
{
	return str_is(name, ".") || str_is(name, "..") || str_find_byte(name, '/') != STR_NONE ||
	       str_find_byte(name, '\\') != STR_NONE;
}

static void external_again(const struct rule_ctx *c, struct obj list, struct obj e)
{
	struct str name = obj_text(e, "name");

	for (struct obj other = obj_first(list); other.node && other.node != e.node;
	     other = obj_next(other)) {
		if (!name.len || !str_eq(obj_text(other, "name"), name))
			continue;
		struct finding *f =
			finding_add(c, e, "name", "a second external cluster %.*s", STR_ARG(name));

		operator_says(c, f, "the list of external clusters contains duplicate values");
		finding_fix(c, f, "remove one of the two entries - or give it another name");
		return;
	}
}

static void external_entries(const struct rule_ctx *c)
{
	struct obj list = obj_at(c->root, "spec.externalClusters");
	struct finding *f;

	for (struct obj e = obj_first(list); e.node; e = obj_next(e)) {
		struct str name = obj_text(e, "name");

		external_again(c, list, e);
		if (is_unsafe_path(name) && !value_is_placeholder(name, NULL)) {
			f = finding_add(c, e, "name", "name %.*s is no name of a file",
					STR_ARG(name));
			operator_says(c, f, "cannot contain a path separator or a '..' component");
			finding_fix(c, f, "a name without / and \\");
		}
		if (obj_type(e) != OBJ_MAP || operator_has(e, "connectionParameters") ||
		    operator_has(e, "barmanObjectStore") || operator_has(e, "plugin"))
			continue;
		f = finding_add(c, e, "", "external cluster %.*s says nothing about where it is",
				STR_ARG(name));
		operator_says(
			c, f,
			"one of connectionParameters, plugin and barmanObjectStore is required");
		finding_fix(
			c, f,
			"plugin: {name: " PLUGIN_NAME
			", parameters: {barmanObjectName: %.*s, serverName: %.*s}} in this entry",
			STR_ARG(store_meant(c)), STR_ARG(name));
	}
}

/* A label of DNS as RFC 1035 has it; what is no DNS name at all is told by invalid-value. */
static void name(const struct rule_ctx *c)
{
	struct str name = c->object->name;
	struct finding *f;

	if (!name.len || value_is_placeholder(name, NULL))
		return;
	if (str_find_byte(name, '.') != STR_NONE || (name.ptr[0] >= '0' && name.ptr[0] <= '9')) {
		struct buf fix = BUF_ARENA(c->arena);

		if (name.ptr[0] >= '0' && name.ptr[0] <= '9')
			buf_text(&fix, "pg-");
		for (size_t i = 0; i < name.len; i++)
			buf_byte(&fix, name.ptr[i] == '.' ? '-' : name.ptr[i]);
		f = finding_add(
			c, c->root, "metadata.name",
			"name %.*s is no single label of letters, digits and hyphens that begins with a letter",
			STR_ARG(name));
		operator_says(c, f, "cluster name must be a valid DNS label");
		finding_fix(c, f, "name: %.*s", STR_ARG(buf_slice(&fix)));
	}
	if (name.len <= MOST_NAME)
		return;
	f = finding_add(c, c->root, "metadata.name", "name has %zu characters; at most %d fit",
			name.len, MOST_NAME);
	operator_says(c, f, "the maximum length of a cluster name is 50 characters");
	finding_fix(c, f, "a metadata.name of at most %d characters", MOST_NAME);
}

static void image(const struct rule_ctx *c)
{
	const char *path = "spec.imageName";
	struct str image = obj_text(c->root, path), tag = cluster_image_tag(image);
	bool digest = str_contains(image, STR("@sha256:"));
	struct finding *f;

	if (!image.len || value_is_placeholder(image, NULL) ||
	    (tag.len && tag.ptr[0] >= '0' && tag.ptr[0] <= '9'))
		return;
	if (tag.len && !str_is(tag, "latest")) {
		f = finding_add(c, c->root, path, "tag %.*s does not begin with a version",
				STR_ARG(tag));
		operator_says(c, f, "invalid version tag");
	} else if (digest && !tag.len) {
		f = finding_add(c, c->root, path, "imageName has a digest and no tag");
		operator_says(c, f, "Can't use just the image sha as we can't detect upgrades");
	} else {
		f = finding_add(c, c->root, path,
				tag.len ? "imageName has the tag latest"
					: "imageName has no tag, which is latest");
		operator_says(c, f, "Can't use 'latest' as image tag as we can't detect upgrades");
	}
	finding_fix(c, f,
		    "an image whose tag begins with the version of PostgreSQL - such as 17.6");
}

/* A quantity that was meant: 10 GB is 10G; empty when it is none. */
static struct str as_quantity(const struct rule_ctx *c, struct str size)
{
	struct buf out = BUF_ARENA(c->arena);

	for (size_t i = 0; i < size.len; i++)
		if (size.ptr[i] != ' ' && !(i + 1 == size.len && (size.ptr[i] | 0x20) == 'b'))
			buf_byte(&out, size.ptr[i]);
	return schema_is_quantity(buf_slice(&out)) ? buf_slice(&out) : STR("10Gi");
}

/* spec.storage, spec.walStorage, or the storage of a tablespace. */
static void size(const struct rule_ctx *c, struct obj above, const char *key)
{
	struct obj storage = obj_at(above, key);
	struct obj requests = obj_at(storage, "pvcTemplate.resources.requests");
	struct str size;
	enum obj_is is = obj_str(storage, "size", &size);
	struct finding *f;

	if (is == OBJ_WRONG_TYPE || operator_has(requests, "storage"))
		return;
	if (is == OBJ_SET && size.len) {
		if (value_is_placeholder(size, NULL) || schema_is_quantity(size))
			return;
		f = finding_add(c, storage, "size", "size %.*s is no quantity", STR_ARG(size));
		operator_says(c, f, "Size value isn't valid");
		finding_fix(c, f, "size: %.*s", STR_ARG(as_quantity(c, size)));
		return;
	}
	f = finding_add(c, storage.node ? storage : above, storage.node ? "size" : key,
			"%s has no size", key);
	operator_says(
		c, f,
		"Size not configured. Please add it, or a storage request in the pvcTemplate.");
	if (neighbour_is_base(c))
		finding_at_most(f, SEV_WARN);
	if (obj_type(storage) == OBJ_MAP)
		finding_fix(c, f, "size: 10Gi - or what the data needs");
	else
		finding_fix(c, f, "%s: {size: 10Gi} - or what the data needs", key);
}

static void sizes(const struct rule_ctx *c)
{
	struct obj spec = obj_at(c->root, "spec");

	if (obj_type(spec) != OBJ_MAP)
		return; /* the API server refuses that: invalid-value */
	size(c, spec, "storage");
	if (operator_has(spec, "walStorage"))
		size(c, spec, "walStorage");
	for (struct obj t = obj_first(obj_at(spec, "tablespaces")); t.node; t = obj_next(t))
		if (operator_has(t, "storage"))
			size(c, t, "storage");
}

static void instances(const struct rule_ctx *c)
{
	struct obj spec = obj_at(c->root, "spec");
	int64_t n, least = 0, most = 0;
	struct finding *f;

	if (!operator_instances(c, &n) ||
	    obj_int(spec, "minSyncReplicas", &least) == OBJ_WRONG_TYPE ||
	    obj_int(spec, "maxSyncReplicas", &most) == OBJ_WRONG_TYPE)
		return;
	if (n == 1 && str_is(obj_text(spec, "primaryUpdateStrategy"), "supervised")) {
		f = finding_add(c, spec, "primaryUpdateStrategy",
				"primaryUpdateStrategy is supervised, and instances is 1");
		finding_because(c, f, spec, "instances");
		operator_says(
			c, f,
			"supervised update strategy is not allowed for clusters with a single instance");
		finding_fix(c, f, "primaryUpdateStrategy: unsupervised - or more instances");
	}
	if (most > 0 && most >= n) {
		f = finding_add(c, spec, "maxSyncReplicas",
				"maxSyncReplicas is as many as there are instances");
		finding_because(c, f, spec, "instances");
		operator_says(c, f, "maxSyncReplicas must be lower than the number of instances");
		finding_fix(c, f, "more instances - or fewer synchronous replicas");
	}
	if (least > most) {
		f = finding_add(c, spec, "minSyncReplicas",
				"minSyncReplicas is greater than maxSyncReplicas");
		finding_because(c, f, spec, "maxSyncReplicas");
		operator_says(c, f, "minSyncReplicas cannot be greater than maxSyncReplicas");
		finding_fix(c, f, "a maxSyncReplicas of at least that");
	}
	if ((most > 0 || least > 0) && operator_has(obj_at(spec, "postgresql"), "synchronous")) {
		f = finding_add(c, spec, "postgresql.synchronous",
				"synchronous stands beside minSyncReplicas or maxSyncReplicas");
		finding_because(c, f, spec, "minSyncReplicas");
		finding_because(c, f, spec, "maxSyncReplicas");
		operator_says(
			c, f,
			"Can't have both legacy synchronous replica configuration and new one");
		finding_fix(c, f, "remove minSyncReplicas and maxSyncReplicas");
	}
}

/* WAL has one archiver. One plugin twice is the business of plugin-entry-duplicate. */
static void archivers(const struct rule_ctx *c)
{
	struct obj e = obj_first(obj_at(c->root, "spec.plugins")), first = {0};
	struct finding *f;

	for (; e.node; e = obj_next(e)) {
		if (!obj_true(e, "enabled", true) || !obj_true(e, "isWALArchiver", false))
			continue;
		if (first.node && !str_eq(obj_text(e, "name"), obj_text(first, "name"))) {
			f = finding_add(c, e, "isWALArchiver", "a second WAL archiver, beside %.*s",
					STR_ARG(obj_text(first, "name")));
			operator_says(c, f, "Cannot enable more than one WAL archiver plugin");
			finding_fix(c, f, "isWALArchiver: false - on all but one");
		}
		if (!first.node)
			first = e;
	}
	if (!first.node || obj_type(c->archive->in_tree) == OBJ_NULL_VALUE ||
	    !c->archive->in_tree.node)
		return;
	f = finding_add(c, first, "isWALArchiver",
			"plugin %.*s archives WAL, and so does spec.backup.barmanObjectStore",
			STR_ARG(obj_text(first, "name")));
	finding_because(c, f, c->root, "spec.backup.barmanObjectStore");
	operator_says(c, f,
		      "Cannot enable a WAL archiver plugin when barmanObjectStore is configured");
	finding_fix(c, f, "remove spec.backup.barmanObjectStore");
}

static void cluster(const struct rule_ctx *c)
{
	one_bootstrap(c);
	sources(c);
	replica(c);
	snapshots(c);
	external_entries(c);
	name(c);
	image(c);
	sizes(c);
	instances(c);
	archivers(c);
}

/* A Backup, or the method and what goes with it of a ScheduledBackup. */
static void backup(const struct rule_ctx *c)
{
	static const char *const only[] = {"online", "onlineConfiguration"};
	struct obj spec = obj_at(c->root, "spec");
	struct str method = obj_text(spec, "method");
	bool schedule = c->object->kind == KIND_SCHEDULED_BACKUP;
	struct obj plugin = obj_at(spec, "pluginConfiguration");
	struct finding *f;

	for (size_t i = 0; i < ARRAY_LEN(only); i++) {
		if (!operator_has(spec, only[i]) ||
		    (method.len && !str_is(method, "barmanObjectStore")))
			continue;
		f = finding_add(c, spec, only[i], "%s stands beside method barmanObjectStore%s",
				only[i], method.len ? "" : ", the default");
		finding_because(c, f, spec, "method");
		finding_effect(
			c, f,
			"CloudNativePG refuses the object: \"%s parameter can be specified only if the %smethod is volumeSnapshot\"",
			i ? "OnlineConfiguration" : "Online", schedule ? "" : "backup ");
		finding_fix(c, f, "remove %s - or method: volumeSnapshot", only[i]);
	}
	/* of a schedule each Backup is refused, not itself: scheduled-backup-plugin-config-missing
	 */
	if (schedule || !str_is(method, "plugin") || obj_text(plugin, "name").len ||
	    obj_type(obj_at(plugin, "name")) == OBJ_NUMBER)
		return;
	f = finding_add(c, spec,
			obj_type(plugin) == OBJ_MAP ? "pluginConfiguration.name"
						    : "pluginConfiguration",
			"method is plugin, but no plugin is named");
	operator_says(c, f, "cannot be empty when the backup method is plugin");
	finding_fix(c, f, "pluginConfiguration: {name: " PLUGIN_NAME "}");
}

static void check_operator_refuses(const struct rule_ctx *c)
{
	if (!operator_validates(c))
		return;
	if (c->object->kind == KIND_CLUSTER)
		cluster(c);
	else
		backup(c);
}

static const struct rule rows[] = {
	{
		.id = "operator-refuses",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP,
		.scope = SCOPE_MANIFEST,
		.severity = SEV_DENY,
		.check = check_operator_refuses,
		.summary = "CloudNativePG's own webhook refuses the object",
		.reference = "https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/",
	},
};

RULE_ROWS(operator_refuses);
