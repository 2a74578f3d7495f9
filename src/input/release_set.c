/* What `--set NAME=VALUE` of Helm does to values. */
#include "release_internal.h"

/* "backups" or "[0]" of a name. */
struct step {
	struct str key;
	int64_t index; /* of a list; -1: of a map */
};

/* False: it ends, or is of another form. */
static bool take_step(struct str *rest, struct step *out)
{
	size_t end = 0;

	*out = (struct step){.index = -1};
	if (rest->len && rest->ptr[0] == '[') {
		end = str_find_byte(*rest, ']');
		if (end == STR_NONE || !str_to_i64(str_slice(*rest, 1, end), &out->index) ||
		    out->index < 0)
			return false;
		end++;
	} else {
		while (end < rest->len && rest->ptr[end] != '.' && rest->ptr[end] != '[')
			end++;
		out->key = str_slice(*rest, 0, end);
	}
	end += end < rest->len && rest->ptr[end] == '.';
	*rest = str_slice(*rest, end, rest->len);
	return out->index >= 0 || out->key.len;
}

static struct obj read_plain(struct render *r, struct str text)
{
	struct doc_list docs;
	struct err err;

	return doc_read_yaml_within(r->arena, text, r->budget, &docs, &err) && docs.len == 1
		       ? doc_root(docs.docs[0])
		       : (struct obj){0};
}

static struct obj find(struct obj at, const struct step *s)
{
	int64_t i = s->index;
	struct obj m = obj_first(at);

	if (i < 0)
		return obj_member(at, s->key);
	while (m.node && i--)
		m = obj_next(m);
	return m;
}

/* The value at the step, in place of what is there; of a list the next one only. */
static bool put(struct render *r, struct obj at, const struct step *s, struct obj value,
		struct obj writer)
{
	struct err err;
	struct obj made;

	if (!value.node || obj_type(at) != (s->index < 0 ? OBJ_MAP : OBJ_LIST) ||
	    (s->index >= 0 && s->index != (int64_t)obj_len(at)) ||
	    !(s->index < 0 ? render_put(r, at, s->key, value, &err)
			   : render_append(r, at, value, &err)))
		return false;
	made = find(at, s);
	render_move(r, made, writer);
	return true;
}

/* As Helm reads a value without quotes: a number, a boolean, or text. */
static bool is_typed(struct str text)
{
	int64_t n;

	return str_is(text, "true") || str_is(text, "false") || str_is(text, "0") ||
	       (text.len && text.ptr[0] >= '1' && text.ptr[0] <= '9' && str_to_i64(text, &n));
}

static bool put_last(struct render *r, struct obj at, const struct step *s, struct obj parameter)
{
	struct obj value = obj_at(parameter, "value");
	struct str text = obj_text(value, "");
	bool forced = obj_true(parameter, "forceString", false);
	struct obj there = find(at, s);
	struct err err;

	if (!forced && (str_is(text, "null") || is_typed(text)))
		return put(r, at, s, read_plain(r, text), value);
	if (s->index < 0 && obj_type(at) == OBJ_MAP)
		return render_put_text(r, at, s->key, text, value, &err);
	if (s->index < 0 || !there.node)
		return put(r, at, s, value, value);
	if (obj_type(there) != OBJ_STRING)
		return false;
	render_text(r, there, text, value);
	return true;
}

bool release_set(struct render *r, struct obj parameter)
{
	struct str rest = obj_text(parameter, "name"), text = obj_text(parameter, "value");
	struct obj at = render_root(r), name = obj_at(parameter, "name");
	struct step s;

	/* what is escaped, and lists and maps in braces, nobody writes here */
	if (str_find_byte(rest, '\\') != STR_NONE || str_find_byte(text, '\\') != STR_NONE ||
	    str_has_prefix(text, STR("{")) || !take_step(&rest, &s))
		return false;
	while (rest.len) {
		bool list = rest.ptr[0] == '[';
		struct obj below = find(at, &s);

		if (obj_type(below) <= OBJ_NULL_VALUE &&
		    !put(r, at, &s, read_plain(r, list ? STR("[]") : STR("{}")), name))
			return false;
		at = find(at, &s);
		if (obj_type(at) != (list ? OBJ_LIST : OBJ_MAP) || !take_step(&rest, &s))
			return false;
	}
	return put_last(r, at, &s, parameter);
}
