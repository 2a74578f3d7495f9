/* Who differs from what was learned: the rules are asked, with that policy. */
#include "internal.h"

#include "cron/cron.h"
#include "engine/engine.h"
#include "facts/site.h"
#include "rules/rule.h"

/* One rule, of objects of one kind. */
struct asking {
	const char *id;
	enum kind kind;
	bool (*holds)(const struct rule_ctx *c); /* it could; NULL: for each */
};

static bool names_a_store(const struct rule_ctx *c)
{
	struct str store = c->archive->place.store;

	return store.len && !value_is_placeholder(store, NULL);
}

static bool is_named(const struct rule_ctx *c)
{
	return c->object->name.len && !value_is_placeholder(c->object->name, NULL);
}

static bool has_known(const struct rule_ctx *c, const char *path)
{
	struct str value = obj_text(c->root, path);

	return value.len && !value_is_placeholder(value, NULL);
}

static bool has_destination(const struct rule_ctx *c)
{
	struct template_bindings b;
	const struct store_params *s = site_store_of(c, &b);

	return s && s->destination_path.len && has_known(c, "spec.configuration.destinationPath");
}

static bool has_endpoint(const struct rule_ctx *c)
{
	struct template_bindings b;
	const struct store_params *s = site_store_of(c, &b);

	return s && s->endpoint_url.len &&
	       !value_is_placeholder(obj_text(c->root, "spec.configuration.endpointURL"), NULL);
}

static bool has_credentials(const struct rule_ctx *c)
{
	struct template_bindings b;
	const struct store_params *s = site_store_of(c, &b);

	return s && (s->secret_name.len || s->access_key_id.len || s->secret_access_key.len);
}

static bool is_of_a_store(const struct rule_ctx *c)
{
	struct provider made;

	if (!provider_read(c->object, c->arena, &made))
		return false;
	for (size_t i = 0; i < c->params->stores_len; i++)
		if (c->params->stores[i].required_keys.len &&
		    str_list_has(c->params->stores[i].secret_name, made.name))
			return true;
	return false;
}

static bool is_scheduled(const struct rule_ctx *c)
{
	struct cron cron;

	return cron_parse(obj_text(c->root, "spec.schedule"), &cron, NULL) == CRON_OK;
}

static const struct asking askings[] = {
	{"policy-store-name", KIND_OBJECT_STORE, is_named},
	{"policy-store-name", KIND_CLUSTER, names_a_store},
	{"policy-destination", KIND_OBJECT_STORE, has_destination},
	{"policy-endpoint", KIND_OBJECT_STORE, has_endpoint},
	{"policy-credentials-secret", KIND_OBJECT_STORE, has_credentials},
	{"policy-secret-keys", KIND_SECRET, is_of_a_store},
	{"policy-secret-keys", KIND_EXTERNAL_SECRET, is_of_a_store},
	{"policy-require-plugin", KIND_CLUSTER, NULL},
	{"policy-method", KIND_SCHEDULED_BACKUP, NULL},
	{"policy-method", KIND_BACKUP, NULL},
	{"policy-schedule-name", KIND_SCHEDULED_BACKUP, is_named},
	{"policy-owner-reference", KIND_SCHEDULED_BACKUP, NULL},
	{"schedule-too-frequent", KIND_SCHEDULED_BACKUP, is_scheduled},
	{"schedule-gap-too-long", KIND_SCHEDULED_BACKUP, is_scheduled},
};

static bool names_rule(const struct findings *all, const char *id)
{
	for (size_t i = 0; i < all->len; i++)
		if (str_is(str_from(all->items[i].rule->id), id))
			return true;
	return false;
}

