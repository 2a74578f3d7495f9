#include "restore/restore.h"

#include "internal.h"

struct work {
	struct restore restore;
	struct err *err;
	bool done;
};

static bool make(struct restore *r, struct err *err)
{
	struct restore_bucket bucket = {0};
	struct buf page = BUF_ARENA(r->arena);
	struct majors majors;

	if (!restore_find(r, err) || !restore_settle(r, err))
		return false;
	r->unknown = STR("nobody asked the bucket which backups and WAL lie there");
	struct restore_archive archive = {restore_read_from(r), r->server, r->placed->catalog};

	if (r->in->look && !archive.of) {
		r->unknown = arena_fmt(r->arena, "ObjectStore %.*s is not there", STR_ARG(r->read));
	} else if (r->in->look) {
		r->in->look(r->in->ctx, &archive, &bucket);
		r->unknown = bucket.unknown;
	}
	if (!restore_plan(r->arena, bucket.catalogue, &r->in->wish, &r->plan, err))
		return bucket.catalogue ? false : err_within(err, "%.*s: ", STR_ARG(r->unknown));
	r->catalogue = bucket.catalogue;
	if (!restore_may_take_place(r, err))
		return false;
	restore_name_server(r, &bucket);
	restore_list_needs(r);
	restore_list_mends(r);
	restore_write(r);
	if (!r->in->drill)
		restore_write_schedules(r);
	restore_tell(r);
	if (!restore_judge(r, err))
		return false;
	restore_write_runbook(r);
	if (restore_other_major(r, &majors))
		r->out->worst = r->out->worst_new = SEV_DENY;
	r->out->manifest = buf_slice(&r->manifest);
	r->out->summary = buf_slice(&r->summary);
	r->out->runbook = buf_slice(&r->runbook);
	restore_write_page(r, &page);
	r->out->page = buf_slice(&page);
	return true;
}

static void placed(void *ctx, const struct check_placed *what)
{
	struct work *w = ctx;

	w->restore.placed = what;
	w->done = make(&w->restore, w->err);
}

static void parsed(void *ctx, const struct check_text *text)
{
	struct work *w = ctx;

	restore_note_dependents(&w->restore, &text->docs);
}

bool restore_run(const struct restore_input *in, struct report *report, struct restore_output *out,
		 struct err *err)
{
	struct work w = {.restore = {.arena = report->arena,
				     .in = in,
				     .report = report,
				     .out = out,
				     .manifest = BUF_ARENA(report->arena),
				     .schedules = BUF_ARENA(report->arena),
				     .schedule_faults = BUF_ARENA(report->arena),
				     .denials = BUF_ARENA(report->arena),
				     .runbook = BUF_ARENA(report->arena),
				     .unlisted = BUF_ARENA(report->arena),
				     .summary = BUF_ARENA(report->arena)},
			 .err = err};
	const struct check_listener listener = {.parsed = parsed, .ctx = &w};
	const struct str stdin_path = STR("-");
	struct check_input read = {.policy = in->policy,
				   .nearest_policy = in->nearest_policy,
				   .paths = in->paths,
				   .paths_len = in->paths_len,
				   .namespace = in->namespace,
				   .now = in->now,
				   .listener = &listener,
				   .reader = {.placed = placed, .ctx = &w}};

	*out = (struct restore_output){.worst = SEV_OFF};
	w.restore.last_dependent = &w.restore.dependents;
	if (in->kube) {
		if (!restore_read_live(&w.restore, &read.text, err))
			return false;
		read.paths = &stdin_path;
		read.paths_len = 1;
	}
	check_run(&read, report);
	return w.done;
}
