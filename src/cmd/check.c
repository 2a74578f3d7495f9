/* `check`: manifests on disk. */
#include "cmd/check_command.h"
#include "cmd/commands.h"

static enum exit_code check_main(const struct cmd_call *call)
{
	const struct check_options *o = call->options;
	struct policy *policy;
	struct report report;
	struct err err;

	if (o->diff && !o->fix)
		return cmd_fail(call, EXIT_USAGE,
				"--diff shows what --fix would change: give both");
	if (o->diff && o->shared.output.file.len)
		return cmd_fail(call, EXIT_USAGE, "--diff goes to stdout, without a report");
	if (o->baseline_ref.ptr && !o->baseline_ref.len)
		return cmd_fail(call, EXIT_USAGE, "--baseline-ref: '' is no revision");
	if (o->baseline_ref.len && (o->fix || o->baseline.len || o->write_baseline.len))
		return cmd_fail(
			call, EXIT_USAGE,
			"--baseline-ref goes with none of --fix, --baseline and --write-baseline");
	if (!output_check(&o->shared.output, call->arena, o->baseline, o->write_baseline, &err))
		return cmd_fail(call, EXIT_USAGE, "%s", err.msg);
	enum exit_code code = shared_begin(call, &o->shared, &report, &policy);
	if (code != EXIT_CLEAN)
		return code;
	struct check_input in = {
		.policy = policy,
		.nearest_policy = shared_policy_is_nearest(call, &o->shared),
		.paths = call->operands,
		.paths_len = call->operands_len,
		.exclude = o->exclude.items,
		.exclude_len = o->exclude.len,
		.helm = o->helm,
		.namespace = o->shared.namespace,
		.now = shared_now(&o->shared),
	};
	if (o->crds.len && !check_crds(call->arena, o->crds, &in.schema, &err))
		code = cmd_fail(call, EXIT_INPUT, "--crds: %s", err.msg);
	else
		code = check_command(call, &in, &report);
	policy_drop(policy);
	return code;
}

#define AT(member) .offset = offsetof(struct check_options, member)

static const struct opt opts[] = {
	SHARED_POLICY,
	SHARED_PROFILE,
	SHARED_FORMAT,
	SHARED_OUTPUT,
	SHARED_FRAMEWORK,
	SHARED_SHOW,
	SHARED_FAIL_ON(shared_severities, "deny"),
	{"fix", 0, NULL, OPT_FLAG, AT(fix),
	 .help = "change the files where the remedy is certain; report what remains"},
	{"diff", 0, NULL, OPT_FLAG, AT(diff),
	 .help = "with --fix: change nothing, print the changes as a diff"},
	{"exclude", 0, "GLOB", OPT_TEXTS, AT(exclude),
	 .help = "leave out what is called so, or with a slash lies there; may be given again"},
	{"crds", 0, "PATH", OPT_TEXT, AT(crds),
	 .help = "hold manifests against the CRDs in this file or folder, not the built-in ones"},
	{"helm", 0, NULL, OPT_FLAG, AT(helm),
	 .help = "render chart folders with 'helm template', and judge what comes out"},
	{"baseline", 0, "FILE", OPT_TEXT, AT(baseline),
	 .help = "what was found when it was written neither fails nor is shown"},
	{"write-baseline", 0, "FILE", OPT_TEXT, AT(write_baseline),
	 .help = "write what is found there; with --baseline, only what that has already"},
	{"baseline-ref", 0, "REV", OPT_TEXT, AT(baseline_ref),
	 .help = "what was found in this git revision already neither fails nor is shown; what the change takes away is said"},
	{"quiet", 'q', NULL, OPT_FLAG, AT(quiet),
	 .help = "only what is at --fail-on or above, and silence when nothing is"},
	{"require-objects", 0, NULL, OPT_FLAG, AT(require_objects),
	 .help = "exit 3 when there is nothing to check"},
	{"verbose", 'v', NULL, OPT_FLAG, AT(verbose),
	 .help = "list what was left out, and why, and the CRDs that were used, on stderr"},
	SHARED_NAMESPACE("of documents that name none"),
	SHARED_NOW,
	SHARED_COLOR,
};

