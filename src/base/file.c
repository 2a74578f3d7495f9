#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
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

	if (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode) || s.st_size < (off_t)least)
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

bool file_write(int fd, struct str text)
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
