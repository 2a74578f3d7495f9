#include "cnpg/backups.h"

#include "base/arena.h"
#include "base/utc.h"
#include "cnpg/location.h"

#include <search.h>

/* By how much a clock may be wrong. */
#define AHEAD_MOST UTC_DAY

struct backups {
	struct arena *arena;
	int64_t now;
	void *tree; /* of struct counted */
	bool partial;
};

/* In-tree backups of one place. */
struct in_tree {
	struct str path; /* as path_of has it */
	int64_t completed;
	struct in_tree *next;
};

struct counted {
	struct str namespace, cluster;
	struct backup_facts facts;
	/* when the last one was completed: */
	int64_t by_plugin;	 /* ours */
	int64_t by_another;	 /* plugin, which has a place of its own */
	struct in_tree *in_tree; /* whose status says where */
	int64_t others;
};

static int by_cluster(const void *left, const void *right)
{
	const struct counted *a = left, *b = right;
	int by = str_cmp(a->namespace, b->namespace);

	return by ? by : str_cmp(a->cluster, b->cluster);
}

static void keep(void *in_arena)
{
	(void)in_arena;
}

struct backups *backups_new(struct arena *a, int64_t now)
{
	struct backups *b = ARENA_NEW(a, struct backups);

	b->arena = a;
	b->now = now;
	return b;
}

void backups_free(struct backups *b)
{
	tdestroy(b->tree, keep);
	b->tree = NULL;
}

void backups_are_partial(struct backups *b)
{
	b->partial = true;
}

static struct counted *find(const struct backups *b, struct str namespace, struct str cluster)
{
	const struct counted like = {.namespace = namespace, .cluster = cluster};
	struct counted *const *found = tfind(&like, &b->tree, by_cluster);

	return found ? *found : NULL;
}

static struct counted *make(struct backups *b, struct str namespace, struct str cluster)
{
	struct counted *e = ARENA_NEW(b->arena, struct counted);

	e->namespace = arena_str(b->arena, namespace);
	e->cluster = arena_str(b->arena, cluster);
	if (!tsearch(e, &b->tree, by_cluster))
		out_of_memory(sizeof *e);
	return e;
}

/* A moment of its status; one that failed or waits early has none but its creation. 0: neither. */
static int64_t moment_of(struct obj backup, const char *path)
{
	int64_t at = 0;

	return utc_parse(obj_text(backup, path), &at) ||
			       utc_parse(obj_text(backup, "metadata.creationTimestamp"), &at)
		       ? at
		       : 0;
}

static void later(int64_t *latest, int64_t at)
{
	if (at > *latest)
		*latest = at;
}

/* Where it lies behind the endpoint: one server has many names. */
static void path_of(struct str destination, struct str server, struct buf *out)
{
	location_of(STR_EMPTY, destination, server, out);
}

static void note_in_tree(struct backups *b, struct counted *e, struct str path, int64_t at)
{
	struct in_tree *place = e->in_tree;

	while (place && !str_eq(place->path, path))
		place = place->next;
	if (!place) {
		place = ARENA_NEW(b->arena, struct in_tree);
		place->path = arena_str(b->arena, path);
		place->next = e->in_tree;
		e->in_tree = place;
	}
	later(&place->completed, at);
}

/* By which way it was made, which tells where it lies. */
static void note_completed(struct backups *b, struct counted *e, struct obj backup, int64_t at)
{
	struct str method = obj_text(backup, "spec.method"), destination, server;
	struct str plugin = obj_text(backup, "spec.pluginConfiguration.name");
	struct buf path CLEANUP(buf) = {0};

	destination = obj_text(backup, "status.destinationPath");
	server = obj_text(backup, "status.serverName");
	if (at >= e->facts.completed) {
		e->facts.completed = at;
		if (obj_int(backup, "status.majorVersion", &e->facts.completed_major) != OBJ_SET)
			e->facts.completed_major = 0;
	}
	if (str_is(method, "plugin") && plugin.len) {
		later(str_is(plugin, PLUGIN_NAME) ? &e->by_plugin : &e->by_another, at);
	} else if ((!method.len || str_is(method, "barmanObjectStore")) && destination.len) {
		path_of(destination, server.len ? server : e->cluster, &path);
		note_in_tree(b, e, buf_slice(&path), at);
	} else {
		later(&e->others, at);
	}
}

