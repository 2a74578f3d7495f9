/* Secrets that stores read: their values and keys, where they are, and when they go. */
#include "base/arena.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "cnpg/archive.h"
#include "cnpg/location.h"
#include "facts/secrets.h"
#include "facts/store.h"

static bool has_key(const struct provider *p, struct str key)
{
	return provider_has(p, key, NULL) == PROVIDER_HAS;
}

/*
 * Whether the write takes `key` away: a deletion takes all. An update of a Secret shows at once at
 * the ObjectStores that read it, and their rules speak; what an ExternalSecret does not make any
 * more is in the Secret until it is refreshed, and nobody would notice.
 */
static bool is_taken(const struct rule_ctx *c, const struct provider *old,
		     const struct provider *now, struct str key)
{
	if (!now)
		return true;
	return c->object->kind == KIND_EXTERNAL_SECRET && now->provides &&
	       str_eq(now->name, old->name) && has_key(old, key) &&
	       provider_has(now, key, NULL) == PROVIDER_LACKS &&
	       view_secret_key(c->view, c->object->namespace, old->name, key, NULL) ==
		       SECRET_HAS_KEY;
}

/* Something else makes the Secret: what ExternalSecret wrote it goes with it, so for an
 * ExternalSecret the Secret itself does not count. */
static bool is_made_otherwise(const struct rule_ctx *c, struct str name)
{
	struct view_iter it = view_each(c->view, REL_SELF, KIND_SECRET, c->object->namespace, name);

	for (const struct known *k; (k = view_next(&it));)
		if (!known_same(&k->object, c->object) &&
		    (c->object->kind != KIND_EXTERNAL_SECRET || k->object.kind != KIND_SECRET))
			return true;
	return false;
}

/* The Secret stays when an ExternalSecret goes that does not own it. */
static bool leaves_secret(const struct rule_ctx *c)
{
	struct str policy = obj_text(c->root, "spec.target.creationPolicy");

	return c->object->kind == KIND_EXTERNAL_SECRET && !c->old && policy.len &&
	       !str_is(policy, "Owner");
}

struct taking {
	const struct rule_ctx *c;
	const struct known *store;
	const struct provider *old, *now; /* now: NULL on a deletion */
	struct store_users users;	  /* of the store: looked for when a key is taken */
	bool asked, told;
};

static void judge_ref(void *ctx, const struct secret_ref *ref)
{
	struct taking *t = ctx;
	const struct rule_ctx *c = t->c;
	struct str store = t->store->object.name;
	const char *what = c->object->kind == KIND_SECRET ? "this Secret"
							  : "the Secret of this ExternalSecret";

	/* of a deletion one key says it all */
	if (ref->optional || !str_eq(ref->name, t->old->name) || (t->told && !t->now) ||
	    !is_taken(c, t->old, t->now, ref->key))
		return;
	if (!t->asked)
		store_find_users(c, store, &t->users);
	t->asked = true;
	if (!t->users.len)
		return;
	struct str users = store_users_text(c, &t->users);
	struct finding *f =
		t->now ? finding_add(
				 c, c->root, c->object->kind == KIND_SECRET ? "data" : "spec",
				 "key %.*s is taken away, and ObjectStore %.*s of %.*s reads it",
				 STR_ARG(ref->key), STR_ARG(store), STR_ARG(users))
		       : finding_add(c, c->root, "", "ObjectStore %.*s of %.*s still reads %s",
				     STR_ARG(store), STR_ARG(users), what);

	t->told = true;
	finding_subject(c, f,
			arena_fmt(c->arena, "%.*s %.*s", STR_ARG(store),
				  STR_ARG(t->now ? ref->key : STR_EMPTY)));
	if (ref->use == SECRET_USE_CREDENTIAL)
		finding_effect(
			c, f,
			"archiving, backups and retention fail, and WAL stays on the volume until it is full");
	else
		finding_effect(c, f, "the Pods of the Cluster do not start any more");
	finding_fix(c, f, "change the ObjectStore first, then %s",
		    t->now ? "take the key away" : "delete this");
}

