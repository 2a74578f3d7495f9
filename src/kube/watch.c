/* A collection as it is and as it changes: list, watch, and what to do when that breaks off. */
#include "internal.h"

#include "base/clock.h"
#include "base/limits.h"
#include "cnpg/object.h"

#include <sys/random.h>

enum { NOT_FOUND = 404, GONE = 410 };

/* One watch request. */
struct stream {
	struct kube *k;
	const struct kube_watcher *watcher;
	struct arena *scratch; /* of one event */
	struct buf line;       /* on the heap */
	struct buf *version;   /* of the last event; on the heap */
	size_t events;
	int64_t code; /* of an ERROR event */
	bool failed;  /* the API server said an error, or what it sent is no event */
	struct err *err;
};

static void note_life(const struct kube_watcher *watcher)
{
	if (watcher->alive)
		watcher->alive(watcher->list.ctx);
}

static void answered(void *ctx, long status)
{
	const struct stream *s = ctx;

	if (status == 200)
		note_life(s->watcher);
}

/* {"type":"ADDED","object":{...}}; ERROR carries a Status. */
static bool read_event(struct stream *s, struct str line)
{
	const struct kube_watcher *w = s->watcher;
	const struct doc *doc;

	s->failed = !object_read_json(s->scratch, line, LIMIT_NODES, &doc, s->err);
	if (s->failed)
		return err_within(s->err, "watch: ");
	struct str type = obj_text(doc_root(doc), "type"), version;
	struct obj object = obj_at(doc_root(doc), "object");
	if (str_is(type, "ERROR")) {
		obj_int(object, "code", &s->code);
		s->failed = true;
		return err_set(s->err, E_IO, "watch: %.*s", STR_ARG(obj_text(object, "message")));
	}
	version = obj_text(object, "metadata.resourceVersion");
	s->failed = !version.len;
	if (s->failed)
		return err_set(s->err, E_SYNTAX, "watch: an event without a resourceVersion");
	if (str_is(type, "ADDED"))
		w->event(w->list.ctx, KUBE_ADDED, object);
	else if (str_is(type, "MODIFIED"))
		w->event(w->list.ctx, KUBE_MODIFIED, object);
	else if (str_is(type, "DELETED"))
		w->event(w->list.ctx, KUBE_DELETED, object);
	else
		note_life(w); /* BOOKMARK */
	s->version->len = 0;
	buf_str(s->version, version);
	s->events++;
	return true;
}

static bool take(void *ctx, struct str rest)
{
	struct stream *s = ctx;
	size_t end;

	s->failed = s->line.len + rest.len > LIMIT_KUBE_BYTES;
	if (s->failed)
		return err_set(s->err, E_LIMIT, "watch: an event of more than %u bytes",
			       LIMIT_KUBE_BYTES);
	if (kube_status(s->k) / 100 != 2) { /* not events: what is wrong */
		buf_str(&s->line, rest);
		return true;
	}
	while ((end = str_find_byte(rest, '\n')) != STR_NONE) {
		buf_add(&s->line, rest.ptr, end);
		rest = str_slice(rest, end + 1, rest.len);
		bool ok = !s->line.len || read_event(s, buf_slice(&s->line));

		s->line.len = 0;
		arena_reset(s->scratch);
		if (!ok || kube_stopped(s->k))
			return false;
	}
	buf_str(&s->line, rest);
	return true;
}

static struct str watch_path(struct str path, struct str version, struct arena *a)
{
	bool query = str_find_byte(path, '?') != STR_NONE;

	return arena_fmt(
		a,
		"%.*s%cwatch=true&allowWatchBookmarks=true&timeoutSeconds=%d&resourceVersion=%.*s",
		STR_ARG(path), query ? '&' : '?', LIMIT_KUBE_WATCH_SECONDS, STR_ARG(version));
}

/* What an answer that is no stream of events says. */
static bool refuse(const struct kube_call *call, const struct stream *s, struct arena *a,
		   struct err *err)
{
	struct kube_answer answer = {.status = kube_status(s->k), .body = buf_slice(&s->line)};
	const struct doc *doc;
	struct err ignored;

	if (doc_read_json(a, answer.body, &doc, &ignored))
		answer.root = doc_root(doc);
	return kube_refused(call, &answer, a, err);
}

