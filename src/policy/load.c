/* Fields of a policy file into their struct by the rows of fields_internal.h, and what is wrong
 * with them, with a place. */
#include "fields_internal.h"

#include "base/limits.h"

#include <stdarg.h>
#include <string.h>

static bool add_error(struct load *l, struct obj at, struct pos pos, const char *fmt, va_list args)
	PRINTF(4, 0);
static bool add_error(struct load *l, struct obj at, struct pos pos, const char *fmt, va_list args)
{
	struct policy_errors *all = l->errors;
	struct buf text CLEANUP(buf) = {0};

	if (all->len == LIMIT_POLICY_ERRORS)
		return false;
	if (all->len == all->cap) {
		size_t cap = all->cap ? all->cap * 2 : 4;
		struct err *grown = ARENA_ARRAY(l->scratch, struct err, cap);

		if (all->len)
			memcpy(grown, all->items, all->len * sizeof *grown);
		all->items = grown;
		all->cap = cap;
	}
	obj_path(doc_root(at.doc), at, &text);
	if (text.len)
		buf_text(&text, ": ");
	buf_vfmt(&text, fmt, args);
	return err_at(&all->items[all->len++], E_VALUE, pos.line, pos.column, "%.*s",
		      STR_ARG(buf_slice(&text)));
}

bool load_fail(struct load *l, struct obj at, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add_error(l, at, obj_pos(at), fmt, args);
	va_end(args);
	return false;
}

bool load_fail_key(struct load *l, struct obj at, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add_error(l, at, obj_key_pos(at).line ? obj_key_pos(at) : obj_pos(at), fmt, args);
	va_end(args);
	return false;
}

static const struct field *find(const struct field *fields, struct str name)
{
	for (; fields->name; fields++)
		if (str_is(name, fields->name))
			return fields;
	return NULL;
}

static bool unknown_key(struct load *l, const struct field *fields, struct obj member)
{
	const char *names[FIELD_CHILDREN] = {0};
	size_t len = 0;

	for (; fields->name; fields++) {
		BUG_IF(len == FIELD_CHILDREN);
		if (!fields->refused)
			names[len++] = fields->name;
	}
	const char *near = str_nearest(obj_key(member), names, len);
	return load_fail_key(l, member, "is no key of a policy%s%s%s",
			     near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static const char *type_name(struct obj o)
{
	static const char *const words[] = {
		[OBJ_NONE] = "absent",	   [OBJ_NULL_VALUE] = "empty", [OBJ_BOOL] = "true or false",
		[OBJ_NUMBER] = "a number", [OBJ_STRING] = "a text",    [OBJ_LIST] = "a list",
		[OBJ_MAP] = "a map"};

	return words[obj_type(o)];
}

static bool wrong_type(struct load *l, const struct field *f, struct obj value)
{
	struct buf wanted CLEANUP(buf) = {0};
	bool quotes = f->type->json == OBJ_STRING && !f->choices &&
		      (obj_type(value) == OBJ_NUMBER || obj_type(value) == OBJ_BOOL);

	for (const char *const *word = f->choices; word && *word; word++)
		buf_fmt(&wanted, "%s%s", word == f->choices ? "" : " or ", *word);
	if (!f->choices)
		buf_text(&wanted, f->type->wanted);
	return load_fail(l, value, "is %s, not %.*s%s", type_name(value),
			 STR_ARG(buf_slice(&wanted)), quotes ? ": put it in quotes" : "");
}

static bool load_one(struct load *l, const struct field *f, struct obj value, void *target)
{
	enum obj_type type = obj_type(value);

	if (type == f->type->json || (type == f->type->or_json && type != OBJ_NONE))
		return f->type->read(l, f, value, target);
	return wrong_type(l, f, value);
}

static bool load_list(struct load *l, const struct field *f, struct obj list, void *base)
{
	size_t len = obj_len(list), at = 0;

	if (obj_type(list) != OBJ_LIST)
		return load_fail(l, list, "is %s, not a list%s", type_name(list),
				 obj_type(list) == OBJ_NULL_VALUE ? ": write [] for none" : "");
	if (f->type == &field_store && len > LIMIT_STORES)
		return load_fail(l, list, "has %zu stores, more than %u", len, LIMIT_STORES);
	char *items = arena_alloc(l->policy->arena, (len + 1) * f->type->size);
	for (struct obj o = obj_first(list); o.node; o = obj_next(o))
		load_one(l, f, o, items + at++ * f->type->size);
	/* The target is a pointer to const items of some struct; all pointers look alike. */
	memcpy((char *)base + f->offset, &items, sizeof items);
	memcpy((char *)base + f->len_offset, &len, sizeof len);
	return true;
}

bool load_map(struct load *l, const struct field *fields, struct obj map, void *base)
{
	for (struct obj o = obj_first(map); o.node; o = obj_next(o)) {
		const struct field *f = find(fields, obj_key(o));

		if (!f)
			unknown_key(l, fields, o);
		else if (f->refused)
			load_fail_key(l, o, "%s", f->refused);
		else if (f->list)
			load_list(l, f, o, base);
		else if (f->type->json != OBJ_MAP || obj_type(o) != OBJ_NULL_VALUE)
			load_one(l, f, o, (char *)base + f->offset);
	}
	for (const struct field *f = fields; f->name; f++)
		if (f->required && !obj_member(map, str_from(f->name)).node)
			load_fail_key(l, map, "needs %s", f->name);
	return true;
}
