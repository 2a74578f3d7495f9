/* What is live, as the text of a manifest: read as a file is. Of Secrets nothing is asked. */
#include "internal.h"

#include "base/json.h"
#include "base/limits.h"
#include "cnpg/reduce.h"
#include "kube/kube.h"

enum { NOT_FOUND = 404 };

struct live {
	struct learn *learn;
	enum kind kind;
	struct arena *scratch; /* of one object */
	struct buf text;
	struct json json;
	/* as they were before this kind */
	size_t text_len;
	struct json before;
};

static void begin(void *ctx)
{
	struct live *v = ctx;

	v->text.len = v->text_len;
	v->json.comma = v->before.comma;
}

static void each(void *ctx, struct obj item)
{
	struct live *v = ctx;
	struct object object;

	object_reduce(item, v->kind, v->scratch, &object);
	obj_json(object.root, &v->json);
	arena_reset(v->scratch);
}

bool live_read(struct learn *l, struct str *out, struct err *err)
{
	static const enum kind kinds[] = {KIND_CLUSTER, KIND_OBJECT_STORE, KIND_SCHEDULED_BACKUP};
	CLEANUP(arena) struct arena *scratch = arena_new();
	struct live v = {.learn = l, .scratch = scratch, .text = BUF_ARENA(l->arena)};
	const struct kube_reader reader = {.begin = begin, .each = each, .ctx = &v};

	v.json = JSON(&v.text);
	json_open(&v.json, '{');
	json_key_str(&v.json, "apiVersion", STR("v1"));
	json_key_str(&v.json, "kind", STR("List"));
	json_key(&v.json, "items");
	json_open(&v.json, '[');
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct kube_listed of = {.arena = l->arena, .most = LIMIT_LIVE};
		struct buf path = BUF_ARENA(l->arena);

		v.kind = kinds[i];
		v.text_len = v.text.len;
		v.before = v.json;
		kind_path(kinds[i], l->in->namespace, &path);
		/* nobody can list stores where there is no plugin */
		if (!kube_list(l->in->kube, buf_slice(&path), &reader, &of, err) &&
		    (kinds[i] != KIND_OBJECT_STORE || of.status != NOT_FOUND))
			return false;
	}
	json_close(&v.json, ']');
	json_close(&v.json, '}');
	*out = buf_slice(&v.text);
	return true;
}
