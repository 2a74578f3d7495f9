/* What is live, as the text of a manifest: read as a file is. Of Secrets nothing is asked. */
#include "internal.h"

#include "base/json.h"
#include "base/limits.h"
#include "kube/kube.h"

enum { NOT_FOUND = 404 };

struct live {
	struct arena *arena;
	struct kube *kube;
	struct str namespace;
	struct buf text;
	struct json json;
	const struct kind_api *api;
	/* as they were before this kind */
	size_t text_len;
	struct json json_before;
};

static void begin(void *ctx)
{
	struct live *l = ctx;

	l->text.len = l->text_len;
	l->json.comma = l->json_before.comma;
}

/* The items of a list do not say their kind. */
static void each(void *ctx, struct obj item)
{
	struct live *l = ctx;

	json_open(&l->json, '{');
	json_key_str(&l->json, "apiVersion", str_from(l->api->api_version));
	json_key_str(&l->json, "kind", str_from(l->api->name));
	for (struct obj m = obj_first(item); m.node; m = obj_next(m)) {
		if (str_is(obj_key(m), "apiVersion") || str_is(obj_key(m), "kind"))
			continue;
		json_name(&l->json, obj_key(m));
		obj_json(m, &l->json);
	}
	json_close(&l->json, '}');
}

static bool list(struct live *l, enum kind kind, struct err *err)
{
	const struct kube_reader reader = {.begin = begin, .each = each, .ctx = l};
	struct kube_listed of = {.arena = l->arena, .most = LIMIT_LIVE};
	struct buf path = BUF_ARENA(l->arena);

	l->api = kind_api(kind);
	l->text_len = l->text.len;
	l->json_before = l->json;
	kind_path(kind, l->namespace, &path);
	/* of a cluster that has no plugin nobody can list its stores */
	return kube_list(l->kube, buf_slice(&path), &reader, &of, err) ||
	       (kind == KIND_OBJECT_STORE && of.status == NOT_FOUND);
}

bool restore_read_live(struct arena *a, const struct restore_input *in, struct str *out,
		       struct err *err)
{
	const struct str namespaces[] = {in->namespace, in->in_namespace};
	static const enum kind kinds[] = {KIND_CLUSTER, KIND_OBJECT_STORE, KIND_SCHEDULED_BACKUP};
	struct live l = {.arena = a, .kube = in->kube, .text = BUF_ARENA(a)};

	l.json = JSON(&l.text);
	json_open(&l.json, '{');
	json_key_str(&l.json, "apiVersion", STR("v1"));
	json_key_str(&l.json, "kind", STR("List"));
	json_key(&l.json, "items");
	json_open(&l.json, '[');
	for (size_t n = 0; n < ARRAY_LEN(namespaces); n++) {
		l.namespace = namespaces[n];
		if (n && (!l.namespace.len || str_eq(l.namespace, in->namespace)))
			continue;
		for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
			if (!list(&l, kinds[i], err))
				return false;
	}
	json_close(&l.json, ']');
	json_close(&l.json, '}');
	*out = buf_slice(&l.text);
	return true;
}
