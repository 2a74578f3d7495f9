/* endpointURL: form, encryption, region. */
#include "cnpg/location.h"
#include "facts/store.h"

struct endpoint {
	struct str text, shown; /* shown: without slashes at its end */
	struct url url;
	struct str bucket; /* of destinationPath; empty when unknown */
};

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

/* A CA of the site certifies such a host, or nobody does. */
static const char *with_ca(struct obj configuration, struct str host)
{
	return host_is_local(host) &&
			       obj_type(obj_at(configuration, "endpointCA")) <= OBJ_NULL_VALUE
		       ? " - and endpointCA: {name: <secret>, key: ca.crt}"
		       : "";
}

static void no_url(const struct rule_ctx *c, struct obj configuration, struct str text)
{
	struct str shown = plain_part(text);
	struct finding *f =
		malformed(c, configuration, shown.len ? "has no scheme: " : "has no scheme", shown);
	struct str host = str_slice(shown, 0, str_find_byte(shown, ':'));

	finding_effect(c, f, "botocore refuses it: \"Invalid endpoint\"");
	if (str_find(text, STR(":/")) != STR_NONE || !shown.len)
		finding_fix(c, f, "endpointURL: https://HOST:PORT");
	else
		finding_fix(c, f, "endpointURL: https://%.*s%s", STR_ARG(shown),
			    with_ca(configuration, host));
	if (!shown.len)
		finding_confidential(f);
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
	} else if (!host_is_valid(u->host)) {
		f = finding_add(c, configuration, "endpointURL",
				"endpointURL names %.*s, which is no host name", STR_ARG(u->host));
		finding_effect(c, f, "%s", effect);
		finding_fix(c, f,
			    "a host of letters, digits, dots and inner hyphens, or its address");
		return true;
	} else if (!port_is_valid(u->port)) {
		f = malformed(c, configuration, "has the port ", u->port);
		effect = str_is(u->port, "0") ? "nothing can be reached there"
					      : "botocore refuses it: \"was not a valid URI\"";
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
	if (u->host.len && host_is_valid(u->host))
		finding_fix(c, f, "endpointURL: %s://%.*s%s%.*s%s",
			    str_eq_nocase(u->scheme, STR("http")) ? "http" : "https",
			    STR_ARG(u->host), port_is_valid(u->port) && u->port.len ? ":" : "",
			    port_is_valid(u->port) ? (int)u->port.len : 0, u->port.ptr,
			    str_eq_nocase(u->scheme, STR("http"))
				    ? ""
				    : with_ca(configuration, u->host));
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

	if (in_host)
		finding_effect(c, f, "requests go to %.*s/%.*s, where there is no such bucket",
			       STR_ARG(e->shown), STR_ARG(e->bucket));
	else
		finding_effect(c, f, "uploads go to %.*s/%.*s and are not found again",
			       STR_ARG(e->shown), STR_ARG(e->bucket));
	finding_fix(c, f, "endpointURL: %.*s://%.*s%s%.*s", STR_ARG(u->scheme), STR_ARG(host),
		    u->port.len ? ":" : "", STR_ARG(u->port));
}

/* Of hosts that are called as the bucket: a Service of Kubernetes, or the name of the program. */
static bool is_namesake(const struct endpoint *e, struct str after)
{
	static const char *const programs[] = {"minio",	 "s3",	      "garage",	 "ceph", "rgw",
					       "rustfs", "seaweedfs", "storage", "nas"};

	for (size_t i = 0; i < ARRAY_LEN(programs); i++)
		if (str_is(e->bucket, programs[i]))
			return true;
	return str_has_suffix_nocase(after, STR(".svc")) || str_contains(after, STR(".svc."));
}

