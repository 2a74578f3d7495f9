/* The files, by their paths. */
#include "internal.h"

#include <search.h>

static int by_path(const void *a, const void *b)
{
	return str_cmp(((const struct text *)a)->path, ((const struct text *)b)->path);
}

struct text *texts_find(struct migrate *m, struct str path)
{
	struct text key = {.path = path};
	struct text *const *found = tfind(&key, &m->texts, by_path);

	if (found)
		return *found;
	struct text *text = ARENA_NEW(m->arena, struct text);
	*text = (struct text){.path = arena_str(m->arena, path)};
	if (!tsearch(text, &m->texts, by_path))
		out_of_memory(sizeof(void *));
	return text;
}

static void leave_alone(void *text)
{
	(void)text; /* it lives in the arena */
}

void texts_free(struct migrate *m)
{
	tdestroy(m->texts, leave_alone);
}

static void forget(const void *node, VISIT visit, int depth)
{
	(void)depth;
	if (visit == postorder || visit == leaf)
		(*(struct text *const *)node)->new = (struct str){0};
}

void texts_forget(struct migrate *m)
{
	twalk(m->texts, forget);
}

const char *texts_closed(const struct text *text)
{
	if (str_is(text->path, "-") || str_is(text->path, "<stdin>"))
		return "standard input is not a file";
	if (text->outside)
		return "a link leads to it, out of what is given";
	if (text->sealed)
		return "SOPS encrypted its file, and its checksum is of all that stands there";
	if (!text->whole)
		return "a document of its file cannot be read";
	return NULL;
}
