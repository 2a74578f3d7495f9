/* What keeps Barman Cloud out of a bucket as a whole: the way to it, the keys, its name. */
#include "base/arena.h"
#include "base/utc.h"
#include "cnpg/location.h"
#include "facts/probed.h"
#include "facts/quoted.h"
#include "facts/schedule.h"
#include "facts/store.h"

#include <inttypes.h>
#include <stdlib.h>

#define CERTIFICATE_DAYS 21

#define STOPS_ALL                                                                                  \
	"every command of Barman Cloud fails: a new Cluster does not start archiving, and a running one keeps its WAL on its volume until that is full"
/* HeadBucket is asked by the check for an empty archive alone (barman cloud_check_wal_archive). */
#define STOPS_NEW                                                                                  \
	"the check for an empty archive begins with HeadBucket: a new Cluster does not start archiving"

enum trouble { NO_TROUBLE, UNREACHABLE, REFUSED, NO_BUCKET };

struct first_trouble {
	const struct probe *probe;
	enum probe_call call;
	const struct s3_failure *why;
	bool listed; /* HeadBucket fails, ListObjectsV2 does not */
};

/* The listing that failed: a policy may hold for one server's folder and not for another's. */
static const struct s3_failure *failed_listing(const struct probe *p)
{
	if (p->calls[PROBE_LIST].said == PROBE_NO)
		return &p->calls[PROBE_LIST].why;
	for (size_t i = 0; i < p->servers_len; i++)
		if (p->servers[i].list.said == PROBE_NO)
			return &p->servers[i].list.why;
	return NULL;
}

/* A bucket is asked for, and the store looks for an object of that name: the address leads to a
 * bucket already. */
static bool is_of_an_object(const struct s3_failure *why)
{
	return str_is(why->code, "NoSuchKey");
}

static enum trouble sort_of(const struct first_trouble *t)
{
	const struct s3_failure *why = t->why;

	if (str_is(why->code, "NoSuchBucket") || str_is(why->code, "InvalidBucketName"))
		return NO_BUCKET;
	if (!why->status || why->status >= 500 || is_of_an_object(why))
		return UNREACHABLE;
	if (t->call == PROBE_HEAD && why->status == 404)
		return NO_BUCKET;
	if (t->call == PROBE_HEAD && why->status != 407) /* it has no body, and so no code */
		return REFUSED;
	return why->code.len ? REFUSED : UNREACHABLE;
}

/* The answer to ListObjectsV2 says why in words, that to HeadBucket does not. */
static enum trouble find_trouble(const struct rule_ctx *c, struct first_trouble *out)
{
	const struct probe *p = probed_store(c);

	*out = (struct first_trouble){.probe = p, .call = PROBE_LIST};
	if (!p)
		return NO_TROUBLE;
	out->why = failed_listing(p);
	if (!out->why && p->calls[PROBE_HEAD].said == PROBE_NO) {
		out->call = PROBE_HEAD;
		out->why = &p->calls[PROBE_HEAD].why;
		out->listed = p->calls[PROBE_LIST].said == PROBE_YES;
	}
	return out->why ? sort_of(out) : NO_TROUBLE;
}

/* endpointURL, or what stands in its place where Amazon's is meant. */
static const char *address_of(const struct rule_ctx *c)
{
	struct str endpoint;

	return store_endpoint(store_configuration(c), &endpoint) ? "endpointURL"
								 : "destinationPath";
}

static struct finding *add_at_address(const struct rule_ctx *c, struct str message)
{
	const char *path = address_of(c);
	struct finding *f = finding_add(c, store_configuration(c), path, "%.*s", STR_ARG(message));
	struct str endpoint;

	if (store_endpoint(store_configuration(c), &endpoint) &&
	    !str_eq(store_url_shown(c->arena, endpoint), endpoint))
		finding_confidential(f);
	return f;
}

/* ---- store-unreachable */

static const struct {
	const char *what, *fix;
} causes[] = {
	[HTTP_CAUSE_OTHER] = {"no answer comes", "whether an S3 service is at this address"},
	[HTTP_CAUSE_NAME] = {"the name of its host is not known",
			     "the name by which Pods find the store"},
	[HTTP_CAUSE_REFUSED] = {"the connection is refused: nobody listens there",
				"the store's port, and whether it runs"},
	[HTTP_CAUSE_SILENT] =
		{"nothing comes back from its address",
		 "the store's address, and what may be in the way: a firewall, a NetworkPolicy, a proxy"},
	[HTTP_CAUSE_DISTRUSTED] =
		{"its certificate is not trusted",
		 "in the Secret of endpointCA the CA that signed the store's certificate"},
	[HTTP_CAUSE_MISNAMED] = {"its certificate is of another name",
				 "a name of the store that its certificate has"},
	[HTTP_CAUSE_TLS] = {"the TLS handshake fails",
			    "http:// in front, if the store speaks no TLS at this port"},
	[HTTP_CAUSE_UNANSWERED] = {"it takes the connection, and does not answer in time",
				   "whether an S3 service is at this port"},
};

