#include "base/file.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder of its own, which is empty again at the end. */
struct place {
	struct arena *arena;
	char folder[32];
};

static struct place place_make(void)
{
	struct place p = {.arena = arena_new(), .folder = "/tmp/guard-file.XXXXXX"};

	cr_assert(mkdtemp(p.folder));
	return p;
}

static struct str in(const struct place *p, const char *name)
{
	return arena_fmt(p->arena, "%s/%s", p->folder, name);
}

static size_t entries(const struct place *p)
{
	DIR *d = opendir(p->folder);
	size_t len = 0;

	while (readdir(d))
		len++;
	closedir(d);
	return len - 2;
}

static mode_t mode_of(struct str path)
{
	struct stat s;

	cr_assert_eq(stat(path.ptr, &s), 0);
	return s.st_mode & 07777;
}

static void holds(const struct place *p, struct str path, const char *text)
{
	struct str now;
	struct err err;

	cr_assert(file_read(p->arena, path, 100, &now, &err), "%s", err.msg);
	cr_assert(str_is(now, text), "%.*s", STR_ARG(now));
}

static void place_end(struct place *p)
{
	cr_assert_eq(rmdir(p->folder), 0);
	arena_free(p->arena);
}

Test(file, takes_the_place_of_the_old_one_with_a_mode_as_the_umask_says)
{
	struct place p = place_make();
	struct str path = in(&p, "a");
	struct err err;

	umask(027);
	cr_assert(file_replace(p.arena, path, NULL, STR("one"), &err), "%s", err.msg);
	cr_assert_eq(mode_of(path), 0640);
	cr_assert(file_replace(p.arena, path, NULL, STR("two"), &err), "%s", err.msg);
	holds(&p, path, "two");
	cr_assert_eq(entries(&p), 1);
	unlink(path.ptr);
	place_end(&p);
}

Test(file, is_like_the_one_that_it_replaces)
{
	struct place p = place_make();
	struct str path = in(&p, "a");
	struct stat like;
	struct err err;

	cr_assert(file_create(path.ptr, 0600, STR("one"), &err), "%s", err.msg);
	chmod(path.ptr, 0666);
	stat(path.ptr, &like);
	umask(077);
	cr_assert(file_replace(p.arena, path, &like, STR("two"), &err), "%s", err.msg);
	cr_assert_eq(mode_of(path), 0666);
	holds(&p, path, "two");
	unlink(path.ptr);
	place_end(&p);
}

Test(file, that_cannot_be_replaced_leaves_nothing_behind)
{
	struct place p = place_make();
	struct str path = in(&p, "a");
	struct err err;

	cr_assert_eq(mkdir(path.ptr, 0700), 0);
	cr_assert_not(file_replace(p.arena, path, NULL, STR("one"), &err));
	cr_assert_str_eq(err.msg, "Is a directory");
	cr_assert_eq(entries(&p), 1);
	rmdir(path.ptr);
	cr_assert_not(file_replace(p.arena, in(&p, "no/a"), NULL, STR("one"), &err));
	cr_assert_str_eq(err.msg, "No such file or directory");
	place_end(&p);
}

Test(file, that_is_a_pipe_is_written_as_it_is)
{
	CLEANUP(arena) struct arena *a = arena_new();
	char bytes[4] = "";
	struct err err;
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	cr_assert(
		file_replace(a, arena_fmt(a, "/proc/self/fd/%d", ends[1]), NULL, STR("one"), &err),
		"%s", err.msg);
	cr_assert_eq(read(ends[0], bytes, sizeof bytes), 3);
	cr_assert_str_eq(bytes, "one");
}

Test(file, is_new_or_not_made)
{
	struct place p = place_make();
	struct str path = in(&p, "key");
	struct err err;

	cr_assert(file_create(path.ptr, 0600, STR("one"), &err), "%s", err.msg);
	cr_assert_eq(mode_of(path), 0600);
	cr_assert_not(file_create(path.ptr, 0600, STR("two"), &err));
	cr_assert_str_eq(err.msg, "File exists");
	holds(&p, path, "one");
	unlink(path.ptr);
	place_end(&p);
}

Test(file, folder_is_what_stands_before_the_last_slash)
{
	CLEANUP(arena) struct arena *a = arena_new();

	cr_assert_str_eq(file_folder(a, STR("a")), ".");
	cr_assert_str_eq(file_folder(a, STR("/a")), "/");
	cr_assert_str_eq(file_folder(a, STR("a/b/c")), "a/b");
}
