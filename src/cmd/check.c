#include "cmd/cmd.h"

#include "base/clock.h"
#include "cmd/commands.h"

#include "cmd/baseline.h"
#include "check/check.h"
#include "input/files.h"
#include "check/fix.h"
#include "cmd/output.h"
#include "policy/source.h"

struct options {
	struct str policy, profile, namespace;
	struct str baseline, write_baseline;
	int64_t now;
	int fail_on;
	bool fix, diff, quiet;
	struct output output;
};

/* In the order of `fail_on_words`. */
static const enum severity fail_on[] = {SEV_DENY, SEV_WARN, SEV_INFO, SEV_OFF};
static const char *const fail_on_words[] = {"deny", "warn", "info", "never", NULL};

#define NOT_GIVEN INT64_MIN

/* Lines for people stand above a report for people; above any other they would break it. */
static bool tell_above(const struct output *o)
{
	struct str rest = o->formats, first;

	str_split(&rest, ',', &first);
	return report_format_find(first)->layout && (rest.ptr || !o->file.len);
}

static bool fix(const struct options *o, struct check_input *in, struct report *report)
{
	CLEANUP(fix) struct fix *f = fix_new(report->arena);
	struct buf lines CLEANUP(buf) = {0}, diff CLEANUP(buf) = {0};

	fix_run(f, in, !o->diff, report);
	fix_tell(f, &lines);
	if (o->diff) {
		fix_diff(f, report, &diff);
		report_errors(&lines, report, &(struct report_style){0}, false);
	}
	bool above = !o->diff && tell_above(&o->output);
	if (lines.len && !above)
		fwrite(lines.ptr, 1, lines.len, stderr);
	return (!lines.len || !above || cmd_print(buf_slice(&lines))) &&
	       (!diff.len || cmd_print(buf_slice(&diff)));
}

/* What could not be read has findings of its own: they must not be missing in a baseline. */
static enum exit_code write_baseline(const struct cmd_call *call, const struct baseline *old,
				     struct report *r)
{
	const struct options *o = call->options;
	struct err err;
	size_t len;

	if (r->errors.len)
		return cmd_fail(call, EXIT_INPUT,
				"%.*s is not written: not every file was readable",
				STR_ARG(o->write_baseline));
	if (!baseline_write(o->write_baseline, old, r, &len, &err))
		return cmd_fail(call, EXIT_INTERNAL, "%s", err.msg);
	if (!o->quiet)
		fprintf(stderr, "%s: %zu finding%s in %.*s\n", cmd_program(), len,
			len == 1 ? "" : "s", STR_ARG(o->write_baseline));
	return EXIT_CLEAN;
}

static enum exit_code tell(const struct cmd_call *call, struct report *r)
{
	const struct options *o = call->options;
	enum severity severity = fail_on[o->fail_on];
	struct err err;

	if (o->quiet)
		report_quieten(r, severity);
	if (!o->diff && !output_write(&o->output, r, &err))
		return cmd_fail(call, EXIT_INTERNAL, "%s", err.msg);
	if (r->errors.len)
		return EXIT_INPUT;
	return report_reaches(r, severity) ? EXIT_FINDINGS : EXIT_CLEAN;
}

static enum exit_code run(const struct cmd_call *call, const struct policy *policy,
			  struct report *report)
{
	const struct options *o = call->options;
	struct baseline *baseline = NULL;
	enum exit_code code = EXIT_CLEAN;
	struct err err;

	report->baseline = o->baseline.len ? o->baseline : o->write_baseline;
	if (o->baseline.len && !baseline_read(call->arena, o->baseline, &baseline, &err))
		return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	struct check_input in = {
		.policy = policy,
		.paths = call->operands,
		.paths_len = call->operands_len,
		.namespace = o->namespace,
		.now = o->now == NOT_GIVEN ? clock_utc() : o->now,
	};
	if (!o->fix)
		check_run(&in, report);
	else if (!fix(o, &in, report))
		return EXIT_INTERNAL;
	if (baseline)
		baseline_apply(baseline, in.paths, in.paths_len, report);
	if (o->write_baseline.len)
		code = write_baseline(call, baseline, report);
	enum exit_code told = tell(call, report);
	return code == EXIT_CLEAN ? told : code;
}

static enum exit_code check_main(const struct cmd_call *call)
{
	const struct options *o = call->options;
	struct policy_source source = {
		.file = o->policy, .profile = o->profile, .search_upwards = true};
	struct report report = {.arena = call->arena, .version = STR(PROGRAM_VERSION)};
	struct policy *policy;
	struct err err;

