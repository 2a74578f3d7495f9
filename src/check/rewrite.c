#include "check/rewrite.h"

#include "base/file.h"
#include "base/limits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool failed(struct err *err, const char *what)
{
	const char *why = strerrordesc_np(errno);

	return err_set(err, E_IO, "not changed, %s: %s", what, why ? why : "unknown error");
}

/* Root may write everything; who took the right to write from a file means it. */
static bool may_write(struct arena *a, const char *path, struct stat *s, struct err *err)
{
	if (stat(path, s) != 0)
		return failed(err, "it cannot be read");
	if (!S_ISREG(s->st_mode))
		return err_set(err, E_IO, "not changed: it is no regular file");
	if (!(s->st_mode & 0222) || access(path, W_OK) != 0)
		return err_set(err, E_IO, "not changed: the file is read-only");
	if (access(file_folder(a, str_from(path)), W_OK) != 0)
		return failed(err, "its folder cannot be written");
	return true;
}

static bool is_still(struct arena *a, const char *path, struct str old, struct err *err)
{
	struct str now;

	if (!file_read(a, str_from(path), LIMIT_FILE_BYTES, &now, err))
		return false;
	if (!str_eq(now, old))
		return err_set(err, E_IO, "not changed: somebody else has changed it meanwhile");
	return true;
}

bool rewrite_file(struct arena *a, struct str path, struct str old, struct str new, struct err *err)
{
	char *real = realpath(arena_cstr(a, path), NULL);
	struct stat s;

	if (!real)
		return failed(err, "it cannot be found");
	bool ok = may_write(a, real, &s, err) && is_still(a, real, old, err) &&
		  (file_replace(a, str_from(real), &s, new, err) ||
		   err_within(err, "not changed, it cannot be written: "));
	free(real);
	return ok;
}
