/* Fields that the CRD does not know, and the search for where they belong. */
#include "base/limits.h"
#include "facts/manifest.h"

/* Where something that its map does not have would belong. */
struct remedy {
	struct str path;  /* empty: none is known */
	struct str other; /* a second place that is as near; else empty */
	bool misspelt;	  /* `path` is the name of a field of the same map */
	bool certain;	  /* nothing else can have been meant */
	bool taken;	  /* it is set there already */
	enum kind kind;	  /* of which `path` is a field; KIND_OTHER: the same */
};

/* A name that stands in more places than this says nothing about which was meant. */
#define MANY_PLACES 6

/* The value would be accepted under this schema: its type, and that it knows the members. */
static bool fits(const struct schema *s, const struct schema_node *node, struct obj value)
{
	if (obj_type(value) == OBJ_NULL_VALUE)
		return true;
	if (!schema_type_fits(node, value))
		return false;
	if (node->type != SCHEMA_MAP)
		return true;
	for (struct obj m = obj_first(value); m.node; m = obj_next(m))
		if (!schema_member(s, node, obj_key(m)))
			return false;
	return true;
}

static bool is_set(struct obj o)
{
	return obj_type(o) != OBJ_NONE && obj_type(o) != OBJ_NULL_VALUE;
}

/* The unknown name is the beginning of the field's, or its end: retention, walArchiver. */
static bool abbreviates(struct str name, struct str field)
{
	return name.len >= 4 && name.len < field.len &&
	       (str_has_prefix_nocase(field, name) || str_has_suffix_nocase(field, name));
}

enum { RANK_ABBREVIATION = 3, RANK_NONE };

/* How many letters the name is from the field's to be meant for it. */
static size_t rank(struct str name, struct str field)
{
	size_t most = name.len < 4 ? 0 : name.len < 6 ? 1 : 2;
	size_t distance = str_distance(name, field, most);

	if (distance <= most)
		return distance;
	return abbreviates(name, field) ? RANK_ABBREVIATION : RANK_NONE;
}

/* The one field of the same map that has nearly this name. */
static bool misspelt(const struct schema *s, const struct manifest_place *p, struct obj member,
		     struct remedy *out)
{
	const struct schema_field *field = NULL;
	size_t best = RANK_NONE, same = 0;

	for (size_t i = 0; i < p->node->len; i++) {
		const struct schema_field *f = &s->fields[p->node->first + i];
		size_t is = rank(obj_key(member), str_from(f->name));

		same = is < best ? 1 : same + (is == best);
		if (is < best) {
			best = is;
			field = f;
		}
	}
	if (!field || same > 1)
		return false;
	*out = (struct remedy){.path = str_from(field->name), .misspelt = true};
	out->taken = is_set(obj_member(p->at, out->path));
	out->certain = !best || (!out->taken && fits(s, &s->nodes[field->node], member));
	return true;
}

/* What a plugin entry's parameters are called stands in no schema. */
static bool is_parameter(const struct rule_ctx *c, const struct manifest_place *p,
			 struct obj member, struct remedy *out)
{
	static const char *const names[] = {"barmanObjectName", "serverName"};
	struct obj parameters = obj_member(p->at, STR("parameters"));

	if (c->object->kind != KIND_CLUSTER ||
	    !schema_field(schema_for(c->schema, KIND_CLUSTER), p->node, STR("parameters")))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!str_eq_nocase(obj_key(member), str_from(names[i])))
			continue;
		struct buf path = BUF_ARENA(c->arena);

		obj_path(c->root, p->at, &path);
		buf_fmt(&path, ".parameters.%s", names[i]);
		*out = (struct remedy){.path = buf_slice(&path)};
		out->taken = is_set(obj_member(parameters, str_from(names[i])));
		out->certain = obj_type(member) == OBJ_STRING && !out->taken;
		return true;
	}
	return false;
}

/* One step down in the schema. */
struct step {
	const struct step *up;
	const char *name; /* NULL: into a list */
};

struct search {
	const struct rule_ctx *c;
	const struct schema *schema;
	struct str name;
	struct obj value;
	const struct manifest_place *from; /* NULL: a map of another kind */
	size_t depth;			   /* of `from` */
	size_t places;			   /* in which the name stands and the value fits */
	size_t nearest, same;		   /* distance of the best, and how many are as near */
	struct str path, other;		   /* of the best, and of one as near */
	bool plain;			   /* it leads through no list */
	struct obj there;		   /* what stands in the best place */
};

static const struct manifest_place *place_at(const struct manifest_place *p, size_t above)
{
	while (above--)
		p = p->up;
	return p;
}

