#include "check/fix.h"

#include "base/file.h"
#include "base/limits.h"
#include "check/diff.h"
#include "check/rewrite.h"
#include "rules/rule.h"
#include "internal.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

/* A remedy makes another possible at most once or twice: a name that was misspelt, and then the
 * parameters that this plugin ignores. */
#define ROUNDS 5

struct taken {
	const struct rule *rule;
	struct pos pos;
	struct edit_group group;
};

struct fix_file {
	struct fix *fix;
	struct str path;
	struct str original, text; /* as it is, and as it is to be */
	struct str bytes;	   /* of this round: what `docs` were read from */
	struct doc_list docs;	   /* none, when nothing of it is kept */
	bool broken;		   /* they are not all */
	bool outside;		   /* behind a link that leads out of what is checked */
	struct buf taken;	   /* of this round, struct taken */
	struct buf fixed, left;	   /* lines for people; what is left, of the last round */
	struct err err;		   /* why it was not written; without a message: it was */
	struct fix_file *next;
};

struct fix {
	struct arena *arena;
	struct fix_file *first, **last;
	void *by_path; /* tsearch tree of struct fix_file */
	bool write;
	bool frozen;  /* nothing more is changed */
	bool changed; /* something was, in this round */
};

struct fix *fix_new(struct arena *a)
{
	struct fix *f = ARENA_NEW(a, struct fix);

	f->arena = a;
	f->last = &f->first;
	return f;
}

static void leave_alone(void *file)
{
	(void)file; /* it lives in the arena */
}

void fix_free(struct fix *f)
{
	if (f)
		tdestroy(f->by_path, leave_alone);
}

static int by_path(const void *a, const void *b)
{
	return str_cmp(((const struct fix_file *)a)->path, ((const struct fix_file *)b)->path);
}

/* The file of this path; a new one when there is none. */
static struct fix_file *file_of(struct fix *f, struct str path)
{
	struct fix_file key = {.path = path};
	struct fix_file *const *found = tfind(&key, &f->by_path, by_path);

	if (found)
		return *found;
	struct fix_file *file = ARENA_NEW(f->arena, struct fix_file);
	*file = (struct fix_file){.fix = f,
				  .path = arena_str(f->arena, path),
				  .taken = BUF_ARENA(f->arena),
				  .fixed = BUF_ARENA(f->arena),
				  .left = BUF_ARENA(f->arena)};
	if (!tsearch(file, &f->by_path, by_path))
		out_of_memory(sizeof(void *));
	*f->last = file;
	f->last = &file->next;
	return file;
}

static bool is_changed(const struct fix_file *file)
{
	return file->text.ptr && !str_eq(file->text, file->original);
}

/* What was changed is read as it is to be. */
static bool read_text(void *ctx, struct arena *a, struct str path, struct str *out, struct err *err)
{
	struct fix *f = ctx;
	struct fix_file *file = file_of(f, path);

	if (file->text.ptr) {
		*out = file->text;
		return true;
	}
	if (!file_read(a, path, LIMIT_FILE_BYTES, out, err))
		return false;
	if (str_is(path, "-")) /* it can be read once */
		file->original = file->text = arena_str(f->arena, *out);
	return true;
}

static void parsed(void *ctx, const struct check_text *text)
{
	struct fix *f = ctx;
	struct fix_file *file = file_of(f, text->path);

	file->bytes = text->bytes;
	file->docs = text->kept ? text->docs : (struct doc_list){0};
	file->broken = !text->whole;
	file->outside = text->outside;
	file->taken.len = 0;
	if (!f->frozen)
		file->left.len = 0;
}

/* The edits as they were, in this arena. Their texts may be slices of what the rule made. */
static struct edit *copy_edits(struct arena *a, const struct edit *from)
{
	struct edit *first = NULL, **link = &first;

	for (; from; from = from->next) {
		*link = ARENA_NEW(a, struct edit);
		**link = *from;
		(*link)->key = arena_str(a, from->key);
		(*link)->text = arena_str(a, from->text);
		link = &(*link)->next;
	}
	return first;
}

static bool holds(const struct fix_file *file, const struct doc *doc)
{
	for (size_t i = 0; i < file->docs.len; i++)
		if (file->docs.docs[i] == doc)
			return true;
	return false;
}

/* The file in which all of them can be made: that which wrote the values. NULL when there is none:
 * what a kustomization put together stands nowhere. */
static struct fix_file *file_of_edits(struct fix *fix, struct edit *edits)
{
	struct fix_file *file = NULL;

	for (struct edit *e = edits; e; e = e->next) {
		bool rendered = obj_source(e->at) != e->at.doc;

		e->at = obj_origin(e->at);
		if (!e->at.node)
			return NULL;
		if (rendered)
			e->root = doc_root(e->at.doc);
		struct fix_file *own = file_of(fix, doc_name(e->at.doc));
		if ((file && own != file) || (rendered && !holds(own, e->at.doc)))
			return NULL;
		file = own;
	}
	return file;
}

