/* A schema out of the CRDs of what runs, or is to run. */
#include "cnpg/schema.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

/* A table indexes with 16 bits, and metadata is to have room; the CRDs of one release have some
 * 1,100 fields. */
#define MOST 0xff00u

#define ROOTS 4

struct growing {
	void *items;
	size_t len, cap, size;
};

struct schema_reader {
	struct arena *arena;
	struct growing nodes, fields, conditions;
	struct schema_root roots[ROOTS];
	struct schema schema;
};

/* Where a schema stands in a CRD. */
struct place {
	enum kind kind;
	struct str path; /* as in struct schema_condition; empty: the object */
	struct err *err;
};

static size_t add(struct arena *a, struct growing *g, const void *item)
{
	if (g->len == g->cap) {
		size_t cap = g->cap ? g->cap * 2 : 256;
		char *grown = ARENA_ARRAY(a, char, cap * g->size);

		if (g->len)
			memcpy(grown, g->items, g->len * g->size);
		g->items = grown;
		g->cap = cap;
	}
	memcpy((char *)g->items + g->len * g->size, item, g->size);
	return g->len++;
}

struct schema_reader *schema_reader_new(struct arena *a)
{
	static const struct schema_node any = {.type = SCHEMA_ANY};
	struct schema_reader *r = ARENA_NEW(a, struct schema_reader);

	*r = (struct schema_reader){.arena = a,
				    .nodes.size = sizeof(struct schema_node),
				    .fields.size = sizeof(struct schema_field),
				    .conditions.size = sizeof(struct schema_condition)};
	add(a, &r->nodes, &any);
	return r;
}

static bool wrong(const struct place *p, struct obj at, const char *what)
{
	struct pos pos = obj_pos(at);

	return err_at(p->err, E_VALUE, pos.line, pos.column, "CRD of %s: %s of %.*s",
		      kind_name(p->kind), what, STR_ARG(p->path.len ? p->path : STR("the object")));
}

static bool node_of(struct schema_reader *r, const struct place *p, struct obj schema,
		    uint16_t *out);

static bool keep_node(struct schema_reader *r, const struct place *p, struct obj at,
		      const struct schema_node *node, uint16_t *out)
{
	if (r->nodes.len > MOST || r->fields.len > MOST)
		return wrong(p, at, "more fields than there is room for, at the schema");
	*out = (uint16_t)add(r->arena, &r->nodes, node);
	return true;
}

/* metadata: CRDs say nothing about it, and the API server has it built in. */
static uint16_t copy(struct schema_reader *r, const struct schema_node *from)
{
	struct schema_node node = *from;
	struct schema_field fields[32];
	size_t len = from->len < ARRAY_LEN(fields) ? from->len : ARRAY_LEN(fields);

	if (node.members)
		node.members = copy(r, &schema_builtin.nodes[from->members]);
	for (size_t i = 0; i < len; i++) {
		fields[i] = schema_builtin.fields[from->first + i];
		fields[i].node =
			fields[i].node ? copy(r, &schema_builtin.nodes[fields[i].node]) : 0;
	}
	node.first = (uint16_t)r->fields.len;
	node.len = (uint16_t)len;
	for (size_t i = 0; i < len; i++)
		add(r->arena, &r->fields, &fields[i]);
	return (uint16_t)add(r->arena, &r->nodes, &node);
}

static bool is_required(struct obj required, struct str name)
{
	for (struct obj e = obj_first(required); e.node; e = obj_next(e))
		if (str_eq(obj_text(e, ""), name))
			return true;
	return false;
}

static int by_name(const void *left, const void *right)
{
	const struct schema_field *a = left, *b = right;

	return strcmp(a->name, b->name);
}

/* What every object has: CRDs need not say it. */
static void add_built_in(struct schema_reader *r, enum kind kind, struct schema_field *fields,
			 size_t *len)
{
	static const char *const names[] = {"apiVersion", "kind", "metadata"};
	const struct schema_node *object = schema_of(&schema_builtin, kind);

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct str name = str_from(names[i]);
		size_t at = 0;

		while (at < *len && strcmp(fields[at].name, names[i]) != 0)
			at++;
		if (at == *len)
			fields[(*len)++] = (struct schema_field){.name = names[i]};
		if (!fields[at].node)
			fields[at].node = copy(r, schema_member(&schema_builtin, object, name));
	}
}

