#include "cmd/check_command.h"

#include "base/clock.h"
#include "check/baseline.h"
#include "check/before.h"
#include "check/fix.h"
#include "cmd/progress.h"
#include "cnpg/schema.h"
#include "input/files.h"
#include "report/glyph.h"

#include <stdio.h>

/* A run on which somebody looks. */
struct watch {
	struct progress progress;
	struct check_input in;
};

static void tell_progress(void *ctx, size_t files, size_t judged, const struct report_counts *count)
{
	struct watch *w = ctx;
	int64_t now = clock_coarse_ms();
	struct buf words CLEANUP(buf) = {0}, out CLEANUP(buf) = {0};

	if (!progress_is_due(&w->progress, now))
		return;
	if (judged)
		buf_fmt(&words, "judged %zu of %zu objects", judged, count->objects);
	else
		buf_fmt(&words, "read %zu of %zu files, %zu objects", files, count->files,
			count->objects);
	progress_tell(&w->progress, now, buf_slice(&words), &out);
	progress_write(&out);
}

static void watch(struct watch *w, const struct check_input *in)
{
	*w = (struct watch){.in = *in};
	if (progress_begin(&w->progress))
		w->in.progress = (struct check_progress){tell_progress, w};
}

static void watch_end(struct watch *w)
{
	struct buf out CLEANUP(buf) = {0};

	progress_end(&w->progress, &out);
	progress_write(&out);
}

static bool fix(const struct check_options *o, const struct check_input *in, struct report *report)
{
	CLEANUP(fix) struct fix *f = fix_new(report->arena);
	struct buf lines CLEANUP(buf) = {0}, diff CLEANUP(buf) = {0};

	struct watch w;
	watch(&w, in);
	fix_run(f, &w.in, !o->diff, report);
	watch_end(&w);
	fix_tell(f, &lines);
	if (!o->diff)
		return output_lines(&o->shared.output, buf_slice(&lines));
	fix_diff(f, report, &diff);
	report_errors(&lines, report, &(struct report_style){0}, false);
	if (lines.len)
		fwrite(lines.ptr, 1, lines.len, stderr);
	return !diff.len || output_diff(&o->shared.output, buf_slice(&diff));
}

/* Which releases a schema is of; of kinds without a CRD in --crds, too. */
static void tell_schemas(const struct check_options *o)
{
	fprintf(stderr, "%s: held against ", cmd_program());
	if (o->crds.len)
		fprintf(stderr, "the CRDs in %.*s, and what they leave out against ",
			STR_ARG(o->crds));
	fprintf(stderr, "the CRDs of CloudNativePG %d.%d.%d and plugin %d.%d.%d\n",
		schema_cloudnative_pg.major, schema_cloudnative_pg.minor,
		schema_cloudnative_pg.patch, schema_plugin.major, schema_plugin.minor,
		schema_plugin.patch);
}

static void tell_skipped(const struct report *report)
{
	struct buf lines CLEANUP(buf) = {0};

	report_list_skipped(&lines, report);
	if (lines.len)
		fwrite(lines.ptr, 1, lines.len, stderr);
}

/* Who is silent about what is in order must not be silent about having looked at nothing. */
static enum exit_code nothing(const struct cmd_call *call, const struct report *report)
{
	const struct check_options *o = call->options;
	size_t files = report->count.files;
	const char *many = files == 1 ? "" : "s";

	if (o->require_objects)
		return cmd_fail(
			call, EXIT_INPUT,
			"nothing to check: no object of CloudNativePG or of the plugin in %zu file%s",
			files, many);
	if (o->quiet)
		fprintf(stderr, "%s: nothing to check: 0 objects in %zu file%s\n", cmd_program(),
			files, many);
	return EXIT_CLEAN;
}

static void tell_uncompared(const struct report *report)
{
	struct buf name CLEANUP(buf) = {0};

	for (size_t i = 0; i < report->uncompared_len; i++) {
		name.len = 0;
		glyph_clean(&name, report->uncompared[i]);
		fprintf(stderr,
			"%s: %.*s: nothing was there under this name in the revision: it is new, or had another name, and is not compared\n",
			cmd_program(), STR_ARG(buf_slice(&name)));
	}
}

enum exit_code check_command(const struct cmd_call *call, const struct check_input *in,
			     struct report *report)
{
	const struct check_options *o = call->options;
	struct baseline *baseline = NULL;
	enum exit_code code = EXIT_CLEAN;
	struct watch w;
	struct err err;

	report->here = files_here(call->arena);
	report->baseline = o->baseline.len ? o->baseline : o->write_baseline;
	if (o->baseline.len && !baseline_read(call->arena, o->baseline, &baseline, &err))
		return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	if (!o->fix) {
		bool done = true;

		watch(&w, in);
		if (o->baseline_ref.len)
			done = check_run_since(&w.in, o->baseline_ref, report, &err);
		else
			check_run(&w.in, report);
		watch_end(&w);
		if (!done)
			return cmd_fail(call, EXIT_INPUT, "--baseline-ref: %s", err.msg);
	} else if (!fix(o, in, report)) {
		return EXIT_INTERNAL;
	}
	framework_judge(report);
	if (baseline)
		baseline_apply(baseline, in->paths, in->paths_len, report);
	if (o->write_baseline.len)
		code = shared_write_baseline(call, o->write_baseline, baseline, o->quiet, report);
	tell_uncompared(report);
	if (o->verbose) {
		tell_schemas(o);
		tell_skipped(report);
	}
	if (!report->count.objects && !report->errors.len && code == EXIT_CLEAN)
		code = nothing(call, report);
	if (o->quiet)
		report_quieten(report, shared_severity(&o->shared));
	enum exit_code told = o->diff ? shared_verdict(&o->shared, report)
				      : shared_finish(call, &o->shared, report);
	return code == EXIT_CLEAN ? told : code;
}
