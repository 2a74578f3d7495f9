/* The calls of a probe, one after the other. */
#include "base/clock.h"
#include "base/limits.h"
#include "bucket/survey.h"
#include "probe_internal.h"

#include <inttypes.h>
#include <sys/random.h>

struct asking {
	struct s3 *s3;
	const struct probe_wish *wish;
	struct arena *arena;
	struct probe *out;
	struct probe_server *servers;
	struct str *folders;
};

/* A right is missing for this call, and may be there for another. All else that a store refuses, it
 * refuses whatever is asked. */
static bool is_final(const struct probe_answer *answer)
{
	const struct s3_failure *why = &answer->why;

	return answer->said == PROBE_NO &&
	       !(why->status == 403 && (!why->code.len || str_is(why->code, "AccessDenied")));
}

/* Of what a probe asks, the answer. */
static bool note(struct asking *q, enum probe_call call, bool ok, const struct s3_failure *why)
{
	q->out->calls[call] = probe_answer_of(ok, why, q->arena);
	return ok;
}

/* False: nobody is there. */
static bool ask_head(struct asking *q)
{
	struct s3_failure why;
	bool ok = note(q, PROBE_HEAD, s3_head(q->s3, q->arena, &why), &why);

	q->out->skew = why.skew;
	if (why.status || why.cause == HTTP_CAUSE_DISTRUSTED || why.cause == HTTP_CAUSE_MISNAMED)
		q->out->certificate = s3_certificate(q->s3, q->arena);
	return ok || why.status;
}

/* The folder in which those of the servers lie; empty: the bucket. */
static struct str around(const struct asking *q)
{
	return server_folder(q->wish->path, STR_EMPTY, q->arena);
}

static bool is_of_server(const struct asking *q, struct str folder)
{
	for (size_t i = 0; i < q->wish->servers_len; i++)
		if (str_has_prefix(server_folder(q->wish->path, q->wish->servers[i], q->arena),
				   folder))
			return true;
	return false;
}

static bool take_folder(void *ctx, struct str prefix)
{
	struct asking *q = ctx;

	if (q->out->folders_len < LIMIT_BUCKET_FOLDERS)
		q->folders[q->out->folders_len++] = arena_str(q->arena, prefix);
	return true;
}

static bool is_known(const struct asking *q, struct str name)
{
	for (size_t i = 0; i < q->wish->known_len; i++)
		if (str_eq(q->wish->known[i], name))
			return true;
	return false;
}

/* Of the folders that were listed, keeps the names of those that are nobody's. */
static void keep_others(struct asking *q)
{
	struct str before = around(q);
	size_t len = 0;

	for (size_t i = 0; i < q->out->folders_len; i++) {
		struct str folder = q->folders[i];

		if (folder.len <= before.len + 1 || is_of_server(q, folder))
			continue;
		folder = str_slice(folder, before.len, folder.len - 1);
		if (!is_known(q, folder))
			q->folders[len++] = folder;
	}
	q->out->folders_len = len;
}

/* It lies in none of the folders that there are: nothing is there, and nobody need be asked. */
static bool is_absent(const struct asking *q, struct str server)
{
	if (!q->out->folders_whole || !str_has_prefix(server, around(q)))
		return false;
	for (size_t i = 0; i < q->out->folders_len; i++)
		if (str_has_prefix(server, q->folders[i]))
			return false;
	return true;
}

static void survey(const struct asking *q, struct str folder, struct probe_server *out,
		   struct probe_answer *read)
{
	const struct survey_order order = {q->s3, folder, {q->wish->now, q->out->skew}};

	survey_server(&order, q->arena, out, read);
}

/* False: what is behind it would fail, too. */
static bool ask_server(struct asking *q, size_t i)
{
	struct probe_server *server = &q->servers[i];
	struct str folder = server_folder(q->wish->path, server->name, q->arena);

	if (is_absent(q, folder)) {
		server->list = probe_answer_of(true, NULL, q->arena);
		server->catalogue = catalogue_new(q->arena);
	} else {
		survey(q, folder, server, &q->out->calls[PROBE_READ]);
	}
	return !is_final(&server->list);
}

static bool ask_folders(struct asking *q)
{
	const struct s3_listing what = {
		.prefix = around(q), .delimiter = STR("/"), .most = LIMIT_BUCKET_FOLDERS};
	const struct s3_listener listener = {NULL, take_folder, q};
	struct s3_failure why;
	bool ok = s3_list(q->s3, &what, &listener, q->arena, &why);

	q->out->folders_whole = ok && q->out->folders_len < LIMIT_BUCKET_FOLDERS;
	if (!q->wish->servers_len)
		return note(q, PROBE_LIST, ok, &why) || !is_final(&q->out->calls[PROBE_LIST]);
	return ok || why.status;
}

static bool ask_servers(struct asking *q)
{
	for (size_t i = 0; i < q->wish->servers_len; i++) {
		bool goes_on = ask_server(q, i);

		if (!i)
			q->out->calls[PROBE_LIST] = q->servers[0].list;
		if (!goes_on || (!i && !ask_folders(q)))
			return false;
	}
	return q->wish->servers_len || ask_folders(q);
}

static struct probe_server server_named(struct str name)
{
	return (struct probe_server){
		.name = name, .list = probe_answer_none(), .problem = STR_EMPTY};
}