/* How a watch ended. */
enum ending {
	ENDED,	  /* as watches do: its time was over */
	BROKEN,	  /* after events */
	FAILED,	  /* without any */
	UNSERVED, /* the API server answered 5xx */
	EXPIRED	  /* what it starts from is forgotten, or the kind is */
};

/* A part of a line that was cut off is an event that comes again: `version` is before it. */
static enum ending watch_once(struct kube *k, struct str path, const struct kube_watcher *watcher,
			      struct buf *version)
{
	CLEANUP(arena) struct arena *a = arena_new();
	CLEANUP(arena) struct arena *scratch = arena_new();
	struct err err = {0}, why = {0};
	struct stream s = {
		.k = k, .watcher = watcher, .scratch = scratch, .version = version, .err = &why};
	struct http_call how = {.seconds = LIMIT_KUBE_WATCH_SECONDS + LIMIT_KUBE_SECONDS,
				.most = SIZE_MAX,
				.answered = answered,
				.take = take,
				.ctx = &s};
	struct kube_call call = {.method = "GET", .path = watch_path(path, buf_slice(version), a)};
	int64_t began = clock_utc();

	bool ok = kube_transfer(k, &call, &how, a, &err);
	long status = kube_status(k);
	if (status && status / 100 != 2)
		ok = refuse(&call, &s, a, &err);
	else if (s.failed)
		ok = false, err = why;
	else if (ok && !s.events && clock_utc() - began < 2) /* again at once, it would spin */
		ok = err_set(&err, E_IO, "watch: closed without an event");
	buf_release(&s.line);
	if (s.code == GONE || status == GONE || (status == NOT_FOUND && watcher->absent))
		return EXPIRED;
	if (!ok && !kube_stopped(k))
		watcher->failed(watcher->list.ctx, &err);
	if (ok || s.events)
		return ok ? ENDED : BROKEN;
	return status >= 500 || s.code >= 500 ? UNSERVED : FAILED;
}

/* Up to a quarter longer, so that replicas do not come together. */
static void pause_about(const struct kube *k, unsigned tenths)
{
	unsigned more = 0;

	if (getrandom(&more, sizeof more, GRND_NONBLOCK) != (ssize_t)sizeof more)
		more = 0;
	kube_pause(k, tenths + more % (tenths / 4 + 1));
}

/* 1 s, 2 s, ... 32 s. */
static void rest(const struct kube *k, unsigned *failures)
{
	pause_about(k, 10U << (*failures < 5 ? *failures : 5));
	++*failures;
}

/* Lists; false, after a pause, when that failed. */
static bool start_anew(struct kube *k, struct str path, const struct kube_watcher *watcher,
		       struct buf *version, unsigned *failures)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct kube_listed listed = {.arena = a};
	struct err err;

	if (!kube_list(k, path, &watcher->list, &listed, &err)) {
		if (listed.status == NOT_FOUND && watcher->absent) {
			watcher->absent(watcher->list.ctx);
			*failures = 0;
			pause_about(k, LIMIT_KUBE_ABSENT_SECONDS * 10);
			return false;
		}
		if (!kube_stopped(k))
			watcher->failed(watcher->list.ctx, &err);
		rest(k, failures);
		return false;
	}
	watcher->synced(watcher->list.ctx);
	buf_str(version, listed.version.len ? listed.version : STR("0"));
	return true;
}

void kube_follow(struct kube *k, struct str path, const struct kube_watcher *watcher)
{
	CLEANUP(buf) struct buf version = {0};
	unsigned failures = 0;

	while (!kube_stopped(k)) {
		if (watcher->lost && watcher->lost(watcher->list.ctx))
			version.len = 0;
		if (!version.len && !start_anew(k, path, watcher, &version, &failures))
			continue;
		switch (watch_once(k, path, watcher, &version)) {
		case ENDED:
			failures = 0;
			note_life(watcher);
			break;
		case EXPIRED: /* once is usual; again and again is not */
			version.len = 0;
			if (failures++)
				rest(k, &failures);
			break;
		case BROKEN:
			failures = 0;
			rest(k, &failures);
			break;
		case UNSERVED: /* again: it may never know this version, as after etcd was restored
				*/
			if (failures)
				version.len = 0;
			rest(k, &failures);
			break;
		case FAILED:
			rest(k, &failures);
		}
	}
}
