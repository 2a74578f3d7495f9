/* libyaml's events to a tree of struct node, as yaml.v2 and sigs.k8s.io/yaml would read them. */
#include "yaml.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "scalar.h"
#include "stream.h"

#define ANCHOR_BUCKETS 512
#define MERGED (1 << 17)  /* a member that came by a merge key */
#define DROPPED (1 << 18) /* a member that another one replaces */

struct anchor {
	struct anchor *next; /* older, or of another name with the same hash */
	const char *name;
	const struct node *node;
	bool open; /* its node is still being read */
};

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

static struct node *new_node(struct loader *l, yaml_mark_t at, size_t depth)
{
	if (++l->nodes > LIMIT_NODES) {
		yaml_err(l, E_LIMIT, at,
			 "the document has more than %u nodes, expanded aliases included",
			 LIMIT_NODES);
		return NULL;
	}
	if (depth > LIMIT_DEPTH) {
		yaml_err(l, E_LIMIT, at, "nested deeper than %d levels", LIMIT_DEPTH);
		return NULL;
	}
	return ARENA_NEW(l->arena, struct node);
}

static struct anchor **bucket(struct loader *l, const char *name)
{
	uint32_t hash = 2166136261u;

	if (!l->anchors)
		l->anchors = ARENA_ARRAY(l->arena, struct anchor *, ANCHOR_BUCKETS);
	for (const char *p = name; *p; p++)
		hash = (hash ^ (unsigned char)*p) * 16777619u;
	return &l->anchors[hash % ANCHOR_BUCKETS];
}

/* Names the node; a later anchor of the same name hides an earlier one. NULL without a name. */
static struct anchor *open_anchor(struct loader *l, const yaml_char_t *name,
				  const struct node *node)
{
	const char *text = (const char *)name;

	if (!text)
		return NULL;
	struct anchor **first = bucket(l, text), *a = ARENA_NEW(l->arena, struct anchor);
	*a = (struct anchor){*first, arena_cstr(l->arena, str_from(text)), node, true};
	*first = a;
	return a;
}

static void close_anchor(struct anchor *a)
{
	if (a)
		a->open = false;
}

static struct node *copy_node(struct loader *l, const struct node *from, yaml_mark_t at,
			      size_t depth)
{
	bool container = NODE_TYPE(&from->json) >= cJSON_Array;
	struct node *n = new_node(l, at, depth + container);
	struct cJSON **link;

	if (!n)
		return NULL;
	*n = *from;
	n->json.next = NULL;
	link = &n->json.child;
	for (const struct cJSON *m = from->json.child; m; m = m->next) {
		struct node *child = copy_node(l, as_node(m), at, depth + 1);

		if (!child)
			return NULL;
		*link = &child->json;
		link = &child->json.next;
	}
	return n;
}

static struct node *read_alias(struct loader *l, const yaml_event_t *event, size_t depth)
{
	const char *name = (const char *)event->data.alias.anchor;
	const struct anchor *a = *bucket(l, name);
	char excerpt[EXCERPT];

	while (a && strcmp(a->name, name) != 0)
		a = a->next;
	if (!a)
		yaml_err(l, E_SYNTAX, event->start_mark,
			 "'*%s' refers to an anchor that does not exist; text must be quoted",
			 text_excerpt(str_from(name), excerpt));
	else if (a->open)
		yaml_err(l, E_SYNTAX, event->start_mark, "the anchor '&%s' contains itself",
			 text_excerpt(str_from(name), excerpt));
	if (!a || a->open)
		return NULL;
	struct node *n = copy_node(l, a->node, event->start_mark, depth);
	if (!n)
		return NULL;
	n->json.string = NULL;
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
			end.column = text_columns(line);
			return end;
		}
		end.line--;
		end.column = 1;
	}
	end.column = text_columns(doc_line(l->doc, (uint32_t)end.line + 1));
	return end;
}

static struct node *read_scalar(struct loader *l, const yaml_event_t *event, size_t depth)
{
	struct scalar s = scalar_of(l, event);
	struct node *n = new_node(l, event->start_mark, depth);
	const char *problem;

	if (!n)
		return NULL;
	if (!scalar_value(l->arena, &s, &n->json, &problem)) {
		yaml_err(l, E_SYNTAX, event->start_mark, "%s", problem);
		return NULL;
	}
	l->end = scalar_end(l, event);
	n->value = place(event->start_mark, l->end);
	close_anchor(open_anchor(l, event->data.scalar.anchor, n));
	return n;
}

static struct node *read_node(struct loader *l, const yaml_event_t *event, size_t depth);

static struct node *read_next(struct loader *l, size_t depth)
{
	yaml_event_t event CLEANUP(event) = {0};

