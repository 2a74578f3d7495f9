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

bool policy_source_parse(const struct policy_source *source, struct str text, struct policy **out,
			 struct err *err)
{
	struct str file = source->file;

	if (!file.len)
		return policy_from_profile(source->profile, out, err);
	if (policy_from_yaml(text, out, err))
		return true;
	if (!err->line)
		return err_within(err, "%.*s: ", STR_ARG(file));
	return err_within(err, "%.*s:%u:%u: ", STR_ARG(file), err->line, err->column);
}

struct str policy_source_name(const struct policy_source *s, struct arena *a)
{
	return s->file.len ? arena_fmt(a, "policy %.*s", STR_ARG(s->file))
			   : arena_fmt(a, "profile %.*s", STR_ARG(s->profile));
}

bool policy_source_load(struct policy_source source, struct arena *a, struct policy **out,
			struct str *what, struct err *err)
{
	struct str text = STR_EMPTY;

	policy_source_settle(&source, a);
	*what = policy_source_name(&source, a);
	if (source.file.len && !file_read(a, source.file, LIMIT_FILE_BYTES, &text, err))
		return err_within(err, "%.*s: ", STR_ARG(source.file));
	return policy_source_parse(&source, text, out, err);
}