static void bucket_in_host(const struct rule_ctx *c, struct obj configuration,
			   const struct endpoint *e)
{
	struct str after = str_slice(e->url.host, e->bucket.len, e->url.host.len);
	struct finding *f;

	if (is_service(after)) {
		repeated_bucket(c, configuration, e, true);
	} else if (!is_namesake(e, after)) {
		f = malformed(c, configuration,
			      "begins with the bucket of destinationPath: ", e->url.host);
		finding_effect(
			c, f,
			"requests go to %.*s/%.*s; if that host is the bucket's own, there is no such bucket",
			STR_ARG(e->shown), STR_ARG(e->bucket));
		finding_fix(c, f, "endpointURL: %.*s://%.*s%s%.*s", STR_ARG(e->url.scheme),
			    STR_ARG(str_slice(after, 1, after.len)), e->url.port.len ? ":" : "",
			    STR_ARG(e->url.port));
		finding_at_most(f, SEV_WARN);
	}
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
	if (e->bucket.len && str_has_prefix(u->host, e->bucket) && u->host.len > e->bucket.len &&
	    u->host.ptr[e->bucket.len] == '.') {
		bucket_in_host(c, configuration, e);
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

static void endpoint_malformed(const struct rule_ctx *c, struct obj configuration)
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

static void check_endpoint_malformed(const struct rule_ctx *c)
{
	endpoint_malformed(c, store_configuration(c));
}

static void endpoint_plaintext(const struct rule_ctx *c, struct obj configuration)
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
	const char *ca = with_ca(configuration, u.host);
	finding_fix(c, f, "endpointURL: https://%.*s%s%.*s%s", STR_ARG(u.host),
		    u.port.len ? ":" : "", STR_ARG(u.port),
		    *ca ? ca : " - and endpointCA for a private CA");
	if (host_is_local(u.host))
		finding_at_most(f, SEV_INFO);
	if (u.userinfo.len || u.query.len)
		finding_confidential(f);
}

static void check_endpoint_plaintext(const struct rule_ctx *c)
{
	struct obj external = obj_at(c->root, "spec.externalClusters"); /* of a Cluster */

	endpoint_plaintext(c, store_configuration(c));
	for (struct obj e = obj_first(external); e.node; e = obj_next(e))
		endpoint_plaintext(c, obj_at(e, "barmanObjectStore"));
}

/* Services that refuse a request signed for another region, and how well that is known. */
static const struct region_bound {
	struct str suffix;
	enum severity missing; /* when no region is set at all; boto3 then signs for us-east-1 */
} region_bound[] = {
	{STR_INIT(".scw.cloud"), SEV_WARN},	/* cnpg#202 */
	{STR_INIT(".cloud.ovh.net"), SEV_WARN}, /* juicefs#3129, lithops#1355 */
	{STR_INIT(".cloud.ovh.us"), SEV_WARN},
	{STR_INIT(".backblazeb2.com"), SEV_INFO}, /* cnpg#9724; others do without */
	{STR_INIT(".wasabisys.com"), SEV_INFO},
	{STR_INIT(".amazonaws.com"), SEV_INFO}, /* AWS answers with the right one, boto3 repeats */
	{STR_INIT(".amazonaws.com.cn"), SEV_INFO},
};

/* The label after "s3" (and "dualstack"), as in s3.eu-central-1.wasabisys.com; s3-eu-west-1 too. */
static struct str region_in(struct str host)
{
	struct str rest = host, label;
	bool after = false;

	while (str_split(&rest, '.', &label)) {
		if (after && str_eq_nocase(label, STR("amazonaws")))
			return STR_EMPTY;
		if (after && !str_eq_nocase(label, STR("dualstack")))
			return rest.ptr && str_find_byte(rest, '.') != STR_NONE ? label : STR_EMPTY;
		if (str_eq_nocase(label, STR("s3")))
			after = true;
		else if (!after && str_has_prefix_nocase(label, STR("s3-")))
			return str_slice(label, 3, label.len);
	}
	return STR_EMPTY;
}

static void region_missing(const struct rule_ctx *c, struct str host, struct str region,
			   enum severity most)
{
	bool iam = obj_true(store_configuration(c), "s3Credentials.inheritFromIAMRole", false);
	struct finding *f = finding_add(c, store_configuration(c), "s3Credentials.region",
					"no region is set for %.*s", STR_ARG(host));

	if (store_has_env(c, "AWS_REGION"))
		finding_effect(c, f, "boto3 does not read AWS_REGION; it signs for us-east-1");
	else
		finding_effect(
			c, f,
			"boto3 signs for us-east-1; a store that checks the region answers \"400 Bad Request\"");
	if (iam || store_has_env(c, "AWS_REGION"))
		finding_fix(c, f, "env: [{name: AWS_DEFAULT_REGION, value: %.*s}]",
			    STR_ARG(region));
	else
		finding_fix(
			c, f,
			"env: [{name: AWS_DEFAULT_REGION, value: %.*s}] in instanceSidecarConfiguration, or s3Credentials.region",
			STR_ARG(region));
	finding_at_most(f, most);
}

static void region_differs(const struct rule_ctx *c, struct str host, struct str region,
			   struct str value)
{
	struct obj env = obj_at(c->root, STORE_ENV);
	struct finding *f;

	for (struct obj e = obj_first(env); e.node; e = obj_next(e)) {
		if (!str_is(obj_text(e, "name"), "AWS_DEFAULT_REGION"))
			continue;
		f = finding_add(c, e, "value",
				"AWS_DEFAULT_REGION is %.*s, but the endpoint is %.*s",
				STR_ARG(value), STR_ARG(host));
		finding_effect(c, f, "requests are signed for the wrong region");
		finding_fix(c, f, "value: %.*s", STR_ARG(region));
		return;
	}
}

/* Regions that R2 knows, beside "auto": us-east-1 and its location hints. */
static bool is_r2_region(struct str region)
{
	static const char *const known[] = {"",	    "auto", "us-east-1", "wnam", "enam",
					    "weur", "eeur", "apac",	 "oc"};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_is(region, known[i]))
			return true;
	return false;
}

