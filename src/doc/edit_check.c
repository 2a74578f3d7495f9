/* Whether a document that was written and read again is what was meant. */
#include "edit_internal.h"

struct check {
	struct arena *arena;
	const struct edit *const *edits; /* sorted by node */
	size_t len;
};

int edit_order(const void *left, const void *right)
{
	const struct edit *a = *(const struct edit *const *)left;
	const struct edit *b = *(const struct edit *const *)right;
	uintptr_t x = (uintptr_t)a->at.node, y = (uintptr_t)b->at.node;

	if (x != y)
		return x < y ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	int by = str_cmp(a->key, b->key);
	return by ? by : str_cmp(a->text, b->text);
}

/* The first edit of this node. */
static size_t find_first(const struct check *k, const struct cJSON *node)
{
	size_t low = 0, high = k->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if ((uintptr_t)k->edits[middle]->at.node < (uintptr_t)node)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct edit *find(const struct check *k, const struct cJSON *node, enum edit_kind kind)
{
	for (size_t i = find_first(k, node); i < k->len && k->edits[i]->at.node == node; i++)
		if (k->edits[i]->kind == kind)
			return k->edits[i];
	return NULL;
}

static bool is_text(const struct cJSON *node, struct str text)
{
	return NODE_TYPE(node) == cJSON_String && str_eq(node_str(node), text);
}

static bool is_inserted(const struct cJSON *node, const struct edit *e)
{
	struct str rest = e->key, outer;

	str_split(&rest, '.', &outer);
	if (!str_eq(outer, node_key(node)))
		return false;
	if (!rest.ptr)
		return is_text(node, e->text);
	const struct cJSON *inner = node->child;
	return NODE_TYPE(node) == cJSON_Object && inner && !inner->next &&
	       str_eq(rest, node_key(inner)) && is_text(inner, e->text);
}

static bool same(const struct check *k, const struct cJSON *old, const struct cJSON *new);

/* The members of the block begin at *at; moves *at past them. */
static bool take_block(const struct edit *e, const struct cJSON **at)
{
	const struct check untouched = {0};

	for (const struct cJSON *m = e->block.node->child; m; m = m->next, *at = (*at)->next)
		if (!*at || !(*at)->string || !same_keys(m, *at) || !same(&untouched, m, *at))
			return false;
	return true;
}

static bool is_item(const struct cJSON *node, const struct edit *e)
{
	return e->block.node ? same(&(struct check){0}, e->block.node, node)
			     : is_text(node, e->text);
}

/* What was put behind `m` by edits of this kind begins at *at, in any order; moves *at past it. */
static bool take_inserted(const struct check *k, enum edit_kind kind, const struct cJSON *m,
			  const struct cJSON **at)
{
	bool (*is)(const struct cJSON *, const struct edit *) =
		kind == EDIT_INSERT ? is_inserted : is_item;
	size_t first = find_first(k, m), count = 0;

	while (first < k->len && k->edits[first]->at.node == m && k->edits[first]->kind != kind)
		first++;
	while (first + count < k->len && k->edits[first + count]->at.node == m &&
	       k->edits[first + count]->kind == kind)
		count++;
	for (size_t i = 0; i < count; i++, *at = (*at)->next) {
		bool known = false;

		for (size_t j = 0; *at && j < count; j++)
			known |= is(*at, k->edits[first + j]);
		if (!known)
			return false;
	}
	return true;
}

static bool same_key(const struct check *k, const struct cJSON *old, const struct cJSON *new)
{
	const struct edit *e = find(k, old, EDIT_KEY);

	if (!old->string || !new->string)
		return old->string == new->string;
	return e ? str_eq(e->text, node_key(new)) : same_keys(old, new);
}

/* The edits are in a string: what is read of that is what was, with them. */
static bool same_inside(const struct check *k, const struct edit *e, const struct cJSON *new)
{
	struct doc_list docs;
	struct err err;

	if (!doc_read_yaml(k->arena, node_str(new), &docs, &err) || docs.len != e->embedded->len)
		return false;
	for (size_t i = 0; i < docs.len; i++)
		if (!same(k, e->embedded->docs[i]->root, docs.docs[i]->root))
			return false;
	return true;
}

static const struct edit *find_inside(const struct check *k, const struct cJSON *node)
{
	for (size_t i = 0; i < k->len; i++)
		if (k->edits[i]->inside.node == node)
			return k->edits[i];
	return NULL;
}

static bool same_string(const struct check *k, const struct cJSON *old, const struct cJSON *new)
{
	const struct edit *inside = find_inside(k, old);

	return inside ? same_inside(k, inside, new) : str_eq(node_str(old), node_str(new));
}

static bool same(const struct check *k, const struct cJSON *old, const struct cJSON *new)
{
	const struct edit *e = find(k, old, EDIT_TEXT);

	if (e)
		return is_text(new, e->text);
	if (NODE_TYPE(old) != NODE_TYPE(new))
		return false;
	if (NODE_TYPE(old) == cJSON_String)
		return same_string(k, old, new);
	if (NODE_TYPE(old) == cJSON_Number)
		return old->valuedouble == new->valuedouble;
	const struct cJSON *n = new->child;
	for (const struct cJSON *m = old->child; m; m = m->next) {
		const struct edit *block = find(k, m, EDIT_REPLACE);

		if (!block && !find(k, m, EDIT_REMOVE)) {
			if (!n || !same_key(k, m, n) || !same(k, m, n))
				return false;
			n = n->next;
		}
		block = block ? block : find(k, m, EDIT_BEHIND);
		if (!take_inserted(k, EDIT_INSERT, m, &n) || !take_inserted(k, EDIT_ITEM, m, &n) ||
		    (block && !take_block(block, &n)))
			return false;
	}
	return !n;
}

bool edit_differs(struct arena *a, const struct doc *old, const struct doc *new,
		  const struct edit *const *edits, size_t len)
{
	struct check k = {a, edits, len};

	return !same(&k, old->root, new->root);
}
