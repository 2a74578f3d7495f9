#include "facts/probed.h"

#include "base/arena.h"
#include "cnpg/archive.h"
#include "facts/quoted.h"
#include "facts/store.h"

/* One that somebody asked. */
static const struct probe *find(const struct rule_ctx *c, struct str store, struct str cluster)
{
	const struct probe *p = probes_find(c->probes, c->object->namespace, store, cluster);

	return p && !p->unasked.len ? p : NULL;
}

const struct probe *probed_store(const struct rule_ctx *c)
{
	if (c->object->kind == KIND_OBJECT_STORE)
		return find(c, c->object->name, STR_EMPTY);
	return c->archive->in_tree.node ? find(c, STR_EMPTY, c->object->name) : NULL;
}

const struct s3_failure *probed_failure(const struct rule_ctx *c, enum probe_call call)
{
	const struct probe *p = probed_store(c);

	return p && p->calls[call].said == PROBE_NO ? &p->calls[call].why : NULL;
}

const char *probed_operation(enum probe_call call)
{
	static const char *const operations[PROBE_CALLS] = {
		[PROBE_HEAD] = "HeadBucket",	[PROBE_LIST] = "ListObjectsV2",
		[PROBE_READ] = "GetObject",	[PROBE_WRITE] = "PutObject",
		[PROBE_FIND] = "ListObjectsV2", [PROBE_DELETE] = "DeleteObjects",
	};

	return operations[call];
}

struct str probed_answer(const struct rule_ctx *c, const struct s3_failure *why)
{
	if (!why->status)
		return STR("no answer");
	return why->code.len ? arena_fmt(c->arena, "%.*s (HTTP %ld)",
					 STR_ARG(quoted_text(c, why->code)), why->status)
			     : arena_fmt(c->arena, "HTTP %ld", why->status);
}

struct str probed_words(const struct rule_ctx *c, const struct s3_failure *why)
{
	struct str text = quoted_text(c, why->message);

	while (text.len && text.ptr[text.len - 1] == '.')
		text.len--;
	return text.len ? arena_fmt(c->arena, "%.*s; ", STR_ARG(text)) : STR_EMPTY;
}

bool probed_is_denied(const struct s3_failure *why)
{
	return str_is(why->code, "AccessDenied") || (!why->code.len && why->status == 403);
}

struct finding *probed_add_at_keys(const struct rule_ctx *c, const char *field, struct str message)
{
	struct obj configuration = store_configuration(c);
	const char *path = obj_at(configuration, field).node ? field : "s3Credentials";

	if (store_kind(configuration) != STORE_S3)
		path = "destinationPath";
	return finding_add(c, configuration, path, "%.*s", STR_ARG(message));
}
