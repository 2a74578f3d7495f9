#include "rules/cluster.h"

#include "base/arena.h"
#include "base/limits.h"
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

static bool by_name(const struct rule_ctx *c, const struct archive_source *source,
		    struct own_archive *out)
{
	const struct archive *ar = c->archive;
	struct buf where = BUF_ARENA(c->arena), here = BUF_ARENA(c->arena),
		   there = BUF_ARENA(c->arena);

	if (source->plugin) {
		if (!cluster_archives_by_plugin(c) ||
		    !str_eq(ar->place.store, source->place.store) ||
		    !str_eq(ar->place.server, source->place.server))
			return false;
		buf_fmt(&where, "ObjectStore %.*s, server %.*s%s", STR_ARG(ar->place.store),
			STR_ARG(ar->place.server),
			ar->place.server_default && source->place.server_default
				? " (the default of both)"
				: "");
	} else {
		if (!in_tree_location(ar->in_tree, c->object->name, &here) ||
		    !in_tree_location(source->in_tree, source->name, &there) ||
		    !str_eq(buf_slice(&here), buf_slice(&there)))
			return false;
		cluster_in_tree_place(c, &where);
	}
	*out = (struct own_archive){.where = buf_slice(&where), .in_tree = !source->plugin};
	return true;
}

/* Two names for one place. */
static bool by_location(const struct rule_ctx *c, const struct archive_source *source,
			struct own_archive *out)
{
	const struct archive *ar = c->archive;
	struct buf there = BUF_ARENA(c->arena), where = BUF_ARENA(c->arena);
	struct buf plugin = BUF_ARENA(c->arena), in_tree = BUF_ARENA(c->arena);
	bool known = source->plugin
			     ? view_place(c->view, c->object, &source->place, &there)
			     : view_in_tree(c->object, source->in_tree, source->name, &there);

	*out = (struct own_archive){.located = true};
	if (!known)
		return false;
	if (cluster_archives_by_plugin(c) && view_place(c->view, c->object, &ar->place, &plugin) &&
	    str_eq(buf_slice(&plugin), buf_slice(&there))) {
		cluster_place(c, &ar->place, &where);
	} else if (view_in_tree(c->object, ar->in_tree, c->object->name, &in_tree) &&
		   str_eq(buf_slice(&in_tree), buf_slice(&there))) {
		out->in_tree = true;
		cluster_in_tree_place(c, &where);
	} else {
		return false;
	}
	if (source->plugin)
		buf_fmt(&where, ", which is ObjectStore %.*s, server %.*s, too",
			STR_ARG(source->place.store), STR_ARG(source->place.server));
	else
		buf_fmt(&where, ", which is the barmanObjectStore of %.*s, too",
			STR_ARG(source->name));
	out->where = buf_slice(&where);
	return true;
}

bool cluster_reads_own_archive(const struct rule_ctx *c, const struct archive_source *source,
			       struct own_archive *out)
{
	if (!source->named ||
	    (source->plugin && (has_odd_server_name(c->archive->last_enabled) ||
				has_odd_server_name(obj_at(source->external, "plugin")))))
		return false;
	return by_name(c, source, out) || (c->view && by_location(c, source, out));
}

struct str cluster_next_name(const struct rule_ctx *c, struct str name)
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

