/* A strategic merge patch over an object without a schema, as kustomize's kyaml/yaml/merge2 walks
 * the two: what is said here about null and empty values was seen there. */
#include "render_internal.h"

#include "base/json.h"
#include "base/utf8.h"

#include <string.h>

#define DIRECTIVE STR("$patch")

enum directive { MERGE, REPLACE, DELETE };

static const char *const type_names[] = {"nothing", "null",   "a boolean", "a number",
					 "text",    "a list", "a map"};

/* What the map of a patch asks for. */
static bool directive_of(struct obj patch, enum directive *out, struct err *err)
{
	struct obj at = obj_member(patch, DIRECTIVE);
	struct str word = obj_text(at, "");

	*out = MERGE;
	if (!at.node || str_is(word, "merge"))
		return true;
	*out = str_is(word, "replace") ? REPLACE : DELETE;
	return *out == REPLACE || str_is(word, "delete") ||
	       render_err(err, at, "$patch is none of delete, replace and merge");
}

/* A null that was written as one stays where no patch says anything of it; `key:` goes. */
static bool goes(const struct cJSON *node)
{
	return NODE_TYPE(node) == cJSON_NULL && !node_word(node).len;
}

static void drop_empty(struct cJSON *map)
{
	struct cJSON **link = &map->child;

	while (*link) {
		if (goes(*link)) {
			*link = (*link)->next;
			continue;
		}
		if (NODE_TYPE(*link) == cJSON_Object)
			drop_empty(*link);
		link = &(*link)->next;
	}
}

static bool merge_members(struct render *r, struct cJSON *to, struct obj patch, size_t level,
			  struct err *err);

/* What a patch brings where there was nothing, in *out: a map without what it would delete; NULL
 * when it brings nothing. */
static bool bring(struct render *r, struct obj patch, size_t level, struct cJSON **out,
		  struct err *err)
{
	enum directive directive;

	*out = NULL;
	if (obj_type(patch) == OBJ_NULL_VALUE)
		return true;
	if (obj_type(patch) != OBJ_MAP) {
		*out = render_tree(r, patch, r->words, level, err);
		return *out;
	}
	if (!directive_of(patch, &directive, err))
		return false;
	if (directive == DELETE)
		return true;
	*out = render_bare(r, patch, r->words, level, err);
	return *out && merge_members(r, *out, patch, level + 1, err);
}

static bool same_shape(enum obj_type a, enum obj_type b)
{
	return a == b || (a < OBJ_LIST && b < OBJ_LIST);
}

/* In quotes, or a block of text. An anchor or a tag may stand in front. */
static bool is_quoted(struct obj at)
{
	const struct rendered *own = as_rendered(at.node);
	struct str line = doc_line(obj_source(at), obj_pos(at).line);
	size_t space;

	if (own->style != STYLE_WRITTEN || obj_type(at) != OBJ_STRING)
		return own->style == STYLE_QUOTED;
	line = str_slice(line, utf8_cut_chars(line, obj_pos(at).column - 1).len, line.len);
	while (line.len && (line.ptr[0] == '&' || line.ptr[0] == '!') &&
	       (space = str_find_byte(line, ' ')) != STR_NONE)
		line = str_trim(str_slice(line, space, line.len));
	return line.len && line.ptr[0] && strchr("'\"|>", line.ptr[0]);
}

/* A scalar that takes the place of another has its quotes: 5 over "3" is text. */
static void keep_style(struct render *r, struct cJSON *node, struct obj old)
{
	struct rendered *own = (struct rendered *)(void *)node;
	struct buf text CLEANUP(buf) = {0};
	struct json json = JSON(&text);

	own->style = is_quoted(old) ? STYLE_QUOTED : STYLE_PLAIN;
	if (own->style == STYLE_PLAIN || NODE_TYPE(node) == cJSON_String)
		return;
	obj_json((struct obj){r->doc, node}, &json);
	node_set_str((struct node *)(void *)node, arena_str(r->arena, buf_slice(&text)));
}

/* What a patch says of a member that it takes away: "key: null", or "$patch: delete" in a map. */
static struct obj remover(struct obj patch)
{
	struct obj directive = obj_member(patch, DIRECTIVE);

	return directive.node ? directive : patch;
}

/* What is at *link, when a patch says something of it; *link may be where a member would go. */
static bool merge_value(struct render *r, struct cJSON **link, struct obj patch, size_t level,
			struct err *err)
{
	enum obj_type type = obj_type((struct obj){r->doc, *link}), brought = obj_type(patch);
	struct cJSON *next = *link ? (*link)->next : NULL, *node;
	enum directive directive = REPLACE;

	if (type > OBJ_NULL_VALUE && brought != OBJ_NULL_VALUE && !same_shape(type, brought))
		return render_err(err, patch, "the patch has %s where the object has %s",
				  type_names[brought], type_names[type]);
	if (type == OBJ_MAP && brought == OBJ_MAP && !directive_of(patch, &directive, err))
		return false;
	if (directive == MERGE)
		return merge_members(r, *link, patch, level + 1, err);
	if (!bring(r, patch, level, &node, err))
		return false;
	if (node && type > OBJ_NULL_VALUE && type < OBJ_LIST)
		keep_style(r, node, (struct obj){r->doc, *link});
	*link = node ? node : next;
	if (node)
		node->next = next;
	return true;
}

/* `level`: the containers that the members are in. */
static bool merge_members(struct render *r, struct cJSON *to, struct obj patch, size_t level,
			  struct err *err)
{
	for (struct obj m = obj_first(patch); m.node; m = obj_next(m)) {
		struct str key = r->words ? render_key(m) : obj_key(m);
		struct cJSON **link = render_link(to, key), *old = *link;

		if (str_eq(key, DIRECTIVE))
			continue;
		if (!merge_value(r, link, m, level, err))
			return false;
		if (old && NODE_TYPE(old) != cJSON_NULL && *link == old->next)
			render_note_removal(r, to, key, remover(m));
	}
	return true;
}

static void put_back(struct obj map, struct str key, const struct cJSON *node)
{
	if (node)
		render_member(map, key, render_own(node));
}

bool render_merge(struct render *r, struct obj patch, unsigned may_change, struct err *err)
{
	struct cJSON *root = render_own(r->doc->root);
	struct obj object = render_root(r), metadata = obj_member(object, STR("metadata"));
	const struct cJSON *version = obj_member(object, STR("apiVersion")).node;
	const struct cJSON *kind = obj_member(object, STR("kind")).node;
	const struct cJSON *name = obj_member(metadata, STR("name")).node;
	const struct cJSON *namespace = obj_member(metadata, STR("namespace")).node;

	BUG_IF(obj_type(object) != OBJ_MAP);
	drop_empty(root);
	if (!merge_value(r, &root, patch, 0, err))
		return false;
	r->doc->root = root;
	if (!root)
		return true;
	object = render_root(r);
	if (!render_open(r, object, STR("metadata"), metadata.node ? metadata : patch, &metadata,
			 err))
		return false;
	if (!(may_change & RENDER_CHANGE_KIND)) {
		put_back(object, STR("apiVersion"), version);
		put_back(object, STR("kind"), kind);
	}
	if (!(may_change & RENDER_CHANGE_NAME))
		put_back(metadata, STR("name"), name);
	render_remove(r, metadata, STR("namespace"));
	put_back(metadata, STR("namespace"), namespace);
	return true;
}
