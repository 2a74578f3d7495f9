#include "cnpg/secret.h"

#include "base/limits.h"
#include "rules/checks.h"
#include "rules/rule.h"

#define LABEL STR("backup-guard.io/credentials")
#define APPLIED STR("kubectl.kubernetes.io/last-applied-configuration")

/* Somebody says of this Secret that it holds credentials, and no more. */
static bool is_declared(const struct rule_ctx *c, struct str name)
{
	struct obj labels = obj_at(c->root, "metadata.labels");

	return str_is(obj_text(obj_member(labels, LABEL), ""), "true") ||
	       str_list_has(c->params->credential_secrets, name);
}

struct reading {
	struct str name, key; /* key empty: any */
	bool found;
};

static void reads(void *ctx, const struct secret_ref *ref)
{
	struct reading *r = ctx;

	r->found |= ref->use != SECRET_USE_CA && str_eq(ref->name, r->name) &&
		    (!r->key.len || str_eq(ref->key, r->key));
}

static bool is_read_by(struct view_iter it, struct reading *r)
{
	size_t asked = 0;

	for (const struct known *k; asked < LIMIT_HOLDERS && (k = view_next(&it)); asked++)
		if (!r->found)
			object_store_secrets(k->object.root, reads, r);
	return r->found;
}

/* A known ObjectStore reads this key of Secret `name` of the namespace, or of one that may be the
 * same. The certificate of a CA is no credential. */
static bool is_referred_to(const struct rule_ctx *c, struct str name, struct str key)
{
	struct reading r = {.name = name, .key = key};
	struct str in = c->object->namespace;

	if (!c->view)
		return false;
	if (!in.len || value_is_placeholder(in, NULL))
		return is_read_by(view_each(c->view, REL_SECRET_NAME, KIND_OTHER, STR_EMPTY, name),
				  &r);
	return is_read_by(view_each(c->view, REL_SECRET, KIND_OTHER, in, name), &r) ||
	       is_read_by(view_each(c->view, REL_SECRET, KIND_OTHER, STR_EMPTY, name), &r);
}

/* The store's own keys, where the policy names them: the Secret may be shared with a program that
 * wants others, such as Longhorn's AWS_CERT, which is empty as a rule. */
static bool store_reads(const struct store_params *s, struct str key)
{
	bool any = !s->access_key_id.len && !s->secret_access_key.len && !s->required_keys.len;

	return any || !key.len || str_eq(key, s->access_key_id) ||
	       str_eq(key, s->secret_access_key) || str_list_has(s->required_keys, key);
}

/* Of the Secrets of a cluster only those are ours that a store is known to read: the scope says
 * whether this took other objects to know. `key` empty: any. */
