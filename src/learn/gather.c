/* The objects that are read, and what each teaches. */
#include "internal.h"

#include "base/json.h"
#include "base/limits.h"
#include "base/utc.h"
#include "cnpg/location.h"
#include "cron/cron.h"
#include "engine/engine.h"
#include "input/bundles.h"
#include "rules/rule.h"

#include <stdlib.h>

#define CONFIGURATION "spec.configuration"
#define TEACHING                                                                                   \
	(KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP | KIND_OBJECT_STORE | KIND_SECRET |    \
	 KIND_EXTERNAL_SECRET)

static void add(struct learn *l, const struct read_object *read)
{
	struct read_object *new;

	if (!(read->object.kind & TEACHING))
		return;
	new = LEARN_ADD(l->arena, &l->objects);
	*new = *read;
	if (!read->example)
		l->from_files |= read->object.kind;
	if (read->object.kind != KIND_CLUSTER)
		return;
	new->archive = ARENA_NEW(l->arena, struct archive);
	archive_resolve(&new->object, new->archive);
}

/* Uses of one name are one object: those before in its row. */
static size_t group_of(struct learn *l, size_t first, const struct object *o)
{
	for (size_t i = first; i < l->objects.len; i++)
		if (known_same(&l->objects.items[i].object, o))
			return l->objects.items[i].group;
	return l->groups++;
}

static void add_uses(struct learn *l, const struct held *h)
{
	size_t first = l->objects.len;

	for (const struct use *u = h->uses; u; u = u->next) {
		const struct view view = {.inventory = l->placed->inventory, .bundle = u->bundle};
		struct read_object read = {.object = u->object,
					   .file = l->in->kube ? STR_EMPTY : h->file->name,
					   .bundle = u->bundle,
					   .alone = u->changed};

		read.object.part |= view_has_part(&view, &read.object);
		read.group = group_of(l, first, &read.object);
		add(l, &read);
	}
}

void gather_placed(struct learn *l, const struct check_placed *placed)
{
	l->placed = placed;
	for (size_t i = 0; i < placed->catalog->len; i++)
		for (const struct held *h = placed->catalog->files[i].first; h; h = h->next) {
			add_uses(l, h);
			for (const struct held *m = h->made; m; m = m->next)
				add_uses(l, m);
		}
}

/* What documentation writes for all: each has another text in its place. */
static const struct {
	struct str text, made[2];
} meant_for_all[] = {
	{STR_INIT("<app>"), {STR_INIT("appone"), STR_INIT("apptwo")}},
	{STR_INIT("<app-name>"), {STR_INIT("appone"), STR_INIT("apptwo")}},
	{STR_INIT("<cluster>"), {STR_INIT("dbone"), STR_INIT("dbtwo")}},
	{STR_INIT("<cluster-name>"), {STR_INIT("dbone"), STR_INIT("dbtwo")}},
	{STR_INIT("<namespace>"), {STR_INIT("spaceone"), STR_INIT("spacetwo")}},
};

static bool is_for_all(struct str text)
{
	for (size_t i = 0; i < ARRAY_LEN(meant_for_all); i++)
		if (str_contains(text, meant_for_all[i].text))
			return true;
	return false;
}

static bool speaks_for_all(const struct read_object *o)
{
	static const char *const paths[] = {"spec.cluster.name", CONFIGURATION ".destinationPath"};
	bool any =
		is_for_all(o->object.name) || (o->archive && is_for_all(o->archive->place.store));

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		any |= is_for_all(obj_text(o->object.root, paths[i]));
	return any;
}

/* Its document goes before the others come: a copy. */
void gather_example(struct learn *l, const struct object *object)
{
	struct buf text = BUF_ARENA(l->arena);
	struct json json = JSON(&text);
	struct read_object read = {.example = true, .alone = true};
	const struct doc *doc;
	struct err err;

	obj_json(object->root, &json);
	if (!object_read_json(l->arena, buf_slice(&text), LIMIT_NODES, &doc, &err) ||
	    !object_read(doc_root(doc), &read.object) || !(read.object.kind & TEACHING))
		return;
	read.object.manifest = true;
	read.object.part = object->part;
	read.file = arena_str(l->arena, doc_name(object->root.doc));
	read.group = l->groups++;
	add(l, &read);
	struct read_object *new = &l->objects.items[l->objects.len - 1];
	new->for_all = speaks_for_all(new);
}

/* How to read one object: as it stands, or with made-up names. */
struct reading {
	struct learn *learn;
	const struct read_object *of;
	int made; /* index, or -1 */
};

static size_t placeholder_at(struct str rest)
{
	size_t i = 0;

	while (i < ARRAY_LEN(meant_for_all) && !str_has_prefix(rest, meant_for_all[i].text))
		i++;
	return i;
}

