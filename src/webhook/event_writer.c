#include "webhook/event_writer.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/utc.h"
#include "kube/kube.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define REPORTER "cnpg-backup-guard"
#define NAME_MOST 236 /* 253 for all of it: a point and 16 digits follow */
#define ROUNDS 4      /* created by another replica, looked at, changed by it again */

struct event_writer {
	struct arena *arena; /* of the configuration */
	struct kube_config config;
	struct kube *kube;
	struct events *events;
	pthread_t thread;
	char instance[65]; /* the Pod's name */
	int64_t logged;	   /* when it was last said that none can be written; 0: never */
};

/* The same for every replica, and after a restart: so one Event tells all of them. */
static struct str event_name(const struct review_denial *d, struct arena *a)
{
	struct str name = str_slice(d->name, 0, NAME_MOST);

	while (name.len && (name.ptr[name.len - 1] == '.' || name.ptr[name.len - 1] == '-'))
		name.len--;
	if (!object_is_name(name))
		name = STR("backup-guard");
	return arena_fmt(a, "%.*s.%016" PRIx64, STR_ARG(name), d->fingerprint);
}

static struct str event_path(const struct review_denial *d, bool named, struct arena *a)
{
	struct buf path = BUF_ARENA(a);

	buf_text(&path, "/api/v1/namespaces/");
	kube_encode(&path, d->namespace);
	buf_text(&path, "/events");
	if (named) {
		buf_byte(&path, '/');
		kube_encode(&path, event_name(d, a));
	}
	return buf_slice(&path);
}

static void put_time(struct json *j, const char *key, int64_t time)
{
	char text[UTC_TEXT];

	json_key_str(j, key, str_from(utc_format(time, text)));
}

static void put_object(struct json *j, const struct review_denial *d)
{
	json_key(j, "involvedObject");
	json_open(j, '{');
	json_key_str(j, "apiVersion", d->api_version);
	json_key_str(j, "kind", d->kind);
	json_key_str(j, "namespace", d->namespace);
	json_key_str(j, "name", d->name);
	if (d->uid.len) /* kubectl describe asks for it */
		json_key_str(j, "uid", d->uid);
	json_close(j, '}');
}

static struct str new_event(const struct event_writer *s, const struct events_task *t,
			    struct arena *a)
{
	struct buf out = BUF_ARENA(a);
	struct json j = JSON(&out);

	json_open(&j, '{');
	json_key_str(&j, "apiVersion", STR("v1"));
	json_key_str(&j, "kind", STR("Event"));
	json_key(&j, "metadata");
	json_open(&j, '{');
	json_key_str(&j, "name", event_name(&t->denial, a));
	json_key_str(&j, "namespace", t->denial.namespace);
	json_close(&j, '}');
	put_object(&j, &t->denial);
	json_key_str(&j, "type", STR("Warning"));
	json_key_str(&j, "reason", STR("BackupGuardDenied"));
	json_key_str(&j, "action", t->denial.operation);
	json_key_str(&j, "message", t->denial.message);
	json_key_int(&j, "count", t->count);
	put_time(&j, "firstTimestamp", t->first);
	put_time(&j, "lastTimestamp", t->last);
	json_key(&j, "source");
	json_open(&j, '{');
	json_key_str(&j, "component", STR(REPORTER));
	json_close(&j, '}');
	json_key_str(&j, "reportingComponent", STR(REPORTER));
	json_key_str(&j, "reportingInstance", str_from(s->instance));
	json_close(&j, '}');
	return buf_slice(&out);
}

/* With its version: another replica's count must not be lost. */
static struct str changed_event(const struct events_task *t, struct arena *a)
{
	struct buf out = BUF_ARENA(a);
	struct json j = JSON(&out);

	json_open(&j, '{');
	json_key(&j, "metadata");
	json_open(&j, '{');
	json_key_str(&j, "resourceVersion", t->version);
	json_close(&j, '}');
	json_key_str(&j, "message", t->denial.message);
	json_key_int(&j, "count", t->told + t->count);
	put_time(&j, "lastTimestamp", t->last);
	json_close(&j, '}');
	return buf_slice(&out);
}

static bool patch(struct event_writer *s, struct events_task *t, struct str body, struct arena *a,
		  struct err *err, long *status)
{
	struct kube_call call = {.method = "PATCH",
				 .path = event_path(&t->denial, true, a),
				 .body = body,
				 .content_type = KUBE_MERGE};
	struct kube_answer answer;
	bool ok = kube_do(s->kube, &call, a, &answer, err);

