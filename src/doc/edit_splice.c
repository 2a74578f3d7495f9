/* Where in the text a change goes, and what is written there. */
#include "edit_internal.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/utf8.h"
#include "scalar_internal.h"

/* What is known of the node that is changed. */
struct site {
	struct arena *arena;
	const struct doc *doc;
	struct cursor *cursor;
	const struct edit *edit;
	const struct placed *node, *parent; /* `parent` is the map that holds the node */
	bool flow;			    /* the parent stands in braces */
	bool shared;
	bool elsewhere; /* the node stands at another place: it came by an alias */
};

static const char by_alias[] = "an alias stands for it";

static size_t line_start(const struct doc *d, uint32_t line)
{
	return line <= d->lines ? d->starts[line - 1] : d->text.len;
}

/* A file may be one long line: count from the place that was asked for last. */
static size_t offset_of(const struct doc *d, struct cursor *c, uint32_t line, uint32_t column)
{
	if (c->line != line)
		*c = (struct cursor){.line = line, .column = 1, .offset = line_start(d, line)};
	for (; c->column < column && c->offset < d->text.len; c->column++)
		c->offset = utf8_next(d->text, c->offset);
	for (; c->column > column && c->offset; c->column--)
		c->offset = utf8_begin(d->text, c->offset - 1);
	return c->offset;
}

static size_t start_of(const struct site *s, struct pos p)
{
	return offset_of(s->doc, s->cursor, p.line, p.column);
}

static size_t end_of(const struct site *s, struct pos p)
{
	return offset_of(s->doc, s->cursor, p.end_line, p.end_column);
}

static bool before(uint32_t line, uint32_t column, uint32_t other_line, uint32_t other_column)
{
	return line < other_line || (line == other_line && column < other_column);
}

static bool inside(struct pos outer, struct pos inner)
{
	return !before(inner.line, inner.column, outer.line, outer.column) &&
	       !before(outer.end_line, outer.end_column, inner.end_line, inner.end_column);
}

