#include "input/forks.h"

#include "base/arena.h"
#include "input/files.h"

#include <search.h>
#include <string.h>

/* A folder, or the place of a bundle in it. Two sets: what is an alternative to it as a branch,
 * with all that lies below; and as itself. */
struct place {
	const char *path; /* of the folder */
	struct place *above;
	size_t depth;
	struct set {
		struct set *parent; /* NULL: it stands for its set */
		size_t rank;
	} branch, self;
};

struct definition {
	const char *what;
	struct place *first;
	bool again; /* it is defined in another place too: its branches are known */
};

/* Below `at`, the definition was seen in this branch, `way` down from it. */
struct sighting {
	const struct definition *definition;
	const struct place *at;
	const char *way; /* empty when it does not matter */
	struct place *branch;
};

struct forks {
	struct arena *arena;
	/* tsearch trees of struct place, struct definition, struct sighting */
	void *folders, *definitions, *sightings;
};

static int by_path(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	return strcmp(a->path, b->path);
}

static int by_what(const void *left, const void *right)
{
	const struct definition *a = left, *b = right;

	return strcmp(a->what, b->what);
}

static int by_sight(const void *left, const void *right)
{
	const struct sighting *a = left, *b = right;

	if (a->definition != b->definition)
		return a->definition < b->definition ? -1 : 1;
	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return strcmp(a->way, b->way);
}

static void keep(void *in_arena)
{
	(void)in_arena;
}

struct forks *forks_new(struct arena *a)
{
	struct forks *f = ARENA_NEW(a, struct forks);

	f->arena = a;
	return f;
}

void forks_free(struct forks *f)
{
	tdestroy(f->folders, keep);
	tdestroy(f->definitions, keep);
	tdestroy(f->sightings, keep);
}

/* The one that equals `like`, or a copy of it. */
static void *intern(struct forks *f, void **tree, const void *like, size_t size,
		    int (*compare)(const void *, const void *))
{
	void **found = tfind(like, tree, compare);
	void *copy;

	if (found)
		return *found;
	copy = arena_alloc(f->arena, size);
	memcpy(copy, like, size);
	if (!tsearch(copy, tree, compare))
		out_of_memory(size);
	return copy;
}

/* Recursion ends at the root: as deep as a path has parts. */
static struct place *folder_at(struct forks *f, const char *path)
{
	struct place like = {.path = path};
	struct place **found = tfind(&like, &f->folders, by_path);

	if (found)
		return *found;
	if (strcmp(path, "/") != 0) {
		like.above = folder_at(f, arena_cstr(f->arena, files_folder(str_from(path))));
		like.depth = like.above->depth + 1;
	}
	return intern(f, &f->folders, &like, sizeof like, by_path);
}

struct place *forks_place(struct forks *f, const char *folder)
{
	struct place *p = ARENA_NEW(f->arena, struct place);

	p->path = folder;
	p->above = folder_at(f, folder);
	p->depth = p->above->depth + 1;
	return p;
}

const char *forks_folder(const struct place *p)
{
	return p->path;
}

static const struct set *set_of(const struct set *s)
{
	while (s->parent)
		s = s->parent;
	return s;
}

static void unite(struct set *left, struct set *right)
{
	struct set *a = left, *b = right;

	while (a->parent)
		a = a->parent;
	while (b->parent)
		b = b->parent;
	if (a == b)
		return;
	if (a->rank < b->rank) {
		a->parent = b;
		return;
	}
	b->parent = a;
	a->rank += a->rank == b->rank;
}

/* The way from a branch down to a place in it. */
static const char *way(const struct place *branch, const struct place *place)
{
	return branch == place ? "" : place->path + strlen(branch->path);
}

static void sight(struct forks *f, const struct definition *d, struct place *place, bool surely)
{
	if (!surely)
		unite(&d->first->self, &place->self);
	for (struct place *branch = place; branch->above; branch = branch->above) {
		struct sighting new = {d, branch->above, surely ? "" : way(branch, place), branch};
		struct sighting *seen = intern(f, &f->sightings, &new, sizeof new, by_sight);

		if (seen->branch != branch)
			unite(&seen->branch->branch, &branch->branch);
	}
}

void forks_define(struct forks *f, struct str what, struct place *place, bool surely)
{
	struct definition like = {.what = arena_cstr(f->arena, what), .first = place};
	struct definition *d = intern(f, &f->definitions, &like, sizeof like, by_what);

	if (d->first == place)
		return;
	if (!d->again)
		sight(f, d, d->first, surely);
	d->again = true;
	sight(f, d, place, surely);
}

enum apart forks_apart(const struct place *a, const struct place *b)
{
	const struct place *left = a, *right = b;

	while (left->depth > right->depth)
		left = left->above;
	while (right->depth > left->depth)
		right = right->above;
	while (left->above != right->above) {
		left = left->above;
		right = right->above;
	}
	if (set_of(&left->branch) == set_of(&right->branch))
		return left == a || right == b ? APART_LOOSELY : APART_STRICTLY;
	return set_of(&a->self) == set_of(&b->self) ? APART_LOOSELY : APART_NOT;
}
