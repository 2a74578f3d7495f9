#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/log.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

/* stderr becomes a pipe that holds no byte more; the end to read it from. */
static int full_pipe(void)
{
	static const char zeros[4096];
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	cr_assert_eq(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	while (write(ends[1], zeros, sizeof zeros) > 0)
		;
	cr_assert_eq(fcntl(ends[1], F_SETFL, 0), 0);
	cr_assert_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	return ends[0];
}

/* What was told, and what was told to be missing. */
static int64_t count(struct str line)
{
	const struct str key = STR("\"count\":\"");
	int64_t n;

	if (!str_contains(line, STR("log lines dropped")))
		return 1;
	size_t at = str_find(line, key) + key.len;
	cr_assert(str_to_i64(str_slice(line, at, line.len - 2), &n), "%.*s", STR_ARG(line));
	return n;
}

Test(log, a_full_pipe_holds_nobody_up_and_what_is_missing_is_told)
{
	enum { LINES = 1000 };
	int from = full_pipe();
	char text[64 << 10];
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf got = BUF_ARENA(a);
	int64_t told = 0;

	log_start();
	for (int i = 0; i < LINES; i++)
		log_event(LOG_LEVEL_INFO, "an event", NULL, 0);
	cr_assert_gt(log_dropped(), 0);
	while (told < LINES) {
		ssize_t n = read(from, text, sizeof text);
		struct str rest, line;

		cr_assert_gt(n, 0);
		buf_add(&got, text, (size_t)n);
		rest = buf_slice(&got);
		told = 0;
		while (str_split(&rest, '\n', &line))
			if (rest.ptr) /* it has its end */
				told += count(line);
	}
	cr_assert_eq(told, LINES);
	log_stop();
}

Test(log, an_end_waits_for_nobody_for_ever)
{
	full_pipe();
	log_start();
	log_event(LOG_LEVEL_INFO, "nobody reads this", NULL, 0);
	log_stop();
	log_event(LOG_LEVEL_INFO, "nor this", NULL, 0);
	cr_assert_eq(log_dropped(), 1);
}

Test(log, what_was_said_before_the_end_is_written)
{
	char text[1024];
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	cr_assert_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	log_start();
	log_event(LOG_LEVEL_WARN, "held", NULL, 0);
	log_stop();
	log_event(LOG_LEVEL_INFO, "direct", NULL, 0);
	ssize_t n = read(ends[0], text, sizeof text);
	cr_assert_gt(n, 0);
	struct str got = {text, (size_t)n};
	cr_assert(str_contains(got, STR("\"level\":\"warn\",\"event\":\"held\"}\n")));
	cr_assert(str_contains(got, STR("direct")));
	cr_assert_eq(log_dropped(), 0);
}
