/* What a restore has made, put where it is wanted. */
#include "cmd/restore_put.h"

#include "base/file.h"
#include "cmd/output.h"

#include <stdio.h>
#include <sys/stat.h>

static bool is_free(const struct cmd_call *call, struct str path, struct err *err)
{
	struct stat s;
	struct str folder = path;

	while (folder.len && folder.ptr[folder.len - 1] != '/')
		folder.len--;
	if (folder.len && stat(arena_cstr(call->arena, folder), &s) != 0)
		return err_set(err, E_VALUE, "--output: there is no folder %.*s", STR_ARG(folder));
	if (lstat(arena_cstr(call->arena, path), &s) != 0)
		return true; /* else it is told when it is written */
	return err_set(err, E_VALUE,
		       "%.*s is there already, and is not overwritten: give another --output",
		       STR_ARG(path));
}

bool restore_put_can(const struct cmd_call *call, const struct restore_put *to, struct err *err)
{
	struct str file = to->file, runbook = restore_runbook_path(call->arena, file),
		   page = restore_page_path(call->arena, file);

	if (to->page && to->runbook)
		return err_set(err, E_VALUE,
			       "the page has the runbook in it: leave --runbook out, or --format");
	if (!file.len)
		return true;
	if (to->runbook)
		return err_set(
			err, E_VALUE,
			"--output writes the runbook beside the manifest: leave --runbook out");
	if (str_eq(file, runbook) || (to->page && str_eq(file, page)))
		return err_set(err, E_VALUE,
			       "--output %.*s is where the %s would be: give another ending",
			       STR_ARG(file), str_eq(file, runbook) ? "runbook" : "page");
	return is_free(call, file, err) && is_free(call, runbook, err) &&
	       (!to->page || is_free(call, page, err));
}

static bool write_file(const struct cmd_call *call, struct str path, struct str text)
{
	struct err err;

	if (file_create(arena_cstr(call->arena, path), 0666, text, &err))
		return true;
	cmd_fail(call, EXIT_INPUT, "--output: %.*s: %s", STR_ARG(path), err.msg);
	return false;
}

void restore_put_errors(const struct cmd_call *call, const struct report *report)
{
	struct buf errors = BUF_ARENA(call->arena);

	report_errors(&errors, report, &(struct report_style){.least = SEV_WARN}, false);
	output_tell(buf_slice(&errors));
}

static bool write_files(const struct cmd_call *call, const struct restore_put *to,
			const struct restore_output *out)
{
	struct str runbook = restore_runbook_path(call->arena, to->file),
		   page = restore_page_path(call->arena, to->file);

	if (!write_file(call, to->file, out->manifest) ||
	    !write_file(call, runbook, out->runbook) ||
	    (to->page && !write_file(call, page, out->page)))
		return false;
	fprintf(stderr, "written: %.*s, and what to do with it: %.*s", STR_ARG(to->file),
		STR_ARG(runbook));
	if (to->page)
		fprintf(stderr, ", %.*s", STR_ARG(page));
	fputc('\n', stderr);
	return true;
}

enum exit_code restore_put(const struct cmd_call *call, const struct restore_put *to,
			   const struct restore_output *out, const struct report *report)
{
	restore_put_errors(call, report);
	output_tell(out->summary);
	if (to->file.len && !write_files(call, to, out))
		return EXIT_INPUT;
	if (!to->file.len && !cmd_print(to->page      ? out->page
					: to->runbook ? out->runbook
						      : out->manifest))
		return EXIT_INTERNAL;
	if (report->errors.len)
		return EXIT_INPUT;
	return out->worst >= to->fail_on ? EXIT_FINDINGS : EXIT_CLEAN;
}
