/* The steps of the restore, as Markdown: to be read by somebody who has little time. */
#include "facts/store.h"
#include "internal.h"

#include "base/utc.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

struct page {
	struct restore *r;
	struct buf *out;
	struct str from, to; /* namespaces as arguments of kubectl: " -n shop", or nothing */
	struct str old, new; /* the Clusters' names */
	int step;
};

/* A line. What would end it is escaped, but for a line break at the beginning or the end of `fmt`:
 * an empty line. */
static void PRINTF(2, 3) line(const struct page *p, const char *fmt, ...)
{
	struct buf text = BUF_ARENA(p->r->arena);
	bool before = fmt[0] == '\n', behind = fmt[0] && fmt[strlen(fmt) - 1] == '\n';
	va_list args;

	va_start(args, fmt);
	buf_vfmt(&text, fmt, args);
	va_end(args);
	buf_text(p->out, before ? "\n" : "");
	buf_clean(p->out, str_slice(buf_slice(&text), before, text.len - behind));
	buf_text(p->out, behind ? "\n\n" : "\n");
}

static void step(struct page *p, const char *title)
{
	line(p, "\n## %d. %s\n", ++p->step, title);
}

static void fence(const struct page *p, const char *language)
{
	line(p, "```%s", language);
}

/* In a line for a shell: no text of a file that is anything but a name. */
static struct str word(struct str name, const char *otherwise)
{
	return object_is_name(name) ? name : str_from(otherwise);
}

/* The file of the manifest, as a shell takes it. */
static struct str file_word(const struct restore *r)
{
	struct buf quoted = BUF_ARENA(r->arena);
	bool plain = r->in->file.len && r->in->file.ptr[0] != '-';