static void note(struct outliers *to, const struct read_object *o, bool differs)
{
	struct str namespace = o->object.namespace;

	if (to->last_asked != o->group + 1)
		to->asked++;
	to->last_asked = o->group + 1;
	to->counts |= !o->for_all;
	if (!differs || to->last_differs == o->group + 1)
		return;
	to->last_differs = o->group + 1;
	buf_text(&to->names, to->differ++ ? ", " : "");
	if (namespace.len)
		buf_fmt(&to->names, "%.*s/", STR_ARG(namespace));
	buf_clean(&to->names, o->object.name.len ? o->object.name : STR("one without a name"));
	if (!o->file.len)
		return;
	buf_text(&to->names, " (");
	buf_clean(&to->names, o->file);
	buf_byte(&to->names, ')');
}

struct asked {
	struct learn *learn;
	const struct policy *policy;
	struct arena *scratch;
};

static void judge(struct asked *q, const struct read_object *o)
{
	struct learn *l = q->learn;
	const struct judge_request request = {
		.operation = OP_CREATE,
		.object = &o->object,
		.now = l->in->now,
		.inventory = o->alone ? NULL : l->placed->inventory,
		.bundle = o->bundle,
	};
	const struct rule_ctx c = {.object = &o->object,
				   .root = o->object.root,
				   .archive = o->archive,
				   .params = policy_params(q->policy),
				   .arena = q->scratch};
	struct verdict v;

	if (o->example && o->object.kind == KIND_SECRET)
		return; /* nor is it checked */
	engine_judge(q->policy, &request, q->scratch, &v);
	for (size_t i = 0; i < ARRAY_LEN(askings) && v.reason == VERDICT_JUDGED; i++) {
		const struct asking *a = &askings[i];
		bool differs = names_rule(&v.findings, a->id);
		bool exempt = names_rule(&v.exempted, a->id);

		if (a->kind == o->object.kind && !exempt &&
		    (differs || (!o->object.part && (!a->holds || a->holds(&c)))))
			note(&l->outliers[i], o, differs);
	}
	arena_reset(q->scratch);
}

const char *outliers_plural(enum kind kind, size_t count)
{
	static const struct {
		enum kind kind;
		const char *one, *many;
	} words[] = {
		{KIND_CLUSTER, "Cluster", "Clusters"},
		{KIND_OBJECT_STORE, "ObjectStore", "ObjectStores"},
		{KIND_SCHEDULED_BACKUP, "ScheduledBackup", "ScheduledBackups"},
		{KIND_BACKUP, "Backup", "Backups"},
		{KIND_SECRET, "Secret", "Secrets"},
		{KIND_EXTERNAL_SECRET, "ExternalSecret", "ExternalSecrets"},
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (words[i].kind == kind)
			return count == 1 ? words[i].one : words[i].many;
	return "objects";
}

void outliers_ask(struct learn *l, const struct policy *policy)
{
	CLEANUP(arena) struct arena *scratch = arena_new();
	struct asked q = {l, policy, scratch};

	l->outliers = ARENA_ARRAY(l->arena, struct outliers, ARRAY_LEN(askings));
	for (size_t i = 0; i < ARRAY_LEN(askings); i++)
		l->outliers[i].names = BUF_ARENA(l->arena);
	for (size_t i = 0; i < l->objects.len; i++)
		judge(&q, &l->objects.items[i]);
}

const struct outliers *outliers_of(const struct learn *l, const char *rule, enum kind kind)
{
	for (size_t i = 0; l->outliers && i < ARRAY_LEN(askings); i++)
		if (askings[i].kind == kind && str_is(str_from(rule), askings[i].id))
			return &l->outliers[i];
	return NULL;
}

void outliers_tell(const struct learn *l, struct buf *out)
{
	for (size_t i = 0; i < ARRAY_LEN(askings); i++) {
		const struct outliers *of = &l->outliers[i];

		if (of->differ)
			buf_fmt(out, "%s: %zu of %zu %s; not: %.*s\n", askings[i].id,
				of->asked - of->differ, of->asked,
				outliers_plural(askings[i].kind, of->asked),
				STR_ARG(buf_slice(&of->names)));
	}
}
