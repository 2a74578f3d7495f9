/* What is asked of the Cluster that is restored. */
#include "internal.h"

#include <string.h>

#define SLOWEST ((uint64_t)2 << 20) /* bytes a second that a store sends at the least */

const struct object *restore_cluster(const struct restore *r)
{
	return &r->use->object;
}

struct str restore_called(const struct restore *r, struct str namespace, struct str name)
{
	return namespace.len ? arena_fmt(r->arena, "%.*s/%.*s", STR_ARG(namespace), STR_ARG(name))
			     : name;
}

const struct known *restore_store(const struct restore *r, struct str name)
{
	return view_find(&r->view, KIND_OBJECT_STORE, restore_cluster(r)->namespace, name);
}

struct obj restore_bootstrap(const struct restore *r)
{
	static const char *const methods[] = {"initdb", "recovery", "pg_basebackup"};
	struct obj bootstrap = obj_at(restore_cluster(r)->root, "spec.bootstrap"), found = {0};

	for (size_t i = 0; i < ARRAY_LEN(methods) && !found.node; i++)
		if (obj_type(obj_at(bootstrap, methods[i])) == OBJ_MAP)
			found = obj_at(bootstrap, methods[i]);
	return found;
}

/* With CloudNativePG's defaults of initdb, which nobody writes down. */
struct application restore_application(const struct restore *r)
{
	struct obj from = restore_bootstrap(r);
	struct obj bootstrap = obj_at(restore_cluster(r)->root, "spec.bootstrap");
	struct application app = {obj_text(from, "database"), obj_text(from, "owner")};
	bool made = !from.node || obj_type(obj_at(bootstrap, "initdb")) == OBJ_MAP;

	if (str_is(obj_text(from, "import.type"), "monolith"))
		made = false; /* it has databases of its own, and no application's */
	if (made && !app.database.len)
		app.database = STR("app");
	if (made && !app.owner.len)
		app.owner = app.database;
	return app;
}

struct str restore_application_secret(const struct restore *r)
{
	struct str named = obj_text(restore_bootstrap(r), "secret.name");

	return named.len ? named : arena_fmt(r->arena, "%.*s-app", STR_ARG(r->as));
}

int64_t restore_patience(const struct restore *r)
{
	const struct restore_plan *p = &r->plan;

	if (!p->known)
		return 24;
	return 2 + (int64_t)((p->bytes + p->base->bytes) / (SLOWEST * 3600));
}

bool restore_names_image(const struct restore *r)
{
	struct obj spec = obj_at(restore_cluster(r)->root, "spec");

	return obj_type(obj_at(spec, "imageName")) > OBJ_NULL_VALUE ||
	       obj_type(obj_at(spec, "imageCatalogRef")) > OBJ_NULL_VALUE;
}

void restore_each_text(struct obj root, const char *path, void (*each)(void *ctx, struct str text),
		       void *ctx)
{
	const char *list = strstr(path, "[]");
	char front[80];

	if (!list) {
		struct str text = obj_text(root, path);

		if (text.len)
			each(ctx, text);
		return;
	}
	BUG_IF((size_t)(list - path) >= sizeof front);
	memcpy(front, path, (size_t)(list - path));
	front[list - path] = '\0';
	const char *rest = list[2] == '.' ? list + 3 : list + 2;
	for (struct obj e = obj_first(obj_at(root, front)); e.node; e = obj_next(e))
		restore_each_text(e, rest, each, ctx);
}
