#include "rules/cluster.h"

#include "base/arena.h"
#include "rules/checks.h"
#include "rules/store.h"

#include <inttypes.h>

static struct obj member_of(struct obj in_tree, const char *key)
{
	return obj_member(in_tree, str_from(key));
}

bool cluster_follows_source(const struct rule_ctx *c)
{
	struct obj replica = obj_at(c->root, "spec.replica");
	struct str primary = obj_text(replica, "primary"), self = obj_text(replica, "self");

	if (!c->archive->replica.named || !obj_true(replica, "enabled", true))
		return false;
	return !primary.len || !str_eq(primary, self.len ? self : c->object->name);
}

static bool in_tree_location(struct obj in_tree, struct str name, struct buf *out)
{
	if (!obj_text(in_tree, "destinationPath").len)
		return false;
	archive_in_tree_location(in_tree, name, out);
	return true;
}

/* A number, or a map: refused by the API server, and not to be taken for the default. */
static bool has_odd_server_name(struct obj plugin)
{
	struct str name;

	return obj_str(plugin, "parameters.serverName", &name) == OBJ_WRONG_TYPE;
}

bool cluster_reads_own_archive(const struct rule_ctx *c, const struct archive_source *source,
			       struct buf *where)
{
	const struct archive *ar = c->archive;
	struct buf here = BUF_ARENA(c->arena), there = BUF_ARENA(c->arena);

	if (!source->named)
		return false;
	if (source->plugin) {
		if (!cluster_archives_by_plugin(c) ||
		    !str_eq(ar->place.store, source->place.store) ||
		    !str_eq(ar->place.server, source->place.server) ||
		    has_odd_server_name(ar->last_enabled) ||
		    has_odd_server_name(obj_at(source->external, "plugin")))
			return false;
		buf_fmt(where, "ObjectStore %.*s, server %.*s%s", STR_ARG(ar->place.store),
			STR_ARG(ar->place.server),
			ar->place.server_default && source->place.server_default
				? " (the default of both)"
				: "");
		return true;
	}
	if (!in_tree_location(ar->in_tree, c->object->name, &here) ||
	    !in_tree_location(source->in_tree, source->name, &there) ||
	    !str_eq(buf_slice(&here), buf_slice(&there)))
		return false;
	cluster_in_tree_place(c, where);
	return true;
}

/* db -> db-v2, db-v2 -> db-v3 */
static struct str next_name(const struct rule_ctx *c, struct str name)
{
	size_t digits = name.len;
	int64_t n;

	while (digits && name.ptr[digits - 1] >= '0' && name.ptr[digits - 1] <= '9')
		digits--;
	if (str_has_suffix(str_slice(name, 0, digits), STR("-v")) &&
	    str_to_i64(str_slice(name, digits, name.len), &n) && n < INT64_MAX)
		return arena_fmt(c->arena, "%.*s%" PRId64, (int)digits, name.ptr, n + 1);
	return arena_fmt(c->arena, "%.*s-v2", STR_ARG(name));
}

static void own_archive_fix(const struct rule_ctx *c, struct finding *f,
			    const struct archive_source *source)
{
	struct str server = source->place.server, written, next;

	if (!source->plugin) {
		server = source->name;
		if (obj_str(source->in_tree, "serverName", &written) == OBJ_SET && written.len)
			server = written;
	}
	next = next_name(c, server);
	finding_fix(c, f, "serverName: %.*s in %s - and serverName: %.*s on externalClusters %.*s",
		    STR_ARG(next),
		    source->plugin ? "the parameters of spec.plugins"
				   : "spec.backup.barmanObjectStore",
		    STR_ARG(server), STR_ARG(source->name));
}

/* The Cluster runs already, so its bootstrap section is history. */
static bool is_bootstrapped(const struct rule_ctx *c)
{
	return !c->creating || obj_text(c->root, "status.currentPrimary").len;
}

