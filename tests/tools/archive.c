/*
 * archive ENDPOINT BUCKET FOLDER TIMELINE [TIME...]: what lies in the folder of a server, as JSON:
 * its backups, how many segments, the windows of the path to the timeline, and whether each time
 * can be restored: "yes", "perhaps" (behind the last moment of which it is sure), or "no". The keys
 * are those of the environment, as the plugin sets it. For tests/store.
 */
#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utc.h"
#include "bucket/catalogue.h"
#include "bucket/s3.h"

#include <stdio.h>
#include <stdlib.h>

struct reading {
	struct s3 *s3;
	struct arena *arena;
	struct str folder;
	struct catalogue *made;
	uint32_t histories[64];
	struct str keys[64];
	size_t histories_len;
	struct err err;
};

static bool take_object(void *ctx, const struct s3_object *o)
{
	struct reading *r = ctx;
	struct bucket_object object = {str_slice(o->key, r->folder.len, o->key.len), o->size,
				       o->modified};
	struct object_name name;

	if (!catalogue_add(r->made, &object, &name, &r->err))
		return false;
	if (name.sort == OBJECT_HISTORY && r->histories_len < ARRAY_LEN(r->histories)) {
		r->histories[r->histories_len] = name.timeline;
		r->keys[r->histories_len++] = arena_str(r->arena, o->key);
	}
	return true;
}

static bool list(struct reading *r, const char *below, struct s3_failure *why)
{
	const struct s3_listing what = {
		.prefix = arena_fmt(r->arena, "%.*s%s", STR_ARG(r->folder), below)};
	const struct s3_listener listener = {.object = take_object, .ctx = r};

	return s3_list(r->s3, &what, &listener, r->arena, why);
}

/* What is below base/ is whole before what is below wals/ is asked for, see catalogue_new. */
static bool read_archive(struct reading *r, struct s3_failure *why)
{
	struct str text;

	if (!list(r, "base/", why))
		return false;
	for (size_t i = 0; i < r->made->backups_len; i++) {
		struct str id = r->made->backups[i].id;
		struct str key = arena_fmt(r->arena, "%.*sbase/%.*s/backup.info",
					   STR_ARG(r->folder), STR_ARG(id));

		if (s3_get(r->s3, key, LIMIT_BODY_BYTES, r->arena, &text, why))
			catalogue_backup_info(r->made, id, text);
		else if (str_is(why->code, "NoSuchKey"))
			catalogue_backup_unread(r->made, id, STR("it has no backup.info"));
		else
			return false;
	}
	if (!list(r, "wals/", why))
		return false;
	for (size_t i = 0; i < r->histories_len; i++) {
		if (!s3_get(r->s3, r->keys[i], LIMIT_BODY_BYTES, r->arena, &text, why))
			return false;
		catalogue_history(r->made, r->histories[i], text);
	}
	return true;
}

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
	json_key_str(j, "end", w->reach.why == REACH_GAP ? STR("gap") : STR("newest"));
	json_key_str(
		j, "last",
		str_from(segment_name(w->reach.timeline, w->reach.last, c->segment_size, name)));
	json_key_str(j, "oldest", w->oldest->id);
	json_key_str(j, "newest", w->newest->id);
	json_close(j, '}');
}

/* By the newest backup that ended before, as whoever restores would choose; by an older one if that
 * one does not lead there. */
static void put_answer(struct json *j, const struct catalogue *c, uint32_t timeline,
		       struct str text, int64_t moment)
{
	const struct backup *by = NULL;
	struct reach reach, best = {0};

	for (size_t i = 0; i < c->backups_len; i++) {
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

static void print(const struct reading *r, uint32_t timeline, char **times, const int64_t *moments)
{
	const struct catalogue *c = r->made;
	struct buf out = BUF_ARENA(r->arena);
	struct json j = JSON(&out);
	struct window *windows;
	size_t len = catalogue_windows(c, timeline, r->arena, &windows);

	json_open(&j, '{');
	json_key(&j, "backups");
	json_open(&j, '[');
	for (size_t i = 0; i < c->backups_len; i++)
		put_backup(&j, &c->backups[i]);
	json_close(&j, ']');
	json_key_int(&j, "segments", (int64_t)c->segments);
	json_key(&j, "windows");
	json_open(&j, '[');
	for (size_t i = 0; i < len; i++)
		put_window(&j, c, &windows[i]);
	json_close(&j, ']');
	json_key(&j, "moments");
	json_open(&j, '[');
	for (size_t i = 0; times[i]; i++)
		put_answer(&j, c, timeline, str_from(times[i]), moments[i]);
	json_close(&j, ']');
	json_close(&j, '}');
	printf("%.*s\n", STR_ARG(buf_slice(&out)));
}

static int usage(void)
{
	fprintf(stderr, "usage: archive ENDPOINT BUCKET FOLDER TIMELINE [TIME...]\n");
	return 2;
}

int main(int argc, char **argv)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct s3_options options = {
		.keys = {.access_key_id = environment("AWS_ACCESS_KEY_ID"),
			 .secret_access_key = environment("AWS_SECRET_ACCESS_KEY"),
			 .session_token = environment("AWS_SESSION_TOKEN"),
			 .region = environment("AWS_DEFAULT_REGION")}};
	struct str ca = environment("AWS_CA_BUNDLE");
	struct reading r = {.arena = a};
	struct s3_failure why;
	int64_t *moments = ARENA_ARRAY(a, int64_t, (size_t)argc + 1), timeline;

	if (argc < 5 || !str_to_i64(str_from(argv[4]), &timeline))
		return usage();
	for (int i = 5; i < argc; i++)
		if (!utc_parse(str_from(argv[i]), &moments[i - 5]))
			return usage();
	options.endpoint = str_from(argv[1]);
	options.bucket = str_from(argv[2]);
	r.folder = str_from(argv[3]);
	r.made = catalogue_new(a);
	if ((ca.len && !file_read(a, ca, LIMIT_FILE_BYTES, &options.ca, &r.err)) ||
	    !s3_open(&options, &r.s3, &r.err)) {
		fprintf(stderr, "archive: %s\n", r.err.msg);
		return 3;
	}
	bool ok = read_archive(&r, &why);
	if (!ok)
		fprintf(stderr, "archive: HTTP %ld, %.*s: %.*s\n", why.status, STR_ARG(why.code),
			STR_ARG(why.message));
	else if (r.err.code != E_OK)
		fprintf(stderr, "archive: %s\n", r.err.msg);
	else
		print(&r, (uint32_t)timeline, argv + 5, moments);
	s3_close(r.s3);
	return ok && r.err.code == E_OK ? 0 : 3;
}
