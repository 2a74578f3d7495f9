/* YAML in a string of a file. */
#include "tree_internal.h"

#include "base/utf8.h"
#include "doc/obj.h"

/* Where the text of a string stands in its file. */
struct host {
	const struct doc *doc;
	struct pos pos;
	bool block;	 /* written as |: a line of the text is one of the file */
	uint32_t indent; /* of these lines */
};

/* The first line that holds something shows how far all are indented. */
static void find_block(struct host *h, struct str text)
{
	struct str head = doc_line(h->doc, h->pos.line), rest = text, own;
	uint32_t number = 0;

	head = str_slice(head, utf8_cut_chars(head, h->pos.column - 1).len, head.len);
	while (str_split(&rest, '\n', &own)) {
		number++;
		if (str_trim(own).len)
			break;
	}
	struct str there = doc_line(h->doc, h->pos.line + number);
	if (!str_contains(head, STR("|")) || !own.len || !str_has_suffix(there, own))
		return;
	h->block = true;
	h->indent = (uint32_t)(there.len - own.len);
}

static struct pos moved(const struct host *h, struct pos p)
{
	if (!p.line || !h->block)
		return p.line ? h->pos : p;
	return (struct pos){p.line + h->pos.line, p.column + h->indent, p.end_line + h->pos.line,
			    p.end_column + h->indent};
}

static void move_tree(const struct host *h, const struct cJSON *node)
{
	/* it was made a moment ago, and nobody else knows it */
	struct placed *p = (struct placed *)(uintptr_t)as_placed(node);

	p->key = moved(h, p->key);
	p->value = moved(h, p->value);
	for (const struct cJSON *m = node->child; m; m = m->next)
		move_tree(h, m); /* as deep as LIMIT_DEPTH at most */
}

static void move(const struct host *h, const struct doc *read)
{
	struct doc *d = (struct doc *)(uintptr_t)read;

	move_tree(h, d->root);
	d->name = h->doc->name;
	d->text = h->doc->text;
	d->starts = h->doc->starts;
	d->lines = h->doc->lines;
}

bool doc_read_embedded(struct arena *a, const struct obj *text, struct doc_budget *budget,
		       struct doc_list *out, struct err *err)
{
	struct host h = {.doc = obj_source(*text), .pos = obj_pos(*text)};
	struct str bytes = obj_text(*text, "");
	bool whole = doc_read_yaml_within(a, bytes, budget, out, err);

	if (!h.pos.line)
		return whole;
	find_block(&h, bytes);
	for (size_t i = 0; i < out->len; i++)
		move(&h, out->docs[i]);
	if (!whole && err->line) {
		struct pos p = moved(&h, (struct pos){err->line, err->column, 0, 0});

		err->line = p.line;
		err->column = p.column;
	}
	return whole;
}