/* An alias has the place of its anchor: in front of its own key, or of an item before it. */
static bool is_elsewhere(const struct placed *parent, const struct placed *n)
{
	if (!inside(parent->value, n->value))
		return true;
	if (n->node.json.string)
		return !inside(parent->value, n->key) ||
		       before(n->value.line, n->value.column, n->key.end_line, n->key.end_column);
	for (const struct cJSON *m = parent->node.json.child; m != &n->node.json; m = m->next)
		if (before(n->value.line, n->value.column, as_placed(m)->value.end_line,
			   as_placed(m)->value.end_column))
			return true;
	return false;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static char byte_at(const struct doc *d, size_t at)
{
	return at < d->text.len ? d->text.ptr[at] : '\0';
}

/* Behind an anchor and a tag. */
static size_t skip_properties(const struct doc *d, size_t at, bool *anchored)
{
	while (byte_at(d, at) == '&' || byte_at(d, at) == '!') {
		*anchored |= byte_at(d, at) == '&';
		while (at < d->text.len && !is_blank(byte_at(d, at)) && byte_at(d, at) != '\n' &&
		       byte_at(d, at) != '\r')
			at++;
		while (is_blank(byte_at(d, at)) || byte_at(d, at) == '\n' || byte_at(d, at) == '\r')
			at++;
	}
	return at;
}

static bool find_site(struct arena *a, const struct edit *e, struct cursor *c, struct site *out)
{
	const struct cJSON *trail[LIMIT_DEPTH + 1];
	size_t len = tree_trail(e->root.node, e->at.node, trail);

	*out = (struct site){.arena = a, .doc = e->at.doc, .cursor = c, .edit = e};
	if (len < 2 || !e->at.doc->positions)
		return false;
	out->node = as_placed(trail[len - 1]);
	out->parent = as_placed(trail[len - 2]);
	for (size_t i = 0; i < len; i++) {
		const struct placed *n = as_placed(trail[i]);

		skip_properties(out->doc, start_of(out, n->value), &out->shared);
		if (i && is_elsewhere(as_placed(trail[i - 1]), n))
			out->elsewhere = true;
	}
	out->shared |= out->elsewhere;
	size_t open = skip_properties(out->doc, start_of(out, out->parent->value), &(bool){false});
	out->flow = byte_at(out->doc, open) == '{';
	return true;
}

/* Nothing but blanks and a comment up to the end of the line. */
static bool ends_line(const struct doc *d, size_t at)
{
	bool blank = true;

	for (; at < d->text.len; at++) {
		char c = d->text.ptr[at];

		if (c == '\n' || c == '\r' || (c == '#' && blank))
			return true;
		blank = is_blank(c);
		if (!blank)
			return false;
	}
	return true;
}

/* `marks`: or behind the dashes of the list in which its map is an entry. */
static bool begins_line(const struct site *s, struct pos key, bool marks)
{
	const struct doc *d = s->doc;
	size_t from = line_start(d, key.line), to = start_of(s, key);

	while (from < to && (is_blank(d->text.ptr[from]) || (marks && d->text.ptr[from] == '-')))
		from++;
	return from == to;
}

static bool has_comment(const struct doc *d, size_t from, size_t to)
{
	return memchr(d->text.ptr + from, '#', to - from) != NULL;
}

/* How the line ends; one without an end as the first of the file. */
static struct str line_end(const struct doc *d, uint32_t line)
{
	size_t next = line_start(d, line + 1);

	if (next == d->text.len && d->lines && line >= d->lines)
		next = d->lines > 1 ? d->starts[1] : d->text.len;
	if (next >= 2 && memcmp(d->text.ptr + next - 2, "\r\n", 2) == 0)
		return STR("\r\n");
	return next && d->text.ptr[next - 1] == '\r' ? STR("\r") : STR("\n");
}

static bool is_word_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Without quotes it is the same text, wherever it stands. */
static bool is_plain(struct arena *a, struct str text, bool comma)
{
	struct scalar s = {.text = text, .plain = true};
	struct node value = {0};
	const char *problem;
	size_t first = 0;

	while (first < text.len && strchr("./", text.ptr[first]))
		first++; /* of a path */
	if (first == text.len || !is_word_byte(text.ptr[first]) || is_blank(text.ptr[text.len - 1]))
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (!is_word_byte(text.ptr[i]) && !strchr(" /*-._@", text.ptr[i]) &&
		    !(comma && text.ptr[i] == ','))
			return false;
	return scalar_value(a, &s, &value, &problem) && NODE_TYPE(&value.json) == cJSON_String;
}

/* In the quotes that stood there; without any only where that is the same. */
static void write_scalar(struct arena *a, char style, struct str text, bool comma, struct buf *out)
{
	char quote = style == '"' || style == '\'' ? style : '\'';

	if (style != quote && is_plain(a, text, comma)) {
		buf_str(out, text);
		return;
	}
	buf_byte(out, quote);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == quote || (quote == '"' && c == '\\'))
			buf_byte(out, quote == '"' ? '\\' : '\'');
		buf_byte(out, c);
	}
	buf_byte(out, quote);
}

static const char *replace(const struct site *s, struct pos where, struct splice *out)
{
	const struct doc *d = s->doc;
	struct buf text = BUF_ARENA(s->arena);

	if (!where.line || where.line != where.end_line)
		return "it is written over several lines";
	out->from = skip_properties(d, start_of(s, where), &out->shared);
	out->to = end_of(s, where);
	if (out->to <= out->from)
		return "nothing is written there";
	char style = d->text.ptr[out->from];
	if (style == '|' || style == '>')
		return "it is written over several lines";
	if (style == '*')
		return by_alias;
	bool comma = memchr(d->text.ptr + out->from, ',', out->to - out->from) != NULL;
	write_scalar(s->arena, style, s->edit->text, comma, &text);
	out->text = buf_slice(&text);
	return NULL;
}

