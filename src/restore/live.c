/* What is live, as the text of a manifest: read as a file is. Of Secrets nothing is asked. */
#include "internal.h"

#include "base/json.h"
#include "base/limits.h"
#include "kube/kube.h"

enum { FORBIDDEN = 403, NOT_FOUND = 404 };

struct live {
	struct restore *restore;
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

/* What may not be listed is not known, and nothing else depends on it: that is told. */
static bool is_forbidden(struct live *l, long status, bool needed)
{
	struct restore *r = l->restore;

	if (status != FORBIDDEN || needed)
		return false;
	buf_fmt(&r->unlisted, "%s%ss", r->unlisted.len ? ", " : "", l->api->name);
	if (!str_eq(l->namespace, r->in->namespace))
		buf_fmt(&r->unlisted, " of namespace %.*s", STR_ARG(l->namespace));
	else
		r->schedules_unlisted |= l->api == kind_api(KIND_SCHEDULED_BACKUP);
	return true;
}

static bool list(struct live *l, const struct kind_api *api, bool needed, struct err *err)
{
	const struct kube_reader reader = {.begin = begin, .each = each, .ctx = l};
	struct kube_listed of = {.arena = l->restore->arena, .most = LIMIT_LIVE};
	struct buf path = BUF_ARENA(l->restore->arena);

	l->api = api;
	l->text_len = l->text.len;
	l->json_before = l->json;
	kind_api_path(api, l->namespace, &path);
	/* of a cluster that has no plugin nobody can list its stores, and an older CloudNativePG
	 * has no Databases */
	return kube_list(l->restore->in->kube, buf_slice(&path), &reader, &of, err) ||
	       (api != kind_api(KIND_CLUSTER) && of.status == NOT_FOUND) ||
	       is_forbidden(l, of.status, needed);
}

static bool list_all(struct live *l, struct err *err)
{
	if (!list(l, kind_api(KIND_CLUSTER), true, err) ||
	    !list(l, kind_api(KIND_OBJECT_STORE), true, err) ||
	    !list(l, kind_api(KIND_SCHEDULED_BACKUP), false, err))
		return false;
	for (size_t i = 0; i < RESTORE_DEPENDENTS; i++)
		if (!list(l, &restore_dependents[i], false, err))
			return false;
	return true;
}

bool restore_read_live(struct restore *r, struct str *out, struct err *err)
{
	struct live l = {.restore = r, .namespace = r->in->namespace, .text = BUF_ARENA(r->arena)};
	struct str other = r->in->in_namespace;

	l.json = JSON(&l.text);
	json_open(&l.json, '{');
	json_key_str(&l.json, "apiVersion", STR("v1"));
	json_key_str(&l.json, "kind", STR("List"));
	json_key(&l.json, "items");
	json_open(&l.json, '[');
	if (!list_all(&l, err))
		return false;
	if (other.len && !str_eq(other, l.namespace)) {
		l.namespace = other;
		if (!list(&l, kind_api(KIND_CLUSTER), true, err) ||
		    !list(&l, kind_api(KIND_OBJECT_STORE), true, err) ||
		    !list(&l, kind_api(KIND_SCHEDULED_BACKUP), false, err))
			return false;
	}
	json_close(&l.json, ']');
	json_close(&l.json, '}');
	*out = buf_slice(&l.text);
	return true;
}
