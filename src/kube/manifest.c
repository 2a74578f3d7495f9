#include "kube/manifest.h"

#include "base/limits.h"

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

void kube_manifest_members(struct json *j, struct obj item)
{
	for (struct obj o = obj_first(item); o.node; o = obj_next(o)) {
		if (str_is(obj_key(o), "apiVersion") || str_is(obj_key(o), "kind"))
			continue;
		json_name(j, obj_key(o));
		obj_json(o, j);
	}
}

static void rewind_to(struct kube_manifest *m, size_t len, bool comma)
{
	m->text.len = len;
	m->json.comma = comma;
}

/* What a list gave before it began anew is dropped. */
static void begin(void *ctx)
{
	struct kube_manifest *m = ctx;

	rewind_to(m, m->len, m->comma);
}

static void each(void *ctx, struct obj item)
{
	struct kube_manifest *m = ctx;
	size_t len = m->text.len;
	bool comma = m->json.comma;

	json_open(&m->json, '{');
	json_key_str(&m->json, "apiVersion", str_from(m->api->api_version));
	json_key_str(&m->json, "kind", str_from(m->api->name));
	if (!m->members) {
		kube_manifest_members(&m->json, item);
	} else if (!m->members(m->ctx, &m->json, item)) {
		rewind_to(m, len, comma);
		return;
	}
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

struct str kube_manifest_close(struct kube_manifest *m)
{
	json_close(&m->json, ']');
	json_close(&m->json, '}');
	return buf_slice(&m->text);
}