static bool speaks_plain(const struct rule_ctx *c, struct str *host)
{
	struct str endpoint;
	struct url u = {.host = STR_EMPTY};

	if (!store_endpoint(store_configuration(c), &endpoint) || !url_split(endpoint, &u))
		return false;
	*host = u.host;
	return str_eq_nocase(u.scheme, STR("http"));
}

/* No connection, or no answer on it. */
static void unreached(const struct rule_ctx *c, const struct first_trouble *t)
{
	enum http_cause cause = t->why->cause;
	bool no_ca = obj_type(obj_at(store_configuration(c), "endpointCA")) != OBJ_MAP;
	struct str host = STR_EMPTY;
	bool plain = speaks_plain(c, &host);
	bool service = cause == HTTP_CAUSE_NAME && host_is_service(host);
	/* its name may be known, and a way lead to it, where the Pods are */
	bool elsewhere =
		(cause == HTTP_CAUSE_NAME || cause == HTTP_CAUSE_SILENT) && host_is_local(host);
	struct finding *f = add_at_address(
		c, arena_fmt(c->arena, "the store is not reached: %s", causes[cause].what));

	finding_effect(c, f, "%.*s%s%s", STR_ARG(probed_words(c, t->why)),
		       elsewhere ? "it was asked from here; if it is as far from the Pods, " : "",
		       STOPS_ALL);
	if (elsewhere)
		finding_at_most(f, SEV_WARN);
	if (cause == HTTP_CAUSE_DISTRUSTED && no_ca && host.len)
		finding_fix(
			c, f,
			"endpointCA: {name: <Secret>, key: ca.crt} - with the CA that signed the store's certificate");
	else if (service)
		finding_fix(
			c, f,
			"ask inside of the cluster, whose DNS alone knows names of Services: a CronJob does by audit --stores (Helm: audit.enabled, audit.stores, audit.secrets) - where it is not known there either: the name by which Pods find the store");
	else if (plain && cause == HTTP_CAUSE_OTHER)
		finding_fix(c, f, "https:// in front, if the store speaks TLS at this port");
	else
		finding_fix(c, f, "%s", causes[cause].fix);
}

#define SERVICE_ALONE "the address of the S3 service alone: the bucket stands in destinationPath"

/* boto3 takes an empty object for an empty listing: the check for an empty archive writes one in
 * place of the bucket, as it believes, and passes. */
static void bucket_in_address(const struct rule_ctx *c, const struct first_trouble *t)
{
	struct finding *f = add_at_address(
		c, arena_fmt(c->arena, "the store takes the bucket for an object: %.*s",
			     STR_ARG(probed_answer(c, t->why))));

	finding_effect(
		c, f,
		"%.*sthe check for an empty archive may pass, but no backup is listed, however much is written: none is restored or pruned",
		STR_ARG(probed_words(c, t->why)));
	finding_fix(c, f, SERVICE_ALONE);
}

/* Something answers, and it is not S3. */
static void answered_otherwise(const struct rule_ctx *c, const struct first_trouble *t)
{
	long status = t->why->status;
	struct str host;
	struct finding *f;

	if (status >= 200 && status < 300) {
		f = add_at_address(c, STR("the answer to ListObjectsV2 is no listing"));
		finding_effect(c, f, "%.*swhat lies in the bucket is not known",
			       STR_ARG(probed_words(c, t->why)));
		finding_fix(c, f, SERVICE_ALONE);
		finding_unsure(f, SEV_WARN);
		return;
	}
	f = add_at_address(
		c, arena_fmt(c->arena,
			     status == 407   ? "a proxy in front of the store wants a login: %.*s"
			     : status >= 500 ? "the store cannot answer: %.*s"
					     : "what answers there is no S3 service: %.*s",
			     STR_ARG(probed_answer(c, t->why))));
	finding_effect(c, f, "%.*s%s", STR_ARG(probed_words(c, t->why)), STOPS_ALL);
	if (status == 407)
		finding_fix(
			c, f,
			"HTTPS_PROXY and NO_PROXY in instanceSidecarConfiguration.env - as the proxy wants them");
	else if (status >= 500)
		finding_fix(c, f, "the logs of the store, and ask again");
	else if (status == 400 && speaks_plain(c, &host))
		finding_fix(c, f, "https:// in front, if the store speaks TLS at this port");
	else
		finding_fix(c, f,
			    "the address of the S3 service: a console, or a website, has another");
}

