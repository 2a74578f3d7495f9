/* The bucket is asked what lies in the archive that is read. */
#include "facts/probed.h"
#include "internal.h"

/* Why nothing is known; empty: it is. */
static struct str why_unknown(struct arena *a, const struct probe *p, const struct probe_server *s)
{
	if (p->unasked.len)
		return p->unasked;
	for (int call = 0; call < PROBE_CALLS; call++) {
		const struct s3_failure *why = &p->calls[call].why;

		if (p->calls[call].said != PROBE_NO)
			continue;
		if (why->code.len || why->message.len)
			return arena_fmt(a, "%s: %.*s", probed_operation((enum probe_call)call),
					 STR_ARG(why->code.len ? why->code : why->message));
		return arena_fmt(a, "%s: HTTP %ld", probed_operation((enum probe_call)call),
				 why->status);
	}
	return s ? s->problem : STR("it was not looked at");
}

void restore_look(struct restore *r, struct restore_bucket *out)
{
	const struct object *cluster = restore_cluster(r);
	const struct known *store = r->by_plugin ? restore_store(r, r->store) : NULL;
	struct stores *s = stores_new(r->in->stores, r->arena);
	size_t errors = r->report->errors.len;
	struct err err;

	if (store)
		stores_add(s, &r->view, &store->object);
	stores_add(s, &r->view, cluster);
	stores_ask(s, r->report);
	const struct probe *p = probes_find(stores_seen_from(s, r->view.bundle),
					    store ? store->object.namespace : cluster->namespace,
					    r->store, cluster->name);
	if (!p) {
		r->unknown =
			arena_fmt(r->arena, "ObjectStore %.*s is not there", STR_ARG(r->store));
		return;
	}
	const struct probe_server *server = probe_server_find(p, r->server);
	out->catalogue = server ? server->catalogue : NULL;
	out->servers = p->folders;
	out->servers_len = p->folders_len;
	if (out->catalogue && !server->problem.len)
		return;
	out->catalogue = NULL;
	r->unknown = why_unknown(r->arena, p, server);
	if (r->report->errors.len > errors)
		return; /* it is told */
	err_set(&err, E_IO, "%.*s does not say what lies there: %.*s", STR_ARG(p->place),
		STR_ARG(r->unknown));
	report_add_error(r->report, STR_EMPTY, &err, STR_EMPTY);
}
