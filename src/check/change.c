/* What the rules of a change say of an object that was another before. */
#include "internal.h"

#include "rules/rule.h"

bool change_judge(const struct check_before *before, const struct policy *policy,
		  struct judge_request request, struct arena *scratch, struct verdict *out)
{
	size_t kept = 0;

	if (!before->find || !(request.old = before->find(before->ctx, request.object)))
		return false;
	request.operation = OP_UPDATE;
	engine_judge(policy, &request, scratch, out);
	for (size_t i = 0; i < out->findings.len; i++)
		if (out->findings.items[i].rule->scope == SCOPE_CHANGE)
			out->findings.items[kept++] = out->findings.items[i];
	out->findings.len = kept;
	out->exempted.len = 0;
	return kept != 0;
}
