/* libyaml's events to a tree of struct node, as yaml.v2 and sigs.k8s.io/yaml would read them. */
#include "yaml_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "scalar_internal.h"

#define MERGED (1 << 17)  /* a member that came by a merge key */
#define DROPPED (1 << 18) /* a member that another one replaces */

static inline void cleanup_event(yaml_event_t *event)
{
	yaml_event_delete(event);
}

static bool next_event(struct loader *l, yaml_event_t *event)
{
	if (!yaml_parser_parse(&l->parser, event))
		return yaml_syntax_err(l);
	return true;
}

static struct pos place(yaml_mark_t from, yaml_mark_t to)
{
	return (struct pos){(uint32_t)from.line + 1, (uint32_t)from.column + 1,
			    (uint32_t)to.line + 1, (uint32_t)to.column + 1};
}

static yaml_mark_t mark_of(struct pos p)
{
	return (yaml_mark_t){.line = p.line - 1, .column = p.column - 1};
}

static bool within(struct loader *l, yaml_mark_t at, size_t depth)
{
	if (l->nodes > LIMIT_NODES)
		return yaml_err(l, E_LIMIT, at,
				"the document has more than %u nodes, expanded aliases included",
				LIMIT_NODES);
	if (l->nodes > l->budget->nodes)
		return yaml_err(l, E_LIMIT, at, TOO_MANY_IN_RUN, LIMIT_RUN_NODES);
	if (l->copies > l->budget->copies)
		return yaml_err(l, E_LIMIT, at, "aliases repeat more than %u nodes",
				LIMIT_RUN_COPIES);
	return depth <= LIMIT_DEPTH ||
	       yaml_err(l, E_LIMIT, at, "nested deeper than %d levels", LIMIT_DEPTH);
}

static struct placed *new_node(struct loader *l, yaml_mark_t at, size_t depth)
{
	l->nodes++;
	return within(l, at, depth) ? ARENA_NEW(l->arena, struct placed) : NULL;
}

static struct anchor *open_anchor(struct loader *l, const yaml_char_t *name,
				  const struct placed *node)
{
	return anchors_open(&l->anchors, l->arena, (const char *)name, node);
}

static struct placed *copy_node(struct loader *l, const struct placed *from, yaml_mark_t at,
				size_t depth)
{
	bool container = NODE_TYPE(&from->node.json) >= cJSON_Array;
	struct cJSON **link;

	l->copies++;
	struct placed *n = new_node(l, at, depth + container);
	if (!n)
		return NULL;
	*n = *from;
	n->node.json.next = NULL;
	link = &n->node.json.child;
	for (const struct cJSON *m = from->node.json.child; m; m = m->next) {
		struct placed *child = copy_node(l, as_placed(m), at, depth + 1);

		if (!child)
			return NULL;
		*link = &child->node.json;
		link = &child->node.json.next;
	}
	return n;
}

static struct placed *read_alias(struct loader *l, const yaml_event_t *event, size_t depth)
{
	const char *name = (const char *)event->data.alias.anchor;
	const struct anchor *a = anchors_find(&l->anchors, name);
	char excerpt[EXCERPT];

	if (!a)
		yaml_err(l, E_SYNTAX, event->start_mark,
			 "'*%s' refers to an anchor that does not exist; text must be quoted",
			 text_excerpt(str_from(name), excerpt));
	else if (a->open)
		yaml_err(l, E_SYNTAX, event->start_mark, "the anchor '&%s' contains itself",
			 text_excerpt(str_from(name), excerpt));
	if (!a || a->open)
		return NULL;
	struct placed *n = copy_node(l, a->node, event->start_mark, depth);
	if (!n)
		return NULL;
	n->node.json.string = NULL;
	n->key = (struct pos){0};
	l->end = event->end_mark;
	return n;
}

static struct scalar scalar_of(struct loader *l, const yaml_event_t *event)
{
	struct str text = {(const char *)event->data.scalar.value, event->data.scalar.length};

	if (memchr(text.ptr, '\0', text.len))
		l->doc->nul = true;
	return (struct scalar){text, (const char *)event->data.scalar.tag,
			       event->data.scalar.plain_implicit};
}

