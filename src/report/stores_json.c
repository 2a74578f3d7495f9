/* What buckets said, as JSON: fields are a contract as those of json.c. */
#include "report/writers.h"

#include "base/json.h"
#include "base/utc.h"

void stores_json_time(struct json *j, const char *key, int64_t t)
{
	char text[UTC_TEXT];

	json_key(j, key);
	if (t)
		json_str(j, str_from(utc_format(t, text)));
	else
		json_null(j);
}

static void add_calls(struct json *j, const struct probe *p)
{
	static const char *const words[] = {"not-asked", "yes", "no"};

	json_key(j, "calls");
	json_open(j, '{');
	for (int call = 0; call < PROBE_CALLS; call++)
		json_key_str(j, stores_calls[call], str_from(words[p->calls[call].said]));
	json_close(j, '}');
}

static void add_failure(struct json *j, const char *call, const struct s3_failure *why)
{
	json_open(j, '{');
	json_key_str(j, "call", str_from(call));
	json_key_int(j, "status", why->status);
	json_key_str(j, "code", why->code);
	json_key_str(j, "message", why->message);
	json_close(j, '}');
}

static void add_failures(struct json *j, const struct probe *p)
{
	json_key(j, "failures");
	json_open(j, '[');
	for (int call = 0; call < PROBE_CALLS; call++)
		if (p->calls[call].said == PROBE_NO)
			add_failure(j, stores_calls[call], &p->calls[call].why);
	json_close(j, ']');
}

static void add_setting(struct json *j, const char *key, enum probe_setting setting)
{
	if (setting == PROBE_UNKNOWN)
		return;
	json_key(j, key);
	json_bool(j, setting == PROBE_ON);
}

static void add_window(struct json *j, const struct catalogue *c, const struct window *w)
{
	const struct reach *r = &w->reach;
	char name[SEGMENT_NAME];

	json_open(j, '{');
	stores_json_time(j, "from", w->from);
	stores_json_time(j, "surely", r->surely);
	stores_json_time(j, "until", r->until);
	if (r->late) {
		json_key(j, "late");
		json_bool(j, true);
	}
	json_key_str(j, "end", str_from(reach_end_name(r->why)));
	json_key_int(j, "timeline", r->timeline);
	json_key_str(j, "last",
		     str_from(segment_name(r->timeline, r->last, c->segment_size, name)));
	if (r->why != REACH_NEWEST)
		json_key_str(j, "next",
			     str_from(segment_name(r->timeline, r->next, c->segment_size, name)));
	json_key_str(j, "oldestBackup", w->oldest->id);
	json_key_str(j, "newestBackup", w->newest->id);
	json_close(j, '}');
}

static void add_backup(struct json *j, const struct backup *b)
{
	static const char *const statuses[] = {"done", "started", "failed"};

	json_open(j, '{');
	json_key_str(j, "id", b->id);
	json_key_str(j, "status", str_from(b->known ? statuses[b->info.status] : "unknown"));
	if (b->known) {
		json_key_str(j, "name", b->info.name);
		stores_json_time(j, "begin", b->info.begin);
		stores_json_time(j, "end", b->info.end);
	} else {
		json_key_str(j, "problem", b->problem);
	}
	json_key_int(j, "bytes", (int64_t)b->bytes);
	json_close(j, '}');
}

