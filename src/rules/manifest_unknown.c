/* unknown-field, retention-misplaced: what an API server drops, or refuses. */
#include "rules/manifest.h"

#include "base/arena.h"
#include "base/limits.h"
#include "rules/checks.h"

#include <strings.h>

/* retentionPolicy, retention, backupRetention, ...; not retentionPolicyIntervalSeconds. */
static bool is_retention(struct str name)
{
	static const char word[] = "retention";

	if (str_has_suffix_nocase(name, STR("seconds")))
		return false;
	for (size_t i = 0; i + sizeof word - 1 <= name.len; i++)
		if (strncasecmp(name.ptr + i, word, sizeof word - 1) == 0)
			return true;
	return false;
}

/* The map in which it stands; not looked for when the finding will not be kept. */
static struct str parent_of(struct manifest_walk *w, const struct place *p)
{
	struct buf path = BUF_ARENA(w->c->arena);

	if (w->found++ < LIMIT_FINDINGS)
		obj_path(w->c->root, p->at, &path);
	return path.len ? buf_slice(&path) : STR("the object");
}

/* It stands at the key: the value may be quite right. */
static void settle(struct finding *f, const struct place *p, struct obj member)
{
	if (obj_key_pos(member).line)
		f->pos = obj_key_pos(member);
	if (manifest_is_secret(p))
		finding_confidential(f);
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

static void unknown(struct manifest_walk *w, const struct place *p, struct obj member)
{
	const struct rule_ctx *c = w->c;
	bool newer = manifest_is_newer(c);
	struct remedy r;

	/* SOPS takes its own part away again before anybody applies the rest */
	if (is_retention(obj_key(member)) || (!p->up && str_is(obj_key(member), "sops")))
		return;
	struct str parent = parent_of(w, p);
	struct finding *f = finding_add(c, member, "", "%.*s has no field %.*s", STR_ARG(parent),
					STR_ARG(manifest_shown(obj_key(member))));
	settle(f, p, member);
	if (w->found > LIMIT_FINDINGS)
		return;
	r = manifest_remedy(c, p, member);
	finding_effect(
		c, f,
		"kubectl and server-side apply refuse the object; everything else loses the field without a word");
	fix_unknown(c, f, member, &r);
	if (!r.certain)
		finding_at_most(f, newer ? SEV_INFO : SEV_WARN);
	else if (newer)
		finding_at_most(f, SEV_WARN);
}

void check_unknown_field(const struct rule_ctx *c)
{
	struct manifest_walk w = {.c = c, .unknown = unknown};

	manifest_walk(&w);
}

static bool is_in_external_cluster(const struct place *p)
{
	for (; p; p = p->up)
		if (str_is(obj_key(p->at), "externalClusters"))
			return true;
	return false;
}

/* What was written, when it is a retentionPolicy at all. */
static struct str policy_of(struct obj member)
{
	struct str text = obj_text(member, "");

	return retention_days(text) || value_is_variable(text, NULL) ? text : STR("30d");
}

/* The one field that is read: of an ObjectStore, or of this Cluster's in-tree store. */
struct right_place {
	const char *path, *whose, *parent;
};

static struct right_place right_place(const struct rule_ctx *c)
{
	if (c->object->kind == KIND_OBJECT_STORE)
		return (struct right_place){"spec.retentionPolicy", "", "spec"};
	if (c->archive && c->archive->in_tree.node)
		return (struct right_place){"spec.backup.retentionPolicy", "", "spec.backup"};
	return (struct right_place){"spec.retentionPolicy", " of the ObjectStore", "spec"};
}

static void misplaced(struct manifest_walk *w, const struct place *p, struct obj member)
{
	const struct rule_ctx *c = w->c;
	struct str key = obj_key(member), policy = policy_of(member);
	struct right_place right = right_place(c);
	struct finding *f;

	if (!is_retention(key))
		return;
	struct str parent = parent_of(w, p);
	if (str_is(key, "retentionPolicy"))
		f = finding_add(c, member, "", "retentionPolicy belongs at %s%s, not in %.*s",
				right.path, right.whose, STR_ARG(parent));
	else
		f = finding_add(
			c, member, "", "%.*s has no field %.*s; retentionPolicy belongs at %s%s",
			STR_ARG(parent), STR_ARG(manifest_shown(key)), right.path, right.whose);
	settle(f, p, member);
	finding_effect(
		c, f,
		"kubectl and server-side apply refuse the object; everything else drops it, and no backup is ever deleted because of it");
	if (is_in_external_cluster(p))
		finding_fix(c, f, "remove it - nothing is deleted through an external cluster");
	else if (!right.whose[0] && obj_type(obj_at(c->root, right.path)) == OBJ_STRING)
		finding_fix(c, f, "remove it - %s is set already", right.path);
	else
		finding_fix(c, f, "retentionPolicy: %.*s - directly below %s%s", STR_ARG(policy),
			    right.parent, right.whose);
	if (is_in_external_cluster(p) || manifest_is_newer(c))
		finding_at_most(f, SEV_WARN);
}

void check_retention_misplaced(const struct rule_ctx *c)
{
	struct manifest_walk w = {.c = c, .unknown = misplaced};

	manifest_walk(&w);
}
