#include "webhook/file_watch.h"

#include "base/clock.h"
#include "base/condition.h"
#include "base/limits.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/stat.h>

#define PAUSE_MS 1000

struct file_watch {
	struct arena *arena; /* of the paths */
	struct file_watch_options options;
	struct stat seen[FILE_WATCH_MOST]; /* the thread's */
	pthread_t thread;

	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool asked, stopped;
	int64_t busy;	      /* since then it looks and reads; 0: it does not */
	struct arena *unread; /* of the news; NULL: there are none */
	struct file_watch_news news;
};

static bool differs(const struct stat *a, const struct stat *b)
{
	return a->st_dev != b->st_dev || a->st_ino != b->st_ino || a->st_size != b->st_size ||
	       a->st_mtim.tv_sec != b->st_mtim.tv_sec || a->st_mtim.tv_nsec != b->st_mtim.tv_nsec;
}

/* A ConfigMap or Secret mount changes by a swap of symbolic links: the files behind the links are
 * looked at. */
static bool look(struct file_watch *w)
{
	bool changed = false;

	for (size_t i = 0; i < FILE_WATCH_MOST; i++) {
		struct stat now = {0}; /* of a file that is gone */

		if (!w->options.paths[i].len)
			continue;
		if (stat(w->options.paths[i].ptr, &now) != 0)
			now = (struct stat){0};
		changed |= differs(&now, &w->seen[i]);
		w->seen[i] = now;
	}
	return changed;
}

static void read_all(const struct file_watch *w, struct arena *a, struct file_watch_news *news)
{
	const struct file_watch_options *o = &w->options;

	news->ok = true;
	for (size_t i = 0; i < FILE_WATCH_MOST && news->ok; i++) {
		news->texts[i] = STR_EMPTY;
		if (o->paths[i].len &&
		    !o->read(a, o->paths[i], o->limit, &news->texts[i], &news->err))
			news->ok = err_within(&news->err, "%.*s: ", STR_ARG(o->paths[i]));
	}
}

/* Under the lock. */
static void publish(struct file_watch *w, struct arena *a, const struct file_watch_news *news)
{
	bool changed = news->changed || (w->unread && w->news.changed);

	arena_free(w->unread);
	w->unread = a;
	w->news = *news;
	w->news.changed = changed;
	eventfd_write(w->options.wake, 1);
}

/* One look, without the lock, and what it has brought. The first one is asked for. */
static void turn(struct file_watch *w)
{
	CLEANUP(arena) struct arena *a = NULL;
	struct file_watch_news news = {.ok = true};
	bool asked = w->asked;

	w->asked = false;
	w->busy = clock_ms();
	pthread_mutex_unlock(&w->lock);
	news.changed = look(w);
	if (news.changed || asked) {
		a = arena_new();
		read_all(w, a, &news);
	}
	pthread_mutex_lock(&w->lock);
	w->busy = 0;
	pthread_cond_broadcast(&w->changed);
	if (a && !w->stopped)
		publish(w, STEAL(a), &news);
}

static void *life(void *ctx)
{
	struct file_watch *w = ctx;

	pthread_mutex_lock(&w->lock);
	while (!w->stopped) {
		turn(w);
		int64_t end = clock_ms() + PAUSE_MS;
		while (!w->stopped && !w->asked && clock_ms() < end)
			condition_wait_until(&w->changed, &w->lock, end);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

struct file_watch *file_watch_start(const struct file_watch_options *o)
{
	struct file_watch *w = calloc(1, sizeof *w);

	if (!w)
		out_of_memory(sizeof *w);
	w->arena = arena_new_blocks(LIMIT_NAME_BYTES);
	w->options = *o;
	w->asked = true;
	for (size_t i = 0; i < FILE_WATCH_MOST; i++)
		w->options.paths[i] = arena_str(w->arena, o->paths[i]);
	pthread_mutex_init(&w->lock, NULL);
	condition_init(&w->changed);
	if (pthread_create(&w->thread, NULL, life, w) != 0)
		out_of_memory(0);
	return w;
}

void file_watch_ask(struct file_watch *w)
{
	pthread_mutex_lock(&w->lock);
	w->asked = true;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

struct arena *file_watch_take(struct file_watch *w, struct file_watch_news *news)
{
	pthread_mutex_lock(&w->lock);
	struct arena *a = STEAL(w->unread);
	*news = w->news;
	pthread_mutex_unlock(&w->lock);
	return a;
}

bool file_watch_hangs(struct file_watch *w, int64_t now)
{
	pthread_mutex_lock(&w->lock);
	bool hangs = w->busy && now - w->busy > LIMIT_FILES_HANG_MS;
	pthread_mutex_unlock(&w->lock);
	return hangs;
}

void file_watch_stop(struct file_watch *w)
{
	int64_t end = clock_ms() + LIMIT_FILES_STOP_MS;

	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->stopped = true;
	pthread_cond_broadcast(&w->changed);
	while (w->busy && clock_ms() < end)
		condition_wait_until(&w->changed, &w->lock, end);
	bool hangs = w->busy != 0;
	pthread_mutex_unlock(&w->lock);
	if (hangs) {
		pthread_detach(w->thread);
		return;
	}
	pthread_join(w->thread, NULL);
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
	arena_free(w->unread);
	arena_free(w->arena);
	free(w);
}
