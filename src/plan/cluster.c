/* What one Cluster says of its archive, and what its schedules make of it. */
#include "internal.h"

#include "base/utc.h"
#include "facts/cluster.h"
#include "facts/store.h"

#include <stdlib.h>

/* As CloudNativePG and the plugin have them. */
#define TIMEOUT 300
#define SEGMENT_MIB 16
#define PRUNED_EVERY 300	  /* no instanceSidecarConfiguration */
#define PRUNED_EVERY_DEFAULT 1800 /* of the field, where that is there */

/* Another plugin may archive, too. */
static bool has_other_plugin(struct obj root)
{
	for (struct obj e = obj_first(obj_at(root, "spec.plugins")); e.node; e = obj_next(e))
		if (!str_is(obj_text(e, "name"), PLUGIN_NAME) && obj_true(e, "enabled", true))
			return true;
	return false;
}

static enum plan_wal wal_of(const struct object *o, const struct archive *archive)
{
	if (object_has_annotation(o, "cnpg.io/skipWalArchiving", "enabled"))
		return PLAN_WAL_NOWHERE;
	if (archive_by_plugin(archive) || archive->in_tree.node)
		return PLAN_WAL_ARCHIVED;
	return has_other_plugin(o->root) ? PLAN_WAL_UNKNOWN : PLAN_WAL_NOWHERE;
}

static int64_t timeout_of(const struct rule_ctx *c)
{
	struct str text;
	double ms;

	if (!obj_at(c->root, CLUSTER_ARCHIVE_TIMEOUT).node)
		return TIMEOUT;
	if (!cluster_archive_timeout(c, &text, &ms) || ms > 1e12)
		return -1;
	return (int64_t)((ms + 999) / 1000);
}

static int64_t segment_of(struct obj root)
{
	int64_t n;

	if (obj_int(root, "spec.bootstrap.initdb.walSegmentSize", &n) != OBJ_SET || n < 1 ||
	    n > 1024)
		n = SEGMENT_MIB;
	return n << 20;
}

static int64_t pruned_every(struct obj store)
{
	struct obj sidecar = obj_at(store, "spec.instanceSidecarConfiguration");
	int64_t n;

	if (obj_type(sidecar) != OBJ_MAP)
		return PRUNED_EVERY;
	if (obj_int(sidecar, "retentionPolicyIntervalSeconds", &n) != OBJ_SET)
		return PRUNED_EVERY_DEFAULT;
	return n > 0 ? n : PRUNED_EVERY;
}

static void read_retention(struct arena *a, struct obj policy, struct plan_cluster *out)
{
	struct str text = obj_text(policy, "");
	int64_t days = retention_days(text);

	out->retention = arena_str(a, text);
	out->retention_unknown = obj_type(policy) > OBJ_NULL_VALUE && !days;
	out->keep.window = days * UTC_DAY;
}

/* "s3.example.com/backups" of "s3.example.com/backups/pg/db". */
static struct str bucket_of(struct str location)
{
	size_t host = str_find_byte(location, '/');

	if (host == STR_NONE)
		return location;
	struct str rest = str_slice(location, host + 1, location.len);
	size_t end = str_find_byte(rest, '/');
	return str_slice(location, 0, end == STR_NONE ? location.len : host + 1 + end);
}

static void read_path(struct arena *a, struct obj store, struct plan_cluster *out)
{
	out->path = arena_fmt(a, "%.*s %.*s", STR_ARG(obj_text(store, "destinationPath")),
			      STR_ARG(obj_text(store, "endpointURL")));
}

static void read_plugin(struct arena *a, const struct rule_ctx *c, struct plan_cluster *out)
{
	const struct archive_place *place = &c->archive->place;
	const struct known *store = view_store(c->view, c->object, place);
	struct buf location = BUF_ARENA(a);

	struct obj archiver = obj_at(c->archive->last_enabled, "isWALArchiver");

	out->fails_open = !c->archive->wal_archiver && !c->archive->in_tree.node &&
			  !value_is_placeholder(obj_text(archiver, ""), NULL);
	out->store = arena_str(a, place->store);
	out->server = arena_str(a, place->server);
	out->archive = arena_fmt(a, "ObjectStore %.*s, server %.*s", STR_ARG(place->store),
				 STR_ARG(place->server));
	if (view_place(c->view, c->object, place, &location))
		out->location = buf_slice(&location);
	if (store)
		read_path(a, obj_at(store->object.root, "spec.configuration"), out);
	out->filled_later =
		!out->location.len && (store || value_is_placeholder(place->store, NULL) ||
				       value_is_placeholder(place->server, NULL));
	if (!store) {
		out->retention_unknown = true;
		out->pruned_every = PRUNED_EVERY;
		return;
	}
	read_retention(a, obj_at(store->object.root, "spec.retentionPolicy"), out);
	out->pruned_every = pruned_every(store->object.root);
}

static void read_in_tree(struct arena *a, const struct rule_ctx *c, struct plan_cluster *out)
{
	struct obj in_tree = c->archive->in_tree;
	struct buf location = BUF_ARENA(a);

	out->in_tree = true;
	out->keep.at_backup = true;
	out->server = arena_str(a, archive_in_tree_server(in_tree, c->object->name));
	out->archive = arena_fmt(a, "%.*s, server %.*s",
				 STR_ARG(store_url_shown(a, obj_text(in_tree, "destinationPath"))),
				 STR_ARG(out->server));
	if (view_in_tree(c->object, in_tree, c->object->name, &location))
		out->location = buf_slice(&location);
	out->filled_later = !out->location.len;
	read_path(a, in_tree, out);
	read_retention(a, obj_at(c->root, "spec.backup.retentionPolicy"), out);
}

