/* `migrate`: from the in-tree barmanObjectStore to the plugin. */
#include "cmd/commands.h"
#include "cmd/shared.h"

#include "migrate/migrate.h"
#include "report/writers.h"

struct options {
	struct shared shared;
	bool diff, write, partial;
};

static enum exit_code put_out(const struct options *o, const struct migrate_output *out,
			      const struct report *report)
{
	struct buf lines CLEANUP(buf) = {0};

	if (out->diff.len && !output_diff(&o->shared.output, out->diff))
		return EXIT_INTERNAL;
	fflush(stdout);
	report_errors(&lines, report, &(struct report_style){0}, false);
	buf_str(&lines, out->told);
	output_tell(buf_slice(&lines));
	if (report->errors.len)
		return EXIT_INPUT;
	return out->left ? EXIT_FINDINGS : EXIT_CLEAN;
}

static enum exit_code migrate_main(const struct cmd_call *call)
{
	const struct options *o = call->options;
	struct migrate_output out;
	struct report report;
	struct policy *policy;

	if (o->diff && o->write)
		return cmd_fail(call, EXIT_USAGE, "--diff changes nothing: give it or --write");
	enum exit_code code = shared_begin(call, &o->shared, &report, &policy);
	if (code != EXIT_CLEAN)
		return code;
	const struct migrate_input in = {
		.policy = policy,
		.nearest_policy = shared_policy_is_nearest(call, &o->shared),
		.paths = call->operands,
		.paths_len = call->operands_len,
		.namespace = o->shared.namespace,
		.now = shared_now(&o->shared),
		.write = o->write,
		.partial = o->partial,
	};
	migrate_run(&in, &report, &out);
	code = put_out(o, &out, &report);
	policy_drop(policy);
	return code;
}

#define AT(member) .offset = offsetof(struct options, member)

static const struct opt opts[] = {
	{"diff", 0, NULL, OPT_FLAG, AT(diff),
	 .help = "print the changes as a diff and write nothing (default)"},
	{"write", 0, NULL, OPT_FLAG, AT(write), .help = "change the files"},
	{"partial", 0, NULL, OPT_FLAG, AT(partial),
	 .help = "with --write: change what can be, though some is left alone"},
	SHARED_POLICY,
	SHARED_PROFILE,
	SHARED_NAMESPACE("of documents that name none"),
	SHARED_NOW,
	SHARED_COLOR,
};

const struct cmd cmd_migrate = {
	.name = "migrate",
	.run = migrate_main,
	.operands = "PATH...",
	.operands_min = 1,
	.operands_max = SIZE_MAX,
	.opts = opts,
	.opts_len = ARRAY_LEN(opts),
	.options_size = sizeof(struct options),
	.defaults =
		&(const struct options){.shared = {SHARED_DEFAULTS, .policy.search_upwards = true}},
	.summary = "from barmanObjectStore in a Cluster to the plugin, the archive where it is",
	.about =
		"Rewrites Clusters with a barmanObjectStore for the Barman Cloud plugin, in the files where they are written, kustomize patches too: the configuration and retentionPolicy become an ObjectStore, in a file beside that of the Cluster or of the patch, listed in its kustomization (behind the documents of a file that has several), spec.plugins names it with the server name that was in force, externalClusters read through it, and ScheduledBackups of the Cluster get method: plugin. Backups stay, since one that was applied cannot be changed. Comments, order and quoting stay; nothing else in the files changes. PATH is read as check reads it: give all of it, schedules too.\n\n"
		"The archive does not move: before and after, each Cluster as it is applied has its archive, and those that it reads, at the same place under the same server name, and the rules deny nothing that they did not deny before, but for the Backups that stay, and miss nothing. A Cluster for which that is not certain is left alone, with its schedules, and the reason is told: values that a JSON patch writes beside others, or a template fills in, charts other than CloudNativePG's cluster, of which the values are changed, a comment in a map in braces, a plugin that is there already, a ScheduledBackup that may be of it and of another that stays.\n\n"
		"The diff goes to stdout; what is done and what to know before it is applied to stderr. Without --write nothing is written; --write writes nothing unless all can be migrated; with --partial it writes the rest. A second run has nothing to do.\n\n"
		"Exit code: 0 all is migrated or nothing is to be, 1 some is left alone, 2 usage, 3 something could not be read or written, 4 internal.",
};