/* Where a scalar ends. A block ends for libyaml where the next token starts: take its last line
 * with text. */
static yaml_mark_t scalar_end(const struct loader *l, const yaml_event_t *event)
{
	yaml_mark_t end = event->end_mark;
	yaml_scalar_style_t style = event->data.scalar.style;

	if (style != YAML_LITERAL_SCALAR_STYLE && style != YAML_FOLDED_SCALAR_STYLE)
		return end;
	while (end.line > event->start_mark.line) {
		struct str line = doc_line(l->doc, (uint32_t)end.line + 1);

		if (end.column && str_trim(line).len) {
			end.column = utf8_count(line);
			return end;
		}
		end.line--;
		end.column = 1;
	}
	end.column = utf8_count(doc_line(l->doc, (uint32_t)end.line + 1));
	return end;
}

static struct placed *read_scalar(struct loader *l, const yaml_event_t *event, size_t depth)
{
	struct scalar s = scalar_of(l, event);
	struct placed *n = new_node(l, event->start_mark, depth);
	const char *problem;

	if (!n)
		return NULL;
	if (!scalar_value(l->arena, &s, &n->node, &problem)) {
		yaml_err(l, E_SYNTAX, event->start_mark, "%s", problem);
		return NULL;
	}
	l->end = scalar_end(l, event);
	n->value = place(event->start_mark, l->end);
	anchor_close(open_anchor(l, event->data.scalar.anchor, n));
	return n;
}

static struct placed *read_node(struct loader *l, const yaml_event_t *event, size_t depth);

static struct placed *read_next(struct loader *l, size_t depth)
{
	yaml_event_t event CLEANUP(event) = {0};

	return next_event(l, &event) ? read_node(l, &event, depth) : NULL;
}

static struct placed *read_list(struct loader *l, const yaml_event_t *start, size_t depth)
{
	struct placed *list = new_node(l, start->start_mark, depth + 1);

	if (!list)
		return NULL;
	list->node.json.type = cJSON_Array;
	struct anchor *anchor = open_anchor(l, start->data.sequence_start.anchor, list);
	struct cJSON **link = &list->node.json.child;
	l->end = start->end_mark;
	for (;;) {
		yaml_event_t event CLEANUP(event) = {0};

		if (!next_event(l, &event))
			return NULL;
		if (event.type == YAML_SEQUENCE_END_EVENT) {
			if (start->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE)
				l->end = event.end_mark;
			break;
		}
		struct placed *item = read_node(l, &event, depth + 1);
		if (!item)
			return NULL;
		*link = &item->node.json;
		link = &item->node.json.next;
	}
	list->value = place(start->start_mark, l->end);
	anchor_close(anchor);
	return list;
}

/* The key of a member; it may be an alias of a string. */
static bool read_key(struct loader *l, const yaml_event_t *event, struct str *key,
		     struct pos *where)
{
	const char *problem = "a key must be text, not a list or a map";
	bool good = false;

	*where = place(event->start_mark, event->end_mark);
	if (event->type == YAML_SCALAR_EVENT) {
		struct scalar s = scalar_of(l, event);
		struct placed *n;

		good = scalar_key(l->arena, &s, key, &problem);
		if (good && event->data.scalar.anchor) {
			n = new_node(l, event->start_mark, 0);
			if (!n)
				return false;
			node_set_str(&n->node, *key);
			n->value = *where;
			anchor_close(open_anchor(l, event->data.scalar.anchor, n));
		}
	} else if (event->type == YAML_ALIAS_EVENT) {
		struct placed *n = read_alias(l, event, 0);

		if (!n)
			return false;
		problem = "an alias that stands for a key must be of a text";
		good = NODE_TYPE(&n->node.json) == cJSON_String &&
		       scalar_key(l->arena, &(struct scalar){.text = node_str(&n->node.json)}, key,
				  &problem);
	}
	if (!good &&
	    (event->type != YAML_MAPPING_START_EVENT || !yaml_template_err(l, event->start_mark)))
		yaml_err(l, E_SYNTAX, event->start_mark, "%s", problem);
	return good;
}

