/* `restore`: the manifest that brings a Cluster back, and what to do with it. */
#include "cmd/commands.h"
#include "cmd/shared.h"

#include "kube/kube.h"
#include "restore/restore.h"

struct options {
	struct shared shared;
	struct opt_texts paths;
	struct str to, as, in_namespace, file;
	bool runbook, drill;
};

static bool write_file(const struct cmd_call *call, struct str path, struct str text)
{
	struct err err;

	if (file_replace(call->arena, path, NULL, text, &err))
		return true;
	cmd_fail(call, EXIT_INTERNAL, "%.*s: %s", STR_ARG(path), err.msg);
	return false;
}

static void tell_errors(const struct cmd_call *call, const struct report *report)
{
	struct buf errors = BUF_ARENA(call->arena);

	report_errors(&errors, report, &(struct report_style){.least = SEV_WARN}, false);
	fprintf(stderr, "%.*s", STR_ARG(buf_slice(&errors)));
}

/* The manifest where it is wanted, the rest on stderr. */
static enum exit_code put_out(const struct cmd_call *call, const struct options *o,
			      const struct restore_output *out, const struct report *report)
{
	fprintf(stderr, "%.*s", STR_ARG(out->summary));
	if (o->file.len &&
	    (!write_file(call, o->file, out->manifest) ||
	     !write_file(call, restore_runbook_path(call->arena, o->file), out->runbook)))
		return EXIT_INTERNAL;
	if (!o->file.len && !cmd_print(o->runbook ? out->runbook : out->manifest))
		return EXIT_INTERNAL;
	if (report->errors.len)
		return EXIT_INPUT;
	return out->worst >= shared_severity(&o->shared) ? EXIT_FINDINGS : EXIT_CLEAN;
}

static enum exit_code restore_main(const struct cmd_call *call)
{
	const struct options *o = call->options;
	struct restore_input in = {
		.nearest_policy = shared_policy_is_nearest(call, &o->shared),
		.paths = o->paths.items,
		.paths_len = o->paths.len,
		.cluster = call->operands[0],
		.namespace = o->shared.namespace,
		.as = o->as,
		.in_namespace = o->in_namespace,
		.file = o->file,
		.drill = o->drill,
		.now = shared_now(&o->shared),
	};
	struct kube *kube CLEANUP(kube) = NULL;
	struct kube_config config;
	struct restore_output out;
	struct policy *policy;
	struct report report;
	struct err err;

	if (o->file.len && o->runbook)
		return cmd_fail(
			call, EXIT_USAGE,
			"--output writes the runbook beside the manifest: leave --runbook out");
	if (str_eq(o->file, restore_runbook_path(call->arena, o->file)))
		return cmd_fail(call, EXIT_USAGE,
				"--output %.*s is where the runbook would be: give another ending",
				STR_ARG(o->file));
	if (!restore_wish_read(o->to, in.now, &in.wish, &err))
		return cmd_fail(call, EXIT_USAGE, "--to %s", err.msg);
	if (!o->paths.len) {
		if (!kube_config_load(o->shared.kubeconfig, o->shared.context, call->arena, &config,
				      &err) ||
		    !kube_open(&config, &kube, &err))
			return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
		in.kube = kube;
		if (!in.namespace.len)
			in.namespace = config.namespace;
	}
	enum exit_code code = shared_begin(call, &o->shared, &report, &policy);
	if (code != EXIT_CLEAN)
		return code;
	in.policy = policy;
	bool done = restore_run(&in, &report, &out, &err);
	tell_errors(call, &report);
	if (done)
		code = put_out(call, o, &out, &report);
	else
		code = cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	policy_drop(policy);
	return code;
}

#define AT(member) .offset = offsetof(struct options, member)

static const struct opt opts[] = {
	{"file", 'f', "PATH", OPT_TEXTS, AT(paths),
	 .help = "manifests, not what is live: a file, a folder or - for stdin; may be given again"},
	SHARED_KUBECONFIG,
	SHARED_CONTEXT,
	SHARED_NAMESPACE(
		"of the Cluster (default: of the context), and of documents that name none"),
	{"to", 0, "TIME", OPT_TEXT, AT(to),
	 .help = "latest, immediate (the end of a base backup), or 2026-08-26T10:20:30Z (default: latest)"},
	{"as", 0, "NAME", OPT_TEXT, AT(as),
	 .help = "of the new Cluster; its own name puts it in the old one's place (default: CLUSTER-restored, or CLUSTER-drill)"},
	{"in-namespace", 0, "NAME", OPT_TEXT, AT(in_namespace),
	 .help = "of the new Cluster (default: that of the old one)"},
	{"output", 0, "FILE", OPT_TEXT, AT(file),
	 .help = "write the manifest there, and the runbook beside it with the ending .md"},
	{"runbook", 0, NULL, OPT_FLAG, AT(runbook),
	 .help = "print the runbook, the steps in Markdown, instead of the manifest"},
	{"drill", 0, NULL, OPT_FLAG, AT(drill),
	 .help = "to be thrown away: one instance, no archive, a Job that asks something"},
	SHARED_POLICY,
	SHARED_PROFILE,
	SHARED_NOW,
};

const struct cmd cmd_restore = {
	.name = "restore",
	.run = restore_main,
	.operands = "CLUSTER",
	.operands_min = 1,
	.operands_max = 1,
	.opts = opts,
	.opts_len = ARRAY_LEN(opts),
	.options_size = sizeof(struct options),
	.defaults =
		&(const struct options){.shared = {SHARED_DEFAULTS, .policy.search_upwards = true}},
	.summary = "write the manifest that restores a Cluster from its archive",
	.about =
		"The manifest is that of the live Cluster, or with -f of the Cluster as the files apply it, rendered as check renders them, with what a restore must change and nothing else: bootstrap.recovery with the database, owner and Secret of the application, the archive as its source under an explicit serverName, and an archive of its own under a new one, since CloudNativePG refuses one that is not empty. What Flux, Argo CD and Helm write on an object is left out. A store that is declared for reading the same place, to which nobody archives, is the one that is read.\n\n"
		"The runbook says what to do: what to stop and to copy before, how to apply, watch and verify, where to lead the application, the first base backup and its schedule, the way back, and what to delete.\n\n"
		"--drill writes a Cluster to look at and to throw away, called CLUSTER-drill: it archives nothing, and a Job asks the application's database what you put into it.\n\n"
		"In another namespace the ObjectStores are in the manifest; what else must be copied there is listed by name.\n\n"
		"What is written is judged by every rule beside the other objects; what is found is told on stderr, and where the Cluster itself has that finding it says so. Nothing is applied. Of the cluster Clusters, ObjectStores and ScheduledBackups of the namespace are listed, and no Secret is read. The bucket is not asked: which backups and WAL lie there is not known.\n\n"
		"The policy is that of check.\n\n"
		"Exit code: 0 written, 1 written, with a finding at deny, 2 usage, 3 no such Cluster, or something could not be read, 4 internal.",
};
