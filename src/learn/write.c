/* The policy as YAML, each line with how many follow it. */
#include "internal.h"

#include "cnpg/location.h"
#include "doc/emit.h"
#include "facts/site.h"
#include "rules/rule.h"

#include <stdarg.h>

/* Behind what was emitted last. */
static void remark(struct emit *e, const char *fmt, ...) PRINTF(2, 3);
static void remark(struct emit *e, const char *fmt, ...)
{
	va_list args;

	BUG_IF(!e->out->len || e->out->ptr[e->out->len - 1] != '\n');
	e->out->len--;
	buf_text(e->out, "  # ");
	va_start(args, fmt);
	buf_vfmt(e->out, fmt, args);
	va_end(args);
	buf_byte(e->out, '\n');
}

struct writing {
	struct emit emit;
	const struct learn *learn;
	const struct learned *of;
	const struct params *params; /* NULL: nothing is counted yet */
	struct arena *scratch;
};

/* What an object says of one value. */
struct question {
	size_t store;	  /* index */
	struct str value; /* the value, or a template */
	const char *path; /* where it stands, for fields that are compared as they are */
	bool (*follows)(const struct question *q, const struct rule_ctx *c,
			struct template_bindings *b);
};

static bool goes_there(const struct question *q, const struct rule_ctx *c,
		       struct template_bindings *b)
{
	struct str path = obj_text(c->root, "spec.configuration.destinationPath");

	return path.len && !value_is_placeholder(path, NULL) &&
	       site_destination_fits(c, q->value, path, b);
}

static bool has_endpoint(const struct question *q, const struct rule_ctx *c,
			 struct template_bindings *b)
{
	struct str value;

	(void)b;
	return gather_endpoint(c->root, &value) != ENV_UNKNOWN && value.len &&
	       endpoint_equal(value, q->value);
}

static bool has_text(const struct question *q, const struct rule_ctx *c,
		     struct template_bindings *b)
{
	(void)b;
	return str_eq(obj_text(c->root, q->path), q->value);
}

struct secret_search {
	struct str name;
	bool found;
};

static void each_secret(void *ctx, const struct secret_ref *ref)
{
	struct secret_search *s = ctx;

	s->found |= ref->use == SECRET_USE_CREDENTIAL && str_eq(ref->name, s->name);
}

static bool has_secret(const struct question *q, const struct rule_ctx *c,
		       struct template_bindings *b)
{
	struct secret_search s = {.name = q->value};

	(void)b;
	object_store_secrets(c->root, each_secret, &s);
	return s.found;
}

static bool belongs(const struct question *q, const struct rule_ctx *c, struct template_bindings *b)
{
	(void)q, (void)c, (void)b;
	return true;
}

/* One store alone is compared with what fits no name, too. */
static bool is_called_so(const struct question *q, const struct rule_ctx *c,
			 struct template_bindings *b)
{
	*b = site_bindings(c, STR_EMPTY);
	return template_match(c->params->stores[q->store].object_store_name, c->object->name, b);
}

/* ObjectStores of the store that follow; uses of one object count once, as the first has it. */
static size_t count(const struct writing *w, const struct question *q)
{
	const struct learn *l = w->learn;
	size_t last = SIZE_MAX, found = 0;

	for (size_t i = 0; i < l->objects.len; i++) {
		const struct read_object *o = &l->objects.items[i];
		const struct rule_ctx c = {.object = &o->object,
					   .root = o->object.root,
					   .params = w->params,
					   .arena = w->scratch};
		struct template_bindings b;

		if (o->object.kind != KIND_OBJECT_STORE || o->group == last || o->object.part ||
		    o->for_all || !o->object.name.len || value_is_placeholder(o->object.name, NULL))
			continue;
		last = o->group;
		found += site_store_of(&c, &b) == &w->params->stores[q->store] &&
			 q->follows(q, &c, &b);
		arena_reset(w->scratch);
	}
	return found;
}

/* "17 of 18 ObjectStores" of that store. */
static void remark_count(struct writing *w, const struct question *q)
{
	struct question all = *q;

	if (!w->params)
		return;
	all.follows = belongs;
	size_t of = count(w, &all);
	if (of)
		remark(&w->emit, "%zu of %zu", count(w, q), of);
	else
		remark(&w->emit, "as the documentation has it for all");
}

static void write_values(struct writing *w, const char *key, const struct str_values *values,
			 struct question q)
{
	if (!values->len)
		return;
	emit_list(&w->emit, key);
	for (size_t i = 0; i < values->len; i++) {
		q.value = values->items[i];
		emit_word(&w->emit, q.value);
		remark_count(w, &q);
	}
	emit_close(&w->emit);
}

