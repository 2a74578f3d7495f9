#include "policy/source.h"

#include "base/limits.h"
#include "base/file.h"

#include <stdlib.h>
#include <unistd.h>

/* Empty when neither the current folder nor one above has the file. */
static struct str search(struct arena *a)
{
	char *folder = getcwd(NULL, 0);
	struct str at = arena_str(a, str_from(folder)), found = STR_EMPTY;

	free(folder);
	while (at.len && !found.len) {
		bool root = at.len == 1;
		struct str file = arena_fmt(a, "%.*s/" POLICY_FILE_NAME, STR_ARG(at));

		if (access(file.ptr, F_OK) == 0)
			found = file;
		while (at.len && at.ptr[at.len - 1] != '/')
			at.len--;
		if (at.len > 1)
			at.len--;
		if (root)
			break;
	}
	return found;
}

void policy_source_settle(struct policy_source *s, struct arena *a)
{
	if (s->file.len) {
		s->profile = STR_EMPTY;
		return;
	}
	if (s->profile.len)
		return;
	s->file = arena_str(a, str_from(getenv("BACKUP_GUARD_POLICY")));
	s->searched = !s->file.len && s->search_upwards;
	if (s->searched)
		s->file = search(a);
	if (!s->file.len)
		s->profile = STR(POLICY_DEFAULT_PROFILE);
}

static bool from_file(struct str file, struct arena *a, struct policy **out, struct err *err)
{
	struct str bytes;

	if (!file_read(a, file, LIMIT_FILE_BYTES, &bytes, err))
		return err_within(err, "%.*s: ", STR_ARG(file));
	if (policy_from_yaml(bytes, out, err))
		return true;
	if (!err->line)
		return err_within(err, "%.*s: ", STR_ARG(file));
	return err_within(err, "%.*s:%u:%u: ", STR_ARG(file), err->line, err->column);
}

bool policy_source_load(struct policy_source source, struct arena *a, struct policy **out,
			struct str *what, struct err *err)
{
	policy_source_settle(&source, a);
	if (source.file.len) {
		*what = arena_fmt(a, "policy %.*s", STR_ARG(source.file));
		return from_file(source.file, a, out, err);
	}
	*what = arena_fmt(a, "profile %.*s", STR_ARG(source.profile));
	return policy_from_profile(source.profile, out, err);
}
