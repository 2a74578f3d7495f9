#include "cmd/cmd.h"

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

static bool read_all(int fd, struct buf *b, size_t limit, struct err *err)
{
	char chunk[1 << 16];

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof chunk);

		if (n == 0)
			return true;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(err, E_IO, "%s", reason(errno));
		buf_add(b, chunk, (size_t)n);
		if (b->len > limit)
			return err_set(err, E_LIMIT, "larger than %zu bytes", limit);
	}
}

bool cmd_read_file(struct arena *a, struct str path, size_t limit, struct str *out, struct err *err)
{
	struct buf bytes CLEANUP(buf) = {0};
	bool is_stdin = str_is(path, "-");
	int fd = is_stdin ? STDIN_FILENO : open(arena_cstr(a, path), O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_set(err, E_IO, "%s", reason(errno));
	bool ok = read_all(fd, &bytes, limit, err);
	if (!is_stdin)
		close(fd);
	if (ok)
		*out = arena_str(a, buf_slice(&bytes));
	return ok;
}

bool cmd_print(struct str text)
{
	bool ok = fwrite(text.ptr, 1, text.len, stdout) == text.len && fflush(stdout) == 0;

	if (!ok)
		fprintf(stderr, "%s: stdout: %s\n", PROGRAM, reason(errno));
	return ok;
}
