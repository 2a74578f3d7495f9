/* The bucket is asked what lies in the archive that is read. */
#include "check/check.h"
#include "facts/probed.h"
#include "input/bundles.h"
#include "input/catalog.h"
#include "restore/restore.h"

/* Why nothing is known; empty: it is. The answer to HeadBucket has no words: those of another call
 * come first. */
static struct str why_unknown(struct arena *a, const struct probe *p, const struct probe_server *s)
{
	int first = PROBE_CALLS;

	for (int call = PROBE_CALLS; call-- > 0;)
		if (p->calls[call].said == PROBE_NO &&
		    (first == PROBE_CALLS || p->calls[call].why.code.len ||
		     !p->calls[first].why.code.len))
			first = call;
	if (first == PROBE_CALLS)
		return s ? s->problem : STR("it was not looked at");
	const struct s3_failure *why = &p->calls[first].why;
	const char *operation = probed_operation((enum probe_call)first);

	if (why->code.len || why->message.len)
		return arena_fmt(a, "%s: %.*s", operation,
				 STR_ARG(why->code.len ? why->code : why->message));
	return arena_fmt(a, "%s: HTTP %ld", operation, why->status);
}

struct files {
	const struct catalog *catalog;
	const struct probe_secrets *otherwise;
};

static bool read_secret(void *ctx, struct str namespace, struct str name, struct arena *a,
			struct obj *out, struct err *err)
{
	const struct files *f = ctx;

	for (size_t i = 0; i < f->catalog->len; i++)
		for (const struct held *h = f->catalog->files[i].first; h; h = h->next)
			for (const struct use *u = h->uses; u; u = u->next)
				if (check_is_secret(&u->object, namespace, name, a)) {
					*out = u->object.root;
					return true;
				}
	return f->otherwise->read(f->otherwise->ctx, namespace, name, a, out, err);
}

void restore_look(void *ctx, const struct restore_archive *archive, struct restore_bucket *out)
{
	const struct restore_asking *asking = ctx;
	struct report *report = asking->report;
	struct probe_options options = *asking->options;
	struct files files = {archive->files, &asking->options->secrets};
	struct probe p;
	struct err err;

	options.secrets = (struct probe_secrets){read_secret, &files};
	stores_ask_one(&options, archive->of, archive->server, report, &p);
	const struct probe_server *server = probe_server_find(&p, archive->server);
	*out = (struct restore_bucket){.servers = p.folders,
				       .servers_len = p.folders_len,
				       .servers_whole = p.folders_whole};
	if (server && server->catalogue && !server->problem.len) {
		out->catalogue = server->catalogue;
		return;
	}
	if (p.unasked.len) { /* by nature: an IAM role, Azure; or it is told why */
		out->unknown = arena_fmt(report->arena, "the store was not asked: %.*s",
					 STR_ARG(p.unasked));
		return;
	}
	out->unknown = why_unknown(report->arena, &p, server);
	err_set(&err, E_IO, "%.*s does not say what lies there: %.*s", STR_ARG(p.place),
		STR_ARG(out->unknown));
	report_add_error(report, STR_EMPTY, &err, STR_EMPTY);
}