static void write_key(struct writing *w, const char *key, struct str value, struct question q)
{
	if (!value.len)
		return;
	q.value = value;
	emit_text(&w->emit, key, value);
	remark_count(w, &q);
}

static void remark_name(struct writing *w, size_t store)
{
	const struct question all = {.store = store, .follows = is_called_so};
	size_t found;

	if (!w->params)
		return;
	found = count(w, &all);
	if (found)
		remark(&w->emit, "%zu ObjectStore%s", found, found == 1 ? "" : "s");
	else
		remark(&w->emit, "as the documentation has it for all");
}

static bool has_value(const struct str_values *values, struct str text)
{
	for (size_t i = 0; i < values->len; i++)
		if (str_eq(values->items[i], text))
			return true;
	return false;
}

static void write_required_keys(struct writing *w, const struct learned_store *s)
{
	if (!s->required_keys.len)
		return;
	emit_list(&w->emit, "requiredKeys");
	for (size_t i = 0; i < s->required_keys.len; i++) {
		size_t of = 0, have = 0;

		for (size_t k = 0; k < w->learn->secrets.len; k++) {
			const struct secret_lesson *secret = &w->learn->secrets.items[k];

			if (!has_value(&s->secrets, secret->name))
				continue;
			of++;
			for (size_t n = 0; n < secret->keys_len; n++)
				have += str_eq(secret->keys[n], s->required_keys.items[i]);
		}
		emit_word(&w->emit, s->required_keys.items[i]);
		remark(&w->emit, "%zu of %zu Secrets", have, of);
	}
	emit_close(&w->emit);
}

static void write_credentials(struct writing *w, const struct learned_store *s, size_t store)
{
#define KEYS "spec.configuration.s3Credentials."
	struct question q = {.store = store};

	if (!s->secrets.len && !s->access_key_id.len && !s->secret_access_key.len)
		return;
	emit_map(&w->emit, "credentials");
	q.follows = has_secret;
	write_values(w, "secretName", &s->secrets, q);
	q.follows = has_text;
	q.path = KEYS "accessKeyId.key";
	write_key(w, "accessKeyId", s->access_key_id, q);
	q.path = KEYS "secretAccessKey.key";
	write_key(w, "secretAccessKey", s->secret_access_key, q);
	write_required_keys(w, s);
	emit_close(&w->emit);
}

static void write_store(struct writing *w, size_t i)
{
	const struct learned_store *s = &w->of->stores[i];
	struct question q = {.store = i};

	emit_item(&w->emit);
	emit_text(&w->emit, "name", s->name);
	emit_text(&w->emit, "role", s->role == STORE_OFFSITE ? STR("offsite") : STR("archive"));
	emit_text(&w->emit, "objectStoreName", s->object_store_name);
	remark_name(w, i);
	q.follows = goes_there;
	write_values(w, "destinationPath", &s->destinations, q);
	q.follows = has_endpoint;
	write_values(w, "endpointURL", &s->endpoints, q);
	write_credentials(w, s, i);
	emit_close(&w->emit);
}

/* 86400 as "1d": in the largest unit that it is whole in. */
static struct str duration(struct arena *a, int64_t seconds)
{
	static const struct {
		int64_t seconds;
		char unit;
	} units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
	size_t i = 0;

	while (seconds % units[i].seconds)
		i++;
	return arena_fmt(a, "%lld%c", (long long)(seconds / units[i].seconds), units[i].unit);
}

/* "18 of 20 ScheduledBackups", as the rule has it. */
static void remark_rule(struct writing *w, const char *rule, enum kind kind)
{
	const struct outliers *o = outliers_of(w->learn, rule, kind);

	if (o && o->counts)
		remark(&w->emit, "%zu of %zu %s", o->asked - o->differ, o->asked,
		       outliers_plural(kind, o->asked));
	else if (o)
		remark(&w->emit, "as the documentation has it for all");
}

static void write_ruled(struct writing *w, const char *key, struct str value, const char *rule)
{
	emit_text(&w->emit, key, value);
	remark_rule(w, rule, KIND_SCHEDULED_BACKUP);
}