	if (!r->in->file.len)
		return STR("restored.yaml");
	buf_byte(&quoted, '\'');
	for (size_t i = 0; i < r->in->file.len; i++) {
		char c = r->in->file.ptr[i];

		if ((unsigned char)c < ' ')
			return STR("FILE");
		plain &= (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			 (c >= '0' && c <= '9') || str_find_byte(STR("._-/"), c) != STR_NONE;
		buf_text(&quoted, c == '\'' ? "'\\'" : "");
		buf_byte(&quoted, c);
	}
	buf_byte(&quoted, '\'');
	return plain ? r->in->file : buf_slice(&quoted);
}

static struct str in_namespace(struct arena *a, struct str namespace)
{
	return namespace.len ? arena_fmt(a, " -n %.*s", STR_ARG(word(namespace, "NAMESPACE")))
			     : STR_EMPTY;
}

static void window(const struct page *p, const struct window *w)
{
	char from[UTC_TEXT], surely[UTC_TEXT], until[UTC_TEXT];

	line(p, "| %s | %s | %s | %s |", utc_format(w->from, from),
	     w->reach.surely <= w->from ? "the same" : utc_format(w->reach.surely, surely),
	     utc_format(w->reach.until, until),
	     restore_then(w) ? restore_then(w) : "nothing newer");
}

static void windows(const struct page *p)
{
	const struct restore_plan *plan = &p->r->plan;
	struct str why = restore_why_timeline(p->r);

	if (!plan->known) {
		line(p, "Which moments can be restored is not known: %.*s.",
		     STR_ARG(p->r->unknown));
		return;
	}
	line(p, "| can be restored from | to | perhaps up to | then |");
	line(p, "|---|---|---|---|");
	for (size_t i = 0; i < plan->windows_len; i++)
		window(p, &plan->windows[i]);
	line(p,
	     "\nIt begins with base backup `%.*s` and replays at most %" PRIu64
	     " segments of WAL (%" PRIu64 " MiB).",
	     STR_ARG(plan->base->id), plan->segments, plan->bytes >> 20);
	if (why.len)
		line(p, "In its recoveryTarget %.*s.", STR_ARG(why));
	if (plan->at_edge)
		line(p,
		     "The last segment may end before that moment. PostgreSQL then stops with \"recovery ended before configured recovery target was reached\": take an earlier one.");
}

static void head(const struct page *p)
{
	const struct restore *r = p->r;
	const struct restore_wish *target = &r->plan.target;
	const struct object *o = restore_cluster(r);
	char time[UTC_TEXT];

	line(p, "# %s of Cluster %.*s\n", r->in->drill ? "Drill" : "Restore",
	     STR_ARG(restore_called(r, o->namespace, o->name)));
	if (r->in->context.len)
		line(p, "- Context of kubectl, for all that follows: `%.*s`.",
		     STR_ARG(r->in->context));
	line(p, "- To: %s.",
	     target->goal == RESTORE_TIME	 ? utc_format(target->time, time)
	     : target->goal == RESTORE_IMMEDIATE ? "the end of a base backup"
						 : "the latest state that is in the archive");
	line(p, "- As: Cluster %.*s%s.", STR_ARG(restore_called(r, r->namespace, r->as)),
	     r->in_place ? ", in the place of the old one" : ", beside the old one");
	line(p, "- From: what server `%.*s` archived to %s%.*s.", STR_ARG(r->server),
	     r->by_plugin ? "ObjectStore " : "the in-tree store", STR_ARG(r->read));
	if (r->in->drill)
		line(p, "- Own archive: none, it is to be thrown away.\n");
	else
		line(p, "- Own archive: server `%.*s`, %s.\n", STR_ARG(r->new_server),
		     r->plan.known ? "new and empty"
				   : "new; that its folder is empty was not looked at");
	windows(p);
}

static bool inherits_role(const struct restore *r)
{
	const struct object *from = restore_read_from(r);
	struct obj configuration = from ? store_configuration_of(from) : (struct obj){0};

	return obj_true(configuration, "s3Credentials.inheritFromIAMRole", false) ||
	       obj_true(configuration, "azureCredentials.inheritFromAzureAD", false) ||
	       obj_true(configuration, "googleCredentials.gkeEnvironment", false);
}

static void copies(struct page *p)
{
	const struct restore *r = p->r;

	step(p, "Copy what the new Cluster names");
	line(p, "From namespace %.*s to %.*s:\n", STR_ARG(restore_cluster(r)->namespace),
	     STR_ARG(r->namespace));
	for (size_t i = 0; i < r->needs_len; i++)
		line(p, "- %s %.*s", r->needs[i].kind, STR_ARG(r->needs[i].name));
	line(p,
	     "\nWhere something makes a Secret, such as an ExternalSecret, let it make this one too. Else, for each:\n");
	fence(p, "sh");
	line(p,
	     "kubectl get KIND NAME%.*s -o json | jq 'del(.metadata, .status) + {metadata: {name: .metadata.name}}' | kubectl create%.*s -f -",
	     STR_ARG(p->from), STR_ARG(p->to));
	fence(p, "");
}

static void be_sure(struct page *p)
{
	const struct restore *r = p->r;

	step(p, "Be sure before the old Cluster goes");
	if (!r->plan.known)
		line(p,
		     "Nobody has looked into the bucket: ask `backup-guard probe`, and restore beside the old Cluster first, under another name. What is not in the archive goes with it.\n");
	else if (r->plan.target.goal != r->in->wish.goal)
		line(p,
		     "WAL is missing in the archive: what was written after that moment is in the old Cluster alone, and goes with it. Take it out by pg_dump first.\n");
	line(p, "While it runs, send what is not archived yet, and see that it arrives.\n");
	fence(p, "sh");
	line(p, "kubectl cnpg psql %.*s%.*s -- -c 'select pg_switch_wal()'", STR_ARG(p->old),
	     STR_ARG(p->from));
	line(p, "kubectl cnpg status %.*s%.*s", STR_ARG(p->old), STR_ARG(p->from));
	fence(p, "");
}

static void stop_old(struct page *p)
{
	step(p, "Stop what applies the old Cluster");
	line(p,
	     "Else it is there again at once. Flux: `flux suspend kustomization NAME`. Argo CD: `argocd app set NAME --sync-policy none`. Then stop the application: what it writes now is lost.");
	be_sure(p);
	step(p, "Delete the old Cluster and its volumes");
	line(p,
	     "Its archive stays. What was written after the moment of the restore is in no Cluster afterwards: a restore under another name, beside it, keeps it.\n");
	fence(p, "sh");
	line(p, "kubectl delete cluster %.*s%.*s", STR_ARG(p->old), STR_ARG(p->from));
	line(p, "kubectl get pvc -l cnpg.io/cluster=%.*s%.*s   # none may be left", STR_ARG(p->old),
	     STR_ARG(p->from));
	fence(p, "");
}

static void apply(struct page *p)
{
	step(p, "Apply and watch");
	if (inherits_role(p->r))
		line(p,
		     "The store gives rights to a role, which must trust ServiceAccount %.*s too.\n",
		     STR_ARG(restore_called(p->r, p->r->namespace, p->r->as)));
	fence(p, "sh");
	line(p, "kubectl apply -f %.*s", STR_ARG(file_word(p->r)));
	line(p, "kubectl get cluster %.*s%.*s -w", STR_ARG(p->new), STR_ARG(p->to));
	line(p, "kubectl cnpg status %.*s%.*s", STR_ARG(p->new), STR_ARG(p->to));
	line(p, "kubectl logs -l cnpg.io/cluster=%.*s,cnpg.io/jobRole --all-containers%.*s",
	     STR_ARG(p->new), STR_ARG(p->to));
	fence(p, "");
	line(p,
	     "\nIt is done when the Cluster is in healthy state. The last line is for when it is not.");
}

static void verify(struct page *p)
{
	struct str database = restore_application(p->r).database;

	step(p, "Verify");
	line(p,
	     "Ask for what you know to have been there, such as the newest row before the moment. The first column must be `f`.\n");
	fence(p, "sh");
	line(p,
	     "kubectl cnpg psql %.*s%.*s -- -d %.*s -c 'select pg_is_in_recovery(), pg_size_pretty(pg_database_size(current_database()))'",
	     STR_ARG(p->new), STR_ARG(p->to), STR_ARG(word(database, "DATABASE")));
	fence(p, "");
}

static bool has_job(const struct page *p)
{
	struct application app = restore_application(p->r);

	return app.database.len && app.owner.len;
}

static void ask(struct page *p)
{
	if (!has_job(p)) {
		verify(p);
		return;
	}
	step(p, "Read the answer");
	line(p, "What is asked stands in the Job, as QUERY. The second column must be `f`.\n");
	fence(p, "sh");
	line(p, "kubectl wait --for=condition=complete --timeout=-1s job/%.*s-ask%.*s",
	     STR_ARG(p->new), STR_ARG(p->to));
	line(p, "kubectl logs job/%.*s-ask%.*s", STR_ARG(p->new), STR_ARG(p->to));
	fence(p, "");
}

static void throw_away(struct page *p)
{
	step(p, "Delete it");
	line(p, "Its volumes go with it. It wrote nothing into the bucket.\n");
	fence(p, "sh");
	line(p, "kubectl delete cluster %.*s%.*s", STR_ARG(p->new), STR_ARG(p->to));
	if (has_job(p))
		line(p, "kubectl delete job %.*s-ask%.*s", STR_ARG(p->new), STR_ARG(p->to));
	fence(p, "");
	if (p->r->moves)
		line(p,
		     "\nWhat was copied to namespace %.*s, and the ObjectStore there, can go, too.",
		     STR_ARG(p->r->namespace));
}

static void list_outside(const struct page *p)
{
	struct obj all = obj_at(restore_cluster(p->r)->root, "spec.managed.services.additional");

	for (struct obj e = obj_first(all); e.node; e = obj_next(e))
		line(p,
		     "- Service %.*s of `managed.services.additional` leads to the old Cluster still.",
		     STR_ARG(obj_text(e, "serviceTemplate.metadata.name")));
}

static struct str service(const struct page *p, struct str cluster, struct str namespace)
{
	return arena_fmt(p->r->arena, "%.*s-rw%s%.*s", STR_ARG(cluster), p->r->moves ? "." : "",
			 STR_ARG(p->r->moves ? namespace : STR_EMPTY));
}

static void switch_application(struct page *p)
{
	const struct restore *r = p->r;
	bool named = obj_text(restore_bootstrap(r), "secret.name").len;
	struct str secret = restore_application_secret(r);
	struct str tls = obj_text(restore_cluster(r)->root, "spec.certificates.serverTLSSecret");

	step(p, "Switch the application");
	if (r->in_place)
		line(p, "- The Services keep their names: %.*s-rw, -ro and -r.", STR_ARG(p->new));
	else
		line(p, "- Services: %.*s in place of %.*s, and -ro and -r likewise.",
		     STR_ARG(service(p, p->new, r->namespace)),
		     STR_ARG(service(p, p->old, restore_cluster(r)->namespace)));
	if (restore_application(r).database.len)
		line(p, "- The application's Secret %s %.*s%s", named ? "stays" : "is",
		     STR_ARG(secret),
		     named ? "." : ", made anew with another password: restart what reads it.");
	if (tls.len && !r->in_place)
		line(p, "- The certificate in Secret %.*s must be for the new Services, too.",
		     STR_ARG(tls));
	if (!r->in_place && !r->moves)
		list_outside(p);
}

static void protect(struct page *p)
{
	const struct restore *r = p->r;

	step(p, "The first base backup");
	line(p, "Until it is complete, nothing of the new Cluster can be restored.\n");
	fence(p, "sh");
	line(p, "kubectl cnpg backup %.*s%.*s --method %s", STR_ARG(p->new), STR_ARG(p->to),
	     r->by_plugin ? "plugin --plugin-name " PLUGIN_NAME : "barmanObjectStore");
	fence(p, "");
	if (!r->schedules_len) {
		line(p, "\nThe schedules of the old Cluster are those of this one.");
		return;
	}
	line(p, "\nThen its schedule:\n");
	fence(p, "yaml");
	buf_str(p->out, buf_slice(&r->schedules));
	fence(p, "");
}

static void back(struct page *p)
{
	const struct restore *r = p->r;

	step(p, "If it must be undone");
	if (r->in_place)
		line(p,
		     "The archive of server `%.*s` is as it was: delete the Cluster and restore another moment from there.",
		     STR_ARG(r->server));
	else
		line(p,
		     "Cluster %.*s and its archive are as they were: lead the application back to them, then `kubectl delete cluster %.*s%.*s`.",
		     STR_ARG(restore_called(r, restore_cluster(r)->namespace, p->old)),
		     STR_ARG(p->new), STR_ARG(p->to));
}

static void afterwards(struct page *p)
{
	const struct restore *r = p->r;

	step(p, "Afterwards");
	if (r->in_place) {
		line(p,
		     "- Put the new manifest into your repository: the old one would lead this Cluster to the archive of the old, where two histories would mix.");
		line(p,
		     "- Only then let Flux or Argo CD go on: `flux resume kustomization NAME`, `argocd app set NAME --sync-policy automated`.");
	} else {
		line(p, "- Put the new manifest into your repository.");
		line(p,
		     "- Delete the old Cluster when nobody needs it: `kubectl delete cluster %.*s%.*s`.",
		     STR_ARG(p->old), STR_ARG(p->from));
	}
	line(p,
	     "- The folder of server `%.*s` stays in the bucket, and nobody prunes it any more then: delete it when no moment of it is wanted.",
	     STR_ARG(r->server));
}

void restore_write_runbook(struct restore *r)
{
	const struct object *o = restore_cluster(r);
	struct page p = {.r = r,
			 .out = &r->runbook,
			 .from = in_namespace(r->arena, o->namespace),
			 .to = in_namespace(r->arena, r->namespace),
			 .old = word(o->name, "CLUSTER"),
			 .new = r->as};

	head(&p);
	if (r->moves && r->needs_len)
		copies(&p);
	if (r->in_place)
		stop_old(&p);
	apply(&p);
	if (r->in->drill) {
		ask(&p);
		throw_away(&p);
		return;
	}
	verify(&p);
	switch_application(&p);
	protect(&p);
	back(&p);
	afterwards(&p);
}

struct str restore_runbook_path(struct arena *a, struct str manifest)
{
	size_t end = manifest.len;

	while (end && manifest.ptr[end - 1] != '.' && manifest.ptr[end - 1] != '/')
		end--;
	if (!end || manifest.ptr[end - 1] == '/')
		end = manifest.len + 1;
	return arena_fmt(a, "%.*s.md", STR_ARG(str_slice(manifest, 0, end - 1)));
}
