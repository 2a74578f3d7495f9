#include "facts/manifest.h"

#include "base/limits.h"
#include "base/utf8.h"

#include <strings.h>

static void visit(struct manifest_walk *w, const struct manifest_place *up, struct obj value,
		  const struct schema_node *node);

static void visit_map(struct manifest_walk *w, const struct manifest_place *p)
{
	for (struct obj m = obj_first(p->at); m.node; m = obj_next(m)) {
		const struct schema_node *node = schema_member(w->schema, p->node, obj_key(m));

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
			visit(w, &p, item, schema_item(w->schema, node));
}

void manifest_walk(struct manifest_walk *w)
{
	enum kind kind = w->c->object->kind;

	w->schema = schema_for(w->c->schema, kind);
	const struct schema_node *root = schema_of(w->schema, kind);

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

/* What the policy says of the program that has the kind. */
static struct version site_of(const struct rule_ctx *c)
{
	return c->object->kind == KIND_OBJECT_STORE ? c->params->plugin : c->params->operator_;
}

bool manifest_is_newer(const struct rule_ctx *c)
{
	struct schema_release table =
		c->object->kind == KIND_OBJECT_STORE ? schema_plugin : schema_cloudnative_pg;
	struct version site = site_of(c);

	if (schema_for(c->schema, c->object->kind)->exact)
		return false;
	return version_before((struct version){.major = table.major, .minor = table.minor},
			      site.major, site.minor) ||
	       (site.major == table.major && site.minor == table.minor && site.patch > table.patch);
}

/* What came with a patch release may be in an older line, too. */
static bool lacks(struct version site, struct schema_release since)
{
	if (site.major == since.major && site.minor == since.minor)
		return site.patch_said && site.patch < since.patch;
	return !since.patch && version_before(site, since.major, since.minor);
}

/* Every value at a path such as "plugins[].name". */
static void each_at(const struct rule_ctx *c, struct obj at, struct str path,
		    const struct schema_change *change, manifest_change_fn *each)
{
	struct str name, choice = STR_EMPTY;

	if (!path.ptr || !at.node) {
		if (at.node && obj_type(at) != OBJ_NULL_VALUE)
			each(c, at, change);
		return;
	}
	str_split(&path, '.', &name);
	size_t equals = str_find_byte(name, '=');
	if (equals != STR_NONE) {
		choice = str_slice(name, equals + 1, name.len);
		name = str_slice(name, 0, equals);
	}
	bool list = str_has_suffix(name, STR("[]"));
	at = obj_member(at, str_slice(name, 0, name.len - (list ? 2 : 0)));
	for (struct obj e = obj_first(at); list && e.node; e = obj_next(e))
		each_at(c, e, path, change, each);
	if (!list && (!choice.len || str_eq(obj_text(at, ""), choice)))
		each_at(c, at, path, change, each);
}

void manifest_changes(const struct rule_ctx *c, bool choices, manifest_change_fn *each)
{
	if (schema_for(c->schema, c->object->kind)->exact)
		return;
	for (size_t i = 0; i < schema_changes_len; i++) {
		const struct schema_change *change = &schema_changes[i];
		struct str path = str_from(change->path);

		if (change->kind == c->object->kind && lacks(site_of(c), change->since) &&
		    (str_find_byte(path, '=') != STR_NONE) == choices)
			each_at(c, c->root, path, change, each);
	}
}

struct str manifest_release(const struct rule_ctx *c, const struct schema_change *change)
{
	struct schema_release since = change->since;
	struct version site = site_of(c);
	struct buf out = BUF_ARENA(c->arena);

	buf_fmt(&out, "%s %d.%d.%d, and the policy says %d.%d",
		change->kind == KIND_OBJECT_STORE ? "plugin" : "CloudNativePG", since.major,
		since.minor, since.patch, site.major, site.minor);
	if (site.patch_said)
		buf_fmt(&out, ".%d", site.patch);
	return buf_slice(&out);
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
