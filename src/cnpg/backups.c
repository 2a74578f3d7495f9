#include "cnpg/backups.h"

#include "base/arena.h"
#include "base/utc.h"

#include <search.h>

struct backups {
	struct arena *arena;
	void *tree; /* of struct counted */
	bool partial;
};

struct counted {
	struct str namespace, cluster;
	struct backup_facts facts;
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

struct backups *backups_new(struct arena *a)
{
	struct backups *b = ARENA_NEW(a, struct backups);

	b->arena = a;
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

void backups_note(struct backups *b, struct obj backup)
{
	struct str namespace = obj_text(backup, "metadata.namespace");
	struct str cluster = obj_text(backup, "spec.cluster.name");
	struct str phase = obj_text(backup, "status.phase");
	struct counted *e = find(b, namespace, cluster);
	struct backup_facts *f = &(e ? e : make(b, namespace, cluster))->facts;
	int64_t at = moment_of(backup, "status.stoppedAt");
	int64_t since = moment_of(backup, "status.startedAt");

	f->count++;
	if (at && (str_is(phase, "completed") || str_is(phase, "failed"))) {
		struct backup_moment *m = ARENA_NEW(b->arena, struct backup_moment);

		*m = (struct backup_moment){at, str_is(phase, "failed"), f->moments};
		f->moments = m;
	}
	if (str_is(phase, "completed")) {
		f->completed = at > f->completed ? at : f->completed;
	} else if (str_is(phase, "failed")) {
		if (at < f->failed)
			return;
		f->failed = at;
		f->failed_error = arena_str(b->arena, obj_text(backup, "status.error"));
		f->failed_name = arena_str(b->arena, obj_text(backup, "metadata.name"));
	} else if (since && (!f->waiting_since || since < f->waiting_since)) {
		f->waiting_since = since;
		f->waiting_name = arena_str(b->arena, obj_text(backup, "metadata.name"));
		f->waiting_phase = arena_str(b->arena, phase);
	}
}

const struct backup_facts *backups_of(const struct backups *b, struct str namespace,
				      struct str cluster)
{
	const struct counted *e = find(b, namespace, cluster);

	return e ? &e->facts : NULL;
}

static int64_t time_at(struct obj o, const char *path)
{
	int64_t at = 0;

	return utc_parse(obj_text(o, path), &at) ? at : 0;
}

static void later(int64_t *latest, int64_t at)
{
	if (at > *latest)
		*latest = at;
}

struct str backups_window_last(struct obj window)
{
	struct str last = obj_text(window, "lastSuccessfulBackupTime");

	return last.len ? last : obj_text(window, "lastSuccussfulBackupTime"); /* sic */
}

/* Of backups that no plugin makes, the operator writes when. */
static void by_operator(struct obj status, struct backup_history *h)
{
	struct obj methods = obj_at(status, "lastSuccessfulBackupByMethod");

	later(&h->completed, time_at(status, "lastSuccessfulBackup"));
	for (struct obj e = obj_first(methods); e.node; e = obj_next(e))
		later(&h->completed, time_at(e, ""));
	later(&h->failed, time_at(status, "lastFailedBackup"));
	h->from = time_at(status, "firstRecoverabilityPoint");
}

struct backup_history backups_history(const struct backups *b, const struct view *v,
				      const struct object *cluster, const struct archive *archive)
{
	const struct known *store = view_store(v, cluster, &archive->place);
	struct obj windows = {0};
	struct backup_history h = {.facts = backups_of(b, cluster->namespace, cluster->name),
				   .unknown = b->partial};
	int64_t last;

	by_operator(obj_at(cluster->root, "status"), &h);
	if (h.facts) {
		later(&h.completed, h.facts->completed);
		later(&h.failed, h.facts->failed);
	}
	if (store)
		windows = obj_at(store->object.root, "status.serverRecoveryWindow");
	struct obj own = obj_member(windows, archive->place.server);
	if (utc_parse(backups_window_last(own), &last))
		later(&h.completed, last);
	later(&h.failed, time_at(own, "lastFailedBackupTime"));
	if (archive_by_plugin(archive))
		h.from = time_at(own, "firstRecoverabilityPoint");
	return h;
}
