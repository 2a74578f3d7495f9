#include "input/reader.h"

#include "base/ahead.h"
#include "base/file.h"
#include "base/limits.h"
#include "input/markdown.h"

#include <sys/stat.h>

/* Two files for each thread, and some that wait for a large one. */
#define WINDOW 32

/* Of one file read ahead. One that needs more is read when it is its turn. */
static const struct doc_budget most = {LIMIT_AHEAD_NODES, LIMIT_AHEAD_COPIES};

struct place {
	struct reader_file file;
	struct doc_budget left;
};

struct reader {
	const struct str *paths;
	struct ahead *ahead;
	struct place places[WINDOW];
};

static void forget(struct reader_file *f)
{
	arena_free(f->arena);
	f->arena = NULL;
}

/* A link may lead to a pipe, of which what was read would be missing. */
static bool is_small_file(const char *path)
{
	struct stat s;

	return stat(path, &s) == 0 && S_ISREG(s.st_mode) && s.st_size <= LIMIT_AHEAD_BYTES;
}

/* If so, it is the last error: nothing is read behind one. */
static bool crosses_limit(const struct reader_file *f)
{
	size_t len = f->docs.errors_len;

	return (len ? f->docs.errors[len - 1].err.code : f->err.code) == E_LIMIT;
}

bool reader_is_ytt(struct str text)
{
	static const char *const marks[] = {"#@ load(",	      "#@overlay/", "#@data/values",
					    "#@ data.values", ": #@ ",	    "- #@ "};

	if (!str_contains(text, STR("#@")))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (str_contains(text, str_from(marks[i])))
			return true;
	return false;
}

void reader_parse(struct arena *a, struct str path, struct doc_budget *budget,
		  struct reader_file *file)
{
	if (markdown_is(path)) {
		file->bytes = markdown_yaml(a, file->bytes);
	} else if (reader_is_ytt(file->bytes)) {
		file->docs = (struct doc_list){0};
		file->whole = false;
		err_set(&file->err, E_SYNTAX, "template of ytt");
		return;
	}
	file->whole = doc_read_yaml_within(a, file->bytes, budget, &file->docs, &file->err);
}

static void read_ahead(void *ctx, size_t i)
{
	struct reader *r = ctx;
	struct place *p = &r->places[i % WINDOW];
	struct reader_file *f = &p->file;

	f->arena = NULL;
	p->left = most;
	if (!r->paths[i].len || !is_small_file(r->paths[i].ptr))
		return;
	f->arena = arena_new_blocks(LIMIT_AHEAD_BLOCK);
	if (!file_read_regular(f->arena, r->paths[i], LIMIT_AHEAD_BYTES, &f->bytes, &f->err)) {
		forget(f); /* who reads it says why */
		return;
	}
	reader_parse(f->arena, r->paths[i], &p->left, f);
	if (!f->whole && crosses_limit(f))
		forget(f);
}

struct reader *reader_new(struct arena *a, const struct str *paths, size_t len)
{
	struct reader *r = ARENA_NEW(a, struct reader);
	const struct ahead_work work = {
		.len = len, .window = WINDOW, .piece = read_ahead, .ctx = r};

	r->paths = paths;
	r->ahead = ahead_start(&work);
	return r;
}

struct reader_file *reader_take(struct reader *r, size_t i, struct doc_budget *budget)
{
	struct place *p = &r->places[i % WINDOW];

	if (i)
		forget(&r->places[(i - 1) % WINDOW].file);
	ahead_take(r->ahead, i);
	if (!p->file.arena)
		return &p->file;
	/* With less left than it was read with, it might be refused. */
	if (budget->nodes < most.nodes || budget->copies < most.copies) {
		forget(&p->file);
		return &p->file;
	}
	budget->nodes -= most.nodes - p->left.nodes;
	budget->copies -= most.copies - p->left.copies;
	return &p->file;
}

void reader_free(struct reader *r)
{
	if (!r)
		return;
	ahead_end(r->ahead);
	for (size_t i = 0; i < WINDOW; i++)
		forget(&r->places[i].file);
}
