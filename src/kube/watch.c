/* A collection as it is and as it changes: list, watch, and what to do when that breaks off. */
#include "internal.h"

#include "base/clock.h"
#include "base/json.h"
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
	bool overlong;	       /* the rest of it is left out */
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

static void note_version(struct stream *s, struct str version)
{
	s->version->len = 0;
	buf_str(s->version, version);
	s->events++;
}

/* One that is too large: what it is about stands in front of what makes it so. False: it cannot be
 * told. */
static bool skip_event(struct stream *s)
{
	static const char *const type[] = {"type", NULL};
	static const char *const name[] = {"object", "metadata", "name", NULL};
	static const char *const namespace[] = {"object", "metadata", "namespace", NULL};
	static const char *const version[] = {"object", "metadata", "resourceVersion", NULL};
	const struct kube_watcher *w = s->watcher;
	struct str line = buf_slice(&s->line), at = peek(line, version);
	struct buf text = BUF_ARENA(s->scratch);
	struct json j = JSON(&text);
	const struct doc *doc;

	json_open(&j, '{');
	json_key(&j, "metadata");
	json_open(&j, '{');
	json_key_str(&j, "namespace", peek(line, namespace));
	json_key_str(&j, "name", peek(line, name));
	json_close(&j, '}');
	json_close(&j, '}');
	if (!w->list.skipped || !at.len || !peek(line, name).len ||
	    !doc_read_json(s->scratch, buf_slice(&text), &doc, s->err))
		return err_set(s->err, E_LIMIT, "watch: an event of more than %u bytes",
			       LIMIT_KUBE_BYTES);
	if (str_is(peek(line, type), "DELETED"))
		w->event(w->list.ctx, KUBE_DELETED, doc_root(doc));
	else
		w->list.skipped(w->list.ctx, doc_root(doc));
	note_version(s, at);
	return true;
}

/* {"type":"ADDED","object":{...}}; ERROR carries a Status. */
static bool read_event(struct stream *s, struct str line)
{
	const struct kube_watcher *w = s->watcher;
	const struct doc *doc;

	if (!object_read_json(s->scratch, line, LIMIT_BODY_NODES, &doc, s->err))
		return s->err->code == E_LIMIT ? skip_event(s) : err_within(s->err, "watch: ");
	struct str type = obj_text(doc_root(doc), "type"), version;
	struct obj object = obj_at(doc_root(doc), "object");
	if (str_is(type, "ERROR")) {
		obj_int(object, "code", &s->code);
		return err_set(s->err, E_IO, "watch: %.*s", STR_ARG(obj_text(object, "message")));
	}
	version = obj_text(object, "metadata.resourceVersion");
	if (!version.len)
		return err_set(s->err, E_SYNTAX, "watch: an event without a resourceVersion");
	if (str_is(type, "ADDED"))
		w->event(w->list.ctx, KUBE_ADDED, object);
	else if (str_is(type, "MODIFIED"))
		w->event(w->list.ctx, KUBE_MODIFIED, object);
	else if (str_is(type, "DELETED"))
		w->event(w->list.ctx, KUBE_DELETED, object);
	else
		note_life(w); /* BOOKMARK */
	note_version(s, version);
	return true;
}

static void add_piece(struct stream *s, struct str piece)
{
	size_t room = LIMIT_KUBE_BYTES - s->line.len;

	s->overlong |= piece.len > room;
	buf_str(&s->line, str_slice(piece, 0, room));
}

static void end_line(struct stream *s)
{
	if (s->overlong)
		s->failed = !skip_event(s);
	else if (s->line.len)
		s->failed = !read_event(s, buf_slice(&s->line));
	if (s->overlong)
		buf_release(&s->line);
	s->overlong = false;
	s->line.len = 0;
	arena_reset(s->scratch);
}

static bool take(void *ctx, struct str rest)
{
	struct stream *s = ctx;
	size_t end;

	while (kube_status(s->k) / 100 == 2 && (end = str_find_byte(rest, '\n')) != STR_NONE) {
		add_piece(s, str_slice(rest, 0, end));
		rest = str_slice(rest, end + 1, rest.len);
		end_line(s);
		if (s->failed || kube_stopped(s->k))
			return false;
	}
	add_piece(s, rest); /* of what are no events: what is wrong */
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
	struct kube_listed listed = {.arena = a, .most = LIMIT_LIVE};
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
