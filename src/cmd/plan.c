/* `plan`: what schedules and retention amount to. */
#include "cmd/commands.h"
#include "cmd/shared.h"

#include "base/zone.h"
#include "kube/kube.h"
#include "plan/plan.h"
#include "report/writers.h"

enum { FORMAT_TEXT, FORMAT_JSON, FORMAT_MARKDOWN, FORMAT_HTML };

struct options {
	struct shared shared;
	bool live, all;
	int64_t days;
	struct str size, churn, zone, against;
	int format;
};

static bool read_bytes(struct str text, const char *option, int64_t *out, struct err *err)
{
	return !text.ptr || plan_bytes(text, out) ||
	       err_set(err, E_VALUE, "%s: '%.*s' is no size such as 20Gi", option, STR_ARG(text));
}

/* What can be said before anything is read. */
static bool is_sound(const struct cmd_call *call, struct plan_options *out, struct err *err)
{
	const struct options *o = call->options;

	*out = (struct plan_options){
		.now = shared_now(&o->shared), .days = (int)o->days, .local = o->zone.len != 0};
	if (!shared_check_live(&o->shared, call->operands_len, o->live, o->all, err))
		return false;
	if (o->against.ptr && !o->against.len)
		return err_set(err, E_VALUE, "--against: '' is neither a folder nor a revision");
	if (o->against.len && o->live)
		return err_set(err, E_VALUE, "--against is for PATH, not for --live");
	if (o->zone.ptr && !zone_use(o->zone, err))
		return err_within(err, "--tz: '%.*s' ", STR_ARG(o->zone));
	return read_bytes(o->size, "--size", &out->size, err) &&
	       read_bytes(o->churn, "--churn", &out->churn, err);
}

static enum exit_code put_out(const struct cmd_call *call, const struct plan *p,
			      const struct report *report)
{
	static void (*const writers[])(const struct plan *, struct buf *) = {plan_text, plan_json,
									     plan_markdown};
	const struct options *o = call->options;
	struct buf text = BUF_ARENA(call->arena), told = BUF_ARENA(call->arena);

	if (o->format == FORMAT_HTML)
		plan_html(p, report, &text);
	else
		writers[o->format](p, &text);
	if (!cmd_print(buf_slice(&text)))
		return EXIT_INTERNAL;
	report_errors(&told, report, &(struct report_style){0}, false);
	if (!p->clusters_len && !report->errors.len)
		buf_text(&told, "nothing to plan: no Cluster is there\n");
	output_tell(buf_slice(&told));
	if (report->errors.len)
		return EXIT_INPUT;
	return plan_is_final(p) ? EXIT_FINDINGS : EXIT_CLEAN;
}

static enum exit_code plan_main(const struct cmd_call *call)
{
	const struct options *o = call->options;
	struct shared shared = o->shared;
	struct kube *kube CLEANUP(kube) = NULL;
	struct kube_config config;
	struct plan_input in = {.paths = call->operands, .paths_len = call->operands_len};
	struct policy *policy;
	struct report report;
	struct plan plan;
	struct err err;

	if (!is_sound(call, &in.options, &err))
		return cmd_fail(call, EXIT_USAGE, "%s", err.msg);
	if (o->live &&
	    (!kube_config_load(shared.kubeconfig, shared.context, call->arena, &config, &err) ||
	     !kube_open(&config, &kube, &err)))
		return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	shared.policy.search_upwards = !o->live;
	enum exit_code code = shared_begin(call, &shared, &report, &policy);
	if (code != EXIT_CLEAN)
		return code;
	in.policy = policy;
	in.nearest_policy = shared_policy_is_nearest(call, &shared);
	in.kube = kube;
	in.namespace = o->live ? shared_namespace(&shared, o->all, &config) : shared.namespace;
	plan_read(&in, &report, &plan);
	if (o->against.len)
		plan_against(&in, o->against, &report, &plan);
	code = put_out(call, &plan, &report);
	policy_drop(policy);
	return code;
}

static const char *const formats[] = {"text", "json", "markdown", "html", NULL};

#define AT(member) .offset = offsetof(struct options, member)

static const struct opt opts[] = {
	{"live", 0, NULL, OPT_FLAG, AT(live),
	 .help = "what is live in a cluster, with the Backups that are there, not manifests"},
	SHARED_KUBECONFIG,
	SHARED_CONTEXT,
	SHARED_NAMESPACE(
		"with --live what to look at (default: that of the context); else of documents that name none"),
	{"all-namespaces", 'A', NULL, OPT_FLAG, AT(all), .help = "look at all of them"},
	{"days", 0, "N", OPT_COUNT, AT(days), .min = 1, .max = PLAN_DAYS_MOST,
	 .help = "the days to come (default: 30)"},
	{"size", 0, "BYTES", OPT_TEXT, AT(size),
	 .help = "of a base backup as it is stored, as 20Gi: space and requests are reckoned"},
	{"churn", 0, "BYTES", OPT_TEXT, AT(churn), .help = "of WAL written in a day, as 5Gi"},
	{"tz", 0, "ZONE", OPT_TEXT, AT(zone),
	 .help = "local times, too: Europe/Berlin, and when its clocks are set"},
	{"against", 0, "DIR|REV", OPT_TEXT, AT(against),
	 .help = "what it was before: a folder, or a revision of the git repository that holds PATH"},
	{"format", 0, "NAME", OPT_CHOICE, AT(format), .choices = formats,
	 .help = "{} (default: text)"},
	SHARED_POLICY,
	SHARED_PROFILE,
	SHARED_NOW,
};

const struct cmd cmd_plan = {
	.name = "plan",
	.run = plan_main,
	.operands = "[PATH...]",
	.operands_max = SIZE_MAX,
	.opts = opts,
	.opts_len = ARRAY_LEN(opts),
	.options_size = sizeof(struct options),
	.defaults = &(const struct options){.shared = {SHARED_DEFAULTS}, .days = 30},
	.summary = "say what schedules and retention policies amount to",
	.about =
		"For each Cluster: what its ScheduledBackups do in the coming days, or why they do nothing; what is lost at worst, and how much WAL a restore replays; how many base backups are there at the end of each day, and in the long run, and how far back they reach. Starts of several Clusters in the same second in one bucket are told, with schedules that lie apart. PATH is read as check reads it, and what a Markdown file shows is planned when such a file is a PATH; with --live Clusters, ObjectStores, ScheduledBackups and Backups are listed. No bucket is asked.\n\n"
		"It is reckoned that each backup succeeds and ends when it begins, that nothing was there before (with --live: the Backups that are completed), that retention keeps the newest base backup before the edge of its window, as Barman Cloud does, and that WAL is archived at each archive_timeout, though less is where nothing is written. Space is without compression of WAL. Requests are PUTs for WAL, the parts of base backups, and what is listed and read each time that backups are pruned; each is tried once.\n\n"
		"--against tells what the change takes away: base backups that go because of a shorter retentionPolicy (counted as if the schedules had always run), an archive that is left behind, backups that are made more seldom or no more, Clusters that are gone. It reads a folder, else a revision: git is run, without a shell, and what it stores is put into a temporary folder; paths that it has not are told, and links and submodules in it are errors. What is filled in later is not known, and so is what it takes away.\n\n"
		"Examples: backup-guard plan apps/ --size 20Gi --churn 5Gi --tz Europe/Berlin; backup-guard plan apps/ --against origin/main\n\n"
		"Exit code: 0 planned, 1 the change takes away what does not come back, 2 usage, 3 something could not be read, 4 internal.",
};
