/* The steps of the restore, as Markdown: to be read by somebody who has little time. */
#include "facts/store.h"
#include "page_internal.h"

#include <inttypes.h>
#include <string.h>

/* The database as psql -d takes it: what looks like a connection string is read as one (libpq). */
static struct str database_word(const struct page *p)
{
	struct str name = restore_application(p->r).database;
	struct buf said = BUF_ARENA(p->r->arena);

	if (str_find_byte(name, '=') == STR_NONE && !str_has_prefix(name, STR("postgres://")) &&
	    !str_has_prefix(name, STR("postgresql://")))
		return page_shell_word(p, name, "DATABASE");
	buf_text(&said, "dbname='");
	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] == '\'' || name.ptr[i] == '\\')
			buf_byte(&said, '\\');
		buf_byte(&said, name.ptr[i]);
	}
	buf_byte(&said, '\'');
	return page_shell_word(p, buf_slice(&said), "DATABASE");
}

/* The file of the manifest, or that into which somebody puts it. */
static struct str file_word(const struct page *p)
{
	return p->r->in->file.len ? page_shell_word(p, p->r->in->file, "FILE")
				  : STR("restored.yaml");
}

/* At the end of a command: kubectl takes no option before the name of a plugin. */
static struct str in_context(const struct page *p)
{
	struct str name = p->r->in->context;

	return name.len ? arena_fmt(p->r->arena, " --context %.*s",
				    STR_ARG(page_shell_word(p, name, "CONTEXT")))
			: STR_EMPTY;
}

/* Cluster API and Rancher have kinds called Cluster, too: a short name may be theirs. */
#define CLUSTERS "clusters.postgresql.cnpg.io"

static bool inherits_role(const struct restore *r)
{
	const struct object *from = restore_read_from(r);
	struct obj configuration = from ? store_configuration_of(from) : (struct obj){0};

	return obj_true(configuration, "s3Credentials.inheritFromIAMRole", false) ||
	       obj_true(configuration, "azureCredentials.inheritFromAzureAD", false) ||
	       obj_true(configuration, "googleCredentials.gkeEnvironment", false);
}

/* As kubectl takes it, beside whatever has a kind of that name. */
static const char *resource(const char *kind)
{
	return strcmp(kind, "ImageCatalog") == 0  ? "imagecatalogs.postgresql.cnpg.io"
	       : strcmp(kind, "ObjectStore") == 0 ? "objectstores.barmancloud.cnpg.io"
						  : kind;
}

static void copies(struct page *p)
{
	const struct restore *r = p->r;

	page_step(p, "Copy what the new Cluster names");
	page_line(
		p,
		"From namespace %.*s to %.*s. Where something makes a Secret, such as an ExternalSecret, let it make this one too, and leave it out here.\n",
		STR_ARG(page_plain(p, restore_cluster(r)->namespace)),
		STR_ARG(page_plain(p, r->namespace)));
	page_fence(p, "sh");
	page_line(p, "for it in \\");
	for (size_t i = 0; i < r->needs_len; i++)
		page_line(p, "  %s/%.*s%s", resource(r->needs[i].kind),
			  STR_ARG(page_word(r->needs[i].name, "NAME")),
			  i + 1 < r->needs_len ? " \\" : "");
	page_line(p, "do");
	page_line(
		p,
		"  kubectl get $it%.*s -o json | jq 'del(.metadata, .status) + {metadata: {name: .metadata.name}}' | kubectl create%.*s -f -",
		STR_ARG(p->from), STR_ARG(p->to));
	page_line(p, "done");
	page_fence(p, "");
}

static void maybe_gone(const struct page *p)
{
	if (!p->r->in->kube)
		page_line(p, "Leave this step out where it is gone already.\n");
}