/* `key: text` as the keys around are written, or with "a.b" a map in a map. */
static void write_member(const struct site *s, char style, struct str end, size_t indent,
			 struct buf *out)
{
	struct str rest = s->edit->key, outer, inner;
	bool quoted = style == '"' || style == '\'', braces = s->flow;

	str_split(&rest, '.', &outer);
	write_scalar(s->arena, style, outer, false, out);
	buf_text(out, ": ");
	inner = rest.ptr ? rest : STR_EMPTY;
	if (inner.len) {
		if (braces) {
			buf_byte(out, '{');
		} else {
			out->len--; /* no blank before the end of a line */
			buf_str(out, end);
			buf_repeat(out, ' ', indent + 2);
		}
		write_scalar(s->arena, style, inner, false, out);
		buf_text(out, ": ");
	}
	write_scalar(s->arena, quoted ? style : 'a', s->edit->text, false, out);
	if (inner.len && braces)
		buf_byte(out, '}');
}

/* In braces, and in lines of their own that begin here; or in one. */
struct flow {
	struct arena *arena;
	char style; /* of the keys around: a quote, or none */
	bool lines;
	struct str end;
};

static void next_line(const struct flow *f, size_t indent, struct buf *out)
{
	if (f->lines) {
		buf_str(out, f->end);
		buf_repeat(out, ' ', indent);
	}
}

static void write_flow(const struct flow *f, const struct cJSON *node, size_t indent,
		       struct buf *out);

static void write_flow_member(const struct flow *f, const struct cJSON *m, size_t indent,
			      struct buf *out)
{
	write_scalar(f->arena, f->style, node_key(m), false, out);
	buf_text(out, ": ");
	write_flow(f, m, indent, out);
}

static void write_flow(const struct flow *f, const struct cJSON *node, size_t indent,
		       struct buf *out)
{
	int type = NODE_TYPE(node);
	struct json j = JSON(out);

	if (type != cJSON_Object && type != cJSON_Array) {
		if (type == cJSON_String)
			write_scalar(f->arena, f->style, node_str(node), false, out);
		else
			obj_json((struct obj){.node = node}, &j);
		return;
	}
	buf_byte(out, type == cJSON_Object ? '{' : '[');
	for (const struct cJSON *m = node->child; m; m = m->next) {
		next_line(f, indent + 2, out);
		if (type == cJSON_Object)
			write_flow_member(f, m, indent + 2, out);
		else
			write_flow(f, m, indent + 2, out);
		if (m->next)
			buf_text(out, f->lines ? "," : ", ");
	}
	if (node->child)
		next_line(f, indent, out);
	buf_byte(out, type == cJSON_Object ? '}' : ']');
}

static const char in_braces[] = "it stands in braces";

/* Of the block, which has no comment; they begin where the key of the node does. */
static const char *write_members(const struct site *s, struct buf *out)
{
	const struct doc *d = s->doc;
	struct pos key = s->node->key;
	struct flow f = {.arena = s->arena,
			 .style = byte_at(d, start_of(s, key)),
			 .lines = begins_line(s, key, false),
			 .end = line_end(d, key.line)};
	struct str text = s->edit->block.doc->text;

	if (has_comment(s->edit->block.doc, 0, text.len))
		return in_braces;
	for (const struct cJSON *m = s->edit->block.node->child; m; m = m->next) {
		write_flow_member(&f, m, key.column - 1, out);
		if (!m->next)
			continue;
		buf_text(out, f.lines ? "," : ", ");
		next_line(&f, key.column - 1, out);
	}
	return NULL;
}

