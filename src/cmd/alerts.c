/* `alerts`: rules for Prometheus that fit the schedules. */
#include "cmd/commands.h"
#include "cmd/shared.h"

#include "alerts/alerts.h"
#include "probe/secrets.h"

#include <string.h>

enum { FORMAT_OBJECT, FORMAT_RULES };

struct options {
	struct shared shared;
	bool live, all;
	int format;
	struct str file, tests;
};

/* What can be said before anything is read. */
static bool is_sound(const struct cmd_call *call, struct err *err)
{
	const struct options *o = call->options;

	if (!shared_check_live(&o->shared, call->operands_len, o->live, o->all, err))
		return false;
	if (!o->tests.len)
		return true;
	if (o->format != FORMAT_RULES || !o->file.len)
		return err_set(
			err, E_VALUE,
			"--tests needs --format rules and --output: promtool reads these, and no PrometheusRule");
	if (file_is_same(call->arena, o->tests, o->file) ||
	    strcmp(file_folder(call->arena, o->tests), file_folder(call->arena, o->file)) != 0)
		return err_set(
			err, E_VALUE,
			"--tests and --output must be two files in one folder: promtool finds them so");
	return true;
}

static enum exit_code put(const struct cmd_call *call, struct str file, struct str text)
{
	struct err err;

	if (!file.len)
		return cmd_print(text) ? EXIT_CLEAN : EXIT_INTERNAL;
	if (file_replace(call->arena, file, NULL, text, &err))
		return EXIT_CLEAN;
	return cmd_fail(call, EXIT_INPUT, "%.*s: %s", STR_ARG(file), err.msg);
}

static enum exit_code put_out(const struct cmd_call *call, const struct alerts_output *out,
			      const struct report *report)
{
	const struct options *o = call->options;
	struct buf lines CLEANUP(buf) = {0};

	report_errors(&lines, report, &(struct report_style){0}, false);
	buf_str(&lines, out->told);
	output_tell(buf_slice(&lines));
	if (o->file.len && out->rules.len && !out->alerts)
		return cmd_fail(call, EXIT_INPUT, "no alerts: %.*s is not written",
				STR_ARG(o->file));
	enum exit_code code = report->errors.len ? EXIT_INPUT : EXIT_CLEAN, put_code = EXIT_CLEAN;
	if (out->rules.len)
		put_code = put(call, o->file, out->rules);
	if (out->cases.len && put_code == EXIT_CLEAN)
		put_code = put(call, o->tests, out->cases);
	return put_code == EXIT_CLEAN ? code : put_code;
}

static enum exit_code alerts_main(const struct cmd_call *call)
{
	const struct options *o = call->options;
	struct shared shared = o->shared;
	struct probe_live live = {
		.file = shared.kubeconfig, .context = shared.context, .arena = call->arena};
	struct alerts_input in = {.paths = call->operands,
				  .paths_len = call->operands_len,
				  .namespace = shared.namespace,
				  .now = shared_now(&shared),
				  .plain = o->format == FORMAT_RULES,
				  .rules_file = o->tests.len ? o->file : STR_EMPTY};
	struct alerts_output out;
	struct policy *policy;
	struct report report;
	struct err err;

	if (!is_sound(call, &err))
		return cmd_fail(call, EXIT_USAGE, "%s", err.msg);
	if (o->live) {
		if (!probe_live_open(&live, &err))
			return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
		in.kube = live.kube;
		in.namespace = shared_namespace(&shared, o->all, &live.config);
	}
	shared.policy.search_upwards = !o->live;
	enum exit_code code = shared_begin(call, &shared, &report, &policy);
	if (code == EXIT_CLEAN) {
		in.policy = policy;
		in.nearest_policy = shared_policy_is_nearest(call, &shared);
		alerts_run(&in, &report, &out);
		code = put_out(call, &out, &report);
		policy_drop(policy);
	}
	kube_close(live.kube);
	return code;
}

static const char *const formats[] = {"prometheusrule", "rules", NULL};

#define AT(member) .offset = offsetof(struct options, member)

static const struct opt opts[] = {
	{"live", 0, NULL, OPT_FLAG, AT(live), .help = "what is live in a cluster, not manifests"},
	SHARED_KUBECONFIG,
	SHARED_CONTEXT,
	SHARED_NAMESPACE(
		"of documents that name none; with --live what to look at (default: that of the context)"),
	{"all-namespaces", 'A', NULL, OPT_FLAG, AT(all),
	 .help = "with --live: look at all of them"},
	{"format", 0, "WORD", OPT_CHOICE, AT(format), .choices = formats,
	 .help = "{} (default: prometheusrule)"},
	{"output", 0, "FILE", OPT_TEXT, AT(file), .help = "write there instead of on stdout"},
	{"tests", 0, "FILE", OPT_TEXT, AT(tests),
	 .help = "with --format rules and --output: write cases for promtool test rules there"},
	SHARED_POLICY,
	SHARED_PROFILE,
	SHARED_NOW,
};

const struct cmd cmd_alerts = {
	.name = "alerts",
	.run = alerts_main,
	.operands = "[PATH...]",
	.operands_max = SIZE_MAX,
	.opts = opts,
	.opts_len = ARRAY_LEN(opts),
	.options_size = sizeof(struct options),
	.defaults = &(const struct options){.shared = {SHARED_DEFAULTS}},
	.summary = "write alerts for Prometheus whose thresholds fit the schedules",
	.about =
		"Of each Cluster: its last backup is older than twice the longest time that its schedules leave between two, and an hour; none was ever completed; the last one failed; Prometheus has no metric of it, without which the others are silent; WAL archiving fails; finished WAL waits, and for twice its archive_timeout (10 minutes at least) none was archived. An idle database archives nothing, and no alert is about that. What is not watched is told on stderr, and why: a Cluster that is hibernated, follows another, or has no active schedule.\n\n"
		"The metrics are those of CloudNativePG where a schedule's method is barmanObjectStore or volumeSnapshot, and those of the Barman Cloud plugin (0.6 or newer) where it is plugin. They are selected by the namespace and the name of the Pods, which a PodMonitor gives them. One PrometheusRule is written for each namespace, by the name backup-guard-alerts: what is applied later takes its place, so write all Clusters of a namespace in one run. --format rules writes groups as Prometheus itself reads them, and --tests the cases that prove each alert: promtool test rules FILE.\n\n"
		"PATH is read as check reads it. With --live it needs the verb list for Clusters and ScheduledBackups.\n\n"
		"Under spec.alerts of the policy are namePrefix (Postgres), labels of the alerts, severity among them, objectLabels, by which Prometheus selects a PrometheusRule, and runbookURL, in which {rule} becomes the id of the rule whose page says what to do. The policy is that of check; with --live that of audit.\n\n"
		"Example: backup-guard alerts -n app --output alerts.yaml apps/\n\n"
		"Exit code: 0 written, 2 usage, 3 something could not be read or written, or there are no alerts for --output, 4 internal.",
};
