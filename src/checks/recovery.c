/* Where a Cluster recovers from, or follows: whether its backups can be found and read there. */
#include "facts/cluster.h"
#include "facts/plugin.h"

static void plugin_disabled(const struct rule_ctx *c, const struct archive_source *source,
			    const char *what)
{
	struct obj plugin = obj_at(source->external, "plugin");

	if (obj_true(plugin, "enabled", true))
		return;
	struct finding *f =
		finding_add(c, plugin, "enabled", "the plugin of externalClusters %.*s is disabled",
			    STR_ARG(source->name));
	finding_effect(c, f, "it is not loaded, and %s cannot read its backups", what);
	finding_fix(c, f, "enabled: true");
	/* a replica can follow the primary itself */
	if (source == &c->archive->replica &&
	    obj_type(obj_at(source->external, "connectionParameters")) == OBJ_MAP)
		finding_at_most(f, SEV_WARN);
}

static void check_recovery_external_plugin_disabled(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;

	plugin_disabled(c, &ar->recovery, "bootstrap.recovery");
	if (!str_eq(ar->replica.name, ar->recovery.name) && cluster_follows_source(c))
		plugin_disabled(c, &ar->replica, "the replica");
}

/* The server whose backups are read. */
static struct str server_of(const struct archive_source *source)
{
	struct str written;

	if (source->plugin)
		return source->place.server;
	return obj_str(source->in_tree, "serverName", &written) == OBJ_SET && written.len
		       ? written
		       : source->name;
}

/* The name under which to archive from now on: where another Cluster archives there, too, that of
 * archive-location-shared. */
static struct str new_server(const struct rule_ctx *c, struct str server)
{
	struct buf at[LOCATIONS] = {BUF_ARENA(c->arena), BUF_ARENA(c->arena)};
	size_t len = c->view ? view_locations(c->view, c->object, c->archive, at) : 0;

	for (size_t i = 0; i < len; i++)
		if (cluster_other_at(c, buf_slice(&at[i]), true))
			return cluster_own_server(c, buf_slice(&at[i]), server);
	return cluster_next_name(c->arena, server);
}

static void own_archive_fix(const struct rule_ctx *c, struct finding *f,
			    const struct archive_source *source, const struct own_archive *own)
{
	struct str server = server_of(source), next = new_server(c, server);
	bool guessed = source->plugin && source->place.server_default &&
		       !str_eq(source->name, c->object->name);

	finding_fix(
		c, f, "serverName: %.*s in %s - and serverName: %.*s on externalClusters %.*s%s",
		STR_ARG(next),
		own->in_tree ? "spec.backup.barmanObjectStore" : "the parameters of spec.plugins",
		STR_ARG(server), STR_ARG(source->name),
		guessed ? ", or whatever its backups were written under" : "");
	finding_subject(c, f, own->where);
	if (own->located)
		finding_scope(f, SCOPE_BUNDLE);
}

/* A patch that lets a Cluster recover, while what it archives to stands in the base. */
static void part_recovers(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;
	struct str server = server_of(&ar->recovery);

	if ((!ar->recovery.plugin && !ar->recovery.in_tree.node) || ar->entries ||
	    ar->in_tree.node || cluster_skips_empty_check(c) || !server.len ||
	    !str_eq(server, c->object->name))
		return;
	struct cluster_elsewhere elsewhere = cluster_elsewhere(c, server);
	if (elsewhere.skips || elsewhere.other)
		return;
	struct finding *f =
		finding_add(c, c->root, "spec.bootstrap.recovery.source",
			    "recovery reads server %.*s, under which this Cluster archives, too",
			    STR_ARG(server));
	finding_at_most(f, SEV_WARN);
	finding_effect(
		c, f,
		"unless it archives to another store, or under another serverName, recovery stops with \"Expected empty archive\"");
	own_archive_fix(c, f, &ar->recovery,
			&(struct own_archive){.in_tree = !ar->recovery.plugin, .where = server});
}

