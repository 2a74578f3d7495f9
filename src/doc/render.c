#include "render_internal.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

bool render_err(struct err *err, struct obj at, const char *fmt, ...)
{
	char message[sizeof err->msg];
	struct pos pos = obj_pos(at);
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof message, fmt, args);
	va_end(args);
	return err_at(err, E_VALUE, pos.line, pos.column, "%s", message);
}

void render_place(struct cJSON *node, struct obj writer)
{
	struct rendered *own = (struct rendered *)(void *)node;

	own->placed.key = obj_key_pos(writer);
	own->placed.value = obj_pos(writer);
	own->source = obj_source(writer);
	own->origin = NULL;
}

static bool refuse(struct err *err, struct obj writer, const char *what, unsigned most)
{
	render_err(err, writer, "the rendered object has more than %u %s", most, what);
	err->code = E_LIMIT;
	return false;
}

bool render_too_deep(struct err *err, struct obj writer)
{
	return refuse(err, writer, "levels", LIMIT_DEPTH);
}

static bool within(struct render *r, struct obj writer, size_t level, struct err *err)
{
	if (level > LIMIT_DEPTH)
		return render_too_deep(err, writer);
	if (r->nodes >= LIMIT_NODES)
		return refuse(err, writer, "nodes", LIMIT_NODES);
	if (!r->budget->nodes) {
		struct pos pos = obj_pos(writer);

		return err_at(err, E_LIMIT, pos.line, pos.column, TOO_MANY_IN_RUN, LIMIT_RUN_NODES);
	}
	return true;
}

struct cJSON *render_node(struct render *r, struct obj writer, size_t level, struct err *err)
{
	if (!within(r, writer, level, err))
		return NULL;
	struct rendered *own = ARENA_NEW(r->arena, struct rendered);
	r->budget->nodes--;
	r->nodes++;
	render_place(&own->placed.node.json, writer);
	return &own->placed.node.json;
}

/* The tree has what kubectl reads, the file what was written. */
struct str render_key(struct obj member)
{
	static const char *const words[] = {"y", "Y", "yes", "Yes", "YES", "on",  "On",	 "ON",
					    "n", "N", "no",  "No",  "NO",  "off", "Off", "OFF"};
	struct str key = node_key(member.node), line, part;
	struct pos pos = obj_key_pos(member);

	if (!pos.line || pos.line != pos.end_line || !(str_is(key, "true") || str_is(key, "false")))
		return key;
	line = utf8_cut_chars(doc_line(obj_source(member), pos.line), pos.end_column - 1);
	line = str_slice(line, utf8_cut_chars(line, pos.column - 1).len, line.len);
	while (str_split(&line, ' ', &part)) /* an anchor may stand in front */
		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			if (str_is(part, words[i]) && !line.ptr)
				return part;
	return key;
}

static void copy_value(struct cJSON *to, struct obj from, bool words)
{
	struct str word = node_word(from.node);
	int type = NODE_TYPE(from.node);

	if (words && word.len && type != cJSON_NULL) {
		node_set_str((struct node *)(void *)to, word);
		return;
	}
	to->valuedouble = from.node->valuedouble;
	if (type == cJSON_String || word.len)
		node_set_str((struct node *)(void *)to,
			     (struct str){from.node->valuestring, as_node(from.node)->len});
	to->type = type;
}

struct cJSON *render_bare(struct render *r, struct obj from, bool words, size_t level,
			  struct err *err)
{
	bool container = NODE_TYPE(from.node) >= cJSON_Array;
	struct cJSON *to = render_node(r, from, level + container, err);

	if (!to)
		return NULL;
	copy_value(to, from, words);
	((struct rendered *)(void *)to)->origin =
		from.doc->rendered ? as_rendered(from.node)->origin : from.node;
	if (from.node->string)
		node_set_key((struct node *)(void *)to,
			     words ? render_key(from) : node_key(from.node));
	r->doc->nul |= from.doc->nul;
	return to;
}

struct cJSON *render_tree(struct render *r, struct obj from, bool words, size_t level,
			  struct err *err)
{
	struct cJSON *to = render_bare(r, from, words, level, err);

	if (!to)
		return NULL;
	struct cJSON **link = &to->child;
	for (struct obj m = obj_first(from); m.node; m = obj_next(m)) {
		*link = render_tree(r, m, words, level + 1, err);
		if (!*link)
			return NULL;
		link = &(*link)->next;
	}
	return to;
}

bool render_copy(struct render *r, struct obj root, struct err *err)
{
	r->doc = ARENA_NEW(r->arena, struct doc);
	r->doc->positions = r->doc->rendered = true;
	r->nodes = 0;
	BUG_IF(!root.node);
	r->doc->root = render_tree(r, root, r->words, 0, err);
	return r->doc->root;
}