	return next_event(l, &event) ? read_node(l, &event, depth) : NULL;
}

static struct node *read_list(struct loader *l, const yaml_event_t *start, size_t depth)
{
	struct node *list = new_node(l, start->start_mark, depth + 1);

	if (!list)
		return NULL;
	list->json.type = cJSON_Array;
	struct anchor *anchor = open_anchor(l, start->data.sequence_start.anchor, list);
	struct cJSON **link = &list->json.child;
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
		struct node *item = read_node(l, &event, depth + 1);
		if (!item)
			return NULL;
		*link = &item->json;
		link = &item->json.next;
	}
	list->value = place(start->start_mark, l->end);
	close_anchor(anchor);
	return list;
}

/* The key of a member; it may be an alias of a string. NULL after an error. */
static char *read_key(struct loader *l, const yaml_event_t *event, struct pos *where)
{
	const char *problem = "a key must be text, not a list or a map";
	char *key = NULL;

	*where = place(event->start_mark, event->end_mark);
	if (event->type == YAML_SCALAR_EVENT) {
		struct scalar s = scalar_of(l, event);
		struct node *n;

		key = scalar_key(l->arena, &s, &problem);
		if (key && event->data.scalar.anchor) {
			n = new_node(l, event->start_mark, 0);
			if (!n)
				return NULL;
			scalar_set_string(l->arena, str_from(key), &n->json);
			n->value = *where;
			close_anchor(open_anchor(l, event->data.scalar.anchor, n));
		}
	} else if (event->type == YAML_ALIAS_EVENT) {
		struct node *n = read_alias(l, event, 0);

		if (!n)
			return NULL;
		problem = "an alias that stands for a key must be of a text";
		if (n->json.type == cJSON_String)
			key = n->json.valuestring;
	}
	if (!key &&
	    (event->type != YAML_MAPPING_START_EVENT || !yaml_template_err(l, event->start_mark)))
		yaml_err(l, E_SYNTAX, event->start_mark, "%s", problem);
	return key;
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
		struct node *n = copy_node(l, as_node(m), at, depth);

		if (!n)
			return false;
		n->json.type |= MERGED;
		**link = &n->json;
		*link = &n->json.next;
	}
	return true;
}

