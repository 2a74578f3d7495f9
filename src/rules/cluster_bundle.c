#include "rules/cluster.h"

#include "base/arena.h"
#include "base/limits.h"
#include "base/utc.h"
#include "rules/checks.h"
#include "rules/store.h"

/* An object whose namespace is not known may be in any. */
static bool may_be_same(const struct object *a, const struct object *b)
{
	return str_eq(a->name, b->name) &&
	       (!a->namespace.len || !b->namespace.len || str_eq(a->namespace, b->namespace) ||
		value_is_placeholder(a->namespace, NULL) ||
		value_is_placeholder(b->namespace, NULL));
}

/* The file that the object under judgement stands in. */
static struct str own_file(const struct rule_ctx *c)
{
	const struct object *o = c->object;
	struct view_iter it = view_each(c->view, REL_SELF, o->kind, o->namespace, o->name);
	const struct known *k;

	for (size_t i = 0; i < LIMIT_SHARERS && (k = view_next(&it)); i++)
		if (k->object.root.node == c->root.node)
			return k->file;
	return STR_EMPTY;
}

struct str cluster_called(const struct rule_ctx *c, const struct known *k)
{
	struct buf out = BUF_ARENA(c->arena);

	buf_fmt(&out, "%s ", kind_name(k->object.kind));
	if (k->object.namespace.len && !str_eq(k->object.namespace, c->object->namespace))
		buf_fmt(&out, "%.*s/", STR_ARG(k->object.namespace));
	buf_str(&out, k->object.name);
	if (k->file.len && !str_eq(k->file, own_file(c)))
		buf_fmt(&out, " (%.*s)", STR_ARG(k->file));
	return buf_slice(&out);
}

/* How much of a server name is the name of this Cluster: all of it, or its beginning. */
static size_t owns(const struct object *o, struct str server)
{
	return str_has_prefix(server, o->name) ? o->name.len : 0;
}

/* The last part of a location. */
static struct str server_of(struct str location)
{
	struct str rest = location, part, last = location;

	while (str_split(&rest, '/', &part))
		last = part;
	return last;
}

/* Which of two Clusters at one place is the one too many. Where a write is judged it is the one
 * that is written; else the one whose name the server name is not; else the younger one; else the
 * one that stands later in the files. */
static bool came_before(const struct rule_ctx *c, const struct known *k, struct str server,
			bool after_this)
{
	const char *path = "metadata.creationTimestamp";
	struct str theirs = obj_text(k->object.root, path), ours = obj_text(c->root, path);

	if (c->view->instead || c->view->without)
		return true;
	if (owns(&k->object, server) != owns(c->object, server))
		return owns(&k->object, server) > owns(c->object, server);
	if (theirs.len && ours.len && !str_eq(theirs, ours))
		return str_cmp(theirs, ours) < 0;
	if (k->bundle != c->view->bundle)
		return k->bundle < c->view->bundle;
	return !after_this;
}

/* Another Cluster that archives to this location; only one that `came_before` if that is asked. */
static const struct known *other_at(const struct rule_ctx *c, struct str location, bool before)
{
	struct view_iter it = view_each(c->view, REL_LOCATION, KIND_OTHER, STR_EMPTY, location);
	struct str server = server_of(location);
	const struct known *k;
	bool after_this = false;

	for (size_t i = 0; i < LIMIT_SHARERS && (k = view_next(&it)); i++) {
		if (may_be_same(&k->object, c->object))
			after_this = true;
		else if (!object_is_terminating(&k->object) &&
			 (!before || came_before(c, k, server, after_this)))
			return k;
	}
	return NULL;
}

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
			    (k = other_at(c, str_slice(location, 0, at), false)))
				return k;
		}
	}
	return NULL;
}

/* A server name that nobody else is likely to have: the Cluster's own name where another was
 * written, else with its namespace before it. */
static struct str own_server(const struct rule_ctx *c, struct str server)
{
	struct str name = c->object->name, namespace = c->object->namespace;

	if (name.len && !str_eq(name, server))
		return name;
	if (!namespace.len || value_is_placeholder(namespace, NULL))
		return cluster_next_name(c, server);
	return arena_fmt(c->arena, "%.*s-%.*s", STR_ARG(namespace), STR_ARG(name));
}

struct shared {
	bool in_tree; /* this archive of ours, not that of the plugin */
	struct str location;
	const struct known *other;
	bool inside;
};

