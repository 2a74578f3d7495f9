/* What ConfigMaps set for the variables of Flux. */
#include "settings_internal.h"

#include "base/limits.h"
#include "input/folders.h"

bool settings_is(const struct object *object)
{
	struct obj data = obj_at(object->root, "data");
	size_t bytes = 0;

	if (!str_is(object->kind_name, "ConfigMap") || !str_is(object->api_version, "v1") ||
	    !object->name.len || obj_len(data) == 0 || obj_len(data) > LIMIT_SETTINGS)
		return false;
	for (struct obj e = obj_first(data); e.node; e = obj_next(e))
		bytes += obj_text(e, "").len;
	return bytes <= LIMIT_SETTINGS_BYTES;
}

/* How many folders the two paths have in common. */
static size_t nearness(const struct folder *a, const struct folder *b)
{
	struct str left = str_from(a->path), right = str_from(b->path), x, y;
	size_t common = 0;

	while (str_split(&left, '/', &x) && str_split(&right, '/', &y) && str_eq(x, y))
		common++;
	return common;
}

/* What one ConfigMap says of it. */
static enum variable_is read_one(const struct settings *s, struct str name, struct str *value,
				 struct obj *by)
{
	struct obj at = obj_member(obj_at(s->object.root, "data"), name);

	if (!at.node)
		return VARIABLE_ABSENT;
	if (obj_str(at, "", value) != OBJ_SET || value_is_placeholder(*value, NULL) ||
	    str_find_byte(*value, '\n') != STR_NONE)
		return VARIABLE_UNKNOWN;
	*by = at;
	return VARIABLE_SET;
}

struct asked {
	const struct settings *all;
	struct str namespace;
	const struct folder *from;
	struct str name; /* of the variable */
};

static bool is_called(const struct asked *q, const struct settings *s, struct str name)
{
	return str_eq(s->object.name, name) && (!s->object.namespace.len || !q->namespace.len ||
						str_eq(s->object.namespace, q->namespace));
}

/* What the nearest ConfigMaps of that name agree on. */
static enum variable_is read_nearest(const struct asked *q, struct str name, struct str *value,
				     struct obj *by)
{
	enum variable_is is = VARIABLE_UNKNOWN;
	size_t near = 0;

	for (const struct settings *s = q->all; s; s = s->next) {
		size_t here = is_called(q, s, name) ? nearness(s->from, q->from) + 1 : 0;
		struct str found = STR_EMPTY;
		struct obj at;

		if (here == 0 || here < near)
			continue;
		enum variable_is one = read_one(s, q->name, &found, &at);
		if (here == near &&
		    (one != is || (one == VARIABLE_SET && !str_eq(found, *value)))) {
			is = VARIABLE_UNKNOWN;
			continue;
		}
		if (here == near)
			continue;
		near = here;
		is = one;
		if (one == VARIABLE_SET) {
			*value = found;
			*by = at;
		}
	}
	return is;
}

enum variable_is settings_look(const struct settings *all, struct obj sources, struct str namespace,
			       const struct folder *from, struct str name, struct str *value,
			       struct obj *by)
{
	const struct asked q = {all, namespace, from, name};
	enum variable_is is = VARIABLE_ABSENT;

	for (struct obj e = obj_first(sources); e.node; e = obj_next(e)) {
		struct str found = STR_EMPTY;
		struct obj at;
		enum variable_is here = str_is(obj_text(e, "kind"), "ConfigMap")
						? read_nearest(&q, obj_text(e, "name"), &found, &at)
						: VARIABLE_UNKNOWN;

		if (here == VARIABLE_ABSENT)
			continue;
		is = here;
		if (here == VARIABLE_SET) {
			*value = found;
			*by = at;
		}
	}
	return is;
}