/* The value of a merge key: a map, or a list of maps of which the first wins. */
static bool read_merge(struct loader *l, yaml_mark_t at, size_t depth, struct cJSON ***link)
{
	struct node *value = read_next(l, depth);
	struct buf maps = BUF_ARENA(l->arena);

	if (!value)
		return false;
	if (NODE_TYPE(&value->json) == cJSON_Object)
		return merge_map(l, &value->json, at, depth, link);
	bool good = NODE_TYPE(&value->json) == cJSON_Array;
	for (const struct cJSON *m = value->json.child; good && m; m = m->next) {
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

	return yaml_err(l, E_SYNTAX, mark_of(as_node(twice)->key),
			"key '%s' stands twice in the same map",
			text_excerpt(str_from(twice->string), excerpt));
}

struct entry {
	struct cJSON *member;
	size_t index;
};

static int by_key_and_index(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;
	int order = strcmp(left->member->string, right->member->string);

	return order ? order : left->index < right->index ? -1 : 1;
}

/* yaml.v2 takes merge keys in the order of the text: of two members with the same key the later one
 * stays. Two that were both written out are an error here, too. */
static bool settle_merges(struct loader *l, struct node *map)
{
	struct buf entries = BUF_ARENA(l->arena);
	struct cJSON **link = &map->json.child;
	size_t len = 0;

	for (struct cJSON *m = map->json.child; m; m = m->next, len++)
		buf_add(&entries, &(struct entry){m, len}, sizeof(struct entry));
	struct entry *e = (void *)entries.ptr;
	if (!len)
		return true;
	qsort(e, len, sizeof *e, by_key_and_index);
	for (size_t i = 1, written = 0; i < len; i++) {
		if (strcmp(e[i - 1].member->string, e[i].member->string) != 0) {
			written = 0;
			continue;
		}
		written += !(e[i - 1].member->type & MERGED);
		if (written && !(e[i].member->type & MERGED))
			return duplicate_err(l, e[i].member);
		e[i - 1].member->type |= DROPPED;
	}
	for (struct cJSON *m = map->json.child; m; m = m->next) {
		if (m->type & DROPPED)
			continue;
		m->type &= ~MERGED;
		*link = m;
		link = &m->next;
	}
	*link = NULL;
	return true;
}

static bool read_members(struct loader *l, const yaml_event_t *start, struct node *map,
			 size_t depth)
{
	struct cJSON **link = &map->json.child;
	bool merges = false;

	for (;;) {
		yaml_event_t event CLEANUP(event) = {0};
		struct pos where;

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
		char *key = read_key(l, &event, &where);
		struct node *value = key ? read_next(l, depth) : NULL;
		if (!value)
			return false;
		value->json.string = key;
		value->key = where;
		*link = &value->json;
		link = &value->json.next;
	}
	if (merges)
		return settle_merges(l, map);
	const struct cJSON *twice = members_duplicate(&map->json);
	return !twice || duplicate_err(l, twice);
}

static struct node *read_map(struct loader *l, const yaml_event_t *start, size_t depth)
{
	struct node *map = new_node(l, start->start_mark, depth + 1);

	if (!map)
		return NULL;
	map->json.type = cJSON_Object;
	struct anchor *anchor = open_anchor(l, start->data.mapping_start.anchor, map);
	l->end = start->end_mark;
	if (!read_members(l, start, map, depth + 1))
		return NULL;
	map->value = place(start->start_mark, l->end);
	close_anchor(anchor);
	return map;
}

/* The node that begins with this event, under `depth` containers; NULL after an error. */
static struct node *read_node(struct loader *l, const yaml_event_t *event, size_t depth)
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
static bool read_document(struct loader *l, const struct doc *file)
{
	yaml_event_t event CLEANUP(event) = {0};

	l->doc = ARENA_NEW(l->arena, struct doc);
	*l->doc = *file;
	l->anchors = NULL;
	l->nodes = 0;
	struct node *root = read_next(l, 0);
	if (!root || !next_event(l, &event))
		return false;
	l->doc->root = &root->json;
	return true;
}

static void append(struct loader *l, struct doc_list *out, struct buf *docs)
{
	if (NODE_TYPE(l->doc->root) == cJSON_NULL)
		return;
	buf_add(docs, &l->doc, sizeof l->doc);
	out->docs = (const struct doc **)(void *)docs->ptr;
	out->len++;
}

/* `complete`: the documents in `out` that ended before the last one began. */
static bool read_stream(struct loader *l, const struct doc *file, struct doc_list *out,
			size_t *complete)
{
	struct buf docs = BUF_ARENA(l->arena);
	size_t started = 0;

	for (;;) {
		yaml_event_t event CLEANUP(event) = {0};

		if (!next_event(l, &event))
			return false;
		if (event.type == YAML_STREAM_END_EVENT)
			return true;
		if (event.type != YAML_DOCUMENT_START_EVENT)
			continue;
		*complete = out->len;
		if (started++ == LIMIT_DOCUMENTS)
			return yaml_err(l, E_LIMIT, event.start_mark,
					"more than %u documents in one file", LIMIT_DOCUMENTS);
		if (!read_document(l, file))
			return false;
		append(l, out, &docs);
	}
}

static bool bad_byte_err(struct loader *l, size_t offset)
{
	struct str text = l->doc->text;
	unsigned char c = (unsigned char)text.ptr[offset];

	if (!c)
		return text_err(l->err, E_SYNTAX, text, offset, "raw NUL byte");
	if (c < 0x20 || c == 0x7f)
		return text_err(l->err, E_SYNTAX, text, offset,
				"control character 0x%02x is not allowed in YAML", c);
	return text_err(l->err, E_SYNTAX, text, offset, "not UTF-8, or no character of YAML");
}

bool doc_read_yaml(struct arena *a, struct str bytes, struct doc_list *out, struct err *err)
{
	struct doc file = {.positions = true};
	struct loader l = {.arena = a, .err = err, .doc = &file};
	size_t complete = 0;

	*out = (struct doc_list){0};
	if (bytes.len > LIMIT_FILE_BYTES)
		return err_set(err, E_LIMIT, "more than %u bytes", LIMIT_FILE_BYTES);
	if (str_has_prefix(bytes, STR("\xef\xbb\xbf")))
		bytes = str_slice(bytes, 3, bytes.len);
	size_t good = lines_index(a, bytes, &file);
	enum json_stream stream = json_stream_read(a, &file, out, err);
	if (stream != STREAM_OTHER)
		return stream == STREAM_READ;
	if (!yaml_parser_initialize(&l.parser))
		out_of_memory(sizeof l.parser);
	yaml_parser_set_encoding(&l.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&l.parser, (const unsigned char *)bytes.ptr, good);
	bool read = read_stream(&l, &file, out, &complete);
	yaml_parser_delete(&l.parser);
	if (good == bytes.len)
		return read;
	/* The document that was cut off may have looked complete. */
	out->len = complete;
	l.doc = &file;
	return bad_byte_err(&l, good);
}
