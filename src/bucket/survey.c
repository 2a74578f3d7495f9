#include "bucket/survey.h"

#include "base/limits.h"
#include "bucket/unpack.h"
#include "probe_internal.h"

#include <inttypes.h>

/* A backup.info or a history that was listed. */
struct found {
	struct str backup;
	uint32_t timeline;
	struct str suffix;
	uint64_t size;
};

struct survey {
	struct s3 *s3;
	struct str folder;
	struct str half; /* of it: what is being listed */
	struct arena *arena;
	struct arena *lists, *texts; /* of what is found; of one text that is read */
	struct catalogue *catalogue;
	struct str problem;
	/* The newest of those that were listed, in a circle: */
	struct found *found;
	size_t most, len;
};

struct str server_folder(struct str path, struct str server, struct arena *a)
{
	bool whole = !path.len || str_has_prefix(server, STR("/"));
	const char *between = whole || str_has_suffix(path, STR("/")) ? "" : "/";

	if (whole)
		path = STR_EMPTY;
	if (!server.len || str_has_suffix(server, STR("/")))
		return arena_fmt(a, "%.*s%s%.*s", STR_ARG(path), between, STR_ARG(server));
	return arena_fmt(a, "%.*s%s%.*s/", STR_ARG(path), between, STR_ARG(server));
}

static bool take_object(void *ctx, const struct s3_object *o)
{
	struct survey *v = ctx;
	struct bucket_object object = {STR_EMPTY, o->size, o->modified, o->cold};
	struct object_name name;
	struct err err;

	if (!str_has_prefix(o->key, v->half)) {
		v->problem = arena_fmt(v->arena, "the store lists \"%.*s\" as below \"%.*s\"",
				       STR_ARG(o->key), STR_ARG(v->half));
		return false;
	}
	object.key = str_slice(o->key, v->folder.len, o->key.len);
	if (!catalogue_add(v->catalogue, &object, &name, &err)) {
		v->problem = arena_fmt(v->arena, "%s", err.msg);
		return false;
	}
	if (name.sort != OBJECT_BACKUP_INFO && name.sort != OBJECT_HISTORY)
		return true;
	struct found *f = &v->found[v->len++ % v->most];

	if (v->len > v->most && f->backup.len)
		catalogue_backup_unread(v->catalogue, f->backup,
					STR("backup.info: not read, as too many are newer"));
	*f = (struct found){.timeline = name.timeline, .suffix = STR_EMPTY, .size = o->size};
	if (name.sort == OBJECT_BACKUP_INFO)
		f->backup = v->catalogue->backups[v->catalogue->backups_len - 1].id;
	else
		f->suffix = arena_str(v->lists, name.suffix);
	return true;
}

/* One of the two halves of the folder. False: there is nothing to be said of the archive. */
static bool list(struct survey *v, const char *half, size_t most, struct probe_answer *answer)
{
	struct s3_listener listener = {take_object, NULL, v};
	struct s3_listing what = {.delimiter = STR_EMPTY};
	struct s3_failure why;

	what.prefix = v->half = arena_fmt(v->arena, "%.*s%s", STR_ARG(v->folder), half);
	v->most = most;
	v->len = 0;
	v->found = ARENA_ARRAY(v->lists, struct found, most);
	bool listed = s3_list(v->s3, &what, &listener, v->arena, &why);
	*answer = probe_answer_of(listed, &why, v->arena);
	return listed && !v->problem.len;
}

/* The n-th that is kept, oldest first. */
static size_t kept(const struct survey *v)
{
	return v->len < v->most ? v->len : v->most;
}

static const struct found *nth(const struct survey *v, size_t n)
{
	return &v->found[(v->len - kept(v) + n) % v->most];
}

/* How the store may say that it is packed; NULL: not for the client to unpack. */
static const char *encoding_of(struct str suffix)
{
	return str_is(suffix, ".gz") ? "gzip" : str_is(suffix, ".zst") ? "zstd" : NULL;
}

/* False: it is still packed, in one way or another. */
static bool unpack(struct survey *v, struct str suffix, struct str *text)
{
	struct str packed = *text;

	if (str_is(suffix, ".snappy"))
		return unpack_snappy(packed, LIMIT_S3_TEXT_BYTES, v->texts, text);
	if (str_is(suffix, ".lz4"))
		return unpack_lz4(packed, LIMIT_S3_TEXT_BYTES, v->texts, text);
	if (str_is(suffix, ".xz"))
		return unpack_xz(packed, LIMIT_S3_TEXT_BYTES, v->texts, text);
	if (str_is(suffix, ".bz2"))
		return unpack_bzip2(packed, LIMIT_S3_TEXT_BYTES, v->texts, text);
	return !suffix.len || (encoding_of(suffix) && !str_has_prefix(packed, STR("\x1f\x8b")) &&
			       !str_has_prefix(packed, STR("\x28\xb5\x2f\xfd")));
}