static bool field_of(struct schema_reader *r, const struct place *p, struct obj schema,
		     struct obj property, struct schema_field *out)
{
	struct str name = obj_key(property);
	struct place below = *p;
	bool above = !p->path.len;

	*out = (struct schema_field){.name = arena_cstr(r->arena, name)};
	out->required =
		is_required(obj_at(schema, "required"), name) && !obj_at(property, "default").node;
	below.path =
		above ? name : arena_fmt(r->arena, "%.*s.%.*s", STR_ARG(p->path), STR_ARG(name));
	return (above && (str_is(name, "metadata") || str_is(name, "status"))) ||
	       node_of(r, &below, property, &out->node);
}

/* The fields of one map stand together, below those of what is in it. */
static bool fields_of(struct schema_reader *r, const struct place *p, struct obj schema,
		      struct schema_node *node)
{
	struct obj properties = obj_at(schema, "properties");
	size_t len = 0, most = obj_len(properties) + 3;
	struct schema_field *fields = ARENA_ARRAY(r->arena, struct schema_field, most);

	if (properties.node && obj_type(properties) != OBJ_MAP)
		return wrong(p, properties, "properties is no map, at the schema");
	for (struct obj m = obj_first(properties); m.node; m = obj_next(m))
		if (!field_of(r, p, schema, m, &fields[len++]))
			return false;
	if (!p->path.len)
		add_built_in(r, p->kind, fields, &len);
	qsort(fields, len, sizeof *fields, by_name);
	if (r->fields.len + len > MOST)
		return wrong(p, schema, "more fields than there is room for, at the schema");
	node->first = (uint16_t)r->fields.len;
	node->len = (uint16_t)len;
	for (size_t i = 0; i < len; i++)
		add(r->arena, &r->fields, &fields[i]);
	return true;
}

static enum schema_type type_of(struct obj schema)
{
	static const struct {
		const char *name;
		enum schema_type type;
	} types[] = {
		{"object", SCHEMA_MAP},	     {"array", SCHEMA_LIST},	{"string", SCHEMA_STRING},
		{"integer", SCHEMA_INTEGER}, {"number", SCHEMA_NUMBER}, {"boolean", SCHEMA_BOOLEAN},
	};
	struct str type = obj_text(schema, "type");
	enum obj_type others = obj_type(obj_at(schema, "additionalProperties"));

	if (obj_true(schema, "x-kubernetes-int-or-string", false))
		return SCHEMA_INT_OR_STRING;
	if (obj_true(schema, "x-kubernetes-preserve-unknown-fields", false) ||
	    (str_is(type, "object") && !obj_len(obj_at(schema, "properties")) && others != OBJ_MAP))
		return SCHEMA_ANY;
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (str_is(type, types[i].name))
			return types[i].type;
	return SCHEMA_ANY;
}

static const char *choices_of(struct schema_reader *r, struct obj schema)
{
	struct buf out = BUF_ARENA(r->arena);
	struct obj choices = obj_at(schema, "enum");

	for (struct obj e = obj_first(choices); e.node; e = obj_next(e)) {
		buf_text(&out, out.len ? "|" : "");
		buf_str(&out, obj_text(e, ""));
	}
	return obj_len(choices) ? arena_cstr(r->arena, buf_slice(&out)) : NULL;
}

static void conditions_of(struct schema_reader *r, const struct place *p, struct obj schema)
{
	struct obj e = obj_first(obj_at(schema, "x-kubernetes-validations"));

	for (; e.node; e = obj_next(e)) {
		struct str rule = obj_text(e, "rule");

		if (str_contains(rule, STR("oldSelf")))
			continue;
		struct schema_condition c = {p->kind, arena_cstr(r->arena, p->path),
					     arena_cstr(r->arena, rule)};
		add(r->arena, &r->conditions, &c);
	}
}

