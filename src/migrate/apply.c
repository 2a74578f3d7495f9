/* The new texts: what was planned, in the files. */
#include "internal.h"

#include "check/diff.h"

/* Makes the text of one file with all parts of it; false when one was refused. */
static bool apply_in(struct migrate *m, struct text *text)
{
	size_t len, count = 0;
	struct part *parts = migration_parts(m, &len);
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
		if (groups[i].refused && of[i]->lists) {
			of[i]->of->together = m->again = true;
			all = false;
		} else if (groups[i].refused) {
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

static bool same_documents(const struct doc_list *a, const struct doc_list *b, size_t len)
{
	if (a->len < len || b->len < len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!obj_equal(doc_root(a->docs[i]), doc_root(b->docs[i])))
			return false;
	return true;
}

static bool is_in(const struct migration *of, const struct store *s, const struct text *text)
{
	return s->text == text && !of->refused.len;
}

/* The documents behind the others are the stores, with the configurations as they were, and the
 * others are what they are without them. */
static bool are_meant(const struct migrate *m, const struct text *text, struct str whole)
{
	struct doc_list old, docs;
	struct err err;
	size_t at = text->docs.len;

	if (!doc_read_yaml(m->arena, text->new, &old, &err) ||
	    !doc_read_yaml(m->arena, whole, &docs, &err) || !same_documents(&old, &docs, at))
		return false;
	for (const struct migration *of = m->first; of; of = of->next)
		for (const struct store *s = of->stores; s; s = s->next) {
			if (!is_in(of, s, text))
				continue;
			if (at >= docs.len)
				return false;
			struct obj root = doc_root(docs.docs[at]);
			if (!str_eq(obj_text(root, "metadata.name"), s->name) ||
			    !store_takes(s->configuration, obj_at(root, "spec.configuration")))
				return false;
			at++;
		}
	return docs.len == at;
}

static const struct store *first_of(const struct migrate *m, const struct text *text)
{
	for (const struct migration *of = m->first; of; of = of->next)
		for (const struct store *s = of->stores; s; s = s->next)
			if (is_in(of, s, text))
				return s;
	return NULL;
}

/* Behind all that the file holds, in the order of its Clusters. False when they are refused. */
static bool add_stores(struct migrate *m, struct text *text)
{
	struct str old = text->new, end = STR("\n");
	const struct store *first = text->created ? first_of(m, text) : NULL;
	struct str like = first ? first->like->bytes : old;
	size_t line = str_find_byte(like, '\n');
	struct buf out = BUF_ARENA(m->arena);

	if (line != STR_NONE && line && like.ptr[line - 1] == '\r')
		end = STR("\r\n");
	buf_str(&out, old);
	if (old.len && !str_has_suffix(old, STR("\n")))
		buf_str(&out, end);
	for (const struct migration *of = m->first; of; of = of->next)
		for (const struct store *s = of->stores; s; s = s->next) {
			if (!is_in(of, s, text))
				continue;
			if (out.len || str_has_prefix(like, STR("---")))
				add_lines(STR("---\n"), end, &out);
			add_lines(s->document, end, &out);
		}
	if (are_meant(m, text, buf_slice(&out))) {
		text->new = buf_slice(&out);
		return true;
	}
	for (struct migration *of = m->first; of; of = of->next)
		for (const struct store *s = of->stores; s; s = s->next)
			if (s->text == text)
				migration_refuse(
					m, of,
					"with the ObjectStores behind them the documents of its file would not be what they were");
	return false;
}

/* False when one was refused. */
static bool add_all_stores(struct migrate *m)
{
	for (struct migration *of = m->first; of; of = of->next)
		for (const struct store *s = of->stores; s && !of->refused.len; s = s->next) {
			if (s->text->complete)
				continue;
			s->text->complete = true;
			if (!add_stores(m, s->text))
				return false;
		}
	return true;
}

/* False when one was refused: no line of a Secret may change. */
static bool are_shown(struct migrate *m)
{
	size_t len;
	struct part *parts = migration_parts(m, &len);
	const struct text *text = NULL;
	bool shown = true, all = true;

	for (size_t i = 0; i < len; i++) {
		if (parts[i].of->refused.len)
			continue;
		if (parts[i].text != text) {
			struct buf diff CLEANUP(buf) = {0};

			text = parts[i].text;
			shown = diff_manifest(&(struct diff_manifest){text->path, text->original,
								      text->new, text->created},
					      &diff);
		}
		if (shown)
			continue;
		migration_refuse(
			m, parts[i].of,
			"a line of a Secret would change in %.*s, which no diff may show: if the last line has no end, give it one",
			STR_ARG(text->path));
		all = false;
	}
	return all;
}

void apply_all(struct migrate *m)
{
	size_t len;
	struct part *parts = migration_parts(m, &len);
	bool all;

	do { /* as often as something is refused */
		all = true;
		for (size_t i = 0; i < len; i++) {
			parts[i].text->new = (struct str){0};
			parts[i].text->complete = false;
		}
		for (size_t i = 0; i < len; i++)
			if (!parts[i].of->refused.len && !parts[i].text->new.ptr)
				all = apply_in(m, parts[i].text) && all;
		all = all && add_all_stores(m) && are_shown(m);
	} while (!all && !m->again);
}
