#include "cmd/folders.h"

#include "base/limits.h"
#include "cmd/cmd.h"
#include "cmd/files.h"
#include "doc/obj.h"

#include <search.h>
#include <string.h>
#include <unistd.h>

struct folders {
	struct arena *arena, *scratch;
	struct str here;
	struct str last; /* the folder asked for last, as it was written */
	const struct folder *last_found;
	void *known;   /* tsearch tree of struct folder, by path */
	void *patches; /* tsearch tree of const char * */
};

static void keep(void *in_arena)
{
	(void)in_arena;
}

struct folders *folders_new(struct arena *a)
{
	struct folders *f = ARENA_NEW(a, struct folders);

	f->arena = a;
	f->scratch = arena_new();
	f->here = files_here(a);
	return f;
}

void folders_free(struct folders *f)
{
	tdestroy(f->known, keep);
	tdestroy(f->patches, keep);
	arena_free(f->scratch);
}

static int by_path(const void *left, const void *right)
{
	const struct folder *a = left, *b = right;

	return strcmp(a->path, b->path);
}

static int by_name(const void *left, const void *right)
{
	return strcmp(left, right);
}

static bool exists(struct folders *f, struct str folder, const char *name)
{
	struct str path = files_join(f->scratch, folder, str_from(name));

	return access(path.ptr, F_OK) == 0;
}

static void add_patch(struct folders *f, struct str folder, struct str path)
{
	struct str joined = files_join(f->scratch, folder, path);

	if (!path.len || str_find_byte(path, '\n') != STR_NONE) /* the patch itself, not its file */
		return;
	const char *absolute = arena_cstr(f->arena, files_absolute(f->scratch, f->here, joined));
	if (!tsearch(absolute, &f->patches, by_name))
		out_of_memory(sizeof absolute);
}

static void read_patches(struct folders *f, struct str folder, struct obj root)
{
	static const char *const lists[] = {"patches", "patchesStrategicMerge", "patchesJson6902"};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct obj list = obj_at(root, lists[i]);

		for (struct obj e = obj_first(list); e.node; e = obj_next(e))
			add_patch(f, folder, obj_text(e, obj_type(e) == OBJ_MAP ? "path" : ""));
	}
}

/* A kustomization that cannot be read says nothing; checked as a file, it is an error there. */
static void read_kustomization(struct folders *f, struct folder *out)
{
	static const char *const names[] = {"kustomization.yaml", "kustomization.yml",
					    "Kustomization"};
	struct str folder = str_from(out->path), bytes;
	struct doc_list docs;
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct str path = files_join(f->scratch, folder, str_from(names[i]));

		if (access(path.ptr, F_OK) != 0 ||
		    !cmd_read_file(f->scratch, path, LIMIT_FILE_BYTES, &bytes, &err) ||
		    !doc_read_yaml(f->scratch, bytes, &docs, &err) || !docs.len)
			continue;
		struct obj root = doc_root(docs.docs[0]);
		struct str namespace = obj_text(root, "namespace");

		if (namespace.len)
			out->namespace = arena_str(f->arena, namespace);
		read_patches(f, folder, root);
		return;
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
	known->namespace = above ? above->namespace : STR_EMPTY;
	known->helm_templates =
		above && (above->helm_templates || (str_is(files_name(path), "templates") &&
						    exists(f, files_folder(path), "Chart.yaml")));
	read_kustomization(f, known);
	if (!tsearch(known, &f->known, by_path))
		out_of_memory(sizeof *known);
	return known;
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

bool folders_patches(struct folders *f, struct str file)
{
	if (!f->patches)
		return false;
	const char *path = arena_cstr(f->scratch, files_absolute(f->scratch, f->here, file));
	bool found = tfind(path, &f->patches, by_name) != NULL;

	arena_reset(f->scratch);
	return found;
}
