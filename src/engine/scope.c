#include "engine/scope.h"

#include "base/arena.h"
#include "base/limits.h"
#include "checks/table.h"
#include "engine/ratchet.h"
#include "rules/exemption.h"
#include "facts/schedule.h"

#include <string.h>

bool scope_is_collector(struct str user)
{
	return str_is(user, "system:serviceaccount:kube-system:namespace-controller") ||
	       str_is(user, "system:serviceaccount:kube-system:generic-garbage-collector");
}

/* What the rule needs is there. */
static bool is_asked(const struct judge_request *request, const struct rule *rule,
		     const struct rule_ctx *c, enum operation operation)
{
	if (request->buckets_alone && rule->scope != SCOPE_BUCKET)
		return false;
	if (operation == OP_DELETE)
		return rule->scope == SCOPE_DELETE;
	switch (rule->scope) {
	case SCOPE_OBJECT:
		return true;
	case SCOPE_REFERENCE:
	case SCOPE_BUNDLE:
		return c->view != NULL;
	case SCOPE_USERS:
		return c->view && !request->admission;
	case SCOPE_CHANGE:
		return c->old != NULL;
	case SCOPE_LIVE:
		return c->backups != NULL;
	case SCOPE_BUCKET:
		return (c->probes || (rule->live_too && c->backups)) && !request->admission;
	case SCOPE_MANIFEST:
		return c->object->manifest;
	case SCOPE_DELETE:
		return rule->update_too && c->old && c->view;
	}
	return false;
}

/* The most that a finding may be where a write is judged. What is watched is known as it is; what
 * was looked up some time ago may have been put right since, and whoever did so must not be
 * refused. */
static enum severity cap(const struct policy *policy, const struct judge_request *request,
			 const struct finding *f)
{
	if (f->looked_up)
		return SEV_WARN;
	switch (f->scope) {
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
	case SCOPE_LIVE:
	case SCOPE_BUCKET:
	case SCOPE_MANIFEST:
		break;
	}
	return SEV_DENY;
}

static void settle(const struct policy *policy, const struct judge_request *request,
		   struct findings *all)
{
	/* nobody applies it, as far as is seen: what is wrong in it does no harm yet */
	bool left_out = request->object->left_out_by.len;

	for (size_t i = 0; i < all->len; i++) {
		struct finding *f = &all->items[i];

		if (left_out)
			finding_at_most(f, SEV_WARN);
		f->severity = policy_finding_severity(policy, f->rule, f->most);
		if (f->unsure && f->severity > f->most)
			f->severity = f->most;
		if (f->severity != SEV_OFF && f->severity < f->least && !left_out)
			f->severity = f->least;
		if (request->admission && f->severity > cap(policy, request, f))
			f->severity = cap(policy, request, f);
	}
}

/* What the rule finds rests on all that it was told. */
static void check(const struct rule_ctx *c)
{
	bool none = false, *looked_up = c->view && c->view->looked_up ? c->view->looked_up : &none;
	size_t before = c->out->len;

	*looked_up = false;
	c->rule->check(c);
	for (size_t i = before; i < c->out->len; i++)
		c->out->items[i].looked_up = *looked_up;
}

/* What several rules ask of an object. */
struct examined {
	struct archive archive;
	struct schedule schedule;
};

/* `known` (may be NULL) is what is known of it already. */
static void examine(struct rule_ctx *c, const struct known *known, struct examined *e)
{
	if (known) {
		c->archive = known->archive;
	} else if (c->object->kind == KIND_CLUSTER) {
		archive_resolve(c->object, &e->archive);
		c->archive = &e->archive;
	}
	if (c->object->kind == KIND_SCHEDULED_BACKUP) {
		schedule_begin(c, &e->schedule);
		c->schedule = &e->schedule;
	}
}

static void ask_one(const struct policy *policy, const struct judge_request *request,
		    struct rule_ctx *c, const struct rule *rule, enum operation operation)
{
	c->rule = rule;
	if ((rule->kinds & c->object->kind) && (rule->partial || !c->object->part) &&
	    is_asked(request, rule, c, operation) && policy_severity(policy, rule) != SEV_OFF)
		check(c);
}

static void ask(const struct policy *policy, const struct judge_request *request,
		struct rule_ctx *c, enum operation operation)
{
	for (size_t i = 0; i < rules_len; i++)
		ask_one(policy, request, c, &rules[i], operation);
}

void scope_run(const struct policy *policy, const struct judge_request *request,
	       const struct object *object, struct arena *arena, struct findings *out)
{
	bool looked_up = false;
	struct examined examined = {0};
	struct view view = {.inventory = request->inventory,
			    .bundle = request->bundle,
			    .looked_up = &looked_up};
	struct rule_ctx c = {
		.object = object,
		.root = object->root,
		.view = request->inventory ? &view : NULL,
		.old = object == request->object ? request->old : NULL,
		.params = policy_params(policy),
		.backups = request->backups,
		.probes = request->probes,
		.schema = request->schema,
		.now = request->now,
		.creating = request->operation == OP_CREATE,
		.out = out,
		.arena = arena,
	};

	const struct known *self = NULL;

	if (request->inventory && request->admission) {
		self = known_make(object, arena);
		if (request->operation == OP_DELETE)
			view.without = self;
		else
			view.instead = self;
	}
	examine(&c, self, &examined);
	ask(policy, request, &c, request->operation);
	settle(policy, request, out);
}

