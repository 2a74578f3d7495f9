#include "check/rewrite.h"

#include "base/file.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool failed(struct err *err, const char *what)
{
	const char *why = strerrordesc_np(errno);

	return err_set(err, E_IO, "not fixed, %s: %s", what, why ? why : "unknown error");
}

/* Root may write everything; who took the right to write from a file means it. */
static bool may_write(const char *path, struct stat *s, struct err *err)
{
	if (stat(path, s) != 0)
		return failed(err, "it cannot be read");
	if (!S_ISREG(s->st_mode))
		return err_set(err, E_IO, "not fixed: it is no regular file");
	if (!(s->st_mode & 0222) || access(path, W_OK) != 0)
		return err_set(err, E_IO, "not fixed: the file is read-only");
	return true;
}

static bool is_still(struct arena *a, const char *path, struct str old, struct err *err)
{
	struct str now;

	if (!file_read(a, str_from(path), LIMIT_FILE_BYTES, &now, err))
		return false;
	if (!str_eq(now, old))
		return err_set(err, E_IO, "not fixed: somebody else has changed it meanwhile");
	return true;
}

/* Not everybody may give a file away; its mode counts only after that. */
static bool fill(int fd, const struct stat *like, struct str text)
{
	struct stat s;

	if (fstat(fd, &s) != 0)
		return false;
	if ((s.st_uid != like->st_uid || s.st_gid != like->st_gid) &&
	    fchown(fd, like->st_uid, like->st_gid) != 0 && errno != EPERM)
		return false;
	return fchmod(fd, like->st_mode & 07777) == 0 && file_write(fd, text) && fsync(fd) == 0;
}

static void sync_folder(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/'); /* it is absolute */
	struct str folder = {path, slash == path ? 1 : (size_t)(slash - path)};
	int fd = open(arena_cstr(a, folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	fsync(fd); /* the new content is safe either way */
	close(fd);
}

static bool replace(struct arena *a, const char *path, const struct stat *like, struct str text,
		    struct err *err)
{
	size_t len = strlen(path);
	char *temporary = arena_alloc(a, len + sizeof ".XXXXXX");

	memcpy(temporary, path, len);
	memcpy(temporary + len, ".XXXXXX", sizeof ".XXXXXX");
	int fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return failed(err, "its folder cannot be written");
	bool ok = fill(fd, like, text);
	ok = close(fd) == 0 && ok && rename(temporary, path) == 0;
	if (!ok) {
		failed(err, "it cannot be written");
		unlink(temporary);
		return false;
	}
	sync_folder(a, path);
	return true;
}

bool rewrite_file(struct arena *a, struct str path, struct str old, struct str new, struct err *err)
{
	char *real = realpath(arena_cstr(a, path), NULL);
	struct stat s;

	if (!real)
		return failed(err, "it cannot be found");
	bool ok = may_write(real, &s, err) && is_still(a, real, old, err) &&
		  replace(a, real, &s, new, err);
	free(real);
	return ok;
}