static void recovery_from_own_archive(const struct rule_ctx *c)
{
	struct own_archive own;

	if (c->object->part)
		part_recovers(c);
	if (!cluster_reads_own_archive(c, &c->archive->recovery, &own))
		return;
	struct finding *f = finding_add(c, c->root, "spec.bootstrap.recovery.source",
					"recovery reads from where this Cluster archives: %.*s",
					STR_ARG(own.where));
	own_archive_fix(c, f, &c->archive->recovery, &own);
	if (c->object->part || cluster_elsewhere(c, STR_EMPTY).skips)
		finding_at_most(f, SEV_WARN); /* the annotation is, or may be, in another part */
	if (cluster_is_bootstrapped(c)) {
		finding_at_most(f, SEV_INFO);
		finding_effect(c, f, "no harm now that it runs; created again from this, %s",
			       cluster_skips_empty_check(c)
				       ? "the WAL of two histories mixes in one archive"
				       : "it stops with \"Expected empty archive\"");
	} else if (cluster_skips_empty_check(c)) {
		finding_at_most(f, SEV_WARN);
		finding_effect(
			c, f,
			"skipEmptyWalArchiveCheck lets it start, and the WAL of two histories mixes in one archive");
	} else {
		finding_effect(c, f, "recovery stops with \"Expected empty archive\"");
	}
}

static void replica_of_own_archive(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;
	struct own_archive own;

	/* one finding for one external cluster */
	if (str_eq(ar->replica.name, ar->recovery.name) || !cluster_follows_source(c) ||
	    !cluster_reads_own_archive(c, &ar->replica, &own))
		return;
	struct finding *f = finding_add(c, c->root, "spec.replica.source",
					"the replica source lies where this Cluster archives: %.*s",
					STR_ARG(own.where));
	finding_effect(c, f, "the replica and its source write their WAL into one archive");
	own_archive_fix(c, f, &ar->replica, &own);
	if (cluster_is_bootstrapped(c) || cluster_skips_empty_check(c))
		finding_at_most(f, SEV_WARN);
}

static void check_recovery_from_own_archive(const struct rule_ctx *c)
{
	recovery_from_own_archive(c);
	replica_of_own_archive(c);
}

/* How the Backup was made: an in-tree one where nothing is written. */
static struct str method_of(const struct known *backup)
{
	struct str method = obj_text(backup->object.root, "spec.method");

	return method.len ? method : STR("barmanObjectStore");
}

static void check_recovery_from_plugin_backup_object(const struct rule_ctx *c)
{
	const char *path = "spec.bootstrap.recovery.backup.name";
	struct str name = obj_text(c->root, path);
	const struct known *backup = NULL;

	if (!name.len)
		return;
	if (c->view && !value_is_placeholder(name, NULL))
		backup = view_find(c->view, KIND_BACKUP, c->object->namespace, name);
	if (backup && !str_is(method_of(backup), "plugin"))
		return;
	struct finding *f = finding_add(c, c->root, path, "recovery names Backup %.*s%s",
					STR_ARG(name), backup ? ", which the plugin made" : "");
	finding_effect(
		c, f,
		backup ? "the restore reads the store from its status, where the plugin writes none: it fails with \"no credentials defined\""
		       : "that works for in-tree and volumeSnapshot backups; of a Backup of the plugin the restore fails with \"no credentials defined\"");
	finding_fix(c, f,
		    "source: <externalClusters entry with plugin " PLUGIN_NAME
		    "> in place of backup");
	if (backup)
		finding_scope(f, SCOPE_BUNDLE);
	else
		finding_at_most(f, SEV_WARN);
	if (cluster_is_bootstrapped(c) ||
	    (!backup && !c->archive->entries &&
	     (c->archive->in_tree.node || c->archive->volume_snapshot)))
		finding_at_most(f, SEV_INFO); /* history; or it makes no other backups itself */
}

/* What the status of the source's ObjectStore says of the servers whose backups it holds. */
enum holds { HOLDS_UNKNOWN, HOLDS_SERVER, HOLDS_OTHERS };

static enum holds holds(const struct rule_ctx *c, const struct archive_source *source,
			struct buf *others, struct str *meant)
{
	const struct archive_place *place = &source->place;
	const struct known *store = c->view ? view_store(c->view, c->object, place) : NULL;
	struct obj window;
	size_t named = 0;

