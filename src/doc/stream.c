#include "stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "scan.h"

struct stream {
	struct arena *arena;
	struct err *err;
	const struct doc *file;
	struct doc_list *out;
	struct buf docs;
	struct doc *doc; /* the document being read */
	size_t nodes;	 /* of it */
	size_t depth;
	struct node *open[LIMIT_DEPTH];
	struct cJSON **link[LIMIT_DEPTH + 1]; /* where the next node goes, on each level */
	struct cJSON *root;
	char *key;
	struct pos key_pos;
	size_t offset; /* the place up to which lines and columns were counted */
	uint32_t line, column;
	bool refused;
};

static void count_to(struct stream *s, size_t offset)
{
	const struct doc *file = s->file;

	if (offset <= s->offset)
		return;
	while (s->line < file->lines && file->starts[s->line] <= offset) {
		s->offset = file->starts[s->line++];
		s->column = 1;
	}
	s->column += (uint32_t)utf8_count(str_slice(file->text, s->offset, offset));
	s->offset = offset;
}

static struct pos place(struct stream *s, size_t from, size_t to)
{
	struct pos p;

	count_to(s, from);
	p.line = s->line;
	p.column = s->column;
	count_to(s, to);
	p.end_line = s->line;
	p.end_column = s->column;
	return p;
}

static char *unescape(struct stream *s, size_t from, size_t to, bool key, size_t *len)
{
	struct str inside = str_slice(s->file->text, from + 1, to - 1);
	char *text = arena_alloc_raw(s->arena, inside.len + 1);

	*len = scan_unescape(inside, key, text);
	text[*len] = '\0';
	if (memchr(text, '\0', *len) || (key && scan_has_nul(inside)))
		s->doc->nul = true;
	return text;
}

static void set_scalar(struct stream *s, struct cJSON *n, size_t from, size_t to)
{
	char number[64] = {0};
	size_t len;

	switch (s->file->text.ptr[from]) {
	case '"':
		n->type = cJSON_String;
		n->valuestring = unescape(s, from, to, false, &len);
		if (memchr(n->valuestring, '\0', len)) {
			n->type |= NODE_NUL;
			n->valueint = (int)len;
		}
		return;
	case 't':
	case 'f':
		n->type = s->file->text.ptr[from] == 't' ? cJSON_True : cJSON_False;
		return;
	case 'n':
		n->type = cJSON_NULL;
		return;
	default:
		BUG_IF(to - from >= sizeof number);
		memcpy(number, s->file->text.ptr + from, to - from);
		n->type = cJSON_Number;
		n->valuedouble = strtod(number, NULL);
	}
}

static struct node *add_node(struct stream *s, size_t from, size_t to)
{
	struct node *n = ARENA_NEW(s->arena, struct node);

	if (!s->depth) {
		s->doc = ARENA_NEW(s->arena, struct doc);
		*s->doc = *s->file;
		s->nodes = 0;
		s->root = NULL;
		s->link[0] = &s->root;
	}
	n->value = place(s, from, to);
	n->json.string = s->key;
	n->key = s->key ? s->key_pos : (struct pos){0};
	s->key = NULL;
	*s->link[s->depth] = &n->json;
	s->link[s->depth] = &n->json.next;
	if (++s->nodes > LIMIT_NODES || s->out->len == LIMIT_DOCUMENTS) {
		s->refused = true;
		err_at(s->err, E_LIMIT, n->value.line, n->value.column,
		       "more than %u nodes in a document or %u documents in one file", LIMIT_NODES,
		       LIMIT_DOCUMENTS);
		return NULL;
	}
	return n;
}

static void end_document(struct stream *s)
{
	s->doc->root = s->root;
	if (NODE_TYPE(s->root) == cJSON_NULL)
		return;
	buf_add(&s->docs, &s->doc, sizeof s->doc);
	s->out->docs = (const struct doc **)(void *)s->docs.ptr;
	s->out->len++;
}

static bool close_container(struct stream *s, size_t from, size_t to)
{
	struct node *n = s->open[--s->depth];
	struct pos end = place(s, from, to);
	char excerpt[EXCERPT];

	n->value.end_line = end.end_line;
	n->value.end_column = end.end_column;
	const struct cJSON *twice =
		n->json.type == cJSON_Object ? members_duplicate(&n->json) : NULL;
	if (!twice)
		return true;
	s->refused = true;
	return err_at(s->err, E_SYNTAX, as_node(twice)->key.line, as_node(twice)->key.column,
		      "key '%s' stands twice in the same map",
		      text_excerpt(str_from(twice->string), excerpt));
}

static bool take(void *context, enum scan_part part, size_t from, size_t to)
{
	struct stream *s = context;
	struct node *n;
	size_t len;

	if (part == SCAN_KEY) {
		s->key = unescape(s, from, to, true, &len);
		s->key_pos = place(s, from, to);
		return true;
	}
	if (part == SCAN_CLOSE) {
		if (!close_container(s, from, to))
			return false;
	} else {
		n = add_node(s, from, to);
		if (!n)
			return false;
		if (part == SCAN_OPEN) {
			n->json.type = s->file->text.ptr[from] == '{' ? cJSON_Object : cJSON_Array;
			s->open[s->depth++] = n;
			s->link[s->depth] = &n->json.child;
			return true;
		}
		set_scalar(s, &n->json, from, to);
	}
	if (!s->depth)
		end_document(s);
	return true;
}

enum json_stream json_stream_read(struct arena *a, const struct doc *file, struct doc_list *out,
				  struct err *err)
{
	struct stream s = {.arena = a,
			   .err = err,
			   .file = file,
			   .out = out,
			   .docs = BUF_ARENA(a),
			   .line = 1,
			   .column = 1};
	struct scan_sink sink = {&s, take};
	bool nul;

	if (!str_has_prefix(str_trim(file->text), STR("{")))
		return STREAM_OTHER;
	if (scan_json(file->text, &sink, &nul, err))
		return STREAM_READ;
	if (s.refused)
		return STREAM_REFUSED;
	*out = (struct doc_list){0};
	return STREAM_OTHER;
}
