/* The steps of the restore, as Markdown: to be read by somebody who has little time. */
#include "facts/store.h"
#include "internal.h"

#include "base/utc.h"
#include "report/markdown.h"

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

/* In a sentence: what is a name stays as it is, and what else a file says there makes no Markdown.
 */
static struct str plain(const struct page *p, struct str text)
{
	struct buf out = BUF_ARENA(p->r->arena);

	if (object_is_name(text))
		return text;
	markdown_text(&out, text);
	return buf_slice(&out);
}

static struct str code(const struct page *p, struct str text)
{
	struct buf out = BUF_ARENA(p->r->arena);

	markdown_code(&out, text);
	return buf_slice(&out);
}

/* "app/db", of a sentence. */
static struct str called(const struct page *p, struct str namespace, struct str name)
{
	return restore_called(p->r, plain(p, namespace), plain(p, name));
}

/* In a line for a shell: no text of a file that is anything but a name. */
static struct str word(struct str name, const char *otherwise)
{
	return object_is_name(name) ? name : str_from(otherwise);
}

/* As a shell takes it; `otherwise` for nothing, and for what cannot stand in a line. */
static struct str shell_word(const struct restore *r, struct str text, const char *otherwise)
{
	struct buf quoted = BUF_ARENA(r->arena), clean = BUF_ARENA(r->arena);
	bool plain = text.len && text.ptr[0] != '-';

	buf_clean(&clean, text);
	if (!text.len || clean.len != text.len)
		return str_from(otherwise);
	buf_byte(&quoted, '\'');
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		plain &= (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			 (c >= '0' && c <= '9') || str_find_byte(STR("._-/"), c) != STR_NONE;
		buf_text(&quoted, c == '\'' ? "'\\'" : "");
		buf_byte(&quoted, c);
	}
	buf_byte(&quoted, '\'');
	return plain ? text : buf_slice(&quoted);
}

/* The database as psql -d takes it: what looks like a connection string is read as one (libpq). */
static struct str database_word(const struct restore *r)
{
	struct str name = restore_application(r).database;
	struct buf said = BUF_ARENA(r->arena);

	if (str_find_byte(name, '=') == STR_NONE && !str_has_prefix(name, STR("postgres://")) &&
	    !str_has_prefix(name, STR("postgresql://")))
		return shell_word(r, name, "DATABASE");
	buf_text(&said, "dbname='");
	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] == '\'' || name.ptr[i] == '\\')
			buf_byte(&said, '\\');
		buf_byte(&said, name.ptr[i]);
	}
	buf_byte(&said, '\'');
	return shell_word(r, buf_slice(&said), "DATABASE");
}

/* The file of the manifest, or that into which somebody puts it. */
static struct str file_word(const struct restore *r)
{
	return r->in->file.len ? shell_word(r, r->in->file, "FILE") : STR("restored.yaml");
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

