/* JSON patches (RFC 6902), as the library evanphx/json-patch v4 takes them, which kustomize uses.
 */
#include "render_internal.h"

#include "base/buf.h"

struct patching {
	struct render *render;
	struct obj operation;
	struct str word; /* what it does */
	struct err *err;
	/* Where the last value was appended: a patch may do so many times. */
	const struct cJSON *list;
	struct cJSON **end;
};

/* A place in the document: the container, and what of it. */
struct target {
	struct cJSON *in;
	struct str key;	 /* of a map, or as it is written */
	size_t level;	 /* of a value there: the containers that it is in */
	struct str path; /* as it is written */
};

static bool fail(struct patching *p, struct str path, const char *why)
{
	render_err(p->err, p->operation, "the operation %.*s on %.*s cannot be done: %s",
		   STR_ARG(p->word), STR_ARG(path), why);
	return false;
}

/* "~1" is '/', "~0" is '~'. */
static struct str decode(struct arena *a, struct str part)
{
	struct buf out = BUF_ARENA(a);

	if (str_find_byte(part, '~') == STR_NONE)
		return part;
	for (size_t i = 0; i < part.len; i++) {
		struct str rest = str_slice(part, i, part.len);
		bool slash = str_has_prefix(rest, STR("~1"));

		buf_byte(&out, slash ? '/' : part.ptr[i]);
		i += slash || str_has_prefix(rest, STR("~0"));
	}
	return buf_slice(&out);
}

/* The link to the member of a list that an index means, from the end when it is below zero; of
 * `len` members and, with `end`, the place behind the last. NULL when there is none. */
static struct cJSON **element(struct cJSON *list, struct str index, bool end)
{
	struct cJSON **link = &list->child;
	int64_t n, len = 0;

	if (str_has_prefix(index, STR("+")))
		index = str_slice(index, 1, index.len);
	if (!str_to_i64(index, &n))
		return NULL;
	for (const struct cJSON *m = list->child; m && (n < 0 || len <= n); m = m->next)
		len++;
	if (n < 0)
		n += len + end;
	if (n < 0 || n >= len + end)
		return NULL;
	while (n--)
		link = &(*link)->next;
	return link;
}

/* The link to what the target names; NULL, or a link to nothing, when it is not there. */
static struct cJSON **found(const struct target *t)
{
	if (!t->in)
		return NULL;
	return NODE_TYPE(t->in) == cJSON_Array ? element(t->in, t->key, false)
					       : render_link(t->in, t->key);
}

/* From the root to the container of what the path names. Whatever stands before the first slash
 * counts for nothing. */
static bool find(struct patching *p, const char *field, struct target *t)
{
	struct str rest, part;
	struct cJSON *at = render_own(p->render->doc->root);

	if (obj_str(p->operation, field, &t->path) != OBJ_SET) {
		render_err(p->err, p->operation, "the operation %.*s has no %s", STR_ARG(p->word),
			   field);
		return false;
	}
	rest = t->path;
	*t = (struct target){.path = t->path};
	(void)str_split(&rest, '/', &part);
	while (str_split(&rest, '/', &part)) {
		if (t->in) {
			struct cJSON **link = found(t);
			at = link ? *link : NULL;
		}
		if (!at || NODE_TYPE(at) < cJSON_Array)
			return fail(p, t->path, "the object has no list and no map there");
		*t = (struct target){at, decode(p->render->arena, part), t->level + 1, t->path};
	}
	if (!t->in)
		return fail(p, t->path, "it names the whole object");
	return true;
}

static bool insert(struct patching *p, const struct target *t, struct cJSON *node)
{
	struct cJSON **link;

	if (NODE_TYPE(t->in) == cJSON_Object) {
		render_member((struct obj){p->render->doc, t->in}, t->key, node);
		return true;
	}
	if (str_is(t->key, "-")) {
		link = p->list == t->in ? p->end : &t->in->child;
		while (*link)
			link = &(*link)->next;
		p->list = t->in;
		p->end = &node->next;
	} else {
		link = element(t->in, t->key, true);
		if (!link)
			return fail(p, t->path, "the list has no such place");
	}
	node->string = NULL;
	node->next = *link;
	*link = node;
	return true;
}

static bool take_out(struct patching *p, const struct target *t, struct cJSON **out)
{
	struct cJSON **link = found(t);

	if (!link || !*link)
		return fail(p, t->path, "there is nothing");
	*out = *link;
	*link = (*link)->next;
	struct obj by =
		obj_member(p->operation, str_is(p->word, "move") ? STR("from") : STR("path"));
	render_note_removal(p->render, t->in, NODE_TYPE(t->in) == cJSON_Object ? t->key : STR_EMPTY,
			    by);
	p->list = NULL; /* its end may be what was taken out */
	return true;
}

