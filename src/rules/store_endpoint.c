#include "rules/store.h"

#include "base/arena.h"
#include "cnpg/location.h"

struct endpoint {
	struct str text, shown; /* shown: without slashes at its end */
	struct url url;
	struct str bucket; /* of destinationPath; empty when unknown */
};

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

static struct finding *malformed(const struct rule_ctx *c, struct obj configuration,
				 const char *what, struct str part)
{
	return finding_add(c, configuration, "endpointURL", "endpointURL %s%.*s", what,
			   STR_ARG(part));
}

/* The text up to where something secret may begin. */
static struct str plain_part(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] == '?' || text.ptr[i] == '#' || text.ptr[i] == '@')
			return STR_EMPTY;
	return text;
}

static void no_url(const struct rule_ctx *c, struct obj configuration, struct str text)
{
	struct str shown = plain_part(text);
	struct finding *f = malformed(c, configuration, "has no scheme: ", shown);

	finding_effect(c, f, "botocore refuses it: \"Invalid endpoint\"");
	if (str_find(text, STR(":/")) != STR_NONE || !shown.len)
		finding_fix(c, f, "endpointURL: https://HOST:PORT");
	else
		finding_fix(c, f, "endpointURL: https://%.*s", STR_ARG(shown));
	if (!shown.len)
		finding_confidential(f);
}

static bool is_label_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-';
}

/* botocore's own pattern: labels of letters, digits and inner hyphens. */
static bool is_host(struct str host)
{
	struct str rest = host, label;

	if (str_has_prefix(host, STR("[")) && str_has_suffix(host, STR("]")))
		return true;
	if (str_has_suffix(host, STR(".")))
		rest = str_slice(host, 0, host.len - 1);
	while (str_split(&rest, '.', &label)) {
		if (!label.len || label.len > 63 || label.ptr[0] == '-' ||
		    label.ptr[label.len - 1] == '-')
			return false;
		for (size_t i = 0; i < label.len; i++)
			if (!is_label_byte(label.ptr[i]))
				return false;
	}
	return true;
}

static bool is_port(struct str port)
{
	int64_t n;

	return !port.len || (str_to_i64(port, &n) && n >= 0 && n <= 65535);
}

/* What the URL has beside host and port, or lacks. */
static bool wrong_parts(const struct rule_ctx *c, struct obj configuration,
			const struct endpoint *e)
{
	const struct url *u = &e->url;
	const char *effect = "botocore refuses it: \"Invalid endpoint\"";
	struct finding *f;

	if (u->userinfo.len) {
		f = malformed(c, configuration, "holds a user name or password", STR_EMPTY);
		effect =
			"it stands in clear in the object, and S3 requests are signed with s3Credentials anyway";
		finding_confidential(f);
	} else if (!str_eq_nocase(u->scheme, STR("https")) &&
		   !str_eq_nocase(u->scheme, STR("http"))) {
		f = malformed(c, configuration, "has the scheme ", u->scheme);
		effect = "botocore refuses it: \"was not a valid URI\"";
	} else if (!u->host.len) {
		f = malformed(c, configuration, "has no host", STR_EMPTY);
	} else if (!is_host(u->host)) {
		f = finding_add(c, configuration, "endpointURL",
				"endpointURL names %.*s, which is no host name", STR_ARG(u->host));
		finding_effect(c, f, "%s", effect);
		finding_fix(c, f,
			    "a host of letters, digits, dots and inner hyphens, or its address");
		return true;
	} else if (!is_port(u->port)) {
		f = malformed(c, configuration, "has the port ", u->port);
		effect = "botocore refuses it: \"was not a valid URI\"";
	} else if (u->query.len || u->fragment.len) {
		f = malformed(c, configuration, u->query.len ? "has a query" : "has a fragment",
			      STR_EMPTY);
		effect = u->query.len ? "botocore refuses it: \"was not a valid URI\""
				      : "it is dropped without a word";
		finding_confidential(f);
	} else {
		return false;
	}
	finding_effect(c, f, "%s", effect);
	if (u->host.len && is_host(u->host))
		finding_fix(c, f, "endpointURL: %s://%.*s%s%.*s",
			    str_eq_nocase(u->scheme, STR("http")) ? "http" : "https",
			    STR_ARG(u->host), is_port(u->port) && u->port.len ? ":" : "",
			    is_port(u->port) ? (int)u->port.len : 0, u->port.ptr);
	else
		finding_fix(c, f, "endpointURL: https://HOST:PORT");
	return true;
}

