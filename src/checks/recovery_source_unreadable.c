/* The in-tree store of an external cluster from which nothing can be read. */
#include "base/arena.h"
#include "facts/probed.h"
#include "facts/quoted.h"

/* What barman-cloud-restore and -wal-restore ask (barman 3.20); the answer to ListObjectsV2 says
 * why in words, that to HeadBucket does not. NULL: all is answered, or there was nothing to read.
 */
static const struct s3_failure *failure_of(const struct probe *p, enum probe_call *call)
{
	static const enum probe_call calls[] = {PROBE_LIST, PROBE_HEAD, PROBE_READ};

	for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
		const struct probe_answer *answer = &p->calls[calls[i]];

		*call = calls[i];
		if (answer->said == PROBE_NO && !(*call == PROBE_READ && answer->why.status == 404))
			return &answer->why;
	}
	return NULL;
}

static void look(void *ctx, const struct archive_source *source, const struct probe *p)
{
	const struct rule_ctx *c = ctx;
	enum probe_call call;
	const struct s3_failure *why = failure_of(p, &call);

	if (!why)
		return;
	struct finding *f =
		finding_add(c, source->in_tree, "destinationPath",
			    "what external cluster %.*s archived cannot be read: %s fails: %.*s",
			    STR_ARG(quoted_text(c, source->name)), probed_operation(call),
			    STR_ARG(probed_answer(c, why)));

	finding_effect(c, f, "%.*sthe Cluster cannot be made from it, nor follow it",
		       STR_ARG(probed_words(c, why)));
	if (probed_is_denied(why))
		finding_fix(
			c, f,
			"s3:ListBucket on the bucket, and s3:GetObject on what is below destinationPath, for these keys");
	if (!why->status || why->status >= 500) /* it may be otherwise in a minute, or elsewhere */
		finding_unsure(f, SEV_WARN);
}

static void check_recovery_source_unreadable(const struct rule_ctx *c)
{
	probed_each_source(c, look, (void *)(uintptr_t)c);
}

static const struct rule rows[] = {
	{
		.id = "recovery-source-unreadable",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_BUCKET,
		.severity = SEV_DENY,
		.check = check_recovery_source_unreadable,
		.summary = "The store that a Cluster recovers from cannot be read",
		.reference = "https://cloudnative-pg.io/documentation/current/recovery/",
	},
};

RULE_ROWS(recovery_source_unreadable);
