/* The new texts: what was planned, in the files. */
#include "internal.h"

#include <stdlib.h>

static struct part *parts_of(const struct migrate *m, size_t *len)
{
	*len = m->parts.len / sizeof(struct part);
	return (struct part *)(void *)m->parts.ptr;
}

/* Makes the text of one file with all parts of it; false when one was refused. */
static bool apply_in(struct migrate *m, struct text *text)
{
	size_t len, count = 0;
	struct part *parts = parts_of(m, &len);
	bool all = true;

	for (size_t i = 0; i < len; i++)
		count += parts[i].text == text;
	struct edit_group *groups = ARENA_ARRAY(m->arena, struct edit_group, count);
	struct part **of = ARENA_ARRAY(m->arena, struct part *, count);
	count = 0;
	for (size_t i = 0; i < len; i++)
		if (parts[i].text == text && !parts[i].of->refused.len) {
			groups[count] = parts[i].group;
			of[count++] = &parts[i];
		}
	text->new = edit_apply(m->arena, text->bytes, &text->docs, groups, count);
	for (size_t i = 0; i < count; i++)
		if (groups[i].refused) {
			migration_refuse(m, of[i]->of, "%.*s: %s", STR_ARG(text->path),
					 groups[i].refused);
			all = false;
		}
	return all;
}

/* As the lines of the file end. */
static void add_lines(struct str lines, struct str end, struct buf *out)
{
	struct str line;

	while (lines.len && str_split(&lines, '\n', &line)) {
		buf_str(out, line);
		buf_str(out, end);
	}
}

/* The documents behind the others are the stores, with the configurations as they were. */
static bool are_meant(const struct migrate *m, const struct migration *of, struct str text,
		      size_t before)
{
	struct doc_list docs;
	struct err err;

	if (!doc_read_yaml(m->arena, text, &docs, &err))
		return false;
	for (const struct store *s = of->stores; s; s = s->next, before++) {
		if (before >= docs.len)
			return false;
		struct obj root = doc_root(docs.docs[before]);
		if (!str_eq(obj_text(root, "metadata.name"), s->name) ||
		    !store_takes(s->configuration, obj_at(root, "spec.configuration")))
			return false;
	}
	return docs.len == before;
}

/* Behind all that the file holds. */
static void add_stores(struct migrate *m, struct migration *of, size_t *docs)
{
	struct str old = of->text->new, end = STR("\n");
	size_t line = str_find_byte(old, '\n');
	struct buf out = BUF_ARENA(m->arena);

	if (line != STR_NONE && line && old.ptr[line - 1] == '\r')
		end = STR("\r\n");
	buf_str(&out, old);
	if (!str_has_suffix(old, STR("\n")))
		buf_str(&out, end);
	for (const struct store *s = of->stores; s; s = s->next) {
		add_lines(STR("---\n"), end, &out);
		add_lines(s->document, end, &out);
	}
	if (!are_meant(m, of, buf_slice(&out), *docs)) {
		migration_refuse(
			m, of,
			"its configuration, moved into a document of its own, would not be what it was");
		return;
	}
	of->text->new = buf_slice(&out);
	for (const struct store *s = of->stores; s; s = s->next)
		++*docs;
}

/* In each file the stores stand in the order of its Clusters. False when one was refused. */
static bool add_all_stores(struct migrate *m)
{
	const struct text *text = NULL;
	size_t docs = 0;

	for (struct migration *of = m->first; of; of = of->next) {
		if (of->refused.len)
			continue;
		if (of->text != text)
			docs = of->text->docs.len;
		text = of->text;
		add_stores(m, of, &docs);
		if (of->refused.len)
			return false;
	}
	return true;
}

void apply_all(struct migrate *m)
{
	size_t len;
	struct part *parts = parts_of(m, &len);
	bool all;

	do { /* as often as something is refused */
		all = true;
		for (size_t i = 0; i < len; i++)
			parts[i].text->new = (struct str){0};
		for (size_t i = 0; i < len; i++)
			if (!parts[i].of->refused.len && !parts[i].text->new.ptr)
				all = apply_in(m, parts[i].text) && all;
		all = all && add_all_stores(m);
	} while (!all);
}