static const char *insert_in_braces(const struct site *s, struct splice *out)
{
	const struct doc *d = s->doc;
	struct pos key = s->node->key;
	struct buf text = BUF_ARENA(s->arena);
	size_t from = line_start(d, key.line), to = start_of(s, key);

	out->from = out->to = end_of(s, s->node->value);
	buf_byte(&text, ',');
	if (begins_line(s, key, false)) {
		buf_str(&text, line_end(d, key.line));
		buf_str(&text, str_slice(d->text, from, to));
	} else {
		buf_byte(&text, ' ');
	}
	const char *refused = NULL;
	if (s->edit->block.node)
		refused = write_members(s, &text);
	else
		write_member(s, byte_at(d, to), STR_EMPTY, 0, &text);
	out->text = buf_slice(&text);
	return refused;
}

/* The lines of the block, each with this indentation but for the first, without the last end. */
static void write_block(const struct site *s, struct str end, size_t indent, struct buf *out)
{
	struct str rest = s->edit->block.doc->text, line;

	while (str_has_suffix(rest, STR("\n")))
		rest.len--;
	for (bool first = true; str_split(&rest, '\n', &line); first = false) {
		if (!first)
			buf_str(out, end);
		if (!first && line.len)
			buf_repeat(out, ' ', indent);
		buf_str(out, line);
	}
}

/* In lines of its own, below those of the node. */
static void put_behind(const struct site *s, struct str text, struct splice *out)
{
	const struct doc *d = s->doc;
	uint32_t line = s->node->value.end_line;
	struct str end = line_end(d, line);
	bool last = line >= d->lines;

	out->from = out->to = last ? d->text.len : line_start(d, line + 1);
	out->text = arena_fmt(s->arena, "%.*s%.*s%.*s", last ? (int)end.len : 0, end.ptr,
			      STR_ARG(text), last ? 0 : (int)end.len, end.ptr);
}

static const char *insert(const struct site *s, struct splice *out)
{
	const struct doc *d = s->doc;
	struct pos key = s->node->key, value = s->node->value;
	struct buf text = BUF_ARENA(s->arena);
	size_t indent = key.column - 1;

	if (s->elsewhere)
		return by_alias;
	if (s->flow)
		return insert_in_braces(s, out);
	if (!begins_line(s, key, true) || !ends_line(d, end_of(s, value)))
		return "its lines hold something else as well";
	struct str end = line_end(d, value.end_line);
	buf_repeat(&text, ' ', indent);
	if (s->edit->block.node)
		write_block(s, end, indent, &text);
	else
		write_member(s, byte_at(d, start_of(s, key)), end, indent, &text);
	put_behind(s, buf_slice(&text), out);
	return NULL;
}

/* Behind the dash, as that of the item before; or behind a comma. */
static const char *append(const struct site *s, struct splice *out)
{
	const struct doc *d = s->doc;
	struct pos value = s->node->value;
	struct buf text = BUF_ARENA(s->arena);
	size_t from = line_start(d, value.line), to = start_of(s, value);
	struct pos list = s->parent->value;
	size_t open = skip_properties(d, start_of(s, list), &(bool){false});
	bool brackets = byte_at(d, open) == '[';

	if (s->elsewhere)
		return by_alias;
	if (brackets && s->edit->block.node)
		return "it stands in brackets";
	if (brackets) {
		out->from = out->to = end_of(s, value);
		buf_text(&text, ", ");
		write_scalar(s->arena, byte_at(d, to), s->edit->text, false, &text);
		out->text = buf_slice(&text);
		return NULL;
	}
	if (!begins_line(s, value, true) || !ends_line(d, end_of(s, value)))
		return "its lines hold something else as well";
	buf_str(&text, str_slice(d->text, from, to));
	if (s->edit->block.node)
		write_block(s, line_end(d, value.end_line), to - from, &text);
	else
		write_scalar(s->arena, byte_at(d, to), s->edit->text, false, &text);
	put_behind(s, buf_slice(&text), out);
	return NULL;
}

