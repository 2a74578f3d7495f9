#include "base/child.h"

#include "base/buf.h"
#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct child {
	pid_t pid;
	int out, err; /* the ends from which we read; -1: at its end */
};

/* A file in memory, to be read from its beginning; -1: none could be made. */
static int as_file(struct str text)
{
	int fd = memfd_create("stdin", MFD_CLOEXEC);

	while (fd >= 0 && text.len) {
		ssize_t n = write(fd, text.ptr, text.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			close(fd);
			return -1;
		}
		text = str_slice(text, (size_t)n, text.len);
	}
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

/* `entry` ("NAME=value") has the name of one of them. */
static bool is_changed(const char *const *changes, const char *entry)
{
	size_t len = strcspn(entry, "=");

	for (; *changes; changes++)
		if (strcspn(*changes, "=") == len && memcmp(*changes, entry, len) == 0)
			return true;
	return false;
}

/* Ours, where there are no changes. */
static char **environment_of(struct arena *a, const char *const *changes)
{
	size_t most = 1, len = 0;

	if (!changes)
		return environ;
	for (size_t i = 0; changes[i]; i++)
		most++;
	for (size_t i = 0; environ[i]; i++)
		most++;
	char **out = ARENA_ARRAY(a, char *, most);
	for (size_t i = 0; environ[i]; i++)
		if (!is_changed(changes, environ[i]))
			out[len++] = environ[i];
	for (; *changes; changes++)
		if (strchr(*changes, '='))
			out[len++] = (char *)(uintptr_t)*changes;
	out[len] = NULL;
	return out;
}

/* In a process group of its own, with what it may start. */
static int spawn(const struct child_run *run, char **environment, const int *in_out_err, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in_out_err[0], STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, in_out_err[1], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, in_out_err[2], STDERR_FILENO);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
	int failed = posix_spawnp(pid, run->argv[0], &actions, &attributes,
				  (char *const *)(uintptr_t)run->argv, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return failed;
}

static bool start(struct arena *a, const struct child_run *run, struct child *child,
		  struct err *err)
{
	int in = as_file(run->in), out[2], errors[2];

	if (in < 0 || pipe2(out, O_CLOEXEC) != 0) {
		if (in >= 0)
			close(in);
		return err_set(err, E_IO, "pipe: %s", strerrordesc_np(errno));
	}
	if (pipe2(errors, O_CLOEXEC) != 0) {
		close(in);
		close(out[0]);
		close(out[1]);
		return err_set(err, E_IO, "pipe: %s", strerrordesc_np(errno));
	}
	int failed = spawn(run, environment_of(a, run->environment),
			   (const int[]){in, out[1], errors[1]}, &child->pid);
	close(in);
	close(out[1]);
	close(errors[1]);
	child->out = out[0];
	child->err = errors[0];
	if (!failed)
		return true;
	close(out[0]);
	close(errors[0]);
	return failed == ENOENT
		       ? err_set(err, E_IO, "the program %s is not in PATH", run->argv[0])
		       : err_set(err, E_IO, "%s: %s", run->argv[0], strerrordesc_np(failed));
}

/* What there is; closes the end at its end. */
static void take(int *fd, struct buf *to)
{
	char piece[4096];
	ssize_t n = read(*fd, piece, sizeof piece);

	if (n > 0)
		buf_add(to, piece, (size_t)n);
	if (n > 0 || (n < 0 && errno == EINTR))
		return;
	close(*fd);
	*fd = -1;
}

static bool read_both(const struct child_run *run, struct child *c, struct buf *out,
		      struct buf *errors, struct err *err)
{
	int64_t end = clock_ms() + run->seconds * 1000;

	while (c->out >= 0 || c->err >= 0) {
		struct pollfd ready[] = {{.fd = c->out, .events = POLLIN},
					 {.fd = c->err, .events = POLLIN}};
		int64_t left = end - clock_ms();

		if (left <= 0)
			return err_set(err, E_LIMIT, "%s has not ended within %d s", run->argv[0],
				       run->seconds);
		if (poll(ready, ARRAY_LEN(ready), (int)left) <= 0)
			continue;
		if (ready[0].revents)
			take(&c->out, out);
		if (ready[1].revents)
			take(&c->err, errors);
		if (out->len > run->bytes)
			return err_set(err, E_LIMIT, "%s prints more than %zu bytes", run->argv[0],
				       run->bytes);
		if (errors->len > run->error_bytes)
			errors->len = 0;
	}
	return true;
}

bool child_run(struct arena *a, const struct child_run *run, struct child_said *out,
	       struct err *err)
{
	struct buf text = BUF_ARENA(a), errors CLEANUP(buf) = {0};
	struct child child = {.out = -1, .err = -1};
	int status = 0;

	if (!start(a, run, &child, err))
		return false;
	bool good = read_both(run, &child, &text, &errors, err);
	if (!good)
		kill(-child.pid, SIGKILL);
	if (child.out >= 0)
		close(child.out);
	if (child.err >= 0)
		close(child.err);
	while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR)
		;
	*out = (struct child_said){buf_slice(&text), arena_str(a, buf_slice(&errors)),
				   WIFEXITED(status) && WEXITSTATUS(status) == 0};
	return good;
}
