/* The Secrets that an ObjectStore, or a Cluster's in-tree store, makes the run time read. */
#include "facts/secrets.h"

#include "base/arena.h"
#include "base/limits.h"
#include "facts/cluster.h"
#include "facts/neighbour.h"

#include <string.h>

bool secret_is_told(struct secret_asking *a, struct str name)
{
	for (size_t i = 0; i < a->told_len; i++)
		if (str_eq(a->told[i], name))
			return true;
	if (a->told_len < SECRET_ASKING_NAMES)
		a->told[a->told_len++] = name;
	return false;
}

enum secret_has secret_find(const struct rule_ctx *c, const struct secret_ref *ref, unsigned *flags)
{
	return view_secret_key(c->view, c->object->namespace, ref->name, ref->key, flags);
}

const struct known *secret_elsewhere(const struct rule_ctx *c, struct str name)
{
	struct view_iter it = view_each(c->view, REL_NAME, KIND_SECRET, STR_EMPTY, name);

	return view_is_live(c->view) ||
			       view_knows(c->view, KIND_SECRET, c->object->namespace) == KNOWN_ALL
		       ? NULL
		       : view_next(&it);
}

static const char *in_namespace(const struct rule_ctx *c)
{
	struct str namespace = c->object->namespace;

	if (!namespace.len || value_is_placeholder(namespace, NULL))
		return "";
	return arena_cstr(c->arena, arena_fmt(c->arena, " in namespace %.*s", STR_ARG(namespace)));
}

/* A name that somebody may have meant: one or two letters away, or of the Secret that an
 * ExternalSecret of the name makes. */
static struct str near_name(const struct rule_ctx *c, struct str name)
{
	struct view_iter it =
		view_each(c->view, REL_KIND, KIND_SECRET, c->object->namespace, STR_EMPTY);
	struct str best = STR_EMPTY;
	size_t most = name.len < 6 ? 1 : 2, looked = 0;

	for (const struct known *k; looked < LIMIT_ALTERNATIVES && (k = view_next(&it)); looked++) {
		size_t distance =
			str_eq(name, k->object.name) ? 0 : str_distance(name, k->secret.name, most);

		if (distance > most || value_is_placeholder(k->secret.name, NULL))
			continue;
		best = k->secret.name;
		if (!distance)
			break;
		most = distance - 1;
	}
	return best;
}

static void absent(struct secret_asking *a, const struct secret_ref *ref)
{
	const struct rule_ctx *c = a->c;
	const struct known *renamed;
	struct str near;
	struct finding *f;

	if (secret_elsewhere(c, ref->name) || secret_is_told(a, ref->name))
		return;
	renamed = neighbour_renamed(c, KIND_SECRET, ref->name);
	near = near_name(c, ref->name);
	f = finding_add(c, ref->at, "name", "nothing known provides Secret %.*s%s",
			STR_ARG(ref->name), in_namespace(c));
	finding_effect(c, f, "%s", a->effect);
	if (renamed && value_is_placeholder(renamed->secret.name, NULL))
		finding_fix(
			c, f,
			"in the kustomization, generatorOptions: {disableNameSuffixHash: true} - its secretGenerator puts a hash behind the name, and kustomize changes no reference in a custom resource, unless its configurations list the field under nameReference");
	else if (renamed)
		finding_fix(
			c, f,
			"name: %.*s - a kustomization renames the Secret, and kustomize changes no reference in a custom resource: write no namePrefix or nameSuffix, or list the field under nameReference in its configurations",
			STR_ARG(renamed->secret.name));
	else if (near.len)
		finding_fix(c, f, "name: %.*s - which is there; or a Secret %.*s%s", STR_ARG(near),
			    STR_ARG(ref->name), in_namespace(c));
	else
		finding_fix(
			c, f,
			"a Secret or ExternalSecret %.*s%s with the keys that are named here, or the name of the one that is meant",
			STR_ARG(ref->name), in_namespace(c));
	finding_absent(c, f, KIND_SECRET, c->object->namespace);
	/* people make Secrets by hand, so that no file has them */
	if (!renamed && view_knows(c->view, KIND_SECRET, c->object->namespace) != KNOWN_ALL &&
	    !c->params->strict_references)
		finding_at_most(f, SEV_WARN);
}

