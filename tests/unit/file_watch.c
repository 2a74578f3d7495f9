#include "webhook/file_watch.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"

#include <criterion/criterion.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/file_watch.XXXXXX";

static struct str at(struct arena *a, const char *name)
{
	return arena_fmt(a, "%s/%s", folder, name);
}

static void write_file(struct arena *a, const char *name, const char *text)
{
	struct err err;

	cr_assert(file_replace(a, at(a, name), NULL, str_from(text), &err), "%s", err.msg);
}

static struct file_watch *watch(struct str path, file_watch_read_fn *read, int *wake)
{
	*wake = eventfd(0, 0); /* one that is waited for */
	return file_watch_start(&(struct file_watch_options){
		.paths = {path}, .limit = 100, .read = read, .wake = *wake});
}

static struct arena *await_news(struct file_watch *w, int wake, struct file_watch_news *news)
{
	eventfd_t count;
	struct arena *a;

	do
		cr_assert_eq(eventfd_read(wake, &count), 0);
	while (!(a = file_watch_take(w, news)));
	return a;
}

Test(file_watch, a_file_is_read_at_once_when_it_has_changed_and_when_asked)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct file_watch_news news;
	int wake;

	cr_assert(mkdtemp(folder));
	write_file(a, "policy", "one");
	struct file_watch *w = watch(at(a, "policy"), file_read_regular, &wake);
	arena_free(await_news(w, wake, &news));
	cr_assert(news.ok && news.changed);

	file_watch_ask(w);
	struct arena *texts = await_news(w, wake, &news);
	cr_assert(news.ok && !news.changed);
	cr_assert(str_is(news.texts[0], "one"));
	arena_free(texts);
	cr_assert_null(file_watch_take(w, &news));

	write_file(a, "policy", "and two");
	texts = await_news(w, wake, &news);
	cr_assert(news.ok && news.changed);
	cr_assert(str_is(news.texts[0], "and two"));
	arena_free(texts);
	file_watch_stop(w);
}

Test(file_watch, what_is_no_regular_file_is_an_error_and_can_be_put_right)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct file_watch_news news;
	int wake;

	cr_assert(mkdtemp(folder));
	struct str path = at(a, "policy");
	cr_assert_eq(mkfifo(path.ptr, 0600), 0);
	struct file_watch *w = watch(path, file_read_regular, &wake);
	arena_free(await_news(w, wake, &news));
	cr_assert(!news.ok && news.changed);
	cr_assert_str_eq(news.err.msg, arena_fmt(a, "%s: it is no regular file", path.ptr).ptr);

	cr_assert_eq(unlink(path.ptr), 0);
	cr_assert_eq(mkdir(path.ptr, 0700), 0);
	do /* it may be seen when there is neither */
		arena_free(await_news(w, wake, &news));
	while (!str_contains(str_from(news.err.msg), STR("regular")));
	cr_assert(!news.ok);

	cr_assert_eq(rmdir(path.ptr), 0);
	write_file(a, "policy", "right");
	do
		arena_free(await_news(w, wake, &news));
	while (!news.ok);
	file_watch_stop(w);
}

static int release[2]; /* a pipe: the file system answers when it is written */

static bool read_hanging(struct arena *a, struct str path, size_t limit, struct str *out,
			 struct err *err)
{
	char byte;

	(void)path, (void)limit, (void)err;
	cr_assert_eq(read(release[0], &byte, 1), 1);
	*out = arena_str(a, STR("late"));
	return true;
}

Test(file_watch, a_file_system_that_hangs_holds_up_nobody_else_and_is_told_of)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct file_watch_news news;
	int hanging_wake, wake;

	cr_assert(mkdtemp(folder));
	cr_assert_eq(pipe(release), 0);
	write_file(a, "other", "one");
	int64_t before = clock_ms();
	struct file_watch *hanging = watch(at(a, "policy"), read_hanging, &hanging_wake);
	struct file_watch *w = watch(at(a, "other"), file_read_regular, &wake);
	arena_free(await_news(w, wake, &news));
	cr_assert(news.ok);
	while (!file_watch_hangs(hanging, INT64_MAX))
		sched_yield(); /* it has not begun */
	cr_assert_not(file_watch_hangs(hanging, before + LIMIT_FILES_HANG_MS));
	cr_assert(file_watch_hangs(hanging, clock_ms() + LIMIT_FILES_HANG_MS + 1));
	cr_assert_null(file_watch_take(hanging, &news));
	file_watch_ask(hanging);

	cr_assert_eq(write(release[1], "", 1), 1);
	struct arena *texts = await_news(hanging, hanging_wake, &news);
	cr_assert(str_is(news.texts[0], "late"));
	arena_free(texts);
	file_watch_stop(hanging); /* it hangs again */
	file_watch_stop(w);
}
