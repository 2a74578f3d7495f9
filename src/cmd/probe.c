/* `probe`: what the object stores themselves say. */
#include "cmd/commands.h"
#include "cmd/progress.h"
#include "cmd/shared.h"

#include "audit/audit.h"
#include "check/check.h"
#include "probe/secrets.h"
#include "probe/stores.h"

struct options {
	struct shared shared;
	struct opt_texts files;
	bool all, write, iam_policy;
	struct str credentials;
};

static const char *const credentials_words[] = {"secret", "env", NULL};

static void probe_files(const struct cmd_call *call, const struct shared *shared,
			const struct policy *policy, const struct probe_options *stores,
			struct report *report)
{
	const struct options *o = call->options;
	const struct check_input in = {
		.policy = policy,
		.nearest_policy = shared_policy_is_nearest(call, shared),
		.paths = o->files.items,
		.paths_len = o->files.len,
		.namespace = o->shared.namespace,
		.now = report->now,
		.stores = stores,
	};

	check_run(&in, report);
}

static void probe_cluster(const struct cmd_call *call, const struct policy *policy,
			  const struct probe_options *stores, const struct probe_live *live,
			  struct report *report)
{
	const struct options *o = call->options;
	const struct audit_input in = {
		.policy = policy,
		.kube = live->kube,
		.namespace = shared_namespace_named(&o->shared, o->all, call, &live->config),
		.now = report->now,
		.stores = stores};

	report->where = shared_where(call->arena, in.namespace, &live->config);
	audit_run(&in, report);
	shared_tell_empty(report, !o->all);
}

/* What can be said before anything is read. */
static bool is_sound(const struct options *o, struct arena *arena, struct err *err)
{
	if (o->all && (o->shared.namespace.len || o->files.len))
		return err_set(err, E_VALUE, "--all-namespaces excludes --namespace and --file");
	return output_check(&o->shared.output, arena, STR_EMPTY, STR_EMPTY, err);
}

static enum exit_code probe_main(const struct cmd_call *call)
{
	const struct options *o = call->options;
	struct shared shared = o->shared;
	struct probe_live live = {
		.file = o->shared.kubeconfig, .context = o->shared.context, .arena = call->arena};
	struct buf policies = BUF_ARENA(call->arena);
	struct probe_environment environment;
	struct progress progress;
	struct probe_options stores = {.secrets = {probe_live_read, &live},
				       .write = o->write,
				       .names = call->operands,
				       .names_len = call->operands_len,
				       .alone = true,
				       .progress = progress_of_stores(&progress),
				       .iam_policies = o->iam_policy ? &policies : NULL};
	struct policy *policy;
	struct report report;
	struct err err;

	if (!is_sound(o, call->arena, &err) ||
	    !shared_credentials(call->arena, o->credentials, &environment, &stores, &err))
		return cmd_fail(call, EXIT_USAGE, "%s", err.msg);
	if (!o->files.len && !probe_live_open(&live, &err))
		return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	shared.policy.search_upwards = o->files.len;
	enum exit_code code = shared_begin(call, &shared, &report, &policy);
	if (code == EXIT_CLEAN) {
		report.now = shared_now(&o->shared);
		if (o->files.len)
			probe_files(call, &shared, policy, &stores, &report);
		else
			probe_cluster(call, policy, &stores, &live, &report);
		if (o->iam_policy && !report.errors.len)
			code = cmd_print(buf_slice(&policies)) ? EXIT_CLEAN : EXIT_INTERNAL;
		else
			code = shared_finish(call, &shared, &report);
		policy_drop(policy);
	}
	kube_close(live.kube);
	return code;
}

#define AT(member) .offset = offsetof(struct options, member)

static const struct opt opts[] = {
	SHARED_KUBECONFIG,
	SHARED_CONTEXT,
	SHARED_NAMESPACE(
		"what to look at (default: that of the context); with --file that of documents that name none"),
	{"all-namespaces", 'A', NULL, OPT_FLAG, AT(all), .help = "look at all of them"},
	{"file", 'f', "PATH", OPT_TEXTS, AT(files),
	 .help = "manifests, read as check reads them; may be given again"},
	{"write", 0, NULL, OPT_FLAG, AT(write),
	 .help = "write an empty object into each store, find it, and delete it"},
	{"credentials", 0, "WORD", OPT_WORD, AT(credentials), .choices = credentials_words,
	 .help = "where keys are read: {} (default: secret)"},
	{"iam-policy", 0, NULL, OPT_FLAG, AT(iam_policy),
	 .help = "ask nobody: print the smallest policy for the keys of each store"},
	SHARED_POLICY,
	SHARED_PROFILE,
	SHARED_FORMAT,
	SHARED_OUTPUT,
	SHARED_SHOW,
	SHARED_FAIL_ON(shared_severities, "deny"),
	SHARED_NOW,
	SHARED_COLOR,
};

const struct cmd cmd_probe = {
	.name = "probe",
	.run = probe_main,
	.operands = "[STORE...]",
	.operands_max = SIZE_MAX,
	.opts = opts,
	.opts_len = ARRAY_LEN(opts),
	.options_size = sizeof(struct options),
	.defaults = &(const struct options){.shared = {SHARED_DEFAULTS}},
	.summary = "ask the object stores: what lies there, and to when can it be restored",
	.about =
		"Asks each ObjectStore, and what Clusters say in barmanObjectStore, of their own or of what they recover from, as Barman Cloud would: with the same address, keys, region and CA. It says which calls are answered, which base backups and WAL lie there for each server name in use, to when each can be restored, and where WAL is missing; then what is wrong, by the rules that need a bucket. Where no Cluster uses a store, or STORE names it, the archives of Clusters that are gone are told, too. STORE is NAME or NAMESPACE/NAME of an ObjectStore, or of a Cluster with a barmanObjectStore.\n\n"
		"find is whether what was written is in the listing. Each line of a server is a window without a hole: every moment from RESTORABLE FROM to TO can be restored. THEN is what ends a window before the newest WAL, GAPS how many of them end because WAL is missing.\n\n"
		"It only reads, unless --write: then one empty object is written beside base/ and wals/ of a server, listed, read and deleted again; not in a store that Clusters only recover from. Without that it is not proved that a store can be written.\n\n"
		"Objects and Secrets are those of the cluster; with --file those of manifests, and a Secret that is not in them is read in the cluster. It needs the verb list for Clusters and ObjectStores, and get for the Secrets. Nothing of a Secret is kept or shown. --credentials env takes AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_DEFAULT_REGION and AWS_CA_BUNDLE of the environment instead. Only S3 is asked, and no store whose keys come from the IAM role of the Pod.\n\n"
		"The policy is --policy, else --profile, else the file that BACKUP_GUARD_POLICY names, else with --file the .backup-guard.yaml nearest above each, else profile " POLICY_DEFAULT_PROFILE
		".\n\n"
		"Exit code: 0 clean, 1 findings at --fail-on or above, 2 usage, 3 something could not be read in the cluster, in a Secret or in a file, or not be written, or a STORE that is named was not asked, 4 internal. What a store refuses is a finding.",
};