static void check_store_unreachable(const struct rule_ctx *c)
{
	struct first_trouble t;

	if (find_trouble(c, &t) != UNREACHABLE)
		return;
	if (is_of_an_object(t.why))
		bucket_in_address(c, &t);
	else if (t.why->status)
		answered_otherwise(c, &t);
	else if (t.why->cause != HTTP_CAUSE_DISTRUSTED || !t.probe->certificate ||
		 t.probe->certificate > c->now) /* else store-certificate-expires says it */
		unreached(c, &t);
}

/* ---- store-login-refused */

static const struct refusal {
	const char *code, *field, *what, *fix;
	const char *stops; /* of a region: boto3 finds it for other calls than HeadBucket */
} refusals[] = {
	{"SignatureDoesNotMatch", "s3Credentials.secretAccessKey",
	 "as a rule the secret key does not belong to the access key",
	 "the secret key that belongs to this access key, as it is: no blank, no line break, no base64 of its own",
	 STOPS_ALL},
	{"InvalidAccessKeyId", "s3Credentials.accessKeyId",
	 "the store does not know the access key", "an access key of this store", STOPS_ALL},
	{"InvalidToken", "s3Credentials.sessionToken", "the session token is none of this store",
	 "a session token of now, or none - keys that do not expire have none", STOPS_ALL},
	{"ExpiredToken", "s3Credentials.sessionToken", "the session token has expired",
	 "a session token of now, or none - keys that do not expire have none", STOPS_ALL},
	{"AuthorizationHeaderMalformed", "s3Credentials.region",
	 "as a rule the region is not the bucket's",
	 "in region the key of a Secret that holds the bucket's region - or AWS_DEFAULT_REGION in instanceSidecarConfiguration.env",
	 STOPS_NEW},
	{"PermanentRedirect", "s3Credentials.region",
	 "the bucket is in another region, or at another endpoint",
	 "in region the key of a Secret that holds the bucket's region - or AWS_DEFAULT_REGION in instanceSidecarConfiguration.env",
	 STOPS_NEW},
};

static void refused_in_words(const struct rule_ctx *c, const struct first_trouble *t,
			     const struct refusal *r)
{
	struct finding *f = probed_add_at_keys(
		c, r->field,
		arena_fmt(c->arena, "the store refuses the keys that were used: %.*s: %s",
			  STR_ARG(probed_answer(c, t->why)), r->what));

	/* its own words may repeat the key or the region, which are a Secret's */
	finding_effect(c, f, "%s", r->stops);
	finding_fix(c, f, "%s", r->fix);
}

static void refused_for_the_clock(const struct rule_ctx *c, const struct first_trouble *t)
{
	int64_t skew = t->why->skew;
	struct buf by = BUF_ARENA(c->arena);

	schedule_duration(llabs(skew), &by);
	struct finding *f = probed_add_at_keys(
		c, "s3Credentials",
		arena_fmt(c->arena, "the store refuses the time of the request: %.*s%s%.*s%s",
			  STR_ARG(probed_answer(c, t->why)), skew ? ": its clock is " : "",
			  STR_ARG(skew ? buf_slice(&by) : STR_EMPTY),
			  !skew	     ? ""
			  : skew > 0 ? " ahead of the clock here"
				     : " behind the clock here"));
	finding_effect(c, f, "the keys are not what is wrong; where nodes have this clock, %s",
		       STOPS_ALL);
	finding_fix(c, f, "set the clock that is wrong by NTP: the store's, or that of the nodes");
	finding_subject(c, f, STR_EMPTY);
}

/* HeadBucket alone fails. */
static void refused_to_head(const struct rule_ctx *c, const struct first_trouble *t)
{
	bool right = t->why->status == 403;
	struct finding *f = probed_add_at_keys(
		c, right ? "s3Credentials" : "s3Credentials.region",
		arena_fmt(c->arena, "HeadBucket is refused, though the bucket is listed: %.*s",
			  STR_ARG(probed_answer(c, t->why))));

	finding_effect(c, f, STOPS_NEW "; a running one goes on");
	if (right)
		finding_fix(
			c, f,
			"s3:ListBucket on the bucket without a condition on the prefix - HeadBucket has none");
	else
		finding_fix(
			c, f,
			"in region the key of a Secret that holds the bucket's region - or AWS_DEFAULT_REGION in instanceSidecarConfiguration.env: a listing is sent on to the right region, HeadBucket is not");
}

