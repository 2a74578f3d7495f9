/* A run of `migrate`: plans, makes the texts, reads them as they would be, and writes them. */
#include "internal.h"

#include "base/file.h"
#include "check/diff.h"
#include "check/rewrite.h"
#include "input/files.h"

#include <unistd.h>

/* A file is read once; what was changed is read as it is to be. */
static bool read_text(void *ctx, struct arena *a, struct str path, struct str *out, struct err *err)
{
	struct migrate *m = ctx;
	struct text *text = texts_find(m, path);

	(void)a;
	if (!text->original.ptr) {
		if (!file_read(m->arena, path, LIMIT_FILE_BYTES, &text->original, err))
			return false;
		texts_note(text);
	}
	*out = text->new.ptr ? text->new : text->original;
	return true;
}

static void parsed(void *ctx, const struct check_text *read)
{
	struct migrate *m = ctx;
	struct text *text = texts_find(m, read->path);

	for (size_t i = 0; i < read->docs.len; i++)
		schedules_note(m, read->path, doc_root(read->docs.docs[i]));
	text->sealed = texts_sealed(&read->docs);
	text->bytes = read->bytes;
	text->docs = read->docs;
	text->inner = NULL;
	text->again = false;
	text->whole = read->whole;
	text->outside = read->outside;
}

static void take(void *ctx, const struct verdict *v, bool alone)
{
	(void)ctx;
	(void)v;
	(void)alone;
}

static void judged(void *ctx)
{
	(void)ctx;
}

static void plan(void *ctx, const struct check_placed *placed)
{
	struct migrate *m = ctx;
	size_t count;

	m->placed = placed;
	texts_ungiven(m);
	do { /* what is refused may take others along */
		m->again = false;
		count = migrations_refused(m);
		texts_forget(m);
		plan_all(m);
		apply_all(m);
	} while (migrations_refused(m) != count || m->again);
}

static void verify(void *ctx, const struct check_placed *placed)
{
	struct migrate *m = ctx;

	m->placed = placed;
	verify_all(m);
}

static bool is_same_file(struct migrate *m, struct str name, const char *path)
{
	struct str absolute = files_absolute(m->arena, files_here(m->arena), name);

	return str_is(absolute, path);
}

/* A kustomization as it is to be. */
static bool find_kustomization(void *ctx, const char *path, struct str *out)
{
	struct migrate *m = ctx;
	size_t len;
	const struct part *parts = migration_parts(m, &len);

	for (size_t i = 0; i < len; i++) {
		const struct text *text = parts[i].text;

		if (!text->new.ptr || !str_eq(files_name(text->path), files_name(str_from(path))) ||
		    !is_same_file(m, text->path, path))
			continue;
		*out = text->new;
		return true;
	}
	return false;
}

/* The files that are to be made. */
static struct str *added_files(const struct migrate *m, size_t *count)
{
	size_t len;
	const struct part *parts = migration_parts(m, &len);
	struct str *out = ARENA_ARRAY(m->arena, struct str, len + 1);

	*count = 0;
	for (size_t i = 0; i < len; i++) {
		bool known = !parts[i].text->created || !parts[i].text->new.ptr;

		for (size_t j = 0; j < *count && !known; j++)
			known = str_eq(out[j], parts[i].text->path);
		if (!known)
			out[(*count)++] = parts[i].text->path;
	}
	return out;
}

/* Reads all that was given, and either shows what is placed, or judges. */
static void pass(struct migrate *m, void (*placed)(void *, const struct check_placed *),
		 struct report *report)
{
	struct check_listener listener = {.read = read_text,
					  .kustomizations = {find_kustomization, m},
					  .parsed = parsed,
					  .take = take,
					  .judged = judged,
					  .ctx = m};
	listener.added = added_files(m, &listener.added_len);
	const struct check_input in = {
		.policy = m->in->policy,
		.nearest_policy = m->in->nearest_policy,
		.paths = m->in->paths,
		.paths_len = m->in->paths_len,
		.namespace = m->in->namespace,
		.now = m->in->now,
		.listener = &listener,
		.reader = {.placed = placed, .ctx = m},
	};

