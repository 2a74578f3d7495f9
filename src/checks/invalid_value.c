/* What the schema refuses in a field that it knows. */
#include "base/arena.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "facts/manifest.h"
#include "facts/neighbour.h"
#include "facts/retention.h"

#include <inttypes.h>
#include <string.h>

#define MANY_FIELDS 6 /* more are not listed */

static const char *type_name(enum schema_type type)
{
	static const char *const names[] = {
		[SCHEMA_ANY] = "any value",
		[SCHEMA_MAP] = "a map",
		[SCHEMA_LIST] = "a list",
		[SCHEMA_STRING] = "a string",
		[SCHEMA_INTEGER] = "a whole number",
		[SCHEMA_NUMBER] = "a number",
		[SCHEMA_BOOLEAN] = "true or false",
		[SCHEMA_INT_OR_STRING] = "a whole number or a string",
	};

	return names[type];
}

static const char *found_name(enum obj_type type)
{
	static const char *const names[] = {
		[OBJ_NONE] = "nothing",	   [OBJ_NULL_VALUE] = "null", [OBJ_BOOL] = "a boolean",
		[OBJ_NUMBER] = "a number", [OBJ_STRING] = "a string", [OBJ_LIST] = "a list",
		[OBJ_MAP] = "a map",
	};

	return names[type];
}

static struct str shown(struct str text)
{
	return text.len ? manifest_shown(text) : STR("\"\"");
}

/* The name by which a value is known: its key, or that of the list in which it stands. */
static struct str name_of(const struct manifest_place *p, struct obj value)
{
	struct str name = obj_key(value);

	while (!name.len && p) {
		name = obj_key(p->at);
		p = p->up;
	}
	return name;
}

static struct finding *refused(const struct rule_ctx *c, const struct manifest_place *p,
			       struct finding *f)
{
	finding_effect(c, f, "the API server refuses the object");
	if (manifest_is_secret(p))
		finding_confidential(f);
	return f;
}

/* What stands for `text` when it is read as another type; empty when nothing does. */
static struct str as_type(enum schema_type type, struct str text)
{
	static const char *const yes[] = {"true", "yes", "on", "y"};
	static const char *const no[] = {"false", "no", "off", "n"};
	int64_t n;

	for (size_t i = 0; type == SCHEMA_BOOLEAN && i < ARRAY_LEN(yes); i++) {
		if (str_eq_nocase(text, str_from(yes[i])))
			return STR("true");
		if (str_eq_nocase(text, str_from(no[i])))
			return STR("false");
	}
	return type == SCHEMA_INTEGER && str_to_i64(text, &n) ? text : STR_EMPTY;
}

/* "cluster: {name: <text>}" */
static void add_example(const struct schema *s, struct buf *out, struct str name,
			const struct schema_node *node)
{
	static const char *const values[] = {
		[SCHEMA_ANY] = "<value>",      [SCHEMA_MAP] = "{",
		[SCHEMA_LIST] = "[...]",       [SCHEMA_STRING] = "<text>",
		[SCHEMA_INTEGER] = "<number>", [SCHEMA_NUMBER] = "<number>",
		[SCHEMA_BOOLEAN] = "true",     [SCHEMA_INT_OR_STRING] = "<number>",
	};
	bool first = true;

	buf_fmt(out, "%.*s: %s", STR_ARG(name), values[node->type]);
	if (node->type != SCHEMA_MAP)
		return;
	for (size_t i = 0; i < node->len; i++) {
		const struct schema_field *field = &s->fields[node->first + i];

		if (!field->required)
			continue;
		buf_text(out, first ? "" : ", ");
		add_example(s, out, str_from(field->name), &s->nodes[field->node]);
		first = false;
	}
	buf_byte(out, '}');
}

/* What a map is to hold that has no example: "write storage as a map with size, storageClass". */
static void fix_map(const struct rule_ctx *c, struct finding *f, struct str name,
		    const struct schema_node *node)
{
	const struct schema *s = schema_for(c->schema, c->object->kind);
	struct buf text = BUF_ARENA(c->arena);
	bool required = false;

	for (size_t i = 0; i < node->len; i++)
		required = required || s->fields[node->first + i].required;
	if (required) {
		add_example(s, &text, name, node);
	} else {
		buf_fmt(&text, "write %.*s as a map", STR_ARG(name));
		for (size_t i = 0; i < node->len && node->len <= MANY_FIELDS; i++)
			buf_fmt(&text, "%s%s", i ? ", " : " with ",
				s->fields[node->first + i].name);
	}
	finding_fix(c, f, "%.*s", STR_ARG(buf_slice(&text)));
}

/* It can stand in [] as it is. */
static bool is_plain(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char b = text.ptr[i];

		if (!((b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') ||
		      b == '_' || b == '-' || b == '.'))
			return false;
	}
	return text.len && text.ptr[0] != '-';
}

