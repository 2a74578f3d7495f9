#include "engine/scope.h"

#include "base/arena.h"
#include "base/limits.h"
#include "engine/ratchet.h"
#include "rules/rule.h"
#include "rules/schedule.h"

#include <string.h>

bool scope_is_collector(struct str user)
{
	return str_is(user, "system:serviceaccount:kube-system:namespace-controller") ||
	       str_is(user, "system:serviceaccount:kube-system:generic-garbage-collector");
}

/* What the rules of a scope need is there. */
static bool is_asked(const struct judge_request *request, enum scope scope,
		     const struct rule_ctx *c, enum operation operation)
{
	if (operation == OP_DELETE)
		return scope == SCOPE_DELETE;
	switch (scope) {
	case SCOPE_OBJECT:
		return true;
	case SCOPE_REFERENCE:
	case SCOPE_BUNDLE:
		return c->view != NULL;
	case SCOPE_USERS:
		return c->view && !request->admission;
	case SCOPE_CHANGE:
		return c->old != NULL;
	case SCOPE_MANIFEST:
		return c->object->manifest;
	case SCOPE_DELETE:
		break;
	}
	return false;
}

/* The most that a finding may be where a write is judged. */
static enum severity cap(const struct policy *policy, const struct judge_request *request,
			 enum scope scope)
{
	switch (scope) {
	case SCOPE_REFERENCE:
		return policy_params(policy)->strict_references && !request->dry_run ? SEV_DENY
										     : SEV_WARN;
	case SCOPE_USERS:
		return SEV_WARN;
	case SCOPE_BUNDLE:
	case SCOPE_DELETE:
		return request->dry_run ? SEV_WARN : SEV_DENY;
	case SCOPE_OBJECT:
	case SCOPE_CHANGE:
	case SCOPE_MANIFEST:
		break;
	}
	return SEV_DENY;
}

static void settle(const struct policy *policy, const struct judge_request *request,
		   struct findings *all)
{
	for (size_t i = 0; i < all->len; i++) {
		struct finding *f = &all->items[i];

		f->severity = policy_finding_severity(policy, f->rule, f->most);
		if (f->severity != SEV_OFF && f->severity < f->least)
			f->severity = f->least;
		if (request->admission && f->severity > cap(policy, request, f->scope))
			f->severity = cap(policy, request, f->scope);
	}
}

static void ask(const struct policy *policy, const struct judge_request *request,
		struct rule_ctx *c, enum operation operation)
{
	struct archive archive = {0};
	struct schedule schedule = {0};

	if (c->object->kind == KIND_CLUSTER) {
		archive_resolve(c->object, &archive);
		c->archive = &archive;
	}
	if (c->object->kind == KIND_SCHEDULED_BACKUP) {
		schedule_examine(c, &schedule);
		c->schedule = &schedule;
	}
	for (size_t i = 0; i < rules_len; i++) {
		c->rule = &rules[i];
		if ((rules[i].kinds & c->object->kind) &&
		    is_asked(request, rules[i].scope, c, operation) &&
		    policy_severity(policy, &rules[i]) != SEV_OFF)
			rules[i].check(c);
	}
	c->archive = NULL;
	c->schedule = NULL;
}

void scope_run(const struct policy *policy, const struct judge_request *request,
	       const struct object *object, struct arena *arena, struct findings *out)
{
	struct view view = {.inventory = request->inventory, .bundle = request->bundle};
	struct rule_ctx c = {
		.object = object,
		.root = object->root,
		.view = request->inventory ? &view : NULL,
		.old = object == request->object ? request->old : NULL,
		.params = policy_params(policy),
		.now = request->now,
		.creating = request->operation == OP_CREATE,
		.out = out,
		.arena = arena,
	};

	if (request->inventory && request->admission) {
		const struct known *self = known_make(object, arena);

		if (request->operation == OP_DELETE)
			view.without = self;
		else
			view.instead = self;
	}
	ask(policy, request, &c, request->operation);
	settle(policy, request, out);
}

/* The relation in which others hold on to an object of this kind. */
static bool held_by(const struct known *k, enum relation *relation, struct str *name)
{
	*name = k->object.name;
	if (k->secret.provides) {
		*relation = REL_SECRET;
		*name = k->secret.name;
		return true;
	}
	*relation = k->object.kind == KIND_CLUSTER ? REL_CLUSTER : REL_STORE;
	return k->object.kind == KIND_CLUSTER || k->object.kind == KIND_OBJECT_STORE;
}

/* What the rules that look at others say about `holder`. */
static void run_holder(const struct policy *policy, const struct judge_request *request,
		       struct rule_ctx *c, struct findings *out)
{
	size_t kept = 0;

	c->out = out;
	ask(policy, request, c, OP_CREATE);
	settle(policy, request, out);
	for (size_t i = 0; i < out->len; i++)
		if (out->items[i].scope != SCOPE_OBJECT && out->items[i].severity != SEV_OFF)
			out->items[kept++] = out->items[i];
	out->len = kept;
}

/* The new findings of `now` about `holder`, as warnings of the object that was written. */
static void add_new(const struct object *holder, const struct findings *now,
		    const struct findings *before, struct arena *arena, struct findings *out)
{
	for (size_t i = 0; i < now->len && out->len < LIMIT_FINDINGS; i++) {
		struct finding f = now->items[i];

		if (f.severity < SEV_WARN || ratchet_was_there(before, &f))
			continue;
		f.severity = SEV_WARN;
		f.message = arena_fmt(arena, "%s %.*s: %.*s", kind_name(holder->kind),
				      STR_ARG(holder->name), STR_ARG(f.message));
		f.path = STR_EMPTY;
		*findings_append(out, arena) = f;
	}
}

void scope_run_holders(const struct policy *policy, const struct judge_request *request,
		       struct arena *arena, struct findings *out)
{
	enum relation relation;
	struct str name;
	size_t asked = 0;

	if (!request->inventory || request->operation == OP_DELETE)
		return;
	const struct known *new = known_make(request->object, arena);
	const struct known *old = request->old ? known_make(request->old, arena) : NULL;
	if (!new || !held_by(new, &relation, &name))
		return;
	struct view with = {.inventory = request->inventory, .instead = new};
	struct view without = {
		.inventory = request->inventory, .instead = old, .without = old ? NULL : new};
	struct view_iter it =
		view_each(&with, relation, KIND_OTHER, request->object->namespace, name);
	for (const struct known *k; asked < LIMIT_HOLDERS && (k = view_next(&it)); asked++) {
		struct findings now = {0}, before = {0};
		struct rule_ctx c = {.object = &k->object,
				     .root = k->object.root,
				     .view = &with,
				     .params = policy_params(policy),
				     .now = request->now,
				     .arena = arena};

		run_holder(policy, request, &c, &now);
		c.view = &without;
		run_holder(policy, request, &c, &before);
		add_new(&k->object, &now, &before, arena, out);
	}
}
