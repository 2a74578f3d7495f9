/*
 * How ScheduledBackups are named, owned and timed, and by which method backups are made. A name is
 * told by its Cluster's; only where that does not explain most of them, {app} stands for the rest:
 * a template with more room always has more followers, and says less.
 */
#include "internal.h"

#include "rules/template.h"

#define SHORTEST_USUAL 3600	  /* what is not in the policy is so by default */
#define LONGEST_USUAL (8 * 86400) /* likewise */
#define LONGEST_ALLOWED (INT64_C(1000) * 86400)

/* An {app} that stands for nothing else, the namespace or the beginning of the Cluster's name, is
 * no convention. */
static bool follows(const struct schedule_lesson *s, struct str template)
{
	struct template_bindings b = {.namespace = s->namespace, .cluster = s->cluster};

	if (!s->name.len || !s->cluster.len || !template_match(template, s->name, &b))
		return false;
	return !b.app.len || str_contains(template, STR("{cluster}")) ||
	       str_eq(b.app, s->namespace) || templates_find(s->cluster, b.app) == 0;
}

static size_t followers(const struct learn *l, struct str template)
{
	size_t count = 0;

	for (size_t i = 0; i < l->schedules.len; i++)
		count += follows(&l->schedules.items[i], template);
	return count;
}

struct naming {
	struct str template;
	size_t followers;
	struct template_weight weight;
};

static bool naming_is_better(const struct naming *a, const struct naming *b)
{
	if (a->followers != b->followers)
		return a->followers > b->followers;
	if (a->weight.clusters != b->weight.clusters)
		return a->weight.clusters > b->weight.clusters;
	if (a->weight.apps != b->weight.apps)
		return a->weight.apps < b->weight.apps;
	return a->weight.constants > b->weight.constants;
}

enum { TRIED = 24 };

/* The template that most follow; `free`: with {app}, beside {cluster} if that is in the names. */
static struct str best_name(struct learn *l, bool free)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct naming best = {0};
	struct texts given = {0};
	size_t asked = 0;

	for (size_t i = 0; i < l->schedules.len; i++) {
		const struct schedule_lesson *s = &l->schedules.items[i];
		bool named = templates_find(s->name, s->cluster) != STR_NONE;

		if (!s->name.len || !s->cluster.len)
			continue;
		asked++;
		templates_of_name(a, s->name,
				  &(struct name_parts){s->namespace, s->cluster, named || !free},
				  &given);
	}
	struct votes v = votes_count(a, &given);
	for (size_t i = 0; i < v.len && i < TRIED && v.items[i].count >= LEARN_LEAST; i++) {
		struct naming n = {v.items[i].text, followers(l, v.items[i].text),
				   templates_weigh(v.items[i].text)};

		if ((free || !n.weight.apps) && (!best.template.len || naming_is_better(&n, &best)))
			best = n;
	}
	return best.followers * 2 > asked ? arena_str(l->arena, best.template) : STR_EMPTY;
}

/* "-restored" of a Cluster db-restored with the schedule db-backup. */
static struct str ending_of(const struct schedule_lesson *s, struct str template)
{
	struct template_bindings b = {.namespace = s->namespace};

	if (follows(s, template) || !s->cluster.len || !template_match(template, s->name, &b) ||
	    !b.cluster.len || !str_has_prefix(s->cluster, b.cluster))
		return STR_EMPTY;
	struct str ending = str_slice(s->cluster, b.cluster.len, s->cluster.len);
	/* letters and hyphens alone: it becomes a regular expression */
	for (size_t i = 0; i < ending.len; i++)
		if (ending.ptr[i] != '-' && (ending.ptr[i] < 'a' || ending.ptr[i] > 'z'))
			return STR_EMPTY;
	return ending.len > 1 && ending.ptr[0] == '-' ? ending : STR_EMPTY;
}

static struct str learn_alias(struct learn *l)
{
	struct texts given = {0};

	for (size_t i = 0; i < l->schedules.len; i++) {
		struct str ending = ending_of(&l->schedules.items[i], l->learned.schedule_name);

		if (ending.len)
			*LEARN_ADD(l->arena, &given) = ending;
	}
	struct votes v = votes_count(l->arena, &given);
	if (!v.len || v.items[0].count < LEARN_LEAST)
		return STR_EMPTY;
	l->learned.aliased = v.items[0].count;
	return arena_fmt(l->arena, "%.*s$", STR_ARG(v.items[0].text));
}

/* Beyond what is usual, one alone may be a mistake; below it, each is an error (see is_meant). */
static void learn_intervals(struct learn *l)
{
	size_t known = 0, slow = 0;
	int64_t min = 0, max = 0;

	for (size_t i = 0; i < l->schedules.len; i++) {
		const struct schedule_lesson *s = &l->schedules.items[i];

		known += s->longest != 0;
		slow += s->longest > LONGEST_USUAL;
	}
	for (size_t i = 0; i < l->schedules.len && known >= LEARN_LEAST; i++) {
		const struct schedule_lesson *s = &l->schedules.items[i];

		if (s->shortest && (!min || s->shortest < min))
			min = s->shortest;
		if ((s->longest <= LONGEST_USUAL || slow >= LEARN_LEAST) && s->longest > max)
			max = s->longest;
	}
	if (max > LONGEST_ALLOWED)
		max = 0;
	if (min > (max ? max : LONGEST_USUAL))
		min = 0;
	if (max && max < (min ? min : SHORTEST_USUAL))
		max = 0;
	l->learned.min_interval = min;
	l->learned.max_interval = max;
}

static void learn_methods(struct learn *l)
{
	size_t plugin = 0, method = 0;

	for (size_t i = 0; i < l->clusters.len; i++)
		plugin += l->clusters.items[i].plugin;
	for (size_t i = 0; i < l->schedules.len; i++)
		method += str_is(l->schedules.items[i].method, "plugin");
	l->learned.plugin = plugin >= LEARN_LEAST && plugin * 2 > l->clusters.len;
	l->learned.method = method >= LEARN_LEAST && method * 2 > l->schedules.len;
}

void learn_schedules(struct learn *l)
{
	struct texts owners = {0};

	l->learned.schedule_name = best_name(l, false);
	if (!l->learned.schedule_name.len)
		l->learned.schedule_name = best_name(l, true);
	if (templates_weigh(l->learned.schedule_name).clusters)
		l->learned.alias = learn_alias(l);
	/* the default is nobody's decision, and a live object has it always */
	for (size_t i = 0; i < l->schedules.len; i++)
		if (str_is(l->schedules.items[i].owner, "self") ||
		    str_is(l->schedules.items[i].owner, "cluster"))
			*LEARN_ADD(l->arena, &owners) = l->schedules.items[i].owner;
	struct votes v = votes_count(l->arena, &owners);
	l->learned.owner = votes_most(&v, l->schedules.len);
	learn_intervals(l);
	learn_methods(l);
}