static void fix_type(const struct rule_ctx *c, struct finding *f, struct str name, struct obj value,
		     const struct schema_node *node)
{
	struct str text = obj_text(value, ""), read = as_type(node->type, text);
	enum obj_type is = obj_type(value);
	int64_t n;

	if (read.len)
		finding_fix(c, f, "%.*s: %.*s - without quotes", STR_ARG(name), STR_ARG(read));
	else if (str_is(name, "retentionPolicy") && obj_int(value, "", &n) == OBJ_SET)
		finding_fix(c, f, "retentionPolicy: %.*s",
			    STR_ARG(retention_meant(c->arena, arena_fmt(c->arena, "%" PRId64, n))));
	else if (str_is(name, "schedule") && is == OBJ_NUMBER)
		finding_fix(c, f, "schedule: '0 0 3 * * *' - once a day at 03:00 UTC");
	else if (node->type == SCHEMA_STRING && obj_int(value, "", &n) == OBJ_SET)
		finding_fix(c, f, "%.*s: \"%" PRId64 "\" - in quotes", STR_ARG(name), n);
	else if (node->type == SCHEMA_STRING && (is == OBJ_NUMBER || is == OBJ_BOOL))
		finding_fix(c, f, "put the value of %.*s in quotes", STR_ARG(name));
	else if (node->type == SCHEMA_INT_OR_STRING && is == OBJ_NUMBER)
		finding_fix(c, f, "put the value of %.*s in quotes - or write it in m: 0.5 is 500m",
			    STR_ARG(name));
	else if (node->type == SCHEMA_MAP)
		fix_map(c, f, name, node);
	else if (node->type == SCHEMA_LIST && is == OBJ_STRING && is_plain(text))
		finding_fix(c, f, "%.*s: [%.*s]", STR_ARG(name), STR_ARG(text));
	else if (node->type == SCHEMA_LIST)
		finding_fix(c, f, "write %.*s as a list, each item after \"- \"", STR_ARG(name));
	else if (node->type == SCHEMA_BOOLEAN)
		finding_fix(c, f, "%.*s: true - or false", STR_ARG(name));
	else
		finding_fix(c, f, "%.*s: %s", STR_ARG(name), type_name(node->type));
}

static void wrong_type(const struct rule_ctx *c, const struct manifest_place *p, struct obj value,
		       const struct schema_node *node)
{
	struct str name = name_of(p, value);
	struct finding *f =
		refused(c, p,
			finding_add(c, value, "", "%.*s is %s and must be %s", STR_ARG(name),
				    found_name(obj_type(value)), type_name(node->type)));

	fix_type(c, f, name, value, node);
}

/* "a, b or c" */
static void add_choices(struct buf *out, const char *choices)
{
	struct str rest = str_from(choices), choice;

	while (str_split(&rest, '|', &choice)) {
		buf_text(out, !out->len ? "" : rest.ptr ? ", " : " or ");
		buf_str(out, choice);
	}
}

static struct str nearest_choice(const char *choices, struct str text)
{
	struct str rest = str_from(choices), choice, best = STR_EMPTY;
	size_t most = 3;

	while (str_split(&rest, '|', &choice)) {
		size_t distance = str_distance(text, choice, most);

		if (distance < most || (str_has_prefix_nocase(choice, text) && text.len >= 3)) {
			best = choice;
			most = distance;
		}
	}
	return best;
}

static void no_choice(const struct rule_ctx *c, const struct manifest_place *p, struct obj value,
		      const struct schema_node *node)
{
	struct str name = name_of(p, value), text = obj_text(value, "");
	struct str near = nearest_choice(node->choices, text);
	struct buf all = BUF_ARENA(c->arena);

	add_choices(&all, node->choices);
	struct finding *f =
		refused(c, p,
			finding_add(c, value, "", "%.*s %.*s is not %.*s", STR_ARG(name),
				    STR_ARG(shown(text)), STR_ARG(buf_slice(&all))));
	if (str_is(name, "method") && !near.len && str_contains(text, STR("barman")))
		finding_fix(c, f,
			    "method: plugin - and pluginConfiguration: {name: " PLUGIN_NAME "}");
	else if (near.len)
		finding_fix(c, f, "%.*s: %.*s", STR_ARG(name), STR_ARG(near));
	else
		finding_fix(c, f, "one of these in place of %.*s", STR_ARG(shown(text)));
	/* a newer release may know one more */
	if (manifest_is_newer(c))
		finding_at_most(f, SEV_WARN);
}