static void be_sure(struct page *p)
{
	const struct restore *r = p->r;

	page_step(p, "Be sure before the old Cluster goes");
	maybe_gone(p);
	if (!r->plan.known)
		page_line(
			p,
			"Nobody has looked into the bucket: ask `backup-guard probe`, and restore beside the old Cluster first, under another name. What is not in the archive goes with it.\n");
	else if (r->plan.target.goal != r->in->wish.goal)
		page_line(
			p,
			"WAL is missing in the archive: what was written after that moment is in the old Cluster alone, and goes with it. Take it out by pg_dump first.\n");
	if (r->plan.unread)
		page_line(
			p,
			"Timeline %" PRIu32
			" of the archive could not be read: whether what was written since it began is restored is not known. Restore beside the old Cluster first, under another name, and look; what is not there is in the old Cluster alone, and goes with it.\n",
			r->plan.unread->id);
	page_line(p, "While it runs, send what is not archived yet, and see that it arrives.\n");
	page_fence(p, "sh");
	page_line(p, "kubectl cnpg psql %.*s%.*s -- -c 'select pg_switch_wal()'", STR_ARG(p->old),
		  STR_ARG(p->from));
	page_line(p, "kubectl cnpg status %.*s%.*s", STR_ARG(p->old), STR_ARG(p->from));
	page_fence(p, "");
}

static void stop_old(struct page *p)
{
	page_step(p, "Stop what applies the old Cluster");
	page_line(
		p,
		"Else it is there again at once. %.*s. Then stop the application: what it writes now is lost.",
		STR_ARG(page_appliers(p, "suspend", "none")));
	be_sure(p);
	page_step(p, "Delete the old Cluster and its volumes");
	maybe_gone(p);
	page_line(
		p,
		"Its archive stays. What was written after the moment of the restore is in no Cluster afterwards: a restore under another name, beside it, keeps it.\n");
	page_fence(p, "sh");
	page_line(p, "kubectl delete " CLUSTERS " %.*s%.*s", STR_ARG(p->old), STR_ARG(p->from));
	page_line(p, "kubectl get pvc -l cnpg.io/cluster=%.*s%.*s   # none may be left",
		  STR_ARG(p->old), STR_ARG(p->from));
	page_fence(p, "");
}

static bool is_subscription(const struct dependent *d)
{
	return strcmp(d->kind, "Subscription") == 0;
}

#define SUBSCRIBED                                                                                 \
	"the restored database has it already, and asks the publisher for the slot of the old Cluster. One of them at a time is served, and what the other has fetched is not sent again."

static void mend(struct page *p)
{
	page_step(p, "Mend the manifest");
	for (size_t i = 0; i < p->r->mends_len; i++)
		page_line(p, "- Cluster %.*s: %.*s.", STR_ARG(page_plain(p, p->r->as)),
			  STR_ARG(page_plain(p, p->r->mends[i])));
}

static void apply(struct page *p)
{
	page_step(p, "Apply and watch");
	if (p->r->denials.len) {
		page_line(
			p,
			"Rules deny this of the manifest, and the webhook refuses it where it has them: mend it first.\n");
		buf_str(p->out, buf_slice(&p->r->denials));
		page_line(p, "%s", "");
	}
	if (inherits_role(p->r))
		page_line(
			p,
			"The store gives rights to a role, which must trust ServiceAccount %.*s too.\n",
			STR_ARG(page_called(p, p->r->namespace, p->r->as)));
	if (p->r->in->drill)
		for (const struct dependent *d = NULL; (d = restore_next_dependent(p->r, d));)
			if (is_subscription(d))
				page_line(p, "Beware of Subscription %.*s: " SUBSCRIBED "\n",
					  STR_ARG(page_plain(p, d->name)));
	page_fence(p, "sh");
	page_line(p, "kubectl apply -f %.*s%.*s%s", STR_ARG(file_word(p)), STR_ARG(p->context),
		  p->r->in->file.len ? "" : "   # what restore prints without --runbook");
	page_line(p,
		  "kubectl wait --for=condition=Ready --timeout=%" PRId64 "h " CLUSTERS "/%.*s%.*s",
		  restore_patience(p->r), STR_ARG(p->new), STR_ARG(p->to));
	page_fence(p, "");
	page_line(
		p,
		"\nThe last line ends when it is done; where it gives up before, the Cluster goes on. Meanwhile, in another terminal, how far it is and what the restore says:\n");
	page_fence(p, "sh");
	page_line(p, "kubectl cnpg status %.*s%.*s", STR_ARG(p->new), STR_ARG(p->to));
	page_line(
		p,
		"kubectl logs -l cnpg.io/cluster=%.*s,cnpg.io/jobRole --all-containers --tail=-1%.*s",
		STR_ARG(p->new), STR_ARG(p->to));
	page_fence(p, "");
}