/* The smallest policy with which everything works (bucket.md §3). */
#define RIGHTS                                                                                     \
	"s3:ListBucket on the bucket; s3:GetObject, s3:PutObject and s3:DeleteObject on what is below destinationPath"

static void refused_otherwise(const struct rule_ctx *c, const struct first_trouble *t)
{
	struct finding *f = probed_add_at_keys(c, "s3Credentials",
					       arena_fmt(c->arena, "%s is refused: %.*s",
							 probed_operation(t->call),
							 STR_ARG(probed_answer(c, t->why))));

	if (t->call == PROBE_HEAD) {
		finding_effect(
			c, f,
			"its answer does not say whether it is the keys, the region or a right; " STOPS_NEW);
	} else {
		finding_effect(
			c, f,
			"%.*sthe archive cannot be listed: a new Cluster does not start archiving, and no backup is listed, restored or pruned",
			STR_ARG(probed_words(c, t->why)));
	}
	if (probed_is_denied(t->why))
		finding_fix(c, f, "for these keys " RIGHTS);
}

static void check_store_login_refused(const struct rule_ctx *c)
{
	struct first_trouble t;

	if (find_trouble(c, &t) != REFUSED)
		return;
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		if (!str_is(t.why->code, refusals[i].code))
			continue;
		refused_in_words(c, &t, &refusals[i]);
		return;
	}
	if (str_is(t.why->code, "RequestTimeTooSkewed"))
		refused_for_the_clock(c, &t);
	else if (t.listed)
		refused_to_head(c, &t);
	else
		refused_otherwise(c, &t);
}

/* ---- store-bucket-missing */

static void check_store_bucket_missing(const struct rule_ctx *c)
{
	struct first_trouble t;
	struct finding *f;

	if (find_trouble(c, &t) != NO_BUCKET)
		return;
	if (str_is(t.why->code, "InvalidBucketName")) {
		f = finding_add(c, store_configuration(c), "destinationPath",
				"the store takes no bucket of this name: %.*s",
				STR_ARG(probed_answer(c, t.why)));
		finding_effect(c, f, "%.*s%s", STR_ARG(probed_words(c, t.why)), STOPS_ALL);
		finding_fix(
			c, f,
			"a name of 3 to 63 small letters, digits, dots and hyphens, and such a bucket");
		return;
	}
	f = finding_add(c, store_configuration(c), "destinationPath",
			"the bucket is not there: %.*s", STR_ARG(probed_answer(c, t.why)));
	finding_effect(
		c, f,
		"the check for an empty archive creates it where the keys may: then a new Cluster starts; a running one gets NoSuchBucket, and keeps its WAL on its volume until that is full");
	finding_fix(c, f, "create the bucket, or name the one that is there");
}

/* ---- store-certificate-expires */

static void check_store_certificate_expires(const struct rule_ctx *c)
{
	const struct probe *p = probed_store(c);
	int64_t left;
	struct finding *f;

	if (!p || !p->certificate)
		return;
	left = p->certificate - c->now;
	if (left >= CERTIFICATE_DAYS * (int64_t)UTC_DAY)
		return;
	if (left <= 0) {
		f = add_at_address(c, arena_fmt(c->arena,
						"the certificate of the store expired on %.*s",
						STR_ARG(quoted_moment(c, p->certificate))));
		finding_at_least(f, SEV_DENY);
		finding_effect(c, f, "%s", STOPS_ALL);
	} else {
		f = add_at_address(c, arena_fmt(c->arena,
						"the certificate of the store expires on %.*s",
						STR_ARG(quoted_moment(c, p->certificate))));
		finding_effect(c, f, "from then on %s", STOPS_ALL);
	}
	finding_fix(c, f, "renew the certificate at the store");
}

static const struct rule rows[] = {
	{
		.id = "store-bucket-missing",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.scope = SCOPE_BUCKET,
		.severity = SEV_DENY,
		.check = check_store_bucket_missing,
		.summary = "The store has no such bucket",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},
	{
		.id = "store-certificate-expires",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.scope = SCOPE_BUCKET,
		.severity = SEV_WARN,
		.check = check_store_certificate_expires,
		.summary = "The certificate of the store expires soon, or has expired",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},
	{
		.id = "store-login-refused",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.scope = SCOPE_BUCKET,
		.severity = SEV_DENY,
		.check = check_store_login_refused,
		.summary = "The store refuses the keys, the clock, the region or a listing",
		.reference = "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
	},
	{
		.id = "store-unreachable",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.scope = SCOPE_BUCKET,
		.severity = SEV_DENY,
		.check = check_store_unreachable,
		.summary = "The store is not reached, or what answers is no S3 service",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},
};

RULE_ROWS(store);