	if (o->diff && !o->fix)
		return cmd_fail(call, EXIT_USAGE,
				"--diff shows what --fix would change: give both");
	if (o->diff && o->output.file.len)
		return cmd_fail(call, EXIT_USAGE, "--diff goes to stdout, without a report");
	if (!output_check(&o->output, &err))
		return cmd_fail(call, EXIT_USAGE, "%s", err.msg);
	policy_source_settle(&source, call->arena);
	if (!policy_source_load(source, call->arena, &policy, &report.policy, &err))
		return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	report.profile = policy_profile_name(policy);
	report.here = files_here(call->arena);
	report.keep_objects = output_lists_objects(&o->output);
	report.policy_is_default = !o->policy.len && !o->profile.len && source.profile.len;
	enum exit_code code = run(call, policy, &report);
	policy_drop(policy);
	return code;
}

#define AT(member) offsetof(struct options, member)

static const struct opt opts[] = {
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
	 .help = "text (default), compact, json, jsonl, sarif, junit, github, gitlab, markdown"},
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
	{.name = "fix",
	 .type = OPT_FLAG,
	 .offset = AT(fix),
	 .help = "change the files where the remedy is certain; report what remains"},
	{.name = "diff",
	 .type = OPT_FLAG,
	 .offset = AT(diff),
	 .help = "with --fix: change nothing, print the changes as a diff"},
	{.name = "baseline",
	 .arg = "FILE",
	 .type = OPT_TEXT,
	 .offset = AT(baseline),
	 .help = "what was found when it was written neither fails nor is shown"},
	{.name = "write-baseline",
	 .arg = "FILE",
	 .type = OPT_TEXT,
	 .offset = AT(write_baseline),
	 .help = "write what is found there; with --baseline, only what that has already"},
	{.name = "quiet",
	 .letter = 'q',
	 .type = OPT_FLAG,
	 .offset = AT(quiet),
	 .help = "only what is at --fail-on or above, and silence when nothing is"},
	{.name = "namespace",
	 .letter = 'n',
	 .arg = "NAME",
	 .type = OPT_TEXT,
	 .offset = AT(namespace),
	 .help = "of documents that name none"},
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

const struct cmd cmd_check = {
	.name = "check",
	.run = check_main,
	.operands = "PATH...",
	.operands_min = 1,
	.operands_max = SIZE_MAX,
	.opts = opts,
	.opts_len = ARRAY_LEN(opts),
	.options_size = sizeof(struct options),
	.defaults = &defaults,
	.summary = "check manifests on disk",
	.about =
		"Each PATH is a file, a folder (its *.yaml, *.yml and *.json, recursively, without .git) or\n- for stdin. Helm templates are counted, not judged; of\nkustomize patches what they say is judged, not what they lack: pipe what\n'helm template' or 'kustomize build' print.\n"
		"\n"
		"The policy is --policy, else --profile, else the file that BACKUP_GUARD_POLICY names, else\n.backup-guard.yaml in the current folder or the nearest one above, else profile homelab.\n"
		"\n"
		"All of it is judged together. Alternatives are not held against one another: overlays of one\nbase, and folders that define the same object. What is not there is no more than a warning where\nnothing of its kind is known, unless the policy says strictReferences.\n"
		"\n"
		"The namespace is that of the outermost kustomization that includes the document, or of a Flux\nKustomization for its folder; else its own, that of --namespace, or of the nearest\nkustomization above it that names one.\n"
		"\n"
		"With several formats, the first goes to stdout and each other to FILE.json, FILE.sarif,\nFILE.xml (junit), FILE.md and so on.\n"
		"\n"
		"A baseline lets a repository begin with what is wrong today: write it once, commit it, and\ngive it to every run. Line numbers do not matter; a value that changes does. With both\noptions it loses what no longer occurs, and gains nothing.\n"
		"\n"
		"--fix changes a file only where no other remedy can be meant: a schedule of five fields, a\nmethod that is missing, a misspelt plugin or parameter, parameters that nobody reads.\nNothing else in the file moves; what an alias shares or several lines hold stays.\n"
		"\n"
		"Exit code: 0 clean, 1 findings at --fail-on or above, 2 usage, 3 something could not be\nread (whatever was found beside it), 4 internal.",
};