/* "512 MB" is 512M, "1gib" 1Gi; empty when that is no quantity either. */
static struct str as_quantity(const struct rule_ctx *c, struct str text,
			      const struct schema_node *node)
{
	struct buf out = BUF_ARENA(c->arena);
	size_t len = text.len && (text.ptr[text.len - 1] | 0x20) == 'b' ? text.len - 1 : text.len;

	for (size_t i = 0; i < len; i++) {
		char at = text.ptr[i];

		if (at >= 'a' && at <= 'z' && strchr("gtpe", at))
			at = (char)(at - 'a' + 'A');
		if (at != ' ')
			buf_byte(&out, at);
	}
	return schema_matches(node, buf_slice(&out)) ? buf_slice(&out) : STR_EMPTY;
}

static void no_match(const struct rule_ctx *c, const struct manifest_place *p, struct obj value,
		     const struct schema_node *node)
{
	struct str name = name_of(p, value), text = obj_text(value, "");

	if (str_is(name, "retentionPolicy")) {
		struct finding *f = refused(
			c, p,
			finding_add(c, value, "",
				    "retentionPolicy %.*s is not a number from 1 and d, w or m",
				    STR_ARG(shown(text))));

		finding_fix(c, f, "retentionPolicy: %.*s",
			    STR_ARG(retention_meant(c->arena, text)));
		return;
	}
	if (node->type == SCHEMA_INT_OR_STRING) {
		struct finding *f = refused(c, p,
					    finding_add(c, value, "", "%.*s %.*s is no quantity",
							STR_ARG(name), STR_ARG(shown(text))));
		struct str read = as_quantity(c, text, node);

		if (read.len)
			finding_fix(c, f, "%.*s: %.*s", STR_ARG(name), STR_ARG(read));
		else
			finding_fix(c, f,
				    "for %.*s a number and one of m, k, M, G, T, Ki, Mi, Gi, Ti",
				    STR_ARG(name));
		return;
	}
	struct finding *f =
		refused(c, p,
			finding_add(c, value, "", "%.*s %.*s does not match %s", STR_ARG(name),
				    STR_ARG(shown(text)), node->pattern));
	finding_fix(c, f, "for %.*s a value that matches", STR_ARG(name));
}

/* What is measured: the value of a number, the characters of a string. */
static bool measure(struct obj value, int64_t *out)
{
	struct str text;

	if (obj_str(value, "", &text) != OBJ_SET)
		return obj_int(value, "", out) == OBJ_SET;
	*out = (int64_t)utf8_count(text);
	return true;
}

static void out_of_bounds(const struct rule_ctx *c, const struct manifest_place *p,
			  struct obj value, const struct schema_node *node)
{
	int64_t n = 0;

	measure(value, &n);
	bool low = node->has_least && n < node->least, text = obj_type(value) == OBJ_STRING;
	struct str name = name_of(p, value);
	int64_t bound = low ? node->least : node->most;
	struct finding *f;

	if (text && !n)
		f = finding_add(c, value, "", "%.*s is empty", STR_ARG(name));
	else
		f = finding_add(c, value, "", "%.*s %s %" PRId64 "%s, %s %" PRId64, STR_ARG(name),
				text ? "has" : "is", n, text ? " characters" : "",
				low ? "less than" : "more than", bound);
	refused(c, p, f);
	if (text && !n)
		finding_fix(c, f, "for %.*s a value, or remove it", STR_ARG(name));
	else if (text)
		finding_fix(c, f, "for %.*s %s %" PRId64 " characters", STR_ARG(name),
			    low ? "at least" : "at most", bound);
	else
		finding_fix(c, f, "%.*s: %" PRId64 " - or %s", STR_ARG(name), bound,
			    low ? "more" : "less");
}

/* What another rule says better of a field that is not there, or empty. */
static bool is_told_elsewhere(const struct rule_ctx *c, const struct manifest_place *p)
{
	if (str_is(obj_key(p->at), "pluginConfiguration")) /* ...-plugin-config-missing */
		return str_is(obj_text(c->root, "spec.method"), "plugin");
	/* credentials-incomplete, external-in-tree-credentials */
	for (const struct manifest_place *up = p; up; up = up->up)
		if (str_has_suffix(obj_key(up->at), STR("Credentials")))
			return true;
	return false;
}

/* An empty one is told by destination-path-invalid. */
static bool is_store_destination(const struct rule_ctx *c, struct str name)
{
	return c->object->kind == KIND_OBJECT_STORE && str_is(name, "destinationPath");
}

/* What the schema refuses about the value, if anything. */
typedef void refusal_fn(const struct rule_ctx *c, const struct manifest_place *p, struct obj value,
			const struct schema_node *node);

static bool is_out_of_bounds(const struct schema_node *node, struct obj value)
{
	int64_t n;

	return (node->has_least || node->has_most) && measure(value, &n) &&
	       ((node->has_least && n < node->least) || (node->has_most && n > node->most));
}

