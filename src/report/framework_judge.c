/* What rules have found of each Cluster, its schedules and its store, and what that and the facts
 * amount to. */
#include "framework_internal.h"

#include "rules/rule.h"

#include <stdlib.h>
#include <string.h>

struct framework_found {
	const struct finding *finding; /* NULL: the policy takes the object out as a whole */
	bool exempted;
	struct framework_found *next;
};

/* An object that says something of a Cluster. */
struct key {
	struct str kind, context, namespace, name;
	struct framework_cluster *cluster;
};

static int compare(const void *left, const void *right)
{
	const struct key *a = left, *b = right;
	int by = str_cmp(a->kind, b->kind);

	by = by ? by : str_cmp(a->context, b->context);
	by = by ? by : str_cmp(a->namespace, b->namespace);
	return by ? by : str_cmp(a->name, b->name);
}

struct keys {
	struct key *items;
	size_t len;
};

static void add(struct keys *all, const char *kind, struct framework_object o,
		struct framework_cluster *c)
{
	if (o.name.len)
		all->items[all->len++] =
			(struct key){str_from(kind), c->context, o.namespace, o.name, c};
}

static struct keys keys_of(const struct report *r)
{
	struct keys all = {0};
	size_t most = 0;

	for (const struct framework_cluster *c = r->framed.first; c; c = c->next)
		most += 2 + c->schedules_len;
	all.items = ARENA_ARRAY(r->arena, struct key, most + 1);
	for (struct framework_cluster *c = r->framed.first; c; c = c->next) {
		add(&all, "Cluster", (struct framework_object){c->namespace, c->name}, c);
		add(&all, "ObjectStore", c->store, c);
		for (size_t i = 0; i < c->schedules_len; i++)
			add(&all, "ScheduledBackup", c->schedules[i], c);
	}
	qsort(all.items, all.len, sizeof *all.items, compare);
	return all;
}

static void note(struct arena *a, const struct keys *all, const struct key *object,
		 struct framework_found found)
{
	const struct key *k = bsearch(object, all->items, all->len, sizeof *k, compare);

	while (k && k > all->items && compare(k - 1, object) == 0)
		k--;
	for (; k && k < all->items + all->len && compare(k, object) == 0; k++) {
		struct framework_found *kept = ARENA_NEW(a, struct framework_found);

		*kept = found;
		kept->next = k->cluster->found;
		k->cluster->found = kept;
	}
}

static void note_list(struct report *r, const struct keys *all, const struct report_findings *list,
		      bool exempted)
{
	for (size_t i = 0; i < list->len; i++) {
		const struct report_finding *f = &list->items[i];
		const struct key object = {f->kind, f->context, f->namespace, f->name, NULL};

		note(r->arena, all, &object, (struct framework_found){&f->finding, exempted, NULL});
	}
}

static void note_all(struct report *r, const struct keys *all)
{
	note_list(r, all, &r->findings, false);
	note_list(r, all, &r->exempted, true);
	for (size_t i = 0; i < r->exempt_objects.len; i++) {
		const struct report_exempt *e = &r->exempt_objects.items[i];
		const struct key object = {e->kind, e->context, e->namespace, e->name, NULL};

		note(r->arena, all, &object, (struct framework_found){NULL, true, NULL});
	}
}

/* Of two of one name, as of two overlays, the worse counts. */
static void merge(const struct keys *all)
{
	for (size_t i = 1; i < all->len; i++) {
		struct framework_cluster *a = all->items[i - 1].cluster, *b = all->items[i].cluster;

		if (!str_is(all->items[i].kind, "Cluster") ||
		    compare(&all->items[i - 1], &all->items[i]) != 0)
			continue;
		for (int fact = 0; fact < FACTS; fact++)
			if (a->facts[fact] == IS_NOT_MET ||
			    (a->facts[fact] == IS_NOT_KNOWN && b->facts[fact] == IS_MET))
				b->facts[fact] = a->facts[fact];
		a->again = true;
	}
}

static bool is_against(const struct framework_control *control, const struct finding *f)
{
	if (control->sound && f->severity == SEV_DENY)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(control->rules) && control->rules[i]; i++)
		if (strcmp(control->rules[i], f->rule->id) == 0)
			return true;
	return false;
}

/* The one that comes first, by its id, of those that are against it; NULL: none is. */
static const char *rule_against(const struct framework_control *control,
				const struct framework_cluster *c, bool exempted)
{
	const char *first = NULL;

	for (const struct framework_found *f = c->found; f; f = f->next)
		if (f->finding && f->exempted == exempted && is_against(control, f->finding) &&
		    (!first || strcmp(f->finding->rule->id, first) < 0))
			first = f->finding->rule->id;
	return first;
}

static bool is_unjudged(const struct framework_cluster *c)
{
	for (const struct framework_found *f = c->found; f; f = f->next)
		if (!f->finding)
			return true;
	return false;
}

static const char *words_of(const struct framework_control *control, enum fact fact,
			    enum framework_is is)
{
	const struct framework_fact *words = &framework_facts[fact];

	return fact == FACT_OUTSIDE ? control->outside
	       : is == IS_NOT_MET   ? words->not
				    : words->unknown;
}

static struct framework_verdict judge(const struct framework_control *control,
				      const struct framework_cluster *c, struct arena *a)
{
	struct framework_verdict v = {IS_MET, STR_EMPTY};
	const char *rule = rule_against(control, c, false);

	if (rule)
		return (struct framework_verdict){IS_NOT_MET, str_from(rule)};
	for (int fact = 0; fact < FACTS; fact++) {
		enum framework_is is = c->facts[fact];

		if (!(control->facts & 1U << fact) || is == IS_MET || v.is == IS_NOT_MET ||
		    (is == IS_NOT_KNOWN && v.is == IS_NOT_KNOWN))
			continue;
		v.is = is;
		v.why = str_from(words_of(control, (enum fact)fact, is));
	}
	rule = rule_against(control, c, true);
	if (v.is != IS_NOT_MET && rule)
		return (struct framework_verdict){IS_NOT_KNOWN, arena_fmt(a, "exempted: %s", rule)};
	if (v.is == IS_MET && is_unjudged(c))
		return (struct framework_verdict){IS_NOT_KNOWN, STR("exempted by the policy")};
	return v;
}

void framework_judge(struct report *r)
{
	if (!r->framework || r->framed.judged)
		return;
	struct keys all = keys_of(r);

	r->framed.judged = true;
	merge(&all);
	note_all(r, &all);
	for (struct framework_cluster *c = r->framed.first; c; c = c->next) {
		struct framework_verdict *verdicts =
			ARENA_ARRAY(r->arena, struct framework_verdict, r->framework->len);

		for (size_t i = 0; i < r->framework->len; i++)
			verdicts[i] = judge(&r->framework->controls[i], c, r->arena);
		c->verdicts = verdicts;
	}
}
