#include "json_value_internal.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

/* The key of the next node. */
struct key {
	struct str text;
	uint32_t at;
	struct pos pos;
};

static void count_to(struct json_place *p, size_t offset)
{
	const struct doc *file = p->file;

	if (offset <= p->offset)
		return;
	while (p->line < file->lines && file->starts[p->line] <= offset) {
		p->offset = file->starts[p->line++];
		p->column = 1;
	}
	p->column += (uint32_t)utf8_count(str_slice(file->text, p->offset, offset));
	p->offset = offset;
}

/* Of what stands from `from` to here. */
static struct pos place(struct json_reader *r, const unsigned char *from)
{
	struct pos pos;

	count_to(&r->place, scan_offset(&r->scan, from));
	pos.line = r->place.line;
	pos.column = r->place.column;
	count_to(&r->place, scan_offset(&r->scan, r->scan.at));
	pos.end_line = r->place.line;
	pos.end_column = r->place.column;
	return pos;
}

bool json_refuse(struct json_reader *r, const char *fmt, ...)
{
	struct scan *s = &r->scan;
	char message[sizeof s->err->msg];
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof message, fmt, args);
	va_end(args);
	r->refused = true;
	if (!r->place.file)
		return text_err(s->err, E_LIMIT, s->text, scan_offset(s, s->at), "%s", message);
	count_to(&r->place, scan_offset(s, s->at));
	return err_at(s->err, E_LIMIT, r->place.line, r->place.column, "%s", message);
}

/* The node of what starts here, behind *link; NULL after an error. */
static struct node *add_node(struct json_reader *r, struct cJSON ***link, const struct key *key)
{
	struct node *n = &r->nothing;

	if (r->unbuilt)
		return n;
	if (r->nodes++ >= r->most) {
		json_refuse(r, "more than %zu nodes in a document", r->most);
		return NULL;
	}
	n = arena_alloc_raw(r->arena, r->place.file ? sizeof(struct placed) : sizeof(struct node));
	*n = (struct node){0};
	if (key) {
		node_set_key(n, key->text);
		n->key_at = key->at;
	}
	if (r->place.file)
		((struct placed *)(void *)n)->key = key ? key->pos : (struct pos){0};
	**link = &n->json;
	*link = &n->json.next;
	return n;
}

/* The value of the node ends here. */
static void end_value(struct json_reader *r, struct node *n, const unsigned char *from)
{
	if (r->place.file && !r->unbuilt)
		((struct placed *)(void *)n)->value = place(r, from);
}

static bool read_scalar(struct json_reader *r, struct node *n)
{
	struct scan *s = &r->scan;
	struct str text;
	unsigned char c = s->at < s->end ? *s->at : 0;

	if (c == '-' || (c >= '0' && c <= '9')) {
		n->json.type = cJSON_Number;
		return scan_number(s, &n->json.valuedouble);
	}
	switch (c) {
	case '"':
		if (!scan_string(s, r->unbuilt ? NULL : r->arena, false, &text))
			return false;
		node_set_str(n, text);
		return true;
	case 't':
		n->json.type = cJSON_True;
		return scan_word(s, "true");
	case 'f':
		n->json.type = cJSON_False;
		return scan_word(s, "false");
	default:
		n->json.type = cJSON_NULL;
		return scan_word(s, "null");
	}
}

static bool read_value(struct json_reader *r, struct cJSON ***link, const struct key *key);

/* Behind a value in brackets: ',' goes on, `close` ends. */
static bool read_comma(struct scan *s, char close, bool *more)
{
	scan_blanks(s);
	*more = scan_at(s, ',');
	if (!*more && !scan_at(s, close))
		return scan_fail(s, close == '}' ? "',' or '}' is expected here"
						 : "',' or ']' is expected here");
	s->at++;
	if (*more)
		scan_blanks(s);
	return true;
}

/* Behind the opening bracket; true when the closing one is next, and taken. */
static bool is_empty(struct scan *s, char close)
{
	scan_blanks(s);
	if (!scan_at(s, close))
		return false;
	s->at++;
	return true;
}

static bool read_items(struct json_reader *r, struct node *list)
{
	struct cJSON **link = &list->json.child;
	bool more = !is_empty(&r->scan, ']');

	while (more)
		if (!read_value(r, &link, NULL) || !read_comma(&r->scan, ']', &more))
			return false;
	return true;
}