static bool is_garage(struct str host)
{
	struct str rest = host, label;

	return str_split(&rest, '.', &label) && str_has_prefix_nocase(label, STR("garage"));
}

static void check_endpoint_aws_redundant_or_region(const struct rule_ctx *c)
{
	struct str text, region, value = STR_EMPTY;
	struct url u;
	enum env_is env = store_sidecar_env(c, "AWS_DEFAULT_REGION", &value);
	bool iam = obj_true(store_configuration(c), "s3Credentials.inheritFromIAMRole", false);

	if (store_kind(store_configuration(c)) != STORE_S3 ||
	    !store_endpoint(store_configuration(c), &text) || !url_split(text, &u) ||
	    env == ENV_UNKNOWN ||
	    (!iam &&
	     obj_type(obj_at(store_configuration(c), "s3Credentials.region")) > OBJ_NULL_VALUE))
		return;
	if (env == ENV_SET && !region_is_label(value))
		return; /* sidecar-env-invalid speaks */
	if (env == ENV_SET && str_has_suffix_nocase(u.host, STR(".r2.cloudflarestorage.com")) &&
	    !is_r2_region(value))
		region_differs(c, u.host, STR("auto"), value);
	if (env == ENV_ABSENT && is_garage(u.host))
		region_missing(c, u.host, STR("garage"), SEV_INFO); /* s3_region of garage.toml */
	region = region_in(u.host);
	for (size_t i = 0; region.len && i < ARRAY_LEN(region_bound); i++) {
		if (!str_has_suffix_nocase(u.host, region_bound[i].suffix))
			continue;
		if (env == ENV_ABSENT && !str_is(region, "us-east-1"))
			region_missing(c, u.host, region, region_bound[i].missing);
		else if (env == ENV_SET && !str_eq(region, value))
			region_differs(c, u.host, region, value);
	}
}

static const struct rule rows[] = {
	{
		.id = "endpoint-aws-redundant-or-region",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_endpoint_aws_redundant_or_region,
		.summary = "The region is missing or another than that of the endpoint",
		.reference = "cloudnative-pg/cloudnative-pg#202",
	},
	{
		.id = "endpoint-malformed",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_endpoint_malformed,
		.summary = "endpointURL is not scheme, host and port",
		.reference = "cloudnative-pg/cloudnative-pg#3684",
		.superseded_by = "policy-endpoint",
	},
	{
		.id = "endpoint-plaintext",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_endpoint_plaintext,
		.summary = "Backups go over an unencrypted connection",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},
};

RULE_ROWS(endpoint);
