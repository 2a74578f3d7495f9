/* Who else is asked: other webhooks that choose the same kinds, or call the same Service. */
#include "internal.h"

#include "base/program.h"

struct other_list {
	struct doctor *d;
	bool mutating;
};

static void begin_others(void *ctx)
{
	(void)ctx;
}

static bool names_our_service(const struct doctor *d, struct obj hook)
{
	struct obj service = obj_at(hook, "clientConfig.service");

	for (const struct target *t = d->targets; t; t = t->next)
		if (str_eq(obj_text(service, "name"), t->name) &&
		    str_eq(obj_text(service, "namespace"), t->namespace))
			return true;
	return false;
}

static bool wants_ours(struct obj hook)
{
	struct obj rules = obj_at(hook, "rules");

	for (struct obj r = obj_first(rules); r.node; r = obj_next(r))
		for (size_t i = 0; i < needs_len; i++)
			if (!needs[i].by_label && match_rule(r, &needs[i]))
				return true;
	return false;
}

static void each_other(void *ctx, struct obj item)
{
	const struct other_list *l = ctx;
	struct doctor *d = l->d;
	struct str name = obj_text(item, "metadata.name");
	struct obj hooks = obj_at(item, "webhooks");

	if (!l->mutating && str_eq(name, d->in->configuration))
		return;
	for (struct obj h = obj_first(hooks); h.node; h = obj_next(h)) {
		struct str where = arena_fmt(d->arena, "%.*s/%.*s", STR_ARG(name),
					     STR_ARG(obj_text(h, "name")));

		if (str_is(obj_text(h, "name"), "vbackup.cnpg.io"))
			d->cnpg =
				arena_str(d->arena, obj_text(h, "clientConfig.service.namespace"));
		if (names_our_service(d, h) && l->mutating)
			doctor_add_fix(
				doctor_add(
					d, DOCTOR_ERROR, where,
					"a mutating webhook calls the Service: it is asked about objects that others still change"),
				d, "kubectl delete mutatingwebhookconfiguration NAME");
		else if (names_our_service(d, h))
			doctor_add_fix(
				doctor_add(
					d, DOCTOR_WARN, where,
					"calls the same Service: writes are judged twice, and an outage counts twice"),
				d,
				"kubectl delete validatingwebhookconfiguration NAME - unless it selects what " PROGRAM
				" does not");
		else if (wants_ours(h))
			doctor_add(d, DOCTOR_INFO, where,
				   l->mutating ? "changes the same kinds before they are judged"
					       : "is asked about the same kinds as well");
	}
}

static void list_others(struct doctor *d, const char *path, bool mutating)
{
	struct other_list l = {d, mutating};
	const struct kube_reader reader = {.begin = begin_others, .each = each_other, .ctx = &l};
	struct kube_listed listed = {.arena = d->arena};
	struct err err;

	if (!kube_list(d->in->kube, str_from(path), &reader, &listed, &err))
		doctor_add(d, DOCTOR_INFO, NOWHERE, "%s", err.msg);
}

void doctor_others(struct doctor *d)
{
	list_others(d, ADMISSION "validatingwebhookconfigurations", false);
	list_others(d, ADMISSION "mutatingwebhookconfigurations", true);
}