static bool read_key(struct json_reader *r, struct key *key)
{
	struct scan *s = &r->scan;
	const unsigned char *from = s->at;

	if (!scan_at(s, '"'))
		return scan_fail(s, "a key in double quotes is expected here");
	if (!scan_string(s, r->unbuilt ? NULL : r->arena, true, &key->text))
		return false;
	key->at = (uint32_t)scan_offset(s, from);
	if (r->place.file)
		key->pos = place(r, from);
	scan_blanks(s);
	if (!scan_at(s, ':'))
		return scan_fail(s, "':' is expected after a key");
	s->at++;
	scan_blanks(s);
	return true;
}

/* A list that nobody will read: an object of an API server holds the names of all its fields once
 * more, in managedFields. */
static bool read_left_out(struct json_reader *r)
{
	struct cJSON **link = &r->nothing.json.child;
	bool nul = r->scan.nul;

	r->unbuilt = true;
	bool good = read_value(r, &link, NULL);
	r->unbuilt = false;
	r->scan.nul = nul;
	return good;
}

static bool read_members(struct json_reader *r, struct node *map)
{
	struct cJSON **link = &map->json.child;
	bool more = !is_empty(&r->scan, '}');

	while (more) {
		struct key key = {0};

		if (!read_key(r, &key))
			return false;
		bool left_out = !r->unbuilt && r->left_out.len && scan_at(&r->scan, '[') &&
				str_eq(key.text, r->left_out);
		if (!(left_out ? read_left_out(r) : read_value(r, &link, &key)) ||
		    !read_comma(&r->scan, '}', &more))
			return false;
	}
	return true;
}

/* Of several keys that stand twice the one that counts is in the map that starts first. */
static void note_twice(struct json_reader *r, const struct node *map, const unsigned char *from)
{
	const struct cJSON *twice = members_duplicate(&map->json);
	uint32_t start = (uint32_t)scan_offset(&r->scan, from);

	if (twice && (!r->twice || start < r->twice_in)) {
		r->twice = twice;
		r->twice_in = start;
	}
}

bool json_keys_differ(struct json_reader *r)
{
	static const char message[] = "key '%s' stands twice in the same map";
	char excerpt[EXCERPT];

	if (!r->twice)
		return true;
	text_excerpt(node_key(r->twice), excerpt);
	r->refused = true;
	if (r->place.file) {
		struct pos key = as_placed(r->twice)->key;

		return err_at(r->scan.err, E_SYNTAX, key.line, key.column, message, excerpt);
	}
	return text_err(r->scan.err, E_SYNTAX, r->scan.text, as_node(r->twice)->key_at, message,
			excerpt);
}

/* Not inlined: most values are scalars, and need none of its registers. */
__attribute__((noinline)) static bool read_container(struct json_reader *r, struct node *n)
{
	struct scan *s = &r->scan;
	const unsigned char *from = s->at;
	bool map = *from == '{';

	if (r->depth == LIMIT_DEPTH)
		return text_err(s->err, E_LIMIT, s->text, scan_offset(s, from),
				"nested deeper than %d levels", LIMIT_DEPTH);
	r->depth++;
	s->at++;
	n->json.type = map ? cJSON_Object : cJSON_Array;
	/* the place of its start is counted before those of what is in it */
	end_value(r, n, from);
	if (!(map ? read_members(r, n) : read_items(r, n)))
		return false;
	r->depth--;
	if (map && !r->unbuilt)
		note_twice(r, n, from);
	return !r->place.file || json_keys_differ(r);
}

static bool read_value(struct json_reader *r, struct cJSON ***link, const struct key *key)
{
	const unsigned char *from = r->scan.at;
	bool container = scan_at(&r->scan, '{') || scan_at(&r->scan, '[');
	struct node *n = add_node(r, link, key);

	if (!n)
		return false;
	if (!container) {
		if (!read_scalar(r, n))
			return false;
		end_value(r, n, from);
		return true;
	}
	if (!read_container(r, n))
		return false;
	if (r->place.file && !r->unbuilt) {
		struct pos *value = &((struct placed *)(void *)n)->value;
		struct pos end = place(r, r->scan.at);

		value->end_line = end.end_line;
		value->end_column = end.end_column;
	}
	return true;
}

bool json_read_value(struct json_reader *r, const struct cJSON **root)
{
	struct cJSON *first = NULL, **link = &first;

	r->nodes = 0;
	r->twice = NULL;
	bool good = read_value(r, &link, NULL);
	*root = first;
	return good;
}
