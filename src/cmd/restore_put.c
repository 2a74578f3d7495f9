/* What a restore has made, put where it is wanted. */
#include "cmd/restore_put.h"

#include "base/file.h"

#include <stdio.h>

static bool write_file(const struct cmd_call *call, struct str path, struct str text)
{
	struct err err;

	if (file_replace(call->arena, path, NULL, text, &err))
		return true;
	cmd_fail(call, EXIT_INTERNAL, "%.*s: %s", STR_ARG(path), err.msg);
	return false;
}

void restore_put_errors(const struct cmd_call *call, const struct report *report)
{
	struct buf errors = BUF_ARENA(call->arena);

	report_errors(&errors, report, &(struct report_style){.least = SEV_WARN}, false);
	fprintf(stderr, "%.*s", STR_ARG(buf_slice(&errors)));
}

enum exit_code restore_put(const struct cmd_call *call, const struct restore_put *to,
			   const struct restore_output *out, const struct report *report)
{
	restore_put_errors(call, report);
	fprintf(stderr, "%.*s", STR_ARG(out->summary));
	if (to->file.len &&
	    (!write_file(call, to->file, out->manifest) ||
	     !write_file(call, restore_runbook_path(call->arena, to->file), out->runbook)))
		return EXIT_INTERNAL;
	if (!to->file.len && !cmd_print(to->runbook ? out->runbook : out->manifest))
		return EXIT_INTERNAL;
	if (report->errors.len)
		return EXIT_INPUT;
	return out->worst >= to->fail_on ? EXIT_FINDINGS : EXIT_CLEAN;
}