static bool is_merge_key(const yaml_event_t *event)
{
	const char *tag = (const char *)event->data.scalar.tag;

	return event->type == YAML_SCALAR_EVENT && event->data.scalar.length == 2 &&
	       memcmp(event->data.scalar.value, "<<", 2) == 0 &&
	       (event->data.scalar.plain_implicit ||
		(tag && strcmp(tag, "tag:yaml.org,2002:merge") == 0));
}

/* Copies the members of `from` behind *link. */
static bool merge_map(struct loader *l, const struct cJSON *from, yaml_mark_t at, size_t depth,
		      struct cJSON ***link)
{
	for (const struct cJSON *m = from->child; m; m = m->next) {
		struct placed *n = copy_node(l, as_placed(m), at, depth);

		if (!n)
			return false;
		n->node.json.type |= MERGED;
		**link = &n->node.json;
		*link = &n->node.json.next;
	}
	return true;
}

/* The value of a merge key: a map, or a list of maps of which the first wins. */
static bool read_merge(struct loader *l, yaml_mark_t at, size_t depth, struct cJSON ***link)
{
	struct placed *value = read_next(l, depth);
	struct buf maps = BUF_ARENA(l->arena);

	if (!value)
		return false;
	if (NODE_TYPE(&value->node.json) == cJSON_Object)
		return merge_map(l, &value->node.json, at, depth, link);
	bool good = NODE_TYPE(&value->node.json) == cJSON_Array;
	for (const struct cJSON *m = value->node.json.child; good && m; m = m->next) {
		good = NODE_TYPE(m) == cJSON_Object;
		buf_add(&maps, &m, sizeof m);
	}
	if (!good)
		return yaml_err(l, E_SYNTAX, at, "'<<' takes a map or a list of maps");
	const struct cJSON *const *sources = (const void *)maps.ptr;
	for (size_t i = maps.len / sizeof *sources; i > 0; i--)
		if (!merge_map(l, sources[i - 1], at, depth, link))
			return false;
	return true;
}

static bool duplicate_err(struct loader *l, const struct cJSON *twice)
{
	char excerpt[EXCERPT];

	return yaml_err(l, E_SYNTAX, mark_of(as_placed(twice)->key),
			"key '%s' stands twice in the same map",
			text_excerpt(node_key(twice), excerpt));
}

struct entry {
	struct cJSON *member;
	size_t index;
};

static int by_key_and_index(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;
	int order = members_order(left->member, right->member);

	return order ? order : left->index < right->index ? -1 : 1;
}

/* yaml.v2 takes merge keys in the order of the text: of two members with the same key the later one
 * stays. Two that were both written out are an error here, too. */
static bool settle_merges(struct loader *l, struct placed *map)
{
	struct buf entries = BUF_ARENA(l->arena);
	struct cJSON **link = &map->node.json.child;
	size_t len = 0;

	for (struct cJSON *m = map->node.json.child; m; m = m->next, len++)
		buf_add(&entries, &(struct entry){m, len}, sizeof(struct entry));
	struct entry *e = (void *)entries.ptr;
	if (!len)
		return true;
	qsort(e, len, sizeof *e, by_key_and_index);
	for (size_t i = 1, written = 0; i < len; i++) {
		if (!same_keys(e[i - 1].member, e[i].member)) {
			written = 0;
			continue;
		}
		written += !(e[i - 1].member->type & MERGED);
		if (written && !(e[i].member->type & MERGED))
			return duplicate_err(l, e[i].member);
		e[i - 1].member->type |= DROPPED;
	}
	for (struct cJSON *m = map->node.json.child; m; m = m->next) {
		if (m->type & DROPPED)
			continue;
		m->type &= ~MERGED;
		*link = m;
		link = &m->next;
	}
	*link = NULL;
	return true;
}