static void location_shared(const struct rule_ctx *c, const struct shared *s)
{
	const struct archive *ar = c->archive;
	struct obj at = s->in_tree ? ar->in_tree : ar->last_enabled;
	struct str other = cluster_called(c, s->other), server = ar->place.server;
	struct buf place = BUF_ARENA(c->arena);
	struct finding *f;

	if (s->in_tree) {
		cluster_in_tree_place(c, &place);
		server = obj_text(at, "serverName");
		server = server.len ? server : c->object->name;
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
	finding_fix(c, f, "serverName: %.*s", STR_ARG(own_server(c, server)));
}

void check_archive_location_shared(const struct rule_ctx *c)
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

		s.other = other_at(c, s.location, true);
		if (s.other)
			s.inside = false;
		else
			s.other = other_around(c, s.location);
		if (s.other)
			location_shared(c, &s);
	}
}

/* The ObjectStore of this namespace whose name is nearest, or the only one. */
static struct str nearest_store(const struct rule_ctx *c, struct str name, bool *near)
{
	struct view_iter it =
		view_each(c->view, REL_KIND, KIND_OBJECT_STORE, c->object->namespace, STR_EMPTY);
	const struct known *k, *only = NULL;
	struct str best = STR_EMPTY;
	size_t most = name.len / 3 > 3 ? name.len / 3 : 3, seen = 0;

	for (; seen < LIMIT_SHARERS && (k = view_next(&it)); seen++) {
		size_t distance = str_distance(name, k->object.name, most);

		only = k;
		if (distance > most)
			continue;
		best = k->object.name;
		most = distance ? distance - 1 : 0;
	}
	*near = best.len;
	return best.len || seen != 1 ? best : only->object.name;
}

/* It is in no namespace that may be the Cluster's; `elsewhere` (or NULL) is one of that name. */
static bool is_missing(const struct rule_ctx *c, struct str store, const struct known **elsewhere)
{
	struct str namespace = c->object->namespace;

	if (!c->view || !store.len || value_is_placeholder(store, NULL) ||
	    value_is_placeholder(namespace, NULL) || str_find_byte(store, '/') != STR_NONE ||
	    !view_lacks(c->view, KIND_OBJECT_STORE, namespace, store))
		return false;
	struct view_iter it = view_each(c->view, REL_NAME, KIND_OBJECT_STORE, STR_EMPTY, store);
	*elsewhere = view_next(&it);
	return true;
}

#define NO_FAILOVER "the operator tries again for ever: no bootstrap, no failover, no self-healing"

static struct str in_namespace(const struct rule_ctx *c)
{
	struct str namespace = c->object->namespace;

	return namespace.len ? arena_fmt(c->arena, " in namespace %.*s", STR_ARG(namespace))
			     : STR_EMPTY;
}

static void store_missing(const struct rule_ctx *c, const struct archive_place *place)
{
	struct str name = place->store, in = in_namespace(c), store;
	const struct known *elsewhere;
	bool near;

	if (!is_missing(c, name, &elsewhere) || elsewhere)
		return; /* cross-namespace-store */
	struct finding *f =
		finding_add(c, place->store_at, "", "ObjectStore %.*s does not exist%.*s",
			    STR_ARG(name), STR_ARG(in));
	finding_effect(c, f, "until it does, " NO_FAILOVER);
	store = nearest_store(c, name, &near);
	if (near)
		finding_fix(c, f, "barmanObjectName: %.*s", STR_ARG(store));
	else if (store.len)
		finding_fix(c, f, "barmanObjectName: %.*s - or an ObjectStore %.*s%.*s",
			    STR_ARG(store), STR_ARG(name), STR_ARG(in));
	else
		finding_fix(c, f, "an ObjectStore %.*s%.*s, with the Secret that it names",
			    STR_ARG(name), STR_ARG(in));
	finding_absent(c, f, KIND_OBJECT_STORE, c->object->namespace);
}

static void store_elsewhere(const struct rule_ctx *c, const struct archive_place *place)
{
	const struct known *elsewhere;

	if (!is_missing(c, place->store, &elsewhere) || !elsewhere)
		return;
	struct str namespace = elsewhere->object.namespace;
	struct finding *f = finding_add(
		c, place->store_at, "",
		"ObjectStore %.*s exists in namespace %.*s, not in the Cluster's own, %.*s",
		STR_ARG(place->store), STR_ARG(namespace), STR_ARG(c->object->namespace));
	finding_effect(c, f, "stores are looked up in the Cluster's namespace only; " NO_FAILOVER);
	finding_fix(c, f, "an ObjectStore %.*s%.*s, with the Secret that it names",
		    STR_ARG(place->store), STR_ARG(in_namespace(c)));
	finding_absent(c, f, KIND_OBJECT_STORE, c->object->namespace);
}

