/* Where a Cluster archives: who else does, what lies there already, and how often WAL is sent. */
#include "base/arena.h"
#include "base/limits.h"
#include "cnpg/backups.h"
#include "facts/cluster.h"
#include "facts/neighbour.h"

#include <string.h>

/* Another Cluster whose base/ or wals/ this location lies in: that of a server called "wals" in
 * the directory of one whose server name is empty. */
static const struct known *other_around(const struct rule_ctx *c, struct str location)
{
	static const struct str parts[] = {STR_INIT("/base"), STR_INIT("/wals")};

	for (size_t at = 0; at < location.len && location.len <= LIMIT_KEY_BYTES; at++) {
		struct str rest = str_slice(location, at, location.len);
		const struct known *k;

		for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
			size_t len = parts[i].len;

			if (str_has_prefix(rest, parts[i]) &&
			    (rest.len == len || rest.ptr[len] == '/') &&
			    (k = cluster_other_at(c, str_slice(location, 0, at), false)))
				return k;
		}
	}
	return NULL;
}

struct shared {
	bool in_tree; /* this archive of ours, not that of the plugin */
	struct str location;
	const struct known *other;
	bool inside;
};

/* spec.plugins[0].name as a JSON patch has it: /spec/plugins/0/name. */
static struct str pointer_of(struct arena *a, struct str path)
{
	struct buf out = BUF_ARENA(a);

	buf_byte(&out, '/');
	for (size_t i = 0; i < path.len; i++)
		if (path.ptr[i] != ']')
			buf_byte(&out, strchr(".[", path.ptr[i]) ? '/' : path.ptr[i]);
	return buf_slice(&out);
}

/* In a file of which several Clusters are made, all of them would have the new name. */
static void own_server_fix(const struct rule_ctx *c, struct finding *f, struct str server)
{
	if (c->object->shared && f->source == obj_source(c->root))
		finding_fix(
			c, f,
			"a patch in the overlay of this Cluster alone: {op: add, path: %.*s, value: %.*s} - written here, both would have it",
			STR_ARG(pointer_of(c->arena, f->path)), STR_ARG(server));
	else
		finding_fix(c, f, "serverName: %.*s", STR_ARG(server));
}

static void location_shared(const struct rule_ctx *c, const struct shared *s)
{
	const struct archive *ar = c->archive;
	struct obj at = s->in_tree ? ar->in_tree : ar->last_enabled;
	struct str other = neighbour_called(c, s->other), server = ar->place.server;
	struct buf place = BUF_ARENA(c->arena);
	struct finding *f;

	if (s->in_tree) {
		cluster_in_tree_place(c, &place);
		server = archive_in_tree_server(at, c->object->name);
	} else {
		cluster_place(c, &ar->place, &place);
	}
	f = finding_add(c, at, s->in_tree ? "serverName" : "parameters.serverName",
			"%.*s archives %s: %.*s", STR_ARG(other),
			s->inside ? "around this very place" : "to this very place",
			STR_ARG(buf_slice(&place)));
	finding_subject(c, f, s->location);
	if (s->inside)
		finding_effect(
			c, f,
			"what this Cluster writes counts there as WAL and base backups of that one");
	else if (cluster_skips_empty_check(c))
		finding_effect(
			c, f,
			"skipEmptyWalArchiveCheck lets both write: the WAL of two databases mixes, and neither can be restored for certain");
	else
		finding_effect(
			c, f,
			"a new Cluster stops with \"Expected empty archive\"; where both write, the WAL of two databases mixes and neither can be restored for certain");
	own_server_fix(c, f, cluster_own_server(c, s->location, server));
}

/* The one that was there first is no better off; who is one too many is told what to do. */
static void location_invaded(const struct rule_ctx *c, bool in_tree, struct str location)
{
	const struct known *other = c->backups ? cluster_other_at(c, location, false) : NULL;
	struct finding *f;

	if (!other)
		return;
	f = finding_add(c, in_tree ? c->archive->in_tree : c->archive->last_enabled,
			in_tree ? "serverName" : "parameters.serverName",
			"%.*s archives to the place of this Cluster, too",
			STR_ARG(neighbour_called(c, other)));
	finding_subject(c, f, location);
	finding_effect(
		c, f,
		"where both write, the WAL of two databases mixes and neither can be restored for certain");
	finding_fix(c, f, "a serverName of its own for the other - then a base backup of each");
	finding_at_most(f, SEV_WARN);
}

