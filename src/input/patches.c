#include "input/patches.h"

#include "base/file.h"
#include "base/limits.h"
#include "cnpg/kinds.h"

#include <search.h>
#include <string.h>

struct patch_file {
	const char *path;
	unsigned says;
};

static int by_path(const void *left, const void *right)
{
	const struct patch_file *a = left, *b = right;

	return strcmp(a->path, b->path);
}

static void keep(void *in_arena)
{
	(void)in_arena;
}

void patches_release(struct patches *p)
{
	tdestroy(p->files, keep);
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

unsigned patch_says(struct str text)
{
	return (names_ours(text) ? PATCH_OURS : 0) | (names_links(text) ? PATCH_LINKS : 0) |
	       (names_more(text) ? PATCH_MORE : 0) |
	       (str_contains(text, STR("apiVersion:")) ? PATCH_OBJECT : 0);
}

static struct patch_file *find(const struct patches *p, const char *path)
{
	struct patch_file like = {.path = path};
	struct patch_file *const *found = tfind(&like, &p->files, by_path);

	return found ? *found : NULL;
}

unsigned patches_say(struct patches *p, struct arena *scratch, const char *path)
{
	struct arena_mark mark = arena_mark(scratch);
	struct patch_file *file = find(p, path);
	struct str text;
	struct err err;

	if (file)
		return file->says;
	file = ARENA_NEW(p->arena, struct patch_file);
	file->path = arena_cstr(p->arena, str_from(path));
	file->says = file_read_regular(scratch, str_from(path), LIMIT_FILE_BYTES, &text, &err)
			     ? patch_says(text)
			     : PATCH_UNREAD;
	arena_rewind(scratch, mark);
	if (!tsearch(file, &p->files, by_path))
		out_of_memory(sizeof *file);
	return file->says;
}

bool patches_know(const struct patches *p, const char *path)
{
	return find(p, path) != NULL;
}
