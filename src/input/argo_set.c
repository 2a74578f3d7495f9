#include "argo_set_internal.h"

#include "base/limits.h"
#include "input/files.h"

#include <fnmatch.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>

/* What a generator gives a name in the template. */
struct binding {
	struct str key, value;
	const struct binding *next;
};

struct elements {
	struct arena *arena;
	const struct binding **items;
	size_t len, cap;
};

static void add(struct elements *all, const struct binding *element)
{
	if (all->len == LIMIT_APPLICATIONS)
		return;
	if (all->len == all->cap) {
		all->cap = all->cap ? all->cap * 2 : 16;
		const struct binding **grown =
			ARENA_ARRAY(all->arena, const struct binding *, all->cap);

		if (all->len)
			memcpy(grown, all->items, all->len * sizeof *grown);
		all->items = grown;
	}
	all->items[all->len++] = element;
}

static const struct binding *bind(struct arena *a, const struct binding *next, struct str key,
				  struct str value)
{
	struct binding *b = ARENA_NEW(a, struct binding);

	*b = (struct binding){key, value, next};
	return b;
}

/* As a name of Kubernetes. */
static struct str normalized(struct arena *a, struct str name)
{
	struct buf out = BUF_ARENA(a);

	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.';
		buf_byte(&out, good ? c : '-');
	}
	return buf_slice(&out);
}

/* Of a path relative to the repository. */
static const struct binding *bind_path(struct arena *a, struct str path)
{
	struct str rest = path, part, base = files_name(path);
	const struct binding *b = NULL;

	for (int i = 0; str_split(&rest, '/', &part); i++) {
		b = bind(a, b, arena_fmt(a, "path[%d]", i), part);
		b = bind(a, b, arena_fmt(a, "index path.segments %d", i), part);
	}
	b = bind(a, b, STR("path.basenameNormalized"), normalized(a, base));
	b = bind(a, b, STR("path.basename"), base);
	b = bind(a, b, STR("path.path"), path);
	return bind(a, b, STR("path"), path);
}

static bool is_excluded(struct arena *a, struct obj entries, const char *path)
{
	for (struct obj o = obj_first(entries); o.node; o = obj_next(o)) {
		if (obj_true(o, "exclude", false) &&
		    fnmatch(arena_cstr(a, obj_text(o, "path")), path, FNM_PATHNAME) == 0)
			return true;
	}
	return false;
}

struct globbing {
	struct elements *out;
	struct obj entries;
	bool files;
};

/* What the pattern means in this folder as the root of the repository; false: nothing. */
static bool add_matches(const struct globbing *g, const char *root, struct str pattern)
{
	struct arena *a = g->out->arena;
	size_t skip = strlen(root) + (strcmp(root, "/") != 0), before = g->out->len;
	glob_t found;

	if (glob(arena_cstr(a, files_join(a, str_from(root), pattern)), GLOB_NOSORT, NULL, &found))
		return false;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *path = found.gl_pathv[i] + skip;
		struct stat s;

		if (stat(found.gl_pathv[i], &s) != 0 || S_ISDIR(s.st_mode) == g->files ||
		    is_excluded(a, g->entries, path))
			continue;
		struct str at = g->files ? files_folder(str_from(path)) : str_from(path);
		add(g->out, bind_path(a, arena_str(a, at)));
	}
	globfree(&found);
	return g->out->len != before;
}

static bool is_within(struct str pattern)
{
	return pattern.len && pattern.ptr[0] != '/' && !str_contains(pattern, STR("..")) &&
	       !str_contains(pattern, STR("**")) && !str_contains(pattern, STR("{"));
}

static void add_paths(const struct globbing *g, const struct folder *from)
{
	for (struct obj o = obj_first(g->entries); o.node; o = obj_next(o)) {
		struct str pattern = obj_text(o, "path");
		bool found = obj_true(o, "exclude", false) || !is_within(pattern);

		for (const struct folder *f = from; f && !found; f = f->above)
			found = add_matches(g, f->path, pattern);
	}
}