/* What follows the bucket's name in the host: is it the host of an S3 service? */
static bool is_service(struct str host)
{
	static const struct str domains[] = {
		STR_INIT(".digitaloceanspaces.com"),   STR_INIT(".linodeobjects.com"),
		STR_INIT(".r2.cloudflarestorage.com"), STR_INIT(".your-objectstorage.com"),
		STR_INIT(".storage.googleapis.com"),
	};

	if (str_has_prefix_nocase(host, STR(".s3.")) || str_has_prefix_nocase(host, STR(".s3-")))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(domains); i++)
		if (str_has_suffix_nocase(host, domains[i]))
			return true;
	return false;
}

static void repeated_bucket(const struct rule_ctx *c, struct obj configuration,
			    const struct endpoint *e, bool in_host)
{
	const struct url *u = &e->url;
	struct str host = in_host ? str_slice(u->host, e->bucket.len + 1, u->host.len) : u->host;
	struct finding *f = finding_add(c, configuration, "endpointURL",
					"endpointURL repeats the bucket %.*s of destinationPath",
					STR_ARG(e->bucket));

	finding_effect(c, f, "requests go to %.*s/%.*s, where there is no such bucket",
		       STR_ARG(e->shown), STR_ARG(e->bucket));
	finding_fix(c, f, "endpointURL: %.*s://%.*s%s%.*s", STR_ARG(u->scheme), STR_ARG(host),
		    u->port.len ? ":" : "", STR_ARG(u->port));
}

/* botocore addresses by path when an endpoint is given: ENDPOINT/BUCKET/KEY. */
static void wrong_place(const struct rule_ctx *c, struct obj configuration,
			const struct endpoint *e)
{
	const struct url *u = &e->url;
	struct str path = u->path, first = STR_EMPTY;
	struct finding *f;

	while (str_split(&path, '/', &first) && !first.len)
		;
	if (e->bucket.len && str_has_prefix(u->host, e->bucket) &&
	    is_service(str_slice(u->host, e->bucket.len, u->host.len))) {
		repeated_bucket(c, configuration, e, true);
	} else if (first.len && str_eq(first, e->bucket)) {
		repeated_bucket(c, configuration, e, false);
	} else if (first.len) {
		f = malformed(c, configuration, "has a path: ", u->path);
		finding_effect(c, f, "the bucket is looked for at %.*s/BUCKET", STR_ARG(e->shown));
		finding_fix(
			c, f,
			"endpointURL: %.*s://%.*s%s%.*s - what follows the bucket belongs in destinationPath",
			STR_ARG(u->scheme), STR_ARG(u->host), u->port.len ? ":" : "",
			STR_ARG(u->port));
		finding_at_most(f, SEV_WARN); /* a proxy may map it */
	}
}

void store_endpoint_malformed(const struct rule_ctx *c, struct obj configuration)
{
	struct endpoint e = {0};
	struct url destination;
	struct str path;

	if (!store_endpoint(configuration, &e.text))
		return;
	for (size_t i = 0; i < e.text.len; i++) {
		if ((unsigned char)e.text.ptr[i] > ' ')
			continue;
		struct finding *f = malformed(c, configuration, "holds white space", STR_EMPTY);

		finding_effect(c, f, "botocore refuses it: \"Invalid endpoint\"");
		finding_fix(c, f, "endpointURL without blanks and line breaks");
		return;
	}
	if (!url_split(e.text, &e.url)) {
		no_url(c, configuration, e.text);
		return;
	}
	if (wrong_parts(c, configuration, &e))
		return;
	path = obj_text(configuration, "destinationPath");
	if (!value_is_placeholder(path, NULL) && url_split(path, &destination))
		e.bucket = destination.host;
	e.shown = e.text;
	while (str_has_suffix(e.shown, STR("/")))
		e.shown = str_slice(e.shown, 0, e.shown.len - 1);
	wrong_place(c, configuration, &e);
}

void store_endpoint_plaintext(const struct rule_ctx *c, struct obj configuration)
{
	struct str text;
	struct url u;
	struct finding *f;

	if (!store_endpoint(configuration, &text) || !url_split(text, &u) || !u.host.len ||
	    !str_eq_nocase(u.scheme, STR("http")) ||
	    str_list_matches(c->params->allow_plaintext, u.host))
		return;
	f = finding_add(c, configuration, "endpointURL", "endpointURL is http://%.*s",
			STR_ARG(u.host));
	finding_effect(c, f, "base backups, WAL and signed requests cross the network in clear");
	finding_fix(c, f, "endpointURL: https://%.*s%s%.*s - and endpointCA for a private CA",
		    STR_ARG(u.host), u.port.len ? ":" : "", STR_ARG(u.port));
	if (host_is_local(u.host))
		finding_at_most(f, SEV_INFO);
	if (u.userinfo.len || u.query.len)
		finding_confidential(f);
}
