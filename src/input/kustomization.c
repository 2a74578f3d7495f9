#include "input/kustomization.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/limits.h"
#include "input/files.h"

#include <unistd.h>

struct reading {
	struct arena *arena, *scratch;
	struct str folder;
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

static bool contains_any(struct str text, const char *const *words, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (str_contains(text, str_from(words[i])))
			return true;
	return false;
}

static bool names_ours(struct str text)
{
	bool named = false;

	for (int i = 0; i < KINDS; i++)
		named = named || str_contains(text, str_from(kind_name((enum kind)(1 << i))));
	return named;
}

/* Who is meant by whom, and where an archive lies: parts of the fields and JSON pointers. */
static bool names_links(struct str text)
{
	static const char *const words[] = {
		"$patch",   "/metadata/name", "barman",		  "Barman",	 "backup:",
		"/backup",  "bootstrap",      "cluster:",	  "/cluster",	 "plugin",
		"method:",  "/method",	      "externalClusters", "replica:",	 "/replica",
		"endpoint", "serverName",     "destinationPath",  "redentials",	 "ecretRef",
		"\ndata:",  "/data",	      "stringData:",	  "/stringData", "encryptedData"};

	return contains_any(text, words, ARRAY_LEN(words));
}

/* What else rules miss when it is not there. */
static bool names_more(struct str text)
{
	static const char *const words[] = {"nnotations", "onfiguration", "retention"};

	return contains_any(text, words, ARRAY_LEN(words));
}

/* What it is for is in its target, or in the patch itself. One that cannot be read may be for any.
 * An object in a file, without a target, is known as a part by its name. */
static unsigned doubts_of_patch(struct reading *r, struct obj patch, struct str text,
				const char *path)
{
	bool targeted = obj_at(patch, "target").node;
	struct str kind = obj_text(patch, "target.kind");
	struct err err;

	if (path && !file_read(r->scratch, str_from(path), LIMIT_FILE_BYTES, &text, &err))
		return BUNDLE_CHANGED | BUNDLE_PATCHED;
	if (kind.len ? !names_ours(kind) : !targeted && !names_ours(text))
		return 0;
	bool links = names_links(text);
	bool part = path && !targeted && str_contains(text, STR("apiVersion:"));
	return (links ? BUNDLE_CHANGED : 0) |
	       (!part && (links || names_more(text)) ? BUNDLE_PATCHED : 0);
}

static void read_patches(struct reading *r, struct obj root)
{
	static const char *const lists[] = {"patches", "patchesStrategicMerge", "patchesJson6902"};
	struct kustomization *k = r->out;
	size_t room = 0;

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		room += obj_len(obj_at(root, lists[i]));
	k->patches = ARENA_ARRAY(r->arena, const char *, room + 1);
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		for (struct obj e = obj_first(obj_at(root, lists[i])); e.node; e = obj_next(e)) {
			bool map = obj_type(e) == OBJ_MAP;
			const char *path = path_of(r, obj_text(e, map ? "path" : ""));

			if (path)
				k->patches[k->patches_len++] = path;
			k->doubts |= doubts_of_patch(r, e, obj_text(e, map ? "patch" : ""), path);
		}
	}
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

struct kustomization *kustomization_read(struct arena *a, struct arena *scratch, struct str folder)
{
	static const char *const names[] = {"kustomization.yaml", "kustomization.yml",
					    "Kustomization"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct str path = files_join(scratch, folder, str_from(names[i])), bytes;
		struct reading r = {.arena = a, .scratch = scratch, .folder = folder};
		struct doc_list docs;
		struct err err;

		if (access(path.ptr, F_OK) != 0)
			continue;
		r.out = ARENA_NEW(a, struct kustomization);
		r.out->path = arena_cstr(a, path);
		if (!file_read(scratch, path, LIMIT_FILE_BYTES, &bytes, &err) ||
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