static void own_archive_fix(const struct rule_ctx *c, struct finding *f,
			    const struct archive_source *source, const struct own_archive *own)
{
	struct str server = server_of(source), next = cluster_next_name(c, server);
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

bool cluster_is_bootstrapped(const struct rule_ctx *c)
{
	return !c->creating || obj_text(c->root, "status.currentPrimary").len;
}

struct elsewhere {
	bool skips;    /* the check for an empty archive */
	bool recovers; /* a patch */
	bool other;    /* archives under another name than `server` */
};

static void read_elsewhere(const struct rule_ctx *c, enum relation relation, struct str server,
			   struct elsewhere *out)
{
	struct view_iter it =
		view_each(c->view, relation, KIND_CLUSTER, STR_EMPTY, c->object->name);
	size_t seen = 0;

	for (const struct known *k; (k = view_next(&it)) && seen < LIMIT_HOLDERS; seen++) {
		struct str in_tree = obj_text(k->archive->in_tree, "serverName");
		bool boots = obj_len(obj_at(k->object.root, "spec.bootstrap")) != 0;

		/* a patch with a way to bootstrap of its own is an alternative */
		if (!(boots && relation == REL_PART) &&
		    object_has_annotation(&k->object, "cnpg.io/skipEmptyWalArchiveCheck",
					  "enabled"))
			out->skips = true;
		out->recovers |= relation == REL_PART && k->archive->recovery.named;
		out->other |= (k->archive->last_enabled.node &&
			       !str_eq(k->archive->place.server, server)) ||
			      (in_tree.len && !str_eq(in_tree, server));
	}
}

/* What else is said of the Cluster of this name: by patches, or by what this one is a patch of. */
static struct elsewhere said_elsewhere(const struct rule_ctx *c, struct str server)
{
	struct elsewhere out = {0};

	if (!c->view)
		return out;
	read_elsewhere(c, REL_PART, server, &out);
	if (c->object->part)
		read_elsewhere(c, REL_NAME, server, &out);
	return out;
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
	struct elsewhere elsewhere = said_elsewhere(c, server);
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
	if (c->object->part || said_elsewhere(c, STR_EMPTY).skips)
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

void check_recovery_from_own_archive(const struct rule_ctx *c)
{
	recovery_from_own_archive(c);
	replica_of_own_archive(c);
}

void check_empty_archive_check_skipped(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;
	struct buf place = BUF_ARENA(c->arena);
	struct own_archive own;
	struct obj annotations = obj_at(c->root, "metadata.annotations");

	if (!cluster_skips_empty_check(c) || said_elsewhere(c, STR_EMPTY).recovers ||
	    (!cluster_archives_by_plugin(c) && !ar->in_tree.node) ||
	    cluster_reads_own_archive(c, &ar->recovery, &own))
		return;
	struct finding *f = finding_add(
		c, member_of(annotations, "cnpg.io/skipEmptyWalArchiveCheck"), "",
		"cnpg.io/skipEmptyWalArchiveCheck: enabled lets a new Cluster archive over what is there");
	if (ar->in_tree.node)
		cluster_in_tree_place(c, &place);
	else
		buf_fmt(&place, "ObjectStore %.*s, server %.*s", STR_ARG(ar->place.store),
			STR_ARG(ar->place.server));
	finding_effect(
		c, f,
		"if WAL lies there already (%.*s), two databases mix in one archive and neither can be restored for certain",
		STR_ARG(buf_slice(&place)));
	if (obj_at(c->root, "spec.bootstrap.recovery.volumeSnapshots").node)
		finding_at_most(f, SEV_INFO);
	finding_fix(c, f, "remove the annotation - give a Cluster made anew a new serverName");
}

/* How the Backup was made: an in-tree one where nothing is written. */
static struct str method_of(const struct known *backup)
{
	struct str method = obj_text(backup->object.root, "spec.method");

	return method.len ? method : STR("barmanObjectStore");
}

void check_recovery_from_plugin_backup_object(const struct rule_ctx *c)
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

	if (!source->plugin || has_odd_server_name(obj_at(source->external, "plugin")) ||
	    !place->server.len || value_is_placeholder(place->server, NULL))
		is = HOLDS_UNKNOWN;
	else
		is = holds(c, source, &others, &meant);
	if (is == HOLDS_OTHERS && (place->server_default || !cluster_is_bootstrapped(c)))
		server_not_held(c, source, buf_slice(&others), meant);
	else if (is == HOLDS_UNKNOWN && source->plugin && place->server_default &&
		 !has_odd_server_name(obj_at(source->external, "plugin")))
		default_server(c, source);
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
	finding_effect(
		c, f,
		"nothing reads from it now; a Cluster that recovers from it looks for backups under its own name");
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
	struct finding *f = finding_add(
		c, e, "barmanObjectStore",
		"replica source %.*s is in-tree, while this Cluster archives by the plugin",
		STR_ARG(ar->replica.name));
	finding_effect(
		c, f,
		"the plugin serves the WAL and does not know that store: the replica stays behind for ever");
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
