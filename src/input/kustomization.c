#include "input/kustomization.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/limits.h"
#include "input/files.h"
#include "input/patches.h"

#include <unistd.h>

struct reading {
	struct arena *arena, *scratch;
	struct str folder;
	struct patches *patches;
	struct kustomization *out;
};

/* Absolute, kept; NULL for what is no path: a URL, the host of a repository, a patch itself. */
static const char *path_of(struct reading *r, struct str path)
{
	struct str joined;

	if (!path.len || str_find_byte(path, '\n') != STR_NONE || str_contains(path, STR("://")) ||
	    str_contains(path, STR("?ref=")))
		return NULL;
	joined = files_join(r->scratch, r->folder, path);
	return arena_cstr(r->arena, files_absolute(r->scratch, r->folder, joined));
}

static void read_entries(struct reading *r, struct obj root)
{
	static const char *const lists[] = {"resources", "components", "bases"};
	struct kustomization *k = r->out;
	size_t room = 0;

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		room += obj_len(obj_at(root, lists[i]));
	k->entries = ARENA_ARRAY(r->arena, const char *, room + 1);
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		for (struct obj e = obj_first(obj_at(root, lists[i])); e.node; e = obj_next(e))
			k->entries[k->entries_len++] = path_of(r, obj_text(e, ""));
}

/* What it is for is in its target, or in the patch itself. One that cannot be read may be for any.
 * An object in a file, without a target, is known as a part by its name. */
static unsigned doubts_of_patch(struct reading *r, struct obj patch)
{
	bool map = obj_type(patch) == OBJ_MAP, targeted = obj_at(patch, "target").node;
	const char *path = path_of(r, obj_text(patch, map ? "path" : ""));
	unsigned says = path ? patches_say(r->patches, r->scratch, path)
			     : patch_says(obj_text(patch, map ? "patch" : ""));
	struct str kind = obj_text(patch, "target.kind");

	if (says & PATCH_UNREAD)
		return BUNDLE_CHANGED | BUNDLE_PATCHED;
	if (kind.len ? !(patch_says(kind) & PATCH_OURS) : !targeted && !(says & PATCH_OURS))
		return 0;
	bool part = path && !targeted && says & PATCH_OBJECT;
	return (says & PATCH_LINKS ? BUNDLE_CHANGED : 0) |
	       (!part && says & (PATCH_LINKS | PATCH_MORE) ? BUNDLE_PATCHED : 0);
}

static void read_patches(struct reading *r, struct obj root)
{
	static const char *const lists[] = {"patches", "patchesStrategicMerge", "patchesJson6902"};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		for (struct obj e = obj_first(obj_at(root, lists[i])); e.node; e = obj_next(e))
			r->out->doubts |= doubts_of_patch(r, e);
}

static void read_secrets(struct reading *r, struct obj root)
{
	struct obj list = obj_at(root, "secretGenerator");
	struct kustomization *k = r->out;

	k->secrets = ARENA_ARRAY(r->arena, struct generated_secret, obj_len(list) + 1);
	for (struct obj e = obj_first(list); e.node; e = obj_next(e)) {
		struct generated_secret *s = &k->secrets[k->secrets_len];

		if (!provider_read_generator(e, r->arena, &s->provider))
			continue;
		s->namespace = arena_str(r->arena, obj_text(e, "namespace"));
		k->secrets_len++;
	}
}

static void read_doubts(struct kustomization *k, struct obj root)
{
	static const struct {
		const char *key;
		enum bundle_doubt doubt;
	} keys[] = {
		{"namePrefix", BUNDLE_CHANGED},
		{"nameSuffix", BUNDLE_CHANGED},
		{"transformers", BUNDLE_CHANGED},
		{"replacements", BUNDLE_CHANGED},
		{"generators", BUNDLE_PARTIAL},
		{"helmCharts", BUNDLE_PARTIAL},
		{"helmChartInflationGenerator", BUNDLE_PARTIAL},
	};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct obj value = obj_at(root, keys[i].key);

		if (obj_text(value, "").len || obj_len(value))
			k->doubts |= keys[i].doubt;
	}
}

static void read_root(struct reading *r, struct obj root)
{
	struct kustomization *k = r->out;

	k->namespace = arena_str(r->arena, obj_text(root, "namespace"));
	k->component = str_is(obj_text(root, "kind"), "Component");
	read_entries(r, root);
	read_patches(r, root);
	read_secrets(r, root);
	read_doubts(k, root);
}

/* Flux has a kind of the same name, and its files are often called so too. */
static bool is_of_kustomize(struct obj root)
{
	struct str version = obj_text(root, "apiVersion");

	return !version.len || str_has_prefix(version, STR("kustomize.config.k8s.io/"));
}

struct kustomization *kustomization_read(struct arena *a, struct arena *scratch,
					 struct patches *patches, struct str folder)
{
	static const char *const names[] = {"kustomization.yaml", "kustomization.yml",
					    "Kustomization"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct str path = files_join(scratch, folder, str_from(names[i])), bytes;
		struct reading r = {
			.arena = a, .scratch = scratch, .folder = folder, .patches = patches};
		struct doc_list docs;
		struct err err;

		if (access(path.ptr, F_OK) != 0)
			continue;
		r.out = ARENA_NEW(a, struct kustomization);
		r.out->path = arena_cstr(a, path);
		if (!file_read_regular(scratch, path, LIMIT_FILE_BYTES, &bytes, &err) ||
		    !doc_read_yaml(scratch, bytes, &docs, &err) || !docs.len) {
			r.out->doubts = BUNDLE_PARTIAL | BUNDLE_CHANGED | BUNDLE_PATCHED;
			return r.out;
		}
		if (is_of_kustomize(doc_root(docs.docs[0]))) {
			r.out->documents = docs.len;
			read_root(&r, doc_root(docs.docs[0]));
			return r.out;
		}
	}
	return NULL;
}