static bool holds_archive(const struct probe_server *s)
{
	return s->problem.len ||
	       (s->catalogue && (s->catalogue->backups_len || s->catalogue->segments));
}

/* These keys may be meant for the servers alone: that they may not read here is no answer. */
static void ask_beside(struct asking *q)
{
	struct probe *out = q->out;
	struct probe_answer *read = &out->calls[PROBE_READ];

	out->beside = true;
	for (size_t i = 0; i < out->folders_len && i < LIMIT_BUCKET_ARCHIVES; i++) {
		struct probe_server *s = &q->servers[out->servers_len];
		struct probe_answer here = probe_answer_none();

		*s = server_named(out->folders[i]);
		s->beside = true;
		survey(q, server_folder(q->wish->path, s->name, q->arena), s, &here);
		if (here.said == PROBE_YES && read->said == PROBE_NOT_ASKED)
			*read = here;
		if (s->list.said == PROBE_NO && is_final(&s->list))
			return;
		out->servers_len += holds_archive(s);
	}
}

static void ask_settings(struct asking *q)
{
	struct s3_failure why;
	struct s3_lock lock;
	bool on;

	if (s3_versioning(q->s3, q->arena, &on, &why))
		q->out->versioning = on ? PROBE_ON : PROBE_OFF;
	if (!s3_lock(q->s3, q->arena, &lock, &why))
		return;
	q->out->lock = lock.enabled ? PROBE_ON : PROBE_OFF;
	q->out->lock_days = lock.days;
}

struct finding_out {
	struct str key;
	bool found;
};

static bool take_written(void *ctx, const struct s3_object *o)
{
	struct finding_out *f = ctx;

	f->found |= str_eq(o->key, f->key);
	return true;
}

static void ask_find(struct asking *q, struct str key)
{
	struct finding_out f = {key, false};
	const struct s3_listing what = {.prefix = key, .delimiter = STR_EMPTY, .most = 1};
	const struct s3_listener listener = {take_written, NULL, &f};
	struct s3_failure why;
	bool ok = s3_list(q->s3, &what, &listener, q->arena, &why);

	if (ok && !f.found)
		why = (struct s3_failure){
			.status = 200,
			.code = STR_EMPTY,
			.message = STR("it is not listed under the name that it was given")};
	note(q, PROBE_FIND, ok && f.found, &why);
}

static struct str key_to_write(struct asking *q)
{
	const struct probe_wish *w = q->wish;
	struct str server = w->servers_len ? w->servers[0] : STR_EMPTY;
	uint64_t random;

	if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
		random = (uint64_t)clock_ns();
	return arena_fmt(q->arena, "%.*s.backup-guard-probe-%016" PRIx64,
			 STR_ARG(server_folder(w->path, server, q->arena)), random);
}

static void ask_write(struct asking *q)
{
	const struct probe_wish *w = q->wish;
	struct s3_upload upload = {key_to_write(q), STR_EMPTY, w->headers, w->headers_len,
				   w->checksum};
	struct s3_failure why;
	struct str text;

	if (!note(q, PROBE_WRITE, s3_put(q->s3, &upload, q->arena, &why), &why)) {
		/* it may be there all the same; whether it was is not known */
		if (!why.status || why.status >= 500)
			(void)!s3_delete(q->s3, upload.key, q->arena, &why);
		return;
	}
	if (q->out->calls[PROBE_READ].said == PROBE_NOT_ASKED)
		note(q, PROBE_READ, /* it is empty, but a refusal is not */
		     s3_get(q->s3, upload.key, LIMIT_S3_TEXT_BYTES, q->arena, &text, &why), &why);
	ask_find(q, upload.key);
	if (!note(q, PROBE_DELETE, s3_delete(q->s3, upload.key, q->arena, &why), &why))
		q->out->left = upload.key;
}

static void begin(struct asking *q)
{
	const struct probe_wish *w = q->wish;
	struct probe *out = q->out;

	for (size_t i = 0; i < PROBE_CALLS; i++)
		out->calls[i] = probe_answer_none();
	q->servers = ARENA_ARRAY(q->arena, struct probe_server,
				 w->servers_len + (w->beside ? LIMIT_BUCKET_ARCHIVES : 0) + 1);
	for (size_t i = 0; i < w->servers_len; i++)
		q->servers[i] = server_named(w->servers[i]);
	q->folders = ARENA_ARRAY(q->arena, struct str, LIMIT_BUCKET_FOLDERS);
	out->left = STR_EMPTY;
	out->certificate = out->skew = out->lock_days = 0;
	out->versioning = out->lock = PROBE_UNKNOWN;
	out->servers = q->servers;
	out->servers_len = w->servers_len;
	out->beside = false;
	out->folders = q->folders;
	out->folders_len = 0;
	out->folders_whole = false;
}

void probe_ask(struct s3 *s, const struct probe_wish *wish, struct arena *a, struct probe *out)
{
	struct asking q = {.s3 = s, .wish = wish, .arena = a, .out = out};

	begin(&q);
	bool goes_on = ask_head(&q) && ask_servers(&q);
	keep_others(&q);
	if (!goes_on)
		return;
	if (wish->beside)
		ask_beside(&q);
	ask_settings(&q);
	if (wish->write)
		ask_write(&q);
}