/* One whose definition is refused waits until that is deleted; one that waits for WAL archiving
 * waits for minutes (cnpg backup_controller.go); others may have much to copy (cnpg#10778). */
static int64_t patience(struct str phase)
{
	if (str_is(phase, "invalid backup definition"))
		return 0;
	return str_is(phase, "walArchivingFailing") ? 3600 : UTC_DAY;
}

static void note_waiting(struct backups *b, struct backup_facts *f, struct obj backup,
			 struct str phase)
{
	int64_t since = moment_of(backup, "status.startedAt"), stuck = since + patience(phase);

	if (!since || (f->waiting_since && stuck >= f->stuck_at))
		return;
	f->waiting_since = since;
	f->stuck_at = stuck;
	f->waiting_name = arena_str(b->arena, obj_text(backup, "metadata.name"));
	f->waiting_phase = arena_str(b->arena, phase);
	f->waiting_error = arena_str(b->arena, obj_text(backup, "status.error"));
}

void backups_note(struct backups *b, struct obj backup)
{
	struct str namespace = obj_text(backup, "metadata.namespace");
	struct str cluster = obj_text(backup, "spec.cluster.name");
	struct str phase = obj_text(backup, "status.phase");
	struct counted *e = find(b, namespace, cluster);
	struct backup_facts *f = &(e = e ? e : make(b, namespace, cluster))->facts;
	int64_t at = moment_of(backup, "status.stoppedAt");

	f->count++;
	if (at - b->now > AHEAD_MOST && str_is(phase, "completed")) {
		later(&f->ahead, at);
		return;
	}
	if (at && (str_is(phase, "completed") || str_is(phase, "failed"))) {
		struct backup_moment *m = ARENA_NEW(b->arena, struct backup_moment);

		*m = (struct backup_moment){at, str_is(phase, "failed"), f->moments};
		f->moments = m;
	}
	if (str_is(phase, "completed")) {
		note_completed(b, e, backup, at);
	} else if (str_is(phase, "failed")) {
		if (at < f->failed)
			return;
		f->failed = at;
		f->failed_error = arena_str(b->arena, obj_text(backup, "status.error"));
		f->failed_name = arena_str(b->arena, obj_text(backup, "metadata.name"));
	} else {
		note_waiting(b, f, backup, phase);
	}
}

static int64_t time_at(struct obj o, const char *path)
{
	int64_t at = 0;

	return utc_parse(obj_text(o, path), &at) ? at : 0;
}

struct str backups_window_last(struct obj window)
{
	struct str last = obj_text(window, "lastSuccessfulBackupTime");

	return last.len ? last : obj_text(window, "lastSuccussfulBackupTime"); /* sic */
}

static void note_status(const struct backups *b, struct backup_history *h, int64_t at)
{
	later(at - b->now > AHEAD_MOST ? &h->ahead : &h->completed, at);
}

/* Of backups that no plugin makes, the operator writes when. `h->moved`: in-tree ones lie
 * elsewhere. */
static void by_operator(const struct backups *b, struct obj status, struct backup_history *h)
{
	bool moved = h->moved;
	struct obj methods = obj_at(status, "lastSuccessfulBackupByMethod");

	if (!moved || !methods.node)
		note_status(b, h, time_at(status, "lastSuccessfulBackup"));
	for (struct obj e = obj_first(methods); e.node; e = obj_next(e))
		if (!moved || !str_is(obj_key(e), "barmanObjectStore"))
			note_status(b, h, time_at(e, ""));
	later(&h->failed, time_at(status, "lastFailedBackup"));
	h->from = time_at(status, "firstRecoverabilityPoint");
	methods = obj_at(status, "firstRecoverabilityPointByMethod");
	for (struct obj e = obj_first(methods); e.node; e = obj_next(e)) {
		int64_t from = time_at(e, "");

		if (from && (!h->from || from < h->from))
			h->from = from;
	}
}