/* When its base backups, or snapshots, of which there are Backups, ended. */
static void read_backups(struct arena *a, const struct rule_ctx *c, const struct plan_cluster *p,
			 bool snapshots, struct plan_moments *out)
{
	enum plan_method method = snapshots    ? PLAN_SNAPSHOT
				  : p->in_tree ? PLAN_IN_TREE
					       : PLAN_PLUGIN;
	struct view_iter it =
		view_each(c->view, REL_CLUSTER, KIND_BACKUP, c->object->namespace, c->object->name);
	size_t cap = 0;

	for (const struct known *k; (k = view_next(&it));) {
		struct str server = obj_text(k->object.root, "status.serverName");
		int64_t at;

		if (plan_method(obj_at(k->object.root, "spec")) != method ||
		    !str_is(obj_text(k->object.root, "status.phase"), "completed") ||
		    !utc_parse(obj_text(k->object.root, "status.stoppedAt"), &at) ||
		    (server.len && !snapshots && !str_eq(server, p->server)))
			continue;
		if (out->len == cap) {
			int64_t *more = ARENA_ARRAY(a, int64_t, cap = cap ? 2 * cap : 64);
			for (size_t i = 0; i < out->len; i++)
				more[i] = out->items[i];
			out->items = more;
		}
		out->items[out->len++] = at;
	}
	out->old = out->len;
}

/* How many are there at most. In-tree the new one is there before others go; the plugin looks every
 * few minutes, or hours. */
static size_t peak_of(const struct plan_cluster *c)
{
	struct plan_keep late = c->keep;

	if (!c->steady.known)
		return 0;
	if (c->in_tree)
		return c->steady.most + 1;
	late.window += c->pruned_every;
	struct plan_steady s = plan_steady(&late, c->base.until);
	return s.known && s.most > c->steady.most ? s.most : c->steady.most;
}

/* WAL goes with the base backups before it, and so from the first day on is there until one goes.
 * Of what is live it is not known since when it is there. */
static int64_t wal_reach_of(const struct plan_cluster *c, const struct plan_options *o)
{
	struct plan_keep all = c->keep;
	int64_t late = c->in_tree ? c->base.gap : c->pruned_every;

	all.old = 0;
	struct plan_steady s = plan_steady(&all, c->base.until);
	if (o->live)
		return c->steady.known ? s.reach_most + late : -1;
	if (!s.known)
		return o->days * (int64_t)UTC_DAY;
	return (s.reach_most > s.since - o->now ? s.reach_most : s.since - o->now) + late;
}

static void reckon(struct arena *a, const struct plan_options *o, struct plan_cluster *out)
{
	size_t *by_day = ARENA_ARRAY(a, size_t, (size_t)o->days);

	plan_moments_find(a, out, false, o, &out->base);
	plan_moments_find(a, out, true, o, &out->snapshots);
	out->keep.moments = out->base.items;
	out->keep.len = out->base.len;
	if (out->schedules_unknown)
		return; /* there may be more */
	out->keep.old = out->base.old;
	out->steady = plan_steady(&out->keep, out->base.until);
	out->peak = peak_of(out);
	out->wal_reach = wal_reach_of(out, o);
	for (int day = 1; day <= o->days; day++) {
		int64_t at = o->now + day * (int64_t)UTC_DAY;
		struct plan_alive alive = plan_alive(&out->keep, at);

		if (at > out->base.until)
			break;
		by_day[out->by_day_len++] = alive.to - alive.from;
	}
	out->by_day = by_day;
}

static bool is_filled(const struct plan_cluster *c)
{
	for (size_t i = 0; i < c->schedules_len; i++)
		if (c->schedules[i].fills)
			return true;
	return false;
}

/* The archive, and its schedules. WAL may go to both, the plugin's and the in-tree one (the first
 * step of a migration): then base backups go where schedules make them, in-tree where in doubt. */
static void read_archive(struct arena *a, const struct rule_ctx *c, const struct plan_options *o,
			 struct plan_cluster *out)
{
	bool plugin = archive_by_plugin(c->archive), in_tree = c->archive->in_tree.node;
	struct plan_cluster other = *out;

	if (in_tree)
		read_in_tree(a, c, out);
	else if (plugin)
		read_plugin(a, c, out);
	plan_schedules_read(a, c, o, out);
	if (!plugin || !in_tree)
		return;
	read_plugin(a, c, &other);
	plan_schedules_read(a, c, o, &other);
	other.beside = out->archive;
	out->beside = other.archive;
	if (!is_filled(out) && is_filled(&other))
		*out = other;
}

void plan_cluster_read(struct arena *a, const struct view *v, const struct object *cluster,
		       const struct plan_options *o, struct plan_cluster *out)
{
	struct archive archive;
	const struct rule_ctx c = {.object = cluster,
				   .root = cluster->root,
				   .archive = &archive,
				   .view = v,
				   .now = o->now,
				   .arena = a};

	archive_resolve(cluster, &archive);
	*out = (struct plan_cluster){.namespace = arena_str(a, cluster->namespace),
				     .name = arena_str(a, cluster->name),
				     .wal = wal_of(cluster, &archive),
				     .timeout = timeout_of(&c),
				     .segment = segment_of(cluster->root)};
	read_archive(a, &c, o, out);
	out->bucket = bucket_of(out->location);
	if (out->archive.len)
		read_backups(a, &c, out, false, &out->base);
	read_backups(a, &c, out, true, &out->snapshots);
	reckon(a, o, out);
}