static void take(void *ctx, const struct verdict *v, bool alone)
{
	struct fix *fix = ctx;

	for (size_t i = 0; i < v->findings.len && !fix->frozen; i++) {
		const struct finding *f = &v->findings.items[i];
		struct taken t = {.rule = f->rule, .pos = f->pos};

		if (!f->edits || f->severity == SEV_OFF || (!alone && f->scope != SCOPE_OBJECT))
			continue;
		struct edit *edits = copy_edits(fix->arena, f->edits);
		struct fix_file *file = file_of_edits(fix, edits);
		t.group.edits = edits;
		if (file && obj_source(f->edits->at) != f->edits->at.doc)
			t.pos = obj_pos(edits->at); /* the finding may stand in another file */
		if (file)
			buf_add(&file->taken, &t, sizeof t);
	}
}

static void tell(struct fix_file *file, const struct taken *t)
{
	struct buf *out = t->group.refused ? &file->left : &file->fixed;

	const char *fixed = file->fix->write ? "fixed" : "would fix";

	buf_fmt(out, "%s[%s]: ", t->group.refused ? "not fixed" : fixed, t->rule->id);
	buf_clean(out, file->path);
	buf_fmt(out, ":%u:%u ", t->pos.line, t->pos.column);
	if (t->group.refused)
		buf_text(out, t->group.refused);
	for (const struct edit *e = t->group.edits; e && !t->group.refused; e = e->next) {
		fix_describe(e, out);
		buf_text(out, e->next ? ", " : "");
	}
	buf_byte(out, '\n');
}

static int by_place(const void *left, const void *right)
{
	const struct taken *a = left, *b = right;

	if (a->pos.line != b->pos.line)
		return a->pos.line < b->pos.line ? -1 : 1;
	if (a->pos.column != b->pos.column)
		return a->pos.column < b->pos.column ? -1 : 1;
	return strcmp(a->rule->id, b->rule->id);
}

static void apply(struct fix_file *file)
{
	CLEANUP(arena) struct arena *scratch = arena_new();
	struct taken *taken = (struct taken *)(void *)file->taken.ptr;
	size_t len = file->taken.len / sizeof *taken;
	struct edit_group *groups = ARENA_ARRAY(scratch, struct edit_group, len);
	const char *refused = file->outside  ? "a link leads to it, out of what is checked"
			      : file->broken ? "a document of the file cannot be read"
			      : str_is(file->path, "<stdin>") ? "standard input is not a file"
							      : NULL;
	struct str text = file->bytes;

	qsort(taken, len, sizeof *taken, by_place);
	for (size_t i = 0; i < len; i++)
		groups[i] = taken[i].group;
	if (!refused)
		text = edit_apply(scratch, file->bytes, &file->docs, groups, len);
	for (size_t i = 0; i < len; i++) {
		taken[i].group.refused = refused ? refused : groups[i].refused;
		tell(file, &taken[i]);
	}
	file->taken.len = 0;
	if (str_eq(text, file->bytes))
		return;
	if (!file->text.ptr)
		file->original = arena_str(file->fix->arena, file->bytes);
	file->text = arena_str(file->fix->arena, text);
	file->fix->changed = true;
}

/* Changes the texts of all files, before their trees go. */
static void judged(void *ctx)
{
	struct fix *f = ctx;

	for (struct fix_file *file = f->first; file; file = file->next)
		if (file->taken.len)
			apply(file);
}

/* False when some could not be written; those are as they were. */
static bool write_files(struct fix *f)
{
	bool all = true;

	for (struct fix_file *file = f->first; file; file = file->next) {
		if (!is_changed(file) ||
		    rewrite_file(f->arena, file->path, file->original, file->text, &file->err))
			continue;
		file->text = file->original;
		file->fixed.len = 0;
		all = false;
	}
	return all;
}

void fix_run(struct fix *f, const struct check_input *in, bool write, struct report *out)
{
	const struct check_listener listener = {
		.read = read_text, .parsed = parsed, .take = take, .judged = judged, .ctx = f};
	const struct report empty = *out;
	struct report before = empty;
	struct check_input heard = *in;

	heard.listener = &listener;
	f->write = write;
	for (int round = 0; round == 0 || f->changed; round++) {
		*out = empty;
		f->changed = false;
		f->frozen = round == ROUNDS;
		check_run(&heard, out);
		if (round == 0)
			before = *out;
	}
	if (!write)
		*out = before;
	if (!write || write_files(f))
		return;
	*out = empty; /* what remains is more than it was to be */
	f->frozen = true;
	check_run(&heard, out);
	for (const struct fix_file *file = f->first; file; file = file->next)
		if (file->err.msg[0])
			report_add_error(out, file->path, &file->err, STR_EMPTY);
	report_sort(out);
}

void fix_tell(const struct fix *f, struct buf *out)
{
	for (const struct fix_file *file = f->first; file; file = file->next) {
		buf_str(out, buf_slice(&file->fixed));
		buf_str(out, buf_slice(&file->left));
	}
}

void fix_diff(const struct fix *f, struct report *report, struct buf *out)
{
	struct err err;

	for (const struct fix_file *file = f->first; file; file = file->next) {
		const struct diff_manifest m = {
			.path = file->path, .old = file->original, .new = file->text};

		if (!is_changed(file) || diff_manifest(&m, out))
			continue;
		err_set(&err, E_VALUE, "no diff: it would show lines of a Secret");
		report_add_error(report, file->path, &err, STR_EMPTY);
	}
}
