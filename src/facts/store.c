#include "facts/store.h"

#include "base/arena.h"
#include "cnpg/archive.h"
#include "cnpg/location.h"
#include "facts/neighbour.h"

struct str store_meant(const struct rule_ctx *c)
{
	const struct known *only = neighbour_only(c, KIND_OBJECT_STORE);

	return only ? only->object.name : STR("<ObjectStore>");
}

struct obj store_configuration_of(const struct object *o)
{
	return obj_at(o->root, o->kind == KIND_CLUSTER ? "spec.backup.barmanObjectStore"
						       : "spec.configuration");
}

struct obj store_configuration(const struct rule_ctx *c)
{
	return c->object->kind == KIND_CLUSTER ? c->archive->in_tree
					       : obj_at(c->root, "spec.configuration");
}

enum store_kind store_kind(struct obj configuration)
{
	static const struct {
		enum store_kind kind;
		const char *field;
	} fields[] = {{STORE_S3, "s3Credentials"},
		      {STORE_GOOGLE, "googleCredentials"},
		      {STORE_AZURE, "azureCredentials"}};

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (obj_type(obj_at(configuration, fields[i].field)) > OBJ_NULL_VALUE)
			return fields[i].kind;
	return STORE_NONE;
}

bool store_endpoint(struct obj configuration, struct str *out)
{
	enum store_kind kind = store_kind(configuration);
	struct str text;

	if ((kind != STORE_S3 && kind != STORE_NONE) ||
	    obj_str(configuration, "endpointURL", &text) != OBJ_SET || !text.len ||
	    value_is_placeholder(text, NULL))
		return false;
	*out = text;
	return true;
}

bool store_foreign_host(struct obj configuration, struct str *host)
{
	struct str text;
	struct url u;

	if (store_kind(configuration) != STORE_S3 || !store_endpoint(configuration, &text) ||
	    !url_split(text, &u) || !u.host.len || host_is_aws(u.host))
		return false;
	*host = u.host;
	return true;
}

enum env_is store_env(struct obj env, const char *name, struct str *value)
{
	enum env_is is = ENV_ABSENT;
	enum obj_type type = obj_type(env);

	if (type != OBJ_LIST)
		return type == OBJ_NONE || type == OBJ_NULL_VALUE ? ENV_ABSENT : ENV_UNKNOWN;
	for (struct obj e = obj_first(env); e.node; e = obj_next(e)) {
		struct str text = STR_EMPTY;

		if (!str_is(obj_text(e, "name"), name))
			continue;
		is = ENV_UNKNOWN; /* of two entries the kubelet takes the last */
		if (obj_at(e, "valueFrom").node || obj_str(e, "value", &text) == OBJ_WRONG_TYPE ||
		    value_is_placeholder(text, NULL))
			continue;
		is = ENV_SET;
		*value = text;
	}
	return is;
}

struct str store_url_shown(struct arena *a, struct str text)
{
	struct url u;
	struct str shown = str_slice(text, 0, str_find_byte(text, '?'));
	size_t at;

	shown = str_slice(shown, 0, str_find_byte(shown, '#'));
	if (url_split(text, &u) && u.userinfo.len)
		return arena_fmt(a, "%.*s://...@%.*s%s%.*s%.*s", STR_ARG(u.scheme), STR_ARG(u.host),
				 u.port.len ? ":" : "", STR_ARG(u.port), STR_ARG(u.path));
	if (str_has_prefix(shown, STR("s3://")))
		return shown; /* a key may have an "@" */
	/* What is no URL may have been meant to be one with a password. */
	for (at = shown.len; at && shown.ptr[at - 1] != '@'; at--)
		continue;
	return at ? arena_fmt(a, "...@%.*s", STR_ARG(str_slice(shown, at, shown.len))) : shown;
}