static void check_secret_delete_in_use(const struct rule_ctx *c)
{
	struct provider old, now = {0};
	struct taking taking = {.c = c, .old = &old, .now = c->old ? &now : NULL};

	if (!provider_read(c->old ? c->old : c->object, c->arena, &old) || leaves_secret(c) ||
	    is_made_otherwise(c, old.name))
		return;
	provider_read(c->object, c->arena, &now);
	struct view_iter it =
		view_each(c->view, REL_SECRET, KIND_OTHER, c->object->namespace, old.name);
	for (size_t i = 0; i < LIMIT_HOLDERS && (taking.store = view_next(&it)); i++) {
		taking.asked = taking.told = false;
		if (!object_is_terminating(&taking.store->object))
			object_store_secrets(taking.store->object.root, judge_ref, &taking);
	}
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

static void check_secret_key_without_effect(const struct rule_ctx *c)
{
	struct provider made;

	if (!provider_read(c->object, c->arena, &made) ||
	    !secret_is_referred_to(c, made.name, STR_EMPTY))
		return;
	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		struct str key = str_from(expected[i].key);
		struct finding *f;

		if (provider_has(&made, key, NULL) != PROVIDER_HAS ||
		    is_wanted(c, made.name, key) || secret_is_referred_to(c, made.name, key))
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

/* Characters that no editor shows: byte order mark, blanks of Unicode. */
static bool is_unseen(struct str character)
{
	static const struct str unseen[] = {
		STR_INIT("\xef\xbb\xbf"), STR_INIT("\xc2\xa0"),	    STR_INIT("\xe2\x80\x8b"),
		STR_INIT("\xe2\x80\x8c"), STR_INIT("\xe2\x80\x8d"), STR_INIT("\xe2\x81\xa0"),
		STR_INIT("\xe2\x80\xaf"), STR_INIT("\xe3\x80\x80"),
	};

	for (size_t i = 0; i < ARRAY_LEN(unseen); i++)
		if (str_eq(character, unseen[i]))
			return true;
	return false;
}

static bool has_unseen_ends(struct str value)
{
	size_t last = utf8_begin(value, value.len - 1);

	return is_unseen(str_slice(value, 0, utf8_next(value, 0))) ||
	       is_unseen(str_slice(value, last, value.len));
}

static bool is_quoted(struct str value)
{
	char first = value.ptr[0];

	return value.len > 2 && (first == '"' || first == '\'') &&
	       value.ptr[value.len - 1] == first;
}

struct dirt {
	const char *what; /* NULL: nothing is wrong with the bytes */
	const char *effect;
	const char *fix; /* NULL: the value alone */
	bool harmful;	 /* for sure */
};

#define IS_EMPTY "is empty"
#define IS_UNFILLED "is a placeholder that nobody has filled in"
#define REFUSED "it goes into the environment of barman-cloud as it is: the store refuses the login"
#define MOSTLY_REFUSED                                                                             \
	"it goes into the environment of barman-cloud as it is: most stores refuse the login"

#define NO_LABEL "boto3 stops before any request: \"doesn't match a supported format\""

/* What no store takes. */
static const char *harm_of(struct str value, bool lines)
{
	char last = value.ptr[value.len - 1];

	if (str_find_byte(value, '\0') != STR_NONE)
		return "holds a NUL byte";
	if (!lines && (last == '\n' || last == '\r'))
		return "ends with a line break";
	if (!lines &&
	    (str_find_byte(value, '\n') != STR_NONE || str_find_byte(value, '\r') != STR_NONE))
		return "holds a line break";
	return has_unseen_ends(value) ? "begins or ends with a character that is not seen" : NULL;
}

/* Of a value that is read as a region only. */
static struct dirt dirt_of_region(struct str region)
{
	if (region_is_label(region))
		return (struct dirt){0};
	return (struct dirt){"is no label of letters, digits and hyphens", NO_LABEL,
			     "us-east-1, or the store's own region", true};
}

static struct dirt dirt_of_id(struct str id)
{
	if (str_find_byte(id, '/') == STR_NONE && str_find_byte(id, '+') == STR_NONE)
		return (struct dirt){0};
	return (struct dirt){
		"holds '/' or '+', as secret keys do and ids do not",
		"where id and secret key are swapped, the store refuses the login",
		"the id under the key that accessKeyId names, the secret under that of secretAccessKey",
		false};
}

/* `roles`: what the stores that read it take it for. */
static struct dirt dirt_of(struct str value, unsigned roles)
{
	bool lines = has_lines(value);
	const char *harm;

	if (!value.len && roles == 1U << ROLE_SESSION_TOKEN)
		return (struct dirt){0}; /* boto3 takes it for none */
	if (value_is_unfilled(value))	 /* another tool may know CHANGEME */
		return (struct dirt){IS_UNFILLED, REFUSED, NULL, value.ptr[0] == '<'};
	harm = value.len ? harm_of(value, lines) : IS_EMPTY;
	if (harm)
		return (struct dirt){harm, REFUSED, NULL, true};
	if (roles == 1U << ROLE_REGION)
		return dirt_of_region(value);
	if (!lines && (is_blank(value.ptr[0]) || is_blank(value.ptr[value.len - 1])))
		return (struct dirt){"begins or ends with a blank", MOSTLY_REFUSED, NULL, false};
	if (!lines && is_quoted(value))
		return (struct dirt){"stands in quotes that are part of it", MOSTLY_REFUSED,
				     "the value without the quotes around it", false};
	if (is_encoded_twice(value))
		return (struct dirt){"is base64 of base64", MOSTLY_REFUSED, NULL, false};
	return roles == 1U << ROLE_ACCESS_KEY_ID ? dirt_of_id(value) : (struct dirt){0};
}

static struct finding *dirty(const struct rule_ctx *c, struct obj at, bool encoded,
			     const struct dirt *d)
{
	struct str key = obj_key(at);
	struct finding *f = finding_add(c, at, "", "the value of %.*s %s", STR_ARG(key), d->what);

	finding_effect(c, f, "%s", d->effect);
	if (str_is(str_from(d->what), IS_EMPTY) || str_is(str_from(d->what), IS_UNFILLED))
		finding_fix(c, f, "the real value of %.*s", STR_ARG(key));
	else if (d->fix)
		finding_fix(c, f, "%s", d->fix);
	else if (encoded)
		finding_fix(c, f, "encode just the value: printf %%s \"$VALUE\" | base64 -w0");
	else
		finding_fix(c, f, "the value of %.*s in quotes, on one line", STR_ARG(key));
	finding_confidential(f);
	if (!d->harmful)
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
		struct dirt d = {0};
		struct finding *f;
		enum scope scope;

		if (is == SECRET_SET)
			d = dirt_of(value, secret_roles(c, name, obj_key(e)));
		if ((!d.what && is != SECRET_NOT_BASE64) || obj_member(above, obj_key(e)).node ||
		    !secret_is_read(c, name, d.what ? obj_key(e) : STR_EMPTY, &scope))
			continue;
		f = d.what ? dirty(c, e, encoded, &d) : not_base64(c, e);
		finding_scope(f, scope);
	}
}

/* JSON of Google has lines of its own. */
static const char *dirt_of_flags(struct str selector, unsigned flags)
{
	if (flags & SECRET_FLAG_EMPTY)
		return str_is(selector, "sessionToken") ? NULL : IS_EMPTY;
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
	struct provider_key said = {.flags = 0};
	const char *what;
	struct finding *f;

	if (ref->use != SECRET_USE_CREDENTIAL ||
	    view_secret_key(c->view, in, ref->name, ref->key, &said) != SECRET_HAS_KEY)
		return;
	what = dirt_of_flags(obj_key(ref->at), said.flags);
	if (!what)
		return;
	f = finding_add(c, ref->at, "key", "the value of %.*s in Secret %.*s %s", STR_ARG(ref->key),
			STR_ARG(ref->name), what);
	bool blank = said.flags == (SECRET_FLAG_KNOWN | SECRET_FLAG_BLANK);
	bool region = str_is(obj_key(ref->at), "region");

	if (blank && region)
		finding_effect(c, f, "%s", NO_LABEL);
	else
		finding_effect(c, f, "%s", blank ? MOSTLY_REFUSED : REFUSED);
	finding_fix(c, f, "the value of %.*s alone, on one line, in what makes Secret %.*s",
		    STR_ARG(ref->key), STR_ARG(ref->name));
	finding_scope(f, SCOPE_BUNDLE);
	if (blank && !region)
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

static void check_secret_value_dirty(const struct rule_ctx *c)
{
	struct obj plain = obj_at(c->root, "stringData");

	if (c->object->kind != KIND_SECRET) {
		judge_readers(c);
		return;
	}
	judge_all(c, obj_at(c->root, "data"), true, plain);
	judge_all(c, plain, false, (struct obj){0});
}

static void ask_namespace(void *ctx, const struct secret_ref *ref)
{
	struct secret_asking *a = ctx;
	const struct rule_ctx *c = a->c;
	const struct known *other;
	struct finding *f;

	if (ref->optional || secret_find(c, ref, NULL) != SECRET_MISSING)
		return;
	other = secret_elsewhere(c, ref->name);
	if (!other || secret_is_told(a, ref->name))
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

static void check_secret_wrong_namespace(const struct rule_ctx *c)
{
	struct secret_asking a = {.c = c};

	secret_each(&a, ask_namespace);
}

static const struct rule rows[] = {
	{
		.id = "secret-delete-in-use",
		.kinds = KIND_SECRET | KIND_EXTERNAL_SECRET,
		.scope = SCOPE_DELETE,
		.update_too = true,
		.severity = SEV_WARN,
		.check = check_secret_delete_in_use,
		.summary = "Credentials go while an ObjectStore of a Cluster reads them",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},
	{
		.id = "secret-key-without-effect",
		.kinds = KIND_SECRET | KIND_EXTERNAL_SECRET,
		.scope = SCOPE_USERS,
		.severity = SEV_INFO,
		.check = check_secret_key_without_effect,
		.summary = "A key of the Secret sets nothing for backups",
		.reference = "cloudnative-pg/plugin-barman-cloud#588",
	},
	{
		.id = "secret-value-dirty",
		.kinds = KIND_CLUSTER | KIND_OBJECT_STORE | KIND_SECRET,
		.helped = true,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_secret_value_dirty,
		.summary = "A credential is empty or has stray bytes around it",
		.reference = "cloudnative-pg/cloudnative-pg#972",
	},
	{
		.id = "secret-wrong-namespace",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.scope = SCOPE_REFERENCE,
		.severity = SEV_WARN,
		.check = check_secret_wrong_namespace,
		.summary = "The Secret is in another namespace only",
		.reference = "https://kubernetes.io/docs/concepts/configuration/secret/",
	},
};

RULE_ROWS(secret);
