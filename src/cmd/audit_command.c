#include "cmd/audit_command.h"

#include "audit/audit.h"
#include "base/limits.h"
#include "check/baseline.h"
#include "cmd/progress.h"
#include "probe/secrets.h"

/* Named twice it is one. */
static void keep_each_once(struct opt_texts *names)
{
	size_t len = 0;

	for (size_t i = 0, k; i < names->len; i++) {
		for (k = 0; k < len && !str_eq(names->items[k], names->items[i]);)
			k++;
		names->items[k] = names->items[i];
		len += k == len;
	}
	names->len = len;
}

static const char *contradiction(const struct audit_options *o)
{
	if (o->all && o->shared.namespace.len)
		return "--namespace and --all-namespaces exclude each other";
	if (o->all_contexts && o->contexts.len)
		return "--context and --all-contexts exclude each other";
	if (o->stores && o->no_secrets)
		return "--stores needs the keys that Secrets hold, and --no-secrets reads none";
	if (o->stores && (o->all_contexts || o->contexts.len > 1))
		return "--stores asks the stores of one cluster: name one context";
	return NULL;
}

static struct audit_input input(const struct audit_options *o, const struct policy *policy,
				int64_t now, struct progress *lists)
{
	return (struct audit_input){
		.policy = policy,
		.namespace = o->shared.namespace,
		.now = now,
		.secrets = !o->no_secrets,
		.progress = progress_of_lists(lists),
	};
}

static bool audit_one(const struct audit_options *o, const struct policy *policy,
		      struct report *report, struct baseline_live *live, struct err *err)
{
	struct kube *kube CLEANUP(kube) = NULL;
	struct str context = o->contexts.len ? o->contexts.items[0] : STR_EMPTY;
	struct progress lists, progress;
	struct audit_input in = input(o, policy, report->now, &lists);
	struct kube_config config;

	if (!kube_config_load(o->shared.kubeconfig, context, report->arena, &config, err) ||
	    !kube_open(&config, &kube, err))
		return false;
	struct probe_live asked = {.config = config, .kube = kube};
	const struct probe_options stores = {.secrets = {probe_live_read, &asked},
					     .progress = progress_of_stores(&progress)};
	in.kube = kube;
	in.stores = o->stores ? &stores : NULL;
	in.namespace = shared_namespace(&o->shared, o->all, &config);
	report->where = shared_where(report->arena, in.namespace, &config);
	report->context = config.context;
	*live = (struct baseline_live){.contexts = &report->context,
				       .contexts_len = report->context.len != 0,
				       .namespace = in.namespace,
				       .all = o->all};
	audit_run(&in, report);
	if (o->publish)
		audit_publish(&in, report);
	return true;
}

static bool audit_several(const struct audit_options *o, const struct policy *policy,
			  struct report *report, struct baseline_live *live, struct err *err)
{
	struct progress lists;
	struct audit_fleet fleet = {.like = input(o, policy, report->now, &lists),
				    .all = o->all,
				    .publish = o->publish,
				    .kubeconfig = o->shared.kubeconfig,
				    .contexts = o->contexts.items,
				    .contexts_len = o->contexts.len};
	struct str namespace = fleet.like.namespace;

	if (o->all_contexts && !kube_config_contexts(fleet.kubeconfig, true, report->arena,
						     &fleet.contexts, &fleet.contexts_len, err))
		return false;
	report->where =
		arena_fmt(report->arena, "%s%.*s%s%zu context%s", namespace.len ? "namespace " : "",
			  STR_ARG(namespace), namespace.len ? " of " : "", fleet.contexts_len,
			  fleet.contexts_len == 1 ? "" : "s");
	fleet.same = ARENA_ARRAY(report->arena, struct str, fleet.contexts_len + 1);
	*live = (struct baseline_live){fleet.contexts, fleet.contexts_len, fleet.same, namespace,
				       o->all};
	audit_fleet(&fleet, report);
	return true;
}

/* Whatever goes wrong before the lists, who monitors reads stdout alone. */
static bool look(const struct audit_options *o, const struct policy *policy, struct report *report,
		 struct baseline_live *live, struct err *err)
{
	bool several = o->all_contexts || o->contexts.len > 1;

	if ((several ? audit_several : audit_one)(o, policy, report, live, err))
		return true;
	if (!output_is_state(&o->shared.output))
		return false;
	report_add_error(report, STR_EMPTY, err, STR_EMPTY);
	return true;
}

static enum exit_code finish(const struct cmd_call *call, struct baseline *baseline,
			     const struct baseline_live *live, struct report *report)
{
	const struct audit_options *o = call->options;
	struct shared shared = o->shared;
	enum exit_code code = EXIT_CLEAN;
	struct err err;

	shared_tell_empty(report, !o->all);
	framework_judge(report);
	report->baseline = o->baseline.len ? o->baseline : o->write_baseline;
	if (baseline && baseline_is_of_others(baseline, live))
		fprintf(stderr,
			"%s: %.*s says nothing of %.*s: its entries are of another context, or of none\n",
			cmd_program(), STR_ARG(o->baseline), STR_ARG(report->where));
	if (baseline)
		baseline_apply_live(baseline, live, report);
	if (o->write_baseline.len)
		code = shared_write_baseline(call, o->write_baseline, baseline, false, report);
	if (!output_page(&shared.output, report, &err))
		code = cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	shared.output.layout.most = LIMIT_SHOWN;
	enum exit_code told = shared_finish(call, &shared, report);
	return code == EXIT_CLEAN ? told : code;
}

enum exit_code audit_command(const struct cmd_call *call)
{
	struct audit_options options = *(const struct audit_options *)call->options, *o = &options;
	struct baseline *baseline = NULL;
	struct baseline_live live = {0};
	struct policy *policy;
	struct report report;
	struct err err;

	keep_each_once(&options.contexts);
	const char *wrong = contradiction(o);
	if (!output_check(&o->shared.output, call->arena, o->baseline, o->write_baseline, &err))
		return cmd_fail(call, EXIT_USAGE, "%s", err.msg);
	if (wrong)
		return cmd_fail(call, EXIT_USAGE, "%s", wrong);
	if (o->baseline.len && !baseline_read(call->arena, o->baseline, &baseline, &err))
		return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	enum exit_code code = shared_begin(call, &o->shared, &report, &policy);
	if (code != EXIT_CLEAN)
		return code;
	report.now = shared_now(&o->shared);
	code = look(o, policy, &report, &live, &err) ? finish(call, baseline, &live, &report)
						     : cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	policy_drop(policy);
	return code;
}
