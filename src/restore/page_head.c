/* What stands above the steps: what is restored, from where, to when. */
#include "page_internal.h"

#include "base/utc.h"
#include "report/phrase.h"

#include <inttypes.h>

static void window(const struct page *p, const struct window *w)
{
	char from[UTC_TEXT], surely[UTC_TEXT], until[UTC_TEXT];

	page_line(p, "| %s | %s | %s | %s |", utc_format(w->from, from),
		  w->reach.surely <= w->from ? "the same" : utc_format(w->reach.surely, surely),
		  utc_format(w->reach.until, until),
		  phrase_then(w) ? phrase_then(w) : "nothing newer");
}

static void windows(const struct page *p)
{
	const struct restore_plan *plan = &p->r->plan;
	struct str why = restore_why_timeline(p->r), unread = restore_why_unread(p->r);

	if (!plan->known) {
		page_line(p, "Which moments can be restored is not known: %.*s.",
			  STR_ARG(page_plain(p, p->r->unknown)));
		return;
	}
	page_line(p, "| can be restored from | to | perhaps up to | then |");
	page_line(p, "|---|---|---|---|");
	for (size_t i = 0; i < plan->windows_len; i++)
		window(p, &plan->windows[i]);
	if (plan->copied)
		page_line(p, "\nBe careful: " RESTORE_COPIED ".");
	page_line(p,
		  "\nIt begins with base backup %.*s and replays at most %" PRIu64
		  " segment%s of WAL (%" PRIu64 " MiB).",
		  STR_ARG(page_code(p, plan->base->id)), plan->segments,
		  plan->segments == 1 ? "" : "s", plan->bytes >> 20);
	if (why.len)
		page_line(p, "In its recoveryTarget %.*s.", STR_ARG(page_plain(p, why)));
	if (unread.len)
		page_line(p, "\nBe careful: %.*s.", STR_ARG(page_plain(p, unread)));
	if (plan->at_edge)
		page_line(
			p,
			"Be careful: %s. PostgreSQL then stops with \"recovery ended before configured recovery target was reached\": take an earlier one.",
			restore_at_edge(p->r));
}

struct str page_backup_command(const struct page *p, struct str cluster, struct str arguments)
{
	return arena_fmt(p->r->arena, "kubectl cnpg backup %.*s%.*s --method %s", STR_ARG(cluster),
			 STR_ARG(arguments),
			 p->r->by_plugin ? "plugin --plugin-name " PLUGIN_NAME
					 : "barmanObjectStore");
}

static void unsaved(const struct page *p)
{
	struct majors m;

	if (restore_is_other_system(p->r))
		page_line(
			p,
			"\n**Keep the old Cluster.** The base backup is of another database system than it is (status.systemID): what is restored here is not what the Cluster has, which is in its volumes alone. Make a base backup of it now: %.*s.",
			STR_ARG(page_code(p, page_backup_command(p, p->old, p->from))));
	if (restore_is_unsaved(p->r, &m))
		page_line(
			p,
			"\n**Keep the old Cluster.** It is of PostgreSQL %" PRId64
			", and no base backup of that is known: what was written since its upgrade from %" PRId64
			" is in its volumes alone, and not in what is restored here. Make a base backup of it now: %.*s.",
			m.image, m.base,
			STR_ARG(page_code(p, page_backup_command(p, p->old, p->from))));
}

void page_head(const struct page *p)
{
	const struct restore *r = p->r;
	const struct restore_wish *target = &r->plan.target;
	const struct object *o = restore_cluster(r);
	char time[UTC_TEXT];

	page_line(p, "# %s of Cluster %.*s\n", r->in->drill ? "Drill" : "Restore",
		  STR_ARG(page_called(p, o->namespace, o->name)));
	if (r->in->context.len)
		page_line(p, "- Context of kubectl, for all that follows: %.*s%s%.*s.",
			  STR_ARG(page_code(p, r->in->context)),
			  r->in->kubeconfig.len ? ", of kubeconfig " : "",
			  STR_ARG(r->in->kubeconfig.len ? page_code(p, r->in->kubeconfig)
							: STR_EMPTY));
	page_line(p, "- To: %s.",
		  target->goal == RESTORE_TIME	      ? utc_format(target->time, time)
		  : target->goal == RESTORE_IMMEDIATE ? "the end of a base backup"
						      : "the latest state that is in the archive");
	page_line(p, "- As: Cluster %.*s%s.", STR_ARG(page_called(p, r->namespace, r->as)),
		  r->in_place ? ", in the place of the old one" : ", beside the old one");
	page_line(p, "- From: what server %.*s archived to %s%.*s.",
		  STR_ARG(page_code(p, r->server)),
		  r->by_plugin ? "ObjectStore " : "the in-tree store",
		  STR_ARG(page_plain(p, r->read)));
	if (r->in->drill)
		page_line(p, "- Own archive: none, it is to be thrown away.\n");
	else
		page_line(p, "- Own archive: server %.*s, %s.\n",
			  STR_ARG(page_code(p, r->new_server)),
			  r->is_new ? "new and empty"
				    : "new; that its folder is empty was not looked at");
	windows(p);
	unsaved(p);
}