static bool read_members(struct loader *l, const yaml_event_t *start, struct placed *map,
			 size_t depth)
{
	struct cJSON **link = &map->node.json.child;
	bool merges = false;

	for (;;) {
		yaml_event_t event CLEANUP(event) = {0};
		struct pos where;
		struct str key;

		if (!next_event(l, &event))
			return false;
		if (event.type == YAML_MAPPING_END_EVENT) {
			if (start->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE)
				l->end = event.end_mark;
			break;
		}
		if (is_merge_key(&event)) {
			merges = true;
			if (!read_merge(l, event.start_mark, depth, &link))
				return false;
			continue;
		}
		struct placed *value =
			read_key(l, &event, &key, &where) ? read_next(l, depth) : NULL;
		if (!value)
			return false;
		node_set_key(&value->node, key);
		value->key = where;
		*link = &value->node.json;
		link = &value->node.json.next;
	}
	if (merges)
		return settle_merges(l, map);
	const struct cJSON *twice = members_duplicate(&map->node.json);
	return !twice || duplicate_err(l, twice);
}

static struct placed *read_map(struct loader *l, const yaml_event_t *start, size_t depth)
{
	struct placed *map = new_node(l, start->start_mark, depth + 1);

	if (!map)
		return NULL;
	map->node.json.type = cJSON_Object;
	struct anchor *anchor = open_anchor(l, start->data.mapping_start.anchor, map);
	l->end = start->end_mark;
	if (!read_members(l, start, map, depth + 1))
		return NULL;
	map->value = place(start->start_mark, l->end);
	anchor_close(anchor);
	return map;
}

/* The node that begins with this event, under `depth` containers; NULL after an error. */
static struct placed *read_node(struct loader *l, const yaml_event_t *event, size_t depth)
{
	switch (event->type) {
	case YAML_ALIAS_EVENT:
		return read_alias(l, event, depth);
	case YAML_SCALAR_EVENT:
		return read_scalar(l, event, depth);
	case YAML_SEQUENCE_START_EVENT:
		return read_list(l, event, depth);
	default:
		return read_map(l, event, depth);
	}
}

/* Content, and the event that ends the document. */
static bool read_content(struct loader *l)
{
	yaml_event_t event CLEANUP(event) = {0};
	struct placed *root = read_next(l, 0);

	if (!root || !next_event(l, &event))
		return false;
	l->closed = !event.data.document_end.implicit;
	l->doc->root = &root->node.json;
	return true;
}

/* What it took is given back when it is refused. */
static bool read_document(struct loader *l, const struct doc *file)
{
	struct arena_mark mark = arena_mark(l->arena);

	l->doc = ARENA_NEW(l->arena, struct doc);
	*l->doc = *file;
	l->nodes = l->copies = 0;
	bool good = read_content(l);
	anchors_release(&l->anchors);
	if (good) {
		l->budget->nodes -= l->nodes;
		l->budget->copies -= l->copies;
	} else {
		arena_rewind(l->arena, mark);
	}
	return good;
}

static void append(struct loader *l, struct doc_list *out, struct buf *docs)
{
	if (NODE_TYPE(l->doc->root) == cJSON_NULL)
		return;
	buf_add(docs, &l->doc, sizeof l->doc);
	out->docs = (const struct doc **)(void *)docs->ptr;
	out->len++;
}

bool yaml_read_stream(struct loader *l, const struct doc *file, struct doc_list *out,
		      struct buf *docs)
{
	for (;;) {
		yaml_event_t event CLEANUP(event) = {0};

		if (!next_event(l, &event)) {
			if (!l->closed) /* what follows may belong to the last one */
				out->len = l->complete;
			return false;
		}
		if (event.type == YAML_STREAM_END_EVENT)
			return true;
		if (event.type != YAML_DOCUMENT_START_EVENT)
			continue;
		l->complete = out->len;
		l->begun = event.end_mark.line; /* it may begin with directives */
		if (l->started++ == LIMIT_DOCUMENTS)
			return yaml_err(l, E_LIMIT, event.start_mark, TOO_MANY_DOCUMENTS,
					LIMIT_DOCUMENTS);
		if (!read_document(l, file))
			return false;
		append(l, out, docs);
	}
}
