/* Text of a rendered document that is changed as the text of YAML that was written out and is read
 * again. Which text is written without quotes: as go.yaml.in/yaml/v2 does. */
#include "render_internal.h"

#include "base/buf.h"

static bool is_blank(struct str s, size_t at)
{
	return at >= s.len || s.ptr[at] == ' ' || s.ptr[at] == '\n' || s.ptr[at] == '\t';
}

/* Not what looks like a number or a boolean: who is asked has a '$'. */
static bool is_plain(struct str s)
{
	if (!s.len || is_blank(s, 0) || is_blank(s, s.len - 1) ||
	    strchr("#,[]{}&*!|>'\"%@`", s.ptr[0]))
		return false;
	if (strchr("?:-", s.ptr[0]) && is_blank(s, 1))
		return false;
	if (str_has_prefix(s, STR("---")) || str_has_prefix(s, STR("...")))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c < 0x20 || c == 0x7f || (c == ':' && is_blank(s, i + 1)) ||
		    (c == '#' && is_blank(s, i - 1)))
			return false;
	}
	return true;
}

/* All of it stands where this value stands. */
static void place_all(struct cJSON *node, struct obj writer)
{
	render_place(node, writer);
	for (struct cJSON *m = node->child; m; m = m->next)
		place_all(m, writer);
}

struct changing {
	struct render *render;
	render_text_fn *change;
	void *ctx;
	struct err *err;
};

/* It says the same in YAML without quotes. */
static bool is_name(struct str key)
{
	for (size_t i = 0; i < key.len; i++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", key.ptr[i]))
			return false;
	return key.len;
}

/* The text is read as the value of a key; *link is the node. */
static bool read_again(struct changing *c, struct cJSON **link, const struct render_changed *new,
		       size_t level)
{
	struct render *r = c->render;
	struct obj old = {r->doc, *link};
	struct doc_list docs;
	struct err err;
	struct str key = is_name(obj_key(old)) ? obj_key(old) : STR("value");
	struct str yaml = arena_fmt(r->arena, "%.*s: %.*s\n", STR_ARG(key), STR_ARG(new->text));

	if (!doc_read_yaml_within(r->arena, yaml, r->budget, &docs, &err) || docs.len != 1 ||
	    obj_len(doc_root(docs.docs[0])) != 1)
		return c->render->wrong = obj_source(old),
		       render_err(c->err, old,
				  "with its variables filled in this is no YAML any more: %s",
				  docs.errors_len ? err.msg : "it is not one value");
	struct cJSON *node =
		render_tree(r, obj_first(doc_root(docs.docs[0])), false, level, c->err);
	if (!node)
		return false;
	place_all(node, new->by.node ? new->by : old);
	if (new->by.node)
		render_filled((struct obj){r->doc, node}, old);
	node_set_key((struct node *)(void *)node, old.node->string ? node_key(*link) : STR_EMPTY);
	if (!old.node->string)
		node->string = NULL;
	node->next = (*link)->next;
	*link = node;
	return true;
}

/* An error gets the place of what is asked about. */
static bool ask(struct changing *c, struct obj at, struct str text, struct render_changed *out)
{
	if (c->change(c->ctx, text, out, c->err))
		return true;
	c->render->wrong = obj_source(at);
	struct pos pos = obj_pos(at);
	char message[sizeof c->err->msg];

	memcpy(message, c->err->msg, sizeof message);
	return err_at(c->err, c->err->code, pos.line, pos.column, "%s", message);
}

static bool change_value(struct changing *c, struct cJSON **link, size_t level)
{
	struct obj at = {c->render->doc, *link};
	struct str old = node_str(*link);
	struct render_changed new;

	if (!ask(c, at, old, &new))
		return false;
	if (str_eq(old, new.text))
		return true;
	if (!new.as_text && is_plain(old))
		return read_again(c, link, &new, level);
	render_text(c->render, at, new.text, new.by.node ? new.by : at);
	return true;
}

static bool change_key(struct changing *c, struct cJSON *member)
{
	struct str old = node_key(member);
	struct render_changed new;

	if (!ask(c, (struct obj){c->render->doc, member}, old, &new))
		return false;
	if (!str_eq(old, new.text))
		node_set_key((struct node *)(void *)member, arena_str(c->render->arena, new.text));
	return true;
}

/* `level`: containers above the value at *link. */
static bool change_all(struct changing *c, struct cJSON **link, size_t level)
{
	if ((*link)->string && !change_key(c, *link))
		return false;
	if (NODE_TYPE(*link) == cJSON_String)
		return change_value(c, link, level);
	for (struct cJSON **m = &(*link)->child; *m; m = &(*m)->next)
		if (!change_all(c, m, level + 1)) /* as deep as LIMIT_DEPTH at most */
			return false;
	return true;
}

bool render_texts(struct render *r, render_text_fn *change, void *ctx, struct err *err)
{
	struct changing c = {r, change, ctx, err};
	struct cJSON *root = render_own(r->doc->root);

	if (!root)
		return true;
	bool good = change_all(&c, &root, 0);
	r->doc->root = root;
	return good;
}