/* A copy; empty where it is filled in later, or no text for a policy. */
static struct str known(const struct reading *r, struct str text)
{
	struct buf out = BUF_ARENA(r->learn->arena);

	if (text.len > LEARN_TEXT)
		return STR_EMPTY;
	for (size_t i = 0; i < text.len;) {
		size_t which = r->made < 0 ? ARRAY_LEN(meant_for_all)
					   : placeholder_at(str_slice(text, i, text.len));

		if (which == ARRAY_LEN(meant_for_all)) {
			buf_byte(&out, text.ptr[i++]);
			continue;
		}
		buf_str(&out, meant_for_all[which].made[r->made]);
		i += meant_for_all[which].text.len;
	}
	if (value_is_placeholder(buf_slice(&out), NULL) || str_find_byte(text, '{') != STR_NONE ||
	    str_find_byte(text, '}') != STR_NONE)
		return STR_EMPTY;
	return buf_slice(&out);
}

static struct str known_at(const struct reading *r, const char *path)
{
	return known(r, obj_text(r->of->object.root, path));
}

struct secrets_reading {
	const struct reading *reading;
	struct store_lesson *lesson;
};

static void each_secret(void *ctx, const struct secret_ref *ref)
{
	const struct secrets_reading *r = ctx;
	struct store_lesson *s = r->lesson;
	struct str name = known(r->reading, ref->name);

	if (ref->use != SECRET_USE_CREDENTIAL || !name.len || s->secrets_len == LEARN_SECRETS)
		return;
	for (size_t i = 0; i < s->secrets_len; i++)
		if (str_eq(s->secrets[i], name))
			return;
	s->secrets[s->secrets_len++] = name;
}

/* The same endpoint has one spelling: the first. */
static struct str spelled(struct learn *l, struct str endpoint)
{
	for (size_t i = 0; i < l->spellings.len; i++)
		if (endpoint_equal(l->spellings.items[i], endpoint))
			return l->spellings.items[i];
	if (endpoint.len && l->spellings.len < LEARN_SPELLINGS)
		*LEARN_ADD(l->arena, &l->spellings) = endpoint;
	return endpoint;
}

enum env_is gather_endpoint(struct obj root, struct str *out)
{
	struct obj env = obj_at(root, STORE_ENV);
	struct str from_env;

	*out = obj_text(root, CONFIGURATION ".endpointURL");
	if (out->len)
		return ENV_ABSENT;
	enum env_is is = store_env(env, "AWS_ENDPOINT_URL_S3", &from_env);
	if (is == ENV_ABSENT)
		is = store_env(env, "AWS_ENDPOINT_URL", &from_env);
	if (is == ENV_SET)
		*out = from_env;
	return is;
}

static void read_endpoint(const struct reading *r, struct store_lesson *s)
{
	struct str value;
	enum env_is is = gather_endpoint(r->of->object.root, &value);

	s->endpoint = spelled(r->learn, known(r, value));
	s->endpoint_known = is != ENV_UNKNOWN && (s->endpoint.len || !value.len);
	/* a password in it is nobody's rule */
	if (!str_eq(store_url_shown(r->learn->arena, value), value)) {
		s->endpoint = STR_EMPTY;
		s->endpoint_known = false;
	}
}

static void read_store(const struct reading *r)
{
	struct learn *l = r->learn;
	struct obj root = r->of->object.root;
	struct str destination = known_at(r, CONFIGURATION ".destinationPath");
	struct str name = known(r, r->of->object.name);
	struct buf location = BUF_ARENA(l->arena);
	struct store_lesson *s;

	if (!name.len)
		return;
	s = LEARN_ADD(l->arena, &l->stores);
	s->name = name;
	s->namespace = known(r, r->of->object.namespace);
	if (r->made >= 0)
		s->cluster = known(r, STR("<cluster>"));
	if (str_eq(store_url_shown(l->arena, destination), destination)) {
		location_of(STR_EMPTY, destination, STR_EMPTY, &location);
		while (destination.len && destination.ptr[destination.len - 1] == '/')
			destination.len--;
		s->destination = destination;
		s->location = buf_slice(&location);
	}
	read_endpoint(r, s);
	object_store_secrets(root, each_secret, &(struct secrets_reading){r, s});
	s->credentials_known =
		s->secrets_len ||
		obj_true(root, CONFIGURATION ".s3Credentials.inheritFromIAMRole", false);
	s->access_key_id = known_at(r, CONFIGURATION ".s3Credentials.accessKeyId.key");
	s->secret_access_key = known_at(r, CONFIGURATION ".s3Credentials.secretAccessKey.key");
}

