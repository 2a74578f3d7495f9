#include "edit_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

static const char shared_text[] = "an anchor or an alias shares it";
static const char other_meaning[] = "the file would come to mean something else as well";
static const char overlaps[] = "another change is made at the same place";

struct change {
	struct splice splice;
	size_t group;
	size_t order; /* as listed */
};

struct changes {
	struct arena *arena;
	struct str bytes;
	const struct doc_list *docs;
	struct edit_group *groups;
	bool *shared; /* of each group: an anchor may carry it elsewhere */
	size_t groups_len;
	struct change *items; /* of all groups that were not refused at once, by place */
	size_t len;
};

static int by_place(const void *left, const void *right)
{
	const struct change *a = left, *b = right;
	size_t x[] = {a->splice.from, a->splice.to, a->order};
	size_t y[] = {b->splice.from, b->splice.to, b->order};

	for (size_t i = 0; i < ARRAY_LEN(x); i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	return 0;
}

static bool same_splice(const struct splice *a, const struct splice *b)
{
	return a->from == b->from && a->to == b->to && str_eq(a->text, b->text);
}

/* Two findings with one remedy make one change. */
static bool is_repeated(const struct changes *c, size_t index)
{
	const struct splice *s = &c->items[index].splice;

	for (size_t i = index;
	     i-- > 0 && c->items[i].splice.from == s->from && c->items[i].splice.to == s->to;)
		if (same_splice(&c->items[i].splice, s) && !c->groups[c->items[i].group].refused)
			return true;
	return false;
}

static void make_changes(struct changes *c)
{
	struct buf items = BUF_ARENA(c->arena);
	struct cursor cursor = {0};

	for (size_t g = 0; g < c->groups_len; g++) {
		struct edit_group *group = &c->groups[g];
		size_t before = items.len;

		for (const struct edit *e = group->edits; e && !group->refused; e = e->next) {
			struct change change = {.group = g,
						.order = items.len / sizeof(struct change)};

			group->refused = splice_make(c->arena, e, &cursor, &change.splice);
			c->shared[g] |= change.splice.shared;
			/* the documents' text is that of the file, without its mark */
			size_t mark = (size_t)(c->bytes.len - e->at.doc->text.len);
			change.splice.from += mark;
			change.splice.to += mark;
			buf_add(&items, &change, sizeof change);
		}
		if (group->refused)
			items.len = before;
	}
	c->items = (struct change *)(void *)items.ptr;
	c->len = items.len / sizeof(struct change);
	if (c->len)
		qsort(c->items, c->len, sizeof *c->items, by_place);
}

static void refuse_overlaps(struct changes *c)
{
	size_t end = 0;

	for (size_t i = 0; i < c->len; i++) {
		const struct splice *s = &c->items[i].splice;

		if (c->groups[c->items[i].group].refused || is_repeated(c, i))
			continue;
		if (s->from < end)
			c->groups[c->items[i].group].refused = overlaps;
		else
			end = s->to;
	}
}

static struct str write_text(const struct changes *c)
{
	struct buf out = BUF_ARENA(c->arena);
	size_t at = 0;

	for (size_t i = 0; i < c->len; i++) {
		const struct splice *s = &c->items[i].splice;

		if (c->groups[c->items[i].group].refused || is_repeated(c, i))
			continue;
		buf_str(&out, str_slice(c->bytes, at, s->from));
		buf_str(&out, s->text);
		at = s->to;
	}
	if (!at && !out.len)
		return c->bytes;
	buf_str(&out, str_slice(c->bytes, at, c->bytes.len));
	return buf_slice(&out);
}

/* The edits in force, each once, sorted. */
static const struct edit **edits_in_force(const struct changes *c, size_t *len)
{
	struct buf out = BUF_ARENA(c->arena);
	size_t kept = 0;

	for (size_t g = 0; g < c->groups_len; g++)
		for (const struct edit *e = c->groups[g].edits; e && !c->groups[g].refused;
		     e = e->next)
			buf_add(&out, &(const struct edit *){e}, sizeof e);
	const struct edit **edits = (const struct edit **)(void *)out.ptr;
	*len = out.len / sizeof *edits;
	if (*len)
		qsort(edits, *len, sizeof *edits, edit_order);
	for (size_t i = 0; i < *len; i++)
		if (!kept || edit_order(&edits[kept - 1], &edits[i]) != 0)
			edits[kept++] = edits[i];
	*len = kept;
	return edits;
}

static int by_address(const void *left, const void *right)
{
	const struct doc *a = *(const struct doc *const *)left;
	const struct doc *b = *(const struct doc *const *)right;

	return ((uintptr_t)a > (uintptr_t)b) - ((uintptr_t)a < (uintptr_t)b);
}

/* Of the documents that came out wrong first those changes that an anchor may carry elsewhere, then
 * all. */
static void refuse_in(struct changes *c, const struct doc **wrong, size_t len, bool all)
{
	qsort(wrong, len, sizeof *wrong, by_address);
	for (size_t g = 0; g < c->groups_len; g++) {
		const struct edit *e = c->groups[g].edits;
		const struct doc *of = e && e->inside.node ? e->inside.doc : e ? e->at.doc : NULL;

		if (c->groups[g].refused || !bsearch(&of, wrong, len, sizeof *wrong, by_address))
			continue;
		if (c->shared[g])
			c->groups[g].refused = shared_text;
		else if (all)
			c->groups[g].refused = other_meaning;
	}
}

/* Reads the new text; refuses what made a document something else. True when nothing did. */
static bool settle(struct changes *c, struct str text, bool all)
{
	struct doc_list new;
	struct buf wrong = BUF_ARENA(c->arena);
	struct err err;
	size_t len;
	const struct edit **edits = edits_in_force(c, &len);
	bool read = doc_read_yaml(c->arena, text, &new, &err) && new.len == c->docs->len;

	for (size_t i = 0; i < c->docs->len; i++)
		if (!read || edit_differs(c->arena, c->docs->docs[i], new.docs[i], edits, len))
			buf_add(&wrong, &c->docs->docs[i], sizeof *c->docs->docs);
	if (!wrong.len)
		return true;
	refuse_in(c, (const struct doc **)(void *)wrong.ptr, wrong.len / sizeof(struct doc *), all);
	return false;
}

struct str edit_apply(struct arena *a, struct str bytes, const struct doc_list *docs,
		      struct edit_group *groups, size_t len)
{
	struct changes c = {
		.arena = a,
		.bytes = bytes,
		.docs = docs,
		.groups = groups,
		.shared = ARENA_ARRAY(a, bool, len + 1),
		.groups_len = len,
	};

	make_changes(&c);
	refuse_overlaps(&c);
	for (int attempt = 0; attempt < 3; attempt++) {
		struct str text = write_text(&c);

		if (settle(&c, text, attempt > 0))
			return text;
	}
	for (size_t g = 0; g < len; g++)
		groups[g].refused = groups[g].refused ? groups[g].refused : other_meaning;
	return bytes;
}