static void verify(struct page *p)
{
	page_step(p, "Verify");
	page_line(
		p,
		"Ask for what you know to have been there, such as the newest row before the moment. The first column must be `f`.\n");
	page_fence(p, "sh");
	page_line(
		p,
		"kubectl cnpg psql %.*s%.*s -- -d %.*s -c 'select pg_is_in_recovery(), pg_size_pretty(pg_database_size(current_database()))'",
		STR_ARG(p->new), STR_ARG(p->to), STR_ARG(database_word(p)));
	page_fence(p, "");
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
	page_step(p, "Read the answer");
	page_line(
		p,
		"What is asked stands in the Job, as QUERY. The second column must be `f`. The Job gives up after %" PRId64
		" hours: raise its activeDeadlineSeconds before you apply it, where the restore takes longer.\n",
		restore_patience(p->r));
	page_fence(p, "sh");
	page_line(p,
		  "kubectl wait --for=condition=complete --timeout=%" PRId64 "h job/%.*s-ask%.*s",
		  restore_patience(p->r), STR_ARG(p->new), STR_ARG(p->to));
	page_line(p, "kubectl logs job/%.*s-ask%.*s", STR_ARG(p->new), STR_ARG(p->to));
	page_fence(p, "");
}

static void throw_away(struct page *p)
{
	page_step(p, "Delete it");
	page_line(p, "Its volumes go with it. It wrote nothing into the bucket.\n");
	page_fence(p, "sh");
	page_line(p, "kubectl delete " CLUSTERS " %.*s%.*s", STR_ARG(p->new), STR_ARG(p->to));
	if (has_job(p))
		page_line(p, "kubectl delete job %.*s-ask%.*s", STR_ARG(p->new), STR_ARG(p->to));
	page_fence(p, "");
	if (p->r->moves)
		page_line(
			p,
			"\nWhat was copied to namespace %.*s, and the ObjectStore there, can go, too.",
			STR_ARG(page_plain(p, p->r->namespace)));
}

static void list_dependents(const struct page *p)
{
	for (const struct dependent *d = NULL; (d = restore_next_dependent(p->r, d));) {
		struct str name = page_plain(p, d->name);

		if (is_subscription(d))
			page_line(p, "- Subscription %.*s: " SUBSCRIBED, STR_ARG(name));
		else if (strcmp(d->kind, "Pooler") == 0)
			page_line(p,
				  "- Pooler %.*s: the application needs the Service of the copy.",
				  STR_ARG(name));
		else
			page_line(
				p,
				"- %s %.*s: the copy makes it where the restored data lack it, and keeps it.",
				d->kind, STR_ARG(name));
	}
}

static void follow(struct page *p)
{
	const struct restore *r = p->r;

	if (!restore_next_dependent(r, NULL) && !r->unlisted.len)
		return;
	page_step(p, "Copy what belongs to the old Cluster");
	if (r->unlisted.len)
		page_line(p, "%.*s may not be listed: see which of them name Cluster %.*s.\n",
			  STR_ARG(buf_slice(&r->unlisted)), STR_ARG(p->old));
	if (!restore_next_dependent(r, NULL))
		return;
	page_line(
		p,
		"These name Cluster %.*s, and stay with it. Of each that the new one needs apply a copy %s%.*s, with `spec.cluster.name: %.*s`:\n",
		STR_ARG(p->old), r->moves ? "in namespace " : "under another name",
		STR_ARG(r->moves ? page_plain(p, r->namespace) : STR_EMPTY), STR_ARG(p->new));
	list_dependents(p);
}

