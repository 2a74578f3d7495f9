#include "base/clock.h"
#include "base/limits.h"
#include "cmd/cmd.h"
#include "cmd/commands.h"
#include "policy/source.h"
#include "review/review.h"

#include <stddef.h>

#define NOT_GIVEN INT64_MIN

struct review_options {
	struct str policy, profile;
	int64_t now;
};

static enum exit_code review_main(const struct cmd_call *call)
{
	const struct review_options *o = call->options;
	struct str path = call->operands_len ? call->operands[0] : STR("-");
	struct buf answer = BUF_ARENA(call->arena);
	struct review_outcome outcome;
	struct policy *policy;
	struct str body, what;
	struct err err;

	struct policy_source source = {.file = o->policy, .profile = o->profile};

	policy_source_settle(&source, call->arena);
	if (!policy_source_load(source, call->arena, &policy, &what, &err))
		return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	if (!file_read(call->arena, path, LIMIT_BODY_BYTES, &body, &err)) {
		policy_drop(policy);
		return cmd_fail(call, EXIT_INPUT, "%.*s: %s", STR_ARG(path), err.msg);
	}
	struct review_input input = {.body = body,
				     .now = o->now == NOT_GIVEN ? clock_utc() : o->now};
	review_answer(policy, &input, call->arena, &answer, &outcome);
	policy_drop(policy);
	if (!cmd_print(buf_slice(&answer)))
		return EXIT_INTERNAL;
	if (outcome.http_status != 200)
		return EXIT_INPUT;
	return outcome.allowed ? EXIT_CLEAN : EXIT_FINDINGS;
}

#define OFFSET(field) offsetof(struct review_options, field)

static const struct opt opts[] = {
	{.name = "policy",
	 .arg = "FILE",
	 .type = OPT_TEXT,
	 .offset = OFFSET(policy),
	 .help = "policy file"},
	{.name = "profile",
	 .arg = "NAME",
	 .type = OPT_WORD,
	 .offset = OFFSET(profile),
	 .choices = policy_profiles,
	 .help = "homelab (default), generic or strict"},
	{.name = "now",
	 .arg = "TIME",
	 .type = OPT_TIME,
	 .offset = OFFSET(now),
	 .help = "judge as if it were this time (RFC 3339)"},
};

static const struct review_options defaults = {.now = NOT_GIVEN};

const struct cmd cmd_review = {
	.name = "review",
	.run = review_main,
	.operands = "[FILE]",
	.operands_max = 1,
	.opts = opts,
	.opts_len = ARRAY_LEN(opts),
	.options_size = sizeof(struct review_options),
	.defaults = &defaults,
	.summary = "answer one AdmissionReview on stdout: the webhook without the network",
	.about =
		"Reads the AdmissionReview from FILE or stdin. Exit status: 0 allowed, 1 denied, 3 when\n"
		"it is no AdmissionReview (then a v1 Status is printed, as the webhook would answer).",
};
