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

	if (!restore_find(r, err) || !restore_settle(r, err))
		return false;
	if (r->in->look) {
		struct restore_archive archive = restore_archive_of(r);

		r->in->look(r->in->ctx, &archive, &bucket);
	}
	if (!restore_plan(r->arena, bucket.catalogue, &r->in->wish, &r->plan, err))
		return false;
	restore_name_server(r, &bucket);
	restore_list_needs(r);
	restore_write(r);
	if (!r->in->drill)
		restore_write_schedules(r);
	restore_tell(r);
	restore_write_runbook(r);
	restore_judge(r);
	r->out->manifest = buf_slice(&r->manifest);
	r->out->summary = buf_slice(&r->summary);
	r->out->runbook = buf_slice(&r->runbook);
	return true;
}

static void placed(void *ctx, const struct check_placed *what)
{
	struct work *w = ctx;

	w->restore.placed = what;
	w->done = make(&w->restore, w->err);
}

bool restore_run(const struct restore_input *in, struct report *report, struct restore_output *out,
		 struct err *err)
{
	struct work w = {.restore = {.arena = report->arena,
				     .in = in,
				     .out = out,
				     .manifest = BUF_ARENA(report->arena),
				     .schedules = BUF_ARENA(report->arena),
				     .runbook = BUF_ARENA(report->arena),
				     .summary = BUF_ARENA(report->arena)},
			 .err = err};
	struct check_input read = {.policy = in->policy,
				   .nearest_policy = in->nearest_policy,
				   .paths = in->paths,
				   .paths_len = in->paths_len,
				   .namespace = in->namespace,
				   .now = in->now,
				   .reader = {placed, &w}};

	*out = (struct restore_output){.worst = SEV_OFF};
	check_run(&read, report);
	return w.done;
}
