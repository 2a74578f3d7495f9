#include "doc/obj.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "tree_internal.h"

/* From here on a double no longer tells neighbouring integers apart. */
#define INT_BOUND 9007199254740992.0

static const struct obj none = {NULL, NULL};

struct obj doc_root(const struct doc *d)
{
	return (struct obj){d, d->root};
}

enum obj_type obj_type(struct obj o)
{
	if (!o.node)
		return OBJ_NONE;
	switch (NODE_TYPE(o.node)) {
	case cJSON_NULL:
		return OBJ_NULL_VALUE;
	case cJSON_False:
	case cJSON_True:
		return OBJ_BOOL;
	case cJSON_Number:
		return OBJ_NUMBER;
	case cJSON_String:
		return OBJ_STRING;
	case cJSON_Array:
		return OBJ_LIST;
	default:
		return OBJ_MAP;
	}
}

static const struct cJSON *find(const struct cJSON *map, struct str key)
{
	uint32_t hash = key_hash(key);

	if (!map || NODE_TYPE(map) != cJSON_Object)
		return NULL;
	for (const struct cJSON *m = map->child; m; m = m->next)
		if (node_has_key(m, key, hash))
			return m;
	return NULL;
}

struct obj obj_member(struct obj o, struct str key)
{
	return (struct obj){o.doc, find(o.node, key)};
}

struct obj obj_at(struct obj o, const char *path)
{
	while (*path && o.node) {
		const char *end = strchrnul(path, '.');

		o.node = find(o.node, (struct str){path, (size_t)(end - path)});
		path = *end ? end + 1 : end;
	}
	return o;
}

/* What stands at path, when it is of this type. */
static enum obj_is typed(struct obj o, const char *path, enum obj_type want, struct obj *found)
{
	*found = obj_at(o, path);
	enum obj_type is = obj_type(*found);

	if (is == want)
		return OBJ_SET;
	return is == OBJ_NONE ? OBJ_ABSENT : is == OBJ_NULL_VALUE ? OBJ_NULL : OBJ_WRONG_TYPE;
}

enum obj_is obj_str(struct obj o, const char *path, struct str *out)
{
	struct obj found;
	enum obj_is is = typed(o, path, OBJ_STRING, &found);

	if (is == OBJ_SET)
		*out = node_str(found.node);
	return is;
}

enum obj_is obj_int(struct obj o, const char *path, int64_t *out)
{
	struct obj found;
	enum obj_is is = typed(o, path, OBJ_NUMBER, &found);

	if (is != OBJ_SET)
		return is;
	double n = found.node->valuedouble;
	if (!(fabs(n) < INT_BOUND) || trunc(n) != n)
		return OBJ_WRONG_TYPE;
	*out = (int64_t)n;
	return OBJ_SET;
}

enum obj_is obj_bool(struct obj o, const char *path, bool *out)
{
	struct obj found;
	enum obj_is is = typed(o, path, OBJ_BOOL, &found);

	if (is == OBJ_SET)
		*out = NODE_TYPE(found.node) == cJSON_True;
	return is;
}

static enum obj_is container(struct obj o, const char *path, enum obj_type want, struct obj *out)
{
	struct obj found;
	enum obj_is is = typed(o, path, want, &found);

	if (is == OBJ_SET)
		*out = found;
	return is;
}

enum obj_is obj_list(struct obj o, const char *path, struct obj *out)
{
	return container(o, path, OBJ_LIST, out);
}

enum obj_is obj_map(struct obj o, const char *path, struct obj *out)
{
	return container(o, path, OBJ_MAP, out);
}

struct str obj_text(struct obj o, const char *path)
{
	struct str s = STR_EMPTY;

	(void)obj_str(o, path, &s);
	return s;
}

bool obj_true(struct obj o, const char *path, bool otherwise)
{
	(void)obj_bool(o, path, &otherwise);
	return otherwise;
}

struct obj obj_first(struct obj o)
{
	return o.node ? (struct obj){o.doc, o.node->child} : none;
}

struct obj obj_next(struct obj o)
{
	return (struct obj){o.doc, o.node->next};
}

struct str obj_key(struct obj o)
{
	return o.node && o.node->string ? node_key(o.node) : STR_EMPTY;
}

size_t obj_len(struct obj o)
{
	size_t len = 0;

	for (struct obj m = obj_first(o); m.node; m = obj_next(m))
		len++;
	return len;
}

static bool equal(const struct cJSON *a, const struct cJSON *b);

/* Two maps of `len` members each whose keys come in different orders. */
static bool equal_sorted(const struct cJSON *a, const struct cJSON *b, size_t len)
{
	const struct cJSON **left = members_sorted(a, len), **right = members_sorted(b, len);
	bool same = true;

	for (size_t i = 0; i < len && same; i++)
		same = same_keys(left[i], right[i]) && equal(left[i], right[i]);
	free(left);
	free(right);
	return same;
}

