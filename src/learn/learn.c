#include "learn/learn.h"

#include "internal.h"
#include "kube/manifest.h"

static void tell_count(const struct learn *l, enum kind kind, struct buf *out)
{
	size_t count = 0, last = SIZE_MAX;

	for (size_t i = 0; i < l->objects.len; i++) {
		const struct read_object *o = &l->objects.items[i];

		count += o->object.kind == kind && o->group != last;
		last = o->group;
	}
	if (count)
		buf_fmt(out, "%s%zu %s", out->len ? ", " : "read ", count,
			outliers_plural(kind, count));
}

static void tell(struct learn *l, struct buf *out)
{
	static const enum kind kinds[] = {KIND_CLUSTER, KIND_OBJECT_STORE, KIND_SCHEDULED_BACKUP,
					  KIND_BACKUP,	KIND_SECRET,	   KIND_EXTERNAL_SECRET};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		tell_count(l, kinds[i], out);
	buf_text(out, "\n");
	if (l->outliers)
		outliers_tell(l, out);
}

static bool is_empty(const struct learned *of)
{
	struct learned_rule rules[LEARNED_RULES];

	return !of->stores_len && !of->min_interval && !of->max_interval && !write_rules(of, rules);
}

static void placed(void *ctx, const struct check_placed *what)
{
	struct learn *l = ctx;
	struct policy *policy;
	struct err err;

	gather_placed(l, what);
	gather_lessons(l);
	learn_stores(l);
	learn_schedules(l);
	if (is_empty(&l->learned))
		return;
	if (!policy_from_yaml(write_policy(l, NULL), &policy, &err)) {
		report_add_error(l->report, STR("what is learned"), &err, STR_EMPTY);
		return;
	}
	outliers_ask(l, policy);
	l->out->policy = write_policy(l, policy_params(policy));
	policy_drop(policy);
}

static void example(void *ctx, const struct object *object)
{
	gather_example(ctx, object);
}

/* Of Secrets nothing is asked. */
static bool read_live(const struct learn *l, struct str *out, struct err *err)
{
	static const enum kind kinds[] = {KIND_CLUSTER, KIND_OBJECT_STORE, KIND_SCHEDULED_BACKUP};
	struct kube_manifest m = {.kube = l->in->kube, .arena = l->arena, .kept = &reduce_table};

	kube_manifest_open(&m);
	if (!kube_manifest_list_all(&m, kinds, ARRAY_LEN(kinds), l->in->namespace, err))
		return false;
	*out = kube_manifest_close(&m);
	return true;
}

void learn_run(const struct learn_input *in, struct report *report, struct learn_output *out)
{
	struct learn l = {.arena = report->arena, .report = report, .in = in, .out = out};
	struct buf told = BUF_ARENA(report->arena);
	const struct str stdin_path = STR("-");
	struct str live = {0};
	struct policy *generic;
	struct err err;

	*out = (struct learn_output){.policy = STR_EMPTY};
	if (in->kube && !read_live(&l, &live, &err)) {
		report_add_error(report, STR_EMPTY, &err, STR_EMPTY);
		return;
	}
	BUG_IF(!policy_from_profile(STR(POLICY_DEFAULT_PROFILE), &generic, &err));
	l.generic = generic;
	const struct check_input read = {
		.policy = generic,
		.paths = in->kube ? &stdin_path : in->paths,
		.paths_len = in->kube ? 1 : in->paths_len,
		.text = live,
		.namespace = in->kube ? STR_EMPTY : in->namespace,
		.now = in->now,
		.reader = {.placed = placed, .example = example, .ctx = &l},
	};
	check_run(&read, report);
	policy_drop(generic);
	tell(&l, &told);
	out->objects = l.objects.len;
	out->told = buf_slice(&told);
}