/* How many of the steps, from the top, `from` has gone too; its depth is counted in `steps`. */
static size_t common(const struct search *s, const struct step *const *steps, size_t len)
{
	size_t same = 0;

	while (same < len && same < s->depth) {
		const struct manifest_place *p = place_at(s->from, s->depth - same - 1);
		const char *name = steps[same]->name;

		if (name ? !str_is(obj_key(p->at), name) : obj_key(p->at).len != 0)
			break;
		same++;
	}
	return same;
}

#define DEEPEST 32 /* steps in a CRD */

/* The new best: where it is, and what stands there. */
static void take(struct search *s, const struct step *const *steps, size_t len, size_t shared,
		 const char *field)
{
	struct buf path = BUF_ARENA(s->c->arena);

	s->plain = true;
	s->there = (struct obj){0};
	if (s->from) {
		s->there = place_at(s->from, s->depth - shared)->at;
		obj_path(s->c->root, s->there, &path);
	}
	for (size_t i = shared; i < len; i++) {
		const char *name = steps[i]->name;

		s->plain = s->plain && name;
		s->there = obj_member(s->there, str_from(name));
		buf_fmt(&path, "%s%s", path.len && name ? "." : "", name ? name : "[]");
	}
	s->there = obj_member(s->there, str_from(field));
	buf_fmt(&path, "%s%s", path.len ? "." : "", field);
	s->other = s->path;
	s->path = buf_slice(&path);
}

static void consider(struct search *s, const struct step *map, const char *field)
{
	const struct step *steps[DEEPEST];
	size_t len = 0, at;

	for (const struct step *up = map; up; up = up->up)
		len++;
	if (len > DEEPEST)
		return;
	at = len;
	for (const struct step *up = map; up; up = up->up)
		steps[--at] = up;
	size_t shared = s->from ? common(s, steps, len) : 0;
	size_t distance = s->depth - shared + len - shared;

	s->places++;
	if (s->places > 1 && distance > s->nearest)
		return;
	s->same = s->places > 1 && distance == s->nearest ? s->same + 1 : 1;
	s->nearest = distance;
	if (s->same <= 2)
		take(s, steps, len, shared, field);
}

static void look(struct search *s, const struct schema_node *node, const struct step *up)
{
	struct step down = {.up = up};

	if (node->type == SCHEMA_LIST)
		look(s, schema_item(s->schema, node), &down);
	for (size_t i = 0; i < node->len; i++) {
		const struct schema_field *f = &s->schema->fields[node->first + i];

		down.name = f->name;
		if (str_eq_nocase(str_from(f->name), s->name) &&
		    fits(s->schema, &s->schema->nodes[f->node], s->value))
			consider(s, up, f->name);
		look(s, &s->schema->nodes[f->node], &down);
	}
}

/* What backups depend on. Elsewhere (scheduling, containers) one name has a place in many fields,
 * and a newer release may add one more. */
static bool is_about_backups(const struct rule_ctx *c, struct str path)
{
	static const char *const parts[] = {"spec.backup.", "spec.plugins", "spec.externalClusters",
					    "spec.bootstrap.recovery.", "spec.replica."};

	for (size_t i = 0; c->object->kind == KIND_CLUSTER && i < ARRAY_LEN(parts); i++)
		if (str_has_prefix(path, str_from(parts[i])))
			return true;
	return c->object->kind != KIND_CLUSTER && str_has_prefix(path, STR("spec."));
}

static bool misplaced(const struct rule_ctx *c, const struct manifest_place *p, struct obj member,
		      struct remedy *out)
{
	struct search s = {.c = c,
			   .schema = schema_for(c->schema, c->object->kind),
			   .name = obj_key(member),
			   .value = member,
			   .from = p};

	for (const struct manifest_place *up = p; up->up; up = up->up)
		s.depth++;
	look(&s, schema_of(s.schema, c->object->kind), NULL);
	if (!s.places || s.places > MANY_PLACES || s.same > 2)
		return false;
	if (s.same == 2) {
		*out = (struct remedy){.path = s.other, .other = s.path};
		return true;
	}
	*out = (struct remedy){.path = s.path, .taken = s.plain && is_set(s.there)};
	out->certain = s.name.len > 4 && s.plain && s.nearest <= 3 && !out->taken &&
		       is_about_backups(c, s.path);
	return true;
}

static bool of_other_kind(const struct rule_ctx *c, struct obj member, struct remedy *out)
{
	static const enum kind kinds[] = {KIND_OBJECT_STORE, KIND_SCHEDULED_BACKUP, KIND_CLUSTER};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct search s = {.c = c,
				   .schema = schema_for(c->schema, kinds[i]),
				   .name = obj_key(member),
				   .value = member};

		if (kinds[i] == c->object->kind)
			continue;
		look(&s, schema_of(s.schema, kinds[i]), NULL);
		if (s.places != 1)
			continue;
		*out = (struct remedy){.path = s.path, .kind = kinds[i]};
		return true;
	}
	return false;
}