static void read_cluster(const struct reading *r)
{
	const struct archive *a = r->of->archive;
	struct cluster_lesson *c = LEARN_ADD(r->learn->arena, &r->learn->clusters);

	c->namespace = known(r, r->of->object.namespace);
	c->name = known(r, r->of->object.name);
	c->store = a->enabled_entries ? known(r, a->place.store) : STR_EMPTY;
	c->follows = a->replica.named;
	c->plugin = a->enabled_entries != 0;
}

/* Whether what it says is what was meant is for the rules to tell. */
static bool is_meant(struct learn *l, const struct read_object *read)
{
	static const char *const mistakes[] = {
		"schedule-five-fields", "schedule-padded-hourly", "schedule-invalid",
		"schedule-never-fires", "schedule-dom-dow-or",	  "schedule-suspended",
	};
	CLEANUP(arena) struct arena *scratch = arena_new();
	const struct judge_request request = {
		.operation = OP_CREATE,
		.object = &read->object,
		.now = l->in->now,
		.inventory = read->alone ? NULL : l->placed->inventory,
		.bundle = read->bundle,
	};
	struct verdict v;

	engine_judge(l->generic, &request, scratch, &v);
	for (size_t i = 0; i < v.findings.len; i++) {
		const struct finding *f = &v.findings.items[i];
		struct str id = str_from(f->rule->id);

		if (str_is(id, "schedule-too-frequent") && f->severity == SEV_DENY)
			return false; /* it is a note, too */
		for (size_t k = 0; k < ARRAY_LEN(mistakes); k++)
			if (str_is(id, mistakes[k]))
				return false;
	}
	return v.reason == VERDICT_JUDGED;
}

#define WINDOW_DAYS 1000 /* as far as cron_gaps goes; two of them hold a leap year */

static void read_gaps(const struct reading *r, struct schedule_lesson *s)
{
	int64_t from = r->learn->in->now, then;
	struct cron cron;

	if (cron_parse(known_at(r, "spec.schedule"), &cron, NULL) != CRON_OK ||
	    !is_meant(r->learn, r->of))
		return;
	for (int window = 0; window < 2; window++) {
		struct cron_gaps gaps = cron_gaps(&cron, from, WINDOW_DAYS);

		if (gaps.shortest && (!s->shortest || gaps.shortest < s->shortest))
			s->shortest = gaps.shortest;
		if (gaps.longest > s->longest)
			s->longest = gaps.longest;
		if (gaps.last && cron_next(&cron, gaps.last, &then) &&
		    then - gaps.last > s->longest)
			s->longest = then - gaps.last;
		from += (int64_t)WINDOW_DAYS * UTC_DAY;
	}
}

static void read_schedule(const struct reading *r)
{
	struct schedule_lesson *s = LEARN_ADD(r->learn->arena, &r->learn->schedules);

	s->namespace = known(r, r->of->object.namespace);
	s->name = known(r, r->of->object.name);
	s->cluster = known_at(r, "spec.cluster.name");
	s->owner = known_at(r, "spec.backupOwnerReference");
	s->method = known_at(r, "spec.method");
	read_gaps(r, s);
	if (str_is(s->method, "volumeSnapshot"))
		s->shortest = 0; /* the bound from below is not for them */
}

static void read_secret(const struct reading *r)
{
	struct learn *l = r->learn;
	struct provider made;

	if (!provider_read(&r->of->object, l->arena, &made) || made.open ||
	    !known(r, made.name).len)
		return;
	struct secret_lesson *s = LEARN_ADD(l->arena, &l->secrets);
	s->name = made.name;
	s->keys = ARENA_ARRAY(l->arena, struct str, made.keys_len + 1);
	for (size_t i = 0; i < made.keys_len; i++)
		if (known(r, made.keys[i].name).len)
			s->keys[s->keys_len++] = made.keys[i].name;
}

static void read_one(const struct reading *r)
{
	switch (r->of->object.kind) {
	case KIND_OBJECT_STORE:
		read_store(r);
		break;
	case KIND_CLUSTER:
		read_cluster(r);
		break;
	case KIND_SCHEDULED_BACKUP:
		read_schedule(r);
		break;
	case KIND_SECRET:
	case KIND_EXTERNAL_SECRET:
		read_secret(r);
		break;
	default:
		break;
	}
}

static int by_store(const void *left, const void *right)
{
	const struct cluster_lesson *a = left, *b = right;
	int order = str_cmp(a->store, b->store);

	order = order ? order : str_cmp(a->namespace, b->namespace);
	order = order ? order : (int)a->follows - (int)b->follows;
	return order ? order : str_cmp(a->name, b->name);
}

struct user {
	struct str store, namespace;
};

static int is_of(const void *key, const void *item)
{
	const struct user *u = key;
	const struct cluster_lesson *c = item;
	int order = str_cmp(u->store, c->store);

	return order ? order : str_cmp(u->namespace, c->namespace);
}

