/*
 * archive [--write] ENDPOINT BUCKET PATH SERVER TIMELINE [TIME...]: what a store answers to each
 * call, and what lies in the folder of a server, as JSON: its backups, how many segments, the
 * windows of the path to the timeline, and whether each time can be restored: "yes", "perhaps"
 * (behind the last moment of which it is sure), or "no". The keys are those of the environment, as
 * the plugin sets it. For tests/store.
 */
#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utc.h"
#include "bucket/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_time(struct json *j, const char *key, int64_t t)
{
	char text[UTC_TEXT];

	json_key(j, key);
	if (t)
		json_str(j, str_from(utc_format(t, text)));
	else
		json_null(j);
}

static void put_backup(struct json *j, const struct backup *b)
{
	static const char *const STATUS[] = {
		[BACKUP_DONE] = "DONE", [BACKUP_STARTED] = "STARTED", [BACKUP_FAILED] = "FAILED"};

	json_open(j, '{');
	json_key_str(j, "id", b->id);
	if (b->known) {
		json_key_str(j, "status", str_from(STATUS[b->info.status]));
		json_key_str(j, "systemId", b->info.system_id);
		put_time(j, "begin", b->info.begin);
		put_time(j, "end", b->info.end);
	} else {
		json_key_str(j, "problem", b->problem);
	}
	json_close(j, '}');
}

static void put_window(struct json *j, const struct catalogue *c, const struct window *w)
{
	char name[SEGMENT_NAME];

	json_open(j, '{');
	put_time(j, "from", w->from);
	put_time(j, "surely", w->reach.surely);
	put_time(j, "until", w->reach.until);
	json_key_str(j, "end", str_from(reach_end_name(w->reach.why)));
	json_key_str(
		j, "last",
		str_from(segment_name(w->reach.timeline, w->reach.last, c->segment_size, name)));
	json_key_str(j, "oldest", w->oldest->id);
	json_key_str(j, "newest", w->newest->id);
	json_close(j, '}');
}

/* By the newest backup that ended before, as whoever restores would choose; by an older one if that
 * one does not lead there. */
static void put_answer(struct json *j, struct arena *a, const struct catalogue *c,
		       uint32_t timeline, struct str text)
{
	const struct backup *by = NULL;
	struct reach reach, best = {0};
	bool in_window = false;
	struct window *w;
	int64_t moment;

	if (!utc_parse(text, &moment))
		return;
	for (size_t i = catalogue_windows(c, timeline, a, &w); i-- > 0;)
		in_window |= w[i].from <= moment && moment <= w[i].reach.until;
	for (size_t i = 0; in_window && i < c->backups_len; i++) {
		const struct backup *b = &c->backups[i];

		if (!catalogue_reach(c, timeline, b, &reach) || b->info.end > moment ||
		    reach.until < moment)
			continue;
		if (by && best.surely >= moment && reach.surely < moment)
			continue;
		by = b;
		best = reach;
	}
	json_open(j, '{');
	json_key_str(j, "time", text);
	json_key_str(j, "can", str_from(!by ? "no" : moment <= best.surely ? "yes" : "perhaps"));
	if (by)
		json_key_str(j, "backup", by->id);
	json_close(j, '}');
}

static struct str environment(const char *name)
{
	const char *value = getenv(name);

	return value ? str_from(value) : STR_EMPTY;
}

static void put_calls(struct json *j, const struct probe *p, struct arena *a)
{
	static const char *const CALLS[PROBE_CALLS] = {"head",	"list", "read",
						       "write", "find", "delete"};

	json_open(j, '{');
	for (size_t i = 0; i < PROBE_CALLS; i++) {
		const struct probe_answer *answer = &p->calls[i];
		const struct s3_failure *why = &answer->why;

		json_key_str(j, CALLS[i],
			     answer->said == PROBE_YES	       ? STR("yes")
			     : answer->said == PROBE_NOT_ASKED ? STR("not asked")
			     : why->code.len		       ? why->code
			     : why->status		       ? arena_fmt(a, "%ld", why->status)
							       : why->message);
	}
	json_close(j, '}');
}

static void put_catalogue(struct json *j, const struct catalogue *c, uint32_t timeline,
			  struct arena *a)
{
	struct window *windows;
	size_t len = catalogue_windows(c, timeline, a, &windows);

	json_key(j, "backups");
	json_open(j, '[');
	for (size_t i = 0; i < c->backups_len; i++)
		put_backup(j, &c->backups[i]);
	json_close(j, ']');
	json_key_int(j, "segments", (int64_t)c->segments);
	json_key_int(j, "followed",
		     catalogue_newest_backup(c)
			     ? catalogue_followed(c, catalogue_newest_backup(c))->id
			     : 0);
	json_key(j, "windows");
	json_open(j, '[');
	for (size_t i = 0; i < len; i++)
		put_window(j, c, &windows[i]);
	json_close(j, ']');
}

static bool open_store(char **argv, struct arena *a, struct s3_options *options, struct s3 **out)
{
	struct str ca = environment("AWS_CA_BUNDLE");
	struct err err;

	options->endpoint = str_from(argv[0]);
	options->bucket = str_from(argv[1]);
	options->keys = (struct s3_keys){.access_key_id = environment("AWS_ACCESS_KEY_ID"),
					 .secret_access_key = environment("AWS_SECRET_ACCESS_KEY"),
					 .session_token = environment("AWS_SESSION_TOKEN"),
					 .region = environment("AWS_DEFAULT_REGION")};
	if ((!ca.len || file_read(a, ca, LIMIT_FILE_BYTES, &options->ca, &err)) &&
	    s3_open(options, out, &err))
		return true;
	fprintf(stderr, "archive: %s\n", err.msg);
	return false;
}

int main(int argc, char **argv)
{
	CLEANUP(arena) struct arena *a = arena_new();
	bool write = argc > 1 && !strcmp(argv[1], "--write");
	char **arg = argv + 1 + write;
	struct s3_options options = {.ca = STR_EMPTY};
	CLEANUP(s3) struct s3 *s3 = NULL;
	struct probe probe = {.namespace = STR_EMPTY};
	struct buf out = BUF_ARENA(a);
	struct json j = JSON(&out);
	int64_t timeline;

	if (argc < 6 + write || !str_to_i64(str_from(arg[4]), &timeline)) {
		fprintf(stderr,
			"usage: archive [--write] ENDPOINT BUCKET PATH SERVER TIMELINE [TIME...]\n");
		return 2;
	}
	if (!open_store(arg, a, &options, &s3))
		return 3;
	const struct str server = str_from(arg[3]);
	const struct probe_wish wish = {.path = str_from(arg[2]),
					.servers = &server,
					.servers_len = 1,
					.write = write,
					.checksum = true};
	probe_ask(s3, &wish, a, &probe);
	const struct catalogue *c = probe.servers_len ? probe.servers[0].catalogue : NULL;

	json_open(&j, '{');
	json_key(&j, "calls");
	put_calls(&j, &probe, a);
	if (c)
		put_catalogue(&j, c, (uint32_t)timeline, a);
	json_key(&j, "moments");
	json_open(&j, '[');
	for (char **time = arg + 5; c && *time; time++)
		put_answer(&j, a, c, (uint32_t)timeline, str_from(*time));
	json_close(&j, ']');
	json_close(&j, '}');
	printf("%.*s\n", STR_ARG(buf_slice(&out)));
	return 0;
}