/* `timeline` is that of the windows, `followed` the one that PostgreSQL takes by itself. */
static void add_timelines(struct json *j, const struct probe_server *s)
{
	const struct catalogue *c = s->catalogue;
	const struct backup *newest = catalogue_newest_backup(c);

	json_key_int(j, "timeline", s->timeline);
	json_key_int(j, "followed", newest ? catalogue_followed(c, newest)->id : 0);
	json_key(j, "unknownHistories");
	json_open(j, '[');
	for (size_t i = 0; i < c->timelines_len; i++) {
		const struct timeline *t = &c->timelines[i];

		if (t->known)
			continue;
		json_open(j, '{');
		json_key_int(j, "timeline", t->id);
		json_key_str(j, "problem", t->problem);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void add_catalogue(struct json *j, const struct probe_server *s)
{
	const struct catalogue *c = s->catalogue;

	add_timelines(j, s);
	json_key(j, "windows");
	json_open(j, '[');
	for (size_t i = 0; i < s->windows_len; i++)
		add_window(j, c, &s->windows[i]);
	json_close(j, ']');
	json_key(j, "backups");
	json_open(j, '[');
	for (size_t i = 0; i < c->backups_len; i++)
		add_backup(j, &c->backups[i]);
	json_close(j, ']');
	json_key(j, "newest");
	if (c->newest) {
		json_open(j, '{');
		json_key_str(j, "name", str_from(c->newest_name));
		stores_json_time(j, "time", c->newest);
		json_close(j, '}');
	} else {
		json_null(j);
	}
	json_key(j, "systems");
	json_open(j, '[');
	for (size_t i = 0; i < ARRAY_LEN(c->systems); i++)
		if (c->systems[i].len)
			json_str(j, c->systems[i]);
	json_close(j, ']');
	json_key_int(j, "segments", (int64_t)c->segments);
	json_key_int(j, "foreign", (int64_t)c->foreign);
}

/* A server whose folder could not be listed has its name and why. */
static void add_server(struct json *j, const struct probe_server *s)
{
	json_open(j, '{');
	json_key_str(j, "name", s->name);
	if (s->beside) {
		json_key(j, "beside");
		json_bool(j, true);
	}
	json_key_str(j, "problem", s->problem);
	if (s->list.said == PROBE_NO) {
		json_key(j, "failure");
		add_failure(j, stores_calls[PROBE_LIST], &s->list.why);
	}
	if (s->catalogue && !s->problem.len) {
		add_catalogue(j, s);
		json_key_int(j, "gaps", (int64_t)servers_gaps(s));
	}
	json_close(j, '}');
}

void servers_json_range(struct json *j, const struct probe_server *s)
{
	const struct window *last = s->windows_len ? &s->windows[s->windows_len - 1] : NULL;

	if (!servers_known(s))
		return;
	stores_json_time(j, "restorableFrom", last ? last->from : 0);
	stores_json_time(j, "restorableTo", last ? servers_to(last) : 0);
	json_key_int(j, "gaps", (int64_t)servers_gaps(s));
}

void stores_json_one(struct json *j, const struct probe *p)
{
	json_open(j, '{');
	json_key_str(j, "namespace", p->namespace);
	if (p->store.len)
		json_key_str(j, "store", p->store);
	else
		json_key_str(j, "cluster", p->cluster);
	if (p->external.len)
		json_key_str(j, "external", p->external);
	if (p->source) {
		json_key(j, "source");
		json_bool(j, true);
	}
	json_key_str(j, "place", p->place);
	json_key_str(j, "unasked", p->unasked);
	add_calls(j, p);
	add_failures(j, p);
	stores_json_time(j, "certificateUntil", p->certificate);
	json_key_str(j, "left", p->left);
	json_key_int(j, "skewSeconds", p->skew);
	add_setting(j, "versioning", p->versioning);
	add_setting(j, "lock", p->lock);
	json_key(j, "servers");
	json_open(j, '[');
	for (size_t i = 0; i < p->servers_len; i++)
		add_server(j, &p->servers[i]);
	json_close(j, ']');
	json_key(j, "folders");
	json_open(j, '[');
	for (size_t i = 0; i < p->folders_len; i++)
		json_str(j, p->folders[i]);
	json_close(j, ']');
	json_close(j, '}');
}

void stores_json(struct json *j, const struct report *r)
{
	json_open(j, '[');
	for (size_t i = 0; i < r->stores.len; i++)
		stores_json_one(j, &r->stores.items[i]);
	json_close(j, ']');
}
