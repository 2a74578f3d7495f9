/* The values of a release that stand in several places, each before those in front of it. */
#include "evaluate_internal.h"
#include "release_internal.h"

#include "base/file.h"
#include "base/limits.h"
#include "appliers_internal.h"

void layers_add(struct layers *l, struct obj values)
{
	struct err err;

	if (obj_type(values) != OBJ_MAP || l->failed)
		return;
	l->failed = l->any ? !render_merge(&l->render, values, 0, &err)
			   : !render_copy(&l->render, values, &err);
	l->any = true;
}

/* `path`: absolute. */
static bool add_file(const struct releasing *at, struct layers *l, const char *path)
{
	const struct catalog *c = at->e->catalog;
	struct arena *a = at->e->arena;
	struct str name = catalog_name(c, a, path), text;
	struct doc_list docs;
	struct err err;

	if (!file_read_regular(a, str_from(path), LIMIT_FILE_BYTES, &text, &err) ||
	    (c->read && !c->read(c->read_ctx, a, name, &text, &err)) ||
	    !doc_read_yaml_within(a, text, at->e->budget, &docs, &err) || docs.len > 1)
		return false;
	doc_set_name(&docs, name);
	if (docs.len)
		layers_add(l, doc_root(docs.docs[0]));
	return true;
}

bool layers_add_source(const struct releasing *at, struct layers *l, struct str path)
{
	size_t slash = str_find_byte(path, '/');
	const char *file;

	if (!str_has_prefix(path, STR("$")) || slash == STR_NONE)
		return false;
	file = appliers_folder(at->e->arena, at->file->folder,
			       str_slice(path, slash + 1, path.len));
	return file && add_file(at, l, file);
}

bool layers_add_beside(const struct releasing *at, struct layers *l, struct str path)
{
	struct arena *a = at->e->arena;

	return add_file(
		at, l,
		arena_cstr(a, files_absolute(a, files_folder(str_from(at->file->path)), path)));
}

bool layers_add_text(const struct releasing *at, struct layers *l, struct obj text)
{
	struct doc_list docs;
	struct err err;

	if (!doc_read_embedded(at->e->arena, &text, at->e->budget, &docs, &err) || docs.len > 1)
		return false;
	doc_set_name(&docs, doc_name(obj_source(text)));
	if (docs.len)
		layers_add(l, doc_root(docs.docs[0]));
	return true;
}

/* "a.b", of which a parameter says what is not read: it is unknown. */
static void remove_parameter(struct layers *l, struct str name)
{
	struct obj map = render_root(&l->render);
	struct str rest = str_slice(name, 0, str_find_byte(name, '['));
	struct str part, next;

	if (!str_split(&rest, '.', &part))
		return;
	while (str_split(&rest, '.', &next) && obj_type(obj_member(map, part)) == OBJ_MAP) {
		map = obj_member(map, part);
		part = next;
	}
	render_remove(&l->render, map, part);
}

bool layers_set(struct layers *l, struct obj parameters)
{
	bool known = true;
	struct doc_list none;
	struct err err;

	if (!l->any && obj_len(parameters) &&
	    doc_read_yaml_within(l->render.arena, STR("{}"), l->render.budget, &none, &err))
		layers_add(l, doc_root(none.docs[0]));
	for (struct obj p = obj_first(parameters); p.node && l->any && !l->failed;
	     p = obj_next(p)) {
		if (release_set(&l->render, p))
			continue;
		remove_parameter(l, obj_text(p, "name"));
		known = false;
	}
	return known && (l->any || !obj_len(parameters));
}
