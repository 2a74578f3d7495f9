#include "bucket/probe.h"

#include "probe_internal.h"

const struct probe *probes_find(const struct probes *p, struct str namespace, struct str store,
				struct str cluster)
{
	for (size_t i = 0; i < p->len; i++) {
		const struct probe *e = &p->items[i];

		if (str_eq(e->namespace, namespace) && str_eq(e->store, store) &&
		    (store.len || (str_eq(e->cluster, cluster) && !e->external.len)))
			return e;
	}
	return NULL;
}

const struct probe *probes_find_external(const struct probes *p, struct str namespace,
					 struct str cluster, struct str external)
{
	for (size_t i = 0; i < p->len; i++) {
		const struct probe *e = &p->items[i];

		if (str_eq(e->namespace, namespace) && str_eq(e->cluster, cluster) &&
		    str_eq(e->external, external))
			return e;
	}
	return NULL;
}

const struct probe_server *probe_server_find(const struct probe *p, struct str name)
{
	for (size_t i = 0; i < p->servers_len; i++)
		if (str_eq(p->servers[i].name, name))
			return &p->servers[i];
	return NULL;
}

int64_t probe_server_backed(const struct probe_server *s)
{
	bool told = s && s->catalogue && !s->problem.len;
	const struct backup *newest = told ? catalogue_newest_backup(s->catalogue) : NULL;

	return newest ? newest->info.end : 0;
}

bool probe_server_is_empty(const struct probe_server *s)
{
	const struct catalogue *c =
		s->list.said == PROBE_YES && !s->problem.len ? s->catalogue : NULL;

	return c && !c->backups_len && !c->runs_len && !c->partials_len && !c->foreign;
}

struct probe_answer probe_answer_none(void)
{
	return (struct probe_answer){.said = PROBE_NOT_ASKED,
				     .why = {.code = STR_EMPTY, .message = STR_EMPTY}};
}

struct probe_answer probe_answer_of(bool ok, const struct s3_failure *why, struct arena *a)
{
	struct probe_answer answer = probe_answer_none();

	answer.said = ok ? PROBE_YES : PROBE_NO;
	if (ok)
		return answer;
	answer.why = *why;
	answer.why.code = arena_str(a, why->code);
	answer.why.message = arena_str(a, why->message);
	return answer;
}