	if (!store)
		return HOLDS_UNKNOWN;
	window = obj_at(store->object.root, "status.serverRecoveryWindow");
	if (obj_member(window, place->server).node)
		return HOLDS_SERVER;
	bool is_name = obj_member(window, source->name).node;
	for (struct obj e = obj_first(window); e.node && named < 3; e = obj_next(e), named++) {
		if (!named)
			*meant = is_name ? source->name : obj_key(e);
		buf_fmt(others, "%s%.*s", named ? ", " : "", STR_ARG(obj_key(e)));
	}
	if (obj_len(window) > named)
		buf_text(others, ", ...");
	return named ? HOLDS_OTHERS : HOLDS_UNKNOWN;
}

/* The ObjectStore knows better than any guess. */
static void server_not_held(const struct rule_ctx *c, const struct archive_source *source,
			    struct str others, struct str meant)
{
	const struct archive_place *place = &source->place;
	struct finding *f =
		finding_add(c, obj_at(source->external, "plugin"), "parameters.serverName",
			    "ObjectStore %.*s holds backups of %.*s, none of server %.*s%s",
			    STR_ARG(place->store), STR_ARG(others), STR_ARG(place->server),
			    place->server_default ? ", the default: this Cluster's own name" : "");

	finding_subject(c, f, place->server);
	finding_scope(f, SCOPE_BUNDLE);
	finding_effect(c, f, "none is found and the restore is retried for ever");
	finding_fix(c, f, "serverName: %.*s", STR_ARG(meant));
	/* a name that is written may be that of a server whose status is in another Kubernetes */
	if (!place->server_default || cluster_is_bootstrapped(c))
		finding_at_most(f, SEV_WARN);
}

static void default_server(const struct rule_ctx *c, const struct archive_source *source)
{
	struct str own = c->object->name, store = source->place.store;
	struct own_archive reads;
	struct obj plugin = obj_at(source->external, "plugin");
	bool same = str_eq(own, source->name);

	if (!own.len)
		own = STR("<name>"); /* metadata.generateName */
	if (cluster_reads_own_archive(c, source, &reads))
		return; /* recovery-from-own-archive says it, and what to write */
	struct finding *f = finding_add(
		c, plugin, "parameters.serverName",
		"externalClusters %.*s has no serverName: it defaults to this Cluster's name, %.*s",
		STR_ARG(source->name), STR_ARG(own));
	if (same) {
		finding_effect(
			c, f,
			"right only if the backups in ObjectStore %.*s were written under that very name",
			STR_ARG(store));
	} else {
		finding_effect(
			c, f,
			"unless ObjectStore %.*s holds backups of a server %.*s, none is found and the restore is retried for ever",
			STR_ARG(store), STR_ARG(own));
	}
	finding_fix(c, f, "serverName: %.*s - or the name under which the backups were written",
		    STR_ARG(source->name));
	if (same || !c->creating || value_is_placeholder(own, NULL) ||
	    value_is_placeholder(source->name, NULL))
		finding_at_most(f, SEV_WARN);
}

static void server_name_missing(const struct rule_ctx *c, const struct archive_source *source)
{
	const struct archive_place *place = &source->place;
	struct buf others = BUF_ARENA(c->arena);
	struct str meant = STR_EMPTY;
	enum holds is;

	if (!source->plugin || plugin_has_odd_server_name(obj_at(source->external, "plugin")) ||
	    !place->server.len || value_is_placeholder(place->server, NULL))
		is = HOLDS_UNKNOWN;
	else
		is = holds(c, source, &others, &meant);
	if (is == HOLDS_OTHERS && (place->server_default || !cluster_is_bootstrapped(c)))
		server_not_held(c, source, buf_slice(&others), meant);
	else if (is == HOLDS_UNKNOWN && source->plugin && place->server_default &&
		 !plugin_has_odd_server_name(obj_at(source->external, "plugin")))
		default_server(c, source);
}

/* Nobody reads it now; who recovers from it one day has the default of that Cluster. One of this
 * Cluster's own name is itself, in a distributed topology: the default is right. */