/* Those that hold on to `k`. Not the Backups of a Cluster: each is one attempt, there may be
 * thousands, and their schedule is judged. */
static bool holders_of(const struct view *v, const struct known *k, struct view_iter *it)
{
	struct str namespace = k->object.namespace, name = k->object.name;

	if (k->secret.provides)
		*it = view_each(v, REL_SECRET, KIND_OTHER, namespace, k->secret.name);
	else if (k->object.kind == KIND_CLUSTER)
		*it = view_each(v, REL_CLUSTER, KIND_SCHEDULED_BACKUP, namespace, name);
	else if (k->object.kind == KIND_OBJECT_STORE)
		*it = view_each(v, REL_STORE, KIND_OTHER, namespace, name);
	else
		return false;
	return true;
}

/* Nobody asks about it: it goes, or the policy leaves it alone. */
static bool is_left_alone(const struct policy *policy, const struct object *holder,
			  struct arena *arena)
{
	struct policy_subject subject = {.namespace = holder->namespace,
					 .labels = obj_at(holder->root, "metadata.labels")};
	struct str why;

	return object_is_terminating(holder) || policy_exempts(policy, &subject, arena, &why);
}

struct write {
	const struct policy *policy;
	const struct judge_request *request;
	struct arena *arena;
	struct view after, before;
	size_t asked; /* holders; of all together at most LIMIT_HOLDERS */
};

/* Of what was found about a holder: what others have to do with, if it is `least` or more. */
static void keep_severe(const struct write *w, enum severity least, struct findings *out)
{
	size_t kept = 0;

	settle(w->policy, w->request, out);
	for (size_t i = 0; i < out->len; i++)
		if (out->items[i].scope != SCOPE_OBJECT && out->items[i].severity >= least)
			out->items[kept++] = out->items[i];
	out->len = kept;
}

/* The rules that others have to do with. */
static void ask_beside(const struct write *w, struct rule_ctx *c)
{
	for (size_t i = 0; i < rules_len; i++)
		if (rules[i].scope != SCOPE_OBJECT || rules[i].helped)
			ask_one(w->policy, w->request, c, &rules[i], OP_CREATE);
}

/* What it was before, by the rules that find something now: the findings of a rule stand together.
 */
static void run_before(const struct write *w, struct rule_ctx *c, const struct findings *now)
{
	c->view = &w->before;
	for (size_t i = 0; i < now->len; i++) {
		if (c->rule == now->items[i].rule)
			continue;
		c->rule = now->items[i].rule;
		check(c);
	}
	keep_severe(w, SEV_INFO, c->out);
}

/* The new findings of `now` about `holder`, as warnings of the object that was written. */
static void add_new(const struct rule_ctx *c, const struct findings *now,
		    const struct findings *before, struct findings *out)
{
	const struct object *holder = c->object;
	struct exemption e;

	exemption_read(holder, c->now, &e);
	for (size_t i = 0; i < now->len && out->len < LIMIT_FINDINGS; i++) {
		struct finding f = now->items[i];

		if (ratchet_was_there(before, &f) ||
		    (!c->params->annotations_forbidden && exemption_covers(&e, f.rule->id)))
			continue;
		f.severity = SEV_WARN;
		f.message = arena_fmt(c->arena, "%s %.*s: %.*s", kind_name(holder->kind),
				      STR_ARG(holder->name), STR_ARG(f.message));
		f.path = STR_EMPTY;
		*findings_append(out, c->arena) = f;
	}
}

static void judge_holders_of(struct write *w, const struct known *k, struct findings *out)
{
	struct view_iter it;

	if (!holders_of(&w->after, k, &it))
		return;
	for (const struct known *h; w->asked < LIMIT_HOLDERS && (h = view_next(&it)); w->asked++) {
		struct findings now = {0}, before = {0};
		struct examined examined = {0};
		struct rule_ctx c = {.object = &h->object,
				     .root = h->object.root,
				     .view = &w->after,
				     .params = policy_params(w->policy),
				     .now = w->request->now,
				     .creating = true, /* its status tells if it has started */
				     .out = &now,
				     .arena = w->arena};

		if (is_left_alone(w->policy, &h->object, w->arena))
			continue;
		examine(&c, h, &examined);
		ask_beside(w, &c);
		keep_severe(w, SEV_WARN, &now);
		if (!now.len)
			continue;
		c.out = &before;
		c.rule = NULL;
		run_before(w, &c, &now);
		add_new(&c, &now, &before, out);
	}
}

void scope_run_holders(const struct policy *policy, const struct judge_request *request,
		       struct arena *arena, struct findings *out)
{
	struct write w = {.policy = policy, .request = request, .arena = arena};

	if (!request->inventory || request->operation == OP_DELETE)
		return;
	const struct known *new = known_make(request->object, arena);
	const struct known *old = request->old ? known_make(request->old, arena) : NULL;
	w.after = (struct view){
		.inventory = request->inventory, .instead = new, .without = new ? NULL : old};
	w.before = (struct view){
		.inventory = request->inventory, .instead = old, .without = old ? NULL : new};
	if (new)
		judge_holders_of(&w, new, out);
	/* an ExternalSecret that makes another Secret now, or none */
	if (old && old->secret.provides && (!new || !str_eq(old->secret.name, new->secret.name)))
		judge_holders_of(&w, old, out);
}