static void recovery_from_own_archive(const struct rule_ctx *c)
{
	struct buf where = BUF_ARENA(c->arena);

	if (!cluster_reads_own_archive(c, &c->archive->recovery, &where))
		return;
	struct finding *f = finding_add(c, c->root, "spec.bootstrap.recovery.source",
					"recovery reads from where this Cluster archives: %.*s",
					STR_ARG(buf_slice(&where)));
	finding_subject(c, f, buf_slice(&where));
	own_archive_fix(c, f, &c->archive->recovery);
	if (is_bootstrapped(c)) {
		finding_at_most(f, SEV_INFO);
		finding_effect(c, f, "no harm now that it runs; created again from this, %s",
			       cluster_skips_empty_check(c)
				       ? "the WAL of two histories mixes in one archive"
				       : "it stops with \"Expected empty archive\"");
	} else if (cluster_skips_empty_check(c)) {
		finding_at_most(f, SEV_WARN);
		finding_effect(c, f,
			       "skipEmptyWalArchiveCheck lets it start, and the WAL of two "
			       "histories mixes in one archive");
	} else {
		finding_effect(c, f, "recovery stops with \"Expected empty archive\"");
	}
}

static void replica_of_own_archive(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;
	struct buf where = BUF_ARENA(c->arena);

	/* one finding for one external cluster */
	if (str_eq(ar->replica.name, ar->recovery.name) || !cluster_follows_source(c) ||
	    !cluster_reads_own_archive(c, &ar->replica, &where))
		return;
	struct finding *f = finding_add(c, c->root, "spec.replica.source",
					"the replica source lies where this Cluster archives: %.*s",
					STR_ARG(buf_slice(&where)));
	finding_subject(c, f, buf_slice(&where));
	finding_effect(c, f, "the replica and its source write their WAL into one archive");
	own_archive_fix(c, f, &ar->replica);
	if (is_bootstrapped(c) || cluster_skips_empty_check(c))
		finding_at_most(f, SEV_WARN);
}

void check_recovery_from_own_archive(const struct rule_ctx *c)
{
	recovery_from_own_archive(c);
	replica_of_own_archive(c);
}

void check_empty_archive_check_skipped(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;
	struct buf where = BUF_ARENA(c->arena), place = BUF_ARENA(c->arena);
	struct obj annotations = obj_at(c->root, "metadata.annotations");

	if (!cluster_skips_empty_check(c) ||
	    (!cluster_archives_by_plugin(c) && !ar->in_tree.node) ||
	    cluster_reads_own_archive(c, &ar->recovery, &where))
		return;
	struct finding *f =
		finding_add(c, member_of(annotations, "cnpg.io/skipEmptyWalArchiveCheck"), "",
			    "cnpg.io/skipEmptyWalArchiveCheck: enabled lets a new Cluster archive "
			    "over what is there");
	if (ar->in_tree.node)
		cluster_in_tree_place(c, &place);
	else
		buf_fmt(&place, "ObjectStore %.*s, server %.*s", STR_ARG(ar->place.store),
			STR_ARG(ar->place.server));
	finding_effect(c, f,
		       "if WAL lies there already (%.*s), two databases mix in one archive and "
		       "neither can be restored for certain",
		       STR_ARG(buf_slice(&place)));
	if (obj_at(c->root, "spec.bootstrap.recovery.volumeSnapshots").node)
		finding_at_most(f, SEV_INFO);
	finding_fix(c, f, "remove the annotation - give a Cluster made anew a new serverName");
}

void check_recovery_from_plugin_backup_object(const struct rule_ctx *c)
{
	const char *path = "spec.bootstrap.recovery.backup.name";
	struct str name = obj_text(c->root, path);

	if (!name.len)
		return;
	struct finding *f =
		finding_add(c, c->root, path, "recovery names Backup %.*s", STR_ARG(name));
	finding_effect(c, f,
		       "that works for in-tree and volumeSnapshot backups; of a Backup of the "
		       "plugin the restore fails with \"no credentials defined\"");
	finding_fix(c, f,
		    "source: <externalClusters entry with plugin " PLUGIN_NAME
		    "> in place of backup");
	if (!c->archive->entries && (c->archive->in_tree.node || c->archive->volume_snapshot))
		finding_at_most(f, SEV_INFO); /* it makes no other backups itself */
}