static void unread_server_name_missing(const struct rule_ctx *c, struct obj external)
{
	struct obj plugin = obj_at(external, "plugin");
	struct str name = obj_text(external, "name");

	if (!str_is(obj_text(plugin, "name"), PLUGIN_NAME) ||
	    obj_text(plugin, "parameters.serverName").len || plugin_has_odd_server_name(plugin) ||
	    !obj_true(plugin, "enabled", true) || str_eq(name, c->object->name))
		return;
	struct finding *f = finding_add(c, plugin, "parameters.serverName",
					"externalClusters %.*s has no serverName", STR_ARG(name));
	finding_effect(
		c, f,
		"nothing reads from it now; a Cluster that recovers from it looks for backups under its own name");
	finding_fix(c, f, "serverName: %.*s - or the name under which the backups were written",
		    STR_ARG(name));
	finding_at_most(f, SEV_INFO);
}

static void check_recovery_server_name_missing(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;
	bool follows = cluster_follows_source(c);
	struct obj e = obj_first(obj_at(c->root, "spec.externalClusters"));

	server_name_missing(c, &ar->recovery);
	if (!str_eq(ar->replica.name, ar->recovery.name) && follows)
		server_name_missing(c, &ar->replica);
	for (; e.node; e = obj_next(e))
		if (e.node != ar->recovery.external.node &&
		    (!follows || e.node != ar->replica.external.node))
			unread_server_name_missing(c, e);
}

/* Where recovery stops; targetTLI chooses a timeline, backupID where it begins. "latest" beside it,
 * which is the default, says that the latest state is meant. */
static bool has_stop(struct obj target)
{
	static const char *const stops[] = {"targetTime", "targetName", "targetXID", "targetLSN"};

	for (size_t i = 0; i < ARRAY_LEN(stops); i++)
		if (obj_type(obj_at(target, stops[i])) > OBJ_NULL_VALUE)
			return true;
	return str_is(obj_text(target, "targetTLI"), "latest") ||
	       obj_true(target, "targetImmediate", false) ||
	       obj_type(obj_at(target, "targetImmediate")) == OBJ_STRING;
}

static void check_recovery_backupid_without_target(const struct rule_ctx *c)
{
	struct obj target = obj_at(c->root, "spec.bootstrap.recovery.recoveryTarget");
	struct str id = obj_text(target, "backupID");

	if (!id.len || has_stop(target))
		return;
	struct finding *f =
		finding_add(c, target, "targetImmediate",
			    "recoveryTarget has backupID %.*s and says no end", STR_ARG(id));
	finding_effect(
		c, f,
		"the restore begins with that base backup and replays all WAL behind it, to the latest state");
	finding_fix(
		c, f,
		"targetImmediate: true - for the state at the end of that backup; or targetTime");
	if (cluster_is_bootstrapped(c))
		finding_at_most(f, SEV_INFO);
}

static const struct rule rows[] = {
	{
		.id = "recovery-backupid-without-target",
		.kinds = KIND_CLUSTER,
		.severity = SEV_WARN,
		.check = check_recovery_backupid_without_target,
		.summary = "backupID alone recovers to the latest state, not to that backup",
		.reference = "cloudnative-pg/plugin-barman-cloud#667",
	},
	{
		.id = "recovery-external-plugin-disabled",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_recovery_external_plugin_disabled,
		.summary = "The plugin of the recovery or replica source is disabled",
		.reference = "https://cloudnative-pg.io/documentation/current/recovery/",
	},
	{
		.id = "recovery-from-own-archive",
		.kinds = KIND_CLUSTER,
		.helped = true,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_recovery_from_own_archive,
		.summary = "The Cluster recovers from the place it archives to",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/issues/727",
	},
	{
		.id = "recovery-from-plugin-backup-object",
		.kinds = KIND_CLUSTER,
		.helped = true,
		.severity = SEV_DENY,
		.check = check_recovery_from_plugin_backup_object,
		.summary = "Recovery from a Backup object does not work with the plugin",
		.reference = "https://github.com/cloudnative-pg/cloudnative-pg/issues/7989",
	},
	{
		.id = "recovery-server-name-missing",
		.kinds = KIND_CLUSTER,
		.helped = true,
		.severity = SEV_DENY,
		.check = check_recovery_server_name_missing,
		.summary = "The source has no serverName, and its default is this Cluster's name",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/",
	},
};

RULE_ROWS(recovery);