/* `text`, or why there is none. */
static bool read_text(struct survey *v, struct str name, const struct found *f, struct str *text,
		      struct s3_failure *why)
{
	struct str key = arena_fmt(v->texts, "%.*s%.*s", STR_ARG(v->folder), STR_ARG(name));
	const char *encoding = encoding_of(f->suffix);

	if (f->size > LIMIT_S3_TEXT_BYTES) {
		*why = (struct s3_failure){.status = 200, .code = STR_EMPTY};
		why->message = arena_fmt(v->texts, "it has %" PRIu64 " bytes, more than %u",
					 f->size, LIMIT_S3_TEXT_BYTES);
		return false;
	}
	if (!(encoding ? s3_get_packed(v->s3, key, encoding, v->texts, text, why)
		       : s3_get(v->s3, key, LIMIT_S3_TEXT_BYTES, v->texts, text, why)))
		return false;
	if (unpack(v, f->suffix, text))
		return true;
	why->message = arena_fmt(v->texts, "it is compressed (%.*s), and could not be unpacked",
				 STR_ARG(f->suffix));
	return false;
}

static struct str problem_of(const struct s3_failure *why, struct arena *a)
{
	if (!why->status || (why->status == 200 && !why->code.len))
		return why->message;
	return arena_fmt(a, "the store answers %ld %.*s", why->status, STR_ARG(why->code));
}

/* Who may not read one may read none, and without a connection there is no other. */
static bool is_hopeless(const struct s3_failure *why)
{
	return !why->status || ((why->status == 401 || why->status == 403) &&
				!str_is(why->code, "InvalidObjectState")); /* it is cold */
}

/* The newest first: it says whether any can be read. */
static void read_backups(struct survey *v, struct probe_answer *read)
{
	struct str problem = STR_EMPTY, text;
	struct s3_failure why;

	for (size_t n = kept(v); n-- > 0;) {
		const struct found *f = nth(v, n);

		arena_reset(v->texts);
		if (problem.len) {
			catalogue_backup_unread(v->catalogue, f->backup, problem);
			continue;
		}
		bool ok = read_text(
			v, arena_fmt(v->texts, "base/%.*s/backup.info", STR_ARG(f->backup)), f,
			&text, &why);
		if (read->said == PROBE_NOT_ASKED && (ok || is_hopeless(&why)))
			*read = probe_answer_of(ok, &why, v->arena);
		if (ok) {
			catalogue_backup_info(v->catalogue, f->backup, text);
			continue;
		}
		struct str says = arena_fmt(v->arena, "backup.info: %.*s",
					    STR_ARG(problem_of(&why, v->texts)));
		catalogue_backup_unread(v->catalogue, f->backup, says);
		if (is_hopeless(&why))
			problem = says;
	}
}

static void read_histories(struct survey *v)
{
	uint32_t known = 0;
	struct s3_failure why;
	struct str text;

	for (size_t n = 0; n < kept(v); n++) {
		const struct found *f = nth(v, n);

		arena_reset(v->texts);
		if (f->timeline == known) /* under two suffixes */
			continue;
		struct str name = arena_fmt(v->texts, "wals/%08" PRIX32 ".history%.*s", f->timeline,
					    STR_ARG(f->suffix));

		if (read_text(v, name, f, &text, &why)) {
			catalogue_history(v->catalogue, f->timeline, text);
			known = f->timeline;
		} else {
			catalogue_history_unread(v->catalogue, f->timeline,
						 problem_of(&why, v->texts));
			if (is_hopeless(&why))
				return;
		}
	}
}

void survey_server(const struct survey_order *o, struct arena *a, struct probe_server *out,
		   struct probe_answer *read)
{
	CLEANUP(arena) struct arena *lists = arena_new(), *texts = arena_new();
	struct survey v = {
		.s3 = o->s3, .folder = o->folder, .arena = a, .lists = lists, .texts = texts};
	struct window *windows;

	v.catalogue = catalogue_new(a);
	v.catalogue->now = o->clock.now;
	v.catalogue->ahead = o->clock.ahead;
	v.problem = STR_EMPTY;
	bool listed = list(&v, "base/", LIMIT_BACKUPS, &out->list);
	if (listed) {
		read_backups(&v, read);
		listed = list(&v, "wals/", LIMIT_TIMELINES, &out->list);
	}
	out->problem = v.problem;
	if (!listed)
		return;
	read_histories(&v);
	out->catalogue = v.catalogue;
	out->timeline = catalogue_timeline(v.catalogue);
	out->windows_len = catalogue_windows(v.catalogue, out->timeline, a, &windows);
	out->windows = windows;
}
