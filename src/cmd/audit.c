#include "cmd/cmd.h"

#include "base/clock.h"
#include "cmd/commands.h"

#include "audit/audit.h"
#include "cmd/output.h"
#include "policy/source.h"

struct options {
	struct str kubeconfig, context, namespace;
	struct str policy, profile;
	int64_t now;
	int fail_on;
	bool all, no_secrets, publish;
	struct output output;
};

/* In the order of `fail_on_words`. */
static const enum severity fail_on[] = {SEV_DENY, SEV_WARN, SEV_INFO, SEV_OFF};
static const char *const fail_on_words[] = {"deny", "warn", "info", "never", NULL};

#define NOT_GIVEN INT64_MIN

static enum exit_code audit(const struct cmd_call *call, const struct audit_input *in,
			    struct report *report)
{
	const struct options *o = call->options;
	struct err err;

	audit_run(in, report);
	if (o->publish)
		audit_publish(in, report);
	if (!output_write(&o->output, report, &err))
		return cmd_fail(call, EXIT_INTERNAL, "%s", err.msg);
	if (report->errors.len)
		return EXIT_INPUT;
	return report_reaches(report, fail_on[o->fail_on]) ? EXIT_FINDINGS : EXIT_CLEAN;
}

/* "namespace app of context kind" */
static struct str where(struct arena *a, const struct options *o, const struct kube_config *config)
{
	struct str cluster = STR("this cluster");
	struct str namespace = o->namespace.len ? o->namespace : config->namespace;

	if (config->context.len)
		cluster = arena_fmt(a, "context %.*s", STR_ARG(config->context));
	if (o->all)
		return cluster;
	return arena_fmt(a, "namespace %.*s of %.*s", STR_ARG(namespace), STR_ARG(cluster));
}

static enum exit_code audit_main(const struct cmd_call *call)
{
	const struct options *o = call->options;
	struct policy_source source = {.file = o->policy, .profile = o->profile};
	struct report report = {.arena = call->arena, .version = STR(PROGRAM_VERSION)};
	struct kube_config config;
	struct kube *kube CLEANUP(kube) = NULL;
	struct policy *policy;
	struct err err;

	if (!output_check(&o->output, &err))
		return cmd_fail(call, EXIT_USAGE, "%s", err.msg);
	if (o->all && o->namespace.len)
		return cmd_fail(call, EXIT_USAGE,
				"--namespace and --all-namespaces exclude each other");
	if (!kube_config_load(o->kubeconfig, o->context, call->arena, &config, &err) ||
	    !kube_open(&config, &kube, &err))
		return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	policy_source_settle(&source, call->arena);
	if (!policy_source_load(source, call->arena, &policy, &report.policy, &err))
		return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	report.profile = policy_profile_name(policy);
	report.keep_objects = output_lists_objects(&o->output);
	report.policy_is_default = !o->policy.len && !o->profile.len && source.profile.len;
	report.where = where(call->arena, o, &config);
	report.now = o->now == NOT_GIVEN ? clock_utc() : o->now;
	struct audit_input in = {
		.policy = policy,
		.kube = kube,
		.namespace = o->all		? STR_EMPTY
			     : o->namespace.len ? o->namespace
						: config.namespace,
		.now = report.now,
		.secrets = !o->no_secrets,
	};
	enum exit_code code = audit(call, &in, &report);
	policy_drop(policy);
	return code;
}

#define AT(member) offsetof(struct options, member)

static const struct opt opts[] = {
	{.name = "kubeconfig",
	 .arg = "FILE",
	 .type = OPT_TEXT,
	 .offset = AT(kubeconfig),
	 .help = "how to reach the cluster (default: see above)"},
	{.name = "context",
	 .arg = "NAME",
	 .type = OPT_TEXT,
	 .offset = AT(context),
	 .help = "of the kubeconfig (default: its current one)"},
	{.name = "namespace",
	 .letter = 'n',
	 .arg = "NAME",
	 .type = OPT_TEXT,
	 .offset = AT(namespace),
	 .help = "what to look at (default: that of the context)"},
	{.name = "all-namespaces",
	 .letter = 'A',
	 .type = OPT_FLAG,
	 .offset = AT(all),
	 .help = "look at all of them"},
	{.name = "no-secrets",
	 .type = OPT_FLAG,
	 .offset = AT(no_secrets),
	 .help = "read no Secret: what needs their keys is not asked"},
	{.name = "report",
	 .type = OPT_FLAG,
	 .offset = AT(publish),
	 .help = "write a Report into each namespace with findings"},
	{.name = "policy",
	 .arg = "FILE",
	 .type = OPT_TEXT,
	 .offset = AT(policy),
	 .help = "a BackupPolicy (default: see above)"},
	{.name = "profile",
	 .arg = "NAME",
	 .type = OPT_WORD,
	 .offset = AT(profile),
	 .choices = policy_profiles,
	 .help = "an embedded policy: homelab, generic, strict"},
	{.name = "format",
	 .arg = "NAME[,NAME...]",
	 .type = OPT_TEXT,
	 .offset = AT(output.formats),
	 .choices = report_format_names,
	 .help = "as of check (default: text)"},
	{.name = "output",
	 .arg = "FILE",
	 .type = OPT_TEXT,
	 .offset = AT(output.file),
	 .help = "write there instead of on stdout"},
	{.name = "fail-on",
	 .arg = "WORD",
	 .type = OPT_CHOICE,
	 .offset = AT(fail_on),
	 .choices = fail_on_words,
	 .help = "exit 1 at this severity: deny, warn, info, never (default: deny)"},
	{.name = "now",
	 .arg = "TIME",
	 .type = OPT_TIME,
	 .offset = AT(now),
	 .help = "the time to reckon with, as 2026-08-26T10:20:30Z (default: the clock)"},
	{.name = "color",
	 .arg = "WHEN",
	 .type = OPT_CHOICE,
	 .offset = AT(output.color),
	 .choices = output_colors,
	 .help = "auto, always or never (default: auto)"},
};

static const struct options defaults = {.now = NOT_GIVEN, .output = {.formats = STR_INIT("text")}};

const struct cmd cmd_audit = {
	.name = "audit",
	.run = audit_main,
	.opts = opts,
	.opts_len = ARRAY_LEN(opts),
	.options_size = sizeof(struct options),
	.defaults = &defaults,
	.summary = "check what is live in a cluster, and whether its backups are made",
	.about =
		"Lists Clusters, ObjectStores, ScheduledBackups and Backups, judges them beside one another as check does with files, and adds what only a live cluster can tell: is there a recent backup, did the last one fail, does one hang, is WAL archived. Of the Secrets that stores name it reads which keys there are and whether a value is empty or ends in a line break; nothing of them is kept or shown.\n"
		"\n"
		"The cluster is that of --kubeconfig, else of the files in KUBECONFIG, else of ~/.kube/config; in a Pod without any, its own, with the Pod's service account. It needs the verb list for those kinds, and get for Secrets unless --no-secrets. What cannot be listed counts as unknown: nothing is found because of it.\n"
		"\n"
		"--report writes a Report of openreports.io, else a PolicyReport of wgpolicyk8s.io, into each namespace with findings, and removes its own from the others: only what has changed, and only if everything could be listed.\n"
		"\n"
		"The policy is --policy, else --profile, else the file that BACKUP_GUARD_POLICY names, else profile homelab.\n"
		"\n"
		"Exit code: 0 clean, 1 findings at --fail-on or above, 2 usage, 3 something could not be listed or written, 4 internal.",
};