static void bounds_of(struct obj schema, struct schema_node *node)
{
	bool text = node->type == SCHEMA_STRING;

	node->has_least = obj_int(schema, text ? "minLength" : "minimum", &node->least) == OBJ_SET;
	node->has_most = obj_int(schema, text ? "maxLength" : "maximum", &node->most) == OBJ_SET;
}

/* As deep as the document at most. */
static bool node_of(struct schema_reader *r, const struct place *p, struct obj schema,
		    uint16_t *out)
{
	struct schema_node node = {.type = type_of(schema), .choices = choices_of(r, schema)};
	struct obj members =
		obj_at(schema, node.type == SCHEMA_LIST ? "items" : "additionalProperties");
	struct str pattern = obj_text(schema, "pattern");

	if (obj_type(schema) != OBJ_MAP)
		return wrong(p, schema, "no map, at the schema");
	conditions_of(r, p, schema);
	bounds_of(schema, &node);
	if (pattern.len)
		node.pattern = arena_cstr(r->arena, pattern);
	if (obj_type(members) == OBJ_MAP) {
		struct place below = *p;

		below.path = arena_fmt(r->arena, "%.*s[]", STR_ARG(p->path));
		if (!node_of(r, &below, members, &node.members))
			return false;
	}
	if (node.type == SCHEMA_MAP && !fields_of(r, p, schema, &node))
		return false;
	return keep_node(r, p, schema, &node, out);
}

/* v1, or the version in which objects are stored. */
static struct obj version_of(struct obj crd)
{
	struct obj e = obj_first(obj_at(crd, "spec.versions")), stored = {0};

	for (; e.node; e = obj_next(e)) {
		if (str_is(obj_text(e, "name"), "v1"))
			return e;
		if (obj_true(e, "storage", false))
			stored = e;
	}
	return stored;
}

static enum kind kind_named(struct obj crd)
{
	static const enum kind kinds[ROOTS] = {KIND_CLUSTER, KIND_SCHEDULED_BACKUP, KIND_BACKUP,
					       KIND_OBJECT_STORE};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_is(obj_text(crd, "spec.names.kind"), kind_api(kinds[i])->name) &&
		    str_is(obj_text(crd, "spec.group"), kind_api(kinds[i])->group))
			return kinds[i];
	return KIND_OTHER;
}

static void keep_root(struct schema_reader *r, enum kind kind, uint16_t node)
{
	size_t at = 0;

	while (at < r->schema.roots_len && r->roots[at].kind != kind)
		at++;
	r->roots[at] = (struct schema_root){kind, node}; /* the last one counts */
	if (at == r->schema.roots_len)
		r->schema.roots_len++;
}

static void forget_conditions(struct schema_reader *r, enum kind kind)
{
	struct schema_condition *all = r->conditions.items;
	size_t kept = 0;

	for (size_t i = 0; i < r->conditions.len; i++)
		if (all[i].kind != kind)
			all[kept++] = all[i];
	r->conditions.len = kept;
}

bool schema_read(struct schema_reader *r, struct obj document, struct err *err)
{
	struct place p = {.path = STR_EMPTY, .err = err};
	struct obj schema;
	uint16_t node = 0;

	if (!str_is(obj_text(document, "kind"), "CustomResourceDefinition"))
		return true;
	p.kind = kind_named(document);
	if (!p.kind)
		return true;
	schema = obj_at(version_of(document), "schema.openAPIV3Schema");
	if (obj_type(schema) != OBJ_MAP || !obj_len(obj_at(schema, "properties")))
		return wrong(&p, document, "no version with an openAPIV3Schema");
	forget_conditions(r, p.kind);
	if (!node_of(r, &p, schema, &node))
		return false;
	keep_root(r, p.kind, node);
	return true;
}

const struct schema *schema_read_end(struct schema_reader *r)
{
	struct schema *s = &r->schema;

	s->nodes = r->nodes.items;
	s->fields = r->fields.items;
	s->roots = r->roots;
	s->conditions = r->conditions.items;
	s->conditions_len = r->conditions.len;
	s->exact = true;
	return s->roots_len ? s : NULL;
}
