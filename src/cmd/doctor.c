#include "doctor/doctor.h"

#include "base/clock.h"

#include "cmd/cmd.h"
#include "cmd/commands.h"

struct options {
	struct str kubeconfig, context, namespace;
	struct str name, secret, policy;
	int64_t now;
	int format, fail_on;
};

/* In the order of `fail_on_words`. */
static const char *const fail_on_words[] = {"error", "warn", NULL};
enum { FAIL_ON_ERROR, FAIL_ON_WARN };

#define NOT_GIVEN INT64_MIN

static enum exit_code verdict(const struct options *o, const struct doctor_report *r)
{
	if (r->counts[DOCTOR_ERROR] || (o->fail_on == FAIL_ON_WARN && r->counts[DOCTOR_WARN]))
		return EXIT_FINDINGS;
	return r->counts[DOCTOR_UNKNOWN] ? EXIT_INPUT : EXIT_CLEAN;
}

static enum exit_code doctor_main(const struct cmd_call *call)
{
	const struct options *o = call->options;
	struct buf text = BUF_ARENA(call->arena);
	struct kube *kube CLEANUP(kube) = NULL;
	struct kube_config config;
	struct doctor_report report;
	struct err err;

	if (!kube_config_load(o->kubeconfig, o->context, call->arena, &config, &err) ||
	    !kube_open(&config, &kube, &err))
		return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	const struct doctor_input in = {
		.kube = kube,
		.arena = call->arena,
		.configuration = o->name,
		.namespace = o->namespace,
		.secret = o->secret,
		.policy = o->policy,
		.now = o->now == NOT_GIVEN ? clock_utc() : o->now,
	};
	if (!doctor_run(&in, &report, &err))
		return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	doctor_print(&report, o->format, &text);
	return cmd_print(buf_slice(&text)) ? verdict(o, &report) : EXIT_INTERNAL;
}

#define AT(member) offsetof(struct options, member)

static const struct opt opts[] = {
	{.name = "kubeconfig",
	 .arg = "FILE",
	 .type = OPT_TEXT,
	 .offset = AT(kubeconfig),
	 .help = "how to reach the cluster (default: as audit)"},
	{.name = "context",
	 .arg = "NAME",
	 .type = OPT_TEXT,
	 .offset = AT(context),
	 .help = "of the kubeconfig (default: its current one)"},
	{.name = "name",
	 .arg = "NAME",
	 .type = OPT_TEXT,
	 .offset = AT(name),
	 .help = "the ValidatingWebhookConfiguration (default: backup-guard)"},
	{.name = "namespace",
	 .letter = 'n',
	 .arg = "NAME",
	 .type = OPT_TEXT,
	 .offset = AT(namespace),
	 .help = "where to try a wrong write (default: one of mode enforce)"},
	{.name = "secret",
	 .arg = "NAME",
	 .type = OPT_TEXT,
	 .offset = AT(secret),
	 .help = "of the serving certificate, beside the Service (default: as mounted)"},
	{.name = "policy-map",
	 .arg = "NAME",
	 .type = OPT_TEXT,
	 .offset = AT(policy),
	 .help = "ConfigMap of the policy, beside the Service (default: as mounted)"},
	{.name = "format",
	 .arg = "NAME",
	 .type = OPT_CHOICE,
	 .offset = AT(format),
	 .choices = doctor_formats,
	 .help = "text or json (default: text)"},
	{.name = "fail-on",
	 .arg = "WORD",
	 .type = OPT_CHOICE,
	 .offset = AT(fail_on),
	 .choices = fail_on_words,
	 .help = "exit 1 at this: error, warn (default: error)"},
	{.name = "now",
	 .arg = "TIME",
	 .type = OPT_TIME,
	 .offset = AT(now),
	 .help = "the time to reckon with, as 2026-08-26T10:20:30Z (default: the clock)"},
};

static const struct options defaults = {
	.name = STR_INIT("backup-guard"),
	.now = NOT_GIVEN,
};

const struct cmd cmd_doctor = {
	.name = "doctor",
	.run = doctor_main,
	.opts = opts,
	.opts_len = ARRAY_LEN(opts),
	.options_size = sizeof(struct options),
	.defaults = &defaults,
	.summary = "say whether the webhook of a cluster is in force, and if not, why",
	.about =
		"Reads the ValidatingWebhookConfiguration and holds it against what has to be sent, what may fail\nclosed, who is left out, and what was applied or is shipped; looks at the Service or URL, its\nendpoints, every caBundle, the certificate that is really served (from where doctor runs; else the\none in the Secret), the namespaces with Clusters, the policy, what other webhooks there are, and who\nmay change all this. At last it tries a write that has to be refused, a ScheduledBackup with method\nplugin and no plugin, as a dry run: nothing is created. Where no namespace is of mode enforce, it has\nto be warned about.\n"
		"\n"
		"Where a call must fail it prints the sentence that the API server prints (says), and the remedy\n(fix). What follows from another problem is told as info. It changes nothing.\n"
		"\n"
		"It needs to get the configuration; to list namespaces, Clusters, both kinds of webhook\nconfigurations and EndpointSlices; to get the Service; to create ScheduledBackups. Secret, ConfigMap,\nDeployments and RBAC are looked at when they may be read. Nothing of the Secret is shown.\n"
		"\n"
		"Exit code: 0 all is well, 1 something is wrong, 2 usage, 3 something could not be asked, 4 internal.",
};