static struct cJSON *null_of(struct patching *p, size_t level)
{
	struct cJSON *null = render_node(p->render, p->operation, level, p->err);

	if (null)
		node_set_str((struct node *)(void *)null, STR("null"));
	if (null)
		null->type = cJSON_NULL;
	return null;
}

/* The value of the operation, where it will stand. Nothing is null. */
static struct cJSON *value_of(struct patching *p, size_t level)
{
	struct obj value = obj_member(p->operation, STR("value"));

	return value.node ? render_tree(p->render, value, false, level, p->err) : null_of(p, level);
}

static bool add(struct patching *p)
{
	struct target t;
	struct cJSON *node = find(p, "path", &t) ? value_of(p, t.level) : NULL;

	return node && insert(p, &t, node);
}

static bool take_away(struct patching *p)
{
	struct target t;
	struct cJSON *gone;

	return find(p, "path", &t) && take_out(p, &t, &gone);
}

static bool replace_root(struct patching *p)
{
	struct cJSON *node = value_of(p, 0);

	if (!node)
		return false;
	if (NODE_TYPE(node) != cJSON_Object)
		return fail(p, STR_EMPTY, "an object is a map");
	node->string = NULL;
	p->render->doc->root = node;
	p->list = NULL;
	return true;
}

static bool replace(struct patching *p)
{
	struct str path;
	struct target t;

	if (obj_str(p->operation, "path", &path) == OBJ_SET && !path.len)
		return replace_root(p);
	if (!find(p, "path", &t))
		return false;
	struct cJSON **link = found(&t), *node = value_of(p, t.level);
	if (!node)
		return false;
	if (!link)
		return fail(p, t.path, "the list has no such place");
	p->list = NULL;
	node->next = *link ? (*link)->next : NULL;
	node->string = NULL;
	if (NODE_TYPE(t.in) == cJSON_Object)
		node_set_key((struct node *)(void *)node, t.key);
	*link = node;
	return true;
}

/* Containers from this value down, itself counted. */
static size_t depth_of(const struct cJSON *node)
{
	size_t most = 0;

	if (NODE_TYPE(node) < cJSON_Array)
		return 0;
	for (const struct cJSON *m = node->child; m; m = m->next) {
		size_t depth = depth_of(m);

		most = depth > most ? depth : most;
	}
	return most + 1;
}

static bool move(struct patching *p)
{
	struct target from, to;
	struct cJSON *node = NULL;

	if (!find(p, "from", &from) || !take_out(p, &from, &node) || !find(p, "path", &to))
		return false;
	return to.level + depth_of(node) > LIMIT_DEPTH ? render_too_deep(p->err, p->operation)
						       : insert(p, &to, node);
}

static bool copy(struct patching *p)
{
	struct target from, to;

	if (!find(p, "from", &from) || !find(p, "path", &to))
		return false;
	struct cJSON **link = found(&from), *node;
	if (!link)
		return fail(p, from.path, "the list has no such place");
	/* A member that is not there is null. */
	node = *link ? render_tree(p->render, (struct obj){p->render->doc, *link}, false, to.level,
				   p->err)
		     : null_of(p, to.level);
	return node && insert(p, &to, node);
}

static bool test(struct patching *p)
{
	struct obj value = obj_member(p->operation, STR("value")), is = render_root(p->render);
	struct str path;
	struct target t;

	if (obj_str(p->operation, "path", &path) != OBJ_SET || path.len) {
		if (!find(p, "path", &t))
			return false;
		struct cJSON **link = found(&t);
		if (!link)
			return fail(p, t.path, "the list has no such place");
		is = (struct obj){p->render->doc, *link};
		path = t.path;
	}
	if (!is.node && obj_type(value) == OBJ_NULL_VALUE)
		return true;
	return obj_equal(is, value) || fail(p, path, "the object has another value");
}

static bool operate(struct patching *p)
{
	static const struct {
		const char *word;
		bool (*run)(struct patching *p);
	} kinds[] = {{"add", add},   {"remove", take_away}, {"replace", replace},
		     {"move", move}, {"copy", copy},	    {"test", test}};

	p->word = obj_text(p->operation, "op");
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_is(p->word, kinds[i].word))
			return kinds[i].run(p);
	return render_err(
		p->err, p->operation,
		"an operation of a JSON patch has 'op': add, remove, replace, move, copy or test");
}

bool render_json_patch(struct render *r, struct obj operations, struct err *err)
{
	struct patching p = {.render = r, .err = err};

	if (obj_type(operations) != OBJ_LIST)
		return render_err(err, operations, "a JSON patch is a list of operations");
	for (struct obj o = obj_first(operations); o.node; o = obj_next(o)) {
		p.operation = o;
		if (!operate(&p))
			return false;
	}
	return true;
}