static bool is_read(const struct rule_ctx *c, struct str name, struct str key, enum scope *scope)
{
	*scope = SCOPE_OBJECT;
	if (is_declared(c, name))
		return true;
	for (size_t i = 0; i < c->params->stores_len; i++)
		if (str_list_has(c->params->stores[i].secret_name, name) &&
		    store_reads(&c->params->stores[i], key))
			return true;
	*scope = SCOPE_BUNDLE;
	return is_referred_to(c, name, key);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* PEM and JSON have lines of their own. */
static bool has_lines(struct str value)
{
	struct str text = str_trim(value);

	return str_has_prefix(text, STR("-----BEGIN ")) || str_has_prefix(text, STR("{"));
}

/* An access key of AWS that was encoded once more before it was put under data. */
static bool is_encoded_twice(struct str value)
{
	return value.len % 4 == 0 &&
	       (str_has_prefix(value, STR("QUtJQ")) || str_has_prefix(value, STR("QVNJQ")));
}

/* What is wrong with the bytes; NULL when nothing is. */
static const char *dirt(struct str value, bool *harmful)
{
	*harmful = true;
	if (!value.len)
		return "is empty";
	if (str_find_byte(value, '\0') != STR_NONE)
		return "holds a NUL byte";
	if (!has_lines(value)) {
		char last = value.ptr[value.len - 1];

		if (last == '\n' || last == '\r')
			return "ends with a line break";
		if (str_find_byte(value, '\n') != STR_NONE ||
		    str_find_byte(value, '\r') != STR_NONE)
			return "holds a line break";
		*harmful = false;
		if (is_blank(value.ptr[0]) || is_blank(last))
			return "begins or ends with a blank";
	}
	*harmful = false;
	return is_encoded_twice(value) ? "is base64 of base64" : NULL;
}

static struct finding *dirty(const struct rule_ctx *c, struct obj at, bool encoded,
			     const char *what, bool harmful)
{
	struct str key = obj_key(at);
	struct finding *f = finding_add(c, at, "", "the value of %.*s %s", STR_ARG(key), what);

	finding_effect(
		c, f,
		"it goes into the environment of barman-cloud as it is: the store refuses the login");
	if (str_is(str_from(what), "is empty"))
		finding_fix(c, f, "the real value of %.*s", STR_ARG(key));
	else if (encoded)
		finding_fix(c, f, "encode just the value: printf %%s \"$VALUE\" | base64 -w0");
	else
		finding_fix(c, f, "%.*s: \"...\" - the value in quotes, on one line", STR_ARG(key));
	finding_confidential(f);
	if (!harmful)
		finding_at_most(f, SEV_WARN);
	return f;
}

static struct finding *not_base64(const struct rule_ctx *c, struct obj at)
{
	struct str key = obj_key(at);
	struct finding *f =
		finding_add(c, at, "", "the value of %.*s under data is not base64", STR_ARG(key));

	finding_effect(c, f, "the API server refuses the Secret");
	finding_fix(c, f, "stringData: {%.*s: ...} for plain text", STR_ARG(key));
	finding_confidential(f);
	return f;
}

/* Members of data that stringData replaces are not what the API server will keep. */
static void judge_all(const struct rule_ctx *c, struct obj map, bool encoded, struct obj above)
{
	for (struct obj e = obj_first(map); e.node; e = obj_next(e)) {
		struct str value = STR_EMPTY, name = c->object->name;
		enum secret_is is = secret_entry(c->root, e, encoded, c->arena, &value);
		bool harmful = false;
		const char *what = is == SECRET_SET ? dirt(value, &harmful) : NULL;
		struct finding *f;
		enum scope scope;

		if ((!what && is != SECRET_NOT_BASE64) || obj_member(above, obj_key(e)).node ||
		    !is_read(c, name, what ? obj_key(e) : STR_EMPTY, &scope))
			continue;
		f = what ? dirty(c, e, encoded, what, harmful) : not_base64(c, e);
		finding_scope(f, scope);
	}
}

/* JSON of Google has lines of its own. */
static const char *dirt_of_flags(struct str selector, unsigned flags)
{
	if (flags & SECRET_FLAG_EMPTY)
		return "is empty";
	if (flags & SECRET_FLAG_NUL)
		return "holds a NUL byte";
	if (str_is(selector, "applicationCredentials"))
		return NULL;
	if (flags & SECRET_FLAG_LINE_BREAK)
		return "holds a line break";
	return flags & SECRET_FLAG_BLANK ? "begins or ends with a blank" : NULL;
}

static void ask_value(void *ctx, const struct secret_ref *ref)
{
	const struct rule_ctx *c = ctx;
	struct str in = c->object->namespace;
	unsigned flags = 0;
	const char *what;
	struct finding *f;

	if (ref->use != SECRET_USE_CREDENTIAL ||
	    view_secret_key(c->view, in, ref->name, ref->key, &flags) != SECRET_HAS_KEY)
		return;
	what = dirt_of_flags(obj_key(ref->at), flags);
	if (!what)
		return;
	f = finding_add(c, ref->at, "key", "the value of %.*s in Secret %.*s %s", STR_ARG(ref->key),
			STR_ARG(ref->name), what);
	finding_effect(
		c, f,
		"it goes into the environment of barman-cloud as it is: the store refuses the login");
	finding_fix(c, f, "%.*s: \"...\" in what makes Secret %.*s - the value alone, on one line",
		    STR_ARG(ref->key), STR_ARG(ref->name));
	finding_scope(f, SCOPE_BUNDLE);
	if (flags == (SECRET_FLAG_KNOWN | SECRET_FLAG_BLANK))
		finding_at_most(f, SEV_WARN);
}

/* In a live cluster no Secret is judged by itself: most are not ours, and what is kept of those
 * that are read are flags. What makes it ours is who reads it. One that is being written speaks for
 * itself. */
static void judge_readers(const struct rule_ctx *c)
{
	void *ctx = (void *)(uintptr_t)c;

	if (!c->view || !view_is_live(c->view) ||
	    (c->view->instead && c->view->instead->secret.provides))
		return;
	if (c->object->kind == KIND_OBJECT_STORE)
		object_store_secrets(c->root, ask_value, ctx);
	else
		configuration_secrets(c->archive->in_tree, ask_value, ctx);
}

void check_secret_value_dirty(const struct rule_ctx *c)
{
	struct obj plain = obj_at(c->root, "stringData");

	if (c->object->kind != KIND_SECRET) {
		judge_readers(c);
		return;
	}
	judge_all(c, obj_at(c->root, "data"), true, plain);
	judge_all(c, plain, false, (struct obj){0});
}

void check_kubectl_apply_annotation_secret(const struct rule_ctx *c)
{
	struct obj annotation = obj_member(obj_at(c->root, "metadata.annotations"), APPLIED);
	struct finding *f;
	enum scope scope;

	if (!annotation.node || !is_read(c, c->object->name, STR_EMPTY, &scope))
		return;
	f = finding_add(c, annotation, "", "an annotation repeats the values of this Secret");
	finding_effect(c, f,
		       "kubectl apply copies them there; tools that hide data show annotations");
	finding_fix(c, f, "kubectl apply --server-side, or an ExternalSecret or SealedSecret");
	finding_confidential(f);
	finding_scope(f, scope);
}

/* Something else that provides the Secret which the ExternalSecret writes to. */
static bool has_other_provider(const struct rule_ctx *c, struct str name)
{
	struct view_iter it = view_each(c->view, REL_SELF, KIND_SECRET, c->object->namespace, name);
	size_t seen = 0;

	for (const struct known *k; (k = view_next(&it));)
		if (!known_same(&k->object, c->object) || ++seen == LIMIT_ALTERNATIVES)
			return true;
	return false;
}

void check_externalsecret_not_owner(const struct rule_ctx *c)
{
	struct str policy = obj_text(c->root, "spec.target.creationPolicy");
	bool none = str_is(policy, "None");
	struct provider made;
	struct finding *f;
	enum scope scope;

	provider_read(c->object, c->arena, &made);
	if ((!none && !str_is(policy, "Merge")) || !is_read(c, made.name, STR_EMPTY, &scope) ||
	    (c->view && has_other_provider(c, made.name)))
		return;
	f = finding_add(c, c->root, "spec.target.creationPolicy", "creationPolicy is %.*s",
			STR_ARG(policy));
	if (none)
		finding_effect(c, f, "the ExternalSecret never writes Secret %.*s",
			       STR_ARG(made.name));
	else
		finding_effect(c, f, "it writes nothing until something else creates Secret %.*s",
			       STR_ARG(made.name));
	finding_fix(c, f, "creationPolicy: Owner");
	finding_scope(f, scope);
	if (!none &&
	    (!c->view || view_knows(c->view, KIND_SECRET, c->object->namespace) != KNOWN_ALL))
		finding_unsure(f, SEV_INFO);
}

/* Names of settings that people expect barman-cloud to find in the Secret. */
static const struct {
	const char *key;
	bool region;
} expected[] = {
	{"AWS_REGION", true},	  {"AWS_DEFAULT_REGION", true}, {"AWS_S3_FORCE_PATH_STYLE", false},
	{"AWS_ENDPOINTS", false}, {"AWS_ENDPOINT_URL", false},	{"AWS_ENDPOINT_URL_S3", false},
};

/* The policy asks for it, or says that other programs share the Secret. */
static bool is_wanted(const struct rule_ctx *c, struct str name, struct str key)
{
	for (size_t i = 0; i < c->params->stores_len; i++)
		if (str_list_has(c->params->stores[i].secret_name, name) &&
		    str_list_has(c->params->stores[i].required_keys, key))
			return true;
	return false;
}

/* Where the key is written. */
static struct obj place_of(const struct rule_ctx *c, struct str key)
{
	static const char *const maps[] = {"stringData", "data", "spec.target.template.data"};
	struct obj at = {0};

	for (size_t i = 0; i < ARRAY_LEN(maps) && !at.node; i++)
		at = obj_member(obj_at(c->root, maps[i]), key);
	for (struct obj e = obj_first(obj_at(c->root, "spec.data")); e.node && !at.node;
	     e = obj_next(e))
		if (str_eq(obj_text(e, "secretKey"), key))
			at = obj_at(e, "secretKey");
	return at.node ? at : c->root;
}

void check_secret_key_without_effect(const struct rule_ctx *c)
{
	struct provider made;

	if (!provider_read(c->object, c->arena, &made) || !is_referred_to(c, made.name, STR_EMPTY))
		return;
	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		struct str key = str_from(expected[i].key);
		struct finding *f;

		if (provider_has(&made, key, NULL) != PROVIDER_HAS ||
		    is_wanted(c, made.name, key) || is_referred_to(c, made.name, key))
			continue;
		f = finding_add(c, place_of(c, key), "", "no ObjectStore reads key %.*s",
				STR_ARG(key));
		finding_confidential(f);
		finding_subject(c, f, key);
		finding_effect(
			c, f,
			"barman-cloud sees only the keys that an ObjectStore names: this one sets nothing for backups");
		if (expected[i].region)
			finding_fix(
				c, f,
				"s3Credentials: {region: {name: %.*s, key: %.*s}} in the ObjectStore",
				STR_ARG(made.name), STR_ARG(key));
		else if (str_is(key, "AWS_S3_FORCE_PATH_STYLE"))
			finding_fix(
				c, f,
				"remove it, or leave it to other programs - with an endpointURL boto3 puts the bucket into the path anyway");
		else
			finding_fix(c, f, "endpointURL in the ObjectStore's configuration");
	}
}