static struct remedy remedy_of(const struct rule_ctx *c, const struct manifest_place *p,
			       struct obj member)
{
	struct remedy out = {.path = STR_EMPTY};

	if (!is_parameter(c, p, member, &out) &&
	    !misspelt(schema_for(c->schema, c->object->kind), p, member, &out) &&
	    !misplaced(c, p, member, &out))
		of_other_kind(c, member, &out);
	return out;
}

static void fix_unknown(const struct rule_ctx *c, struct finding *f, struct obj member,
			const struct remedy *r)
{
	struct str key = manifest_shown(obj_key(member));

	if (str_has_suffix_nocase(key, STR("timezone")))
		finding_fix(c, f, "remove %.*s - the time zone is the operator's, UTC",
			    STR_ARG(key));
	else if (!r->path.len)
		finding_fix(c, f, "remove %.*s", STR_ARG(key));
	else if (r->kind)
		finding_fix(c, f, "remove it - it belongs to %s %s: %.*s",
			    r->kind == KIND_OBJECT_STORE ? "an" : "a", kind_name(r->kind),
			    STR_ARG(r->path));
	else if (r->other.len)
		finding_fix(c, f, "move it to %.*s or %.*s", STR_ARG(r->path), STR_ARG(r->other));
	else if (r->taken)
		finding_fix(c, f, "remove %.*s - %.*s is set already", STR_ARG(key),
			    STR_ARG(r->path));
	else if (r->misspelt && !r->certain)
		finding_fix(c, f, "remove %.*s - or write %.*s, if that is meant", STR_ARG(key),
			    STR_ARG(r->path));
	else if (r->misspelt)
		finding_fix(c, f, "%.*s - in place of %.*s", STR_ARG(r->path), STR_ARG(key));
	else
		finding_fix(c, f, "move it to %.*s", STR_ARG(r->path));
}

static void unknown(struct manifest_walk *w, const struct manifest_place *p, struct obj member)
{
	const struct rule_ctx *c = w->c;
	bool newer = manifest_is_newer(c);
	struct remedy r = {.path = STR_EMPTY};

	/* SOPS takes its own part away again before anybody applies the rest */
	if (manifest_is_retention(obj_key(member)) || (!p->up && str_is(obj_key(member), "sops")))
		return;
	struct str parent = manifest_parent(w, p);
	struct finding *f = finding_add(c, member, "", "%.*s has no field %.*s", STR_ARG(parent),
					STR_ARG(manifest_shown(obj_key(member))));
	manifest_settle(f, p, member);
	if (w->found > LIMIT_FINDINGS)
		return;
	if (obj_type(member) != OBJ_NULL_VALUE)
		r = remedy_of(c, p, member);
	finding_effect(
		c, f,
		"kubectl and server-side apply refuse the object; everything else loses the field without a word");
	fix_unknown(c, f, member, &r);
	if (w->schema->exact)
		return; /* there is no newer release that may know it */
	if (!r.certain)
		finding_at_most(f, newer ? SEV_INFO : SEV_WARN);
	else if (newer)
		finding_at_most(f, SEV_WARN);
}

/* A field that came later. */
static void not_yet(const struct rule_ctx *c, struct obj at, const struct schema_change *change)
{
	struct finding *f = finding_add(c, at, "", "%.*s came with %.*s", STR_ARG(obj_key(at)),
					STR_ARG(manifest_release(c, change)));

	if (obj_key_pos(at).line)
		f->pos = obj_key_pos(at);
	finding_effect(
		c, f,
		"kubectl and server-side apply refuse the object; everything else loses the field without a word");
	finding_fix(c, f, "remove %.*s - or the newer release first", STR_ARG(obj_key(at)));
	finding_at_most(f, SEV_WARN);
}

static void check_unknown_field(const struct rule_ctx *c)
{
	struct manifest_walk w = {.c = c, .unknown = unknown};

	manifest_walk(&w);
	manifest_changes(c, false, not_yet);
}

static const struct rule rows[] = {
	{
		.id = "unknown-field",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP | KIND_OBJECT_STORE,
		.scope = SCOPE_MANIFEST,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_unknown_field,
		.summary = "A field is unknown to the CRD: misspelt, or in the wrong place",
		.reference = "cloudnative-pg/cloudnative-pg#2517",
	},
};

RULE_ROWS(unknown_field);
