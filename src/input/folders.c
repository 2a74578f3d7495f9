#include "input/folders.h"

#include "base/file.h"
#include "base/limits.h"
#include "input/files.h"
#include "input/kustomization.h"

#include <fnmatch.h>
#include <search.h>
#include <string.h>
#include <unistd.h>

struct folders {
	struct arena *arena, *scratch;
	struct str here;
	const struct kustomization_texts *texts; /* or NULL */
	struct str last;			 /* the folder asked for last, as it was written */
	const struct folder *last_found;
	void *known;	    /* tsearch tree of struct folder, by path */
	void *patches;	    /* and of the paths of patches */
	void *asserts;	    /* and of what tests compare */
	struct glob *globs; /* where they do not name each file */
};

struct glob {
	const char *text; /* absolute */
	struct glob *next;
};

static void keep(void *in_arena)
{
	(void)in_arena;
}

struct folders *folders_new(struct arena *a, const struct kustomization_texts *texts)
{
	struct folders *f = ARENA_NEW(a, struct folders);

	f->arena = a;
	f->scratch = arena_new();
	f->here = files_here(a);
	f->texts = texts;
	return f;
}

void folders_free(struct folders *f)
{
	tdestroy(f->known, keep);
	tdestroy(f->patches, keep);
	tdestroy(f->asserts, keep);
	arena_free(f->scratch);
}

static int by_path(const void *left, const void *right)
{
	const struct folder *a = left, *b = right;

	return strcmp(a->path, b->path);
}

static bool exists(struct folders *f, struct str folder, const char *name)
{
	struct str path = files_join(f->scratch, folder, str_from(name));

	return access(path.ptr, F_OK) == 0;
}

static int by_text(const void *left, const void *right)
{
	return strcmp(left, right);
}

struct noting {
	struct folders *folders;
	const struct kustomization *kustomization;
};

static void note_patch(void *ctx, struct str path)
{
	const struct noting *n = ctx;
	const char *file = kustomization_path(n->kustomization, n->folders->arena, path);

	if (file && !tsearch(file, &n->folders->patches, by_text))
		out_of_memory(sizeof(void *));
}

static void read_kustomization(struct folders *f, struct folder *out)
{
	struct kustomization *k =
		kustomization_read(f->arena, f->scratch, str_from(out->path), f->texts);

	if (!k)
		return;
	kustomization_patch_paths(k, note_patch, &(struct noting){f, k});
	k->folder = out;
	out->kustomization = k;
	if (k->namespace.len)
		out->namespace = k->namespace;
}

static void note_assert(struct folders *f, const char *path)
{
	if (strpbrk(path, "*?[")) {
		struct glob *new = ARENA_NEW(f->arena, struct glob);

		*new = (struct glob){path, f->globs};
		f->globs = new;
	} else if (!tsearch(path, &f->asserts, by_text)) {
		out_of_memory(sizeof(void *));
	}
}

/* "assert: {file: F}" and "error: {file: F}", wherever they stand in the steps of a test. */
static void note_asserts(struct folders *f, struct str folder, struct obj at)
{
	bool compares = str_is(obj_key(at), "assert") || str_is(obj_key(at), "error");
	struct str file = compares ? obj_text(at, "file") : STR_EMPTY;

	if (file.len)
		note_assert(f, arena_cstr(f->arena, files_absolute(f->arena, folder, file)));
	for (struct obj m = obj_first(at); m.node; m = obj_next(m))
		note_asserts(f, folder, m); /* as deep as LIMIT_DEPTH at most */
}

/* Of chainsaw, which calls it so. One that cannot be read says nothing. */
static void read_test(struct folders *f, const char *folder)
{
	static const char *const names[] = {"chainsaw-test.yaml", "chainsaw-test.yml"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct str path = files_join(f->scratch, str_from(folder), str_from(names[i]));
		struct doc_list docs;
		struct str bytes;
		struct err err;

		if (access(path.ptr, F_OK) != 0 ||
		    !file_read_regular(f->scratch, path, LIMIT_FILE_BYTES, &bytes, &err) ||
		    !doc_read_yaml(f->scratch, bytes, &docs, &err))
			continue;
		for (size_t d = 0; d < docs.len; d++)
			note_asserts(f, str_from(folder),
				     obj_at(doc_root(docs.docs[d]), "spec.steps"));
	}
}

static struct folder *look_up(struct folders *f, struct str path)
{
	struct folder key = {.path = arena_cstr(f->scratch, path)};
	struct folder **found = tfind(&key, &f->known, by_path);

	return found ? *found : NULL;
}

/* Recursion ends at the root: as deep as a path has parts. */
static const struct folder *learn(struct folders *f, struct str path)
{
	struct folder *known = look_up(f, path);
	const struct folder *above = NULL;

	if (known)
		return known;
	if (path.len > 1 && !exists(f, path, ".git"))
		above = learn(f, files_folder(path));
	known = ARENA_NEW(f->arena, struct folder);
	known->path = arena_cstr(f->arena, path);
	known->above = above;
	known->namespace = above ? above->namespace : STR_EMPTY;
	known->helm_templates =
		above && (above->helm_templates || (str_is(files_name(path), "templates") &&
						    exists(f, files_folder(path), "Chart.yaml")));
	read_kustomization(f, known);
	read_test(f, known->path);
	if (!tsearch(known, &f->known, by_path))
		out_of_memory(sizeof *known);
	return known;
}

const struct folder *folders_known(const struct folders *f, const char *path)
{
	struct folder key = {.path = path};
	struct folder **found = tfind(&key, &f->known, by_path);

	return found ? *found : NULL;
}

const struct folder *folders_of(struct folders *f, struct str file)
{
	struct str written = str_slice(file, 0, file.len - files_name(file).len);

	if (f->last_found && str_eq(written, f->last))
		return f->last_found;
	f->last = arena_str(f->arena, written);
	f->last_found = learn(f, files_folder(files_absolute(f->scratch, f->here, file)));
	arena_reset(f->scratch);
	return f->last_found;
}

const struct folder *folders_at(struct folders *f, const char *path)
{
	const struct folder *found = learn(f, str_from(path));

	arena_reset(f->scratch);
	return found;
}

bool folders_asserts(const struct folders *f, const char *file)
{
	bool found = tfind(file, &f->asserts, by_text) != NULL;

	for (const struct glob *g = f->globs; g && !found; g = g->next)
		found = fnmatch(g->text, file, FNM_PATHNAME) == 0;
	return found;
}

bool folders_patches(const struct folders *f, const char *file)
{
	return tfind(file, &f->patches, by_text) != NULL;
}