	if (!plan->known) {
		line(p, "Which moments can be restored is not known: %.*s.",
		     STR_ARG(plain(p, p->r->unknown)));
		return;
	}
	line(p, "| can be restored from | to | perhaps up to | then |");
	line(p, "|---|---|---|---|");
	for (size_t i = 0; i < plan->windows_len; i++)
		window(p, &plan->windows[i]);
	line(p,
	     "\nIt begins with base backup %.*s and replays at most %" PRIu64
	     " segment%s of WAL (%" PRIu64 " MiB).",
	     STR_ARG(code(p, plan->base->id)), plan->segments, plan->segments == 1 ? "" : "s",
	     plan->bytes >> 20);
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
	     STR_ARG(called(p, o->namespace, o->name)));
	if (r->in->context.len)
		line(p, "- Context of kubectl, for all that follows: %.*s.",
		     STR_ARG(code(p, r->in->context)));
	line(p, "- To: %s.",
	     target->goal == RESTORE_TIME	 ? utc_format(target->time, time)
	     : target->goal == RESTORE_IMMEDIATE ? "the end of a base backup"
						 : "the latest state that is in the archive");
	line(p, "- As: Cluster %.*s%s.", STR_ARG(called(p, r->namespace, r->as)),
	     r->in_place ? ", in the place of the old one" : ", beside the old one");
	line(p, "- From: what server %.*s archived to %s%.*s.", STR_ARG(code(p, r->server)),
	     r->by_plugin ? "ObjectStore " : "the in-tree store", STR_ARG(plain(p, r->read)));
	if (r->in->drill)
		line(p, "- Own archive: none, it is to be thrown away.\n");
	else
		line(p, "- Own archive: server %.*s, %s.\n", STR_ARG(code(p, r->new_server)),
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
	line(p,
	     "From namespace %.*s to %.*s. Where something makes a Secret, such as an ExternalSecret, let it make this one too, and leave it out here.\n",
	     STR_ARG(plain(p, restore_cluster(r)->namespace)), STR_ARG(plain(p, r->namespace)));
	fence(p, "sh");
	line(p, "for it in \\");
	for (size_t i = 0; i < r->needs_len; i++)
		line(p, "  %s/%.*s%s", r->needs[i].kind, STR_ARG(word(r->needs[i].name, "NAME")),
		     i + 1 < r->needs_len ? " \\" : "");
	line(p, "do");
	line(p,
	     "  kubectl get $it%.*s -o json | jq 'del(.metadata, .status) + {metadata: {name: .metadata.name}}' | kubectl create%.*s -f -",
	     STR_ARG(p->from), STR_ARG(p->to));
	line(p, "done");
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

static bool is_subscription(const struct dependent *d)
{
	return strcmp(d->kind, "Subscription") == 0;
}

#define SUBSCRIBED                                                                                 \
	"the restored database has it already, and asks the publisher for the slot of the old Cluster. One of them at a time is served, and what the other has fetched is not sent again."

static void apply(struct page *p)
{
	step(p, "Apply and watch");
	if (p->r->denials.len) {
		line(p,
		     "Rules deny this of the manifest, and the webhook refuses it where it has them: mend it first.\n");
		buf_str(p->out, buf_slice(&p->r->denials));
		line(p, "%s", "");
	}
	if (inherits_role(p->r))
		line(p,
		     "The store gives rights to a role, which must trust ServiceAccount %.*s too.\n",
		     STR_ARG(called(p, p->r->namespace, p->r->as)));
	if (p->r->in->drill)
		for (const struct dependent *d = NULL; (d = restore_next_dependent(p->r, d));)
			if (is_subscription(d))
				line(p, "Beware of Subscription %.*s: " SUBSCRIBED "\n",
				     STR_ARG(plain(p, d->name)));
	fence(p, "sh");
	line(p, "kubectl apply -f %.*s%s", STR_ARG(file_word(p->r)),
	     p->r->in->file.len ? "" : "   # what restore prints without --runbook");
	line(p, "kubectl wait --for=condition=Ready --timeout=%" PRId64 "h cluster/%.*s%.*s",
	     restore_patience(p->r), STR_ARG(p->new), STR_ARG(p->to));
	fence(p, "");
	line(p,
	     "\nThe last line ends when it is done; where it gives up before, the Cluster goes on. Meanwhile, in another terminal, how far it is and what the restore says:\n");
	fence(p, "sh");
	line(p, "kubectl cnpg status %.*s%.*s", STR_ARG(p->new), STR_ARG(p->to));
	line(p,
	     "kubectl logs -l cnpg.io/cluster=%.*s,cnpg.io/jobRole --all-containers --tail=-1%.*s",
	     STR_ARG(p->new), STR_ARG(p->to));
	fence(p, "");
}

static void verify(struct page *p)
{
	step(p, "Verify");
	line(p,
	     "Ask for what you know to have been there, such as the newest row before the moment. The first column must be `f`.\n");
	fence(p, "sh");
	line(p,
	     "kubectl cnpg psql %.*s%.*s -- -d %.*s -c 'select pg_is_in_recovery(), pg_size_pretty(pg_database_size(current_database()))'",
	     STR_ARG(p->new), STR_ARG(p->to), STR_ARG(database_word(p->r)));
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
	line(p,
	     "What is asked stands in the Job, as QUERY. The second column must be `f`. The Job gives up after %" PRId64
	     " hours: raise its activeDeadlineSeconds before you apply it, where the restore takes longer.\n",
	     restore_patience(p->r));
	fence(p, "sh");
	line(p, "kubectl wait --for=condition=complete --timeout=%" PRId64 "h job/%.*s-ask%.*s",
	     restore_patience(p->r), STR_ARG(p->new), STR_ARG(p->to));
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
		     STR_ARG(plain(p, p->r->namespace)));
}

static void list_dependents(const struct page *p)
{
	for (const struct dependent *d = NULL; (d = restore_next_dependent(p->r, d));) {
		struct str name = plain(p, d->name);

		if (is_subscription(d))
			line(p, "- Subscription %.*s: " SUBSCRIBED, STR_ARG(name));
		else if (strcmp(d->kind, "Pooler") == 0)
			line(p, "- Pooler %.*s: the application needs the Service of the copy.",
			     STR_ARG(name));
		else
			line(p,
			     "- %s %.*s: the copy makes it where the restored data lack it, and keeps it.",
			     d->kind, STR_ARG(name));
	}
}

static void follow(struct page *p)
{
	const struct restore *r = p->r;

	if (!restore_next_dependent(r, NULL) && !r->unlisted.len)
		return;
	step(p, "Copy what belongs to the old Cluster");
	if (r->unlisted.len)
		line(p, "%.*s may not be listed: see which of them name Cluster %.*s.\n",
		     STR_ARG(buf_slice(&r->unlisted)), STR_ARG(p->old));
	if (!restore_next_dependent(r, NULL))
		return;
	line(p,
	     "These name Cluster %.*s, and stay with it. Of each that the new one needs apply a copy %s%.*s, with `spec.cluster.name: %.*s`:\n",
	     STR_ARG(p->old), r->moves ? "in namespace " : "under another name",
	     STR_ARG(r->moves ? plain(p, r->namespace) : STR_EMPTY), STR_ARG(p->new));
	list_dependents(p);
}

