/* What of a repository is none of ours, told from its text: it cannot be read. */
#include "internal.h"

#include <string.h>

#include "cnpg/secret_ref.h"
#include "input/files.h"

static bool contains_any(struct str text, const char *const *words, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (str_contains(text, str_from(words[i])))
			return true;
	return false;
}

bool strangers_are_ours(struct str bytes, struct str name)
{
	static const char *const words[] = {".cnpg.io/", "barmancloud", "kustomize.config.k8s.io/",
					    "kustomize.toolkit.fluxcd.io/"};

	if (str_is(name, "kustomization.yaml") || str_is(name, "kustomization.yml"))
		return true;
	/* settings of an editor may name our CRDs, as schemas, and are no object */
	if (str_has_suffix(name, STR(".json")) && !str_contains(bytes, STR("apiVersion")))
		return false;
	return contains_any(bytes, words, ARRAY_LEN(words)) ||
	       (str_contains(bytes, STR("argoproj.io/")) &&
		str_contains(bytes, STR("Application")));
}

bool strangers_may_provide(struct str text)
{
	/* Parts of the names of kinds: ExternalSecret, Certificate, Kustomization. */
	static const char *const words[] = {"ecret",	   "ertificate",   "onfigMap",
					    "Bundle",	   "BucketClaim",  "Vault",
					    "OnePassword", "Kustomization"};

	return contains_any(text, words, ARRAY_LEN(words));
}

struct naming {
	struct str text;
	bool found;
};

static void find_name(void *ctx, const struct secret_ref *ref)
{
	struct naming *n = ctx;

	n->found |= str_contains(n->text, ref->name);
}

bool strangers_are_named(const struct object *o, struct str text)
{
	struct naming n = {.text = text};

	if (o->kind == KIND_OBJECT_STORE)
		object_store_secrets(o->root, find_name, &n);
	else if (o->kind == KIND_CLUSTER)
		configuration_secrets(obj_at(o->root, "spec.backup.barmanObjectStore"), find_name,
				      &n);
	return n.found;
}

/* "assert" of 01-assert-ready and 01_assert. */
static bool begins(struct str name, struct str word)
{
	return str_has_prefix(name, word) &&
	       (name.len == word.len || strchr("-_", name.ptr[word.len]));
}

bool strangers_assert(struct str name)
{
	static const struct str words[] = {STR_INIT("assert"), STR_INIT("errors"),
					   STR_INIT("error")};
	size_t digits = 0, dot = name.len;
	bool numbered = false;

	while (dot && name.ptr[dot - 1] != '.')
		dot--;
	struct str stem = dot ? str_slice(name, 0, dot - 1) : name;
	while (digits < stem.len && stem.ptr[digits] >= '0' && stem.ptr[digits] <= '9')
		digits++;
	struct str rest = str_slice(stem, digits + 1, stem.len);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		numbered |= digits && digits < stem.len && strchr("-_", stem.ptr[digits]) &&
			    begins(rest, words[i]);
	return numbered || begins(stem, STR("assert")) || str_has_suffix(stem, STR("-assert"));
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool says_patch(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		struct str rest = str_slice(name, i, name.len);
		size_t end = str_has_prefix(rest, STR("patches")) ? 7 : 5;
		bool begins = i == 0 || !is_letter(name.ptr[i - 1]);

		if (begins && str_has_prefix(rest, STR("patch")) &&
		    (end == rest.len || !is_letter(rest.ptr[end])))
			return true;
	}
	return false;
}

bool strangers_patch(struct str path)
{
	struct str name = files_name(path);
	struct str folder = str_slice(path, 0, path.len - name.len);

	if (folder.len)
		folder.len--;
	return says_patch(name) || says_patch(files_name(folder));
}