/* Of any method; where its Backup is gone, this alone tells. */
static void by_condition(struct obj status, struct backup_history *h)
{
	struct obj conditions = obj_at(status, "conditions");

	for (struct obj e = obj_first(conditions); e.node; e = obj_next(e)) {
		int64_t at = time_at(e, "lastTransitionTime");

		if (!str_is(obj_text(e, "type"), "LastBackupSucceeded") ||
		    !str_is(obj_text(e, "reason"), "LastBackupFailed") ||
		    h->failed > h->completed || h->failed > h->elsewhere || at <= h->completed)
			continue;
		h->failed = at;
		h->failed_why = obj_text(e, "message");
	}
}

/* A Cluster that is made of nothing or by a copy has none from before it was made. */
static void leave_out_older(const struct backups *b, const struct object *cluster,
			    struct backup_history *h)
{
	int64_t created = time_at(cluster->root, "metadata.creationTimestamp");

	if (created - b->now > AHEAD_MOST || obj_at(cluster->root, "spec.bootstrap.recovery").node)
		return;
	if (h->failed < created)
		h->failed = 0;
	if (!h->completed || h->completed >= created)
		return;
	h->before = h->completed;
	h->completed = h->from = 0;
}

/* Those of its own archive: the plugin says for which servers it made backups there, and an in-tree
 * one where it lies. */
static void by_backups(const struct counted *e, const struct archive *archive,
		       const struct known *store, struct backup_history *h)
{
	struct obj windows = obj_at(store->object.root, "status.serverRecoveryWindow");
	struct str server = archive->place.server;
	bool here = !obj_first(windows).node || obj_member(windows, server).node;
	struct buf own CLEANUP(buf) = {0};

	later(here ? &h->completed : &h->elsewhere, e->by_plugin);
	path_of(obj_text(store->object.root, "spec.configuration.destinationPath"), server, &own);
	for (const struct in_tree *place = e->in_tree; place; place = place->next) {
		bool same = archive->in_tree.node || str_eq(place->path, buf_slice(&own));

		later(same ? &h->completed : &h->elsewhere, place->completed);
		h->moved |= !same;
	}
	later(&h->completed, e->others);
	later(&h->elsewhere, e->by_another);
}

struct backup_history backups_history(const struct backups *b, const struct view *v,
				      const struct object *cluster, const struct archive *archive)
{
	const struct known *store = view_store(v, cluster, &archive->place);
	const struct counted *e = find(b, cluster->namespace, cluster->name);
	struct backup_history h = {.facts = e ? &e->facts : NULL, .unknown = b->partial};
	struct obj own = {0};
	int64_t last;

	if (e)
		h.ahead = e->facts.ahead;
	if (e && store && archive_by_plugin(archive))
		by_backups(e, archive, store, &h);
	else if (e)
		later(&h.completed, e->facts.completed);
	if (e)
		later(&h.failed, e->facts.failed);
	by_operator(b, obj_at(cluster->root, "status"), &h);
	if (store)
		own = obj_member(obj_at(store->object.root, "status.serverRecoveryWindow"),
				 archive->place.server);
	if (utc_parse(backups_window_last(own), &last))
		note_status(b, &h, last);
	later(&h.failed, time_at(own, "lastFailedBackupTime"));
	if (archive_by_plugin(archive))
		h.from = time_at(own, "firstRecoverabilityPoint");
	by_condition(obj_at(cluster->root, "status"), &h);
	leave_out_older(b, cluster, &h);
	if (h.from > b->now)
		h.from = 0;
	return h;
}