	*status = answer.status;
	if (ok) {
		t->version = obj_text(answer.root, "metadata.resourceVersion");
		if (obj_int(answer.root, "count", &t->told) != OBJ_SET)
			t->told = 1;
	} else if (answer.status == 404) { /* its time is over, an hour by default */
		t->version = STR_EMPTY;
	}
	return ok;
}

static bool create(struct event_writer *s, struct events_task *t, struct arena *a, struct err *err,
		   long *status)
{
	struct kube_call call = {.method = "POST",
				 .path = event_path(&t->denial, false, a),
				 .body = new_event(s, t, a),
				 .content_type = KUBE_JSON};
	struct kube_answer answer;
	bool ok = kube_do(s->kube, &call, a, &answer, err);

	*status = answer.status;
	if (ok) {
		t->version = obj_text(answer.root, "metadata.resourceVersion");
		t->told = t->count;
	}
	return ok;
}

static enum events_result write_event(struct event_writer *s, struct events_task *t,
				      struct arena *a, struct err *err)
{
	long status = 0;

	/* whoever asks for a review says where; an API server sends no such thing */
	if (!object_is_name(t->denial.namespace)) {
		err_set(err, E_VALUE, "a review names a namespace that cannot be");
		return EVENTS_FAILED;
	}
	for (int i = 0; i < ROUNDS; i++) {
		bool known = t->version.len > 0;

		if (known ? patch(s, t, changed_event(t, a), a, err, &status)
			  : create(s, t, a, err, &status))
			return known ? EVENTS_UPDATED : EVENTS_CREATED;
		if (known && status == 404)
			continue;
		/* Somebody else has made or changed it. A patch of nothing shows it, without the
		 * right to read Events. */
		if (status != 409 || (!patch(s, t, STR("{}"), a, err, &status) && status != 404))
			return status == 0 || status == 409 || status == 429 || status >= 500
				       ? EVENTS_LATER
				       : EVENTS_FAILED;
	}
	return EVENTS_LATER;
}

static void complain(struct event_writer *s, const struct err *err)
{
	int64_t now = clock_ms();

	if (s->logged && now - s->logged < LIMIT_EVENTS_LOG_SECONDS * INT64_C(1000))
		return;
	s->logged = now;
	log_event(LOG_LEVEL_WARN, "cannot write an Event", FIELDS({"error", str_from(err->msg)}));
}

static void *life(void *ctx)
{
	struct event_writer *s = ctx;

	while (events_wait(s->events)) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct events_task task;
		struct err err;

		if (!events_take(s->events, clock_ms(), a, &task))
			continue;
		enum events_result result = write_event(s, &task, a, &err);
		if ((result == EVENTS_FAILED || result == EVENTS_LATER) &&
		    !events_stopped(s->events))
			complain(s, &err);
		events_done(s->events, &task, result, clock_ms());
	}
	return NULL;
}

static bool is_stopped(const void *ctx)
{
	return events_stopped(ctx);
}

static void close_all(struct event_writer *s)
{
	kube_close(s->kube);
	events_free(s->events);
	arena_free(s->arena);
	free(s);
}

bool event_writer_start(struct str kubeconfig, struct str context, struct event_writer **out,
			struct err *err)
{
	struct event_writer *s = calloc(1, sizeof *s);

	if (!s)
		out_of_memory(sizeof *s);
	s->arena = arena_new();
	s->events = events_new();
	gethostname(s->instance, sizeof s->instance - 1);
	if (!kube_config_load(kubeconfig, context, s->arena, &s->config, err) ||
	    !kube_open(&s->config, &s->kube, err)) {
		close_all(s);
		return false;
	}
	kube_stop_when(s->kube, is_stopped, s->events);
	if (pthread_create(&s->thread, NULL, life, s) != 0)
		out_of_memory(0);
	*out = s;
	return true;
}

struct events *event_writer_of(const struct event_writer *s)
{
	return s ? s->events : NULL;
}

void event_writer_hurry(struct event_writer *s)
{
	if (s)
		events_hurry(s->events);
}

void event_writer_stop(struct event_writer *s)
{
	if (!s)
		return;
	events_stop(s->events);
	pthread_join(s->thread, NULL);
	size_t waiting = events_waiting(s->events);
	if (waiting) {
		struct str count = arena_fmt(s->arena, "%zu", waiting);

		log_event(LOG_LEVEL_WARN, "denials without an Event", FIELDS({"count", count}));
	}
	close_all(s);
}
