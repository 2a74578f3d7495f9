/* Which calls a store refuses on what is below destinationPath. */
#include "base/arena.h"
#include "facts/probed.h"
#include "facts/quoted.h"

/* A disk that is full, a timeout: it may be otherwise in a minute. */
static bool passes(const struct s3_failure *why)
{
	return !why->status || why->status >= 500;
}

static struct finding *add_refused(const struct rule_ctx *c, enum probe_call call,
				   const struct s3_failure *why)
{
	struct finding *f =
		probed_add_at_keys(c, "s3Credentials",
				   arena_fmt(c->arena, "%s fails: %.*s", probed_operation(call),
					     STR_ARG(probed_answer(c, why))));

	if (passes(why))
		finding_unsure(f, SEV_WARN);
	return f;
}

/* What the store says, in its words. */
static struct str begin_effect(const struct rule_ctx *c, const struct s3_failure *why)
{
	return arena_fmt(c->arena, "%.*s%s", STR_ARG(probed_words(c, why)),
			 passes(why) ? "if it stays so, " : "");
}

static void check_store_not_readable(const struct rule_ctx *c)
{
	const struct s3_failure *why = probed_failure(c, PROBE_READ);

	if (!why || why->status == 404) /* it went since it was listed */
		return;
	struct finding *f = add_refused(c, PROBE_READ, why);
	finding_effect(
		c, f,
		"%.*sno backup can be listed, restored or pruned with these keys, however many WAL files and backups are written",
		STR_ARG(begin_effect(c, why)));
	if (probed_is_denied(why))
		finding_fix(c, f, "s3:GetObject on what is below destinationPath, for these keys");
}

static void check_store_not_writable(const struct rule_ctx *c)
{
	const struct s3_failure *why = probed_failure(c, PROBE_WRITE);

	if (!why)
		return;
	struct finding *f = add_refused(c, PROBE_WRITE, why);
	finding_effect(
		c, f,
		"%.*sno WAL is archived and no backup made, and PostgreSQL keeps its WAL until the volume is full; the check for an empty archive passes all the same: it proves nothing about writing",
		STR_ARG(begin_effect(c, why)));
	if (probed_is_denied(why))
		finding_fix(c, f, "s3:PutObject on what is below destinationPath, for these keys");
}

static void check_store_not_prunable(const struct rule_ctx *c)
{
	const struct s3_failure *why = probed_failure(c, PROBE_DELETE);
	struct str left;

	if (!why)
		return;
	struct finding *f = add_refused(c, PROBE_DELETE, why);
	left = quoted_text(c, probed_store(c)->left);
	finding_effect(
		c, f,
		"%.*sno retention policy deletes anything: backups and WAL stay for ever%s%.*s%s",
		STR_ARG(probed_words(c, why)),
		left.len ? "; so does the object that was written, " : "", STR_ARG(left),
		left.len ? ", which is to be deleted with other keys" : "");
	if (probed_is_denied(why))
		finding_fix(
			c, f,
			"s3:DeleteObject on what is below destinationPath, for these keys - unless nothing is to be deleted, as in an archive that nobody may change");
}

static const struct rule rows[] = {
	{
		.id = "store-not-prunable",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.scope = SCOPE_BUCKET,
		.severity = SEV_WARN,
		.check = check_store_not_prunable,
		.summary = "The keys may not delete: no retention policy deletes anything",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
	},
	{
		.id = "store-not-readable",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.scope = SCOPE_BUCKET,
		.severity = SEV_DENY,
		.check = check_store_not_readable,
		.summary = "The keys may not read: no backup can be restored",
		.reference = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html",
	},
	{
		.id = "store-not-writable",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.scope = SCOPE_BUCKET,
		.severity = SEV_DENY,
		.check = check_store_not_writable,
		.summary = "Nothing can be written: no WAL is archived",
		.reference = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html",
	},
};

RULE_ROWS(store_not);