static void write_schedules(struct writing *w, struct arena *a)
{
	const struct learned *of = w->of;

	if (of->min_interval || of->max_interval) {
		emit_map(&w->emit, "schedule");
		if (of->min_interval)
			write_ruled(w, "minInterval", duration(a, of->min_interval),
				    "schedule-too-frequent");
		if (of->max_interval)
			write_ruled(w, "maxInterval", duration(a, of->max_interval),
				    "schedule-gap-too-long");
		emit_close(&w->emit);
	}
	if (of->schedule_name.len || of->owner.len) {
		emit_map(&w->emit, "scheduledBackup");
		if (of->schedule_name.len)
			write_ruled(w, "name", of->schedule_name, "policy-schedule-name");
		if (of->owner.len)
			write_ruled(w, "ownerReference", of->owner, "policy-owner-reference");
		emit_close(&w->emit);
	}
	if (of->alias.len) {
		emit_list(&w->emit, "clusterNameAliases");
		emit_word(&w->emit, of->alias);
		remark(&w->emit, "%zu ScheduledBackups", of->aliased);
		emit_close(&w->emit);
	}
}

size_t write_rules(const struct learned *of, struct learned_rule out[LEARNED_RULES])
{
	bool destination = false, endpoint = false, credentials = false, keys = false;
	size_t len = 0;

	for (size_t i = 0; i < of->stores_len; i++) {
		const struct learned_store *s = &of->stores[i];

		destination |= s->destinations.len != 0;
		endpoint |= s->endpoints.len != 0;
		credentials |= s->secrets.len || s->access_key_id.len || s->secret_access_key.len;
		keys |= s->required_keys.len != 0;
	}
	const struct {
		bool learned;
		struct learned_rule rule;
	} all[] = {
		{credentials, {"policy-credentials-secret", SEV_DENY, KIND_OBJECT_STORE}},
		{destination, {"policy-destination", SEV_DENY, KIND_OBJECT_STORE}},
		{endpoint, {"policy-endpoint", SEV_DENY, KIND_OBJECT_STORE}},
		{of->method, {"policy-method", SEV_DENY, KIND_SCHEDULED_BACKUP}},
		{of->owner.len != 0, {"policy-owner-reference", SEV_WARN, KIND_SCHEDULED_BACKUP}},
		{of->plugin, {"policy-require-plugin", SEV_DENY, KIND_CLUSTER}},
		{of->schedule_name.len != 0,
		 {"policy-schedule-name", SEV_WARN, KIND_SCHEDULED_BACKUP}},
		{keys, {"policy-secret-keys", SEV_DENY, KIND_OTHER}},
		{of->stores_len && !of->any_name,
		 {"policy-store-name", SEV_DENY, KIND_OBJECT_STORE}},
	};
	_Static_assert(ARRAY_LEN(all) <= LEARNED_RULES, "room for all");
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i].learned)
			out[len++] = all[i].rule;
	return len;
}

static void write_severities(struct writing *w)
{
	struct learned_rule rules[LEARNED_RULES];
	size_t len = write_rules(w->of, rules);

	if (!len)
		return;
	emit_map(&w->emit, "rules");
	for (size_t i = 0; i < len; i++) {
		emit_map(&w->emit, rules[i].id);
		emit_text(&w->emit, "severity", str_from(severity_name(rules[i].severity)));
		remark_rule(w, rules[i].id, rules[i].kind);
		emit_close(&w->emit);
	}
	emit_close(&w->emit);
}

static void write_head(struct writing *w, struct str from)
{
	static const char *const lines[] = {
		"Of several templates of names the one stands here whose followers share most (where",
		"backups go, and by which endpoint); then the one that fits the fewest others; then the one",
		"that says most. What fewer than two objects follow is no rule, nor what no more than half",
		"of those follow that could. Behind a line stands how many follow it.",
	};

	emit_comment(&w->emit, "What `backup-guard policy learn %.*s` found.", STR_ARG(from));
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		emit_comment(&w->emit, "%s", lines[i]);
}

struct str write_policy(struct learn *l, const struct params *params)
{
	struct buf out = BUF_ARENA(l->arena);
	CLEANUP(arena) struct arena *scratch = arena_new();
	struct writing w = {EMIT(&out), l, &l->learned, params, scratch};

	write_head(&w, l->in->from);
	emit_text(&w.emit, "apiVersion", STR("backup-guard.io/v1alpha1"));
	emit_text(&w.emit, "kind", STR("BackupPolicy"));
	emit_map(&w.emit, "metadata");
	emit_text(&w.emit, "name", STR("learned"));
	emit_close(&w.emit);
	emit_map(&w.emit, "spec");
	emit_text(&w.emit, "profile", STR(POLICY_DEFAULT_PROFILE));
	if (l->learned.stores_len) {
		emit_list(&w.emit, "stores");
		for (size_t i = 0; i < l->learned.stores_len; i++)
			write_store(&w, i);
		emit_close(&w.emit);
	}
	write_schedules(&w, l->arena);
	write_severities(&w);
	emit_close(&w.emit);
	return buf_slice(&out);
}