	m->strays = BUF_ARENA(m->arena);
	m->lists = 0;
	check_run(&in, report);
}

/* Plans until nothing is refused any more, and nothing more is to be written. */
static void settle(struct migrate *m, struct report *report)
{
	const struct report empty = *report;
	struct report before = empty, after;
	size_t count;

	pass(m, NULL, &before);
	do {
		m->again = false;
		texts_forget(m);
		*report = empty;
		pass(m, plan, report);
		count = migrations_refused(m);
		after = empty;
		pass(m, verify, &after);
		if (migrations_refused(m) != count || m->again)
			continue;
		after = empty;
		pass(m, NULL, &after);
		verify_errors(m, &before, &after);
		verify_findings(m, &before, &after);
	} while (migrations_refused(m) != count || m->again);
}

struct changed {
	struct text **items;
	size_t len;
};

/* Each file that changes, once, in the order of its Clusters. */
static struct changed changed_texts(const struct migrate *m)
{
	size_t len;
	const struct part *parts = migration_parts(m, &len);
	struct changed c = {ARENA_ARRAY(m->arena, struct text *, len + 1), 0};

	for (size_t i = 0; i < len; i++) {
		bool known = !parts[i].text->new.ptr;

		for (size_t j = 0; j < c.len; j++)
			known |= c.items[j] == parts[i].text;
		if (!known)
			c.items[c.len++] = parts[i].text;
	}
	return c;
}

static void write_diff(const struct changed *c, struct buf *out)
{
	for (size_t i = 0; i < c->len; i++) {
		const struct text *t = c->items[i];
		const struct diff_manifest d = {t->path, t->original, t->new, t->created};

		BUG_IF(!diff_manifest(&d, out)); /* what cannot be shown was refused */
	}
}

static bool write_file(struct migrate *m, const struct text *t, struct err *err)
{
	return t->created ? file_create(arena_cstr(m->arena, t->path), 0666, t->new, err)
			  : rewrite_file(m->arena, t->path, t->original, t->new, err);
}

static bool take_back(struct migrate *m, const struct text *t, struct err *err)
{
	if (!t->created)
		return rewrite_file(m->arena, t->path, t->new, t->original, err);
	return unlink(arena_cstr(m->arena, t->path)) == 0 ||
	       err_set(err, E_IO, "it was made, and cannot be removed");
}

/* All of them, or none. */
static bool write_files(struct migrate *m, struct report *report, const struct changed *c)
{
	struct err err, again;

	for (size_t i = 0; i < c->len; i++) {
		if (write_file(m, c->items[i], &err))
			continue;
		report_add_error(report, c->items[i]->path, &err, STR_EMPTY);
		while (i-- > 0)
			if (!take_back(m, c->items[i], &again))
				report_add_error(report, c->items[i]->path, &again, STR_EMPTY);
		return false;
	}
	return true;
}

void migrate_run(const struct migrate_input *in, struct report *report, struct migrate_output *out)
{
	struct migrate m = {.arena = report->arena, .in = in};
	struct buf diff = BUF_ARENA(m.arena), told = BUF_ARENA(m.arena);

	m.last = &m.first;
	settle(&m, report);
	struct changed c = changed_texts(&m);
	*out = (struct migrate_output){0};
	for (const struct migration *of = m.first; of; of = of->next)
		++*(of->refused.len ? &out->left : &out->migrated);
	out->unread = report->errors.len != 0;
	if (!in->write)
		write_diff(&c, &diff);
	else if ((!out->left && !out->unread) || in->partial)
		out->written = c.len && write_files(&m, report, &c);
	tell_all(&m, report, out, &told);
	out->diff = buf_slice(&diff);
	out->told = buf_slice(&told);
	texts_free(&m);
}
