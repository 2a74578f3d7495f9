/* For programs. */
#include "internal.h"

#include "base/json.h"
#include "base/utc.h"

#include <math.h>

static const char *const methods[] = {"plugin", "barmanObjectStore", "volumeSnapshot", NULL};
static const char *const wals[] = {"archived", "nowhere", NULL};

static void time_at(struct json *j, const char *key, int64_t t)
{
	char text[UTC_TEXT];

	json_key_str(j, key, str_from(utc_format(t, text)));
}

static void word(struct json *j, const char *key, const char *text)
{
	json_key(j, key);
	if (text)
		json_str(j, str_from(text));
	else
		json_null(j);
}

/* null: not known */
static void number(struct json *j, const char *key, bool known, int64_t n)
{
	json_key(j, key);
	if (known)
		json_int(j, n);
	else
		json_null(j);
}

static void schedule(struct json *j, const struct plan_schedule *s)
{
	char text[UTC_TEXT];

	json_open(j, '{');
	json_key_str(j, "name", s->name);
	json_key_str(j, "schedule", s->spec);
	word(j, "method", methods[s->method]);
	if (s->target.len)
		json_key_str(j, "target", s->target);
	if (s->idle.len)
		json_key_str(j, s->unknown ? "unknown" : "idle", s->idle);
	number(j, "runs", !s->unknown, s->runs);
	json_key(j, "next");
	json_open(j, '[');
	for (size_t i = 0; i < s->next_len; i++)
		json_str(j, str_from(utc_format(s->next[i], text)));
	json_close(j, ']');
	json_close(j, '}');
}

static void kept(struct json *j, const struct plan_cluster *c)
{
	json_key(j, "kept");
	if (c->steady.known) {
		json_open(j, '{');
		json_key_int(j, "least", (int64_t)c->steady.least);
		json_key_int(j, "most", (int64_t)c->peak);
		json_key_int(j, "leastSecondsBack", c->steady.reach_least);
		json_key_int(j, "mostSecondsBack", c->steady.reach_most);
		json_close(j, '}');
	} else {
		json_null(j);
	}
	json_key(j, "baseBackupsByDay");
	json_open(j, '[');
	for (size_t i = 0; i < c->by_day_len && !c->retention_unknown; i++)
		json_int(j, (int64_t)c->by_day[i]);
	json_close(j, ']');
}

/* Whole: 2^53 and more are not exact. -1: not known. */
static void rounded(struct json *j, const char *key, double n)
{
	json_key(j, key);
	if (n >= 0)
		json_number(j, ceil(n));
	else
		json_null(j);
}

static void needs(struct json *j, const struct plan_cluster *c, const struct plan_options *o)
{
	struct plan_needs n = plan_needs(c, o);

	rounded(j, "baseBackupBytes", n.base_bytes);
	rounded(j, "walBytes", n.wal_bytes);
	json_key(j, "requestsPerDay");
	json_open(j, '{');
	rounded(j, "wal", n.wal_requests);
	rounded(j, "baseBackups", n.base_requests);
	rounded(j, "prune", n.prune_requests);
	json_close(j, '}');
}

static void cluster(struct json *j, const struct plan_cluster *c, const struct plan_options *o)
{
	json_open(j, '{');
	json_key_str(j, "namespace", c->namespace);
	json_key_str(j, "name", c->name);
	if (c->place.len)
		json_key_str(j, "place", c->place);
	json_key_str(j, "archive", c->archive);
	if (c->beside.len)
		json_key_str(j, "beside", c->beside);
	json_key(j, "schedules");
	json_open(j, '[');
	for (size_t i = 0; i < c->schedules_len; i++)
		schedule(j, &c->schedules[i]);
	json_close(j, ']');
	word(j, "wal", wals[c->wal]);
	json_key(j, "walFailsOpen");
	json_bool(j, c->fails_open);
	number(j, "archiveTimeoutSeconds", c->timeout >= 0, c->timeout);
	number(j, "worstGapSeconds", c->base.gap != 0, c->base.gap);
	number(j, "worstSnapshotGapSeconds", c->snapshots.gap != 0, c->snapshots.gap);
	json_key_str(j, "retentionPolicy", c->retention);
	kept(j, c);
	needs(j, c, o);
	json_close(j, '}');
}

static void collision(struct json *j, const struct plan_collision *c)
{
	json_open(j, '{');
	json_key_str(j, "bucket", c->bucket);
	json_key_int(j, "times", c->times);
	if (c->until)
		time_at(j, "until", c->until);
	time_at(j, "first", c->first);
	json_key(j, "schedules");
	json_open(j, '[');
	for (size_t i = 0; i < c->len; i++) {
		const struct plan_start *s = &c->starts[i];

		json_open(j, '{');
		json_key_str(j, "namespace", s->cluster->namespace);
		json_key_str(j, "cluster", s->cluster->name);
		json_key_str(j, "name", s->schedule->name);
		json_key_str(j, "schedule", s->schedule->spec);
		if (c->spread && s->instead.len)
			json_key_str(j, "instead", s->instead);
		json_close(j, '}');
	}
	json_close(j, ']');
	json_close(j, '}');
}

static void losses(struct json *j, const struct plan *p)
{
	json_key_str(j, "against", p->against);
	json_key(j, "losses");
	json_open(j, '[');
	for (size_t i = 0; i < p->losses_len; i++) {
		json_open(j, '{');
		json_key_str(j, "object", p->losses[i].object);
		json_key_str(j, "text", p->losses[i].text);
		json_key(j, "final");
		json_bool(j, p->losses[i].final);
		if (p->losses[i].unknown) {
			json_key(j, "unknown");
			json_bool(j, true);
		}
		json_close(j, '}');
	}
	json_close(j, ']');
}

void plan_json(const struct plan *p, struct buf *out)
{
	struct json j = JSON(out);

	json_open(&j, '{');
	time_at(&j, "now", p->options.now);
	json_key_int(&j, "days", p->options.days);
	json_key(&j, "live");
	json_bool(&j, p->options.live);
	json_key(&j, "clusters");
	json_open(&j, '[');
	for (size_t i = 0; i < p->clusters_len; i++)
		cluster(&j, &p->clusters[i], &p->options);
	json_close(&j, ']');
	json_key(&j, "collisions");
	json_open(&j, '[');
	for (size_t i = 0; i < p->collisions_len; i++)
		collision(&j, &p->collisions[i]);
	json_close(&j, ']');
	json_key(&j, "notCompared");
	json_open(&j, '[');
	for (size_t i = 0; i < p->cuts_len; i++) {
		json_open(&j, '{');
		json_key_str(&j, "bucket", p->cuts[i].bucket);
		time_at(&j, "after", p->cuts[i].until);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	if (p->against.len)
		losses(&j, p);
	json_close(&j, '}');
	buf_byte(out, '\n');
}