const struct cmd cmd_check = {
	.name = "check",
	.run = check_main,
	.operands = "PATH...",
	.operands_min = 1,
	.operands_max = SIZE_MAX,
	.opts = opts,
	.opts_len = ARRAY_LEN(opts),
	.options_size = sizeof(struct check_options),
	.defaults = &(const struct check_options){.shared = {SHARED_DEFAULTS,
							     .policy.search_upwards = true}},
	.summary = "check manifests on disk",
	.about =
		"Each PATH is a file, a folder (its *.yaml, *.yml, *.json and *.md, recursively, without .git, .terraform, node_modules and vendor) or - for stdin. What a kustomization makes of its resources is judged as kustomize builds it; files that it names elsewhere are read too. A finding stands where the value was written: in the file, or in the patch.\n\n"
		"Values of CloudNativePG's own chart 'cluster', in a HelmRelease of Flux, an Application of Argo CD or a values file, are judged as the Cluster and the ScheduledBackups that the chart makes of them; a finding stands at the value. Templates of other charts are counted. With --helm the program helm renders them: a chart folder with the values that it brings, or, where a HelmRelease or an Application of this repository installs it, with those; a finding stands in the template, at the line that writes it, if there is one such line. A chart whose dependencies are not in it is an error if it names an API group of CloudNativePG or of the plugin.\n\n"
		"The policy is --policy, else --profile, else the file that BACKUP_GUARD_POLICY names, else for each file the .backup-guard.yaml nearest above it, up to the root of its repository, else the one nearest above the current folder, else profile " POLICY_DEFAULT_PROFILE
		".\n\n"
		"In Markdown the fenced YAML of these kinds is judged where it stands, each object by itself; a warning is the most that is said of it, unless the file is named.\n\n"
		"All of it is judged together, but for files that a kustomization beside them does not list: those are judged alone. Alternatives are not held against one another: overlays of one base, and folders that define the same object. What is not there is no more than a warning where nothing of its kind is known, unless the policy says strictReferences.\n\n"
		"The namespace is that of the outermost kustomization that includes the document, or of a Flux Kustomization for its folder; else its own, that of --namespace, or of the nearest kustomization above it that names one.\n\n"
		"With several formats, the first goes to stdout and each other to FILE.json, FILE.sarif, FILE.xml (junit), FILE.md and so on.\n\n"
		"What cannot be read fails the run (exit code 3) where it may matter: in a file that names an API group of CloudNativePG or of the plugin, in a kustomization, a Flux Kustomization or an Argo CD Application, and in a Secret that one of our objects refers to. One document that cannot be read silences itself only. Anything else is counted, and listed with -v.\n\n"
		"Fields and values are held against the CRDs of CloudNativePG 1.24 to 1.30 and the plugin 0.15, as far as the policy's operatorVersion and pluginVersion say; of a newer one no unknown field is an error. --crds reads those of what runs, or is to run: with the CRDs of the next release, its manifest for example, it says what that would refuse or drop.\n\n"
		"A baseline lets a repository begin with what is wrong today: write it once, commit it, and give it to every run. Line numbers do not matter; a value that changes does. With both options it loses what no longer occurs, and gains nothing. --baseline-ref takes what is found in a revision of the repository for it, origin/main in a pull request, and adds what the change takes away: a shorter retentionPolicy, an archive that is left behind. git is run for it, without a shell, and what it stores is put into a temporary folder; paths that it has not are told, and links and submodules in it are errors.\n\n"
		"--fix changes a file only where no other remedy can be meant: a schedule of five fields, a method that is missing, a misspelt plugin or parameter, parameters that nobody reads. Nothing else in the file moves; what an alias shares or several lines hold stays.\n\n" FRAMEWORK_ABOUT
		"\n\n"
		"Exit code: 0 clean, 1 findings at --fail-on or above, 2 usage, 3 something could not be read or written (whatever was found beside it), 4 internal.",
};