/* Of a Cluster that has the name of the old one. */
static void stay(const struct page *p)
{
	struct buf names = BUF_ARENA(p->r->arena);

	for (const struct dependent *d = NULL; (d = restore_next_dependent(p->r, d));)
		buf_fmt(&names, "%s%s %.*s", names.len ? ", " : "", d->kind,
			STR_ARG(plain(p, d->name)));
	if (names.len)
		line(p, "- What names the Cluster stays, and must be ready again: %.*s.",
		     STR_ARG(buf_slice(&names)));
}

static void add_name(void *ctx, struct str name)
{
	struct buf *names = ctx;

	buf_fmt(names, "%s%.*s", names->len ? ", " : "", STR_ARG(name));
}

/* Passwords and certificates: of Secrets that are named, and of those that the operator makes. */
static void secrets(const struct page *p)
{
	static const char *const named[] = {"spec.superuserSecret.name",
					    "spec.managed.roles[].passwordSecret.name"};
	struct obj root = restore_cluster(p->r)->root;
	struct buf passwords = BUF_ARENA(p->r->arena);

	for (size_t i = 0; i < ARRAY_LEN(named); i++)
		restore_each_text(root, named[i], add_name, &passwords);
	if (passwords.len)
		line(p, "- Passwords of roles are what these Secrets hold now: %.*s.",
		     STR_ARG(plain(p, buf_slice(&passwords))));
	if (obj_true(root, "spec.enableSuperuserAccess", false) && !obj_text(root, named[0]).len)
		line(p,
		     "- The superuser's Secret is %.*s-superuser, made anew with another password.",
		     STR_ARG(p->new));
	if (!obj_text(root, "spec.certificates.serverCASecret").len)
		line(p,
		     "- The server's certificate is of another CA: who verifies it needs ca.crt of Secret %.*s-ca, which is made anew.",
		     STR_ARG(p->new));
	if (!obj_text(root, "spec.certificates.clientCASecret").len)
		line(p,
		     "- Certificates that the old Cluster's CA gave to clients are refused: make them anew (`kubectl cnpg certificate`).");
}

static void list_outside(const struct page *p)
{
	struct obj all = obj_at(restore_cluster(p->r)->root, "spec.managed.services.additional");

	for (struct obj e = obj_first(all); e.node; e = obj_next(e))
		line(p,
		     "- Service %.*s of `managed.services.additional` leads to the old Cluster still.",
		     STR_ARG(plain(p, obj_text(e, "serviceTemplate.metadata.name"))));
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
		     STR_ARG(service(p, p->old, plain(p, restore_cluster(r)->namespace))));
	if (restore_application(r).database.len)
		line(p, "- The application's Secret %s %.*s%s", named ? "stays" : "is",
		     STR_ARG(plain(p, secret)),
		     named ? "." : ", made anew with another password: restart what reads it.");
	if (tls.len && !r->in_place)
		line(p, "- The certificate in Secret %.*s must be for the new Services, too.",
		     STR_ARG(plain(p, tls)));
	secrets(p);
	if (r->in_place)
		stay(p);
	else if (!r->moves)
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
	if (r->schedules_unlisted)
		line(p, "\nScheduledBackups may not be listed: where one names Cluster %.*s, %s.",
		     STR_ARG(p->old),
		     r->in_place ? "it is that of this one, and you need no other"
				 : "take a copy of it, under another name and for this Cluster");
	if (!r->schedules_len) {
		line(p, "\nThe schedules of the old Cluster are those of this one.");
		return;
	}
	line(p, "\n%s its schedule:\n", r->schedules_unlisted ? "Else" : "Then");
	if (r->schedule_faults.len)
		line(p, "What is wrong with it stands in the comments: mend that first.\n");
	fence(p, "yaml");
	buf_str(p->out, buf_slice(&r->schedule_faults));
	buf_str(p->out, buf_slice(&r->schedules));
	fence(p, "");
}

static void back(struct page *p)
{
	const struct restore *r = p->r;

	step(p, "If it must be undone");
	if (r->in_place)
		line(p,
		     "The archive of server %.*s is as it was: delete the Cluster and restore another moment from there.",
		     STR_ARG(code(p, r->server)));
	else
		line(p,
		     "Cluster %.*s and its archive are as they were: lead the application back to them, then `kubectl delete cluster %.*s%.*s`.",
		     STR_ARG(called(p, restore_cluster(r)->namespace, p->old)), STR_ARG(p->new),
		     STR_ARG(p->to));
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
	     "- The folder of server %.*s stays in the bucket, and nobody prunes it any more then: delete it when no moment of it is wanted.",
	     STR_ARG(code(p, r->server)));
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
	if (!r->in_place)
		follow(&p);
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
