/* What is live, as the text of a manifest: read as a file is. Of Secrets nothing is asked. */
#include "internal.h"

#include "base/json.h"
#include "base/limits.h"
#include "kube/kube.h"

enum { NOT_FOUND = 404 };

struct live {
	const struct plan_input *in;
	struct arena *arena;
	struct buf text;
	struct json json;
	enum kind kind;
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

static void copy_text(struct live *l, struct obj item, const char *of, const char *key)
{
	struct str text = obj_text(obj_at(item, of), key);

	if (text.len)
		json_key_str(&l->json, key, text);
}

/* Of a Backup only when it was made, how and of what: there may be thousands. */
static void add_backup(struct live *l, struct obj item)
{
	json_key(&l->json, "metadata");
	json_open(&l->json, '{');
	copy_text(l, item, "metadata", "namespace");
	copy_text(l, item, "metadata", "name");
	json_close(&l->json, '}');
	json_key(&l->json, "spec");
	obj_json(obj_at(item, "spec"), &l->json);
	json_key(&l->json, "status");
	json_open(&l->json, '{');
	copy_text(l, item, "status", "phase");
	copy_text(l, item, "status", "stoppedAt");
	copy_text(l, item, "status", "serverName");
	json_close(&l->json, '}');
}

/* The items of a list do not say their kind. */
static void each(void *ctx, struct obj item)
{
	struct live *l = ctx;

	if (l->kind == KIND_BACKUP && !str_is(obj_text(item, "status.phase"), "completed"))
		return;
	json_open(&l->json, '{');
	json_key_str(&l->json, "apiVersion", str_from(kind_api(l->kind)->api_version));
	json_key_str(&l->json, "kind", str_from(kind_name(l->kind)));
	if (l->kind == KIND_BACKUP)
		add_backup(l, item);
	else
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

	l->kind = kind;
	l->text_len = l->text.len;
	l->json_before = l->json;
	kind_path(kind, l->in->namespace, &path);
	/* of a cluster that has no plugin nobody can list its stores */
	return kube_list(l->in->kube, buf_slice(&path), &reader, &of, err) ||
	       (kind == KIND_OBJECT_STORE && of.status == NOT_FOUND);
}

bool plan_read_live(struct arena *a, const struct plan_input *in, struct str *out, struct err *err)
{
	static const enum kind kinds[] = {KIND_CLUSTER, KIND_OBJECT_STORE, KIND_SCHEDULED_BACKUP,
					  KIND_BACKUP};
	struct live l = {.in = in, .arena = a, .text = BUF_ARENA(a)};

	l.json = JSON(&l.text);
	json_open(&l.json, '{');
	json_key_str(&l.json, "apiVersion", STR("v1"));
	json_key_str(&l.json, "kind", STR("List"));
	json_key(&l.json, "items");
	json_open(&l.json, '[');
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (!list(&l, kinds[i], err))
			return false;
	json_close(&l.json, ']');
	json_close(&l.json, '}');
	*out = buf_slice(&l.text);
	return true;
}
