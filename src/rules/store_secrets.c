/* The Secrets that an ObjectStore, or a Cluster's in-tree store, makes the run time read. */
#include "rules/checks.h"
#include "rules/cluster.h"

#include "base/arena.h"
#include "base/limits.h"

#define MOST_NAMES 8

struct asking {
	const struct rule_ctx *c;
	enum secret_use use;
	const char *effect;
	struct str seen[MOST_NAMES]; /* Secrets that were told of already */
	size_t seen_len;
};

static bool is_seen(struct asking *a, struct str name)
{
	for (size_t i = 0; i < a->seen_len; i++)
		if (str_eq(a->seen[i], name))
			return true;
	if (a->seen_len < MOST_NAMES)
		a->seen[a->seen_len++] = name;
	return false;
}

static enum secret_has find(const struct rule_ctx *c, const struct secret_ref *ref, unsigned *flags)
{
	return view_secret_key(c->view, c->object->namespace, ref->name, ref->key, flags);
}

/* Something provides it in another namespace, and may not do so in this one: rule
 * secret-wrong-namespace speaks. In a live cluster it is known that it does not; nor has everybody
 * who may write here a right to know what is in other namespaces. */
static const struct known *elsewhere(const struct rule_ctx *c, struct str name)
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

static void absent(struct asking *a, const struct secret_ref *ref)
{
	const struct rule_ctx *c = a->c;
	struct str near;
	struct finding *f;

	if (elsewhere(c, ref->name) || is_seen(a, ref->name))
		return;
	near = near_name(c, ref->name);
	f = finding_add(c, ref->at, "name", "nothing known provides Secret %.*s%s",
			STR_ARG(ref->name), in_namespace(c));
	finding_effect(c, f, "%s", a->effect);
	if (near.len)
		finding_fix(c, f, "name: %.*s - which is there; or a Secret %.*s%s", STR_ARG(near),
			    STR_ARG(ref->name), in_namespace(c));
	else
		finding_fix(
			c, f,
			"a Secret or ExternalSecret %.*s%s with the keys that are named here, or the name of the one that is meant",
			STR_ARG(ref->name), in_namespace(c));
	finding_absent(c, f, KIND_SECRET, c->object->namespace);
	/* people make Secrets by hand, so that no file has them */
	if (view_knows(c->view, KIND_SECRET, c->object->namespace) != KNOWN_ALL &&
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

/* What provides the Secret, as its keys: names are no secret. */
static void keys_of(const struct rule_ctx *c, struct str name, struct str key, struct str *near,
		    struct buf *all)
{
	const struct known *k = view_find(c->view, KIND_SECRET, c->object->namespace, name);
	size_t most = 3;

	for (size_t i = 0; k && i < k->secret.keys_len && i < LIMIT_ALTERNATIVES; i++) {
		struct str it = k->secret.keys[i].name;
		size_t distance = far(key, it, most);

		if (distance < most) {
			most = distance;
			*near = it;
		}
		if (i < 6)
			buf_fmt(all, "%s%.*s", i ? " or " : "", STR_ARG(it));
		else if (i == 6)
			buf_text(all, " or ...");
	}
}

static void key_absent(struct asking *a, const struct secret_ref *ref)
{
	const struct rule_ctx *c = a->c;
	struct buf all = BUF_ARENA(c->arena);
	struct str near = STR_EMPTY;
	struct finding *f = finding_add(c, ref->at, "key", "Secret %.*s has no key %.*s",
					STR_ARG(ref->name), STR_ARG(ref->key));

	keys_of(c, ref->name, ref->key, &near, &all);
	finding_scope(f, SCOPE_BUNDLE);
	finding_effect(c, f, "%s", a->effect);
	if (near.len)
		finding_fix(c, f, "key: %.*s", STR_ARG(near));
	else if (all.len)
		finding_fix(c, f, "key: %.*s, which it has - or key %.*s in the Secret",
			    STR_ARG(buf_slice(&all)), STR_ARG(ref->key));
	else
		finding_fix(c, f, "key %.*s in Secret %.*s", STR_ARG(ref->key), STR_ARG(ref->name));
}

/* Every Secret that the object makes the run time read; none where nothing is known of any. */
static void each_secret(const struct rule_ctx *c, secret_ref_fn *each, struct asking *a)
{
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

static void ask_secret(void *ctx, const struct secret_ref *ref)
{
	struct asking *a = ctx;

	if (ref->use == a->use && !ref->optional && find(a->c, ref, NULL) == SECRET_MISSING)
		absent(a, ref);
}

static void ask_key(void *ctx, const struct secret_ref *ref)
{
	struct asking *a = ctx;

	if (ref->use == a->use && !ref->optional && find(a->c, ref, NULL) == SECRET_KEY_MISSING)
		key_absent(a, ref);
}

#define ALL_FAIL                                                                                   \
	"without it WAL archiving, backups and retention all fail, and WAL fills the volume "      \
	"until PostgreSQL stops"

void check_credentials_secret_missing(const struct rule_ctx *c)
{
	struct asking a = {.c = c, .use = SECRET_USE_CREDENTIAL, .effect = ALL_FAIL};

	each_secret(c, ask_secret, &a);
}

void check_credentials_key_missing(const struct rule_ctx *c)
{
	struct asking a = {.c = c, .use = SECRET_USE_CREDENTIAL, .effect = ALL_FAIL};

	each_secret(c, ask_key, &a);
}

/* A value that is known, and no certificate. */
static void ask_certificate(void *ctx, const struct secret_ref *ref)
{
	struct asking *a = ctx;
	unsigned flags = 0;
	struct finding *f;

	if (ref->use != SECRET_USE_CA || find(a->c, ref, &flags) != SECRET_HAS_KEY ||
	    !(flags & SECRET_FLAG_KNOWN) || (flags & SECRET_FLAG_PEM))
		return;
	f = finding_add(a->c, ref->at, "key", "%.*s of Secret %.*s holds no certificate",
			STR_ARG(ref->key), STR_ARG(ref->name));
	finding_scope(f, SCOPE_BUNDLE);
	finding_effect(
		a->c, f,
		"every connection to the store fails: its certificate is checked against this file");
	finding_fix(
		a->c, f,
		"the CA's certificate in PEM, from -----BEGIN CERTIFICATE----- to its END, under %.*s",
		STR_ARG(ref->key));
}

void check_endpoint_ca_missing(const struct rule_ctx *c)
{
	struct asking a = {
		.c = c,
		.use = SECRET_USE_CA,
		.effect =
			"the Pod mounts it, and without it does not start (FailedMount), nor does PostgreSQL"};

	each_secret(c, ask_secret, &a);
	each_secret(c, ask_key, &a);
	each_secret(c, ask_certificate, &a);
}

void check_sidecar_env_secret_missing(const struct rule_ctx *c)
{
	struct asking a = {
		.c = c,
		.use = SECRET_USE_ENV,
		.effect =
			"without it the sidecar ends in CreateContainerConfigError, and the Pod with PostgreSQL does not start"};

	each_secret(c, ask_secret, &a);
	each_secret(c, ask_key, &a);
}

static void ask_namespace(void *ctx, const struct secret_ref *ref)
{
	struct asking *a = ctx;
	const struct rule_ctx *c = a->c;
	const struct known *other;
	struct finding *f;

	if (ref->optional || find(c, ref, NULL) != SECRET_MISSING)
		return;
	other = elsewhere(c, ref->name);
	if (!other || is_seen(a, ref->name))
		return;
	f = finding_add(c, ref->at, "name", "Secret %.*s is in namespace %.*s, not in %.*s",
			STR_ARG(ref->name), STR_ARG(other->object.namespace),
			STR_ARG(c->object->namespace));
	finding_effect(c, f, "a Secret is read in the namespace of the Cluster, and nowhere else");
	finding_fix(
		c, f,
		"an ExternalSecret, or a copy, in namespace %.*s - nothing to do if a controller copies it there",
		STR_ARG(c->object->namespace));
	finding_scope(f, SCOPE_REFERENCE);
}

void check_secret_wrong_namespace(const struct rule_ctx *c)
{
	struct asking a = {.c = c};

	each_secret(c, ask_namespace, &a);
}
