#include "facts/secrets.h"

#include "base/limits.h"

#define LABEL STR("backup-guard.io/credentials")

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
	unsigned roles;
};

static enum secret_role role_of(struct str selector)
{
	static const char *const selectors[] = {
		[ROLE_ACCESS_KEY_ID] = "accessKeyId",
		[ROLE_REGION] = "region",
		[ROLE_SESSION_TOKEN] = "sessionToken",
	};

	for (size_t i = 0; i < ARRAY_LEN(selectors); i++)
		if (str_is(selector, selectors[i]))
			return (enum secret_role)i;
	return ROLE_OTHER;
}

static void reads(void *ctx, const struct secret_ref *ref)
{
	struct reading *r = ctx;

	if (ref->use == SECRET_USE_CA || !str_eq(ref->name, r->name) ||
	    (r->key.len && !str_eq(ref->key, r->key)))
		return;
	r->found = true;
	r->roles |= 1U << role_of(ref->use == SECRET_USE_CREDENTIAL ? obj_key(ref->at) : STR_EMPTY);
}

/* `all`: not only until one is found. */
static void ask_stores(struct view_iter it, struct reading *r, bool all)
{
	size_t asked = 0;

	for (const struct known *k; asked < LIMIT_HOLDERS && (k = view_next(&it)); asked++)
		if (all || !r->found)
			object_store_secrets(k->object.root, reads, r);
}

static void ask_readers(const struct rule_ctx *c, struct reading *r, bool all)
{
	struct str in = c->object->namespace;

	if (!c->view)
		return;
	if (!in.len || value_is_placeholder(in, NULL)) {
		ask_stores(view_each(c->view, REL_SECRET_NAME, KIND_OTHER, STR_EMPTY, r->name), r,
			   all);
		return;
	}
	ask_stores(view_each(c->view, REL_SECRET, KIND_OTHER, in, r->name), r, all);
	ask_stores(view_each(c->view, REL_SECRET, KIND_OTHER, STR_EMPTY, r->name), r, all);
}

bool secret_is_referred_to(const struct rule_ctx *c, struct str name, struct str key)
{
	struct reading r = {.name = name, .key = key};

	ask_readers(c, &r, false);
	return r.found;
}

unsigned secret_roles(const struct rule_ctx *c, struct str name, struct str key)
{
	struct reading r = {.name = name, .key = key};

	ask_readers(c, &r, true);
	return r.roles;
}

/* The store's own keys, where the policy names them: the Secret may be shared with a program that
 * wants others, such as Longhorn's AWS_CERT, which is empty as a rule. */
static bool store_reads(const struct store_params *s, struct str key)
{
	bool any = !s->access_key_id.len && !s->secret_access_key.len && !s->required_keys.len;

	return any || !key.len || str_eq(key, s->access_key_id) ||
	       str_eq(key, s->secret_access_key) || str_list_has(s->required_keys, key);
}

bool secret_is_read(const struct rule_ctx *c, struct str name, struct str key, enum scope *scope)
{
	*scope = SCOPE_OBJECT;
	if (is_declared(c, name))
		return true;
	for (size_t i = 0; i < c->params->stores_len; i++)
		if (str_list_has(c->params->stores[i].secret_name, name) &&
		    store_reads(&c->params->stores[i], key))
			return true;
	*scope = SCOPE_BUNDLE;
	return secret_is_referred_to(c, name, key);
}
