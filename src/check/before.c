#include "check/before.h"

#include "check/baseline.h"
#include "input/bundles.h"
#include "input/catalog.h"
#include "input/revision.h"

#include <search.h>

struct old {
	struct object object;
	bool several;
};

struct before {
	struct arena *arena;
	void *by_name; /* tsearch tree of struct old */
	const struct check_input *in;
	struct report *out;
};

static int by_name(const void *left, const void *right)
{
	const struct object *a = &((const struct old *)left)->object;
	const struct object *b = &((const struct old *)right)->object;
	int by = (a->kind > b->kind) - (a->kind < b->kind);

	by = by ? by : str_cmp(a->namespace, b->namespace);
	return by ? by : str_cmp(a->name, b->name);
}

static void add(struct before *b, const struct object *o)
{
	struct old *new = ARENA_NEW(b->arena, struct old);

	*new = (struct old){.object = *o};
	struct old **found = tsearch(new, &b->by_name, by_name);
	if (!found)
		out_of_memory(sizeof *new);
	(*found)->several |= *found != new;
}

static const struct object *find(void *ctx, const struct object *o)
{
	const struct before *b = ctx;
	const struct old like = {.object = *o};
	struct old *const *found = tfind(&like, &b->by_name, by_name);

	return found && !(*found)->several ? &(*found)->object : NULL;
}

static void keep(void *in_arena)
{
	(void)in_arena;
}

/* The trees of before are there as long as this runs. */
static void placed(void *ctx, const struct check_placed *p)
{
	struct before *b = ctx;
	struct check_input now = *b->in;

	for (size_t i = 0; i < p->catalog->len; i++)
		for (const struct held *h = p->catalog->files[i].first; h; h = h->next)
			for (const struct use *u = h->uses; u; u = u->next)
				if (u->object.kind)
					add(b, &u->object);
	now.before = (struct check_before){find, b};
	check_run(&now, b->out);
	tdestroy(b->by_name, keep);
}

/* The same run over the files of the revision. */
static struct check_input input_of(const struct check_input *in, const struct revision *r)
{
	struct check_input old = *in;

	old.paths = r->paths;
	old.paths_len = r->paths_len;
	old.listener = NULL;
	old.progress.tell = NULL;
	return old;
}

/* What was found there is not known: it may look new. */
static void tell_unread(const struct revision_unread *u, struct str revision, struct report *out)
{
	struct err err;

	err_set(&err, E_IO, "it %s", u->why);
	report_add_error(out,
			 arena_fmt(out->arena, "%.*s:%.*s", STR_ARG(revision), STR_ARG(u->path)),
			 &err, STR_EMPTY);
}

bool check_run_since(const struct check_input *in, struct str revision, struct report *out,
		     struct err *err)
{
	struct revision r = {0};
	struct before before = {.arena = out->arena, .in = in, .out = out};
	struct report was = {.arena = out->arena}, unread = {.arena = out->arena};

	if (!revision_open(out->arena, revision, in->paths, in->paths_len, &r, err)) {
		revision_remove(&r);
		return false;
	}
	struct check_input old = input_of(in, &r);
	check_run(&old, &was);
	struct baseline *baseline = baseline_of(&was, str_from(r.folder), str_from(r.top));
	old.reader = (struct check_reader){.placed = placed, .ctx = &before};
	check_run(&old, &unread);
	revision_remove(&r);
	for (size_t i = 0; i < r.unread_len; i++)
		tell_unread(&r.unread[i], revision, out);
	out->uncompared = r.absent;
	out->uncompared_len = r.absent_len;
	out->baseline = revision;
	baseline_apply(baseline, in->paths, in->paths_len, out);
	out->repaired = 0; /* of a file it would be said that it can be shortened */
	return true;
}
