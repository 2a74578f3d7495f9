#include "facts/manifest.h"

#include "base/limits.h"
#include "base/utf8.h"

#include <strings.h>

static void visit(struct manifest_walk *w, const struct manifest_place *up, struct obj value,
		  const struct schema_node *node);

static void visit_map(struct manifest_walk *w, const struct manifest_place *p)
{
	for (struct obj m = obj_first(p->at); m.node; m = obj_next(m)) {
		const struct schema_node *node = schema_member(p->node, obj_key(m));

		if (node)
			visit(w, p, m, node);
		else if (w->unknown && !value_is_placeholder(obj_key(m), NULL) &&
			 !str_has_prefix(obj_key(m), STR("$"))) /* $patch, of kustomize */
			w->unknown(w, p, m);
	}
	if (w->map)
		w->map(w, p);
}

static bool is_unknown_yet(struct obj value)
{
	enum obj_type type = obj_type(value);

	/* ENC[...] is what SOPS writes, whatever the type of the value was */
	return type == OBJ_NULL_VALUE ||
	       (type == OBJ_STRING && (value_is_placeholder(obj_text(value, ""), NULL) ||
				       str_has_prefix(obj_text(value, ""), STR("ENC["))));
}

/* As deep as the schema at most. */
static void visit(struct manifest_walk *w, const struct manifest_place *up, struct obj value,
		  const struct schema_node *node)
{
	struct manifest_place p = {.up = up, .at = value, .node = node};

	if (is_unknown_yet(value))
		return;
	if (w->value && up)
		w->value(w, up, value, node);
	if (node->type == SCHEMA_MAP && obj_type(value) == OBJ_MAP)
		visit_map(w, &p);
	if (node->type == SCHEMA_LIST && obj_type(value) == OBJ_LIST)
		for (struct obj item = obj_first(value); item.node; item = obj_next(item))
			visit(w, &p, item, schema_item(node));
}

void manifest_walk(struct manifest_walk *w)
{
	const struct schema_node *root = schema_of(w->c->object->kind);

	if (root)
		visit(w, NULL, w->c->root, root);
}

bool manifest_is_secret(const struct manifest_place *p)
{
	for (; p; p = p->up)
		if (str_has_suffix(obj_key(p->at), STR("Credentials")) ||
		    str_is(obj_key(p->at), "env"))
			return true;
	return false;
}

#define SHOWN 60

struct str manifest_shown(struct str text)
{
	return utf8_cut(text, SHOWN);
}

bool manifest_is_newer(const struct rule_ctx *c)
{
	struct version site = c->params->operator_, table;

	table = (struct version){schema_cloudnative_pg.major, schema_cloudnative_pg.minor};
	if (c->object->kind == KIND_OBJECT_STORE) {
		site = c->params->plugin;
		table = (struct version){schema_plugin.major, schema_plugin.minor};
	}
	return version_before(table, site.major, site.minor);
}

bool manifest_is_retention(struct str name)
{
	static const char word[] = "retention";

	if (str_has_suffix_nocase(name, STR("seconds")))
		return false;
	for (size_t i = 0; i + sizeof word - 1 <= name.len; i++)
		if (strncasecmp(name.ptr + i, word, sizeof word - 1) == 0)
			return true;
	return false;
}

struct str manifest_parent(struct manifest_walk *w, const struct manifest_place *p)
{
	struct buf path = BUF_ARENA(w->c->arena);

	if (w->found++ < LIMIT_FINDINGS)
		obj_path(w->c->root, p->at, &path);
	return path.len ? buf_slice(&path) : STR("the object");
}

void manifest_settle(struct finding *f, const struct manifest_place *p, struct obj member)
{
	if (obj_key_pos(member).line) {
		f->pos = obj_key_pos(member);
		f->source = obj_source(member);
	}
	if (manifest_is_secret(p))
		finding_confidential(f);
}