static const struct cluster_lesson *find_user(const struct learn *l, struct user key)
{
	struct cluster_lesson *first = l->clusters.items, *c;

	c = l->clusters.len ? bsearch(&key, first, l->clusters.len, sizeof *first, is_of) : NULL;
	while (c && c > first && is_of(&key, c - 1) == 0)
		c--; /* those that follow no other come first */
	return c;
}

static int by_name(const void *left, const void *right)
{
	const struct cluster_lesson *a = left, *b = right;
	int order = str_cmp(a->namespace, b->namespace);

	return order ? order : str_cmp(a->name, b->name);
}

/* To a store that no Cluster names, one is led by the path: a part of it is its name. */
static void join_by_path(struct learn *l, struct store_lesson *s)
{
	struct str rest = s->destination, part;

	while (!s->cluster.len && str_split(&rest, '/', &part)) {
		const struct cluster_lesson key = {.namespace = s->namespace, .name = part};

		if (part.len && l->clusters.len &&
		    bsearch(&key, l->clusters.items, l->clusters.len, sizeof key, by_name))
			s->cluster = part;
	}
}

/* The Cluster that archives to it: of its namespace, or of one that may be the same. */
static void join(struct learn *l, struct store_lesson *s)
{
	const struct cluster_lesson *c = find_user(l, (struct user){s->name, s->namespace});

	if (!c)
		c = find_user(l, (struct user){s->name, STR_EMPTY});
	if (!c)
		return;
	if (c->name.len)
		s->cluster = c->name;
	s->archived = !c->follows;
}

/* What makes two objects one: kind, namespace and name. Where these are not known, what they say
 * has to be the same, too. */
struct identity {
	uint64_t hash;
	size_t group;
};

static uint64_t identify(const struct object *o)
{
	const struct str parts[] = {str_from(kind_name(o->kind)), o->kind_name, o->namespace,
				    o->name};
	uint64_t hash = STR_HASH;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		hash = str_hash(str_hash(hash, parts[i]), STR("/"));
	if (object_is_name(o->namespace) && object_is_name(o->name))
		return hash;
	CLEANUP(arena) struct arena *scratch = arena_new();
	struct buf text = BUF_ARENA(scratch);
	struct json json = JSON(&text);

	obj_json(o->root, &json);
	return str_hash(hash, buf_slice(&text));
}

static int by_hash(const void *left, const void *right)
{
	const struct identity *a = left, *b = right;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return a->group < b->group ? -1 : a->group > b->group;
}

static int by_group(const void *left, const void *right)
{
	const struct read_object *a = left, *b = right;

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

/* What several folders have of one object is one; the first of a group speaks for it. */
static void join_groups(struct learn *l)
{
	size_t len = l->objects.len;
	struct identity *all = ARENA_ARRAY(l->arena, struct identity, len + 1);
	size_t *first = ARENA_ARRAY(l->arena, size_t, l->groups + 1); /* of each group */

	for (size_t i = 0; i < l->groups; i++)
		first[i] = i;
	for (size_t i = 0; i < len; i++)
		all[i] = (struct identity){identify(&l->objects.items[i].object),
					   l->objects.items[i].group};
	qsort(all, len, sizeof *all, by_hash);
	for (size_t i = 1; i < len; i++)
		if (all[i].hash == all[i - 1].hash && all[i - 1].group < first[all[i].group])
			first[all[i].group] = all[i - 1].group;
	for (size_t i = 0; i < l->groups; i++)
		first[i] = first[first[i]]; /* it is before, and settled */
	for (size_t i = 0; i < len; i++) {
		l->objects.items[i].group = first[l->objects.items[i].group];
		l->objects.items[i].number = i;
	}
	qsort(l->objects.items, len, sizeof *l->objects.items, by_group);
}

void gather_lessons(struct learn *l)
{
	size_t last = SIZE_MAX;

	if (l->objects.len)
		join_groups(l);
	for (size_t i = 0; i < l->objects.len; i++) {
		const struct read_object *o = &l->objects.items[i];

		if (o->group == last || (o->example && (l->from_files & o->object.kind)) ||
		    (o->object.part && !o->example) || o->object.misnamed)
			continue;
		last = o->group;
		for (int made = 0; made < 1 + o->for_all; made++)
			read_one(&(struct reading){l, o, o->for_all ? made : -1});
	}
	if (l->clusters.len)
		qsort(l->clusters.items, l->clusters.len, sizeof *l->clusters.items, by_store);
	for (size_t i = 0; i < l->stores.len; i++)
		join(l, &l->stores.items[i]);
	if (l->clusters.len)
		qsort(l->clusters.items, l->clusters.len, sizeof *l->clusters.items, by_name);
	for (size_t i = 0; i < l->stores.len; i++)
		join_by_path(l, &l->stores.items[i]);
}
