#include "cmd/shared.h"

#include "base/clock.h"

/* The names of rules' severities, and what reports call them. */
const char *const shared_severities[] = {"deny", "warn", "info", "never", "error", "blocker", NULL};

enum severity shared_severity(const struct shared *s)
{
	static const enum severity severities[] = {SEV_DENY, SEV_WARN, SEV_INFO,
						   SEV_OFF,  SEV_DENY, SEV_DENY};

	_Static_assert(ARRAY_LEN(severities) + 1 == ARRAY_LEN(shared_severities),
		       "one for each word");
	return severities[s->fail_on];
}

int64_t shared_now(const struct shared *s)
{
	return s->now == SHARED_CLOCK ? clock_utc() : s->now;
}

enum exit_code shared_begin(const struct cmd_call *call, const struct shared *s,
			    struct report *report, struct policy **policy)
{
	struct err err;

	*report = (struct report){.arena = call->arena, .version = STR(PROGRAM_VERSION)};
	if (!policy_source_load(s->policy, call->arena, policy, &report->policy, &err))
		return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	report->profile = policy_profile_name(*policy);
	report->keep_objects = output_lists_objects(&s->output);
	return EXIT_CLEAN;
}

enum exit_code shared_verdict(const struct shared *s, const struct report *report)
{
	if (report->errors.len)
		return EXIT_INPUT;
	return report_reaches(report, shared_severity(s)) ? EXIT_FINDINGS : EXIT_CLEAN;
}

enum exit_code shared_finish(const struct cmd_call *call, const struct shared *s,
			     const struct report *report)
{
	struct err err;

	if (!output_write(&s->output, report, &err))
		return cmd_fail(call, EXIT_INTERNAL, "%s", err.msg);
	return shared_verdict(s, report);
}
