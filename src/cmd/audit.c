/* `audit`: what is live in a cluster. */
#include "cmd/commands.h"
#include "cmd/progress.h"
#include "cmd/shared.h"

#include "audit/audit.h"
#include "probe/secrets.h"
#include "probe/stores.h"

struct options {
	struct shared shared;
	bool all, no_secrets, publish, stores;
};

static enum exit_code audit_main(const struct cmd_call *call)
{
	const struct options *o = call->options;
	const struct shared *shared = &o->shared;
	struct kube *kube CLEANUP(kube) = NULL;
	struct kube_config config;
	struct probe_live live;
	struct policy *policy;
	struct report report;
	struct err err;

	if (!output_check(&shared->output, &err))
		return cmd_fail(call, EXIT_USAGE, "%s", err.msg);
	if (o->all && shared->namespace.len)
		return cmd_fail(call, EXIT_USAGE,
				"--namespace and --all-namespaces exclude each other");
	if (o->stores && o->no_secrets)
		return cmd_fail(
			call, EXIT_USAGE,
			"--stores needs the keys that Secrets hold, and --no-secrets reads none");
	if (!kube_config_load(shared->kubeconfig, shared->context, call->arena, &config, &err) ||
	    !kube_open(&config, &kube, &err))
		return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	enum exit_code code = shared_begin(call, shared, &report, &policy);
	if (code != EXIT_CLEAN)
		return code;
	live = (struct probe_live){.config = config, .kube = kube};
	struct progress progress;
	const struct probe_options stores = {.secrets = {probe_live_read, &live},
					     .progress = progress_of_stores(&progress)};
	struct audit_input in = {
		.policy = policy,
		.kube = kube,
		.namespace = shared_namespace(shared, o->all, &config),
		.stores = o->stores ? &stores : NULL,
		.now = shared_now(shared),
		.secrets = !o->no_secrets,
	};
	report.where = shared_where(call->arena, in.namespace, &config);
	report.now = in.now;
	audit_run(&in, &report);
	if (o->publish)
		audit_publish(&in, &report);
	code = shared_finish(call, shared, &report);
	policy_drop(policy);
	return code;
}

#define AT(member) .offset = offsetof(struct options, member)

static const struct opt opts[] = {
	SHARED_KUBECONFIG,
	SHARED_CONTEXT,
	SHARED_NAMESPACE("what to look at (default: that of the context)"),
	{"all-namespaces", 'A', NULL, OPT_FLAG, AT(all), .help = "look at all of them"},
	{"no-secrets", 0, NULL, OPT_FLAG, AT(no_secrets),
	 .help = "read no Secret: what needs their keys is not asked"},
	{"stores", 0, NULL, OPT_FLAG, AT(stores),
	 .help = "ask the object stores, too, and write nothing there: see probe"},
	{"report", 0, NULL, OPT_FLAG, AT(publish),
	 .help = "write a Report into each namespace with findings"},
	SHARED_POLICY,
	SHARED_PROFILE,
	SHARED_FORMAT,
	SHARED_OUTPUT,
	SHARED_SHOW,
	SHARED_FAIL_ON(shared_severities, "deny"),
	SHARED_NOW,
	SHARED_COLOR,
};

const struct cmd cmd_audit = {
	.name = "audit",
	.run = audit_main,
	.opts = opts,
	.opts_len = ARRAY_LEN(opts),
	.options_size = sizeof(struct options),
	.defaults = &(const struct options){.shared = {SHARED_DEFAULTS}},
	.summary = "check what is live in a cluster, and whether its backups are made",
	.about =
		"Lists Clusters, ObjectStores, ScheduledBackups and Backups, judges them beside one another as check does with files, and adds what only a live cluster can tell: is there a recent backup, did the last one fail, does one hang, is WAL archived. Of the Secrets that stores name it reads which keys there are and whether a value is empty or ends in a line break; nothing of them is kept or shown.\n\n"
		"The cluster is that of --kubeconfig, else of the files in KUBECONFIG, else of ~/.kube/config; in a Pod without any, its own, with the Pod's service account. It needs the verb list for those kinds, and get for Secrets unless --no-secrets. What cannot be listed counts as unknown: nothing is found because of it.\n\n"
		"--stores asks each object store with the keys of its Secret what lies there, as probe does without --write: to when each Cluster can be restored, and where WAL is missing.\n\n"
		"--report writes a Report of openreports.io, else a PolicyReport of wgpolicyk8s.io, into each namespace with findings, and removes its own from the others: only what has changed, and only if everything could be listed.\n\n"
		"The policy is --policy, else --profile, else the file that BACKUP_GUARD_POLICY names, else profile " POLICY_DEFAULT_PROFILE
		".\n\n"
		"Exit code: 0 clean, 1 findings at --fail-on or above, 2 usage, 3 something could not be listed or written, 4 internal.",
};
