#include "doc/copy.h"

#include "tree_internal.h"

/* Texts are short and need no alignment: they share blocks. */
enum { BLOCK = 256 };

static struct str text_of(struct copy *c, struct str text)
{
	if (text.len > c->left) {
		c->left = text.len > BLOCK ? text.len : BLOCK;
		c->room = arena_alloc_raw(c->arena, c->left);
	}
	struct str own = {c->room, text.len};
	if (text.len)
		memcpy(c->room, text.ptr, text.len);
	c->room += text.len;
	c->left -= text.len;
	return own;
}

static void set_text(struct copy *c, struct node *n, struct str text)
{
	node_set_str(n, text_of(c, text));
	if (text.len && memchr(text.ptr, '\0', text.len))
		c->doc->nul = true;
}

/* A node that is the next one at *link, which moves on. */
static struct node *add(struct copy *c, struct cJSON ***link)
{
	struct node *n = ARENA_NEW(c->arena, struct node);

	**link = &n->json;
	*link = &n->json.next;
	return n;
}

static void fill(struct copy *c, struct node *n, const struct cJSON *from)
{
	struct cJSON **link = &n->json.child;

	if (NODE_TYPE(from) == cJSON_String) {
		set_text(c, n, node_str(from));
		return;
	}
	n->json.type = NODE_TYPE(from);
	n->json.valuedouble = from->valuedouble;
	for (const struct cJSON *e = from->child; e; e = e->next) {
		struct node *own = add(c, &link);

		if (n->json.type == cJSON_Object)
			node_set_key(own, text_of(c, node_key(e)));
		fill(c, own, e); /* as deep as LIMIT_DEPTH at most */
	}
}

const struct doc *copy_begin(struct copy *c, struct arena *a)
{
	struct node *root = ARENA_NEW(a, struct node);

	*c = (struct copy){.arena = a, .doc = ARENA_NEW(a, struct doc), .depth = 1};
	root->json.type = cJSON_Object;
	c->doc->root = &root->json;
	c->link[0] = &root->json.child;
	return c->doc;
}

static struct node *add_member(struct copy *c, struct str key)
{
	BUG_IF(!c->depth);
	struct node *n = add(c, &c->link[c->depth - 1]);

	node_set_key(n, text_of(c, key));
	return n;
}

void copy_member(struct copy *c, struct obj member)
{
	fill(c, add_member(c, obj_key(member)), member.node);
}

void copy_text(struct copy *c, const char *key, struct str text)
{
	set_text(c, add_member(c, str_from(key)), text);
}

void copy_open(struct copy *c, const char *key)
{
	struct node *n = add_member(c, str_from(key));

	BUG_IF(c->depth == COPY_DEPTH);
	n->json.type = cJSON_Object;
	c->link[c->depth++] = &n->json.child;
}

void copy_close(struct copy *c)
{
	BUG_IF(c->depth < 2);
	c->depth--;
}
