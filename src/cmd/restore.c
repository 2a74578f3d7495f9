/* `restore`: the manifest that brings a Cluster back, and what to do with it. */
#include "cmd/commands.h"
#include "cmd/restore_put.h"
#include "cmd/shared.h"

#include "probe/secrets.h"

struct options {
	struct shared shared;
	struct opt_texts paths;
	struct str to, as, in_namespace, file, credentials;
	bool runbook, drill;
	int format; /* index of formats */
};

static const char *const formats[] = {"yaml", "html", NULL};

/* What can be said before anything is read. */
static bool is_sound(const struct cmd_call *call, struct restore_input *in, struct err *err)
{
	const struct options *o = call->options;

	if (!restore_name_read(call->operands[0], in, err) || !restore_names_check(in, err) ||
	    !restore_put_can(call, &(struct restore_put){in->file, o->runbook, o->format, SEV_OFF},
			     err))
		return false;
	return restore_wish_read(o->to, in->now, &in->wish, err) || err_within(err, "--to ");
}

/* The bucket of a live Cluster is asked; that of manifests when it is said where keys are. */
static bool has_bucket(const struct options *o)
{
	return o->credentials.len ? !str_is(o->credentials, "none") : !o->paths.len;
}

static enum exit_code put_out(const struct cmd_call *call, const struct restore_input *in,
			      struct report *report)
{
	const struct options *o = call->options;
	const struct restore_put to = {in->file, o->runbook, o->format,
				       shared_severity(&o->shared)};
	struct restore_output out;
	struct err err;

	if (restore_run(in, report, &out, &err))
		return restore_put(call, &to, &out, report);
	restore_put_errors(call, report);
	return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
}

static enum exit_code restore_main(const struct cmd_call *call)
{
	const struct options *o = call->options;
	struct probe_live live = {
		.file = o->shared.kubeconfig, .context = o->shared.context, .arena = call->arena};
	struct probe_options stores = {.secrets = {probe_live_read, &live}};
	struct report report;
	struct restore_input in = {
		.nearest_policy = shared_policy_is_nearest(call, &o->shared),
		.paths = o->paths.items,
		.paths_len = o->paths.len,
		.namespace = o->shared.namespace,
		.as = o->as,
		.in_namespace = o->in_namespace,
		.file = str_is(o->file, "-") ? STR_EMPTY : o->file, /* empty: stdout */
		.drill = o->drill,
		.now = shared_now(&o->shared),
		.look = has_bucket(o) ? restore_look : NULL,
		.ctx = &(struct restore_asking){&stores, &report},
	};
	struct probe_environment environment;
	struct policy *policy;
	struct err err;

	if (!is_sound(call, &in, &err) ||
	    !shared_credentials(call->arena, o->credentials, &environment, &stores, &err))
		return cmd_fail(call, EXIT_USAGE, "%s", err.msg);
	if (!o->paths.len) {
		if (!probe_live_open(&live, &err))
			return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
		in.kube = live.kube;
		if (!in.namespace.len)
			in.namespace = shared_namespace(&o->shared, false, &live.config);
		in.context = live.config.context;
		in.kubeconfig = o->shared.kubeconfig;
	}
	enum exit_code code = shared_begin(call, &o->shared, &report, &policy);
	if (code == EXIT_CLEAN) {
		in.policy = policy;
		report.now = in.now;
		code = put_out(call, &in, &report);
		policy_drop(policy);
	}
	kube_close(live.kube);
	return code;
}

static const char *const credentials_words[] = {"secret", "env", "none", NULL};

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
	 .help = "write the manifest there, and the runbook beside it with the ending .md; neither may be there already; -: on stdout"},
	{"runbook", 0, NULL, OPT_FLAG, AT(runbook),
	 .help = "print the runbook, the steps in Markdown, instead of the manifest"},
	{"format", 0, "NAME", OPT_CHOICE, AT(format), .choices = formats,
	 .help = "{}: the manifest, or a page with all of it, beside it with --output (default: yaml)"},
	{"credentials", 0, "WORD", OPT_WORD, AT(credentials), .choices = credentials_words,
	 .help = "where the keys for the bucket are read: {} (default: secret, with -f none)"},
	{"drill", 0, NULL, OPT_FLAG, AT(drill),
	 .help = "to be thrown away: one instance, no archive, a Job that asks something"},
	SHARED_POLICY,
	SHARED_PROFILE,
	SHARED_NOW,
};

const struct cmd cmd_restore = {
	.name = "restore",
	.run = restore_main,
	.operands = "[NAMESPACE/]CLUSTER",
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
		"The runbook says what to do: what to stop and to copy before, how to apply, watch and verify, what else names the old Cluster, where to lead the application, the first base backup and its schedule, the way back, and what to delete.\n\n"
		"--drill writes a Cluster to look at and to throw away, called CLUSTER-drill: it archives nothing, and a Job asks the application's database what you put into it.\n\n"
		"In another namespace the ObjectStores are in the manifest; what else must be copied there is listed by name.\n\n"
		"What is written is judged by every rule beside the other objects; what is found is told on stderr, and where the Cluster itself has that finding it says so. Nothing is applied.\n\n"
		"The bucket of a live Cluster is asked which base backups and WAL lie there, as probe asks it: to which moments it can be restored is told, a moment that is in none of the windows is refused, and the base backup is chosen. In the namespace Clusters and ObjectStores are listed, and where that is allowed what names a Cluster: ScheduledBackups, Poolers, Databases, DatabaseRoles, Publications and Subscriptions. The Secrets that the store names are read. With --credentials none, and with -f where --credentials says nothing else, nobody is asked, and the window is not known. --credentials secret takes a Secret that is among the files, else that of the cluster; env takes the AWS_ variables of the environment, as probe does.\n\n"
		"The policy is that of check.\n\nExit code: 0 written, 1 written, with a finding at deny, 2 usage, 3 no such Cluster, it cannot be restored as asked, or something could not be read or written, 4 internal.",
};