static void check_archive_location_shared(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;
	struct buf locations[LOCATIONS] = {BUF_ARENA(c->arena), BUF_ARENA(c->arena)};
	size_t len = view_locations(c->view, c->object, ar, locations);
	size_t of_plugin = 0;

	/* those of the plugin come first */
	if (cluster_archives_by_plugin(c) && view_store(c->view, c->object, &ar->place))
		of_plugin = 1;
	for (size_t i = 0; i < len; i++) {
		struct shared s = {.in_tree = i >= of_plugin,
				   .location = buf_slice(&locations[i]),
				   .inside = true};

		s.other = cluster_other_at(c, s.location, true);
		if (s.other)
			s.inside = false;
		else
			s.other = other_around(c, s.location);
		if (s.other)
			location_shared(c, &s);
		else
			location_invaded(c, s.in_tree, s.location);
	}
}

static void check_archive_already_in_use(const struct rule_ctx *c)
{
	const struct archive_place *place = &c->archive->place;
	const struct known *store;
	struct own_archive own;
	struct obj window;

	if (!c->creating || obj_text(c->root, "status.currentPrimary").len ||
	    !cluster_archives_by_plugin(c) || cluster_skips_empty_check(c) ||
	    !(store = view_store(c->view, c->object, place)) ||
	    cluster_reads_own_archive(c, &c->archive->recovery, &own))
		return;
	window = obj_member(obj_at(store->object.root, "status.serverRecoveryWindow"),
			    place->server);
	if (obj_type(window) != OBJ_MAP)
		return;
	struct str last = backups_window_last(window);
	struct finding *f =
		finding_add(c, c->archive->last_enabled, "parameters.serverName",
			    "ObjectStore %.*s holds backups of server %.*s already%s%.*s",
			    STR_ARG(place->store), STR_ARG(place->server),
			    last.len ? ", the last of " : "", STR_ARG(last));
	finding_subject(c, f, place->server);
	finding_effect(c, f,
		       "a new Cluster that archives there stops with \"Expected empty archive\"");
	finding_fix(c, f, "serverName: %.*s", STR_ARG(cluster_next_name(c->arena, place->server)));
}

static void check_archive_timeout_disabled(const struct rule_ctx *c)
{
	const char *path = CLUSTER_ARCHIVE_TIMEOUT;
	struct str text;
	double ms;

	if (!cluster_archive_timeout(c, &text, &ms))
		return;
	if (!cluster_archives_by_plugin(c) && !c->archive->in_tree.node)
		return;
	/* less than half a second rounds to 0, which means never */
	if (ms < 500) {
		struct finding *f = finding_add(c, c->root, path, "archive_timeout is off (%.*s)",
						STR_ARG(text));
		finding_effect(
			c, f,
			"WAL is archived only when 16 MB are full: a database with few writes may lose days of them");
		finding_fix(c, f, "archive_timeout: 5min");
	} else if (ms > 36e5) {
		struct finding *f =
			finding_add(c, c->root, path, "archive_timeout %.*s is more than an hour",
				    STR_ARG(text));
		finding_effect(
			c, f,
			"until then the writes of a quiet database are nowhere but on its volume");
		finding_fix(c, f, "archive_timeout: 5min");
	}
}

static const struct rule rows[] = {
	{
		.id = "archive-already-in-use",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_BUNDLE,
		.severity = SEV_WARN,
		.check = check_archive_already_in_use,
		.summary = "A new Cluster is to archive where backups of that name lie already",
		.reference = "cloudnative-pg/plugin-barman-cloud#727",
		.superseded_by = "archive-location-shared",
	},
	{
		.id = "archive-location-shared",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_BUNDLE,
		.severity = SEV_DENY,
		.check = check_archive_location_shared,
		.summary = "Two Clusters archive to the same place",
		.reference = "cloudnative-pg/plugin-barman-cloud#263",
	},
	{
		.id = "archive-timeout-disabled",
		.kinds = KIND_CLUSTER,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_archive_timeout_disabled,
		.summary = "WAL of a quiet database is archived late or never",
		.reference = "https://cloudnative-pg.io/documentation/current/wal_archiving/",
	},
};

RULE_ROWS(archive);