/* The members of an element, those of `values` under that name. */
static const struct binding *bind_members(struct arena *a, struct obj element)
{
	const struct binding *b = NULL;

	for (struct obj m = obj_first(element); m.node; m = obj_next(m)) {
		if (obj_text(m, "").len)
			b = bind(a, b, obj_key(m), obj_text(m, ""));
		for (struct obj v = obj_first(m); v.node; v = obj_next(v))
			b = bind(
				a, b,
				arena_fmt(a, "%.*s.%.*s", STR_ARG(obj_key(m)), STR_ARG(obj_key(v))),
				obj_text(v, ""));
	}
	return b;
}

/* Those of the generators list and git. False: nothing is known of it. */
static bool add_simple(struct elements *out, const struct folder *from, struct obj generator)
{
	struct obj list = obj_at(generator, "list.elements");
	struct globbing directories = {out, obj_at(generator, "git.directories"), false};
	struct globbing files = {out, obj_at(generator, "git.files"), true};

	for (struct obj o = obj_first(list); o.node; o = obj_next(o))
		add(out, bind_members(out->arena, o));
	add_paths(&directories, from);
	add_paths(&files, from);
	return out->len != 0;
}

/* Each of `left` beside each of `right`. */
static struct elements cross(const struct elements *left, const struct elements *right)
{
	struct elements out = {.arena = left->arena};

	for (size_t l = 0; l < left->len; l++)
		for (size_t r = 0; r < right->len; r++) {
			const struct binding *b = left->items[l];

			for (const struct binding *o = right->items[r]; o; o = o->next)
				b = bind(out.arena, b, o->key, o->value);
			add(&out, b);
		}
	return out;
}

/* Of what is not known there is one element without names. */
static struct elements elements_of(struct arena *a, const struct folder *from, struct obj generator)
{
	struct elements all = {.arena = a};
	struct obj matrix = obj_at(generator, "matrix.generators");

	if (add_simple(&all, from, generator))
		return all;
	add(&all, NULL);
	for (struct obj o = obj_first(matrix); o.node; o = obj_next(o)) {
		struct elements one = {.arena = a};

		if (add_simple(&one, from, o))
			all = cross(&all, &one);
	}
	return all;
}

/* What stands between the braces, without the dot of a Go template. */
static struct str name_in(struct arena *a, struct str inner)
{
	struct buf out = BUF_ARENA(a);
	struct str text = str_trim(inner);

	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != '.' || (i && text.ptr[i - 1] != ' '))
			buf_byte(&out, text.ptr[i]);
	return buf_slice(&out);
}

struct filling {
	struct arena *arena;
	const struct binding *element;
};

static const struct binding *find(const struct filling *f, struct str inner)
{
	struct str name = name_in(f->arena, inner);
	const struct binding *b = f->element;

	while (b && !str_eq(b->key, name))
		b = b->next;
	return b;
}

static bool fill(void *ctx, struct str text, struct render_changed *out, struct err *err)
{
	const struct filling *f = ctx;
	struct buf made = BUF_ARENA(f->arena);
	size_t open;

	(void)err;
	while ((open = str_find(text, STR("{{"))) != STR_NONE) {
		struct str rest = str_slice(text, open + 2, text.len);
		size_t close = str_find(rest, STR("}}"));

		if (close == STR_NONE)
			break;
		const struct binding *b = find(f, str_slice(rest, 0, close));
		buf_str(&made, str_slice(text, 0, open));
		buf_str(&made, b ? b->value : str_slice(text, open, open + close + 4));
		text = str_slice(rest, close + 2, rest.len);
	}
	buf_str(&made, text);
	*out = (struct render_changed){.text = buf_slice(&made), .as_text = true};
	return true;
}

void argo_set_each(struct evaluation *e, const struct folder *from, const struct object *set,
		   void (*each)(void *ctx, const struct argo *source), void *ctx)
{
	struct obj generators = obj_at(set->root, "spec.generators");
	struct obj template = argo_spec(set);

	for (struct obj g = obj_first(generators); g.node; g = obj_next(g)) {
		struct elements all = elements_of(e->arena, from, g);

		for (size_t i = 0; i < all.len && template.node; i++) {
			struct filling f = {e->arena, all.items[i]};
			struct render r = {.arena = e->arena, .budget = e->budget};
			struct err err;

			if (!render_copy(&r, template, &err) || !render_texts(&r, fill, &f, &err))
				return; /* no room is left in the run, which others tell */
			argo_sources(render_root(&r), set->name, each, ctx);
		}
	}
}