static refusal_fn *refusal(const struct rule_ctx *c, const struct manifest_place *p,
			   struct obj value, const struct schema_node *node)
{
	struct str text;

	if (!schema_type_fits(node, value))
		return wrong_type;
	if (obj_str(value, "", &text) == OBJ_SET && !schema_has_choice(node, text))
		return no_choice;
	if (obj_str(value, "", &text) == OBJ_SET && !schema_matches(node, text))
		return no_match;
	if (is_out_of_bounds(node, value) && !is_told_elsewhere(c, p) &&
	    !is_store_destination(c, obj_key(value)))
		return out_of_bounds;
	return NULL;
}

/* Of a map it would be as if it were not there. */
static void null_items(struct manifest_walk *w, const struct manifest_place *p, struct obj list)
{
	for (struct obj item = obj_first(list); item.node; item = obj_next(item)) {
		if (obj_type(item) != OBJ_NULL_VALUE || w->found++ >= LIMIT_FINDINGS)
			continue;
		struct finding *f = refused(w->c, p,
					    finding_add(w->c, item, "", "an item of %.*s is null",
							STR_ARG(name_of(p, list))));

		finding_fix(w->c, f, "remove the item");
	}
}

static void value(struct manifest_walk *w, const struct manifest_place *p, struct obj value,
		  const struct schema_node *node)
{
	refusal_fn *refuse = refusal(w->c, p, value, node);

	if (refuse && w->found++ < LIMIT_FINDINGS)
		refuse(w->c, p, value, node);
	else if (refuse)
		finding_add(w->c, value, "", "refused"); /* counted, no more */
	if (node->type == SCHEMA_LIST && schema_item(w->schema, node)->type != SCHEMA_ANY)
		null_items(w, p, value);
}

static bool is_missing(struct obj map, const char *name)
{
	enum obj_type type = obj_type(obj_member(map, str_from(name)));

	return type == OBJ_NONE || type == OBJ_NULL_VALUE;
}

static void missing(struct manifest_walk *w, const struct manifest_place *p,
		    const struct schema_field *field)
{
	const struct rule_ctx *c = w->c;
	struct str name = name_of(p->up, p->at);
	struct buf example = BUF_ARENA(c->arena);
	struct finding *f = finding_add(c, p->at, field->name, "%s%.*s has no %s",
					obj_key(p->at).len || !p->up ? "" : "an item of ",
					STR_ARG(name.len ? name : STR("the object")), field->name);

	if (w->found++ >= LIMIT_FINDINGS)
		return;
	refused(c, p, f);
	if (neighbour_is_base(c))
		finding_at_most(f, SEV_WARN);
	if (!p->up && c->object->kind == KIND_CLUSTER && strcmp(field->name, "spec") == 0) {
		/* which the CRD gives defaults for, and the operator refuses */
		finding_fix(c, f,
			    "spec: {instances: 1, storage: {size: 10Gi}} - or what is needed");
		return;
	}
	if (!p->up && strcmp(field->name, "metadata") == 0) {
		finding_fix(c, f, "metadata: {name: <text>}");
		return;
	}
	add_example(w->schema, &example, str_from(field->name), &w->schema->nodes[field->node]);
	finding_fix(c, f, "%.*s", STR_ARG(buf_slice(&example)));
}

static void map(struct manifest_walk *w, const struct manifest_place *p)
{
	for (size_t i = 0; i < p->node->len; i++) {
		const struct schema_field *field = &w->schema->fields[p->node->first + i];

		if (field->required && is_missing(p->at, field->name) &&
		    !is_told_elsewhere(w->c, p))
			missing(w, p, field);
	}
}

/* A choice that came later. */
static void not_yet(const struct rule_ctx *c, struct obj at, const struct schema_change *change)
{
	struct finding *f =
		finding_add(c, at, "", "%.*s %.*s came with %.*s", STR_ARG(obj_key(at)),
			    STR_ARG(obj_text(at, "")), STR_ARG(manifest_release(c, change)));

	finding_effect(c, f, "the API server refuses the object");
	finding_fix(c, f, "another %.*s - or the newer release first", STR_ARG(obj_key(at)));
	finding_at_most(f, SEV_WARN);
}

static void check_invalid_value(const struct rule_ctx *c)
{
	struct manifest_walk w = {.c = c, .value = value, .map = c->object->part ? NULL : map};

	manifest_walk(&w);
	manifest_conditions(c);
	manifest_changes(c, true, not_yet);
}

static const struct rule rows[] = {
	{
		.id = "invalid-value",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP | KIND_OBJECT_STORE,
		.scope = SCOPE_MANIFEST,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_invalid_value,
		.summary = "A value is one that the API server refuses",
		.reference = "https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/",
	},
};

RULE_ROWS(invalid_value);
