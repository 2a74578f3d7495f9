#include "cmd/shared.h"

#include "base/clock.h"
#include "check/baseline.h"

#include <stdio.h>

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

bool shared_check_live(const struct shared *s, size_t paths, bool live, bool all, struct err *err)
{
	if (live == (paths != 0))
		return err_set(err, E_VALUE, "give PATH, or --live");
	if (all && (!live || s->namespace.len))
		return err_set(err, E_VALUE,
			       "--all-namespaces is for --live, and excludes --namespace");
	return true;
}

struct str shared_namespace(const struct shared *s, bool all, const struct kube_config *config)
{
	if (all)
		return STR_EMPTY;
	return s->namespace.len ? s->namespace : config->namespace;
}

struct str shared_namespace_named(const struct shared *s, bool all, const struct cmd_call *call,
				  const struct kube_config *config)
{
	size_t slash = call->operands_len == 1 ? str_find_byte(call->operands[0], '/') : STR_NONE;

	if (slash != STR_NONE && !all && !s->namespace.len)
		return str_slice(call->operands[0], 0, slash);
	return shared_namespace(s, all, config);
}

struct str shared_where(struct arena *a, struct str namespace, const struct kube_config *config)
{
	struct str cluster = STR("this cluster");

	if (config->context.len)
		cluster = arena_fmt(a, "context %.*s", STR_ARG(config->context));
	if (!namespace.len)
		return cluster;
	return arena_fmt(a, "namespace %.*s of %.*s", STR_ARG(namespace), STR_ARG(cluster));
}

void shared_tell_empty(const struct report *report, bool one_namespace)
{
	if (report->count.objects || report->errors.len)
		return;
	fprintf(stderr,
		"no Cluster and no ObjectStore is in %.*s: %s--context names another cluster\n",
		STR_ARG(report->where),
		one_namespace ? "-n NAMESPACE names another namespace, -A all of them, " : "");
}

bool shared_credentials(struct arena *a, struct str word, struct probe_environment *kept,
			struct probe_options *options, struct err *err)
{
	if (!str_is(word, "env"))
		return true;
	options->environment = kept;
	return probe_environment_read(a, kept, err) || err_within(err, "--credentials env: ");
}

bool shared_policy_is_nearest(const struct cmd_call *call, const struct shared *s)
{
	struct policy_source source = s->policy;

	policy_source_settle(&source, call->arena);
	return source.searched;
}

enum exit_code shared_begin(const struct cmd_call *call, const struct shared *s,
			    struct report *report, struct policy **policy)
{
	struct err err;

	*report = (struct report){.arena = call->arena, .version = STR(PROGRAM_VERSION)};
	if (!policy_source_load(s->policy, call->arena, policy, &report->policy, &err))
		return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	report->profile = policy_profile_name(*policy);
	report->framework = framework_find(s->output.framework);
	report->keep_objects = output_lists_objects(&s->output);
	return EXIT_CLEAN;
}

enum exit_code shared_write_baseline(const struct cmd_call *call, struct str file,
				     const struct baseline *old, bool quiet, struct report *r)
{
	struct err err;
	size_t len;

	if (!baseline_write(file, old, r, &len, &err))
		return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	if (!quiet)
		fprintf(stderr, "%s: %zu finding%s in %.*s\n", cmd_program(), len,
			len == 1 ? "" : "s", STR_ARG(file));
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
	struct output output = s->output;
	struct err err;

	/* What fails the run is shown. */
	if (shared_severity(s) == SEV_INFO)
		output.show = SHOW_INFO;
	enum exit_code written = output_write(&output, report, &err);
	if (written == EXIT_INPUT)
		cmd_fail(call, written, "%s", err.msg);
	if (written != EXIT_CLEAN)
		return written;
	if (output_is_state(&output))
		return (enum exit_code)report_state(report);
	return shared_verdict(s, report);
}