struct obj render_root(const struct render *r)
{
	return doc_root(r->doc);
}

size_t render_level(const struct render *r, const struct cJSON *node)
{
	const struct cJSON *trail[LIMIT_DEPTH + 1];
	size_t len = tree_trail(r->doc->root, node, trail);

	BUG_IF(!len);
	return len - 1;
}

struct cJSON **render_link(struct cJSON *map, struct str key)
{
	uint32_t hash = key_hash(key);
	struct cJSON **link = &map->child;

	while (*link && !node_has_key(*link, key, hash))
		link = &(*link)->next;
	return link;
}

void render_member(struct obj map, struct str key, struct cJSON *node)
{
	BUG_IF(obj_type(map) != OBJ_MAP);
	struct cJSON **link = render_link(render_own(map.node), key);

	node_set_key((struct node *)(void *)node, key);
	node->next = *link ? (*link)->next : NULL;
	*link = node;
}

bool render_put_text(struct render *r, struct obj map, struct str key, struct str text,
		     struct obj writer, struct err *err)
{
	struct cJSON *node = render_node(r, writer, 0, err); /* no container: as deep as any */

	if (!node)
		return false;
	node_set_str((struct node *)(void *)node, arena_str(r->arena, text));
	render_member(map, arena_str(r->arena, key), node);
	return true;
}

bool render_put(struct render *r, struct obj map, struct str key, struct obj value, struct err *err)
{
	struct cJSON *node = render_tree(r, value, false, render_level(r, map.node) + 1, err);

	if (node)
		render_member(map, arena_str(r->arena, key), node);
	return node;
}

bool render_append(struct render *r, struct obj list, struct obj value, struct err *err)
{
	BUG_IF(obj_type(list) != OBJ_LIST || list.doc != r->doc);
	struct cJSON **link = &render_own(list.node)->child;
	struct cJSON *node = render_tree(r, value, false, render_level(r, list.node) + 1, err);

	if (!node)
		return false;
	node->string = NULL;
	while (*link)
		link = &(*link)->next;
	*link = node;
	return true;
}

bool render_open(struct render *r, struct obj map, struct str key, struct obj writer,
		 struct obj *out, struct err *err)
{
	struct obj found = obj_member(map, key);

	if (obj_type(found) == OBJ_MAP) {
		*out = found;
		return true;
	}
	if (obj_type(found) > OBJ_NULL_VALUE)
		return render_err(err, writer, "'%.*s' is no map in the object that this changes",
				  STR_ARG(key));
	struct cJSON *node = render_node(r, writer, render_level(r, map.node) + 2, err);
	if (!node)
		return false;
	node->type = cJSON_Object;
	render_member(map, arena_str(r->arena, key), node);
	*out = (struct obj){r->doc, node};
	return true;
}

void render_remove(struct render *r, struct obj map, struct str key)
{
	BUG_IF(obj_type(map) != OBJ_MAP || map.doc != r->doc);
	struct cJSON **link = render_link(render_own(map.node), key);

	if (*link)
		*link = (*link)->next;
}

void render_note_removal(struct render *r, const struct cJSON *from, struct str key, struct obj by)
{
	struct removal *new = ARENA_NEW(r->arena, struct removal);

	*new = (struct removal){from, key, by.doc, by.node, r->doc->removals};
	r->doc->removals = new;
}

void render_text(struct render *r, struct obj at, struct str text, struct obj writer)
{
	BUG_IF(at.doc != r->doc);
	struct cJSON *node = render_own(at.node);
	struct rendered *old = NULL;

	if (at.node != writer.node) {
		old = ARENA_NEW(r->arena, struct rendered);
		*old = *as_rendered(node);
	}
	node->child = NULL;
	node_set_str((struct node *)(void *)node, arena_str(r->arena, text));
	render_place(node, writer);
	if (old)
		render_filled(at, (struct obj){r->doc, &old->placed.node.json});
}

void render_filled(struct obj at, struct obj old)
{
	((struct rendered *)(void *)render_own(at.node))->filled = old.node;
}

void render_move(struct render *r, struct obj at, struct obj writer)
{
	BUG_IF(at.doc != r->doc);
	render_place(render_own(at.node), writer);
}

static bool differs(struct obj o)
{
	bool found = node_word(o.node).len && NODE_TYPE(o.node) != cJSON_NULL;

	if (o.node->string && !found)
		found = !str_eq(node_key(o.node), render_key(o));
	for (struct obj m = obj_first(o); m.node && !found; m = obj_next(m))
		found = differs(m); /* as deep as LIMIT_DEPTH at most */
	return found;
}

bool render_differs(struct obj root)
{
	return root.node && differs(root);
}
