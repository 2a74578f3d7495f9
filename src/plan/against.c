/* What was before: a folder, or a revision, read as what is now was. */
#include "internal.h"

#include "input/markdown.h"
#include "input/revision.h"

#include <string.h>
#include <sys/stat.h>

/* A file of the revision is called as there, not by the folder in which it was put. */
static struct str name_of(struct arena *a, const struct revision *r, struct str against,
			  struct str file)
{
	size_t len = r->folder ? strlen(r->folder) : 0;

	if (!len || !str_has_prefix(file, str_from(r->folder)))
		return file;
	return arena_fmt(a, "%.*s:%.*s", STR_ARG(against),
			 STR_ARG(str_slice(file, len + 1, file.len)));
}

static void tell(const struct revision *r, struct str against, const struct report *read,
		 struct report *report)
{
	for (size_t i = 0; i < read->errors.len; i++) {
		const struct report_error *e = &read->errors.items[i];

		struct err err;

		err_at(&err, E_IO, e->line, e->column, "%.*s", STR_ARG(e->message));
		report_add_error(report, name_of(report->arena, r, against, e->file), &err,
				 STR_EMPTY);
	}
}

/* What is not read is neither gone nor new. */
static void tell_unread(const struct revision *r, struct str against, struct report *report)
{
	for (size_t i = 0; i < r->unread_len; i++) {
		struct err err;
		struct str file = arena_fmt(report->arena, "%.*s:%.*s", STR_ARG(against),
					    STR_ARG(r->unread[i].path));

		err_set(&err, E_IO, "it %s", r->unread[i].why);
		report_add_error(report, file, &err, STR_EMPTY);
	}
}

static bool is_folder(struct arena *a, struct str path)
{
	struct stat st;

	return stat(arena_cstr(a, path), &st) == 0 && S_ISDIR(st.st_mode);
}

void plan_against(const struct plan_input *in, struct str against, struct report *report,
		  struct plan *p)
{
	struct report read = *report;
	struct plan_input old = *in;
	struct revision r = {0};
	struct plan before;
	struct err err;

	memset(&read.errors, 0, sizeof read.errors);
	old.markdown = markdown_is_among(in->paths, in->paths_len);
	old.paths = &against;
	old.paths_len = 1;
	if (!is_folder(report->arena, against)) {
		if (!revision_open(report->arena, against, in->paths, in->paths_len, &r, &err)) {
			err_within(&err, "--against: ");
			report_add_error(report, STR_EMPTY, &err, STR_EMPTY);
			revision_remove(&r);
			return;
		}
		old.paths = r.paths;
		old.paths_len = r.paths_len;
	}
	tell_unread(&r, against, report);
	before = (struct plan){0};
	if (old.paths_len)
		plan_read(&old, &read, &before);
	/* what could not be read is neither gone nor new */
	if (!read.errors.len && !report->errors.len) {
		p->against = against;
		plan_compare(report->arena, &before, (struct plan_absent){r.absent, r.absent_len},
			     p);
	}
	tell(&r, against, &read, report);
	revision_remove(&r);
}