typedef void place_fn(const struct rule_ctx *c, const struct archive_place *place);

/* Every store that the plugin looks up: it needs those of the sources after the bootstrap, too.
 * Each name once. */
static void each_place(const struct rule_ctx *c, place_fn *each)
{
	const struct archive *ar = c->archive;
	const struct archive_place *const places[] = {
		ar->enabled_entries ? &ar->place : NULL,
		ar->recovery.plugin ? &ar->recovery.place : NULL,
		ar->replica.plugin ? &ar->replica.place : NULL};

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		bool again = !places[i];

		for (size_t k = 0; k < i && !again; k++)
			again = places[k] && str_eq(places[k]->store, places[i]->store);
		if (!again)
			each(c, places[i]);
	}
}

void check_objectstore_missing(const struct rule_ctx *c)
{
	each_place(c, store_missing);
}

void cluster_store_elsewhere(const struct rule_ctx *c)
{
	each_place(c, store_elsewhere);
}

void check_archive_already_in_use(const struct rule_ctx *c)
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
	struct str last = obj_text(window, "lastSuccessfulBackupTime");
	struct finding *f =
		finding_add(c, c->archive->last_enabled, "parameters.serverName",
			    "ObjectStore %.*s holds backups of server %.*s already%s%.*s",
			    STR_ARG(place->store), STR_ARG(place->server),
			    last.len ? ", the last of " : "", STR_ARG(last));
	finding_subject(c, f, place->server);
	finding_effect(c, f,
		       "a new Cluster that archives there stops with \"Expected empty archive\"");
	finding_fix(c, f, "serverName: %.*s", STR_ARG(cluster_next_name(c, place->server)));
}

/* As CloudNativePG and PostgreSQL take it: RFC 3339, or with a blank in the middle, a zone of hours
 * only, or none, which is UTC. */
static bool read_time(const struct rule_ctx *c, struct str text, int64_t *out)
{
	struct buf rfc = BUF_ARENA(c->arena);
	size_t zone = 19; /* after 2026-08-26 10:20:30 */

	if (text.len < zone || text.len > 40)
		return false;
	buf_str(&rfc, text);
	if (rfc.ptr[10] == ' ')
		rfc.ptr[10] = 'T';
	while (zone < text.len &&
	       (text.ptr[zone] == '.' || (text.ptr[zone] >= '0' && text.ptr[zone] <= '9')))
		zone++;
	if (zone == text.len)
		buf_byte(&rfc, 'Z');
	else if (text.len == zone + 3)
		buf_text(&rfc, ":00");
	return utc_parse(buf_slice(&rfc), out);
}

/* When the first of its base backups was complete, as the status of its ObjectStore says. */
static bool first_recoverable(const struct rule_ctx *c, const struct archive_source *source,
			      int64_t *out)
{
	const struct archive_place *place = &source->place;
	const struct known *store = NULL;
	struct obj window;

	if (c->view && source->plugin)
		store = view_store(c->view, c->object, place);
	if (!store)
		return false;
	window = obj_member(obj_at(store->object.root, "status.serverRecoveryWindow"),
			    place->server);
	return utc_parse(obj_text(window, "firstRecoverabilityPoint"), out);
}

void check_recovery_target_before_window(const struct rule_ctx *c)
{
	const char *path = "spec.bootstrap.recovery.recoveryTarget.targetTime";
	const struct archive_source *source = &c->archive->recovery;
	struct str text = obj_text(c->root, path);
	char shown[UTC_TEXT];
	struct finding *f;
	int64_t target, first;

	if (cluster_is_bootstrapped(c) || !read_time(c, text, &target))
		return;
	if (target > c->now) {
		f = finding_add(c, c->root, path, "targetTime %.*s is in the future",
				STR_ARG(text));
		finding_effect(
			c, f,
			"PostgreSQL stops with \"recovery ended before configured recovery target was reached\", and the restore is retried for ever");
		finding_fix(c, f, "remove recoveryTarget - to recover to the end of the WAL");
	} else if (first_recoverable(c, source, &first) && target < first) {
		f = finding_add(
			c, c->root, path,
			"targetTime %.*s is before the first backup of server %.*s in ObjectStore %.*s",
			STR_ARG(text), STR_ARG(source->place.server), STR_ARG(source->place.store));
		finding_scope(f, SCOPE_BUNDLE);
		finding_effect(
			c, f,
			"no base backup reaches back to it, and the restore is retried for ever");
		finding_fix(c, f, "targetTime: \"%s\" - or later", utc_format(first, shown));
	}
}