/* Of a Cluster that has the name of the old one. */
static void stay(const struct page *p)
{
	struct buf names = BUF_ARENA(p->r->arena);

	for (const struct dependent *d = NULL; (d = restore_next_dependent(p->r, d));)
		buf_fmt(&names, "%s%s %.*s", names.len ? ", " : "", d->kind,
			STR_ARG(page_plain(p, d->name)));
	if (names.len)
		page_line(p, "- What names the Cluster stays, and must be ready again: %.*s.",
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
	bool superuser = obj_true(root, "spec.enableSuperuserAccess", false);
	struct buf passwords = BUF_ARENA(p->r->arena);

	for (size_t i = superuser ? 0 : 1; i < ARRAY_LEN(named); i++)
		restore_each_text(root, named[i], add_name, &passwords);
	if (passwords.len)
		page_line(p, "- Passwords of roles are what these Secrets hold now: %.*s.",
			  STR_ARG(page_plain(p, buf_slice(&passwords))));
	if (superuser && !obj_text(root, named[0]).len)
		page_line(
			p,
			"- The superuser's Secret is %.*s-superuser, made anew with another password.",
			STR_ARG(p->new));
	if (!obj_text(root, "spec.certificates.serverCASecret").len)
		page_line(
			p,
			"- The server's certificate is of another CA: who verifies it needs ca.crt of Secret %.*s-ca, which is made anew.",
			STR_ARG(p->new));
	if (!obj_text(root, "spec.certificates.clientCASecret").len)
		page_line(
			p,
			"- Certificates that the old Cluster's CA gave to clients are refused: make them anew (`kubectl cnpg certificate`).");
}

static void list_outside(const struct page *p)
{
	struct obj all = obj_at(restore_cluster(p->r)->root, "spec.managed.services.additional");

	for (struct obj e = obj_first(all); e.node; e = obj_next(e))
		page_line(
			p,
			"- Service %.*s of `managed.services.additional` leads to the old Cluster still.",
			STR_ARG(page_plain(p, obj_text(e, "serviceTemplate.metadata.name"))));
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

	page_step(p, "Switch the application");
	if (r->in_place)
		page_line(p, "- The Services keep their names: %.*s-rw, -ro and -r.",
			  STR_ARG(p->new));
	else
		page_line(
			p, "- Services: %.*s in place of %.*s, and -ro and -r likewise.",
			STR_ARG(service(p, p->new, r->namespace)),
			STR_ARG(service(p, p->old, page_plain(p, restore_cluster(r)->namespace))));
	if (restore_application(r).database.len)
		page_line(p, "- The application's Secret %s %.*s%s", named ? "stays" : "is",
			  STR_ARG(page_plain(p, secret)),
			  named ? "."
				: ", made anew with another password: restart what reads it.");
	if (tls.len && !r->in_place)
		page_line(p, "- The certificate in Secret %.*s must be for the new Services, too.",
			  STR_ARG(page_plain(p, tls)));
	secrets(p);
	if (r->in_place)
		stay(p);
	else if (!r->moves)
		list_outside(p);
}

static void protect(struct page *p)
{
	const struct restore *r = p->r;

	page_step(p, "The first base backup");
	page_line(p, "Until it is complete, nothing of the new Cluster can be restored.\n");
	page_fence(p, "sh");
	page_line(p, "%.*s", STR_ARG(page_backup_command(p, p->new, p->to)));
	page_fence(p, "");
	if (r->schedules_unlisted)
		page_line(p,
			  "\nScheduledBackups may not be listed: where one names Cluster %.*s, %s.",
			  STR_ARG(p->old),
			  r->in_place
				  ? "it is that of this one, and you need no other"
				  : "take a copy of it, under another name and for this Cluster");
	if (!r->schedules_len) {
		page_line(p, "\nThe schedules of the old Cluster are those of this one.");
		return;
	}
	page_line(p, "\n%s its schedule:\n", r->schedules_unlisted ? "Else" : "Then");
	if (r->schedule_faults.len)
		page_line(p, "What is wrong with it stands in the comments: mend that first.\n");
	page_fence(p, "yaml");
	buf_str(p->out, buf_slice(&r->schedule_faults));
	buf_str(p->out, buf_slice(&r->schedules));
	page_fence(p, "");
}

static struct str delete_command(const struct page *p, struct str cluster, struct str arguments)
{
	return page_code(p, arena_fmt(p->r->arena, "kubectl delete " CLUSTERS " %.*s%.*s",
				      STR_ARG(cluster), STR_ARG(arguments)));
}

static void back(struct page *p)
{
	const struct restore *r = p->r;

	page_step(p, "If it must be undone");
	if (r->in_place)
		page_line(
			p,
			"The archive of server %.*s is as it was: delete the Cluster and restore another moment from there.",
			STR_ARG(page_code(p, r->server)));
	else
		page_line(
			p,
			"%sCluster %.*s and its archive are as they were: lead the application back to them, then %.*s.",
			r->in->kube ? "" : "Where it still runs, ",
			STR_ARG(page_called(p, restore_cluster(r)->namespace, p->old)),
			STR_ARG(delete_command(p, p->new, p->to)));
}

static void afterwards(struct page *p)
{
	const struct restore *r = p->r;
	struct majors majors;

	page_step(p, "Afterwards");
	if (r->in_place) {
		page_line(
			p,
			"- Put the new manifest into your repository: the old one would lead this Cluster to the archive of the old, where two histories would mix.");
		page_line(p, "- Only then let what applies it go on. %.*s.",
			  STR_ARG(page_appliers(p, "resume", "automated")));
	} else {
		page_line(p, "- Put the new manifest into your repository.");
		if (restore_is_unsaved(r, &majors))
			page_line(
				p,
				"- Keep the old Cluster until a base backup of PostgreSQL %" PRId64
				" is complete, or what was written since the upgrade is taken out by pg_dump.",
				majors.image);
		page_line(p, "- Delete the old Cluster when nobody needs it: %.*s.",
			  STR_ARG(delete_command(p, p->old, p->from)));
	}
	page_line(
		p,
		"- The folder of server %.*s stays in the bucket, and nobody prunes it any more then: delete it when no moment of it is wanted.",
		STR_ARG(page_code(p, r->server)));
}

void restore_write_runbook(struct restore *r)
{
	const struct object *o = restore_cluster(r);
	struct page p = {
		.r = r, .out = &r->runbook, .old = page_word(o->name, "CLUSTER"), .new = r->as};

	p.context = in_context(&p);
	p.from = page_in_namespace(&p, o->namespace);
	p.to = page_in_namespace(&p, r->namespace);
	page_head(&p);
	if (r->mends_len)
		mend(&p);
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

static struct str beside(struct arena *a, struct str manifest, const char *ending)
{
	size_t end = manifest.len;

	while (end && manifest.ptr[end - 1] != '.' && manifest.ptr[end - 1] != '/')
		end--;
	if (!end || manifest.ptr[end - 1] == '/')
		end = manifest.len + 1;
	return arena_fmt(a, "%.*s.%s", STR_ARG(str_slice(manifest, 0, end - 1)), ending);
}

struct str restore_runbook_path(struct arena *a, struct str manifest)
{
	return beside(a, manifest, "md");
}

struct str restore_page_path(struct arena *a, struct str manifest)
{
	return beside(a, manifest, "html");
}