static void server_name_missing(const struct rule_ctx *c, const struct archive_source *source)
{
	struct str own = c->object->name, store = source->place.store;
	struct buf where = BUF_ARENA(c->arena);
	struct obj plugin = obj_at(source->external, "plugin");
	bool same = str_eq(own, source->name);

	if (!source->plugin || !source->place.server_default || has_odd_server_name(plugin))
		return;
	if (!own.len)
		own = STR("<name>"); /* metadata.generateName */
	/* restoring one's own backups: the default is meant, or another rule says it all */
	if (cluster_reads_own_archive(c, source, &where) && (same || cluster_skips_empty_check(c)))
		return;
	struct finding *f = finding_add(
		c, plugin, "parameters.serverName",
		"externalClusters %.*s has no serverName: it defaults to this Cluster's "
		"name, %.*s",
		STR_ARG(source->name), STR_ARG(own));
	if (same) {
		finding_effect(c, f,
			       "right only if the backups in ObjectStore %.*s were written under "
			       "that very name",
			       STR_ARG(store));
	} else {
		finding_effect(c, f,
			       "unless ObjectStore %.*s holds backups of a server %.*s, none is "
			       "found and the restore is retried for ever",
			       STR_ARG(store), STR_ARG(own));
	}
	finding_fix(c, f, "serverName: %.*s - or the name under which the backups were written",
		    STR_ARG(source->name));
	if (same || !c->creating || value_is_placeholder(own, NULL) ||
	    value_is_placeholder(source->name, NULL))
		finding_at_most(f, SEV_WARN);
}

/* Nobody reads it now; who recovers from it one day has the default of that Cluster. One of this
 * Cluster's own name is itself, in a distributed topology: the default is right. */
static void unread_server_name_missing(const struct rule_ctx *c, struct obj external)
{
	struct obj plugin = obj_at(external, "plugin");
	struct str name = obj_text(external, "name");

	if (!str_is(obj_text(plugin, "name"), PLUGIN_NAME) ||
	    obj_text(plugin, "parameters.serverName").len || has_odd_server_name(plugin) ||
	    !obj_true(plugin, "enabled", true) || str_eq(name, c->object->name))
		return;
	struct finding *f = finding_add(c, plugin, "parameters.serverName",
					"externalClusters %.*s has no serverName", STR_ARG(name));
	finding_effect(c, f,
		       "nothing reads from it now; a Cluster that recovers from it looks for "
		       "backups under its own name");
	finding_fix(c, f, "serverName: %.*s - or the name under which the backups were written",
		    STR_ARG(name));
	finding_at_most(f, SEV_INFO);
}

void check_recovery_server_name_missing(const struct rule_ctx *c)
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

void check_recovery_external_plugin_disabled(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;

	plugin_disabled(c, &ar->recovery, "bootstrap.recovery");
	if (!str_eq(ar->replica.name, ar->recovery.name) && cluster_follows_source(c))
		plugin_disabled(c, &ar->replica, "the replica");
}

void check_replica_source_in_tree_with_plugin(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;
	struct obj e = ar->replica.external;
	struct obj connection = obj_at(e, "connectionParameters");

	if (!cluster_follows_source(c) || !ar->replica.in_tree.node || obj_at(e, "plugin").node ||
	    obj_type(connection) == OBJ_MAP || !cluster_archives_by_plugin(c) || !ar->wal_archiver)
		return;
	struct finding *f =
		finding_add(c, e, "barmanObjectStore",
			    "replica source %.*s is in-tree, while this Cluster archives "
			    "by the plugin",
			    STR_ARG(ar->replica.name));
	finding_effect(c, f,
		       "the plugin serves the WAL and does not know that store: the replica "
		       "stays behind for ever");
	finding_fix(
		c, f,
		"plugin: {name: " PLUGIN_NAME
		", parameters: {barmanObjectName: <ObjectStore>, serverName: %.*s}} in its place",
		STR_ARG(ar->replica.name));
}

static void credentials_and_destination(const struct rule_ctx *c, struct obj in_tree)
{
	store_credentials_absent(c, in_tree);
	store_credentials_kinds_mixed(c, in_tree);
	store_credentials_incomplete(c, in_tree);
	store_gcs_credentials_empty(c, in_tree);
	store_destination_invalid(c, in_tree);
	store_destination_mismatch(c, in_tree);
}

/* CloudNativePG checks spec.backup.barmanObjectStore, but not these. */
void check_external_in_tree_credentials(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;
	struct obj e = obj_first(obj_at(c->root, "spec.externalClusters"));

	for (; e.node; e = obj_next(e)) {
		size_t before = c->out->len;

		credentials_and_destination(c, obj_at(e, "barmanObjectStore"));
		if (e.node == ar->recovery.external.node || e.node == ar->replica.external.node)
			continue;
		for (size_t i = before; i < c->out->len; i++)
			finding_at_most(&c->out->items[i], SEV_WARN);
	}
}
