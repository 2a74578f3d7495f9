/* endpointCA: whether it is needed, there, of use, and certifies anything. */
#include "base/limits.h"
#include "cnpg/location.h"
#include "facts/secrets.h"
#include "facts/store.h"

static void check_endpoint_ca_ignored(const struct rule_ctx *c)
{
	enum store_kind kind = store_kind(store_configuration(c));
	const char *what = NULL, *effect = NULL;
	struct str endpoint = STR_EMPTY;
	struct finding *f;

	if (obj_type(obj_at(store_configuration(c), "endpointCA")) != OBJ_MAP)
		return;
	enum obj_is given = obj_str(store_configuration(c), "endpointURL", &endpoint);
	if (kind == STORE_GOOGLE) {
		what = "endpointCA stands beside googleCredentials";
		effect =
			"it is not used with Google, but its Secret must exist for the Pod to start";
	} else if (kind == STORE_S3 && str_has_prefix_nocase(endpoint, STR("http://"))) {
		what = "endpointCA stands beside an http:// endpointURL";
		effect = "nothing is encrypted, so no certificate is checked";
	} else if (kind == STORE_S3 && !endpoint.len && given != OBJ_WRONG_TYPE &&
		   !store_has_env(c, "AWS_ENDPOINT_URL") &&
		   !store_has_env(c, "AWS_ENDPOINT_URL_S3")) {
		what = "endpointCA is set, but endpointURL is not";
		effect = "AWS itself is then checked against this CA, which did not sign it";
	}
	if (!what)
		return;
	f = finding_add(c, store_configuration(c), "endpointCA", "%s", what);
	finding_because(c, f, store_configuration(c), "endpointURL");
	finding_effect(c, f, "%s", effect);
	if (kind == STORE_S3)
		finding_fix(c, f, "endpointURL: https://HOST:PORT, or remove endpointCA");
	else
		finding_fix(c, f, "remove endpointCA");
}

