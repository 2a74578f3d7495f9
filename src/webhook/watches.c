#include "webhook/watches.h"

#include "base/clock.h"
#include "base/log.h"
#include "kube/kube.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/prctl.h>

enum { FORBIDDEN = 403, NOT_FOUND = 404 };

struct watch {
	struct cache *cache;
	size_t which; /* of the cache's kinds */
	struct kube *kube;
	pthread_t thread;
};

struct watches {
	struct arena *arena; /* of the configuration */
	struct kube_config config;
	struct cache *cache;
	struct watch watches[CACHE_KINDS];
	pthread_t keeper;
	struct kube *asking; /* for Secrets; NULL: for none */
	bool told_refused, told_failed;
	pthread_t asker;
};

static struct str kind_text(const struct watch *w)
{
	return str_from(kind_name(cache_kind(w->which)));
}

static void begin(void *ctx)
{
	const struct watch *w = ctx;

	cache_begin(w->cache, w->which);
}

static void each(void *ctx, struct obj item)
{
	const struct watch *w = ctx;

	cache_put(w->cache, w->which, item, clock_ms());
}

/* Reviews go on without it: nothing is said to be missing, and what it holds is in nobody's way. */
static void skipped(void *ctx, struct obj item)
{
	const struct watch *w = ctx;

	if (cache_skip(w->cache, w->which, item, clock_ms()))
		log_event(LOG_LEVEL_WARN, "an object is too large to be read, and is left out",
			  FIELDS({"kind", kind_text(w)},
				 {"namespace", obj_text(item, "metadata.namespace")},
				 {"name", obj_text(item, "metadata.name")}));
}

static void synced(void *ctx)
{
	const struct watch *w = ctx;

	cache_synced(w->cache, w->which, clock_ms());
	log_event(LOG_LEVEL_INFO, "listed", FIELDS({"kind", kind_text(w)}));
}

static void event(void *ctx, enum kube_event what, struct obj object)
{
	const struct watch *w = ctx;

	if (what == KUBE_DELETED)
		cache_remove(w->cache, w->which, object, clock_ms());
	else
		cache_put(w->cache, w->which, object, clock_ms());
}

/* The first of several is told. */
static void failed(void *ctx, const struct err *err)
{
	const struct watch *w = ctx;

	if (cache_failed(w->cache, w->which, clock_ms()))
		log_event(LOG_LEVEL_WARN, "cannot watch, trying again",
			  FIELDS({"kind", kind_text(w)}, {"error", str_from(err->msg)}));
}

static void alive(void *ctx)
{
	const struct watch *w = ctx;

	if (cache_alive(w->cache, w->which, clock_ms()))
		log_event(LOG_LEVEL_INFO, "watching again", FIELDS({"kind", kind_text(w)}));
}

/* Its CRD is not installed, or not yet. */
static void absent(void *ctx)
{
	const struct watch *w = ctx;

	if (cache_absent(w->cache, w->which, clock_ms()))
		log_event(LOG_LEVEL_WARN,
			  "the API server does not serve this kind: it is unknown, and looked for",
			  FIELDS({"kind", kind_text(w)}));
}

static bool lost(void *ctx)
{
	const struct watch *w = ctx;

	return cache_is_lost(w->cache, w->which, clock_ms());
}

static void *watch_main(void *ctx)
{
	struct watch *w = ctx;
	const struct kube_watcher watcher = {
		.list = {.begin = begin, .each = each, .skipped = skipped, .ctx = w},
		.synced = synced,
		.event = event,
		.failed = failed,
		.alive = alive,
		.absent = absent,
		.lost = lost,
	};

	CLEANUP(buf) struct buf path = {0};

	kind_path(cache_kind(w->which), STR_EMPTY, &path);
	kube_follow(w->kube, buf_slice(&path), &watcher);
	return NULL;
}

