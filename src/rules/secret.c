#include "cnpg/secret.h"

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

/* Of the Secrets of a cluster only those are ours that a store is known to read. */
static bool is_used(const struct rule_ctx *c, struct str name)
{
	if (is_declared(c, name))
		return true;
	for (size_t i = 0; i < c->params->stores_len; i++)
		if (str_list_has(c->params->stores[i].secret_name, name))
			return true;
	return false;
}

/* The store's own keys, where the policy names them: the Secret may be shared with a program that
 * wants others, such as Longhorn's AWS_CERT, which is empty as a rule. */
static bool store_reads(const struct store_params *s, struct str key)
{
	bool any = !s->access_key_id.len && !s->secret_access_key.len && !s->required_keys.len;

	return any || str_eq(key, s->access_key_id) || str_eq(key, s->secret_access_key) ||
	       str_list_has(s->required_keys, key);
}

static bool is_read(const struct rule_ctx *c, struct str key)
{
	struct str name = c->object->name;

	if (is_declared(c, name))
		return true;
	for (size_t i = 0; i < c->params->stores_len; i++)
		if (str_list_has(c->params->stores[i].secret_name, name) &&
		    store_reads(&c->params->stores[i], key))
			return true;
	return false;
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

static void dirty(const struct rule_ctx *c, struct obj at, bool encoded, const char *what,
		  bool harmful)
{
	struct str key = obj_key(at);
	struct finding *f = finding_add(c, at, "", "the value of %.*s %s", STR_ARG(key), what);

	finding_effect(c, f,
		       "it goes into the environment of barman-cloud as it is: the store refuses "
		       "the login");
	if (str_is(str_from(what), "is empty"))
		finding_fix(c, f, "the real value of %.*s", STR_ARG(key));
	else if (encoded)
		finding_fix(c, f, "encode just the value: printf %%s \"$VALUE\" | base64 -w0");
	else
		finding_fix(c, f, "%.*s: \"...\" - the value in quotes, on one line", STR_ARG(key));
	finding_confidential(f);
	if (!harmful)
		finding_at_most(f, SEV_WARN);
}

static void not_base64(const struct rule_ctx *c, struct obj at)
{
	struct str key = obj_key(at);
	struct finding *f =
		finding_add(c, at, "", "the value of %.*s under data is not base64", STR_ARG(key));

	finding_effect(c, f, "the API server refuses the Secret");
	finding_fix(c, f, "stringData: {%.*s: ...} for plain text", STR_ARG(key));
	finding_confidential(f);
}

/* Members of data that stringData replaces are not what the API server will keep. */
static void judge_all(const struct rule_ctx *c, struct obj map, bool encoded, struct obj above)
{
	for (struct obj e = obj_first(map); e.node; e = obj_next(e)) {
		struct str value = STR_EMPTY;
		enum secret_is is = secret_entry(c->root, e, encoded, c->arena, &value);
		bool harmful = false;
		const char *what = is == SECRET_SET ? dirt(value, &harmful) : NULL;

		if ((!what && is != SECRET_NOT_BASE64) || obj_member(above, obj_key(e)).node)
			continue;
		if (what && !is_read(c, obj_key(e)))
			continue;
		if (what)
			dirty(c, e, encoded, what, harmful);
		else
			not_base64(c, e);
	}
}

void check_secret_value_dirty(const struct rule_ctx *c)
{
	struct obj plain = obj_at(c->root, "stringData");

	if (!is_used(c, c->object->name))
		return;
	judge_all(c, obj_at(c->root, "data"), true, plain);
	judge_all(c, plain, false, (struct obj){0});
}

void check_kubectl_apply_annotation_secret(const struct rule_ctx *c)
{
	struct obj annotation = obj_member(obj_at(c->root, "metadata.annotations"), APPLIED);
	struct finding *f;

	if (!annotation.node || !is_used(c, c->object->name))
		return;
	f = finding_add(c, annotation, "", "an annotation repeats the values of this Secret");
	finding_effect(c, f,
		       "kubectl apply copies them there; tools that hide data show annotations");
	finding_fix(c, f, "kubectl apply --server-side, or an ExternalSecret or SealedSecret");
	finding_confidential(f);
}

void check_externalsecret_not_owner(const struct rule_ctx *c)
{
	struct provider made;
	struct str policy = obj_text(c->root, "spec.target.creationPolicy");
	bool none = str_is(policy, "None");
	struct finding *f;

	provider_read(c->object, c->arena, &made);
	struct str target = made.name;
	if ((!none && !str_is(policy, "Merge")) || !is_used(c, target))
		return;
	f = finding_add(c, c->root, "spec.target.creationPolicy", "creationPolicy is %.*s",
			STR_ARG(policy));
	if (none)
		finding_effect(c, f, "the ExternalSecret never writes Secret %.*s",
			       STR_ARG(target));
	else
		finding_effect(c, f, "it writes nothing until something else creates Secret %.*s",
			       STR_ARG(target));
	finding_fix(c, f, "creationPolicy: Owner");
	if (!none)
		finding_at_most(f, SEV_INFO);
}
