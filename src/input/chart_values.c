#include "input/chart_values.h"

#include "base/json.h"

bool value_is_on(struct obj value)
{
	int64_t number;
	bool flag;

	switch (obj_type(value)) {
	case OBJ_NONE:
	case OBJ_NULL_VALUE:
		return false;
	case OBJ_BOOL:
		return obj_bool(value, "", &flag) == OBJ_SET && flag;
	case OBJ_NUMBER:
		return obj_int(value, "", &number) != OBJ_SET || number != 0;
	case OBJ_STRING:
		return obj_text(value, "").len;
	default:
		return obj_len(value);
	}
}

struct str chart_word(struct chart_writer *w, struct obj value)
{
	struct buf out = BUF_ARENA(w->arena);
	struct json j = JSON(&out);

	if (obj_type(value) == OBJ_STRING)
		return obj_text(value, "");
	if (obj_type(value) == OBJ_NUMBER)
		obj_json(value, &j);
	return buf_slice(&out);
}

/* What is written here by us has no place of its own. */
static bool parse(struct chart_writer *w, struct str text, struct obj *out)
{
	struct doc_list docs;
	struct err err;

	w->failed |= !doc_read_yaml_within(w->arena, text, w->budget, &docs, &err);
	*out = w->failed ? (struct obj){NULL, NULL} : doc_root(docs.docs[0]);
	return !w->failed;
}

static void move_all(struct render *r, struct obj at, struct obj by)
{
	render_move(r, at, by);
	for (struct obj m = obj_first(at); m.node; m = obj_next(m))
		move_all(r, m, by); /* as deep as the defaults */
}

/* As Helm merges values: a null takes a default away. */
static void fill(struct chart_writer *w, struct obj to, struct obj from)
{
	struct err err;

	for (struct obj d = obj_first(from); d.node && !w->failed; d = obj_next(d)) {
		struct obj own = obj_member(to, obj_key(d));

		if (!own.node) {
			w->failed = !render_put(&w->render, to, obj_key(d), d, &err);
			if (!w->failed)
				move_all(&w->render, obj_member(to, obj_key(d)), to);
		} else if (obj_type(own) == OBJ_MAP && obj_type(d) == OBJ_MAP) {
			fill(w, own, d);
		}
	}
}

bool chart_values(struct chart_writer *w, struct obj values, struct str defaults, struct obj at,
		  struct obj *out)
{
	struct obj from, none;
	struct err err;

	if (!parse(w, STR("{}"), &none))
		return false;
	w->render = (struct render){.arena = w->arena, .budget = w->budget};
	bool given = obj_type(values) == OBJ_MAP;
	w->failed |= !render_copy(&w->render, given ? values : none, &err);
	if (w->failed)
		return false;
	if (!given)
		render_move(&w->render, render_root(&w->render), at);
	if (defaults.len && parse(w, defaults, &from))
		fill(w, render_root(&w->render), from);
	*out = render_root(&w->render);
	return !w->failed;
}

struct obj chart_begin(struct chart_writer *w, struct obj by)
{
	struct obj none;
	struct err err;

	w->render = (struct render){.arena = w->arena, .budget = w->budget};
	w->failed |= !parse(w, STR("{}"), &none) || !render_copy(&w->render, none, &err);
	if (w->failed)
		return (struct obj){0};
	render_move(&w->render, render_root(&w->render), by);
	return render_root(&w->render);
}

void chart_text(struct chart_writer *w, struct obj map, const char *key, struct str text,
		struct obj by)
{
	struct err err;

	w->failed = w->failed || !render_put_text(&w->render, map, str_from(key), text, by, &err);
}

static void put_constant(struct chart_writer *w, struct obj map, const char *key, struct str text,
			 struct obj by)
{
	struct obj value;
	struct err err;

	w->failed = w->failed || !parse(w, text, &value) ||
		    !render_put(&w->render, map, str_from(key), obj_first(value), &err);
	if (!w->failed)
		move_all(&w->render, obj_member(map, str_from(key)), by);
}

void chart_true(struct chart_writer *w, struct obj map, const char *key, struct obj by)
{
	put_constant(w, map, key, STR("is: true"), by);
}

struct obj chart_entry(struct chart_writer *w, struct obj map, const char *key, struct obj by)
{
	put_constant(w, map, key, STR("is: [{}]"), by);
	return w->failed ? map : obj_first(obj_member(map, str_from(key)));
}

struct obj chart_map(struct chart_writer *w, struct obj map, const char *key, struct obj by)
{
	struct obj out = map;
	struct err err;

	w->failed = w->failed || !render_open(&w->render, map, str_from(key), by, &out, &err);
	return out;
}

void chart_copy(struct chart_writer *w, struct obj map, const char *key, struct obj value)
{
	struct err err;

	if (obj_type(value) > OBJ_NULL_VALUE)
		w->failed = w->failed || !render_put(&w->render, map, str_from(key), value, &err);
}

void chart_copy_on(struct chart_writer *w, struct obj map, const char *key, struct obj value)
{
	if (value_is_on(value))
		chart_copy(w, map, key, value);
}
