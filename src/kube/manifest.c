#include "kube/manifest.h"

#include "base/limits.h"

enum { NOT_FOUND = 404 };

void kube_manifest_open(struct kube_manifest *m)
{
	m->text = BUF_ARENA(m->arena);
	m->json = JSON(&m->text);
	json_open(&m->json, '{');
	json_key_str(&m->json, "apiVersion", STR("v1"));
	json_key_str(&m->json, "kind", STR("List"));
	json_key(&m->json, "items");
	json_open(&m->json, '[');
}

static void add_members(struct json *j, struct obj item)
{
	for (struct obj o = obj_first(item); o.node; o = obj_next(o)) {
		if (str_is(obj_key(o), "apiVersion") || str_is(obj_key(o), "kind"))
			continue;
		json_name(j, obj_key(o));
		obj_json(o, j);
	}
}

/* What a list gave before it began anew is dropped. */
static void begin(void *ctx)
{
	struct kube_manifest *m = ctx;

	m->text.len = m->len;
	m->json.comma = m->comma;
}

static bool is_reduced(const struct reduce_table *t, enum kind kind)
{
	bool any = false;

	for (size_t i = 0; t && i < t->len; i++)
		any |= (t->rows[i].kinds & (unsigned)kind) != 0;
	return any;
}

static void each(void *ctx, struct obj item)
{
	struct kube_manifest *m = ctx;
	struct str version = str_from(m->api->api_version), name = str_from(m->api->name);
	CLEANUP(arena) struct arena *scratch = arena_new();
	struct object object = {.root = item};
	bool known;
	enum kind kind = kind_of(version, name, &known);

	if (is_reduced(m->kept, kind))
		object_reduce_by(m->kept, item, kind, scratch, &object);
	json_open(&m->json, '{');
	json_key_str(&m->json, "apiVersion", version);
	json_key_str(&m->json, "kind", name);
	add_members(&m->json, object.root);
	json_close(&m->json, '}');
}

bool kube_manifest_list(struct kube_manifest *m, const struct kind_api *api, struct str namespace,
			long *status, struct err *err)
{
	const struct kube_reader reader = {.begin = begin, .each = each, .ctx = m};
	struct kube_listed of = {.arena = m->arena, .most = LIMIT_LIVE};
	struct buf path = BUF_ARENA(m->arena);

	m->api = api;
	m->len = m->text.len;
	m->comma = m->json.comma;
	kind_api_path(api, namespace, &path);
	bool good = kube_list(m->kube, buf_slice(&path), &reader, &of, err);
	*status = of.status;
	if (!good)
		begin(m);
	return good;
}

bool kube_manifest_list_all(struct kube_manifest *m, const enum kind *kinds, size_t len,
			    struct str namespace, struct err *err)
{
	for (size_t i = 0; i < len; i++) {
		long status;

		if (!kube_manifest_list(m, kind_api(kinds[i]), namespace, &status, err) &&
		    (kinds[i] != KIND_OBJECT_STORE || status != NOT_FOUND))
			return false;
	}
	return true;
}

struct str kube_manifest_close(struct kube_manifest *m)
{
	json_close(&m->json, ']');
	json_close(&m->json, '}');
	return buf_slice(&m->text);
}
