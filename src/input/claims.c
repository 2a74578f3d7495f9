#include "input/claims.h"

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

static bool is_word_of(struct str name, struct str word)
{
	size_t at = str_find(name, word), end = at + word.len;

	return at != STR_NONE && (at == 0 || strchr("-_.", name.ptr[at - 1])) &&
	       (end == name.len || strchr("-_.0123456789", name.ptr[end]));
}

/* What people call environments, clusters, and what they have put aside. */
static bool is_environment(struct str name)
{
	static const char *const words[] = {
		"prod",	    "production",  "prd",     "staging",  "stage",   "stg",	 "dev",
		"develop",  "development", "test",    "testing",  "tst",     "qa",	 "uat",
		"lab",	    "sandbox",	   "preview", "demo",	  "example", "examples", "local",
		"kind",	    "main",	   "backup",  "dr",	  "old",     "new",	 "blue",
		"green",    "restore",	   "archive", "disabled", "unused",  "cluster",	 "clusters",
		"primary",  "secondary",   "edge",    "cloud",	  "home",    "remote",	 "template",
		"templates"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (is_word_of(name, str_from(words[i])))
			return true;
	return false;
}

/* What people call the folder in which each cluster has its own. */
static bool holds_clusters(struct str name)
{
	static const char *const words[] = {"clusters",	 "cluster", "sites", "environments",
					    "envs",	 "regions", "hosts", "fleet",
					    "locations", "tenants", "stages"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_is(name, words[i]))
			return true;
	return false;
}

/* Where the paths part, one of them has the name of an environment, there or below, or the folder
 * above is one of clusters. */
static bool may_be_environments(struct str a, struct str b)
{
	struct str left = a, right = b, above = STR_EMPTY, x, y;
	bool parted = false;

	for (;;) {
		bool more = str_split(&left, '/', &x), other = str_split(&right, '/', &y);

		if (!more && !other)
			return false;
		if (!parted && more && other && str_eq(x, y)) {
			above = x;
			continue;
		}
		if (!parted && holds_clusters(above))
			return true;
		parted = true;
		if ((more && is_environment(x)) || (other && is_environment(y)))
			return true;
	}
}

void claims_add(struct claims *c, const struct claim *claim)
{
	struct claim *own = ARENA_NEW(c->arena, struct claim), **slot, *first;

	*own = *claim;
	slot = tsearch(own, &c->all, by_what);
	if (!slot)
		out_of_memory(sizeof *slot);
	first = *slot;
	if (first == own || str_eq(first->file, own->file) || str_eq(first->folder, own->folder) ||
	    may_be_environments(first->folder, own->folder) ||
	    may_be_environments(str_from(forks_folder(first->applier)),
				str_from(forks_folder(own->applier))) ||
	    forks_apart(first->applier, own->applier) != APART_NOT)
		return;
	*first->defined_too = own->file;
	*own->defined_too = first->file;
}