/* A value that is known, and no certificate. */
static void ask_certificate(void *ctx, const struct secret_ref *ref)
{
	struct secret_asking *a = ctx;
	struct provider_key said = {.flags = 0};
	struct finding *f;

	if (ref->use != SECRET_USE_CA || secret_find(a->c, ref, &said) != SECRET_HAS_KEY ||
	    !(said.flags & SECRET_FLAG_KNOWN) || (said.flags & SECRET_FLAG_PEM))
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

static void check_endpoint_ca_missing(const struct rule_ctx *c)
{
	struct secret_asking a = {
		.c = c,
		.use = SECRET_USE_CA,
		.effect =
			"the Pod mounts it, and without it does not start (FailedMount), nor does PostgreSQL"};

	secret_each(&a, secret_ask);
	secret_each(&a, secret_ask_key);
	secret_each(&a, ask_certificate);
}

/* A CA of the site's own may come by these; what stands in a file of profiles cannot be seen. */
static bool has_bundle(const struct rule_ctx *c)
{
	static const char *const names[] = {"AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE",
					    "AWS_CONFIG_FILE"};
	struct obj env = obj_at(c->root, "spec.env"); /* of a Cluster, for its in-tree store */
	struct str value;

	if (obj_type(obj_at(c->root, "spec.envFrom")) > OBJ_NULL_VALUE)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (c->object->kind == KIND_CLUSTER
			    ? store_env(env, names[i], &value) != ENV_ABSENT
			    : store_sidecar_env(c, names[i], &value) != ENV_ABSENT)
			return true;
	return false;
}

/* The only Secret of the namespace that is known to hold a certificate, and under which key; false
 * when there is none, or a choice. */
static bool only_certificate(const struct rule_ctx *c, struct str *secret, struct str *key)
{
	size_t found = 0, looked = 0;

	if (!c->view || !c->object->namespace.len)
		return false;
	struct view_iter it =
		view_each(c->view, REL_KIND, KIND_SECRET, c->object->namespace, STR_EMPTY);
	for (const struct known *k; (k = view_next(&it));) {
		if (looked++ == LIMIT_NEIGHBOURS)
			return false;
		for (size_t i = 0; i < k->secret.keys_len; i++) {
			if (!(k->secret.keys[i].flags & SECRET_FLAG_PEM))
				continue;
			found++;
			*secret = k->secret.name;
			*key = k->secret.keys[i].name;
		}
	}
	return found == 1 && !value_is_placeholder(*secret, NULL);
}

static void check_endpoint_ca_needed(const struct rule_ctx *c)
{
	struct obj configuration = store_configuration(c);
	struct str text, secret, key;
	struct url u;

	if (store_kind(configuration) != STORE_S3 || !store_endpoint(configuration, &text) ||
	    !url_split(text, &u) || !str_eq_nocase(u.scheme, STR("https")) || !u.host.len ||
	    !host_is_valid(u.host) || !host_is_local(u.host) ||
	    obj_type(obj_at(configuration, "endpointCA")) > OBJ_NULL_VALUE || has_bundle(c))
		return;
	struct finding *f = finding_add(c, configuration, "endpointCA",
					"endpointURL is https://%.*s, and endpointCA is not set",
					STR_ARG(u.host));
	finding_because(c, f, configuration, "endpointURL");
	finding_effect(
		c, f,
		"no public CA certifies such a host, and boto3 trusts no others: every command stops with CERTIFICATE_VERIFY_FAILED");
	if (only_certificate(c, &secret, &key))
		finding_fix(c, f, "endpointCA: {name: %.*s, key: %.*s}", STR_ARG(secret),
			    STR_ARG(key));
	else
		finding_fix(
			c, f,
			"endpointCA: {name: <secret>, key: ca.crt} - with the certificate of the CA that signed the endpoint's");
	if (u.userinfo.len || u.query.len)
		finding_confidential(f);
}

static void ask_root(void *ctx, const struct secret_ref *ref)
{
	struct secret_asking *a = ctx;
	struct provider_key said = {.flags = 0};

	if (ref->use != SECRET_USE_CA || secret_find(a->c, ref, &said) != SECRET_HAS_KEY ||
	    !(said.flags & SECRET_FLAG_NO_ROOT))
		return;
	struct finding *f = finding_add(a->c, ref->at, "key",
					"no certificate under %.*s of Secret %.*s is self-signed",
					STR_ARG(ref->key), STR_ARG(ref->name));
	finding_scope(f, SCOPE_BUNDLE);
	finding_effect(
		a->c, f,
		"a chain must end at a root that is there: with an intermediate or a leaf alone connections fail with \"unable to get issuer certificate\"");
	finding_fix(a->c, f, "the root CA's certificate in PEM, too, under %.*s",
		    STR_ARG(ref->key));
}

static void check_endpoint_ca_not_root(const struct rule_ctx *c)
{
	struct secret_asking a = {.c = c, .use = SECRET_USE_CA};

	secret_each(&a, ask_root);
}

static const struct rule rows[] = {
	{
		.id = "endpoint-ca-ignored",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.check = check_endpoint_ca_ignored,
		.summary = "endpointCA has no effect here, or an unwanted one",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},
	{
		.id = "endpoint-ca-missing",
		.kinds = KIND_OBJECT_STORE,
		.scope = SCOPE_REFERENCE,
		.severity = SEV_DENY,
		.check = check_endpoint_ca_missing,
		.summary = "The CA certificate of the endpoint is not there",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},
	{
		.id = "endpoint-ca-needed",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_endpoint_ca_needed,
		.summary = "https to a host of the site, without the CA that certifies it",
		.reference = "cloudnative-pg/cloudnative-pg#6875",
		.superseded_by = "policy-require-endpoint-ca",
	},
	{
		.id = "endpoint-ca-not-root",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.scope = SCOPE_REFERENCE,
		.severity = SEV_WARN,
		.check = check_endpoint_ca_not_root,
		.summary = "endpointCA holds no root certificate",
		.reference = "cloudnative-pg/plugin-barman-cloud#446",
	},
};

RULE_ROWS(endpoint_ca);
