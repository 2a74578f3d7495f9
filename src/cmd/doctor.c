/* `doctor`: is the webhook of a cluster in force? */
#include "cmd/commands.h"
#include "cmd/shared.h"

#include "doctor/doctor.h"

struct options {
	struct shared shared;
	struct str name, secret, policy_map;
	int format;
};

static const char *const fail_on_words[] = {"error", "warn", NULL};
enum { FAIL_ON_ERROR, FAIL_ON_WARN };

static enum exit_code verdict(const struct options *o, const struct doctor_report *r)
{
	if (r->counts[DOCTOR_ERROR] ||
	    (o->shared.fail_on == FAIL_ON_WARN && r->counts[DOCTOR_WARN]))
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

	if (!kube_config_load(o->shared.kubeconfig, o->shared.context, call->arena, &config,
			      &err) ||
	    !kube_open(&config, &kube, &err))
		return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	const struct doctor_input in = {
		.kube = kube,
		.arena = call->arena,
		.configuration = o->name,
		.namespace = o->shared.namespace,
		.secret = o->secret,
		.policy = o->policy_map,
		.now = shared_now(&o->shared),
	};
	if (!doctor_run(&in, &report, &err))
		return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	doctor_print(&report, o->format, &text);
	if (!(o->format == DOCTOR_TEXT
		      ? output_inked(&o->shared.output, buf_slice(&text), doctor_ink)
		      : cmd_print(buf_slice(&text))))
		return EXIT_INTERNAL;
	return verdict(o, &report);
}

#define AT(member) .offset = offsetof(struct options, member)

static const struct opt opts[] = {
	SHARED_KUBECONFIG,
	SHARED_CONTEXT,
	{"name", 0, "NAME", OPT_TEXT, AT(name),
	 .help = "the ValidatingWebhookConfiguration (default: backup-guard)"},
	SHARED_NAMESPACE("where to try a wrong write (default: one of mode enforce)"),
	{"secret", 0, "NAME", OPT_TEXT, AT(secret),
	 .help = "of the serving certificate, beside the Service (default: as mounted)"},
	{"policy-map", 0, "NAME", OPT_TEXT, AT(policy_map),
	 .help = "ConfigMap of the policy, beside the Service (default: as mounted)"},
	{"format", 0, "NAME", OPT_CHOICE, AT(format), .choices = doctor_formats,
	 .help = "{} (default: text)"},
	SHARED_FAIL_ON(fail_on_words, "error"),
	SHARED_NOW,
	SHARED_COLOR,
};

static const struct options defaults = {
	.shared = {SHARED_DEFAULTS},
	.name = STR_INIT("backup-guard"),
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
		"Reads the ValidatingWebhookConfiguration and holds it against what has to be sent, what may fail closed, who is left out, and what was applied or is shipped; looks at the Service or URL, its endpoints, every caBundle, the certificate that is really served (from where doctor runs; else the one in the Secret), the namespaces with Clusters, the policy, what other webhooks there are, and who may change all this. At last it tries a write that has to be refused, a ScheduledBackup with method plugin and no plugin, as a dry run: nothing is created. Where no namespace is of mode enforce, it has to be warned about.\n\n"
		"Where a call must fail it prints the sentence that the API server prints (says), and the remedy (fix). What follows from another problem is told as info. It changes nothing.\n\n"
		"It needs to get the configuration; to list namespaces, Clusters, both kinds of webhook configurations and EndpointSlices; to get the Service; to create ScheduledBackups. Secret, ConfigMap, Deployments and RBAC are looked at when they may be read. Nothing of the Secret is shown.\n\n"
		"Exit code: 0 all is well, 1 something is wrong, 2 usage, 3 something could not be asked, 4 internal.",
};
