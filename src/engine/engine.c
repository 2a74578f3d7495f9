#include "engine/engine.h"

#include "base/arena.h"
#include "engine/ratchet.h"
#include "engine/scope.h"
#include "rules/exemption.h"
#include "rules/rule.h"

#include <string.h>

static bool speaks(const struct findings *all, const char *id, enum severity least)
{
	for (size_t i = 0; i < all->len; i++)
		if (all->items[i].severity >= least && strcmp(all->items[i].rule->id, id) == 0)
			return true;
	return false;
}

/* Two rules that would say the same: the superseding one speaks. Unless it says it more softly: a
 * profile that lowers it, or an exemption from it, must not hide a denial. */
static void drop_superseded(struct findings *all, struct arena *arena)
{
	if (!all->len)
		return;
	struct findings kept = {.items = ARENA_ARRAY(arena, struct finding, all->len + 1),
				.dropped = all->dropped};

	for (size_t i = 0; i < all->len; i++) {
		const char *by = all->items[i].rule->superseded_by;

		if (!by || !speaks(all, by, all->items[i].severity))
			kept.items[kept.len++] = all->items[i];
	}
	*all = kept;
}

static void lower(struct findings *all, enum severity most)
{
	for (size_t i = 0; i < all->len; i++)
		if (all->items[i].severity > most)
			all->items[i].severity = most;
}

/* Moves what the annotation of `object` allows from `all` to `exempted`. */
static void exempt_by_annotation(const struct policy *policy, const struct object *object,
				 int64_t now, struct findings *all, struct findings *exempted,
				 struct arena *arena)
{
	const struct rule *last = NULL; /* findings of one rule stand together, the list is long */
	struct exemption e;
	bool covered = false;
	size_t kept = 0;

	exemption_read(object, now, &e);
	if (e.state != EXEMPTION_IN_FORCE || policy_params(policy)->annotations_forbidden)
		return;
	exempted->items = ARENA_ARRAY(arena, struct finding, all->len + 1);
	for (size_t i = 0; i < all->len; i++) {
		if (all->items[i].rule != last)
			covered = exemption_covers(&e, all->items[i].rule->id);
		last = all->items[i].rule;
		if (covered) {
			all->items[i].exempted_by = e.reason;
			exempted->items[exempted->len++] = all->items[i];
		} else {
			all->items[kept++] = all->items[i];
		}
	}
	all->len = kept;
}

/* Severest first, else in the order of the table; at most LIMIT_FINDINGS of a rule, so insertion is
 * fine. */
static void sort(struct findings *all)
{
	for (size_t i = 1; i < all->len; i++) {
		struct finding f = all->items[i];
		size_t at = i;

		for (; at && all->items[at - 1].severity < f.severity; at--)
			all->items[at] = all->items[at - 1];
		all->items[at] = f;
	}
}

/* Anybody can write a label or an owner: where the writer is known it must be the operator. */
static bool is_from_schedule(const struct policy *policy, const struct judge_request *request)
{
	return object_is_from_schedule(request->object) &&
	       (!request->admission || policy_is_operator(policy, request->user));
}

/* Finalizers must go. Nothing new is being deleted, whatever it says: the API server clears that.
 */
static bool is_terminating(const struct judge_request *request)
{
	if (request->admission && request->operation == OP_CREATE)
		return false;
	return object_is_terminating(request->old ? request->old : request->object);
}

/* What needs no rule; VERDICT_JUDGED when rules must be asked. */
static enum verdict_reason shortcut(const struct policy *policy,
				    const struct judge_request *request, struct arena *arena,
				    struct verdict *out)
{
	const struct object *o = request->object;
	struct policy_subject subject = {
		.namespace = o->namespace,
		.labels = obj_at(o->root, "metadata.labels"),
		.user = request->user,
		.groups = request->groups,
		.groups_len = request->groups_len,
	};

	if (o->kind == KIND_OTHER)
		return VERDICT_OTHER_KIND;
	if (request->operation == OP_DELETE &&
	    (!request->inventory || scope_is_collector(request->user)))
		return VERDICT_DELETE;
	if (is_from_schedule(policy, request))
		return VERDICT_FROM_SCHEDULE;
	if (is_terminating(request))
		return VERDICT_TERMINATING;
	if (request->old && ratchet_unchanged(request->old, o))
		return VERDICT_UNCHANGED;
	if (policy_exempts(policy, &subject, arena, &out->exempted_by))
		return VERDICT_EXEMPT;
	return VERDICT_JUDGED;
}

void engine_judge(const struct policy *policy, const struct judge_request *request,
		  struct arena *arena, struct verdict *out)
{
	struct findings *all = &out->findings;

	*out = (struct verdict){.allowed = true};
	out->reason = shortcut(policy, request, arena, out);
	if (out->reason != VERDICT_JUDGED)
		return;

	scope_run(policy, request, request->object, arena, all);
	if (all->len && request->old) {
		struct findings before = {0}, allowed = {0};

		scope_run(policy, request, request->old, arena, &before);
		exempt_by_annotation(policy, request->old, request->now, &before, &allowed, arena);
		ratchet_lower(all, &before, arena);
	}
	if (request->admission)
		scope_run_holders(policy, request, arena, all);
	exempt_by_annotation(policy, request->object, request->now, all, &out->exempted, arena);
	drop_superseded(all, arena);
	if (policy_is_operator(policy, request->user))
		lower(all, SEV_WARN);
	enum policy_mode mode = policy_mode(policy, request->object->namespace);
	if (mode < request->softened)
		mode = request->softened;
	if (mode == MODE_WARN)
		lower(all, SEV_WARN);
	out->audit_only = mode == MODE_AUDIT;
	sort(all);
	out->allowed = out->audit_only || !verdict_count(out, SEV_DENY);
}

size_t verdict_count(const struct verdict *v, enum severity s)
{
	size_t count = 0;

	for (size_t i = 0; i < v->findings.len; i++)
		count += v->findings.items[i].severity == s;
	return count;
}
