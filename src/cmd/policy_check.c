#include "cmd/policy_check.h"

#include "base/limits.h"
#include "checks/table.h"
#include "policy/policy.h"

static size_t rules_changed(const struct policy *p)
{
	size_t changed = 0;

	for (size_t i = 0; i < rules_len; i++)
		changed += policy_severity(p, &rules[i]) != rules[i].severity;
	return changed;
}

/* "F: ok, profile generic, 3 rules changed, 1 store", and what has no effect. */
static void print_summary(struct buf *out, struct str file, const struct policy *p)
{
	size_t changed = rules_changed(p), stores = policy_params(p)->stores_len;
	struct buf idle CLEANUP(buf) = {0};
	struct str rest, line;

	buf_fmt(out, "%.*s: ok, profile %.*s, %zu rule%s changed, %zu store%s\n", STR_ARG(file),
		STR_ARG(policy_profile_name(p)), changed, changed == 1 ? "" : "s", stores,
		stores == 1 ? "" : "s");
	policy_idle(p, &idle);
	rest = buf_slice(&idle);
	while (str_split(&rest, '\n', &line))
		if (line.len)
			buf_fmt(out, "%.*s: note: %.*s\n", STR_ARG(file), STR_ARG(line));
}

static enum exit_code print_errors(const struct cmd_call *call, struct str file,
				   const struct policy_errors *errors)
{
	struct buf out = BUF_ARENA(call->arena);

	for (size_t i = 0; i < errors->len; i++) {
		const struct err *e = &errors->items[i];

		buf_str(&out, file);
		if (e->line)
			buf_fmt(&out, ":%u:%u", e->line, e->column);
		buf_fmt(&out, ": error: %s\n", e->msg);
	}
	return cmd_print(buf_slice(&out)) ? EXIT_INPUT : EXIT_INTERNAL;
}

enum exit_code policy_check_file(const struct cmd_call *call)
{
	struct str file = call->operands[1], bytes;
	struct policy_errors errors;
	struct policy *p;
	struct err err;

	if (!file_read(call->arena, file, LIMIT_POLICY_BYTES, &bytes, &err))
		return cmd_fail(call, EXIT_INPUT, "%.*s: %s", STR_ARG(file), err.msg);
	if (!policy_check(bytes, call->arena, &p, &errors))
		return print_errors(call, file, &errors);
	struct buf out = BUF_ARENA(call->arena);
	print_summary(&out, file, p);
	policy_drop(p);
	return cmd_print(buf_slice(&out)) ? EXIT_CLEAN : EXIT_INTERNAL;
}
