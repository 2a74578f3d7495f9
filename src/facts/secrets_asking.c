/* The Secrets that an ObjectStore, or a Cluster's in-tree store, makes the run time read. */
#include "facts/secrets.h"

#include "base/arena.h"
#include "base/limits.h"
#include "facts/cluster.h"
#include "facts/neighbour.h"
#include "facts/site.h"

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

enum secret_has secret_find(const struct rule_ctx *c, const struct secret_ref *ref,
			    struct provider_key *out)
{
	if (!secret_name_is_possible(ref->name) || !secret_key_is_possible(ref->key))
		return SECRET_HAS_UNKNOWN; /* rule selector-impossible speaks */
	return view_secret_key(c->view, c->object->namespace, ref->name, ref->key, out);
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

/* What somebody may have meant: of a name one or two letters away, or the Secret that an
 * ExternalSecret of the name makes. */
static const struct known *near_named(const struct rule_ctx *c, struct str name)
{
	struct view_iter it =
		view_each(c->view, REL_KIND, KIND_SECRET, c->object->namespace, STR_EMPTY);
	const struct known *best = NULL;
	size_t most = name.len < 6 ? 1 : 2, looked = 0;

	for (const struct known *k; looked < LIMIT_ALTERNATIVES && (k = view_next(&it)); looked++) {
		size_t distance =
			str_eq(name, k->object.name) ? 0 : str_distance(name, k->secret.name, most);

		if (distance > most || value_is_placeholder(k->secret.name, NULL))
			continue;
		best = k;
		if (!distance)
			break;
		most = distance - 1;
	}
	return best;
}

#define SHORT_WORD 4 /* minio-a and minio-b, eu and us: names for two */

/* The next word of a name with hyphens or dots; false behind the last. */
static bool next_word(struct str *rest, struct str *word)
{
	size_t end = 0;

	if (!rest->len)
		return false;
	while (end < rest->len && rest->ptr[end] != '-' && rest->ptr[end] != '.')
		end++;
	*word = str_slice(*rest, 0, end);
	*rest = str_slice(*rest, end + 1, rest->len);
	return true;
}

/* No number is another, nor a short word. */
static bool words_agree(struct str a, struct str b)
{
	struct str x, y;

	while (next_word(&a, &x) && next_word(&b, &y)) {
		size_t i = 0;

		if (str_eq(x, y))
			continue;
		if (x.len < SHORT_WORD || y.len < SHORT_WORD)
			return false;
		while (i < x.len && i < y.len && x.ptr[i] == y.ptr[i])
			i++;
		if ((i < x.len && x.ptr[i] <= '9') || (i < y.len && y.ptr[i] <= '9'))
			return false;
	}
	return true;
}

/* One letter is wrong, and what is near has the very key: nothing else can be meant. */
static bool is_slip(const struct rule_ctx *c, const struct secret_ref *ref,
		    const struct known *near)
{
	struct str name = near->secret.name;

	return str_distance(ref->name, name, 1) == 1 && !str_eq_nocase(ref->name, name) &&
	       words_agree(ref->name, name) &&
	       provider_has(&near->secret, ref->key, NULL) == PROVIDER_HAS &&
	       view_is_certain(c->view, near, c->object->namespace);
}

/* A ConfigMap of the name; `has_key` says whether it has the very key. */
static const struct known *config_map_named(const struct rule_ctx *c, const struct secret_ref *ref,
					    bool *has_key)
{
	const struct str namespaces[] = {c->object->namespace, STR_EMPTY};

	*has_key = false;
	for (size_t i = 0; i < ARRAY_LEN(namespaces); i++) {
		struct view_iter it =
			view_each(c->view, REL_SELF, KIND_OTHER, namespaces[i], ref->name);
		const struct known *k;

		for (size_t n = 0; n < LIMIT_SHARERS && (k = view_next(&it)); n++) {
			if (!str_is(k->object.kind_name, "ConfigMap") &&
			    !str_is(k->object.kind_name, "Bundle"))
				continue;
			*has_key = obj_member(obj_at(k->object.root, "data"), ref->key).node ||
				   str_eq(obj_text(k->object.root, "spec.target.configMap.key"),
					  ref->key);
			return k;
		}
	}
	return NULL;
}

/* The API server puts it into every namespace. */
#define ROOT_CA "kube-root-ca.crt"

static void is_config_map(struct secret_asking *a, const struct secret_ref *ref, bool has_key)
{
	const struct rule_ctx *c = a->c;
	struct finding *f =
		finding_add(c, ref->at, "name", "%.*s is a ConfigMap, and a Secret is read%s",
			    STR_ARG(ref->name), in_namespace(c));

	finding_scope(f, SCOPE_REFERENCE);
	finding_effect(c, f, "%s", a->effect);
	if (str_is(ref->name, ROOT_CA))
		finding_fix(c, f,
			    "a Secret with the CA that signed the endpoint's certificate - " ROOT_CA
			    " holds that of the API server");
	else
		finding_fix(
			c, f,
			"a Secret %.*s%s with the same key - of a Bundle: target.secret in place of target.configMap",
			STR_ARG(ref->name), in_namespace(c));
	if (!has_key || view_knows(c->view, KIND_SECRET, c->object->namespace) == KNOWN_NOTHING)
		finding_at_most(f, SEV_WARN);
}

static void absent(struct secret_asking *a, const struct secret_ref *ref)
{
	const struct rule_ctx *c = a->c;
	const struct known *renamed, *near;
	struct finding *f;
	bool has_key, slip;

	if (secret_elsewhere(c, ref->name) || secret_is_told(a, ref->name))
		return;
	if (config_map_named(c, ref, &has_key) || str_is(ref->name, ROOT_CA)) {
		is_config_map(a, ref, has_key);
		return;
	}
	renamed = neighbour_renamed(c, KIND_SECRET, ref->name);
	near = near_named(c, ref->name);
	slip = near && is_slip(c, ref, near);
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
	else if (near)
		finding_fix(
			c, f,
			"%.*s, which is there, in place of %.*s wherever it stands here - or a Secret %.*s%s",
			STR_ARG(near->secret.name), STR_ARG(ref->name), STR_ARG(ref->name),
			in_namespace(c));
	else
		finding_fix(
			c, f,
			"a Secret or ExternalSecret %.*s%s with the keys that are named here, or the name of the one that is meant",
			STR_ARG(ref->name), in_namespace(c));
	finding_absent(c, f, KIND_SECRET, c->object->namespace);
	/* people make Secrets by hand, so that no file has them */
	if (view_knows(c->view, KIND_SECRET, c->object->namespace) != KNOWN_ALL &&
	    !c->params->strict_references && !slip && !renamed)
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

/* Of a field of that name; `key` is what was written, or empty. */
static struct str meant_key(const struct known *k, struct str field, struct str key)
{
	struct str near = STR_EMPTY, kin = STR_EMPTY;
	size_t most = 3, shared = 0;

	for (size_t i = 0; k && i < k->secret.keys_len && i < LIMIT_ALTERNATIVES; i++) {
		struct str it = k->secret.keys[i].name;
		size_t distance = key.len ? far(key, it, most) : most;
		size_t alike = kinship(key, it) + kinship(field, it);

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

struct str secret_meant_key(const struct rule_ctx *c, const struct secret_ref *ref)
{
	return meant_key(view_find(c->view, KIND_SECRET, c->object->namespace, ref->name),
			 obj_key(ref->at), ref->key);
}

/* What the policy wants of the store under judgement; empty: any. */
static struct secret_choice wanted(const struct rule_ctx *c, const char *field)
{
	struct template_bindings b;
	const struct store_params *s =
		c->object->kind == KIND_OBJECT_STORE ? site_store_of(c, &b) : NULL;
	struct secret_choice out = {.name = STR_EMPTY};

	if (!s)
		return out;
	if (s->secret_name.len == 1)
		out.name = s->secret_name.items[0];
	if (strcmp(field, "accessKeyId") == 0)
		out.key = s->access_key_id;
	else if (strcmp(field, "secretAccessKey") == 0)
		out.key = s->secret_access_key;
	return out;
}

struct secret_choice secret_choice(const struct rule_ctx *c, const char *field, struct str name)
{
	struct secret_choice out = wanted(c, field);
	const struct known *k = NULL;

	if (name.len)
		out.name = name;
	if (!out.name.len && (k = neighbour_only(c, KIND_SECRET)))
		out.name = k->secret.name;
	else if (c->view && out.name.len && !value_is_placeholder(out.name, NULL))
		k = view_find(c->view, KIND_SECRET, c->object->namespace, out.name);
	if (!out.key.len)
		out.key = meant_key(k, str_from(field), STR_EMPTY);
	return out;
}

struct str secret_selector(const struct rule_ctx *c, const char *field, struct str name)
{
	struct secret_choice s = secret_choice(c, field, name);

	if (!s.name.len)
		s.name = STR("<secret>");
	bool quoted = value_is_placeholder(s.name, NULL) && s.name.ptr[0] != '<';
	return arena_fmt(c->arena, "{name: %s%.*s%s, key: %.*s}", quoted ? "\"" : "",
			 STR_ARG(s.name), quoted ? "\"" : "",
			 STR_ARG(s.key.len ? s.key : STR("<key>")));
}

static void key_absent(struct secret_asking *a, const struct secret_ref *ref)
{
	const struct rule_ctx *c = a->c;
	struct str meant = secret_meant_key(c, ref);
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

static bool is_small_or_digit(char b)
{
	return (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9');
}

bool secret_name_is_possible(struct str name)
{
	bool label = false; /* inside of one */

	if (value_is_placeholder(name, NULL))
		return true;
	for (size_t i = 0; i < name.len; i++) {
		bool inner =
			name.ptr[i] == '-' && label && i + 1 < name.len && name.ptr[i + 1] != '.';

		if (name.ptr[i] == '.' && label)
			label = false;
		else if (inner || is_small_or_digit(name.ptr[i]))
			label = true;
		else
			return false;
	}
	return label && name.len <= LIMIT_NAME_BYTES;
}

bool secret_key_is_possible(struct str key)
{
	if (value_is_placeholder(key, NULL))
		return true;
	for (size_t i = 0; i < key.len; i++)
		if (!is_small_or_digit(key.ptr[i]) && !(key.ptr[i] >= 'A' && key.ptr[i] <= 'Z') &&
		    !strchr("-._", key.ptr[i]))
			return false;
	return key.len && key.len <= LIMIT_NAME_BYTES && !str_is(key, ".") &&
	       !str_has_prefix(key, STR(".."));
}
