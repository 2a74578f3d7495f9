/* `policy learn`: the policy that a site follows already. */
#include "cmd/policy_words.h"

#include "base/file.h"
#include "learn/learn.h"
#include "probe/secrets.h"
#include "report/writers.h"

/* The operands, as they were written. */
static struct str from(const struct cmd_call *call)
{
	struct buf out = BUF_ARENA(call->arena);

	for (size_t i = 1; i < call->operands_len; i++)
		buf_fmt(&out, "%s%.*s", out.len ? " " : "", STR_ARG(call->operands[i]));
	return buf_slice(&out);
}

static enum exit_code put_out(const struct cmd_call *call, const struct report *report,
			      const struct learn_output *out)
{
	const struct policy_options *o = call->options;
	struct buf lines CLEANUP(buf) = {0};
	struct err err;

	report_errors(&lines, report, &(struct report_style){0}, false);
	buf_str(&lines, out->told);
	output_tell(buf_slice(&lines));
	if (report->errors.len && !out->objects)
		return EXIT_INPUT;
	if (!out->objects)
		return cmd_fail(
			call, EXIT_INPUT,
			"no Cluster, ObjectStore or ScheduledBackup is there to learn from");
	if (!out->policy.len)
		return cmd_fail(
			call, EXIT_INPUT,
			"nothing is learned: there is nothing that two objects have in common");
	if (!o->out.len && !cmd_print(out->policy))
		return EXIT_INTERNAL;
	if (o->out.len && !file_create(arena_cstr(call->arena, o->out), 0666, out->policy, &err))
		return cmd_fail(call, EXIT_INPUT, "%.*s: %s", STR_ARG(o->out), err.msg);
	return report->errors.len ? EXIT_INPUT : EXIT_CLEAN;
}

enum exit_code policy_words_learn(const struct cmd_call *call)
{
	const struct policy_options *o = call->options;
	struct probe_live live = {
		.file = o->shared.kubeconfig, .context = o->shared.context, .arena = call->arena};
	struct report report = {.arena = call->arena, .version = STR(PROGRAM_VERSION)};
	struct learn_input in = {.paths = call->operands + 1,
				 .paths_len = call->operands_len - 1,
				 .namespace = o->shared.namespace,
				 .from = from(call),
				 .now = shared_now(&o->shared)};
	struct learn_output out;
	struct err err;

	if (!shared_check_live(&o->shared, in.paths_len, o->live, o->all, &err))
		return cmd_fail(call, EXIT_USAGE, "learn: %s", err.msg);
	if (o->live) {
		if (!probe_live_open(&live, &err))
			return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
		in.kube = live.kube;
		in.namespace = shared_namespace(&o->shared, o->all, &live.config);
		in.from = arena_fmt(call->arena, "--live (%.*s)",
				    STR_ARG(shared_where(call->arena, in.namespace, &live.config)));
	}
	learn_run(&in, &report, &out);
	kube_close(live.kube);
	return put_out(call, &report, &out);
}
