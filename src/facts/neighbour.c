#include "facts/neighbour.h"

#include "base/limits.h"

struct str neighbour_own_file(const struct rule_ctx *c)
{
	const struct object *o = c->object;
	struct view_iter it = view_each(c->view, REL_SELF, o->kind, o->namespace, o->name);
	const struct known *k;

	for (size_t i = 0; i < LIMIT_SHARERS && (k = view_next(&it)); i++)
		if (k->object.root.node == c->root.node)
			return k->file;
	return STR_EMPTY;
}

struct str neighbour_called(const struct rule_ctx *c, const struct known *k)
{
	struct buf out = BUF_ARENA(c->arena);

	buf_fmt(&out, "%s ", kind_name(k->object.kind));
	if (k->object.namespace.len && !str_eq(k->object.namespace, c->object->namespace))
		buf_fmt(&out, "%.*s/", STR_ARG(k->object.namespace));
	buf_str(&out, k->object.name);
	if (k->file.len && !str_eq(k->file, neighbour_own_file(c)))
		buf_fmt(&out, " (%.*s)", STR_ARG(k->file));
	return buf_slice(&out);
}

const struct known *neighbour_renamed(const struct rule_ctx *c, enum kind kind, struct str name)
{
	struct view_iter it = view_each(c->view, REL_KIND, kind, c->object->namespace, STR_EMPTY);
	size_t looked = 0;

	for (const struct known *k; looked < LIMIT_NEIGHBOURS && (k = view_next(&it)); looked++)
		if (k->object.former.len && str_eq(k->object.former, name))
			return k;
	return NULL;
}

const struct known *neighbour_only(const struct rule_ctx *c, enum kind kind)
{
	const struct known *only = NULL;

	if (!c->view || !c->object->namespace.len)
		return NULL;
	struct view_iter it = view_each(c->view, REL_KIND, kind, c->object->namespace, STR_EMPTY);
	only = view_next(&it);
	if (!only || view_next(&it) || !only->object.name.len ||
	    value_is_placeholder(only->object.name, NULL))
		return NULL;
	return only;
}

bool neighbour_is_base(const struct rule_ctx *c)
{
	static const char *const names[] = {"base",	  "bases",  "common",	"component",
					    "components", "shared", "template", "templates"};
	struct str rest = c->view ? neighbour_own_file(c) : STR_EMPTY, folder;

	while (str_split(&rest, '/', &folder) && rest.ptr)
		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			if (str_is(folder, names[i]))
				return true;
	return false;
}
