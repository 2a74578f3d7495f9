#include "input/kustomization.h"

#include "base/file.h"
#include "base/limits.h"
#include "input/files.h"

#include <string.h>
#include <unistd.h>

/* Of "https://host/repository//path?ref=tag", "git@host:repository", "host/repository?ref=tag". */
static bool is_remote(struct str path)
{
	return str_contains(path, STR("://")) || str_contains(path, STR("?ref=")) ||
	       str_contains(path, STR("?version=")) || str_has_prefix(path, STR("git@")) ||
	       str_has_prefix(path, STR("git::")) || str_has_prefix(path, STR("github.com/"));
}

const char *kustomization_path(const struct kustomization *k, struct arena *a, struct str path)
{
	struct str folder = files_folder(str_from(k->path));

	if (!path.len || str_find_byte(path, '\n') != STR_NONE || is_remote(path))
		return NULL;
	return arena_cstr(a, files_absolute(a, folder, path));
}

bool kustomization_is_above(const struct kustomization *k, struct str path)
{
	struct str folder = files_folder(str_from(k->path));

	return str_has_prefix(path, folder) &&
	       (folder.len == 1 || (path.len > folder.len && path.ptr[folder.len] == '/'));
}

static void read_entries(struct arena *a, struct kustomization *k)
{
	static const struct {
		const char *key;
		bool component;
	} lists[] = {{"resources", false}, {"bases", false}, {"components", true}};
	size_t room = 1;

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		room += obj_len(obj_at(k->root, lists[i].key));
	k->entries = ARENA_ARRAY(a, struct kustomization_entry, room);
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		for (struct obj e = obj_first(obj_at(k->root, lists[i].key)); e.node;
		     e = obj_next(e))
			k->entries[k->entries_len++] = (struct kustomization_entry){
				kustomization_path(k, a, obj_text(e, "")), lists[i].component, e};
}

/* Flux has a kind of the same name, and its files are often called so too. */
static bool is_of_kustomize(struct obj root)
{
	struct str version = obj_text(root, "apiVersion");

	return !version.len || str_has_prefix(version, STR("kustomize.config.k8s.io/"));
}

static void read_root(struct arena *a, struct kustomization *k)
{
	k->namespace = obj_text(k->root, "namespace");
	k->component = str_is(obj_text(k->root, "kind"), "Component");
	read_entries(a, k);
}

struct kustomization *kustomization_with(struct arena *a, const struct kustomization *like,
					 struct obj root)
{
	struct kustomization *k = ARENA_NEW(a, struct kustomization);

	*k = (struct kustomization){
		.folder = like->folder, .path = like->path, .docs = like->docs, .root = root};
	read_root(a, k);
	return k;
}

bool kustomization_append(struct render *r, struct obj from, const char *key, struct err *err)
{
	struct obj more = obj_at(from, key), list = obj_at(render_root(r), key);

	if (!obj_len(more))
		return true;
	if (obj_type(list) != OBJ_LIST)
		return render_put(r, render_root(r), str_from(key), more, err);
	for (struct obj m = obj_first(more); m.node; m = obj_next(m))
		if (!render_append(r, list, m, err))
			return false;
	return true;
}

static bool read_text(struct arena *a, struct str path, const struct kustomization_texts *texts,
		      struct str *out)
{
	struct err err;

	return (texts && texts->find && texts->find(texts->ctx, path.ptr, out)) ||
	       file_read_regular(a, path, LIMIT_FILE_BYTES, out, &err);
}

static struct kustomization *read_file(struct arena *a, struct str path,
				       const struct kustomization_texts *texts)
{
	struct kustomization *k = ARENA_NEW(a, struct kustomization);
	struct str bytes;
	struct err err;

	k->path = path.ptr;
	if (!read_text(a, path, texts, &bytes) || !doc_read_yaml(a, bytes, &k->docs, &err) ||
	    !k->docs.len) {
		k->docs = (struct doc_list){0};
		return k;
	}
	k->root = doc_root(k->docs.docs[0]);
	if (!is_of_kustomize(k->root))
		return NULL;
	read_root(a, k);
	return k;
}

struct kustomization *kustomization_read(struct arena *a, struct arena *scratch, struct str folder,
					 const struct kustomization_texts *texts)
{
	static const char *const names[] = {"kustomization.yaml", "kustomization.yml",
					    "Kustomization"};
	struct kustomization *found = NULL;
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct str path = files_join(scratch, folder, str_from(names[i]));

		if (access(path.ptr, F_OK) != 0)
			continue;
		count++;
		if (found)
			continue;
		struct arena_mark mark = arena_mark(a);
		found = read_file(a, arena_str(a, path), texts);
		if (!found)
			arena_rewind(a, mark);
	}
	if (found)
		found->twofold = count > 1;
	return found;
}

void kustomization_patch_paths(const struct kustomization *k,
			       void (*each)(void *ctx, struct str path), void *ctx)
{
	static const char *const lists[] = {"patches", "patchesStrategicMerge", "patchesJson6902"};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		for (struct obj e = obj_first(obj_at(k->root, lists[i])); e.node; e = obj_next(e)) {
			struct str path = obj_text(e, obj_type(e) == OBJ_MAP ? "path" : "");

			if (path.len)
				each(ctx, path);
		}
}

/* "KEY=path" of a generator too. */
static bool is_path_of(const struct kustomization *k, struct arena *scratch, struct str text,
		       const char *file)
{
	size_t equals = str_find_byte(text, '=');
	struct str value = equals == STR_NONE ? text : str_slice(text, equals + 1, text.len);
	const char *path = kustomization_path(k, scratch, value);

	return path && strcmp(path, file) == 0;
}

static bool names(const struct kustomization *k, struct arena *scratch, struct obj o,
		  const char *file)
{
	bool found = obj_type(o) == OBJ_STRING && is_path_of(k, scratch, obj_text(o, ""), file);

	for (struct obj m = obj_first(o); m.node && !found; m = obj_next(m))
		found = names(k, scratch, m, file); /* as deep as LIMIT_DEPTH at most */
	return found;
}

bool kustomization_names(const struct kustomization *k, struct arena *scratch, const char *file)
{
	return names(k, scratch, k->root, file);
}
