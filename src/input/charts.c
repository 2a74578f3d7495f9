#include "input/charts.h"

#include "base/file.h"
#include "base/limits.h"
#include "doc/obj.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *charts_of(const struct input_file *file)
{
	const struct folder *at = file->folder;

	if (!at || !at->helm_templates)
		return NULL;
	while (at->above && at->helm_templates)
		at = at->above;
	return at->path;
}

static bool is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 && path[len] == '/';
}

/* Its text lives in the scratch memory only. */
static bool names_ours(struct arena *scratch, const char *path)
{
	static const char *const words[] = {".cnpg.io/", "cloudnative-pg"};
	struct str text;
	struct err err;
	bool found = false;

	if (!file_read_regular(scratch, str_from(path), LIMIT_FILE_BYTES, &text, &err))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		found |= str_contains(text, str_from(words[i]));
	arena_reset(scratch);
	return found;
}

bool charts_are_ours(const struct catalog *c, const char *chart)
{
	CLEANUP(arena) struct arena *scratch = arena_new();
	bool found = false;

	for (size_t i = 0; i < c->len && !found; i++)
		found = is_below(c->by_path[i]->path, chart) &&
			names_ours(scratch, c->by_path[i]->path);
	return found;
}

static bool has_chart(const struct folder *folder)
{
	char path[4096];
	int len = folder ? snprintf(path, sizeof path, "%s/Chart.yaml", folder->path) : 0;

	return len > 0 && (size_t)len < sizeof path && access(path, F_OK) == 0;
}

static bool is_library(const char *chart_yaml)
{
	CLEANUP(arena) struct arena *scratch = arena_new();
	struct doc_list docs;
	struct str text;
	struct err err;

	return file_read_regular(scratch, str_from(chart_yaml), LIMIT_FILE_BYTES, &text, &err) &&
	       doc_read_yaml(scratch, text, &docs, &err) && docs.len &&
	       str_is(obj_text(doc_root(docs.docs[0]), "type"), "library");
}

bool charts_stand_alone(const struct input_file *chart_yaml)
{
	const struct folder *own = chart_yaml->folder;

	if (!own || own->helm_templates ||
	    !str_is(files_name(str_from(chart_yaml->path)), "Chart.yaml"))
		return false;
	bool below = own->above && str_is(files_name(str_from(own->above->path)), "charts") &&
		     has_chart(own->above->above);
	return !below && !is_library(chart_yaml->path);
}

/* The name of its template: "chart/templates/x.yaml", where `chart` is the one in this folder. */
static struct str name_of(const struct catalog *c, struct arena *a, const char *chart,
			  struct str source)
{
	struct str below = str_slice(source, str_find_byte(source, '/') + 1, source.len);

	return catalog_name(c, a, files_join(a, str_from(chart), below).ptr);
}

static void add(struct doc_list *to, const struct doc_list *from, size_t *cap, struct arena *a)
{
	if (to->len + from->len > *cap) {
		*cap = (to->len + from->len) * 2;
		const struct doc **grown = ARENA_ARRAY(a, const struct doc *, *cap);

		if (to->len)
			memcpy(grown, to->docs, to->len * sizeof *grown);
		to->docs = grown;
	}
	if (from->len)
		memcpy(to->docs + to->len, from->docs, from->len * sizeof *to->docs);
	to->len += from->len;
}

bool charts_render(const struct catalog *c, struct arena *a, struct doc_budget *budget,
		   const struct helm_run *run, struct doc_list *out, struct err *err)
{
	const struct str mark = STR("---\n# Source: ");
	struct str text, rest;
	struct err broken;
	size_t cap = 0;

	*out = (struct doc_list){0};
	if (!helm_template(a, run, &text, err))
		return false;
	for (size_t at; (at = str_find(text, mark)) != STR_NONE; text = rest) {
		struct doc_list docs;
		struct str source;

		rest = str_slice(text, at + mark.len, text.len);
		if (!str_split(&rest, '\n', &source) || !rest.ptr)
			break;
		struct str document = str_slice(rest, 0, str_find(rest, mark));
		(void)!doc_read_yaml_within(a, document, budget, &docs, &broken);
		doc_set_printed(&docs, name_of(c, a, run->chart, str_trim(source)));
		add(out, &docs, &cap, a);
	}
	return true;
}
