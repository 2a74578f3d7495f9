#include "input/claims.h"

#include "base/limits.h"
#include "input/files.h"

#include <search.h>
#include <string.h>

static int by_what(const void *left, const void *right)
{
	const struct claim *a = left, *b = right;

	return str_cmp(a->what, b->what);
}

static void keep(void *in_arena)
{
	(void)in_arena;
}

void claims_release(struct claims *c)
{
	tdestroy(c->all, keep);
}

static bool is_one_of(struct str name, const char *const *words, size_t len)
{
	while (name.len && strchr("0123456789", name.ptr[name.len - 1]))
		name.len--;
	for (size_t i = 0; i < len; i++)
		if (str_is(name, words[i]))
			return true;
	return false;
}

/* What people call environments, clusters, and what they have put aside. */
static bool is_environment(struct str word)
{
	static const char *const words[] = {
		"prod",	    "production",  "prd",     "staging",  "stage",   "stg",	 "dev",
		"develop",  "development", "test",    "testing",  "tst",     "qa",	 "uat",
		"lab",	    "sandbox",	   "preview", "demo",	  "example", "examples", "local",
		"kind",	    "main",	   "backup",  "dr",	  "old",     "new",	 "blue",
		"green",    "restore",	   "archive", "disabled", "unused",  "cluster",	 "clusters",
		"primary",  "secondary",   "edge",    "cloud",	  "home",    "remote",	 "template",
		"templates"};

	return is_one_of(word, words, ARRAY_LEN(words));
}

/* What people call the folder in which each cluster has its own. */
static bool holds_clusters(struct str name)
{
	static const char *const words[] = {"clusters",	 "cluster", "sites", "environments",
					    "envs",	 "regions", "hosts", "fleet",
					    "locations", "tenants", "stages"};

	return is_one_of(name, words, ARRAY_LEN(words));
}

/* The beginning, without what stands behind the first '-', '_' or '.'. */
static size_t word_end(struct str name)
{
	size_t end = 0;

	while (end < name.len && !strchr("-_.", name.ptr[end]))
		end++;
	return end;
}

/* How many words the name has, and how many of them are environments. */
static void count_words(struct str name, size_t *words, size_t *environments)
{
	*words = *environments = 0;
	for (struct str rest = name; rest.len;) {
		size_t end = word_end(rest);

		*words += end != 0;
		*environments += is_environment(str_slice(rest, 0, end));
		rest = str_slice(rest, end + 1, rest.len);
	}
}

/* "test", not "shop-test", which may be the name of an application... */
static bool says_environment(struct str name)
{
	size_t words, environments;

	count_words(name, &words, &environments);
	return words && words == environments;
}

static size_t common_words(struct str a, struct str b)
{
	size_t at = 0;

	for (;;) {
		struct str left = str_slice(a, at, a.len), right = str_slice(b, at, b.len);
		size_t end = word_end(left);

		if (!end || end != word_end(right) ||
		    !str_eq(str_slice(left, 0, end), str_slice(right, 0, end)))
			return at;
		at += end + 1;
		if (at >= a.len || at >= b.len)
			return at < a.len ? at : a.len;
	}
}

/* ...but for what differs between two of them: "shop-test" and "shop", "test-eu" and "prod-eu";
 * "cluster-a" and "cluster-b". */
static bool are_environments(struct str a, struct str b)
{
	size_t common = common_words(a, b), words, left, right;

	if (str_has_prefix(str_slice(a, 0, common), STR("cluster")))
		return true;
	struct str x = str_slice(a, common, a.len), y = str_slice(b, common, b.len);

	count_words(x, &words, &left);
	count_words(y, &words, &right);
	return (left && right) || says_environment(x) || says_environment(y);
}

struct path_parts {
	struct str items[LIMIT_DEPTH];
	size_t len;
};

static void split_path(struct str path, struct path_parts *out)
{
	struct str rest = path, part;

	out->len = 0;
	while (str_split(&rest, '/', &part) && out->len < LIMIT_DEPTH)
		if (part.len)
			out->items[out->len++] = part;
}

/* In what differs between the two paths: they are of two environments, or of two folders where
 * each cluster has its own. */
static bool may_be_environments(struct str a, struct str b)
{
	struct path_parts left, right;
	size_t from = 0, same = 0;

	split_path(a, &left);
	split_path(b, &right);
	size_t most = left.len < right.len ? left.len : right.len;
	while (from < most && str_eq(left.items[from], right.items[from]))
		from++;
	while (same < most - from &&
	       str_eq(left.items[left.len - 1 - same], right.items[right.len - 1 - same]))
		same++;
	if (from < left.len && from < right.len && from && holds_clusters(left.items[from - 1]))
		return true;
	if (left.len == right.len)
		for (size_t i = from; i < left.len - same; i++)
			if (are_environments(left.items[i], right.items[i]))
				return true;
	for (size_t i = from; i < left.len - same; i++)
		if (says_environment(left.items[i]))
			return true;
	for (size_t i = from; i < right.len - same; i++)
		if (says_environment(right.items[i]))
			return true;
	return false;
}

void claims_add(struct claims *c, const struct claim *claim)
{
	struct claim *own = ARENA_NEW(c->arena, struct claim), **slot, *first;

	*own = *claim;
	slot = tsearch(own, &c->all, by_what);
	if (!slot)
		out_of_memory(sizeof *slot);
	first = *slot;
	if (first == own || str_eq(first->root, own->root) ||
	    may_be_environments(first->folder, own->folder) ||
	    may_be_environments(str_from(forks_folder(first->applier)),
				str_from(forks_folder(own->applier))) ||
	    (first->applier != own->applier &&
	     forks_apart(first->applier, own->applier) != APART_NOT))
		return;
	bool one_file = str_eq(first->file, own->file);
	first->object->defined_too = one_file ? own->root : own->file;
	own->object->defined_too = one_file ? first->root : first->file;
	first->object->defined_alike = own->object->defined_alike =
		obj_equal(obj_at(first->object->root, "spec"), obj_at(own->object->root, "spec"));
}
