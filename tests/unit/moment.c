#include "moment.h"

#include "base/arena.h"
#include "base/utc.h"
#include "cnpg/inventory.h"
#include "rules/rule.h"

struct arena *moment_arena;
struct policy *moment_policy, *moment_strict, *moment_harsh;

static struct policy *read_policy(const char *spec)
{
	struct policy *p;
	struct err err;
	struct str text = arena_fmt(
		moment_arena,
		"apiVersion: backup-guard.io/v1alpha1\nkind: BackupPolicy\nmetadata: {name: t}\n"
		"spec: {profile: %s}\n",
		spec);

	cr_assert(policy_from_yaml(text, &p, &err), "%s", err.msg);
	return p;
}

void moment_setup(void)
{
	moment_arena = arena_new();
	moment_policy = read_policy("generic");
	moment_strict = read_policy("generic, strictReferences: true");
	moment_harsh = read_policy("strict");
}

void moment_teardown(void)
{
	policy_drop(moment_policy);
	policy_drop(moment_strict);
	policy_drop(moment_harsh);
	arena_free(moment_arena);
}

const struct object *moment_object(const char *yaml)
{
	struct object *o = ARENA_NEW(moment_arena, struct object);
	struct doc_list docs;
	struct err err;

	cr_assert(doc_read_yaml(moment_arena, str_from(yaml), &docs, &err), "%s\n%s", err.msg,
		  yaml);
	cr_assert(object_read(doc_root(docs.docs[0]), o));
	return o;
}

static void add_looked_up(struct inventory *inventory, const char *yaml)
{
	const struct object *o = moment_object(yaml);
	struct provider secret;

	if (o->kind != KIND_SECRET) {
		inventory_add(inventory, o, STR_EMPTY, 0);
		return;
	}
	cr_assert(provider_read(o, moment_arena, &secret));
	inventory_add_looked_up(inventory, &secret, o->namespace);
}

/* As serve's cache makes it when it looks up Secrets. */
static void look_up(struct inventory *inventory, const struct write *w)
{
	inventory_is_whole_but(
		inventory, KIND_ALL & ~(KIND_OBJECT_STORE | KIND_CLUSTER | KIND_SCHEDULED_BACKUP));
	for (size_t i = 0; i < MOST && w->beside[i]; i++)
		add_looked_up(inventory, w->beside[i]);
	if (w->absent)
		inventory_add_looked_up(inventory, &(struct provider){.name = str_from(w->absent)},
					STR("app"));
}

struct verdict moment_judge(const struct write *w)
{
	struct inventory *inventory = inventory_new(moment_arena);
	struct verdict v;
	struct judge_request request = {
		.operation = w->operation,
		.object = moment_object(w->object),
		.old = w->old ? moment_object(w->old) : NULL,
		.user = str_from(w->user ? w->user : "anna"),
		.now = utc_days(2026, 8, 26) * UTC_DAY,
		.admission = true,
		.dry_run = w->dry_run,
		.inventory = inventory,
	};

	cr_assert_eq(w->old != NULL, w->operation == OP_UPDATE);
	inventory_is_whole(inventory);
	if (w->operation != OP_CREATE)
		inventory_add(inventory, w->old ? request.old : request.object, STR_EMPTY, 0);
	if (w->looked_up)
		look_up(inventory, w);
	for (size_t i = 0; i < MOST && w->beside[i] && !w->looked_up; i++)
		inventory_add(inventory, moment_object(w->beside[i]), STR_EMPTY, 0);
	inventory_settle(inventory);
	engine_judge(w->policy ? w->policy : moment_policy, &request, moment_arena, &v);
	return v;
}

size_t moment_count(const struct verdict *v, const char *id, enum severity s)
{
	size_t n = 0;

	for (size_t i = 0; i < v->findings.len; i++)
		n += str_is(str_from(v->findings.items[i].rule->id), id) &&
		     v->findings.items[i].severity == s;
	return n;
}

const char *moment_words(const struct verdict *v)
{
	struct buf text = BUF_ARENA(moment_arena);

	for (size_t i = 0; i < v->findings.len; i++) {
		const struct finding *f = &v->findings.items[i];

		buf_fmt(&text, "\n  %s %s %.*s: ", severity_name(f->severity), f->rule->id,
			STR_ARG(f->path));
		finding_sentence(f, &text);
	}
	return arena_cstr(moment_arena, buf_slice(&text));
}
