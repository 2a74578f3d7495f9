/* The members of a map as they are written, but for those that an alias makes unreadable elsewhere.
 */
#include "internal.h"

#include "doc/emit.h"

struct members {
	struct arena *arena;
	struct str text;     /* of the file */
	struct str left_out; /* the key of one that does not come along */
	struct buf *out;
};

static void add_lines(struct members *w, uint32_t first, uint32_t last, size_t from, size_t to)
{
	if (first <= last)
		buf_str(w->out,
			lines_moved(w->arena, w->text,
				    (struct pos){.line = first, .end_line = last}, from, to));
}

static uint32_t last_line(struct obj member)
{
	return lines_is_alias(member) ? obj_key_pos(member).line : obj_pos(member).end_line;
}

/* By themselves, as the one document that they are. */
static struct obj read_alone(const struct members *w, struct str lines)
{
	struct doc_list docs;
	struct err err;

	if (!doc_read_yaml(w->arena, lines, &docs, &err) || docs.len != 1)
		return (struct obj){0};
	return doc_root(docs.docs[0]);
}

static bool reads_alike(const struct members *w, struct str lines, struct obj member)
{
	struct obj root = read_alone(w, lines);

	return obj_len(root) == 1 && obj_equal(obj_member(root, obj_key(member)), member);
}

static bool add_members(struct members *w, struct obj map, struct pos lines, size_t to);

/* In its lines; else a map by its members, and what has no comment by its value. */
static bool add_member(struct members *w, struct obj member, struct pos lines, size_t to)
{
	size_t from = obj_key_pos(member).column - 1;
	struct obj first = obj_first(member);
	struct str written = lines_moved(w->arena, w->text, lines, from, 0);
	struct buf value = BUF_ARENA(w->arena);
	struct emit e = EMIT(&value);

	if (reads_alike(w, written, member)) {
		add_lines(w, lines.line, lines.end_line, from, to);
		return true;
	}
	if (obj_type(member) == OBJ_MAP && obj_key_pos(first).line > lines.line) {
		size_t deeper = to + obj_key_pos(first).column - 1 - from;

		add_lines(w, lines.line, lines.line, from, to);
		lines.line++;
		return add_members(w, member, lines, deeper);
	}
	bool one = obj_type(member) != OBJ_MAP && obj_type(member) != OBJ_LIST;
	if (!one && str_find_byte(written, '#') != STR_NONE)
		return false;
	emit_member(&e, obj_key(member), member);
	struct str rest = buf_slice(&value), line;
	while (str_split(&rest, '\n', &line) && line.len) {
		buf_repeat(w->out, ' ', to);
		buf_str(w->out, line);
		buf_str(w->out, one ? lines_comment_behind(w->text, member) : STR_EMPTY);
		buf_byte(w->out, '\n');
	}
	return true;
}

/* From the first of these lines to the last, what stands between them, too. */
static bool add_members(struct members *w, struct obj map, struct pos lines, size_t to)
{
	size_t from = obj_key_pos(obj_first(map)).column - 1;
	bool top = w->left_out.len != 0;
	struct str left_out = w->left_out;

	w->left_out = STR_EMPTY; /* of this map alone */
	for (struct obj m = obj_first(map); m.node; m = obj_next(m)) {
		struct pos own = {.line = obj_key_pos(m).line, .end_line = last_line(m)};
		bool out = top && str_eq(obj_key(m), left_out);
		uint32_t above = out ? lines_above(w->text, m) : own.line;

		if (above < lines.line || own.end_line > lines.end_line)
			return false; /* it came by a merge, or shares its line */
		add_lines(w, lines.line, above - 1, from, to);
		if (!out && !add_member(w, m, own, to))
			return false;
		lines.line = own.end_line + 1;
	}
	add_lines(w, lines.line, lines.end_line, from, to);
	return true;
}

bool members_write(struct arena *a, struct str text, struct obj map, struct pos lines, size_t to,
		   struct buf *out)
{
	struct members w = {a, text, STR("serverName"), out};
	size_t from = obj_key_pos(obj_first(map)).column - 1;
	struct str written = lines_moved(a, text, lines, from, to);

	if (!obj_member(map, w.left_out).node && obj_equal(read_alone(&w, written), map)) {
		buf_str(out, written);
		return true;
	}
	return add_members(&w, map, lines, to);
}