static bool equal_members(const struct cJSON *a, const struct cJSON *b)
{
	const struct cJSON *m = a->child, *n = b->child;
	bool in_step = true;
	size_t len = 0;

	for (; m && n; m = m->next, n = n->next, len++)
		if (m->string && !same_keys(m, n))
			in_step = false;
	if (m || n)
		return false;
	if (!in_step)
		return equal_sorted(a, b, len);
	for (m = a->child, n = b->child; m; m = m->next, n = n->next)
		if (!equal(m, n))
			return false;
	return true;
}

static bool equal(const struct cJSON *a, const struct cJSON *b)
{
	if (NODE_TYPE(a) != NODE_TYPE(b))
		return false;
	switch (NODE_TYPE(a)) {
	case cJSON_Number:
		return !(a->valuedouble < b->valuedouble) && !(a->valuedouble > b->valuedouble);
	case cJSON_String:
		return str_eq(node_str(a), node_str(b));
	case cJSON_Array:
	case cJSON_Object:
		return equal_members(a, b);
	default:
		return true;
	}
}

bool obj_equal(struct obj a, struct obj b)
{
	if (!a.node || !b.node)
		return a.node == b.node;
	return equal(a.node, b.node);
}

const struct doc *obj_source(struct obj o)
{
	if (!o.node)
		return NULL;
	return o.doc->rendered ? as_rendered(o.node)->source : o.doc;
}

struct obj obj_origin(struct obj o)
{
	if (!o.node || !o.doc->rendered)
		return o;
	struct obj origin = {as_rendered(o.node)->source, as_rendered(o.node)->origin};
	return origin.node && obj_equal(o, origin) ? origin : none;
}

struct obj obj_filled(struct obj o)
{
	return o.node && o.doc->rendered ? (struct obj){o.doc, as_rendered(o.node)->filled} : none;
}

struct obj obj_removed_by(struct obj from, struct str key)
{
	const struct removal *r = from.node ? from.doc->removals : NULL;

	while (r && (r->from != from.node || !str_eq(r->key, key)))
		r = r->next;
	return r ? (struct obj){r->by_doc, r->by} : none;
}

struct pos obj_pos(struct obj o)
{
	return o.node && o.doc->positions ? as_placed(o.node)->value : (struct pos){0};
}

struct pos obj_key_pos(struct obj o)
{
	return o.node && o.doc->positions ? as_placed(o.node)->key : (struct pos){0};
}

struct str obj_key_written(struct obj o)
{
	struct pos p = obj_key_pos(o);

	if (!p.line || p.line != p.end_line)
		return STR_EMPTY;
	struct str line = doc_line(obj_source(o), p.line);
	return str_slice(line, utf8_cut_chars(line, p.column - 1).len,
			 utf8_cut_chars(line, p.end_column - 1).len);
}

size_t tree_trail(const struct cJSON *root, const struct cJSON *node,
		  const struct cJSON *trail[LIMIT_DEPTH + 1])
{
	const struct cJSON *at = root;
	size_t depth = 0;

	for (;;) {
		trail[depth] = at;
		if (at == node)
			return depth + 1;
		if (at->child) {
			at = at->child;
			depth++;
			continue;
		}
		while (depth && !at->next)
			at = trail[--depth];
		if (!depth)
			return 0;
		at = at->next;
	}
}

static bool is_plain_name(struct str key)
{
	for (size_t i = 0; i < key.len; i++) {
		char c = key.ptr[i], letter = (char)(c | 0x20);

		if (c != '-' && c != '_' && !(c >= '0' && c <= '9') &&
		    !(letter >= 'a' && letter <= 'z'))
			return false;
	}
	return key.len != 0;
}

void obj_path(struct obj root, struct obj o, struct buf *out)
{
	const struct cJSON *trail[LIMIT_DEPTH + 1];
	size_t len = root.node && o.node ? tree_trail(root.node, o.node, trail) : 0;

	for (size_t i = 1; i < len; i++) {
		const struct cJSON *at = trail[i];

		if (!at->string) {
			size_t index = 0;

			for (const struct cJSON *m = trail[i - 1]->child; m != at; m = m->next)
				index++;
			buf_fmt(out, "[%zu]", index);
		} else if (is_plain_name(node_key(at))) {
			buf_fmt(out, "%s%.*s", i > 1 ? "." : "", STR_ARG(node_key(at)));
		} else {
			buf_fmt(out, "[%.*s]", STR_ARG(node_key(at)));
		}
	}
}

static void write(const struct cJSON *node, struct json *out)
{
	const char *brackets = NODE_TYPE(node) == cJSON_Array ? "[]" : "{}";

	switch (NODE_TYPE(node)) {
	case cJSON_NULL:
		json_null(out);
		return;
	case cJSON_False:
	case cJSON_True:
		json_bool(out, NODE_TYPE(node) == cJSON_True);
		return;
	case cJSON_Number:
		json_number(out, node->valuedouble);
		return;
	case cJSON_String:
		json_str(out, node_str(node));
		return;
	default:
		break;
	}
	json_open(out, brackets[0]);
	for (const struct cJSON *m = node->child; m; m = m->next) {
		if (m->string)
			json_name(out, node_key(m));
		write(m, out);
	}
	json_close(out, brackets[1]);
}

void obj_json(struct obj o, struct json *out)
{
	if (o.node)
		write(o.node, out);
	else
		json_null(out);
}