/* From its key to the next one, or from the end of the member before. */
static const char *remove_from_braces(const struct site *s, struct splice *out)
{
	static const char commented[] = "a comment stands beside it";
	const struct doc *d = s->doc;
	const struct placed *previous = NULL, *next = NULL;

	for (const struct cJSON *m = s->parent->node.json.child; m != &s->node->node.json;
	     m = m->next)
		previous = as_placed(m);
	if (s->node->node.json.next)
		next = as_placed(s->node->node.json.next);
	if ((next && !inside(s->parent->value, next->key)) ||
	    (previous && is_elsewhere(s->parent, previous)))
		return by_alias;
	out->from = start_of(s, s->node->key);
	out->to = end_of(s, s->node->value);
	if (next) {
		size_t to = start_of(s, next->key);

		if (has_comment(d, out->to, to))
			return commented;
		out->to = to;
	} else if (previous) {
		size_t from = end_of(s, previous->value);

		if (has_comment(d, from, out->from))
			return commented;
		out->from = from;
	}
	return NULL;
}

/* The line of the first comment right above that stands over it; else its own. */
static uint32_t first_comment(const struct site *s, struct pos key)
{
	const struct doc *d = s->doc;
	uint32_t line = key.line;

	for (; line > 1; line--) {
		size_t from = line_start(d, line - 1), at = from;

		while (byte_at(d, at) == ' ')
			at++;
		if (byte_at(d, at) != '#' || at - from != key.column - 1)
			break;
	}
	return line;
}

static const char *remove_member(const struct site *s, struct splice *out)
{
	const struct doc *d = s->doc;
	struct pos key = s->node->key, value = s->node->value;

	out->text = STR_EMPTY;
	if (s->elsewhere)
		return by_alias;
	if (s->flow)
		return remove_from_braces(s, out);
	if (!begins_line(s, key, false) || !ends_line(d, end_of(s, value)))
		return "its lines hold something else as well";
	out->from = line_start(d, s->edit->comments ? first_comment(s, key) : key.line);
	out->to = line_start(d, value.end_line + 1);
	return NULL;
}

static const char *replace_in_braces(const struct site *s, struct splice *out)
{
	const struct doc *d = s->doc;
	struct buf text = BUF_ARENA(s->arena);

	out->from = start_of(s, s->node->key);
	out->to = end_of(s, s->node->value);
	if (has_comment(d, out->from, out->to))
		return in_braces;
	const char *refused = write_members(s, &text);
	out->text = buf_slice(&text);
	return refused;
}

/* With the comment that stands behind it. */
static const char *replace_member(const struct site *s, struct splice *out)
{
	const struct doc *d = s->doc;
	struct pos key = s->node->key, value = s->node->value;
	struct buf text = BUF_ARENA(s->arena);

	if (s->elsewhere)
		return by_alias;
	if (s->flow)
		return replace_in_braces(s, out);
	if (!begins_line(s, key, true) || !ends_line(d, end_of(s, value)))
		return "its lines hold something else as well";
	struct str end = line_end(d, value.end_line);
	out->from = start_of(s, key);
	out->to = line_start(d, value.end_line + 1);
	while (out->to > out->from && strchr("\r\n", d->text.ptr[out->to - 1]))
		out->to--;
	write_block(s, end, key.column - 1, &text);
	out->text = buf_slice(&text);
	return NULL;
}

const char *splice_make(struct arena *a, const struct edit *e, struct cursor *c, struct splice *out)
{
	struct site s;

	*out = (struct splice){.text = STR_EMPTY};
	if (!find_site(a, e, c, &s))
		return "its place is not known";
	out->shared = s.shared;
	switch (e->kind) {
	case EDIT_TEXT:
		return replace(&s, s.node->value, out);
	case EDIT_KEY:
		return replace(&s, s.node->key, out);
	case EDIT_INSERT:
	case EDIT_BEHIND:
		return insert(&s, out);
	case EDIT_REPLACE:
		return replace_member(&s, out);
	case EDIT_ITEM:
		return append(&s, out);
	case EDIT_REMOVE:
		break;
	}
	return remove_member(&s, out);
}