/* AWS_ACCESS_KEY_ID is near ACCESS_KEY_ID, and access_key_id nearer. */
static size_t far(struct str key, struct str it, size_t most)
{
	if (str_eq_nocase(key, it))
		return 0;
	if (key.len >= 4 && it.len >= 4 &&
	    (str_has_suffix_nocase(it, key) || str_has_suffix_nocase(key, it)))
		return 1;
	return str_distance(key, it, most);
}

static bool contains_nocase(struct str text, struct str part)
{
	for (size_t i = 0; i + part.len <= text.len; i++)
		if (str_eq_nocase(str_slice(text, i, i + part.len), part))
			return true;
	return false;
}

/* How much of its name a field shares with a key: "id" with accessKeyId, "tls.crt" with none. */
static size_t kinship(struct str field, struct str key)
{
	static const char *const words[] = {"secret",  "region", "token",      "id",
					    "account", "sas",	 "connection", "crt"};
	size_t shared = 0;

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (contains_nocase(field, str_from(words[i])) &&
		    contains_nocase(key, str_from(words[i])))
			shared += strlen(words[i]);
	return shared;
}

/* The key of the Secret that is meant: the nearest name, else the one that speaks of the same thing
 * as the field or the key; empty when none does. Names are no secret. */
static struct str meant_key(const struct rule_ctx *c, const struct secret_ref *ref)
{
	const struct known *k = view_find(c->view, KIND_SECRET, c->object->namespace, ref->name);
	struct str near = STR_EMPTY, kin = STR_EMPTY, field = obj_key(ref->at);
	size_t most = 3, shared = 0;

	for (size_t i = 0; k && i < k->secret.keys_len && i < LIMIT_ALTERNATIVES; i++) {
		struct str it = k->secret.keys[i].name;
		size_t distance = far(ref->key, it, most);
		size_t alike = kinship(ref->key, it) + kinship(field, it);

		if (distance < most) {
			most = distance;
			near = it;
		}
		if (alike > shared) {
			shared = alike;
			kin = it;
		}
	}
	return near.len ? near : kin;
}

static void key_absent(struct secret_asking *a, const struct secret_ref *ref)
{
	const struct rule_ctx *c = a->c;
	struct str meant = meant_key(c, ref);
	struct finding *f = finding_add(c, ref->at, "key", "Secret %.*s has no key %.*s",
					STR_ARG(ref->name), STR_ARG(ref->key));

	finding_scope(f, SCOPE_BUNDLE);
	finding_effect(c, f, "%s", a->effect);
	if (meant.len)
		finding_fix(c, f, "key: %.*s - which is there; or a key %.*s in Secret %.*s",
			    STR_ARG(meant), STR_ARG(ref->key), STR_ARG(ref->name));
	else
		finding_fix(c, f, "a key %.*s in Secret %.*s", STR_ARG(ref->key),
			    STR_ARG(ref->name));
}

void secret_each(struct secret_asking *a, secret_ref_fn *each)
{
	const struct rule_ctx *c = a->c;

	if (view_is_blind(c->view, KIND_SECRET) && !view_has_secrets(c->view))
		return;
	if (c->object->kind == KIND_OBJECT_STORE) {
		object_store_secrets(c->root, each, a);
		return;
	}
	configuration_secrets(c->archive->in_tree, each, a);
	a->effect =
		"without it the source of the recovery cannot be read: the Cluster never starts";
	configuration_secrets(c->archive->recovery.in_tree, each, a);
	a->effect = "without it the source of the replica cannot be read: no WAL arrives";
	if (cluster_follows_source(c))
		configuration_secrets(c->archive->replica.in_tree, each, a);
}

void secret_ask(void *ctx, const struct secret_ref *ref)
{
	struct secret_asking *a = ctx;

	if (ref->use == a->use && !ref->optional && secret_find(a->c, ref, NULL) == SECRET_MISSING)
		absent(a, ref);
}

void secret_ask_key(void *ctx, const struct secret_ref *ref)
{
	struct secret_asking *a = ctx;

	if (ref->use == a->use && !ref->optional &&
	    secret_find(a->c, ref, NULL) == SECRET_KEY_MISSING)
		key_absent(a, ref);
}
