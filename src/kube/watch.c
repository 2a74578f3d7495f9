#include "client.h"

#include "base/limits.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NOT_FOUND = 404, GONE = 410 };

/* One watch request. */
struct stream {
	struct kube *k;
	const struct kube_watcher *watcher;
	struct arena *scratch; /* of one event */
	struct buf line;       /* on the heap */
	struct buf *version;   /* of the last event; on the heap */
	bool gone, failed;     /* the list must be made anew; the API server said an error */
	struct err *err;
};

static void note_life(const struct kube_watcher *watcher)
{
	if (watcher->alive)
		watcher->alive(watcher->list.ctx);
}

/* The status line of an answer: what follows may take minutes to come. */
static size_t take_header(char *bytes, size_t size, size_t count, void *ctx)
{
	const struct stream *s = ctx;
	struct str line = {bytes, size * count}, word;

	if (str_has_prefix(line, STR("HTTP/")) && str_split(&line, ' ', &word) &&
	    str_split(&line, ' ', &word) && str_is(word, "200"))
		note_life(s->watcher);
	return size * count;
}

/* {"type":"ADDED","object":{...}}; ERROR carries a Status. */
static bool read_event(struct stream *s, struct str line)
{
	const struct doc *doc;

	if (!doc_read_json(s->scratch, line, &doc, s->err))
		return !(s->failed = true);
	struct str type = obj_text(doc_root(doc), "type");
	struct obj object = obj_at(doc_root(doc), "object");
	if (str_is(type, "ERROR")) {
		int64_t code = 0;

		obj_int(object, "code", &code);
		s->gone = code == GONE;
		s->failed = true;
		err_set(s->err, E_IO, "watch: %.*s", STR_ARG(obj_text(object, "message")));
		return false;
	}
	s->version->len = 0;
	buf_str(s->version, obj_text(object, "metadata.resourceVersion"));
	if (str_is(type, "ADDED"))
		s->watcher->event(s->watcher->list.ctx, KUBE_ADDED, object);
	else if (str_is(type, "MODIFIED"))
		s->watcher->event(s->watcher->list.ctx, KUBE_MODIFIED, object);
	else if (str_is(type, "DELETED"))
		s->watcher->event(s->watcher->list.ctx, KUBE_DELETED, object);
	else
		note_life(s->watcher); /* BOOKMARK */
	return true;
}

/* libcurl's callback: returning less than it got ends the transfer. */
static size_t take(char *bytes, size_t size, size_t count, void *ctx)
{
	struct stream *s = ctx;
	size_t len = size * count;
	struct str rest = {bytes, len};
	size_t end;

	if (s->line.len + len > LIMIT_KUBE_BYTES)
		return 0;
	while ((end = str_find_byte(rest, '\n')) != STR_NONE) {
		buf_add(&s->line, rest.ptr, end);
		rest = str_slice(rest, end + 1, rest.len);
		bool ok = !s->line.len || read_event(s, buf_slice(&s->line));

		s->line.len = 0;
		arena_reset(s->scratch);
		if (!ok)
			return 0;
	}
	buf_str(&s->line, rest);
	return len;
}

/* True when the watch ended as watches do: its time was over, or the connection was closed after
 * events. */
static bool watch_once(struct kube *k, struct str path, const struct kube_watcher *watcher,
		       struct buf *version, bool *gone)
{
	CLEANUP(arena) struct arena *a = arena_new();
	CLEANUP(arena) struct arena *scratch = arena_new();
	struct err err = {0}, why = {0};
	struct stream s = {
		.k = k, .watcher = watcher, .scratch = scratch, .version = version, .err = &why};
	struct kube_sink sink = {.write = take,
				 .header = take_header,
				 .ctx = &s,
				 .seconds = LIMIT_KUBE_WATCH_SECONDS + LIMIT_KUBE_SECONDS};
	bool query = str_find_byte(path, '?') != STR_NONE;
	struct kube_call call = {.method = "GET"};
	struct kube_answer answer = {0};

	call.path = arena_fmt(a,
			      "%.*s%cwatch=true&allowWatchBookmarks=true&timeoutSeconds=%d&"
			      "resourceVersion=%.*s",
			      STR_ARG(path), query ? '&' : '?', LIMIT_KUBE_WATCH_SECONDS,
			      STR_ARG(buf_slice(version)));
	bool ok = kube_transfer(k, &call, &sink, a, &err);
	answer.status = sink.status;
	answer.body = buf_slice(&s.line);
	if (answer.status && answer.status / 100 != 2)
		ok = kube_refused(&call, &answer, &err);
	else if (s.failed)
		ok = false, err = why;
	*gone = s.gone || answer.status == GONE;
	buf_release(&s.line);
	if (!ok && !*gone && !kube_stopped(k))
		watcher->failed(watcher->list.ctx, &err);
	return ok;
}

/* 1 s, 2 s, ... 32 s, each a little longer or shorter, so that replicas do not come together. */
static void rest(const struct kube *k, unsigned *failures)
{
	unsigned tenths = 10U << (*failures < 5 ? *failures : 5);
	const struct timespec tenth = {.tv_nsec = 100000000};

	++*failures;
	tenths += (unsigned)(random() % (tenths / 4 + 1));
	while (tenths-- && !kube_stopped(k))
		nanosleep(&tenth, NULL);
}

void kube_follow(struct kube *k, struct str path, const struct kube_watcher *watcher)
{
	CLEANUP(buf) struct buf version = {0};
	unsigned failures = 0;

	while (!kube_stopped(k)) {
		if (!version.len) {
			CLEANUP(arena) struct arena *a = arena_new();
			struct kube_listed listed = {.arena = a};
			struct err err;

			if (!kube_list(k, path, &watcher->list, &listed, &err)) {
				if (listed.status == NOT_FOUND && watcher->absent)
					watcher->absent(watcher->list.ctx);
				else if (!kube_stopped(k))
					watcher->failed(watcher->list.ctx, &err);
				rest(k, &failures);
				continue;
			}
			watcher->synced(watcher->list.ctx);
			buf_str(&version, listed.version);
		}
		bool gone = false;
		if (watch_once(k, path, watcher, &version, &gone)) {
			failures = 0;
			note_life(watcher);
		} else if (gone) {
			version.len = 0;
		} else {
			rest(k, &failures);
		}
	}
}