/* The first of several is told. */
static void tell_secrets(struct watches *s, enum secrets_found found, const struct err *err)
{
	if (found == SECRETS_REFUSED && !s->told_refused)
		log_event(LOG_LEVEL_WARN, "may not read a Secret: what it holds is not known",
			  FIELDS({"error", str_from(err->msg)}));
	if (found == SECRETS_FAILED && !s->told_failed)
		log_event(LOG_LEVEL_WARN, "cannot read a Secret, trying again",
			  FIELDS({"error", str_from(err->msg)}));
	s->told_refused |= found == SECRETS_REFUSED;
	s->told_failed = found == SECRETS_FAILED;
}

static enum secrets_found ask_for_secret(void *ctx, const struct secrets_turn *turn,
					 struct arena *a, struct obj *root)
{
	struct watches *s = ctx;
	struct buf path = BUF_ARENA(a);
	struct kube_answer answer = {0};
	enum secrets_found found = SECRETS_READ;
	struct err err = {0};

	kind_object_path(KIND_SECRET, turn->namespace, turn->name, &path);
	if (!kube_get(s->asking, buf_slice(&path), a, &answer, &err))
		found = answer.status == NOT_FOUND   ? SECRETS_ABSENT
			: answer.status == FORBIDDEN ? SECRETS_REFUSED
						     : SECRETS_FAILED;
	*root = answer.root;
	if (!cache_stopped(s->cache))
		tell_secrets(s, found, &err);
	return found;
}

static void *asker_main(void *ctx)
{
	struct watches *s = ctx;

	secrets_run(cache_secrets(s->cache), ask_for_secret, s);
	return NULL;
}

static void *keeper_main(void *ctx)
{
	cache_run(ctx);
	return NULL;
}

static bool is_stopped(const void *ctx)
{
	return cache_stopped(ctx);
}

static void close_all(struct watches *s)
{
	for (size_t i = 0; i < CACHE_KINDS; i++)
		kube_close(s->watches[i].kube);
	kube_close(s->asking);
	cache_free(s->cache);
	arena_free(s->arena);
	free(s);
}

/* All of them before the first thread: libcurl sets itself up with the first. */
static bool open_all(struct watches *s, struct err *err)
{
	for (size_t i = 0; i < CACHE_KINDS; i++) {
		struct watch *w = &s->watches[i];

		*w = (struct watch){.cache = s->cache, .which = i};
		if (!kube_open(&s->config, &w->kube, err))
			return false;
		kube_stop_when(w->kube, is_stopped, s->cache);
	}
	if (!cache_secrets(s->cache))
		return true;
	if (!kube_open(&s->config, &s->asking, err))
		return false;
	kube_stop_when(s->asking, is_stopped, s->cache);
	return true;
}

static void start_thread(pthread_t *thread, void *(*life)(void *), void *ctx)
{
	if (pthread_create(thread, NULL, life, ctx) != 0)
		out_of_memory(0);
}

bool watches_start(const struct watches_options *o, struct watches **out, struct err *err)
{
	struct watches *s = calloc(1, sizeof *s);

	if (!s)
		out_of_memory(sizeof *s);
	s->arena = arena_new();
	s->cache = cache_new(clock_ms());
	if (o->secrets) {
		prctl(PR_SET_DUMPABLE, 0); /* no value of a Secret in a core */
		cache_look_up_secrets(s->cache);
	}
	if (!kube_config_load(o->kubeconfig, o->context, s->arena, &s->config, err) ||
	    !open_all(s, err)) {
		close_all(s);
		return false;
	}
	start_thread(&s->keeper, keeper_main, s->cache);
	for (size_t i = 0; i < CACHE_KINDS; i++)
		start_thread(&s->watches[i].thread, watch_main, &s->watches[i]);
	if (s->asking)
		start_thread(&s->asker, asker_main, s);
	*out = s;
	return true;
}

struct cache *watches_cache(const struct watches *s)
{
	return s ? s->cache : NULL;
}

void watches_stop(struct watches *s)
{
	if (!s)
		return;
	cache_stop(s->cache);
	for (size_t i = 0; i < CACHE_KINDS; i++)
		pthread_join(s->watches[i].thread, NULL);
	pthread_join(s->keeper, NULL);
	if (s->asking)
		pthread_join(s->asker, NULL);
	close_all(s);
}
