#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* strerror is not thread-safe in every C library; strerrordesc_np is, and returns literals. */
static const char *reason(int number)
{
	const char *text = strerrordesc_np(number);

	return text ? text : "unknown error";
}

/* The size of a regular file is known, and one read gets it all; pipes and /proc grow. */
static size_t first_guess(int fd, size_t limit)
{
	struct stat s;
	const size_t least = 4096;

	if (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode) || s.st_size == 0)
		return least;
	return (uint64_t)s.st_size < limit ? (size_t)s.st_size : limit;
}

static bool read_all(struct arena *a, int fd, size_t limit, struct str *out, struct err *err)
{
	size_t len = 0, cap = first_guess(fd, limit) + 1; /* room to see the end in */
	char *bytes = arena_alloc_raw(a, cap);

	for (;;) {
		ssize_t n = read(fd, bytes + len, cap - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(err, E_IO, "%s", reason(errno));
		if (n == 0)
			break;
		len += (size_t)n;
		if (len > limit)
			return err_set(err, E_LIMIT, "larger than %zu bytes", limit);
		if (len == cap) {
			char *grown = arena_alloc_raw(a, cap * 2);

			memcpy(grown, bytes, len);
			bytes = grown;
			cap *= 2;
		}
	}
	bytes[len] = '\0';
	*out = (struct str){bytes, len};
	return true;
}

bool file_read(struct arena *a, struct str path, size_t limit, struct str *out, struct err *err)
{
	bool is_stdin = str_is(path, "-");
	int fd = is_stdin ? STDIN_FILENO : open(arena_cstr(a, path), O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_set(err, E_IO, "%s", reason(errno));
	bool ok = read_all(a, fd, limit, out, err);
	if (!is_stdin)
		close(fd);
	return ok;
}

bool file_read_regular(struct arena *a, struct str path, size_t limit, struct str *out,
		       struct err *err)
{
	/* Opening a pipe must not wait for who writes it. */
	int fd = open(arena_cstr(a, path), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat s;

	if (fd < 0)
		return err_set(err, E_IO, "%s", reason(errno));
	bool ok = fstat(fd, &s) == 0 && S_ISREG(s.st_mode)
			  ? read_all(a, fd, limit, out, err)
			  : err_set(err, E_IO, "it is no regular file");
	close(fd);
	return ok;
}

static bool write_all(int fd, struct str text)
{
	while (text.len) {
		ssize_t n = write(fd, text.ptr, text.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		text = str_slice(text, (size_t)n, text.len);
	}
	return true;
}

/* Not everybody may give a file away; its mode counts only after that. */
static bool dress(int fd, const struct stat *like)
{
	struct stat s;

	if (fstat(fd, &s) != 0)
		return false;
	if ((s.st_uid != like->st_uid || s.st_gid != like->st_gid) &&
	    fchown(fd, like->st_uid, like->st_gid) != 0 && errno != EPERM)
		return false;
	return fchmod(fd, like->st_mode & 07777) == 0;
}

/* Writes and closes it; on failure it is gone again. `like` may be NULL. */
static bool fill(int fd, const char *name, const struct stat *like, struct str text,
		 struct err *err)
{
	bool ok = (!like || dress(fd, like)) && write_all(fd, text) && fsync(fd) == 0;

	if (!ok)
		err_set(err, E_IO, "%s", reason(errno));
	if (close(fd) != 0 && ok)
		ok = err_set(err, E_IO, "%s", reason(errno));
	if (!ok)
		unlink(name);
	return ok;
}

/* mkostemp knows no mode, and asking for the umask sets it for every thread. */
static int open_beside(struct arena *a, struct str path, mode_t mode, const char **name)
{
	enum { ATTEMPTS = 16 };
	uint32_t salt = 0;
	int fd = -1;

	for (int i = 0; i < ATTEMPTS; i++) {
		if (getrandom(&salt, sizeof salt, 0) != (ssize_t)sizeof salt)
			salt++;
		*name = arena_fmt(a, "%.*s.%08x", STR_ARG(path), salt).ptr;
		fd = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (fd >= 0 || errno != EEXIST)
			break;
	}
	return fd;
}

/* The new content is safe either way; without this the old one may come back. */
static void sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

const char *file_folder(struct arena *a, struct str path)
{
	size_t len = path.len;

	while (len && path.ptr[len - 1] != '/')
		len--;
	return !len ? "." : arena_cstr(a, str_slice(path, 0, len > 1 ? len - 1 : 1));
}

static struct str last_part(struct str path)
{
	size_t at = path.len;

	while (at && path.ptr[at - 1] != '/')
		at--;
	return str_slice(path, at, path.len);
}

static bool is_same(const char *left, const char *right)
{
	struct stat one, other;

	return stat(left, &one) == 0 && stat(right, &other) == 0 && one.st_dev == other.st_dev &&
	       one.st_ino == other.st_ino;
}

bool file_is_same(struct arena *a, struct str left, struct str right)
{
	return is_same(arena_cstr(a, left), arena_cstr(a, right)) ||
	       (str_eq(last_part(left), last_part(right)) &&
		is_same(file_folder(a, left), file_folder(a, right)));
}

static bool write_there(const char *path, struct str text, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write_all(fd, text);

	if (!ok)
		err_set(err, E_IO, "%s", reason(errno));
	if (fd >= 0)
		close(fd);
	return ok;
}

bool file_replace(struct arena *a, struct str path, const struct stat *like, struct str text,
		  struct err *err)
{
	const char *final = arena_cstr(a, path), *temporary;
	struct stat s;

	if (stat(final, &s) == 0 && !S_ISREG(s.st_mode) && !S_ISDIR(s.st_mode))
		return write_there(final, text, err);
	int fd = open_beside(a, path, like ? 0600 : 0666, &temporary);
	if (fd < 0)
		return err_set(err, E_IO, "%s", reason(errno));
	if (!fill(fd, temporary, like, text, err))
		return false;
	if (rename(temporary, final) != 0) {
		err_set(err, E_IO, "%s", reason(errno));
		unlink(temporary);
		return false;
	}
	sync_folder(file_folder(a, path));
	return true;
}

bool file_create(const char *path, mode_t mode, struct str text, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (fd < 0)
		return err_set(err, E_IO, "%s", reason(errno));
	return fill(fd, path, NULL, text, err);
}
